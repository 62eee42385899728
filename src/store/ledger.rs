//! Reading all runs in short, and what people write to them: tags, a note, a pin. These are custom properties of the run's
//! context, so that `filter_query` in `ml-metadata` can ask for them (`custom_properties.\`tag.team\`.string_value`).

use super::properties::{self, Owner};
use super::query::run_record;
use super::runs::{context_of, counts};
use super::{Store, StoreError};
use crate::domain::Scalar;
use crate::domain::ids::RunId;
use crate::domain::ledger::{Ledger, Parameters, RunLine, parameters_of};
use crate::domain::metric::MetricValue;
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const TAG: &str = "tag.";
const NOTE: &str = "note";
const PINNED: &str = "pinned";

/// The ledger as it was read last, so that the next reading takes up what cannot have changed.
#[derive(Debug, Default)]
pub struct KnownLedger {
    ledger: Arc<Ledger>,
    /// Parameters by the hash of the definition.
    definitions: HashMap<String, Arc<Parameters>>,
}

impl KnownLedger {
    /// Forgets the runs: somebody wrote to one that was over.
    pub fn forget(&mut self) {
        self.ledger = Arc::default();
    }
}

impl Store {
    /// All runs in short, newest first. Runs that were over when `known` was read are taken from there.
    ///
    /// # Errors
    /// `BadRecord`, and those of the database.
    pub fn ledger(&self, known: &mut KnownLedger) -> Result<Arc<Ledger>, StoreError> {
        let tx = self.read()?;
        let old = &known.ledger.lines;
        // From the oldest run that was not over: everything before it stays as it is.
        let n_open = old
            .iter()
            .rposition(|line| !line.is_over())
            .map_or(0, |at| at + 1);
        let kept = &old[n_open..];
        let from = kept.first().map_or(0, |line| line.id.0 + 1);
        let mut lines = lines_from(&tx, from, &mut known.definitions)?;
        if lines.is_empty() && n_open == 0 && !old.is_empty() {
            return Ok(Arc::clone(&known.ledger));
        }
        lines.extend_from_slice(kept);
        known.ledger = Arc::new(Ledger::of(lines));
        Ok(Arc::clone(&known.ledger))
    }

    /// Sets a tag of a run; an empty value takes it away.
    ///
    /// # Errors
    /// `NotFound`, and those of the database.
    pub fn tag_run(&self, run: RunId, name: &str, value: &str) -> Result<(), StoreError> {
        self.write_to_run(
            run,
            &format!("{TAG}{name}"),
            Some(value).filter(|v| !v.is_empty()),
        )
    }

    /// Sets what a person remarks on a run.
    ///
    /// # Errors
    /// `NotFound`, and those of the database.
    pub fn note_run(&self, run: RunId, text: &str) -> Result<(), StoreError> {
        self.write_to_run(run, NOTE, Some(text).filter(|v| !v.is_empty()))
    }

    /// Sets whether a run stands above the others.
    ///
    /// # Errors
    /// `NotFound`, and those of the database.
    pub fn pin_run(&self, run: RunId, is_pinned: bool) -> Result<(), StoreError> {
        self.write_to_run(run, PINNED, is_pinned.then_some("yes"))
    }

    fn write_to_run(&self, run: RunId, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        let tx = self.begin()?;
        let owner = Owner::Context(context_of(&tx, run)?);
        match value {
            Some(text) => properties::set_custom(&tx, owner, name, &Scalar::from(text))?,
            None => properties::remove_custom(&tx, owner, name)?,
        }
        tx.commit()
    }
}

/// The runs from a number on, newest first.
fn lines_from(
    conn: &Connection,
    from: i64,
    definitions: &mut HashMap<String, Arc<Parameters>>,
) -> Result<Vec<RunLine>, StoreError> {
    let mut written = written_from(conn, from)?;
    let mut models = models_between(conn, [from, i64::MAX])?;
    let mut statement = conn.prepare_cached(
        "SELECT r.number, r.pipeline, r.pipeline_hash, r.started, r.finished, r.state, r.data_verdict, \
         r.model_verdict, r.promoted, r.context_id, s.int_value, k.int_value, o.int_value \
         FROM lk_run r JOIN Context c ON c.id = r.context_id \
         LEFT JOIN ContextProperty s ON s.context_id = c.id AND s.name = 'n_steps' AND s.is_custom_property = 0 \
         LEFT JOIN ContextProperty k ON k.context_id = c.id AND k.name = 'n_cached' AND k.is_custom_property = 0 \
         LEFT JOIN ContextProperty o ON o.context_id = c.id AND o.name = 'model_run' AND o.is_custom_property = 0 \
         WHERE r.number >= ?1 ORDER BY r.number DESC",
    )?;
    let mut rows = statement.query([from])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let run = run_record(row)?;
        let context: i64 = row.get(9)?;
        // Where training was cached, the model is that of an earlier run.
        let origin = row.get::<_, Option<i64>>(12)?.map_or(run.id, RunId);
        if !models.contains_key(&origin) {
            models.extend(models_between(conn, [origin.0; 2])?);
        }
        let model = models.get(&origin).cloned().unwrap_or_default();
        // A run that is not over, or was ended by a crash, has not been counted.
        let [n_steps, n_cached] = match (row.get(10)?, row.get(11)?) {
            (Some(n_steps), Some(n_cached)) => [n_steps, n_cached],
            _ => counts(conn, context)?,
        };
        let note = written.remove(&context).unwrap_or_default();
        lines.push(RunLine {
            id: run.id,
            parameters: parameters(conn, context, run.pipeline_hash.as_str(), definitions)?,
            pipeline: run.pipeline,
            started: run.started,
            finished: run.finished,
            state: run.state,
            data_verdict: run.data_verdict,
            model_verdict: run.model_verdict,
            promoted: run.promoted,
            n_steps,
            n_cached,
            algorithm: model.algorithm,
            metrics: model
                .metrics
                .into_iter()
                .filter_map(|m| Some((m.metric, m.value?)))
                .collect(),
            tags: note.tags,
            note: note.text,
            is_pinned: note.is_pinned,
        });
    }
    Ok(lines)
}

/// What people wrote to a run.
#[derive(Debug, Default)]
struct Written {
    tags: BTreeMap<String, String>,
    text: String,
    is_pinned: bool,
}

fn written_from(conn: &Connection, from: i64) -> Result<HashMap<i64, Written>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT p.context_id, p.name, p.string_value FROM ContextProperty p \
         JOIN lk_run r ON r.context_id = p.context_id \
         WHERE p.is_custom_property = 1 AND p.string_value IS NOT NULL AND r.number >= ?1",
    )?;
    let mut rows = statement.query([from])?;
    let mut found: HashMap<i64, Written> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (name, text): (String, String) = (row.get(1)?, row.get(2)?);
        let written = found.entry(row.get(0)?).or_default();
        match name.strip_prefix(TAG) {
            Some(tag) => _ = written.tags.insert(tag.to_owned(), text),
            None if name == NOTE => written.text = text,
            None if name == PINNED => written.is_pinned = true,
            None => {}
        }
    }
    Ok(found)
}

/// The model that a run registered.
#[derive(Debug, Default, Clone)]
struct Registered {
    algorithm: Option<String>,
    metrics: Vec<MetricValue>,
}

/// The models that these runs registered, the first and the last one given.
fn models_between(
    conn: &Connection,
    [first, last]: [i64; 2],
) -> Result<HashMap<RunId, Registered>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT run, algorithm, metrics FROM lk_model_version WHERE run BETWEEN ?1 AND ?2 ORDER BY version",
    )?;
    let mut rows = statement.query([first, last])?;
    let mut found = HashMap::new();
    while let Some(row) = rows.next()? {
        let run = RunId(row.get(0)?);
        let metrics =
            serde_json::from_str(&row.get::<_, String>(2)?).map_err(|e| StoreError::BadRecord {
                what: format!("the model of run {run}"),
                detail: e.to_string(),
            })?;
        let algorithm = Some(row.get(1)?);
        found.insert(run, Registered { algorithm, metrics });
    }
    Ok(found)
}

/// What the definition with this hash says. A definition that cannot be read says nothing: the run is listed all the same.
fn parameters(
    conn: &Connection,
    context: i64,
    hash: &str,
    definitions: &mut HashMap<String, Arc<Parameters>>,
) -> Result<Arc<Parameters>, StoreError> {
    if let Some(known) = definitions.get(hash) {
        return Ok(Arc::clone(known));
    }
    let text: Option<String> = conn
        .prepare_cached(
            "SELECT string_value FROM ContextProperty \
             WHERE context_id = ?1 AND name = 'spec' AND is_custom_property = 0",
        )?
        .query_row([context], |row| row.get(0))
        .optional()?;
    let value = text.and_then(|text| serde_json::from_str(&text).ok());
    let found = Arc::new(value.map_or_else(Parameters::new, |value| parameters_of(&value)));
    definitions.insert(hash.to_owned(), Arc::clone(&found));
    Ok(found)
}
