//! Capability: pipeline versions run by triggers. Not built yet.

use crate::domain::maturity::System;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "pipeline-versions",
    system: System::Maintenance,
    level: 2,
    title: "Pipeline versions run by triggers",
    help: "Triggers run a named, delivered version of the pipeline.",
    required: true,
    proof: Proof::Unsupported,
};
