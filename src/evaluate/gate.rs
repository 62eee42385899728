//! The model gate: judges a comparison by checks. A pure function of both; what follows from a blessing is left to the
//! pipeline, the numbers come from `compare`, the words from `sentences`.

use super::sentences;
use crate::domain::Task;
use crate::domain::algorithm::Problem;
use crate::domain::comparison::{Comparison, Place, SegmentComparison};
use crate::domain::gate::{
    Against, Blessing, Change, CheckOutcome, CheckResult, DecideBy, GateCheck, ModelVerdict, Scope,
    default_min_rows,
};
use crate::domain::metric::{Direction, Metric};

/// By how much, as a share of production's value, a segment may surely be worse before the default gate says no.
///
/// Measured by log loss, 60 segments of about 400 (200) rows, intervals of 95 %; two equally good models (the true logit
/// with independent noise of sd 0.34 each) for false alarms, and a candidate that is shifted in one segment so that it
/// is about 12 % (20 %) worse there for what is found:
///
/// | tolerance | segments failed by chance in 60 comparisons | 12 % worse, found of 40 | 20 % worse, found of 40 |
/// |---|---|---|---|
/// | 0 % | about 100 (120) | | |
/// | 2 % | 7 (12) | 27 (11) | 38 (28) |
/// | 3 % | 2 (4) | 23 (8) | 37 (27) |
/// | 5 % | 0 (0) | 7 (5) | 35 (21) |
///
/// So 0 would stop most good candidates; 3 % stops a few of a hundred and finds nearly as much as 2 %.
pub const SEGMENT_TOLERANCE: f64 = 0.03;

/// Test rows without which the default gate does not judge at all. Fewer than a segment needs, because overall the
/// measured value decides and small datasets are honest teaching material (344 penguins leave 86 test rows).
const OVERALL_MIN_ROWS: u64 = 50;

/// Test rows without which the default gate does not hold a model against the baseline. Fewer, because the first model
/// of a table of 100 rows (25 test rows) replaces nothing: it only has to be better than no model at all.
const BASELINE_MIN_ROWS: u64 = 20;

/// A reference below this has no relative change.
const NO_REFERENCE: f64 = 1e-12;

/// The checks of a gate of which nobody said anything:
/// - overall better than the baseline by the selecting metric: by 0.1 % of it at least, so that a model that is no
///   better than the most frequent class (or the mean) does not pass;
/// - overall not worse than production by the selecting metric; the same model passes;
/// - classes: overall ROC AUC not more than 0.01 below production's;
/// - all of these on 50 test rows or more;
/// - in no segment of 100 rows or more worse than production by more than 3 % beyond doubt (`SEGMENT_TOLERANCE`).
#[must_use]
pub fn default_checks(task: Task) -> Vec<GateCheck> {
    let selecting = Metric::of_task(task)[0];
    let overall = GateCheck {
        metric: selecting,
        scope: Scope::Overall,
        only: None,
        against: Against::Production,
        threshold: 0.0,
        change: Change::Absolute,
        decide_by: DecideBy::Point,
        min_rows: OVERALL_MIN_ROWS,
    };
    let mut checks = vec![
        GateCheck {
            against: Against::Baseline,
            threshold: -0.001,
            change: Change::Relative,
            min_rows: BASELINE_MIN_ROWS,
            ..overall.clone()
        },
        overall.clone(),
    ];
    if task.is_classification() {
        checks.push(GateCheck {
            metric: Metric::RocAuc,
            threshold: 0.01,
            ..overall.clone()
        });
    }
    checks.push(GateCheck {
        scope: Scope::Segments,
        threshold: SEGMENT_TOLERANCE,
        change: Change::Relative,
        decide_by: DecideBy::Interval,
        min_rows: default_min_rows(),
        ..overall
    });
    checks
}

/// All problems of the checks, with their fields as in pipeline.toml. Without a task (it may be decided later, by the
/// target) the metrics cannot be held against it.
#[must_use]
pub fn validate_checks(checks: &[GateCheck], task: Option<Task>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, check) in checks.iter().enumerate() {
        let mut problem = |field: &str, message: String| {
            let field = format!("steps.validate-model.checks[{i}].{field}");
            problems.push(Problem::new(field, message));
        };
        if let Some(task) = task
            && !Metric::of_task(task).contains(&check.metric)
        {
            let names: Vec<&str> = Metric::of_task(task).iter().map(|m| m.name()).collect();
            problem(
                "metric",
                format!(
                    "{} does not exist for {}; use one of {}",
                    check.metric.name(),
                    task.title().to_lowercase(),
                    names.join(", ")
                ),
            );
        }
        if !check.threshold.is_finite() {
            problem(
                "threshold",
                "the threshold must be a finite number".to_owned(),
            );
        }
        if check.against == Against::Value {
            if check.change == Change::Relative {
                problem(
                    "change",
                    "against = \"value\" holds the metric itself against the threshold; a relative change needs \
                     against = \"production\" or \"baseline\""
                        .to_owned(),
                );
            }
            if check.direction() == Direction::NearZero && check.threshold < 0.0 {
                problem(
                    "threshold",
                    format!(
                        "{} is held within this distance of zero, so it cannot be negative",
                        check.metric.name()
                    ),
                );
            }
            if check.scope.is_dispersion() && check.threshold < 0.0 {
                problem(
                    "threshold",
                    "segments cannot lie apart by less than nothing".to_owned(),
                );
            }
        } else if check.change == Change::Relative && check.threshold.abs() > 1.0 {
            problem(
                "threshold",
                format!(
                    "{} is more than the whole of the other model's value; write 5 % as 0.05",
                    check.threshold
                ),
            );
        }
        if check.only.is_some() && check.scope == Scope::Overall {
            problem(
                "only",
                "names segments, and the check is of all rows together; use another scope"
                    .to_owned(),
            );
        }
        if check.decide_by == DecideBy::Interval && check.scope.is_dispersion() {
            problem(
                "decide_by",
                "there is no interval of how far segments lie apart; use decide_by = \"point\""
                    .to_owned(),
            );
        } else if check.decide_by == DecideBy::Interval && check.against != Against::Production {
            problem(
                "decide_by",
                "intervals are computed of the difference from production; use decide_by = \"point\" or against = \
                 \"production\""
                    .to_owned(),
            );
        }
    }
    problems
}

/// Judges. Without checks the default ones hold. A check of production is not applicable while there is none; if
/// nothing blocks, the candidate is blessed.
#[must_use]
pub fn judge(comparison: &Comparison, checks: &[GateCheck]) -> Blessing {
    let defaults;
    let checks = if checks.is_empty() {
        defaults = default_checks(comparison.task);
        &defaults
    } else {
        checks
    };
    let mut results: Vec<CheckResult> = checks
        .iter()
        .flat_map(|check| results_of(comparison, check))
        .collect();
    for result in &mut results {
        result.sentence = sentences::check(result);
    }
    results.sort_by_key(|result| match result.outcome {
        CheckOutcome::Failed => 0,
        CheckOutcome::NotEnoughRows => 1,
        CheckOutcome::Passed => 2,
        CheckOutcome::NotApplicable => 3,
    });
    let verdict = if results.iter().any(sentences::blocks) {
        ModelVerdict::NotBlessed
    } else {
        ModelVerdict::Blessed
    };
    let selecting = checks
        .iter()
        .find(|check| check.scope == Scope::Overall && check.against != Against::Value)
        .map_or(Metric::of_task(comparison.task)[0], |check| check.metric);
    Blessing {
        verdict,
        reason: sentences::reason(comparison, &results, selecting),
        checks: results,
    }
}

/// The numbers of one place: overall, or one segment.
struct Found<'a> {
    segment: Option<&'a str>,
    n_rows: u64,
    candidate: Option<f64>,
    production: Option<f64>,
    baseline: Option<f64>,
    interval: Option<[f64; 2]>,
}

impl<'a> Found<'a> {
    /// A segment without a row.
    fn nothing(name: &'a str) -> Self {
        Self {
            segment: Some(name),
            n_rows: 0,
            candidate: None,
            production: None,
            baseline: None,
            interval: None,
        }
    }
}

fn results_of(comparison: &Comparison, check: &GateCheck) -> Vec<CheckResult> {
    let place = match check.against {
        Against::Value => None,
        Against::Production => Some(Place::Production),
        Against::Baseline => Some(Place::Baseline),
    };
    if place.is_some_and(|place| comparison.model(place).is_none()) {
        return vec![CheckResult {
            check: check.clone(),
            segment: None,
            n_rows: comparison.n_rows,
            candidate: overall(comparison, check.metric).candidate,
            reference: None,
            difference: None,
            interval: None,
            outcome: CheckOutcome::NotApplicable,
            sentence: String::new(),
        }];
    }
    // The comparison's intervals are of the difference from its reference, production if there is one.
    let has_interval = place.is_some() && comparison.reference().map(|m| m.place) == place;
    match check.scope {
        Scope::Overall => vec![result(
            check,
            &overall(comparison, check.metric),
            has_interval,
        )],
        Scope::Segments => {
            let mut found: Vec<Found<'_>> = rows_of(comparison, check)
                .map(|row| Found {
                    segment: Some(&row.segment),
                    n_rows: row.n_rows,
                    candidate: row.candidate,
                    production: row.production,
                    baseline: row.baseline,
                    interval: row.interval,
                })
                .collect();
            if let (true, Some(name)) = (found.is_empty(), &check.only) {
                // Somebody named it, so that it is said that it has no row.
                found.push(Found::nothing(name));
            }
            let found = found.iter();
            found.map(|f| result(check, f, has_interval)).collect()
        }
        Scope::Spread | Scope::Deviation => {
            let mut sets: Vec<&str> = Vec::new();
            for row in rows_of(comparison, check) {
                if !sets.contains(&row.set.as_str()) {
                    sets.push(&row.set);
                }
            }
            let apart = sets.into_iter().map(|set| apart(comparison, check, set));
            apart.map(|found| result(check, &found, false)).collect()
        }
    }
}

/// The segments that a check is of.
fn rows_of<'a>(
    comparison: &'a Comparison,
    check: &'a GateCheck,
) -> impl Iterator<Item = &'a SegmentComparison> {
    let rows = comparison.segments.iter();
    rows.filter(|row| row.metric == check.metric).filter(|row| {
        let only = check.only.as_ref();
        only.is_none_or(|name| *name == row.segment || *name == row.set)
    })
}

/// How far the segments of a set lie apart that have enough rows; with fewer than two of these there is nothing to say.
fn apart<'a>(comparison: &'a Comparison, check: &'a GateCheck, set: &'a str) -> Found<'a> {
    let rows: Vec<&SegmentComparison> = rows_of(comparison, check)
        .filter(|row| row.set == set && row.n_rows >= check.min_rows)
        .collect();
    let of = |value: fn(&SegmentComparison) -> Option<f64>| {
        let values: Vec<f64> = rows.iter().filter_map(|row| value(row)).collect();
        (values.len() >= 2).then(|| match check.scope {
            Scope::Deviation => {
                let n = values.len() as f64;
                let mean = values.iter().sum::<f64>() / n;
                let squares = values.iter().map(|v| (v - mean).powi(2));
                (squares.sum::<f64>() / (n - 1.0)).sqrt()
            }
            _ => {
                let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
                largest - smallest
            }
        })
    };
    Found {
        segment: Some(set),
        n_rows: rows.iter().map(|row| row.n_rows).sum(),
        candidate: of(|row| row.candidate),
        production: of(|row| row.production),
        baseline: of(|row| row.baseline),
        interval: None,
    }
}

fn overall(comparison: &Comparison, metric: Metric) -> Found<'_> {
    let row = comparison.metrics.iter().find(|row| row.metric == metric);
    Found {
        segment: None,
        n_rows: comparison.n_rows,
        candidate: row.and_then(|r| r.candidate),
        production: row.and_then(|r| r.production),
        baseline: row.and_then(|r| r.baseline),
        interval: row.and_then(|r| r.interval),
    }
}

fn result(check: &GateCheck, found: &Found<'_>, has_interval: bool) -> CheckResult {
    let reference = match check.against {
        Against::Value => Some(check.threshold),
        Against::Production => found.production,
        Against::Baseline => found.baseline,
    };
    let interval = found.interval.filter(|_| has_interval);
    CheckResult {
        check: check.clone(),
        segment: found.segment.map(str::to_owned),
        n_rows: found.n_rows,
        candidate: found.candidate,
        reference,
        difference: found.candidate.zip(reference).map(|(c, r)| c - r),
        interval,
        outcome: outcome(check, found, reference, interval, has_interval),
        sentence: String::new(),
    }
}

fn outcome(
    check: &GateCheck,
    found: &Found<'_>,
    reference: Option<f64>,
    interval: Option<[f64; 2]>,
    has_interval: bool,
) -> CheckOutcome {
    let (Some(candidate), Some(reference)) = (found.candidate, reference) else {
        return CheckOutcome::NotEnoughRows;
    };
    if found.n_rows < check.min_rows {
        return CheckOutcome::NotEnoughRows;
    }
    let kept = if check.against == Against::Value {
        match check.direction() {
            Direction::Higher => candidate >= reference,
            Direction::Lower => candidate <= reference,
            Direction::NearZero => candidate.abs() <= reference.abs(),
        }
    } else {
        let improvement = match (check.decide_by, interval) {
            (DecideBy::Interval, Some(interval)) => best_case(check.metric, reference, interval),
            (DecideBy::Interval, None) if has_interval => return CheckOutcome::NotEnoughRows,
            _ => check.improvement(candidate, reference),
        };
        in_units_of(check.change, improvement, reference) >= -check.threshold
    };
    if kept {
        CheckOutcome::Passed
    } else {
        CheckOutcome::Failed
    }
}

/// The largest improvement that the interval of the difference allows. A bias improves towards zero; its reference is
/// held at the measured value.
fn best_case(metric: Metric, reference: f64, [low, high]: [f64; 2]) -> f64 {
    match metric.direction() {
        Direction::Higher => high,
        Direction::Lower => -low,
        Direction::NearZero => {
            let (from, to) = (reference + low, reference + high);
            let nearest = if from <= 0.0 && to >= 0.0 {
                0.0
            } else {
                from.abs().min(to.abs())
            };
            reference.abs() - nearest
        }
    }
}

/// The improvement as it is or as a share of the reference. Of a reference of (nearly) zero there is no share: any
/// change of more than 1e-12 counts as without bound.
fn in_units_of(change: Change, improvement: f64, reference: f64) -> f64 {
    match change {
        Change::Absolute => improvement,
        Change::Relative if reference.abs() >= NO_REFERENCE => improvement / reference.abs(),
        Change::Relative if improvement.abs() < NO_REFERENCE => 0.0,
        Change::Relative => improvement.signum() * f64::INFINITY,
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
