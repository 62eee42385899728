//! The capabilities, one file each. A new one is a new file, its `mod` line, and its place in `ALL`.

mod candidates;
mod data_gate;
mod data_read;
mod drift;
mod feature_store;
mod metadata;
mod model_gate;
mod pipeline_cd;
mod pipeline_ci;
mod pipeline_data;
mod pipeline_versions;
mod prediction_log;
mod prediction_service;
mod profile;
mod promotion;
mod registry;
mod resume;
mod rollback;
mod schema;
mod segments;
mod trained_model;
mod triggers;

use super::capability::Definition;

/// All capabilities, by level.
pub(super) const ALL: &[Definition] = &[
    data_read::DEFINITION,
    trained_model::DEFINITION,
    prediction_service::DEFINITION,
    profile::DEFINITION,
    schema::DEFINITION,
    data_gate::DEFINITION,
    candidates::DEFINITION,
    segments::DEFINITION,
    model_gate::DEFINITION,
    registry::DEFINITION,
    promotion::DEFINITION,
    rollback::DEFINITION,
    metadata::DEFINITION,
    resume::DEFINITION,
    feature_store::DEFINITION,
    prediction_log::DEFINITION,
    drift::DEFINITION,
    triggers::DEFINITION,
    pipeline_data::DEFINITION,
    pipeline_ci::DEFINITION,
    pipeline_cd::DEFINITION,
    pipeline_versions::DEFINITION,
];
