//! `lockkeeper export …`: what other programs read. One file a format.

mod dataset;
mod mlflow;
mod onnx;
mod openlineage;
mod schema;
mod statistics;

use super::output::Output;
use crate::domain::Failure;
use crate::domain::ids::RunId;
use crate::workspace::exports::{DatasetFormat, WhichRuns};
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
    /// The batches of a run as a Croissant dataset (MLCommons): croissant.json and the rows
    Croissant(dataset::Dataset),
    /// The batches of a run as a Frictionless data package: datapackage.json and the rows
    DataPackage(dataset::Dataset),
    /// Schema, statistics and anomalies of a run for TensorFlow Data Validation, as text protos
    Tfdv(dataset::Dataset),
    /// Recorded runs as OpenLineage events
    #[command(name = "openlineage")]
    OpenLineage(openlineage::OpenLineage),
    /// Recorded runs, their artifacts and models in an MLflow tracking server
    Mlflow(mlflow::Mlflow),
}

impl Export {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        match self {
            Self::Onnx(c) => c.carry_out(out),
            Self::Statistics(c) => c.carry_out(out),
            Self::Schema(c) => c.carry_out(out),
            Self::Croissant(c) => c.carry_out(DatasetFormat::Croissant, out),
            Self::DataPackage(c) => c.carry_out(DatasetFormat::DataPackage, out),
            Self::Tfdv(c) => c.carry_out(DatasetFormat::Tfdv, out),
            Self::OpenLineage(c) => c.carry_out(out),
            Self::Mlflow(c) => c.carry_out(out),
        }
    }
}

/// The runs that a command names.
fn which_runs(run: Option<i64>, all: bool) -> WhichRuns {
    match (run, all) {
        (Some(id), _) => WhichRuns::One(RunId(id)),
        (None, true) => WhichRuns::All,
        (None, false) => WhichRuns::Newest,
    }
}
