//! A dataset that need not fit into memory: its columns, and its rows in chunks that several threads read. What is made
//! of the chunks (a table, a profile, anomalies) is left to who consumes them. A source for each file format stands in
//! `data::reader`.

use super::Table;
use super::reader::ReadError;
use crate::domain::dataset::Finding;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;

/// Some successive rows of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// Its place among the chunks, counted from 0. Where chunks begin depends on the data alone, never on threads.
    pub index: usize,
    /// The rows; columns are those that the scan asked for, in the order asked for.
    pub table: Table,
}

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanEnd {
    /// Every row was handed over once.
    Complete,
    /// A value did not fit the type of its column. [`Source::columns`] answers with wider types from now on; what was
    /// made of the chunks so far is void, and the scan is to be repeated. It cannot happen without end: types only widen.
    TypesChanged,
}

/// A dataset read in chunks.
pub trait Source: Send + Sync {
    /// Names and types of the columns, in order. The types are those of all rows once a scan was complete.
    fn columns(&self) -> Vec<(String, ColumnType)>;

    /// Size of what is read, in bytes: the scale of progress.
    fn n_bytes(&self) -> u64;

    /// What was guessed or repaired; complete once a scan was.
    fn findings(&self) -> Vec<Finding>;

    /// Reads everything once, with the columns at these positions only (`None`: all), in a bounded number of chunks at
    /// a time. `consume` is called from the threads of the current rayon pool, in any order.
    ///
    /// # Errors
    /// If the data cannot be read without losing some, or the monitor asks to stop.
    fn scan(
        &self,
        columns: Option<&[usize]>,
        consume: &(dyn Fn(Chunk) + Sync),
        monitor: &dyn Monitor,
    ) -> Result<ScanEnd, ReadError>;
}
