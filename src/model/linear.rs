//! Linear models: linear and elastic-net regression, logistic regression with two or more classes.

use super::estimator::softmax_in_place;
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

/// What becomes of the weighted sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The sum is the answer.
    Identity,
    /// `1 / (1 + exp(-sum))` is the probability of the second class of two.
    Logistic,
    /// `exp(sum)`, normalised over the classes that training saw; the others have probability 0.
    Softmax {
        /// The class of each output.
        classes: Vec<u32>,
        /// Number of all classes.
        n_classes: usize,
    },
}

impl Linear {
    /// Number of classes; `None` for regression.
    #[must_use]
    pub fn n_classes(&self) -> Option<usize> {
        match &self.link {
            Link::Identity => None,
            Link::Logistic => Some(2),
            Link::Softmax { n_classes, .. } => Some(*n_classes),
        }
    }

    /// Answers, row-major.
    pub(super) fn predict(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let mut out = Vec::with_capacity(x.nrows() * self.n_classes().unwrap_or(1));
        let mut scores = vec![0.0; self.intercepts.len()];
        for row in x.rows() {
            for (k, score) in scores.iter_mut().enumerate() {
                *score = weighted_sum(row, &self.coefficients[k], self.intercepts[k]);
            }
            match &self.link {
                Link::Identity => out.push(scores[0]),
                Link::Logistic => out.extend(logistic(scores[0])),
                Link::Softmax { classes, n_classes } => {
                    softmax_in_place(&mut scores);
                    let start = out.len();
                    out.resize(start + n_classes, 0.0);
                    for (class, p) in classes.iter().zip(&scores) {
                        out[start + *class as usize] = *p;
                    }
                }
            }
        }
        out
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

/// Probabilities of the first and second class; the exponential never overflows.
fn logistic(score: f64) -> [f64; 2] {
    let e = (-score.abs()).exp();
    let (larger, smaller) = (1.0 / (1.0 + e), e / (1.0 + e));
    if score >= 0.0 {
        [smaller, larger]
    } else {
        [larger, smaller]
    }
}
