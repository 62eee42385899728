//! A classifier whose probabilities are put right afterwards. The maps are learned in `train`.

use super::estimator::Estimator;
use super::link::logistic;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// Probabilities are kept this far from 0 and 1 where their logarithm is taken.
pub const SMALLEST: f64 = 1e-15;

/// A classifier and what puts its probabilities right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibrated {
    /// The classifier.
    pub inner: Box<Estimator>,
    /// For two classes one map, of the second class's probability; for more a map a class, after which the row is
    /// divided by its sum (Zadrozny and Elkan 2002).
    pub maps: Vec<CalibrationMap>,
}

/// From a probability to a better one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationMap {
    /// `1 / (1 + exp(−(slope · log(p / (1 − p)) + intercept)))` (Platt 1999).
    Sigmoid {
        /// 1 leaves the probability as it is, more makes it surer.
        slope: f64,
        /// 0 leaves it as it is.
        intercept: f64,
    },
    /// Straight lines between points; flat before the first and behind the last (Zadrozny and Elkan 2002).
    Isotonic {
        /// Probabilities of the classifier, ascending.
        from: Vec<f64>,
        /// What they become, never falling.
        to: Vec<f64>,
    },
}

impl CalibrationMap {
    /// The better probability.
    #[must_use]
    pub fn apply(&self, p: f64) -> f64 {
        match self {
            Self::Sigmoid { slope, intercept } => logistic(slope * log_odds(p) + intercept)[1],
            Self::Isotonic { from, to } => {
                let above = from.partition_point(|x| *x < p);
                match (above.checked_sub(1), from.get(above)) {
                    (None, _) => to[0],
                    (Some(below), None) => to[below],
                    (Some(below), Some(next)) => {
                        let share = (p - from[below]) / (next - from[below]);
                        to[below] + share * (to[above] - to[below])
                    }
                }
            }
        }
    }

    fn is_sound(&self) -> bool {
        match self {
            Self::Sigmoid { slope, intercept } => slope.is_finite() && intercept.is_finite(),
            Self::Isotonic { from, to } => {
                !from.is_empty()
                    && from.len() == to.len()
                    && from.windows(2).all(|w| w[0] < w[1])
                    && to.iter().all(|p| (0.0..=1.0).contains(p))
            }
        }
    }
}

/// Logarithm of the odds; finite for 0 and 1 too.
#[must_use]
pub fn log_odds(p: f64) -> f64 {
    let p = p.clamp(SMALLEST, 1.0 - SMALLEST);
    p.ln() - (-p).ln_1p()
}

impl Calibrated {
    /// Probabilities, row-major.
    pub(super) fn predict(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let mut values = self.inner.predict_chunk(x);
        calibrate(&mut values, &self.maps);
        values
    }

    /// Whether the parts fit together, for `n_features` features.
    pub(super) fn is_sound(&self, n_features: usize) -> bool {
        let n_maps = match self.inner.n_classes() {
            None => return false,
            Some(2) => 1,
            Some(n) => n,
        };
        self.maps.len() == n_maps
            && self.maps.iter().all(CalibrationMap::is_sound)
            && self.inner.is_sound(n_features)
    }
}

/// Puts probabilities right, row-major: with one map there are two classes, else as many as maps.
pub fn calibrate(values: &mut [f64], maps: &[CalibrationMap]) {
    if let [map] = maps {
        for row in values.chunks_exact_mut(2) {
            let p = map.apply(row[1]);
            (row[0], row[1]) = (1.0 - p, p);
        }
        return;
    }
    for row in values.chunks_exact_mut(maps.len()) {
        for (p, map) in row.iter_mut().zip(maps) {
            *p = map.apply(*p);
        }
        let sum: f64 = row.iter().sum();
        let n = row.len() as f64;
        for p in row {
            *p = if sum > 0.0 { *p / sum } else { 1.0 / n };
        }
    }
}
