//! The model registry: numbered versions, aliases that point to them, and a log of every change. Whether a model may be
//! promoted is left to the model gate and to people.

use super::runs::context_of;
use super::{Store, StoreError};
use crate::domain::ContentHash;
use crate::domain::ids::{ArtifactId, Millis, RunId};
use crate::domain::metric::MetricValue;
use crate::domain::registry::{ModelVersion, PRODUCTION, RegistryEntry};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::HashMap;

/// A model that is to be registered.
#[derive(Debug, Clone)]
pub struct NewModel<'a> {
    /// Name of the model: the pipeline's.
    pub name: &'a str,
    /// The algorithm's id.
    pub algorithm: &'a str,
    /// The run that made it.
    pub run: RunId,
    /// The model.
    pub artifact: ArtifactId,
    /// Its content hash.
    pub hash: &'a ContentHash,
    /// Metrics on the test rows of that run.
    pub metrics: &'a [MetricValue],
}

const SELECT_VERSION: &str = "SELECT v.name, v.version, v.algorithm, v.created, v.run, v.artifact_id, v.hash, \
     v.metrics, v.replaced FROM lk_model_version v JOIN Artifact a ON a.id = v.artifact_id";

impl Store {
    /// Registers a model as the next version. The same content under the same name is the same version: then nothing
    /// changes and the version that is there is returned.
    ///
    /// # Errors
    /// `NotFound` for the run or the artifact, and those of the database.
    pub fn register_model(
        &self,
        new: &NewModel<'_>,
        who: &str,
        reason: &str,
    ) -> Result<ModelVersion, StoreError> {
        let tx = self.begin()?;
        let known: Option<u32> = tx
            .prepare_cached(
                "SELECT v.version FROM lk_model_version v JOIN Artifact a ON a.id = v.artifact_id \
                 WHERE v.name = ?1 AND v.hash = ?2",
            )?
            .query_row(params![new.name, new.hash.as_str()], |row| row.get(0))
            .optional()?;
        if let Some(version) = known {
            return model(&tx, new.name, version);
        }
        context_of(&tx, new.run)?;
        if !tx
            .prepare_cached("SELECT 1 FROM Artifact WHERE id = ?1")?
            .exists([new.artifact.0])?
        {
            return Err(StoreError::NotFound {
                what: "artifact",
                name: new.artifact.to_string(),
            });
        }
        let version = next_version(&tx, new.name)?;
        let metrics = serde_json::to_string(new.metrics).map_err(|e| StoreError::BadRecord {
            what: format!("model {}", new.name),
            detail: e.to_string(),
        })?;
        let now = self.now();
        let in_production = alias_of(&tx, new.name, PRODUCTION)?;
        // The row of a version whose artifact was deleted by a program without foreign keys is in the way of its hash.
        tx.execute(
            "DELETE FROM lk_model_version WHERE name = ?1 AND hash = ?2",
            params![new.name, new.hash.as_str()],
        )?;
        tx.execute(
            "INSERT INTO lk_model_version (name, version, algorithm, created, run, artifact_id, hash, metrics, \
             replaced) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                new.name,
                version,
                new.algorithm,
                now,
                new.run.0,
                new.artifact.0,
                new.hash.as_str(),
                metrics,
                in_production
            ],
        )?;
        let entry = RegistryEntry {
            at: now,
            action: "register".to_owned(),
            version,
            previous: None,
            who: who.to_owned(),
            reason: reason.to_owned(),
        };
        write_log(&tx, new.name, None, &entry)?;
        let registered = model(&tx, new.name, version)?;
        tx.commit()?;
        Ok(registered)
    }

    /// Lets an alias point to a version and returns the version it pointed to. For `production` the log says `promote`,
    /// or `rollback` where an older version that has been in production before comes back; for others `alias`. When
    /// the alias points there already, nothing changes. The first time a version gets `production`, its `replaced`
    /// becomes the version that had it, and stays.
    ///
    /// # Errors
    /// `NotFound` for the version, and those of the database.
    pub fn set_alias(
        &self,
        name: &str,
        alias: &str,
        version: u32,
        who: &str,
        reason: &str,
    ) -> Result<Option<u32>, StoreError> {
        let tx = self.begin()?;
        model(&tx, name, version)?;
        let previous = alias_of(&tx, name, alias)?;
        if previous == Some(version) {
            return Ok(previous);
        }
        let was_in_production: bool = tx
            .prepare_cached(
                "SELECT 1 FROM lk_registry_log WHERE name = ?1 AND version = ?2 AND alias = ?3",
            )?
            .exists(params![name, version, PRODUCTION])?;
        let action = match (
            alias == PRODUCTION,
            was_in_production && previous.is_some_and(|p| p > version),
        ) {
            (true, true) => "rollback",
            (true, false) => "promote",
            (false, _) => "alias",
        };
        if alias == PRODUCTION && !was_in_production {
            tx.execute(
                "UPDATE lk_model_version SET replaced = ?3 WHERE name = ?1 AND version = ?2",
                params![name, version, previous],
            )?;
        }
        tx.execute(
            "INSERT INTO lk_model_alias (name, alias, version) VALUES (?1, ?2, ?3) \
             ON CONFLICT (name, alias) DO UPDATE SET version = ?3",
            params![name, alias, version],
        )?;
        let entry = RegistryEntry {
            at: self.now(),
            action: action.to_owned(),
            version,
            previous,
            who: who.to_owned(),
            reason: reason.to_owned(),
        };
        write_log(&tx, name, Some(alias), &entry)?;
        tx.commit()?;
        Ok(previous)
    }

    /// All versions, by name, oldest version first.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn models(&self) -> Result<Vec<ModelVersion>, StoreError> {
        let sql = format!("{SELECT_VERSION} ORDER BY v.name, v.version");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut aliases = all_aliases(&self.conn)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let of = (row.get(0)?, row.get(1)?);
            found.push(model_version(row, aliases.remove(&of).unwrap_or_default())?);
        }
        Ok(found)
    }

    /// One version.
    ///
    /// # Errors
    /// `NotFound`, `BadRecord`, and those of the database.
    pub fn model(&self, name: &str, version: u32) -> Result<ModelVersion, StoreError> {
        model(&self.conn, name, version)
    }

    /// The version in production.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn production(&self, name: &str) -> Result<Option<ModelVersion>, StoreError> {
        let version = alias_of(&self.conn, name, PRODUCTION)?;
        version
            .map(|version| model(&self.conn, name, version))
            .transpose()
    }

    /// Every change, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn registry_log(&self) -> Result<Vec<RegistryEntry>, StoreError> {
        let sql =
            "SELECT at, action, version, previous, who, reason FROM lk_registry_log ORDER BY id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            Ok(RegistryEntry {
                at: row.get(0)?,
                action: row.get(1)?,
                version: row.get(2)?,
                previous: row.get(3)?,
                who: row.get(4)?,
                reason: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// A number is never given twice, also when its version was deleted: the log still speaks of it.
fn next_version(conn: &Connection, name: &str) -> Result<u32, StoreError> {
    let version = conn.query_row(
        "SELECT 1 + max((SELECT COALESCE(max(version), 0) FROM lk_model_version WHERE name = ?1), \
         (SELECT COALESCE(max(version), 0) FROM lk_registry_log WHERE name = ?1))",
        [name],
        |row| row.get(0),
    )?;
    Ok(version)
}

fn write_log(
    conn: &Connection,
    name: &str,
    alias: Option<&str>,
    entry: &RegistryEntry,
) -> Result<(), StoreError> {
    let RegistryEntry {
        at,
        action,
        version,
        previous,
        who,
        reason,
    } = entry;
    conn.execute(
        "INSERT INTO lk_registry_log (at, name, action, alias, version, previous, who, reason) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![at, name, action, alias, version, previous, who, reason],
    )?;
    Ok(())
}

/// The version that an alias points to, where that version's records are still there.
fn alias_of(conn: &Connection, name: &str, alias: &str) -> Result<Option<u32>, StoreError> {
    let version = conn
        .prepare_cached(
            "SELECT l.version FROM lk_model_alias l \
             JOIN lk_model_version v ON v.name = l.name AND v.version = l.version \
             JOIN Artifact a ON a.id = v.artifact_id WHERE l.name = ?1 AND l.alias = ?2",
        )?
        .query_row(params![name, alias], |row| row.get(0))
        .optional()?;
    Ok(version)
}

fn model(conn: &Connection, name: &str, version: u32) -> Result<ModelVersion, StoreError> {
    let sql = format!("{SELECT_VERSION} WHERE v.name = ?1 AND v.version = ?2");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![name, version])?;
    match rows.next()? {
        Some(row) => {
            let aliases = all_aliases(conn)?.remove(&(name.to_owned(), version));
            model_version(row, aliases.unwrap_or_default())
        }
        None => Err(StoreError::NotFound {
            what: "model version",
            name: format!("{name} v{version}"),
        }),
    }
}

/// The aliases of each version, by name and version.
fn all_aliases(conn: &Connection) -> Result<HashMap<(String, u32), Vec<String>>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT name, version, alias FROM lk_model_alias ORDER BY alias")?;
    let mut rows = statement.query([])?;
    let mut found: HashMap<(String, u32), Vec<String>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let of = (row.get(0)?, row.get(1)?);
        found.entry(of).or_default().push(row.get(2)?);
    }
    Ok(found)
}

fn model_version(row: &Row<'_>, aliases: Vec<String>) -> Result<ModelVersion, StoreError> {
    let name: String = row.get(0)?;
    let version: u32 = row.get(1)?;
    let created: Millis = row.get(3)?;
    let bad = |detail: String| StoreError::BadRecord {
        what: format!("model {name} v{version}"),
        detail,
    };
    let hash = ContentHash::try_from(row.get::<_, String>(6)?).map_err(bad)?;
    let metrics =
        serde_json::from_str(&row.get::<_, String>(7)?).map_err(|e| bad(e.to_string()))?;
    Ok(ModelVersion {
        version,
        aliases,
        algorithm: row.get(2)?,
        created,
        run: RunId(row.get(4)?),
        metrics,
        artifact: ArtifactId(row.get(5)?),
        hash,
        replaced: row.get(8)?,
        name,
    })
}
