//! Linear regression with one kind of penalty, fitted by linfa-elasticnet: L2 (ridge, Hoerl and Kennard 1970) or L1 (lasso,
//! Tibshirani 1996). The work is in `elastic_net`.

use super::elastic_net::{self, centred_params};
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::Estimator;
use crate::train::algorithm::{Algorithm, TrainingSet};
use crate::train::error::TrainError;

/// An elastic net whose share of L1 is settled.
pub(super) struct Penalised {
    id: &'static str,
    title: &'static str,
    help: &'static str,
    l1_ratio: f64,
}

pub(super) static RIDGE: Penalised = Penalised {
    id: "ridge",
    title: "Ridge regression",
    help: "Linear regression that keeps weights small (an L2 penalty). For many or correlated inputs.",
    l1_ratio: 0.0,
};

pub(super) static LASSO: Penalised = Penalised {
    id: "lasso",
    title: "Lasso",
    help: "Linear regression that sets useless weights to zero (an L1 penalty). Shows which inputs matter.",
    l1_ratio: 1.0,
};

impl Algorithm for Penalised {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            made_of: "linfa-elasticnet 0.8".to_owned(),
            help: self.help.to_owned(),
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
        elastic_net::fit(data, params, self.l1_ratio, monitor)
    }
}
