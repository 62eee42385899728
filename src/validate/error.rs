//! What can be wrong with a request to infer a schema, a task or classes. What is wrong with *data* is no error but an
//! anomaly: see `check`.

use crate::domain::{Failure, Task};

/// Why a schema, a task or classes cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValidateError {
    /// The target column does not exist.
    #[error("there is no column `{target}` to be the target")]
    TargetNotFound {
        /// The name that was given.
        target: String,
        /// All columns.
        columns: Vec<String>,
        /// Columns with a similar name.
        near: Vec<String>,
    },
    /// No row has a target.
    #[error("the target column `{target}` has no value in any of {n_rows} rows")]
    TargetAllMissing {
        /// The target.
        target: String,
        /// Rows looked at.
        n_rows: u64,
    },
    /// Every row has the same target.
    #[error(
        "the target column `{target}` has the single value `{value}`: there is nothing to learn"
    )]
    TargetSingleValue {
        /// The target.
        target: String,
        /// Its value.
        value: String,
    },
    /// A role is given to a column that does not exist.
    #[error("there is no column `{column}`, which is given a role")]
    RoleColumnNotFound {
        /// The name that was given.
        column: String,
        /// All columns.
        columns: Vec<String>,
        /// Columns with a similar name.
        near: Vec<String>,
    },
    /// The roles contradict the target.
    #[error("column `{column}` cannot be {role} while the target is `{target}`")]
    RoleContradiction {
        /// The column.
        column: String,
        /// The role it was given.
        role: String,
        /// The target.
        target: String,
    },
    /// The task does not fit the target.
    #[error("`{target}` cannot be the target of {}: {why}", task_words(*.task))]
    TaskDoesNotFit {
        /// The target.
        target: String,
        /// The task that was asked for, if one was.
        task: Option<Task>,
        /// What stands against it.
        why: String,
        /// What to do.
        hint: String,
    },
    /// The positive class is not one of the classes.
    #[error("the positive class `{positive}` is not among the classes of `{target}`: {}", .classes.join(", "))]
    PositiveNotFound {
        /// The target.
        target: String,
        /// The name that was given.
        positive: String,
        /// The classes.
        classes: Vec<String>,
    },
    /// A positive class where there are not two classes.
    #[error(
        "a positive class (`{positive}`) makes sense with two classes only; `{target}` has {n_classes}"
    )]
    PositiveWithoutTwoClasses {
        /// The target.
        target: String,
        /// The name that was given.
        positive: String,
        /// Number of classes, 0 for a regression.
        n_classes: usize,
    },
    /// More than one finding.
    #[error("{} things are wrong with the schema's parameters", .0.len())]
    Several(Vec<ValidateError>),
}

impl ValidateError {
    /// One error of all findings; `None` if there are none.
    #[must_use]
    pub fn all(mut findings: Vec<Self>) -> Option<Self> {
        match findings.len() {
            0 => None,
            1 => findings.pop(),
            _ => Some(Self::Several(findings)),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::TargetNotFound { columns, near, .. }
            | Self::RoleColumnNotFound { columns, near, .. } => {
                let mut hints = Vec::new();
                if !near.is_empty() {
                    hints.push(format!("Did you mean {}?", near.join(", ")));
                }
                hints.push(format!("The columns are {}.", columns.join(", ")));
                hints
            }
            Self::TargetAllMissing { .. } | Self::TargetSingleValue { .. } => {
                vec![
                    "Choose another target column, or add rows in which it takes other values."
                        .to_owned(),
                ]
            }
            Self::RoleContradiction { column, .. } => vec![format!(
                "Take `{column}` out of the roles, or choose it as the target."
            )],
            Self::TaskDoesNotFit { hint, .. } => vec![hint.clone()],
            Self::PositiveNotFound { .. } => {
                vec!["Write the positive class exactly as it stands in the data.".to_owned()]
            }
            Self::PositiveWithoutTwoClasses { .. } => {
                vec!["Leave the positive class out.".to_owned()]
            }
            Self::Several(findings) => {
                let mut hints: Vec<String> = Vec::new();
                for hint in findings.iter().flat_map(Self::hints) {
                    if !hints.contains(&hint) {
                        hints.push(hint);
                    }
                }
                hints
            }
        }
    }
}

fn task_words(task: Option<Task>) -> String {
    task.map_or_else(|| "any task".to_owned(), |t| t.title().to_lowercase())
}

impl From<ValidateError> for Failure {
    fn from(error: ValidateError) -> Self {
        let mut failure = match &error {
            ValidateError::TargetAllMissing { .. } | ValidateError::TargetSingleValue { .. } => {
                Self::bad_data(sentence(&error))
            }
            _ => Self::usage(sentence(&error)),
        };
        if let ValidateError::Several(findings) = &error {
            failure.details = findings.iter().map(sentence).collect();
        }
        failure.hints = error.hints();
        failure
    }
}

/// The message with a capital letter.
fn sentence(error: &ValidateError) -> String {
    let message = error.to_string();
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
