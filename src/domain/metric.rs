//! Metrics: their names, which way is better, and for which task they exist. Formulas are in `evaluate::metrics`.

use super::Task;
use serde::{Deserialize, Serialize};

/// A metric, by scikit-learn's or statistics' usual name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Mean negative log-likelihood (natural logarithm).
    LogLoss,
    /// Area under the ROC curve; more than two classes: unweighted mean, one against the rest.
    RocAuc,
    /// Average precision; more than two classes: unweighted mean, one against the rest.
    PrAuc,
    /// Mean squared error of the probabilities; more than two classes: summed over classes.
    Brier,
    /// Share of right labels.
    Accuracy,
    /// Precision of the positive class; more than two classes: macro mean.
    Precision,
    /// Recall of the positive class; more than two classes: macro mean.
    Recall,
    /// Harmonic mean of precision and recall; more than two classes: macro mean.
    F1,
    /// Expected calibration error over 10 bins of equal width.
    CalibrationError,
    /// Root mean squared error, in the target's units.
    Rmse,
    /// Mean absolute error, in the target's units.
    Mae,
    /// Coefficient of determination.
    R2,
    /// Mean of prediction minus truth, in the target's units; best at zero.
    Bias,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Larger is better.
    Higher,
    /// Smaller is better.
    Lower,
    /// Closer to zero is better.
    NearZero,
}

impl Metric {
    /// The metrics of a task, the one that selects models first.
    #[must_use]
    pub fn of_task(task: Task) -> &'static [Self] {
        match task {
            Task::Binary | Task::Multiclass => &[
                Self::LogLoss,
                Self::RocAuc,
                Self::PrAuc,
                Self::Brier,
                Self::Accuracy,
                Self::Precision,
                Self::Recall,
                Self::F1,
                Self::CalibrationError,
            ],
            Task::Regression => &[Self::Rmse, Self::Mae, Self::R2, Self::Bias],
        }
    }

    /// Machine name, as in JSON and pipeline.toml.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LogLoss => "log_loss",
            Self::RocAuc => "roc_auc",
            Self::PrAuc => "pr_auc",
            Self::Brier => "brier",
            Self::Accuracy => "accuracy",
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::F1 => "f1",
            Self::CalibrationError => "calibration_error",
            Self::Rmse => "rmse",
            Self::Mae => "mae",
            Self::R2 => "r2",
            Self::Bias => "bias",
        }
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::LogLoss => "Log loss",
            Self::RocAuc => "ROC AUC",
            Self::PrAuc => "PR AUC",
            Self::Brier => "Brier score",
            Self::Accuracy => "Accuracy",
            Self::Precision => "Precision",
            Self::Recall => "Recall",
            Self::F1 => "F1",
            Self::CalibrationError => "Calibration error",
            Self::Rmse => "RMSE",
            Self::Mae => "MAE",
            Self::R2 => "R²",
            Self::Bias => "Bias",
        }
    }

    /// Inside a sentence: `log loss`, `ROC AUC`.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::RocAuc | Self::PrAuc | Self::F1 | Self::Rmse | Self::Mae | Self::R2 => {
                self.title().to_owned()
            }
            _ => self.title().to_lowercase(),
        }
    }

    /// Which way is better.
    #[must_use]
    pub fn direction(self) -> Direction {
        match self {
            Self::LogLoss | Self::Brier | Self::CalibrationError | Self::Rmse | Self::Mae => {
                Direction::Lower
            }
            Self::Bias => Direction::NearZero,
            _ => Direction::Higher,
        }
    }

    /// How much better `candidate` is than `reference`, in the metric's units: positive is better, whatever the
    /// metric's direction.
    #[must_use]
    pub fn improvement(self, candidate: f64, reference: f64) -> f64 {
        match self.direction() {
            Direction::Higher => candidate - reference,
            Direction::Lower => reference - candidate,
            Direction::NearZero => reference.abs() - candidate.abs(),
        }
    }
}

/// One metric and its value; `None` where it is not defined (one class only, no rows).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MetricValue {
    /// The metric.
    pub metric: Metric,
    /// Its value.
    pub value: Option<f64>,
}
