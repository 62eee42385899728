//! All runs in short: what is told of each, that reading on comes to the same as reading all, and what people write; and records
//! that become durable together.

use super::{begin, hash, new_run, open, small_run};
use crate::domain::Scalar;
use crate::domain::ids::RunId;
use crate::domain::ledger::Ledger;
use crate::domain::metric::{Metric, MetricValue};
use crate::domain::run::{RunState, StepKind};
use crate::store::{KnownLedger, NewExecution, NewModel, Store, StoreError};
use serde_json::json;

fn anew(store: &Store) -> Ledger {
    (*store.ledger(&mut KnownLedger::default()).unwrap()).clone()
}

fn register(store: &Store, run: RunId, model: &crate::domain::run::ArtifactRef) {
    let metrics = [MetricValue {
        metric: Metric::RocAuc,
        value: Some(0.75),
    }];
    let new = NewModel {
        name: "flights",
        algorithm: "forest",
        run,
        artifact: model.id,
        hash: &model.hash,
        metrics: &metrics,
    };
    store.register_model(&new, "pipeline", "best").unwrap();
}

#[test]
fn reading_on_comes_to_the_same_as_reading_all() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut known = KnownLedger::default();
    assert!(store.ledger(&mut known).unwrap().lines.is_empty());
    for round in 0..6 {
        let (run, model) = small_run(&store, &format!("rows {round}"));
        register(&store, run, &model);
        store
            .finish_run(run, RunState::Complete, None, None, Some(round))
            .unwrap();
        // One at work stands above those that are over, and is read again.
        let open_run = new_run(&store);
        begin(&store, open_run, StepKind::Ingest, &[]);
        assert_eq!(
            *store.ledger(&mut known).unwrap(),
            anew(&store),
            "round {round}"
        );
        store
            .finish_run(open_run, RunState::Failed, None, None, None)
            .unwrap();
        assert_eq!(
            *store.ledger(&mut known).unwrap(),
            anew(&store),
            "round {round}"
        );
    }
    let ledger = anew(&store);
    let ids: Vec<i64> = ledger.lines.iter().map(|line| line.id.0).collect();
    assert_eq!(ids, (1..=12).rev().collect::<Vec<_>>());
    let line = ledger.line(RunId(11)).unwrap();
    assert_eq!(
        (line.n_steps, line.n_cached, line.promoted),
        (2, 0, Some(5))
    );
    assert_eq!(line.algorithm.as_deref(), Some("forest"));
    assert_eq!(line.metrics.get(&Metric::RocAuc), Some(&0.75));
    assert_eq!(line.parameters.get("seed"), Some(&Scalar::Int(7)));
    assert_eq!(
        (&ledger.parameters[..], &ledger.metrics[..]),
        (&["seed".to_owned()][..], &[Metric::RocAuc][..])
    );
    assert_eq!(ledger.line(RunId(12)).unwrap().state, RunState::Failed);
}

#[test]
fn a_run_whose_training_was_cached_has_the_figures_of_its_model() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (first, model) = small_run(&store, "rows");
    register(&store, first, &model);
    let run = new_run(&store);
    let params = json!({});
    let new = NewExecution {
        run,
        kind: StepKind::Train,
        version: 1,
        params: &params,
        inputs: &[],
        executor: "here/1",
    };
    store
        .cached_execution(&new, std::slice::from_ref(&model), None)
        .unwrap();
    store
        .finish_run(run, RunState::Complete, None, None, None)
        .unwrap();
    let ledger = anew(&store);
    let line = ledger.line(run).unwrap();
    assert_eq!((line.n_steps, line.n_cached), (1, 1));
    assert_eq!(line.metrics.get(&Metric::RocAuc), Some(&0.75));
    // Read on from there, the first run is not read again, and its model is found all the same.
    let mut known = KnownLedger::default();
    store.ledger(&mut known).unwrap();
    let again = new_run(&store);
    let new = NewExecution { run: again, ..new };
    store
        .cached_execution(&new, std::slice::from_ref(&model), None)
        .unwrap();
    store
        .finish_run(again, RunState::Complete, None, None, None)
        .unwrap();
    assert_eq!(*store.ledger(&mut known).unwrap(), anew(&store));
}

#[test]
fn what_people_write_is_kept_changed_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (run, _) = small_run(&store, "rows");
    store.tag_run(run, "team", "risk").unwrap();
    store.tag_run(run, "team", "growth").unwrap();
    store.tag_run(run, "ticket", "ML-7").unwrap();
    store.note_run(run, "with the new ü feature").unwrap();
    store.pin_run(run, true).unwrap();
    drop(store);
    let store = open(folder.path());
    let ledger = anew(&store);
    let line = ledger.line(run).unwrap();
    let tags: Vec<(&str, &str)> = line
        .tags
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(tags, [("team", "growth"), ("ticket", "ML-7")]);
    assert_eq!(
        (line.note.as_str(), line.is_pinned),
        ("with the new ü feature", true)
    );
    store.tag_run(run, "ticket", "").unwrap();
    store.note_run(run, "").unwrap();
    store.pin_run(run, false).unwrap();
    let ledger = anew(&store);
    let line = ledger.line(run).unwrap();
    assert_eq!(
        (line.tags.len(), line.note.as_str(), line.is_pinned),
        (1, "", false)
    );
    assert_eq!(ledger.tags, ["team"]);
    assert!(matches!(
        store.tag_run(RunId(9), "a", "b"),
        Err(StoreError::NotFound { .. })
    ));
}

#[test]
fn together_is_all_or_nothing_and_a_failure_inside_undoes_itself_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let failed: Result<(), StoreError> = store.together(|| {
        small_run(&store, "lost");
        store.tag_run(RunId(99), "a", "b")
    });
    assert!(failed.is_err());
    assert!(store.runs(10).unwrap().is_empty(), "nothing of it is there");
    assert!(store.lookup(&hash("lost")).unwrap().is_none());
    let kept: Result<RunId, StoreError> = store.together(|| {
        let (run, _) = small_run(&store, "kept");
        // What fails inside is undone; what was recorded beside it stays.
        assert!(store.tag_run(RunId(99), "a", "b").is_err());
        Ok(run)
    });
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.runs(10).unwrap()[0].id, kept.unwrap());
}
