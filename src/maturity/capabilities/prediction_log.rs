//! Capability: prediction log. Not built yet.

use crate::domain::maturity::System;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "prediction-log",
    system: System::Maintenance,
    level: 1,
    title: "Prediction log",
    help: "What the model answers in production is recorded, so that it can be watched.",
    required: true,
    proof: Proof::Unsupported,
};
