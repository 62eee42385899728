//! Boosting against XGBoost (expected values by `tests/oracles/train/make.py`), its draws and its early end.

use super::data::{classes, features, log_loss, noise, set};
use super::oracles::{assert_close, binary, expected, fit, numbers, regression, three_classes};
use crate::domain::Scalar;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::work::{Quiet, Stopping};
use crate::model::{Boosted, Estimator};
use crate::train::{TrainError, TrainingSet, algorithm};
use ndarray::{Array2, Axis, Slice};

fn boosted(estimator: Estimator) -> Boosted {
    match estimator {
        Estimator::Boosted(boosted) => boosted,
        other => panic!("{other:?}"),
    }
}

/// As in make.py: a column of three values and one of two.
fn with_ties(mut data: TrainingSet) -> TrainingSet {
    data.x.column_mut(2).mapv_inplace(f64::round_ties_even);
    data.x
        .column_mut(3)
        .mapv_inplace(|v| f64::from(u8::from(v > 0.3)));
    data
}

#[test]
fn it_answers_like_xgboost() {
    let expected = expected("boosting");
    let params: [(&str, Scalar); 4] = [
        ("n_trees", 20_i64.into()),
        ("learning_rate", 0.3.into()),
        ("max_depth", 4_i64.into()),
        ("min_samples_leaf", 5_i64.into()),
    ];
    for (data, name) in [(binary(), "probabilities"), (regression(), "values")] {
        let data = with_ties(data);
        let found = match fit("boosting", &data, &params).predict(data.x.view()) {
            Predictions::Values(values) => values,
            Predictions::Probabilities { values, .. } => {
                values.chunks(2).map(|row| row[1]).collect()
            }
        };
        // Both add up gradients in f32; the values are about 10.
        assert_close(&found[..40], &numbers(&expected[name]), 2e-5);
    }
}

#[test]
fn several_classes_are_told_apart_by_one_softmax() {
    let data = three_classes();
    let baseline = log_loss(
        &data.targets,
        &fit("baseline", &data, &[]).predict(data.x.view()),
    );
    let fitted = fit("boosting", &data, &[("n_trees", 30_i64.into())]);
    let predictions = fitted.predict(data.x.view());
    let Predictions::Probabilities { values, .. } = &predictions else {
        panic!("classes")
    };
    for row in values.chunks(3) {
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
    assert!(log_loss(&data.targets, &predictions) < 0.5 * baseline);
    assert_eq!(boosted(fitted).trees.len(), 90);
}

#[test]
fn a_class_that_training_lacks_has_no_probability() {
    let (x, codes) = (features(60, 2, 3), (0..60).map(|i| [0, 2, 3][i % 3]));
    let data = set(x, classes(5, codes));
    let Predictions::Probabilities { values, .. } =
        fit("boosting", &data, &[]).predict(data.x.view())
    else {
        panic!("classes")
    };
    assert!(values.chunks(5).all(|row| row[1] == 0.0 && row[4] == 0.0));
}

/// Pure noise: the best number of rounds is nearly none, and trees behind it are dropped.
#[test]
fn rounds_end_where_held_back_rows_gain_no_more() {
    let noise_set = set(features(2000, 5, 9), Targets::Values(noise(2000, 10)));
    let params = [("n_trees", 300_i64.into()), ("patience", 10_i64.into())];
    let n_noise = boosted(fit("boosting", &noise_set, &params)).trees.len();
    assert!(n_noise < 30, "{n_noise} trees for noise");
    let x = features(2000, 5, 9);
    let signal = x
        .rows()
        .into_iter()
        .map(|r| 5.0 * r[0] * r[1] + r[2])
        .collect();
    let n_signal = boosted(fit("boosting", &set(x, Targets::Values(signal)), &params))
        .trees
        .len();
    assert!(n_signal > 5 * n_noise, "{n_signal} trees for a signal");
}

#[test]
fn the_same_arguments_give_the_same_booster_on_any_number_of_threads() {
    let x = features(30_000, 6, 2);
    let codes = x.rows().into_iter().zip(noise(30_000, 3)).map(|(r, e)| {
        let signal = r[0] * r[1] + r[2] + 0.3 * e;
        u32::from(signal > -0.3) + u32::from(signal > 0.3)
    });
    let data = set(x.clone(), classes(3, codes));
    let params = [
        ("n_trees", 8_i64.into()),
        ("subsample", 0.6.into()),
        ("colsample", 0.7.into()),
        ("patience", 5_i64.into()),
    ];
    let on = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads);
        let pool = pool.build().unwrap();
        pool.install(|| boosted(fit("boosting", &data, &params)))
    };
    let one = on(1);
    assert_eq!(one, on(3));
    assert!(one.trees.iter().any(|t| t.depth() > 2));
}

/// The scores that training keeps by forust's leaves are those that prediction finds by the thresholds.
#[test]
fn the_thresholds_lead_each_row_to_the_leaf_it_was_grown_in() {
    let data = regression();
    let Targets::Values(truth) = &data.targets else {
        panic!("numbers")
    };
    // Without shrinkage, a round of one-row leaves takes all of the error away.
    let params = [
        ("n_trees", 2_i64.into()),
        ("learning_rate", 1.0.into()),
        ("max_depth", 12_i64.into()),
        ("min_samples_leaf", 0_i64.into()),
        ("l2", 0.0.into()),
    ];
    let Predictions::Values(found) = fit("boosting", &data, &params).predict(data.x.view()) else {
        panic!("numbers")
    };
    assert_close(&found, truth, 1e-4);
}

#[test]
fn equal_targets_are_answered_without_trees() {
    let x = features(50, 2, 1);
    for targets in [classes(2, vec![1; 50]), Targets::Values(vec![3.5; 50])] {
        let fitted = fit("boosting", &set(x.clone(), targets), &[]);
        assert!(matches!(fitted, Estimator::Constant(_)), "{fitted:?}");
    }
}

#[test]
fn constant_features_and_two_rows_are_no_reason_to_fail() {
    let constant = set(Array2::zeros((40, 3)), classes(2, (0..40).map(|i| i % 2)));
    let two = set(features(2, 1, 1), Targets::Values(vec![1.0, 2.0]));
    for data in [constant, two] {
        let answers = fit("boosting", &data, &[]).predict(data.x.view());
        let values = match answers {
            Predictions::Values(values) => values,
            Predictions::Probabilities { values, .. } => values,
        };
        assert!(values.iter().all(|v| v.is_finite()));
    }
}

#[test]
fn a_stop_is_seen_before_the_next_tree() {
    let data = binary();
    let boosting = algorithm("boosting").unwrap();
    let params = boosting.info().with_defaults(&Default::default());
    let found = boosting.fit(&data, &params, 1, &Stopping);
    assert!(matches!(found, Err(TrainError::Stopped)), "{found:?}");
    assert!(boosting.fit(&data, &params, 1, &Quiet).is_ok());
}

/// Heavier rows count as if they were there more often.
#[test]
fn a_weight_of_two_is_a_row_twice() {
    let data = with_ties(regression());
    let head = |n: usize| Slice::from(..n);
    let first: Vec<usize> = (0..100).collect();
    let mut weighted = set(
        data.x.slice_axis(Axis(0), head(100)).to_owned(),
        data.targets.take(&first),
    );
    weighted.weights = Some((0..100).map(|i| if i < 50 { 2.0 } else { 1.0 }).collect());
    let rows: Vec<usize> = (0..50).chain(0..100).collect();
    let repeated = set(data.x.select(Axis(0), &rows), data.targets.take(&rows));
    let params = [
        ("n_trees", 5_i64.into()),
        ("min_samples_leaf", 3_i64.into()),
    ];
    let answers = |set: &TrainingSet| match fit("boosting", set, &params).predict(data.x.view()) {
        Predictions::Values(values) => values,
        other => panic!("{other:?}"),
    };
    assert_close(&answers(&weighted), &answers(&repeated), 1e-4);
}
