//! Ordinary least squares, fitted by linfa-linear (QR).
//!
//! A full set of 0/1 features of a category sums to 1, like the intercept, and QR then divides by rounding noise. So
//! features that are linear combinations of the others are found first (`gram`) and get the weight 0; predictions are the
//! same as with the pseudo-inverse on rows like those of training. Because a column's first category is its most
//! frequent one, that is the one left out. linfa gets the few rows that stand for all of them.

use super::gram::{Factor, Gram};
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Estimator, Linear, Link};
use crate::train::algorithm::{Algorithm, TrainingSet, values_of};
use crate::train::error::TrainError;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView1, Axis, Slice};
use rayon::prelude::*;

const ID: &str = "linear";

/// Rows that one thread takes at a time.
const ROWS_A_CHUNK: usize = 8192;

pub(super) struct LeastSquares;

impl Algorithm for LeastSquares {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: ID.to_owned(),
            title: "Linear regression".to_owned(),
            made_of: "linfa-linear 0.8".to_owned(),
            help: "A weighted sum of the inputs, by least squares. Quick and easy to explain: the first thing to try when \
                   the target is a number."
                .to_owned(),
            tasks: vec![Task::Regression],
            params: Vec::new(),
        }
    }

    fn encoding(&self) -> Encoding {
        Encoding::OneHot
    }

    fn fit(
        &self,
        data: &TrainingSet,
        _params: &Params,
        _seed: u64,
        monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError> {
        let values = values_of(data, ID)?;
        let gram = Gram::of(data.x.view(), values, data.weights.as_deref(), monitor)?;
        let factor = gram.factor();
        warn_of_copies(data, &factor.independent, monitor);
        let mut weights = Array1::zeros(data.x.ncols());
        // The products lose half of the digits; what is left over is fitted once more, as in iterative refinement.
        let mut products = gram.with_target.clone();
        for round in 0..2 {
            weights += &solve(&factor, &products, data.x.ncols())?;
            if round == 0 {
                products = left_over(data, values, &gram, &weights);
            }
        }
        let intercept = gram.y_mean - gram.means.dot(&weights);
        if !intercept.is_finite() || weights.iter().any(|w| !w.is_finite()) {
            return Err(TrainError::not_fitted(
                ID,
                "the weights grew beyond all bounds",
            ));
        }
        Ok(Estimator::Linear(Linear {
            coefficients: vec![weights.to_vec()],
            intercepts: vec![intercept],
            link: Link::Identity,
        }))
    }
}

/// The weights of the independent features by linfa; the others get none.
fn solve(
    factor: &Factor,
    products: &Array1<f64>,
    n_features: usize,
) -> Result<Array1<f64>, TrainError> {
    let mut weights = Array1::zeros(n_features);
    let kept = &factor.independent;
    if kept.is_empty() {
        return Ok(weights);
    }
    let x = factor.rows().select(Axis(1), kept);
    let fitted = linfa_linear::LinearRegression::new()
        .with_intercept(false)
        .fit(&DatasetBase::new(x, factor.targets(products)))
        .map_err(|e| TrainError::not_fitted(ID, e))?;
    for (feature, weight) in kept.iter().zip(fitted.params()) {
        weights[*feature] = *weight;
    }
    Ok(weights)
}

/// The products of the centred features with what these weights leave of the target.
fn left_over(
    data: &TrainingSet,
    values: &[f64],
    gram: &Gram,
    weights: &Array1<f64>,
) -> Array1<f64> {
    let blocks: Vec<usize> = (0..values.len()).step_by(ROWS_A_CHUNK).collect();
    let parts: Vec<Array1<f64>> = blocks
        .into_par_iter()
        .map(|first| {
            let rows = Slice::from(first..values.len().min(first + ROWS_A_CHUNK));
            let x = &data.x.slice_axis(Axis(0), rows) - &gram.means;
            let y = ArrayView1::from(values);
            let mut rest = &y.slice_axis(Axis(0), rows) - gram.y_mean - x.dot(weights);
            if let Some(of_rows) = &data.weights {
                rest *= &ArrayView1::from(of_rows).slice_axis(Axis(0), rows);
            }
            x.t().dot(&rest)
        })
        .collect();
    let mut sum = Array1::zeros(weights.len());
    for part in parts {
        sum += &part;
    }
    sum
}

/// Says which features got no weight, except categories and missing values, of which one is always too many.
fn warn_of_copies(data: &TrainingSet, kept: &[usize], monitor: &dyn Monitor) {
    let copies: Vec<&str> = data
        .feature_names
        .iter()
        .enumerate()
        .filter(|(j, name)| {
            !kept.contains(j) && !name.contains('=') && !name.ends_with(" is missing")
        })
        .map(|(_, name)| name.as_str())
        .collect();
    if !copies.is_empty() {
        monitor.warn(&format!(
            "Linear regression gives no weight to {}: constant, or a linear combination of other inputs",
            copies.join(", ")
        ));
    }
}
