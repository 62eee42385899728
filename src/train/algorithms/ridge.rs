//! Linear regression with an L2 penalty (Hoerl and Kennard 1970), fitted by linfa-elasticnet. The work is in `elastic_net`.

use super::elastic_net::{self, centred_params};
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::Estimator;
use crate::train::algorithm::{Algorithm, TrainingSet};
use crate::train::error::TrainError;

pub(super) struct Ridge;

impl Algorithm for Ridge {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: "ridge".to_owned(),
            title: "Ridge regression".to_owned(),
            made_of: "linfa-elasticnet 0.8".to_owned(),
            help: "Linear regression that keeps weights small (an L2 penalty). For many or correlated inputs.".to_owned(),
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
        elastic_net::fit(data, params, 0.0, monitor)
    }
}
