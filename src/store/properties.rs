//! MLMD's property tables: one row a property, its value in the column of its type. Declared properties belong to the
//! type, custom ones to the row. Which properties there are is left to `types` and to the callers.

use super::StoreError;
use crate::domain::Scalar;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

/// What a property belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    Artifact(i64),
    Execution(i64),
    Context(i64),
}

impl Owner {
    fn id(self) -> i64 {
        match self {
            Self::Artifact(id) | Self::Execution(id) | Self::Context(id) => id,
        }
    }

    fn upsert(self) -> &'static str {
        macro_rules! upsert {
            ($table:literal, $id:literal) => {
                concat!(
                    "INSERT INTO ", $table, " (", $id, ", name, is_custom_property, int_value, double_value, ",
                    "string_value, bool_value) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET ",
                    "int_value = ?4, double_value = ?5, string_value = ?6, byte_value = NULL, proto_value = NULL, ",
                    "bool_value = ?7"
                )
            };
        }
        match self {
            Self::Artifact(_) => upsert!("ArtifactProperty", "artifact_id"),
            Self::Execution(_) => upsert!("ExecutionProperty", "execution_id"),
            Self::Context(_) => upsert!("ContextProperty", "context_id"),
        }
    }

    fn select_custom(self) -> &'static str {
        match self {
            Self::Artifact(_) => {
                "SELECT name, int_value, double_value, string_value, bool_value FROM ArtifactProperty \
                 WHERE artifact_id = ?1 AND is_custom_property = 1 ORDER BY name"
            }
            Self::Execution(_) => {
                "SELECT name, int_value, double_value, string_value, bool_value FROM ExecutionProperty \
                 WHERE execution_id = ?1 AND is_custom_property = 1 ORDER BY name"
            }
            Self::Context(_) => {
                "SELECT name, int_value, double_value, string_value, bool_value FROM ContextProperty \
                 WHERE context_id = ?1 AND is_custom_property = 1 ORDER BY name"
            }
        }
    }
}

/// Sets a property that the type declares.
pub(super) fn set(
    conn: &Connection,
    owner: Owner,
    name: &str,
    value: &Scalar,
) -> Result<(), StoreError> {
    write(conn, owner, name, 0, value)
}

/// Sets a property of this row alone.
pub(super) fn set_custom(
    conn: &Connection,
    owner: Owner,
    name: &str,
    value: &Scalar,
) -> Result<(), StoreError> {
    write(conn, owner, name, 1, value)
}

/// Takes a property of this row alone away.
pub(super) fn remove_custom(conn: &Connection, owner: Owner, name: &str) -> Result<(), StoreError> {
    let sql = match owner {
        Owner::Artifact(_) => {
            "DELETE FROM ArtifactProperty WHERE artifact_id = ?1 AND name = ?2 AND is_custom_property = 1"
        }
        Owner::Execution(_) => {
            "DELETE FROM ExecutionProperty WHERE execution_id = ?1 AND name = ?2 AND is_custom_property = 1"
        }
        Owner::Context(_) => {
            "DELETE FROM ContextProperty WHERE context_id = ?1 AND name = ?2 AND is_custom_property = 1"
        }
    };
    conn.prepare_cached(sql)?
        .execute(params![owner.id(), name])?;
    Ok(())
}

/// The custom properties of a row, by name.
pub(super) fn custom(conn: &Connection, owner: Owner) -> Result<Vec<(String, Scalar)>, StoreError> {
    let mut statement = conn.prepare_cached(owner.select_custom())?;
    let rows = statement.query_map([owner.id()], |row| {
        Ok((row.get::<_, String>(0)?, scalar(row, 1)?))
    })?;
    let mut found = Vec::new();
    for row in rows {
        if let (name, Some(value)) = row? {
            found.push((name, value));
        }
    }
    Ok(found)
}

fn write(
    conn: &Connection,
    owner: Owner,
    name: &str,
    is_custom: i64,
    value: &Scalar,
) -> Result<(), StoreError> {
    // SQLite keeps no NaN (it would become NULL, a property without a value): its name is kept instead.
    let not_a_number = Scalar::Text("NaN".to_owned());
    let value = match value {
        Scalar::Float(v) if v.is_nan() => &not_a_number,
        other => other,
    };
    let (int, double, text, truth) = match value {
        Scalar::Int(v) => (Some(*v), None, None, None),
        Scalar::Float(v) => (None, Some(*v), None, None),
        Scalar::Text(v) => (None, None, Some(v.as_str()), None),
        Scalar::Bool(v) => (None, None, None, Some(*v)),
    };
    conn.prepare_cached(owner.upsert())?.execute(params![
        owner.id(),
        name,
        is_custom,
        int,
        double,
        text,
        truth
    ])?;
    Ok(())
}

/// The value in four neighbouring columns: int, double, string, bool. `None` for MLMD's other types.
pub(super) fn scalar(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Scalar>> {
    if let ValueRef::Integer(v) = row.get_ref(first)? {
        return Ok(Some(Scalar::Int(v)));
    }
    match row.get_ref(first + 1)? {
        ValueRef::Real(v) => return Ok(Some(Scalar::Float(v))),
        ValueRef::Integer(v) => return Ok(Some(Scalar::Float(v as f64))),
        _ => {}
    }
    if let ValueRef::Text(_) = row.get_ref(first + 2)? {
        return Ok(Some(Scalar::Text(row.get(first + 2)?)));
    }
    if let ValueRef::Integer(v) = row.get_ref(first + 3)? {
        return Ok(Some(Scalar::Bool(v != 0)));
    }
    Ok(None)
}
