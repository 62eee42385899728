//! lockkeeper.toml: the settings of a workspace, and the version of its format.

use crate::domain::Failure;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Version of the workspace's format that this program reads and writes.
pub const FORMAT: u32 = 1;

/// Name of the settings file: a folder that has it is a workspace.
pub const FILE: &str = "lockkeeper.toml";

/// Settings of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Version of the workspace's format.
    pub format: u32,
    /// Port of the prediction service.
    #[serde(default = "default_port")]
    pub port: u16,
    /// Statements over the records that a person keeps, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub queries: BTreeMap<String, String>,
}

/// What to do with a broken settings file.
const MEND: &str = "Mend it, or write `format = 1` into it and nothing else: that is all it needs.";

fn default_port() -> u16 {
    8080
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: FORMAT,
            port: default_port(),
            queries: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Reads the settings of a workspace.
    ///
    /// # Errors
    /// If the folder is no workspace, the file is broken, or its format is newer than this program.
    pub fn read(root: &Path) -> Result<Self, Failure> {
        let path = root.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(Failure::not_found(format!(
                    "{} is not a workspace: it has no {FILE}",
                    root.display()
                ))
                .hint("Make one with `lockkeeper init DIR --data FILE --target COLUMN`."));
            }
            Err(e) => {
                return Err(
                    Failure::bad_data(format!("{} cannot be read: {e}", path.display()))
                        .hint("Give yourself the right to read it."),
                );
            }
        };
        let table: toml::Table = toml::from_str(&text).map_err(|e| {
            Failure::bad_data(format!(
                "{} is not valid TOML: {}",
                path.display(),
                e.message()
            ))
            .hint(MEND)
        })?;
        let format = table
            .get("format")
            .and_then(toml::Value::as_integer)
            .unwrap_or(0);
        if format > i64::from(FORMAT) {
            return Err(Failure::conflict(format!(
                "The workspace {} has format {format}; this Lockkeeper knows up to {FORMAT}",
                root.display()
            ))
            .hint("Open it with a newer Lockkeeper. Nothing was changed."));
        }
        table.try_into().map_err(|e: toml::de::Error| {
            Failure::bad_data(format!("{}: {}", path.display(), e.message())).hint(MEND)
        })
    }

    /// As the text of lockkeeper.toml.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("settings are plain values")
    }
}
