//! A single decision tree. Growing it is left to `train::trees`.

use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamRange, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::Estimator;
use crate::train::algorithm::{Algorithm, TrainingSet, even, float, integer, magnitude, param};
use crate::train::calibration;
use crate::train::error::TrainError;
use crate::train::row_weights;
use crate::train::trees::{ForestParams, MaxFeatures, fit_forest};

pub(super) struct DecisionTree;

impl Algorithm for DecisionTree {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: "tree".to_owned(),
            title: "Decision tree".to_owned(),
            made_of: "Lockkeeper".to_owned(),
            help: "Questions of the form \"is this above that?\", one after the other. Finds thresholds and combinations; a \
                   shallow one can be read like a rule."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass, Task::Regression],
            params: vec![
                param(
                    "max_depth",
                    "Depth",
                    "The most questions on the way to an answer.",
                    ParamRange::Int { min: 1, max: 64 },
                    6_i64,
                ).tuned(even(2.0, 16.0)),
                param(
                    "min_samples_leaf",
                    "Rows a leaf",
                    "The fewest training rows behind an answer.",
                    ParamRange::Int { min: 1, max: 1_000_000 },
                    20_i64,
                ).tuned(magnitude(1.0, 200.0)),
                param(
                    "smoothing",
                    "Smoothing",
                    "Average training rows that are added to each leaf, so that no answer is quite certain; classes only.",
                    ParamRange::Float { min: 0.0, max: 1e6 },
                    1.0,
                ),
                row_weights::param(),
                calibration::param(),
            ],
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
        let params = ForestParams {
            n_trees: 1,
            max_depth: Some(integer(params, "max_depth")),
            min_samples_leaf: integer(params, "min_samples_leaf"),
            max_features: MaxFeatures::All,
            random_thresholds: false,
            bootstrap: false,
            smoothing: float(params, "smoothing"),
            seed,
        };
        let weights = data.weights.as_deref();
        let is_stopped = || monitor.is_stopped();
        fit_forest(data.x.view(), &data.targets, weights, &params, &is_stopped)
            .map(Estimator::Forest)
    }
}
