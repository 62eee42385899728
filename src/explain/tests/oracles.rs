//! Explanations against scikit-learn, XGBoost and shap: expected values are made by `tests/oracles/explain/make.py`.

use super::{model, numbers, table};
use crate::domain::metric::Metric;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::work::Quiet;
use crate::explain::importance::{Rows, summed_up};
use crate::explain::{
    DependenceJob, Effort, Ground, ImportanceJob, contributions, partial_dependence,
    permutation_importance,
};
use crate::feature::Encoding;
use crate::model::{
    Boosted, Estimator, Forest, GaussianNb, Linear, Link, Model, NbClass, Node, Tree,
};
use serde_json::Value;

const EXPECTED: &str = include_str!("../../../tests/oracles/explain/expected.json");

fn expected(area: &str) -> Value {
    let all: Value = serde_json::from_str(EXPECTED).unwrap();
    all[area].clone()
}

fn list(value: &Value) -> Vec<f64> {
    let items = value.as_array().unwrap().iter();
    items.map(|v| v.as_f64().unwrap()).collect()
}

fn lists(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(list).collect()
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} instead of {expected}"
    );
}

fn tree(value: &Value) -> (Tree, Vec<f64>) {
    let node = |n: &Vec<f64>| Node {
        feature: n[0] as u32,
        threshold: n[1] as f32,
        left: n[2] as u32,
        right: n[3] as u32,
    };
    let tree = Tree {
        nodes: lists(&value["nodes"]).iter().map(node).collect(),
        answers: list(&value["answers"]),
    };
    (tree, list(&value["covers"]))
}

/// The trees of an area and the rows of their nodes.
fn trees(area: &Value) -> (Vec<Tree>, Ground) {
    let all = area["trees"].as_array().unwrap().iter();
    let (trees, covers): (Vec<Tree>, Vec<Vec<f64>>) = all.map(tree).unzip();
    (trees, Ground::of_covers(covers, 300))
}

const QUICK: (Effort, u64) = (Effort::ManyRows, 1);

#[test]
fn contributions_of_a_forest_are_those_of_shap() {
    let all = expected("trees");
    let area = &all["forest"];
    let (trees, ground) = trees(area);
    let forest = Forest {
        trees,
        n_classes: Some(3),
        n_features: 6,
    };
    let forest = model(numbers(6), Encoding::Ordinal, Estimator::Forest(forest));
    let rows = table(&lists(&all["rows"]));
    for class in 0..3 {
        let found = contributions(&forest, &ground, class, &rows, QUICK, &Quiet).unwrap();
        for (i, output) in found.outputs().into_iter().enumerate() {
            assert_close(
                output,
                area["predictions"][i][class].as_f64().unwrap(),
                1e-12,
            );
            for j in 0..6 {
                let expected = area["shap"][i][j][class].as_f64().unwrap();
                assert_close(found.values[[i, j]], expected, 1e-10);
            }
        }
    }
}

#[test]
fn contributions_of_a_regression_forest_are_those_of_shap() {
    let all = expected("trees");
    let area = &all["regression"];
    let (trees, ground) = trees(area);
    let forest = Forest {
        trees,
        n_classes: None,
        n_features: 6,
    };
    let forest = model(numbers(6), Encoding::Ordinal, Estimator::Forest(forest));
    let rows = table(&lists(&all["rows"]));
    let found = contributions(&forest, &ground, 0, &rows, QUICK, &Quiet).unwrap();
    assert_close(found.base, area["base"].as_f64().unwrap(), 1e-12);
    for (i, output) in found.outputs().into_iter().enumerate() {
        assert_close(output, area["predictions"][i].as_f64().unwrap(), 1e-12);
        for j in 0..6 {
            let expected = area["shap"][i][j].as_f64().unwrap();
            assert_close(found.values[[i, j]], expected, 1e-10);
        }
    }
}

#[test]
fn contributions_of_boosted_trees_are_those_of_shap() {
    let all = expected("trees");
    let area = &all["boosting"];
    let (trees, ground) = trees(area);
    let boosted = Boosted {
        trees,
        intercepts: vec![0.0],
        link: Link::Logistic,
        n_features: 6,
    };
    let boosted = model(numbers(6), Encoding::Ordinal, Estimator::Boosted(boosted));
    let rows = table(&lists(&all["rows"]));
    let of = |class| contributions(&boosted, &ground, class, &rows, QUICK, &Quiet).unwrap();
    let (first, second) = (of(0), of(1));
    // XGBoost and shap compute these in f32.
    for (i, output) in second.outputs().into_iter().enumerate() {
        assert_close(output, area["margins"][i].as_f64().unwrap(), 2e-6);
        for j in 0..6 {
            let expected = area["shap"][i][j].as_f64().unwrap();
            assert_close(second.values[[i, j]], expected, 2e-6);
            assert_close(first.values[[i, j]], -second.values[[i, j]], 0.0);
        }
    }
}

fn regression(area: &Value) -> Model {
    let linear = Linear {
        coefficients: vec![list(&area["weights"])],
        intercepts: vec![area["intercept"].as_f64().unwrap()],
        link: Link::Identity,
    };
    model(numbers(3), Encoding::OneHot, Estimator::Linear(linear))
}

/// Root mean squared error with weights.
fn rmse(
    _: Metric,
    targets: &Targets,
    predictions: &Predictions,
    weights: Option<&[f64]>,
) -> Option<f64> {
    let (Targets::Values(truth), Predictions::Values(found)) = (targets, predictions) else {
        return None;
    };
    let (mut sum, mut n) = (0.0, 0.0);
    for (i, (t, f)) in truth.iter().zip(found).enumerate() {
        let weight = weights.map_or(1.0, |w| w[i]);
        sum += weight * (t - f) * (t - f);
        n += weight;
    }
    Some((sum / n).sqrt())
}

#[test]
fn the_importance_of_given_shuffles_is_that_of_scikit_learn() {
    let area = expected("importance");
    let model = regression(&area);
    let table = table(&lists(&area["rows"]));
    let targets = Targets::Values(list(&area["target"]));
    let job = ImportanceJob {
        model: &model,
        table: &table,
        targets: &targets,
        metric: Metric::Rmse,
        score: &rmse,
        n_repeats: 4,
        seed: 1,
    };
    let all: Vec<usize> = (0..table.n_rows()).collect();
    let rows = Rows::new(&job, &all).unwrap();
    for column in 0..3 {
        let name = format!("x{column}");
        let orders = lists(&area["orders"][column]);
        let drops: Vec<_> = orders
            .iter()
            .map(|order| {
                let order: Vec<usize> = order.iter().map(|i| *i as usize).collect();
                rows.drops(&job, &name, &order).unwrap()
            })
            .collect();
        let found = summed_up(&name, &drops);
        let expected = &area["columns"][column];
        assert_close(found.mean, expected["mean"].as_f64().unwrap(), 1e-12);
        assert_close(found.sd, expected["sd"].as_f64().unwrap(), 1e-12);
        for (found, expected) in found.repeats.iter().zip(list(&expected["repeats"])) {
            assert_close(*found, expected, 1e-12);
        }
        let interval = found.interval.unwrap();
        for (found, expected) in interval.iter().zip(list(&expected["interval"])) {
            assert_close(*found, expected, 1e-9);
        }
    }
}

#[test]
fn our_own_shuffles_agree_with_scikit_learns_on_average() {
    let area = expected("importance");
    let model = regression(&area);
    let table = table(&lists(&area["rows"]));
    let targets = Targets::Values(list(&area["target"]));
    let job = ImportanceJob {
        model: &model,
        table: &table,
        targets: &targets,
        metric: Metric::Rmse,
        score: &rmse,
        n_repeats: 400,
        seed: 1,
    };
    let found = permutation_importance(&job, &Quiet).unwrap();
    let (means, sds) = (list(&area["many_mean"]), list(&area["many_sd"]));
    assert_eq!(found.columns[0].column, "x0", "the most important first");
    for column in &found.columns {
        let j: usize = column.column[1..].parse().unwrap();
        // Both are means of 400 random shuffles: four standard errors of their difference.
        let tolerance = 4.0 * sds[j] * (2.0_f64 / 400.0).sqrt();
        assert_close(column.mean, means[j], tolerance);
        assert_close(column.sd / sds[j], 1.0, 0.2);
    }
}

#[test]
fn partial_dependence_is_that_of_scikit_learn() {
    let area = expected("dependence");
    let linear = Linear {
        coefficients: vec![list(&area["weights"])],
        intercepts: vec![area["intercept"].as_f64().unwrap()],
        link: Link::Logistic,
    };
    let model = model(numbers(3), Encoding::OneHot, Estimator::Linear(linear));
    let rows = table(&lists(&area["rows"]));
    let job = DependenceJob {
        model: &model,
        table: &rows,
        column: "x1",
        class: 1,
        seed: 1,
    };
    let found = partial_dependence(&job, &Quiet).unwrap();
    let at: Vec<f64> = found.grid.iter().map(|p| p.at.unwrap()).collect();
    assert_eq!(at, list(&area["grid"]));
    for (found, expected) in found.mean.iter().zip(list(&area["mean"])) {
        assert_close(*found, expected, 1e-9);
    }
    let curves = lists(&area["curves"]);
    assert_eq!(found.curves.len(), curves.len());
    for (found, expected) in found.curves.iter().flatten().zip(curves.iter().flatten()) {
        assert_close(*found, *expected, 1e-9);
    }
}

#[test]
fn contributions_of_a_weighted_sum_are_those_of_shap() {
    let area = expected("dependence");
    let linear = Linear {
        coefficients: vec![list(&area["weights"])],
        intercepts: vec![area["intercept"].as_f64().unwrap()],
        link: Link::Logistic,
    };
    let model = model(numbers(3), Encoding::OneHot, Estimator::Linear(linear));
    let rows = table(&lists(&area["rows"]));
    let ground = Ground::of(&model, &rows, 1).unwrap();
    let found = contributions(&model, &ground, 1, &rows.slice(0, 6), QUICK, &Quiet).unwrap();
    assert_close(found.base, area["base"].as_f64().unwrap(), 1e-9);
    let expected = lists(&area["shap"]);
    for (found, expected) in found.values.iter().zip(expected.iter().flatten()) {
        assert_close(*found, *expected, 1e-9);
    }
}

#[test]
fn sampled_contributions_agree_with_all_sets_of_columns_within_their_errors() {
    let area = expected("sampled");
    let (means, variances) = (lists(&area["means"]), lists(&area["variances"]));
    let class = |k: usize| NbClass {
        class: k as u32,
        prior: list(&area["priors"])[k],
        means: means[k].clone(),
        variances: variances[k].clone(),
    };
    let bayes = GaussianNb {
        classes: vec![class(0), class(1)],
        n_classes: 2,
    };
    let bayes = model(numbers(4), Encoding::OneHot, Estimator::GaussianNb(bayes));
    let (background, rows) = (
        table(&lists(&area["background"])),
        table(&lists(&area["rows"])),
    );
    let expected = lists(&area["shap"]);
    // Every training row five times over: 200 pairs of orders, and the mean answer stays the same.
    let many: Vec<usize> = (0..200).map(|i| i % 40).collect();
    let ground = Ground::of(&bayes, &background.take(&many), 1).unwrap();
    let effort = (Effort::OneRow, 1);
    let found = contributions(&bayes, &ground, 1, &rows, effort, &Quiet).unwrap();
    assert_close(found.base, area["base"].as_f64().unwrap(), 1e-12);
    let predictions = list(&area["predictions"]);
    let errors = found.errors.as_ref().unwrap();
    for (i, output) in found.outputs().into_iter().enumerate() {
        assert_close(output, predictions[i], 1e-12);
        for j in 0..4 {
            let error = errors[[i, j]];
            assert!(error > 0.0 && error < 0.05, "{error}");
            assert_close(found.values[[i, j]], expected[i][j], 4.0 * error);
        }
    }
}
