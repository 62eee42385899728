//! The MLMD types that Lockkeeper writes, with their parents among the base types and their declared properties, so that
//! `filter_query` in `ml-metadata` can ask for them by name and type. A new type is one more line in a list here.

use super::StoreError;
use super::runs::{MODEL_RUN, N_CACHED, N_STEPS};
use crate::domain::run::StepKind;
use rusqlite::{Connection, OptionalExtension as _, params};

/// Examples: the rows of a dataset.
pub const EXAMPLES: &str = "lockkeeper.Examples";
/// The list of the batches that were read, with what was repaired.
pub const BATCHES: &str = "lockkeeper.Batches";
/// Statistics of examples.
pub const STATISTICS: &str = "lockkeeper.Statistics";
/// A schema.
pub const SCHEMA: &str = "lockkeeper.Schema";
/// What data validation found.
pub const ANOMALIES: &str = "lockkeeper.Anomalies";
/// Which rows are for training and which for the test.
pub const SPLIT: &str = "lockkeeper.Split";
/// Fitted transforms.
pub const TRANSFORM_GRAPH: &str = "lockkeeper.TransformGraph";
/// A trained model.
pub const MODEL: &str = "lockkeeper.Model";
/// Candidates with their scores.
pub const LEADERBOARD: &str = "lockkeeper.Leaderboard";
/// A comparison on the test rows.
pub const EVALUATION: &str = "lockkeeper.Evaluation";
/// The record of the model gate.
pub const BLESSING: &str = "lockkeeper.Blessing";
/// The record that a model went to production.
pub const PUSHED_MODEL: &str = "lockkeeper.PushedModel";
/// All artifact types.
pub const ARTIFACT_TYPES: [&str; 12] = [
    EXAMPLES,
    BATCHES,
    STATISTICS,
    SCHEMA,
    ANOMALIES,
    SPLIT,
    TRANSFORM_GRAPH,
    MODEL,
    LEADERBOARD,
    EVALUATION,
    BLESSING,
    PUSHED_MODEL,
];

/// The context type of the workspace.
pub const PROJECT: &str = "lockkeeper.Project";
/// The context type of a pipeline.
pub const PIPELINE: &str = "lockkeeper.Pipeline";
/// The context type of a run.
pub const PIPELINE_RUN: &str = "lockkeeper.PipelineRun";

/// MLMD's `type_kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypeKind {
    Execution = 0,
    Artifact = 1,
    Context = 2,
}

/// MLMD's property types, as far as we use them.
#[derive(Debug, Clone, Copy)]
enum PropertyType {
    Int = 1,
    Double = 2,
    Text = 3,
}
use PropertyType::{Double, Int, Text};

/// The property of an execution with its seed.
pub(super) const SEED: &str = "seed";
/// The property with the CPU seconds of the process while it ran.
pub(super) const CPU_SECONDS: &str = "cpu_seconds";
/// The property with the most memory that the process had had at its end, in bytes.
pub(super) const PEAK_MEMORY: &str = "peak_memory_bytes";

const ARTIFACT_PROPERTIES: &[(&str, PropertyType)] =
    &[("hash", Text), ("n_bytes", Int), ("run", Int)];
const EXECUTION_PROPERTIES: &[(&str, PropertyType)] = &[
    ("kind", Text),
    ("version", Int),
    ("params", Text),
    ("executor", Text),
    ("run", Int),
    ("started_ms", Int),
    ("finished_ms", Int),
    ("duration_ms", Int),
    ("error", Text),
    ("warnings", Text),
    ("cached_from", Int),
    ("cache_key", Text),
    (SEED, Int),
    (CPU_SECONDS, Double),
    (PEAK_MEMORY, Int),
];
const RUN_PROPERTIES: &[(&str, PropertyType)] = &[
    ("pipeline", Text),
    ("pipeline_hash", Text),
    ("spec", Text),
    ("executor", Text),
    ("state", Text),
    ("data_verdict", Text),
    ("model_verdict", Text),
    ("promoted", Int),
    ("started_ms", Int),
    ("finished_ms", Int),
    (N_STEPS, Int),
    (N_CACHED, Int),
    (MODEL_RUN, Int),
];

/// The MLMD execution type of a step.
#[must_use]
pub fn of_step(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Ingest => "lockkeeper.Ingest",
        StepKind::Statistics => "lockkeeper.Statistics",
        StepKind::Schema => "lockkeeper.Schema",
        StepKind::Validate => "lockkeeper.Validate",
        StepKind::Transform => "lockkeeper.Transform",
        StepKind::Train => "lockkeeper.Train",
        StepKind::Evaluate => "lockkeeper.Evaluate",
        StepKind::ValidateModel => "lockkeeper.ValidateModel",
        StepKind::Push => "lockkeeper.Push",
    }
}

/// The step of an MLMD execution type.
#[must_use]
pub fn step_of(type_name: &str) -> Option<StepKind> {
    StepKind::ALL
        .into_iter()
        .find(|kind| of_step(*kind) == type_name)
}

fn parent_of_step(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Train => "mlmd.Train",
        StepKind::Transform => "mlmd.Transform",
        StepKind::Evaluate => "mlmd.Evaluate",
        StepKind::Push => "mlmd.Deploy",
        _ => "mlmd.Process",
    }
}

fn parent_of_artifact(name: &str) -> Option<&'static str> {
    match name {
        EXAMPLES => Some("mlmd.Dataset"),
        STATISTICS => Some("mlmd.Statistics"),
        MODEL => Some("mlmd.Model"),
        EVALUATION => Some("mlmd.Metrics"),
        _ => None,
    }
}

/// The row of a type.
pub(super) fn id_of(
    conn: &Connection,
    kind: TypeKind,
    name: &str,
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT id FROM Type WHERE name = ?1 AND type_kind = ?2 AND version IS NULL ORDER BY id LIMIT 1";
    let id = conn
        .prepare_cached(sql)?
        .query_row(params![name, kind as i64], |row| row.get(0))
        .optional()?;
    Ok(id)
}

/// The row of a type that must be there.
pub(super) fn known_id(conn: &Connection, kind: TypeKind, name: &str) -> Result<i64, StoreError> {
    id_of(conn, kind, name)?.ok_or_else(|| StoreError::UnknownType {
        name: name.to_owned(),
    })
}

/// Writes the types that are missing; what is there already is left alone.
pub(super) fn ensure(conn: &Connection) -> Result<(), StoreError> {
    for name in ARTIFACT_TYPES {
        ensure_one(
            conn,
            TypeKind::Artifact,
            name,
            parent_of_artifact(name),
            ARTIFACT_PROPERTIES,
        )?;
    }
    for kind in StepKind::ALL {
        ensure_one(
            conn,
            TypeKind::Execution,
            of_step(kind),
            Some(parent_of_step(kind)),
            EXECUTION_PROPERTIES,
        )?;
    }
    ensure_one(conn, TypeKind::Context, PROJECT, None, &[])?;
    ensure_one(conn, TypeKind::Context, PIPELINE, None, &[])?;
    ensure_one(conn, TypeKind::Context, PIPELINE_RUN, None, RUN_PROPERTIES)
}

fn ensure_one(
    conn: &Connection,
    kind: TypeKind,
    name: &str,
    parent: Option<&str>,
    properties: &[(&str, PropertyType)],
) -> Result<(), StoreError> {
    let id = if let Some(id) = id_of(conn, kind, name)? {
        id
    } else {
        conn.prepare_cached("INSERT INTO Type (name, type_kind) VALUES (?1, ?2)")?
            .execute(params![name, kind as i64])?;
        conn.last_insert_rowid()
    };
    for (property, data_type) in properties {
        conn.prepare_cached(
            "INSERT OR IGNORE INTO TypeProperty (type_id, name, data_type) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![id, property, *data_type as i64])?;
    }
    if let Some(parent) = parent {
        let parent_id = known_id(conn, kind, parent)?;
        conn.prepare_cached(
            "INSERT OR IGNORE INTO ParentType (type_id, parent_type_id) VALUES (?1, ?2)",
        )?
        .execute(params![id, parent_id])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_type_of_its_own() {
        for kind in StepKind::ALL {
            assert_eq!(step_of(of_step(kind)), Some(kind));
        }
        assert_eq!(step_of("lockkeeper.Model"), None);
    }
}
