//! What can keep a model of another program from being taken over, or from answering.

use crate::domain::Failure;
use crate::model::onnx::OnnxError;
use thiserror::Error;

/// An error of this module.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImportError {
    /// The file cannot be read or evaluated.
    #[error("the ONNX file cannot be used: {0}")]
    Onnx(#[from] OnnxError),
    /// Its inputs do not fit to the columns; all problems.
    #[error("its inputs do not fit to the columns: {}", problems.join("; "))]
    Inputs {
        /// The problems.
        problems: Vec<String>,
    },
    /// Its classes are not those of the target.
    #[error(
        "it tells {} apart, and the target has {}; if these mean the same, name the target's classes in the model's order in the \
         parameter classes",
        model.join(", "),
        data.join(", ")
    )]
    Classes {
        /// The classes of the model, in its order.
        model: Vec<String>,
        /// The classes of the target.
        data: Vec<String>,
    },
    /// Its outputs are no answer to the question.
    #[error("its outputs are no answer: {reason}")]
    Answer {
        /// What is wrong.
        reason: String,
    },
    /// A row cannot be answered.
    #[error("row {}: {reason}", row + 1)]
    Row {
        /// Position of the row.
        row: usize,
        /// What is wrong.
        reason: String,
    },
    /// The answer for a row depends on other rows.
    #[error(
        "its answer for row {} depends on the rows that are asked with it; a model must answer each row by itself",
        row + 1
    )]
    Mixes {
        /// Position of the row.
        row: usize,
    },
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        Self::bad_data(format!("The imported model cannot answer: {error}"))
            .hint("Export the model again with the columns and classes of this data, or leave the candidate out.")
    }
}
