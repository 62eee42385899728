//! What an algorithm is to the engine. The algorithms themselves are in `algorithms/`.

use super::error::TrainError;
use crate::domain::algorithm::{AlgorithmInfo, ParamInfo, ParamRange, Params, Tuning};
use crate::domain::prediction::Targets;
use crate::domain::work::Monitor;
use crate::domain::{Scalar, Task};
use crate::feature::Encoding;
use crate::model::Estimator;
use ndarray::{Array2, Axis};

/// Encoded rows with their targets.
#[derive(Debug, Clone)]
pub struct TrainingSet {
    /// `n × n_features` finite numbers.
    pub x: Array2<f64>,
    /// `n` targets.
    pub targets: Targets,
    /// How much each row counts; `None`: all the same. See [`Algorithm::weighs_rows`].
    pub weights: Option<Vec<f64>>,
    /// Names of the features, for warnings.
    pub feature_names: Vec<String>,
}

impl TrainingSet {
    /// The rows at these positions.
    pub(super) fn select(&self, rows: &[usize]) -> Self {
        let weights = self.weights.as_ref();
        Self {
            x: self.x.select(Axis(0), rows),
            targets: self.targets.take(rows),
            weights: weights.map(|w| rows.iter().map(|row| w[*row]).collect()),
            feature_names: self.feature_names.clone(),
        }
    }
}

/// Something that learns an estimator from encoded rows.
pub trait Algorithm: Sync {
    /// Name, help, tasks and parameters.
    fn info(&self) -> AlgorithmInfo;

    /// The form in which it takes its inputs.
    fn encoding(&self) -> Encoding;

    /// Where a fit does not look at the monitor's stop: up to how many numbers (rows × features) it is over within a second.
    /// A larger one gets a process of its own, which can be ended. `None`: it looks again and again.
    fn cells_a_second(&self, _n_features: usize) -> Option<usize> {
        None
    }

    /// The part of the rows that it learns from, where that is not all of them: so that nothing else is handed to a process.
    fn thinned(
        &self,
        _data: &TrainingSet,
        _params: &Params,
        _seed: u64,
        _monitor: &dyn Monitor,
    ) -> Option<TrainingSet> {
        None
    }

    /// Whether it looks at the weights of a training set. Where it does not, each row counts once, and the run says so.
    fn weighs_rows(&self) -> bool {
        true
    }

    /// Whether it is made of the other candidates, and learns from what these answered for held-out rows.
    fn is_made_of_candidates(&self) -> bool {
        false
    }

    /// Learns an estimator. `params` are complete and checked; the same set, parameters and seed give the same
    /// estimator. Trees look at `monitor.is_stopped()` at every node, the softmax loss at every few
    /// thousand rows; linfa's fits cannot be stopped inside (`cells_a_second`).
    ///
    /// # Errors
    /// If it was stopped, if the task does not suit, or if the library gives up.
    fn fit(
        &self,
        data: &TrainingSet,
        params: &Params,
        seed: u64,
        monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError>;
}

/// The classes that occur in the targets, ascending, and how often; empty for regression.
pub(super) fn class_counts(targets: &Targets) -> Vec<(u32, u64)> {
    let Targets::Classes { n_classes, codes } = targets else {
        return Vec::new();
    };
    let mut counts = vec![0_u64; *n_classes];
    for code in codes {
        counts[*code as usize] += 1;
    }
    let present = counts.into_iter().enumerate().filter(|(_, n)| *n > 0);
    present.map(|(code, n)| (code as u32, n)).collect()
}

/// Targets of a classification.
pub(super) fn classes_of<'a>(
    data: &'a TrainingSet,
    algorithm: &str,
) -> Result<(usize, &'a [u32]), TrainError> {
    match &data.targets {
        Targets::Classes { n_classes, codes } => Ok((*n_classes, codes)),
        Targets::Values(_) => Err(TrainError::WrongTask {
            algorithm: algorithm.to_owned(),
            task: Task::Regression,
        }),
    }
}

/// Targets of a regression.
pub(super) fn values_of<'a>(
    data: &'a TrainingSet,
    algorithm: &str,
) -> Result<&'a [f64], TrainError> {
    match &data.targets {
        Targets::Values(values) => Ok(values),
        Targets::Classes { n_classes, .. } => Err(TrainError::WrongTask {
            algorithm: algorithm.to_owned(),
            task: if *n_classes == 2 {
                Task::Binary
            } else {
                Task::Multiclass
            },
        }),
    }
}

/// A parameter for an algorithm's list.
pub(super) fn param(
    name: &str,
    title: &str,
    help: &str,
    range: ParamRange,
    default: impl Into<Scalar>,
) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        title: title.to_owned(),
        help: help.to_owned(),
        range,
        default: default.into(),
        tuning: None,
    }
}

/// A search over orders of magnitude.
pub(super) fn magnitude(min: f64, max: f64) -> Tuning {
    Tuning::Magnitude { min, max }
}

/// A search over values.
pub(super) fn even(min: f64, max: f64) -> Tuning {
    Tuning::Even { min, max }
}

/// The real number of a parameter; parameters are complete and checked.
pub(super) fn float(params: &Params, name: &str) -> f64 {
    let value = params.get(name).and_then(Scalar::as_f64);
    value.expect("parameters are completed and checked before fitting")
}

/// The whole number of a parameter, not negative.
pub(super) fn integer(params: &Params, name: &str) -> usize {
    let value = params.get(name).and_then(Scalar::as_i64);
    let value = value.and_then(|v| usize::try_from(v).ok());
    value.expect("parameters are completed and checked before fitting")
}

/// The text of a parameter.
pub(super) fn choice<'a>(params: &'a Params, name: &str) -> &'a str {
    let value = params.get(name).and_then(Scalar::as_str);
    value.expect("parameters are completed and checked before fitting")
}

/// The truth value of a parameter.
pub(super) fn flag(params: &Params, name: &str) -> bool {
    let value = params.get(name).and_then(Scalar::as_bool);
    value.expect("parameters are completed and checked before fitting")
}
