//! `lockkeeper init DIR`: makes a workspace.

use super::output::Output;
use super::reading::Reading;
use crate::domain::Failure;
use crate::workspace::{create, samples::SAMPLES};
use clap::Args;
use std::path::PathBuf;

/// Make a workspace
#[derive(Debug, Args)]
pub struct Init {
    /// The new folder
    dir: PathBuf,
    /// A data file, or a folder of them
    #[arg(
        long,
        value_name = "FILE",
        requires = "target",
        conflicts_with = "sample"
    )]
    data: Option<PathBuf>,
    /// The column that is to be predicted
    #[arg(long, value_name = "COLUMN", requires = "data")]
    target: Option<String>,
    /// A shipped sample: nyc-flights, nyc-flights-delay or penguins
    #[arg(long, value_name = "NAME")]
    sample: Option<String>,
    #[command(flatten)]
    reading: Reading,
}

impl Init {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let created = match (&self.sample, &self.data, &self.target) {
            (Some(id), _, _) => create::from_sample(&self.dir, id)?,
            (None, Some(data), Some(target)) => {
                create::from_data(&self.dir, data, target, &self.reading.typed())?
            }
            _ => create::empty(&self.dir)?,
        };
        out.talk(&format!("Made the workspace {}", created.root.display()));
        if let (Some(task), Some(target)) = (created.task, &self.target) {
            out.talk(&format!("{} of {target}", task.title()));
        }
        if self.sample.is_none() && self.data.is_none() {
            let ids: Vec<&str> = SAMPLES.iter().map(|s| s.id).collect();
            out.talk(&format!(
                "It has no data yet: put data files into data/ (CSV, Parquet, Excel …), name them \
                 in pipeline.toml if they are not CSV, and name the target in pipeline.toml. \
                 (`--sample` makes one that has: {}.)",
                ids.join(", ")
            ));
        } else {
            out.talk(&format!(
                "Next: lockkeeper run --workspace {}",
                created.root.display()
            ));
        }
        Ok(0)
    }
}
