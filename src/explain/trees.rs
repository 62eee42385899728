//! Contributions of forests and boosted trees: the rows that weigh the branches, the sum over trees, and from features
//! back to columns. One tree is left to `tree_shap`.

use super::error::ExplainError;
use super::output::{ScoreOf, score_of};
use super::tree_shap::{MAX_DEPTH, WeighedTree};
use crate::domain::work::Monitor;
use crate::model::{Estimator, Model, Tree};
use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

/// Rows that one thread explains at a time.
const ROWS_A_CHUNK: usize = 16;

/// The trees of a model, where they are no deeper than can be walked.
pub(super) fn trees_of(model: &Model) -> Option<&[Tree]> {
    let trees = match &model.estimator {
        Estimator::Forest(forest) => &forest.trees,
        Estimator::Boosted(boosted) => &boosted.trees,
        _ => return None,
    };
    let is_walkable = trees.iter().all(|tree| tree.depth() <= MAX_DEPTH);
    is_walkable.then_some(trees.as_slice())
}

/// For each tree how many rows of a matrix come to each node.
pub(super) fn covers(trees: &[Tree], x: ArrayView2<'_, f64>) -> Vec<Vec<f64>> {
    let of = |tree: &Tree| {
        let mut counts = vec![0_u32; tree.nodes.len()];
        for row in x.rows() {
            let mut at = 0;
            loop {
                counts[at] += 1;
                let node = &tree.nodes[at];
                if node.is_leaf() {
                    break;
                }
                let goes_right = row[node.feature as usize] > f64::from(node.threshold);
                at = if goes_right { node.right } else { node.left } as usize;
            }
        }
        counts.into_iter().map(f64::from).collect()
    };
    trees.par_iter().map(of).collect()
}

/// The trees behind one class, weighed.
pub(super) struct TreeSum<'a> {
    trees: Vec<WeighedTree<'a>>,
    /// What each tree's answer is multiplied with.
    scale: f64,
    /// What the sum begins with.
    intercept: f64,
}

impl<'a> TreeSum<'a> {
    /// The trees of a class; `None` if the model has none.
    ///
    /// # Errors
    /// If training had no row of the class.
    pub(super) fn of(
        model: &'a Model,
        covers: &[Vec<f64>],
        class: usize,
    ) -> Result<Option<Self>, ExplainError> {
        let sum = match &model.estimator {
            Estimator::Forest(forest) => {
                let n_outputs = forest.n_classes.unwrap_or(1);
                let weigh = |(tree, covers): (&'a Tree, &Vec<f64>)| {
                    WeighedTree::new(tree, covers, n_outputs, class)
                };
                Self {
                    trees: forest.trees.iter().zip(covers).map(weigh).collect(),
                    scale: 1.0 / forest.trees.len() as f64,
                    intercept: 0.0,
                }
            }
            Estimator::Boosted(boosted) => {
                let ScoreOf { score, sign } = score_of(model, &boosted.link, class)?;
                let mine = boosted.trees.iter().zip(covers);
                let mine = mine.skip(score).step_by(boosted.intercepts.len());
                Self {
                    trees: mine
                        .map(|(tree, covers)| WeighedTree::new(tree, covers, 1, 0))
                        .collect(),
                    scale: sign,
                    intercept: sign * boosted.intercepts[score],
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(sum))
    }

    /// The mean answer of the rows that weigh the branches.
    pub(super) fn base(&self) -> f64 {
        let sum: f64 = self.trees.iter().map(WeighedTree::base).sum();
        self.intercept + self.scale * sum
    }

    /// What each column adds to the answer of each row: rows × columns.
    ///
    /// # Errors
    /// If it was stopped.
    pub(super) fn contributions(
        &self,
        x: ArrayView2<'_, f64>,
        columns: &[usize],
        n_columns: usize,
        monitor: &dyn Monitor,
    ) -> Result<Array2<f64>, ExplainError> {
        let x = x.as_standard_layout();
        let mut sums = Array2::zeros((x.nrows(), n_columns));
        let chunks: Vec<_> = x
            .axis_chunks_iter(Axis(0), ROWS_A_CHUNK)
            .zip(sums.axis_chunks_iter_mut(Axis(0), ROWS_A_CHUNK))
            .collect();
        chunks.into_par_iter().try_for_each(|(x, mut sums)| {
            let mut held = vec![(1.0, 1.0); x.ncols()];
            // A tree stays in the processor's cache while several rows walk over it.
            for tree in &self.trees {
                if monitor.is_stopped() {
                    return Err(ExplainError::Stopped);
                }
                for (row, mut sums) in x.rows().into_iter().zip(sums.rows_mut()) {
                    if let (Some(row), Some(sums)) = (row.as_slice(), sums.as_slice_mut()) {
                        tree.add(row, self.scale, columns, &mut held, sums);
                    }
                }
            }
            Ok(())
        })?;
        Ok(sums)
    }
}
