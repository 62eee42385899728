//! `lockkeeper export …`: what other programs read. One file a format.

mod onnx;
mod schema;
mod statistics;

use super::output::Output;
use crate::domain::Failure;
use clap::Subcommand;

/// What to export.
#[derive(Debug, Subcommand)]
pub enum Export {
    /// A model as ONNX, from the columns to the answers
    Onnx(onnx::Onnx),
    /// Statistics of a data file for TensorFlow Data Validation (DatasetFeatureStatisticsList)
    Statistics(statistics::Statistics),
    /// The schema in force, for TensorFlow Data Validation or as a Frictionless Table Schema
    Schema(schema::Schema),
}

impl Export {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        match self {
            Self::Onnx(c) => c.carry_out(out),
            Self::Statistics(c) => c.carry_out(out),
            Self::Schema(c) => c.carry_out(out),
        }
    }
}
