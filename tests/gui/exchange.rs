//! The schema's way to and from other programs in the Data room, driven by its labels.

use crate::fixtures::Stage;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use lockkeeper::gui::action::{Action, Purpose};
use lockkeeper::gui::panels::data::Data;
use lockkeeper::workspace::Command;

fn schema_tab() -> Stage {
    Stage::new(Data::default()).click("Schema")
}

#[test]
fn the_schema_is_exported_and_what_is_not_carried_is_listed() {
    for (button, name, part) in [
        (
            "TensorFlow Data Validation (schema.pbtxt)",
            "schema.pbtxt",
            "feature {",
        ),
        (
            "Frictionless Table Schema (tableschema.json)",
            "tableschema.json",
            "\"fields\": [",
        ),
    ] {
        let mut harness = schema_tab().harness();
        harness.get_by_label("Export schema…").click();
        harness.run_ok();
        harness.get_by_label(button).click();
        harness.run_ok();
        let [Action::SaveText { name: saved, text }] = &harness.state().actions[..] else {
            panic!("{:?}", harness.state().actions);
        };
        assert_eq!(saved, name);
        assert!(text.contains(part), "{text}");
        harness.get_by_label_contains("Version 2 for ");
        assert!(harness.query_all_by_label_contains("not carried: ").count() > 0);
        harness.get_by_label("Close the notes").click();
        harness.run_ok();
        assert!(harness.query_by_label_contains("Version 2 for ").is_none());
    }
}

#[test]
fn importing_asks_for_a_file() {
    let mut harness = schema_tab().harness();
    harness.get_by_label("Import schema…").click();
    harness.run_ok();
    let actions = &harness.state().actions;
    assert!(
        matches!(actions[..], [Action::Pick(Purpose::Schema)]),
        "{actions:?}"
    );
}

#[test]
fn an_imported_schema_is_shown_with_its_differences_and_saved() {
    let mut stage = Stage::new(Data::default());
    stage
        .picked
        .push((Purpose::Schema, "other/schema.pbtxt".into()));
    let mut harness = stage.harness();
    harness.get_by_label("Imported from schema.pbtxt");
    harness.get_by_label_contains("distance: presence required → optional");
    harness.get_by_label("not carried: natural_language_domain (line 7) (column temp)");
    harness.get_by_label("1 change");
    let save = harness.get_by_label("Save as new version");
    assert!(
        !save.accesskit_node().is_disabled(),
        "the file is the reason"
    );
    save.click();
    harness.run_ok();
    let [Action::Submit(Command::SaveSchema { schema, note, .. })] = &harness.state().actions[..]
    else {
        panic!("{:?}", harness.state().actions);
    };
    assert_eq!(note, "Imported from schema.pbtxt");
    assert!(!schema.column("distance").expect("the column").required);
    harness.get_by_label("Discard").click();
    harness.run_ok();
    assert!(
        harness
            .query_by_label("Imported from schema.pbtxt")
            .is_none()
    );
    assert!(harness.query_by_label("1 change").is_none());
}

#[test]
fn a_broken_schema_says_where() {
    let mut stage = schema_tab();
    stage.picked.push((Purpose::Schema, "broken.pbtxt".into()));
    let mut harness = stage.harness();
    harness.get_by_label_contains("line 3, column 9: this string has no end");
    assert!(harness.query_by_label("Save as new version").is_none());
    harness.get_by_label("Close the notes").click();
    harness.run_ok();
    assert!(
        harness
            .query_by_label_contains("line 3, column 9")
            .is_none()
    );
}

#[test]
fn pictures() {
    let imported = || {
        let mut stage = Stage::new(Data::default());
        let file = (Purpose::Schema, "other/schema.pbtxt".into());
        stage.picked.push(file);
        stage.harness().into_state()
    };
    Stage::picture(imported, "data-schema-imported");
}
