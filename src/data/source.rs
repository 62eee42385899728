//! A dataset that need not fit into memory: its columns, and its rows in chunks that several threads read. What is made
//! of the chunks (a table, a profile, anomalies) is left to who consumes them. A source for each file format stands in
//! `data::reader`.

use super::Table;
use super::memory::{self, Shortage};
use super::reader::{ReadError, ReadOutcome};
use crate::domain::dataset::Finding;
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use std::sync::{Mutex, OnceLock};

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

    /// How the data were understood: what was given, and what was guessed where nothing was; complete once a scan was.
    fn understood(&self) -> ReadOptions;

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

/// Reads everything into one table.
///
/// # Errors
/// As [`Source::scan`], if the rows do not fit into memory, if there are no rows, or if a column of texts is larger than 2 GB.
pub fn collect(source: &dyn Source, monitor: &dyn Monitor) -> Result<ReadOutcome, ReadError> {
    loop {
        let kept = Kept {
            monitor,
            state: Mutex::new((Vec::new(), 0)),
            shortage: OnceLock::new(),
        };
        let end = source.scan(None, &|chunk| kept.keep(chunk), &kept);
        if let Some(shortage) = kept.shortage.get() {
            return Err((*shortage).into());
        }
        if end? == ScanEnd::Complete {
            let (chunks, _) = kept.state.into_inner().unwrap_or_default();
            return outcome(source, in_order(chunks));
        }
    }
}

/// Keeps chunks as long as there is memory to put them together.
struct Kept<'a> {
    monitor: &'a dyn Monitor,
    /// The chunks, and the bytes that they take.
    state: Mutex<(Vec<Chunk>, u64)>,
    shortage: OnceLock<Shortage>,
}

impl Kept<'_> {
    fn keep(&self, chunk: Chunk) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        state.1 += chunk.table.batch().get_array_memory_size() as u64;
        if let Err(shortage) = memory::ensure(state.1) {
            // The first one is told.
            let _told_before = self.shortage.set(shortage);
            state.0.clear();
            return;
        }
        state.0.push(chunk);
    }
}

impl Monitor for Kept<'_> {
    fn is_stopped(&self) -> bool {
        self.shortage.get().is_some() || self.monitor.is_stopped()
    }
    fn progress(&self, done: u64, total: u64, what: &str) {
        self.monitor.progress(done, total, what);
    }
    fn unit_begins(&self, lane: &str, name: &str) {
        self.monitor.unit_begins(lane, name);
    }
    fn unit_ends(&self, name: &str) {
        self.monitor.unit_ends(name);
    }
    fn warn(&self, message: &str) {
        self.monitor.warn(message);
    }
}

/// The first rows. Reading stops as soon as they are there; types and findings are those of what was read.
///
/// # Errors
/// As [`collect`], for what was read.
pub fn head(source: &dyn Source, n_rows: usize) -> Result<ReadOutcome, ReadError> {
    loop {
        let first = First {
            n_wanted: n_rows,
            chunks: Mutex::new(Vec::new()),
        };
        let end = source.scan(None, &|chunk| first.take(chunk), &first);
        match end {
            Ok(ScanEnd::TypesChanged) => continue,
            Ok(ScanEnd::Complete) => {}
            Err(_) if first.is_enough() => {}
            Err(error) => return Err(error),
        }
        let mut tables = first.leading();
        let mut n_left = n_rows;
        for table in &mut tables {
            *table = table.slice(0, table.n_rows().min(n_left));
            n_left -= table.n_rows();
        }
        return outcome(source, tables);
    }
}

/// Collects chunks and asks to stop once the first ones have enough rows.
struct First {
    n_wanted: usize,
    chunks: Mutex<Vec<Chunk>>,
}

impl First {
    fn take(&self, chunk: Chunk) {
        if let Ok(mut chunks) = self.chunks.lock() {
            chunks.push(chunk);
        }
    }

    /// The chunks from the first one on without a gap.
    fn leading(&self) -> Vec<Table> {
        let Ok(chunks) = self.chunks.lock() else {
            return Vec::new();
        };
        let mut chunks = chunks.clone();
        chunks.sort_by_key(|c| c.index);
        let leading = chunks.into_iter().enumerate();
        leading
            .take_while(|(position, chunk)| *position == chunk.index)
            .map(|(_, chunk)| chunk.table)
            .collect()
    }

    fn is_enough(&self) -> bool {
        self.leading().iter().map(Table::n_rows).sum::<usize>() >= self.n_wanted.max(1)
    }
}

impl Monitor for First {
    fn is_stopped(&self) -> bool {
        self.is_enough()
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, _message: &str) {}
}

fn in_order(mut chunks: Vec<Chunk>) -> Vec<Table> {
    chunks.sort_by_key(|c| c.index);
    chunks.into_iter().map(|c| c.table).collect()
}

fn outcome(source: &dyn Source, tables: Vec<Table>) -> Result<ReadOutcome, ReadError> {
    let table = Table::concat(&tables).ok_or_else(|| ReadError::TooLarge {
        file: "The table".to_owned(),
        what: "the text of one column".to_owned(),
    })?;
    Ok(ReadOutcome {
        table,
        findings: source.findings(),
        understood: source.understood(),
    })
}
