//! Logistic regression with two or more classes, fitted by linfa-logistic (L-BFGS with an L2 penalty).
//!
//! With several classes linfa's fit is a starting point only and `softmax` ends the work: linfa 0.8.1 subtracts the
//! maximum of all scores, not of a row's, before it exponentiates, and cuts the sum off at 1e-15, so that its loss is
//! wrong wherever the scores of two rows are more than about 34 apart.
//!
//! The loss is summed over rows as in scikit-learn, so `alpha` is scikit-learn's `1 / C`, and the gradient's tolerance
//! grows with the rows. linfa calls the more frequent class positive; ours is the second in the classes' order.

use super::baseline::Baseline;
use super::softmax;
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamRange, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Estimator, Linear, Link};
use crate::train::algorithm::{
    Algorithm, TrainingSet, class_counts, classes_of, float, integer, param,
};
use crate::train::error::TrainError;
use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::{LogisticRegression, MultiLogisticRegression};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, concatenate};

const ID: &str = "logistic";

pub(super) struct Logistic;

impl Algorithm for Logistic {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: ID.to_owned(),
            title: "Logistic regression".to_owned(),
            made_of: "linfa-logistic 0.8; several classes: polished by L-BFGS (argmin)".to_owned(),
            help: "A weighted sum of the inputs decides. Quick, well calibrated, easy to explain: the first thing to try \
                   when the target is a class."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass],
            params: vec![
                param(
                    "alpha",
                    "Regularisation",
                    "Strength of the L2 penalty: larger means smaller weights (scikit-learn's 1 / C).",
                    ParamRange::Float { min: 0.0, max: 1e9 },
                    1.0,
                ),
                param(
                    "max_iterations",
                    "Iterations",
                    "The most steps of L-BFGS.",
                    ParamRange::Int { min: 1, max: 100_000 },
                    200_i64,
                ),
                param(
                    "tolerance",
                    "Tolerance",
                    "Stops when the gradient of the mean loss is below it.",
                    ParamRange::Float { min: 1e-12, max: 1.0 },
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
        seed: u64,
        monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError> {
        let (n_classes, codes) = classes_of(data, ID)?;
        let present = class_counts(&data.targets);
        if present.len() < 2 {
            monitor.warn("Logistic regression saw rows of one class only and answers with it");
            return Baseline.fit(data, params, seed, monitor);
        }
        let codes = Array1::from_iter(codes.iter().copied());
        let tolerance = float(params, "tolerance");
        let linear = if n_classes == 2 {
            let fit = |tolerance| fit_binary(data.x.view(), codes.view(), params, tolerance);
            let tolerance = tolerance * data.x.nrows() as f64;
            // The line search fails where rounding hides the descent; a coarser goal is then reached already.
            fit(tolerance).or_else(|_| fit(tolerance * 1e3))?
        } else {
            let present: Vec<u32> = present.iter().map(|(code, _)| *code).collect();
            let start = linfa_start(data.x.view(), codes.view(), params);
            let problem = softmax::Problem {
                x: data.x.view(),
                codes: codes.view(),
                classes: &present,
                alpha: float(params, "alpha"),
                monitor,
            };
            let weights = softmax::minimise(
                &problem,
                start,
                integer(params, "max_iterations"),
                tolerance,
            )?;
            let (intercepts, coefficients) = weights.view().split_at(Axis(0), 1);
            Linear {
                coefficients: coefficients
                    .columns()
                    .into_iter()
                    .map(|c| c.to_vec())
                    .collect(),
                intercepts: intercepts.iter().copied().collect(),
                link: Link::Softmax {
                    classes: present,
                    n_classes,
                },
            }
        };
        let is_finite = linear
            .coefficients
            .iter()
            .flatten()
            .chain(&linear.intercepts)
            .all(|v| v.is_finite());
        if !is_finite {
            return Err(TrainError::not_fitted(
                ID,
                "the weights grew beyond all bounds",
            ));
        }
        Ok(Estimator::Linear(linear))
    }
}

fn fit_binary(
    x: ArrayView2<'_, f64>,
    codes: ArrayView1<'_, u32>,
    params: &Params,
    tolerance: f64,
) -> Result<Linear, TrainError> {
    let fitted = LogisticRegression::default()
        .alpha(float(params, "alpha"))
        .max_iterations(integer(params, "max_iterations") as u64)
        .gradient_tolerance(tolerance)
        .fit(&DatasetBase::new(x, codes))
        .map_err(|e| TrainError::not_fitted(ID, e))?;
    let sign = if fitted.labels().pos.class == 1 {
        1.0
    } else {
        -1.0
    };
    Ok(Linear {
        coefficients: vec![fitted.params().iter().map(|w| sign * w).collect()],
        intercepts: vec![sign * fitted.intercept()],
        link: Link::Logistic,
    })
}

/// linfa's weights for several classes, the intercepts as the first row; `None` if linfa gives up.
fn linfa_start(
    x: ArrayView2<'_, f64>,
    codes: ArrayView1<'_, u32>,
    params: &Params,
) -> Option<Array2<f64>> {
    let fitted = MultiLogisticRegression::default()
        .alpha(float(params, "alpha"))
        .max_iterations(integer(params, "max_iterations") as u64)
        .gradient_tolerance(float(params, "tolerance") * x.nrows() as f64)
        .fit(&DatasetBase::new(x, codes))
        .ok()?;
    let intercepts = fitted.intercept().view().insert_axis(Axis(0));
    concatenate(Axis(0), &[intercepts, fitted.params().view()]).ok()
}
