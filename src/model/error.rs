//! What can go wrong with a trained model: its input, its targets, its file.

use super::imported::ImportError;
use crate::domain::schema::ColumnType;
use crate::domain::{Failure, Task};
use crate::feature::FeatureError;
use thiserror::Error;

/// An error of this module.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ModelError {
    /// The table does not have what the model reads.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// The target column is not in the table.
    #[error("the table has no target column {target}")]
    NoTarget {
        /// Name of the target.
        target: String,
    },
    /// The target column cannot be read as a number.
    #[error("target {target} is {}, and {task:?} needs a number", found.title())]
    TargetType {
        /// Name of the target.
        target: String,
        /// Its type in the table.
        found: ColumnType,
        /// The task.
        task: Task,
    },
    /// The target column has values that are none of the classes.
    #[error("target {target} has {} values that are none of the classes", unknown.len())]
    UnknownClasses {
        /// Name of the target.
        target: String,
        /// The values and how many rows have them.
        unknown: Vec<(String, u64)>,
        /// The classes.
        classes: Vec<String>,
    },
    /// The imported model cannot answer.
    #[error(transparent)]
    Imported(#[from] ImportError),
    /// The bytes are not a saved model.
    #[error("this is not a saved model: {reason}")]
    NotAModel {
        /// What is wrong.
        reason: String,
    },
    /// The model was saved by a newer version of the program.
    #[error("the model has format {found}, and this version reads formats up to {known}")]
    NewerFormat {
        /// Version in the file.
        found: u32,
        /// Newest version this program reads.
        known: u32,
    },
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        let text = error.to_string();
        match error {
            ModelError::Features(error) => error.into(),
            ModelError::Imported(error) => error.into(),
            ModelError::NoTarget { target } => {
                Self::bad_data(format!("The table has no target column {target}"))
                    .hint("Give a table with the target column, or change the target in the schema.")
            }
            ModelError::TargetType { target, found, .. } => Self::bad_data(format!(
                "Target {target} is {}, and a regression needs a number",
                found.title()
            ))
            .hint("Choose another target, or set the task to a classification in the schema step."),
            ModelError::UnknownClasses {
                target,
                unknown,
                classes,
            } => {
                let mut failure = Self::bad_data(format!(
                    "Target {target} has values that are none of the classes {}",
                    classes.join(", ")
                ));
                for (value, n_rows) in unknown {
                    failure = failure.detail(format!("{value:?} in {n_rows} rows."));
                }
                failure.hint("Correct these values, or train again with data that has the new classes.")
            }
            ModelError::NotAModel { .. } => Self::bad_data(format!("Cannot read the model: {text}"))
                .hint("Choose a file that this program saved as a model; if the artifact is damaged, run the pipeline again."),
            ModelError::NewerFormat { .. } => Self::conflict(format!("Cannot read the model: {text}"))
                .hint("Install the newest version of Lockkeeper."),
        }
    }
}
