//! Schemas on their way to and from other programs: in which format, and what of them the other side has no place for.
//! Reading and writing the formats is left to `validate::interchange`.

use super::schema::Schema;
use serde::{Deserialize, Serialize};

/// A format of schemas that other programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaFormat {
    /// `tensorflow.metadata.v0.Schema` in the text format of protocol buffers, as TensorFlow Data Validation keeps it.
    Tfdv,
    /// Table Schema of the Data Package standard (Frictionless), JSON.
    Frictionless,
}

impl SchemaFormat {
    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Tfdv => "TensorFlow Data Validation",
            Self::Frictionless => "Frictionless Table Schema",
        }
    }

    /// The usual name of such a file.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Tfdv => "schema.pbtxt",
            Self::Frictionless => "tableschema.json",
        }
    }
}

/// Something that one side of an exchange says and the other cannot, or not in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCarried {
    /// The column, where it is about one.
    pub column: Option<String>,
    /// What it is, and what became of it.
    pub what: String,
}

/// A schema in another program's format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedSchema {
    /// The format.
    pub format: SchemaFormat,
    /// The whole file.
    pub text: String,
    /// What the format has no place for.
    pub not_carried: Vec<NotCarried>,
}

/// A schema that was read from another program's format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportedSchema {
    /// The format.
    pub format: SchemaFormat,
    /// The schema.
    pub schema: Schema,
    /// Whether the file says what columns are for.
    pub states_roles: bool,
    /// What of the file has no place in it.
    pub not_carried: Vec<NotCarried>,
}

/// Columns that a line of notes names; of more it says how many.
const NAMED: usize = 6;

/// The notes as lines for people, one for each thing that is said, with the columns it is said of: "not carried: role
/// (columns a, b)".
#[must_use]
pub fn lines(notes: &[NotCarried]) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for note in notes {
        let place = groups.iter().position(|(what, _)| *what == note.what);
        let place = place.unwrap_or_else(|| {
            groups.push((&note.what, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.extend(note.column.as_deref());
    }
    groups
        .into_iter()
        .map(|(what, columns)| match columns.as_slice() {
            [] => format!("not carried: {what}"),
            [one] => format!("not carried: {what} (column {one})"),
            first => {
                let shown = first[..first.len().min(NAMED)].join(", ");
                let more = match first.len().saturating_sub(NAMED) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!("not carried: {what} (columns {shown}{more})")
            }
        })
        .collect()
}
