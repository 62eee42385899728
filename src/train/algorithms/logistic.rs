//! Logistic regression with two or more classes: linfa-logistic (L-BFGS with an L2 penalty) on a sample of the rows is where
//! it starts, and the work is ended on all of them, for two classes and few features by Newton's method (`newton`), else
//! by L-BFGS (`softmax`).
//!
//! linfa 0.8.1 alone would not do: with several classes it subtracts the maximum of all scores, not of a row's, before it
//! exponentiates, and cuts the sum off at 1e-15, so that its loss is wrong wherever the scores of two rows are more
//! than about 34 apart; with two it takes six times scikit-learn's time, and cannot be stopped.
//!
//! The loss is summed over rows as in scikit-learn, so `alpha` is scikit-learn's `1 / C`, and the gradient's tolerance
//! grows with the rows. linfa calls the more frequent class positive; ours is the second in the classes' order.

use super::baseline::Baseline;
use super::parts::{part, part_mut};
use super::{newton, softmax};
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamRange, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Estimator, Linear, Link};
use crate::train::algorithm::{
    Algorithm, TrainingSet, class_counts, classes_of, float, integer, magnitude, param,
};
use crate::train::calibration;
use crate::train::error::TrainError;
use crate::train::row_weights;
use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::{LogisticRegression, MultiLogisticRegression};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Slice, concatenate};

const ID: &str = "logistic";

/// With more features than this, Newton's second derivatives cost more than steps without them.
const MOST_FEATURES: usize = 500;

/// Numbers (rows × features) of the sample on which linfa starts.
const SAMPLE_CELLS: usize = 100_000;

/// linfa's steps on the sample, which cannot be stopped.
const SAMPLE_STEPS: u64 = 50;

pub(super) struct Logistic;

impl Algorithm for Logistic {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: ID.to_owned(),
            title: "Logistic regression".to_owned(),
            made_of: "linfa-logistic 0.8 on a sample; ended by Newton's method (Lockkeeper) or L-BFGS (argmin)".to_owned(),
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
                ).tuned(magnitude(1e-3, 1e3)),
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
                row_weights::param(),
                calibration::param(),
            ],
        }
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
        let rows = Rows {
            x: data.x.view(),
            codes: codes.view(),
            weights: data.weights.as_deref().map(ArrayView1::from),
        };
        let linear = if n_classes == 2 {
            fit_binary(rows, params, monitor)?
        } else {
            let present: Vec<u32> = present.iter().map(|(code, _)| *code).collect();
            fit_multinomial(rows, (&present, n_classes), params, monitor)?
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

/// What is learned from.
#[derive(Clone, Copy)]
struct Rows<'a> {
    /// `n × n_features` finite numbers.
    x: ArrayView2<'a, f64>,
    /// The class of each row.
    codes: ArrayView1<'a, u32>,
    /// How much each row counts; `None`: all the same.
    weights: Option<ArrayView1<'a, f64>>,
}

/// Two classes.
fn fit_binary<'a>(
    Rows { x, codes, weights }: Rows<'a>,
    params: &Params,
    monitor: &'a dyn Monitor,
) -> Result<Linear, TrainError> {
    let n_features = x.ncols();
    let problem = newton::Problem {
        x,
        codes,
        row_weights: weights,
        alpha: float(params, "alpha"),
        monitor,
    };
    let start = linfa_binary(x, codes, params).unwrap_or_else(|| Array1::zeros(n_features + 1));
    let found = if n_features <= MOST_FEATURES {
        problem.minimise(
            start.clone(),
            integer(params, "max_iterations"),
            float(params, "tolerance"),
        )?
    } else {
        None
    };
    let weights = match found {
        Some(weights) => weights,
        None => by_softmax(&problem, &start, params)?,
    };
    Ok(Linear {
        coefficients: vec![part(weights.view(), 0..n_features).to_vec()],
        intercepts: vec![weights[n_features]],
        link: Link::Logistic,
    })
}

/// Two classes as two of several: each has half of the weights, so the penalty counts twice.
fn by_softmax(
    problem: &newton::Problem<'_>,
    start: &Array1<f64>,
    params: &Params,
) -> Result<Array1<f64>, TrainError> {
    let n = problem.x.ncols();
    let mut halves = Array2::zeros((n + 1, 2));
    for (class, sign) in [(0, -0.5), (1, 0.5)] {
        let mut column = halves.column_mut(class);
        column[0] = sign * start[n];
        part_mut(column, 1..n + 1).assign(&(&part(start.view(), 0..n) * sign));
    }
    let several = softmax::Problem {
        x: problem.x,
        codes: problem.codes,
        row_weights: problem.row_weights,
        classes: &[0, 1],
        alpha: 2.0 * problem.alpha,
        monitor: problem.monitor,
    };
    let (steps, tolerance) = (
        integer(params, "max_iterations"),
        float(params, "tolerance"),
    );
    let found = softmax::minimise(&several, Some(halves), steps, tolerance)?;
    let difference = &found.column(1) - &found.column(0);
    let mut weights = Array1::zeros(n + 1);
    part_mut(weights.view_mut(), 0..n).assign(&part(difference.view(), 1..n + 1));
    weights[n] = difference[0];
    Ok(weights)
}

/// Several classes.
fn fit_multinomial<'a>(
    Rows { x, codes, weights }: Rows<'a>,
    (present, n_classes): (&'a [u32], usize),
    params: &Params,
    monitor: &'a dyn Monitor,
) -> Result<Linear, TrainError> {
    let start = linfa_multinomial(x, codes, present.len(), params);
    let problem = softmax::Problem {
        x,
        codes,
        row_weights: weights,
        classes: present,
        alpha: float(params, "alpha"),
        monitor,
    };
    let weights = softmax::minimise(
        &problem,
        start,
        integer(params, "max_iterations"),
        float(params, "tolerance"),
    )?;
    let (intercepts, coefficients) = weights.view().split_at(Axis(0), 1);
    let columns = coefficients.columns().into_iter();
    Ok(Linear {
        coefficients: columns.map(|c| c.to_vec()).collect(),
        intercepts: intercepts.iter().copied().collect(),
        link: Link::Softmax {
            classes: present.to_vec(),
            n_classes,
        },
    })
}

/// Rows at even distances, so many that linfa is done with them at once.
fn sample<'a>(
    x: ArrayView2<'a, f64>,
    codes: ArrayView1<'a, u32>,
) -> (ArrayView2<'a, f64>, ArrayView1<'a, u32>) {
    let n_rows = (SAMPLE_CELLS / x.ncols().max(1)).max(1);
    let step = x.nrows().div_ceil(n_rows).max(1);
    let every = Slice::new(0, None, step as isize);
    (
        x.slice_axis_move(Axis(0), every),
        codes.slice_axis_move(Axis(0), every),
    )
}

/// linfa's weights for two classes on a sample, the intercept last; `None` if it gives up or the sample has one class.
fn linfa_binary<'a>(
    x: ArrayView2<'a, f64>,
    codes: ArrayView1<'a, u32>,
    params: &Params,
) -> Option<Array1<f64>> {
    let n_rows = x.nrows() as f64;
    let (x, codes) = sample(x, codes);
    let share = x.nrows() as f64 / n_rows;
    let fitted = LogisticRegression::default()
        .alpha(float(params, "alpha") * share)
        .max_iterations(SAMPLE_STEPS)
        .gradient_tolerance(1e-3 * x.nrows() as f64)
        .fit(&DatasetBase::new(x, codes))
        .ok()?;
    let sign = if fitted.labels().pos.class == 1 {
        1.0
    } else {
        -1.0
    };
    let weights = fitted.params().iter().map(|w| sign * w);
    let weights: Array1<f64> = weights.chain([sign * fitted.intercept()]).collect();
    weights.iter().all(|w| w.is_finite()).then_some(weights)
}

/// linfa's weights for several classes on a sample, the intercepts as the first row; `None` if linfa gives up or the sample
/// lacks a class.
fn linfa_multinomial<'a>(
    x: ArrayView2<'a, f64>,
    codes: ArrayView1<'a, u32>,
    n_classes: usize,
    params: &Params,
) -> Option<Array2<f64>> {
    let n_rows = x.nrows() as f64;
    let (x, codes) = sample(x, codes);
    let share = x.nrows() as f64 / n_rows;
    let fitted = MultiLogisticRegression::default()
        .alpha(float(params, "alpha") * share)
        .max_iterations(SAMPLE_STEPS)
        .gradient_tolerance(1e-3 * x.nrows() as f64)
        .fit(&DatasetBase::new(x, codes))
        .ok()?;
    let intercepts = fitted.intercept().view().insert_axis(Axis(0));
    let weights = concatenate(Axis(0), &[intercepts, fitted.params().view()]).ok()?;
    (weights.ncols() == n_classes).then_some(weights)
}
