//! Reading files into tables: bytes become text (`decode`), text becomes records (`sniff`, `quotes`, `records`),
//! records become named columns of a type (`header`, `value`, `infer`). Every repair is reported as a finding, and
//! whatever would lose data without a word is an error. Which files to read is left to `data::files`; what the
//! columns should hold is left to `validate`.
//!
//! A further format joins as one variant of [`Format`] and one arm of the match in [`read_bytes`].

mod decode;
mod error;
mod header;
mod infer;
mod quotes;
mod records;
mod sniff;
pub mod value;

pub use error::{ReadError, RowProblem};

use crate::data::Table;
use crate::domain::dataset::Finding;
use crate::domain::work::Monitor;
use rayon::prelude::*;
use std::io::ErrorKind;
use std::path::Path;

/// A table out of a file, and what was noticed or repaired on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadOutcome {
    /// The table. It has at least one row and one column.
    pub table: Table,
    /// All findings: those of the file first, then those of the columns in their order.
    pub findings: Vec<Finding>,
}

impl Finding {
    /// A finding about the file as a whole.
    pub(super) fn of_file(message: impl Into<String>) -> Self {
        Self {
            row: None,
            column: None,
            message: message.into(),
        }
    }

    /// A finding about a column, seen first in the row at this position (counted from 0).
    pub(super) fn of_column(
        column: &str,
        position: Option<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            row: position.map(|p| p as u64 + 1),
            column: Some(column.to_owned()),
            message: message.into(),
        }
    }
}

/// The file formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text with one record a line and fields between commas, tabs, semicolons or bars.
    Delimited,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 1] = [Self::Delimited];

    /// File name extensions that a folder is searched for, in lower case.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Delimited => &["csv", "tsv", "txt"],
        }
    }

    /// Whether a folder's file of this name is one to read.
    #[must_use]
    pub fn is_readable(path: &Path) -> bool {
        let Some(extension) = path.extension().and_then(|e| e.to_str()) else {
            return false;
        };
        let lower = extension.to_ascii_lowercase();
        Self::ALL
            .iter()
            .any(|f| f.extensions().contains(&lower.as_str()))
    }

    /// The format of a content by its first bytes; an error names formats that are known but not read.
    fn of_content(file: &str, bytes: &[u8]) -> Result<Self, ReadError> {
        let known: [(&[u8], &str); 5] = [
            (b"PAR1", "a Parquet file"),
            (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
            (b"\x1f\x8b", "a gzip archive"),
            (b"ARROW1", "an Arrow file"),
            (b"SQLite format 3\0", "a SQLite database"),
        ];
        match known.iter().find(|(magic, _)| bytes.starts_with(magic)) {
            Some((_, what)) => Err(ReadError::Unsupported {
                file: file.to_owned(),
                what: (*what).to_owned(),
            }),
            None => Ok(Self::Delimited),
        }
    }
}

/// Reads a file.
///
/// # Errors
/// If the file is missing or cannot be read, and as [`read_bytes`].
pub fn read_file(path: &Path, monitor: &dyn Monitor) -> Result<ReadOutcome, ReadError> {
    let name = path.display().to_string();
    if path.is_dir() {
        return Err(ReadError::IsFolder { file: name });
    }
    let bytes = std::fs::read(path).map_err(|source| {
        if source.kind() == ErrorKind::NotFound {
            ReadError::Missing { file: name.clone() }
        } else {
            ReadError::Unreadable {
                file: name.clone(),
                reason: source.to_string(),
            }
        }
    })?;
    read_bytes(&name, &bytes, monitor)
}

/// Reads the content of a file; `file` is what messages call it.
///
/// Types are decided by all rows. Missing values are empty fields and the words in [`value::NULL_TOKENS`], in
/// columns of every type, also of text: a category that is truly called "None" must be renamed in the file, and a
/// finding says where such words were taken as missing. Blanks around values are removed. The result does not
/// depend on the number of threads.
///
/// # Errors
/// If there are no rows, if the text cannot be taken apart without losing data (rows with too few or too many
/// fields, a quote that is not closed, NUL bytes), or if the monitor asks to stop.
pub fn read_bytes(
    file: &str,
    bytes: &[u8],
    monitor: &dyn Monitor,
) -> Result<ReadOutcome, ReadError> {
    match Format::of_content(file, bytes)? {
        Format::Delimited => read_delimited(file, bytes, monitor),
    }
}

fn read_delimited(
    file: &str,
    bytes: &[u8],
    monitor: &dyn Monitor,
) -> Result<ReadOutcome, ReadError> {
    let mut findings = Vec::new();
    let text = decode::decode(file, bytes, &mut findings)?;
    if text.trim().is_empty() {
        return Err(ReadError::Empty {
            file: file.to_owned(),
        });
    }
    let dialect = sniff::sniff(&text, &mut findings);
    let source = records::Source {
        file,
        text: &text,
        delimiter: dialect.delimiter,
    };
    quotes::check(&source, &mut findings)?;
    let (header, records) = records::collect(&source, monitor)?;
    drop(text);
    let names = header::names(&header, &mut findings);
    let n_columns = names.len() as u64;
    monitor.progress(0, n_columns, "columns typed");
    let columns: Vec<_> = names
        .par_iter()
        .enumerate()
        .map(|(position, name)| {
            if monitor.is_stopped() {
                return Err(ReadError::Stopped);
            }
            infer::column(file, &records, position, name, dialect)
        })
        .collect::<Result<_, _>>()?;
    monitor.progress(n_columns, n_columns, "columns typed");
    let mut arrays = Vec::with_capacity(columns.len());
    for (name, column) in names.into_iter().zip(columns) {
        findings.extend(column.findings);
        arrays.push((name, column.array));
    }
    let table = Table::from_columns(arrays)
        .expect("columns have equal length and the types that a table supports");
    Ok(ReadOutcome { table, findings })
}

#[cfg(test)]
mod tests;
