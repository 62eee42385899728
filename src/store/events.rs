//! Inputs and outputs as MLMD writes them: an `Event` for each artifact, with a path of pairs (port, position in the
//! port). TFX reads the same convention. MLMD allows one event for each (artifact, execution, type), so an artifact
//! that a step sees through two ports has one event with two pairs; the rows of `EventPath` keep the order of all.

use super::StoreError;
use super::states::{INPUT, OUTPUT};
use crate::domain::ContentHash;
use crate::domain::ids::{ArtifactId, Millis};
use crate::domain::run::ArtifactRef;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::{BTreeMap, HashMap};

/// On which side of an execution an artifact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Input,
    Output,
}

impl Side {
    fn event_type(self) -> i64 {
        match self {
            Self::Input => INPUT,
            Self::Output => OUTPUT,
        }
    }
}

/// Records what went in or came out, in this order.
pub(super) fn add(
    conn: &Connection,
    execution: i64,
    side: Side,
    refs: &[ArtifactRef],
    at: Millis,
) -> Result<(), StoreError> {
    let mut n_in_port: HashMap<&str, i64> = HashMap::new();
    // Only where the artifact is there: foreign keys are not MLMD's.
    let mut insert = conn.prepare_cached(
        "INSERT INTO Event (artifact_id, execution_id, type, milliseconds_since_epoch) \
         SELECT id, ?2, ?3, ?4 FROM Artifact WHERE id = ?1 ON CONFLICT DO NOTHING RETURNING id",
    )?;
    let mut path = conn.prepare_cached(
        "INSERT INTO EventPath (event_id, is_index_step, step_index, step_key) \
         VALUES (?1, 0, NULL, ?2), (?1, 1, ?3, NULL)",
    )?;
    for artifact in refs {
        let new = params![artifact.id.0, execution, side.event_type(), at];
        let event: Option<i64> = insert.query_row(new, |row| row.get(0)).optional()?;
        let event = match event {
            Some(event) => event,
            None => known(conn, artifact.id, execution, side)?,
        };
        let position = n_in_port.entry(&artifact.port).or_default();
        path.execute(params![event, artifact.port, *position])?;
        *position += 1;
    }
    Ok(())
}

/// The event that is there already, of an artifact that is seen through one more port.
fn known(
    conn: &Connection,
    artifact: ArtifactId,
    execution: i64,
    side: Side,
) -> Result<i64, StoreError> {
    conn.prepare_cached(
        "SELECT id FROM Event WHERE artifact_id = ?1 AND execution_id = ?2 AND type = ?3",
    )?
    .query_row(params![artifact.0, execution, side.event_type()], |row| {
        row.get(0)
    })
    .optional()?
    .ok_or_else(|| StoreError::NotFound {
        what: "artifact",
        name: artifact.to_string(),
    })
}

/// Inputs and outputs of an execution.
#[derive(Debug, Default)]
pub(super) struct Ports {
    pub(super) inputs: Vec<ArtifactRef>,
    pub(super) outputs: Vec<ArtifactRef>,
}

/// The inputs and outputs of these executions, each in the order in which they were written. An artifact without a
/// content hash (written by another program) cannot be pointed to and is left out; one without a path has no port.
pub(super) fn of_executions(
    conn: &Connection,
    executions: &[i64],
) -> Result<BTreeMap<i64, Ports>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT a.id, t.name, a.uri, h.string_value, n.int_value, COALESCE(p.step_key, ''), v.execution_id, v.type \
         FROM Event v \
         JOIN Artifact a ON a.id = v.artifact_id \
         JOIN Type t ON t.id = a.type_id \
         JOIN ArtifactProperty h ON h.artifact_id = a.id AND h.name = 'hash' AND h.is_custom_property = 0 \
         LEFT JOIN ArtifactProperty n ON n.artifact_id = a.id AND n.name = 'n_bytes' AND n.is_custom_property = 0 \
         LEFT JOIN EventPath p ON p.event_id = v.id AND p.is_index_step = 0 \
         WHERE v.execution_id IN (SELECT value FROM json_each(?1)) \
         ORDER BY v.execution_id, p.rowid, v.id",
    )?;
    let mut rows = statement.query([json_list(executions)])?;
    let mut found: BTreeMap<i64, Ports> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let ports = found.entry(row.get(6)?).or_default();
        match row.get::<_, i64>(7)? {
            INPUT => ports.inputs.push(artifact_ref(row)?),
            OUTPUT => ports.outputs.push(artifact_ref(row)?),
            _ => {}
        }
    }
    Ok(found)
}

/// A reference from the columns id, type, uri, hash, n_bytes, port.
pub(super) fn artifact_ref(row: &Row<'_>) -> Result<ArtifactRef, StoreError> {
    let id: i64 = row.get(0)?;
    let hash = ContentHash::try_from(row.get::<_, String>(3)?).map_err(|detail| {
        StoreError::BadRecord {
            what: format!("artifact {id}"),
            detail,
        }
    })?;
    Ok(ArtifactRef {
        port: row.get(5)?,
        id: ArtifactId(id),
        kind: row.get(1)?,
        hash,
        uri: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
        n_bytes: row
            .get::<_, Option<i64>>(4)?
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or_default(),
    })
}

/// Ids as the JSON list that `json_each` takes: one statement for any number of them.
pub(super) fn json_list(ids: &[i64]) -> String {
    let words: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("[{}]", words.join(","))
}
