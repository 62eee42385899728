//! `lockkeeper runs`: the ledger in short.

use super::Place;
use super::output::{Output, local_time};
use crate::domain::Failure;
use crate::domain::run::StepState;
use clap::Args;

/// List the runs
#[derive(Debug, Args)]
pub struct Runs {
    #[command(flatten)]
    place: Place,
    /// One JSON document on stdout, with every step, parameter and artifact
    #[arg(long)]
    json: bool,
}

impl Runs {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let snapshot = self.place.look()?.snapshot();
        if self.json {
            out.json(&snapshot.runs);
            return Ok(0);
        }
        if snapshot.runs.is_empty() {
            out.talk("No runs yet. `lockkeeper run` makes one.");
            return Ok(0);
        }
        let rows: Vec<Vec<String>> = snapshot
            .runs
            .iter()
            .map(|r| {
                let cached = r
                    .steps
                    .iter()
                    .filter(|s| s.state == StepState::Cached)
                    .count();
                vec![
                    r.id.to_string(),
                    local_time(r.started),
                    r.finished.map_or_else(String::new, |f| {
                        format!("{:.1} s", (f - r.started) as f64 / 1000.0)
                    }),
                    r.state.word().replace('_', " "),
                    r.data_verdict
                        .map_or("", crate::domain::anomaly::DataVerdict::word)
                        .to_owned(),
                    r.model_verdict
                        .map_or_else(String::new, |v| v.word().replace('_', " ")),
                    r.promoted.map_or_else(String::new, |v| format!("v{v}")),
                    format!("{cached}/{}", r.steps.len()),
                ]
            })
            .collect();
        out.table(
            &[
                "run", "started", "took", "state", "data", "model", "promoted", "cached",
            ],
            &[true, false, true, false, false, false, false, true],
            &rows,
        );
        Ok(0)
    }
}
