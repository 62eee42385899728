//! Two short histories: the versions of the schema with who changed it and why, and when which model was served where.
//! What a schema says and how a model is served is left to others.

use super::{Store, StoreError};
use crate::domain::ids::{ArtifactId, Millis};
use crate::domain::run::ArtifactRef;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A version of the schema.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemaVersion {
    /// Its number; the highest is in force.
    pub version: u32,
    /// The schema.
    pub artifact: ArtifactRef,
    /// When it came into force.
    pub created: Millis,
    /// What changed and why.
    pub note: String,
    /// Who: `pipeline` or the name of a person.
    pub author: String,
}

/// A time during which a model was served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceEvent {
    /// The model's version.
    pub version: u32,
    /// Where: `127.0.0.1:8080`.
    pub address: String,
    /// From when.
    pub started: Millis,
    /// Until when; `None` while it is served.
    pub stopped: Option<Millis>,
    /// Whether the program ended without stopping it; `stopped` is then when that was noticed.
    pub interrupted: bool,
}

/// A version before its artifact is looked up.
struct RawSchemaVersion {
    version: u32,
    artifact: ArtifactId,
    created: Millis,
    note: String,
    author: String,
}

impl Store {
    /// Puts a schema into force and returns its version. The schema that is in force already keeps its number.
    ///
    /// # Errors
    /// `NotFound` for the artifact, and those of the database.
    pub fn put_schema_version(
        &self,
        artifact: ArtifactId,
        note: &str,
        author: &str,
    ) -> Result<u32, StoreError> {
        let tx = self.begin()?;
        if !tx
            .prepare_cached("SELECT 1 FROM Artifact WHERE id = ?1")?
            .exists([artifact.0])?
        {
            return Err(StoreError::NotFound {
                what: "artifact",
                name: artifact.to_string(),
            });
        }
        let in_force: Option<(u32, i64)> = tx
            .prepare_cached(
                "SELECT version, artifact_id FROM lk_schema_version ORDER BY version DESC LIMIT 1",
            )?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((version, same)) = in_force
            && same == artifact.0
        {
            return Ok(version);
        }
        let version = tx
            .prepare_cached(
                "INSERT INTO lk_schema_version (artifact_id, created, note, author) VALUES (?1, ?2, ?3, ?4) \
                 RETURNING version",
            )?
            .query_row(params![artifact.0, self.now(), note, author], |row| row.get(0))?;
        tx.commit()?;
        Ok(version)
    }

    /// All versions of the schema, oldest first.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn schema_versions(&self) -> Result<Vec<SchemaVersion>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT version, artifact_id, created, note, author FROM lk_schema_version ORDER BY version",
        )?;
        let raw: Vec<RawSchemaVersion> = statement
            .query_map([], raw_schema_version)?
            .collect::<Result<_, _>>()?;
        let mut versions = Vec::with_capacity(raw.len());
        for RawSchemaVersion {
            version,
            artifact,
            created,
            note,
            author,
        } in raw
        {
            if let Some(artifact) = self.artifact(artifact)? {
                versions.push(SchemaVersion {
                    version,
                    artifact,
                    created,
                    note,
                    author,
                });
            }
        }
        Ok(versions)
    }

    /// The schema in force.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn schema_in_force(&self) -> Result<Option<SchemaVersion>, StoreError> {
        Ok(self.schema_versions()?.pop())
    }

    /// Records that this process serves a version from now on. What it served until now has stopped; what other
    /// processes serve goes on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn service_started(&self, version: u32, address: &str) -> Result<(), StoreError> {
        let tx = self.begin()?;
        let now = self.now();
        stop_own(&tx, now)?;
        tx.execute(
            "INSERT INTO lk_service_event (version, address, pid, started) VALUES (?1, ?2, ?3, ?4)",
            params![version, address, std::process::id(), now],
        )?;
        tx.commit()?;
        Ok(())
    }

    /// Records that this process serves nothing any more; what other processes serve goes on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn service_stopped(&self) -> Result<(), StoreError> {
        let tx = self.begin()?;
        stop_own(&tx, self.now())?;
        tx.commit()?;
        Ok(())
    }

    /// When which version was served, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn service_events(&self) -> Result<Vec<ServiceEvent>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT version, address, started, stopped, interrupted FROM lk_service_event ORDER BY id",
        )?;
        let events = statement
            .query_map([], |row| {
                Ok(ServiceEvent {
                    version: row.get(0)?,
                    address: row.get(1)?,
                    started: row.get(2)?,
                    stopped: row.get(3)?,
                    interrupted: row.get(4)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(events)
    }
}

/// Closes the service event of this process.
fn stop_own(conn: &Connection, now: Millis) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE lk_service_event SET stopped = ?1 WHERE stopped IS NULL AND pid = ?2",
        params![now, std::process::id()],
    )?;
    Ok(())
}

fn raw_schema_version(row: &Row<'_>) -> rusqlite::Result<RawSchemaVersion> {
    Ok(RawSchemaVersion {
        version: row.get(0)?,
        artifact: ArtifactId(row.get(1)?),
        created: row.get(2)?,
        note: row.get(3)?,
        author: row.get(4)?,
    })
}
