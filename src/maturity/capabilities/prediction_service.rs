//! Capability: prediction service.

use crate::domain::maturity::{Evidence, NextAction, RecordRef, System};
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "prediction-service",
    system: System::Deployment,
    level: 0,
    title: "Prediction service",
    help: "The trained model is deployed as a prediction service. At level 0 that is all: predictions are neither tracked nor logged.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Serve,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = records
        .services
        .iter()
        .map(|s| Evidence {
            record: RecordRef::Model { version: s.version },
            text: format!("v{} was served at {}", s.version, s.address),
        })
        .collect();
    found.reverse();
    found
}
