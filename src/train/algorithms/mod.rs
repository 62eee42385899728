//! The algorithms, one file each. To add one: write the file, and put its name into the list below.

mod baseline;
mod boosting;
mod elastic_net;
mod extra_trees;
mod forest;
mod linear;
mod logistic;
mod naive_bayes;
mod softmax;
mod tree;

use super::algorithm::Algorithm;

/// The id of the algorithm that every candidate has to beat.
pub const BASELINE: &str = "baseline";

static ALGORITHMS: [&dyn Algorithm; 9] = [
    &baseline::Baseline,
    &logistic::Logistic,
    &naive_bayes::NaiveBayes,
    &linear::LeastSquares,
    &elastic_net::ElasticNet,
    &tree::DecisionTree,
    &forest::RandomForest,
    &extra_trees::ExtraTrees,
    &boosting::Boosting,
];

/// All algorithms, in the order in which they are shown.
#[must_use]
pub fn algorithms() -> &'static [&'static dyn Algorithm] {
    &ALGORITHMS
}

/// The algorithm of this id.
#[must_use]
pub fn algorithm(id: &str) -> Option<&'static dyn Algorithm> {
    ALGORITHMS.iter().copied().find(|a| a.info().id == id)
}
