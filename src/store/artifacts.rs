//! Writing artifact records: one for each type and content, under a name that is unique in its type. Their files are left
//! to `files`.

use super::files::StoredFile;
use super::properties::{self, Owner};
use super::runs::{attribute, context};
use super::states::{DELETED, LIVE};
use super::types::{self, TypeKind, known_id};
use super::{Store, StoreError};
use crate::domain::Scalar;
use crate::domain::ids::{ArtifactId, Millis, RunId};
use crate::domain::run::ArtifactRef;
use rusqlite::{Connection, OptionalExtension as _, params};

/// An artifact whose file is stored and whose record is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewArtifact {
    /// The port by which it comes out.
    pub port: String,
    /// Its type: one of `types::ARTIFACT_TYPES`.
    pub kind: String,
    /// Its file.
    pub file: StoredFile,
    /// A name for people; the first digits of the hash are added to it.
    pub name: String,
    /// Anything about its content that one may want to search for.
    pub properties: Vec<(String, Scalar)>,
}

impl Store {
    /// Records an artifact that no step made: a schema that a person edited.
    ///
    /// # Errors
    /// `UnknownType`, and those of the database.
    pub fn put_artifact(&self, new: &NewArtifact) -> Result<ArtifactRef, StoreError> {
        let tx = self.begin()?;
        let now = self.now();
        let project = context(&tx, types::PROJECT, "workspace", now)?;
        let artifact = put(&tx, new, None, now)?;
        attribute(&tx, &[project], artifact.id.0)?;
        tx.commit()?;
        Ok(artifact)
    }

    /// Marks an artifact whose file is gone or altered as DELETED, so that no cache key answers with it. It becomes
    /// LIVE again when the same content is stored again.
    ///
    /// # Errors
    /// `NotFound`, and those of the database.
    pub fn mark_deleted(&self, artifact: ArtifactId) -> Result<(), StoreError> {
        let tx = self.begin()?;
        let n_changed = tx.execute(
            "UPDATE Artifact SET state = ?2, last_update_time_since_epoch = ?3 WHERE id = ?1",
            params![artifact.0, DELETED, self.now()],
        )?;
        if n_changed == 0 {
            return Err(StoreError::NotFound {
                what: "artifact",
                name: artifact.to_string(),
            });
        }
        tx.commit()?;
        Ok(())
    }
}

/// The artifact of this type and content; made, or made LIVE again, where it is not.
pub(super) fn put(
    conn: &Connection,
    new: &NewArtifact,
    run: Option<RunId>,
    now: Millis,
) -> Result<ArtifactRef, StoreError> {
    if !types::ARTIFACT_TYPES.contains(&new.kind.as_str()) {
        return Err(StoreError::UnknownType {
            name: new.kind.clone(),
        });
    }
    let type_id = known_id(conn, TypeKind::Artifact, &new.kind)?;
    let hash = new.file.hash.as_str();
    let known: Option<i64> = conn
        .prepare_cached(
            "SELECT a.id FROM ArtifactProperty h JOIN Artifact a ON a.id = h.artifact_id \
             WHERE h.name = 'hash' AND h.is_custom_property = 0 AND h.string_value = ?2 AND a.type_id = ?1 \
             ORDER BY a.id LIMIT 1",
        )?
        .query_row(params![type_id, hash], |row| row.get(0))
        .optional()?;
    let id = if let Some(id) = known {
        conn.prepare_cached(
            "UPDATE Artifact SET state = ?2, uri = ?3, last_update_time_since_epoch = ?4 \
             WHERE id = ?1 AND (state IS NOT ?2 OR uri IS NOT ?3)",
        )?
        .execute(params![id, LIVE, new.file.uri, now])?;
        id
    } else {
        let names = [
            format!("{}@{}", new.name, new.file.hash.short()),
            format!("{}@{hash}", new.name),
        ];
        let name = free_name(
            conn,
            "SELECT 1 FROM Artifact WHERE type_id = ?1 AND name = ?2",
            type_id,
            &names,
        )?;
        conn.prepare_cached(
            "INSERT INTO Artifact (type_id, uri, state, name, create_time_since_epoch, \
             last_update_time_since_epoch) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        )?
        .execute(params![type_id, new.file.uri, LIVE, name, now])?;
        let id = conn.last_insert_rowid();
        properties::set(conn, Owner::Artifact(id), "hash", &Scalar::from(hash))?;
        let n_bytes = i64::try_from(new.file.n_bytes).unwrap_or(i64::MAX);
        properties::set(conn, Owner::Artifact(id), "n_bytes", &Scalar::Int(n_bytes))?;
        if let Some(run) = run {
            properties::set(conn, Owner::Artifact(id), "run", &Scalar::Int(run.0))?;
        }
        id
    };
    for (name, value) in &new.properties {
        properties::set_custom(conn, Owner::Artifact(id), name, value)?;
    }
    Ok(ArtifactRef {
        port: new.port.clone(),
        id: ArtifactId(id),
        kind: new.kind.clone(),
        hash: new.file.hash.clone(),
        uri: new.file.uri.clone(),
        n_bytes: new.file.n_bytes,
    })
}

/// MLMD wants names that are unique in their type: the first of these that is free, else the last one with a number.
pub(super) fn free_name(
    conn: &Connection,
    is_taken: &str,
    type_id: i64,
    names: &[String],
) -> Result<String, StoreError> {
    let mut is_taken = conn.prepare_cached(is_taken)?;
    for name in names {
        if !is_taken.exists(params![type_id, name])? {
            return Ok(name.clone());
        }
    }
    let last = names.last().map_or("", String::as_str);
    let mut number = 2;
    loop {
        let name = format!("{last}#{number}");
        if !is_taken.exists(params![type_id, name])? {
            return Ok(name);
        }
        number += 1;
    }
}
