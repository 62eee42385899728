//! Trees and weights in words of the original columns.

use super::{model, number};
use crate::data::Table;
use crate::domain::schema::ColumnType;
use crate::explain::{Ground, coefficients, draw_tree};
use crate::feature::{CalendarPart, ColumnTransform, Encoding, FittedColumn, FittedPart};
use crate::model::{Estimator, Forest, Linear, Link, Node, Tree};
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, StringArray};
use std::sync::Arc;

fn columns() -> Vec<FittedColumn> {
    let of = |name: &str, kind, had_missing, transform| FittedColumn {
        name: name.to_owned(),
        kind,
        had_missing,
        transform,
    };
    let age = ColumnTransform::Number {
        median: 37.0,
        mean: 40.0,
        sd: 10.0,
        min: 18.0,
        max: 90.0,
        shape: Default::default(),
    };
    let carriers = ["UA", "B6", "EV", "DL", "AA", "MQ"]
        .map(str::to_owned)
        .to_vec();
    let carrier = ColumnTransform::Text {
        categories: carriers,
        has_other: true,
    };
    let part = |part, values: &[i32], median| FittedPart {
        part,
        values: values.to_vec(),
        median,
    };
    let day = ColumnTransform::Calendar {
        parts: vec![
            part(CalendarPart::Year, &[2012, 2013], 2013),
            part(CalendarPart::Weekday, &[1, 5, 7], 5),
        ],
    };
    vec![
        of("age", ColumnType::Number, true, age),
        of(
            "new",
            ColumnType::Boolean,
            false,
            ColumnTransform::Boolean { imputed: false },
        ),
        of("carrier", ColumnType::Text, true, carrier),
        of("day", ColumnType::Date, false, day),
    ]
}

fn rows() -> Table {
    let table = Table::from_columns(vec![
        (
            "age".into(),
            Arc::new(Float64Array::from(vec![Some(20.0), None, Some(60.0)])) as ArrayRef,
        ),
        (
            "new".into(),
            Arc::new(BooleanArray::from(vec![true, false, true])),
        ),
        (
            "carrier".into(),
            Arc::new(StringArray::from(vec![Some("EV"), None, Some("ZZ")])),
        ),
        (
            "day".into(),
            Arc::new(Date32Array::from(vec![0, 15_000, 16_000])),
        ),
    ]);
    table.unwrap()
}

/// The question of a tree with one split.
fn question(encoding: Encoding, feature: &str, threshold: f32) -> String {
    let columns = columns();
    let plan = crate::feature::FeaturePlan {
        columns: columns.clone(),
        n_rows: 3,
    };
    let names = plan.feature_names(encoding);
    let features = plan.features(encoding);
    assert_eq!(
        names,
        features.iter().map(|f| f.name.clone()).collect::<Vec<_>>()
    );
    let at = names.iter().position(|n| n == feature).expect(feature);
    let node = |feature, threshold, left, right| Node {
        feature,
        threshold,
        left,
        right,
    };
    let tree = Tree {
        nodes: vec![
            node(at as u32, threshold, 1, 2),
            node(0, 0.0, 0, 0),
            node(0, 0.0, 0, 1),
        ],
        answers: vec![1.0, 4.0],
    };
    let forest = Forest {
        trees: vec![tree],
        n_classes: None,
        n_features: names.len(),
    };
    let model = model(columns, encoding, Estimator::Forest(forest));
    let ground = Ground::of(&model, &rows(), 1).unwrap();
    let drawn = draw_tree(&model, &ground, 0, 0).unwrap();
    assert_eq!((drawn.n_trees, drawn.n_rows, drawn.nodes.len()), (1, 3, 3));
    let n_left = drawn.nodes[1].n_rows as f64;
    let mean = (n_left + 4.0 * (3.0 - n_left)) / 3.0;
    assert!((drawn.nodes[0].answer - mean).abs() < 1e-12);
    assert_eq!(
        drawn.nodes[0].column.as_deref(),
        Some(model.plan.columns[features[at].column].name.as_str())
    );
    drawn.nodes[0].question.clone().unwrap()
}

#[test]
fn questions_of_trees_are_asked_of_the_original_columns() {
    let ordinal = |feature, threshold| question(Encoding::Ordinal, feature, threshold);
    assert_eq!(ordinal("age", 37.5), "age ≤ 37.5 or missing");
    assert_eq!(ordinal("age", 36.9), "age ≤ 36.9");
    assert_eq!(ordinal("age is missing", 0.5), "age has a value");
    assert_eq!(ordinal("new", 0.5), "new is false or missing");
    assert_eq!(ordinal("carrier", 1.5), "carrier is UA or B6");
    assert_eq!(
        ordinal("carrier", 5.5),
        "carrier is not another value or missing"
    );
    assert_eq!(
        ordinal("carrier", 4.0),
        "carrier is not MQ, another value or missing"
    );
    assert_eq!(
        ordinal("day.weekday", 4.5),
        "weekday of day is up to Thursday"
    );
    assert_eq!(
        ordinal("day.weekday", 5.5),
        "weekday of day is up to Friday or missing"
    );
    assert_eq!(ordinal("day.year", 2012.5), "year of day ≤ 2012");
}

#[test]
fn questions_of_scaled_and_one_hot_features_are_turned_back() {
    let one_hot = |feature, threshold| question(Encoding::OneHot, feature, threshold);
    assert_eq!(one_hot("age", -0.25), "age ≤ 37.5 or missing");
    assert_eq!(one_hot("carrier=EV", 0.5), "carrier is not EV");
    assert_eq!(
        one_hot("carrier=other", 0.5),
        "carrier is one of the frequent values"
    );
    assert_eq!(
        one_hot("day.weekday=7", 0.5),
        "weekday of day is not Sunday"
    );
    assert_eq!(one_hot("day.year", -0.5), "year of day ≤ 2012");
}

#[test]
fn weights_are_given_in_steps_and_in_units() {
    let columns = vec![columns().remove(0), number("x")];
    // age, age is missing, x
    let linear = Linear {
        coefficients: vec![vec![2.0, 0.5, 3.0]],
        intercepts: vec![1.0],
        link: Link::Logistic,
    };
    let model = model(columns, Encoding::OneHot, Estimator::Linear(linear));
    let found = coefficients(&model, 1).unwrap();
    let weights: Vec<(&str, f64, f64)> = found
        .weights
        .iter()
        .map(|w| (w.feature.as_str(), w.weight, w.per_unit))
        .collect();
    assert_eq!(
        weights,
        [
            ("age", 2.0, 0.2),
            ("age is missing", 0.5, 0.5),
            ("x", 3.0, 3.0)
        ]
    );
    assert_eq!(found.weights[0].step, "one standard deviation (10)");
    assert_eq!(found.weights[1].step, "yes instead of no");
    // 1 + 2 (age − 40) / 10 is −7 at age 0.
    assert!((found.intercept_in_units + 7.0).abs() < 1e-12);
    let turned = coefficients(&model, 0).unwrap();
    assert!((turned.intercept + 1.0).abs() < 1e-12 && turned.weights[2].weight == -3.0);
}
