//! The ledger, driven by its labels.

use crate::fixtures::{NOW, Stage, fresh_snapshot, snapshot};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use lockkeeper::domain::Scalar;
use lockkeeper::domain::ids::RunId;
use lockkeeper::domain::ledger::{Ledger, RunLine};
use lockkeeper::domain::metric::Metric;
use lockkeeper::domain::run::{RunState, StepKind, StepState};
use lockkeeper::gui::action::Action;
use lockkeeper::gui::panels::runs::Runs;
use lockkeeper::workspace::{Command, RunWriting, Snapshot};
use std::sync::Arc;

fn stage() -> Stage {
    Stage::new(Runs::default()).alone()
}

/// The ledger says what the records say.
fn relist(snapshot: &mut Snapshot) {
    let lines = snapshot.runs.iter().map(RunLine::from).collect();
    snapshot.ledger = Arc::new(Ledger::of(lines));
}

/// Four runs: two algorithms, three scores, one tag.
fn experiments() -> Snapshot {
    let mut snapshot = snapshot();
    let line = |id: i64, algorithm: &str, auc: f64, folds: i64| RunLine {
        algorithm: Some(algorithm.to_owned()),
        metrics: [(Metric::RocAuc, auc)].into(),
        parameters: Arc::new(
            [
                ("train.folds".to_owned(), Scalar::Int(folds)),
                ("seed".to_owned(), Scalar::Int(42)),
            ]
            .into(),
        ),
        note: format!("try {id}"),
        tags: (id == 3)
            .then(|| ("team".to_owned(), "risk".to_owned()))
            .into_iter()
            .collect(),
        ..RunLine::from(&crate::fixtures::run(id, NOW - (60 - id) * 60_000, 3, true))
    };
    snapshot.ledger = Arc::new(Ledger::of(vec![
        line(4, "forest", 0.71, 5),
        line(3, "forest", 0.75, 3),
        line(2, "tree", 0.66, 5),
        line(1, "tree", 0.71, 5),
    ]));
    snapshot
}

fn n_listed(harness: &Harness<'_, Stage>) -> usize {
    let rows = harness.query_all_by_label_contains("Compare run ");
    rows.count()
}

#[test]
fn runs_are_found_by_words_and_by_conditions() {
    let mut harness = stage().with(Some(experiments())).harness();
    assert_eq!(n_listed(&harness), 4);
    harness.get_by_label("Find among the runs").focus();
    harness.run_ok();
    harness
        .get_by_label("Find among the runs")
        .type_text("tree");
    harness.run_ok();
    assert_eq!(n_listed(&harness), 2);
    click(&mut harness, "Condition…");
    let field = "Runs of which this holds";
    harness.get_by_label(field).focus();
    harness.run_ok();
    harness.get_by_label(field).type_text("roc_auc > 0.7");
    harness.run_ok();
    assert_eq!(n_listed(&harness), 1);
    harness.get_by_label("1 of 4 runs");
    harness.get_by_label(field).type_text(" and");
    harness.run_ok();
    harness.get_by_label_contains("Complete it.");
}

#[test]
fn ticked_runs_stand_beside_each_other_with_what_differs() {
    let mut harness = stage().with(Some(experiments())).harness();
    harness.get_by_label("Compare run 4").click();
    harness.get_by_label("Compare run 2").click();
    harness.run_ok();
    click(&mut harness, "Compare 2 runs");
    harness.get_by_label("2 runs beside each other");
    harness.get_by_label_contains("Algorithm, forest, tree");
    harness.get_by_label_contains("ROC AUC, 0.7100, 0.6600");
    assert!(
        harness
            .query_by_label_contains("train.folds, 5, 5")
            .is_none()
    );
    click(&mut harness, "Only what differs");
    harness.get_by_label_contains("train.folds, 5, 5");
    harness.get_by_label_contains("4 lines over the axes");
}

#[test]
fn lineage_is_walked_found_and_opened() {
    let mut harness = stage().harness();
    click(&mut harness, "Lineage");
    harness.get_by_label_contains("read by Evaluate, in 400 runs → 371 Evaluation");
    click(
        &mut harness,
        "Examples · Ingest, run 1, flights_2013_01_03.csv",
    );
    click(&mut harness, "Model f");
    click(&mut harness, "List everything made from it");
    harness.get_by_label("Everything that was made from it");
    harness
        .get_by_label("Find an artifact: name, type, hash, run 12, v3")
        .focus();
    harness.run_ok();
    let field = "Find an artifact: name, type, hash, run 12, v3";
    harness.get_by_label(field).type_text("nothing");
    harness.run_ok();
    harness.get_by_label("No such artifact");
}

#[test]
fn a_statement_is_asked_and_its_answer_copied() {
    let mut harness = stage().harness();
    click(&mut harness, "SQL");
    harness.get_by_label_contains("Only statements that read");
    harness.get_by_label("Ask").click();
    harness.run_ok();
    harness.get_by_label("complete, 12");
    harness.get_by_label("NULL, 3");
    harness.get_by_label("Copy").click();
    harness.run_ok();
    let [Action::Copy(text)] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions);
    };
    assert_eq!(text, "state\truns\ncomplete\t12\n\t3");
}

#[test]
fn what_a_person_writes_to_a_run_is_a_command() {
    let mut harness = stage().with(Some(experiments())).harness();
    harness.get_by_label_contains("3, 2026-").click_accesskit();
    harness.run_ok();
    click(&mut harness, "team: risk");
    click(&mut harness, "Pin");
    let written: Vec<&RunWriting> = harness
        .state()
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Submit(Command::WriteToRun { run, written }) if *run == RunId(3) => {
                Some(written)
            }
            _ => None,
        })
        .collect();
    let (name, value) = ("team".to_owned(), String::new());
    assert_eq!(
        written,
        [&RunWriting::Tag { name, value }, &RunWriting::Pin(true)]
    );
}

fn click(harness: &mut Harness<'_, Stage>, label: &str) {
    harness.get_by_label_contains(label).click_accesskit();
    harness.run_ok();
}

#[test]
fn a_run_is_selected_then_a_step_then_its_artifacts() {
    let mut harness = stage().harness();
    harness.get_by_label_contains(
        ", 40 min ago, 1 min 07 s, not blessed, RETRAIN, NOT BLESSED, —, 1/9",
    );
    click(&mut harness, "complete, RETRAIN, BLESSED, v1, 0/9");
    assert_eq!(harness.state().selection.run, Some(RunId(1)));
    harness.get_by_label("Steps of run 1");
    click(&mut harness, "Train, done, 48 s, 2, 6");
    assert_eq!(harness.state().selection.step, Some(StepKind::Train));
    harness.get_by_label("Warning: bayes: 3 columns were left out because they are constant");
    harness.get_by_label("seed: 42");
    click(&mut harness, "output, model, Model");
    harness.get_by_label("Copy hash").click_accesskit();
    harness.run_ok();
    harness.get_by_label("Open folder").click_accesskit();
    harness.run_ok();
    let wanted = crate::fixtures::artifact(1, "model", "Model", 0);
    let [Action::Copy(hash), Action::Reveal(path)] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions);
    };
    assert_eq!(*hash, wanted.hash.to_string());
    assert!(path.ends_with(&wanted.uri) && path.starts_with("/home/ada"));
}

#[test]
fn the_registry_log_says_who_and_why() {
    let mut harness = stage().harness();
    click(&mut harness, "Registry log");
    harness.get_by_label_contains("promote, v1, —, pipeline, better than the baseline");
}

#[test]
fn without_runs_it_offers_the_first_one() {
    let mut harness = stage().with(Some(fresh_snapshot())).harness();
    harness.get_by_label("No runs yet");
    harness.get_by_label("Run the pipeline").click();
    harness.run_ok();
    assert!(matches!(harness.state().actions[..], [Action::Run]));
    click(&mut harness, "Registry log");
    harness.get_by_label("Nothing was registered yet");
}

#[test]
fn an_interrupted_run_says_how_to_go_on() {
    let mut stopped = snapshot();
    stopped.runs[0].state = RunState::Interrupted;
    stopped.runs[0].finished = None;
    let train = stopped.runs[0]
        .steps
        .iter_mut()
        .find(|s| s.kind == StepKind::Train)
        .unwrap();
    (train.state, train.finished) = (StepState::Running, None);
    relist(&mut stopped);
    let mut harness = stage().with(Some(stopped)).harness();
    harness.get_by_label_contains("Train, interrupted, —");
    harness.get_by_label_contains("Interrupted: The program ended in the middle");
    harness.get_by_label("Resume").click();
    harness.run_ok();
    assert!(matches!(harness.state().actions[..], [Action::Run]));
}

#[test]
fn runs_are_sorted_by_their_titles() {
    let mut harness = stage().harness();
    let top =
        |harness: &Harness<'_, Stage>, part: &str| harness.get_by_label_contains(part).rect().top();
    let (newer, older) = ("NOT BLESSED, —, 1/9", "BLESSED, v1, 0/9");
    assert!(top(&harness, newer) < top(&harness, older));
    harness.get_by_label("Cached").click();
    harness.run_ok();
    let first = top(&harness, newer) < top(&harness, older);
    harness.get_by_label_contains("Cached, ").click();
    harness.run_ok();
    assert_ne!(top(&harness, newer) < top(&harness, older), first);
}

#[test]
fn pictures() {
    let long = || {
        let mut snapshot = snapshot();
        for id in 3..40 {
            snapshot.runs.insert(
                0,
                crate::fixtures::run(id, NOW - (60 - id) * 60_000, 3, id % 3 == 0),
            );
        }
        relist(&mut snapshot);
        snapshot
    };
    let at_train = || {
        let mut stage = stage().with(Some(long()));
        stage.selection.step = Some(StepKind::Train);
        stage
    };
    Stage::picture(stage, "runs");
    Stage::picture(at_train, "runs-train");
    Stage::picture(|| stage().with(Some(fresh_snapshot())), "runs-empty");
}
