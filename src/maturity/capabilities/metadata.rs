//! Capability: metadata store.

use crate::domain::maturity::{Evidence, NextAction, RecordRef, System};
use crate::domain::run::{RunRecord, StepKind, StepRecord};
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "metadata",
    system: System::Maintenance,
    level: 1,
    title: "Metadata store",
    help: "Every step of a run is recorded with its parameters, inputs and outputs.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    let runs = records.runs.iter().filter(|run| is_recorded(run));
    runs.map(|run| Evidence {
        record: RecordRef::Run { id: run.id },
        text: format!(
            "Run {} recorded {} steps with their inputs and outputs",
            run.id,
            run.steps.len()
        ),
    })
    .collect()
}

/// Whether a finished run's records are whole: every step that has a result names what it gave, and every one but the
/// first, which reads files, what it was given; what it was given has a maker; and what the run says of its gates and of
/// production has a step that did it.
fn is_recorded(run: &RunRecord) -> bool {
    let done: Vec<&StepRecord> = run.steps.iter().filter(|s| s.state.is_done()).collect();
    let has = |kind: StepKind| run.step(kind).is_some();
    run.finished.is_some()
        && run.steps.iter().all(|s| s.execution.is_some())
        && done.iter().any(|s| !s.inputs.is_empty())
        && done
            .iter()
            .all(|s| !s.outputs.is_empty() && (s.kind == StepKind::Ingest || !s.inputs.is_empty()))
        && done.iter().all(|s| has_makers(s, &done))
        && (run.data_verdict.is_none() || has(StepKind::Validate))
        && (run.model_verdict.is_none() || has(StepKind::ValidateModel))
        && (run.promoted.is_none() || has(StepKind::Push))
}

/// Whether everything that a step was given is an output of a step of the same run. The model in production, with which
/// a candidate is compared, is an earlier run's.
fn has_makers(step: &StepRecord, done: &[&StepRecord]) -> bool {
    let earlier = |port: &str| step.kind == StepKind::Evaluate && port == "production";
    step.inputs
        .iter()
        .filter(|input| !earlier(&input.port))
        .all(|input| {
            done.iter()
                .any(|s| s.outputs.iter().any(|o| o.id == input.id))
        })
}
