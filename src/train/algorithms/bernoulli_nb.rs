//! Bernoulli naive Bayes: which inputs are above their mean, or which categories a row has, each taken for itself
//! (McCallum and Nigam 1998). Counting is ours: linfa-bayes 0.8.1 keeps the counts to itself and cannot save them.

use super::counting::{ClassSums, smoothing};
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Binarized, Estimator, Linear, Link};
use crate::train::algorithm::{Algorithm, TrainingSet, classes_of, float};
use crate::train::calibration;
use crate::train::error::TrainError;

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
        let n_features = data.x.ncols();
        let is_above = |_, x| f64::from(u8::from(x > THRESHOLD));
        let sums = ClassSums::of(data, (n_classes, codes), is_above);
        let alpha = float(params, "alpha");
        let (mut coefficients, mut intercepts) = (Vec::new(), Vec::new());
        for (class, n) in &sums.present {
            let shares = sums.of_features.row(*class as usize);
            let shares = shares
                .iter()
                .map(|count| (count + alpha) / (n + 2.0 * alpha));
            let shares: Vec<f64> = shares.collect();
            let absent: f64 = shares.iter().map(|p| (1.0 - p).ln()).sum();
            intercepts.push((n / sums.n_rows).ln() + absent);
            coefficients.push(shares.iter().map(|p| (p / (1.0 - p)).ln()).collect());
        }
        Ok(Estimator::Binarized(Binarized {
            thresholds: vec![THRESHOLD; n_features],
            linear: Linear {
                coefficients,
                intercepts,
                link: Link::Softmax {
                    classes: sums.present.iter().map(|(class, _)| *class).collect(),
                    n_classes,
                },
            },
        }))
    }
}
