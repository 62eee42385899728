//! The Compare room by its labels: the verdict, segments worst first, the gate's checks, and the promotion.

use crate::decisions::*;
use crate::fixtures::*;
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use lockkeeper::domain::ids::RunId;
use lockkeeper::domain::metric::Metric;
use lockkeeper::gui::action::Action;
use lockkeeper::gui::panel::Panel as _;
use lockkeeper::gui::panels::compare::Compare;
use lockkeeper::workspace::Command;

fn stage() -> Stage {
    Stage::new(Compare::default()).with(Some(decided()))
}

#[test]
fn the_verdict_is_one_sentence_and_the_worst_segment_stands_first() {
    let harness = stage().harness();
    harness.get_by_label_contains("NOT BLESSED: The candidate is better overall");
    harness.get_by_label_contains("Overall, 2,370, 0.4900, 0.4828");
    harness.get_by_label_contains("95% intervals of differences: paired percentile bootstrap");
    let first = harness.get_by_label_contains("carrier = EV, ");
    let other = harness.get_by_label_contains("carrier = B6, ");
    assert!(first.rect().top() < other.rect().top());
}

#[test]
fn selecting_a_segment_shows_all_its_metrics() {
    let mut harness = stage().harness();
    click_row(&mut harness, "carrier = EV, ");
    assert_eq!(
        harness.state().selection.segment.as_deref(),
        Some("carrier = EV")
    );
    harness.get_by_label_contains("Check failed: Log loss for carrier = EV is 0.5080");
    harness.get_by_label("Every metric of this segment, 4 rows");
    click(&mut harness, "Overall");
    assert_eq!(harness.state().selection.segment, None);
}

#[test]
fn a_failed_check_leads_to_its_segment() {
    let mut harness = stage().harness();
    click(&mut harness, "Gate checks · 1 failed");
    click_row(&mut harness, "failed, Log loss, carrier = EV, production");
    let selection = &harness.state().selection;
    assert_eq!(selection.segment.as_deref(), Some("carrier = EV"));
    assert_eq!(selection.metric, Some(Metric::LogLoss));
}

#[test]
fn what_the_gate_refused_is_promoted_only_with_a_reason() {
    let mut harness = stage().harness();
    click(&mut harness, "Promote…");
    click(&mut harness, "Promote anyway");
    assert!(harness.state().actions.is_empty());
    harness.get_by_label("Reason").focus();
    harness.run_ok();
    harness
        .get_by_label("Reason")
        .type_text("EV leaves the fleet");
    harness.run_ok();
    click(&mut harness, "Promote anyway");
    assert!(
        matches!(
            harness.state().actions.as_slice(),
            [Action::Submit(Command::Promote { version: 2, reason, .. })] if reason == "EV leaves the fleet"
        ),
        "{:?}",
        harness.state().actions
    );
}

#[test]
fn what_is_in_production_is_not_offered_and_what_is_not_registered_is_explained() {
    let mut snapshot = decided();
    snapshot.models[0].aliases = vec!["production".to_owned()];
    let harness = stage().with(Some(snapshot)).harness();
    assert!(harness.query_by_label("Promote…").is_none());
    let mut harness = Stage::new(Compare::default()).harness();
    click(&mut harness, "Promote…");
    assert!(harness.query_by_label("Reason").is_none());
}

#[test]
fn the_first_model_is_compared_with_the_baseline_and_blessed() {
    let mut stage = stage().fetching(first_model);
    stage.selection.run = Some(RunId(1));
    let harness = stage.harness();
    harness.get_by_label("is the first model: it is compared with the baseline");
    harness.get_by_label_contains("BLESSED: The candidate is better than the baseline");
}

#[test]
fn every_task_has_its_pictures() {
    let mut narrow = stage().harness();
    narrow.get_by_label_contains("ROC: found against false alarms. Line chart");
    narrow.set_size([1920.0, 3000.0].into());
    narrow.run_ok();
    narrow.get_by_label_contains("Calibration: predicted against observed. Line chart");
    let mut harness = stage().fetching(multiclass).harness();
    harness.set_size([1920.0, 3000.0].into());
    harness.run_ok();
    harness.get_by_label_contains("Confusion of production. Confusion matrix of 3 classes");
    let mut harness = stage().fetching(regression).harness();
    harness.set_size([1920.0, 3000.0].into());
    harness.run_ok();
    harness.get_by_label_contains("Residuals: how far off. Line chart");
    harness.get_by_label_contains("Prediction against truth. ");
}

/// The room on a page that asks the engine, high enough for all of it.
fn page(name: &str) -> Harness<'static, Stage> {
    let mut harness = stage().alone().harness();
    harness.set_size([1280.0, 2600.0].into());
    harness.run_ok();
    click(&mut harness, name);
    harness
}

#[test]
fn a_slice_becomes_a_segment_and_a_gate_check() {
    let mut harness = page("Slices");
    harness.get_by_label_contains(" test rows the candidate's log loss is ");
    harness.get_by_label_contains("score of SliceLine");
    click(&mut harness, "Make it a segment");
    let saved = |harness: &Harness<'static, Stage>| match harness.state().actions.last() {
        Some(Action::Submit(Command::SavePipeline { spec })) => spec.clone(),
        other => panic!("{other:?}"),
    };
    let spec = saved(&harness);
    // The segments that nobody had chosen are written down before it.
    let segments = &spec.steps.evaluate.segments;
    assert_eq!(segments.len(), comparison(true).sets().len() + 1);
    let own = segments.last().expect("segments");
    let (condition, name) = (own.condition.clone(), own.name.clone());
    assert!(condition.is_some() && name.is_some(), "{own:?}");
    click(&mut harness, "Check it in the gate");
    let spec = saved(&harness);
    let checks = spec.steps.validate_model.expect("a gate").checks;
    let check = checks.last().expect("checks");
    assert_eq!((check.only.clone(), check.metric), (name, Metric::LogLoss));
    assert!(checks.len() > 1, "{checks:?}");
}

#[test]
fn segments_are_dots_and_two_columns_a_map_whose_cells_open() {
    let mut harness = page("Map");
    harness.get_by_label_contains("Every segment by its size (lower is better). Scatter chart");
    harness.get_by_label("Choose a cell to see every metric of it.");
    let map = "candidate minus production. Heat map of difference in log loss";
    harness.get_by_label_contains(map).focus();
    harness.run_ok();
    for key in [Key::ArrowRight, Key::ArrowDown, Key::Enter] {
        harness.key_press(key);
        harness.run_ok();
    }
    harness.get_by_label_contains("Every metric of the cell, ");
}

#[test]
fn the_threshold_decides_over_all_rows_and_in_every_segment() {
    let mut harness = page("Threshold");
    harness.get_by_label_contains("At the threshold, 2 rows");
    harness.get_by_label_contains("Segments at the threshold, ");
    harness.get_by_label_contains("Confusion of candidate. Confusion matrix");
    harness.get_by_label_contains("What wrong decisions cost. Line chart");
    harness.get_by_label_contains("Probabilities of rows where late is yes. Line chart");
    click(&mut harness, "Cheapest for candidate");
    harness.get_by_label_contains("At the threshold, 2 rows");
}

#[test]
fn a_row_that_divides_the_models_opens_and_can_be_changed() {
    let mut harness = page("Single rows");
    harness.get_by_label_contains("The models answer ");
    harness
        .get_by_label("Select a row to change its values and see what both models would answer.");
    click_row(&mut harness, ", yes, no, yes, ");
    harness.get_by_label_contains("Answers to the row, 2 rows");
    harness.get_by_label_contains(". Line chart of probability of yes over scheduled departure");
    click(&mut harness, "For candidate");
    harness.get_by_label_contains(" is answered with yes: the nearest of ");
    click(&mut harness, "Take its values");
    harness.get_by_label_contains("Changed: ");
    // The changed row is that other row: the candidate answers it otherwise.
    harness.get_by_label_contains("Candidate, no, ");
    click(&mut harness, "As it was");
    assert!(harness.query_by_label_contains("Changed: ").is_none());
}

#[test]
fn groups_have_rates_and_gaps() {
    let mut harness = page("Fairness");
    harness.get_by_label_contains("0 groups with at least 50 rows: too few to compare groups.");
    choose(&mut harness, "Groups by", "origin");
    harness.get_by_label_contains("2 groups with at least 50 rows. The candidate leaves");
    harness.get_by_label_contains("Gaps, 6 rows");
    harness.get_by_label_contains("Demographic parity, ");
    harness.get_by_label_contains("Bar chart of Called. origin = EWR");
}

#[test]
fn two_versions_stand_beside_each_other_until_one_goes_back() {
    let mut harness = page("Versions");
    harness.get_by_label_contains("Versions, 2 rows");
    click(&mut harness, "Compare them");
    harness.get_by_label_contains("CHOSEN BY YOU: v2 (forest) stands as the candidate");
    harness.get_by_label_contains("BE BLESSED: ");
    assert!(harness.query_by_label("Promote…").is_none());
    click(&mut harness, "Back to the run's own");
    harness.get_by_label_contains("NOT BLESSED: The candidate is better overall");
}

#[test]
fn numbers_have_no_threshold_and_no_groups() {
    let mut harness = stage().fetching(regression).alone().harness();
    click(&mut harness, "Fairness");
    harness.get_by_label_contains("nobody is decided about");
}

#[test]
fn nothing_yet_loading_and_failed_are_said() {
    assert_eq!(
        Compare::default()
            .unavailable(&fresh_snapshot())
            .unwrap()
            .title,
        "No comparison yet"
    );
    stage()
        .fetching(loading)
        .harness()
        .get_by_label_contains("Reading the comparison");
    let mut harness = stage().fetching(failing).harness();
    click(&mut harness, "Try again");
    assert!(matches!(
        harness.state().actions.as_slice(),
        [Action::Retry]
    ));
}

#[test]
fn pictures() {
    picture_after(stage, &[], "compare");
    picture_after(
        || stage().alone(),
        &["Gate checks · 1 failed"],
        "compare-checks",
    );
    let segment = || {
        let mut stage = stage();
        stage.selection.segment = Some("carrier = EV".to_owned());
        stage
    };
    picture_after(segment, &[], "compare-segment");
    picture_after(
        || stage().fetching(multiclass).alone(),
        &[],
        "compare-multiclass",
    );
    picture_after(
        || stage().fetching(regression).alone(),
        &[],
        "compare-regression",
    );
    picture_after(|| stage().fetching(first_model), &[], "compare-first");
    for page in [
        "Slices",
        "Map",
        "Threshold",
        "Single rows",
        "Fairness",
        "Versions",
    ] {
        let name = format!("compare-{}", page.to_lowercase().replace(' ', "-"));
        picture_after(|| stage().alone(), &[page], &name);
    }
}
