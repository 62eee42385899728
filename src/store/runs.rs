//! Writing runs: MLMD contexts, workspace over pipeline over run, and the links of executions and artifacts to all three.
//! What happens inside a run is left to `record`.

use super::artifacts::free_name;
use super::properties::{self, Owner};
use super::states::{OUTPUT, to_mlmd};
use super::types::{self, TypeKind, known_id};
use super::{Store, StoreError};
use crate::domain::anomaly::DataVerdict;
use crate::domain::gate::ModelVerdict;
use crate::domain::ids::{Millis, RunId};
use crate::domain::run::{RunState, StepKind, StepState};
use crate::domain::{ContentHash, Scalar};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

/// The property of a run that counts its executions.
pub(super) const N_STEPS: &str = "n_steps";
/// The property of a run that counts those that were cached.
pub(super) const N_CACHED: &str = "n_cached";
/// The property of a run with the run that registered its model.
pub(super) const MODEL_RUN: &str = "model_run";

impl Store {
    /// Records that a run begins. `spec` is the pipeline's definition as JSON.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_run(
        &self,
        pipeline: &str,
        pipeline_hash: &ContentHash,
        spec: &Value,
        executor: &str,
    ) -> Result<RunId, StoreError> {
        let tx = self.begin()?;
        let now = self.now();
        let project = context(&tx, types::PROJECT, "workspace", now)?;
        let parent = context(&tx, types::PIPELINE, pipeline, now)?;
        add_parent(&tx, parent, project)?;
        let run = next_number(&tx)?;
        let type_id = known_id(&tx, TypeKind::Context, types::PIPELINE_RUN)?;
        let name = free_name(
            &tx,
            "SELECT 1 FROM Context WHERE type_id = ?1 AND name = ?2",
            type_id,
            &[format!("{pipeline}/run {run}")],
        )?;
        let context = insert_context(&tx, type_id, &name, now)?;
        add_parent(&tx, context, parent)?;
        let texts = [
            ("pipeline", pipeline.to_owned()),
            ("pipeline_hash", pipeline_hash.to_string()),
            ("spec", spec.to_string()),
            ("executor", executor.to_owned()),
            ("state", RunState::Running.word().to_owned()),
        ];
        for (name, text) in texts {
            properties::set(&tx, Owner::Context(context), name, &Scalar::Text(text))?;
        }
        let owner = Owner::Context(context);
        properties::set(&tx, owner, "started_ms", &Scalar::Int(now))?;
        tx.execute(
            "INSERT INTO lk_run (number, context_id, pipeline, pipeline_hash, state, started) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                run.0,
                context,
                pipeline,
                pipeline_hash.as_str(),
                RunState::Running.word(),
                now
            ],
        )?;
        tx.commit()?;
        Ok(run)
    }

    /// Records how a run ended.
    ///
    /// # Errors
    /// `NotFound`, and those of the database.
    pub fn finish_run(
        &self,
        run: RunId,
        state: RunState,
        data_verdict: Option<DataVerdict>,
        model_verdict: Option<ModelVerdict>,
        promoted: Option<u32>,
    ) -> Result<(), StoreError> {
        let tx = self.begin()?;
        let now = self.now();
        let data_word = data_verdict.map(DataVerdict::word);
        let model_word = model_verdict.map(ModelVerdict::word);
        let context = context_of(&tx, run)?;
        let started: Millis = tx
            .prepare_cached("SELECT started FROM lk_run WHERE number = ?1")?
            .query_row([run.0], |row| row.get(0))?;
        // A clock that was set back makes nothing end before it began.
        let now = now.max(started);
        tx.execute(
            "UPDATE lk_run SET state = ?2, data_verdict = ?3, model_verdict = ?4, promoted = ?5, finished = ?6 \
             WHERE number = ?1",
            params![run.0, state.word(), data_word, model_word, promoted, now],
        )?;
        let owner = Owner::Context(context);
        let words = [
            ("state", Some(state.word())),
            ("data_verdict", data_word),
            ("model_verdict", model_word),
        ];
        for (name, word) in words {
            if let Some(word) = word {
                properties::set(&tx, owner, name, &Scalar::from(word))?;
            }
        }
        if let Some(version) = promoted {
            properties::set(&tx, owner, "promoted", &Scalar::Int(version.into()))?;
        }
        properties::set(&tx, owner, "finished_ms", &Scalar::Int(now))?;
        // Counted once, so that a list of many runs needs no look at their executions.
        for (name, n) in [N_STEPS, N_CACHED].into_iter().zip(counts(&tx, context)?) {
            properties::set(&tx, owner, name, &Scalar::Int(n))?;
        }
        if let Some(origin) = origin_of_model(&tx, context)? {
            properties::set(&tx, owner, MODEL_RUN, &Scalar::Int(origin))?;
        }
        tx.execute(
            "UPDATE Context SET last_update_time_since_epoch = ?2 WHERE id = ?1",
            [context, now],
        )?;
        tx.commit()?;
        Ok(())
    }
}

/// The run that registered the model which came out of this one: itself, or an earlier one where training was cached.
fn origin_of_model(conn: &Connection, context: i64) -> Result<Option<i64>, StoreError> {
    let found = conn
        .prepare_cached(
            "SELECT m.run FROM Association a JOIN Execution e ON e.id = a.execution_id \
             JOIN Type t ON t.id = e.type_id AND t.name = ?2 \
             JOIN Event v ON v.execution_id = e.id AND v.type = ?3 \
             JOIN lk_model_version m ON m.artifact_id = v.artifact_id \
             WHERE a.context_id = ?1 ORDER BY m.version DESC LIMIT 1",
        )?
        .query_row(
            params![context, types::of_step(StepKind::Train), OUTPUT],
            |row| row.get(0),
        )
        .optional()?;
    Ok(found)
}

/// Executions of a run, and how many of them are CACHED.
pub(super) fn counts(conn: &Connection, context: i64) -> Result<[i64; 2], StoreError> {
    let counted = conn
        .prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE e.last_known_state = ?2) FROM Association a \
             JOIN Execution e ON e.id = a.execution_id WHERE a.context_id = ?1",
        )?
        .query_row([context, to_mlmd(StepState::Cached)], |row| {
            Ok([row.get(0)?, row.get(1)?])
        })?;
    Ok(counted)
}

/// The context of this type and name; made where it is missing.
pub(super) fn context(
    conn: &Connection,
    type_name: &str,
    name: &str,
    now: Millis,
) -> Result<i64, StoreError> {
    let type_id = known_id(conn, TypeKind::Context, type_name)?;
    // Looked for first: an insert that is ignored would use up an id.
    let known = conn
        .prepare_cached("SELECT id FROM Context WHERE type_id = ?1 AND name = ?2")?
        .query_row(params![type_id, name], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => insert_context(conn, type_id, name, now),
    }
}

fn insert_context(
    conn: &Connection,
    type_id: i64,
    name: &str,
    now: Millis,
) -> Result<i64, StoreError> {
    conn.prepare_cached(
        "INSERT INTO Context (type_id, name, create_time_since_epoch, last_update_time_since_epoch) \
         VALUES (?1, ?2, ?3, ?3)",
    )?
    .execute(params![type_id, name, now])?;
    Ok(conn.last_insert_rowid())
}

/// The number that AUTOINCREMENT would give to the next run; asked for beforehand, as the run's context is named by it.
fn next_number(conn: &Connection) -> Result<RunId, StoreError> {
    let number = conn.query_row(
        "SELECT 1 + max((SELECT COALESCE(max(number), 0) FROM lk_run), \
         (SELECT COALESCE(max(seq), 0) FROM sqlite_sequence WHERE name = 'lk_run'))",
        [],
        |row| row.get(0),
    )?;
    Ok(RunId(number))
}

/// The row of a run in MLMD's table `Context`. A run whose context was deleted is `NotFound`, also where another program
/// did that without foreign keys.
pub(super) fn context_of(conn: &Connection, run: RunId) -> Result<i64, StoreError> {
    conn.prepare_cached(
        "SELECT c.id FROM lk_run r JOIN Context c ON c.id = r.context_id WHERE r.number = ?1",
    )?
    .query_row([run.0], |row| row.get(0))
    .optional()?
    .ok_or_else(|| StoreError::NotFound {
        what: "run",
        name: run.to_string(),
    })
}

fn add_parent(conn: &Connection, child: i64, parent: i64) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO ParentContext (context_id, parent_context_id) VALUES (?1, ?2)",
    )?
    .execute([child, parent])?;
    Ok(())
}

/// A context and all above it.
pub(super) fn with_parents(conn: &Connection, context: i64) -> Result<Vec<i64>, StoreError> {
    let found = conn
        .prepare_cached(
            "WITH RECURSIVE up (id) AS (SELECT ?1 UNION SELECT p.parent_context_id FROM ParentContext p JOIN up \
             ON p.context_id = up.id) SELECT id FROM up",
        )?
        .query_map([context], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Links an artifact to these contexts.
pub(super) fn attribute(
    conn: &Connection,
    contexts: &[i64],
    artifact: i64,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(
        "INSERT INTO Attribution (context_id, artifact_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?;
    for context in contexts {
        statement.execute([*context, artifact])?;
    }
    Ok(())
}

/// Links an execution to these contexts.
pub(super) fn associate(
    conn: &Connection,
    contexts: &[i64],
    execution: i64,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(
        "INSERT INTO Association (context_id, execution_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?;
    for context in contexts {
        statement.execute([*context, execution])?;
    }
    Ok(())
}
