//! One column: how it is read, and what changes when values do not fit. A reading holds only if every value of the file that
//! is not missing fits; what the first rows suggest is held against all others. The reading itself is left to `filling`.

use super::evidence::Seen;
use super::filling::Filling;
use super::reading::Reading;
use super::rows::Rows;
use crate::data::reader::value::{self, NumberStyle};

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
    pub(super) fn fits(self, text: &str) -> bool {
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
        let (_, seen) = Filling::of(self, column, rows.n_rows()).of_all(rows);
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
        // What fits half of all values fits some of those that are spread over them.
        for kind in kinds.filter(|kind| rows.any_of_some(column, |text| kind.fits(text))) {
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

    pub(super) fn twin(&self) -> Option<Reading> {
        let twin = self.reading().twin(self.delimiter)?;
        // Where a person has settled the order, there is no other way.
        let same_kind = |r: &Reading| {
            r.number_style() == twin.number_style() && r.date_style() == twin.date_style()
        };
        self.order.iter().any(same_kind).then_some(twin)
    }

    /// The first reading behind the present one that all values fit.
    pub(super) fn next(&self, rows: &Rows<'_>, column: usize) -> usize {
        let mut wider = self.at + 1..self.order.len();
        let fits = |at: &usize| rows.all(column, |text| self.order[*at].fits(text));
        wider.find(fits).unwrap_or(self.order.len() - 1)
    }
}
