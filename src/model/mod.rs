//! Floor 3: a trained model: feature plan, estimator and signature in one value that predicts, and that is saved and
//! loaded bit by bit. Fitting is left to `train`, judging to `evaluate`, files to `store`.
//!
//! A prediction depends on its row and the model alone: not on the other rows of the batch, the batch's size or the
//! number of threads. All arithmetic goes row by row in a fixed order.

mod binarized;
mod blend;
mod boosted;
pub mod calibrated;
mod error;
mod estimator;
mod forest;
mod gaussian_nb;
mod imported;
mod kernel_machine;
mod linear;
mod link;
mod onnx;
mod saved;
pub mod targets;
#[cfg(test)]
mod tests;
mod trained;

pub use binarized::Binarized;
pub use blend::{Blend, Member};
pub use boosted::Boosted;
pub use calibrated::{Calibrated, CalibrationMap};
pub use error::ModelError;
pub use estimator::{Constant, Estimator};
pub use forest::{Forest, Node, Tree};
pub use gaussian_nb::{GaussianNb, NbClass};
pub use imported::{ImportError, Imported, Question};
pub use kernel_machine::KernelMachine;
pub use linear::Linear;
pub use link::Link;
pub use onnx::{OnnxError, onnx_summary};
pub use saved::FORMAT_VERSION;
pub use targets::{EncodedTargets, encode_targets};
pub use trained::Model;
