//! Capability: model trained.

use crate::domain::maturity::{Evidence, NextAction, System};
use crate::domain::run::StepKind;
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof, from_steps};

pub(super) const DEFINITION: Definition = Definition {
    id: "trained-model",
    system: System::Modeling,
    level: 0,
    title: "Model trained",
    help: "A model was trained and kept.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    from_steps(records, StepKind::Train, |run, step| {
        let model = step.outputs.iter().find(|o| o.port == "model")?;
        Some(format!(
            "Run {} trained the model {}",
            run.id,
            model.hash.short()
        ))
    })
}
