//! `lockkeeper models`, `promote VERSION`, `rollback`: the registry.

use super::output::{Output, local_time, number};
use super::{Place, person};
use crate::domain::Failure;
use crate::workspace::Command;
use clap::Args;

/// List the registered models
#[derive(Debug, Args)]
pub struct Models {
    #[command(flatten)]
    place: Place,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

impl Models {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let snapshot = self.place.look()?.snapshot();
        if self.json {
            out.json(&snapshot.models);
            return Ok(0);
        }
        if snapshot.models.is_empty() {
            out.talk("No model is registered yet. `lockkeeper run` makes one.");
            return Ok(0);
        }
        let rows: Vec<Vec<String>> = snapshot
            .models
            .iter()
            .map(|m| {
                let main = m.metrics.first();
                vec![
                    format!("v{}", m.version),
                    m.aliases.join(", "),
                    m.algorithm.clone(),
                    local_time(m.created),
                    m.run.to_string(),
                    main.map_or_else(String::new, |v| {
                        format!("{} {}", v.metric.title(), number(v.value))
                    }),
                    m.hash.short().to_owned(),
                ]
            })
            .collect();
        out.table(
            &[
                "version",
                "aliases",
                "algorithm",
                "created",
                "run",
                "on test rows",
                "hash",
            ],
            &[false, false, false, false, true, false, false],
            &rows,
        );
        Ok(0)
    }
}

/// Put a version into production by hand
#[derive(Debug, Args)]
pub struct Promote {
    /// The version: 3 or v3
    version: String,
    /// Why; recorded and shown ever after
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "promoted on the command line"
    )]
    reason: String,
    #[command(flatten)]
    place: Place,
}

impl Promote {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let digits = self.version.strip_prefix('v').unwrap_or(&self.version);
        let version = digits.parse().map_err(|_| {
            Failure::usage(format!(
                "{:?} is not a version: write 3 or v3",
                self.version
            ))
        })?;
        let outcome = self.place.open()?.run(Command::Promote {
            version,
            reason: self.reason,
            who: person(),
        })?;
        out.talk(&outcome.message());
        Ok(0)
    }
}

/// Bring back the version that was in production before
#[derive(Debug, Args)]
pub struct Rollback {
    /// Why; recorded and shown ever after
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "rolled back on the command line"
    )]
    reason: String,
    #[command(flatten)]
    place: Place,
}

impl Rollback {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let outcome = self.place.open()?.run(Command::Rollback {
            reason: self.reason,
            who: person(),
        })?;
        out.talk(&outcome.message());
        Ok(0)
    }
}
