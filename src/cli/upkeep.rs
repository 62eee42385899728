//! `lockkeeper doctor`, `gc`, `reproduce`: is the ledger whole, what can be thrown away, does a run come to the same again.

use super::Place;
use super::output::{Colour, Output, local_time};
use crate::domain::Failure;
use crate::domain::ids::RunId;
use crate::domain::upkeep::{Inspection, Sameness, TroubleKind};
use crate::domain::work::Quiet;
use crate::workspace::upkeep;
use clap::Args;

/// The exit code where damage is left, or a run comes to something else.
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
        Some(newest) => {
            let made = local_time(newest.made);
            match found.backups.len() {
                1 => format!("a copy of the database of {made}"),
                n => format!("{n} copies of the database, the newest of {made}"),
            }
        }
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

/// Run a recorded run again from what it read, and compare hash by hash
#[derive(Debug, Args)]
pub struct Reproduce {
    /// The run's number
    run: i64,
    #[command(flatten)]
    place: Place,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

impl Reproduce {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let found = upkeep::reproduce(&self.place.workspace, RunId(self.run), &Quiet)?;
        let code = if found.is_same() { 0 } else { DAMAGED };
        if self.json {
            out.json(&found);
            return Ok(code);
        }
        for step in &found.steps {
            let (word, colour) = match step.verdict {
                Sameness::Same => ("same", Colour::Green),
                Sameness::Differs => ("DIFFERS", Colour::Red),
                Sameness::NotRun => ("not run", Colour::Grey),
            };
            let note = match (step.note.as_str(), step.verdict) {
                ("", Sameness::Same) => match step.outputs.len() {
                    1 => "1 artifact".to_owned(),
                    n => format!("{n} artifacts"),
                },
                (note, _) => note.to_owned(),
            };
            let line = format!("{:<14} {:<8} {note}", step.kind.name(), word);
            out.data(line.replacen(word, &out.paint(word, colour), 1).trim_end());
            for (port, then, now) in &step.outputs {
                if then != now {
                    let hash = |hash: &Option<crate::domain::ContentHash>| {
                        hash.as_ref().map_or("none", |h| h.short()).to_owned()
                    };
                    out.data(&format!("  {port}: {} then, {} now", hash(then), hash(now)));
                }
            }
        }
        let said = if found.is_same() {
            "comes to the same again"
        } else {
            "comes to something else"
        };
        out.data(&format!("Run {} {said}.", found.run));
        Ok(code)
    }
}
