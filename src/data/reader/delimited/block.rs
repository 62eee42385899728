//! One block of the text: cut, repaired where a person has asked for it, and read into arrays. Rows and lines are counted
//! from the block's beginning; adding blocks up is left to `pass`.

use super::N_LISTED;
use super::blocks::Block;
use super::column::Plan;
use super::evidence::Seen;
use super::filling::{Filling, TILE_ROWS};
use super::layout::{Layout, count_lines, field_text, is_blank};
use super::row_findings::listed;
use super::rows::{Nulls, Rows};
use super::split::{Field, MAX_BYTES, N_NAMED, Split, split};
use crate::data::Table;
use crate::data::reader::RowProblem;
use crate::domain::reading::Ragged;
use arrow::array::{Array, ArrayRef};
use arrow::buffer::NullBuffer;
use std::borrow::Cow;

/// What does not let a file be read. Lines are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broken {
    /// Bytes that are not UTF-8.
    NotUtf8 { line: u64, byte: u8, text: Vec<u8> },
    /// Zero bytes.
    Nul {
        line: u64,
        position: usize,
        n: usize,
    },
    /// A quote that never closes.
    Unclosed { line: u64 },
    /// A quote that swallows lines.
    Stray { opened: u64, closed: u64 },
    /// A record that is too long.
    TooLong,
}

/// What was seen of a block.
#[derive(Debug, Default)]
pub(super) struct BlockSeen {
    /// Rows, also those that cannot be handed on.
    pub(super) n_rows: u64,
    /// Bytes of its text.
    pub(super) n_bytes: usize,
    /// Lines.
    pub(super) n_lines: u64,
    /// Bytes of the file read up to its end.
    pub(super) n_read: u64,
    /// Records with too few fields.
    pub(super) n_short: u64,
    /// Records with too many.
    pub(super) n_long: u64,
    /// The first of both.
    pub(super) ragged: Vec<RowProblem>,
    /// Most fields of a record.
    pub(super) max_fields: usize,
    /// Records that repeat the header: row and line.
    pub(super) repeated: Vec<(u64, u64)>,
    /// Quoted fields with text behind the closing quote, and the line of the first.
    pub(super) n_stray: u64,
    /// The line of the first.
    pub(super) stray_line: Option<u64>,
    /// Blank lines between records.
    pub(super) blank: Places,
    /// Comments.
    pub(super) comments: Places,
    /// Rows without any value, counted from 0.
    pub(super) empty: Places,
    /// What does not let it be read.
    pub(super) broken: Option<Broken>,
    /// What was seen of the columns that were read, in their order.
    pub(super) columns: Vec<Seen>,
    /// First field of the last record.
    pub(super) last: String,
    /// Whether the last record is ragged.
    pub(super) last_is_ragged: bool,
}

/// How many lines or rows, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// How many.
    pub(super) n: u64,
    /// The first, counted from 0.
    pub(super) first: Vec<u64>,
}

impl Places {
    /// Lines by positions in a text.
    pub(super) fn of_lines(n: usize, positions: &[u32], text: &[u8]) -> Self {
        let line = |position: &u32| count_lines(&text[..*position as usize]);
        Self {
            n: n as u64,
            first: positions.iter().map(line).collect(),
        }
    }

    /// The rows in which no column has a value.
    fn of_empty_rows(arrays: &[(String, ArrayRef)]) -> Self {
        let nulls: Option<Vec<&NullBuffer>> = arrays.iter().map(|(_, a)| a.nulls()).collect();
        let mut places = Self::default();
        let Some((first, others)) = nulls.as_ref().and_then(|n| n.split_first()) else {
            return places;
        };
        for row in (0..first.len()).filter(|row| first.is_null(*row)) {
            if others.iter().all(|nulls| nulls.is_null(row)) {
                places.n += 1;
                if places.first.len() < N_NAMED {
                    places.first.push(row as u64);
                }
            }
        }
        places
    }

    /// Adds those further down.
    pub(super) fn merge(&mut self, other: Self, n_before: u64) {
        self.n += other.n;
        let room = N_NAMED.saturating_sub(self.first.len());
        let more = other.first.into_iter().take(room);
        self.first.extend(more.map(|place| place + n_before));
    }

    /// `3, 5 and 7 more`.
    pub(super) fn list(&self) -> String {
        listed(self.first.iter().map(|place| place + 1), self.n)
    }
}

/// How blocks are read in one pass.
pub(super) struct Recipe<'a> {
    /// Where the table is.
    pub(super) layout: &'a Layout,
    /// How the columns are read.
    pub(super) plans: &'a [Plan],
    /// The columns that are read.
    pub(super) wanted: Vec<usize>,
    /// What means "no value".
    pub(super) nulls: &'a Nulls,
    /// What happens to ragged rows.
    pub(super) ragged: Ragged,
}

impl Recipe<'_> {
    /// Reads a block; no table where something in it cannot be read.
    pub(super) fn read(&self, block: &Block) -> (Option<Table>, BlockSeen) {
        let mut seen = BlockSeen {
            n_read: block.n_read,
            n_bytes: block.text.len(),
            ..BlockSeen::default()
        };
        let bytes = &block.text[..];
        if bytes.len() > MAX_BYTES {
            seen.broken = Some(Broken::TooLong);
            return (None, seen);
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let position = error.valid_up_to();
                seen.broken = Some(Broken::NotUtf8 {
                    line: count_lines(&bytes[..position]),
                    byte: bytes[position],
                    text: bytes.to_vec(),
                });
                return (None, seen);
            }
        };
        let cut = split(bytes, self.layout.dialect, usize::MAX);
        seen.n_lines = count_lines(bytes);
        seen.broken = broken(block, &cut);
        if seen.broken.is_some() {
            return (None, seen);
        }
        seen.n_stray = cut.n_stray as u64;
        seen.stray_line = cut.first_stray.map(|s| count_lines(&bytes[..s.opened]));
        seen.blank = Places::of_lines(cut.n_blank, &cut.blanks, bytes);
        seen.comments = Places::of_lines(cut.n_comments, &cut.comments, bytes);
        if let Some(field) = cut.n_rows().checked_sub(1).and_then(|r| cut.row(r).first()) {
            seen.last = field_text(text, *field, self.layout.dialect).into_owned();
        }
        let fields = self.table_of(text, &cut, &mut seen);
        let rows = Rows {
            text,
            fields: &fields,
            n_columns: self.plans.len(),
            dialect: self.layout.dialect,
            nulls: self.nulls,
        };
        seen.n_rows = (cut.n_rows() - seen.repeated.len()) as u64;
        let mut arrays = Vec::with_capacity(self.wanted.len());
        for (column, filling) in self.wanted.iter().zip(self.fill(&rows)) {
            let (array, of_column) = filling.finish(&rows);
            arrays.push((self.plans[*column].name.clone(), array));
            seen.columns.push(of_column);
        }
        if arrays.len() == self.plans.len() && arrays.len() > 1 {
            seen.empty = Places::of_empty_rows(&arrays);
        }
        (Table::from_columns(arrays), seen)
    }

    /// The wanted columns.
    fn fill(&self, rows: &Rows<'_>) -> Vec<Filling<'_>> {
        let n_rows = rows.n_rows();
        let empty = |column: &usize| Filling::of(&self.plans[*column], *column, n_rows);
        let mut fillings: Vec<Filling<'_>> = self.wanted.iter().map(empty).collect();
        for from in (0..n_rows).step_by(TILE_ROWS) {
            for filling in &mut fillings {
                filling.read(rows, from..(from + TILE_ROWS).min(n_rows));
            }
        }
        fillings
    }

    /// The fields of the table: records that are ragged repaired or noted, repeated headers left out.
    fn table_of<'c>(&self, text: &str, cut: &'c Split, seen: &mut BlockSeen) -> Cow<'c, [Field]> {
        let n_columns = self.plans.len();
        let is_even = cut
            .row_ends
            .iter()
            .enumerate()
            .all(|(row, end)| *end as usize == (row + 1) * n_columns);
        if is_even && !self.may_repeat(text, cut) {
            return Cow::Borrowed(&cut.fields);
        }
        let mut fields = Vec::with_capacity(cut.fields.len());
        for row in 0..cut.n_rows() {
            let record = cut.row(row);
            let is_trailing = self.layout.has_trailing
                && record.len() == n_columns + 1
                && record
                    .last()
                    .is_some_and(|field| is_blank(text, *field, self.layout.dialect));
            let record = if is_trailing {
                &record[..n_columns]
            } else {
                record
            };
            let row_number = (row - seen.repeated.len()) as u64;
            if self.repeats_header(text, record) {
                let line = line_of(text, record);
                seen.repeated.push((row_number, line));
                continue;
            }
            if record.len() != n_columns || record.len() > self.n_stated() {
                self.note_ragged(text, record, row_number, seen);
                seen.last_is_ragged = row + 1 == cut.n_rows();
            }
            if self.ragged == Ragged::Pad || record.len() == n_columns {
                fields.extend(record.iter().take(n_columns));
                fields.extend(std::iter::repeat_n(
                    Field::EMPTY,
                    n_columns.saturating_sub(record.len()),
                ));
            }
        }
        Cow::Owned(fields)
    }

    /// Fields that a record should have.
    fn n_stated(&self) -> usize {
        self.layout
            .header
            .as_ref()
            .map_or(self.plans.len(), Vec::len)
    }

    fn note_ragged(&self, text: &str, record: &[Field], row: u64, seen: &mut BlockSeen) {
        if record.len() < self.n_stated() {
            seen.n_short += 1;
        } else if record.len() > self.n_stated() {
            seen.n_long += 1;
        } else {
            return;
        }
        seen.max_fields = seen.max_fields.max(record.len());
        if seen.ragged.len() < N_LISTED {
            seen.ragged.push(RowProblem {
                line: line_of(text, record),
                row: row + 1,
                n_fields: record.len(),
            });
        }
    }

    /// Whether a record may repeat the header, by a quick look at first fields.
    fn may_repeat(&self, text: &str, cut: &Split) -> bool {
        let Some(header) = self.layout.header.as_ref().filter(|h| h.len() > 1) else {
            return false;
        };
        let first = header[0].as_bytes();
        let bytes = text.as_bytes();
        (0..cut.n_rows()).any(|row| {
            let field = cut.row(row)[0];
            field.is_raw() || &bytes[field.start()..field.end()] == first
        })
    }

    fn repeats_header(&self, text: &str, record: &[Field]) -> bool {
        let Some(header) = self.layout.header.as_ref().filter(|h| h.len() > 1) else {
            return false;
        };
        let same = |(name, field): (&String, &Field)| {
            field_text(text, *field, self.layout.dialect).trim() == name.trim()
        };
        record.len() == header.len()
            && header.iter().any(|name| !name.trim().is_empty())
            && header.iter().zip(record).all(same)
    }
}

/// The line on which a record begins, counted from 0.
fn line_of(text: &str, record: &[Field]) -> u64 {
    let start = record.first().map_or(0, |field| field.start());
    count_lines(&text.as_bytes()[..start])
}

fn broken(block: &Block, cut: &Split) -> Option<Broken> {
    let bytes = &block.text[..];
    if let Some(position) = memchr::memchr(0, bytes) {
        return Some(Broken::Nul {
            line: count_lines(&bytes[..position]),
            position,
            n: memchr::memchr_iter(0, bytes).count(),
        });
    }
    if let Some(stray) = cut.first_stray_over_lines {
        return Some(Broken::Stray {
            opened: count_lines(&bytes[..stray.opened]),
            closed: count_lines(&bytes[..stray.closed]),
        });
    }
    if let Some(opened) = cut.unclosed {
        return Some(Broken::Unclosed {
            line: count_lines(&bytes[..opened]),
        });
    }
    block.is_cut.then_some(Broken::TooLong)
}
