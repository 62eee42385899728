//! A schema from a Table Schema of the Data Package standard (Frictionless), version 1 or 2, or from a Data Package with one
//! resource that has one. What says how a file is to be read (characters, missing values) belongs to the reading options
//! of the pipeline and is named as not carried.

use super::InterchangeError;
use super::frictionless_constraints as constraints;
use super::frictionless_export::ROLE;
use super::notes::{Notes, blank, plain, role_of};
use crate::domain::schema::{BooleanWords, ColumnSpec, ColumnType, Role, Schema};
use serde_json::{Map, Value};

/// Properties that say nothing about data.
const SILENT: [&str; 5] = ["$schema", "profile", "fields", "fieldsMatch", "primaryKey"];

/// An error at a place in the document.
pub(super) fn wrong(path: &str, message: impl Into<String>) -> InterchangeError {
    InterchangeError::Field {
        path: path.to_owned(),
        message: message.into(),
    }
}

/// Reads a schema, and whether it says roles.
///
/// # Errors
/// If the text is no JSON, or no Table Schema.
pub(super) fn import(text: &str, notes: &mut Notes) -> Result<(Schema, bool), InterchangeError> {
    let document: Value = serde_json::from_str(text).map_err(|e| InterchangeError::At {
        line: e.line(),
        column: e.column(),
        message: e.to_string(),
    })?;
    let descriptor = table_schema(&document, notes)?;
    let fields = descriptor.get("fields").and_then(Value::as_array);
    let Some(fields) = fields.filter(|f| !f.is_empty()) else {
        return Err(wrong("fields", "a list of at least one field is expected"));
    };
    let is_required = fields_match(descriptor, notes)?;
    let mut columns: Vec<ColumnSpec> = Vec::new();
    for (i, value) in fields.iter().enumerate() {
        let path = format!("fields[{i}]");
        let mut column = field(value, &path, notes)?;
        column.required = is_required;
        if columns.iter().any(|c| c.name == column.name) {
            let message = format!("{} is the name of an earlier field", column.name);
            return Err(wrong(&format!("{path}.name"), message));
        }
        columns.push(column);
    }
    keys(descriptor, &mut columns, notes)?;
    of_table(descriptor, notes);
    let states_roles = fields.iter().any(|f| f.get(ROLE).is_some());
    Ok((plain(columns), states_roles))
}

/// The Table Schema itself, or that of a package's one resource.
fn table_schema<'a>(
    document: &'a Value,
    notes: &mut Notes,
) -> Result<&'a Map<String, Value>, InterchangeError> {
    let Some(object) = document.as_object() else {
        return Err(wrong("the document", "an object with `fields` is expected"));
    };
    let Some(resources) = object.get("resources") else {
        return Ok(object);
    };
    match resources.as_array().map(Vec::as_slice) {
        Some([one]) => {
            notes.schema("all of the Data Package but the schema of its resource");
            let schema = one.get("schema").and_then(Value::as_object);
            schema.ok_or_else(|| wrong("resources[0].schema", "an object is expected"))
        }
        _ => Err(wrong(
            "resources",
            "a Data Package of exactly one resource is expected; give the Table Schema of the one that is meant",
        )),
    }
}

/// Whether every column is required.
fn fields_match(
    descriptor: &Map<String, Value>,
    notes: &mut Notes,
) -> Result<bool, InterchangeError> {
    let rule = match descriptor.get("fieldsMatch") {
        None => return Ok(true),
        Some(Value::Array(list)) if list.len() == 1 => list[0].as_str(),
        Some(value) => value.as_str(),
    };
    match rule {
        Some("equal") => Ok(true),
        Some("exact") => {
            notes.schema("the order of the columns (fieldsMatch exact)");
            Ok(true)
        }
        Some("subset") => {
            notes.schema("that other columns are welcome (fieldsMatch subset)");
            Ok(true)
        }
        Some("superset") => Ok(false),
        Some("partial") => {
            notes.schema(
                "that other columns are welcome, and one at least is there (fieldsMatch partial)",
            );
            Ok(false)
        }
        _ => Err(wrong(
            "fieldsMatch",
            "exact, equal, subset, superset or partial is expected",
        )),
    }
}

fn field(value: &Value, path: &str, notes: &mut Notes) -> Result<ColumnSpec, InterchangeError> {
    let Some(object) = value.as_object() else {
        return Err(wrong(path, "an object is expected"));
    };
    let Some(name) = object.get("name").and_then(Value::as_str) else {
        return Err(wrong(&format!("{path}.name"), "a text is expected"));
    };
    let mut column = blank(name, kind(object, name, path, notes)?);
    // The standard's numbers may be INF; NaN is within no bounds.
    column.constraints.allow_infinite = (column.kind == ColumnType::Number).then_some(true);
    for (property, value) in object {
        match property.as_str() {
            "name" | "type" => {}
            "format" => format(value, &column, notes),
            "constraints" => {
                let path = format!("{path}.constraints");
                constraints::apply(value, &path, &mut column, notes)?;
            }
            "trueValues" | "falseValues" => words(object, &mut column, notes),
            "categories" => constraints::categories(value, &mut column, notes),
            "bareNumber" if value == &Value::Bool(true) => {}
            ROLE => match value.as_str().and_then(role_of) {
                Some(role) => column.role = role,
                None => notes.column(name, format!("role {value}")),
            },
            "decimalChar" | "groupChar" | "bareNumber" | "missingValues" | "delimiter" => {
                let what =
                    format!("{property} {value}: set it where the data are read (steps.ingest)");
                notes.column(name, what);
            }
            _ => notes.column(name, format!("{property} {value}")),
        }
    }
    Ok(column)
}

fn kind(
    object: &Map<String, Value>,
    name: &str,
    path: &str,
    notes: &mut Notes,
) -> Result<ColumnType, InterchangeError> {
    let stated = match object.get("type") {
        None => "string",
        Some(value) => value
            .as_str()
            .ok_or_else(|| wrong(&format!("{path}.type"), "a text is expected"))?,
    };
    let (kind, is_other) = match stated {
        "integer" => (ColumnType::Integer, false),
        "year" => (ColumnType::Integer, true),
        "number" => (ColumnType::Number, false),
        "boolean" => (ColumnType::Boolean, false),
        "string" => (ColumnType::Text, false),
        "date" => (ColumnType::Date, false),
        "datetime" => (ColumnType::Timestamp, false),
        "any" | "time" | "yearmonth" | "duration" | "geopoint" | "geojson" | "object" | "array"
        | "list" => (ColumnType::Text, true),
        other => {
            let message = format!("{other} is no type of a Table Schema");
            return Err(wrong(&format!("{path}.type"), message));
        }
    };
    if is_other {
        notes.column(name, format!("type {stated}: taken for {}", kind.title()));
    }
    Ok(kind)
}

fn format(value: &Value, column: &ColumnSpec, notes: &mut Notes) {
    let form = value.as_str().unwrap_or_default();
    let is_found = column.kind.is_temporal() && form == "any";
    if form == "default" || is_found {
        return;
    }
    let why = if column.kind.is_temporal() {
        ": reading finds the form of dates itself"
    } else {
        ""
    };
    notes.column(&column.name, format!("format {value}{why}"));
}

/// The words for truth values, where there is one of each.
fn words(object: &Map<String, Value>, column: &mut ColumnSpec, notes: &mut Notes) {
    let list = |name: &str| -> Vec<String> {
        let values = object.get(name).and_then(Value::as_array);
        let texts = values.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let (yes, no) = (list("trueValues"), list("falseValues"));
    match (yes.as_slice(), no.as_slice()) {
        ([yes], [no]) if column.kind == ColumnType::Boolean => {
            column.constraints.boolean_words = Some(BooleanWords {
                yes: yes.clone(),
                no: no.clone(),
            });
        }
        _ => {
            let what = format!(
                "trueValues {yes:?} and falseValues {no:?}: one word for each can be said, of a boolean column"
            );
            notes.column(&column.name, what);
        }
    }
}

/// Names in a key: one text, or a list.
fn names(value: &Value, path: &str) -> Result<Vec<String>, InterchangeError> {
    match value {
        Value::String(name) => Ok(vec![name.clone()]),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let texts = list.iter().filter_map(Value::as_str);
            Ok(texts.map(str::to_owned).collect())
        }
        _ => Err(wrong(path, "a name or a list of names is expected")),
    }
}

/// The primary key, and unique keys of one column.
fn keys(
    descriptor: &Map<String, Value>,
    columns: &mut [ColumnSpec],
    notes: &mut Notes,
) -> Result<(), InterchangeError> {
    if let Some(value) = descriptor.get("primaryKey") {
        let names = names(value, "primaryKey")?;
        if names.len() > 1 {
            notes.schema(format!(
                "that {} together come once only",
                names.join(" and ")
            ));
        }
        for name in &names {
            let column = find(columns, name, "primaryKey")?;
            column.min_fraction = 1.0;
            if column.role == Role::Feature {
                column.role = Role::Key;
            }
            if names.len() == 1 {
                column.constraints.min_unique_fraction = Some(1.0);
            }
        }
    }
    let unique = descriptor.get("uniqueKeys").and_then(Value::as_array);
    for (i, value) in unique.into_iter().flatten().enumerate() {
        let path = format!("uniqueKeys[{i}]");
        let names = names(value, &path)?;
        match names.as_slice() {
            [name] => {
                let column = find(columns, name, &path)?;
                column.constraints.min_unique_fraction = Some(1.0);
            }
            _ => notes.schema(format!(
                "that {} together come once only",
                names.join(" and ")
            )),
        }
    }
    Ok(())
}

fn find<'a>(
    columns: &'a mut [ColumnSpec],
    name: &str,
    path: &str,
) -> Result<&'a mut ColumnSpec, InterchangeError> {
    let found = columns.iter_mut().find(|c| c.name == name);
    found.ok_or_else(|| wrong(path, format!("there is no field {name}")))
}

fn of_table(descriptor: &Map<String, Value>, notes: &mut Notes) {
    for (property, value) in descriptor {
        match property.as_str() {
            "uniqueKeys" => {}
            name if SILENT.contains(&name) => {}
            "missingValues" if *value == serde_json::json!([""]) => {}
            "missingValues" => {
                let what = format!(
                    "missingValues {value}: set them where the data are read (steps.ingest)"
                );
                notes.schema(what);
            }
            "foreignKeys" => {
                for key in value.as_array().into_iter().flatten() {
                    notes.schema(format!("foreign key {key}"));
                }
            }
            _ => notes.schema(format!("{property} {value}")),
        }
    }
}
