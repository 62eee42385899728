//! A dataset in the Croissant format of MLCommons, version 1.0 (<https://docs.mlcommons.org/croissant/docs/croissant-spec.html>): the
//! data files with their hashes, and for each a set of records whose fields are the columns.

use super::data_file::DataFile;
use crate::domain::ids::Millis;
use crate::domain::schema::{ColumnType, Role, Schema};
use serde_json::{Value, json};

/// What is told of the dataset as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About<'a> {
    /// Its name.
    pub name: &'a str,
    /// When its batches were read.
    pub read: Millis,
    /// The run that read them.
    pub run: i64,
}

/// The descriptor, `croissant.json`, of these files.
#[must_use]
pub fn descriptor(about: &About<'_>, files: &[DataFile], schema: Option<&Schema>) -> String {
    let date = chrono::DateTime::from_timestamp_millis(about.read).unwrap_or_default();
    let description = format!(
        "The batches that run {} of the pipeline {} of Lockkeeper read, oldest first.",
        about.run, about.name
    );
    let value = json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "name": about.name,
        "description": description,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "datePublished": date.format("%Y-%m-%d").to_string(),
        "version": format!("1.0.{}", about.run),
        "distribution": files.iter().map(file_object).collect::<Vec<_>>(),
        "recordSet": files.iter().map(|file| record_set(file, schema)).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}

fn file_object(file: &DataFile) -> Value {
    json!({
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "contentSize": format!("{} B", file.bytes.len()),
        "contentUrl": file.name,
        "encodingFormat": "text/csv",
        "sha256": file.sha256,
    })
}

fn record_set(file: &DataFile, schema: Option<&Schema>) -> Value {
    let id = file.name.trim_end_matches(".csv");
    let fields: Vec<Value> = file
        .columns
        .iter()
        .enumerate()
        .map(|(at, (name, kind))| field((id, at), name, *kind, (file, schema)))
        .collect();
    let mut set = json!({
        "@type": "cr:RecordSet",
        "@id": id,
        "name": id,
        "description": format!("The {} rows of {}", file.n_rows, file.name),
        "field": fields,
    });
    let spec = |name: &str| schema.and_then(|s| s.columns.iter().find(|c| c.name == name));
    let is_key = |name: &str| spec(name).is_some_and(|c| c.role == Role::Key);
    if let Some(at) = file.columns.iter().position(|(name, _)| is_key(name)) {
        set["key"] = json!({"@id": format!("{id}/{at}")});
    }
    set
}

fn field(
    (set, at): (&str, usize),
    name: &str,
    kind: ColumnType,
    (file, schema): (&DataFile, Option<&Schema>),
) -> Value {
    let role = schema
        .and_then(|s| s.columns.iter().find(|c| c.name == name))
        .map(|c| c.role);
    let mut field = json!({
        "@type": "cr:Field",
        "@id": format!("{set}/{at}"),
        "name": name,
        "dataType": data_type(kind),
        "source": {
            "fileObject": {"@id": file.name},
            "extract": {"column": name},
        },
    });
    if let Some(role) = role {
        field["description"] = json!(format!("Role in the pipeline: {}", role.title()));
    }
    field
}

fn data_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "sc:Integer",
        ColumnType::Number => "sc:Float",
        ColumnType::Boolean => "sc:Boolean",
        ColumnType::Text => "sc:Text",
        ColumnType::Date => "sc:Date",
        ColumnType::Timestamp => "sc:DateTime",
    }
}

/// The words of the format, as the specification's appendix lists them.
fn context() -> Value {
    json!({
        "@language": "en",
        "@vocab": "https://schema.org/",
        "citeAs": "cr:citeAs",
        "column": "cr:column",
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "equivalentProperty": "cr:equivalentProperty",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "extract": "cr:extract",
        "field": "cr:field",
        "fileProperty": "cr:fileProperty",
        "fileObject": "cr:fileObject",
        "fileSet": "cr:fileSet",
        "format": "cr:format",
        "includes": "cr:includes",
        "isLiveDataset": "cr:isLiveDataset",
        "jsonPath": "cr:jsonPath",
        "key": "cr:key",
        "md5": "cr:md5",
        "parentField": "cr:parentField",
        "path": "cr:path",
        "recordSet": "cr:recordSet",
        "references": "cr:references",
        "regex": "cr:regex",
        "repeated": "cr:repeated",
        "replace": "cr:replace",
        "samplingRate": "cr:samplingRate",
        "sc": "https://schema.org/",
        "separator": "cr:separator",
        "source": "cr:source",
        "subField": "cr:subField",
        "transform": "cr:transform",
    })
}
