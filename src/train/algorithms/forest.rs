//! A random forest (Breiman 2001). Growing it is left to `train::trees`.

use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamInfo, ParamRange, Params, Tuning};
use crate::domain::prediction::Targets;
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::Estimator;
use crate::train::algorithm::{
    Algorithm, TrainingSet, choice, even, flag, integer, magnitude, param,
};
use crate::train::calibration;
use crate::train::error::TrainError;
use crate::train::row_weights;
use crate::train::trees::{ForestParams, MaxFeatures, fit_forest};

pub(super) struct RandomForest;

impl Algorithm for RandomForest {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: "forest".to_owned(),
            title: "Random forest".to_owned(),
            made_of: "Lockkeeper".to_owned(),
            help: "Many trees on resampled rows, averaged. Strong on most tables without tuning; slower, and hard to read."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass, Task::Regression],
            params: params(true),
        }
    }

    fn encoding(&self) -> Encoding {
        Encoding::Ordinal
    }

    fn fit(
        &self,
        data: &TrainingSet,
        params: &Params,
        seed: u64,
        monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError> {
        fit(data, params, (seed, false), monitor)
    }
}

/// The parameters of a forest, of either kind.
pub(super) fn params(bootstrap: bool) -> Vec<ParamInfo> {
    let max_features = ["auto", "sqrt", "third", "all"].map(str::to_owned).to_vec();
    vec![
        param(
            "n_trees",
            "Trees",
            "More trees are never worse, only slower.",
            ParamRange::Int { min: 1, max: 5000 },
            100_i64,
        ),
        param(
            "max_depth",
            "Depth",
            "The most questions on the way to an answer.",
            ParamRange::Int { min: 1, max: 64 },
            20_i64,
        ).tuned(even(4.0, 30.0)),
        param(
            "min_samples_leaf",
            "Rows a leaf",
            "The fewest training rows behind a tree's answer; more makes smoother probabilities and smaller models.",
            ParamRange::Int {
                min: 1,
                max: 1_000_000,
            },
            5_i64,
        ).tuned(magnitude(1.0, 50.0)),
        param(
            "max_features",
            "Inputs a split",
            "How many inputs each split may choose from; auto is the square root for classes and a third for numbers.",
            ParamRange::Choice(max_features),
            "auto",
        ).tuned(Tuning::Choices(["sqrt", "third", "all"].map(str::to_owned).to_vec())),
        param(
            "bootstrap",
            "Resample rows",
            "Whether each tree sees rows drawn with replacement.",
            ParamRange::Bool,
            bootstrap,
        ),
        row_weights::param(),
                calibration::param(),
    ]
}

/// Grows a forest; with random thresholds, extremely randomised trees.
pub(super) fn fit(
    data: &TrainingSet,
    params: &Params,
    (seed, random_thresholds): (u64, bool),
    monitor: &dyn Monitor,
) -> Result<Estimator, TrainError> {
    let is_regression = matches!(data.targets, Targets::Values(_));
    let params = ForestParams {
        n_trees: integer(params, "n_trees"),
        max_depth: Some(integer(params, "max_depth")),
        min_samples_leaf: integer(params, "min_samples_leaf"),
        max_features: match choice(params, "max_features") {
            "all" => MaxFeatures::All,
            "third" => MaxFeatures::Third,
            "auto" if is_regression => MaxFeatures::Third,
            _ => MaxFeatures::SquareRoot,
        },
        random_thresholds,
        bootstrap: flag(params, "bootstrap"),
        smoothing: 0.0,
        seed,
    };
    let weights = data.weights.as_deref();
    let is_stopped = || monitor.is_stopped();
    fit_forest(data.x.view(), &data.targets, weights, &params, &is_stopped).map(Estimator::Forest)
}
