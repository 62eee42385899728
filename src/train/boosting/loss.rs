//! The losses: where the scores begin, and their first and second derivatives.
//!
//! With several classes, the second derivative is Friedman's (2001, algorithm 6): `K/(K−1) · p(1−p)`.

use crate::domain::prediction::Targets;
use crate::model::Link;
use rayon::prelude::*;

/// Rows whose derivatives a thread takes at a time.
const CHUNK: usize = 8192;

/// A loss over the rows it is for.
pub(super) enum Loss<'a> {
    /// Half the squared difference.
    Squared(&'a [f64]),
    /// Log loss of the second of two classes.
    Logistic(&'a [u32]),
    /// Log loss of the classes that training has.
    Softmax {
        /// The class of each row.
        codes: &'a [u32],
        /// The classes that occur, ascending.
        classes: &'a [u32],
    },
}

/// First and second derivative of the loss by one score, a row each.
#[derive(Debug, Default)]
pub(super) struct Derivatives {
    pub(super) first: Vec<f32>,
    pub(super) second: Vec<f32>,
}

/// The smallest share of a class that a start is made from.
const SMALLEST_SHARE: f64 = 1e-12;

impl<'a> Loss<'a> {
    /// The loss of these targets. `classes` are those that occur.
    pub(super) fn of(targets: &'a Targets, classes: &'a [u32]) -> Self {
        match targets {
            Targets::Values(values) => Self::Squared(values),
            Targets::Classes {
                n_classes: 2,
                codes,
            } => Self::Logistic(codes),
            Targets::Classes { codes, .. } => Self::Softmax { codes, classes },
        }
    }

    /// What becomes of the scores.
    pub(super) fn link(&self, n_classes: usize) -> Link {
        match self {
            Self::Squared(_) => Link::Identity,
            Self::Logistic(_) => Link::Logistic,
            Self::Softmax { classes, .. } => Link::Softmax {
                classes: classes.to_vec(),
                n_classes,
            },
        }
    }

    /// The constant scores of the least loss.
    pub(super) fn start(&self, weights: &[f64]) -> Vec<f64> {
        let total: f64 = weights.iter().sum();
        let share = |codes: &[u32], class: u32| {
            let rows = codes.iter().zip(weights);
            let of_class: f64 = rows.filter(|(c, _)| **c == class).map(|(_, w)| w).sum();
            (of_class / total).clamp(SMALLEST_SHARE, 1.0 - SMALLEST_SHARE)
        };
        match self {
            Self::Squared(values) => {
                let sum: f64 = values.iter().zip(weights).map(|(v, w)| v * w).sum();
                vec![sum / total]
            }
            Self::Logistic(codes) => {
                let share = share(codes, 1);
                vec![(share / (1.0 - share)).ln()]
            }
            Self::Softmax { codes, classes } => {
                classes.iter().map(|c| share(codes, *c).ln()).collect()
            }
        }
    }

    /// The derivatives at these scores (`n × n_scores`, row-major), one entry a score.
    pub(super) fn derivatives(&self, scores: &[f64], weights: &[f64]) -> Vec<Derivatives> {
        let n_scores = scores.len() / weights.len();
        let chunks: Vec<Vec<Derivatives>> = scores
            .par_chunks(CHUNK * n_scores)
            .enumerate()
            .map(|(chunk, scores)| self.of_chunk(chunk * CHUNK, scores, weights, n_scores))
            .collect();
        let mut all: Vec<Derivatives> = (0..n_scores).map(|_| Derivatives::default()).collect();
        for chunk in chunks {
            for (all, part) in all.iter_mut().zip(chunk) {
                all.first.extend(part.first);
                all.second.extend(part.second);
            }
        }
        all
    }

    fn of_chunk(
        &self,
        first_row: usize,
        scores: &[f64],
        weights: &[f64],
        n_scores: usize,
    ) -> Vec<Derivatives> {
        let mut all: Vec<Derivatives> = (0..n_scores).map(|_| Derivatives::default()).collect();
        let mut shares = vec![0.0; n_scores];
        for (i, scores) in scores.chunks(n_scores).enumerate() {
            let row = first_row + i;
            let weight = weights[row];
            let mut push = |k: usize, first: f64, second: f64| {
                all[k].first.push((first * weight) as f32);
                all[k].second.push((second * weight) as f32);
            };
            match self {
                Self::Squared(values) => push(0, scores[0] - values[row], 1.0),
                Self::Logistic(codes) => {
                    let p = 1.0 / (1.0 + (-scores[0]).exp());
                    push(0, p - f64::from(codes[row]), p * (1.0 - p));
                }
                Self::Softmax { codes, classes } => {
                    let factor = n_scores as f64 / (n_scores as f64 - 1.0);
                    shares_of(scores, &mut shares);
                    for (k, p) in shares.iter().enumerate() {
                        let own = f64::from(u8::from(classes[k] == codes[row]));
                        push(k, p - own, factor * p * (1.0 - p));
                    }
                }
            }
        }
        all
    }

    /// The mean loss at these scores (`n × n_scores`, row-major).
    pub(super) fn mean(&self, scores: &[f64], weights: &[f64]) -> f64 {
        let n_scores = scores.len() / weights.len();
        let of_row = |row: usize, scores: &[f64]| match self {
            Self::Squared(values) => 0.5 * (scores[0] - values[row]).powi(2),
            Self::Logistic(codes) => {
                let sign = if codes[row] == 1 { -1.0 } else { 1.0 };
                log_of_sum(&[0.0, sign * scores[0]])
            }
            Self::Softmax { codes, classes } => {
                let own = classes.binary_search(&codes[row]);
                own.map_or(f64::INFINITY, |k| log_of_sum(scores) - scores[k])
            }
        };
        let rows = scores.chunks(n_scores).enumerate();
        let sum: f64 = rows.map(|(row, s)| weights[row] * of_row(row, s)).sum();
        sum / weights.iter().sum::<f64>()
    }
}

/// `log Σ exp(score)`, without overflow.
fn log_of_sum(scores: &[f64]) -> f64 {
    let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    max + scores.iter().map(|s| (s - max).exp()).sum::<f64>().ln()
}

fn shares_of(scores: &[f64], shares: &mut [f64]) {
    let log = log_of_sum(scores);
    for (share, score) in shares.iter_mut().zip(scores) {
        *share = (score - log).exp();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First and second derivative against differences of the loss itself.
    #[test]
    fn the_derivatives_are_the_slopes_of_the_loss() {
        let weights = [1.0, 2.0, 0.5];
        let softmax = Targets::Classes {
            n_classes: 4,
            codes: vec![3, 0, 1],
        };
        let logistic = Targets::Classes {
            n_classes: 2,
            codes: vec![1, 0, 1],
        };
        let squared = Targets::Values(vec![0.4, -7.0, 2.0]);
        for (targets, n_scores) in [(softmax, 3), (logistic, 1), (squared, 1)] {
            let loss = Loss::of(&targets, &[0, 1, 3]);
            let scores: Vec<f64> = (0..3 * n_scores).map(|i| (i as f64 * 1.3).sin()).collect();
            let total: f64 = weights.iter().sum();
            let found = loss.derivatives(&scores, &weights);
            // Friedman's factor belongs to his formula and not to the loss.
            let factor = if n_scores == 3 { 1.5 } else { 1.0 };
            for i in 0..scores.len() {
                let at = |step: f64| {
                    let mut scores = scores.clone();
                    scores[i] += step;
                    loss.mean(&scores, &weights) * total
                };
                let (h, k, row) = (1e-4, i % n_scores, i / n_scores);
                let first = (at(h) - at(-h)) / (2.0 * h);
                let second = (at(h) - 2.0 * at(0.0) + at(-h)) / (h * h);
                assert!((first - f64::from(found[k].first[row])).abs() < 1e-5, "{i}");
                let expected = f64::from(found[k].second[row]) / factor;
                assert!(
                    (second - expected).abs() < 1e-4,
                    "{i}: {second}, {expected}"
                );
            }
        }
    }

    #[test]
    fn the_start_is_the_constant_of_the_least_loss() {
        let weights = [1.0, 1.0, 3.0, 1.0];
        let targets = Targets::Classes {
            n_classes: 3,
            codes: vec![2, 0, 0, 2],
        };
        let loss = Loss::of(&targets, &[0, 2]);
        let start = loss.start(&weights);
        let gradient = loss.derivatives(&start.repeat(4), &weights);
        for of_score in gradient {
            assert!(of_score.first.iter().sum::<f32>().abs() < 1e-6);
        }
    }

    #[test]
    fn scores_thousands_apart_keep_a_finite_loss() {
        let targets = Targets::Classes {
            n_classes: 2,
            codes: vec![1, 0],
        };
        let loss = Loss::of(&targets, &[0, 1]);
        assert_eq!(loss.mean(&[-2000.0, 1000.0], &[1.0, 1.0]), 1500.0);
    }
}
