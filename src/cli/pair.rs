//! A model on a data file that has the target, by itself or beside another: what several commands ask about.

use super::Place;
use super::reading::Reading;
use crate::domain::Failure;
use crate::domain::work::Quiet;
use crate::workspace::comparing::{self, Pair};
use crate::workspace::tools;
use clap::Args;
use std::path::PathBuf;

/// The arguments that name them.
#[derive(Debug, Args)]
pub struct OnFile {
    /// The model: a version, an alias, the first digits of a hash, or a model file
    model: String,
    /// Looks at it beside this model, on the same rows
    #[arg(long, value_name = "MODEL")]
    baseline: Option<String>,
    /// A data file with the target
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    reading: Reading,
}

impl OnFile {
    /// Asks the models for answers to the file's rows.
    pub(super) fn pair(&self) -> Result<Pair, Failure> {
        let workspace = self.place.look().ok();
        let names = std::iter::once(&self.model).chain(&self.baseline);
        let models = names.map(|name| tools::find_model(name, workspace.as_ref()));
        let models = models.collect::<Result<Vec<_>, Failure>>()?;
        let options = self.reading.options(workspace.as_ref());
        comparing::of_file(models, &self.data, workspace.as_ref(), &options, &Quiet)
    }
}
