//! Where an artifact comes from and what became of it, by MLMD's events. Drawing it is left to the window.

use super::states::{INPUT, OUTPUT, from_mlmd};
use super::steps::runs_of;
use super::{Store, StoreError, types};
use crate::domain::ids::{ArtifactId, ExecutionId, RunId};
use crate::domain::run::{ArtifactRef, StepKind, StepState};
use rusqlite::{Connection, params};
use std::collections::{BTreeSet, VecDeque};

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To what it was made from.
    Upstream,
    /// To what was made from it.
    Downstream,
}

/// A step of a run, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepRef {
    /// The execution.
    pub execution: ExecutionId,
    /// Its kind.
    pub kind: StepKind,
    /// Its run.
    pub run: RunId,
    /// How it ended.
    pub state: StepState,
}

/// An artifact of a lineage.
#[derive(Debug, Clone, PartialEq)]
pub struct LineageNode {
    /// The artifact, with the port by which it came out.
    pub artifact: ArtifactRef,
    /// How many steps away it is from where one began; 0 is where one began.
    pub distance: u32,
    /// The step that made it: of several that made the same content, the first that really ran.
    pub producer: Option<StepRef>,
    /// The steps that read it, oldest first.
    pub consumers: Vec<StepRef>,
}

impl Store {
    /// The artifact and all artifacts up or down from it, nearest first, each once. Up goes by the step that made an
    /// artifact, down by all steps that read it.
    ///
    /// # Errors
    /// `NotFound`, `BadRecord`, and those of the database.
    pub fn lineage(
        &self,
        start: ArtifactId,
        direction: Direction,
    ) -> Result<Vec<LineageNode>, StoreError> {
        let tx = self.conn.unchecked_transaction()?;
        let mut seen = BTreeSet::from([start.0]);
        let mut waiting = VecDeque::from([(start.0, 0)]);
        let mut nodes = Vec::new();
        while let Some((id, distance)) = waiting.pop_front() {
            let Some(artifact) = self.artifact(ArtifactId(id))? else {
                if id == start.0 {
                    return Err(StoreError::NotFound {
                        what: "artifact",
                        name: id.to_string(),
                    });
                }
                continue;
            };
            let producers = steps_at(&tx, id, OUTPUT)?;
            let really_ran = producers
                .iter()
                .find(|step| step.state == StepState::Complete);
            let producer = really_ran.or(producers.first()).copied();
            let consumers = steps_at(&tx, id, INPUT)?;
            let (steps, side) = match direction {
                Direction::Upstream => (producer.as_slice(), INPUT),
                Direction::Downstream => (consumers.as_slice(), OUTPUT),
            };
            for step in steps {
                for next in artifacts_at(&tx, step.execution, side)? {
                    if seen.insert(next) {
                        waiting.push_back((next, distance + 1));
                    }
                }
            }
            nodes.push(LineageNode {
                artifact,
                distance,
                producer,
                consumers,
            });
        }
        Ok(nodes)
    }
}

/// Our steps that have this artifact on this side, oldest first.
fn steps_at(conn: &Connection, artifact: i64, side: i64) -> Result<Vec<StepRef>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT e.id, t.name, e.last_known_state FROM Event v JOIN Execution e ON e.id = v.execution_id \
         JOIN Type t ON t.id = e.type_id WHERE v.artifact_id = ?1 AND v.type = ?2 ORDER BY e.id",
    )?;
    let rows: Vec<(i64, String, Option<i64>)> = statement
        .query_map(params![artifact, side], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<_, _>>()?;
    let ids: Vec<i64> = rows.iter().map(|(id, _, _)| *id).collect();
    let runs = runs_of(conn, &ids)?;
    let mut steps = Vec::with_capacity(rows.len());
    for (id, type_name, state) in rows {
        if let (Some(kind), Some(state), Some(run)) =
            (types::step_of(&type_name), from_mlmd(state), runs.get(&id))
        {
            steps.push(StepRef {
                execution: ExecutionId(id),
                kind,
                run: *run,
                state,
            });
        }
    }
    Ok(steps)
}

fn artifacts_at(
    conn: &Connection,
    execution: ExecutionId,
    side: i64,
) -> Result<Vec<i64>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT artifact_id FROM Event WHERE execution_id = ?1 AND type = ?2 ORDER BY id",
    )?;
    let ids = statement
        .query_map(params![execution.0, side], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}
