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
        queue: Mutex::default(),
        state: Mutex::new(State {
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
    let queue = pass
        .queue
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    // A source that leaves out a number loses no rows by it.
    for (n_rows, columns) in queue.waiting.into_values() {
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
    queue: Mutex<Queue>,
    state: Mutex<State>,
}

/// Chunks that wait until all before them are taken in.
#[derive(Default)]
struct Queue {
    next: usize,
    waiting: BTreeMap<usize, (u64, Vec<ColumnChunk>)>,
    /// Whether a thread takes chunks in; others leave theirs here and go on.
    is_served: bool,
}

/// Chunks that may wait for each thread before the threads wait too.
const N_WAITING: usize = 4;

struct State {
    n_rows: u64,
    columns: Vec<ColumnState>,
    /// Whether all chunks had the columns and types that were expected.
    fits: bool,
}

impl Pass {
    fn consume(&self, chunk: &Chunk) {
        if chunk.table.n_columns() != self.sketched.len() {
            locked(&self.state).fits = false;
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
        let mut queue = locked(&self.queue);
        queue
            .waiting
            .insert(chunk.index, (chunk.table.n_rows() as u64, columns));
        if queue.is_served {
            let is_full = queue.waiting.len() > N_WAITING * rayon::current_num_threads();
            drop(queue);
            if is_full {
                // Until the chunk that is being taken in is.
                drop(locked(&self.state));
            }
            return;
        }
        loop {
            let next = queue.next;
            let Some((n_rows, columns)) = queue.waiting.remove(&next) else {
                queue.is_served = false;
                return;
            };
            queue.next += 1;
            queue.is_served = true;
            drop(queue);
            self.take_in(n_rows, columns);
            queue = locked(&self.queue);
        }
    }

    fn take_in(&self, n_rows: u64, columns: Vec<ColumnChunk>) {
        let mut state = locked(&self.state);
        state.append(n_rows, columns);
        state.keep_within(self.memory);
        for (column, sketched) in state.columns.iter().zip(&self.sketched) {
            sketched.store(column.is_sketched(), Ordering::Relaxed);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
