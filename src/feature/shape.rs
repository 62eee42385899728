//! The curve that a number goes through before it is scaled for linear models.

use super::column::to_f32;
use serde::{Deserialize, Serialize};

/// Levels of a quantile transform: 0, 0.01 … 1.
const N_LEVELS: usize = 101;

/// A curve that never falls.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The number itself.
    #[default]
    Linear,
    /// `sign(x) · ln(1 + |x|)`.
    Log,
    /// Its place among the training rows: straight lines between the quantiles of the training rows, 0 below and 1 above
    /// them. Where several levels are the same number, that number stands in their middle.
    Quantile {
        /// Different numbers, ascending, each with its level from 0 to 1.
        knots: Vec<(f64, f64)>,
    },
}

impl Shape {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_linear(&self) -> bool {
        *self == Self::Linear
    }

    /// The quantile transform of some numbers, given in ascending order; there is at least one.
    pub(super) fn quantile(sorted: &[f64]) -> Self {
        let last = sorted.len() - 1;
        let levels = N_LEVELS.min(sorted.len().max(2));
        let mut knots: Vec<(f64, f64)> = Vec::new();
        let mut first_level = 0.0;
        for k in 0..levels {
            let level = k as f64 / (levels - 1) as f64;
            let place = level * last as f64;
            let (below, above) = (sorted[place as usize], sorted[place.ceil() as usize]);
            let value = to_f32(below + (above - below) * place.fract());
            match knots.last_mut() {
                Some((known, middle)) if *known == value => {
                    *middle = f64::midpoint(first_level, level)
                }
                _ => {
                    first_level = level;
                    knots.push((value, level));
                }
            }
        }
        Self::Quantile { knots }
    }

    /// The curve at a number.
    pub(super) fn at(&self, x: f64) -> f64 {
        match self {
            Self::Linear => x,
            Self::Log => x.signum() * x.abs().ln_1p(),
            Self::Quantile { knots } => {
                let next = knots.partition_point(|(value, _)| *value <= x);
                match (next.checked_sub(1).map(|i| knots[i]), knots.get(next)) {
                    (None, first) => first.map_or(0.0, |k| k.1),
                    (Some(last), None) => last.1,
                    (Some((v, level)), Some((w, higher))) => {
                        level + (higher - level) * ((x - v) / (w - v))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against scikit-learn 1.9.1: `QuantileTransformer(n_quantiles=101)` on different numbers (tests/oracles/feature/make.py).
    #[test]
    fn quantiles_are_scikit_learns() {
        let text = include_str!("../../tests/oracles/feature/expected.json");
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        let numbers = |name: &str| -> Vec<f64> {
            serde_json::from_value(expected["quantile"][name].clone()).unwrap()
        };
        let mut fitted = numbers("fitted");
        fitted.sort_by(f64::total_cmp);
        let shape = Shape::quantile(&fitted);
        for (x, level) in numbers("asked").into_iter().zip(numbers("levels")) {
            assert!(
                (shape.at(x) - level).abs() < 1e-6,
                "{x}: {} and not {level}",
                shape.at(x)
            );
        }
    }

    #[test]
    fn curves_never_fall_and_keep_their_ends() {
        let few = [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 500.0];
        let ties = Shape::quantile(&few);
        assert_eq!((ties.at(-5.0), ties.at(1e9)), (ties.at(0.0), 1.0));
        assert!(
            (ties.at(0.0) - 3.0 / 14.0).abs() < 1e-12,
            "the middle of the first four of eight"
        );
        for shape in [ties, Shape::quantile(&[7.0]), Shape::Log, Shape::Linear] {
            let at: Vec<f64> = (-40..600).map(|x| shape.at(f64::from(x))).collect();
            assert!(at.windows(2).all(|w| w[0] <= w[1]), "{shape:?}");
            assert!(at.iter().all(|v| v.is_finite()));
        }
        assert_eq!(Shape::Log.at(-(std::f64::consts::E - 1.0)), -1.0);
    }
}
