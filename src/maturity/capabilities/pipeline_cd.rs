//! Capability: pipeline delivered (cd). Not built yet.

use crate::domain::maturity::System;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "pipeline-cd",
    system: System::Deployment,
    level: 2,
    title: "Pipeline delivered (CD)",
    help: "A tested version of the pipeline replaces the one that runs, and can be taken back.",
    required: true,
    proof: Proof::Unsupported,
};
