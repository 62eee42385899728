//! A dataset as a data package of the Frictionless standard, version 1 of which every reader understands
//! (<https://specs.frictionlessdata.io/tabular-data-package/>): a resource for each data file, with its schema.

use super::data_file::DataFile;
use crate::domain::interchange::{NotCarried, SchemaFormat};
use crate::domain::schema::Schema;
use crate::validate::interchange::{export, type_of};
use serde_json::{Value, json};

/// The descriptor, `datapackage.json`, of these files, and what of the schema the standard has no place for.
#[must_use]
pub fn descriptor(
    name: &str,
    files: &[DataFile],
    schema: Option<&Schema>,
) -> (String, Vec<NotCarried>) {
    let mut not_carried = Vec::new();
    let resources: Vec<Value> = files
        .iter()
        .map(|file| {
            let (schema, notes) = schema_of(file, schema);
            for note in notes {
                if !not_carried.contains(&note) {
                    not_carried.push(note);
                }
            }
            json!({
                "name": file.name.trim_end_matches(".csv"),
                "path": file.name,
                "profile": "tabular-data-resource",
                "scheme": "file",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": file.bytes.len(),
                "hash": format!("sha256:{}", file.sha256),
                "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": "\"", "doubleQuote": true, "header": true},
                "schema": schema,
            })
        })
        .collect();
    let value = json!({
        "profile": "tabular-data-package",
        "name": package_name(name),
        "title": name,
        "resources": resources,
    });
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    (text, not_carried)
}

/// What the schema says of the columns that the file has, in its order; of others their types.
fn schema_of(file: &DataFile, schema: Option<&Schema>) -> (Value, Vec<NotCarried>) {
    let plain = || -> Vec<Value> {
        let fields = file.columns.iter();
        fields
            .map(|(name, kind)| json!({"name": name, "type": type_of(*kind)}))
            .collect()
    };
    let Some(schema) = schema else {
        return (
            json!({"fields": plain(), "missingValues": [""]}),
            Vec::new(),
        );
    };
    let exported = export(schema, SchemaFormat::Frictionless);
    let mut value: Value = serde_json::from_str(&exported.text).unwrap_or_default();
    let known: Vec<Value> = value["fields"].as_array().cloned().unwrap_or_default();
    let fields: Vec<Value> = plain()
        .into_iter()
        .map(|field| {
            let same = |k: &&Value| k["name"] == field["name"] && k["type"] == field["type"];
            known.iter().find(same).cloned().unwrap_or(field)
        })
        .collect();
    value["fields"] = json!(fields);
    if let Some(all) = value.as_object_mut() {
        // Words of version 2 that readers of version 1 do not know; the fields are those of the file anyway.
        all.remove("$schema");
        all.remove("fieldsMatch");
    }
    (value, exported.not_carried)
}

/// Lower case letters, digits and dashes, as the standard wants names.
fn package_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    name.chars().map(plain).collect()
}
