//! Capability: data gate.

use crate::domain::maturity::{Evidence, NextAction, System};
use crate::domain::run::StepKind;
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof, from_steps};

pub(super) const DEFINITION: Definition = Definition {
    id: "data-gate",
    system: System::DataCollection,
    level: 1,
    title: "Data gate",
    help: "Data validation decides by itself whether the pipeline stops or a model is trained again.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    from_steps(records, StepKind::Validate, |run, step| {
        let decided = records.decided_by(StepKind::Validate, run, step);
        let verdict = decided.into_iter().find_map(|r| r.data_verdict)?;
        Some(format!(
            "Run {}: the data gate said {}",
            run.id,
            verdict.word()
        ))
    })
}
