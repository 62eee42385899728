//! The assessment follows the records: nothing is proven without them.

use super::*;
use crate::domain::maturity::CapabilityState;
use std::collections::BTreeSet;

#[test]
fn without_records_nothing_is_proven() {
    let assessment = assess(&Records::default());
    assert_eq!(assessment.level, None);
    assert!(
        assessment
            .capabilities
            .iter()
            .all(|c| c.state != CapabilityState::Proven)
    );
    assert!(
        assessment
            .capabilities
            .iter()
            .all(|c| c.evidence.is_empty())
    );
}

#[test]
fn ids_are_unique_and_every_system_has_every_level() {
    let assessment = assess(&Records::default());
    let ids: BTreeSet<_> = assessment
        .capabilities
        .iter()
        .map(|c| c.id.as_str())
        .collect();
    assert_eq!(ids.len(), assessment.capabilities.len());
    for system in crate::domain::maturity::System::ALL {
        for level in 1..=2 {
            assert!(
                assessment
                    .capabilities
                    .iter()
                    .any(|c| c.system == system && c.level == level),
                "{} has nothing at level {level}",
                system.title()
            );
        }
    }
}
