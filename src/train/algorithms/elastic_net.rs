//! Elastic net, fitted by linfa-elasticnet (coordinate descent). linfa does not centre the inputs, so we do: the
//! intercept is then free of the penalty, as in scikit-learn. Where there are many more rows than features, linfa gets the
//! few rows that stand for all of them (`gram`): the problem is the same, and a round over the weights costs nothing.

use super::gram::{Gram, column_means};
use super::parts::part_mut;
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamInfo, ParamRange, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Estimator, Linear, Link};
use crate::train::algorithm::{
    Algorithm, TrainingSet, even, float, integer, magnitude, param, values_of,
};
use crate::train::error::TrainError;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView1, Axis, ShapeBuilder, Slice};

const ID: &str = "elastic_net";

/// With more features than this their products are more than the rows.
const MOST_FEATURES: usize = 1000;

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
            params: {
                let mut params = centred_params();
                let l1_ratio = param(
                    "l1_ratio",
                    "Share of L1",
                    "1 sets many weights to zero (lasso), 0 none (ridge).",
                    ParamRange::Float { min: 0.0, max: 1.0 },
                    0.5,
                ).tuned(even(0.05, 1.0));
                params.insert(1, l1_ratio);
                params
            },
        }
    }

    fn cells_a_second(&self, n_features: usize) -> Option<usize> {
        cells_a_second(n_features)
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
        fit(data, params, float(params, "l1_ratio"), monitor)
    }
}

/// What ridge, lasso and elastic net have in common.
pub(super) fn centred_params() -> Vec<ParamInfo> {
    vec![
        param(
            "penalty",
            "Penalty",
            "Strength of the penalty in the target's units; 0 is linear regression.",
            ParamRange::Float { min: 0.0, max: 1e9 },
            0.1,
        )
        .tuned(magnitude(1e-4, 10.0)),
        param(
            "max_iterations",
            "Iterations",
            "The most rounds over all weights.",
            ParamRange::Int {
                min: 1,
                max: 1_000_000,
            },
            1000_i64,
        ),
        param(
            "tolerance",
            "Tolerance",
            "Stops when the weights change by less.",
            ParamRange::Float {
                min: 1e-14,
                max: 1.0,
            },
            1e-4,
        ),
    ]
}

/// With few features the rows are condensed, which looks at the stop, and the rest takes no time.
pub(super) fn cells_a_second(n_features: usize) -> Option<usize> {
    (n_features > MOST_FEATURES).then_some(500_000)
}

/// Fits with this share of L1.
pub(super) fn fit(
    data: &TrainingSet,
    params: &Params,
    l1_ratio: f64,
    monitor: &dyn Monitor,
) -> Result<Estimator, TrainError> {
    let values = values_of(data, ID)?;
    let problem = if is_condensed(data.x.dim()) {
        condensed(data, values, monitor)?
    } else {
        centred(data, values)
    };
    let fitted = linfa_elasticnet::ElasticNet::<f64>::params()
        .penalty(float(params, "penalty"))
        .l1_ratio(l1_ratio)
        .max_iterations(integer(params, "max_iterations") as u32)
        .tolerance(float(params, "tolerance"))
        .with_intercept(false)
        .fit(&DatasetBase::new(problem.x, problem.y))
        .map_err(|e| TrainError::not_fitted(ID, e))?;
    let weights = fitted.hyperplane().to_vec();
    let at_means: f64 = problem.means.iter().zip(&weights).map(|(m, w)| m * w).sum();
    let intercept = problem.y_mean - at_means;
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

/// What linfa gets.
struct Centred {
    x: Array2<f64>,
    y: Array1<f64>,
    means: Array1<f64>,
    y_mean: f64,
}

/// Whether few rows stand for all of them: where there are many more rows than features.
fn is_condensed((n_rows, n_features): (usize, usize)) -> bool {
    n_features <= MOST_FEATURES && n_rows > 2 * n_features
}

/// All rows; one that counts more than the average is as much larger, which weighs its square.
fn centred(data: &TrainingSet, values: &[f64]) -> Centred {
    let weights = data.weights.as_ref().map(ArrayView1::from);
    let means = column_means(data.x.view(), weights);
    let mut y = Array1::from(values.to_vec());
    let n = y.len() as f64;
    let total = weights.map_or(n, |w| w.sum());
    let y_mean = weights.map_or_else(|| y.sum(), |w| w.dot(&y)) / total;
    y -= y_mean;
    // Coordinate descent reads columns: stored column by column they are read forwards.
    let mut x = Array2::zeros(data.x.raw_dim().f());
    x.assign(&(&data.x - &means));
    if let Some(weights) = weights {
        let roots = weights.mapv(|w| (w * n / total).sqrt());
        x *= &roots.view().insert_axis(Axis(1));
        y *= &roots;
    }
    Centred {
        x,
        y,
        means,
        y_mean,
    }
}

/// The few rows that stand for all of them, and one more without features, whose target is what no weights can explain: the
/// sum of squares stays what it is. linfa divides it by the number of rows, so all of them are scaled.
fn condensed(
    data: &TrainingSet,
    values: &[f64],
    monitor: &dyn Monitor,
) -> Result<Centred, TrainError> {
    let gram = Gram::of(data.x.view(), values, data.weights.as_deref(), monitor)?;
    let factor = gram.factor();
    let targets = factor.targets(&gram.with_target);
    let n = targets.len();
    let unexplained = (gram.of_target - targets.dot(&targets)).max(0.0);
    let scale = ((n + 1) as f64 / gram.total).sqrt();
    let mut x = Array2::zeros((n + 1, data.x.ncols()).f());
    x.slice_axis_mut(Axis(0), Slice::from(..n))
        .assign(&factor.rows());
    let mut y = Array1::zeros(n + 1);
    part_mut(y.view_mut(), 0..n).assign(&targets);
    y[n] = unexplained.sqrt();
    Ok(Centred {
        x: x * scale,
        y: y * scale,
        means: gram.means,
        y_mean: gram.y_mean,
    })
}
