//! Capability: data profiled.

use crate::domain::maturity::{Evidence, NextAction, System};
use crate::domain::run::StepKind;
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof, from_steps};

pub(super) const DEFINITION: Definition = Definition {
    id: "data-profile",
    system: System::DataCollection,
    level: 1,
    title: "Data profiled",
    help: "Every batch is profiled by the pipeline, not by a person.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    from_steps(records, StepKind::Statistics, |run, _| {
        Some(format!("Run {} profiled its batches", run.id))
    })
}
