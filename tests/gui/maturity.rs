//! The Maturity room by its labels: the level, capabilities with their records, and lessons.

use crate::decisions::*;
use crate::fixtures::*;
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use lockkeeper::domain::ids::RunId;
use lockkeeper::gui::action::{Action, Purpose};
use lockkeeper::gui::panel::Room;
use lockkeeper::gui::panels::maturity::Maturity;

fn stage() -> Stage {
    Stage::new(Maturity::default())
}

#[test]
fn the_level_and_the_next_capability_are_said() {
    let mut harness = stage().harness();
    harness.get_by_label("Level 0 · 6 of 11 required capabilities proven");
    harness.get_by_label_contains(
        "Lock staircase, the boat is on level 0. level 0: 3 of 3 required capabilities proven",
    );
    harness.get_by_label("NEXT TO PROVE");
    click(&mut harness, "Start the service");
    assert!(matches!(
        harness.state().actions.as_slice(),
        [Action::StartService]
    ));
    let harness = stage().with(Some(fresh_snapshot())).harness();
    harness.get_by_label("Not yet level 0 · 0 of 11 required capabilities proven");
}

#[test]
fn evidence_leads_to_its_record() {
    let mut harness = stage().harness();
    click(&mut harness, "Data validation decides: proven, required");
    harness.get_by_label("Required for level 1");
    harness
        .get_by_role_and_label(Role::Link, "Run 1 shows it: data validation decides")
        .click();
    harness.run_ok();
    assert!(matches!(
        harness.state().actions.as_slice(),
        [Action::Go(Room::Runs)]
    ));
    assert_eq!(harness.state().selection.run, Some(RunId(1)));
}

#[test]
fn what_is_missing_has_its_button_and_what_is_not_built_says_so() {
    let mut harness = stage().harness();
    click(
        &mut harness,
        "New data leads to a new model: not yet, required",
    );
    click(&mut harness, "Add a batch…");
    assert!(matches!(
        harness.state().actions.as_slice(),
        [Action::Pick(Purpose::Batch)]
    ));
    click(
        &mut harness,
        "Features shared by training and serving: not built, optional",
    );
    harness.get_by_label("Optional at level 1");
    harness.get_by_label_contains("This version of Lockkeeper cannot do it");
}

#[test]
fn a_lesson_shows_what_was_found_and_the_button_of_the_next_step() {
    let mut harness = stage().harness();
    click(&mut harness, "Lessons");
    harness.get_by_label("Step 1 done: Add a new batch");
    harness.get_by_label("Step 2 next: Read the gate's reasons");
    harness.get_by_label("Found: Run 1 shows it");
    click(&mut harness, "Compare");
    assert!(matches!(
        harness.state().actions.as_slice(),
        [Action::Go(Room::Compare)]
    ));
    click(
        &mut harness,
        "From a dataset to a model in production, 2 of 2 steps",
    );
    harness.get_by_label("Lesson finished. Every step is in the records.");
}

#[test]
fn pictures() {
    picture_after(stage, &[], "maturity");
    picture_after(stage, &["Lessons"], "maturity-lessons");
    picture_after(
        || stage().with(Some(fresh_snapshot())).alone(),
        &[],
        "maturity-fresh",
    );
}
