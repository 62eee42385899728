//! One column of a block, filled some rows at a time so that the text of those rows stays in the processor's cache for all
//! columns. How the column is to be read is left to `column`.

use super::column::{Nearly, Plan};
use super::evidence::Seen;
use super::quick;
use super::reading::{self, Reading};
use super::rows::{Found, Rows};
use crate::data::reader::dates::DateStyle;
use crate::data::reader::value::{self, NumberStyle};
use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, BooleanBufferBuilder, PrimitiveArray,
    StringArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use std::ops::Range;
use std::sync::Arc;

/// Rows that are read of one column before the next column is taken up.
pub(super) const TILE_ROWS: usize = 512;

/// A column so far.
pub(super) struct Filling<'p> {
    plan: &'p Plan,
    column: usize,
    values: Values,
    found: Found,
}

/// Its values, one a row; of texts, all behind one another, and where each ends, beginning with 0.
enum Values {
    Integers(Vec<i64>),
    Numbers(Vec<f64>),
    Truths(Vec<bool>),
    Days(Vec<i32>),
    Moments(Vec<i64>),
    Texts { ends: Vec<i32>, all: Vec<u8> },
}

impl<'p> Filling<'p> {
    /// A column for so many rows.
    pub(super) fn of(plan: &'p Plan, column: usize, n_rows: usize) -> Self {
        let values = match plan.reading() {
            Reading::Integer(_) => Values::Integers(Vec::with_capacity(n_rows)),
            Reading::Number(_) => Values::Numbers(Vec::with_capacity(n_rows)),
            Reading::Boolean(_) => Values::Truths(Vec::with_capacity(n_rows)),
            Reading::Date(_) => Values::Days(Vec::with_capacity(n_rows)),
            Reading::Moment(_) => Values::Moments(Vec::with_capacity(n_rows)),
            Reading::Blank | Reading::Text => {
                let mut ends = Vec::with_capacity(n_rows + 1);
                ends.push(0);
                Values::Texts {
                    ends,
                    all: Vec::with_capacity(n_rows * 8),
                }
            }
        };
        Self {
            plan,
            column,
            values,
            found: Found::default(),
        }
    }

    /// Reads all rows at once.
    pub(super) fn of_all(mut self, rows: &Rows<'_>) -> (ArrayRef, Seen) {
        self.read(rows, 0..rows.n_rows());
        self.finish(rows)
    }

    /// Reads the next rows.
    pub(super) fn read(&mut self, rows: &Rows<'_>, range: Range<usize>) {
        let plan = self.plan;
        let fields = rows.fields(self.column, range);
        let found = &mut self.found;
        match (plan.reading(), &mut self.values) {
            (Reading::Integer(NumberStyle::Plain), Values::Integers(values)) => {
                let quick = |all: &[u8], from, to, _, _: &mut Seen| quick::integer(all, from, to);
                let read = |_, text: &str, _: &mut Seen| reading::integer(NumberStyle::Plain, text);
                rows.parse(fields, values, found, quick, read);
            }
            (Reading::Integer(style), Values::Integers(values)) => {
                let twin = plan.twin();
                rows.parse(fields, values, found, never, |row, text, seen| {
                    let value = reading::integer(style, text)?;
                    seen.note_style(row, text, twin);
                    Some(value)
                });
            }
            (Reading::Number(NumberStyle::Plain), Values::Numbers(values)) => {
                let quick = |all: &[u8], from, to, _, seen: &mut Seen| {
                    let (number, has_point) = quick::number(all, from, to)?;
                    seen.has_fraction |= has_point;
                    Some(number)
                };
                rows.parse(fields, values, found, quick, |_, text, seen| {
                    let number = reading::number(NumberStyle::Plain, text)?;
                    seen.has_fraction |= !value::is_whole(text);
                    Some(number)
                });
            }
            (Reading::Number(style), Values::Numbers(values)) => {
                let twin = plan.twin();
                rows.parse(fields, values, found, never, |row, text, seen| {
                    let number = reading::number(style, text)?;
                    seen.note_style(row, text, twin);
                    Some(number)
                });
            }
            (Reading::Boolean(words), Values::Truths(values)) => {
                rows.parse(fields, values, found, never, |_, text, _| {
                    reading::boolean(words, text)
                });
            }
            (Reading::Date(style), Values::Days(values)) => {
                let twin = plan.twin().and_then(Reading::date_style);
                rows.parse(fields, values, found, never, |_, text, seen| {
                    let day = style.date(text)?;
                    if let Some(twin) = twin.filter(|_| seen.twin_fits) {
                        seen.note_twin(twin.date(text).map(|other| other == day));
                    }
                    Some(day)
                });
            }
            (Reading::Moment(style), Values::Moments(values)) => {
                let twin = plan.twin().and_then(Reading::date_style);
                let quick = |all: &[u8], from, to, row, seen: &mut Seen| {
                    let bytes = all[from..to].as_array()?;
                    let millis = value::plain_moment(bytes).filter(|_| style == DateStyle::ISO)?;
                    seen.unzoned.get_or_insert(row as u64);
                    Some(millis)
                };
                rows.parse(fields, values, found, quick, |row, text, seen| {
                    let moment = reading::moment(style, text)?;
                    seen.note_moment(row, text, moment);
                    if let Some(twin) = twin.filter(|_| seen.twin_fits) {
                        let other = reading::moment(twin, text);
                        seen.note_twin(other.map(|other| other == moment));
                    }
                    Some(moment.millis)
                });
            }
            (Reading::Blank, Values::Texts { ends, all }) => {
                let note = |row, text: &str, seen: &mut Seen| seen.misfits.add(row, text);
                rows.texts(fields, ends, all, found, Some(note));
            }
            (_, Values::Texts { ends, all }) => {
                let note = plan.nearly().map(|kind| {
                    move |row, text: &str, seen: &mut Seen| seen.note_text(kind, row, text)
                });
                rows.texts(fields, ends, all, found, note);
            }
            // The values were chosen by the reading.
            _ => {}
        }
    }

    /// The column, and what was seen of it; `rows` are all that were read.
    pub(super) fn finish(self, rows: &Rows<'_>) -> (ArrayRef, Seen) {
        let nulls = self.found.nulls(self.values.len());
        let mut seen = self.found.seen;
        let array: ArrayRef = match self.values {
            Values::Integers(values) => primitives::<Int64Type>(values, nulls),
            Values::Numbers(values) => primitives::<Float64Type>(values, nulls),
            Values::Days(values) => primitives::<Date32Type>(values, nulls),
            Values::Moments(values) => primitives::<TimestampMillisecondType>(values, nulls),
            Values::Truths(values) => Arc::new(BooleanArray::new(values.into(), nulls)),
            Values::Texts { ends, all } => {
                let ends = OffsetBuffer::new(ends.into());
                Arc::new(StringArray::new(ends, all.into(), nulls))
            }
        };
        seen.n_values = (array.len() - array.null_count()) as u64;
        seen.n_values += match self.plan.reading() {
            Reading::Blank => 0,
            _ => seen.misfits.n,
        };
        if seen.misfits.n > 0 && !self.plan.is_stated {
            seen.next = self.plan.next(rows, self.column);
        }
        (array, seen)
    }
}

fn primitives<T: ArrowPrimitiveType>(
    values: Vec<T::Native>,
    nulls: Option<NullBuffer>,
) -> ArrayRef {
    Arc::new(PrimitiveArray::<T>::new(values.into(), nulls))
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Integers(values) | Self::Moments(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::Truths(values) => values.len(),
            Self::Days(values) => values.len(),
            Self::Texts { ends, .. } => ends.len() - 1,
        }
    }
}

impl Found {
    /// So many values, missing where it was found so.
    fn nulls(&self, n: usize) -> Option<NullBuffer> {
        if self.missing.is_empty() {
            return None;
        }
        let mut valid = BooleanBufferBuilder::new(n);
        valid.append_n(n, true);
        for row in &self.missing {
            valid.set_bit(*row, false);
        }
        Some(NullBuffer::new(valid.finish()))
    }
}

/// For values that have no plainest form.
#[inline(always)]
fn never<T>(_: &[u8], _: usize, _: usize, _: usize, _: &mut Seen) -> Option<T> {
    None
}

impl Seen {
    fn note_twin(&mut self, is_equal: Option<bool>) {
        match is_equal {
            None => self.twin_fits = false,
            Some(is_equal) => self.twin_differs |= !is_equal,
        }
    }

    fn note_style(&mut self, row: usize, text: &str, twin: Option<Reading>) {
        if value::number(text).is_none() {
            self.styled.add(row, text);
        }
        if self.twin_fits {
            self.twin_fits = twin.is_some_and(|twin| twin.fits(text));
        }
    }

    fn note_moment(&mut self, row: usize, text: &str, moment: value::Moment) {
        let row = row as u64;
        if moment.has_zone {
            self.zoned.get_or_insert(row);
            if !text.ends_with(['Z', 'z']) {
                self.shifted.get_or_insert(row);
            }
        } else {
            self.unzoned.get_or_insert(row);
        }
        if moment.is_cut {
            self.cut.get_or_insert(row);
        }
    }

    fn note_text(&mut self, kind: Nearly, row: usize, text: &str) {
        if !kind.fits(text) {
            self.strays.add(row, text);
        } else if kind == Nearly::Whole {
            if value::has_leading_zero(text) {
                self.zero_led.add(row, text);
            } else if value::integer(text).is_none() {
                self.too_long.add(row, text);
            }
        }
    }
}
