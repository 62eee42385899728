//! What a text in the text format of protocol buffers says: fields with values, each with its place, before anybody knows
//! what they mean. A field that was read is marked, so that the others can be named.

use super::InterchangeError;
use super::notes::Notes;
use std::cell::Cell;

/// A place in a text, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Place {
    /// An error at this place.
    pub(super) fn error(self, message: impl Into<String>) -> InterchangeError {
        InterchangeError::At {
            line: self.line,
            column: self.column,
            message: message.into(),
        }
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A text in quotes, its escapes resolved.
    Text(Vec<u8>),
    /// A number or a word as it is written, with its sign.
    Bare(String),
    /// A nested message.
    Message(Message),
}

/// A message.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Message {
    pub(super) fields: Vec<Field>,
}

/// A field with one value; a list is several fields.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) value: Value,
    is_read: Cell<bool>,
}

impl Field {
    pub(super) fn new(name: String, place: Place, value: Value) -> Self {
        Self {
            name,
            place,
            value,
            is_read: Cell::new(false),
        }
    }

    /// Marks it as read.
    pub(super) fn mark(&self) {
        self.is_read.set(true);
    }

    fn wrong(&self, wanted: &str) -> InterchangeError {
        self.place.error(format!("{} must be {wanted}", self.name))
    }

    /// As a text.
    pub(super) fn text(&self) -> Result<String, InterchangeError> {
        match &self.value {
            Value::Text(bytes) => {
                String::from_utf8(bytes.clone()).map_err(|_| self.wrong("a text in UTF-8"))
            }
            _ => Err(self.wrong("a text in quotes")),
        }
    }

    /// As a whole number: decimal, hexadecimal (`0x`) or octal (leading 0).
    pub(super) fn integer(&self) -> Result<i64, InterchangeError> {
        let Value::Bare(word) = &self.value else {
            return Err(self.wrong("a whole number"));
        };
        let (sign, digits) = match word.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", word.as_str()),
        };
        let lower = digits.to_ascii_lowercase();
        let (digits, radix) = match lower.strip_prefix("0x") {
            Some(hexadecimal) => (hexadecimal, 16),
            None if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
            None => (lower.as_str(), 10),
        };
        if !digits.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Err(self.wrong("a whole number"));
        }
        i64::from_str_radix(&format!("{sign}{digits}"), radix)
            .map_err(|_| self.wrong("a whole number of 64 bits"))
    }

    /// As a real number; `inf` and `nan` are numbers too.
    pub(super) fn real(&self) -> Result<f64, InterchangeError> {
        let Value::Bare(word) = &self.value else {
            return Err(self.wrong("a number"));
        };
        let lower = word.to_ascii_lowercase();
        let unsigned = lower.trim_start_matches('-');
        if matches!(unsigned, "inf" | "infinity" | "nan") {
            return lower.parse().map_err(|_| self.wrong("a number"));
        }
        if unsigned.starts_with("0x") {
            return self.integer().map(|v| v as f64);
        }
        let digits = match lower.strip_suffix('f') {
            Some(shorter) => shorter,
            None => &lower,
        };
        digits.parse().map_err(|_| self.wrong("a number"))
    }

    /// As a truth value.
    pub(super) fn truth(&self) -> Result<bool, InterchangeError> {
        match &self.value {
            Value::Bare(word) if matches!(word.as_str(), "true" | "True" | "t" | "1") => Ok(true),
            Value::Bare(word) if matches!(word.as_str(), "false" | "False" | "f" | "0") => {
                Ok(false)
            }
            _ => Err(self.wrong("true or false")),
        }
    }

    /// As a word of an enumeration, or its number.
    pub(super) fn word(&self) -> Result<&str, InterchangeError> {
        match &self.value {
            Value::Bare(word) => Ok(word),
            _ => Err(self.wrong("a word without quotes")),
        }
    }

    /// As a message.
    pub(super) fn message(&self) -> Result<&Message, InterchangeError> {
        match &self.value {
            Value::Message(message) => Ok(message),
            _ => Err(self.wrong("a message in braces")),
        }
    }
}

impl Message {
    /// All fields of a name.
    pub(super) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Field> {
        let named = self.fields.iter().filter(move |f| f.name == name);
        named.inspect(|f| f.is_read.set(true))
    }

    /// The one field of a name.
    ///
    /// # Errors
    /// If it is there twice.
    pub(super) fn one(&self, name: &str) -> Result<Option<&Field>, InterchangeError> {
        let mut all = self.all(name);
        let first = all.next();
        match all.next() {
            Some(second) => Err(second.place.error(format!("{name} is there twice"))),
            None => Ok(first),
        }
    }

    /// The nested message of a name.
    pub(super) fn inner(&self, name: &str) -> Result<Option<&Self>, InterchangeError> {
        self.one(name)?.map(Field::message).transpose()
    }

    /// The text of a name.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, InterchangeError> {
        self.one(name)?.map(Field::text).transpose()
    }

    /// All texts of a name.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, InterchangeError> {
        self.all(name).map(Field::text).collect()
    }

    /// The whole number of a name.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, InterchangeError> {
        self.one(name)?.map(Field::integer).transpose()
    }

    /// The real number of a name.
    pub(super) fn real(&self, name: &str) -> Result<Option<f64>, InterchangeError> {
        self.one(name)?.map(Field::real).transpose()
    }

    /// Whether the field of a name is there and true.
    pub(super) fn is_true(&self, name: &str) -> Result<bool, InterchangeError> {
        Ok(self
            .one(name)?
            .map(Field::truth)
            .transpose()?
            .unwrap_or(false))
    }

    /// Names every field that was not read, also of the messages inside those that were.
    pub(super) fn unread(&self, column: Option<&str>, within: &str, notes: &mut Notes) {
        for field in &self.fields {
            let path = match within {
                "" => field.name.clone(),
                _ => format!("{within}.{}", field.name),
            };
            match (&field.value, field.is_read.get()) {
                (Value::Message(message), true) => message.unread(column, &path, notes),
                (_, true) => {}
                (_, false) => {
                    let what = format!("{path} (line {})", field.place.line);
                    match column {
                        Some(column) => notes.column(column, what),
                        None => notes.schema(what),
                    }
                }
            }
        }
    }
}
