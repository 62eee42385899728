//! Capability: automated promotion.

use crate::domain::maturity::{Evidence, NextAction, System};
use crate::domain::registry::RegistryEntry;
use crate::domain::run::StepKind;
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof, from_steps};

pub(super) const DEFINITION: Definition = Definition {
    id: "automated-promotion",
    system: System::Deployment,
    level: 1,
    title: "Automated promotion",
    help: "A blessed model goes into production without anybody's hand.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

/// A push whose model is a registered version that the registry's log says the pipeline promoted: without the step, the
/// version or the log's entry there is no proof.
fn evidence(records: &Records) -> Vec<Evidence> {
    from_steps(records, StepKind::Push, |_, step| {
        let pushed = records
            .models
            .iter()
            .filter(|v| step.inputs.iter().any(|i| i.hash == v.hash))
            .find(|v| {
                records
                    .registry_log
                    .iter()
                    .any(|e| by_pipeline(e) && e.version == v.version)
            })?;
        Some(format!(
            "The pipeline put v{} into production",
            pushed.version
        ))
    })
}

fn by_pipeline(entry: &RegistryEntry) -> bool {
    entry.action == "promote" && entry.who == "pipeline"
}
