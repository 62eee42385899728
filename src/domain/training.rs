//! What training produced: candidates with their cross-validation scores, and which one was chosen. Durations are
//! not in here: the report is an artifact, and an artifact's hash must not depend on a clock (they are units of the
//! run's record instead).

use super::algorithm::Params;
use super::metric::{Metric, MetricValue};
use super::{ContentHash, Task};
use serde::{Deserialize, Serialize};

/// The leaderboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingReport {
    /// The task.
    pub task: Task,
    /// The target column.
    pub target: String,
    /// Class names in the order of the probabilities; empty for regression.
    pub classes: Vec<String>,
    /// The metric that chose.
    pub metric: Metric,
    /// Number of folds.
    pub n_folds: u32,
    /// Training rows.
    pub n_rows: u64,
    /// Rows left out because their target is missing.
    pub n_without_target: u64,
    /// Settings of a search that its time did not reach.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub n_not_tried: u64,
    /// All candidates, best first; failed ones last.
    pub candidates: Vec<CandidateResult>,
    /// Name of the chosen one.
    pub chosen: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateResult {
    /// Its name in the pipeline.
    pub name: String,
    /// The algorithm's id.
    pub algorithm: String,
    /// All parameters, defaults included.
    pub params: Params,
    /// Columns it was not allowed to see.
    pub exclude: Vec<String>,
    /// One entry a fold, in order.
    pub folds: Vec<FoldScore>,
    /// Mean over folds, a metric each.
    pub mean: Vec<MetricValue>,
    /// Standard deviation over folds (denominator n − 1), a metric each.
    pub sd: Vec<MetricValue>,
    /// Hash of the model fitted on all training rows.
    pub model: Option<ContentHash>,
    /// Number of inputs after encoding.
    pub n_inputs: u64,
    /// Bytes of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n_bytes: Option<u64>,
    /// Of a blend: the candidates that it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberShare>,
    /// How surely the chosen candidate is better: this one's metric minus the chosen one's, fold by fold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind_chosen: Option<PairedDifference>,
    /// Why it could not be fitted.
    pub error: Option<String>,
}

impl CandidateResult {
    /// Mean over folds of one metric.
    #[must_use]
    pub fn mean_of(&self, metric: Metric) -> Option<f64> {
        value_of(&self.mean, metric)
    }

    /// Standard deviation over folds of one metric.
    #[must_use]
    pub fn sd_of(&self, metric: Metric) -> Option<f64> {
        value_of(&self.sd, metric)
    }
}

/// A candidate inside of a blend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberShare {
    /// The candidate's name.
    pub name: String,
    /// Its share of the answer; all of them sum to 1.
    pub weight: f64,
}

/// A difference of two candidates over the same folds, by the corrected resampled t-test (Nadeau and Bengio 2003).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairedDifference {
    /// Mean over folds, in the metric's units.
    pub mean: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// Probability of a difference as large or larger if there were none.
    pub p_value: f64,
}

/// Scores on the held-out part of one fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoldScore {
    /// Counted from 0.
    pub fold: u32,
    /// Rows scored.
    pub n_rows: u64,
    /// One value a metric.
    pub scores: Vec<MetricValue>,
}

/// The value of one metric in a list.
#[must_use]
pub fn value_of(values: &[MetricValue], metric: Metric) -> Option<f64> {
    values
        .iter()
        .find(|v| v.metric == metric)
        .and_then(|v| v.value)
}
