//! What can go wrong when a plan is fitted or a table is encoded, with all findings of one attempt together.

use crate::domain::preparation::Preparation;
use crate::domain::schema::{ColumnType, Role};
use crate::domain::{Failure, FailureKind};
use thiserror::Error;

/// An error of this module.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeatureError {
    /// There is no row to learn from.
    #[error("there is no row to fit the transforms on")]
    NoRows,
    /// No column is left that a model could see.
    #[error("no column is left that a model could see")]
    NoInputs {
        /// Input columns that have no value in any training row.
        empty: Vec<String>,
        /// Columns that were excluded.
        excluded: Vec<String>,
        /// Columns whose role makes them no inputs, except the target.
        set_aside: Vec<(String, Role)>,
    },
    /// The table does not have the columns that are needed, or not in a usable type.
    #[error("the table does not fit: {}", describe(missing, mistyped))]
    Columns {
        /// Columns that are not there.
        missing: Vec<String>,
        /// Columns whose type cannot be used.
        mistyped: Vec<Mistyped>,
    },
    /// A column cannot be prepared as it was chosen.
    #[error("column {column} ({}) cannot become inputs as “{}”", kind.title(), preparation.title())]
    Unsuited {
        /// The column.
        column: String,
        /// Its type.
        kind: ColumnType,
        /// What was chosen.
        preparation: Preparation,
    },
    /// A row position is outside of the table.
    #[error("row {row} is outside of a table of {n_rows} rows")]
    RowOutside {
        /// The position.
        row: usize,
        /// Rows of the table.
        n_rows: usize,
    },
}

/// A column whose type cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistyped {
    /// The column.
    pub name: String,
    /// The type that was expected.
    pub expected: ColumnType,
    /// The type that was found.
    pub found: ColumnType,
}

impl std::fmt::Display for Mistyped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (expected, found) = (self.expected.title(), self.found.title());
        write!(f, "column {} is {found} instead of {expected}", self.name)
    }
}

fn describe(missing: &[String], mistyped: &[Mistyped]) -> String {
    let missing = missing
        .iter()
        .map(|name| format!("column {name} is missing"));
    let mistyped = mistyped.iter().map(ToString::to_string);
    missing.chain(mistyped).collect::<Vec<_>>().join("; ")
}

impl From<FeatureError> for Failure {
    fn from(error: FeatureError) -> Self {
        let summary = error.to_string();
        match error {
            FeatureError::NoRows => Self::bad_data("There is no row to fit the transforms on")
                .hint("Check that the target column has values and that the training part is not empty."),
            FeatureError::NoInputs { empty, excluded, set_aside } => {
                let mut failure = Self::bad_data("No column is left that a model could see");
                for name in empty {
                    failure = failure.detail(format!("Column {name} has no value in any training row."));
                }
                for name in excluded {
                    failure = failure.detail(format!("Column {name} is excluded."));
                }
                for (name, role) in set_aside {
                    failure = failure.detail(format!("Column {name} has the role {}.", role.title()));
                }
                failure
                    .hint("Give at least one column the role feature in the schema, or under steps.schema.roles in pipeline.toml before the first run.")
                    .hint("A text that differs in nearly every row says nothing to these models: add columns that repeat, or numbers.")
            }
            FeatureError::Columns { missing, mistyped } => {
                let n = missing.len() + mistyped.len();
                let mut failure = Self::bad_data(format!("{n} of the model's input columns cannot be used"));
                for name in missing {
                    failure = failure.detail(format!("Column {name} is missing."));
                }
                for one in mistyped {
                    failure = failure.detail(format!("Column {} is {} instead of {}.", one.name, one.found.title(), one.expected.title()));
                }
                failure.hint("Give a table with all input columns of the model's signature; their order does not matter, and values may be missing.")
            }
            FeatureError::Unsuited { column, kind, .. } => {
                let suited: Vec<&str> = Preparation::of(kind).iter().map(|p| p.name()).collect();
                let hint = match suited.as_slice() {
                    [] => format!("Take {column} out of steps.transform.columns: there is no choice for its type."),
                    suited => format!("Write one of {} for {column} in steps.transform.columns.", suited.join(", ")),
                };
                Self::usage(summary).hint(hint)
            }
            FeatureError::RowOutside { .. } => Self::new(FailureKind::Internal, summary),
        }
    }
}
