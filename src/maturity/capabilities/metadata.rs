//! Capability: metadata store.

use crate::domain::maturity::{Evidence, NextAction, RecordRef, System};
use crate::domain::run::RunRecord;
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
    let complete = |run: &&RunRecord| {
        run.finished.is_some()
            && !run.steps.is_empty()
            && run.steps.iter().all(|s| s.execution.is_some())
            && run
                .steps
                .iter()
                .any(|s| s.state.is_done() && !s.inputs.is_empty() && !s.outputs.is_empty())
    };
    let runs = records.runs.iter().filter(complete);
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
