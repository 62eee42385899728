//! `lockkeeper doctor`, `gc`: is the ledger whole, and what can be thrown away.

use super::Place;
use super::output::{Colour, Output, local_time};
use crate::domain::Failure;
use crate::domain::upkeep::{Inspection, TroubleKind};
use crate::workspace::upkeep;
use clap::Args;

/// The exit code where damage is left.
const DAMAGED: u8 = 3;

/// Check the database, every artifact and every file, and mend what can be mended
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Place,
    /// Mend what can be mended: a damaged database from its newest copy, records of lost artifacts
    #[arg(long)]
    repair: bool,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let root = &self.place.workspace;
        let found = if self.repair {
            upkeep::repair(root)?
        } else {
            upkeep::inspect(root)?
        };
        if self.json {
            out.json(&found);
        } else {
            tell(out, &found, self.repair);
        }
        Ok(if found.is_whole() { 0 } else { DAMAGED })
    }
}

fn tell(out: &Output, found: &Inspection, was_repaired: bool) {
    for trouble in &found.troubles {
        let (word, colour) = match (&trouble.mended, trouble.kind) {
            (Some(_), _) => ("mended", Colour::Green),
            (None, TroubleKind::FileUnknown) => ("note", Colour::Yellow),
            (None, _) => ("damage", Colour::Red),
        };
        out.data(&format!("{} {}", out.paint(word, colour), trouble.what));
        if let Some(mended) = &trouble.mended {
            out.data(&format!("  {mended}"));
        }
    }
    let backup = match found.backups.first() {
        Some(newest) => format!(
            "{} copies of the database, the newest of {}",
            found.backups.len(),
            local_time(newest.made)
        ),
        None => "no copy of the database yet".to_owned(),
    };
    let state = if found.is_whole() {
        "whole"
    } else {
        "NOT whole"
    };
    out.data(&format!(
        "The ledger is {state}: {} artifacts with {} bytes; {backup}.",
        found.n_artifacts, found.n_bytes
    ));
    if !found.is_whole() && !was_repaired {
        out.talk("`lockkeeper doctor --repair` mends what can be mended.");
    }
}

/// Remove artifact files that nothing needs
#[derive(Debug, Args)]
pub struct Gc {
    #[command(flatten)]
    place: Place,
    /// The newest runs whose artifacts stay, beside those that registered models came from [default: all]
    #[arg(long, value_name = "N")]
    keep_runs: Option<u32>,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

impl Gc {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let found = upkeep::collect(&self.place.workspace, self.keep_runs, self.dry_run)?;
        if self.json {
            out.json(&found);
            return Ok(0);
        }
        for file in &found.files {
            let what = if file.kind.is_empty() {
                "without a record"
            } else {
                &file.kind
            };
            out.data(&format!("{} {} bytes, {what}", file.uri, file.n_bytes));
        }
        let (n, n_bytes) = (found.files.len(), found.n_bytes);
        let done = if found.is_dry_run {
            "would be removed"
        } else {
            "were removed"
        };
        out.data(&format!(
            "{n} files with {n_bytes} bytes {done}; the artifacts of {} runs, registered models and schemas stay.",
            found.kept_runs.len()
        ));
        Ok(0)
    }
}
