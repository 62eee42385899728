//! Reading and evaluating ONNX models of other programs: what pipelines for tables are made of (skl2onnx, onnxmltools), on
//! the processor, row by row in a fixed order. Deep learning's operators, loops and sequences are left to other runtimes:
//! a model that has them is refused with their names.
//!
//! A damaged or hostile file gives an error: every shape is checked, tensors and what is held at once are bounded, trees are
//! checked for circles when the file is read.

mod attributes;
mod load;
mod ml;
mod ops;
mod program;
#[cfg(test)]
mod tests;
mod trace;
mod value;

pub(in crate::model) use program::{Port, Program};
pub(in crate::model) use value::{Data, Kind, Tensor};

use thiserror::Error;

/// Why a file cannot be read or evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OnnxError {
    /// It is no ONNX model, or a damaged one.
    #[error("it is not a readable ONNX model: {reason}")]
    NotOnnx {
        /// What is wrong.
        reason: String,
    },
    /// It uses what is not among ours; all of it is listed.
    #[error("it uses what Lockkeeper does not read: {}", what.join("; "))]
    Unsupported {
        /// Operators with their domain and version, or other parts of the file.
        what: Vec<String>,
    },
    /// A node contradicts itself.
    #[error("its node {node} is wrong: {reason}")]
    Node {
        /// Name and operator.
        node: String,
        /// What is wrong.
        reason: String,
    },
    /// A node could not be evaluated.
    #[error("its node {node} gave up: {reason}")]
    Failed {
        /// Name and operator.
        node: String,
        /// What is wrong.
        reason: String,
    },
}
