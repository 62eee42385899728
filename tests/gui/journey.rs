//! The whole journey by labels, without a display: start, open the sample, run, look at the comparison, promote. And
//! the same pipeline run by the command gives the same artifacts.

use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use lockkeeper::domain::run::{RunRecord, RunState};
use lockkeeper::gui::app::{App, Places};
use lockkeeper::gui::panel::Room;
use lockkeeper::gui::theme;
use lockkeeper::workspace::{Command, OpenOptions, Outcome, Workspace, create};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn window(samples: &Path) -> Harness<'static, Option<App>> {
    let places = Places {
        memory: None,
        samples: samples.to_owned(),
    };
    Harness::builder()
        .with_size([1440.0, 900.0])
        .with_context_setup(theme::install)
        .build_ui_state(
            move |ui, app: &mut Option<App>| {
                let ctx = ui.ctx().clone();
                app.get_or_insert_with(|| App::new(&ctx, places.clone()))
                    .ui(ui);
            },
            None,
        )
}

fn until(harness: &mut Harness<'_, Option<App>>, what: &str, holds: impl Fn(&App) -> bool) {
    let begun = Instant::now();
    loop {
        harness.step();
        if harness.state().as_ref().is_some_and(&holds) {
            break;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "never came: {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    harness.step();
    harness.step();
}

fn click(harness: &mut Harness<'_, Option<App>>, label: &str) {
    harness.get_by_label(label).click();
    harness.step();
    harness.step();
}

/// Every artifact that a run's steps gave: step, port and content hash.
fn artifacts(run: &RunRecord) -> BTreeSet<(String, String, String)> {
    run.steps
        .iter()
        .flat_map(|s| {
            s.outputs
                .iter()
                .map(|o| (s.kind.name().to_owned(), o.port.clone(), o.hash.to_string()))
        })
        .collect()
}

/// What has the keyboard's focus.
fn focused(harness: &Harness<'_, Option<App>>) -> Option<String> {
    let node = harness.query_by(|node| {
        let role = node.role();
        node.is_focused() && role != Role::Window
    })?;
    let label = node.accesskit_node().label();
    Some(label.unwrap_or_else(|| "without a name".to_owned()))
}

#[test]
fn tab_goes_through_the_whole_window_and_loses_the_focus_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(&folder.path().join("samples"));
    harness.step();
    click(&mut harness, "Open sample");
    until(&mut harness, "the sample is open", |app| {
        app.snapshot().is_some()
    });
    let mut reached = Vec::new();
    for _ in 0..30 {
        harness.key_press(Key::Tab);
        harness.step();
        harness.step();
        reached.push(focused(&harness));
    }
    let begun = reached
        .iter()
        .position(Option::is_some)
        .expect("something has the focus");
    assert!(reached[begun..].iter().all(Option::is_some), "{reached:?}");
    for wanted in ["Not yet level 0", "Run", "Data", "Compare", "Maturity"] {
        let has = |label: &String| label.starts_with(wanted);
        assert!(reached.iter().flatten().any(has), "{wanted}: {reached:?}");
    }
}

#[test]
fn from_start_to_a_promotion_by_click_with_the_artifacts_of_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let samples = folder.path().join("samples");
    let mut harness = window(&samples);
    harness.step();
    click(&mut harness, "Open sample");
    until(&mut harness, "the sample is open", |app| {
        app.snapshot().is_some()
    });

    // Nothing was run, and the data can be looked at.
    click(&mut harness, "Data");
    for _ in 0..200 {
        harness.step();
        if harness.query_by_label_contains("Rows: 4,200").is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    harness.get_by_label_contains("Rows: 4,200");
    click(&mut harness, "Start");

    // Promotion is left to the person, so that there is something to click.
    let root = samples.join("nyc-flights");
    let path = root.join("pipeline.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("automatic = true"));
    std::fs::write(&path, text.replace("automatic = true", "automatic = false")).unwrap();

    click(&mut harness, "Run");
    until(&mut harness, "the run is complete", |app| {
        app.snapshot()
            .is_some_and(|s| s.live.is_none() && !s.runs.is_empty())
    });
    let snapshot = harness.state().as_ref().unwrap().snapshot().unwrap();
    assert_eq!(snapshot.runs[0].state, RunState::Complete);
    assert!(snapshot.production().is_none());
    let clicked = artifacts(&snapshot.runs[0]);

    click(&mut harness, "Compare");
    until(&mut harness, "the comparison is drawn", |app| {
        app.room() == Room::Compare
    });
    for _ in 0..40 {
        harness.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    harness.get_by_label_contains("BLESSED: No model was in production before");
    click(&mut harness, "Promote…");
    click(&mut harness, "Promote");
    until(&mut harness, "v1 is in production", |app| {
        app.snapshot()
            .is_some_and(|s| s.production().is_some_and(|m| m.version == 1))
    });
    let snapshot = harness.state().as_ref().unwrap().snapshot().unwrap();
    assert_eq!(snapshot.registry_log[0].action, "promote");
    harness.get_by_label("Production v1");
    drop(harness);

    let other = folder.path().join("by command");
    create::from_sample(&other, "nyc-flights").unwrap();
    std::fs::copy(&path, other.join("pipeline.toml")).unwrap();
    let workspace = Workspace::open(&other, OpenOptions::default(), Arc::new(|_| {})).unwrap();
    let Outcome::Run { record, .. } = workspace.run(Command::Run).unwrap() else {
        panic!("a run gives a run");
    };
    assert_eq!(artifacts(&record), clicked);
}
