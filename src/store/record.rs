//! Writing executions: a step begins, ends, is skipped or counts as cached. Each call is one transaction, so a crash
//! leaves the state before or after it and nothing between. Which of these a step does is left to the pipeline.

use super::artifacts::{self, NewArtifact};
use super::events::{self, Side};
use super::properties::{self, Owner};
use super::runs::{associate, attribute, context_of, with_parents};
use super::states::{from_mlmd, to_mlmd};
use super::steps::runs_of;
use super::types::{self, CPU_SECONDS, PEAK_MEMORY, SEED, TypeKind, known_id};
use super::{Store, StoreError};
use crate::domain::ids::{ExecutionId, Millis, RunId};
use crate::domain::run::{ArtifactRef, StepKind, StepState, UnitRecord, Usage};
use crate::domain::{ContentHash, Scalar};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

/// A step that is to be recorded.
#[derive(Debug, Clone)]
pub struct NewExecution<'a> {
    /// The run.
    pub run: RunId,
    /// The step.
    pub kind: StepKind,
    /// Version of the step's code.
    pub version: u32,
    /// Its parameters.
    pub params: &'a Value,
    /// What it reads, in order.
    pub inputs: &'a [ArtifactRef],
    /// Who does it: `host/process`, threads, engine version.
    pub executor: &'a str,
}

impl Store {
    /// Records that a step begins: RUNNING, with its inputs.
    ///
    /// # Errors
    /// `NotFound` for the run or an input, and those of the database.
    pub fn begin_execution(&self, new: &NewExecution<'_>) -> Result<ExecutionId, StoreError> {
        let tx = self.begin()?;
        let now = self.now();
        let id = insert_execution(&tx, new, StepState::Running, now)?;
        properties::set(&tx, Owner::Execution(id), "started_ms", &Scalar::Int(now))?;
        tx.commit()?;
        Ok(ExecutionId(id))
    }

    /// Publishes a step's outputs: artifacts LIVE, execution COMPLETE, an answer for its cache key, all or nothing. An
    /// artifact with the same type and hash is used again. Returns the outputs in the order given.
    ///
    /// # Errors
    /// `NotFound`, `NotRunning`, `UnknownType`, and those of the database; then nothing has changed.
    pub fn complete_execution(
        &self,
        id: ExecutionId,
        outputs: &[NewArtifact],
        cache_key: Option<&ContentHash>,
        units: &[UnitRecord],
        warnings: &[String],
        usage: Option<&Usage>,
    ) -> Result<Vec<ArtifactRef>, StoreError> {
        let tx = self.begin()?;
        let now = self.now();
        let run = end_execution(&tx, id, StepState::Complete, units, warnings, now)?;
        let contexts = with_parents(&tx, context_of(&tx, run)?)?;
        let mut refs = Vec::with_capacity(outputs.len());
        for output in outputs {
            let artifact = artifacts::put(&tx, output, Some(run), now)?;
            attribute(&tx, &contexts, artifact.id.0)?;
            refs.push(artifact);
        }
        events::add(&tx, id.0, Side::Output, &refs, now)?;
        if let Some(usage) = usage {
            write_usage(&tx, Owner::Execution(id.0), usage)?;
        }
        if let Some(key) = cache_key {
            let key_text = Scalar::from(key.as_str());
            properties::set(&tx, Owner::Execution(id.0), "cache_key", &key_text)?;
            tx.execute(
                "INSERT INTO lk_cache (key, execution_id, n_outputs) VALUES (?1, ?2, ?3)",
                params![key.as_str(), id.0, refs.len() as i64],
            )?;
        }
        tx.commit()?;
        Ok(refs)
    }

    /// Records that a step broke.
    ///
    /// # Errors
    /// `NotFound`, `NotRunning`, and those of the database.
    pub fn fail_execution(
        &self,
        id: ExecutionId,
        error: &str,
        units: &[UnitRecord],
        warnings: &[String],
    ) -> Result<(), StoreError> {
        self.end_without_outputs(id, StepState::Failed, error, units, warnings)
    }

    /// Records that a step was stopped while it ran: a gate said no, or a person stopped the run.
    ///
    /// # Errors
    /// `NotFound`, `NotRunning`, and those of the database.
    pub fn cancel_execution(
        &self,
        id: ExecutionId,
        reason: &str,
        units: &[UnitRecord],
        warnings: &[String],
    ) -> Result<(), StoreError> {
        self.end_without_outputs(id, StepState::Canceled, reason, units, warnings)
    }

    fn end_without_outputs(
        &self,
        id: ExecutionId,
        state: StepState,
        why: &str,
        units: &[UnitRecord],
        warnings: &[String],
    ) -> Result<(), StoreError> {
        let tx = self.begin()?;
        end_execution(&tx, id, state, units, warnings, self.now())?;
        properties::set(&tx, Owner::Execution(id.0), "error", &Scalar::from(why))?;
        tx.commit()?;
        Ok(())
    }

    /// Records a step that never ran, as CANCELED: it has neither beginning nor end.
    ///
    /// # Errors
    /// `NotFound` for the run or an input, and those of the database.
    pub fn skip(&self, new: &NewExecution<'_>, reason: &str) -> Result<ExecutionId, StoreError> {
        let tx = self.begin()?;
        let id = insert_execution(&tx, new, StepState::Canceled, self.now())?;
        properties::set(&tx, Owner::Execution(id), "error", &Scalar::from(reason))?;
        tx.commit()?;
        Ok(ExecutionId(id))
    }

    /// Records a step whose outputs were there already, as CACHED.
    ///
    /// # Errors
    /// `NotFound` for the run, an input or an output, and those of the database.
    pub fn cached_execution(
        &self,
        new: &NewExecution<'_>,
        outputs: &[ArtifactRef],
        cached_from: Option<ExecutionId>,
    ) -> Result<ExecutionId, StoreError> {
        let tx = self.begin()?;
        let now = self.now();
        let id = insert_execution(&tx, new, StepState::Cached, now)?;
        events::add(&tx, id, Side::Output, outputs, now)?;
        let contexts = with_parents(&tx, context_of(&tx, new.run)?)?;
        for output in outputs {
            attribute(&tx, &contexts, output.id.0)?;
        }
        let owner = Owner::Execution(id);
        for (name, number) in [
            ("started_ms", now),
            ("finished_ms", now),
            ("duration_ms", 0),
        ]
        .into_iter()
        .chain(cached_from.map(|from| ("cached_from", from.0)))
        {
            properties::set(&tx, owner, name, &Scalar::Int(number))?;
        }
        tx.commit()?;
        Ok(ExecutionId(id))
    }
}

fn write_usage(conn: &Connection, owner: Owner, usage: &Usage) -> Result<(), StoreError> {
    // SQLite's whole numbers have a sign; a seed that needs the highest bit comes back by the same cast.
    properties::set(conn, owner, SEED, &Scalar::Int(usage.seed as i64))?;
    if let Some(seconds) = usage.cpu_seconds {
        properties::set(conn, owner, CPU_SECONDS, &Scalar::Float(seconds))?;
    }
    if let Some(bytes) = usage
        .peak_memory
        .and_then(|bytes| i64::try_from(bytes).ok())
    {
        properties::set(conn, owner, PEAK_MEMORY, &Scalar::Int(bytes))?;
    }
    Ok(())
}

fn insert_execution(
    conn: &Connection,
    new: &NewExecution<'_>,
    state: StepState,
    now: Millis,
) -> Result<i64, StoreError> {
    let contexts = with_parents(conn, context_of(conn, new.run)?)?;
    let type_id = known_id(conn, TypeKind::Execution, types::of_step(new.kind))?;
    let base = format!("run {}/{}", new.run, new.kind.name());
    let name = artifacts::free_name(
        conn,
        "SELECT 1 FROM Execution WHERE type_id = ?1 AND name = ?2",
        type_id,
        &[base],
    )?;
    conn.prepare_cached(
        "INSERT INTO Execution (type_id, last_known_state, name, create_time_since_epoch, \
         last_update_time_since_epoch) VALUES (?1, ?2, ?3, ?4, ?4)",
    )?
    .execute(params![type_id, to_mlmd(state), name, now])?;
    let id = conn.last_insert_rowid();
    let owner = Owner::Execution(id);
    let declared = [
        ("kind", Scalar::from(new.kind.name())),
        ("version", Scalar::Int(new.version.into())),
        ("params", Scalar::Text(new.params.to_string())),
        ("executor", Scalar::from(new.executor)),
        ("run", Scalar::Int(new.run.0)),
    ];
    for (name, value) in declared {
        properties::set(conn, owner, name, &value)?;
    }
    // Single parameters too, so that filter_query can ask for them: custom_properties.folds.int_value = 5.
    for (name, value) in new.params.as_object().into_iter().flatten() {
        if let Ok(scalar) = serde_json::from_value::<Scalar>(value.clone()) {
            properties::set_custom(conn, owner, name, &scalar)?;
        }
    }
    associate(conn, &contexts, id)?;
    events::add(conn, id, Side::Input, new.inputs, now)?;
    for input in new.inputs {
        attribute(conn, &contexts, input.id.0)?;
    }
    Ok(id)
}

/// Ends a RUNNING execution and returns its run.
fn end_execution(
    conn: &Connection,
    id: ExecutionId,
    state: StepState,
    units: &[UnitRecord],
    warnings: &[String],
    now: Millis,
) -> Result<RunId, StoreError> {
    let found: Option<(Option<i64>, i64)> = conn
        .prepare_cached(
            "SELECT last_known_state, create_time_since_epoch FROM Execution WHERE id = ?1",
        )?
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((old_state, started)) = found else {
        return Err(StoreError::NotFound {
            what: "execution",
            name: id.to_string(),
        });
    };
    if old_state != Some(to_mlmd(StepState::Running)) {
        let found = from_mlmd(old_state).map_or("UNKNOWN", StepState::word);
        return Err(StoreError::NotRunning { id, found });
    }
    // A clock that was set back makes nothing end before it began.
    let now = now.max(started);
    conn.prepare_cached(
        "UPDATE Execution SET last_known_state = ?2, last_update_time_since_epoch = ?3 WHERE id = ?1",
    )?
    .execute(params![id.0, to_mlmd(state), now])?;
    let owner = Owner::Execution(id.0);
    properties::set(conn, owner, "finished_ms", &Scalar::Int(now))?;
    properties::set(conn, owner, "duration_ms", &Scalar::Int(now - started))?;
    if !warnings.is_empty() {
        properties::set(
            conn,
            owner,
            "warnings",
            &Scalar::Text(Value::from(warnings).to_string()),
        )?;
    }
    for (position, unit) in units.iter().enumerate() {
        conn.prepare_cached(
            "INSERT INTO lk_unit (execution_id, position, lane, name, started, finished) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            id.0,
            position as i64,
            unit.lane,
            unit.name,
            unit.started,
            unit.finished
        ])?;
    }
    let run = runs_of(conn, &[id.0])?.remove(&id.0);
    run.ok_or_else(|| StoreError::NotFound {
        what: "run of execution",
        name: id.to_string(),
    })
}
