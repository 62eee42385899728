//! One pass over the text: blocks are cut by one thread and read by all, a bounded number at a time, and what was seen of
//! them is added up in their order. Whether the types held is left to the source.

use super::N_LISTED;
use super::block::{BlockSeen, Broken, Places, Recipe};
use super::blocks::{Block, Blocks};
use super::evidence::Seen;
use super::split::N_NAMED;
use crate::data::reader::{ReadError, RowProblem};
use crate::data::source::Chunk;
use crate::domain::reading::Ragged;
use crate::domain::work::Monitor;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// What was seen of the whole text.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// Rows.
    pub(super) n_rows: u64,
    /// Lines up to the end of what was read.
    n_lines: u64,
    /// Bytes of text, likewise.
    n_bytes: usize,
    /// Rows with too few fields, and with too many.
    pub(super) n_short: u64,
    pub(super) n_long: u64,
    /// The first of both.
    pub(super) ragged: Vec<RowProblem>,
    /// Most fields of a record.
    pub(super) max_fields: usize,
    /// Where the header is repeated: the row below, counted from 0, and the line, counted from 1.
    pub(super) repeated: Vec<(u64, u64)>,
    pub(super) n_repeated: u64,
    /// Quoted fields with text behind the closing quote, and the first line with one.
    pub(super) n_stray: u64,
    pub(super) stray_line: Option<u64>,
    /// Blank lines between rows.
    pub(super) blank: Places,
    /// Comments below the header.
    pub(super) comments: Places,
    /// Rows without any value.
    pub(super) empty: Places,
    /// First field of the last record, and whether it alone is ragged.
    pub(super) last: String,
    last_is_ragged: bool,
    /// Whether damaged characters were replaced.
    pub(super) is_damaged: bool,
    /// What was seen of the columns that were read.
    pub(super) columns: Vec<Seen>,
}

/// Why a pass ended early.
#[derive(Debug)]
pub(super) enum Ended {
    /// For good.
    Error(ReadError),
    /// The bytes are not UTF-8: the line, counted from 1, the first bad byte, and the bytes around it.
    NotUtf8 { line: u64, byte: u8, text: Vec<u8> },
}

impl From<ReadError> for Ended {
    fn from(error: ReadError) -> Self {
        Self::Error(error)
    }
}

/// Runs a pass. Chunks are handed over until something shows that they are void.
pub(super) fn run(
    file: &str,
    n_bytes: u64,
    recipe: &Recipe<'_>,
    mut blocks: Blocks,
    consume: &(dyn Fn(Chunk) + Sync),
    monitor: &dyn Monitor,
) -> Result<Totals, Ended> {
    let mut totals = Totals {
        n_lines: recipe.layout.n_lines_above,
        n_bytes: recipe.layout.start,
        columns: vec![Seen::default(); recipe.wanted.len()],
        ..Totals::default()
    };
    let is_void = AtomicBool::new(false);
    let n_ahead = rayon::current_num_threads() * 4;
    let mut now = blocks.next(1)?;
    while !now.is_empty() {
        let read = |block: &Block| read_one(block, recipe, &is_void, consume, monitor);
        let (later, seen) = rayon::join(
            || blocks.next(n_ahead),
            || now.par_iter().map(read).collect::<Vec<_>>(),
        );
        for seen in seen {
            let Some(seen) = seen else {
                return Err(ReadError::Stopped.into());
            };
            let n_read = seen.n_read;
            totals.add(file, seen)?;
            let what = format!("bytes read, {} rows", totals.n_rows);
            monitor.progress(n_read.min(n_bytes), n_bytes, &what);
        }
        now = later?;
    }
    totals.is_damaged = blocks.is_damaged();
    Ok(totals)
}

/// Reads a block and hands its rows over; `None` where the person has asked to stop.
fn read_one(
    block: &Block,
    recipe: &Recipe<'_>,
    is_void: &AtomicBool,
    consume: &(dyn Fn(Chunk) + Sync),
    monitor: &dyn Monitor,
) -> Option<BlockSeen> {
    if monitor.is_stopped() {
        return None;
    }
    let (table, seen) = recipe.read(block);
    let misfits = recipe
        .wanted
        .iter()
        .zip(&seen.columns)
        .any(|(column, seen)| seen.misfits.n > 0 && !recipe.plans[*column].is_stated);
    let is_refused = recipe.ragged == Ragged::Refuse && seen.n_short + seen.n_long > 0;
    let is_wider = seen.max_fields > recipe.plans.len();
    if misfits || is_refused || is_wider || seen.broken.is_some() {
        is_void.store(true, Ordering::Relaxed);
    }
    if let Some(table) = table.filter(|_| !is_void.load(Ordering::Relaxed)) {
        consume(Chunk {
            index: block.index,
            table,
        });
    }
    Some(seen)
}

impl Totals {
    fn add(&mut self, file: &str, seen: BlockSeen) -> Result<(), Ended> {
        if let Some(broken) = seen.broken {
            return Err(self.ended(file, broken));
        }
        let (rows, lines) = (self.n_rows, self.n_lines + 1);
        self.n_short += seen.n_short;
        self.n_long += seen.n_long;
        self.max_fields = self.max_fields.max(seen.max_fields);
        let room = N_LISTED - self.ragged.len();
        self.ragged
            .extend(seen.ragged.into_iter().take(room).map(|p| RowProblem {
                line: p.line + lines,
                row: p.row + rows,
                ..p
            }));
        self.n_repeated += seen.repeated.len() as u64;
        let room = N_NAMED.saturating_sub(self.repeated.len());
        let repeated = seen.repeated.into_iter().take(room);
        self.repeated
            .extend(repeated.map(|(row, line)| (row + rows, line + lines)));
        self.n_stray += seen.n_stray;
        self.stray_line = self.stray_line.or(seen.stray_line.map(|line| line + lines));
        self.blank.merge(seen.blank, self.n_lines);
        self.comments.merge(seen.comments, self.n_lines);
        self.empty.merge(seen.empty, rows);
        if seen.n_rows > 0 {
            self.last = seen.last;
            self.last_is_ragged = seen.last_is_ragged;
        }
        for (mine, others) in self.columns.iter_mut().zip(seen.columns) {
            mine.merge(others, rows);
        }
        self.n_rows += seen.n_rows;
        self.n_lines += seen.n_lines;
        self.n_bytes += seen.n_bytes;
        Ok(())
    }

    fn ended(&self, file: &str, broken: Broken) -> Ended {
        let file = file.to_owned();
        let line_at = |line: u64| line + self.n_lines + 1;
        Ended::Error(match broken {
            Broken::NotUtf8 { line, byte, text } => {
                return Ended::NotUtf8 {
                    line: line_at(line),
                    byte,
                    text,
                };
            }
            Broken::Nul { line, position, n } => ReadError::NulBytes {
                file,
                count: n,
                position: self.n_bytes + position,
                line: line_at(line),
                looks_like_utf16: false,
            },
            Broken::Unclosed { line } => ReadError::UnclosedQuote {
                file,
                line: line_at(line),
            },
            Broken::Stray { opened, closed } => ReadError::StrayQuote {
                file,
                opened: line_at(opened),
                closed: line_at(closed),
            },
            Broken::TooLong => ReadError::TooLarge {
                file,
                what: format!("the record below row {}", self.n_rows),
            },
        })
    }

    /// The error of a file whose rows are ragged.
    pub(super) fn ragged_error(&self, file: &str, expected: usize) -> ReadError {
        let is_last_alone = self.n_short + self.n_long == 1 && self.last_is_ragged;
        ReadError::Ragged {
            file: file.to_owned(),
            expected,
            n_rows: self.n_rows as usize,
            n_short: self.n_short as usize,
            n_long: self.n_long as usize,
            first: self.ragged.clone(),
            footer: is_last_alone.then(|| self.last.clone()),
        }
    }
}
