//! Capability: feature store. Not built yet.

use crate::domain::maturity::System;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "feature-store",
    system: System::DataCollection,
    level: 1,
    title: "Feature store",
    help: "Features are computed once and served the same to training and prediction. Optional at level 1.",
    required: false,
    proof: Proof::Unsupported,
};
