//! Learning and validation curves: an algorithm is fitted again and again, each time on the same rows or the first of them in
//! a shuffled order, and scored on those rows and on a fifth that is held out. What shuffles, and which fit has which seed,
//! follows from the seed alone.

use super::algorithm::{Algorithm, TrainingSet};
use super::algorithms::{IMPORTED, algorithm};
use super::error::TrainError;
use super::process;
use super::row_weights;
use crate::domain::algorithm::{AlgorithmInfo, ParamInfo, Tuning};
use crate::domain::curve::{Along, CurvePoint, ScoreCurve};
use crate::domain::metric::Metric;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Scalar};
use crate::model::{Estimator, Model};
use ndarray::{Array2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

/// Shares of the rows along a learning curve.
const SHARES: [f64; 7] = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0];

/// Fewer rows are not learned from.
const FEWEST_ROWS: usize = 20;

/// Points along a parameter.
const N_PLACES: usize = 9;

/// Points along the trees.
const N_COUNTS: usize = 20;

/// One of so many rows is held out.
const ONE_OF: usize = 5;

/// Scores answers against the truth.
pub type MetricOf<'a> = dyn Fn(Metric, &Targets, &Predictions) -> Option<f64> + Sync + 'a;

/// What is fitted again.
pub struct CurveJob<'a> {
    /// Gives algorithm, parameters, and the transforms of the columns.
    pub model: &'a Model,
    /// Rows to learn from and to hold out, as the transforms have them: `n × n_features`.
    pub x: Array2<f64>,
    /// Their targets.
    pub targets: &'a Targets,
    /// How much each row counts in a fit; `None`: all the same.
    pub weights: Option<&'a [f64]>,
    /// The metric.
    pub metric: Metric,
    /// Its formula.
    pub score: &'a MetricOf<'a>,
    /// What shuffles the rows and seeds the fits.
    pub seed: u64,
}

/// What can change along a curve of this algorithm.
#[must_use]
pub fn possible(id: &str) -> Vec<Along> {
    let is_fitted = |a: &&dyn Algorithm| !a.is_made_of_candidates() && id != IMPORTED;
    let Some(algorithm) = algorithm(id).filter(is_fitted) else {
        return Vec::new();
    };
    let info = algorithm.info();
    let has_trees = info.params.iter().any(|p| p.name == "n_trees");
    let tuned = info.params.into_iter().filter(|p| p.tuning.is_some());
    [Along::Rows]
        .into_iter()
        .chain(has_trees.then_some(Along::Trees))
        .chain(tuned.map(|p| Along::Parameter(p.name)))
        .collect()
}

/// The scores along something.
///
/// # Errors
/// If the model has no such curve, if there are too few rows, or if it was stopped.
pub fn curve(
    job: &CurveJob<'_>,
    along: &Along,
    monitor: &dyn Monitor,
) -> Result<ScoreCurve, TrainError> {
    let id = &job.model.algorithm;
    if !possible(id).contains(along) {
        return Err(TrainError::not_fitted(
            id,
            "it has no curve of this kind: it is not fitted on rows, or has no such parameter",
        ));
    }
    let halves = Halves::of(job)?;
    let (title, points) = match along {
        Along::Rows => ("training rows".to_owned(), halves.by_rows(monitor)?),
        Along::Trees => ("trees".to_owned(), halves.by_trees(monitor)?),
        Along::Parameter(name) => {
            let info = info_of(id);
            let param = info.params.iter().find(|p| p.name == *name);
            let param = param.expect("possible curves are along known parameters");
            (param.title.clone(), halves.by_parameter(param, monitor)?)
        }
    };
    Ok(ScoreCurve {
        along: along.clone(),
        title,
        metric: job.metric,
        n_training: halves.training.len() as u64,
        n_held_out: halves.held_out.1.n_rows() as u64,
        points,
    })
}

fn info_of(id: &str) -> AlgorithmInfo {
    let algorithm = algorithm(id).expect("models have known algorithms");
    algorithm.info()
}

/// Rows of a fit.
struct Rows {
    x: Array2<f64>,
    targets: Targets,
    weights: Option<Vec<f64>>,
}

/// Rows to learn from, in a shuffled order, and rows held out.
struct Halves<'a> {
    job: &'a CurveJob<'a>,
    training: Vec<usize>,
    held_out: (Array2<f64>, Targets),
}

impl<'a> Halves<'a> {
    fn of(job: &'a CurveJob<'a>) -> Result<Self, TrainError> {
        let n = job.x.nrows();
        if n < 2 * FEWEST_ROWS {
            return Err(TrainError::Inconsistent {
                reason: format!("a curve needs {} rows, and there are {n}", 2 * FEWEST_ROWS),
            });
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(job.seed));
        let mut held_out = order.split_off(n - n / ONE_OF);
        held_out.sort_unstable();
        Ok(Self {
            job,
            training: order,
            held_out: (
                job.x.select(Axis(0), &held_out),
                job.targets.take(&held_out),
            ),
        })
    }

    /// The first of the rows to learn from.
    fn first(&self, n: usize) -> Rows {
        let mut rows = self.training[..n].to_vec();
        rows.sort_unstable();
        let weights = self.job.weights;
        Rows {
            x: self.job.x.select(Axis(0), &rows),
            targets: self.job.targets.take(&rows),
            weights: weights.map(|w| rows.iter().map(|row| w[*row]).collect()),
        }
    }

    fn fit(
        &self,
        rows: &Rows,
        params: &crate::domain::algorithm::Params,
        monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError> {
        let model = self.job.model;
        let algorithm = algorithm(&model.algorithm).expect("models have known algorithms");
        let data = TrainingSet {
            x: rows.x.clone(),
            targets: rows.targets.clone(),
            weights: row_weights::weights(&rows.targets, params, rows.weights.clone()),
            feature_names: model.plan.feature_names(model.encoding),
        };
        let key = serde_json::json!(["curve", self.job.seed, model.algorithm]);
        let seed = ContentHash::of_json(&key).seed();
        process::fit(algorithm, &data, params, seed, monitor)
    }

    fn point(
        &self,
        at: Scalar,
        fitted: Result<Estimator, TrainError>,
        rows: &Rows,
    ) -> Result<CurvePoint, TrainError> {
        let estimator = match fitted {
            Ok(estimator) => estimator,
            Err(TrainError::Stopped) => return Err(TrainError::Stopped),
            Err(error) => {
                return Ok(CurvePoint {
                    at,
                    training: None,
                    held_out: None,
                    error: Some(error.to_string()),
                });
            }
        };
        let score = |x: &Array2<f64>, targets: &Targets| {
            let answers = estimator.predict(x.view());
            (self.job.score)(self.job.metric, targets, &answers).filter(|v| v.is_finite())
        };
        Ok(CurvePoint {
            at,
            training: score(&rows.x, &rows.targets),
            held_out: score(&self.held_out.0, &self.held_out.1),
            error: None,
        })
    }

    fn by_rows(&self, monitor: &dyn Monitor) -> Result<Vec<CurvePoint>, TrainError> {
        let all = self.training.len();
        let counts = SHARES.map(|share| ((share * all as f64).round() as usize).max(FEWEST_ROWS));
        let mut counts: Vec<usize> = counts.into_iter().filter(|n| *n <= all).collect();
        counts.dedup();
        let point = |n: &usize| {
            let rows = self.first(*n);
            let fitted = self.fit(&rows, &self.job.model.params, monitor);
            self.point(Scalar::Int(*n as i64), fitted, &rows)
        };
        counts.par_iter().map(point).collect()
    }

    fn by_parameter(
        &self,
        param: &ParamInfo,
        monitor: &dyn Monitor,
    ) -> Result<Vec<CurvePoint>, TrainError> {
        let n_places = match &param.tuning {
            Some(Tuning::Choices(choices)) => choices.len(),
            _ => N_PLACES,
        };
        let last = (n_places - 1).max(1) as f64;
        let mut values: Vec<Scalar> = (0..n_places)
            .filter_map(|i| param.at(i as f64 / last))
            .collect();
        values.dedup();
        let rows = self.first(self.training.len());
        let point = |value: &Scalar| {
            let mut params = self.job.model.params.clone();
            params.insert(param.name.clone(), value.clone());
            let fitted = self.fit(&rows, &params, monitor);
            self.point(value.clone(), fitted, &rows)
        };
        values.par_iter().map(point).collect()
    }

    /// One fit, asked with its first trees only.
    fn by_trees(&self, monitor: &dyn Monitor) -> Result<Vec<CurvePoint>, TrainError> {
        let rows = self.first(self.training.len());
        let whole = self.fit(&rows, &self.job.model.params, monitor)?;
        let n_trees = match &whole {
            Estimator::Forest(forest) => forest.trees.len(),
            Estimator::Boosted(boosted) => boosted.trees.len() / boosted.intercepts.len().max(1),
            _ => 0,
        };
        let step = (n_trees as f64).ln() / (N_COUNTS - 1) as f64;
        let mut counts: Vec<usize> = (0..N_COUNTS)
            .map(|i| (step * i as f64).exp().round() as usize)
            .map(|n| n.clamp(1, n_trees.max(1)))
            .collect();
        counts.dedup();
        let point = |n: &usize| {
            if monitor.is_stopped() {
                return Err(TrainError::Stopped);
            }
            let mut part = whole.clone();
            match &mut part {
                Estimator::Forest(forest) => forest.trees.truncate(*n),
                Estimator::Boosted(boosted) => {
                    let k = boosted.intercepts.len();
                    boosted.trees.truncate(n * k);
                }
                _ => (),
            }
            self.point(Scalar::Int(*n as i64), Ok(part), &rows)
        };
        counts.par_iter().map(point).collect()
    }
}
