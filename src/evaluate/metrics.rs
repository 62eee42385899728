//! The metrics of a set of predictions, by scikit-learn's formulas. The arithmetic is in `scorer`, which the bootstrap
//! uses too, so that a value and its interval can never come from two formulas. Which way is better is left to
//! `domain::metric`.
//!
//! Where a metric is not defined the value is `None`:
//! - every metric without rows, or where predictions and targets do not fit together;
//! - ROC AUC unless every class has a row and a row against it;
//! - average precision where a class has no rows (a single positive class gives 1, as in scikit-learn);
//! - R² with fewer than two rows or where all targets are equal.
//!
//! Precision, recall and F1 are 0 where their denominator is 0 (scikit-learn's `zero_division=0`); macro means run over
//! the classes that occur in truth or predictions. Log loss clips probabilities to `[eps, 1 - eps]` with f64's eps.

use super::scorer::Scorer;
use crate::domain::Task;
use crate::domain::metric::{Metric, MetricValue};
use crate::domain::prediction::{Predictions, Targets};

/// All metrics of the targets' task, in the order of `Metric::of_task`.
#[must_use]
pub fn score(targets: &Targets, predictions: &Predictions) -> Vec<MetricValue> {
    let metrics = Metric::of_task(task_of(targets));
    let values = Scorer::new(targets, predictions).map_or_else(
        || vec![None; metrics.len()],
        |scorer| scorer.values(&scorer.whole(), metrics, None),
    );
    metrics
        .iter()
        .zip(values)
        .map(|(&metric, value)| MetricValue { metric, value })
        .collect()
}

/// One metric; `weights` are non-negative, one a row, and all 1 where they are not given.
#[must_use]
pub fn metric(
    metric: Metric,
    targets: &Targets,
    predictions: &Predictions,
    weights: Option<&[f64]>,
) -> Option<f64> {
    if weights.is_some_and(|w| w.len() != targets.n_rows()) {
        return None;
    }
    let scorer = Scorer::new(targets, predictions)?;
    let mut values = scorer.values(&scorer.whole(), &[metric], weights);
    values.pop().flatten()
}

/// The task that targets of this shape belong to.
#[must_use]
pub fn task_of(targets: &Targets) -> Task {
    match targets {
        Targets::Classes { n_classes, .. } if *n_classes <= 2 => Task::Binary,
        Targets::Classes { .. } => Task::Multiclass,
        Targets::Values(_) => Task::Regression,
    }
}

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;
