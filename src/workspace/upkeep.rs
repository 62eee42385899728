//! Looking after a workspace's ledger from outside: is it whole, what can be mended, what can be thrown away, does a run come to the
//! same again. Nothing is open beside it: a damaged database could not be opened.

use super::open::now;
use crate::domain::Failure;
use crate::domain::ids::RunId;
use crate::domain::upkeep::{Garbage, Inspection, Reproduction};
use crate::domain::work::Monitor;
use crate::pipeline::reproduce;
use crate::pipeline::step::parse_json;
use crate::store::{Mode, Store, doctor};
use std::path::Path;
use std::sync::Arc;

/// Whether the ledger is whole: the database, every artifact's content, files that nobody knows. Changes nothing.
///
/// # Errors
/// If there is no workspace, or something cannot be read for another reason than damage.
pub fn inspect(root: &Path) -> Result<Inspection, Failure> {
    Ok(doctor::inspect(root, Arc::new(now))?)
}

/// The same, and mends what can be mended.
///
/// # Errors
/// As [`inspect`]; if the workspace is open elsewhere.
pub fn repair(root: &Path) -> Result<Inspection, Failure> {
    Ok(doctor::repair(root, Arc::new(now))?)
}

/// Removes artifact files that nothing needs if the newest `keep_runs` runs (`None`: all) are kept, or counts them.
///
/// # Errors
/// If there is no workspace, it is open elsewhere, or a file cannot be removed.
pub fn collect(root: &Path, keep_runs: Option<u32>, is_dry_run: bool) -> Result<Garbage, Failure> {
    let mode = if is_dry_run {
        Mode::ReadOnly
    } else {
        Mode::ReadWrite
    };
    // Read-write would make a workspace where there is none.
    Store::open(root, Mode::ReadOnly, Arc::new(now))?;
    let store = Store::open(root, mode, Arc::new(now))?;
    Ok(store.collect_garbage(keep_runs, is_dry_run)?)
}

/// A recorded run again from what it read, compared with what was recorded, hash by hash. Changes nothing.
///
/// # Errors
/// If there is no such run, its definition is not known, or a stored input is missing or altered.
pub fn reproduce(root: &Path, run: RunId, monitor: &dyn Monitor) -> Result<Reproduction, Failure> {
    let store = Store::open(root, Mode::ReadOnly, Arc::new(now))?;
    let none = || {
        Failure::not_found(format!("There is no run {run}")).hint("`lockkeeper runs` lists them.")
    };
    let record = store.run(run)?.ok_or_else(none)?;
    let spec = store.spec_of_run(run)?.ok_or_else(none)?;
    let spec = parse_json(spec.as_bytes(), "definition of the run")?;
    reproduce::reproduce(&record, &spec, &store.files(), root, monitor)
}
