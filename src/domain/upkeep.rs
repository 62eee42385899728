//! Whether a workspace's ledger is whole, what was mended, and what may be thrown away. Found by the store.

use super::ContentHash;
use super::ids::Millis;
use super::run::StepKind;
use serde::{Deserialize, Serialize};

/// What an inspection of the ledger found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Artifacts that should have a file.
    pub n_artifacts: u64,
    /// Their size in bytes.
    pub n_bytes: u64,
    /// Copies of the database, the newest first.
    pub backups: Vec<Backup>,
    /// What is wrong, the gravest first.
    pub troubles: Vec<Trouble>,
}

impl Inspection {
    /// Whether nothing is left to be mended. Files that nobody knows are no harm.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.troubles
            .iter()
            .all(|t| t.mended.is_some() || t.kind == TroubleKind::FileUnknown)
    }
}

/// A copy of the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Where it is, relative to the workspace.
    pub uri: String,
    /// When it was made.
    pub made: Millis,
    /// Its size in bytes.
    pub n_bytes: u64,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Of which kind.
    pub kind: TroubleKind,
    /// What, where, in a sentence.
    pub what: String,
    /// What was done about it; `None`: nothing yet.
    pub mended: Option<String>,
}

/// Kinds of trouble, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// The database cannot be read.
    DatabaseDamaged,
    /// A record points to one that is not there.
    ReferenceBroken,
    /// An artifact's file is gone.
    ArtifactMissing,
    /// An artifact's file has another content.
    ArtifactAltered,
    /// A file that an interrupted write left behind.
    LeftOver,
    /// Files among the artifacts that no record points to.
    FileUnknown,
}

/// What a collection removes, or would remove.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Garbage {
    /// Whether it was only counted.
    pub is_dry_run: bool,
    /// Runs whose artifacts stay: the newest ones, and all that a registered model came from.
    pub kept_runs: Vec<i64>,
    /// The files.
    pub files: Vec<GarbageFile>,
    /// Their size in bytes.
    pub n_bytes: u64,
}

/// A file that nothing needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GarbageFile {
    /// Where it is, relative to the workspace.
    pub uri: String,
    /// Its size in bytes.
    pub n_bytes: u64,
    /// Its artifact; `None`: no record points to it.
    pub artifact: Option<i64>,
    /// Its artifact's type; empty without one.
    pub kind: String,
}

/// What came of running a recorded run again from what it read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reproduction {
    /// The run.
    pub run: i64,
    /// Its steps.
    pub steps: Vec<ReproducedStep>,
}

impl Reproduction {
    /// Whether every step that was done came to the same again.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.steps
            .iter()
            .all(|step| step.verdict != Sameness::Differs)
    }
}

/// One step, run again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReproducedStep {
    /// Its kind.
    pub kind: StepKind,
    /// Whether it came to the same.
    pub verdict: Sameness,
    /// What it made: port, recorded hash, hash that it came to now; `None` where there is none.
    pub outputs: Vec<(String, Option<ContentHash>, Option<ContentHash>)>,
    /// Why it was not run again, or why it may differ; empty if there is nothing to say.
    pub note: String,
}

/// Whether a step came to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sameness {
    /// Every output has the recorded hash.
    Same,
    /// An output has another hash, or there are more or fewer.
    Differs,
    /// It was not run again; the note says why.
    NotRun,
}
