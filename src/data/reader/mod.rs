//! Reading files: each format is a [`Source`] of chunks, opened by what its first bytes say. Every repair is reported as a
//! finding, and whatever would lose data without a word is an error. Which files to read is left to `data::files`; what
//! the columns should hold is left to `validate`.
//!
//! A further format joins as one variant of [`Format`] and one arm of the match in [`open`].

mod dates;
pub mod delimited;
mod error;
mod header;
pub mod value;
mod whole;

pub use error::{ReadError, RowProblem};
pub use whole::WholeTable;

use crate::data::Table;
use crate::data::source::{self, Source};
use crate::domain::dataset::Finding;
use crate::domain::reading::ReadOptions;
use crate::domain::work::Monitor;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// So many bytes tell the format.
const N_FIRST_BYTES: u64 = 4096;

/// A table out of a file, and what was noticed or repaired on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadOutcome {
    /// The table. It has at least one row and one column.
    pub table: Table,
    /// All findings: those of the file first, then those of the columns in their order.
    pub findings: Vec<Finding>,
    /// How the file was understood: what was given, and what was guessed where nothing was. Reading again with these
    /// options gives the same table.
    pub understood: ReadOptions,
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

/// Opens a file, whatever its format: its content decides, then its name.
///
/// # Errors
/// If the file is missing, cannot be read, is of a format that is known and not read, or its beginning shows already
/// that it cannot be taken apart.
pub fn open(path: &Path, options: &ReadOptions) -> Result<Box<dyn Source>, ReadError> {
    let file = path.display().to_string();
    let unreadable = |error| ReadError::of_io(&file, &error);
    if path.is_dir() {
        return Err(ReadError::IsFolder { file });
    }
    let n_bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    let mut first = Vec::new();
    std::fs::File::open(path)
        .map_err(unreadable)?
        .take(N_FIRST_BYTES)
        .read_to_end(&mut first)
        .map_err(unreadable)?;
    match Format::of_content(&file, &first)? {
        Format::Delimited => {
            let path = path.to_owned();
            delimited::open_bytes(
                &file,
                Arc::new(move || Ok(Box::new(std::fs::File::open(&path)?))),
                n_bytes,
                options,
            )
        }
    }
}

/// Reads a whole file into memory.
///
/// # Errors
/// As [`open`], and if any of its rows cannot be read without losing some, or the monitor asks to stop.
pub fn read_file(
    path: &Path,
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<ReadOutcome, ReadError> {
    source::collect(open(path, options)?.as_ref(), monitor)
}

/// The first rows of a file, however large it is. Types and findings are those of its beginning.
///
/// # Errors
/// As [`open`], and if the first rows cannot be read.
pub fn head(path: &Path, options: &ReadOptions, n_rows: usize) -> Result<ReadOutcome, ReadError> {
    source::head(open(path, options)?.as_ref(), n_rows)
}

/// Reads the content of a file of text; `file` is what messages call it.
///
/// # Errors
/// As [`read_file`].
pub fn read_bytes(
    file: &str,
    bytes: &[u8],
    monitor: &dyn Monitor,
) -> Result<ReadOutcome, ReadError> {
    read_bytes_as(file, bytes, &ReadOptions::default(), monitor)
}

/// Reads the content of a file of text with options.
///
/// # Errors
/// As [`read_file`].
pub fn read_bytes_as(
    file: &str,
    bytes: &[u8],
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<ReadOutcome, ReadError> {
    match Format::of_content(file, bytes)? {
        Format::Delimited => {
            let n_bytes = bytes.len() as u64;
            let shared: Arc<[u8]> = bytes.into();
            let opener: delimited::Opener =
                Arc::new(move || Ok(Box::new(std::io::Cursor::new(Arc::clone(&shared)))));
            let source = delimited::open_bytes(file, opener, n_bytes, options)?;
            source::collect(source.as_ref(), monitor)
        }
    }
}

#[cfg(test)]
mod tests;
