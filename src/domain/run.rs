//! Runs, steps and artifacts as they are recorded, and the states they can be in.

use super::ContentHash;
use super::anomaly::DataVerdict;
use super::gate::ModelVerdict;
use super::ids::{ArtifactId, ExecutionId, Millis, RunId};
use serde::{Deserialize, Serialize};

/// The kinds of step, in the order of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Reads the batches.
    Ingest,
    /// Profiles them.
    Statistics,
    /// The schema in force.
    Schema,
    /// The data gate.
    Validate,
    /// Split and fitted transforms.
    Transform,
    /// Candidates.
    Train,
    /// The comparison.
    Evaluate,
    /// The model gate.
    ValidateModel,
    /// Promotion.
    Push,
}

impl StepKind {
    /// All kinds in order.
    pub const ALL: [Self; 9] = [
        Self::Ingest,
        Self::Statistics,
        Self::Schema,
        Self::Validate,
        Self::Transform,
        Self::Train,
        Self::Evaluate,
        Self::ValidateModel,
        Self::Push,
    ];

    /// The name in pipeline.toml and in the records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Statistics => "statistics",
            Self::Schema => "schema",
            Self::Validate => "validate",
            Self::Transform => "transform",
            Self::Train => "train",
            Self::Evaluate => "evaluate",
            Self::ValidateModel => "validate-model",
            Self::Push => "push",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Ingest => "Ingest",
            Self::Statistics => "Statistics",
            Self::Schema => "Schema",
            Self::Validate => "Data gate",
            Self::Transform => "Transform",
            Self::Train => "Train",
            Self::Evaluate => "Evaluate",
            Self::ValidateModel => "Model gate",
            Self::Push => "Push",
        }
    }
}

/// The state of a step in a run. Stored as MLMD's `Execution.State`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StepState {
    /// Not begun (MLMD: NEW).
    New,
    /// At work.
    Running,
    /// Done; its outputs are LIVE.
    Complete,
    /// Broke, or was interrupted.
    Failed,
    /// Nothing to do: the same inputs and parameters have been through before.
    Cached,
    /// A precondition did not hold: a gate said no, or a person stopped the run.
    Canceled,
}

impl StepState {
    /// The contract's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Running => "RUNNING",
            Self::Complete => "COMPLETE",
            Self::Failed => "FAILED",
            Self::Cached => "CACHED",
            Self::Canceled => "CANCELED",
        }
    }

    /// Whether the step's outputs can be used.
    #[must_use]
    pub fn is_done(self) -> bool {
        matches!(self, Self::Complete | Self::Cached)
    }
}

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// At work.
    Running,
    /// All steps done or cached.
    Complete,
    /// The data gate said STOP.
    Stopped,
    /// The model gate said no.
    NotBlessed,
    /// A step broke.
    Failed,
    /// A person stopped it.
    Canceled,
    /// The program ended in the middle of it. Running again resumes.
    Interrupted,
}

impl RunState {
    /// For people, and in the records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::NotBlessed => "not_blessed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Interrupted => "interrupted",
        }
    }

    /// The state of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Running,
            Self::Complete,
            Self::Stopped,
            Self::NotBlessed,
            Self::Failed,
            Self::Canceled,
            Self::Interrupted,
        ]
        .into_iter()
        .find(|s| s.word() == word)
    }
}

/// A run of the pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Its number.
    pub id: RunId,
    /// Name of the pipeline.
    pub pipeline: String,
    /// Hash of the pipeline's definition.
    pub pipeline_hash: ContentHash,
    /// When it began.
    pub started: Millis,
    /// When it ended.
    pub finished: Option<Millis>,
    /// How it stands.
    pub state: RunState,
    /// What the data gate said.
    pub data_verdict: Option<DataVerdict>,
    /// What the model gate said.
    pub model_verdict: Option<ModelVerdict>,
    /// Version of the model that it put into production.
    pub promoted: Option<u32>,
    /// Its steps, in the order of the pipeline.
    pub steps: Vec<StepRecord>,
}

impl RunRecord {
    /// The record of one step.
    #[must_use]
    pub fn step(&self, kind: StepKind) -> Option<&StepRecord> {
        self.steps.iter().find(|s| s.kind == kind)
    }
}

/// A run that the end of the program cut off, and what of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interruption {
    /// The run.
    pub run: RunId,
    /// The step that was at work.
    pub at: Option<StepKind>,
    /// When that was noticed.
    pub noticed: Millis,
    /// Steps that are done.
    pub n_done: usize,
    /// Finished pieces of the step that was at work: candidates on folds.
    pub n_kept: usize,
}

/// One step of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The execution in the metadata store; `None` before it is recorded.
    pub execution: Option<ExecutionId>,
    /// Its kind.
    pub kind: StepKind,
    /// How it stands.
    pub state: StepState,
    /// When it began.
    pub started: Option<Millis>,
    /// When it ended.
    pub finished: Option<Millis>,
    /// Version of the step's code.
    pub version: u32,
    /// Its parameters as canonical JSON.
    pub params: serde_json::Value,
    /// What it read.
    pub inputs: Vec<ArtifactRef>,
    /// What it wrote.
    pub outputs: Vec<ArtifactRef>,
    /// The execution whose outputs a cached step uses.
    pub cached_from: Option<ExecutionId>,
    /// Units of work inside it (candidate and fold), for the Gantt.
    pub units: Vec<UnitRecord>,
    /// Warnings.
    pub warnings: Vec<String>,
    /// Why it failed or was canceled.
    pub error: Option<String>,
    /// Who did it: `host/process`, threads, engine version.
    pub executor: String,
    /// What it took, where it really ran and that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// What a step took.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Where its randomness came from.
    pub seed: u64,
    /// CPU seconds of the process while it ran, also those of steps beside it.
    pub cpu_seconds: Option<f64>,
    /// The most memory that the process had had when it ended, in bytes.
    pub peak_memory: Option<u64>,
}

/// A unit of work inside a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitRecord {
    /// For people: "forest · fold 2".
    pub name: String,
    /// The lane it belongs to in the Gantt: "forest".
    pub lane: String,
    /// When it began.
    pub started: Millis,
    /// When it ended.
    pub finished: Millis,
}

/// A pointer to an artifact, with the port by which a step saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArtifactRef {
    /// The port: `examples`, `model`, `evaluation` …
    pub port: String,
    /// Its id in the metadata store.
    pub id: ArtifactId,
    /// Its MLMD type: `lockkeeper.Model` …
    #[serde(rename = "type")]
    pub kind: String,
    /// Content hash.
    pub hash: ContentHash,
    /// Where it is, relative to the workspace.
    pub uri: String,
    /// Size.
    pub n_bytes: u64,
}
