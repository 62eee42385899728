//! The model: everything that is needed to answer for a row of a table, in one value.

use super::error::ModelError;
use super::estimator::Estimator;
use crate::data::Table;
use crate::domain::algorithm::Params;
use crate::domain::prediction::Predictions;
use crate::domain::signature::ModelSignature;
use crate::feature::{ColumnTransform, Encoding, FeaturePlan, FittedColumn};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Rows that are encoded and predicted at a time: enough to keep a thread busy, little enough to stay in its cache.
const ROWS_A_CHUNK: usize = 4096;

/// A trained model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The candidate's name: `forest`.
    pub name: String,
    /// The algorithm's id: `forest`.
    pub algorithm: String,
    /// All parameters, defaults included.
    pub params: Params,
    /// What it reads and answers.
    pub signature: ModelSignature,
    /// How columns become features.
    pub plan: FeaturePlan,
    /// In which form the estimator takes them.
    pub encoding: Encoding,
    /// What was fitted.
    pub estimator: Estimator,
}

impl Model {
    /// Answers for all rows of a table, in order. Columns may be in any order, and there may be more.
    ///
    /// # Errors
    /// If input columns are missing or of an unusable type; all of them are listed. An imported model may also have no
    /// answer for a row.
    pub fn predict(&self, table: &Table) -> Result<Predictions, ModelError> {
        let answers = self.predict_unless(table, &|| false)?;
        Ok(answers.unwrap_or_else(|| self.estimator.predictions(Vec::new())))
    }

    /// The same; `None` if it was stopped.
    ///
    /// # Errors
    /// As [`Model::predict`].
    pub fn predict_unless(
        &self,
        table: &Table,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Predictions>, ModelError> {
        self.plan.check(table)?;
        if let Estimator::Imported(imported) = &self.estimator {
            return Ok(Some(self.estimator.predictions(imported.predict(table)?)));
        }
        let n_rows = table.n_rows();
        let chunk = |start: usize| {
            let part = table.slice(start, ROWS_A_CHUNK.min(n_rows - start));
            let x = self.plan.encode_checked(&part, None, self.encoding);
            self.estimator.predict_chunk(x.view())
        };
        let values = if n_rows == 0 {
            Vec::new()
        } else if n_rows <= ROWS_A_CHUNK {
            chunk(0)
        } else {
            let starts: Vec<usize> = (0..n_rows).step_by(ROWS_A_CHUNK).collect();
            let chunk = |start| (!is_stopped()).then(|| chunk(start));
            let parts: Option<Vec<Vec<f64>>> = starts.into_par_iter().map(chunk).collect();
            match parts {
                Some(parts) => parts.concat(),
                None => return Ok(None),
            }
        };
        Ok(Some(self.estimator.predictions(values)))
    }

    /// The answers as texts: the most probable class of each row, or the number.
    #[must_use]
    pub fn labels_of(&self, predictions: &Predictions) -> Vec<String> {
        match predictions {
            Predictions::Values(values) => values.iter().map(f64::to_string).collect(),
            Predictions::Probabilities { .. } => predictions
                .labels()
                .into_iter()
                .map(|k| self.signature.classes[k as usize].clone())
                .collect(),
        }
    }

    /// Whether the parts fit together, so that predicting cannot panic: a damaged file may still be readable.
    pub(super) fn check(&self) -> Result<(), String> {
        let is_sound = |column: &FittedColumn| match &column.transform {
            ColumnTransform::Target(means) => means.is_sound(),
            _ => true,
        };
        if !self.plan.columns.iter().all(is_sound) {
            return Err("its means of the target contradict themselves".to_owned());
        }
        let n_features = self.plan.n_features(self.encoding);
        let n_classes = self.estimator.n_classes();
        let expected = self.signature.task.is_classification();
        if n_classes.is_some() != expected
            || n_classes.is_some_and(|n| n != self.signature.classes.len() || n == 0)
        {
            return Err("its classes do not fit its estimator".to_owned());
        }
        if let Estimator::Imported(imported) = &self.estimator {
            // Its file was read again, which is its check; what is left is whether it gets its columns.
            let has = |name: &&str| self.plan.columns.iter().any(|c| c.name == *name);
            return if imported.columns().iter().all(has) {
                Ok(())
            } else {
                Err("it does not get the columns that it reads".to_owned())
            };
        }
        if self.estimator.is_sound(n_features) {
            Ok(())
        } else {
            Err("its estimator contradicts itself or its features".to_owned())
        }
    }
}
