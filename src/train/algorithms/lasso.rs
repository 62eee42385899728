//! Linear regression with an L1 penalty (Tibshirani 1996), fitted by linfa-elasticnet. The work is in `elastic_net`.

use super::elastic_net::{self, centred_params};
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::Estimator;
use crate::train::algorithm::{Algorithm, TrainingSet};
use crate::train::error::TrainError;

pub(super) struct Lasso;

impl Algorithm for Lasso {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: "lasso".to_owned(),
            title: "Lasso".to_owned(),
            made_of: "linfa-elasticnet 0.8".to_owned(),
            help: "Linear regression that sets useless weights to zero (an L1 penalty). Shows which inputs matter.".to_owned(),
            tasks: vec![Task::Regression],
            params: centred_params(),
        }
    }

    fn cells_a_second(&self, n_features: usize) -> Option<usize> {
        elastic_net::cells_a_second(n_features)
    }

    fn encoding(&self) -> Encoding {
        Encoding::OneHot
    }

    fn fit(
        &self,
        data: &TrainingSet,
        params: &Params,
        _seed: u64,
        monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError> {
        elastic_net::fit(data, params, 1.0, monitor)
    }
}
