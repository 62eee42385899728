//! Candidates that are models of other programs: their files are read once, held against the columns and classes, and
//! tried out; then they are scored like any other candidate. They are not fitted, so folds keep nothing from them.

use super::cross_validation::TrainJob;
use super::error::TrainError;
use crate::domain::algorithm::Params;
use crate::domain::prediction::Predictions;
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Scalar};
use crate::feature::FeaturePlan;
use crate::model::{Imported, Question};
use std::collections::BTreeMap;

/// Rows on which an imported model is tried out.
const ROWS_TO_TRY: usize = 100;

/// The content of the files that candidates name, or why it cannot be read.
pub type Files = BTreeMap<String, Result<Vec<u8>, String>>;

/// The file of a candidate.
pub(super) struct Import {
    /// Hash of its content, where it could be read.
    pub(super) hash: Option<ContentHash>,
    /// The model, or why it cannot be taken over.
    pub(super) model: Result<Imported, String>,
}

impl Import {
    /// Reads the file of a candidate, and says what a person should know of it.
    pub(super) fn of(
        name: &str,
        params: &Params,
        job: &TrainJob<'_>,
        plan: &FeaturePlan,
        monitor: &dyn Monitor,
    ) -> Self {
        let file = text(params, "file");
        let content = match job.files.get(file) {
            Some(Ok(content)) => content.clone(),
            Some(Err(reason)) => return Self::without(reason.clone()),
            None => return Self::without(format!("there is no file {file}")),
        };
        let hash = Some(ContentHash::of_bytes(&content));
        let model = taken_over(content, params, job, plan);
        if let Ok(model) = &model {
            monitor.warn(&format!(
                "{name} was fitted elsewhere, perhaps on these very rows: then its scores, in cross-validation and on the test rows, \
                 are better than it is"
            ));
            if let Some(assumption) = model.assumption() {
                monitor.warn(&format!("{name}: {assumption}"));
            }
        }
        Self { hash, model }
    }

    fn without(reason: String) -> Self {
        Self {
            hash: None,
            model: Err(reason),
        }
    }

    /// The model as an estimator.
    pub(super) fn model(&self) -> Result<&Imported, TrainError> {
        self.model
            .as_ref()
            .map_err(|reason| TrainError::NotImported {
                reason: reason.clone(),
            })
    }
}

fn taken_over(
    content: Vec<u8>,
    params: &Params,
    job: &TrainJob<'_>,
    plan: &FeaturePlan,
) -> Result<Imported, String> {
    let features: Vec<_> = plan
        .columns
        .iter()
        .map(|c| (c.name.clone(), c.kind))
        .collect();
    let question = Question {
        task: job.task,
        classes: job.classes,
        features: &features,
        columns: &list(text(params, "columns"))?,
        class_order: &list(text(params, "classes"))?,
    };
    let model = Imported::of(content, &question).map_err(|e| e.to_string())?;
    let rows = &job.rows[..job.rows.len().min(ROWS_TO_TRY)];
    model
        .try_out(&job.table.take(rows))
        .map_err(|e| e.to_string())?;
    Ok(model)
}

/// The plan without the columns that the model does not read.
pub(super) fn plan_of(plan: &FeaturePlan, model: &Imported) -> FeaturePlan {
    let mut plan = plan.clone();
    plan.columns.retain(|c| model.reads(&c.name));
    plan
}

fn text<'a>(params: &'a Params, name: &str) -> &'a str {
    params
        .get(name)
        .and_then(Scalar::as_str)
        .unwrap_or_default()
}

/// Names between commas; a name with a comma stands in quotes, as in a CSV file.
pub(super) fn list(text: &str) -> Result<Vec<String>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut names = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| format!("{text:?} is no list: {e}"))?;
        names.extend(record.iter().map(str::to_owned));
    }
    Ok(names)
}

/// Answers for some rows.
pub(super) fn answers(
    model: &crate::model::Model,
    job: &TrainJob<'_>,
    rows: &[usize],
) -> Result<Predictions, TrainError> {
    model
        .predict(&job.table.take(rows))
        .map_err(|e| TrainError::NotImported {
            reason: e.to_string(),
        })
}
