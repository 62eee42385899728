//! Capability: automated training.

use crate::domain::maturity::{Evidence, NextAction, System};
use crate::domain::run::StepKind;
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof, from_steps};

pub(super) const DEFINITION: Definition = Definition {
    id: "automated-training",
    system: System::Modeling,
    level: 1,
    title: "Automated training",
    help: "The pipeline trains several candidates and chooses by cross-validation.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    from_steps(records, StepKind::Train, |run, step| {
        let n = step
            .outputs
            .iter()
            .filter(|o| o.port == "candidates")
            .count();
        (n > 1).then(|| format!("Run {} trained {n} candidates", run.id))
    })
}
