//! The two ways to say which rows are meant, driven by their labels: the segment picker and the expression field.

use crate::decisions::choose;
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use lockkeeper::domain::row_view::{Exact, RowCondition, RowTest};
use lockkeeper::domain::schema::ColumnType;
use lockkeeper::gui::panels::expression_field::{ExpressionField, Over, Speaks};
use lockkeeper::gui::panels::segment_picker::{PickerColumn, SegmentPicker};
use lockkeeper::gui::theme;

#[derive(Default)]
struct Picked {
    picker: SegmentPicker,
    conditions: Vec<RowCondition>,
}

fn picker<'a>() -> Harness<'a, Picked> {
    let column = |name: &str, kind, values: &[&str]| PickerColumn {
        name: name.to_owned(),
        kind,
        values: values.iter().map(|v| (*v).to_owned()).collect(),
    };
    let columns = [
        column("delay", ColumnType::Number, &[]),
        column("carrier", ColumnType::Text, &["UA", "B6"]),
    ];
    let mut harness = Harness::builder()
        .with_size([900.0, 400.0])
        .with_context_setup(theme::install)
        .build_ui_state(
            move |ui, picked: &mut Picked| {
                picked.conditions.extend(picked.picker.ui(ui, &columns));
            },
            Picked::default(),
        );
    harness.run_ok();
    harness
}

fn write<S>(harness: &mut Harness<'_, S>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.get_by_label(field).type_text(text);
    harness.run_ok();
}

#[test]
fn a_range_needs_a_bound_that_is_a_number_and_its_lower_edge_belongs_to_it() {
    let mut harness = picker();
    let is_disabled = |harness: &Harness<'_, Picked>| {
        let add = harness.get_by_label("Add the condition");
        add.accesskit_node().is_disabled()
    };
    choose(&mut harness, "Condition", "lies from");
    assert!(is_disabled(&harness), "no bound yet");
    write(&mut harness, "Smallest", "1O");
    harness.get_by_label_contains("This is no number");
    assert!(is_disabled(&harness), "1O is no number");
    harness.key_press(Key::Backspace);
    harness.key_press(Key::Backspace);
    harness.run_ok();
    write(&mut harness, "Smallest", "−1.5");
    assert!(!is_disabled(&harness));
    harness.get_by_label("Add the condition").click();
    harness.run_ok();
    let [condition] = &harness.state().conditions[..] else {
        panic!("{:?}", harness.state().conditions);
    };
    assert_eq!(condition.column, "delay");
    let low = Some(Exact(-1.5));
    assert_eq!(condition.test, RowTest::Within { low, high: None });
    assert!(is_disabled(&harness), "the fields are empty again");
}

#[test]
fn a_value_is_chosen_among_those_that_are_known() {
    let mut harness = picker();
    choose(&mut harness, "Column", "carrier");
    choose(&mut harness, "Condition", "is not");
    choose(&mut harness, "Value", "B6");
    harness.get_by_label("Add the condition").click();
    harness.run_ok();
    let [condition] = &harness.state().conditions[..] else {
        panic!("{:?}", harness.state().conditions);
    };
    assert_eq!(condition.column, "carrier");
    assert_eq!(condition.test, RowTest::NoneOf(vec!["B6".to_owned()]));
}

const FIELD: &str = "Only rows where";

struct Written {
    field: ExpressionField,
    entered: Vec<String>,
}

fn field<'a>(over: Over) -> Harness<'a, Written> {
    let columns = [
        ("delay".to_owned(), ColumnType::Number),
        ("carrier".to_owned(), ColumnType::Text),
    ];
    let values = |name: &str| match name {
        "carrier" => vec!["UA".to_owned(), "B6".to_owned()],
        _ => Vec::new(),
    };
    let show = move |ui: &mut eframe::egui::Ui, written: &mut Written| {
        let speaks = Speaks {
            columns: &columns,
            values: &values,
        };
        let typed = written.field.ui(ui, (FIELD, 500.0), speaks);
        if typed.is_entered && typed.error.is_none() {
            written.entered.push(written.field.text.clone());
        }
    };
    let written = Written {
        field: ExpressionField::over(over),
        entered: Vec::new(),
    };
    let mut harness = Harness::builder()
        .with_size([900.0, 400.0])
        .with_context_setup(theme::install)
        .build_ui_state(show, written);
    harness.run_ok();
    harness
}

fn enter(harness: &mut Harness<'_, Written>) {
    harness.key_press(Key::Enter);
    harness.run_ok();
}

#[test]
fn what_is_wrong_with_a_condition_is_said_and_it_is_not_taken() {
    let mut harness = field(Over::Row);
    write(&mut harness, FIELD, "dela > 10");
    harness.get_by_label_contains("dela");
    enter(&mut harness);
    assert_eq!(harness.state().entered, Vec::<String>::new());
    let mut harness = field(Over::Row);
    write(&mut harness, FIELD, "delay > 10");
    enter(&mut harness);
    assert_eq!(harness.state().entered, ["delay > 10"]);
}

#[test]
fn a_completion_is_taken_by_a_click_and_writing_goes_on_behind_it() {
    let mut harness = field(Over::Row);
    write(&mut harness, FIELD, "car");
    harness.get_by_label("carrier").click();
    harness.run_ok();
    write(&mut harness, FIELD, " is null");
    enter(&mut harness);
    assert_eq!(harness.state().entered, ["carrier is null"]);
}

#[test]
fn aggregates_are_for_the_table_and_not_for_a_row() {
    for (over, n_entered) in [(Over::Row, 0), (Over::RowOrTable, 1)] {
        let mut harness = field(over);
        write(&mut harness, FIELD, "avg(delay) between -20 and 60");
        enter(&mut harness);
        assert_eq!(harness.state().entered.len(), n_entered, "{over:?}");
    }
}
