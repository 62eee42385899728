//! Delimited text as a source: from any stream of bytes that can be opened again (a file, a decompressed file). The
//! beginning of the text decides how it is cut and what the columns probably are (`sniff`, `layout`, `column`); each scan
//! (`pass`) reads blocks in parallel and holds every value against that. Where one does not fit, the column's type widens
//! and the scan is to be repeated, so that the types are those of all rows.

mod block;
mod blocks;
mod column;
mod dialect;
mod evidence;
mod filling;
mod findings;
mod layout;
mod pass;
mod quick;
mod reading;
mod row_findings;
mod rows;
mod sniff;
mod specials;
mod split;
mod state;
mod text;

use super::ReadError;
use crate::data::source::{Chunk, ScanEnd, Source};
use crate::domain::dataset::Finding;
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use pass::Ended;
use state::State;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

/// Most ragged rows that an error lists.
pub(super) const N_LISTED: usize = 10;

/// Opens the stream from its beginning; called once for each pass over it.
pub type Opener = Arc<dyn Fn() -> std::io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// Delimited text.
struct DelimitedSource {
    file: String,
    opener: Opener,
    n_bytes: u64,
    options: ReadOptions,
    /// How it is read, as far as it is known.
    state: Mutex<Arc<State>>,
}

/// Opens a stream of text; `file` is what messages call it, `n_bytes` its size as far as it is known.
///
/// # Errors
/// If the stream cannot be read, an option cannot be followed, or the beginning of the text shows already that it cannot
/// be taken apart.
pub fn open_bytes(
    file: &str,
    opener: Opener,
    n_bytes: u64,
    options: &ReadOptions,
) -> Result<Box<dyn Source>, ReadError> {
    let state = State::of_beginning(file, &opener, options, None)?;
    Ok(Box::new(DelimitedSource {
        file: file.to_owned(),
        opener,
        n_bytes,
        options: options.clone(),
        state: Mutex::new(Arc::new(state)),
    }))
}

impl DelimitedSource {
    fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
    }
}

impl Source for DelimitedSource {
    fn columns(&self) -> Vec<(String, ColumnType)> {
        self.state().columns()
    }

    fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    fn findings(&self) -> Vec<Finding> {
        self.state().findings()
    }

    fn understood(&self) -> ReadOptions {
        self.state().understood(&self.options)
    }

    fn scan(
        &self,
        columns: Option<&[usize]>,
        consume: &(dyn Fn(Chunk) + Sync),
        monitor: &dyn Monitor,
    ) -> Result<ScanEnd, ReadError> {
        let state = self.state();
        let wanted = match columns {
            None => (0..state.n_columns()).collect(),
            Some(columns) => columns.to_vec(),
        };
        let recipe = state.recipe(wanted.clone(), &self.options);
        let blocks = state.blocks(&self.file, &self.opener)?;
        let ended = pass::run(&self.file, self.n_bytes, &recipe, blocks, consume, monitor);
        let totals = match ended {
            Ok(totals) => totals,
            Err(Ended::Error(error)) => return Err(error),
            Err(Ended::NotUtf8 { line, byte, text }) => {
                let bad = state::NotUtf8 { line, byte, text };
                let state =
                    State::of_beginning(&self.file, &self.opener, &self.options, Some(bad))?;
                self.set(state);
                return Ok(ScanEnd::TypesChanged);
            }
        };
        let (next, end) = state.after(&self.file, &self.options, &wanted, totals)?;
        self.set(next);
        Ok(end)
    }
}
