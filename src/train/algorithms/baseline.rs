//! The baseline: what one answers without looking at any input. Whatever does not beat it has learned nothing.

use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, Params};
use crate::domain::prediction::Targets;
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Constant, Estimator};
use crate::train::algorithm::{Algorithm, TrainingSet};
use crate::train::error::TrainError;

pub(super) struct Baseline;

impl Algorithm for Baseline {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: super::BASELINE.to_owned(),
            title: "Baseline".to_owned(),
            made_of: "Lockkeeper".to_owned(),
            help: "Answers every row with the shares of the classes (so with the most frequent class), or with the mean. \
                   Always trained besides: a model that does not beat it has learned nothing."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass, Task::Regression],
            params: Vec::new(),
        }
    }

    fn encoding(&self) -> Encoding {
        Encoding::Ordinal
    }

    fn fit(
        &self,
        data: &TrainingSet,
        _params: &Params,
        _seed: u64,
        _monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError> {
        let weight = |i: usize| data.weights.as_ref().map_or(1.0, |w| w[i]);
        let total: f64 = (0..data.targets.n_rows()).map(weight).sum();
        if total <= 0.0 {
            return Err(TrainError::not_fitted(super::BASELINE, "there are no rows"));
        }
        let constant = match &data.targets {
            Targets::Classes { n_classes, codes } => {
                let mut shares = vec![0.0; *n_classes];
                for (i, code) in codes.iter().enumerate() {
                    shares[*code as usize] += weight(i);
                }
                for share in &mut shares {
                    *share /= total;
                }
                Constant::Probabilities(shares)
            }
            Targets::Values(values) => {
                let sum: f64 = values.iter().enumerate().map(|(i, v)| v * weight(i)).sum();
                Constant::Value(sum / total)
            }
        };
        Ok(Estimator::Constant(constant))
    }
}
