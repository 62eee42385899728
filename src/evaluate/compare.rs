//! The comparison of a candidate with production and baseline on the same test rows: overall and segment by segment,
//! every difference with its interval and in words. What follows from it is left to `gate`; predicting to `model`.

use super::bootstrap::{self, Intervals, METHOD, Plan};
use super::error::EvaluateError;
use super::scorer::Scorer;
use super::segments::{self, CutSegment};
use super::{curves, metrics};
use crate::data::Table;
use crate::domain::algorithm::Problem;
use crate::domain::comparison::{
    Comparison, IntervalMethod, MetricComparison, ModelEvaluation, Outcome, Place,
    SegmentComparison,
};
use crate::domain::metric::Metric;
use crate::domain::pipeline::EvaluateParams;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::segment::SegmentSet;
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Task};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Metrics that depend on the rows of a class need so many rows of each class that occurs in the task.
pub const MIN_ROWS_OF_CLASS: usize = 5;

/// A model in a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedModel {
    /// Its place.
    pub place: Place,
    /// For people.
    pub title: String,
    /// Content hash of the model.
    pub hash: ContentHash,
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
    let total = cut.segments.len() as u64 + 1;
    let done = AtomicU64::new(0);
    let finished = |what: &str| {
        let n = done.fetch_add(1, Ordering::Relaxed) + 1;
        monitor.progress(n, total, what);
    };
    let unit = |rows: Option<&[usize]>, text: &str| {
        let result = compare_rows(test, &models, params, rows, seed, text, monitor);
        finished("comparing segments");
        result
    };
    let overall = unit(None, "")?;
    let by_segment: Vec<Vec<SegmentComparison>> = cut
        .segments
        .par_iter()
        .map(|segment| {
            let text = segment.segment.to_string();
            let compared = unit(Some(&segment.rows), &text)?;
            Ok(segment_rows(test, segment, &text, compared))
        })
        .collect::<Result<_, EvaluateError>>()?;
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
        },
        models: evaluations,
        metrics: overall,
        segments: by_segment.into_iter().flatten().collect(),
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
                "{} resamples: use 50 to 100000; 400 is usual",
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
        thresholds: curves::thresholds(targets, predictions),
        residuals: curves::residuals(targets, predictions),
        predicted: curves::predicted(targets, predictions),
    }
}

/// All metrics on some of the rows (`None`: all).
fn compare_rows(
    test: &TestSet<'_>,
    models: &[&ComparedModel],
    params: &EvaluateParams,
    rows: Option<&[usize]>,
    seed: u64,
    text: &str,
    monitor: &dyn Monitor,
) -> Result<Vec<MetricComparison>, EvaluateError> {
    if monitor.is_stopped() {
        return Err(EvaluateError::Stopped);
    }
    let metrics = Metric::of_task(test.task);
    let targets = rows.map_or_else(|| test.targets.clone(), |rows| test.targets.take(rows));
    let n_rows = targets.n_rows();
    let scorer = |place: Place| {
        let model = models.iter().find(|m| m.place == place)?;
        match rows {
            None => Scorer::new(&targets, &model.predictions),
            Some(rows) => Scorer::new(&targets, &model.predictions.take(rows)),
        }
    };
    let candidate = scorer(Place::Candidate);
    let production = scorer(Place::Production);
    let baseline = scorer(Place::Baseline);
    let values = |scorer: &Option<Scorer>| {
        scorer
            .as_ref()
            .map_or_else(|| vec![None; metrics.len()], |s| s.values(metrics, None))
    };
    let of_candidate = values(&candidate);
    let of_production = values(&production);
    let of_baseline = values(&baseline);
    let (reference, of_reference) = if production.is_some() {
        (&production, &of_production)
    } else {
        (&baseline, &of_baseline)
    };
    let enough = n_rows as u64 >= params.min_rows.max(2);
    let intervals = match (&candidate, reference) {
        (Some(candidate), Some(reference)) if enough => {
            let plan = Plan {
                n_resamples: params.n_resamples,
                level: params.level,
                seed,
                segment: text,
            };
            let is_stopped = || monitor.is_stopped();
            bootstrap::intervals(candidate, reference, n_rows, metrics, plan, &is_stopped)
                .ok_or(EvaluateError::Stopped)?
        }
        _ => vec![None; metrics.len()],
    };
    let classes_suffice = has_rows_of_each_class(&targets);
    let comparisons = metrics.iter().enumerate().map(|(i, &metric)| {
        let usable = classes_suffice || !needs_each_class(metric);
        let interval = intervals[i].filter(|_| usable);
        let difference = of_candidate[i].zip(of_reference[i]).map(|(c, r)| c - r);
        MetricComparison {
            metric,
            candidate: of_candidate[i],
            production: of_production[i],
            baseline: of_baseline[i],
            difference,
            interval: interval.map(|found| found.difference),
            outcome: outcome(difference, interval),
        }
    });
    Ok(comparisons.collect())
}

/// Whether a metric says little while a class has only a few rows.
fn needs_each_class(metric: Metric) -> bool {
    matches!(
        metric,
        Metric::RocAuc | Metric::PrAuc | Metric::Precision | Metric::Recall | Metric::F1
    )
}

fn has_rows_of_each_class(targets: &Targets) -> bool {
    match targets {
        Targets::Classes { n_classes, codes } => (0..*n_classes).all(|class| {
            let of_class = codes.iter().filter(|c| **c as usize == class);
            of_class.take(MIN_ROWS_OF_CLASS).count() == MIN_ROWS_OF_CLASS
        }),
        Targets::Values(_) => true,
    }
}

/// What the interval of the improvement says.
fn outcome(difference: Option<f64>, interval: Option<Intervals>) -> Outcome {
    match interval.map(|found| found.improvement) {
        Some([low, _]) if difference.is_some() && low > 0.0 => Outcome::Better,
        Some([_, high]) if difference.is_some() && high < 0.0 => Outcome::Worse,
        Some(_) if difference.is_some() => Outcome::Same,
        _ => Outcome::NotEnoughRows,
    }
}

fn segment_rows(
    test: &TestSet<'_>,
    segment: &CutSegment,
    text: &str,
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
            segment: text.to_owned(),
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
            outcome: row.outcome,
        })
        .collect()
}

#[cfg(test)]
#[path = "compare_tests.rs"]
pub(super) mod tests;
