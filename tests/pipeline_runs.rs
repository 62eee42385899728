//! Runs from data to a promoted model: what is done again and what is not, that the way a run is started and the number
//! of threads do not matter, and what the stream of events says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use lockkeeper::domain::pipeline::TrainStart;
use lockkeeper::domain::run::{RunRecord, RunState, StepKind, StepState};
use lockkeeper::domain::schema::Role;
use lockkeeper::workspace::{Command, Outcome};
use std::collections::BTreeMap;
use std::path::Path;
use support::{edit, hashes, last_run, look, on, open, sample, small, states, text};

#[track_caller]
fn assert_states(run: &RunRecord, cached: &[StepKind], complete: &[StepKind]) {
    let states = states(run);
    for kind in cached {
        assert_eq!(states[kind], StepState::Cached, "{}", kind.name());
    }
    for kind in complete {
        assert_eq!(states[kind], StepState::Complete, "{}", kind.name());
    }
}

/// A step may be cached only if it is fed what it was fed before.
#[track_caller]
fn assert_cached_only_where_equal(before: &RunRecord, after: &RunRecord) {
    let inputs = |run: &RunRecord, kind| -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for input in &run.step(kind).unwrap().inputs {
            let hash = input.hash.to_string();
            found.entry(input.port.clone()).or_default().push(hash);
        }
        found
    };
    for step in &after.steps {
        let is_same = inputs(before, step.kind) == inputs(after, step.kind);
        if step.state == StepState::Cached {
            assert!(is_same, "{} has other inputs", step.kind.name());
        }
    }
}

#[test]
fn the_samples_run_to_a_promoted_model_and_then_nothing_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    for id in ["nyc-flights", "nyc-flights-delay", "penguins"] {
        let root = sample(folder.path(), id);
        on(&root, &["run"]).exits(0);
        let first = last_run(&root);
        assert_eq!(first.state, RunState::Complete, "{id}");
        assert_eq!(first.promoted, Some(1), "{id}");
        assert_states(&first, &[], &StepKind::ALL);
        let snapshot = look(&root);
        assert_eq!(snapshot.production().map(|m| m.version), Some(1));
        assert_eq!(snapshot.production().unwrap().run, first.id);

        let said = on(&root, &["run"]).exits(0);
        assert!(said.err.contains("every step is cached"), "{}", said.err);
        assert!(said.out.is_empty(), "talk is on stderr: {}", said.out);
        let second = last_run(&root);
        assert!(second.id > first.id);
        assert_states(&second, &StepKind::ALL, &[]);
        assert_eq!(hashes(&first), hashes(&second), "{id}");
        assert_eq!(second.promoted, None, "it was in production already");
        for kind in StepKind::ALL {
            let from = first.step(kind).unwrap().execution;
            assert_eq!(second.step(kind).unwrap().cached_from, from);
        }
        assert_eq!(look(&root).models.len(), 1);
    }
}

#[test]
fn one_changed_parameter_of_training_reruns_training_and_what_follows() {
    let folder = tempfile::tempdir().unwrap();
    let root = sample(folder.path(), "penguins");
    on(&root, &["run"]).exits(0);
    let before = last_run(&root);
    edit(&root, |spec| spec.steps.train.folds = 4);
    on(&root, &["run"]).exits(0);
    let after = last_run(&root);
    let (first, later) = StepKind::ALL.split_at(5);
    assert_states(&after, first, &[StepKind::Train]);
    assert!(later.iter().all(|k| states(&after)[k].is_done()));
    assert_cached_only_where_equal(&before, &after);
    assert_ne!(hashes(&before), hashes(&after), "other folds, other scores");

    edit(&root, |spec| spec.steps.train.folds = 5);
    on(&root, &["run"]).exits(0);
    let back = last_run(&root);
    assert_states(&back, &StepKind::ALL[..6], &[]);
    assert_eq!(hashes(&before), hashes(&back), "the old results are kept");
}

#[test]
fn the_place_of_the_files_the_start_of_training_and_candidates_order_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let root = sample(folder.path(), "penguins");
    on(&root, &["run"]).exits(0);
    let before = last_run(&root);
    let elsewhere = folder.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::rename(
        root.join("data/penguins.csv"),
        elsewhere.join("penguins.csv"),
    )
    .unwrap();
    edit(&root, |spec| {
        spec.steps.ingest.files = vec![text(&elsewhere).to_owned()];
        spec.steps.train.start = TrainStart::AfterValidation;
    });
    let moved = folder.path().join("moved");
    std::fs::rename(&root, &moved).unwrap();
    on(&moved, &["run"]).exits(0);
    let after = last_run(&moved);
    assert_states(&after, &StepKind::ALL, &[]);
    assert_eq!(hashes(&before), hashes(&after));
}

#[test]
fn a_new_version_of_the_schema_reruns_what_depends_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = sample(folder.path(), "penguins");
    on(&root, &["run"]).exits(0);
    let before = last_run(&root);
    let workspace = open(&root, None);
    let snapshot = workspace.snapshot();
    let in_force = snapshot.schema.as_ref().unwrap();
    assert_eq!(in_force.version, 1);
    let mut schema = in_force.schema.clone();
    let column = schema.columns.iter_mut().find(|c| c.name == "sex");
    column.unwrap().role = Role::Ignored;
    let save = Command::SaveSchema {
        schema: Box::new(schema),
        note: "sex is not to be used".to_owned(),
        who: "Ada".to_owned(),
    };
    workspace.run(save).unwrap();
    let Outcome::Run { record, .. } = workspace.run(Command::Run).unwrap() else {
        panic!("a run gives a run");
    };
    assert_states(
        &record,
        &[StepKind::Ingest, StepKind::Statistics, StepKind::Schema],
        &[StepKind::Validate, StepKind::Transform, StepKind::Train],
    );
    assert_cached_only_where_equal(&before, &record);
    let snapshot = workspace.snapshot();
    let in_force = snapshot.schema.as_ref().unwrap();
    assert_eq!(in_force.version, 2);
    assert_eq!(in_force.history[0].author, "Ada");
    assert_eq!(in_force.history[0].note, "sex is not to be used");
    drop(workspace);
    on(&root, &["run"]);
    assert_states(&last_run(&root), &StepKind::ALL[..8], &[]);
}

#[test]
fn a_new_batch_leaves_the_earlier_ones_and_the_schema_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let root = sample(folder.path(), "nyc-flights");
    edit(&root, |spec| spec.steps.train.candidates.truncate(1));
    on(&root, &["run"]).exits(0);
    let before = last_run(&root);
    let batch = root.join("data/flights_2013_04_05.csv");
    let said = on(&root, &["run", "--add", text(&batch)]);
    assert!(matches!(said.code, Some(0 | 5)), "{}", said.err);
    let after = last_run(&root);
    assert_states(
        &after,
        &[StepKind::Schema],
        &[StepKind::Ingest, StepKind::Statistics, StepKind::Validate],
    );
    let examples = |run: &RunRecord| -> Vec<String> {
        let outputs = run.step(StepKind::Ingest).unwrap().outputs.iter();
        let examples = outputs.filter(|o| o.port == "examples");
        examples.map(|o| o.hash.to_string()).collect()
    };
    assert_eq!(examples(&after).len(), 2);
    assert_eq!(examples(&after)[..1], examples(&before));
    let spec = look(&root).pipeline.clone().unwrap();
    assert_eq!(
        spec.steps.ingest.files,
        ["data/flights_2013_01_03.csv", "data/flights_2013_04_05.csv"],
        "files inside the workspace are named relative to it"
    );
    on(&root, &["run", "--add", text(&batch)]).exits(4);
}

#[test]
fn library_command_line_and_threads_give_the_same_artifacts() {
    let folder = tempfile::tempdir().unwrap();
    for id in ["nyc-flights", "penguins"] {
        let mut all = Vec::new();
        for (i, threads) in [Some(1), None].into_iter().enumerate() {
            let root = sample(&folder.path().join(format!("library{i}")), id);
            let workspace = open(&root, threads);
            let Outcome::Run { record, .. } = workspace.run(Command::Run).unwrap() else {
                panic!("a run gives a run");
            };
            all.push(hashes(&record));
        }
        for threads in ["1", "2", "3"] {
            let root = sample(&folder.path().join(format!("cli{threads}")), id);
            on(&root, &["run", "--json", "--threads", threads]).exits(0);
            all.push(hashes(&last_run(&root)));
        }
        assert!(all[0].len() >= 15, "{:?}", all[0]);
        for other in &all[1..] {
            assert_eq!(&all[0], other, "{id}");
        }
    }
}

#[test]
fn the_events_tell_the_run_and_the_last_line_is_the_contracts() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    let said = on(&root, &["run", "--json"]).exits(0);
    assert!(said.err.is_empty(), "{}", said.err);
    let events = said.events();
    let (first, last) = (&events[0], events.last().unwrap());
    assert_eq!(first["event"], "started");
    assert_eq!(first["steps"].as_array().unwrap().len(), 9);
    let run = last_run(&root);
    assert_eq!(last["event"], "finished");
    assert_eq!(last["state"], "complete");
    assert_eq!(last["verdict"], "BLESSED");
    assert_eq!(last["model_verdict"], "BLESSED");
    assert_eq!(last["data_verdict"], run.data_verdict.unwrap().word());
    assert_eq!(last["promoted"], 1);
    assert_eq!(last["run"].as_i64(), Some(run.id.0));
    assert!(last["message"].as_str().unwrap().contains("v1"));
    let n_finished = events.iter().filter(|e| e["event"] == "finished").count();
    assert_eq!(n_finished, 1);
    assert!(events.iter().all(|e| e["run"] == last["run"]));
    for kind in StepKind::ALL {
        let told: Vec<&str> = events
            .iter()
            .filter(|e| e["event"] == "step" && e["step"] == kind.name())
            .map(|e| e["state"].as_str().unwrap())
            .collect();
        assert_eq!(told, ["RUNNING", "COMPLETE"], "{}", kind.name());
    }
    // Two candidates and the baseline, three folds and the final fit each.
    let units = events
        .iter()
        .filter(|e| e["event"] == "unit" && e["step"] == "train");
    assert_eq!(units.count(), 12);
    assert_eq!(run.step(StepKind::Train).unwrap().units.len(), 12);
}

#[test]
fn without_push_the_model_waits_for_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    edit(&root, |spec| spec.steps.push = None);
    let said = on(&root, &["run", "--json"]).exits(0);
    let last = said.events().pop().unwrap();
    assert_eq!(last["verdict"], "BLESSED");
    assert!(last["promoted"].is_null());
    let snapshot = look(&root);
    assert!(snapshot.production().is_none());
    assert_eq!(snapshot.models[0].aliases, ["candidate"]);
    assert!(last_run(&root).step(StepKind::Push).is_none());
    on(&root, &["promote", "1", "--reason", "looked at"]).exits(0);
    assert_eq!(look(&root).production().map(|m| m.version), Some(1));
    on(&root, &["run"]).exits(0);
    assert!(
        states(&last_run(&root))
            .values()
            .all(|s| *s == StepState::Cached)
    );
}

#[test]
fn a_push_that_is_not_automatic_leaves_the_promotion_to_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    edit(&root, |spec| {
        spec.steps.push.as_mut().unwrap().automatic = false;
    });
    on(&root, &["run"]).exits(0);
    let run = last_run(&root);
    let push = run.step(StepKind::Push).unwrap();
    assert_eq!(push.state, StepState::Canceled);
    assert!(push.error.as_ref().unwrap().contains("automatic"));
    assert!(look(&root).production().is_none());
}

#[test]
fn without_a_data_gate_nobody_says_stop() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    edit(&root, |spec| spec.steps.validate = None);
    let said = on(&root, &["run", "--json"]).exits(0);
    let last = said.events().pop().unwrap();
    assert!(last["data_verdict"].is_null());
    assert_eq!(last["verdict"], "BLESSED");
    assert_eq!(last["promoted"], 1);
}

#[test]
fn without_a_model_gate_every_model_goes_to_production_and_the_record_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    edit(&root, |spec| spec.steps.validate_model = None);
    let said = on(&root, &["run", "--json"]).exits(0);
    let last = said.events().pop().unwrap();
    assert!(last["model_verdict"].is_null());
    assert_eq!(last["verdict"], last["data_verdict"]);
    assert_eq!(last["promoted"], 1);
    let log = look(&root).registry_log.clone();
    let promotion = log.iter().find(|e| e.action == "promote").unwrap();
    assert!(promotion.reason.contains("without a model gate"));
}

#[test]
fn training_waits_for_the_data_gate_where_the_pipeline_says_so() {
    let order = |start: TrainStart, root: &Path| {
        edit(root, |spec| spec.steps.train.start = start);
        let events = on(root, &["run", "--json", "--threads", "1"])
            .exits(0)
            .events();
        let position = |step: &str, state: &str| {
            events
                .iter()
                .position(|e| e["event"] == "step" && e["step"] == step && e["state"] == state)
                .unwrap()
        };
        let gate = position("validate", "COMPLETE");
        (
            position("transform", "RUNNING") < gate,
            position("train", "RUNNING") < gate,
            position("train", "COMPLETE") < gate,
            position("evaluate", "RUNNING") < gate,
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    let (transform, _, recorded, evaluated) = order(TrainStart::WithValidation, &root);
    assert!(transform, "the split does not wait for the gate");
    assert!(!recorded && !evaluated);
    let other = tempfile::tempdir().unwrap();
    let root = small(other.path());
    let (_, begun, recorded, evaluated) = order(TrainStart::AfterValidation, &root);
    assert!(!begun && !recorded && !evaluated);
}
