//! Protobuf's text format (protobuf.dev, "Text Format Language Specification") as a tree, without knowing the message. What
//! the fields mean is left to `tfdv`.

use super::FormatError;

/// A field of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: Value,
    /// Where its name begins, in bytes.
    pub(super) position: usize,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Message(Vec<Field>),
    Text(String),
    /// A number, a truth value or a name of an enumeration, as it is written.
    Word(String),
}

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;

/// Reads a whole text.
pub(super) fn read(text: &str) -> Result<Vec<Field>, FormatError> {
    let mut reader = Reader { text, at: 0 };
    let fields = reader.fields(None, 0)?;
    Ok(fields)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn error<T>(&self, message: impl Into<String>) -> Result<T, FormatError> {
        Err(FormatError::at(self.text, self.at, message))
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is neither blank nor comment; it is not taken.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            if !self.rest().starts_with('#') {
                return self.rest().bytes().next();
            }
            let length = self.rest().find('\n').unwrap_or(self.rest().len());
            self.at += length;
        }
    }

    fn takes(&mut self, wanted: u8) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    fn fields(&mut self, end: Option<u8>, depth: usize) -> Result<Vec<Field>, FormatError> {
        if depth > MAX_DEPTH {
            return self.error("messages are nested too deeply");
        }
        let mut fields = Vec::new();
        loop {
            match (self.peek(), end) {
                (None, None) => return Ok(fields),
                (None, Some(end)) => {
                    return self.error(format!("{:?} is missing at the end", char::from(end)));
                }
                (Some(byte), Some(end)) if byte == end => {
                    self.at += 1;
                    return Ok(fields);
                }
                _ => {}
            }
            let position = self.at;
            let name = self.name()?;
            let has_colon = self.takes(b':');
            if has_colon && self.takes(b'[') {
                self.list(&name, position, &mut fields, depth)?;
            } else {
                let value = self.value(has_colon, depth)?;
                fields.push(Field {
                    name,
                    value,
                    position,
                });
            }
            if !self.takes(b',') {
                self.takes(b';');
            }
        }
    }

    fn list(
        &mut self,
        name: &str,
        position: usize,
        fields: &mut Vec<Field>,
        depth: usize,
    ) -> Result<(), FormatError> {
        if self.takes(b']') {
            return Ok(());
        }
        loop {
            let value = self.value(true, depth)?;
            fields.push(Field {
                name: name.to_owned(),
                value,
                position,
            });
            if self.takes(b']') {
                return Ok(());
            }
            if !self.takes(b',') {
                return self.error("a comma or ] is expected here");
            }
        }
    }

    fn name(&mut self) -> Result<String, FormatError> {
        // An extension or an Any stands in brackets.
        if self.takes(b'[') {
            let Some(length) = self.rest().find(']') else {
                return self.error("] is missing");
            };
            let name = self.rest()[..length].trim().to_owned();
            self.at += length + 1;
            return Ok(name);
        }
        match self.word() {
            Some(word) if !word.starts_with(|c: char| c.is_ascii_digit()) => Ok(word),
            _ => self.error("the name of a field is expected here"),
        }
    }

    fn word(&mut self) -> Option<String> {
        self.peek();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+');
        let length = self
            .rest()
            .find(|c| !is_part(c))
            .unwrap_or(self.rest().len());
        if length == 0 {
            return None;
        }
        let word = self.rest()[..length].to_owned();
        self.at += length;
        Some(word)
    }

    fn value(&mut self, has_colon: bool, depth: usize) -> Result<Value, FormatError> {
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                Ok(Value::Message(self.fields(Some(b'}'), depth + 1)?))
            }
            Some(b'<') => {
                self.at += 1;
                Ok(Value::Message(self.fields(Some(b'>'), depth + 1)?))
            }
            _ if !has_colon => self.error("a colon or a message is expected here"),
            Some(b'"' | b'\'') => {
                let mut bytes = Vec::new();
                while matches!(self.peek(), Some(b'"' | b'\'')) {
                    self.text(&mut bytes)?;
                }
                match String::from_utf8(bytes) {
                    Ok(text) => Ok(Value::Text(text)),
                    Err(_) => self.error("the text in front of this is not UTF-8"),
                }
            }
            _ => match self.word() {
                Some(word) => Ok(Value::Word(word)),
                None => self.error("a value is expected here"),
            },
        }
    }

    /// One quoted piece of a text.
    fn text(&mut self, bytes: &mut Vec<u8>) -> Result<(), FormatError> {
        let all = self.text.as_bytes();
        let quote = all[self.at];
        let opened = self.at;
        self.at += 1;
        loop {
            match all.get(self.at) {
                None | Some(b'\n') => {
                    self.at = opened;
                    return self.error("this text has no closing quote");
                }
                Some(byte) if *byte == quote => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape(bytes)?,
                Some(byte) => {
                    bytes.push(*byte);
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), FormatError> {
        let all = self.text.as_bytes();
        let letter = all.get(self.at + 1).copied().unwrap_or(b' ');
        let digits = |from: usize, most: usize, radix: u32| {
            let run = all[from.min(all.len())..].iter().take(most);
            run.take_while(|b| char::from(**b).is_digit(radix)).count()
        };
        let (from, n, radix) = match letter {
            b'0'..=b'7' => (self.at + 1, digits(self.at + 1, 3, 8), 8),
            b'x' | b'X' => (self.at + 2, digits(self.at + 2, 2, 16), 16),
            b'u' => (self.at + 2, digits(self.at + 2, 4, 16), 16),
            b'U' => (self.at + 2, digits(self.at + 2, 8, 16), 16),
            _ => (self.at + 2, 0, 0),
        };
        if radix == 0 {
            bytes.push(match letter {
                b'a' => 7,
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'v' => 11,
                b'\\' | b'\'' | b'"' | b'?' => letter,
                _ => return self.error("this escape is not known"),
            });
            self.at = from;
            return Ok(());
        }
        let number = u32::from_str_radix(&self.text[from..from + n], radix).ok();
        let is_character = matches!(letter, b'u' | b'U');
        match number {
            Some(code) if is_character => match char::from_u32(code) {
                Some(character) => bytes.extend(character.to_string().as_bytes()),
                None => return self.error("this is no character"),
            },
            Some(byte @ 0..=255) => bytes.push(byte as u8),
            _ => return self.error("digits are expected in this escape"),
        }
        self.at = from + n;
        Ok(())
    }
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() && c.is_ascii() => out.push_str(&format!("\\{:03o}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Writes messages, indented by two blanks as protobuf does.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) text: String,
    depth: usize,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A field with a number, a truth value or a name of an enumeration.
    pub(super) fn word(&mut self, name: &str, value: impl std::fmt::Display) {
        self.line(&format!("{name}: {value}"));
    }

    /// A field with a text.
    pub(super) fn quote(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}: {}", quoted(value)));
    }

    /// A field with a message.
    pub(super) fn message(&mut self, name: &str, fields: impl FnOnce(&mut Self)) {
        self.line(&format!("{name} {{"));
        self.depth += 1;
        fields(self);
        self.depth -= 1;
        self.line("}");
    }
}
