//! One column: how it is read, what a block of it becomes, and what changes when values do not fit. A reading holds only
//! if every value of the file that is not missing fits; what the first rows suggest is held against all others.

use super::evidence::Seen;
use super::reading::{self, Reading};
use super::rows::Rows;
use crate::data::reader::value::{self, NumberStyle};
use arrow::array::{ArrayRef, ArrowPrimitiveType, BooleanBuilder, PrimitiveBuilder, StringBuilder};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use std::sync::Arc;

/// What most values of a column of texts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nearly {
    /// Digits with an optional sign.
    Whole,
    /// Numbers with a sign of currency or a percent sign.
    Amount,
    /// Words such as yes and no.
    YesOrNo,
    /// This.
    Read(Reading),
}

impl Nearly {
    fn fits(self, text: &str) -> bool {
        match self {
            Self::Whole => value::is_whole(text),
            Self::Amount => value::is_amount(text),
            Self::YesOrNo => value::is_yes_or_no(text),
            Self::Read(reading) => reading.fits(text),
        }
    }
}

/// Why a column is text although each of its values could be read otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Whether the day or the month comes first.
    DayOrMonth,
    /// Some moments have a zone and some have none.
    MixedZones(u64),
}

/// How a column is read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// Its name.
    pub(super) name: String,
    /// What it can be read as, in the order of trial.
    order: Vec<Reading>,
    /// The present reading's place in that order.
    at: usize,
    /// Whether a person has stated the type: then what does not fit is missing.
    pub(super) is_stated: bool,
    /// The byte between fields, which tells commas apart.
    delimiter: u8,
    /// In a column of texts: what most of them are.
    nearly: Option<Nearly>,
    /// Why it is text.
    pub(super) doubt: Option<Doubt>,
}

impl Plan {
    /// A column of which nothing is known yet.
    pub(super) fn new(name: String, order: Vec<Reading>, is_stated: bool, delimiter: u8) -> Self {
        Self {
            name,
            order,
            at: 0,
            is_stated,
            delimiter,
            nearly: None,
            doubt: None,
        }
    }

    /// The present reading.
    pub(super) fn reading(&self) -> Reading {
        self.order[self.at]
    }

    /// What most values are, where they are texts.
    pub(super) fn nearly(&self) -> Option<Nearly> {
        self.nearly
    }

    /// Chooses the reading by the first rows.
    pub(super) fn infer(&mut self, rows: &Rows<'_>, column: usize) {
        let fitting = (self.at..self.order.len())
            .find(|at| rows.all(column, |text| self.order[*at].fits(text)));
        self.at = fitting.unwrap_or_else(|| {
            let n_fitting = |at: &usize| rows.count(column, |text| self.order[*at].fits(text)).1;
            // Of equals the first.
            (0..self.order.len())
                .rev()
                .max_by_key(n_fitting)
                .unwrap_or(0)
        });
        let (_, seen) = self.read(rows, column);
        self.settle(&seen);
        if self.reading() == Reading::Text {
            self.nearly = self.most(rows, column);
        }
    }

    /// What at least half of the values are.
    fn most(&self, rows: &Rows<'_>, column: usize) -> Option<Nearly> {
        let readings = self.order.iter().copied();
        let words = [Nearly::Whole, Nearly::Amount, Nearly::YesOrNo];
        let kinds = words.into_iter().chain(
            readings
                .filter(|r| !matches!(r, Reading::Blank | Reading::Text))
                .map(Nearly::Read),
        );
        let mut best = None;
        for kind in kinds {
            let (n_values, n_fitting) = rows.count(column, |text| kind.fits(text));
            if n_fitting * 2 >= n_values.max(1) && best.is_none_or(|(n, _)| n_fitting > n) {
                best = Some((n_fitting, kind));
            }
        }
        best.map(|(_, kind)| kind)
    }

    /// Takes a wider reading where what was seen in all rows asks for it; says whether it did.
    pub(super) fn settle(&mut self, seen: &Seen) -> bool {
        if self.is_stated {
            return false;
        }
        let last = self.order.len() - 1;
        if seen.misfits.n > 0 {
            let before = self.reading();
            self.at = seen.next.max(self.at + 1).min(last);
            if self.reading() == Reading::Text {
                self.nearly = match before {
                    Reading::Blank | Reading::Text => None,
                    Reading::Integer(NumberStyle::Plain)
                        if seen.misfits.shown.iter().all(|(_, t)| value::is_whole(t)) =>
                    {
                        Some(Nearly::Whole)
                    }
                    Reading::Integer(style) => Some(Nearly::Read(Reading::Number(style))),
                    other => Some(Nearly::Read(other)),
                };
            }
            return true;
        }
        let reading = self.reading();
        let doubt = match reading {
            Reading::Number(NumberStyle::Plain) if seen.n_values > 0 && !seen.has_fraction => {
                self.nearly = Some(Nearly::Whole);
                None
            }
            Reading::Date(_) | Reading::Moment(_) => {
                let is_ambiguous = self.twin().is_some() && seen.twin_fits && seen.twin_differs;
                match (is_ambiguous, seen.zoned, seen.unzoned) {
                    (true, ..) => Some(Doubt::DayOrMonth),
                    (false, Some(zoned), Some(unzoned)) => {
                        Some(Doubt::MixedZones(zoned.max(unzoned)))
                    }
                    _ => return false,
                }
            }
            _ => return false,
        };
        self.at = last;
        self.doubt = doubt;
        true
    }

    fn twin(&self) -> Option<Reading> {
        let twin = self.reading().twin(self.delimiter)?;
        // Where a person has settled the order, there is no other way.
        let same_kind = |r: &Reading| {
            r.number_style() == twin.number_style() && r.date_style() == twin.date_style()
        };
        self.order.iter().any(same_kind).then_some(twin)
    }

    /// Reads the column in some rows.
    pub(super) fn read(&self, rows: &Rows<'_>, column: usize) -> (ArrayRef, Seen) {
        let mut seen = Seen::default();
        let array = match self.reading() {
            Reading::Integer(style) => self.integers(rows, column, style, &mut seen),
            Reading::Number(style) => self.numbers(rows, column, style, &mut seen),
            Reading::Boolean(words) => booleans(rows, column, words, &mut seen),
            Reading::Date(style) => {
                let twin = self.twin().and_then(Reading::date_style);
                primitives::<Date32Type>(rows, column, &mut seen, |_, text, seen| {
                    let day = style.date(text)?;
                    if let Some(twin) = twin.filter(|_| seen.twin_fits) {
                        seen.note_twin(twin.date(text).map(|other| other == day));
                    }
                    Some(day)
                })
            }
            Reading::Moment(style) => {
                let twin = self.twin().and_then(Reading::date_style);
                primitives::<TimestampMillisecondType>(
                    rows,
                    column,
                    &mut seen,
                    |row, text, seen| {
                        let moment = reading::moment(style, text)?;
                        seen.note_moment(row, text, moment);
                        if let Some(twin) = twin.filter(|_| seen.twin_fits) {
                            let other = reading::moment(twin, text);
                            seen.note_twin(other.map(|other| other == moment));
                        }
                        Some(moment.millis)
                    },
                )
            }
            Reading::Blank => texts(rows, column, &mut seen, |row, text, seen| {
                seen.misfits.add(row, text);
            }),
            Reading::Text => match self.nearly {
                None => texts(rows, column, &mut seen, |_, _, _| ()),
                Some(kind) => texts(rows, column, &mut seen, |row, text, seen| {
                    seen.note_text(kind, row, text);
                }),
            },
        };
        seen.n_values = (array.len() - array.null_count()) as u64;
        seen.n_values += match self.reading() {
            Reading::Blank => 0,
            _ => seen.misfits.n,
        };
        if seen.misfits.n > 0 && !self.is_stated {
            let wider = self.at + 1..self.order.len();
            let fits = |at: &usize| rows.all(column, |text| self.order[*at].fits(text));
            seen.next = wider.into_iter().find(fits).unwrap_or(self.order.len() - 1);
        }
        (array, seen)
    }

    fn integers(
        &self,
        rows: &Rows<'_>,
        column: usize,
        style: NumberStyle,
        seen: &mut Seen,
    ) -> ArrayRef {
        if style == NumberStyle::Plain {
            return primitives::<Int64Type>(rows, column, seen, |_, text, _| {
                reading::integer(style, text)
            });
        }
        let twin = self.twin();
        primitives::<Int64Type>(rows, column, seen, |row, text, seen| {
            let value = reading::integer(style, text)?;
            seen.note_style(row, text, twin);
            Some(value)
        })
    }

    fn numbers(
        &self,
        rows: &Rows<'_>,
        column: usize,
        style: NumberStyle,
        seen: &mut Seen,
    ) -> ArrayRef {
        if style == NumberStyle::Plain {
            return primitives::<Float64Type>(rows, column, seen, |_, text, seen| {
                let number = reading::number(style, text)?;
                if !seen.has_fraction {
                    seen.has_fraction = !value::is_whole(text);
                }
                Some(number)
            });
        }
        let twin = self.twin();
        primitives::<Float64Type>(rows, column, seen, |row, text, seen| {
            let number = reading::number(style, text)?;
            seen.note_style(row, text, twin);
            Some(number)
        })
    }
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

#[inline(always)]
fn primitives<T: ArrowPrimitiveType>(
    rows: &Rows<'_>,
    column: usize,
    seen: &mut Seen,
    parse: impl Fn(usize, &str, &mut Seen) -> Option<T::Native>,
) -> ArrayRef {
    let mut builder = PrimitiveBuilder::<T>::with_capacity(rows.n_rows());
    let mut words = Vec::new();
    rows.each(column, &mut words, |row, value| match value {
        None => builder.append_null(),
        Some(text) => match parse(row, text, seen) {
            Some(parsed) => builder.append_value(parsed),
            None => {
                builder.append_null();
                seen.misfits.add(row, text);
            }
        },
    });
    seen.words = words;
    Arc::new(builder.finish())
}

fn booleans(rows: &Rows<'_>, column: usize, which: reading::Words, seen: &mut Seen) -> ArrayRef {
    let mut builder = BooleanBuilder::with_capacity(rows.n_rows());
    let mut words = Vec::new();
    rows.each(column, &mut words, |row, value| match value {
        None => builder.append_null(),
        Some(text) => {
            let parsed = reading::boolean(which, text);
            builder.append_option(parsed);
            if parsed.is_none() {
                seen.misfits.add(row, text);
            }
        }
    });
    seen.words = words;
    Arc::new(builder.finish())
}

#[inline(always)]
fn texts(
    rows: &Rows<'_>,
    column: usize,
    seen: &mut Seen,
    note: impl Fn(usize, &str, &mut Seen),
) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(rows.n_rows(), rows.n_rows() * 8);
    let mut words = Vec::new();
    rows.each(column, &mut words, |row, value| match value {
        None => builder.append_null(),
        Some(text) => {
            note(row, text, seen);
            builder.append_value(text);
        }
    });
    seen.words = words;
    Arc::new(builder.finish())
}
