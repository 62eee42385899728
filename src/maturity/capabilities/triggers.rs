//! Capability: triggers. Not built yet.

use crate::domain::maturity::System;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "triggers",
    system: System::Maintenance,
    level: 1,
    title: "Triggers",
    help: "The pipeline starts by itself: on a schedule, on new data, on drift.",
    required: true,
    proof: Proof::Unsupported,
};
