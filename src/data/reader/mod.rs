//! Reading files: each format is a [`Source`] of chunks, opened by what its first bytes say. Every repair is reported as a
//! finding, and whatever would lose data without a word is an error. Which files to read is left to `data::files`; what
//! the columns should hold is left to `validate`.
//!
//! Delimited text is read by `delimited`; other formats stand in files of their own (`parquet`, `ipc`, `json_lines`,
//! `sqlite`, `excel`, `compressed`), and several files as one in `many`. A further format joins as one variant of
//! `formats::Format`, its magic bytes in `of_content`, and one arm of the match in `open_input`.

mod arrow_types;
mod cells;
mod compressed;
mod dates;
pub mod delimited;
mod error;
mod excel;
mod formats;
mod header;
mod input;
mod ipc;
mod ipc_claims;
mod json_blocks;
mod json_lines;
mod json_object;
mod many;
mod nested;
mod notes;
mod parquet;
mod pump;
mod retyped;
mod sqlite;
pub mod value;
mod whole;

pub use error::{ReadError, RowProblem};
pub use whole::WholeTable;

use crate::data::Table;
use crate::data::source::{self, Source};
use crate::domain::dataset::Finding;
use crate::domain::reading::ReadOptions;
use crate::domain::work::Monitor;
use std::path::Path;
use std::sync::Arc;

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
            strays: Vec::new(),
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
            strays: Vec::new(),
        }
    }
}

/// Whether a folder's file of this name is one to read.
#[must_use]
pub fn is_readable(path: &Path) -> bool {
    formats::is_readable(path)
}

/// Opens a file, whatever its format: its content decides, then its name. A folder is opened as one dataset of its files.
///
/// # Errors
/// If the file is missing, cannot be read, is of a format that is known and not read, or its beginning shows already
/// that it cannot be taken apart.
pub fn open(path: &Path, options: &ReadOptions) -> Result<Box<dyn Source>, ReadError> {
    formats::open_path(path, options)
}

/// Opens several files as one dataset, the rows of the first one first.
///
/// # Errors
/// As [`open`], for the first file that has one.
pub fn open_many<P: AsRef<Path>>(
    paths: &[P],
    options: &ReadOptions,
) -> Result<Box<dyn Source>, ReadError> {
    formats::open_many(paths, options)
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

/// Reads the content of a file; `file` is what messages call it.
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

/// Reads the content of a file with options.
///
/// # Errors
/// As [`read_file`].
pub fn read_bytes_as(
    file: &str,
    bytes: &[u8],
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<ReadOutcome, ReadError> {
    let first = &bytes[..bytes.len().min(formats::N_FIRST_BYTES)];
    let source = match formats::Format::of_content(file, first)? {
        formats::Format::Delimited => {
            let n_bytes = bytes.len() as u64;
            let shared: Arc<[u8]> = bytes.into();
            let opener: delimited::Opener =
                Arc::new(move || Ok(Box::new(std::io::Cursor::new(Arc::clone(&shared)))));
            delimited::open_bytes(file, opener, n_bytes, options)?
        }
        _ => formats::open_input(file, input::Input::of_bytes(file, bytes)?, options)?,
    };
    source::collect(source.as_ref(), monitor)
}

#[cfg(test)]
mod tests;
