//! Throwing away artifact files that nothing needs: those without a record, and those that only old runs used. Records stay,
//! so what was proved stays proved; the record of an artifact whose file went says so.
//!
//! Never thrown away: what a kept run read or made, what belongs to the run of a registered model, registered models
//! themselves, versions of the schema.

use super::states::{DELETED, LIVE};
use super::{Store, StoreError};
use crate::domain::upkeep::{Garbage, GarbageFile};
use rusqlite::params;
use std::collections::BTreeSet;

impl Store {
    /// Removes the files that nothing needs if the artifacts of the newest `keep_runs` runs (`None`: of all) stay; only
    /// counts them if it is a dry run.
    ///
    /// # Errors
    /// `ReadOnly`, `Io`, and those of the database; what was removed until then is recorded so.
    pub fn collect_garbage(
        &self,
        keep_runs: Option<u32>,
        is_dry_run: bool,
    ) -> Result<Garbage, StoreError> {
        let kept_runs = self.kept_runs(keep_runs)?;
        let needed = self.needed_artifacts(&kept_runs)?;
        let live: Vec<(i64, String, String)> = self
            .conn
            .prepare(
                "SELECT a.id, a.uri, t.name FROM Artifact a JOIN Type t ON t.id = a.type_id \
                 WHERE a.state = ?1 AND a.uri LIKE 'artifacts/%' ORDER BY a.id",
            )?
            .query_map([LIVE], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        // Two artifacts of different types can have the same content.
        let needed_files: BTreeSet<&str> = live
            .iter()
            .filter(|(id, ..)| needed.contains(id))
            .map(|(_, uri, _)| uri.as_str())
            .collect();
        let size = |uri: &str| std::fs::metadata(self.root.join(uri)).map_or(0, |m| m.len());
        let mut files: Vec<GarbageFile> = live
            .iter()
            .filter(|(id, uri, _)| !needed.contains(id) && !needed_files.contains(uri.as_str()))
            .map(|(id, uri, kind)| GarbageFile {
                uri: uri.clone(),
                n_bytes: size(uri),
                artifact: Some(*id),
                kind: kind.clone(),
            })
            .collect();
        let unknown = self.unknown_files()?;
        files.extend(unknown.into_iter().map(|(uri, n_bytes)| GarbageFile {
            uri,
            n_bytes,
            artifact: None,
            kind: String::new(),
        }));
        let garbage = Garbage {
            is_dry_run,
            kept_runs: kept_runs.into_iter().collect(),
            n_bytes: files.iter().map(|file| file.n_bytes).sum(),
            files,
        };
        if !is_dry_run {
            self.remove(&garbage.files)?;
        }
        Ok(garbage)
    }

    /// First the records, then the files: a file that stays after a crash is unknown, and goes the next time.
    fn remove(&self, files: &[GarbageFile]) -> Result<(), StoreError> {
        let tx = self.begin()?;
        let now = self.now();
        for artifact in files.iter().filter_map(|file| file.artifact) {
            tx.execute(
                "UPDATE Artifact SET state = ?2, last_update_time_since_epoch = ?3 WHERE id = ?1",
                params![artifact, DELETED, now],
            )?;
        }
        tx.commit()?;
        for file in files {
            let path = self.root.join(&file.uri);
            match std::fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::io("Removing", &path, e));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The newest runs, those at work, and those that a registered model came from.
    fn kept_runs(&self, keep_runs: Option<u32>) -> Result<BTreeSet<i64>, StoreError> {
        let most = keep_runs.map_or(-1, i64::from);
        let kept = self
            .conn
            .prepare(
                "SELECT number FROM (SELECT number FROM lk_run ORDER BY number DESC LIMIT ?1) \
                 UNION SELECT number FROM lk_run WHERE state = 'running' \
                 UNION SELECT run FROM lk_model_version",
            )?
            .query_map([most], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(kept)
    }

    /// What those runs read and made, the registered models and the versions of the schema.
    fn needed_artifacts(&self, runs: &BTreeSet<i64>) -> Result<BTreeSet<i64>, StoreError> {
        let mut needed: BTreeSet<i64> = self
            .conn
            .prepare("SELECT artifact_id FROM lk_model_version UNION SELECT artifact_id FROM lk_schema_version")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut of_run = self.conn.prepare(
            "SELECT DISTINCT e.artifact_id FROM lk_run r JOIN Association a ON a.context_id = r.context_id \
             JOIN Event e ON e.execution_id = a.execution_id WHERE r.number = ?1",
        )?;
        for run in runs {
            for artifact in of_run.query_map([run], |row| row.get(0))? {
                needed.insert(artifact?);
            }
        }
        Ok(needed)
    }
}
