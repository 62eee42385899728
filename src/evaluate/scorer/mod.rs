//! Predictions prepared once for scoring many times: any part of the rows, with any weights, several sets of weights at
//! once. A resample of the bootstrap then costs a fraction of a pass and no sorting. Who is weighted how is left to the
//! caller.

mod classes;
mod ranking;
mod values;

use crate::domain::metric::Metric;
use crate::domain::prediction::{Predictions, Targets};
use classes::{ClassRows, Group};
use ranking::Ranking;
use std::ops::{Add, AddAssign, Div, Mul};
use values::{ValueRow, ValueRows};
use wide::f32x8;

pub(super) use classes::{N_CALIBRATION_BINS, calibration_bin};

/// Sets of weights that are scored at once.
pub(super) const LANES: usize = 8;

/// How often a row occurs in each of [`LANES`] resamples: small, so that those of 100,000 rows stay near the processor.
pub(super) type Counts = [u8; LANES];

/// Rows after which sums of [`Lanes`] are added to sums of f64: whole numbers of 24 bits hold the counts of so many.
const ROWS_A_BLOCK: usize = 256;

/// The numbers in which a few rows are summed, those of `L` sets of weights at once: f64 where a value is told, f32 (to seven
/// digits) where it is one of thousands that make an interval.
trait Lanes<const L: usize>:
    Copy + Add<Output = Self> + Mul<Output = Self> + Div<Output = Self> + AddAssign
{
    /// The same number in all lanes.
    fn of(value: f64) -> Self;

    /// Each set's number, to seven digits or all.
    fn from_lanes(values: [f64; L]) -> Self;

    fn lanes(self) -> [f64; L];

    /// The larger one of each lane.
    fn larger(self, other: Self) -> Self;

    /// `value` in lanes that are above zero, `other` in the rest.
    fn choose(self, value: f64, other: f64) -> Self;
}

impl Lanes<1> for f64 {
    fn of(value: f64) -> Self {
        value
    }

    fn from_lanes([value]: [f64; 1]) -> Self {
        value
    }

    fn lanes(self) -> [f64; 1] {
        [self]
    }

    fn larger(self, other: Self) -> Self {
        self.max(other)
    }

    fn choose(self, value: f64, other: f64) -> Self {
        if self > 0.0 { value } else { other }
    }
}

impl Lanes<LANES> for f32x8 {
    #[inline]
    fn of(value: f64) -> Self {
        Self::splat(value as f32)
    }

    fn from_lanes(values: [f64; LANES]) -> Self {
        Self::new(values.map(|v| v as f32))
    }

    fn lanes(self) -> [f64; LANES] {
        self.to_array().map(f64::from)
    }

    #[inline]
    fn larger(self, other: Self) -> Self {
        self.fast_max(other)
    }

    #[inline]
    fn choose(self, value: f64, other: f64) -> Self {
        let is_above = self.simd_gt(Self::ZERO);
        is_above.select(
            <Self as Lanes<LANES>>::of(value),
            <Self as Lanes<LANES>>::of(other),
        )
    }
}

/// Weights of rows by their places.
trait Weights<V> {
    fn of(&self, place: u32) -> V;
}

/// One weight a row, or 1.
struct Given<'a>(Option<&'a [f64]>);

impl Weights<f64> for Given<'_> {
    fn of(&self, place: u32) -> f64 {
        self.0.map_or(1.0, |weights| weights[place as usize])
    }
}

/// How often each row was drawn.
struct Drawn<'a>(&'a [Counts]);

impl Weights<f32x8> for Drawn<'_> {
    #[inline]
    fn of(&self, place: u32) -> f32x8 {
        let counts = &self.0[place as usize];
        f32x8::new(std::array::from_fn(|l| f32::from(counts[l])))
    }
}

/// Adds the sums of a few rows to those of all.
fn flush<V: Lanes<L>, const L: usize>(total: &mut [f64; L], sums: V) {
    for (total, sum) in total.iter_mut().zip(sums.lanes()) {
        *total += sum;
    }
}

/// What a function makes of the values of each lane.
fn by_lane<const L: usize>(value: impl FnMut(usize) -> f64) -> [f64; L] {
    std::array::from_fn(value)
}

/// The truth and the predictions of one model for all rows.
pub(super) struct Scorer {
    rows: Rows,
}

enum Rows {
    Classes(ClassRows),
    Values(ValueRows),
}

/// Some rows of a scorer, in the orders that it needs.
pub(super) struct Part {
    rows: Vec<u32>,
    /// Two classes: one order, of the positive class. More: one a class, against the rest. Numbers: none.
    rankings: Vec<Ranking>,
}

/// A part to be resampled: what is known of its rows, one behind the other.
pub(super) struct PackedPart {
    part: Part,
    rows: PackedRows,
}

enum PackedRows {
    Classes(Vec<Group<f32>>),
    Values(Vec<(u32, ValueRow<f32>)>),
}

impl PackedPart {
    pub(super) fn part(&self) -> &Part {
        &self.part
    }
}

impl Scorer {
    /// Prepares; `None` where there are no rows or predictions and targets do not fit together.
    pub(super) fn new(targets: &Targets, predictions: &Predictions) -> Option<Self> {
        if targets.n_rows() == 0 || targets.n_rows() != predictions.n_rows() {
            return None;
        }
        let rows = match (targets, predictions) {
            (
                Targets::Classes { n_classes, codes },
                Predictions::Probabilities {
                    n_classes: n_predicted,
                    values,
                },
            ) => {
                let fits = n_classes == n_predicted
                    && *n_classes >= 2
                    && codes.iter().all(|c| (*c as usize) < *n_classes);
                if !fits {
                    return None;
                }
                let labels = predictions.labels();
                Rows::Classes(ClassRows::new(*n_classes, codes, values, &labels))
            }
            (Targets::Values(truth), Predictions::Values(values)) => {
                Rows::Values(ValueRows::new(truth, values))
            }
            _ => return None,
        };
        Some(Self { rows })
    }

    /// All rows.
    pub(super) fn whole(&self) -> Part {
        let n_rows = match &self.rows {
            Rows::Classes(rows) => rows.n_rows(),
            Rows::Values(rows) => rows.n_rows(),
        };
        self.part((0..n_rows as u32).collect())
    }

    /// These rows.
    pub(super) fn part(&self, rows: Vec<u32>) -> Part {
        let rankings = match &self.rows {
            Rows::Classes(classes) => classes.rankings(&rows),
            Rows::Values(_) => Vec::new(),
        };
        Part { rows, rankings }
    }

    /// The same part, to be resampled.
    pub(super) fn packed(&self, part: Part) -> PackedPart {
        let rows = match &self.rows {
            Rows::Classes(classes) => {
                PackedRows::Classes(classes.packed(&part.rows, |number| number as f32))
            }
            Rows::Values(values) => {
                PackedRows::Values(values.packed(&part.rows, |number| number as f32))
            }
        };
        PackedPart { part, rows }
    }

    /// The metrics of a part; with these weights, one for each row of the scorer (`None`: all 1).
    pub(super) fn values(
        &self,
        part: &Part,
        metrics: &[Metric],
        weights: Option<&[f64]>,
    ) -> Vec<Option<f64>> {
        let weights = &Given(weights);
        let values = match &self.rows {
            Rows::Classes(classes) => {
                let rows = classes.packed(&part.rows, |number| number);
                classes.values(&rows, &part.rankings, metrics, weights)
            }
            Rows::Values(values) => values::values(
                &values.packed(&part.rows, |number| number),
                metrics,
                weights,
            ),
        };
        let defined = values.into_iter().map(|[value]| value);
        defined
            .map(|value| (!value.is_nan()).then_some(value))
            .collect()
    }

    /// The metrics of a part in several resamples; NaN where one is not defined.
    pub(super) fn resampled(
        &self,
        packed: &PackedPart,
        metrics: &[Metric],
        counts: &[Counts],
    ) -> Vec<[f64; LANES]> {
        let PackedPart { part, rows } = packed;
        let weights = &Drawn(counts);
        match (&self.rows, rows) {
            (Rows::Classes(classes), PackedRows::Classes(rows)) => {
                classes.values(rows, &part.rankings, metrics, weights)
            }
            (_, PackedRows::Values(rows)) => values::values(rows, metrics, weights),
            (Rows::Values(_), PackedRows::Classes(_)) => Vec::new(),
        }
    }

    /// Rows in which the other model answers otherwise, as far as a metric can tell: by their labels, or at all.
    pub(super) fn n_different(&self, other: &Self, part: &Part, by_label: bool) -> usize {
        let rows = part.rows.iter().map(|row| *row as usize);
        match (&self.rows, &other.rows) {
            (Rows::Classes(a), Rows::Classes(b)) => {
                rows.filter(|row| a.differs(b, *row, by_label)).count()
            }
            (Rows::Values(a), Rows::Values(b)) => rows.filter(|row| a.differs(b, *row)).count(),
            _ => part.rows.len(),
        }
    }

    /// Rows whose label is right here and wrong there, and the reverse.
    pub(super) fn discordant(&self, other: &Self, part: &Part) -> Option<[u64; 2]> {
        match (&self.rows, &other.rows) {
            (Rows::Classes(a), Rows::Classes(b)) => Some(a.discordant(b, &part.rows)),
            _ => None,
        }
    }

    /// Of two classes, the share of the other class's rows that each row of a part is ranked beyond: positive rows above
    /// negative ones and the reverse, ties count half. In the order of the part's ranking, positive rows first.
    pub(super) fn placements(&self, part: &Part) -> Option<[Vec<(u32, f64)>; 2]> {
        match (&self.rows, part.rankings.as_slice()) {
            (Rows::Classes(_), [ranking]) => Some(ranking.placements()),
            _ => None,
        }
    }
}
