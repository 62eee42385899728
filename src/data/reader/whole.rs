//! A table that is in memory already, as a source: for formats that are read whole (a workbook, a small file). Reading it
//! is left to the format.

use super::{ReadError, ReadOutcome};
use crate::data::Table;
use crate::data::source::{Chunk, ScanEnd, Source};
use crate::domain::dataset::Finding;
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use rayon::prelude::*;

/// Rows of a chunk.
const CHUNK_ROWS: usize = 65_536;

/// A table in memory.
#[derive(Debug, Clone)]
pub struct WholeTable {
    read: ReadOutcome,
    n_bytes: u64,
}

impl WholeTable {
    /// Wraps what was read out of so many bytes.
    #[must_use]
    pub fn new(read: ReadOutcome, n_bytes: u64) -> Self {
        Self { read, n_bytes }
    }
}

impl Source for WholeTable {
    fn columns(&self) -> Vec<(String, ColumnType)> {
        let table = &self.read.table;
        let types = (0..table.n_columns()).map(|c| table.column_type(c));
        table.names().into_iter().zip(types).collect()
    }

    fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    fn findings(&self) -> Vec<Finding> {
        self.read.findings.clone()
    }

    fn understood(&self) -> ReadOptions {
        self.read.understood.clone()
    }

    fn scan(
        &self,
        columns: Option<&[usize]>,
        consume: &(dyn Fn(Chunk) + Sync),
        monitor: &dyn Monitor,
    ) -> Result<ScanEnd, ReadError> {
        let table = match columns {
            None => self.read.table.clone(),
            Some(columns) => projected(&self.read.table, columns),
        };
        let n_rows = table.n_rows();
        (0..n_rows.div_ceil(CHUNK_ROWS))
            .into_par_iter()
            .try_for_each(|index| {
                if monitor.is_stopped() {
                    return Err(ReadError::Stopped);
                }
                let first = index * CHUNK_ROWS;
                let table = table.slice(first, CHUNK_ROWS.min(n_rows - first));
                consume(Chunk { index, table });
                Ok(())
            })?;
        monitor.progress(self.n_bytes, self.n_bytes, "bytes read");
        Ok(ScanEnd::Complete)
    }
}

/// The columns at these positions, in this order.
fn projected(table: &Table, columns: &[usize]) -> Table {
    let names = table.names();
    let names: Vec<&str> = columns
        .iter()
        .filter_map(|c| names.get(*c))
        .map(String::as_str)
        .collect();
    table.select(&names)
}
