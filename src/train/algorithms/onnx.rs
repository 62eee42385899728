//! A model of another program, from an ONNX file. It is loaded, not fitted: see `train::imports`.

use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamRange, Params};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::Estimator;
use crate::train::algorithm::{Algorithm, TrainingSet, param};
use crate::train::error::TrainError;

pub(super) struct Onnx;

impl Algorithm for Onnx {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: super::IMPORTED.to_owned(),
            title: "Imported model (ONNX)".to_owned(),
            made_of: "ONNX, evaluated by Lockkeeper".to_owned(),
            help: "A model that another program fitted, for example scikit-learn with skl2onnx. It is scored like any other \
                   candidate; if it was fitted on these rows, its scores are better than it is."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass, Task::Regression],
            params: vec![
                param(
                    "file",
                    "File",
                    "The ONNX file, relative to the workspace.",
                    ParamRange::Text,
                    "",
                ),
                param(
                    "columns",
                    "Columns",
                    "The columns of the model's inputs in their order, with commas between them. Empty: by the names of the inputs, \
                     or all of the schema's features in their order.",
                    ParamRange::Text,
                    "",
                ),
                param(
                    "classes",
                    "Classes",
                    "The target's classes in the order of the model's probabilities, with commas between them. Empty: as the file \
                     names them.",
                    ParamRange::Text,
                    "",
                ),
            ],
        }
    }

    fn weighs_rows(&self) -> bool {
        false
    }

    fn encoding(&self) -> Encoding {
        Encoding::Ordinal
    }

    fn fit(
        &self,
        _data: &TrainingSet,
        _params: &Params,
        _seed: u64,
        _monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError> {
        Err(TrainError::NotImported {
            reason: "an imported model is loaded, not fitted".to_owned(),
        })
    }
}
