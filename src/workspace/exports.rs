//! Runs and datasets for other programs: what a run recorded as OpenLineage events, the batches that it read as a dataset in a
//! folder. The store is only looked at, so this goes on beside a run.

use super::open::now;
use super::tools::write_whole;
use crate::data::ipc;
use crate::domain::anomaly::ValidationReport;
use crate::domain::dataset::{BatchList, StatisticsReport};
use crate::domain::ids::RunId;
use crate::domain::interchange::{NotCarried, SchemaFormat};
use crate::domain::pipeline::PipelineSpec;
use crate::domain::run::{ArtifactRef, RunRecord, RunState, StepKind};
use crate::domain::schema::Schema;
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Failure};
use crate::interchange::server::{self, Server};
use crate::interchange::{
    anomalies, croissant, data_file, data_package, mlflow, openlineage, statistics,
};
use crate::model::Model;
use crate::pipeline::step::parse_json;
use crate::store::{KnownLedger, Mode, Store};
use crate::validate::interchange::export;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a dataset is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetFormat {
    /// Croissant of MLCommons: `croissant.json` and the rows.
    Croissant,
    /// Frictionless data package: `datapackage.json` and the rows.
    DataPackage,
    /// TensorFlow Data Validation: `schema.pbtxt`, `stats.pbtxt` and `anomalies.pbtxt`.
    Tfdv,
}

/// A dataset that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The run it is of.
    pub run: RunId,
    /// The files.
    pub files: Vec<PathBuf>,
    /// What the format has no place for.
    pub not_carried: Vec<NotCarried>,
}

/// The runs whose records are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichRuns {
    /// The newest.
    Newest,
    /// One.
    One(RunId),
    /// All, oldest first.
    All,
}

/// Runs as OpenLineage events.
///
/// # Errors
/// If there is no workspace or no such run.
pub fn openlineage_events(root: &Path, which: WhichRuns) -> Result<Vec<Value>, Failure> {
    let records = Records::open(root)?;
    let mut events = Vec::new();
    for run in records.runs(which)? {
        let schema: Option<Schema> = records.output(&run, StepKind::Schema, "schema")?;
        let sources = records.sources(&run)?;
        events.extend(openlineage::events(&openlineage::Recorded {
            run: &run,
            root: &records.root,
            sources: &sources,
            schema: schema.as_ref(),
        }));
    }
    Ok(events)
}

/// Sends events to a server, one after the other.
///
/// # Errors
/// If the server cannot be reached or refuses one.
pub fn send_events(url: &str, events: &[Value]) -> Result<(), Failure> {
    let server = Server::at(url, None);
    events
        .iter()
        .try_for_each(|event| server.post("", event).map(drop))
}

/// Where runs are pushed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MlflowTarget {
    /// The tracking server: `http://localhost:5000`.
    pub server: String,
    /// The experiment; the pipeline's name where there is none.
    pub experiment: Option<String>,
    /// The registered model; the pipeline's name where there is none.
    pub model: Option<String>,
}

/// Who one is for the server, by the variables that MLflow's own client reads.
fn authorization() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(token) = variable("MLFLOW_TRACKING_TOKEN") {
        return Some(format!("Bearer {token}"));
    }
    let user = variable("MLFLOW_TRACKING_USERNAME")?;
    let password = variable("MLFLOW_TRACKING_PASSWORD").unwrap_or_default();
    Some(server::basic(&user, &password))
}

/// Pushes runs to an MLflow tracking server, oldest first: parameters, metrics, tags, artifacts, and the models that they
/// registered.
///
/// # Errors
/// If there is no such run, or the server cannot be reached or refuses something.
pub fn push_to_mlflow(
    root: &Path,
    which: WhichRuns,
    target: &MlflowTarget,
    monitor: &dyn Monitor,
) -> Result<Vec<(RunId, mlflow::Done)>, Failure> {
    let records = Records::open(root)?;
    let server = Server::at(&target.server, authorization());
    let ledger = records.store.ledger(&mut KnownLedger::default())?;
    let files = records.store.files();
    let models = records.store.models()?;
    let mut done = Vec::new();
    for run in records.runs(which)? {
        let Some(line) = ledger.line(run.id) else {
            continue;
        };
        if run.state == RunState::Running {
            // What it still does would never follow.
            if which == WhichRuns::All {
                continue;
            }
            return Err(Failure::conflict(format!("Run {} is at work", run.id))
                .hint("Push it when it has ended."));
        }
        let gave = |hash: &ContentHash| {
            let mut trained = run
                .step(StepKind::Train)
                .into_iter()
                .flat_map(|step| &step.outputs);
            trained.any(|output| output.hash == *hash)
        };
        // Also where training was cached: the model is that of an earlier run.
        let registered = models.iter().rev().find(|m| gave(&m.hash));
        let model = registered.and_then(|version| {
            let bytes = files.read(&version.hash).ok()?;
            let model = Model::from_bytes(&bytes).ok()?;
            Some((model, version.version, version.aliases.clone()))
        });
        let pushed = mlflow::Pushed {
            run: &run,
            line,
            model,
        };
        let names = mlflow::Names {
            experiment: target.experiment.as_deref().unwrap_or(&run.pipeline),
            model: target.model.as_deref().unwrap_or(&run.pipeline),
        };
        let read = |artifact: &ArtifactRef| files.read(&artifact.hash).ok();
        let one = mlflow::push(&server, names, &pushed, &read, monitor)?;
        done.push((run.id, one));
    }
    Ok(done)
}

/// The batches that a run read, or what was said of them, in a folder; the newest run that has them unless one is named.
///
/// # Errors
/// If there is no workspace or no such run, it has not read any data, an artifact is missing or altered, or the folder cannot
/// be written.
pub fn write_dataset(
    root: &Path,
    run: Option<RunId>,
    format: DatasetFormat,
    to: &Path,
) -> Result<Written, Failure> {
    let records = Records::open(root)?;
    let run = records.with_data(run)?;
    std::fs::create_dir_all(to)
        .map_err(|e| Failure::bad_data(format!("{} cannot be made: {e}", to.display())))?;
    let mut written = Written {
        run: run.id,
        files: Vec::new(),
        not_carried: Vec::new(),
    };
    match format {
        DatasetFormat::Tfdv => records.tfdv(&run, to, &mut written)?,
        _ => records.rows(&run, format, to, &mut written)?,
    }
    Ok(written)
}

impl Written {
    fn put(&mut self, folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = folder.join(name);
        write_whole(&path, bytes)?;
        self.files.push(path);
        Ok(())
    }
}

/// The records of a workspace, to look at.
struct Records {
    store: Store,
    root: PathBuf,
}

impl Records {
    fn open(root: &Path) -> Result<Self, Failure> {
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let store = Store::open(&root, Mode::ReadOnly, Arc::new(now))?;
        Ok(Self { store, root })
    }

    fn runs(&self, which: WhichRuns) -> Result<Vec<RunRecord>, Failure> {
        let mut runs = match which {
            WhichRuns::All => self.store.runs(usize::MAX)?,
            WhichRuns::Newest => self.store.runs(1)?,
            WhichRuns::One(id) => self.store.run(id)?.into_iter().collect(),
        };
        if runs.is_empty() {
            let text = match which {
                WhichRuns::One(id) => format!("There is no run {id}"),
                _ => "Nothing has run in this workspace yet".to_owned(),
            };
            return Err(Failure::not_found(text).hint("`lockkeeper runs` lists them."));
        }
        runs.reverse();
        Ok(runs)
    }

    /// The run, or the newest one that read data.
    fn with_data(&self, run: Option<RunId>) -> Result<RunRecord, Failure> {
        let which = run.map_or(WhichRuns::All, WhichRuns::One);
        let has_data = |run: &RunRecord| {
            let ingest = run.step(StepKind::Ingest);
            ingest.is_some_and(|step| step.outputs.iter().any(|o| o.port == "examples"))
        };
        let found = self.runs(which)?.into_iter().rev().find(has_data);
        found.ok_or_else(|| {
            Failure::not_found("The run has not read any data").hint("Run the pipeline first.")
        })
    }

    /// What a step gave on a port, where it is there.
    fn output<T: DeserializeOwned>(
        &self,
        run: &RunRecord,
        step: StepKind,
        port: &str,
    ) -> Result<Option<T>, Failure> {
        let of_port = |o: &&ArtifactRef| o.port == port;
        let artifact = run.step(step).and_then(|s| s.outputs.iter().find(of_port));
        let Some(artifact) = artifact else {
            return Ok(None);
        };
        let bytes = self.store.files().read(&artifact.hash)?;
        parse_json(&bytes, port).map(Some)
    }

    /// The files that the run read, by the names that it recorded, where its definition says that they are; also those that
    /// are gone by now.
    fn sources(&self, run: &RunRecord) -> Result<Vec<PathBuf>, Failure> {
        let spec = self.store.run_spec(run.id).ok();
        let spec = spec.and_then(|spec| serde_json::from_value::<PipelineSpec>(spec).ok());
        let named = spec.map(|spec| spec.steps.ingest.files).unwrap_or_default();
        let list: Option<BatchList> = self.output(run, StepKind::Ingest, "batches")?;
        let batches = list.map(|list| list.batches).unwrap_or_default();
        Ok(batches
            .iter()
            .map(|batch| self.place_of(&batch.name, &named))
            .collect())
    }

    /// Where a file of this name is among what a definition names: files, folders, wildcards.
    fn place_of(&self, name: &str, named: &[String]) -> PathBuf {
        let mut first = None;
        for path in named.iter().map(|pattern| self.root.join(pattern)) {
            let beside = path.parent().map(|folder| folder.join(name));
            for place in [Some(path.clone()), Some(path.join(name)), beside]
                .into_iter()
                .flatten()
            {
                if place.file_name().is_some_and(|n| n == name) {
                    if place.is_file() {
                        return place;
                    }
                    first.get_or_insert(place);
                }
            }
        }
        first.unwrap_or_else(|| self.root.join(name))
    }

    fn schema(&self, run: &RunRecord) -> Result<Option<Schema>, Failure> {
        self.output(run, StepKind::Schema, "schema")
    }

    fn rows(
        &self,
        run: &RunRecord,
        format: DatasetFormat,
        to: &Path,
        written: &mut Written,
    ) -> Result<(), Failure> {
        let list: Option<BatchList> = self.output(run, StepKind::Ingest, "batches")?;
        let names = list.map(|list| list.batches).unwrap_or_default();
        let ingest = run
            .step(StepKind::Ingest)
            .into_iter()
            .flat_map(|step| &step.outputs);
        let mut batches = Vec::new();
        for (at, artifact) in ingest.filter(|o| o.port == "examples").enumerate() {
            let table = ipc::read(&self.store.files().read(&artifact.hash)?)?;
            let name = names
                .get(at)
                .map_or_else(|| format!("batch {}", at + 1), |b| b.name.clone());
            batches.push((name, table));
        }
        let files = data_file::data_files(&batches).map_err(Failure::internal)?;
        let schema = self.schema(run)?;
        for file in &files {
            written.put(to, &file.name, &file.bytes)?;
        }
        if format == DatasetFormat::Croissant {
            let about = croissant::About {
                name: &run.pipeline,
                read: run.started,
                run: run.id.0,
            };
            let text = croissant::descriptor(&about, &files, schema.as_ref());
            return written.put(to, "croissant.json", text.as_bytes());
        }
        let (text, not_carried) = data_package::descriptor(&run.pipeline, &files, schema.as_ref());
        written.not_carried = not_carried;
        written.put(to, "datapackage.json", text.as_bytes())
    }

    fn tfdv(&self, run: &RunRecord, to: &Path, written: &mut Written) -> Result<(), Failure> {
        if let Some(schema) = self.schema(run)? {
            let exported = export(&schema, SchemaFormat::Tfdv);
            written.not_carried.extend(exported.not_carried);
            written.put(to, SchemaFormat::Tfdv.file_name(), exported.text.as_bytes())?;
        }
        let report: Option<StatisticsReport> =
            self.output(run, StepKind::Statistics, "statistics")?;
        if let Some(report) = report {
            written.put(to, "stats.pbtxt", statistics::text(&report).as_bytes())?;
        }
        let report: Option<ValidationReport> = self.output(run, StepKind::Validate, "anomalies")?;
        if let Some(report) = report {
            let (text, not_carried) = anomalies::text(&report);
            written.not_carried.extend(not_carried);
            written.put(to, "anomalies.pbtxt", text.as_bytes())?;
        }
        Ok(())
    }
}
