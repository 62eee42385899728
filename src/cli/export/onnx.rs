//! `lockkeeper export onnx [MODEL] --out FILE.onnx`: a model that any ONNX runtime answers with.

use crate::cli::Place;
use crate::cli::output::Output;
use crate::domain::Failure;
use crate::workspace::tools;
use clap::Args;
use std::path::PathBuf;

/// A model as ONNX, from the columns to the answers
///
/// Inputs are one tensor a column, n × 1: numbers and truth values as float (missing is NaN), texts as string (missing is
/// empty), days and moments as int64 milliseconds since 1970 (missing is the smallest int64). Outputs are `label` and
/// `probabilities`, or `prediction`.
#[derive(Debug, Args)]
pub struct Onnx {
    /// A version, an alias, a candidate of the newest run, the first digits of a hash, or a model file
    #[arg(default_value = "production")]
    model: String,
    /// The file to write
    #[arg(long, visible_alias = "to", value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Onnx {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let workspace = self.place.look().ok();
        let (model, name) = tools::find_model(&self.model, workspace.as_ref())?;
        tools::write_whole(&self.out, &model.to_onnx())?;
        out.talk(&format!("wrote {name} to {}", self.out.display()));
        Ok(0)
    }
}
