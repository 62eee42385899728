//! Capability: drift watched. Not built yet.

use crate::domain::maturity::System;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "serving-drift",
    system: System::Maintenance,
    level: 1,
    title: "Drift watched",
    help: "Data seen in production are compared with the training data all the time.",
    required: true,
    proof: Proof::Unsupported,
};
