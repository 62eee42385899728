//! A table in memory as a source, so that there is one way to profile.

use crate::data::Table;
use crate::data::reader::ReadError;
use crate::data::source::{Chunk, ScanEnd, Source};
use crate::domain::dataset::Finding;
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use rayon::prelude::*;

/// Rows of a chunk: a column of them fits into the cache of a core.
pub const CHUNK_ROWS: usize = 1 << 16;

/// A table in chunks of a fixed number of rows.
#[derive(Debug, Clone)]
pub struct TableSource {
    table: Table,
    chunk_rows: usize,
}

impl TableSource {
    /// The table in chunks of [`CHUNK_ROWS`] rows.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self::with_chunk_rows(table, CHUNK_ROWS)
    }

    /// The table in chunks of so many rows.
    #[must_use]
    pub fn with_chunk_rows(table: Table, chunk_rows: usize) -> Self {
        Self {
            table,
            chunk_rows: chunk_rows.max(1),
        }
    }
}

impl Source for TableSource {
    fn columns(&self) -> Vec<(String, ColumnType)> {
        let kinds = (0..self.table.n_columns()).map(|column| self.table.column_type(column));
        self.table.names().into_iter().zip(kinds).collect()
    }

    fn n_bytes(&self) -> u64 {
        self.table.batch().get_array_memory_size() as u64
    }

    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }

    fn understood(&self) -> ReadOptions {
        ReadOptions::default()
    }

    fn scan(
        &self,
        columns: Option<&[usize]>,
        consume: &(dyn Fn(Chunk) + Sync),
        monitor: &dyn Monitor,
    ) -> Result<ScanEnd, ReadError> {
        let table = match columns {
            None => self.table.clone(),
            Some(columns) => self.table.project(columns),
        };
        let n_rows = table.n_rows();
        // Handed out one after the other, so that chunks come about in order.
        (0..n_rows.div_ceil(self.chunk_rows))
            .par_bridge()
            .try_for_each(|index| {
                if monitor.is_stopped() {
                    return Err(ReadError::Stopped);
                }
                let offset = index * self.chunk_rows;
                let length = self.chunk_rows.min(n_rows - offset);
                consume(Chunk {
                    index,
                    table: table.slice(offset, length),
                });
                Ok(())
            })?;
        Ok(ScanEnd::Complete)
    }
}
