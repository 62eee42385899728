//! The Models room by its labels: leaderboard, registry, promotion and rollback.

use crate::decisions::*;
use crate::fixtures::*;
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use lockkeeper::domain::ids::RunId;
use lockkeeper::gui::action::Action;
use lockkeeper::gui::panel::{Panel as _, Room};
use lockkeeper::gui::panels::models::Models;
use lockkeeper::workspace::Command;

fn stage() -> Stage {
    Stage::new(Models::default()).with(Some(decided()))
}

fn type_reason(harness: &mut egui_kittest::Harness<'_, Stage>, text: &str) {
    harness.get_by_label("Reason").focus();
    harness.run_ok();
    harness.get_by_label("Reason").type_text(text);
    harness.run_ok();
}

#[test]
fn the_leaderboard_ranks_candidates_and_says_why_one_failed() {
    let mut harness = stage().harness();
    harness.get_by_label_contains("1, forest, chosen, 0.4828 ± 0.0060");
    harness.get_by_label_contains("elastic, failed, The solver did not converge in 200 iterations");
    harness.get_by_label_contains("Parameters of forest");
    click_row(&mut harness, "2, logistic");
    assert_eq!(
        harness.state().selection.candidate.as_deref(),
        Some("logistic")
    );
    harness.get_by_label_contains("Parameters of logistic");
    click_row(&mut harness, "elastic, failed");
    harness.get_by_label(
        "Failed: elastic could not be fitted: The solver did not converge in 200 iterations",
    );
}

#[test]
fn the_leaderboard_is_sorted_by_a_title_and_a_failed_candidate_stays_last() {
    let mut harness = stage().harness();
    let places = |harness: &egui_kittest::Harness<'_, Stage>| {
        ["forest, chosen", "logistic", "elastic, failed"].map(|name| {
            let row = harness.get_all_by_label_contains(name).next();
            row.expect("a row").rect().top()
        })
    };
    let [forest, logistic, elastic] = places(&harness);
    assert!(forest < logistic && logistic < elastic, "best first");
    // The candidate's own folds below have a table with such titles, too.
    let title = |harness: &mut egui_kittest::Harness<'_, Stage>, title: &str| {
        harness
            .get_all_by_role_and_label(Role::ColumnHeader, title)
            .next()
            .expect("a title")
            .click();
        harness.run_ok();
    };
    // Numbers begin with the largest, and the smallest log loss is the best.
    title(&mut harness, "Log loss");
    let [forest, logistic, elastic] = places(&harness);
    assert!(logistic < forest && forest < elastic, "largest first");
    harness.get_by_label_contains("1, forest, chosen");
    title(&mut harness, "Log loss, largest first");
    let [forest, logistic, elastic] = places(&harness);
    assert!(forest < logistic && logistic < elastic, "smallest first");
}

#[test]
fn a_version_is_promoted_with_a_reason_and_not_without() {
    let mut harness = stage().harness();
    click(&mut harness, "Registry");
    harness.get_by_label_contains("v2, candidate, Random forest");
    click(&mut harness, "Promote…");
    click(&mut harness, "Promote");
    assert!(
        harness.state().actions.is_empty(),
        "a promotion by hand needs a reason"
    );
    type_reason(&mut harness, "the customer asked for it");
    click(&mut harness, "Promote");
    match harness.state().actions.as_slice() {
        [
            Action::Submit(Command::Promote {
                version: 2,
                reason,
                who,
            }),
        ] => {
            assert_eq!(
                (reason.as_str(), who.as_str()),
                ("the customer asked for it", "a person")
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn production_is_rolled_back_only_where_there_is_something_to_go_back_to() {
    let mut harness = stage().harness();
    click(&mut harness, "Registry");
    click_row(&mut harness, "v1, production, Logistic regression");
    click(&mut harness, "Roll back…");
    assert!(
        harness.query_by_label("Reason").is_none(),
        "v1 is the first: nothing to go back to"
    );

    let mut snapshot = decided();
    snapshot.models[0].aliases = vec!["production".to_owned()];
    snapshot.models[1].aliases.clear();
    let mut harness = stage().with(Some(snapshot)).harness();
    click(&mut harness, "Registry");
    click(&mut harness, "Roll back…");
    type_reason(&mut harness, "too slow");
    click(&mut harness, "Roll back");
    assert!(
        matches!(
            harness.state().actions.as_slice(),
            [Action::Submit(Command::Rollback { reason, .. })] if reason == "too slow"
        ),
        "{:?}",
        harness.state().actions
    );
}

#[test]
fn a_selected_version_shows_signature_and_history_and_leads_to_compare() {
    let mut stage = stage();
    stage.selection.version = Some(1);
    let mut harness = stage.harness();
    harness.get_by_label_contains("promoted, pipeline, better than the baseline");
    harness.get_by_label_contains("Answers the probabilities of no, yes for late");
    harness.get_by_label_contains("plane_year, integer");
    click(&mut harness, "Compare");
    assert!(matches!(
        harness.state().actions.as_slice(),
        [Action::Go(Room::Compare)]
    ));
    assert_eq!(harness.state().selection.run, Some(RunId(1)));
}

#[test]
fn a_candidate_and_a_version_are_exported_as_onnx() {
    let mut harness = stage().harness();
    // Below the table of candidates, which fills a small window.
    harness.get_by_label("Export as ONNX…").scroll_to_me();
    harness.run_ok();
    click(&mut harness, "Export as ONNX…");
    let snapshot = decided();
    match harness.state().actions.as_slice() {
        [Action::ExportModel { name, .. }] => assert_eq!(name, "forest.onnx"),
        other => panic!("{other:?}"),
    }
    let mut stage = stage();
    stage.selection.version = Some(1);
    let mut harness = stage.harness();
    click(&mut harness, "Export as ONNX…");
    let version = snapshot.models.iter().find(|m| m.version == 1).unwrap();
    match harness.state().actions.as_slice() {
        [Action::ExportModel { model, name }] => {
            assert_eq!(model, &version.hash);
            assert_eq!(*name, format!("{}-v1.onnx", version.name));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_yet_loading_and_failed_are_said() {
    let fresh = fresh_snapshot();
    let why = Models::default().unavailable(&fresh).unwrap();
    assert_eq!(why.title, "No models yet");
    let harness = stage().fetching(loading).harness();
    harness.get_by_label_contains("Reading the leaderboard");
    let mut harness = stage().fetching(failing).harness();
    click(&mut harness, "Try again");
    assert!(matches!(
        harness.state().actions.as_slice(),
        [Action::Retry]
    ));
}

#[test]
fn pictures() {
    picture_after(stage, &[], "models-leaderboard");
    picture_after(stage, &["Registry"], "models-registry");
}
