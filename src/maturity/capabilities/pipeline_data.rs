//! Capability: data contracts tested. Not built yet.

use crate::domain::maturity::System;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "data-tests",
    system: System::DataCollection,
    level: 2,
    title: "Data contracts tested",
    help: "Changes of the schema are tested before they are delivered.",
    required: true,
    proof: Proof::Unsupported,
};
