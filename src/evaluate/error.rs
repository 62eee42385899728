//! What can go wrong in an evaluation, and how it is told. A gate that says no is an answer and not in here.

use crate::domain::Failure;
use crate::domain::algorithm::Problem;

/// Why an evaluation could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The person asked to stop.
    #[error("the evaluation was stopped")]
    Stopped,
    /// Parameters that make no sense; all of them.
    #[error("{} parameter(s) of the evaluation cannot be used", problems.len())]
    Params {
        /// Each with its field.
        problems: Vec<Problem>,
    },
    /// No model takes the candidate's place, or a place is taken twice.
    #[error("a comparison needs exactly one candidate and at most one model in each other place")]
    Places,
    /// A model's predictions do not fit the test rows.
    #[error("the predictions of {model} do not fit the test rows: expected {expected}, got {got}")]
    Shape {
        /// Title of the model.
        model: String,
        /// What the test rows ask for.
        expected: String,
        /// What there was.
        got: String,
    },
    /// A model answered something that is not a finite number.
    #[error(
        "{model} gave {n_rows} prediction(s) that are not a finite number (first in test row {first})"
    )]
    NotFinite {
        /// Title of the model.
        model: String,
        /// Rows concerned.
        n_rows: usize,
        /// The first of them, counted from 1.
        first: usize,
    },
    /// Targets and table of the test set differ in length, or the targets do not belong to the task.
    #[error("the test set does not fit together: {reason}")]
    TestSet {
        /// What differs.
        reason: String,
    },
}

impl From<EvaluateError> for Failure {
    fn from(error: EvaluateError) -> Self {
        let summary = error.to_string();
        match error {
            EvaluateError::Stopped => Self::interrupted(),
            EvaluateError::Params { problems } => problems
                .iter()
                .fold(Self::usage(summary), |failure, problem| {
                    failure.detail(format!("{}: {}", problem.field, problem.message))
                })
                .hint("Change these fields in pipeline.toml or in the pipeline's form, then run again."),
            EvaluateError::NotFinite { .. } => Self::bad_data(summary)
                .hint("Leave this candidate out, or give it less extreme parameters, and run again."),
            EvaluateError::Places | EvaluateError::Shape { .. } | EvaluateError::TestSet { .. } => {
                Self::internal(summary)
                    .hint("Compare models of the same target and classes on the same test rows.")
            }
        }
    }
}
