//! Gaussian naive Bayes: prediction by log-sum-exp, because the product of many small densities is zero in f64 (and
//! linfa's own probabilities are then not finite).

use super::link::softmax_in_place;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// Independent normal distributions of the features in each class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GaussianNb {
    /// The classes that training saw, by class; the others have probability 0.
    pub classes: Vec<NbClass>,
    /// Number of all classes.
    pub n_classes: usize,
}

/// One class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NbClass {
    /// Position in the classes' order.
    pub class: u32,
    /// Share of the training rows.
    pub prior: f64,
    /// Mean of each feature.
    pub means: Vec<f64>,
    /// Variance of each feature, smoothed, above 0.
    pub variances: Vec<f64>,
}

impl NbClass {
    /// What the logarithm of the joint density has independent of the row.
    fn log_norm(&self) -> f64 {
        let logs: f64 = self
            .variances
            .iter()
            .map(|v| (std::f64::consts::TAU * v).ln())
            .sum();
        self.prior.ln() - 0.5 * logs
    }
}

impl GaussianNb {
    /// Whether the parts fit together, for `n_features` features.
    pub(super) fn is_sound(&self, n_features: usize) -> bool {
        self.n_classes > 0
            && !self.classes.is_empty()
            && self.classes.iter().all(|c| {
                (c.class as usize) < self.n_classes
                    && c.means.len() == n_features
                    && c.variances.len() == n_features
            })
    }

    /// Answers, row-major.
    pub(super) fn predict(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let log_norms: Vec<f64> = self.classes.iter().map(NbClass::log_norm).collect();
        let mut out = vec![0.0; x.nrows() * self.n_classes];
        let mut scores = vec![0.0; self.classes.len()];
        for (row, answer) in x.rows().into_iter().zip(out.chunks_mut(self.n_classes)) {
            for ((class, log_norm), score) in
                self.classes.iter().zip(&log_norms).zip(scores.iter_mut())
            {
                let mut squares = 0.0;
                for ((x, mean), variance) in row.iter().zip(&class.means).zip(&class.variances) {
                    squares += (x - mean) * (x - mean) / variance;
                }
                *score = log_norm - 0.5 * squares;
            }
            softmax_in_place(&mut scores);
            for (class, p) in self.classes.iter().zip(&scores) {
                answer[class.class as usize] = *p;
            }
        }
        out
    }
}
