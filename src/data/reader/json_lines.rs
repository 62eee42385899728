//! JSON as a source: one object a line, or an array of objects. Blocks are taken apart side by side; the columns are the
//! keys of all objects in order of their first appearance, their types are those of all values. Cutting the stream is left
//! to `json_blocks`, objects to `json_object`, types to `cells`.

use super::cells::{self, Cell, Policy, Seen};
use super::delimited::Opener;
use super::json_blocks::{Block, Blocks};
use super::json_object::take_apart;
use super::notes::{ChunkRows, Place, Tally, table};
use super::pump::pump;
use super::{Finding, ReadError};
use crate::data::source::{Chunk, ScanEnd, Source};
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// More columns are refused: the keys are values then.
const MOST_COLUMNS: usize = 20_000;

/// A stream of JSON objects.
pub(super) struct JsonLines {
    file: String,
    opener: Opener,
    n_bytes: u64,
    policy: Policy,
    understood: ReadOptions,
    state: Mutex<State>,
}

/// What is known of the columns.
#[derive(Debug, Clone, Default)]
struct State {
    columns: Arc<Vec<Column>>,
    /// Everything that was seen in any pass; the types hold it.
    known: Vec<Seen>,
    /// What the last complete pass saw, column by column.
    complete: Vec<Option<Seen>>,
    rows: ChunkRows,
    repeated: Tally,
}

#[derive(Debug, Clone)]
struct Column {
    name: String,
    kind: ColumnType,
}

/// What a pass has seen so far.
#[derive(Debug, Default)]
struct Noted {
    seen: Vec<Seen>,
    fresh: HashMap<String, (Place, usize, Seen)>,
    rows: ChunkRows,
    repeated: Tally,
}

/// The values of a block, column by column.
struct Parsed<'a> {
    n_rows: usize,
    columns: Vec<Vec<Cell<'a>>>,
    /// Keys that are no column yet: first row, order in it, and the values from that row on.
    fresh: HashMap<String, (Place, usize, Seen)>,
    repeated: Tally,
}

/// Opens a stream of JSON objects.
pub(super) fn open(
    file: &str,
    opener: Opener,
    n_bytes: u64,
    options: &ReadOptions,
) -> Result<JsonLines, ReadError> {
    let source = JsonLines {
        file: file.to_owned(),
        opener,
        n_bytes,
        policy: Policy {
            null_tokens: options.null_tokens.clone(),
            ..Policy::default()
        },
        understood: ReadOptions {
            null_tokens: options.null_tokens.clone(),
            ..ReadOptions::default()
        },
        state: Mutex::default(),
    };
    let Some(block) = Blocks::open(file, &source.opener)?.next()? else {
        return Err(ReadError::Empty {
            file: file.to_owned(),
        });
    };
    let mut parsed = source.parse(&block, 0, &[], &[])?;
    let noted = Noted::of(&mut parsed, 0, &[], &source.policy);
    source.lock().widen(noted, &source.policy);
    if source.lock().columns.is_empty() {
        return Err(ReadError::Json {
            file: file.to_owned(),
            line: 1,
            reason: "the objects have no keys, so there are no columns".to_owned(),
        });
    }
    Ok(source)
}

impl Source for JsonLines {
    fn columns(&self) -> Vec<(String, ColumnType)> {
        let columns = Arc::clone(&self.lock().columns);
        columns.iter().map(|c| (c.name.clone(), c.kind)).collect()
    }

    fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    fn findings(&self) -> Vec<Finding> {
        let state = self.lock().clone();
        let mut findings = Vec::new();
        if state.repeated.n > 0 {
            findings.push(Finding {
                row: state
                    .repeated
                    .first
                    .as_ref()
                    .map(|(place, _)| state.rows.position(*place) as u64 + 1),
                column: None,
                message: format!(
                    "A key stands twice in the same object {} times, first {}; the last value counts",
                    state.repeated.n,
                    state.repeated.example()
                ),
                strays: Vec::new(),
            });
        }
        for (column, seen) in state.columns.iter().zip(&state.complete) {
            if let Some(seen) = seen {
                findings.extend(seen.findings(&column.name, &self.policy, &state.rows));
            }
        }
        findings
    }

    fn understood(&self) -> ReadOptions {
        self.understood.clone()
    }

    fn scan(
        &self,
        columns: Option<&[usize]>,
        consume: &(dyn Fn(Chunk) + Sync),
        monitor: &dyn Monitor,
    ) -> Result<ScanEnd, ReadError> {
        let (known_columns, known) = {
            let state = self.lock();
            (Arc::clone(&state.columns), state.known.clone())
        };
        let wanted: Vec<usize> = match columns {
            Some(columns) => columns.to_vec(),
            None => (0..known_columns.len()).collect(),
        };
        let mut is_wanted = vec![false; known_columns.len()];
        wanted.iter().for_each(|c| is_wanted[*c] = true);

        let noted = Mutex::new(Noted {
            seen: vec![Seen::default(); known_columns.len()],
            ..Noted::default()
        });
        // Once a value did not fit, the pass is void. It goes on for as long again as it took, to learn of further ones.
        let last_block = AtomicUsize::new(usize::MAX);
        let n_read = AtomicU64::new(0);
        let mut blocks = Blocks::open(&self.file, &self.opener)?;
        let produce = |index: usize| -> Result<Option<Block>, ReadError> {
            if index > last_block.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let block = blocks.next()?;
            n_read.store(blocks.n_bytes_read(), Ordering::Relaxed);
            Ok(block)
        };
        let work = |index: usize, block: Block| -> Result<(), ReadError> {
            let mut parsed = self.parse(&block, index, &known_columns, &is_wanted)?;
            let here = Noted::of(&mut parsed, index, &is_wanted, &self.policy);
            let fits = here.fresh.is_empty()
                && known_columns.iter().zip(&known).zip(&here.seen).all(
                    |((column, known), seen)| {
                        let mut all = known.clone();
                        all.merge(seen.clone());
                        all.kind(&self.policy) == column.kind
                    },
                );
            noted
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .merge(here);
            if !fits {
                last_block.fetch_min(2 * index + 2, Ordering::Relaxed);
            }
            if last_block.load(Ordering::Relaxed) == usize::MAX && parsed.n_rows > 0 {
                let arrays = wanted.iter().map(|c| {
                    let column = &known_columns[*c];
                    let array = cells::array(&parsed.columns[*c], column.kind, &self.policy)?;
                    Some((column.name.clone(), array))
                });
                if let Some(arrays) = arrays.collect::<Option<Vec<_>>>() {
                    let table = table(arrays, parsed.n_rows);
                    consume(Chunk { index, table });
                }
            }
            let n_read = n_read.load(Ordering::Relaxed).min(self.n_bytes);
            monitor.progress(n_read, self.n_bytes, "bytes read");
            Ok(())
        };
        pump(produce, work, monitor)?;
        let noted = noted.into_inner().unwrap_or_else(PoisonError::into_inner);
        if last_block.load(Ordering::Relaxed) != usize::MAX {
            self.lock().widen(noted, &self.policy);
            return Ok(ScanEnd::TypesChanged);
        }
        if noted.rows.n_rows() == 0 {
            return Err(ReadError::NoRows {
                file: self.file.clone(),
                n_columns: known_columns.len(),
            });
        }
        self.lock().complete(noted, &is_wanted);
        Ok(ScanEnd::Complete)
    }
}

impl JsonLines {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parse<'a>(
        &self,
        block: &'a Block,
        index: usize,
        columns: &[Column],
        is_wanted: &[bool],
    ) -> Result<Parsed<'a>, ReadError> {
        let positions: HashMap<&str, usize> = columns
            .iter()
            .enumerate()
            .map(|(position, column)| (column.name.as_str(), position))
            .collect();
        let objects = block.objects();
        let mut parsed = Parsed {
            n_rows: objects.len(),
            columns: vec![Vec::new(); columns.len()],
            fresh: HashMap::new(),
            repeated: Tally::default(),
        };
        for (row, range) in objects.into_iter().enumerate() {
            // Keys mostly come in the order of the columns, which saves looking them up.
            let mut guess = 0;
            let mut order = 0;
            let text = &block.text[range.clone()];
            let place = (index, row);
            take_apart(text, |key, cell| {
                order += 1;
                let position = match columns.get(guess) {
                    Some(column) if column.name == key => Some(guess),
                    _ => positions.get(&*key).copied(),
                };
                let Some(position) = position else {
                    return parsed.note_fresh(&key, &cell, place, order, &self.policy);
                };
                guess = position + 1;
                if !is_wanted[position] {
                    return;
                }
                let column = &mut parsed.columns[position];
                if column.len() > row {
                    parsed.repeated.count(place, || key.into_owned());
                    column.pop();
                }
                column.resize(row, Cell::Missing);
                column.push(cell);
            })
            .map_err(|problem| ReadError::Json {
                file: self.file.clone(),
                line: block.line(range.start + problem.at),
                reason: problem.reason,
            })?;
            if columns.len() + parsed.fresh.len() > MOST_COLUMNS {
                return Err(ReadError::Json {
                    file: self.file.clone(),
                    line: block.line(range.start),
                    reason: format!("the objects have more than {MOST_COLUMNS} different keys"),
                });
            }
        }
        let n_rows = parsed.n_rows;
        for (column, _) in parsed
            .columns
            .iter_mut()
            .zip(is_wanted)
            .filter(|(_, w)| **w)
        {
            column.resize(n_rows, Cell::Missing);
        }
        Ok(parsed)
    }
}

impl Parsed<'_> {
    fn note_fresh(
        &mut self,
        key: &str,
        cell: &Cell<'_>,
        place: Place,
        order: usize,
        policy: &Policy,
    ) {
        if !self.fresh.contains_key(key) {
            self.fresh
                .insert(key.to_owned(), (place, order, Seen::default()));
        }
        if let Some((_, _, seen)) = self.fresh.get_mut(key) {
            seen.note(cell, place, policy);
        }
    }
}

impl Noted {
    /// What a block shows.
    fn of(parsed: &mut Parsed<'_>, index: usize, is_wanted: &[bool], policy: &Policy) -> Self {
        let mut noted = Self {
            seen: vec![Seen::default(); is_wanted.len()],
            fresh: std::mem::take(&mut parsed.fresh),
            rows: ChunkRows::default(),
            repeated: std::mem::take(&mut parsed.repeated),
        };
        noted.rows.set(index, parsed.n_rows);
        for (cells, seen) in parsed.columns.iter().zip(&mut noted.seen) {
            for (row, cell) in cells.iter().enumerate() {
                seen.note(cell, (index, row), policy);
            }
        }
        noted
    }

    fn merge(&mut self, other: Self) {
        self.rows.merge(other.rows);
        self.repeated.merge(other.repeated);
        for (mine, theirs) in self.seen.iter_mut().zip(other.seen) {
            mine.merge(theirs);
        }
        for (key, (place, order, seen)) in other.fresh {
            let entry = self.fresh.entry(key);
            let (first, first_order, all) =
                entry.or_insert_with(|| (place, order, Seen::default()));
            if place < *first {
                (*first, *first_order) = (place, order);
            }
            all.merge(seen);
        }
    }
}

impl State {
    /// Takes over what a pass learned of the columns: new ones come behind the others, in order of their appearance.
    fn widen(&mut self, noted: Noted, policy: &Policy) {
        let mut columns = self.columns.as_ref().clone();
        for (position, seen) in noted.seen.into_iter().enumerate() {
            self.known[position].merge(seen);
            columns[position].kind = self.known[position].kind(policy);
        }
        let mut fresh: Vec<_> = noted.fresh.into_iter().collect();
        fresh.sort_by_key(|(_, (place, order, _))| (*place, *order));
        for (name, (_, _, seen)) in fresh {
            let kind = seen.kind(policy);
            columns.push(Column { name, kind });
            self.known.push(seen);
        }
        self.complete.resize(columns.len(), None);
        self.columns = Arc::new(columns);
    }

    fn complete(&mut self, noted: Noted, is_wanted: &[bool]) {
        self.rows = noted.rows;
        self.repeated = noted.repeated;
        for (position, seen) in noted.seen.into_iter().enumerate() {
            if is_wanted[position] {
                self.complete[position] = Some(seen);
            }
        }
    }
}
