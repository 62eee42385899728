//! The steps, one file each. A new step is a new file, a variant of `StepKind`, and one line in `of`.

mod evaluate;
mod ingest;
mod push;
mod schema;
mod statistics;
mod train;
mod transform;
mod validate;
mod validate_model;

use super::step::{SourceFile, Step, StepContext};
use crate::data::{Table, ipc, memory, union};
use crate::domain::Failure;
use crate::domain::dataset::BatchList;
use crate::domain::pipeline::PipelineSpec;
use crate::domain::run::{ArtifactRef, StepKind};
use std::path::Path;
use std::sync::Arc;

/// The steps of a pipeline, in order.
#[must_use]
pub fn of(spec: &PipelineSpec) -> Vec<Arc<dyn Step>> {
    let parts = &spec.steps;
    let mut all: Vec<Arc<dyn Step>> = vec![
        Arc::new(ingest::Ingest(parts.ingest.clone())),
        Arc::new(statistics::Statistics(parts.statistics.clone())),
        Arc::new(schema::InferSchema(parts.schema.clone())),
    ];
    if let Some(params) = &parts.validate {
        all.push(Arc::new(validate::Validate(params.clone())));
    }
    all.push(Arc::new(transform::Transform {
        params: parts.transform.clone(),
        schema: parts.schema.clone(),
    }));
    all.push(Arc::new(train::Train {
        params: parts.train.clone(),
        transform: parts.transform.clone(),
        task: parts.schema.task,
    }));
    all.push(Arc::new(evaluate::Evaluate(parts.evaluate.clone())));
    if let Some(params) = &parts.validate_model {
        all.push(Arc::new(validate_model::ValidateModel(params.clone())));
    }
    if parts.push.is_some() {
        all.push(Arc::new(push::Push {
            pipeline: spec.name.clone(),
        }));
    }
    all
}

/// The files that a step reads from outside, with their hashes: data for `ingest`, models of other programs for `train`.
///
/// # Errors
/// If a data file is missing or cannot be read. A model that cannot be read fails later, as a candidate.
pub fn sources(
    spec: &PipelineSpec,
    kind: StepKind,
    root: &Path,
) -> Result<Vec<SourceFile>, Failure> {
    match kind {
        StepKind::Ingest => ingest::sources(&spec.steps.ingest, root),
        StepKind::Train => Ok(train::sources(&spec.steps.train, root)),
        _ => Ok(Vec::new()),
    }
}

/// The batches on the port `examples`, each with its name.
fn batches(context: &StepContext<'_>) -> Result<Vec<(String, Table)>, Failure> {
    let list: BatchList = context.json("batches")?;
    let mut tables = Vec::new();
    for (artifact, batch) in context.artifacts("examples").iter().zip(list.batches) {
        tables.push((batch.name, rows_of(context, artifact)?));
        context.check_stop()?;
    }
    Ok(tables)
}

/// All batches below one another.
fn all_rows(context: &StepContext<'_>) -> Result<Table, Failure> {
    let mut tables = Vec::new();
    for artifact in context.artifacts("examples") {
        tables.push(rows_of(context, artifact)?);
        context.check_stop()?;
    }
    if let [_, _, ..] = tables.as_slice() {
        memory::ensure(
            context
                .artifacts("examples")
                .iter()
                .map(|a| a.n_bytes)
                .sum(),
        )?;
    }
    Ok(union::union(&tables))
}

/// The rows of a batch, for which its bytes are in memory twice.
fn rows_of(context: &StepContext<'_>, artifact: &ArtifactRef) -> Result<Table, Failure> {
    memory::ensure(2 * artifact.n_bytes)?;
    Ok(ipc::read(&context.files.read(&artifact.hash)?)?)
}

/// Parameters as canonical JSON.
fn json_of(params: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(params).expect("parameters serialise")
}
