//! Ordinary least squares, fitted by linfa-linear (QR).
//!
//! A full set of 0/1 features of a category sums to 1, like the intercept, and QR then divides by rounding noise. So
//! features that are linear combinations of the others are found first (Cholesky factorisation of the centred Gram
//! matrix, from the last feature to the first) and get the weight 0; predictions are the same as with the pseudo-inverse
//! on rows like those of training. Because a column's first category is its most frequent one, that is the one left out.

use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Estimator, Linear, Link};
use crate::train::algorithm::{Algorithm, TrainingSet, values_of};
use crate::train::error::TrainError;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView2, Axis};

const ID: &str = "linear";

/// A feature whose variance, given the others, is below this share of its own is taken for a combination of them.
/// Inputs have f32 precision, so a copy's remaining share is about 1e-14.
const SMALLEST_SHARE: f64 = 1e-10;

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

    fn can_be_stopped(&self) -> bool {
        false
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
        let kept = independent_features(data.x.view());
        warn_of_copies(data, &kept, monitor);
        let mut linear = Linear {
            coefficients: vec![vec![0.0; data.x.ncols()]],
            intercepts: vec![0.0],
            link: Link::Identity,
        };
        // Centred, so that the intercept takes no part in the factorisation.
        let means = column_means(data.x.view());
        let x = (&data.x - &means).select(Axis(1), &kept);
        let y = Array1::from(values.to_vec());
        let y_mean = y.sum() / y.len() as f64;
        if !kept.is_empty() {
            let fitted = linfa_linear::LinearRegression::new()
                .with_intercept(false)
                .fit(&DatasetBase::new(x, y - y_mean))
                .map_err(|e| TrainError::not_fitted(ID, e))?;
            for (feature, weight) in kept.iter().zip(fitted.params()) {
                linear.coefficients[0][*feature] = *weight;
            }
        }
        let weights = &linear.coefficients[0];
        let at_means: f64 = means.iter().zip(weights).map(|(m, w)| m * w).sum();
        linear.intercepts[0] = y_mean - at_means;
        if !linear.intercepts[0].is_finite() || weights.iter().any(|w| !w.is_finite()) {
            return Err(TrainError::not_fitted(
                ID,
                "the weights grew beyond all bounds",
            ));
        }
        Ok(Estimator::Linear(linear))
    }
}

/// Means of the columns, summed row by row.
pub(super) fn column_means(x: ArrayView2<'_, f64>) -> Array1<f64> {
    let n = x.nrows().max(1) as f64;
    x.sum_axis(Axis(0)) / n
}

/// The features that are no linear combination of those behind them and the intercept, ascending.
fn independent_features(x: ArrayView2<'_, f64>) -> Vec<usize> {
    let n_features = x.ncols();
    let centred = &x - &column_means(x);
    let gram = centred.t().dot(&centred);
    let mut factor = Array2::<f64>::zeros((n_features, n_features));
    let mut kept: Vec<usize> = Vec::new();
    // With as many features as rows, any further one is a combination of the others.
    let most = x.nrows().saturating_sub(1);
    for j in (0..n_features).rev() {
        // Row j of the factor: the part of feature j along each kept one.
        for (k, earlier) in kept.iter().enumerate() {
            let known: f64 = (0..k).map(|m| factor[[j, m]] * factor[[*earlier, m]]).sum();
            factor[[j, k]] = (gram[[j, *earlier]] - known) / factor[[*earlier, k]];
        }
        let explained: f64 = (0..kept.len()).map(|k| factor[[j, k]].powi(2)).sum();
        let rest = gram[[j, j]] - explained;
        if kept.len() < most && gram[[j, j]] > 0.0 && rest > SMALLEST_SHARE * gram[[j, j]] {
            factor[[j, kept.len()]] = rest.sqrt();
            kept.push(j);
        }
    }
    kept.reverse();
    kept
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
