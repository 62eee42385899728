//! Columns that say too much: one that alone tells the target almost perfectly is mostly one that is known only after the
//! target is, or a copy of it (Kaufman, Rosset, Perlich and Stitelman 2012, "Leakage in data mining").

use crate::data::Table;
use crate::domain::prediction::Targets;
use crate::feature::{Encoding, FeatureError, FeaturePlan};
use ndarray::ArrayView1;

/// Rows that are looked at on each side.
const MOST_ROWS: usize = 20_000;

/// Bins of a column, of about equally many rows.
const N_BINS: usize = 256;

/// Share of what there is to know about the target from which on a column alone knows too much.
const TOO_MUCH: f64 = 0.98;

/// Fewer rows than this say nothing.
const FEWEST_ROWS: usize = 50;

/// A column that says too much.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// The column.
    pub column: String,
    /// Of classes the share of errors of the most frequent class that it avoids, of numbers R²; on rows that its bins
    /// were not learned from.
    pub share: f64,
}

/// Positions of rows, and their targets.
pub type Rows<'a> = (&'a [usize], &'a Targets);

/// The columns that alone tell the target almost perfectly, most telling first. Bins are learned from the training rows and
/// judged on the test rows.
///
/// # Errors
/// If the table lacks columns of the plan.
pub fn suspects(
    plan: &FeaturePlan,
    table: &Table,
    training: Rows<'_>,
    test: Rows<'_>,
) -> Result<Vec<Suspect>, FeatureError> {
    if training.0.len() < FEWEST_ROWS || test.0.len() < FEWEST_ROWS {
        return Ok(Vec::new());
    }
    let ((rows, targets), (test_rows, test_targets)) = (thinned(training), thinned(test));
    let x = plan.encode(table, Some(&rows), Encoding::Ordinal)?;
    let test_x = plan.encode(table, Some(&test_rows), Encoding::Ordinal)?;
    let mut found = Vec::new();
    let mut first = 0;
    for column in &plan.columns {
        let width = plan.n_features_of(column, Encoding::Ordinal);
        let share = (first..first + width)
            .map(|j| knows((x.column(j), &targets), (test_x.column(j), &test_targets)))
            .fold(0.0, f64::max);
        first += width;
        if share >= TOO_MUCH {
            found.push(Suspect {
                column: column.name.clone(),
                share,
            });
        }
    }
    found.sort_by(|a, b| b.share.total_cmp(&a.share));
    Ok(found)
}

/// Rows at even distances.
fn thinned((rows, targets): Rows<'_>) -> (Vec<usize>, Targets) {
    let step = rows.len().div_ceil(MOST_ROWS).max(1);
    let positions: Vec<usize> = (0..rows.len()).step_by(step).collect();
    let own = positions.iter().map(|p| rows[*p]).collect();
    (own, targets.take(&positions))
}

/// How much of the target a feature tells by itself.
fn knows(
    (x, targets): (ArrayView1<'_, f64>, &Targets),
    (test_x, test_targets): (ArrayView1<'_, f64>, &Targets),
) -> f64 {
    let bounds = bounds(x);
    let bin_of = |value: f64| bounds.partition_point(|bound| *bound < value);
    match (targets, test_targets) {
        (Targets::Classes { n_classes, codes }, Targets::Classes { codes: truth, .. }) => {
            let mut counts = vec![vec![0_u32; *n_classes]; bounds.len() + 1];
            let mut totals = vec![0_u32; *n_classes];
            for (value, code) in x.iter().zip(codes) {
                counts[bin_of(*value)][*code as usize] += 1;
                totals[*code as usize] += 1;
            }
            let usual = most_frequent(&totals);
            let answers: Vec<usize> = counts
                .iter()
                .map(|counts| {
                    let is_empty = counts.iter().all(|n| *n == 0);
                    if is_empty {
                        usual
                    } else {
                        most_frequent(counts)
                    }
                })
                .collect();
            let errors = |answer: &dyn Fn(usize) -> usize| {
                let wrong = (0..truth.len()).filter(|i| answer(*i) != truth[*i] as usize);
                wrong.count() as f64
            };
            let of_usual = errors(&|_| usual);
            let of_bins = errors(&|i| answers[bin_of(test_x[i])]);
            // A handful of errors to avoid proves nothing.
            if of_usual < 10.0 {
                0.0
            } else {
                1.0 - of_bins / of_usual
            }
        }
        (Targets::Values(values), Targets::Values(truth)) => {
            let mut sums = vec![(0.0, 0.0); bounds.len() + 1];
            for (value, y) in x.iter().zip(values) {
                let bin = &mut sums[bin_of(*value)];
                *bin = (bin.0 + y, bin.1 + 1.0);
            }
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let of_bin = |i: usize| {
                let (sum, n) = sums[bin_of(test_x[i])];
                if n > 0.0 { sum / n } else { mean }
            };
            let squares = |answer: &dyn Fn(usize) -> f64| {
                let errors = (0..truth.len()).map(|i| truth[i] - answer(i));
                errors.map(|e| e * e).sum::<f64>()
            };
            let spread = squares(&|_| mean);
            if spread > 0.0 {
                1.0 - squares(&of_bin) / spread
            } else {
                0.0
            }
        }
        _ => 0.0,
    }
}

fn most_frequent(counts: &[u32]) -> usize {
    let mut best = 0;
    for (class, n) in counts.iter().enumerate() {
        if *n > counts[best] {
            best = class;
        }
    }
    best
}

/// Upper bounds of all bins but the last, ascending: values at even ranks.
fn bounds(x: ArrayView1<'_, f64>) -> Vec<f64> {
    let mut sorted = x.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup();
    if sorted.len() > N_BINS {
        let mut all = x.to_vec();
        all.sort_unstable_by(f64::total_cmp);
        let n = all.len();
        sorted = (1..=N_BINS).map(|i| all[i * (n - 1) / N_BINS]).collect();
        sorted.dedup();
    }
    sorted.pop();
    sorted
}
