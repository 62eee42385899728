//! What can go wrong in training.

use crate::domain::algorithm::Problem;
use crate::domain::{Failure, Task};
use crate::feature::FeatureError;
use thiserror::Error;

/// An error of this module.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The person asked to stop.
    #[error("stopped on request")]
    Stopped,
    /// A search had no more time for it.
    #[error("not tried: the time of the search was over")]
    OutOfTime,
    /// The parameters have problems; all of them.
    #[error("the training step has {} problems", problems.len())]
    Problems {
        /// The problems.
        problems: Vec<Problem>,
    },
    /// The transforms cannot be fitted.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// The job's parts do not belong together.
    #[error("rows, targets and folds do not belong together: {reason}")]
    Inconsistent {
        /// What does not fit.
        reason: String,
    },
    /// The column that says how much rows count does not say it.
    #[error("{column} cannot say how much each row counts: {reason}")]
    Weights {
        /// The column.
        column: String,
        /// What is wrong.
        reason: String,
    },
    /// No candidate could be fitted.
    #[error("no candidate could be fitted")]
    AllFailed {
        /// Name and error of each candidate.
        errors: Vec<(String, String)>,
    },
    /// The algorithm cannot do the task.
    #[error("{algorithm} cannot do {task:?}")]
    WrongTask {
        /// The algorithm's id.
        algorithm: String,
        /// The task.
        task: Task,
    },
    /// The library that fits the model gave up.
    #[error("{algorithm} could not be fitted: {reason}")]
    NotFitted {
        /// The algorithm's id.
        algorithm: String,
        /// What the library says.
        reason: String,
    },
    /// The model of another program cannot be taken over, or does not answer.
    #[error("the model cannot be taken over: {reason}")]
    NotImported {
        /// What is wrong.
        reason: String,
    },
    /// An error of linfa itself.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl TrainError {
    pub(super) fn not_fitted(algorithm: &str, reason: impl std::fmt::Display) -> Self {
        Self::NotFitted {
            algorithm: algorithm.to_owned(),
            reason: reason.to_string(),
        }
    }
}

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        let text = error.to_string();
        match error {
            TrainError::Stopped => Self::interrupted(),
            TrainError::Features(error) => error.into(),
            TrainError::Problems { problems } => {
                let mut failure = Self::usage("The training step cannot run as it is");
                for problem in problems {
                    failure = failure.detail(format!("{}: {}", problem.field, problem.message));
                }
                failure.hint("Correct these fields in pipeline.toml.")
            }
            TrainError::AllFailed { errors } => {
                let mut failure = Self::bad_data("No candidate could be fitted");
                for (name, error) in errors {
                    failure = failure.detail(format!("{name}: {error}"));
                }
                failure.hint("Look at the training data: too few rows, or a single class, are the usual reasons.")
            }
            TrainError::WrongTask { .. } => Self::usage(format!("The candidate does not suit the task: {text}"))
                .hint("Choose an algorithm for this task; the window and `lockkeeper run --help` list them."),
            TrainError::NotFitted { .. } => Self::bad_data(format!("Training failed: {text}"))
                .hint("Try another algorithm, stronger regularisation or more iterations."),
            TrainError::Weights { .. } => Self::bad_data(format!("Training failed: {text}"))
                .hint("Correct the column at the source, or take the role \"weight\" from it in the schema."),
            TrainError::NotImported { .. } => Self::bad_data(format!("Training failed: {text}"))
                .hint("Export the model again with the columns and classes of this data, or leave the candidate out."),
            TrainError::OutOfTime | TrainError::Inconsistent { .. } | TrainError::Linfa(_) => {
                Self::internal(format!("Training failed: {text}"))
            }
        }
    }
}
