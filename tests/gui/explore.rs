//! The room Explore, driven by its labels as a person or a screen reader would.

use crate::fixtures::{Stage, failing, fresh_snapshot, loading};
use egui_kittest::kittest::Queryable as _;
use lockkeeper::gui::action::Action;
use lockkeeper::gui::panels::explore::Explore;

fn room() -> Stage {
    Stage::new(Explore::default()).alone()
}

#[test]
fn columns_are_cards_split_by_the_target_and_one_opens_in_depth() {
    let mut harness = room().harness();
    // One card alone is in sight, however many columns stand above it.
    harness.get_by_label("Find a column").focus();
    harness.get_by_label("Find a column").type_text("weekday");
    harness.run_ok();
    harness.get_by_label_contains("weekday by late. Bar chart of weekday in 7 values");
    harness.get_by_label("Open weekday").click();
    harness.run_ok();
    assert_eq!(harness.state().selection.column.as_deref(), Some("weekday"));
    for words in ["Distribution of weekday by late", "Different values: 7"] {
        let mut said = harness.query_all_by_label_contains(words);
        assert!(said.next().is_some(), "{words}");
    }
}

#[test]
fn cards_are_found_by_name() {
    let mut harness = room().harness();
    harness.get_by_label("Find a column").focus();
    harness.get_by_label("Find a column").type_text("wind");
    harness.run_ok();
    harness.get_by_label_contains("wind_speed by late. Bar chart");
    assert!(
        harness
            .query_by_label_contains("hour by late. Bar chart")
            .is_none()
    );
}

#[test]
fn a_number_over_classes_makes_boxes_and_leads_to_the_map() {
    let mut stage = room().click("Two columns");
    stage.selection.column = Some("temp".to_owned());
    let mut harness = stage.harness();
    // The chart and its card both say what one sees.
    let mut said = harness.query_all_by_label_contains("temp over the values of late");
    assert!(said.next().is_some());
    drop(said);
    harness.get_by_label("Correlation").click();
    harness.run_ok();
    harness.get_by_label_contains("Strength of every pair of columns. Heat map");
}

#[test]
fn the_target_is_beside_the_map_with_its_strongest_columns_first() {
    let mut harness = room().click("Correlation").harness();
    harness.get_by_label("Mutual information").click();
    harness.run_ok();
    harness.get_by_label_contains("Miller-Madow correction");
    harness
        .get_by_label_contains("dep_delay, 0.")
        .click_accesskit();
    harness.run_ok();
    harness.get_by_label_contains("dep_delay over the values of late. Box plot");
}

#[test]
fn missing_values_are_mapped_and_columns_missing_together_are_named() {
    let harness = room().click("Missing").harness();
    harness
        .get_by_label_contains("Share of missing values, by columns and blocks of rows. Heat map");
    harness.get_by_label_contains("temp and humid");
}

#[test]
fn two_datasets_are_compared_column_by_column_the_most_distant_first() {
    let mut harness = room().click("Compare data").harness();
    harness.get_by_label_contains("temp in both, as shares of the rows with a value. Histogram");
    harness
        .get_by_label_contains("carrier, 0.000")
        .click_accesskit();
    harness.run_ok();
    harness.get_by_label_contains("carrier in both, as shares of the rows with a value. Bar chart");
}

#[test]
fn before_a_run_there_is_the_way_to_it_and_trouble_can_be_tried_again() {
    let mut harness = room().with(Some(fresh_snapshot())).harness();
    harness.get_by_label("Run the pipeline").click();
    harness.run_ok();
    assert!(matches!(harness.state().actions[..], [Action::Run]));
    let mut harness = room().fetching(failing).harness();
    harness.get_by_label("Try again").click();
    harness.run_ok();
    assert!(matches!(harness.state().actions[..], [Action::Retry]));
    room().fetching(loading).show_once();
}

/// Not a check: paints the room into the folder that `LOCKKEEPER_PICTURES` names.
#[test]
fn pictures() {
    let tab = |name: &'static str, column: &'static str| {
        move || {
            let mut stage = room().click(name);
            stage.selection.column = Some(column.to_owned());
            stage
        }
    };
    Stage::picture(room, "explore-cards");
    Stage::picture(tab("One column", "temp"), "explore-column");
    Stage::picture(tab("Two columns", "temp"), "explore-boxes");
    Stage::picture(tab("Two columns", "carrier"), "explore-shares");
    Stage::picture(tab("Missing", "temp"), "explore-missing");
    Stage::picture(tab("Correlation", "temp"), "explore-correlation");
    Stage::picture(tab("Compare data", "temp"), "explore-compare");
}
