//! `lockkeeper predict MODEL --data FILE`: batch prediction as CSV.

use super::Place;
use super::output::Output;
use super::reading::Reading;
use crate::domain::Failure;
use crate::workspace::tools;
use clap::Args;
use std::path::PathBuf;

/// Predict a data file
#[derive(Debug, Args)]
pub struct Predict {
    /// A version, an alias (`production`), a candidate of the newest run, the first digits of a hash, or a
    /// model file
    model: String,
    /// The data
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Where to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    reading: Reading,
}

impl Predict {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let workspace = self.place.look().ok();
        let (model, _) = tools::find_model(&self.model, workspace.as_ref())?;
        let csv = {
            let options = self.reading.options(workspace.as_ref());
            tools::predict_file(&model, &self.data, &options)?
        };
        match &self.out {
            None => out.raw(&csv),
            Some(path) => {
                tools::write_whole(path, csv.as_bytes())?;
                out.talk(&format!(
                    "Wrote {} predictions to {}",
                    csv.lines().count() - 1,
                    path.display()
                ));
            }
        }
        Ok(0)
    }
}
