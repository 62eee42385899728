//! Models held against each other, on a file that has the target or on the test rows of a run: the comparison with its
//! verdict, slices, groups, thresholds, single rows. A `pair` is asked, `question` says what of by the window, and how it is
//! told is left to `report` and the roofs.

mod answers;
mod pair;
mod question;
mod what_if;

use super::open::Workspace;
use super::tools::file_name;
use crate::data::reader;
use crate::domain::comparison::Comparison;
use crate::domain::gate::Blessing;
use crate::domain::reading::ReadOptions;
use crate::domain::slice::SliceReport;
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Failure};
use crate::model::Model;
use std::path::Path;

pub use pair::{Answered, Pair, Ways};
pub use question::{
    CompareAnswer, CompareAsk, CompareQuery, PairRows, SliceAsk, VersionLine, VersionOfRun,
};

/// The data that models were held against.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TestData {
    /// The file's name, or the run's.
    pub name: String,
    /// The hash of its rows as they were read (Arrow IPC), whatever the format.
    pub hash: ContentHash,
    /// Rows with a target.
    pub n_rows: u64,
    /// Rows without one; they say nothing and are left out.
    pub n_without_target: u64,
}

/// Two models on some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The rows.
    pub data: TestData,
    /// What was found.
    pub comparison: Comparison,
    /// What the gate says of it.
    pub blessing: Blessing,
    /// Where the candidate is worse than production, if that was asked for.
    pub slices: Option<SliceReport>,
}

/// One or two models on the rows of a file that have a target which the first model knows. A workspace says how they are
/// compared.
///
/// # Errors
/// If the file cannot be read, it has no target, or the models answer different questions.
pub fn of_file(
    models: Vec<(Model, ContentHash)>,
    data: &Path,
    workspace: Option<&Workspace>,
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<Pair, Failure> {
    let read = reader::read_file(data, options, monitor)?;
    let snapshot = workspace.map(Workspace::snapshot);
    let spec = snapshot.as_ref().and_then(|s| s.pipeline.clone().ok());
    let schema = snapshot.as_ref().and_then(|s| s.schema.as_ref());
    let ways = Ways::of(spec.as_ref(), schema.map(|s| s.schema.clone()));
    let is_stopped = || monitor.is_stopped();
    Pair::of_table(models, &read.table, file_name(data), ways, &is_stopped)
}
