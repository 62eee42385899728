//! From scores to answers: what linear models and boosted trees share.

use serde::{Deserialize, Serialize};

/// What becomes of the scores of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The score is the answer.
    Identity,
    /// `1 / (1 + exp(-score))` is the probability of the second class of two.
    Logistic,
    /// `exp(score)`, normalised over the classes that training saw; the others have probability 0.
    Softmax {
        /// The class of each score.
        classes: Vec<u32>,
        /// Number of all classes.
        n_classes: usize,
    },
    /// `1 / (1 + exp(-score))` of each class that training saw, divided by their sum; the others have probability 0.
    OneVsRest {
        /// The class of each score.
        classes: Vec<u32>,
        /// Number of all classes.
        n_classes: usize,
    },
}

impl Link {
    /// Number of classes; `None` for regression.
    #[must_use]
    pub fn n_classes(&self) -> Option<usize> {
        match self {
            Self::Identity => None,
            Self::Logistic => Some(2),
            Self::Softmax { n_classes, .. } | Self::OneVsRest { n_classes, .. } => Some(*n_classes),
        }
    }

    /// Number of scores a row; `None` if the link contradicts itself.
    pub(super) fn n_scores(&self) -> Option<usize> {
        match self {
            Self::Identity | Self::Logistic => Some(1),
            Self::Softmax { classes, n_classes } | Self::OneVsRest { classes, n_classes } => {
                classes
                    .iter()
                    .all(|c| (*c as usize) < *n_classes)
                    .then_some(classes.len())
            }
        }
    }

    /// Appends the answers of a row to `out`; the scores are used up.
    pub(super) fn answer(&self, scores: &mut [f64], out: &mut Vec<f64>) {
        match self {
            Self::Identity => out.push(scores[0]),
            Self::Logistic => out.extend(logistic(scores[0])),
            Self::Softmax { classes, n_classes } => {
                softmax_in_place(scores);
                spread(scores, classes, *n_classes, out);
            }
            Self::OneVsRest { classes, n_classes } => {
                let mut sum = 0.0;
                for score in scores.iter_mut() {
                    *score = logistic(*score)[1];
                    sum += *score;
                }
                let n = scores.len() as f64;
                for score in scores.iter_mut() {
                    *score = if sum > 0.0 { *score / sum } else { 1.0 / n };
                }
                spread(scores, classes, *n_classes, out);
            }
        }
    }
}

/// Appends a probability a class: those given, and 0 for the others.
fn spread(probabilities: &[f64], classes: &[u32], n_classes: usize, out: &mut Vec<f64>) {
    let start = out.len();
    out.resize(start + n_classes, 0.0);
    for (class, p) in classes.iter().zip(probabilities) {
        out[start + *class as usize] = *p;
    }
}

/// Probabilities of the first and second class; the exponential never overflows.
pub(super) fn logistic(score: f64) -> [f64; 2] {
    let e = (-score.abs()).exp();
    let (larger, smaller) = (1.0 / (1.0 + e), e / (1.0 + e));
    if score >= 0.0 {
        [smaller, larger]
    } else {
        [larger, smaller]
    }
}

/// Turns scores (logarithms of unnormalised probabilities) into probabilities without overflow: the largest score is
/// taken off before the exponential, so that the sum is at least 1.
pub(super) fn softmax_in_place(scores: &mut [f64]) {
    let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !max.is_finite() {
        // All scores are -inf (or one is +inf): nothing can be told apart.
        let n = scores.len() as f64;
        scores.fill(1.0 / n);
        return;
    }
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - max).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}
