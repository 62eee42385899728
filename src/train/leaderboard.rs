//! From scores to an order: means over folds, best first, and which candidate is chosen.

use super::algorithms::BASELINE;
use crate::domain::metric::{Metric, MetricValue};
use crate::domain::training::{CandidateResult, FoldScore};
use std::cmp::Ordering;

/// Mean and standard deviation (denominator n − 1) over folds, a metric each, in the order of the first fold. Folds
/// where a metric is not defined are left out of it.
pub(super) fn summarise(folds: &[FoldScore]) -> (Vec<MetricValue>, Vec<MetricValue>) {
    let metrics = folds
        .first()
        .map(|f| f.scores.as_slice())
        .unwrap_or_default();
    let summary = |metric: Metric| {
        let values: Vec<f64> = folds
            .iter()
            .filter_map(|f| crate::domain::training::value_of(&f.scores, metric))
            .collect();
        let n = values.len() as f64;
        let mean = (!values.is_empty()).then(|| values.iter().sum::<f64>() / n);
        let squares = |mean: f64| values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
        let sd = mean
            .filter(|_| values.len() > 1)
            .map(|mean| (squares(mean) / (n - 1.0)).sqrt());
        (mean, sd)
    };
    metrics
        .iter()
        .map(|MetricValue { metric, .. }| {
            let (mean, sd) = summary(*metric);
            let value_of = |value| MetricValue {
                metric: *metric,
                value,
            };
            (value_of(mean), value_of(sd))
        })
        .unzip()
}

/// Best first; then those without a value; failed ones last. Equals keep their order.
pub(super) fn better_first(a: &CandidateResult, b: &CandidateResult, metric: Metric) -> Ordering {
    let by_failure = a.error.is_some().cmp(&b.error.is_some());
    let value = |c: &CandidateResult| c.mean_of(metric).filter(|v| v.is_finite());
    by_failure.then_with(|| match (value(a), value(b)) {
        (Some(a), Some(b)) => metric.improvement(b, a).total_cmp(&0.0),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    })
}

/// The best candidate that was fitted; the baseline only where nobody asked for anything else.
pub(super) fn chosen(sorted: &[CandidateResult]) -> Option<&CandidateResult> {
    let is_baseline = |c: &CandidateResult| c.algorithm == BASELINE;
    let only_baseline = sorted.iter().all(is_baseline);
    sorted
        .iter()
        .find(|c| c.error.is_none() && (only_baseline || !is_baseline(c)))
}
