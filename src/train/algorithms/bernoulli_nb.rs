//! Bernoulli naive Bayes: which inputs are above their mean, or which categories a row has, each taken for itself
//! (McCallum and Nigam 1998). Counting is ours: linfa-bayes 0.8.1 keeps the counts to itself and cannot save them.

use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamRange, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Binarized, Estimator, Linear, Link};
use crate::train::algorithm::{
    Algorithm, TrainingSet, class_counts, classes_of, float, magnitude, param,
};
use crate::train::calibration;
use crate::train::error::TrainError;
use ndarray::Array2;

const ID: &str = "bernoulli_nb";

/// Numbers are scaled to mean 0, and categories are 0 or 1: above their mean, or there.
const THRESHOLD: f64 = 0.0;

pub(super) struct BernoulliNb;

impl Algorithm for BernoulliNb {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: ID.to_owned(),
            title: "Bernoulli naive Bayes".to_owned(),
            made_of: "Lockkeeper".to_owned(),
            help: "Counts in each class how often an input is above its mean and how often a category occurs, and takes all \
                   of them for independent. Robust where values are wild."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass],
            params: vec![smoothing(), calibration::param()],
        }
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
        let present = class_counts(&data.targets);
        let n_features = data.x.ncols();
        let mut counts = Array2::<f64>::zeros((n_classes, n_features));
        for (row, code) in data.x.rows().into_iter().zip(codes) {
            let mut counts = counts.row_mut(*code as usize);
            for (count, x) in counts.iter_mut().zip(row) {
                *count += f64::from(u8::from(*x > THRESHOLD));
            }
        }
        let alpha = float(params, "alpha");
        let n_rows = codes.len() as f64;
        let (mut coefficients, mut intercepts) = (Vec::new(), Vec::new());
        for (class, n) in &present {
            let n = *n as f64;
            let shares = counts.row(*class as usize);
            let shares = shares
                .iter()
                .map(|count| (count + alpha) / (n + 2.0 * alpha));
            let shares: Vec<f64> = shares.collect();
            let absent: f64 = shares.iter().map(|p| (1.0 - p).ln()).sum();
            intercepts.push((n / n_rows).ln() + absent);
            coefficients.push(shares.iter().map(|p| (p / (1.0 - p)).ln()).collect());
        }
        Ok(Estimator::Binarized(Binarized {
            thresholds: vec![THRESHOLD; n_features],
            linear: Linear {
                coefficients,
                intercepts,
                link: Link::Softmax {
                    classes: present.into_iter().map(|(class, _)| class).collect(),
                    n_classes,
                },
            },
        }))
    }
}

/// The parameter of both counting kinds of naive Bayes.
pub(super) fn smoothing() -> crate::domain::algorithm::ParamInfo {
    param(
        "alpha",
        "Smoothing",
        "Added to every count, so that nothing is impossible (Laplace).",
        ParamRange::Float {
            min: 1e-9,
            max: 1e6,
        },
        1.0,
    )
    .tuned(magnitude(1e-3, 100.0))
}
