//! The text format of protocol buffers, as its language specification has it: comments, nested messages in `{}` or `<>`,
//! `:` optional before them, lists, strings with escapes, adjacent strings as one. Errors say line and column.

use super::InterchangeError;
use super::tree::{Field, Message, Place, Value};

/// Deepest nesting of messages.
const MAX_DEPTH: usize = 64;

/// Reads a whole text.
///
/// # Errors
/// If it breaks the format's rules.
pub(super) fn parse(text: &str) -> Result<Message, InterchangeError> {
    let mut reader = Reader {
        rest: text,
        place: Place { line: 1, column: 1 },
    };
    let message = reader.fields(None, 0)?;
    Ok(message)
}

struct Reader<'a> {
    rest: &'a str,
    place: Place,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.place.line += 1;
            self.place.column = 1;
        } else {
            self.place.column += 1;
        }
        Some(c)
    }

    /// Passes over blanks and comments.
    fn skip(&mut self) {
        while let Some(c) = self.peek() {
            if c == '#' {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.next();
                }
            } else if c.is_ascii_whitespace() || c == '\u{b}' {
                self.next();
            } else {
                return;
            }
        }
    }

    fn takes(&mut self, wanted: char) -> bool {
        self.skip();
        let is_there = self.peek() == Some(wanted);
        if is_there {
            self.next();
        }
        is_there
    }

    fn unexpected(&self, wanted: &str) -> InterchangeError {
        let found = match self.peek() {
            Some(c) => format!("{c:?}"),
            None => "the end of the text".to_owned(),
        };
        self.place
            .error(format!("{wanted} is expected, not {found}"))
    }

    /// Fields up to the closing sign, or the end of the text.
    fn fields(&mut self, close: Option<char>, depth: usize) -> Result<Message, InterchangeError> {
        if depth > MAX_DEPTH {
            let message = format!("messages are nested deeper than {MAX_DEPTH}");
            return Err(self.place.error(message));
        }
        let mut message = Message::default();
        loop {
            self.skip();
            match (self.peek(), close) {
                (None, None) => return Ok(message),
                (c, Some(_)) if c == close => {
                    self.next();
                    return Ok(message);
                }
                (None, Some(close)) => return Err(self.unexpected(&format!("{close:?}"))),
                _ => {}
            }
            self.field(&mut message, depth)?;
            if !self.takes(',') {
                self.takes(';');
            }
        }
    }

    fn field(&mut self, message: &mut Message, depth: usize) -> Result<(), InterchangeError> {
        let place = self.place;
        let name = self.name()?;
        let has_colon = self.takes(':');
        self.skip();
        if self.peek() != Some('[') {
            let value = self.value(has_colon, depth)?;
            message.fields.push(Field::new(name, place, value));
            return Ok(());
        }
        self.next();
        if self.takes(']') {
            return Ok(());
        }
        loop {
            self.skip();
            let place = self.place;
            let value = self.value(has_colon, depth)?;
            message.fields.push(Field::new(name.clone(), place, value));
            if self.takes(']') {
                return Ok(());
            }
            if !self.takes(',') {
                return Err(self.unexpected("',' or ']'"));
            }
        }
    }

    /// A field's name, or an extension's in brackets.
    fn name(&mut self) -> Result<String, InterchangeError> {
        let is_extension = self.takes('[');
        self.skip();
        let name = self.while_true(|c| {
            c.is_ascii_alphanumeric() || c == '_' || (is_extension && matches!(c, '.' | '/' | '-'))
        });
        if name.is_empty() || (!is_extension && name.starts_with(|c: char| c.is_ascii_digit())) {
            return Err(self.unexpected("the name of a field"));
        }
        if !is_extension {
            return Ok(name.to_owned());
        }
        if self.takes(']') {
            return Ok(format!("[{name}]"));
        }
        Err(self.unexpected("']'"))
    }

    fn while_true(&mut self, is_wanted: impl Fn(char) -> bool) -> &'a str {
        let start = self.rest;
        while self.peek().is_some_and(&is_wanted) {
            self.next();
        }
        &start[..start.len() - self.rest.len()]
    }

    fn value(&mut self, has_colon: bool, depth: usize) -> Result<Value, InterchangeError> {
        self.skip();
        let close = match self.peek() {
            Some('{') => '}',
            Some('<') => '>',
            _ if !has_colon => return Err(self.unexpected("':' or '{'")),
            Some('"' | '\'') => return self.strings().map(Value::Text),
            _ => return self.bare().map(Value::Bare),
        };
        self.next();
        self.fields(Some(close), depth + 1).map(Value::Message)
    }

    /// A number or a word.
    fn bare(&mut self) -> Result<String, InterchangeError> {
        let sign = if self.takes('-') { "-" } else { "" };
        self.skip();
        let mut word = self
            .while_true(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
            .to_owned();
        let is_number = word.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        let is_decimal = is_number && !word.to_ascii_lowercase().starts_with("0x");
        if is_decimal && word.ends_with(['e', 'E']) && matches!(self.peek(), Some('+' | '-')) {
            word.extend(self.next());
            word.push_str(self.while_true(|c| c.is_ascii_alphanumeric()));
        }
        if word.is_empty() {
            return Err(self.unexpected("a value"));
        }
        Ok(format!("{sign}{word}"))
    }

    /// One string, or several that stand beside each other.
    fn strings(&mut self) -> Result<Vec<u8>, InterchangeError> {
        let mut bytes = Vec::new();
        while let Some(quote @ ('"' | '\'')) = self.peek() {
            let begun = self.place;
            self.next();
            loop {
                match self.next() {
                    None | Some('\n') => return Err(begun.error("this string has no end")),
                    Some(c) if c == quote => break,
                    Some('\\') => self.escape(&mut bytes)?,
                    Some(c) => push(&mut bytes, c),
                }
            }
            self.skip();
        }
        Ok(bytes)
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), InterchangeError> {
        let place = self.place;
        let simple = match self.next() {
            Some('n') => b'\n',
            Some('r') => b'\r',
            Some('t') => b'\t',
            Some('a') => 7,
            Some('b') => 8,
            Some('f') => 12,
            Some('v') => 11,
            Some(c @ ('\\' | '"' | '\'' | '?')) => c as u8,
            Some('x' | 'X') => self.number(place, 16, 1, 2)? as u8,
            Some(first @ '0'..='7') => self.octal(place, first)?,
            Some('u') => return self.code_point(place, 4, bytes),
            Some('U') => return self.code_point(place, 8, bytes),
            _ => return Err(place.error("this escape is not known")),
        };
        bytes.push(simple);
        Ok(())
    }

    fn octal(&mut self, place: Place, first: char) -> Result<u8, InterchangeError> {
        let more = self.number(place, 8, 0, 2)?;
        let n_more = self.place.column - place.column - 1;
        let head = first.to_digit(8).unwrap_or_default();
        u8::try_from(head * 8_u32.pow(n_more as u32) + more)
            .map_err(|_| place.error("this escape is no byte"))
    }

    fn code_point(
        &mut self,
        place: Place,
        n_digits: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<(), InterchangeError> {
        let mut code = self.number(place, 16, n_digits, n_digits)?;
        if (0xd800..0xdc00).contains(&code) && self.rest.starts_with("\\u") {
            self.next();
            self.next();
            let low = self.number(place, 16, 4, 4)?;
            if (0xdc00..0xe000).contains(&low) {
                code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        let c = char::from_u32(code).ok_or_else(|| place.error("this escape is no character"))?;
        push(bytes, c);
        Ok(())
    }

    /// Digits of an escape, between so many and so many.
    fn number(
        &mut self,
        place: Place,
        radix: u32,
        fewest: usize,
        most: usize,
    ) -> Result<u32, InterchangeError> {
        let (mut value, mut n) = (0_u32, 0);
        while n < most
            && let Some(digit) = self.peek().and_then(|c| c.to_digit(radix))
        {
            value = value.wrapping_mul(radix).wrapping_add(digit);
            n += 1;
            self.next();
        }
        if n < fewest {
            return Err(place.error("this escape is too short"));
        }
        Ok(value)
    }
}

fn push(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 32 || c as u32 == 127 => {
                out.push_str(&format!("\\{:03o}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text as it grows, line by line.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A field with a number or a word.
    pub(crate) fn bare(&mut self, name: &str, value: impl std::fmt::Display) {
        self.line(&format!("{name}: {value}"));
    }

    /// A field with a text.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}: {}", quoted(value)));
    }

    /// A nested message.
    pub(crate) fn message(&mut self, name: &str, fill: impl FnOnce(&mut Self)) {
        self.line(&format!("{name} {{"));
        self.depth += 1;
        fill(self);
        self.depth -= 1;
        self.line("}");
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}
