//! The algorithms, one file each. To add one: write the file, and put its name into the list below.

mod baseline;
mod bernoulli_nb;
mod blend;
mod boosting;
mod elastic_net;
mod extra_trees;
mod forest;
mod gram;
mod lasso;
mod linear;
mod logistic;
mod multinomial_nb;
mod naive_bayes;
mod newton;
mod parts;
mod ridge;
mod softmax;
mod svm;
mod tree;

use super::algorithm::Algorithm;

/// The id of the algorithm that every candidate has to beat.
pub const BASELINE: &str = "baseline";

/// The id of the algorithm that is made of other candidates.
pub const BLEND: &str = "blend";

static ALGORITHMS: [&dyn Algorithm; 15] = [
    &baseline::Baseline,
    &logistic::Logistic,
    &naive_bayes::NaiveBayes,
    &bernoulli_nb::BernoulliNb,
    &multinomial_nb::MultinomialNb,
    &linear::LeastSquares,
    &ridge::Ridge,
    &lasso::Lasso,
    &elastic_net::ElasticNet,
    &svm::SupportVectors,
    &tree::DecisionTree,
    &forest::RandomForest,
    &extra_trees::ExtraTrees,
    &boosting::Boosting,
    &blend::Blend,
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
