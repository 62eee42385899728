//! Orders of rows: sorting, conditions, finding.

use super::*;
use crate::domain::row_view::{Exact, RowCondition, RowTest, SortKey};
use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use std::sync::Arc;

fn table() -> Table {
    let price = Float64Array::from(vec![
        Some(2.5),
        None,
        Some(-0.0),
        Some(f64::NAN),
        Some(0.0),
        Some(f64::INFINITY),
    ]);
    let shop = StringArray::from(vec![
        Some("Harbour east"),
        Some("Harbour EAST 2"),
        Some("lock"),
        None,
        Some("Çelik"),
        Some("lock"),
    ]);
    let id = Int64Array::from(vec![i64::MAX, i64::MAX - 1, -3, 10, 0, 7]);
    Table::from_columns(vec![
        ("price".to_owned(), Arc::new(price) as ArrayRef),
        ("shop".to_owned(), Arc::new(shop)),
        ("id".to_owned(), Arc::new(id)),
    ])
    .expect("a table")
}

fn sorted(keys: &[(&str, bool)]) -> Vec<u32> {
    let sort = keys.iter().map(|(column, is_descending)| SortKey {
        column: (*column).to_owned(),
        is_descending: *is_descending,
    });
    let view = RowView {
        sort: sort.collect(),
        ..RowView::default()
    };
    order(&table(), &view, &|| false).expect("an order")
}

fn chosen_by(column: &str, test: RowTest) -> Vec<u32> {
    let view = RowView {
        conditions: vec![RowCondition {
            column: column.to_owned(),
            test,
        }],
        ..RowView::default()
    };
    order(&table(), &view, &|| false).expect("an order")
}

fn found(text: &str) -> Vec<u32> {
    let view = RowView {
        find: text.to_owned(),
        ..RowView::default()
    };
    order(&table(), &view, &|| false).expect("an order")
}

#[test]
fn numbers_sort_with_equal_zeros_nan_above_infinity_and_missing_last_both_ways() {
    assert_eq!(sorted(&[("price", false)]), [2, 4, 0, 5, 3, 1]);
    assert_eq!(sorted(&[("price", true)]), [3, 5, 0, 2, 4, 1]);
}

#[test]
fn integers_beyond_the_doubles_keep_their_order() {
    assert_eq!(sorted(&[("id", false)]), [2, 4, 5, 3, 1, 0]);
}

#[test]
fn texts_that_begin_alike_are_told_apart_and_ties_go_to_the_next_column() {
    assert_eq!(sorted(&[("shop", false)]), [1, 0, 2, 5, 4, 3]);
    assert_eq!(sorted(&[("shop", false), ("id", true)]), [1, 0, 5, 2, 4, 3]);
    assert_eq!(sorted(&[("shop", true), ("id", false)]), [4, 2, 5, 0, 1, 3]);
}

#[test]
fn a_sort_is_the_same_as_a_stable_one_of_the_standard_library_with_any_number_of_threads() {
    let n = 150_000_i64;
    let values: Vec<i64> = (0..n).map(|i| (i * 7_919) % 1_000).collect();
    let array: ArrayRef = Arc::new(Int64Array::from(values.clone()));
    let table = Table::from_columns(vec![("x".to_owned(), array)]).expect("a table");
    let view = RowView {
        sort: vec![SortKey {
            column: "x".to_owned(),
            is_descending: true,
        }],
        ..RowView::default()
    };
    let mut expected: Vec<u32> = (0..n as u32).collect();
    expected.sort_by_key(|row| std::cmp::Reverse(values[*row as usize]));
    for n_threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build();
        let order = pool
            .expect("threads")
            .install(|| order(&table, &view, &|| false));
        assert_eq!(order.expect("an order"), expected);
    }
}

#[test]
fn conditions_leave_missing_values_out_unless_they_ask_for_them() {
    let some = |v: f64| Some(Exact(v));
    let within = |low, high| RowTest::Within { low, high };
    assert_eq!(chosen_by("price", within(some(0.0), some(2.5))), [2, 4]);
    assert_eq!(chosen_by("price", within(some(2.5), None)), [0, 5]);
    let outside = RowTest::Outside {
        min: some(0.0),
        max: some(5.0),
    };
    assert_eq!(chosen_by("price", outside), [5]);
    assert_eq!(chosen_by("price", RowTest::Missing), [1]);
    assert_eq!(chosen_by("price", RowTest::NotFinite), [3, 5]);
    assert_eq!(
        chosen_by("shop", RowTest::Equals("lock".to_owned())),
        [2, 5]
    );
    let known = vec!["lock".to_owned(), "Çelik".to_owned()];
    assert_eq!(chosen_by("shop", RowTest::NoneOf(known)), [0, 1]);
    assert_eq!(chosen_by("id", RowTest::Equals("10".to_owned())), [3]);
    assert_eq!(chosen_by("shop", RowTest::NotNumeric), [0, 1, 2, 4, 5]);
}

#[test]
fn a_text_is_found_in_any_column_whatever_its_case() {
    assert_eq!(found("east"), [0, 1]);
    assert_eq!(found("EAST 2"), [1]);
    assert_eq!(found("çEL"), [4]);
    assert_eq!(found("2.5"), [0]);
    assert_eq!(found("nothing like it"), [0_u32; 0]);
}

#[test]
fn unknown_columns_and_being_stopped_are_errors() {
    let view = RowView {
        sort: vec![SortKey {
            column: "nowhere".to_owned(),
            is_descending: false,
        }],
        ..RowView::default()
    };
    let error = order(&table(), &view, &|| false).expect_err("no such column");
    assert_eq!(
        error,
        RowsError::NoColumn {
            column: "nowhere".to_owned()
        }
    );
    assert_eq!(
        order(&table(), &view, &|| true),
        Err(RowsError::Stopped),
        "before anything is sorted"
    );
}

#[test]
fn a_condition_in_sql_leaves_the_rows_where_it_is_true() {
    let by = |text: &str| {
        let view = RowView {
            conditions: vec![RowCondition {
                column: text.to_owned(),
                test: RowTest::Where(text.to_owned()),
            }],
            ..RowView::default()
        };
        order(&table(), &view, &|| false)
    };
    assert_eq!(by("shop like 'Harbour%' and id > 0"), Ok(vec![0, 1]));
    assert_eq!(by("not (id > 0)"), Ok(vec![2, 4]));
    assert_eq!(by("price is null"), Ok(vec![1]));
    let error = by("prise > 1").expect_err("no such column");
    assert!(error.to_string().contains("prise"), "{error}");
    let error = by("avg(id) > 1").expect_err("over the table");
    assert!(error.to_string().contains("single row"), "{error}");
}
