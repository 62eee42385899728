//! One JSON object taken apart: its keys, and its values as they are written, so that no digit is lost on the way. Texts
//! with escapes and nested values are checked by serde_json. Columns are left to `json_lines`.

use super::cells::Cell;
use super::json_blocks::end_of_string;
use super::value;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// What is wrong, and at which byte of the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// The byte, counted from 0.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) reason: String,
}

/// Takes an object apart: every key with its value, in order.
pub(super) fn take_apart<'a>(
    text: &'a str,
    mut take: impl FnMut(Cow<'a, str>, Cell<'a>),
) -> Result<(), Problem> {
    let mut object = Cursor { text, at: 0 };
    object.blanks();
    if !object.skips(b'{') {
        let shown: String = text.trim().chars().take(20).collect();
        return Err(object.problem(format!("it is not an object, but {shown:?}")));
    }
    object.blanks();
    if !object.skips(b'}') {
        loop {
            object.blanks();
            if object.peek() != Some(b'"') {
                return Err(object.problem("a key in double quotes was expected".to_owned()));
            }
            let key = object.string()?;
            object.blanks();
            if !object.skips(b':') {
                return Err(object.problem(format!("a colon was expected behind the key {key:?}")));
            }
            object.blanks();
            let cell = object.value()?;
            take(key, cell);
            object.blanks();
            if object.skips(b'}') {
                break;
            }
            if !object.skips(b',') {
                return Err(object.problem("a comma or } was expected".to_owned()));
            }
        }
    }
    object.blanks();
    match object.peek() {
        None => Ok(()),
        Some(_) => Err(object.problem("there is more text behind the object".to_owned())),
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn problem(&self, reason: String) -> Problem {
        Problem {
            at: self.at,
            reason,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skips(&mut self, byte: u8) -> bool {
        let is_it = self.peek() == Some(byte);
        self.at += usize::from(is_it);
        is_it
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Problem> {
        let Some((end, has_escapes)) = end_of_string(self.text.as_bytes(), self.at) else {
            return Err(self.problem("the text that begins here is not closed".to_owned()));
        };
        let whole = &self.text[self.at..end];
        let inside = &whole[1..whole.len() - 1];
        let text = match has_escapes {
            false if !inside.bytes().any(|b| b < 0x20) => Cow::Borrowed(inside),
            false => {
                return Err(self.problem(
                    "a text holds a raw control character: write it as \\n or \\u…".to_owned(),
                ));
            }
            true => match serde_json::from_str(whole) {
                Ok(text) => Cow::Owned(text),
                Err(error) => {
                    return Err(self.problem(format!("the text has a wrong escape ({error})")));
                }
            },
        };
        self.at = end;
        Ok(text)
    }

    fn value(&mut self) -> Result<Cell<'a>, Problem> {
        match self.peek() {
            Some(b'"') => self.string().map(Cell::Text),
            Some(b'{' | b'[') => self.nested(),
            _ => self.literal(),
        }
    }

    /// A list or an object, as it is written.
    fn nested(&mut self) -> Result<Cell<'a>, Problem> {
        let rest = &self.text[self.at..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
        match values.next() {
            Some(Ok(_)) => {
                let length = values.byte_offset();
                self.at += length;
                Ok(Cell::Nested(&rest[..length]))
            }
            Some(Err(error)) => Err(self.problem(format!("the nested value is wrong ({error})"))),
            None => Err(self.problem("a value was expected".to_owned())),
        }
    }

    fn literal(&mut self) -> Result<Cell<'a>, Problem> {
        let rest = &self.text[self.at..];
        let length = rest
            .bytes()
            .position(|b| matches!(b, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r'))
            .unwrap_or(rest.len());
        let word = &rest[..length];
        let cell = match word {
            // NaN and Infinity are not JSON, but Python writes them.
            "null" | "NaN" => Cell::Missing,
            "true" => Cell::Boolean(true),
            "false" => Cell::Boolean(false),
            "Infinity" => Cell::Number(f64::INFINITY, None),
            "-Infinity" => Cell::Number(f64::NEG_INFINITY, None),
            number => match read_number(number) {
                Some(cell) => cell,
                None => {
                    let shown: String = number.chars().take(20).collect();
                    return Err(self.problem(format!("{shown:?} is no JSON value")));
                }
            },
        };
        self.at += length;
        Ok(cell)
    }
}

fn read_number(word: &str) -> Option<Cell<'_>> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let has_leading_zero =
        digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
    if !digits.as_bytes().first()?.is_ascii_digit() || has_leading_zero {
        return None;
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        return Some(value::integer(word).map_or(Cell::Big(word), Cell::Integer));
    }
    Some(Cell::Number(value::number(word)?, Some(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Result<Vec<(String, Cell<'_>)>, Problem> {
        let mut found = Vec::new();
        take_apart(text, |key, cell| found.push((key.into_owned(), cell)))?;
        Ok(found)
    }

    #[test]
    fn values_keep_their_digits_and_escapes_are_undone() {
        let text = r#" {"a" : 1, "b":-1.50,"c":"x\"\u00e9\n","d":[1, {"e":"}"}],"f":null,"g":true,"h":18446744073709551616,"":{}} "#;
        let found = cells(text).expect("an object");
        let expected = [
            ("a", Cell::Integer(1)),
            ("b", Cell::Number(-1.5, Some("-1.50"))),
            ("c", Cell::Text(Cow::Borrowed("x\"é\n"))),
            ("d", Cell::Nested(r#"[1, {"e":"}"}]"#)),
            ("f", Cell::Missing),
            ("g", Cell::Boolean(true)),
            ("h", Cell::Big("18446744073709551616")),
            ("", Cell::Nested("{}")),
        ];
        let expected = expected.map(|(key, cell)| (key.to_owned(), cell)).to_vec();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_object_says_where_and_why() {
        for (text, at, word) in [
            ("[1]", 0, "not an object"),
            ("{a:1}", 1, "double quotes"),
            (r#"{"a" 1}"#, 5, "colon"),
            (r#"{"a":01}"#, 5, "no JSON value"),
            (r#"{"a":1 "b":2}"#, 7, "comma"),
            (r#"{"a":1} {"b":2}"#, 8, "behind the object"),
            (r#"{"a":"x}"#, 5, "not closed"),
            (r#"{"a":"\x"}"#, 5, "escape"),
            (r#"{"a":[1,]}"#, 5, "nested"),
            (r#"{"a":1e999}"#, 5, "no JSON value"),
            (r#"{"a":}"#, 5, "no JSON value"),
        ] {
            let problem = cells(text).expect_err(text);
            assert_eq!(problem.at, at, "{text}: {problem:?}");
            assert!(problem.reason.contains(word), "{text}: {problem:?}");
        }
    }
}
