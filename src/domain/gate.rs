//! The model gate: checks as data, their results, and the blessing (TFX's word for the record that a gate passed).

use super::metric::{Direction, Metric};
use serde::{Deserialize, Serialize};

/// One check of the gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateCheck {
    /// The metric.
    pub metric: Metric,
    /// Where it is applied.
    #[serde(default)]
    pub scope: Scope,
    /// In segments: only in the segment, or in the segments of the set, of this name (`carrier = B6`, `carrier`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// What the candidate is held against.
    pub against: Against,
    /// Against `value`: the bound that the metric must reach (at least where higher is better, at most where lower
    /// is). Against a model: by how much the candidate may be worse; negative means that it must be better by so much.
    pub threshold: f64,
    /// Whether `threshold` is in the metric's units or a share of the reference's value.
    #[serde(default)]
    pub change: Change,
    /// Whether the measured value decides or the end of its confidence interval.
    #[serde(default)]
    pub decide_by: DecideBy,
    /// Fewer rows than this: "not enough rows", which never counts as passed.
    #[serde(default = "default_min_rows")]
    pub min_rows: u64,
}

/// Rows that a check needs where it does not say.
#[must_use]
pub fn default_min_rows() -> u64 {
    100
}

/// Where a check is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All test rows together.
    #[default]
    Overall,
    /// Each segment by itself.
    Segments,
    /// How far the segments of each set lie apart: the largest value minus the smallest one.
    Spread,
    /// How far the segments of each set lie apart: the standard deviation of their values, each counted once (with the
    /// denominator n − 1).
    Deviation,
}

impl Scope {
    /// Whether it is about how far segments lie apart: then less is better, whatever the metric.
    #[must_use]
    pub fn is_dispersion(self) -> bool {
        matches!(self, Self::Spread | Self::Deviation)
    }

    /// The metric in this scope, for people: `Spread of log loss`.
    #[must_use]
    pub fn titled(self, metric: Metric) -> String {
        match self {
            Self::Overall | Self::Segments => metric.title().to_owned(),
            Self::Spread => format!("Spread of {}", metric.word()),
            Self::Deviation => format!("Standard deviation of {}", metric.word()),
        }
    }

    /// The metric in this scope, inside a sentence: `spread of log loss`.
    #[must_use]
    pub fn of_metric(self, metric: Metric) -> String {
        match self {
            Self::Overall | Self::Segments => metric.word(),
            Self::Spread => format!("spread of {}", metric.word()),
            Self::Deviation => format!("standard deviation of {}", metric.word()),
        }
    }
}

impl GateCheck {
    /// Which way is better.
    #[must_use]
    pub fn direction(&self) -> Direction {
        if self.scope.is_dispersion() {
            Direction::Lower
        } else {
            self.metric.direction()
        }
    }

    /// How much better `candidate` is than `reference`; positive is better.
    #[must_use]
    pub fn improvement(&self, candidate: f64, reference: f64) -> f64 {
        if self.scope.is_dispersion() {
            reference - candidate
        } else {
            self.metric.improvement(candidate, reference)
        }
    }
}

/// What the candidate is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// A fixed value.
    Value,
    /// The model in production.
    Production,
    /// The baseline of the same run: most frequent class, or mean.
    Baseline,
}

/// How a difference is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// In the metric's units.
    #[default]
    Absolute,
    /// As a share of the reference's absolute value; not defined where that is below 1e-12.
    Relative,
}

/// What decides a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecideBy {
    /// The measured value.
    #[default]
    Point,
    /// Fails only when the whole confidence interval is on the wrong side of the threshold.
    Interval,
}

/// What became of one check (of one check in one segment).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check.
    pub check: GateCheck,
    /// The segment, or the set of segments that lie apart; `None` is overall.
    pub segment: Option<String>,
    /// Rows in it.
    pub n_rows: u64,
    /// The candidate's value.
    pub candidate: Option<f64>,
    /// What it was held against: the fixed value, or the other model's value.
    pub reference: Option<f64>,
    /// Candidate minus reference, in the metric's units.
    pub difference: Option<f64>,
    /// Confidence interval of the difference.
    pub interval: Option<[f64; 2]>,
    /// The outcome.
    pub outcome: CheckOutcome,
    /// One sentence with the numbers.
    pub sentence: String,
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// The bound is kept.
    Passed,
    /// The bound is broken.
    Failed,
    /// Too few rows to say. In a segment this does not block; overall it does.
    NotEnoughRows,
    /// There is nothing to hold it against (no model in production yet).
    NotApplicable,
}

/// The decision of the model gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ModelVerdict {
    /// May be promoted.
    Blessed,
    /// May not.
    NotBlessed,
}

impl ModelVerdict {
    /// The word of the contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Blessed => "BLESSED",
            Self::NotBlessed => "NOT_BLESSED",
        }
    }
}

/// The record of the model gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Blessing {
    /// BLESSED or NOT_BLESSED.
    pub verdict: ModelVerdict,
    /// One sentence: overall, the segments, and because of what.
    pub reason: String,
    /// Every check with its numbers; failed ones first.
    pub checks: Vec<CheckResult>,
}

impl Blessing {
    /// The checks that were asked for, each once; a check of all segments has a result in each.
    #[must_use]
    pub fn asked(&self) -> Vec<GateCheck> {
        let mut asked: Vec<GateCheck> = Vec::new();
        for result in &self.checks {
            if !asked.contains(&result.check) {
                asked.push(result.check.clone());
            }
        }
        asked
    }
}
