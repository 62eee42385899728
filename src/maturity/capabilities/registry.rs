//! Capability: model registry.

use crate::domain::maturity::{Evidence, NextAction, RecordRef, System};
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "registry",
    system: System::Deployment,
    level: 1,
    title: "Model registry",
    help: "Models are registered as versions, and every change says who, when and why.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    let mut versions: Vec<_> = records.models.iter().collect();
    versions.sort_by_key(|v| std::cmp::Reverse(v.version));
    versions
        .into_iter()
        .map(|v| Evidence {
            record: RecordRef::Model { version: v.version },
            text: format!("v{} was registered by run {}", v.version, v.run),
        })
        .collect()
}
