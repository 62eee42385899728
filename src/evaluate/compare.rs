//! The comparison of a candidate with production and baseline on the same test rows: overall and segment by segment,
//! every difference with its interval and in words. What follows from it is left to `gate`; predicting to `model`.

use super::bootstrap::METHOD;
use super::differences::differences;
use super::error::EvaluateError;
use super::resampling::Drawing;
use super::segments::{self, CutSegment};
use super::{curves, metrics};
use crate::data::Table;
use crate::domain::algorithm::Problem;
use crate::domain::comparison::{
    Comparison, Correction, IntervalMethod, MetricComparison, ModelEvaluation, Place,
    SegmentComparison, UnsharedInput,
};
use crate::domain::pipeline::EvaluateParams;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::segment::SegmentSet;
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Task};
use rayon::prelude::*;

pub use super::differences::MIN_ROWS_OF_CLASS;

/// For people, in `Correction`.
const CORRECTION: &str = "Holm (1979)";

/// A model in a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedModel {
    /// Its place.
    pub place: Place,
    /// For people.
    pub title: String,
    /// Content hash of the model.
    pub hash: ContentHash,
    /// The columns that it reads.
    pub inputs: Vec<String>,
    /// Its predictions for the test rows.
    pub predictions: Predictions,
}

/// The rows on which models are compared.
#[derive(Debug, Clone, Copy)]
pub struct TestSet<'a> {
    /// The task.
    pub task: Task,
    /// The target column.
    pub target: &'a str,
    /// Class names in the order of the probabilities; empty for regression.
    pub classes: &'a [String],
    /// The truth.
    pub targets: &'a Targets,
    /// The test rows, in the same order; segments are cut from its columns.
    pub table: &'a Table,
}

/// Compares the models: the candidate against production, or against the baseline while there is no production. The
/// result depends on the arguments alone, not on the number of threads or the order of the segments.
///
/// # Errors
/// `Stopped` on request; `Params`, `Places`, `Shape`, `NotFinite` and `TestSet` where the arguments do not fit together.
pub fn compare(
    test: &TestSet<'_>,
    models: &[ComparedModel],
    params: &EvaluateParams,
    segments: &[SegmentSet],
    seed: u64,
    monitor: &dyn Monitor,
) -> Result<Comparison, EvaluateError> {
    check_params(params)?;
    check_test_set(test)?;
    let models = in_order(test, models)?;
    let cut = segments::cut(test.table, segments)?;
    for sentence in &cut.left_out {
        monitor.warn(sentence);
    }
    let drawing = Drawing::of(test, &params.resampling)?;
    if let Some(warning) = &drawing.warning {
        monitor.warn(warning);
    }
    let all = (0..test.targets.n_rows() as u32).collect();
    let of_segments = cut.segments.iter();
    let of_segments = of_segments.map(|s| s.rows.iter().map(|row| *row as u32).collect());
    let parts: Vec<Vec<u32>> = std::iter::once(all).chain(of_segments).collect();
    let compared = differences(test, &models, params, &drawing, &parts, seed, monitor)?;
    let n_tested = |rows: &[MetricComparison]| {
        rows.iter().filter(|row| row.significance.is_some()).count() as u64
    };
    let correction = Correction {
        name: CORRECTION.to_owned(),
        n_overall: compared.first().map_or(0, |rows| n_tested(rows)),
        n_segments: compared.iter().skip(1).map(|rows| n_tested(rows)).sum(),
    };
    let mut compared = compared.into_iter();
    let overall = compared.next().unwrap_or_default();
    let by_segment = cut.segments.iter().zip(compared);
    let by_segment = by_segment.flat_map(|(segment, rows)| segment_rows(test, segment, rows));
    let evaluations: Vec<ModelEvaluation> = models
        .par_iter()
        .map(|model| evaluation(test, model))
        .collect();
    if monitor.is_stopped() {
        return Err(EvaluateError::Stopped);
    }
    Ok(Comparison {
        task: test.task,
        target: test.target.to_owned(),
        classes: test.classes.to_vec(),
        n_rows: test.targets.n_rows() as u64,
        intervals: IntervalMethod {
            name: METHOD.to_owned(),
            n_resamples: params.n_resamples,
            level: params.level,
            units: drawing.words,
        },
        correction: Some(correction),
        models: evaluations,
        unshared_inputs: unshared_inputs(&models),
        metrics: overall,
        segments: by_segment.collect(),
    })
}

fn check_params(params: &EvaluateParams) -> Result<(), EvaluateError> {
    let mut problems = Vec::new();
    if !(params.level > 0.0 && params.level < 1.0) {
        problems.push(Problem::new(
            "steps.evaluate.level",
            format!("{} is not between 0 and 1; 0.95 is usual", params.level),
        ));
    }
    if !(50..=100_000).contains(&params.n_resamples) {
        problems.push(Problem::new(
            "steps.evaluate.n_resamples",
            format!(
                "{} resamples: use 50 to 100000; 2000 is usual",
                params.n_resamples
            ),
        ));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(EvaluateError::Params { problems })
    }
}

fn check_test_set(test: &TestSet<'_>) -> Result<(), EvaluateError> {
    let n_rows = test.targets.n_rows();
    let reason = match test.targets {
        _ if n_rows == 0 => Some("there are no test rows".to_owned()),
        _ if n_rows != test.table.n_rows() => Some(format!(
            "{n_rows} targets and {} rows in the table",
            test.table.n_rows()
        )),
        Targets::Classes { n_classes, codes } => {
            if !test.task.is_classification() {
                Some("the task is a regression and the targets are classes".to_owned())
            } else if *n_classes != test.classes.len() {
                Some(format!(
                    "{} class names and {n_classes} classes",
                    test.classes.len()
                ))
            } else if codes.iter().any(|c| *c as usize >= *n_classes) {
                Some("a target is not one of the classes".to_owned())
            } else {
                None
            }
        }
        Targets::Values(_) if test.task.is_classification() => {
            Some("the task has classes and the targets are numbers".to_owned())
        }
        Targets::Values(values) => values
            .iter()
            .any(|v| !v.is_finite())
            .then(|| "a target is not a finite number".to_owned()),
    };
    reason.map_or(Ok(()), |reason| Err(EvaluateError::TestSet { reason }))
}

/// Candidate, production, baseline, each at most once and with predictions that fit.
fn in_order<'m>(
    test: &TestSet<'_>,
    models: &'m [ComparedModel],
) -> Result<Vec<&'m ComparedModel>, EvaluateError> {
    let mut ordered = Vec::with_capacity(models.len());
    for place in [Place::Candidate, Place::Production, Place::Baseline] {
        let mut here = models.iter().filter(|m| m.place == place);
        ordered.extend(here.next());
        if here.next().is_some() {
            return Err(EvaluateError::Places);
        }
    }
    if ordered.first().is_none_or(|m| m.place != Place::Candidate) {
        return Err(EvaluateError::Places);
    }
    for model in &ordered {
        check_predictions(test, model)?;
    }
    Ok(ordered)
}

fn check_predictions(test: &TestSet<'_>, model: &ComparedModel) -> Result<(), EvaluateError> {
    let shape = |n_rows: usize, n_classes: Option<usize>| match n_classes {
        Some(n) => format!("{n_rows} rows of {n} probabilities"),
        None => format!("{n_rows} numbers"),
    };
    let expected = match test.targets {
        Targets::Classes { n_classes, codes } => shape(codes.len(), Some(*n_classes)),
        Targets::Values(values) => shape(values.len(), None),
    };
    let (got, values, width) = match &model.predictions {
        Predictions::Probabilities { n_classes, values } => (
            shape(model.predictions.n_rows(), Some(*n_classes)),
            values,
            (*n_classes).max(1),
        ),
        Predictions::Values(values) => (shape(values.len(), None), values, 1),
    };
    if expected != got {
        return Err(EvaluateError::Shape {
            model: model.title.clone(),
            expected,
            got,
        });
    }
    let mut bad = values
        .chunks(width)
        .enumerate()
        .filter(|(_, row)| row.iter().any(|v| !v.is_finite()))
        .map(|(row, _)| row + 1);
    if let Some(first) = bad.next() {
        return Err(EvaluateError::NotFinite {
            model: model.title.clone(),
            n_rows: 1 + bad.count(),
            first,
        });
    }
    Ok(())
}

/// Columns that the candidate alone or production alone reads; the baseline reads none.
fn unshared_inputs(models: &[&ComparedModel]) -> Vec<UnsharedInput> {
    let of = |place: Place| models.iter().find(|m| m.place == place);
    let (Some(candidate), Some(production)) = (of(Place::Candidate), of(Place::Production)) else {
        return Vec::new();
    };
    let only = |a: &ComparedModel, b: &ComparedModel| -> Vec<UnsharedInput> {
        let own = a.inputs.iter().filter(|column| !b.inputs.contains(column));
        own.map(|column| UnsharedInput {
            column: column.clone(),
            read_by: a.place,
        })
        .collect()
    };
    let mut found = only(candidate, production);
    found.extend(only(production, candidate));
    found
}

/// Everything of one model that is drawn.
fn evaluation(test: &TestSet<'_>, model: &ComparedModel) -> ModelEvaluation {
    let (targets, predictions) = (test.targets, &model.predictions);
    ModelEvaluation {
        place: model.place,
        title: model.title.clone(),
        hash: model.hash.clone(),
        metrics: metrics::score(targets, predictions),
        roc: curves::roc(targets, predictions),
        precision_recall: curves::precision_recall(targets, predictions),
        calibration: curves::calibration(targets, predictions),
        confusion: curves::confusion(targets, predictions),
        residuals: curves::residuals(targets, predictions),
        predicted: curves::predicted(targets, predictions),
    }
}

fn segment_rows(
    test: &TestSet<'_>,
    segment: &CutSegment,
    compared: Vec<MetricComparison>,
) -> Vec<SegmentComparison> {
    let n_positive = match test.targets {
        Targets::Classes {
            n_classes: 2,
            codes,
        } => Some(segment.rows.iter().filter(|r| codes[**r] == 1).count() as u64),
        _ => None,
    };
    compared
        .into_iter()
        .map(|row| SegmentComparison {
            segment: segment.segment.to_string(),
            set: segment.set.clone(),
            predicates: segment.segment.clone(),
            n_rows: segment.rows.len() as u64,
            n_positive,
            metric: row.metric,
            candidate: row.candidate,
            production: row.production,
            baseline: row.baseline,
            difference: row.difference,
            interval: row.interval,
            significance: row.significance,
            outcome: row.outcome,
        })
        .collect()
}

#[cfg(test)]
#[path = "compare_tests.rs"]
pub(super) mod tests;
