//! What a run says as MLflow's tags, parameters and metrics, within MLflow's limits.

use crate::domain::ContentHash;
use crate::domain::ledger::RunLine;
use crate::domain::run::RunRecord;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Longest name of a parameter, metric or tag.
const MAX_NAME: usize = 250;
/// Longest value of a parameter.
const MAX_VALUE: usize = 6_000;

/// By what a run is found again: the same for the same run, also in a copy of its workspace.
pub(super) fn key(run: &RunRecord) -> String {
    let of = json!([run.pipeline, run.pipeline_hash, run.id, run.started]);
    ContentHash::of_json(&of).short().to_owned()
}

/// The tags of a run.
pub(super) fn tags(run: &RunRecord, line: &RunLine) -> Vec<(String, String)> {
    let said = |word: Option<&str>| word.unwrap_or("none").to_owned();
    let own = [
        (super::KEY, key(run)),
        ("lockkeeper.run", run.id.to_string()),
        ("lockkeeper.pipeline", run.pipeline.clone()),
        ("lockkeeper.pipeline_hash", run.pipeline_hash.to_string()),
        ("lockkeeper.state", run.state.word().to_owned()),
        (
            "lockkeeper.data_verdict",
            said(run.data_verdict.map(|v| v.word())),
        ),
        (
            "lockkeeper.model_verdict",
            said(run.model_verdict.map(|v| v.word())),
        ),
        (
            "lockkeeper.promoted",
            run.promoted
                .map_or_else(|| "none".to_owned(), |v| v.to_string()),
        ),
        ("mlflow.source.name", "lockkeeper".to_owned()),
        ("mlflow.source.type", "PROJECT".to_owned()),
        ("mlflow.note.content", line.note.clone()),
    ];
    let own = own
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    let people = line
        .tags
        .iter()
        .map(|(name, value)| (plain(name), value.clone()));
    own.chain(people)
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// The parameters of its definition.
pub(super) fn parameters(line: &RunLine) -> Vec<(String, String)> {
    let cut = |text: String| text.chars().take(MAX_VALUE).collect();
    let mut taken = BTreeSet::new();
    let mut said = Vec::new();
    for (name, value) in line.parameters.iter() {
        let name = plain(name);
        // Two names that differ in what MLflow does not know are two parameters all the same.
        let mut free = name.clone();
        let mut number = 2;
        while !taken.insert(free.clone()) {
            let short: String = name.chars().take(MAX_NAME - 8).collect();
            free = format!("{short}_{number}");
            number += 1;
        }
        said.push((free, cut(value.to_string())));
    }
    said
}

/// The metrics of its model on the test rows, and how long its steps took.
pub(super) fn metrics(run: &RunRecord, line: &RunLine) -> Vec<Value> {
    let at = run.finished.unwrap_or(run.started);
    let metric =
        |name: String, value: f64| json!({"key": name, "value": value, "timestamp": at, "step": 0});
    let of_model = line
        .metrics
        .iter()
        .map(|(m, value)| (format!("test.{}", m.name()), *value));
    let of_steps = run.steps.iter().flat_map(|step| {
        let seconds = step
            .started
            .zip(step.finished)
            .map(|(from, to)| (to - from) as f64 / 1_000.0);
        let name = step.kind.name();
        let cpu = step.usage.and_then(|usage| usage.cpu_seconds);
        [
            seconds.map(|s| (format!("steps.{name}.seconds"), s)),
            cpu.map(|s| (format!("steps.{name}.cpu_seconds"), s)),
        ]
    });
    let all = of_model.chain(of_steps.flatten());
    // MLflow's numbers are JSON's: there is neither NaN nor infinity.
    all.filter(|(_, value)| value.is_finite())
        .map(|(name, value)| metric(name, value))
        .collect()
}

/// Names have letters, digits, `_`, `-`, `.`, blanks and `:` there; a `/` would be a path, which not every one is.
fn plain(name: &str) -> String {
    let known = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':');
    name.chars()
        .take(MAX_NAME)
        .map(|c| if known(c) { c } else { '_' })
        .collect()
}

/// Pairs as the requests have them.
pub(super) fn pairs(pairs: Vec<(String, String)>) -> Vec<Value> {
    pairs
        .into_iter()
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect()
}

/// The ending of an artifact's file by its type.
pub(super) fn ending(kind: &str) -> &'static str {
    match kind {
        "lockkeeper.Examples" => "arrow",
        "lockkeeper.Model" | "lockkeeper.TransformGraph" => "lkmodel",
        _ => "json",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Scalar;
    use crate::domain::ids::RunId;
    use crate::domain::metric::Metric;
    use crate::domain::run::RunState;
    use std::sync::Arc;

    fn run() -> RunRecord {
        RunRecord {
            id: RunId(3),
            pipeline: "flights".to_owned(),
            pipeline_hash: ContentHash::of_bytes(b"p"),
            started: 1_000,
            finished: Some(2_000),
            state: RunState::Complete,
            data_verdict: None,
            model_verdict: None,
            promoted: Some(2),
            steps: Vec::new(),
        }
    }

    #[test]
    fn names_and_values_keep_to_the_limits() {
        let run = run();
        let mut line = RunLine::from(&run);
        let long = "x".repeat(10_000);
        let parameters = [
            ("train.\"odd\"=name".to_owned(), Scalar::Int(5)),
            ("train._odd//=name".to_owned(), Scalar::Int(6)),
            ("z".repeat(400), Scalar::Text(long)),
        ];
        line.parameters = Arc::new(parameters.into());
        line.metrics = [(Metric::RocAuc, 0.75), (Metric::R2, f64::NAN)].into();
        line.tags = [("team".to_owned(), "risk".to_owned())].into();
        let said = super::parameters(&line);
        assert_eq!(said[0], ("train._odd__name".to_owned(), "5".to_owned()));
        let names: BTreeSet<&str> = said.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), 3);
        assert!(names.iter().all(|name| !name.contains('/')));
        assert_eq!((said[2].0.len(), said[2].1.len()), (250, 6_000));
        let metrics = metrics(&run, &line);
        assert_eq!(metrics.len(), 1);
        assert_eq!(
            (&metrics[0]["key"], &metrics[0]["value"]),
            (&json!("test.roc_auc"), &json!(0.75))
        );
        let tags = tags(&run, &line);
        assert!(tags.contains(&("team".to_owned(), "risk".to_owned())));
        assert!(tags.contains(&("lockkeeper.promoted".to_owned(), "2".to_owned())));
        assert_eq!(key(&run), key(&run.clone()));
    }
}
