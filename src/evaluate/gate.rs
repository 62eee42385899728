//! The model gate: judges a comparison by checks. A pure function of both; what follows from a blessing is left to the
//! pipeline, the numbers come from `compare`, the words from `sentences`.

use super::sentences;
use crate::domain::Task;
use crate::domain::algorithm::Problem;
use crate::domain::comparison::{Comparison, Place};
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
            if check.metric.direction() == Direction::NearZero && check.threshold < 0.0 {
                problem(
                    "threshold",
                    format!(
                        "{} is held within this distance of zero, so it cannot be negative",
                        check.metric.name()
                    ),
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
        if check.decide_by == DecideBy::Interval && check.against != Against::Production {
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
        Scope::Segments => comparison
            .segments
            .iter()
            .filter(|row| row.metric == check.metric)
            .map(|row| Found {
                segment: Some(&row.segment),
                n_rows: row.n_rows,
                candidate: row.candidate,
                production: row.production,
                baseline: row.baseline,
                interval: row.interval,
            })
            .map(|found| result(check, &found, has_interval))
            .collect(),
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
        match check.metric.direction() {
            Direction::Higher => candidate >= reference,
            Direction::Lower => candidate <= reference,
            Direction::NearZero => candidate.abs() <= reference.abs(),
        }
    } else {
        let improvement = match (check.decide_by, interval) {
            (DecideBy::Interval, Some(interval)) => best_case(check.metric, reference, interval),
            (DecideBy::Interval, None) if has_interval => return CheckOutcome::NotEnoughRows,
            _ => check.metric.improvement(candidate, reference),
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
