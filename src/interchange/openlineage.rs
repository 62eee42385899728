//! A recorded run as OpenLineage events, specification 2-0-2 (<https://openlineage.io/spec/2-0-2/OpenLineage.json>): a job for the
//! pipeline and one for each step, a START and an end for each run of them, artifacts and source files as datasets.
//!
//! Numbers of runs are made from what was recorded, so that the same run sent twice is the same run. A step that was never
//! reached has no events; one that was canceled or cut off ends in ABORT; a cached one is told as a run that took no time, with
//! a facet of ours that says where its outputs come from.

use crate::domain::ContentHash;
use crate::domain::ids::Millis;
use crate::domain::run::{ArtifactRef, RunRecord, RunState, StepKind, StepRecord, StepState};
use crate::domain::schema::Schema;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const PRODUCER: &str = concat!(
    "https://crates.io/crates/lockkeeper/",
    env!("CARGO_PKG_VERSION")
);
const EVENT: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
/// The namespace of the jobs.
const NAMESPACE: &str = "lockkeeper";
/// The facet of ours: who made the outputs of a cached step, and what the gates said.
const OWN: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunFacet";

/// What the events of a run are made of.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    /// The run.
    pub run: &'a RunRecord,
    /// The workspace's folder, absolute: datasets are named by it.
    pub root: &'a Path,
    /// The files that `ingest` read, absolute.
    pub sources: &'a [PathBuf],
    /// The schema that was in force, where it is known.
    pub schema: Option<&'a Schema>,
}

/// The events in the order of their times, each a JSON object.
#[must_use]
pub fn events(recorded: &Recorded<'_>) -> Vec<Value> {
    let run = recorded.run;
    let mut timed: Vec<(Millis, Value)> = Vec::new();
    let start = recorded.pipeline_event("START", run.started, None);
    timed.push((run.started, start));
    for step in &run.steps {
        timed.extend(recorded.step_events(step));
    }
    if let (Some(at), Some(kind)) = (run.finished, end_of_run(run.state)) {
        timed.push((at, recorded.pipeline_event(kind, at, Some(run))));
    }
    timed.sort_by_key(|(at, _)| *at);
    timed.into_iter().map(|(_, event)| event).collect()
}

fn end_of_run(state: RunState) -> Option<&'static str> {
    match state {
        RunState::Running => None,
        RunState::Complete | RunState::Stopped | RunState::NotBlessed => Some("COMPLETE"),
        RunState::Failed => Some("FAIL"),
        RunState::Canceled | RunState::Interrupted => Some("ABORT"),
    }
}

fn end_of_step(state: StepState) -> Option<&'static str> {
    match state {
        StepState::New | StepState::Running => None,
        StepState::Complete | StepState::Cached => Some("COMPLETE"),
        StepState::Failed => Some("FAIL"),
        StepState::Canceled => Some("ABORT"),
    }
}

impl Recorded<'_> {
    fn pipeline_event(&self, kind: &str, at: Millis, ended: Option<&RunRecord>) -> Value {
        let mut facets = engine_facets(None);
        if let Some(run) = ended {
            let verdicts = json!({
                "run": run.id,
                "state": run.state.word(),
                "dataVerdict": run.data_verdict.map(|v| v.word()),
                "modelVerdict": run.model_verdict.map(|v| v.word()),
                "promotedVersion": run.promoted,
            });
            facets.insert("lockkeeper_run".to_owned(), facet(OWN, verdicts));
        }
        let job = job(&self.run.pipeline, "PIPELINE", "A pipeline of Lockkeeper");
        event(
            (kind, at),
            json!({"runId": self.run_id(), "facets": facets}),
            job,
            [&[], &[]],
        )
    }

    fn step_events(&self, step: &StepRecord) -> Vec<(Millis, Value)> {
        let Some(started) = step.started else {
            return Vec::new();
        };
        let job = self.step_job(step.kind);
        let mut inputs: Vec<Value> = step.inputs.iter().map(|a| self.dataset(a, false)).collect();
        if step.kind == StepKind::Ingest {
            inputs.extend(
                self.sources
                    .iter()
                    .map(|path| file_dataset(path, Map::new())),
            );
        }
        // The same content on two ports is one dataset.
        let mut seen = BTreeSet::new();
        let different = step
            .outputs
            .iter()
            .filter(|output| seen.insert(&output.uri));
        let outputs: Vec<Value> = different.map(|a| self.dataset(a, true)).collect();
        let run =
            |facets: Map<String, Value>| json!({"runId": self.step_id(step), "facets": facets});
        let first = event(
            ("START", started),
            run(self.step_facets(step, false)),
            job.clone(),
            [&inputs, &[]],
        );
        let mut events = vec![(started, first)];
        if let Some(kind) = end_of_step(step.state) {
            let at = step.finished.unwrap_or(started).max(started);
            let run = run(self.step_facets(step, true));
            events.push((at, event((kind, at), run, job, [&inputs, &outputs])));
        }
        events
    }

    fn step_job(&self, kind: StepKind) -> Value {
        let name = format!("{}.{}", self.run.pipeline, kind.name());
        job(
            &name,
            "TASK",
            &format!("The step {} of a pipeline of Lockkeeper", kind.title()),
        )
    }

    fn step_facets(&self, step: &StepRecord, is_end: bool) -> Map<String, Value> {
        let mut facets = engine_facets(Some(&step.executor));
        let parent = json!({
            "run": {"runId": self.run_id()},
            "job": {"namespace": NAMESPACE, "name": self.run.pipeline},
        });
        let url =
            "https://openlineage.io/spec/facets/1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet";
        facets.insert("parent".to_owned(), facet(url, parent));
        if let Some(why) = step
            .error
            .as_deref()
            .filter(|_| is_end && step.state == StepState::Failed)
        {
            let message = json!({"message": why, "programmingLanguage": "Rust"});
            let url = "https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet";
            facets.insert("errorMessage".to_owned(), facet(url, message));
        }
        if is_end {
            let said = json!({
                "execution": step.execution,
                "state": step.state.word(),
                "cachedFrom": step.cached_from,
                "stepVersion": step.version,
                "parameters": step.params.to_string(),
                "warnings": step.warnings,
                "canceledBecause": step.error.as_deref().filter(|_| step.state == StepState::Canceled),
                "usage": step.usage,
            });
            facets.insert("lockkeeper_step".to_owned(), facet(OWN, said));
        }
        facets
    }

    /// An artifact by its file, with its content hash as the version.
    fn dataset(&self, artifact: &ArtifactRef, is_output: bool) -> Value {
        let mut facets = Map::new();
        let version = json!({"datasetVersion": artifact.hash});
        let url = "https://openlineage.io/spec/facets/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet";
        facets.insert("version".to_owned(), facet(url, version));
        let url = "https://openlineage.io/spec/facets/1-0-1/DatasetTypeDatasetFacet.json#/$defs/DatasetTypeDatasetFacet";
        let kind = json!({"datasetType": "FILE", "subType": artifact.kind});
        facets.insert("datasetType".to_owned(), facet(url, kind));
        if let Some(schema) = self
            .schema
            .filter(|_| artifact.kind == "lockkeeper.Examples")
        {
            facets.insert("schema".to_owned(), schema_facet(schema));
        }
        let mut dataset = file_dataset(&self.root.join(&artifact.uri), facets);
        if is_output {
            let url = "https://openlineage.io/spec/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet";
            let size = facet(url, json!({"size": artifact.n_bytes, "fileCount": 1}));
            dataset["outputFacets"] = json!({"outputStatistics": size});
        }
        dataset
    }

    fn run_id(&self) -> String {
        uuid(&json!([
            "run",
            self.run.id,
            self.run.pipeline,
            self.run.pipeline_hash,
            self.run.started
        ]))
    }

    fn step_id(&self, step: &StepRecord) -> String {
        uuid(&json!([
            self.run_id(),
            step.kind.name(),
            step.execution,
            step.started
        ]))
    }
}

fn event(
    (kind, at): (&str, Millis),
    run: Value,
    job: Value,
    [inputs, outputs]: [&[Value]; 2],
) -> Value {
    json!({
        "eventType": kind,
        "eventTime": time(at),
        "run": run,
        "job": job,
        "inputs": inputs,
        "outputs": outputs,
        "producer": PRODUCER,
        "schemaURL": EVENT,
    })
}

fn job(name: &str, kind: &str, description: &str) -> Value {
    let url =
        "https://openlineage.io/spec/facets/2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet";
    let kind = json!({"processingType": "BATCH", "integration": "LOCKKEEPER", "jobType": kind});
    let about = "https://openlineage.io/spec/facets/1-1-0/DocumentationJobFacet.json#/$defs/DocumentationJobFacet";
    json!({
        "namespace": NAMESPACE,
        "name": name,
        "facets": {
            "jobType": facet(url, kind),
            "documentation": facet(about, json!({"description": description})),
        },
    })
}

fn engine_facets(executor: Option<&str>) -> Map<String, Value> {
    let url = "https://openlineage.io/spec/facets/1-1-1/ProcessingEngineRunFacet.json#/$defs/ProcessingEngineRunFacet";
    let mut engine = json!({"version": env!("CARGO_PKG_VERSION"), "name": "Lockkeeper"});
    if let Some(executor) = executor {
        engine["executor"] = json!(executor);
    }
    let mut facets = Map::new();
    facets.insert("processing_engine".to_owned(), facet(url, engine));
    facets
}

fn schema_facet(schema: &Schema) -> Value {
    let fields: Vec<Value> = schema
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            json!({
                "name": column.name,
                "type": column.kind.title(),
                "ordinal_position": at + 1,
            })
        })
        .collect();
    let url = "https://openlineage.io/spec/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet";
    facet(url, json!({"fields": fields}))
}

/// A dataset of the local file system, named as the specification's naming rules say.
fn file_dataset(path: &Path, facets: Map<String, Value>) -> Value {
    json!({"namespace": "file", "name": path.display().to_string(), "facets": facets})
}

fn facet(url: &str, mut fields: Value) -> Value {
    fields["_producer"] = json!(PRODUCER);
    fields["_schemaURL"] = json!(url);
    fields
}

fn time(at: Millis) -> String {
    chrono::DateTime::from_timestamp_millis(at)
        .unwrap_or_default()
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// A UUID of version 8 (RFC 9562) from the hash of what it stands for.
fn uuid(of: &Value) -> String {
    let hash = ContentHash::of_json(of);
    let digits = hash.as_str();
    let variant = match digits.as_bytes()[16] {
        b'0' | b'4' | b'8' | b'c' => '8',
        b'1' | b'5' | b'9' | b'd' => '9',
        b'2' | b'6' | b'a' | b'e' => 'a',
        _ => 'b',
    };
    format!(
        "{}-{}-8{}-{variant}{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[13..16],
        &digits[17..20],
        &digits[20..32]
    )
}
