//! Trees and forests behind linfa's traits: `ForestParams::default().fit(&dataset)?.predict(&records)`. Thin: the work
//! is in `ensemble` and `model::forest`.

use super::ensemble::{ForestParams, fit_forest};
use crate::domain::prediction::{Predictions, Targets};
use crate::model::Forest;
use crate::train::error::TrainError;
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2};

impl Fit<Array2<f64>, Array1<usize>, TrainError> for ForestParams {
    type Object = Forest;

    /// Grows trees for classes 0, 1, 2 …; the dataset's weights count.
    fn fit(&self, dataset: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Forest, TrainError> {
        let codes: Vec<u32> = dataset.targets().iter().map(|c| *c as u32).collect();
        let n_classes = codes.iter().max().map_or(2, |c| *c as usize + 1).max(2);
        let targets = Targets::Classes { n_classes, codes };
        fit_dataset(self, dataset, &targets)
    }
}

impl Fit<Array2<f64>, Array1<f64>, TrainError> for ForestParams {
    type Object = Forest;

    /// Grows trees for numbers; the dataset's weights count.
    fn fit(&self, dataset: &DatasetBase<Array2<f64>, Array1<f64>>) -> Result<Forest, TrainError> {
        fit_dataset(self, dataset, &Targets::Values(dataset.targets().to_vec()))
    }
}

fn fit_dataset<T>(
    params: &ForestParams,
    dataset: &DatasetBase<Array2<f64>, T>,
    targets: &Targets,
) -> Result<Forest, TrainError> {
    let weights: Option<Vec<f64>> = dataset
        .weights()
        .map(|weights| weights.iter().map(|w| f64::from(*w)).collect());
    let x = dataset.records().view();
    fit_forest(x, targets, weights.as_deref(), params, &|| false)
}

impl PredictInplace<Array2<f64>, Array1<usize>> for Forest {
    /// The most probable class; zeros for a regression.
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<usize>) {
        let labels = self.predictions(x.view()).labels();
        for (y, label) in y.iter_mut().zip(labels) {
            *y = label as usize;
        }
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<usize> {
        Array1::zeros(x.nrows())
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for Forest {
    /// The number; for two classes or more, the probability of the last one.
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        let answers = match self.predictions(x.view()) {
            Predictions::Values(values) => values,
            Predictions::Probabilities { n_classes, values } => values
                .chunks(n_classes)
                .map(|row| row[n_classes - 1])
                .collect(),
        };
        y.assign(&Array1::from(answers));
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}
