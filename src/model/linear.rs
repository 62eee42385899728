//! Linear models: linear and elastic-net regression, logistic regression with two or more classes.

use super::link::Link;
use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

/// Weighted sums of the features, one an output, and what becomes of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    /// A row of weights an output: one row for `Identity` and `Logistic`, a row a class for `Softmax`.
    pub coefficients: Vec<Vec<f64>>,
    /// A constant an output.
    pub intercepts: Vec<f64>,
    /// What becomes of the sums.
    pub link: Link,
}

impl Linear {
    /// Answers, row-major.
    pub(super) fn predict(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let mut out = Vec::with_capacity(x.nrows() * self.link.n_classes().unwrap_or(1));
        let mut scores = vec![0.0; self.intercepts.len()];
        for row in x.rows() {
            for (k, score) in scores.iter_mut().enumerate() {
                *score = weighted_sum(row, &self.coefficients[k], self.intercepts[k]);
            }
            self.link.answer(&mut scores, &mut out);
        }
        out
    }

    /// Whether the parts fit together, for `n_features` features.
    pub(super) fn is_sound(&self, n_features: usize) -> bool {
        self.link.n_scores().is_some_and(|n| {
            self.intercepts.len() == n
                && self.coefficients.len() == n
                && self.coefficients.iter().all(|c| c.len() == n_features)
        })
    }
}

/// The sum, from the first feature to the last: an order that no batch size changes.
fn weighted_sum(row: ArrayView1<'_, f64>, weights: &[f64], intercept: f64) -> f64 {
    let mut sum = intercept;
    for (x, w) in row.iter().zip(weights) {
        sum += x * w;
    }
    sum
}
