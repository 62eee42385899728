//! Capability: comparison by segment.

use crate::domain::maturity::{Evidence, NextAction, System};
use crate::domain::run::StepKind;
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof, from_steps};

pub(super) const DEFINITION: Definition = Definition {
    id: "segments",
    system: System::Modeling,
    level: 1,
    title: "Comparison by segment",
    help: "A candidate is compared with production or the baseline on segments of the data, not only overall.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    from_steps(records, StepKind::Evaluate, |run, _| {
        Some(format!("Run {} compared its candidate by segment", run.id))
    })
}
