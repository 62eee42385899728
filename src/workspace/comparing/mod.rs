//! Two models on a file that has the target: the comparison with its verdict, and the slices in which a model errs. The
//! command line's side of what the pipeline's steps do; how it is told is left to `report`.

use super::open::Workspace;
use super::tools::{file_name, infer_without_target, profile_of};
use crate::data::{Table, ipc, reader};
use crate::domain::comparison::{Comparison, Place};
use crate::domain::gate::Blessing;
use crate::domain::pipeline::EvaluateParams;
use crate::domain::prediction::Targets;
use crate::domain::reading::ReadOptions;
use crate::domain::schema::Role;
use crate::domain::slice::{SliceParams, SliceReport};
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Failure};
use crate::evaluate::slices::SliceJob;
use crate::evaluate::{self, ComparedModel, TestSet, gate};
use crate::model::Model;
use crate::model::targets::encode_targets;
use std::path::Path;

/// The data that models were held against.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TestData {
    /// The file's name.
    pub name: String,
    /// The hash of its rows as they were read (Arrow IPC), whatever the format.
    pub hash: ContentHash,
    /// Rows with a target.
    pub n_rows: u64,
    /// Rows without one; they say nothing and are left out.
    pub n_without_target: u64,
}

/// Rows of a file that have a target which a model knows.
struct TestRows {
    table: Table,
    targets: Targets,
    data: TestData,
}

impl TestRows {
    fn read(
        model: &Model,
        data: &Path,
        options: &ReadOptions,
        monitor: &dyn Monitor,
    ) -> Result<Self, Failure> {
        let signature = &model.signature;
        let read = reader::read_file(data, options, monitor)?;
        let encoded = encode_targets(
            &read.table,
            &signature.target,
            signature.task,
            &signature.classes,
        )?;
        let n_rows = encoded.rows.len();
        Ok(Self {
            table: read.table.take(&encoded.rows),
            targets: encoded.targets,
            data: TestData {
                name: file_name(data),
                hash: ContentHash::of_bytes(&ipc::write(&read.table)),
                n_rows: n_rows as u64,
                n_without_target: (read.table.n_rows() - n_rows) as u64,
            },
        })
    }
}

/// Where a model errs most on a file that has the target; with a baseline, where it is worst beside that.
///
/// # Errors
/// If a model or the file cannot be read, the models answer different questions, the file has no target, or the parameters
/// make no sense.
pub fn find_slices(
    model: &Model,
    baseline: Option<&Model>,
    data: &Path,
    (params, seed): (&SliceParams, u64),
    workspace: Option<&Workspace>,
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<SliceReport, Failure> {
    let problems = evaluate::slices::problems(params);
    if !problems.is_empty() {
        let failure = Failure::usage("Slices cannot be searched for like this");
        let told = problems
            .iter()
            .map(|p| format!("{} {}", p.field, p.message));
        return Err(told.fold(failure, Failure::detail));
    }
    if let Some(baseline) = baseline {
        check_same_question(model, baseline)?;
    }
    let TestRows { table, targets, .. } = TestRows::read(model, data, options, monitor)?;
    let answers = model.predict(&table)?;
    let others = baseline.map(|b| b.predict(&table)).transpose()?;
    let columns = slice_columns(&table, model, baseline, workspace);
    let job = SliceJob {
        table: &table,
        targets: &targets,
        model: (&model.name, &answers),
        baseline: baseline
            .zip(others.as_ref())
            .map(|(m, a)| (m.name.as_str(), a)),
        columns: &columns,
        params,
        seed,
    };
    Ok(evaluate::slices::slices(&job, monitor)?)
}

/// The columns whose values make slices: what the models read, and what a schema has for segments only. What names single rows
/// or is known only with the target says nothing of where a model errs.
fn slice_columns(
    table: &Table,
    model: &Model,
    baseline: Option<&Model>,
    workspace: Option<&Workspace>,
) -> Vec<String> {
    let models = [Some(model), baseline].into_iter().flatten();
    let mut columns: Vec<String> = models
        .flat_map(|m| m.signature.inputs.iter().map(|c| c.name.clone()))
        .collect();
    let schema = workspace.and_then(|w| w.snapshot().schema.as_ref().map(|s| s.schema.clone()));
    let others = schema.into_iter().flat_map(|schema| schema.columns);
    let others = others.filter(|c| matches!(c.role, Role::Sensitive | Role::Group | Role::Time));
    columns.extend(others.map(|c| c.name));
    let mut known = std::collections::HashSet::new();
    columns.retain(|name| table.position(name).is_some() && known.insert(name.clone()));
    columns
}

/// Whether two models can be held against each other.
fn check_same_question(candidate: &Model, production: &Model) -> Result<(), Failure> {
    let (signature, other) = (&candidate.signature, &production.signature);
    if signature.task == other.task
        && signature.target == other.target
        && signature.classes == other.classes
    {
        return Ok(());
    }
    let asked = |model: &Model| {
        let signature = &model.signature;
        format!(
            "{}: {} {:?}",
            model.name, signature.target, signature.classes
        )
    };
    Err(
        Failure::conflict("The two models answer different questions")
            .detail(asked(candidate))
            .detail(asked(production)),
    )
}

/// Two models on a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The file.
    pub data: TestData,
    /// What was found.
    pub comparison: Comparison,
    /// What the gate says of it.
    pub blessing: Blessing,
    /// Where the candidate is worse than production, if that was asked for.
    pub slices: Option<SliceReport>,
}

/// Compares two models on a file that has the target, and searches for slices in which the first is worse if `finds_slices`.
///
/// # Errors
/// If a model or the file cannot be read, the models answer different questions, or the file has no target.
pub fn compare_models(
    candidate: &(Model, ContentHash),
    production: &(Model, ContentHash),
    data: &Path,
    finds_slices: bool,
    workspace: Option<&Workspace>,
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<Compared, Failure> {
    check_same_question(&candidate.0, &production.0)?;
    let signature = &candidate.0.signature;
    let TestRows {
        table,
        targets,
        data,
    } = TestRows::read(&candidate.0, data, options, monitor)?;
    let has_one_name = candidate.0.name == production.0.name;
    let models = [
        (Place::Candidate, candidate),
        (Place::Production, production),
    ]
    .into_iter()
    .map(|(place, (model, hash))| {
        Ok(ComparedModel {
            place,
            title: if has_one_name {
                format!("{} ({})", model.name, hash.short())
            } else {
                model.name.clone()
            },
            hash: hash.clone(),
            predictions: model.predict(&table)?,
        })
    })
    .collect::<Result<Vec<_>, Failure>>()?;
    let snapshot = workspace.map(Workspace::snapshot);
    let spec = snapshot.as_ref().and_then(|s| s.pipeline.clone().ok());
    let mut params = spec
        .as_ref()
        .map_or_else(EvaluateParams::default, |s| s.steps.evaluate.clone());
    if let Some(schema) = snapshot.as_ref().and_then(|s| s.schema.as_ref()) {
        params.resampling = evaluate::resolved(&params.resampling, &schema.schema, &table);
    }
    let segments = if params.segments.is_empty() {
        let statistics = profile_of(&table);
        let mut schema = infer_without_target(&statistics);
        schema
            .columns
            .retain(|c| signature.inputs.iter().any(|input| input.name == c.name));
        evaluate::default_segments(&schema, &statistics)
    } else {
        params.segments.clone()
    };
    let test = TestSet {
        task: signature.task,
        target: &signature.target,
        classes: &signature.classes,
        targets: &targets,
        table: &table,
    };
    let seed = spec.as_ref().map_or(0, |s| s.seed);
    let comparison = evaluate::compare(&test, &models, &params, &segments, seed, monitor)?;
    let checks = spec
        .and_then(|s| s.steps.validate_model)
        .map(|p| p.checks)
        .filter(|c| !c.is_empty())
        .unwrap_or_else(|| gate::default_checks(signature.task));
    let blessing = gate::judge(&comparison, &checks);
    let columns = slice_columns(&table, &candidate.0, Some(&production.0), workspace);
    let slices = finds_slices.then(|| {
        evaluate::slices::slices(
            &SliceJob {
                table: &table,
                targets: &targets,
                model: (&models[0].title, &models[0].predictions),
                baseline: Some((&models[1].title, &models[1].predictions)),
                columns: &columns,
                params: &SliceParams::default(),
                seed,
            },
            monitor,
        )
    });
    Ok(Compared {
        data,
        comparison,
        blessing,
        slices: slices.transpose()?,
    })
}
