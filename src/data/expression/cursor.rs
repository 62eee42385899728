//! Where the cursor is in an unfinished text: what stands before it, in which word, quoted name or text it is. The parser
//! cannot say that, since it only takes whole expressions.

use std::ops::Range;

/// A token in front of the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A plain word, as written.
    Word(String),
    /// A name in double quotes, without them.
    Name(String),
    /// A text in single quotes, without them.
    Text(String),
    Number,
    Sign(String),
}

/// What the cursor is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inside {
    /// A word (perhaps still empty).
    Word,
    /// A name that was begun with a double quote.
    Name,
    /// A text that was begun with a single quote.
    Text,
    /// A number: nothing is to be completed.
    Number,
}

/// The place of the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The tokens in front of the one that the cursor is in.
    pub(super) before: Vec<Token>,
    pub(super) inside: Inside,
    /// What is written of the token, up to the cursor, without quotes.
    pub(super) written: String,
    /// The bytes that a completion takes the place of.
    pub(super) replace: Range<usize>,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl Cursor {
    /// Finds the place; a cursor behind the end or inside a character is moved to the next place that exists.
    pub(super) fn find(text: &str, cursor: usize) -> Self {
        let mut cursor = cursor.min(text.len());
        while !text.is_char_boundary(cursor) {
            cursor += 1;
        }
        let mut before = Vec::new();
        let mut start = 0;
        while start < cursor {
            let rest = &text[start..];
            let Some(first) = rest.chars().next() else {
                break;
            };
            let (token, end) = match first {
                c if c.is_whitespace() => (None, start + c.len_utf8()),
                '\'' | '"' => {
                    let end = start + end_of_quoted(rest, first);
                    let is_closed = end > start + 1 && rest[..end - start].ends_with(first);
                    if end > cursor || !is_closed {
                        return Self::in_quotes(text, before, start, cursor, first, end, is_closed);
                    }
                    let double = format!("{first}{first}");
                    let content = text[start + 1..end - 1].replace(&double, &first.to_string());
                    let token = if first == '"' {
                        Token::Name(content)
                    } else {
                        Token::Text(content)
                    };
                    (Some(token), end)
                }
                c if is_word(c) => {
                    let end = start + rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                    let is_number = c.is_ascii_digit();
                    if end >= cursor {
                        let inside = if is_number {
                            Inside::Number
                        } else {
                            Inside::Word
                        };
                        return Self {
                            before,
                            inside,
                            written: text[start..cursor].to_owned(),
                            replace: start..end,
                        };
                    }
                    let token = if is_number {
                        Token::Number
                    } else {
                        Token::Word(text[start..end].to_owned())
                    };
                    (Some(token), end)
                }
                c => {
                    let two = rest
                        .get(..2)
                        .filter(|s| ["<=", ">=", "<>", "!=", "||"].contains(s));
                    let sign = two.map_or_else(|| c.to_string(), str::to_owned);
                    let end = start + sign.len();
                    (Some(Token::Sign(sign)), end)
                }
            };
            before.extend(token);
            start = end;
        }
        let end = cursor
            + text[cursor..]
                .find(|c| !is_word(c))
                .unwrap_or(text.len() - cursor);
        Self {
            before,
            inside: Inside::Word,
            written: String::new(),
            replace: cursor..end,
        }
    }

    fn in_quotes(
        text: &str,
        before: Vec<Token>,
        start: usize,
        cursor: usize,
        quote: char,
        end: usize,
        is_closed: bool,
    ) -> Self {
        let double = format!("{quote}{quote}");
        // An unclosed quote swallows the rest of the text, which was hardly meant to be replaced.
        let end = if is_closed { end } else { cursor };
        Self {
            before,
            inside: if quote == '"' {
                Inside::Name
            } else {
                Inside::Text
            },
            written: text[start + 1..cursor].replace(&double, &quote.to_string()),
            replace: start..end,
        }
    }
}

/// Bytes up to and with the closing quote, or up to the end.
fn end_of_quoted(rest: &str, quote: char) -> usize {
    let mut i = 1;
    while let Some(next) = rest[i..].find(quote) {
        i += next + 1;
        if !rest[i..].starts_with(quote) {
            return i;
        }
        i += 1;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, inside: Inside, written: &str, replace: Range<usize>, n_before: usize) {
        // The bar marks the cursor.
        let cursor = text.find('|').expect("a bar");
        let found = Cursor::find(&text.replace('|', ""), cursor);
        assert_eq!(
            (found.inside, found.written.as_str()),
            (inside, written),
            "{text}"
        );
        assert_eq!(found.replace, replace, "{text}");
        assert_eq!(found.before.len(), n_before, "{text}");
    }

    #[test]
    fn finds_the_word_name_or_text_around_the_cursor() {
        check("|", Inside::Word, "", 0..0, 0);
        check("car|", Inside::Word, "car", 0..3, 0);
        check("ca|rrier = 1", Inside::Word, "ca", 0..7, 0);
        check("a and b|", Inside::Word, "b", 6..7, 2);
        check("a >= |", Inside::Word, "", 5..5, 2);
        check("a = 'U|", Inside::Text, "U", 4..6, 2);
        check("a = 'U|A' and b", Inside::Text, "U", 4..8, 2);
        check("a = 'it''s' |", Inside::Word, "", 12..12, 3);
        check("\"Arr D|", Inside::Name, "Arr D", 0..6, 0);
        check("a > 12|", Inside::Number, "12", 4..6, 2);
        check("é = ö|", Inside::Word, "ö", 5..7, 2);
    }
}
