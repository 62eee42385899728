//! Schemas as files of other programs: which format a file has, reading it, and keeping what it does not say.

pub use crate::validate::interchange::{export, keep_unsaid};

use crate::domain::Failure;
use crate::domain::interchange::{ImportedSchema, SchemaFormat};
use crate::validate::interchange::{format_of, import};
use std::path::Path;

/// Largest file that is read as a schema, in bytes.
const MAX_BYTES: u64 = 256 << 20;

/// The format of a file that shall be written, by its extension.
#[must_use]
pub fn format_of_name(path: &Path) -> Option<SchemaFormat> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "pbtxt" | "textproto" | "prototxt" | "textpb" => Some(SchemaFormat::Tfdv),
        "json" => Some(SchemaFormat::Frictionless),
        _ => None,
    }
}

/// Reads a schema from a file of another program; its format is told by its content.
///
/// # Errors
/// If the file cannot be read, or is no schema, with the line and column.
pub fn read(path: &Path) -> Result<ImportedSchema, Failure> {
    let text = text_of(path)?;
    let Some(format) = format_of(&text) else {
        let failure = Failure::bad_data(format!("{} is no schema", path.display()));
        return Err(failure
            .hint("A Table Schema (JSON) lists `fields`; TensorFlow Data Validation's schema.pbtxt lists features."));
    };
    import(&text, format).map_err(|error| named(path, error.into()))
}

/// Reads a file as a schema if it is one of another program: by its extension, and a JSON file by its content. `None` for
/// everything else.
///
/// # Errors
/// If it is one and cannot be read.
pub fn read_if_schema(path: &Path) -> Result<Option<ImportedSchema>, Failure> {
    let is_schema = match format_of_name(path) {
        None => false,
        Some(SchemaFormat::Tfdv) => true,
        Some(SchemaFormat::Frictionless) => {
            let value = serde_json::from_str::<serde_json::Value>(&text_of(path)?);
            value
                .is_ok_and(|v| lists_fields(&v) || v.get("resources").is_some_and(|r| r.is_array()))
        }
    };
    if is_schema {
        read(path).map(Some)
    } else {
        Ok(None)
    }
}

/// Whether each of the document's `fields` has a name: another JSON file is data.
fn lists_fields(document: &serde_json::Value) -> bool {
    let fields = document.get("fields").and_then(serde_json::Value::as_array);
    fields.is_some_and(|list| !list.is_empty() && list.iter().all(|f| f.get("name").is_some()))
}

fn text_of(path: &Path) -> Result<String, Failure> {
    let unreadable = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::not_found(format!("{} does not exist", path.display()))
        }
        _ => Failure::bad_data(format!("{} cannot be read: {e}", path.display())),
    };
    if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_BYTES {
        let message = format!("{} is too large for a schema", path.display());
        return Err(Failure::bad_data(message));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|e| {
        let valid = e
            .as_bytes()
            .get(..e.utf8_error().valid_up_to())
            .unwrap_or_default();
        let line = valid.iter().filter(|b| **b == b'\n').count() + 1;
        let start = valid.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
        let column = String::from_utf8_lossy(&valid[start..]).chars().count() + 1;
        Failure::bad_data(format!(
            "{}: line {line}, column {column}: this is no UTF-8",
            path.display()
        ))
    })
}

/// A failure that says of which file it is.
fn named(path: &Path, mut failure: Failure) -> Failure {
    failure.summary = format!("{}: {}", path.display(), failure.summary);
    failure
}
