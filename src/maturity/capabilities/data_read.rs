//! Capability: data read.

use crate::domain::maturity::{Evidence, NextAction, System};
use crate::domain::run::StepKind;
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof, from_steps};

pub(super) const DEFINITION: Definition = Definition {
    id: "data-read",
    system: System::DataCollection,
    level: 0,
    title: "Data read",
    help: "A file was read into the pipeline. At level 0 a person does this by hand.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    from_steps(records, StepKind::Ingest, |run, step| {
        let n = step.outputs.iter().filter(|o| o.port == "examples").count();
        Some(format!(
            "Run {} read {n} {}",
            run.id,
            if n == 1 { "batch" } else { "batches" }
        ))
    })
}
