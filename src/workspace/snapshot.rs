//! What is true of a workspace at one moment: small, consistent, and safe to look at in every frame. Bigger things
//! (rows, reports) are fetched.

use crate::domain::Failure;
use crate::domain::algorithm::AlgorithmInfo;
use crate::domain::ids::{JobId, Millis};
use crate::domain::ledger::Ledger;
use crate::domain::maturity::{LessonProgress, MaturityAssessment};
use crate::domain::pipeline::PipelineSpec;
use crate::domain::registry::{ModelVersion, RegistryEntry};
use crate::domain::run::{ArtifactRef, Interruption, RunRecord, RunState, StepKind, StepRecord};
use crate::domain::schema::Schema;
use crate::store::{INTERRUPTED, KnownLedger};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A workspace at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The folder.
    pub root: PathBuf,
    /// Name of the workspace: the pipeline's, or else the folder's.
    pub name: String,
    /// Who else holds the workspace; then nothing can be changed here.
    pub read_only: Option<String>,
    /// pipeline.toml, or why it cannot be used.
    pub pipeline: Result<PipelineSpec, Failure>,
    /// The run at work.
    pub live: Option<LiveRun>,
    /// Finished and earlier runs, newest first, at most `MAX_RUNS`; the one at work is among them.
    pub runs: Vec<RunRecord>,
    /// The newest run, where the end of the program cut it off and nobody has decided what becomes of it.
    pub interrupted: Option<Interruption>,
    /// All runs in short, newest first; the one at work is among them as it was recorded last.
    pub ledger: Arc<Ledger>,
    /// All registered versions, newest first.
    pub models: Vec<ModelVersion>,
    /// Every change of the registry, newest first.
    pub registry_log: Vec<RegistryEntry>,
    /// The schema in force.
    pub schema: Option<SchemaInForce>,
    /// The prediction service.
    pub service: ServiceState,
    /// The port that it starts on.
    pub port: u16,
    /// Statements over the records that a person keeps, by name.
    pub queries: BTreeMap<String, String>,
    /// Jobs at work.
    pub jobs: Vec<JobState>,
    /// Level and capabilities, with their evidence.
    pub maturity: MaturityAssessment,
    /// Lessons with their progress.
    pub lessons: Vec<LessonProgress>,
    /// The algorithms that candidates can be of.
    pub algorithms: Vec<AlgorithmInfo>,
    /// When the snapshot was taken.
    pub taken: Millis,
}

/// Runs that a snapshot holds.
pub const MAX_RUNS: usize = 100;

impl Snapshot {
    /// The version in production.
    #[must_use]
    pub fn production(&self) -> Option<&ModelVersion> {
        self.models
            .iter()
            .find(|m| m.name == self.name && m.is_production())
    }

    /// The newest run, at work or not.
    #[must_use]
    pub fn latest_run(&self) -> Option<&RunRecord> {
        self.live
            .as_ref()
            .map(|l| &l.record)
            .or_else(|| self.runs.first())
    }

    /// The newest artifact that a step gave on a port, looking through the runs from the newest.
    #[must_use]
    pub fn latest_output(&self, step: StepKind, port: &str) -> Option<&ArtifactRef> {
        let live = self.live.as_ref().map(|l| &l.record);
        live.into_iter()
            .chain(&self.runs)
            .find_map(|run| run.step(step)?.outputs.iter().find(|o| o.port == port))
    }
}

/// A run at work.
#[derive(Debug, Clone)]
pub struct LiveRun {
    /// The job that it is.
    pub job: JobId,
    /// Its record so far.
    pub record: RunRecord,
    /// How far each running step is.
    pub progress: BTreeMap<StepKind, StepProgress>,
    /// Whether it was asked to stop.
    pub is_stopping: bool,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepProgress {
    /// Units of work done.
    pub done: u64,
    /// Units of work in all.
    pub total: u64,
    /// What it is at.
    pub what: String,
    /// Lanes with a unit at work: candidates, batches.
    pub lanes: Vec<String>,
}

/// The schema in force.
#[derive(Debug, Clone)]
pub struct SchemaInForce {
    /// Its version, counted from 1.
    pub version: u32,
    /// The schema.
    pub schema: Schema,
    /// All versions, newest first: version, when, who, note.
    pub history: Vec<SchemaVersion>,
}

/// One version of the schema.
#[derive(Debug, Clone)]
pub struct SchemaVersion {
    /// Counted from 1.
    pub version: u32,
    /// When.
    pub created: Millis,
    /// Who.
    pub author: String,
    /// Why.
    pub note: String,
    /// What it says.
    pub artifact: Option<ArtifactRef>,
}

/// The prediction service.
#[derive(Debug, Clone, Default)]
pub struct ServiceState {
    /// `http://127.0.0.1:8080` while it runs.
    pub address: Option<String>,
    /// The version that it serves.
    pub version: Option<u32>,
    /// Requests answered since it started.
    pub n_requests: u64,
    /// Of these, refused or failed.
    pub n_errors: u64,
}

/// A job at work.
#[derive(Debug, Clone)]
pub struct JobState {
    /// Its id.
    pub id: JobId,
    /// For people.
    pub title: String,
}

/// Reads everything that the store knows.
pub(super) fn read(
    parts: &super::engine::Parts,
    known: &mut KnownLedger,
    service: Option<ServiceState>,
) -> Result<Snapshot, Failure> {
    let store = &parts.store;
    let pipeline = super::commands::read_spec(&parts.root);
    let folder = parts
        .root
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let name = pipeline.as_ref().map_or(folder, |spec| spec.name.clone());
    let records = crate::maturity::Records::read(store)?;
    let mut models = records.models.clone();
    models.sort_by_key(|m| std::cmp::Reverse(m.version));
    let mut registry_log = records.registry_log.clone();
    registry_log.reverse();
    Ok(Snapshot {
        root: parts.root.clone(),
        name,
        read_only: parts.read_only.clone(),
        schema: schema_in_force(store)?,
        live: None,
        runs: records.runs.iter().take(MAX_RUNS).cloned().collect(),
        interrupted: interruption(records.runs.first(), || store.files().n_kept()),
        ledger: store.ledger(known)?,
        models,
        registry_log,
        service: service.unwrap_or_default(),
        port: parts.settings.port,
        queries: parts.settings.queries.clone(),
        jobs: Vec::new(),
        maturity: crate::maturity::assess(&records),
        lessons: crate::maturity::lessons(&records, pipeline.as_ref().ok()),
        algorithms: crate::train::algorithms()
            .iter()
            .copied()
            .chain([crate::train::imported()])
            .map(|a| a.info())
            .collect(),
        pipeline,
        taken: (parts.clock)(),
    })
}

fn interruption(
    newest: Option<&RunRecord>,
    n_kept: impl FnOnce() -> usize,
) -> Option<Interruption> {
    let run = newest.filter(|run| run.state == RunState::Interrupted)?;
    let was_at_work = |step: &&StepRecord| step.error.as_deref() == Some(INTERRUPTED);
    Some(Interruption {
        run: run.id,
        at: run
            .steps
            .iter()
            .rev()
            .find(was_at_work)
            .map(|step| step.kind),
        noticed: run.finished.unwrap_or(run.started),
        n_done: run.steps.iter().filter(|step| step.state.is_done()).count(),
        n_kept: n_kept(),
    })
}

fn schema_in_force(store: &crate::store::Store) -> Result<Option<SchemaInForce>, Failure> {
    let mut history = store.schema_versions()?;
    history.sort_by_key(|v| std::cmp::Reverse(v.version));
    let Some(newest) = history.first() else {
        return Ok(None);
    };
    // A schema whose file is gone is inferred again by the next run; a person's is missed there, with its name.
    let Ok(bytes) = store.files().read(&newest.artifact.hash) else {
        return Ok(None);
    };
    let schema = crate::pipeline::step::parse_json(&bytes, "schema")?;
    Ok(Some(SchemaInForce {
        version: newest.version,
        schema,
        history: history
            .iter()
            .map(|v| SchemaVersion {
                version: v.version,
                created: v.created,
                author: v.author.clone(),
                note: v.note.clone(),
                artifact: Some(v.artifact.clone()),
            })
            .collect(),
    }))
}
