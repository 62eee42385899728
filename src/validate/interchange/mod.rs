//! Schemas in the formats of other programs: TensorFlow Data Validation's `schema.pbtxt` and Frictionless Table Schema.
//!
//! Both ways, what the other side cannot say is named in a note and never dropped in silence; where a bound must be
//! rounded, it is rounded outwards, so that no good value becomes an anomaly. Reading files and putting a schema in force
//! are left to the floors above.

mod frictionless_constraints;
mod frictionless_export;
mod frictionless_import;
mod kept;
mod notes;
#[cfg(test)]
mod tests;
pub(crate) mod text_format;
mod tfdv_domains;
mod tfdv_environments;
mod tfdv_export;
mod tfdv_import;
mod tree;

pub(crate) use frictionless_export::type_of;
pub use kept::keep_unsaid;

use crate::domain::Failure;
use crate::domain::interchange::{ExportedSchema, ImportedSchema, SchemaFormat};
use crate::domain::schema::Schema;
use notes::Notes;

/// What is wrong with a file that should be a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InterchangeError {
    /// The text breaks the format's rules, or a value is of the wrong type.
    #[error("line {line}, column {column}: {message}")]
    At {
        /// Line, counted from 1.
        line: usize,
        /// Character of the line, counted from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// The descriptor is JSON and says something that no Table Schema says.
    #[error("{path}: {message}")]
    Field {
        /// The place in the document: `fields[2].type`.
        path: String,
        /// What is wrong.
        message: String,
    },
}

impl From<InterchangeError> for Failure {
    fn from(error: InterchangeError) -> Self {
        Self::bad_data(format!("The schema cannot be read: {error}"))
    }
}

/// The format of a text, by its first character: a Table Schema is a JSON object. `None` for JSON that has neither
/// `fields` nor `resources`: a schema of ours, or data.
#[must_use]
pub fn format_of(text: &str) -> Option<SchemaFormat> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if !start.starts_with(['{', '[']) {
        return Some(SchemaFormat::Tfdv);
    }
    match serde_json::from_str::<serde_json::Value>(start) {
        Ok(value) if value.get("fields").is_none() && value.get("resources").is_none() => None,
        _ => Some(SchemaFormat::Frictionless),
    }
}

/// Writes a schema in another program's format.
#[must_use]
pub fn export(schema: &Schema, format: SchemaFormat) -> ExportedSchema {
    let mut notes = Notes::default();
    let text = match format {
        SchemaFormat::Tfdv => tfdv_export::export(schema, &mut notes),
        SchemaFormat::Frictionless => frictionless_export::export(schema, &mut notes),
    };
    ExportedSchema {
        format,
        text,
        not_carried: notes.into_list(),
    }
}

/// Reads a schema from another program's format. What the file does not say (a role, an expectation) is at its default;
/// [`keep_unsaid`] takes it from an earlier schema.
///
/// # Errors
/// If the text breaks the format's rules, with the line and column.
pub fn import(text: &str, format: SchemaFormat) -> Result<ImportedSchema, InterchangeError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut notes = Notes::default();
    let (schema, states_roles) = match format {
        SchemaFormat::Tfdv => tfdv_import::import(text, &mut notes)?,
        SchemaFormat::Frictionless => frictionless_import::import(text, &mut notes)?,
    };
    Ok(ImportedSchema {
        format,
        schema,
        states_roles,
        not_carried: notes.into_list(),
    })
}
