//! Questions to the metadata database, each answered over a connection of its own that can only read: the record of a run,
//! lineage, search, and statements in SQL.

use super::open::now;
use crate::domain::Failure;
use crate::domain::ids::{ArtifactId, RunId};
use crate::domain::lineage::{ArtifactList, Direction, Lineage, LineageNode};
use crate::domain::run::RunRecord;
use crate::store::{ArtifactFiles, Mode, Rows, Store};
use std::path::Path;
use std::sync::Arc;

/// A question, and how often the records had changed when it was asked: the answer holds until they change again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordQuery {
    /// What is asked.
    pub question: RecordQuestion,
    /// Counts the changes of the records.
    pub change: u64,
}

/// What can be asked of the records.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RecordQuestion {
    /// The record of a run.
    Run(RunId),
    /// What an artifact was made from, and who read it.
    Lineage(ArtifactId),
    /// Everything that was made from an artifact.
    MadeFrom(ArtifactId),
    /// Artifacts by words of their names, their types, their hashes, by run and by version; without words the newest.
    Find(String),
    /// A statement in SQL that reads.
    Sql(String),
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordAnswer {
    /// The record of a run.
    Run(Box<RunRecord>),
    /// The lineage of an artifact.
    Lineage(Box<Lineage>),
    /// Artifacts.
    Artifacts(ArtifactList),
    /// What a statement gave.
    Rows(Rows),
}

/// Artifacts of a list, at most.
const MAX_ARTIFACTS: usize = 2_000;
/// Rows of a statement's answer, at most.
pub const MAX_ROWS: usize = 10_000;

/// An artifact that words find (the newest of several), and everything up or down from it, nearest first.
///
/// # Errors
/// If there is no workspace, or no such artifact.
pub fn lineage(
    root: &Path,
    words: &str,
    direction: Direction,
) -> Result<Vec<LineageNode>, Failure> {
    let store = Store::open(root, Mode::ReadOnly, Arc::new(now))?;
    let found = store.find_artifacts(words, 1)?.nodes;
    let first = found.first().ok_or_else(|| {
        Failure::not_found(format!("No artifact is called {words}")).hint(
            "Name the first digits of its hash, a version such as v3, or words: model run 12.",
        )
    })?;
    Ok(store.lineage(first.artifact.id, direction, MAX_ARTIFACTS)?)
}

/// Answers a question on this thread.
pub(super) fn answer(
    question: &RecordQuestion,
    files: &ArtifactFiles,
) -> Result<RecordAnswer, Failure> {
    let mut store = Store::beside(files, Arc::new(now))?;
    Ok(match question {
        RecordQuestion::Run(id) => {
            let none = || Failure::not_found(format!("There is no run {id}"));
            RecordAnswer::Run(Box::new(store.run(*id)?.ok_or_else(none)?))
        }
        RecordQuestion::Lineage(artifact) => {
            RecordAnswer::Lineage(Box::new(store.lineage_of(*artifact)?))
        }
        RecordQuestion::MadeFrom(artifact) => {
            RecordAnswer::Artifacts(store.made_from(*artifact, MAX_ARTIFACTS)?)
        }
        RecordQuestion::Find(text) => {
            RecordAnswer::Artifacts(store.find_artifacts(text, MAX_ARTIFACTS)?)
        }
        RecordQuestion::Sql(text) => RecordAnswer::Rows(store.ask(text, MAX_ROWS)?),
    })
}
