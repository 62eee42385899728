//! The ledger, driven by its labels.

use crate::fixtures::{NOW, Stage, fresh_snapshot, snapshot};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use lockkeeper::domain::ids::RunId;
use lockkeeper::domain::run::{RunState, StepKind, StepState};
use lockkeeper::gui::action::Action;
use lockkeeper::gui::panels::runs::Runs;

fn stage() -> Stage {
    Stage::new(Runs::default()).alone()
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
    click(&mut harness, "output, baseline, Model");
    harness.get_by_label("Copy hash").click_accesskit();
    harness.run_ok();
    harness.get_by_label("Open folder").click_accesskit();
    harness.run_ok();
    let wanted = crate::fixtures::artifact(1, "baseline", "Model", 0);
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
