//! A weighted average of other models' answers. Which models and with which weights is left to `train`.

use super::estimator::Estimator;
use crate::feature::Encoding;
use ndarray::{ArrayView2, Axis, Slice};
use serde::{Deserialize, Serialize};

/// Models that answer together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Blend {
    /// At least one; the weights sum to 1.
    pub members: Vec<Member>,
    /// Features in the one-hot form, which come first.
    pub n_one_hot: usize,
    /// Features in the ordinal form, behind them.
    pub n_ordinal: usize,
}

/// One of the models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The candidate's name.
    pub name: String,
    /// The algorithm's id.
    pub algorithm: String,
    /// Its share of the answer, in (0, 1].
    pub weight: f64,
    /// In which form it takes its inputs.
    pub encoding: Encoding,
    /// What was fitted.
    pub estimator: Estimator,
}

impl Blend {
    /// First feature of a form, and how many there are.
    #[must_use]
    pub fn features_of(&self, encoding: Encoding) -> (usize, usize) {
        match encoding {
            Encoding::OneHot => (0, self.n_one_hot),
            Encoding::Ordinal => (self.n_one_hot, self.n_ordinal),
            Encoding::Both => (0, self.n_one_hot + self.n_ordinal),
        }
    }

    /// Answers, row-major: probabilities or numbers.
    pub(super) fn predict(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let mut sums: Vec<f64> = Vec::new();
        for member in &self.members {
            let (first, n) = self.features_of(member.encoding);
            let features = x.slice_axis(Axis(1), Slice::from(first..first + n));
            let answers = member.estimator.predict_chunk(features);
            sums.resize(answers.len(), 0.0);
            for (sum, answer) in sums.iter_mut().zip(answers) {
                *sum += member.weight * answer;
            }
        }
        sums
    }

    /// Whether the parts fit together, for `n_features` features.
    pub(super) fn is_sound(&self, n_features: usize) -> bool {
        let of_first = self.members.first().map(|m| m.estimator.n_classes());
        self.n_one_hot.checked_add(self.n_ordinal) == Some(n_features)
            && of_first.is_some()
            && self.members.iter().all(|m| {
                m.weight.is_finite()
                    && Some(m.estimator.n_classes()) == of_first
                    && m.estimator.is_sound(self.features_of(m.encoding).1)
            })
    }
}
