//! Single operations on files, without a pipeline: profile, validate, compare, predict. The command line and the
//! window use the same engine code as the steps do.

use super::open::Workspace;
use crate::data::{Table, profile, reader};
use crate::domain::anomaly::ValidationReport;
use crate::domain::dataset::Finding;
use crate::domain::pipeline::{SchemaParams, StatisticsParams, ValidateParams};
use crate::domain::reading::ReadOptions;
use crate::domain::run::StepKind;
use crate::domain::schema::Schema;
use crate::domain::statistics::DatasetStatistics;
use crate::domain::training::TrainingReport;
use crate::domain::work::{Monitor, Quiet};
use crate::domain::{ContentHash, Failure};
use crate::model::Model;
pub use crate::validate::Environment;
use crate::validate::{self, Span};
use std::path::Path;

/// The fewest digits of a hash that name a model.
const MIN_HASH_DIGITS: usize = 8;

/// Statistics of a file, with what was guessed or repaired while reading it. The file is read in chunks and need not fit
/// into memory.
///
/// # Errors
/// If the file cannot be read.
pub fn profile_file(
    path: &Path,
    options: &ReadOptions,
    params: &StatisticsParams,
    monitor: &dyn Monitor,
) -> Result<(DatasetStatistics, Vec<Finding>), Failure> {
    let source = reader::open(path, options)?;
    let statistics = profile::profile_source(source.as_ref(), params, monitor)?;
    Ok((statistics, source.findings()))
}

/// Statistics of a file as TensorFlow Data Validation reads them: a serialised `DatasetFeatureStatisticsList`.
///
/// # Errors
/// If the file cannot be read.
pub fn tfdv_statistics(
    path: &Path,
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<Vec<u8>, Failure> {
    let (statistics, _) = profile_file(path, options, &StatisticsParams::default(), monitor)?;
    Ok(profile::tfdv::statistics_list(
        &file_name(path),
        &statistics,
    ))
}

/// What a file is held against.
#[derive(Clone, Copy)]
pub enum Reference<'a> {
    /// Nothing: only what the file itself shows.
    Nothing,
    /// A schema, or data from which one is inferred.
    File(&'a Path),
    /// This schema.
    Schema(&'a Schema),
    /// The schema in force in a workspace.
    Workspace(&'a Workspace),
}

/// Validates a file.
///
/// # Errors
/// If a file cannot be read.
pub fn validate_file(
    path: &Path,
    against: Reference<'_>,
    environment: Environment,
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<ValidationReport, Failure> {
    let read = reader::read_file(path, options, monitor)?;
    let name = file_name(path);
    let newest = Span {
        name: &name,
        statistics: None,
        table: &read.table,
    };
    let params = ValidateParams::default();
    let schema = match against {
        Reference::Nothing => infer_without_target(&profile_of(&read.table)),
        Reference::Workspace(workspace) => {
            let snapshot = workspace.snapshot();
            snapshot
                .schema
                .as_ref()
                .map(|s| s.schema.clone())
                .ok_or_else(|| {
                    Failure::not_found("This workspace has no schema yet")
                        .hint("Run the pipeline once.")
                })?
        }
        Reference::Schema(schema) => schema.clone(),
        Reference::File(other) => match read_schema(other)? {
            Some(schema) => schema,
            None => {
                let earlier = reader::read_file(other, options, monitor)?;
                let earlier_statistics = profile_of(&earlier.table);
                let earlier_name = file_name(other);
                let first = Span {
                    name: &earlier_name,
                    statistics: Some(&earlier_statistics),
                    table: &earlier.table,
                };
                let schema = validate::infer_reference(&earlier_statistics);
                return Ok(validate::check_newest(
                    &schema,
                    &[first, newest],
                    &params,
                    environment,
                ));
            }
        },
    };
    Ok(validate::check(&schema, &[newest], &params, environment))
}

pub(super) fn profile_of(table: &Table) -> DatasetStatistics {
    profile::profile(table, &StatisticsParams::default())
}

pub(super) fn infer_without_target(statistics: &DatasetStatistics) -> Schema {
    validate::infer_columns(
        statistics,
        &SchemaParams {
            target: String::new(),
            task: None,
            positive: None,
            roles: std::collections::BTreeMap::new(),
        },
    )
}

/// A schema, if the file is one (JSON).
fn read_schema(path: &Path) -> Result<Option<Schema>, Failure> {
    if path.extension().is_none_or(|e| e != "json") {
        return Ok(None);
    }
    let bytes = std::fs::read(path)
        .map_err(|e| Failure::bad_data(format!("{} cannot be read: {e}", path.display())))?;
    // A schema lists columns; another JSON file is data.
    let is_schema = serde_json::from_slice::<serde_json::Value>(&bytes)
        .is_ok_and(|v| v.get("columns").is_some_and(serde_json::Value::is_array));
    if !is_schema {
        return Ok(None);
    }
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|e| Failure::bad_data(format!("{} is not a schema: {e}", path.display())))
}

/// Finds a model: a registered version (`3`, `v3`), an alias (`production`), a candidate of the newest run (`forest`),
/// the hash of a model artifact, or a file.
///
/// # Errors
/// If there is no such model, or its file is damaged.
pub fn find_model(
    name: &str,
    workspace: Option<&Workspace>,
) -> Result<(Model, ContentHash), Failure> {
    if let Some(workspace) = workspace
        && let Some(hash) = stored_model(name, workspace)
    {
        let bytes = workspace.files().read(&hash)?;
        return Ok((Model::from_bytes(&bytes)?, hash));
    }
    let path = Path::new(name);
    if path.is_file() {
        let bytes = std::fs::read(path)
            .map_err(|e| Failure::bad_data(format!("{} cannot be read: {e}", path.display())))?;
        return Ok((Model::from_bytes(&bytes)?, ContentHash::of_bytes(&bytes)));
    }
    Err(Failure::not_found(format!("There is no model {name:?}"))
        .hint("Name a version (`3`), an alias (`production`), a candidate of the newest run, the first digits of a model's hash, or a model file."))
}

/// The model of this name in the workspace's records.
fn stored_model(name: &str, workspace: &Workspace) -> Option<ContentHash> {
    let snapshot = workspace.snapshot();
    let number = name.strip_prefix('v').unwrap_or(name).parse::<u32>().ok();
    let mine = || snapshot.models.iter().filter(|m| m.name == snapshot.name);
    let registered = mine()
        .find(|m| Some(m.version) == number)
        .or_else(|| mine().find(|m| m.aliases.iter().any(|a| a == name)));
    if let Some(version) = registered {
        return Some(version.hash.clone());
    }
    let board = snapshot
        .latest_output(StepKind::Train, "leaderboard")
        .and_then(|board| workspace.files().read(&board.hash).ok())
        .and_then(|bytes| serde_json::from_slice::<TrainingReport>(&bytes).ok());
    let candidate = board.and_then(|b| b.candidates.into_iter().find(|c| c.name == name)?.model);
    if candidate.is_some() || name.len() < MIN_HASH_DIGITS {
        return candidate;
    }
    let versions = snapshot.models.iter().map(|m| &m.hash);
    let steps = snapshot.runs.iter().flat_map(|r| &r.steps);
    let outputs = steps.flat_map(|s| &s.outputs);
    let of_runs = outputs
        .filter(|o| o.kind == "lockkeeper.Model")
        .map(|o| &o.hash);
    let hash = versions
        .chain(of_runs)
        .find(|h| h.as_str().starts_with(name));
    hash.cloned()
}

/// Predictions of a file as CSV: `prediction`, and for classes `probability_<class>` in the classes' order.
///
/// # Errors
/// If the file cannot be read or lacks columns that the model needs.
pub fn predict_file(model: &Model, data: &Path, options: &ReadOptions) -> Result<String, Failure> {
    let read = reader::read_file(data, options, &Quiet)?;
    predict_table(model, &read.table)
}

fn predict_table(model: &Model, table: &Table) -> Result<String, Failure> {
    use crate::domain::prediction::Predictions;
    let predictions = model.predict(table)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["prediction".to_owned()];
    header.extend(
        model
            .signature
            .classes
            .iter()
            .map(|c| format!("probability_{c}")),
    );
    let broken =
        |e: csv::Error| Failure::internal(format!("The predictions could not be written: {e}"));
    writer.write_record(&header).map_err(broken)?;
    match &predictions {
        Predictions::Values(values) => {
            for value in values {
                writer.write_record([value.to_string()]).map_err(broken)?;
            }
        }
        Predictions::Probabilities { n_classes, values } => {
            let labels = model.labels_of(&predictions);
            for (label, row) in labels.iter().zip(values.chunks(*n_classes)) {
                let mut record = vec![label.clone()];
                record.extend(row.iter().map(f64::to_string));
                writer.write_record(&record).map_err(broken)?;
            }
        }
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| Failure::internal(format!("The predictions could not be written: {e}")))?;
    String::from_utf8(bytes).map_err(|e| Failure::internal(e.to_string()))
}

/// What an ONNX file takes and gives, for people: "inputs: size, age, city; outputs: label, probabilities; by skl2onnx 1.20".
///
/// # Errors
/// If it cannot be read, with everything that stands against it.
pub fn onnx_summary(bytes: &[u8]) -> Result<String, Failure> {
    crate::model::onnx_summary(bytes).map_err(|e| {
        let failure = Failure::bad_data(format!("The ONNX file cannot be used: {e}"));
        failure
            .hint("Lockkeeper reads pipelines for tables, as skl2onnx and onnxmltools write them.")
    })
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    )
}

/// Writes a file whole, or leaves the old one.
///
/// # Errors
/// If the folder cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write;
    let unwritable =
        |e: std::io::Error| Failure::bad_data(format!("{} cannot be written: {e}", path.display()));
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    file.write_all(bytes).map_err(unwritable)?;
    file.persist(path).map_err(|e| unwritable(e.error))?;
    Ok(())
}
