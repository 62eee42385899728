//! What both counting kinds of naive Bayes have in common.

use crate::domain::algorithm::{ParamInfo, ParamRange};
use crate::train::algorithm::{TrainingSet, magnitude, param};
use ndarray::Array2;

/// Sums over the rows of each class, a row as often as it counts.
pub(super) struct ClassSums {
    /// `n_classes × n_features`.
    pub(super) of_features: Array2<f64>,
    /// Classes that have rows, ascending, and how many.
    pub(super) present: Vec<(u32, f64)>,
    /// All rows.
    pub(super) n_rows: f64,
}

impl ClassSums {
    /// Sums what `value` makes of each feature of each row.
    pub(super) fn of(
        data: &TrainingSet,
        (n_classes, codes): (usize, &[u32]),
        value: impl Fn(usize, f64) -> f64,
    ) -> Self {
        let mut of_features = Array2::zeros((n_classes, data.x.ncols()));
        let mut totals = vec![0.0; n_classes];
        for (i, (row, code)) in data.x.rows().into_iter().zip(codes).enumerate() {
            let weight = data.weights.as_ref().map_or(1.0, |w| w[i]);
            totals[*code as usize] += weight;
            let mut sums = of_features.row_mut(*code as usize);
            for (j, x) in row.iter().enumerate() {
                sums[j] += weight * value(j, *x);
            }
        }
        let n_rows = totals.iter().sum();
        let classes = totals.into_iter().enumerate();
        let present = classes.filter(|(_, n)| *n > 0.0);
        Self {
            of_features,
            present: present.map(|(class, n)| (class as u32, n)).collect(),
            n_rows,
        }
    }
}

/// The parameter.
pub(super) fn smoothing() -> ParamInfo {
    param(
        "alpha",
        "Smoothing",
        "Added to every count, so that nothing is impossible (Laplace).",
        ParamRange::Float {
            min: 1e-9,
            max: 1e6,
        },
        1.0,
    )
    .tuned(magnitude(1e-3, 100.0))
}
