//! Extremely randomised trees (Geurts, Ernst and Wehenkel 2006). Growing them is left to `train::trees`.

use super::forest;
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::Estimator;
use crate::train::algorithm::{Algorithm, TrainingSet};
use crate::train::error::TrainError;

pub(super) struct ExtraTrees;

impl Algorithm for ExtraTrees {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: "extra_trees".to_owned(),
            title: "Extra trees".to_owned(),
            made_of: "Lockkeeper".to_owned(),
            help: "A forest whose questions are drawn at random, the best of a few each. Smoother than a random forest; often \
                   better where inputs are noisy."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass, Task::Regression],
            params: forest::params(false),
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
        forest::fit(data, params, (seed, true), monitor)
    }
}
