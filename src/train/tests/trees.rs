//! Trees where linfa's fail (ties, small scales, missing values), and trees behind linfa's traits.

use super::data::{accuracy, classes, features, set};
use crate::domain::prediction::{Predictions, Targets};
use crate::model::{Estimator, Forest};
use crate::train::TrainError;
use crate::train::trees::{ForestParams, MaxFeatures, fit_forest};
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2};

fn one_tree() -> ForestParams {
    ForestParams {
        n_trees: 1,
        max_features: MaxFeatures::All,
        bootstrap: false,
        ..ForestParams::default()
    }
}

fn grow(x: &Array2<f64>, targets: &Targets, weights: Option<&[f64]>) -> Forest {
    fit_forest(x.view(), targets, weights, &one_tree(), &|| false).unwrap()
}

fn training_accuracy(x: Array2<f64>, codes: Vec<u32>) -> f64 {
    let n_classes = *codes.iter().max().unwrap() as usize + 1;
    let data = set(x, classes(n_classes, codes));
    let forest = grow(&data.x, &data.targets, None);
    accuracy(
        &data.targets,
        &Estimator::Forest(forest).predict(data.x.view()),
    )
}

#[test]
fn tied_and_separable_rows_are_told_apart_in_any_order() {
    // The table of prototypes/trees/linfa_bugs.rs, on which linfa-trees reaches an accuracy of 0.773.
    let mut rows: Vec<([f64; 2], u32)> = (0..50)
        .map(|i| ([0.0, f64::from(i % 2)], (i % 2) as u32))
        .collect();
    rows.extend((0..60).map(|_| ([1.0, 0.0], 2)));
    for _ in 0..2 {
        let x = Array2::from_shape_fn((110, 2), |(i, j)| rows[i].0[j]);
        assert_eq!(
            training_accuracy(x, rows.iter().map(|r| r.1).collect()),
            1.0
        );
        rows.reverse();
    }
}

#[test]
fn tiny_scales_and_exclusive_or_are_no_obstacle() {
    let x = Array2::from_shape_fn((100, 1), |(i, _)| i as f64 * 1e-6);
    assert_eq!(
        training_accuracy(x, (0..100).map(|i| u32::from(i >= 50)).collect()),
        1.0
    );
    let x = Array2::from_shape_fn((80, 2), |(i, j)| ((i >> j) & 1) as f64);
    assert_eq!(
        training_accuracy(x, (0..80).map(|i| (i & 1) ^ ((i >> 1) & 1)).collect()),
        1.0
    );
}

#[test]
fn missing_values_are_a_value_of_their_own() {
    let x = Array2::from_shape_fn((90, 1), |(i, _)| {
        if i.is_multiple_of(3) {
            f64::NAN
        } else {
            i as f64
        }
    });
    assert_eq!(
        training_accuracy(x, (0..90).map(|i| u32::from(i % 3 == 0)).collect()),
        1.0
    );
}

#[test]
fn leaves_are_no_smaller_and_trees_no_deeper_than_asked_for() {
    let x = features(500, 3, 3);
    let targets = Targets::Values(x.rows().into_iter().map(|r| r[0] * r[1]).collect());
    let params = ForestParams {
        max_depth: Some(4),
        min_samples_leaf: 25,
        ..one_tree()
    };
    let forest = fit_forest(x.view(), &targets, None, &params, &|| false).unwrap();
    let tree = &forest.trees[0];
    assert!(
        tree.depth() <= 4 && tree.n_leaves() > 4,
        "{} deep",
        tree.depth()
    );
    let Predictions::Values(values) = Estimator::Forest(forest).predict(x.view()) else {
        panic!("numbers")
    };
    for value in &values {
        assert!(values.iter().filter(|v| *v == value).count() >= 25);
    }
}

#[test]
fn a_weight_counts_like_that_many_rows() {
    let x = features(60, 2, 4);
    let codes: Vec<u32> = x
        .rows()
        .into_iter()
        .map(|r| u32::from(r[0] + 0.3 * r[1] > 0.1))
        .collect();
    let flipped: Vec<u32> = codes
        .iter()
        .enumerate()
        .map(|(i, c)| if i % 7 == 0 { 1 - c } else { *c })
        .collect();
    let twice: Vec<usize> = (0..60).flat_map(|i| vec![i; 1 + i % 2]).collect();
    let weights: Vec<f64> = (0..60).map(|i| 1.0 + f64::from(i % 2)).collect();
    let targets = classes(2, flipped);
    let weighted = grow(&x, &targets, Some(&weights));
    let repeated = x.select(ndarray::Axis(0), &twice);
    let unweighted = grow(&repeated, &targets.take(&twice), None);
    assert_eq!(
        Estimator::Forest(weighted).predict(x.view()),
        Estimator::Forest(unweighted).predict(x.view())
    );
}

#[test]
fn smoothing_adds_rows_of_the_whole_sets_shares_to_each_leaf() {
    // Three of ten rows are positive, and one question separates them.
    let x = Array2::from_shape_fn((10, 1), |(i, _)| i as f64);
    let targets = classes(2, (0..10).map(|i| u32::from(i >= 7)));
    let params = ForestParams {
        smoothing: 2.0,
        ..one_tree()
    };
    let forest = fit_forest(x.view(), &targets, None, &params, &|| false).unwrap();
    let Predictions::Probabilities { values, .. } = forest.predictions(x.view()) else {
        panic!("classes")
    };
    assert!(
        (values[1] - 2.0 * 0.3 / 9.0).abs() < 1e-15,
        "0 of 7 rows, and 2 of share 0.3"
    );
    assert!(
        (values[19] - (3.0 + 2.0 * 0.3) / 5.0).abs() < 1e-15,
        "3 of 3 rows"
    );
}

#[test]
fn large_offsets_cost_no_digits() {
    let x = features(400, 2, 8);
    let values: Vec<f64> = x
        .rows()
        .into_iter()
        .map(|r| if r[0] > 0.0 { 1.0 } else { 0.0 })
        .collect();
    let shifted = Targets::Values(values.iter().map(|v| v + 1e9).collect());
    let Predictions::Values(found) = Estimator::Forest(grow(&x, &shifted, None)).predict(x.view())
    else {
        panic!("numbers")
    };
    for (found, value) in found.iter().zip(values) {
        assert!((found - 1e9 - value).abs() < 1e-6);
    }
}

#[test]
fn growing_stops_when_asked_to_and_nonsense_is_refused() {
    let x = features(50, 2, 9);
    let targets = classes(2, (0..50).map(|i| i % 2));
    let stopped = fit_forest(x.view(), &targets, None, &ForestParams::default(), &|| true);
    assert!(matches!(stopped, Err(TrainError::Stopped)));
    let nothing = fit_forest(
        Array2::zeros((0, 2)).view(),
        &classes(2, []),
        None,
        &one_tree(),
        &|| false,
    );
    assert!(matches!(nothing, Err(TrainError::NotFitted { .. })));
    let negative = fit_forest(x.view(), &targets, Some(&[-1.0; 50]), &one_tree(), &|| {
        false
    });
    assert!(matches!(negative, Err(TrainError::NotFitted { .. })));
}

#[test]
fn linfas_traits_grow_and_ask_the_same_trees() {
    let x = features(200, 3, 10);
    let y: Array1<usize> = x
        .rows()
        .into_iter()
        .map(|r| usize::from(r[0] > 0.2) + usize::from(r[1] > 0.5))
        .collect();
    let dataset = linfa::Dataset::new(x.clone(), y.clone());
    let forest: Forest = one_tree().fit(&dataset).unwrap();
    let labels: Array1<usize> = forest.predict(&x);
    assert_eq!(labels, y);
    let numbers = y.mapv(|c| c as f64);
    let forest: Forest = one_tree()
        .fit(&linfa::Dataset::new(x.clone(), numbers.clone()))
        .unwrap();
    let answers: Array1<f64> = forest.predict(&x);
    assert!((&answers - &numbers).iter().all(|d| d.abs() < 1e-12));
}
