//! A linear model that asks of each feature only whether it is large: Bernoulli naive Bayes is one.

use super::linear::Linear;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// A weighted sum of truths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Binarized {
    /// A feature is true where it is above its threshold.
    pub thresholds: Vec<f64>,
    /// What is made of the truths, as 0 and 1.
    pub linear: Linear,
}

impl Binarized {
    /// Answers, row-major.
    pub(super) fn predict(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let truth = |(i, j): (usize, usize)| f64::from(u8::from(x[[i, j]] > self.thresholds[j]));
        let truths = Array2::from_shape_fn((x.nrows(), self.thresholds.len()), truth);
        self.linear.predict(truths.view())
    }

    /// Whether the parts fit together, for `n_features` features.
    pub(super) fn is_sound(&self, n_features: usize) -> bool {
        self.thresholds.len() == n_features && self.linear.is_sound(n_features)
    }
}
