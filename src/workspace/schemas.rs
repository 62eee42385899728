//! Schemas in files: ours as JSON, TensorFlow Data Validation's and Frictionless's as others keep them.

use super::open::Workspace;
use crate::domain::Failure;
use crate::domain::schema::{Role, Schema};
pub use crate::validate::interchange::{Carried, SchemaFormat};
use std::path::Path;

/// The schema in force, as a text of another format.
///
/// # Errors
/// If there is none yet.
pub fn export(workspace: &Workspace, format: SchemaFormat) -> Result<Carried<String>, Failure> {
    let snapshot = workspace.snapshot();
    match &snapshot.schema {
        Some(in_force) => Ok(format.write(&in_force.schema)),
        None => {
            Err(Failure::not_found("This workspace has no schema yet")
                .hint("Run the pipeline once."))
        }
    }
}

/// The schema of a file, ready to be put in force: what another format has no word for is taken from the one in force.
///
/// # Errors
/// If the file is no schema of a known format.
pub fn import(path: &Path, in_force: Option<&Schema>) -> Result<Carried<Schema>, Failure> {
    let Some(mut carried) = read(path)? else {
        return Err(
            Failure::bad_data(format!("{} is not a schema", path.display())).hint(
                "Known are TensorFlow Data Validation's schema.pbtxt, Frictionless Table Schema (JSON with \"fields\") and \
                 a schema of Lockkeeper (JSON with \"columns\").",
            ),
        );
    };
    let Some(in_force) = in_force else {
        return Ok(carried);
    };
    let schema = &mut carried.value;
    if schema.target().is_none()
        && let Some(target) = in_force.target()
        && let Some(column) = schema.columns.iter_mut().find(|c| c.name == target.name)
    {
        column.role = Role::Target;
        let note = format!(
            "{}: stays the target, as in the schema in force",
            target.name
        );
        carried.notes.push(note);
    }
    let mut kept = Vec::new();
    for expectation in &in_force.expectations {
        if !schema
            .expectations
            .iter()
            .any(|e| e.name == expectation.name)
        {
            kept.push(expectation.name.clone());
            schema.expectations.push(expectation.clone());
        }
    }
    if !kept.is_empty() {
        carried.notes.push(format!(
            "Expectations of the schema in force were kept: {}",
            kept.join(", ")
        ));
    }
    Ok(carried)
}

/// A schema, if the file is one.
pub(super) fn read(path: &Path) -> Result<Option<Carried<Schema>>, Failure> {
    let extension = path.extension().and_then(|e| e.to_str());
    if !matches!(extension, Some("json" | "pbtxt" | "textproto" | "txtpb")) {
        return Ok(None);
    }
    let bytes = std::fs::read(path)
        .map_err(|e| Failure::bad_data(format!("{} cannot be read: {e}", path.display())))?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Ok(None);
    };
    if let Some(format) = SchemaFormat::of(&text) {
        return match format.read(&text) {
            Ok(carried) => Ok(Some(carried)),
            Err(error) => Err(Failure::bad_data(format!(
                "{}, line {}, column {}: {}",
                path.display(),
                error.line,
                error.column,
                error.message
            ))),
        };
    }
    // A schema of ours lists columns; another JSON file is data.
    let is_ours = serde_json::from_str::<serde_json::Value>(&text)
        .is_ok_and(|v| v.get("columns").is_some_and(serde_json::Value::is_array));
    if !is_ours {
        return Ok(None);
    }
    match serde_json::from_str(&text) {
        Ok(value) => Ok(Some(Carried {
            value,
            notes: Vec::new(),
        })),
        Err(e) => Err(Failure::bad_data(format!(
            "{} is not a schema: {e}",
            path.display()
        ))),
    }
}
