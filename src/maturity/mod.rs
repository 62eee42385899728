//! Floor 5: MLOps maturity, proven by records. A capability is a query over the metadata store: it holds while records
//! of its having happened exist, and goes when they go. Nothing is remembered here. Who asks, and how it is shown, is
//! left to `workspace` and the roofs.

mod capabilities;
pub mod capability;
mod lesson;
mod lessons;
mod records;

pub use lesson::lessons;
pub use records::Records;

use crate::domain::maturity::{CapabilityState, MaturityAssessment};

/// Assesses a workspace.
///
/// The level is the highest one all of whose required capabilities, and those of the levels below, are proven. A
/// required capability that this version cannot do keeps the level below it.
#[must_use]
pub fn assess(records: &Records) -> MaturityAssessment {
    let capabilities: Vec<_> = capabilities::ALL
        .iter()
        .map(|c| c.assess(records))
        .collect();
    let reached = |level: u8| {
        capabilities
            .iter()
            .filter(|c| c.level == level && c.required)
            .all(|c| c.state == CapabilityState::Proven)
    };
    let level = (0..=2).take_while(|level| reached(*level)).last();
    MaturityAssessment {
        level,
        capabilities,
    }
}

#[cfg(test)]
mod tests;
