//! Schemas in the formats of others: TensorFlow Data Validation's `schema.pbtxt` and Frictionless Table Schema. What one
//! side has no word for is never dropped silently: both ways give notes that name it.

mod frictionless;
#[cfg(test)]
mod tests;
mod text_format;
mod tfdv;
mod tfdv_reading;

use crate::domain::schema::Schema;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SchemaFormat {
    /// `tensorflow.metadata.v0.Schema` in protobuf's text format.
    Tfdv,
    /// A Table Schema descriptor of Frictionless (versions 1 and 2) in JSON.
    Frictionless,
}

/// What came over, and what did not.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried<T> {
    /// What came over.
    pub value: T,
    /// What the other side has no word for, a sentence each.
    pub notes: Vec<String>,
}

/// Where a text is not of the format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatError {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl FormatError {
    fn at(text: &str, position: usize, message: impl Into<String>) -> Self {
        let before = text.get(..position).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }
}

impl SchemaFormat {
    /// The format of a file by its content: a JSON object with `fields` is a Table Schema, a text that begins with a field
    /// of the protobuf message is TFDV's.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let start = text.trim_start();
        if start.starts_with('{') {
            let value: serde_json::Value = serde_json::from_str(text).ok()?;
            return value
                .get("fields")?
                .is_array()
                .then_some(Self::Frictionless);
        }
        let first = start.lines().map(str::trim);
        let mut first = first.skip_while(|line| line.is_empty() || line.starts_with('#'));
        let line = first.next()?;
        let is_field = tfdv::FIELDS.iter().any(|name| {
            let rest = line.strip_prefix(name).map(str::trim_start);
            rest.is_some_and(|rest| rest.starts_with(['{', '<', ':']))
        });
        is_field.then_some(Self::Tfdv)
    }

    /// A schema as a text of this format.
    #[must_use]
    pub fn write(self, schema: &Schema) -> Carried<String> {
        match self {
            Self::Tfdv => tfdv::write(schema),
            Self::Frictionless => frictionless::write(schema),
        }
    }

    /// A schema from a text of this format.
    ///
    /// # Errors
    /// If the text is not of the format.
    pub fn read(self, text: &str) -> Result<Carried<Schema>, FormatError> {
        match self {
            Self::Tfdv => tfdv_reading::read(text),
            Self::Frictionless => frictionless::read(text),
        }
    }
}

/// A note about one column.
fn note(notes: &mut Vec<String>, column: &str, what: impl std::fmt::Display) {
    notes.push(format!("{column}: {what}"));
}
