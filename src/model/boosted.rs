//! Boosted trees: prediction. Growing them is left to `train::boosting`.

use super::forest::Tree;
use super::link::Link;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// Trees whose answers are added up to scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Boosted {
    /// The trees, round by round: in each round one a score. Each answers with one number, the learning rate included.
    pub trees: Vec<Tree>,
    /// What each score begins with.
    pub intercepts: Vec<f64>,
    /// What becomes of the scores.
    pub link: Link,
    /// Number of features.
    pub n_features: usize,
}

impl Boosted {
    /// Answers, row-major. Trees are added up in their order for every row.
    pub(super) fn predict(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let k = self.intercepts.len();
        let mut scores = self.scores(x);
        let mut out = Vec::with_capacity(x.nrows() * self.link.n_classes().unwrap_or(1));
        for row in scores.chunks_mut(k) {
            self.link.answer(row, &mut out);
        }
        out
    }

    /// The scores, row-major: before the link, where trees simply add up.
    #[must_use]
    pub fn scores(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let k = self.intercepts.len();
        let mut scores = self.intercepts.repeat(x.nrows());
        for (i, tree) in self.trees.iter().enumerate() {
            for (row, scores) in x.rows().into_iter().zip(scores.chunks_mut(k)) {
                scores[i % k] += tree.answer(row, 1)[0];
            }
        }
        scores
    }

    /// Whether its parts fit together, for `n_features` features.
    pub(super) fn is_sound(&self, n_features: usize) -> bool {
        let k = self.intercepts.len();
        k > 0
            && self.n_features == n_features
            && self.link.n_scores() == Some(k)
            && self.trees.len().is_multiple_of(k)
            && self.trees.iter().all(|t| t.is_sound(self.n_features, 1))
    }
}
