//! Support vector machines: prediction. Fitting them is left to `train::algorithms::svm`.

use super::link::Link;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// Weighted sums of the likeness to remembered rows: `Σ w · exp(−γ ‖x − s‖²) + intercept`, one an output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KernelMachine {
    /// The support vectors.
    pub vectors: Vec<Vec<f64>>,
    /// How fast likeness falls with distance, above 0.
    pub gamma: f64,
    /// A row of weights an output, one a vector.
    pub coefficients: Vec<Vec<f64>>,
    /// A constant an output.
    pub intercepts: Vec<f64>,
    /// What becomes of the sums.
    pub link: Link,
}

impl KernelMachine {
    /// Answers, row-major.
    pub(super) fn predict(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let mut out = Vec::with_capacity(x.nrows() * self.link.n_classes().unwrap_or(1));
        let mut scores = vec![0.0; self.intercepts.len()];
        let mut own = vec![0.0; x.ncols()];
        for row in x.rows() {
            scores.copy_from_slice(&self.intercepts);
            own.iter_mut().zip(row).for_each(|(own, x)| *own = *x);
            for (i, vector) in self.vectors.iter().enumerate() {
                let likeness = (-self.gamma * squared_distance(&own, vector)).exp();
                for (score, weights) in scores.iter_mut().zip(&self.coefficients) {
                    *score += weights[i] * likeness;
                }
            }
            self.link.answer(&mut scores, &mut out);
        }
        out
    }

    /// Whether the parts fit together, for `n_features` features.
    pub(super) fn is_sound(&self, n_features: usize) -> bool {
        self.link.n_scores().is_some_and(|n| {
            n == self.intercepts.len()
                && n == self.coefficients.len()
                && self.gamma.is_finite()
                && self.vectors.iter().all(|v| v.len() == n_features)
                && self
                    .coefficients
                    .iter()
                    .all(|c| c.len() == self.vectors.len())
        })
    }
}

/// Sums beside each other, so that the processor adds several numbers at a time.
const LANES: usize = 8;

/// In an order that depends on the number of features alone.
fn squared_distance(row: &[f64], vector: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (rows, vectors) = (row.chunks_exact(LANES), vector.chunks_exact(LANES));
    let mut sum = 0.0;
    for (x, s) in rows.remainder().iter().zip(vectors.remainder()) {
        sum += (x - s) * (x - s);
    }
    for (rows, vectors) in rows.zip(vectors) {
        for lane in 0..LANES {
            let apart = rows[lane] - vectors[lane];
            sums[lane] += apart * apart;
        }
    }
    sums.iter().sum::<f64>() + sum
}
