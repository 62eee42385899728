//! Numbers: per-row errors of a regression.

use super::{Lanes, ROWS_A_BLOCK, Weights, by_lane, flush};
use crate::domain::metric::Metric;

pub(super) struct ValueRows {
    rows: Vec<ValueRow<f64>>,
}

pub(super) struct ValueRow<F> {
    /// Measured from the mean of all rows: squares of large numbers lose digits.
    truth: F,
    /// Prediction minus truth.
    error: F,
}

impl ValueRows {
    pub(super) fn new(truth: &[f64], predictions: &[f64]) -> Self {
        let centre = truth.iter().sum::<f64>() / truth.len() as f64;
        let rows = truth.iter().zip(predictions);
        let of_row = |(truth, prediction): (&f64, &f64)| ValueRow {
            truth: truth - centre,
            error: prediction - truth,
        };
        Self {
            rows: rows.map(of_row).collect(),
        }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Rows with their places.
    pub(super) fn packed<F>(&self, rows: &[u32], number: fn(f64) -> F) -> Vec<(u32, ValueRow<F>)> {
        let packed = rows.iter().map(|place| {
            let row = &self.rows[*place as usize];
            let packed = ValueRow {
                truth: number(row.truth),
                error: number(row.error),
            };
            (*place, packed)
        });
        packed.collect()
    }

    pub(super) fn differs(&self, other: &Self, row: usize) -> bool {
        self.rows[row].error != other.rows[row].error
    }
}

/// Weighted sums of a few rows.
struct Run<V> {
    /// Of 1, the error, its size and square, the truth and its square.
    sums: [V; 6],
    /// Of the truth of the rows that have a weight, the latter negative.
    highest: V,
    lowest: V,
}

impl<V> Run<V> {
    // Alone, so that the sums stay in registers.
    #[inline(never)]
    fn of<F: Copy + Into<f64>, const L: usize>(
        rows: &[(u32, ValueRow<F>)],
        weights: &impl Weights<V>,
    ) -> Self
    where
        V: Lanes<L>,
    {
        let mut sums = [V::of(0.0); 6];
        let (mut highest, mut lowest) = (V::of(f64::NEG_INFINITY), V::of(f64::NEG_INFINITY));
        for (place, row) in rows {
            let w = weights.of(*place);
            let (truth, error): (f64, f64) = (row.truth.into(), row.error.into());
            let terms = [1.0, error, error.abs(), error * error, truth, truth * truth];
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += w * V::of(term);
            }
            highest = highest.larger(w.choose(truth, f64::NEG_INFINITY));
            lowest = lowest.larger(w.choose(-truth, f64::NEG_INFINITY));
        }
        Self {
            sums,
            highest,
            lowest,
        }
    }
}

/// Metrics of packed rows with the weights of their places.
pub(super) fn values<F: Copy + Into<f64>, V: Lanes<L>, const L: usize>(
    rows: &[(u32, ValueRow<F>)],
    metrics: &[Metric],
    weights: &impl Weights<V>,
) -> Vec<[f64; L]> {
    let mut totals = [[0.0; L]; 6];
    let (mut highest, mut lowest) = (V::of(f64::NEG_INFINITY), V::of(f64::NEG_INFINITY));
    for rows in rows.chunks(ROWS_A_BLOCK) {
        let run = Run::of(rows, weights);
        for (total, sum) in totals.iter_mut().zip(run.sums) {
            flush(total, sum);
        }
        highest = highest.larger(run.highest);
        lowest = lowest.larger(run.lowest);
    }
    let (highest, lowest) = (highest.lanes(), lowest.lanes());
    let [total, sum, absolute, squared, truth, spread] = totals;
    // Without a row these are 0 / 0.
    let mean = |sums: &[f64; L], l: usize| sums[l] / total[l];
    let r2 = |l: usize| {
        if -lowest[l] < highest[l] {
            1.0 - squared[l] / (spread[l] - truth[l] * mean(&truth, l))
        } else {
            f64::NAN
        }
    };
    metrics
        .iter()
        .map(|metric| match metric {
            Metric::Rmse => by_lane(|l| mean(&squared, l).sqrt()),
            Metric::Mae => by_lane(|l| mean(&absolute, l)),
            Metric::Bias => by_lane(|l| mean(&sum, l)),
            Metric::R2 => by_lane(r2),
            _ => [f64::NAN; L],
        })
        .collect()
}
