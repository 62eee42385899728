//! Capability: rollback.

use crate::domain::maturity::{Evidence, NextAction, RecordRef, System};
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "rollback",
    system: System::Deployment,
    level: 1,
    title: "Rollback",
    help: "An earlier model was brought back.",
    required: false,
    proof: Proof::Records {
        evidence,
        next: NextAction::Models,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    let entries = records
        .registry_log
        .iter()
        .rev()
        .filter(|e| e.action == "rollback");
    entries
        .map(|e| Evidence {
            record: RecordRef::Model { version: e.version },
            text: format!("{} went back to v{}: {}", e.who, e.version, e.reason),
        })
        .collect()
}
