//! The algorithms, one file each. To add one: write the file, and put its name into the list below.

mod baseline;
mod bernoulli_nb;
mod blend;
mod boosting;
mod counting;
mod elastic_net;
mod extra_trees;
mod forest;
mod gram;
mod linear;
mod logistic;
mod multinomial_nb;
mod naive_bayes;
mod newton;
mod onnx;
mod parts;
mod penalised;
mod softmax;
mod svm;
mod tree;

use super::algorithm::Algorithm;

/// The id of the algorithm that every candidate has to beat.
pub const BASELINE: &str = "baseline";

/// The id of the algorithm that is made of other candidates.
pub const BLEND: &str = "blend";

/// The id of what is no algorithm but a model of another program.
pub const IMPORTED: &str = "onnx";

static ALGORITHMS: [&dyn Algorithm; 15] = [
    &baseline::Baseline,
    &logistic::Logistic,
    &naive_bayes::NaiveBayes,
    &bernoulli_nb::BernoulliNb,
    &multinomial_nb::MultinomialNb,
    &linear::LeastSquares,
    &penalised::RIDGE,
    &penalised::LASSO,
    &elastic_net::ElasticNet,
    &svm::SupportVectors,
    &tree::DecisionTree,
    &forest::RandomForest,
    &extra_trees::ExtraTrees,
    &boosting::Boosting,
    &blend::Blend,
];

/// All algorithms that fit, in the order in which they are shown.
#[must_use]
pub fn algorithms() -> &'static [&'static dyn Algorithm] {
    &ALGORITHMS
}

/// What candidates that are models of other programs have in place of an algorithm.
#[must_use]
pub fn imported() -> &'static dyn Algorithm {
    &onnx::Onnx
}

/// The algorithm of this id.
#[must_use]
pub fn algorithm(id: &str) -> Option<&'static dyn Algorithm> {
    let all = ALGORITHMS.iter().copied().chain([imported()]);
    all.into_iter().find(|a| a.info().id == id)
}
