//! What happens to values while they are converted, counted per column from several threads: how often, where first,
//! and one example. The same for any order of the chunks. The words are left to the format.

use super::ReadError;
use crate::data::Table;
use arrow::array::ArrayRef;
use arrow::datatypes::{Field, Schema};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A row, before it is known how many rows the chunks above it have: chunk and row in the chunk, both from 0.
pub(super) type Place = (usize, usize);

/// How often something happened, and where first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// How often.
    pub(super) n: u64,
    /// Where first, and the value there.
    pub(super) first: Option<(Place, String)>,
}

impl Tally {
    /// It happened once more. The example is only made where it is the first.
    pub(super) fn count(&mut self, place: Place, example: impl FnOnce() -> String) {
        self.n += 1;
        if self.first.as_ref().is_none_or(|(first, _)| place < *first) {
            self.first = Some((place, example()));
        }
    }

    /// Adds what another thread counted.
    pub(super) fn merge(&mut self, other: Self) {
        self.n += other.n;
        if let Some((place, example)) = other.first
            && self.first.as_ref().is_none_or(|(first, _)| place < *first)
        {
            self.first = Some((place, example));
        }
    }

    /// The example, quoted and shortened.
    pub(super) fn example(&self) -> String {
        let example = self.first.as_ref().map_or("", |(_, example)| example);
        format!("{:?}", shortened(example))
    }
}

/// The first forty characters.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `1 value`, `2 values`.
pub(super) fn values(n: u64) -> String {
    counted(n, "value", "values")
}

/// A number of things with the right word.
pub(super) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// How many rows each chunk has.
#[derive(Debug, Clone, Default)]
pub(super) struct ChunkRows(BTreeMap<usize, usize>);

impl ChunkRows {
    /// A chunk has so many rows.
    pub(super) fn set(&mut self, chunk: usize, n_rows: usize) {
        self.0.insert(chunk, n_rows);
    }

    /// Adds other chunks.
    pub(super) fn merge(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// All rows.
    pub(super) fn n_rows(&self) -> usize {
        self.0.values().sum()
    }

    /// The row counted over all chunks, from 0.
    pub(super) fn position(&self, place: Place) -> usize {
        self.0.range(..place.0).map(|(_, n)| n).sum::<usize>() + place.1
    }
}

/// A table of these columns; it may have rows and no column.
pub(super) fn table(columns: Vec<(String, ArrayRef)>, n_rows: usize) -> Table {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
        .collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(n_rows));
    let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .expect("the columns have as many rows as the table");
    Table::from_batch(batch).expect("the columns have types that a table supports")
}

/// Runs code of a library that may panic on damaged bytes, and makes an error of the panic.
pub(super) fn guarded<T>(
    file: &str,
    what: &'static str,
    read: impl FnOnce() -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let reason = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
        Err(ReadError::Damaged {
            file: file.to_owned(),
            what,
            reason: reason.unwrap_or_else(|| "it cannot be decoded".to_owned()),
        })
    })
}
