//! Capability: versioned schema.

use crate::domain::maturity::{Evidence, NextAction, RecordRef, System};
use crate::domain::run::StepKind;
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof};
use crate::store::SchemaVersion;

pub(super) const DEFINITION: Definition = Definition {
    id: "schema",
    system: System::DataCollection,
    level: 1,
    title: "Versioned schema",
    help: "What is expected of the data is written down, versioned, and used by every run.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

/// The versions that a run's schema step gave to the steps behind it.
fn evidence(records: &Records) -> Vec<Evidence> {
    let is_used = |version: &SchemaVersion| {
        let mut steps = records.runs.iter().filter_map(|r| r.step(StepKind::Schema));
        steps.any(|s| s.state.is_done() && s.outputs.iter().any(|o| o.id == version.artifact.id))
    };
    let mut versions: Vec<_> = records.schemas.iter().filter(|v| is_used(v)).collect();
    versions.sort_by_key(|v| std::cmp::Reverse(v.version));
    versions
        .into_iter()
        .map(|v| Evidence {
            record: RecordRef::Artifact { id: v.artifact.id },
            text: format!("Schema v{} by {}: {}", v.version, v.author, v.note),
        })
        .collect()
}
