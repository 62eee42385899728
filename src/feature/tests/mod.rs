//! Tests of fitting and encoding, on tables small enough to check by hand.

mod target_mean;

use super::*;
use crate::data::Table;
use crate::domain::pipeline::TransformParams;
use crate::domain::prediction::Targets;
use crate::domain::preparation::Preparation;
use crate::domain::schema::{ColumnSpec, ColumnType, Role, Schema};
use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, TimestampMillisecondArray,
};
use ndarray::array;
use std::sync::Arc;

const DAY: i64 = 86_400_000;

fn spec(name: &str, kind: ColumnType, role: Role) -> ColumnSpec {
    ColumnSpec {
        name: name.to_owned(),
        kind,
        role,
        required: true,
        min_fraction: 0.0,
        domain: None,
        drift: None,
        constraints: Default::default(),
    }
}

fn schema() -> Schema {
    Schema {
        columns: vec![
            spec("age", ColumnType::Number, Role::Feature),
            spec("member", ColumnType::Boolean, Role::Feature),
            spec("port", ColumnType::Text, Role::Feature),
            spec("when", ColumnType::Timestamp, Role::Time),
            spec("id", ColumnType::Integer, Role::Key),
            spec("y", ColumnType::Number, Role::Target),
        ],
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations: Vec::new(),
    }
}

/// Six rows; the first four are the training rows of the tests.
fn columns() -> Vec<(String, ArrayRef)> {
    let moments = [0, DAY, 31 * DAY, 32 * DAY + 3_600_000, 400 * DAY, 0];
    vec![
        (
            "age".into(),
            Arc::new(Float64Array::from(vec![
                Some(1.0),
                Some(3.0),
                None,
                Some(8.0),
                Some(f64::INFINITY),
                Some(f64::NAN),
            ])) as ArrayRef,
        ),
        (
            "member".into(),
            Arc::new(BooleanArray::from(vec![
                Some(true),
                Some(true),
                Some(false),
                Some(true),
                None,
                Some(false),
            ])),
        ),
        (
            "port".into(),
            Arc::new(StringArray::from(vec![
                Some("b"),
                Some("b"),
                None,
                Some("a"),
                Some("zz"),
                None,
            ])),
        ),
        (
            "when".into(),
            Arc::new(TimestampMillisecondArray::from(
                moments.iter().map(|m| Some(*m)).collect::<Vec<_>>(),
            )),
        ),
        ("id".into(), Arc::new(Int64Array::from_iter_values(0..6))),
        (
            "y".into(),
            Arc::new(Float64Array::from_iter_values([
                0.0, 1.0, 0.0, 1.0, 0.0, 1.0,
            ])),
        ),
    ]
}

fn table() -> Table {
    Table::from_columns(columns()).unwrap()
}

fn fit(table: &Table, exclude: &[&str], max_categories: u32) -> Result<FeaturePlan, FeatureError> {
    let params = TransformParams {
        max_categories,
        ..TransformParams::default()
    };
    let exclude: Vec<String> = exclude.iter().map(|e| (*e).to_owned()).collect();
    FeaturePlan::fit(table, &schema(), &[0, 1, 2, 3], &params, &exclude, None)
}

#[test]
fn numbers_are_imputed_scaled_and_their_missing_values_marked() {
    let plan = fit(&table(), &["member", "port", "when"], 30).unwrap();
    // Values 1, 3, 8: median 3; with the imputed one, mean 3.75 and variance (2.75² + 0.75² · 2 + 4.25²) / 4.
    let ColumnTransform::Number {
        median,
        mean,
        sd,
        min,
        max,
        shape: Shape::Linear,
    } = plan.columns[0].transform.clone()
    else {
        panic!("a number")
    };
    assert_eq!((median, mean, min, max), (3.0, 3.75, 1.0, 8.0));
    assert!((sd - (26.75_f64 / 4.0).sqrt()).abs() < 1e-12);
    assert_eq!(
        plan.feature_names(Encoding::OneHot),
        ["age", "age is missing"]
    );
    let x = plan.encode(&table(), None, Encoding::Ordinal).unwrap();
    let expected = array![
        [1.0, 0.0],
        [3.0, 0.0],
        [3.0, 1.0],
        [8.0, 0.0],
        [3.0, 1.0],
        [3.0, 1.0]
    ];
    assert_eq!(x, expected, "infinite and NaN are missing too");
    let x = plan.encode(&table(), Some(&[3]), Encoding::OneHot).unwrap();
    assert_eq!(x[[0, 0]], f64::from(((8.0 - mean) / sd) as f32));
}

#[test]
fn texts_are_ranked_by_frequency_and_unknown_ones_are_other() {
    let plan = fit(&table(), &["age", "member", "when"], 30).unwrap();
    assert_eq!(
        plan.feature_names(Encoding::OneHot),
        ["port=b", "port=a", "port is missing"]
    );
    let x = plan.encode(&table(), None, Encoding::OneHot).unwrap();
    assert_eq!(
        x,
        array![
            [1.0, 0.0, 0.0],
            [1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0],
            [0.0, 1.0, 0.0],
            [0.0, 0.0, 0.0],
            [0.0, 0.0, 1.0]
        ]
    );
    let x = plan.encode(&table(), None, Encoding::Ordinal).unwrap();
    assert_eq!(x.column(0).to_vec(), [0.0, 0.0, 3.0, 1.0, 2.0, 3.0]);

    let narrow = fit(&table(), &["age", "member", "when"], 1).unwrap();
    assert_eq!(
        narrow.feature_names(Encoding::OneHot),
        ["port=b", "port=other", "port is missing"]
    );
    let x = narrow
        .encode(&table(), Some(&[3, 4]), Encoding::OneHot)
        .unwrap();
    assert_eq!(x, array![[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]);
}

#[test]
fn moments_are_taken_apart_and_their_order_is_no_input() {
    let plan = fit(&table(), &["age", "member", "port"], 30).unwrap();
    // Training saw 1 and 2 January, 1 February, 2 February 1970 01:00: Thursday, Friday, Sunday, Monday.
    assert_eq!(
        plan.feature_names(Encoding::Ordinal),
        ["when.month", "when.weekday", "when.hour"],
        "one year only is no information"
    );
    let x = plan
        .encode(&table(), Some(&[0, 3, 4]), Encoding::Ordinal)
        .unwrap();
    assert_eq!(x, array![[1.0, 4.0, 0.0], [2.0, 1.0, 1.0], [2.0, 5.0, 0.0]]);
    let names = plan.feature_names(Encoding::OneHot);
    assert_eq!(
        names[..3],
        ["when.month=1", "when.month=2", "when.weekday=1"]
    );
    let x = plan.encode(&table(), None, Encoding::OneHot).unwrap();
    assert!(
        x.rows().into_iter().all(|row| row.sum() == 3.0),
        "one of each part"
    );
}

#[test]
fn only_training_rows_are_looked_at() {
    let mut columns = columns();
    columns[2].1 = Arc::new(StringArray::from(vec![
        Some("b"),
        Some("b"),
        None,
        Some("a"),
        Some("a"),
        Some("a"),
    ]));
    columns[0].1 = Arc::new(Float64Array::from(vec![
        Some(1.0),
        Some(3.0),
        None,
        Some(8.0),
        Some(1e9),
        Some(1e9),
    ]));
    let changed = Table::from_columns(columns).unwrap();
    assert_eq!(
        fit(&changed, &[], 30).unwrap(),
        fit(&table(), &[], 30).unwrap()
    );
}

#[test]
fn tables_may_differ_in_order_types_and_further_columns() {
    let plan = fit(&table(), &["when"], 30).unwrap();
    let expected = plan.encode(&table(), Some(&[0]), Encoding::OneHot).unwrap();
    let other = Table::from_columns(vec![
        (
            "extra".into(),
            Arc::new(Int64Array::from(vec![5])) as ArrayRef,
        ),
        ("port".into(), Arc::new(StringArray::from(vec!["b"]))),
        ("member".into(), Arc::new(Int64Array::from(vec![1]))),
        ("age".into(), Arc::new(Int64Array::from(vec![1]))),
    ])
    .unwrap();
    assert_eq!(
        plan.encode(&other, None, Encoding::OneHot).unwrap(),
        expected
    );
    let unknown = Table::from_columns(vec![
        (
            "port".into(),
            Arc::new(Int64Array::from(vec![None])) as ArrayRef,
        ),
        (
            "member".into(),
            Arc::new(StringArray::from(vec![None::<&str>])),
        ),
        (
            "age".into(),
            Arc::new(StringArray::from(vec![None::<&str>])),
        ),
    ])
    .unwrap();
    let x = plan.encode(&unknown, None, Encoding::Ordinal).unwrap();
    assert_eq!(
        x,
        array![[3.0, 1.0, 1.0, 3.0]],
        "no value at all fits any type"
    );
}

#[test]
fn all_columns_that_do_not_fit_are_listed() {
    let plan = fit(&table(), &[], 30).unwrap();
    let other = Table::from_columns(vec![
        (
            "age".into(),
            Arc::new(StringArray::from(vec!["old"])) as ArrayRef,
        ),
        ("when".into(), Arc::new(Int64Array::from(vec![1]))),
    ])
    .unwrap();
    let error = plan.encode(&other, None, Encoding::OneHot).unwrap_err();
    let FeatureError::Columns { missing, mistyped } = error else {
        panic!("{error}")
    };
    assert_eq!(missing, ["member", "port"]);
    assert_eq!(
        mistyped.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(),
        ["age", "when"]
    );
    assert!(matches!(
        fit(&other, &[], 30),
        Err(FeatureError::RowOutside { .. })
    ));
    assert!(matches!(
        fit(&table(), &["age", "member", "port", "when"], 30),
        Err(FeatureError::NoInputs { .. })
    ));
}

#[test]
fn a_plan_without_a_column_is_the_plan_fitted_without_it() {
    let exclude = ["port".to_owned()];
    let plan = fit(&table(), &[], 30).unwrap();
    assert_eq!(
        plan.without(&exclude).unwrap(),
        fit(&table(), &["port"], 30).unwrap()
    );
    let names: Vec<String> = plan.inputs().into_iter().map(|i| i.name).collect();
    assert_eq!(
        names,
        ["age", "member", "port", "when"],
        "keys and targets are no inputs"
    );
}

#[test]
fn features_are_finite_and_of_f32_precision_whatever_comes() {
    let plan = fit(&table(), &["member", "port", "when"], 30).unwrap();
    let wild = [
        f64::MAX,
        f64::MIN,
        f64::NAN,
        f64::INFINITY,
        1e-320,
        0.1,
        -1e39,
    ];
    let table = Table::from_columns(vec![(
        "age".into(),
        Arc::new(Float64Array::from_iter_values(wild)) as ArrayRef,
    )])
    .unwrap();
    for encoding in [Encoding::OneHot, Encoding::Ordinal] {
        let x = plan.encode(&table, None, encoding).unwrap();
        assert!(
            x.iter()
                .all(|v| v.is_finite() && f64::from(*v as f32) == *v),
            "{x}"
        );
    }
}

#[test]
fn numbers_go_through_the_chosen_curve_before_they_are_scaled() {
    let sized = |preparation| {
        let params = TransformParams {
            columns: [("age".to_owned(), preparation)].into(),
            ..TransformParams::default()
        };
        let exclude = ["member", "port", "when"].map(str::to_owned);
        FeaturePlan::fit(&table(), &schema(), &[0, 1, 2, 3], &params, &exclude, None)
    };
    // Values 1, 3, 8 and the median 3: logarithms of 2, 4, 4 and 9.
    let plan = sized(Preparation::Log).unwrap();
    let logs = [2.0_f64, 4.0, 4.0, 9.0].map(f64::ln);
    let mean = logs.iter().sum::<f64>() / 4.0;
    let sd = (logs.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 4.0).sqrt();
    let x = plan
        .encode(&table(), Some(&[0, 1, 2, 3]), Encoding::OneHot)
        .unwrap();
    for (found, log) in x.column(0).iter().zip(logs) {
        assert!((found - (log - mean) / sd).abs() < 1e-6);
    }
    let plain = sized(Preparation::Plain).unwrap();
    let ordinal = |plan: &FeaturePlan| plan.encode(&table(), None, Encoding::Ordinal).unwrap();
    assert_eq!(
        ordinal(&plan),
        ordinal(&plain),
        "trees see the numbers as they are"
    );
    let x = sized(Preparation::Quantile).unwrap();
    let x = x
        .encode(&table(), Some(&[0, 1, 3]), Encoding::OneHot)
        .unwrap();
    let step = x[[1, 0]] - x[[0, 0]];
    assert!(
        (x[[2, 0]] - x[[1, 0]] - step).abs() < 1e-6 && step > 0.5,
        "even steps"
    );
    let error = sized(Preparation::Target).unwrap_err().to_string();
    assert!(error.contains("age (number)"), "{error}");
}

#[test]
fn encoding_ends_when_it_is_stopped() {
    let plan = fit(&table(), &[], 30).unwrap();
    let encoded = |stopped: bool| {
        plan.encode_unless(&table(), &[0, 1], Encoding::OneHot, &|| stopped)
            .unwrap()
    };
    assert_eq!(encoded(true), None);
    let whole = plan.encode(&table(), Some(&[0, 1]), Encoding::OneHot);
    assert_eq!(encoded(false), Some(whole.unwrap()));
}

#[test]
fn fitting_ends_when_it_is_stopped() {
    let (table, schema, params) = (table(), schema(), TransformParams::default());
    let fitted = |stopped: bool| {
        let rows = [0, 1, 2, 3];
        FeaturePlan::fit_unless(&table, &schema, &rows, &params, &[], None, &|| stopped).unwrap()
    };
    assert_eq!(fitted(true), None);
    let whole = FeaturePlan::fit(&table, &schema, &[0, 1, 2, 3], &params, &[], None);
    assert_eq!(fitted(false), Some(whole.unwrap()));
}
