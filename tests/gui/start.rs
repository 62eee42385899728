//! The Start room, driven by its labels as a person or a screen reader would.

use crate::fixtures::{NOW, Stage, fresh_snapshot, snapshot};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use lockkeeper::domain::run::RunState;
use lockkeeper::gui::action::{Action, Purpose};
use lockkeeper::gui::panel::{Recent, Room};
use lockkeeper::gui::panels::start::Start;
use lockkeeper::workspace::{Command, Snapshot};
use std::path::PathBuf;

fn room(snapshot: Option<Snapshot>) -> Stage {
    let mut stage = Stage::new(Start::default()).with(snapshot).alone();
    let recent = |root: &str, days: i64, exists| Recent {
        root: PathBuf::from(root),
        opened: NOW - days * 86_400_000,
        exists,
    };
    stage.recent = vec![
        recent("/home/ada/lockkeeper/nyc-flights", 0, true),
        recent("/home/ada/lockkeeper/penguins", 3, true),
        recent(
            "/media/stick/a workspace with a rather long name that somebody chose/churn-2025",
            40,
            false,
        ),
    ];
    stage
}

fn creating() -> Stage {
    let mut stage = room(None);
    stage
        .picked
        .push((Purpose::NewData, PathBuf::from("/home/ada/flights.csv")));
    stage
}

#[test]
fn a_newcomer_opens_a_sample() {
    for (label, id) in [
        ("Open sample", "nyc-flights"),
        ("Open penguins", "penguins"),
        ("Open delays", "nyc-flights-delay"),
    ] {
        let mut harness = room(None).harness();
        harness.get_by_label(label).click();
        harness.run_ok();
        let [Action::OpenSample(opened)] = &harness.state().actions[..] else {
            panic!("{label}")
        };
        assert_eq!(opened, id);
    }
}

#[test]
fn a_recent_workspace_opens_and_a_missing_one_is_forgotten() {
    let mut harness = room(None).harness();
    harness
        .get_by_label_contains("Open penguins, /home/ada/lockkeeper/penguins, 3 days ago")
        .click();
    harness.run_ok();
    harness.get_by_label("Forget").click();
    harness.run_ok();
    let [Action::OpenWorkspace(opened), Action::ForgetRecent(gone)] = &harness.state().actions[..]
    else {
        panic!("{:?}", harness.state().actions);
    };
    assert!(opened.ends_with("penguins") && gone.ends_with("churn-2025"));
}

#[test]
fn a_folder_is_typed_to_open_it() {
    let mut harness = room(None).harness();
    assert!(harness.get_by_label("Open").accesskit_node().is_disabled());
    harness.get_by_label("Folder").focus();
    harness.get_by_label("Folder").type_text("/data/churn");
    harness.run_ok();
    harness.get_by_label("Open").click();
    harness.run_ok();
    assert!(
        matches!(&harness.state().actions[..], [Action::OpenWorkspace(p)] if p.as_os_str() == "/data/churn")
    );
}

#[test]
fn a_picked_file_becomes_a_workspace() {
    let mut harness = creating().harness();
    harness.get_by_label_contains("Rows: 4,200");
    harness.get_by_label_contains(
        "Binary classification: the model predicts one of 2 classes (no, yes)",
    );
    harness.get_by_label_contains("dep_delay, integer").click();
    harness.run_ok();
    harness.get_by_label_contains("Regression");
    harness.get_by_label("Create workspace").click();
    harness.run_ok();
    let [
        Action::CreateWorkspace {
            root,
            data,
            target,
            read,
        },
    ] = &harness.state().actions[..]
    else {
        panic!("{:?}", harness.state().actions);
    };
    assert!(read.is_open(), "nothing was settled otherwise");
    assert_eq!(*root, PathBuf::from("/home/ada/flights"));
    assert_eq!(
        (data.clone(), target.as_str()),
        (PathBuf::from("/home/ada/flights.csv"), "dep_delay")
    );
}

#[test]
fn how_a_file_was_read_is_shown_and_settled_otherwise() {
    let mut harness = creating().harness();
    harness.get_by_label("Delimiter").click_accesskit();
    harness.run_ok();
    harness.get_by_label("tab").click();
    harness.run_ok();
    harness.get_by_label("Create workspace").click();
    harness.run_ok();
    let [Action::CreateWorkspace { read, .. }] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions);
    };
    assert_eq!(read.delimiter, Some('\t'));
    harness.get_by_label("As guessed").click_accesskit();
    harness.run_ok();
    assert!(harness.query_by_label("As guessed").is_none());
}

#[test]
fn first_rows_and_findings_of_a_file_are_looked_at_before_it_is_imported() {
    let mut harness = creating().harness();
    harness.get_by_label("First rows").click();
    harness.run_ok();
    harness.get_by_label_contains("1, 2013-01-01 06:00:00");
    harness.get_by_label_contains("Findings (").click();
    harness.run_ok();
    harness.get_by_label_contains("\"1,048.36\"");
}

#[test]
fn with_a_workspace_open_a_file_can_become_its_newest_batch() {
    let mut stage = room(Some(snapshot()));
    stage
        .picked
        .push((Purpose::NewData, PathBuf::from("/home/ada/flights.csv")));
    let mut harness = stage.harness();
    harness
        .get_by_label("Add as a batch of nyc-flights")
        .click();
    harness.run_ok();
    let [
        Action::Submit(Command::AddData { file, read }),
        Action::Go(Room::Data),
    ] = &harness.state().actions[..]
    else {
        panic!("{:?}", harness.state().actions);
    };
    assert_eq!(*file, PathBuf::from("/home/ada/flights.csv"));
    assert!(read.is_none());
}

#[test]
fn a_useless_target_is_refused_before_anything_is_made() {
    let mut harness = creating().harness();
    harness
        .get_by_label_contains("sched_dep, timestamp")
        .click();
    harness.run_ok();
    harness.get_by_label("sched_dep is a timestamp; choose a number or a class");
    assert!(
        harness
            .get_by_label("Create workspace")
            .accesskit_node()
            .is_disabled()
    );
}

#[test]
fn a_file_that_cannot_be_read_says_what_to_do() {
    let mut stage = room(None);
    stage
        .picked
        .push((Purpose::NewData, PathBuf::from("/home/ada/missing.csv")));
    let mut harness = stage.harness();
    harness.get_by_label_contains("missing.csv does not exist");
    harness.get_by_label("Another file").click();
    harness.run_ok();
    harness.get_by_label("Open sample");
}

/// Presses the button of the next thing to do.
fn next(snapshot: Snapshot, button: &str) -> Action {
    let mut harness = room(Some(snapshot)).harness();
    harness.get_by_label(button).click();
    harness.run_ok();
    assert_eq!(harness.state().actions.len(), 1, "{button}");
    harness.state_mut().actions.remove(0)
}

#[test]
fn home_says_the_next_thing_to_do() {
    assert!(matches!(
        next(fresh_snapshot(), "Run the pipeline"),
        Action::Run
    ));
    assert!(matches!(
        next(snapshot(), "Compare"),
        Action::Go(Room::Compare)
    ));
    let with_state = |state| {
        let mut snapshot = snapshot();
        snapshot.runs[0].state = state;
        snapshot
    };
    assert!(matches!(
        next(with_state(RunState::Interrupted), "Resume"),
        Action::Run
    ));
    assert!(matches!(
        next(with_state(RunState::Stopped), "Look at the anomalies"),
        Action::Go(Room::Data)
    ));
    assert!(matches!(
        next(with_state(RunState::Complete), "Start the service"),
        Action::StartService
    ));
    let mut serving = with_state(RunState::Complete);
    serving.service.address = Some("http://127.0.0.1:8080".to_owned());
    assert!(
        matches!(next(serving, "Compare"), Action::Go(Room::Compare)),
        "the lesson that was begun"
    );
}

#[test]
fn home_leads_to_another_workspace_and_back() {
    let mut harness = room(Some(snapshot())).harness();
    harness.get_by_label("Samples and new data").click();
    harness.run_ok();
    harness.get_by_label("Open sample");
    harness.get_by_label("Back to nyc-flights").click();
    harness.run_ok();
    harness.get_by_label_contains("In production: v1");
}

/// Not a check: paints the room into the folder that `LOCKKEEPER_PICTURES` names.
#[test]
fn pictures() {
    Stage::picture(|| room(None), "welcome");
    let home = || {
        let mut stage = room(Some(snapshot()));
        stage.shows_inspector = true;
        stage
    };
    Stage::picture(home, "home");
    Stage::picture(|| room(Some(fresh_snapshot())), "home-fresh");
    Stage::picture(creating, "create");
}
