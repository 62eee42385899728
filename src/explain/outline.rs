//! What can be asked about a model: its columns and classes, whether it has trees or weights.

use super::trees::trees_of;
use crate::domain::explanation::ModelOutline;
use crate::model::{Estimator, Model};

/// The outline of a model that was trained on some rows, and of which others can be explained.
#[must_use]
pub fn outline(model: &Model, (n_training, n_rows): (usize, usize)) -> ModelOutline {
    let n_scores = match &model.estimator {
        Estimator::Boosted(boosted) => boosted.intercepts.len().max(1),
        _ => 1,
    };
    ModelOutline {
        name: model.name.clone(),
        algorithm: model.algorithm.clone(),
        signature: model.signature.clone(),
        n_trees: trees_of(model).map_or(0, |trees| trees.len() / n_scores) as u64,
        has_weights: matches!(model.estimator, Estimator::Linear(_)),
        n_training: n_training as u64,
        n_rows: n_rows as u64,
    }
}
