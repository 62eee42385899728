//! The data gate stops a run whose newest batch misses a column: exit code 5, the anomaly named, training CANCELED, no
//! model registered; a mended batch goes through.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use lockkeeper::domain::anomaly::{AnomalyKind, DataVerdict, ValidationReport};
use lockkeeper::domain::run::{RunState, StepKind, StepState};
use lockkeeper::workspace::{Answer, Query};
use std::path::Path;
use support::{edit, last_run, look, on, open, small, small_table, states, text};

/// The table without one of its columns.
fn without(csv: &str, column: &str) -> String {
    let position = csv.lines().next().unwrap();
    let position = position.split(',').position(|c| c == column).unwrap();
    let lines = csv.lines().map(|line| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells.remove(position);
        cells.join(",") + "\n"
    });
    lines.collect()
}

/// What validation reported in the newest run.
fn report(root: &Path) -> ValidationReport {
    let run = last_run(root);
    let artifact = &run.step(StepKind::Validate).unwrap().outputs[0];
    let Answer::Validation(report) = open(root, Some(1))
        .answer(&Query::artifact(artifact))
        .unwrap()
    else {
        panic!("validation gives a report");
    };
    report
}

#[track_caller]
fn assert_stopped_for(root: &Path, column: &str, n_models: usize) {
    let run = last_run(root);
    assert_eq!(run.state, RunState::Stopped);
    assert_eq!(run.data_verdict, Some(DataVerdict::Stop));
    assert_eq!((run.model_verdict, run.promoted), (None, None));
    let states = states(&run);
    assert!(states[&StepKind::Validate].is_done());
    for kind in [
        StepKind::Train,
        StepKind::Evaluate,
        StepKind::ValidateModel,
        StepKind::Push,
    ] {
        assert_eq!(states[&kind], StepState::Canceled, "{}", kind.name());
        assert!(run.step(kind).unwrap().outputs.is_empty());
    }
    assert_eq!(look(root).models.len(), n_models);
    let report = report(root);
    let missing = report
        .anomalies
        .iter()
        .find(|a| a.kind == AnomalyKind::SchemaMissingColumn);
    let missing = missing.unwrap_or_else(|| panic!("{report:?}"));
    assert_eq!(missing.column.as_deref(), Some(column));
    assert!(missing.description.contains(column) && report.reason.contains(column));
}

#[test]
fn a_second_batch_without_a_column_stops_and_a_mended_one_goes_through() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let second = folder.path().join("second.csv");
    let whole = small_table(400, 7);
    std::fs::write(&second, without(&whole, "speed")).unwrap();

    let said = on(&root, &["run", "--json", "--add", text(&second)]).exits(5);
    let last = said.events().pop().unwrap();
    assert_eq!(last["event"], "finished");
    assert_eq!(last["state"], "stopped");
    assert_eq!(last["verdict"], "STOP");
    assert_eq!(last["data_verdict"], "STOP");
    assert!(last["promoted"].is_null());
    assert!(last["message"].as_str().unwrap().contains("speed"));
    assert_stopped_for(&root, "speed", 1);
    let production = look(&root).production().unwrap().version;
    assert_eq!(production, 1, "what served goes on serving");

    let said = on(&root, &["run"]).exits(5);
    assert!(said.err.contains("STOP") && said.err.contains("speed"));
    assert_stopped_for(&root, "speed", 1);

    std::fs::write(&second, whole).unwrap();
    let said = on(&root, &["run"]);
    assert!(matches!(said.code, Some(0 | 5)), "{}", said.err);
    let run = last_run(&root);
    assert!(matches!(
        run.state,
        RunState::Complete | RunState::NotBlessed
    ));
    assert!(states(&run)[&StepKind::Train].is_done());
    assert_eq!(look(&root).models.len(), 2);
}

#[test]
fn the_first_run_stops_too_and_registers_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    let second = folder.path().join("second.csv");
    std::fs::write(&second, without(&small_table(200, 7), "city")).unwrap();
    on(&root, &["run", "--add", text(&second)]).exits(5);
    assert_stopped_for(&root, "city", 0);
}

#[test]
fn the_only_file_replaced_by_one_without_a_column_stops() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let data = folder.path().join("small.csv");
    std::fs::write(&data, without(&small_table(400, 1), "weight")).unwrap();
    on(&root, &["run"]).exits(5);
    assert_stopped_for(&root, "weight", 1);
    std::fs::write(&data, small_table(400, 1)).unwrap();
    on(&root, &["run"]).exits(0);
    assert!(
        states(&last_run(&root))
            .values()
            .all(|s| *s == StepState::Cached)
    );
}

#[test]
fn a_batch_without_the_target_stops() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let second = folder.path().join("second.csv");
    std::fs::write(&second, without(&small_table(200, 3), "late")).unwrap();
    on(&root, &["run", "--add", text(&second)]).exits(5);
    assert_stopped_for(&root, "late", 1);
}

#[test]
fn a_column_that_no_model_uses_may_go() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    edit(&root, |spec| {
        let ignored = lockkeeper::domain::schema::Role::Ignored;
        spec.steps.schema.roles.insert("weight".to_owned(), ignored);
    });
    on(&root, &["run"]).exits(0);
    let data = folder.path().join("small.csv");
    std::fs::write(&data, without(&small_table(400, 1), "weight")).unwrap();
    let said = on(&root, &["run"]);
    assert!(matches!(said.code, Some(0 | 5)), "{}", said.err);
    assert_ne!(last_run(&root).state, RunState::Stopped);
}
