//! Runs, their artifacts and the models that they registered in an MLflow tracking server, by its REST API 2.0
//! (<https://mlflow.org/docs/latest/rest-api.html>). A run is found again by a tag of ours, and a version by the hash of its
//! model, so that what is pushed twice is there once.

mod model;
mod records;

use super::server::Server;
use crate::domain::Failure;
use crate::domain::ledger::RunLine;
use crate::domain::run::{ArtifactRef, RunRecord, RunState};
use crate::domain::work::Monitor;
use crate::model::Model;
use serde_json::{Value, json};

/// Parameters that one request takes, by MLflow's limit.
const MAX_PARAMS: usize = 100;
/// Metrics that one request takes.
const MAX_METRICS: usize = 1_000;
const API: &str = "/api/2.0/mlflow";
/// The tag by which a run is found again.
const KEY: &str = "lockkeeper.key";
/// The tag by which a version is found again.
const HASH: &str = "lockkeeper.hash";

/// A run to be pushed.
pub struct Pushed<'a> {
    /// The run.
    pub run: &'a RunRecord,
    /// The same in short: parameters, metrics, tags.
    pub line: &'a RunLine,
    /// The model that it registered, with the version and the aliases that point to it.
    pub model: Option<(Model, u32, Vec<String>)>,
}

/// Where in the server.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The experiment.
    pub experiment: &'a str,
    /// The registered model.
    pub model: &'a str,
}

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// MLflow's id of it.
    pub run_id: String,
    /// Whether it was there already.
    pub was_there: bool,
    /// MLflow's version of its model, where it registered one.
    pub version: Option<String>,
}

/// Pushes a run. `read` gives the content of an artifact; one that is missing is left out, and the run says so by a tag.
///
/// # Errors
/// If the server cannot be reached, refuses something, or the push is stopped; what is there already stays, and the next push goes
/// on behind it.
pub fn push(
    server: &Server,
    names: Names<'_>,
    pushed: &Pushed<'_>,
    read: &dyn Fn(&ArtifactRef) -> Option<Vec<u8>>,
    monitor: &dyn Monitor,
) -> Result<Done, Failure> {
    let experiment = experiment(server, names.experiment)?;
    let found = find_run(server, &experiment, pushed.run)?;
    let is_finished = |run: &Value| {
        run["data"]["tags"]
            .as_array()
            .is_some_and(|tags| tags.iter().any(|tag| tag["key"] == "lockkeeper.pushed"))
    };
    let (run, was_there) = match found {
        Some(run) => {
            let is_finished = is_finished(&run);
            (run, is_finished)
        }
        None => (
            create_run(server, &experiment, names.experiment, pushed)?,
            false,
        ),
    };
    let run_id = text(&run["info"]["run_id"])?;
    if !was_there {
        log(server, &run_id, pushed)?;
        let folder = artifact_folder(&run)?;
        files(server, &folder, pushed, read, monitor)?;
        end(server, &run_id, pushed.run)?;
    }
    let version = match &pushed.model {
        Some(model) => Some(register(server, names.model, (&run, &run_id), model)?),
        None => None,
    };
    Ok(Done {
        run_id,
        was_there,
        version,
    })
}

fn text(value: &Value) -> Result<String, Failure> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| Failure::conflict("The server answered in another way than MLflow does"))
}

fn experiment(server: &Server, name: &str) -> Result<String, Failure> {
    let found = server.post(
        &format!("{API}/experiments/search"),
        &json!({"max_results": 1, "filter": format!("name = {}", quoted(name)), "view_type": "ALL"}),
    )?;
    match found["experiments"][0]["experiment_id"].as_str() {
        Some(id) => Ok(id.to_owned()),
        None => {
            let made = server.post(&format!("{API}/experiments/create"), &json!({"name": name}))?;
            text(&made["experiment_id"])
        }
    }
}

fn find_run(server: &Server, experiment: &str, run: &RunRecord) -> Result<Option<Value>, Failure> {
    let filter = format!("tags.`{KEY}` = '{}'", records::key(run));
    let wanted = json!({"experiment_ids": [experiment], "filter": filter, "max_results": 1});
    let found = server.post(&format!("{API}/runs/search"), &wanted)?;
    Ok(found["runs"].get(0).cloned())
}

fn create_run(
    server: &Server,
    experiment: &str,
    pipeline: &str,
    pushed: &Pushed<'_>,
) -> Result<Value, Failure> {
    let wanted = json!({
        "experiment_id": experiment,
        "start_time": pushed.run.started,
        "run_name": format!("{pipeline} run {}", pushed.run.id),
        "tags": records::pairs(records::tags(pushed.run, pushed.line)),
    });
    let made = server.post(&format!("{API}/runs/create"), &wanted)?;
    Ok(made["run"].clone())
}

fn log(server: &Server, run_id: &str, pushed: &Pushed<'_>) -> Result<(), Failure> {
    let path = format!("{API}/runs/log-batch");
    let params = records::parameters(pushed.line);
    for some in params.chunks(MAX_PARAMS) {
        server.post(
            &path,
            &json!({"run_id": run_id, "params": records::pairs(some.to_vec())}),
        )?;
    }
    let metrics = records::metrics(pushed.run, pushed.line);
    for some in metrics.chunks(MAX_METRICS) {
        server.post(&path, &json!({"run_id": run_id, "metrics": some}))?;
    }
    Ok(())
}

/// The address of the run's artifacts in the server's own store.
fn artifact_folder(run: &Value) -> Result<String, Failure> {
    let uri = text(&run["info"]["artifact_uri"])?;
    match uri.strip_prefix("mlflow-artifacts:/") {
        Some(path) => Ok(path.trim_start_matches('/').to_owned()),
        None => Err(Failure::conflict(format!(
            "The server keeps artifacts at {uri}, where Lockkeeper cannot write"
        ))
        .hint("Start it with `mlflow server --serve-artifacts`, which is its default.")),
    }
}

fn files(
    server: &Server,
    folder: &str,
    pushed: &Pushed<'_>,
    read: &dyn Fn(&ArtifactRef) -> Option<Vec<u8>>,
    monitor: &dyn Monitor,
) -> Result<(), Failure> {
    let outputs: Vec<(&str, &ArtifactRef)> = pushed
        .run
        .steps
        .iter()
        .flat_map(|step| step.outputs.iter().map(|output| (step.kind.name(), output)))
        .collect();
    let put = |path: &str, bytes: &[u8]| {
        let place = format!("/api/2.0/mlflow-artifacts/artifacts/{folder}/{path}");
        server.put(&place, bytes)
    };
    let total = outputs.len() as u64;
    for (done, (step, artifact)) in outputs.into_iter().enumerate() {
        if monitor.is_stopped() {
            return Err(Failure::interrupted());
        }
        monitor.progress(done as u64, total, "artifacts");
        if let Some(bytes) = read(artifact) {
            let ending = records::ending(&artifact.kind);
            let hash = artifact.hash.short();
            put(&format!("{step}/{}-{hash}.{ending}", artifact.port), &bytes)?;
        }
    }
    if let Some((model, ..)) = &pushed.model {
        for (name, bytes) in model::folder(model, pushed.run.started) {
            put(&format!("model/{name}"), &bytes)?;
        }
    }
    monitor.progress(total, total, "artifacts");
    Ok(())
}

fn end(server: &Server, run_id: &str, run: &RunRecord) -> Result<(), Failure> {
    let status = match run.state {
        RunState::Running => "RUNNING",
        RunState::Complete | RunState::Stopped | RunState::NotBlessed => "FINISHED",
        RunState::Failed => "FAILED",
        RunState::Canceled | RunState::Interrupted => "KILLED",
    };
    let tag = json!({"run_id": run_id, "key": "lockkeeper.pushed", "value": "whole"});
    server.post(&format!("{API}/runs/set-tag"), &tag)?;
    let ended = json!({"run_id": run_id, "status": status, "end_time": run.finished});
    server.post(&format!("{API}/runs/update"), &ended).map(drop)
}

/// Registers the model of the run, and points the aliases of ours to it.
fn register(
    server: &Server,
    name: &str,
    (run, run_id): (&Value, &str),
    (model, version, aliases): &(Model, u32, Vec<String>),
) -> Result<String, Failure> {
    let hash = model.hash();
    let named = quoted(name);
    let known = server.post_or(
        &format!("{API}/registered-models/create"),
        &json!({"name": name}),
        "RESOURCE_ALREADY_EXISTS",
    )?;
    drop(known);
    let wanted = format!(
        "/api/2.0/mlflow/model-versions/search?{}",
        query(&[
            (
                "filter",
                &format!("name = {named} and tags.`{HASH}` = '{hash}'")
            ),
            ("max_results", "1"),
        ])
    );
    let found = server.get(&wanted)?;
    let theirs = match found["model_versions"][0]["version"].as_str() {
        Some(version) => version.to_owned(),
        None => {
            let source = format!("{}/model", text(&run["info"]["artifact_uri"])?);
            let tags = records::pairs(vec![
                (HASH.to_owned(), hash.to_string()),
                ("lockkeeper.version".to_owned(), version.to_string()),
                ("lockkeeper.algorithm".to_owned(), model.algorithm.clone()),
            ]);
            let wanted = json!({"name": name, "source": source, "run_id": run_id, "tags": tags});
            let made = server.post(&format!("{API}/model-versions/create"), &wanted)?;
            text(&made["model_version"]["version"])?
        }
    };
    for alias in aliases {
        let wanted = json!({"name": name, "alias": alias, "version": theirs});
        server.post(&format!("{API}/registered-models/alias"), &wanted)?;
    }
    Ok(theirs)
}

/// A name in a filter: MLflow knows no escapes, and takes either quote.
fn quoted(name: &str) -> String {
    let quote = if name.contains('\'') { '"' } else { '\'' };
    format!("{quote}{name}{quote}")
}

/// `a=1&b=2`, percent-encoded.
fn query(pairs: &[(&str, &str)]) -> String {
    let encoded = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    char::from(byte).to_string()
                }
                byte => format!("%{byte:02X}"),
            })
            .collect()
    };
    let words: Vec<String> = pairs
        .iter()
        .map(|(k, v)| format!("{k}={}", encoded(v)))
        .collect();
    words.join("&")
}
