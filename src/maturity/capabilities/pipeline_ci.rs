//! Capability: pipeline tested (ci). Not built yet.

use crate::domain::maturity::System;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "pipeline-ci",
    system: System::Modeling,
    level: 2,
    title: "Pipeline tested (CI)",
    help: "Changes of the pipeline itself are built and tested before they are delivered.",
    required: true,
    proof: Proof::Unsupported,
};
