//! A recorded run again: every step that was done gets the inputs that it read then, and what it makes is compared with what was
//! recorded, hash by hash. Nothing is written: effects are not applied, pieces of work are not kept, and none that was kept is
//! used.

use super::step::{SourceFile, Step, StepContext};
use super::steps;
use crate::domain::pipeline::PipelineSpec;
use crate::domain::run::{ArtifactRef, RunRecord, StepKind, StepRecord, StepState};
use crate::domain::upkeep::{ReproducedStep, Reproduction, Sameness};
use crate::domain::work::{Forgetful, Monitor};
use crate::domain::{ContentHash, Failure};
use crate::store::ArtifactFiles;
use std::collections::BTreeMap;
use std::path::Path;

/// Runs the steps of a recorded run again. `spec` is the definition that it was run with, `root` the workspace's folder, where
/// data files are looked for.
///
/// # Errors
/// If a stored input is missing or altered, or the monitor asked to stop. That a step comes to something else is no error.
pub fn reproduce(
    record: &RunRecord,
    spec: &PipelineSpec,
    files: &ArtifactFiles,
    root: &Path,
    monitor: &dyn Monitor,
) -> Result<Reproduction, Failure> {
    let mut reproduced = Vec::new();
    let all = steps::of(spec);
    for (at, step) in all.iter().enumerate() {
        if monitor.is_stopped() {
            return Err(Failure::interrupted());
        }
        let kind = step.kind();
        monitor.progress(at as u64, all.len() as u64, kind.name());
        let recorded = record
            .step(kind)
            .filter(|recorded| recorded.state.is_done());
        reproduced.push(match recorded {
            None => not_run(kind, "it was not done in that run"),
            Some(recorded) => match reason_not_to(step.as_ref(), recorded) {
                Some(why) => not_run(kind, &why),
                None => again(step.as_ref(), recorded, (spec, files, root), monitor)?,
            },
        });
    }
    Ok(Reproduction {
        run: record.id.0,
        steps: reproduced,
    })
}

fn not_run(kind: StepKind, why: &str) -> ReproducedStep {
    ReproducedStep {
        kind,
        verdict: Sameness::NotRun,
        outputs: Vec::new(),
        note: why.to_owned(),
    }
}

fn reason_not_to(step: &dyn Step, recorded: &StepRecord) -> Option<String> {
    if step.version() != recorded.version {
        return Some(format!(
            "its code is version {} now and was {} then",
            step.version(),
            recorded.version
        ));
    }
    // The schema in force may be one that a person edited: it was taken, not made.
    let is_taken = recorded.kind == StepKind::Schema && recorded.state == StepState::Cached;
    is_taken.then(|| "the schema in force was taken as it was".to_owned())
}

/// A step again, and what it came to.
fn again(
    step: &dyn Step,
    recorded: &StepRecord,
    (spec, files, root): (&PipelineSpec, &ArtifactFiles, &Path),
    monitor: &dyn Monitor,
) -> Result<ReproducedStep, Failure> {
    let kind = step.kind();
    let sources: Vec<SourceFile> = match steps::sources(spec, kind, root) {
        Ok(sources) => sources,
        Err(failure) => {
            let why = format!("its files cannot be read any more: {}", failure.summary);
            return Ok(not_run(kind, &why));
        }
    };
    let mut inputs: BTreeMap<String, Vec<ArtifactRef>> = BTreeMap::new();
    for input in &recorded.inputs {
        inputs
            .entry(input.port.clone())
            .or_default()
            .push(input.clone());
    }
    let result = step.run(&StepContext {
        inputs: &inputs,
        sources: &sources,
        files,
        keep: &Forgetful,
        seed: spec.seed,
        monitor,
    })?;
    let mut by_port: BTreeMap<String, [Vec<ContentHash>; 2]> = BTreeMap::new();
    for output in &recorded.outputs {
        by_port.entry(output.port.clone()).or_default()[0].push(output.hash.clone());
    }
    for output in &result.outputs {
        let hash = ContentHash::of_bytes(&output.bytes);
        by_port.entry(output.port.to_owned()).or_default()[1].push(hash);
    }
    let outputs: Vec<(String, Option<ContentHash>, Option<ContentHash>)> = by_port
        .into_iter()
        .flat_map(|(port, [then, now])| {
            let n = then.len().max(now.len());
            (0..n).map(move |at| (port.clone(), then.get(at).cloned(), now.get(at).cloned()))
        })
        .collect();
    let is_same = outputs.iter().all(|(_, then, now)| then == now);
    let note = if !is_same && kind == StepKind::Ingest {
        "its files may have changed since"
    } else {
        ""
    };
    Ok(ReproducedStep {
        kind,
        verdict: if is_same {
            Sameness::Same
        } else {
            Sameness::Differs
        },
        outputs,
        note: note.to_owned(),
    })
}
