//! The fitted part of a model behind the features: plain numbers in plain structs, so that saving, exporting and
//! reading them needs nothing of the library that fitted them. Fitting is left to `train`.

use super::binarized::Binarized;
use super::blend::Blend;
use super::boosted::Boosted;
use super::calibrated::Calibrated;
use super::forest::Forest;
use super::gaussian_nb::GaussianNb;
use super::imported::Imported;
use super::kernel_machine::KernelMachine;
use super::linear::Linear;
use crate::domain::prediction::Predictions;
use ndarray::{ArrayView2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Rows that one thread takes at a time.
const ROWS_A_CHUNK: usize = 2048;

/// What was fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    /// The same answer for every row.
    Constant(Constant),
    /// A weighted sum of the features.
    Linear(Linear),
    /// Independent normal distributions in each class.
    GaussianNb(GaussianNb),
    /// One tree or many, averaged.
    Forest(Forest),
    /// Trees that are added up.
    Boosted(Boosted),
    /// A weighted sum of truths.
    Binarized(Binarized),
    /// A weighted sum of likenesses.
    KernelMachine(KernelMachine),
    /// A classifier whose probabilities are put right.
    Calibrated(Calibrated),
    /// Several models, averaged.
    Blend(Blend),
    /// A model of another program, which reads columns and not features: [`super::Model::predict`] asks it.
    Imported(Imported),
}

/// The same answer for every row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Constant {
    /// A probability a class, summing to 1.
    Probabilities(Vec<f64>),
    /// A number in the target's units.
    Value(f64),
}

impl Estimator {
    /// Number of classes; `None` for regression.
    #[must_use]
    pub fn n_classes(&self) -> Option<usize> {
        match self {
            Self::Constant(Constant::Probabilities(p)) => Some(p.len()),
            Self::Constant(Constant::Value(_)) => None,
            Self::Linear(linear) => linear.link.n_classes(),
            Self::GaussianNb(nb) => Some(nb.n_classes),
            Self::Forest(forest) => forest.n_classes,
            Self::Boosted(boosted) => boosted.link.n_classes(),
            Self::Binarized(binarized) => binarized.linear.link.n_classes(),
            Self::KernelMachine(machine) => machine.link.n_classes(),
            Self::Calibrated(calibrated) => calibrated.inner.n_classes(),
            Self::Blend(blend) => blend.members.first()?.estimator.n_classes(),
            Self::Imported(imported) => imported.n_classes(),
        }
    }

    /// Whether its parts fit together and to `n_features` features, so that predicting cannot panic: a damaged file may
    /// still be readable.
    pub(super) fn is_sound(&self, n_features: usize) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::Linear(linear) => linear.is_sound(n_features),
            Self::GaussianNb(nb) => nb.is_sound(n_features),
            Self::Forest(forest) => forest.is_sound(n_features),
            Self::Boosted(boosted) => boosted.is_sound(n_features),
            Self::Binarized(binarized) => binarized.is_sound(n_features),
            Self::KernelMachine(machine) => machine.is_sound(n_features),
            Self::Calibrated(calibrated) => calibrated.is_sound(n_features),
            Self::Blend(blend) => blend.is_sound(n_features),
            // It reads columns, which its model has checked; inside of another estimator there are none.
            Self::Imported(_) => false,
        }
    }

    /// Answers for the rows of a matrix of features. Bit-identical whatever the batch and the number of threads.
    ///
    /// # Panics
    /// If the matrix has fewer columns than there were features.
    #[must_use]
    pub fn predict(&self, x: ArrayView2<'_, f64>) -> Predictions {
        let answers = self.predict_unless(x, &|| false);
        answers.expect("nobody stops it")
    }

    /// The same; `None` if it was stopped.
    ///
    /// # Panics
    /// If the matrix has fewer columns than there were features.
    #[must_use]
    pub fn predict_unless(
        &self,
        x: ArrayView2<'_, f64>,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Option<Predictions> {
        let values = if x.nrows() <= ROWS_A_CHUNK {
            self.predict_chunk(x)
        } else {
            let chunks: Vec<ArrayView2<'_, f64>> =
                x.axis_chunks_iter(Axis(0), ROWS_A_CHUNK).collect();
            let chunk = |chunk| (!is_stopped()).then(|| self.predict_chunk(chunk));
            let parts: Option<Vec<Vec<f64>>> = chunks.into_par_iter().map(chunk).collect();
            parts?.concat()
        };
        Some(self.predictions(values))
    }

    /// Wraps numbers, row-major, as predictions of this estimator.
    pub(super) fn predictions(&self, values: Vec<f64>) -> Predictions {
        match self.n_classes() {
            Some(n_classes) => Predictions::Probabilities { n_classes, values },
            None => Predictions::Values(values),
        }
    }

    /// Answers on one thread, row-major.
    pub(super) fn predict_chunk(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        match self {
            Self::Constant(Constant::Probabilities(p)) => p.repeat(x.nrows()),
            Self::Constant(Constant::Value(value)) => vec![*value; x.nrows()],
            Self::Linear(linear) => linear.predict(x),
            Self::GaussianNb(nb) => nb.predict(x),
            Self::Forest(forest) => forest.predict(x),
            Self::Boosted(boosted) => boosted.predict(x),
            Self::Binarized(binarized) => binarized.predict(x),
            Self::KernelMachine(machine) => machine.predict(x),
            Self::Calibrated(calibrated) => calibrated.predict(x),
            Self::Blend(blend) => blend.predict(x),
            // Features do not say what stood in the columns, so there is no answer.
            Self::Imported(imported) => {
                vec![f64::NAN; x.nrows() * imported.n_classes().unwrap_or(1)]
            }
        }
    }
}
