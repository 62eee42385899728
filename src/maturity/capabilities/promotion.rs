//! Capability: automated promotion.

use crate::domain::maturity::{Evidence, NextAction, RecordRef, System};
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof};

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

fn evidence(records: &Records) -> Vec<Evidence> {
    let entries = records.registry_log.iter().rev();
    entries
        .filter(|e| e.action == "promote" && e.who == "pipeline")
        .map(|e| Evidence {
            record: RecordRef::Model { version: e.version },
            text: format!("The pipeline put v{} into production", e.version),
        })
        .collect()
}
