//! How an algorithm's scores change with the rows it learns from, with its trees, or with one of its parameters.

use super::Scalar;
use super::metric::Metric;
use serde::{Deserialize, Serialize};

/// What changes along a curve.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Along {
    /// The number of training rows: a learning curve.
    Rows,
    /// The number of trees.
    Trees,
    /// A parameter: a validation curve.
    Parameter(String),
}

/// Scores on the rows that were learned from and on rows that were held out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreCurve {
    /// What changes.
    pub along: Along,
    /// What it is called: "training rows", "Depth".
    pub title: String,
    /// Of what the scores are.
    pub metric: Metric,
    /// Rows to learn from.
    pub n_training: u64,
    /// Rows that were held out.
    pub n_held_out: u64,
    /// In the order of what changes.
    pub points: Vec<CurvePoint>,
}

/// One fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The number or value.
    pub at: Scalar,
    /// The score on the rows that were learned from.
    pub training: Option<f64>,
    /// The score on those held out.
    pub held_out: Option<f64>,
    /// Why there is no score.
    pub error: Option<String>,
}

impl ScoreCurve {
    /// The point with the best score on the rows held out.
    #[must_use]
    pub fn best(&self) -> Option<&CurvePoint> {
        let scored = self.points.iter().filter(|p| p.held_out.is_some());
        scored.reduce(|best, point| match (best.held_out, point.held_out) {
            (Some(a), Some(b)) if self.metric.improvement(b, a) > 0.0 => point,
            _ => best,
        })
    }
}
