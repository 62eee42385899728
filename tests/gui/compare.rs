//! The Compare room by its labels: the verdict, segments worst first, the gate's checks, and the promotion.

use crate::decisions::*;
use crate::fixtures::*;
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
    narrow.get_by_label_contains("At the threshold, 2 rows");
    narrow.get_by_label_contains("Confusion of candidate. Confusion matrix");
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
}
