//! Capability: versioned schema.

use crate::domain::maturity::{Evidence, NextAction, RecordRef, System};
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof};

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

fn evidence(records: &Records) -> Vec<Evidence> {
    let mut versions: Vec<_> = records.schemas.iter().collect();
    versions.sort_by_key(|v| std::cmp::Reverse(v.version));
    versions
        .into_iter()
        .map(|v| Evidence {
            record: RecordRef::Artifact { id: v.artifact.id },
            text: format!("Schema v{} by {}: {}", v.version, v.author, v.note),
        })
        .collect()
}
