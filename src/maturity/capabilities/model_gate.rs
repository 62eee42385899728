//! Capability: model gate.

use crate::domain::maturity::{Evidence, NextAction, System};
use crate::domain::run::StepKind;
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof, from_steps};

pub(super) const DEFINITION: Definition = Definition {
    id: "model-gate",
    system: System::Modeling,
    level: 1,
    title: "Model gate",
    help: "Model validation decides by itself whether a candidate may be promoted.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    from_steps(records, StepKind::ValidateModel, |run, step| {
        let decided = records.decided_by(StepKind::ValidateModel, run, step);
        let verdict = decided.into_iter().find_map(|r| r.model_verdict)?;
        let verdict = verdict.word().replace('_', " ");
        Some(match records.blessings.get(&run.id) {
            Some(blessing) => format!("Run {}: {verdict}. {}", run.id, blessing.reason),
            None => format!("Run {}: {verdict}", run.id),
        })
    })
}
