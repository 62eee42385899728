//! The Data room, driven by its labels as a person or a screen reader would.

use crate::fixtures::{Stage, failing, fresh_snapshot, loading};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use lockkeeper::domain::ids::RunId;
use lockkeeper::gui::action::{Action, Purpose};
use lockkeeper::gui::panels::data::Data;
use lockkeeper::workspace::Command;

fn room() -> Stage {
    Stage::new(Data::default())
}

#[test]
fn columns_are_profiled_and_the_selected_one_is_shown_in_big() {
    let mut harness = room().harness();
    harness
        .get_by_label_contains("weekday, text, feature, 0% missing")
        .click_accesskit();
    harness.run_ok();
    assert_eq!(harness.state().selection.column.as_deref(), Some("weekday"));
    harness
        .get_by_label_contains("weekday in flights_2013_06_07.csv and in all batches. Bar chart");
    harness.get_by_label_contains("Different values: 7");
}

#[test]
fn drift_beyond_its_bound_is_marked() {
    let harness = room().harness();
    harness.get_by_label_contains("▲ 0.412");
}

#[test]
fn columns_are_found_by_name() {
    let mut harness = room().harness();
    harness.get_by_label("Find a column").focus();
    harness.get_by_label("Find a column").type_text("dis");
    harness.run_ok();
    harness.get_by_label_contains("distance, integer");
    assert!(harness.query_by_label_contains("weekday, text").is_none());
}

#[test]
fn rows_of_the_newest_batch_are_paged_in_and_missing_cells_say_so() {
    let mut harness = room().click("Rows").harness();
    harness.get_by_label_contains("of 4,200 in flights_2013_06_07.csv, the newest batch");
    assert!(harness.query_all_by_label_contains("missing").count() > 0);
    harness.get_by_label("Go").click();
    harness.run_ok();
    harness.get_by_label_contains("1, 2013-01-01 06:00:00");
}

#[test]
fn rows_are_found_filtered_sorted_and_copied() {
    let mut harness = room().click("Rows").harness();
    harness.get_by_label("Find in the rows").focus();
    harness.get_by_label("Find in the rows").type_text("jfk");
    harness.run_ok();
    harness.get_by_label_contains("of 3 rows shown");
    harness.get_by_label("Clear find in the rows").click();
    harness.run_ok();
    harness
        .get_by_role_and_label(Role::ColumnHeader, "hour")
        .click();
    harness.run_ok();
    harness.get_by_role_and_label(Role::ColumnHeader, "hour, largest first");
    harness.get_by_label("By hour").click();
    harness.run_ok();
    assert!(harness.query_by_label("By hour").is_none());
    harness
        .get_by_label_contains("2, 2013-01-01 07:07:00")
        .click();
    harness.run_ok();
    harness.get_by_label("Copy").click();
    harness.run_ok();
    let [Action::Copy(text), Action::Notify(said)] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions);
    };
    assert!(text.starts_with("sched_dep\tweekday"), "{text}");
    assert!(text.contains("\n2013-01-01 07:07:00\tTue\t7"), "{text}");
    assert_eq!(said, "1 row on the clipboard");
}

#[test]
fn an_anomaly_leads_to_its_rows_and_to_the_edit_that_allows_it() {
    let mut harness = room().click("Anomalies").harness();
    harness.get_by_label("Widen the schema…").click();
    harness.run_ok();
    harness.get_by_label("1 change");
    harness.get_by_label_contains("would no longer be drift");
    harness.get_by_label("Discard").click();
    harness.run_ok();
    assert!(harness.query_by_label("1 change").is_none());
}

#[test]
fn an_anomaly_is_ignored_only_with_a_reason() {
    let mut harness = room().click("Anomalies").harness();
    harness.get_by_label("Ignore in this batch…").click();
    harness.run_ok();
    harness.get_by_label("1 change");
    let save = harness.get_by_label("Save as new version");
    assert!(save.accesskit_node().is_disabled(), "a reason is wanted");
    harness.get_by_label("Why").focus();
    harness.get_by_label("Why").type_text("the season");
    harness.run_ok();
    harness.get_by_label("Save as new version").click();
    harness.run_ok();
    let [Action::Submit(Command::SaveSchema { schema, .. })] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions);
    };
    let [ignored] = &schema.ignored[..] else {
        panic!("{:?}", schema.ignored);
    };
    assert_eq!(ignored.column.as_deref(), Some("temp"));
    assert_eq!(ignored.reason, "the season");
}

#[test]
fn an_edit_counts_the_rows_that_it_would_flag() {
    let mut stage = room().click("Schema");
    stage.selection.column = Some("distance".to_owned());
    let mut harness = stage.harness();
    harness.get_by_label("Smallest").focus();
    harness.get_by_label("Smallest").type_text("1");
    harness.run_ok();
    harness.get_by_label_contains("would flag 12 of 2,800 rows of flights_2013_06_07.csv");
}

#[test]
fn versions_of_the_schema_say_what_they_changed() {
    let harness = room().click("Schema").click("Versions").harness();
    harness.get_by_label_contains("What v2 changed");
    harness.get_by_label_contains("it says the same as the version before");
}

#[test]
fn the_schema_is_edited_and_saved_as_a_new_version_with_a_note() {
    let mut stage = room().click("Schema");
    stage.selection.column = Some("dep_delay".to_owned());
    let mut harness = stage.harness();
    harness
        .get_by_role_and_label(Role::CheckBox, "Required")
        .click();
    harness.run_ok();
    harness.get_by_label("1 change");
    harness.get_by_label_contains("1 of 3 anomalies of this run concern what you changed");
    let save = harness.get_by_label("Save as new version");
    assert!(
        save.accesskit_node().is_disabled(),
        "a note is wanted first"
    );
    harness.get_by_label("Why").focus();
    harness.get_by_label("Why").type_text("only known later");
    harness.run_ok();
    harness.get_by_label("Save as new version").click();
    harness.run_ok();
    let [Action::Submit(Command::SaveSchema { schema, note, .. })] = &harness.state().actions[..]
    else {
        panic!("{:?}", harness.state().actions);
    };
    assert_eq!(note, "only known later");
    let schema = (**schema).clone();
    assert!(!schema.column("dep_delay").unwrap().required);
    harness.get_by_label("1 change");
    let in_force = harness
        .state_mut()
        .snapshot
        .as_mut()
        .and_then(|s| s.schema.as_mut())
        .unwrap();
    (in_force.version, in_force.schema) = (3, schema);
    harness.run_ok();
    assert!(harness.query_by_label("1 change").is_none());
}

/// With the first letter a card above says what is changed, and one more value is allowed; neither may take the focus.
#[test]
fn a_field_of_the_schema_keeps_the_focus_while_it_is_typed_into() {
    let mut stage = room().click("Schema");
    stage.selection.column = Some("origin".to_owned());
    let mut harness = stage.harness();
    let field = harness.get_by_label("Allowed, one a line");
    field.focus();
    harness.run_ok();
    harness.key_press_modifiers(Modifiers::CTRL, Key::End);
    harness.key_press(Key::Enter);
    harness.run_ok();
    for letter in ["B", "O", "S"] {
        harness.event(Event::Text(letter.to_owned()));
        harness.run_ok();
    }
    harness.get_by_label("1 change");
    let field = harness.get_by_label("Allowed, one a line");
    let value = field.accesskit_node().value().unwrap_or_default();
    assert_eq!(value.lines().last(), Some("BOS"), "{value:?}");
}

#[test]
fn an_expectation_is_written_counted_and_saved() {
    let mut harness = room().click("Schema").harness();
    let field = "New expectation, in SQL's syntax";
    harness.get_by_label(field).focus();
    harness.get_by_label(field).type_text("distance >");
    harness.run_ok();
    assert!(harness.get_by_label("Add").accesskit_node().is_disabled());
    harness.get_by_label(field).type_text(" 100");
    harness.run_ok();
    harness.get_by_label("Add").click();
    harness.run_ok();
    harness.get_by_label("1 change");
    harness.get_by_label_contains("distance > 100: would flag 12 of 2,800 rows");
    harness.get_by_label("Why").focus();
    harness.get_by_label("Why").type_text("no hops");
    harness.run_ok();
    harness.get_by_label("Save as new version").click();
    harness.run_ok();
    let [Action::Submit(Command::SaveSchema { schema, .. })] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions);
    };
    let [expectation] = &schema.expectations[..] else {
        panic!("{:?}", schema.expectations);
    };
    assert_eq!(expectation.expression, "distance > 100");
    assert!((expectation.min_fraction - 1.0).abs() < f64::EPSILON);
    harness.get_by_label("Take distance > 100 away").click();
    harness.run_ok();
    assert!(harness.query_by_label("1 change").is_none());
}

#[test]
fn an_earlier_run_that_is_selected_can_be_left() {
    let mut stage = room();
    stage.selection.run = Some(RunId(1));
    let mut harness = stage.harness();
    harness.get_by_label_contains("2 batches, 7,000 rows, as read by run 1");
    harness.get_by_label("Newest run").click();
    harness.run_ok();
    harness.get_by_label_contains("3 batches");
}

#[test]
fn discarding_brings_the_schema_in_force_back() {
    let mut stage = room().click("Schema");
    stage.selection.column = Some("temp".to_owned());
    let mut harness = stage.harness();
    harness.get_by_label("Watch drift").click();
    harness.run_ok();
    harness.get_by_label("temp is no longer watched for drift.");
    harness.get_by_label("Discard").click();
    harness.run_ok();
    assert!(
        harness
            .query_by_label("temp is no longer watched for drift.")
            .is_none()
    );
    assert!(harness.state().actions.is_empty());
}

#[test]
fn the_verdict_stands_over_the_anomalies_and_one_leads_to_its_column() {
    let mut harness = room().click("Anomalies").harness();
    harness.get_by_label_contains("RETRAIN: temp moved by 0.412");
    harness.get_by_label_contains("to know, pressure").click();
    harness.run_ok();
    harness.get_by_label("Show the column").click();
    harness.run_ok();
    assert_eq!(
        harness.state().selection.column.as_deref(),
        Some("pressure")
    );
    harness.get_by_label("Find a column");
}

#[test]
fn findings_are_listed_by_batch() {
    let mut stage = room().click("Findings");
    let harness = room().click("Findings").harness();
    harness.get_by_label_contains("wind_speed, \"1,048.36\"");
    stage.selection.batch = Some("flights_2013_01_03.csv".to_owned());
    let harness = stage.harness();
    harness.get_by_label("Nothing to report");
}

#[test]
fn a_batch_can_be_added() {
    let mut harness = room().harness();
    harness.get_by_label("Add a batch…").click();
    harness.run_ok();
    assert!(matches!(
        harness.state().actions[..],
        [Action::Pick(Purpose::Batch)]
    ));
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
    room().fetching(loading).alone().show_once();
}

/// Not a check: paints the room into the folder that `LOCKKEEPER_PICTURES` names.
#[test]
fn pictures() {
    let tab = |name: &'static str, column: Option<&'static str>| {
        move || {
            let mut stage = room().click(name);
            stage.selection.column = column.map(str::to_owned);
            stage
        }
    };
    Stage::picture(tab("Columns", None), "data-columns");
    Stage::picture(tab("Columns", Some("temp")), "data-column");
    Stage::picture(tab("Columns", Some("carrier")), "data-text");
    Stage::picture(tab("Rows", None), "data-rows");
    Stage::picture(tab("Schema", None), "data-schema");
    Stage::picture(tab("Schema", Some("temp")), "data-edit");
    let edited = || {
        let mut stage = room().click("Schema");
        stage.selection.column = Some("carrier".to_owned());
        stage.click("Watch drift")
    };
    Stage::picture(edited, "data-values");
    Stage::picture(tab("Anomalies", None), "data-anomalies");
    Stage::picture(tab("Findings", None), "data-findings");
    Stage::picture(|| room().with(Some(fresh_snapshot())), "data-fresh");
}
