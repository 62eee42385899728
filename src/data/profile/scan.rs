//! One pass over a source: every chunk goes through the kernels on the thread that has it, and the chunks are put together
//! in their order, whoever comes first. When all columns together take more memory than they may, the largest is counted
//! together or summarised, at a place in the data that threads have no influence on.

use super::column::{ColumnChunk, ColumnState};
use crate::data::reader::ReadError;
use crate::data::source::{Chunk, ScanEnd, Source};
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a pass found.
pub(super) struct Scanned {
    pub(super) n_rows: u64,
    pub(super) columns: Vec<ColumnState>,
}

/// Reads everything once; `None` if a value did not fit the type of its column and the pass is to be repeated.
pub(super) fn scan(
    source: &dyn Source,
    columns: Vec<(String, ColumnType)>,
    memory: usize,
    monitor: &dyn Monitor,
) -> Result<Option<Scanned>, ReadError> {
    let pass = Pass {
        sketched: columns.iter().map(|_| AtomicBool::new(false)).collect(),
        memory,
        state: Mutex::new(State {
            next: 0,
            waiting: BTreeMap::new(),
            n_rows: 0,
            columns: columns
                .into_iter()
                .map(|(name, kind)| ColumnState::new(name, kind))
                .collect(),
            fits: true,
        }),
    };
    let end = source.scan(None, &|chunk| pass.consume(&chunk), monitor)?;
    let mut state = pass
        .state
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    // A source that leaves out a number loses no rows by it.
    for (n_rows, columns) in std::mem::take(&mut state.waiting).into_values() {
        state.append(n_rows, columns);
        state.keep_within(memory);
    }
    if end == ScanEnd::TypesChanged || !state.fits {
        return Ok(None);
    }
    Ok(Some(Scanned {
        n_rows: state.n_rows,
        columns: state.columns,
    }))
}

struct Pass {
    /// Columns that are known to be summarised, so that the thread that has the chunk can do it. Only a hint: the summary
    /// is the same wherever it is made.
    sketched: Vec<AtomicBool>,
    memory: usize,
    state: Mutex<State>,
}

struct State {
    next: usize,
    /// Chunks that came before their turn.
    waiting: BTreeMap<usize, (u64, Vec<ColumnChunk>)>,
    n_rows: u64,
    columns: Vec<ColumnState>,
    /// Whether all chunks had the columns and types that were expected.
    fits: bool,
}

impl Pass {
    fn consume(&self, chunk: &Chunk) {
        if chunk.table.n_columns() != self.sketched.len() {
            self.lock().fits = false;
            return;
        }
        let columns = self
            .sketched
            .iter()
            .enumerate()
            .map(|(column, sketched)| {
                ColumnChunk::of(chunk.table.at(column), sketched.load(Ordering::Relaxed))
            })
            .collect();
        let mut state = self.lock();
        state
            .waiting
            .insert(chunk.index, (chunk.table.n_rows() as u64, columns));
        loop {
            let next = state.next;
            let Some((n_rows, columns)) = state.waiting.remove(&next) else {
                return;
            };
            state.next += 1;
            state.append(n_rows, columns);
            state.keep_within(self.memory);
            for (column, sketched) in state.columns.iter().zip(&self.sketched) {
                sketched.store(column.is_sketched(), Ordering::Relaxed);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn append(&mut self, n_rows: u64, chunks: Vec<ColumnChunk>) {
        self.n_rows += n_rows;
        for (column, chunk) in self.columns.iter_mut().zip(chunks) {
            self.fits &= column.append(chunk);
        }
    }

    /// Shrinks the largest column until all fit.
    fn keep_within(&mut self, memory: usize) {
        while self.columns.iter().map(ColumnState::n_bytes).sum::<usize>() > memory {
            let Some(largest) = self
                .columns
                .iter_mut()
                .rev()
                .max_by_key(|column| column.n_bytes())
            else {
                return;
            };
            largest.shrink();
        }
    }
}
