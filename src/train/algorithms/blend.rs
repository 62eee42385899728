//! A weighted average of the other candidates. What it learns is in `train::stacking`; here is what it says of itself.

use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamRange, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::Estimator;
use crate::train::algorithm::{Algorithm, TrainingSet, param};
use crate::train::error::TrainError;

const ID: &str = super::BLEND;

pub(super) struct Blend;

impl Algorithm for Blend {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: ID.to_owned(),
            title: "Blend".to_owned(),
            made_of: "the other candidates; their weights by Lockkeeper".to_owned(),
            help: "Averages the other candidates, with the weights that would have answered best for held-out rows. Often \
                   a little better than the best of them; larger, and hard to read."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass, Task::Regression],
            params: vec![param(
                "max_members",
                "Members",
                "The most candidates that it may keep: those of the largest weights.",
                ParamRange::Int { min: 1, max: 50 },
                5_i64,
            )],
        }
    }

    fn encoding(&self) -> Encoding {
        Encoding::Both
    }

    fn is_made_of_candidates(&self) -> bool {
        true
    }

    fn fit(
        &self,
        _data: &TrainingSet,
        _params: &Params,
        _seed: u64,
        _monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError> {
        Err(TrainError::not_fitted(
            ID,
            "a blend learns from other candidates and not from rows",
        ))
    }
}
