//! Where an artifact comes from and what became of it, by MLMD's events: level by level, each level in a fixed number of
//! statements, so that a thousand hops and ten thousand readers are quick alike. Drawing it is left to the window.

use super::events::{artifact_ref, json_list};
use super::properties::{self, Owner};
use super::query::select_artifact;
use super::states::{INPUT, OUTPUT, from_mlmd, to_mlmd};
use super::steps::runs_of;
use super::{Store, StoreError, types};
use crate::domain::ids::{ArtifactId, ExecutionId};
use crate::domain::lineage::{ArtifactList, Direction, Lineage, LineageNode, Readers, StepRef};
use crate::domain::run::{ArtifactRef, StepState};
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Artifacts upwards that a view holds, at most.
const MAX_UPSTREAM: usize = 1_000;

impl Store {
    /// The artifact and all artifacts up or down from it, nearest first, each once, at most `limit`. Up goes by the step
    /// that made an artifact, down by all steps that read it.
    ///
    /// # Errors
    /// `NotFound`, `BadRecord`, and those of the database.
    pub fn lineage(
        &self,
        start: ArtifactId,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<LineageNode>, StoreError> {
        let tx = self.read()?;
        let mut seen = BTreeSet::from([start.0]);
        let mut levels = vec![vec![start.0]];
        while seen.len() < limit {
            let last = levels.last().map_or(&[][..], Vec::as_slice);
            let next = match direction {
                Direction::Upstream => inputs_of(&tx, &Makers::of(&tx, last)?.steps())?
                    .into_iter()
                    .map(|(_, artifact)| artifact)
                    .collect(),
                Direction::Downstream => made_from(&tx, last)?,
            };
            let mut fresh: Vec<i64> = next.into_iter().filter(|id| seen.insert(*id)).collect();
            let n_before: usize = levels.iter().map(Vec::len).sum();
            fresh.truncate(limit - n_before);
            if fresh.is_empty() {
                break;
            }
            levels.push(fresh);
        }
        let nodes = nodes(&tx, &levels)?;
        if nodes.first().is_none_or(|node| node.artifact.id != start) {
            return Err(StoreError::NotFound {
                what: "artifact",
                name: start.to_string(),
            });
        }
        Ok(nodes)
    }

    /// The steps that read an artifact, by kind.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn readers(&self, of: ArtifactId) -> Result<Vec<Readers>, StoreError> {
        let tx = self.read()?;
        let mut statement = tx.prepare_cached(
            "SELECT t.name, count(DISTINCT e.id), count(DISTINCT r.int_value), max(e.id) FROM Event v \
             JOIN Execution e ON e.id = v.execution_id JOIN Type t ON t.id = e.type_id \
             JOIN ExecutionProperty r ON r.execution_id = e.id AND r.name = 'run' AND r.is_custom_property = 0 \
             WHERE v.artifact_id = ?1 AND v.type = ?2 GROUP BY t.name",
        )?;
        let rows: Vec<(String, i64, i64, i64)> = statement
            .query_map(params![of.0, INPUT], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?
            .collect::<Result<_, _>>()?;
        let newest: Vec<i64> = rows.iter().map(|(.., newest)| *newest).collect();
        let steps = steps(&tx, &newest)?;
        let mut found = Vec::new();
        for (type_name, n_steps, n_runs, newest) in rows {
            if let (Some(kind), Some(newest)) = (types::step_of(&type_name), steps.get(&newest)) {
                let outputs = outputs_by_type(&tx, of, &type_name)?;
                found.push(Readers {
                    kind,
                    n_steps,
                    n_runs,
                    newest: *newest,
                    outputs,
                });
            }
        }
        found.sort_by_key(|readers| readers.kind);
        Ok(found)
    }

    /// What is known of one artifact.
    ///
    /// # Errors
    /// `NotFound`, `BadRecord`, and those of the database.
    pub fn lineage_of(&self, artifact: ArtifactId) -> Result<Lineage, StoreError> {
        let versions = self
            .conn
            .prepare_cached(
                "SELECT version FROM lk_model_version WHERE artifact_id = ?1 ORDER BY version",
            )?
            .query_map([artifact.0], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Lineage {
            upstream: self.lineage(artifact, Direction::Upstream, MAX_UPSTREAM)?,
            readers: self.readers(artifact)?,
            properties: properties::custom(&self.conn, Owner::Artifact(artifact.0))?,
            versions,
        })
    }

    /// What was made from an artifact, nearest first; of a kind of step and a type, where these are given.
    ///
    /// # Errors
    /// `NotFound`, `BadRecord`, and those of the database.
    pub fn made_from(
        &self,
        artifact: ArtifactId,
        limit: usize,
    ) -> Result<ArtifactList, StoreError> {
        // One more, and the artifact itself.
        let mut nodes = self.lineage(artifact, Direction::Downstream, limit + 2)?;
        nodes.remove(0);
        let is_cut = nodes.len() > limit;
        nodes.truncate(limit);
        Ok(ArtifactList { nodes, is_cut })
    }

    /// Artifacts, newest first, of which each word is in the name, the type or the beginning of the hash; `run 12` and `v3` are
    /// what that run made and that version.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn find_artifacts(&self, text: &str, limit: usize) -> Result<ArtifactList, StoreError> {
        let tx = self.read()?;
        let wanted = Wanted::parse(text);
        let mut statement = tx.prepare_cached(
            "SELECT a.id FROM Artifact a JOIN Type t ON t.id = a.type_id \
             JOIN ArtifactProperty h ON h.artifact_id = a.id AND h.name = 'hash' AND h.is_custom_property = 0 \
             WHERE NOT EXISTS (SELECT 1 FROM json_each(?1) w WHERE \
             NOT (instr(lower(COALESCE(a.name, '')), w.value) OR instr(lower(t.name), w.value) \
             OR substr(h.string_value, 1, length(w.value)) = w.value)) \
             AND (?2 IS NULL OR a.id IN (SELECT v.artifact_id FROM Event v JOIN ExecutionProperty r \
             ON r.execution_id = v.execution_id AND r.name = 'run' AND r.is_custom_property = 0 \
             WHERE r.int_value = ?2 AND v.type = ?5)) \
             AND (?3 IS NULL OR a.id IN (SELECT artifact_id FROM lk_model_version WHERE version = ?3)) \
             ORDER BY a.id DESC LIMIT ?4",
        )?;
        let arguments = params![
            serde_json::Value::from(wanted.words).to_string(),
            wanted.run,
            wanted.version,
            limit as i64 + 1,
            OUTPUT
        ];
        let mut ids: Vec<i64> = statement
            .query_map(arguments, |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let is_cut = ids.len() > limit;
        ids.truncate(limit);
        let nodes = nodes(&tx, &[ids])?;
        Ok(ArtifactList { nodes, is_cut })
    }
}

/// What is looked for.
#[derive(Debug, Default, PartialEq)]
struct Wanted {
    words: Vec<String>,
    run: Option<i64>,
    version: Option<i64>,
}

impl Wanted {
    fn parse(text: &str) -> Self {
        let mut wanted = Self::default();
        let mut words = text.split_whitespace().map(str::to_lowercase).peekable();
        while let Some(word) = words.next() {
            let number = words.peek().and_then(|next| next.parse().ok());
            let version = word.strip_prefix('v').and_then(|v| v.parse().ok());
            match (word.as_str(), number, version) {
                ("run", Some(run), _) => {
                    wanted.run = Some(run);
                    words.next();
                }
                (_, _, Some(version)) => wanted.version = Some(version),
                _ => wanted.words.push(word),
            }
        }
        wanted
    }
}

/// The steps that made some artifacts.
struct Makers {
    of: BTreeMap<i64, i64>,
}

impl Makers {
    /// Of several that made the same content the first that really ran.
    fn of(conn: &Connection, artifacts: &[i64]) -> Result<Self, StoreError> {
        let mut statement = conn.prepare_cached(
            "SELECT v.artifact_id, COALESCE(min(CASE WHEN e.last_known_state = ?3 THEN e.id END), min(e.id)) \
             FROM json_each(?1) w JOIN Event v ON v.artifact_id = w.value AND v.type = ?2 \
             JOIN Execution e ON e.id = v.execution_id JOIN Type t ON t.id = e.type_id \
             WHERE t.name LIKE 'lockkeeper.%' GROUP BY v.artifact_id",
        )?;
        let done = to_mlmd(StepState::Complete);
        let of = statement
            .query_map(params![json_list(artifacts), OUTPUT, done], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<Result<_, _>>()?;
        Ok(Self { of })
    }

    fn steps(&self) -> Vec<i64> {
        let steps: BTreeSet<i64> = self.of.values().copied().collect();
        steps.into_iter().collect()
    }
}

/// What steps read: step and artifact, in the order in which they were recorded.
fn inputs_of(conn: &Connection, steps: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT v.execution_id, v.artifact_id FROM json_each(?1) w \
         JOIN Event v ON v.execution_id = w.value AND v.type = ?2 ORDER BY v.id",
    )?;
    let found = statement
        .query_map(params![json_list(steps), INPUT], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// What came out of all steps that read any of these, oldest first.
fn made_from(conn: &Connection, artifacts: &[i64]) -> Result<Vec<i64>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT o.artifact_id FROM json_each(?1) w JOIN Event i ON i.artifact_id = w.value AND i.type = ?2 \
         JOIN Event o ON o.execution_id = i.execution_id AND o.type = ?3 \
         GROUP BY o.artifact_id ORDER BY min(o.id)",
    )?;
    let found = statement
        .query_map(params![json_list(artifacts), INPUT, OUTPUT], |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn outputs_by_type(
    conn: &Connection,
    read: ArtifactId,
    step_type: &str,
) -> Result<Vec<(String, i64)>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT t.name, count(DISTINCT o.artifact_id) FROM Event i \
         JOIN Execution e ON e.id = i.execution_id JOIN Type s ON s.id = e.type_id AND s.name = ?2 \
         JOIN Event o ON o.execution_id = e.id AND o.type = ?4 \
         JOIN Artifact a ON a.id = o.artifact_id JOIN Type t ON t.id = a.type_id \
         WHERE i.artifact_id = ?1 AND i.type = ?3 GROUP BY t.name ORDER BY 1",
    )?;
    let found = statement
        .query_map(params![read.0, step_type, INPUT, OUTPUT], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Our executions by their ids.
fn steps(conn: &Connection, ids: &[i64]) -> Result<BTreeMap<i64, StepRef>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT e.id, t.name, e.last_known_state FROM json_each(?1) w JOIN Execution e ON e.id = w.value \
         JOIN Type t ON t.id = e.type_id",
    )?;
    let rows: Vec<(i64, String, Option<i64>)> = statement
        .query_map([json_list(ids)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<_, _>>()?;
    let runs = runs_of(conn, ids)?;
    let mut found = BTreeMap::new();
    for (id, type_name, state) in rows {
        if let (Some(kind), Some(state), Some(run)) =
            (types::step_of(&type_name), from_mlmd(state), runs.get(&id))
        {
            let step = StepRef {
                execution: ExecutionId(id),
                kind,
                run: *run,
                state,
            };
            found.insert(id, step);
        }
    }
    Ok(found)
}

/// Everything that is told of these artifacts, level by level in their order. One without a hash, of another program, cannot
/// be pointed to and is left out.
fn nodes(conn: &Connection, levels: &[Vec<i64>]) -> Result<Vec<LineageNode>, StoreError> {
    let ids: Vec<i64> = levels.iter().flatten().copied().collect();
    let mut artifacts = artifacts(conn, &ids)?;
    let makers = Makers::of(conn, &ids)?;
    let of_makers = makers.steps();
    let steps = steps(conn, &of_makers)?;
    let mut read: HashMap<i64, Vec<ArtifactId>> = HashMap::new();
    for (step, artifact) in inputs_of(conn, &of_makers)? {
        read.entry(step).or_default().push(ArtifactId(artifact));
    }
    let mut found = Vec::with_capacity(ids.len());
    for (distance, level) in levels.iter().enumerate() {
        for id in level {
            let Some((artifact, name)) = artifacts.remove(id) else {
                continue;
            };
            let maker = makers.of.get(id);
            found.push(LineageNode {
                artifact,
                name,
                distance: distance as u32,
                producer: maker.and_then(|step| steps.get(step)).copied(),
                parents: maker
                    .and_then(|step| read.get(step))
                    .cloned()
                    .unwrap_or_default(),
            });
        }
    }
    Ok(found)
}

fn artifacts(
    conn: &Connection,
    ids: &[i64],
) -> Result<HashMap<i64, (ArtifactRef, String)>, StoreError> {
    let mut statement = conn.prepare_cached(select_artifact!(
        "WHERE a.id IN (SELECT value FROM json_each(?1))"
    ))?;
    let mut rows = statement.query([json_list(ids)])?;
    let mut found = HashMap::new();
    while let Some(row) = rows.next()? {
        let artifact = artifact_ref(row)?;
        let name: Option<String> = row.get(6)?;
        found.insert(artifact.id.0, (artifact, name.unwrap_or_default()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_versions_are_told_from_words() {
        let wanted = Wanted::parse("Model run 12 v3 ab12");
        let words = vec!["model".to_owned(), "ab12".to_owned()];
        let (run, version) = (Some(12), Some(3));
        assert_eq!(
            wanted,
            Wanted {
                words,
                run,
                version
            }
        );
        assert_eq!(
            Wanted::parse("run"),
            Wanted {
                words: vec!["run".to_owned()],
                ..Wanted::default()
            }
        );
    }
}
