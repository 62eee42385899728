//! Reading executions back as the steps that they record: four statements for any number of them.

use super::StoreError;
use super::events::{self, Ports, json_list};
use super::properties::scalar;
use super::states::from_mlmd;
use super::types::{self, CPU_SECONDS, PEAK_MEMORY, SEED};
use crate::domain::Scalar;
use crate::domain::ids::{ExecutionId, RunId};
use crate::domain::run::{StepKind, StepRecord, StepState, UnitRecord};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// The run of each of these executions.
pub(super) fn runs_of(
    conn: &Connection,
    executions: &[i64],
) -> Result<BTreeMap<i64, RunId>, StoreError> {
    // MLMD has no index that begins with the execution; the declared property says the same and is found by key.
    let mut statement = conn.prepare_cached(
        "SELECT p.execution_id, p.int_value FROM ExecutionProperty p JOIN lk_run r ON r.number = p.int_value \
         JOIN Context c ON c.id = r.context_id \
         WHERE p.name = 'run' AND p.is_custom_property = 0 \
         AND p.execution_id IN (SELECT value FROM json_each(?1))",
    )?;
    let found = statement
        .query_map([json_list(executions)], |row| {
            Ok((row.get(0)?, RunId(row.get(1)?)))
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// The records of these executions; those of other programs are left out.
pub(super) fn load_steps(
    conn: &Connection,
    executions: &[i64],
) -> Result<BTreeMap<i64, StepRecord>, StoreError> {
    let ids = json_list(executions);
    let mut steps = BTreeMap::new();
    let mut statement = conn.prepare_cached(
        "SELECT e.id, e.last_known_state, t.name FROM Execution e JOIN Type t ON t.id = e.type_id \
         WHERE e.id IN (SELECT value FROM json_each(?1))",
    )?;
    let mut rows = statement.query([&ids])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let Some(kind) = types::step_of(&row.get::<_, String>(2)?) else {
            continue;
        };
        let Some(state) = from_mlmd(row.get(1)?) else {
            let what = format!("execution {id}");
            return Err(StoreError::BadRecord {
                what,
                detail: "its state is not one of MLMD's".to_owned(),
            });
        };
        steps.insert(id, empty_step(id, kind, state));
    }
    let mut statement = conn.prepare_cached(
        "SELECT execution_id, name, int_value, double_value, string_value, bool_value FROM ExecutionProperty \
         WHERE is_custom_property = 0 AND execution_id IN (SELECT value FROM json_each(?1))",
    )?;
    let mut rows = statement.query([&ids])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if let (Some(step), Some(value)) = (steps.get_mut(&id), scalar(row, 2)?) {
            let name: String = row.get(1)?;
            set_field(step, &name, &value).map_err(|detail| StoreError::BadRecord {
                what: format!("execution {id}"),
                detail,
            })?;
        }
    }
    for (id, Ports { inputs, outputs }) in events::of_executions(conn, executions)? {
        if let Some(step) = steps.get_mut(&id) {
            step.inputs = inputs;
            step.outputs = outputs;
        }
    }
    let mut statement = conn.prepare_cached(
        "SELECT execution_id, name, lane, started, finished FROM lk_unit \
         WHERE execution_id IN (SELECT value FROM json_each(?1)) ORDER BY execution_id, position",
    )?;
    let mut rows = statement.query([&ids])?;
    while let Some(row) = rows.next()? {
        if let Some(step) = steps.get_mut(&row.get(0)?) {
            let (name, lane) = (row.get(1)?, row.get(2)?);
            step.units.push(UnitRecord {
                name,
                lane,
                started: row.get(3)?,
                finished: row.get(4)?,
            });
        }
    }
    Ok(steps)
}

fn empty_step(id: i64, kind: StepKind, state: StepState) -> StepRecord {
    StepRecord {
        execution: Some(ExecutionId(id)),
        kind,
        state,
        started: None,
        finished: None,
        version: 0,
        params: serde_json::Value::Null,
        inputs: Vec::new(),
        outputs: Vec::new(),
        cached_from: None,
        units: Vec::new(),
        warnings: Vec::new(),
        error: None,
        executor: String::new(),
        usage: None,
    }
}

fn set_field(step: &mut StepRecord, name: &str, value: &Scalar) -> Result<(), String> {
    let bad = || format!("its {name} is {value}");
    let text = || value.as_str().ok_or_else(bad);
    let number = || value.as_i64().ok_or_else(bad);
    match name {
        "version" => step.version = u32::try_from(number()?).map_err(|_| bad())?,
        "params" => step.params = serde_json::from_str(text()?).map_err(|e| e.to_string())?,
        "executor" => text()?.clone_into(&mut step.executor),
        "started_ms" => step.started = Some(number()?),
        "finished_ms" => step.finished = Some(number()?),
        "error" => step.error = Some(text()?.to_owned()),
        "warnings" => step.warnings = serde_json::from_str(text()?).map_err(|e| e.to_string())?,
        SEED => step.usage.get_or_insert_default().seed = number()? as u64,
        CPU_SECONDS => step.usage.get_or_insert_default().cpu_seconds = value.as_f64(),
        PEAK_MEMORY => {
            step.usage.get_or_insert_default().peak_memory = u64::try_from(number()?).ok();
        }
        "cached_from" => step.cached_from = Some(ExecutionId(number()?)),
        _ => {}
    }
    Ok(())
}
