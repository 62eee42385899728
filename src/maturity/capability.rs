//! What a capability is made of. One file a capability is in `capabilities/`.

use super::Records;
use crate::domain::maturity::{
    Capability, CapabilityState, Evidence, NextAction, RecordRef, System,
};
use crate::domain::run::{RunRecord, StepKind, StepRecord};

/// The definition of a capability.
#[derive(Clone, Copy)]
pub struct Definition {
    /// Stable id.
    pub id: &'static str,
    /// The system it belongs to.
    pub system: System,
    /// The level it belongs to.
    pub level: u8,
    /// For people.
    pub title: &'static str,
    /// What it means.
    pub help: &'static str,
    /// Whether the level needs it.
    pub required: bool,
    /// How it is proven.
    pub proof: Proof,
}

/// How a capability is proven.
#[derive(Clone, Copy)]
pub enum Proof {
    /// This version of Lockkeeper cannot do it.
    Unsupported,
    /// By these records, newest first; `next` is what would make some.
    Records {
        /// The query.
        evidence: fn(&Records) -> Vec<Evidence>,
        /// What would prove it.
        next: NextAction,
    },
}

/// Pieces of evidence that are shown.
const MAX_EVIDENCE: usize = 5;

impl Definition {
    /// Judges it by the records.
    #[must_use]
    pub fn assess(&self, records: &Records) -> Capability {
        let (state, evidence, next) = match self.proof {
            Proof::Unsupported => (CapabilityState::Unsupported, Vec::new(), None),
            Proof::Records { evidence, next } => {
                let mut found = evidence(records);
                found.truncate(MAX_EVIDENCE);
                let state = if found.is_empty() {
                    CapabilityState::Unproven
                } else {
                    CapabilityState::Proven
                };
                (state, found, Some(next))
            }
        };
        Capability {
            id: self.id.to_owned(),
            system: self.system,
            level: self.level,
            title: self.title.to_owned(),
            help: self.help.to_owned(),
            required: self.required,
            state,
            evidence,
            next,
        }
    }
}

/// Evidence from every complete execution of a step whose outputs are recorded; `text` may decline one. Every step gives
/// something, so an execution without an output is one whose records are gone in part.
pub(super) fn from_steps(
    records: &Records,
    kind: StepKind,
    text: impl Fn(&RunRecord, &StepRecord) -> Option<String>,
) -> Vec<Evidence> {
    records
        .complete(kind)
        .filter(|(_, step)| !step.outputs.is_empty())
        .filter_map(|(run, step)| {
            Some(Evidence {
                record: RecordRef::Execution {
                    id: step.execution?,
                },
                text: text(run, step)?,
            })
        })
        .collect()
}
