//! Reading runs, steps and artifacts back. A list of runs takes six statements, however many runs and steps there are.
//! Rows of other programs in the same database (types that are not ours) are left out.

use super::events::{self, artifact_ref, json_list};
use super::properties::{self, Owner};
use super::runs::context_of;
use super::states::{self, LIVE, OUTPUT, to_mlmd};
use super::steps::{load_steps, runs_of};
use super::types::{self, TypeKind};
use super::{Store, StoreError};
use crate::domain::ids::{ArtifactId, ExecutionId, RunId};
use crate::domain::run::{ArtifactRef, RunRecord, RunState, StepKind, StepRecord, StepState};
use crate::domain::{ContentHash, Scalar};
use rusqlite::{OptionalExtension as _, Row, params};
use std::collections::HashMap;

/// Columns for `artifact_ref`, with the port by which the artifact first came out of a step, and its name.
macro_rules! select_artifact {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, t.name, a.uri, h.string_value, n.int_value, COALESCE((SELECT p.step_key FROM Event v ",
            "JOIN EventPath p ON p.event_id = v.id WHERE v.artifact_id = a.id AND v.type = 4 ",
            "AND p.is_index_step = 0 ORDER BY v.id, p.rowid LIMIT 1), ''), a.name FROM Artifact a ",
            "JOIN Type t ON t.id = a.type_id JOIN ArtifactProperty h ON h.artifact_id = a.id AND h.name = 'hash' ",
            "AND h.is_custom_property = 0 LEFT JOIN ArtifactProperty n ON n.artifact_id = a.id ",
            "AND n.name = 'n_bytes' AND n.is_custom_property = 0 ",
            $rest
        )
    };
}
pub(super) use select_artifact;

impl Store {
    /// The newest runs, newest first.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn runs(&self, limit: usize) -> Result<Vec<RunRecord>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.load_runs(
            "SELECT r.number, r.pipeline, r.pipeline_hash, r.started, r.finished, r.state, r.data_verdict, \
             r.model_verdict, r.promoted, r.context_id FROM lk_run r JOIN Context c ON c.id = r.context_id \
             ORDER BY r.number DESC LIMIT ?1",
            limit,
        )
    }

    /// One run.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn run(&self, id: RunId) -> Result<Option<RunRecord>, StoreError> {
        let found = self.load_runs(
            "SELECT r.number, r.pipeline, r.pipeline_hash, r.started, r.finished, r.state, r.data_verdict, \
             r.model_verdict, r.promoted, r.context_id FROM lk_run r JOIN Context c ON c.id = r.context_id \
             WHERE r.number = ?1",
            id.0,
        )?;
        Ok(found.into_iter().next())
    }

    /// The definition that a run was started with, as JSON.
    ///
    /// # Errors
    /// Those of the database.
    pub fn spec_of_run(&self, id: RunId) -> Result<Option<String>, StoreError> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT p.string_value FROM lk_run r JOIN ContextProperty p ON p.context_id = r.context_id \
                 WHERE r.number = ?1 AND p.name = 'spec'",
            )?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    fn load_runs(&self, sql: &str, argument: i64) -> Result<Vec<RunRecord>, StoreError> {
        // One transaction, so that a list is not half from before and half from after somebody else's write.
        let tx = self.read()?;
        let mut runs = Vec::new();
        let mut contexts: Vec<i64> = Vec::new();
        let mut statement = tx.prepare_cached(sql)?;
        let mut rows = statement.query([argument])?;
        while let Some(row) = rows.next()? {
            runs.push(run_record(row)?);
            contexts.push(row.get(9)?);
        }
        let mut statement = tx.prepare_cached(
            "SELECT context_id, execution_id FROM Association WHERE context_id IN (SELECT value FROM json_each(?1))",
        )?;
        let of_context: Vec<(i64, i64)> = statement
            .query_map([json_list(&contexts)], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let executions: Vec<i64> = of_context.iter().map(|(_, execution)| *execution).collect();
        let mut steps = load_steps(&tx, &executions)?;
        let mut position: HashMap<i64, usize> = HashMap::new();
        for (i, context) in contexts.iter().enumerate() {
            position.insert(*context, i);
        }
        for (context, execution) in of_context {
            if let (Some(i), Some(step)) = (position.get(&context), steps.remove(&execution)) {
                runs[*i].steps.push(step);
            }
        }
        for run in &mut runs {
            run.steps.sort_by_key(|step| (step.kind, step.execution));
        }
        Ok(runs)
    }

    /// One execution with its run.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn execution(&self, id: ExecutionId) -> Result<Option<(RunId, StepRecord)>, StoreError> {
        Ok(self.steps_with_runs(&[id.0])?.into_iter().next())
    }

    /// All executions of a kind of step with their runs, oldest first.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn executions_of_type(
        &self,
        kind: StepKind,
    ) -> Result<Vec<(RunId, StepRecord)>, StoreError> {
        let Some(type_id) = types::id_of(&self.conn, TypeKind::Execution, types::of_step(kind))?
        else {
            return Ok(Vec::new());
        };
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM Execution WHERE type_id = ?1")?;
        let ids: Vec<i64> = statement
            .query_map([type_id], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        self.steps_with_runs(&ids)
    }

    fn steps_with_runs(&self, executions: &[i64]) -> Result<Vec<(RunId, StepRecord)>, StoreError> {
        let runs = runs_of(&self.conn, executions)?;
        let steps = load_steps(&self.conn, executions)?;
        let with_run = |(id, step)| runs.get(&id).map(|run| (*run, step));
        Ok(steps.into_iter().filter_map(with_run).collect())
    }

    /// The newest COMPLETE execution for this cache key whose outputs are all LIVE, with them. Whether their files are
    /// there is left to the caller (`ArtifactFiles::verify`, `mark_deleted`).
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn lookup(
        &self,
        cache_key: &ContentHash,
    ) -> Result<Option<(ExecutionId, Vec<ArtifactRef>)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT c.execution_id, c.n_outputs FROM lk_cache c JOIN Execution e ON e.id = c.execution_id \
             WHERE c.key = ?1 AND e.last_known_state = ?2 AND NOT EXISTS (SELECT 1 FROM Event v \
             LEFT JOIN Artifact a ON a.id = v.artifact_id \
             WHERE v.execution_id = e.id AND v.type = ?3 AND a.state IS NOT ?4) ORDER BY c.execution_id DESC",
        )?;
        let key = params![
            cache_key.as_str(),
            to_mlmd(StepState::Complete),
            OUTPUT,
            LIVE
        ];
        let mut rows = statement.query(key)?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let n_outputs: i64 = row.get(1)?;
            let outputs = events::of_executions(&self.conn, &[id])?
                .remove(&id)
                .unwrap_or_default()
                .outputs;
            // Fewer than were written: somebody deleted the events, so nobody knows the ports any more.
            if outputs.len() as i64 == n_outputs {
                return Ok(Some((ExecutionId(id), outputs)));
            }
        }
        Ok(None)
    }

    /// One artifact, with the port by which it first came out of a step.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn artifact(&self, id: ArtifactId) -> Result<Option<ArtifactRef>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(select_artifact!("WHERE a.id = ?1"))?;
        let mut rows = statement.query([id.0])?;
        rows.next()?.map(artifact_ref).transpose()
    }

    /// The artifacts with this content: usually one, more where different types have the same content.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn artifacts_by_hash(&self, hash: &ContentHash) -> Result<Vec<ArtifactRef>, StoreError> {
        self.load_artifacts(
            select_artifact!("WHERE h.string_value = ?1 ORDER BY a.id"),
            hash.as_str(),
        )
    }

    /// The artifact of this type with this content.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn artifact_by_hash(
        &self,
        kind: &str,
        hash: &ContentHash,
    ) -> Result<Option<ArtifactRef>, StoreError> {
        Ok(self
            .artifacts_by_hash(hash)?
            .into_iter()
            .find(|artifact| artifact.kind == kind))
    }

    /// The LIVE artifacts of a type, oldest first.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn artifacts_of_type(&self, kind: &str) -> Result<Vec<ArtifactRef>, StoreError> {
        self.load_artifacts(
            select_artifact!("WHERE t.name = ?1 AND a.state = 2 ORDER BY a.id"),
            kind,
        )
    }

    fn load_artifacts(&self, sql: &str, argument: &str) -> Result<Vec<ArtifactRef>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([argument])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(artifact_ref(row)?);
        }
        Ok(found)
    }

    /// The name of an artifact and what was recorded about its content, by name.
    ///
    /// # Errors
    /// `NotFound`, and those of the database.
    pub fn artifact_properties(
        &self,
        id: ArtifactId,
    ) -> Result<(String, Vec<(String, Scalar)>), StoreError> {
        let name: Option<Option<String>> = self
            .conn
            .prepare_cached("SELECT name FROM Artifact WHERE id = ?1")?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        let Some(name) = name else {
            return Err(StoreError::NotFound {
                what: "artifact",
                name: id.to_string(),
            });
        };
        Ok((
            name.unwrap_or_default(),
            properties::custom(&self.conn, Owner::Artifact(id.0))?,
        ))
    }

    /// What was recorded about an execution besides its parameters' full text: single parameters and what
    /// `complete_execution` was given, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn execution_properties(
        &self,
        id: ExecutionId,
    ) -> Result<Vec<(String, Scalar)>, StoreError> {
        properties::custom(&self.conn, Owner::Execution(id.0))
    }

    /// The pipeline's definition as it was when the run began.
    ///
    /// # Errors
    /// `NotFound`, `BadRecord`, and those of the database.
    pub fn run_spec(&self, id: RunId) -> Result<serde_json::Value, StoreError> {
        let text: Option<String> = self
            .conn
            .prepare_cached(
                "SELECT string_value FROM ContextProperty \
                 WHERE context_id = ?1 AND name = 'spec' AND is_custom_property = 0",
            )?
            .query_row([context_of(&self.conn, id)?], |row| row.get(0))
            .optional()?;
        let Some(text) = text else {
            return Err(StoreError::NotFound {
                what: "run",
                name: id.to_string(),
            });
        };
        serde_json::from_str(&text).map_err(|e| StoreError::BadRecord {
            what: format!("run {id}"),
            detail: e.to_string(),
        })
    }
}

/// A run without its steps, from the columns number, pipeline, pipeline_hash, started, finished, state, data_verdict,
/// model_verdict, promoted.
pub(super) fn run_record(row: &Row<'_>) -> Result<RunRecord, StoreError> {
    let id: i64 = row.get(0)?;
    let bad = |detail: String| StoreError::BadRecord {
        what: format!("run {id}"),
        detail,
    };
    let state: String = row.get(5)?;
    let data_word: Option<String> = row.get(6)?;
    let model_word: Option<String> = row.get(7)?;
    let data_verdict = data_word
        .map(|word| {
            states::data_verdict(&word).ok_or_else(|| bad(format!("the data verdict {word:?}")))
        })
        .transpose()?;
    let model_verdict = model_word
        .map(|word| {
            states::model_verdict(&word).ok_or_else(|| bad(format!("the model verdict {word:?}")))
        })
        .transpose()?;
    Ok(RunRecord {
        id: RunId(id),
        pipeline: row.get(1)?,
        pipeline_hash: ContentHash::try_from(row.get::<_, String>(2)?).map_err(bad)?,
        started: row.get(3)?,
        finished: row.get(4)?,
        state: RunState::parse(&state).ok_or_else(|| bad(format!("the state {state:?}")))?,
        data_verdict,
        model_verdict,
        promoted: row.get(8)?,
        steps: Vec::new(),
    })
}
