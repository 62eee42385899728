//! Gaussian naive Bayes, fitted by linfa-bayes; prediction is ours (`model::gaussian_nb`), because linfa's
//! probabilities are not finite where all densities are tiny.
//!
//! linfa keeps the fitted parameters to itself; they come out by serde. Its variance smoothing adds a share of the
//! largest variance, as scikit-learn does; where all columns are constant that is nothing, so there is a floor too.
//!
//! The default smoothing is far above scikit-learn's 1e-9: a category that one class lacks has variance 0 there, and a
//! single row then decides everything. On the flights of January to March (5 folds), the AUC is .685 with 0.3 and .599
//! with 1e-9, the log loss 0.64 and 11.9.

use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamRange, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Estimator, GaussianNb, NbClass};
use crate::train::algorithm::{Algorithm, TrainingSet, classes_of, float, magnitude, param};
use crate::train::calibration;
use crate::train::error::TrainError;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use serde::Deserialize;
use std::collections::BTreeMap;

const ID: &str = "naive_bayes";

/// Variances below this are taken for it, so that no column can divide by zero.
const SMALLEST_VARIANCE: f64 = 1e-12;

pub(super) struct NaiveBayes;

/// The fitted parameters as linfa-bayes 0.8 writes them.
#[derive(Deserialize)]
struct FittedParams {
    class_info: BTreeMap<usize, ClassParams>,
}

#[derive(Deserialize)]
struct ClassParams {
    prior: f64,
    theta: Array1<f64>,
    sigma: Array1<f64>,
}

impl Algorithm for NaiveBayes {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: ID.to_owned(),
            title: "Gaussian naive Bayes".to_owned(),
            made_of: "linfa-bayes 0.8".to_owned(),
            help: "Takes all inputs for independent and normally distributed in each class. Very quick, often a good \
                   ranking, seldom good probabilities."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass],
            params: vec![
                param(
                    "var_smoothing",
                    "Smoothing",
                    "Share of the largest variance that is added to all variances.",
                    ParamRange::Float { min: 0.0, max: 100.0 },
                    0.3,
                ).tuned(magnitude(1e-9, 1.0)),
                calibration::param(),
            ],
        }
    }

    fn cells_a_second(&self, _n_features: usize) -> Option<usize> {
        Some(20_000_000)
    }

    fn weighs_rows(&self) -> bool {
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
        let (n_classes, codes) = classes_of(data, ID)?;
        let codes: Array1<usize> = codes.iter().map(|c| *c as usize).collect();
        let fitted: linfa_bayes::GaussianNb<f64, usize> = linfa_bayes::GaussianNb::params()
            .var_smoothing(float(params, "var_smoothing"))
            .fit(&DatasetBase::new(data.x.view(), codes))
            .map_err(|e| TrainError::not_fitted(ID, e))?;
        let fitted: FittedParams = serde_json::to_value(&fitted)
            .and_then(serde_json::from_value)
            .map_err(|e| {
                TrainError::not_fitted(ID, format!("its parameters cannot be read ({e})"))
            })?;
        let classes = fitted
            .class_info
            .into_iter()
            .map(|(class, info)| NbClass {
                class: class as u32,
                prior: info.prior,
                means: info.theta.to_vec(),
                variances: info
                    .sigma
                    .iter()
                    .map(|v| v.max(SMALLEST_VARIANCE))
                    .collect(),
            })
            .collect();
        Ok(Estimator::GaussianNb(GaussianNb { classes, n_classes }))
    }
}
