//! `lockkeeper export openlineage`: recorded runs as OpenLineage events, into a file, to a server, or on stdout.

use super::which_runs;
use crate::cli::Place;
use crate::cli::output::Output;
use crate::domain::Failure;
use crate::workspace::{exports, tools};
use clap::Args;
use std::path::PathBuf;

/// Recorded runs as OpenLineage events, one JSON object a line
#[derive(Debug, Args)]
pub struct OpenLineage {
    /// The run [default: the newest]
    run: Option<i64>,
    /// All runs, oldest first
    #[arg(long, conflicts_with = "run")]
    all: bool,
    /// The file to write [default: stdout]
    #[arg(long, visible_alias = "out", value_name = "FILE")]
    to: Option<PathBuf>,
    /// A server that takes events, such as http://localhost:5000/api/v1/lineage
    #[arg(long, value_name = "URL", conflicts_with = "to")]
    url: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl OpenLineage {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let which = which_runs(self.run, self.all);
        let events = exports::openlineage_events(&self.place.workspace, which)?;
        if let Some(url) = &self.url {
            exports::send_events(url, &events)?;
            out.talk(&format!("sent {} events to {url}", events.len()));
            return Ok(0);
        }
        let text: String = events.iter().map(|event| format!("{event}\n")).collect();
        match &self.to {
            None => out.raw(&text),
            Some(path) => {
                tools::write_whole(path, text.as_bytes())?;
                out.talk(&format!(
                    "wrote {} events to {}",
                    events.len(),
                    path.display()
                ));
            }
        }
        Ok(0)
    }
}
