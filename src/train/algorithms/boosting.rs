//! Gradient boosting. The rounds are left to `train::boosting`.

use super::baseline::Baseline;
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamRange, Params};
use crate::domain::prediction::Targets;
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::Estimator;
use crate::train::algorithm::{
    Algorithm, TrainingSet, class_counts, even, float, integer, magnitude, param,
};
use crate::train::boosting::{BoostingParams, fit_boosting};
use crate::train::calibration;
use crate::train::error::TrainError;
use crate::train::row_weights;

pub(super) struct Boosting;

/// With fewer rows, a tenth of them is too few to say when to stop.
const MIN_ROWS_FOR_EARLY_STOPPING: usize = 1000;

impl Algorithm for Boosting {
    fn info(&self) -> AlgorithmInfo {
        let share = |name, title, help| {
            let range = ParamRange::Float {
                min: 0.05,
                max: 1.0,
            };
            param(name, title, help, range, 1.0)
        };
        AlgorithmInfo {
            id: "boosting".to_owned(),
            title: "Gradient boosting".to_owned(),
            made_of: "forust-ml 0.8 (trees), Lockkeeper (rounds)".to_owned(),
            help: "Small trees, each correcting those before it. Usually the strongest on tables; needs a few hundred rows."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass, Task::Regression],
            params: vec![
                param(
                    "n_trees",
                    "Rounds",
                    "The most trees, one a round (and a class, where there are more than two).",
                    ParamRange::Int { min: 1, max: 10_000 },
                    100_i64,
                ).tuned(magnitude(50.0, 800.0)),
                param(
                    "learning_rate",
                    "Learning rate",
                    "How much of each tree is taken; smaller needs more rounds and is often a little better.",
                    ParamRange::Float { min: 0.001, max: 1.0 },
                    0.1,
                ).tuned(magnitude(0.02, 0.3)),
                param(
                    "max_depth",
                    "Depth",
                    "The most questions on the way to an answer.",
                    ParamRange::Int { min: 1, max: 16 },
                    6_i64,
                ).tuned(even(2.0, 9.0)),
                param(
                    "min_samples_leaf",
                    "Rows a leaf",
                    "The fewest training rows behind an answer; rows that are told apart already count less.",
                    ParamRange::Int { min: 0, max: 1_000_000 },
                    20_i64,
                ).tuned(magnitude(1.0, 100.0)),
                param(
                    "l2",
                    "Shrinkage (L2)",
                    "Pulls the answers of small leaves towards nothing.",
                    ParamRange::Float { min: 0.0, max: 1e6 },
                    1.0,
                ).tuned(magnitude(0.1, 30.0)),
                share("subsample", "Share of rows", "Share of the rows that a round sees."),
                share("colsample", "Share of inputs", "Share of the inputs that a round sees."),
                param(
                    "patience",
                    "Early stopping",
                    "Ends after so many rounds without gain on a tenth of the rows, which is held back; 0 is never, and so \
                     are fewer than 1,000 rows.",
                    ParamRange::Int { min: 0, max: 1000 },
                    0_i64,
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
        let is_alike = match &data.targets {
            Targets::Classes { .. } => class_counts(&data.targets).len() < 2,
            Targets::Values(values) => values.windows(2).all(|w| w[0] == w[1]),
        };
        if is_alike {
            monitor.warn("Gradient boosting saw the same target in all rows and answers with it");
            return Baseline.fit(data, params, seed, monitor);
        }
        let patience = integer(params, "patience");
        let has_rows = data.x.nrows() >= MIN_ROWS_FOR_EARLY_STOPPING;
        let params = BoostingParams {
            n_rounds: integer(params, "n_trees"),
            learning_rate: float(params, "learning_rate"),
            max_depth: integer(params, "max_depth"),
            min_samples_leaf: integer(params, "min_samples_leaf") as f64,
            l2: float(params, "l2"),
            subsample: float(params, "subsample"),
            colsample: float(params, "colsample"),
            patience: (patience > 0 && has_rows).then_some(patience),
            seed,
        };
        let weights = data.weights.as_deref();
        fit_boosting(data.x.view(), &data.targets, weights, &params, monitor)
            .map(Estimator::Boosted)
    }
}
