//! Elastic net, fitted by linfa-elasticnet (coordinate descent). linfa does not centre the inputs, so we do: the
//! intercept is then free of the penalty, as in scikit-learn.

use super::linear::column_means;
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamRange, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Estimator, Linear, Link};
use crate::train::algorithm::{Algorithm, TrainingSet, float, integer, param, values_of};
use crate::train::error::TrainError;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ShapeBuilder};

const ID: &str = "elastic_net";

pub(super) struct ElasticNet;

impl Algorithm for ElasticNet {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: ID.to_owned(),
            title: "Elastic net".to_owned(),
            made_of: "linfa-elasticnet 0.8".to_owned(),
            help: "Linear regression that keeps weights small and sets useless ones to zero. For many or correlated inputs."
                .to_owned(),
            tasks: vec![Task::Regression],
            params: vec![
                param(
                    "penalty",
                    "Penalty",
                    "Strength of the penalty in the target's units; 0 is linear regression.",
                    ParamRange::Float { min: 0.0, max: 1e9 },
                    0.1,
                ),
                param(
                    "l1_ratio",
                    "Share of L1",
                    "1 sets many weights to zero (lasso), 0 none (ridge).",
                    ParamRange::Float { min: 0.0, max: 1.0 },
                    0.5,
                ),
                param(
                    "max_iterations",
                    "Iterations",
                    "The most rounds over all weights.",
                    ParamRange::Int { min: 1, max: 1_000_000 },
                    1000_i64,
                ),
                param(
                    "tolerance",
                    "Tolerance",
                    "Stops when the weights change by less.",
                    ParamRange::Float { min: 1e-14, max: 1.0 },
                    1e-4,
                ),
            ],
        }
    }

    fn can_be_stopped(&self) -> bool {
        false
    }

    fn encoding(&self) -> Encoding {
        Encoding::OneHot
    }

    fn fit(
        &self,
        data: &TrainingSet,
        params: &Params,
        _seed: u64,
        _monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError> {
        let values = values_of(data, ID)?;
        let means = column_means(data.x.view());
        let y = Array1::from(values.to_vec());
        let y_mean = y.sum() / y.len() as f64;
        // Coordinate descent reads columns: stored column by column they are read forwards.
        let mut centred = Array2::zeros(data.x.raw_dim().f());
        centred.assign(&(&data.x - &means));
        let fitted = linfa_elasticnet::ElasticNet::<f64>::params()
            .penalty(float(params, "penalty"))
            .l1_ratio(float(params, "l1_ratio"))
            .max_iterations(integer(params, "max_iterations") as u32)
            .tolerance(float(params, "tolerance"))
            .with_intercept(false)
            .fit(&DatasetBase::new(centred, y - y_mean))
            .map_err(|e| TrainError::not_fitted(ID, e))?;
        let weights = fitted.hyperplane().to_vec();
        let at_means: f64 = means.iter().zip(&weights).map(|(m, w)| m * w).sum();
        let intercept = y_mean - at_means;
        if !intercept.is_finite() || weights.iter().any(|w| !w.is_finite()) {
            return Err(TrainError::not_fitted(
                ID,
                "the weights grew beyond all bounds",
            ));
        }
        Ok(Estimator::Linear(Linear {
            coefficients: vec![weights],
            intercepts: vec![intercept],
            link: Link::Identity,
        }))
    }
}
