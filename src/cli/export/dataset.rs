//! `lockkeeper export croissant`, `data-package` and `tfdv`: what a run read and what was said of it, in a folder.

use crate::cli::Place;
use crate::cli::output::Output;
use crate::domain::Failure;
use crate::domain::ids::RunId;
use crate::domain::interchange;
use crate::workspace::exports::{DatasetFormat, write_dataset};
use clap::Args;
use std::path::PathBuf;

/// A dataset in a folder
#[derive(Debug, Args)]
pub struct Dataset {
    /// The folder to write into; it is made where it is missing
    #[arg(long, visible_alias = "out", value_name = "DIR")]
    to: PathBuf,
    /// The run [default: the newest one that read data]
    #[arg(long, value_name = "NUMBER")]
    run: Option<i64>,
    #[command(flatten)]
    place: Place,
}

impl Dataset {
    pub(super) fn carry_out(self, format: DatasetFormat, out: &Output) -> Result<u8, Failure> {
        let written = write_dataset(&self.place.workspace, self.run.map(RunId), format, &self.to)?;
        for line in interchange::lines(&written.not_carried) {
            out.talk(&line);
        }
        let names: Vec<String> = written
            .files
            .iter()
            .filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned()))
            .collect();
        let (run, to) = (written.run, self.to.display());
        out.talk(&format!("wrote {} of run {run} to {to}", names.join(", ")));
        Ok(0)
    }
}
