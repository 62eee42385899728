//! What can go wrong when a model is explained.

use crate::domain::Failure;
use crate::model::ModelError;
use thiserror::Error;

/// An error of this module.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExplainError {
    /// The person asked to stop, or asked for something else meanwhile.
    #[error("stopped on request")]
    Stopped,
    /// The rows do not suit the model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// There are no rows to look at.
    #[error("there are no rows to look at")]
    NoRows,
    /// A row outside of the table.
    #[error("there is no row {row}: there are {n_rows}")]
    NoRow {
        /// Counted from 0.
        row: u64,
        /// Rows that there are.
        n_rows: u64,
    },
    /// A column that the model does not read.
    #[error("the model does not read a column {column}")]
    NoColumn {
        /// The column.
        column: String,
        /// Those that it reads.
        inputs: Vec<String>,
    },
    /// A class that the model does not know.
    #[error("there is no class number {class}: the model knows {n_classes}")]
    NoClass {
        /// Counted from 0.
        class: usize,
        /// How many there are.
        n_classes: usize,
    },
    /// A class without a training row: its probability is 0 for every row.
    #[error("training had no row of the class {class}")]
    UnseenClass {
        /// The class.
        class: String,
    },
    /// The metric has no value on these rows.
    #[error("{metric} is not defined on these rows")]
    NoScore {
        /// For people.
        metric: &'static str,
    },
    /// What was asked for only exists for trees.
    #[error("a model of the kind {algorithm} has no trees")]
    NoTrees {
        /// The algorithm's id.
        algorithm: String,
    },
    /// A tree outside of the model.
    #[error("there is no tree {tree}: the model has {n_trees}")]
    NoTree {
        /// Counted from 0.
        tree: usize,
        /// How many there are.
        n_trees: usize,
    },
    /// What was asked for only exists for weighted sums.
    #[error("a model of the kind {algorithm} has no weights")]
    NoWeights {
        /// The algorithm's id.
        algorithm: String,
    },
}

impl From<ExplainError> for Failure {
    fn from(error: ExplainError) -> Self {
        let text = error.to_string();
        match error {
            ExplainError::Stopped => Self::interrupted(),
            ExplainError::Model(error) => error.into(),
            ExplainError::NoRows => Self::bad_data("There are no rows to look at")
                .hint("Give a file with at least one row, or run the pipeline so that there are test rows."),
            ExplainError::NoRow { row, n_rows } => {
                Self::not_found(format!("There is no row {}", row + 1))
                    .hint(format!("Give a number from 1 to {n_rows}."))
            }
            ExplainError::NoColumn { column, inputs } => {
                Self::not_found(format!("The model does not read a column {column:?}"))
                    .hint(format!("It reads {}.", inputs.join(", ")))
            }
            ExplainError::NoClass { .. } | ExplainError::NoTree { .. } => {
                let mut letters = text.chars();
                let first = letters.next().map(|c| c.to_ascii_uppercase());
                Self::not_found(first.into_iter().chain(letters).collect::<String>())
            }
            ExplainError::UnseenClass { class } => Self::not_found(format!(
                "Training had no row of the class {class}, so the model gives it the probability 0 everywhere"
            ))
            .hint("Choose another class."),
            ExplainError::NoScore { metric } => Self::bad_data(format!("{metric} is not defined on these rows"))
                .hint("Give rows with several different values of the target."),
            ExplainError::NoTrees { .. } => Self::not_found("This model has no trees to draw")
                .hint("Trees, forests and boosted trees have them."),
            ExplainError::NoWeights { .. } => Self::not_found("This model has no weights to list")
                .hint("Linear and logistic regression have them."),
        }
    }
}
