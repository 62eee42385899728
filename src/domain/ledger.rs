//! The ledger as a table: one line a run, with what runs are told apart and compared by. What a run's steps read and
//! wrote is in its `RunRecord`.

use super::Scalar;
use super::anomaly::DataVerdict;
use super::gate::ModelVerdict;
use super::ids::{Millis, RunId};
use super::metric::Metric;
use super::run::{RunRecord, RunState, StepRecord, StepState};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Parameters by their names, such as `train.folds`.
pub type Parameters = BTreeMap<String, Scalar>;

/// A run in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunLine {
    /// Its number.
    pub id: RunId,
    /// Name of the pipeline.
    pub pipeline: String,
    /// When it began.
    pub started: Millis,
    /// When it ended.
    pub finished: Option<Millis>,
    /// How it stands.
    pub state: RunState,
    /// What the data gate said.
    pub data_verdict: Option<DataVerdict>,
    /// What the model gate said.
    pub model_verdict: Option<ModelVerdict>,
    /// Version of the model that it put into production.
    pub promoted: Option<u32>,
    /// Executions that are recorded of it.
    pub n_steps: i64,
    /// Of these, the ones whose results were there already.
    pub n_cached: i64,
    /// The algorithm of the model that it registered.
    pub algorithm: Option<String>,
    /// Metrics of that model on the test rows.
    pub metrics: BTreeMap<Metric, f64>,
    /// What its pipeline says; runs of one definition share it.
    pub parameters: Arc<Parameters>,
    /// What people wrote to it, by name.
    pub tags: BTreeMap<String, String>,
    /// What a person remarked.
    pub note: String,
    /// Whether it stands above the others.
    pub is_pinned: bool,
}

impl From<&RunRecord> for RunLine {
    /// What a record says of its run; parameters, metrics and what people wrote are not in it.
    fn from(run: &RunRecord) -> Self {
        let is_cached = |step: &&StepRecord| step.state == StepState::Cached;
        Self {
            id: run.id,
            pipeline: run.pipeline.clone(),
            started: run.started,
            finished: run.finished,
            state: run.state,
            data_verdict: run.data_verdict,
            model_verdict: run.model_verdict,
            promoted: run.promoted,
            n_steps: run.steps.len() as i64,
            n_cached: run.steps.iter().filter(is_cached).count() as i64,
            algorithm: None,
            metrics: BTreeMap::new(),
            parameters: Arc::default(),
            tags: BTreeMap::new(),
            note: String::new(),
            is_pinned: false,
        }
    }
}

impl RunLine {
    /// Whether nothing of it can change any more but what people write to it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.finished.is_some() && self.state != RunState::Running
    }

    /// How long it took, in seconds; of one at work, so far.
    #[must_use]
    pub fn seconds(&self, now: Millis) -> Option<f64> {
        let at_work = (self.state == RunState::Running).then_some(now);
        let end = self.finished.or(at_work)?;
        Some(((end - self.started) as f64 / 1_000.0).max(0.0))
    }
}

/// All runs, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Ledger {
    /// The runs.
    pub lines: Vec<RunLine>,
    /// Names of the parameters that any of them has.
    pub parameters: Vec<String>,
    /// Metrics that any of them has.
    pub metrics: Vec<Metric>,
    /// Names of tags that any of them has.
    pub tags: Vec<String>,
}

impl Ledger {
    /// Of these runs, newest first.
    #[must_use]
    pub fn of(lines: Vec<RunLine>) -> Self {
        let (mut parameters, mut metrics, mut tags) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut before: Option<&Arc<Parameters>> = None;
        for line in &lines {
            if before.is_none_or(|seen| !Arc::ptr_eq(seen, &line.parameters)) {
                parameters.extend(line.parameters.keys());
                before = Some(&line.parameters);
            }
            metrics.extend(line.metrics.keys());
            tags.extend(line.tags.keys());
        }
        let owned = |names: BTreeSet<&String>| names.into_iter().cloned().collect();
        Self {
            parameters: owned(parameters),
            metrics: metrics.into_iter().copied().collect(),
            tags: owned(tags),
            lines,
        }
    }

    /// One run.
    #[must_use]
    pub fn line(&self, id: RunId) -> Option<&RunLine> {
        let at = self.lines.binary_search_by(|line| id.cmp(&line.id)).ok()?;
        self.lines.get(at)
    }
}

/// The parameters of a definition: names joined by points, without the word `steps` in front. Candidates and checks are
/// called by their names, other entries of lists by their positions from 1; lists of plain values are one text.
#[must_use]
pub fn parameters_of(definition: &Value) -> Parameters {
    let mut found = Parameters::new();
    gather(String::new(), definition, &mut found);
    found
}

fn gather(path: String, value: &Value, found: &mut Parameters) {
    let below = |name: &str| match path.as_str() {
        "" | "steps" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                gather(below(name), inner, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (position, item) in items.iter().enumerate() {
                let name = item.get("name").and_then(Value::as_str);
                let name = name.map_or_else(|| (position + 1).to_string(), str::to_owned);
                gather(below(&name), item, found);
            }
        }
        Value::Array(items) => {
            let words: Vec<String> = items
                .iter()
                .filter_map(scalar)
                .map(|s| s.to_string())
                .collect();
            found.insert(path, Scalar::Text(words.join(", ")));
        }
        _ => {
            if let Some(scalar) = scalar(value) {
                found.insert(path, scalar);
            }
        }
    }
}

fn scalar(value: &Value) -> Option<Scalar> {
    serde_json::from_value(value.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parameters_have_the_names_that_people_know_them_by() {
        let definition = json!({
            "name": "flights", "seed": 7,
            "steps": {
                "ingest": {"files": ["a.csv", "b.csv"]},
                "train": {"folds": 5, "budget": null, "candidates": [
                    {"name": "forest", "algorithm": "forest", "params": {"trees": 100}},
                    {"algorithm": "tree"},
                ]},
            },
        });
        let found = parameters_of(&definition);
        let expected: Parameters = [
            ("name", Scalar::from("flights")),
            ("seed", Scalar::Int(7)),
            ("ingest.files", Scalar::from("a.csv, b.csv")),
            ("train.folds", Scalar::Int(5)),
            ("train.candidates.forest.name", Scalar::from("forest")),
            ("train.candidates.forest.algorithm", Scalar::from("forest")),
            ("train.candidates.forest.params.trees", Scalar::Int(100)),
            ("train.candidates.2.algorithm", Scalar::from("tree")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        assert_eq!(found, expected);
    }
}
