//! How much rows count: by their class, and by a column.

use super::data::{classes, mixed_schema, mixed_table, noise, set};
use super::oracles::{
    assert_close, binary, expected, fit, linear, numbers, regression, small, three_classes,
};
use crate::data::Table;
use crate::domain::Scalar;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::schema::{ColumnSpec, ColumnType, Role, Schema};
use crate::train::TrainingSet;
use crate::train::row_weights::{of_column, weights};
use arrow::array::{ArrayRef, Float64Array};
use std::sync::Arc;

#[test]
fn rare_classes_that_count_as_much_as_others_are_scikit_learns() {
    let expected = expected("class_weight");
    let (x, signal) = small();
    let sums = |seed| signal.iter().zip(noise(200, seed)).map(|(s, e)| s + e);
    let two = classes(2, sums(2).map(|s| u32::from(s > 2.2)));
    let three = classes(
        3,
        sums(3).map(|s| u32::from(s >= -2.6) + u32::from(s >= 2.2)),
    );
    let balanced = |targets: &Targets| {
        let params = [("class_weight".to_owned(), "balanced".into())].into();
        let weights = weights(targets, &params, None).unwrap();
        assert!((weights.iter().sum::<f64>() - 200.0).abs() < 1e-9);
        TrainingSet {
            weights: Some(weights),
            ..set(x.clone(), targets.clone())
        }
    };
    let params = [
        ("tolerance", 1e-9.into()),
        ("max_iterations", 1000_i64.into()),
    ];
    let fitted = linear(fit("logistic", &balanced(&two), &params));
    assert_close(
        &fitted.coefficients[0],
        &numbers(&expected["coefficients"]),
        1e-5,
    );
    assert_close(
        &fitted.intercepts,
        &[expected["intercept"].as_f64().unwrap()],
        1e-5,
    );
    let probabilities = |id: &str, params: &[(&str, Scalar)]| {
        let fitted = fit(id, &balanced(&three), params);
        match fitted.predict(x.view()) {
            Predictions::Probabilities { values, .. } => values,
            other => panic!("{other:?}"),
        }
    };
    let several = probabilities("logistic", &params);
    assert_close(&several[..15], &numbers(&expected["several"]), 1e-5);
    let params = [
        ("max_depth", 2_i64.into()),
        ("min_samples_leaf", 5_i64.into()),
        ("smoothing", 0.0.into()),
    ];
    let tree = probabilities("tree", &params);
    assert_close(&tree[..60], &numbers(&expected["tree"]), 1e-9);
}

/// The weights of `make.py`: some are 0, and they add up to the number of rows.
fn uneven(data: TrainingSet) -> TrainingSet {
    let raw: Vec<f64> = noise(200, 31).iter().map(|e| (1.0 + e).max(0.0)).collect();
    let sum: f64 = raw.iter().sum();
    TrainingSet {
        weights: Some(raw.iter().map(|w| w * 200.0 / sum).collect()),
        ..data
    }
}

#[test]
fn weighted_rows_are_scikit_learns() {
    let expected = expected("row_weights");
    let sums = |id: &str, data: TrainingSet, params: &[(&str, Scalar)]| {
        let fitted = linear(fit(id, &uneven(data), params));
        let mut sums = fitted.coefficients.concat();
        sums.extend(fitted.intercepts);
        sums
    };
    let exact = [("tolerance", 1e-9.into())];
    let penalised = [
        ("penalty", 0.05.into()),
        ("tolerance", 1e-12.into()),
        ("max_iterations", 100_000_i64.into()),
    ];
    let half = [penalised.as_slice(), &[("l1_ratio", 0.5.into())]].concat();
    for (found, id, tolerance) in [
        (sums("logistic", binary(), &exact), "logistic", 1e-5),
        (sums("linear", regression(), &[]), "linear", 1e-8),
        (sums("ridge", regression(), &penalised), "ridge", 1e-6),
        (sums("lasso", regression(), &penalised), "lasso", 1e-6),
        (
            sums("elastic_net", regression(), &half),
            "elastic_net",
            1e-6,
        ),
    ] {
        assert_close(&found, &numbers(&expected[id]), tolerance);
    }
    let one_tree = [
        ("max_depth", 2_i64.into()),
        ("min_samples_leaf", 1_i64.into()),
        ("smoothing", 0.0.into()),
    ];
    for (id, params) in [
        ("bernoulli_nb", [].as_slice()),
        ("multinomial_nb", &[]),
        ("tree", &one_tree),
    ] {
        let data = uneven(three_classes());
        let Predictions::Probabilities { values, .. } =
            fit(id, &data, params).predict(data.x.view())
        else {
            panic!("classes")
        };
        assert_close(&values[..60], &numbers(&expected[id]), 1e-9);
    }
}

/// Rows that do not count may as well not be there.
#[test]
fn rows_of_weight_zero_teach_nothing() {
    for (id, whole) in [
        ("linear", regression()),
        ("lasso", regression()),
        ("logistic", binary()),
        ("bernoulli_nb", binary()),
        ("boosting", regression()),
        ("forest", binary()),
        ("tree", regression()),
    ] {
        let counts = |i: usize| !i.is_multiple_of(3);
        let mut poisoned = whole.clone();
        match &mut poisoned.targets {
            Targets::Classes { codes, .. } => {
                codes
                    .iter_mut()
                    .enumerate()
                    .filter(|(i, _)| !counts(*i))
                    .for_each(|(_, c)| *c = 0);
            }
            Targets::Values(values) => {
                values
                    .iter_mut()
                    .enumerate()
                    .filter(|(i, _)| !counts(*i))
                    .for_each(|(_, v)| *v = 1e6);
            }
        }
        poisoned.weights = Some((0..200).map(|i| f64::from(u8::from(counts(i)))).collect());
        let answers = |data: &TrainingSet| match fit(id, data, &[]).predict(whole.x.view()) {
            Predictions::Probabilities { values, .. } | Predictions::Values(values) => values,
        };
        let found = answers(&poisoned);
        let largest = found.iter().copied().fold(0.0, f64::max);
        assert!(largest < 100.0, "{id} answers {largest}");
        if ["linear", "lasso", "logistic", "bernoulli_nb"].contains(&id) {
            let kept: Vec<usize> = (0..200).filter(|i| counts(*i)).collect();
            assert_close(&found, &answers(&whole.select(&kept)), 1e-3);
        }
    }
}

fn with_weights(weights: Vec<Option<f64>>) -> (Table, Schema) {
    let table = mixed_table();
    let mut columns: Vec<(String, ArrayRef)> = table
        .names()
        .into_iter()
        .zip(table.batch().columns().iter().cloned())
        .collect();
    columns.push(("w".to_owned(), Arc::new(Float64Array::from(weights))));
    let mut schema = mixed_schema("flag");
    schema.columns.push(ColumnSpec {
        name: "w".to_owned(),
        kind: ColumnType::Number,
        role: Role::Weight,
        required: true,
        min_fraction: 1.0,
        domain: None,
        drift: None,
        constraints: Default::default(),
    });
    (Table::from_columns(columns).unwrap(), schema)
}

#[test]
fn a_column_of_weights_counts_whatever_its_unit() {
    let rows: Vec<usize> = (0..300).filter(|i| i % 4 > 0).collect();
    let column = |unit: f64| {
        let weights = (0..300).map(|i| Some(unit * f64::from(i % 7)));
        let (table, schema) = with_weights(weights.collect());
        of_column(&table, &schema, &rows).unwrap().unwrap()
    };
    let small = column(1e-3);
    assert!((small.iter().sum::<f64>() - 225.0).abs() < 1e-9);
    assert_close(&small, &column(1e300), 1e-12);
    assert_eq!((small[0] > 0.0, small[5]), (true, 0.0), "rows 1 and 7");
    let (table, mut schema) = with_weights(vec![Some(1.0); 300]);
    schema.columns.pop();
    assert_eq!(of_column(&table, &schema, &rows).unwrap(), None);
}

#[test]
fn weights_that_cannot_be_used_are_named() {
    let rows: Vec<usize> = (0..300).collect();
    let said = |of: &dyn Fn(usize) -> Option<f64>| {
        let (table, schema) = with_weights((0..300).map(of).collect());
        of_column(&table, &schema, &rows).unwrap_err().to_string()
    };
    let three = said(&|i| [None, Some(-1.0), Some(f64::NAN), Some(1.0)][i.min(3)]);
    assert!(
        three.starts_with("w cannot say") && three.contains("3 of 300 training rows"),
        "{three}"
    );
    assert!(said(&|_| Some(0.0)).contains("all training rows have the weight 0"));
}
