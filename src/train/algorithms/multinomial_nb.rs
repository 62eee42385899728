//! Multinomial naive Bayes: how much of each input a class has (McCallum and Nigam 1998). Counting is ours: linfa-bayes
//! 0.8.1 prints to stderr while it fits.
//!
//! Counts cannot be negative, and our inputs are scaled to mean 0: each is moved to begin at 0 and divided by its width
//! in training. That is a weighted sum again, so the model is a linear one.

use super::counting::{ClassSums, smoothing};
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Estimator, Linear, Link};
use crate::train::algorithm::{Algorithm, TrainingSet, classes_of, float};
use crate::train::calibration;
use crate::train::error::TrainError;
use ndarray::Array2;

const ID: &str = "multinomial_nb";

pub(super) struct MultinomialNb;

impl Algorithm for MultinomialNb {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: ID.to_owned(),
            title: "Multinomial naive Bayes".to_owned(),
            made_of: "Lockkeeper".to_owned(),
            help: "Adds up how much of each input the rows of a class have. Made for counts, such as words in a text; numbers \
                   are brought to the range from 0 to 1."
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
        let (lowest, widths) = ranges(&data.x);
        let moved = |j: usize, x: f64| (x - lowest[j]) / widths[j];
        let sums = ClassSums::of(data, (n_classes, codes), moved);
        let alpha = float(params, "alpha");
        let (mut coefficients, mut intercepts) = (Vec::new(), Vec::new());
        for (class, n) in &sums.present {
            let own = sums.of_features.row(*class as usize);
            let total = own.sum() + alpha * n_features as f64;
            let weights = own.iter().zip(&widths);
            let weights = weights.map(|(sum, width)| ((sum + alpha) / total).ln() / width);
            let weights: Vec<f64> = weights.collect();
            let at_lowest: f64 = weights.iter().zip(&lowest).map(|(w, low)| w * low).sum();
            intercepts.push((n / sums.n_rows).ln() - at_lowest);
            coefficients.push(weights);
        }
        Ok(Estimator::Linear(Linear {
            coefficients,
            intercepts,
            link: Link::Softmax {
                classes: sums.present.iter().map(|(class, _)| *class).collect(),
                n_classes,
            },
        }))
    }
}

/// Smallest value and width of each feature; a constant one has width 1.
fn ranges(x: &Array2<f64>) -> (Vec<f64>, Vec<f64>) {
    let range = |column: ndarray::ArrayView1<'_, f64>| {
        let low = column.iter().copied().fold(f64::INFINITY, f64::min);
        let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (low, if high > low { high - low } else { 1.0 })
    };
    x.columns().into_iter().map(range).unzip()
}
