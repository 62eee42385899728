//! The gate on made-up comparisons and on real ones.

use super::super::compare::tests::{Data, data, sets};
use super::super::compare::{ComparedModel, compare};
use super::*;
use crate::domain::pipeline::EvaluateParams;
use crate::domain::work::Quiet;

fn run(data: &Data, models: &[ComparedModel]) -> Comparison {
    let params = EvaluateParams {
        n_resamples: 200,
        ..EvaluateParams::default()
    };
    compare(&data.test(), models, &params, &sets(), 11, &Quiet).unwrap()
}

#[test]
fn the_default_checks_are_valid() {
    for task in [Task::Binary, Task::Multiclass, Task::Regression] {
        assert_eq!(validate_checks(&default_checks(task), Some(task)), []);
    }
}

#[test]
fn the_same_model_is_blessed() {
    let data = data(1_500);
    let found = run(
        &data,
        &[
            data.model(Place::Candidate, |_, s| s),
            data.model(Place::Production, |_, s| s),
            data.model(Place::Baseline, |_, _| 0.0),
        ],
    );
    let blessing = judge(&found, &[]);
    assert_eq!(
        blessing.verdict,
        ModelVerdict::Blessed,
        "{}",
        blessing.reason
    );
    assert!(
        blessing.reason.contains("as good overall"),
        "{}",
        blessing.reason
    );
    assert!(
        blessing.reason.contains("worse in none of 5 segments"),
        "{}",
        blessing.reason
    );
}

#[test]
fn better_overall_and_worse_in_a_segment_is_not_blessed_and_names_it() {
    let data = data(4_000);
    let found = run(
        &data,
        &[
            data.model(Place::Candidate, |row, s| if row % 5 == 2 { -s } else { s }),
            data.model(Place::Production, |_, s| s * -0.2),
            data.model(Place::Baseline, |_, _| 0.5),
        ],
    );
    let blessing = judge(&found, &default_checks(Task::Binary));
    assert_eq!(blessing.verdict, ModelVerdict::NotBlessed);
    let reason = &blessing.reason;
    assert!(
        reason.starts_with("The candidate is better overall (log loss 0."),
        "{reason}"
    );
    assert!(
        reason.contains(
            "and worse in 1 of 5 segments; the gate says no because of part = s2 (log loss"
        ),
        "{reason}"
    );
    assert!(reason.ends_with(" rows)."), "{reason}");
    let first = &blessing.checks[0];
    assert_eq!(
        (first.outcome, first.segment.as_deref()),
        (CheckOutcome::Failed, Some("part = s2"))
    );
    assert!(
        first
            .sentence
            .contains("breaks the bound “at most 3 % worse”"),
        "{}",
        first.sentence
    );
    let tiny = blessing
        .checks
        .iter()
        .find(|c| c.segment.as_deref() == Some("part = tiny"))
        .unwrap();
    assert_eq!(tiny.outcome, CheckOutcome::NotEnoughRows);
}

#[test]
fn the_first_model_is_held_against_the_baseline() {
    let data = data(1_000);
    let baseline = data.model(Place::Baseline, |_, _| 0.0);
    let found = run(
        &data,
        &[data.model(Place::Candidate, |_, s| s), baseline.clone()],
    );
    let blessing = judge(&found, &[]);
    assert_eq!(blessing.verdict, ModelVerdict::Blessed);
    let start = "No model was in production before; the candidate is better overall than the baseline (log loss 0.69";
    assert!(blessing.reason.starts_with(start), "{}", blessing.reason);
    let n = blessing
        .checks
        .iter()
        .filter(|c| c.outcome == CheckOutcome::NotApplicable)
        .count();
    assert_eq!(n, 3);
    // A candidate that is no better than the baseline does not pass.
    let useless = ComparedModel {
        place: Place::Candidate,
        ..baseline.clone()
    };
    let found = run(&data, &[useless, baseline]);
    let blessing = judge(&found, &[]);
    assert_eq!(blessing.verdict, ModelVerdict::NotBlessed);
    assert!(
        blessing.reason.contains("asked for at least 0.1 % better"),
        "{}",
        blessing.reason
    );
}

fn check(metric: Metric, against: Against, threshold: f64) -> GateCheck {
    GateCheck {
        metric,
        only: None,
        scope: Scope::Overall,
        against,
        threshold,
        change: Change::Absolute,
        decide_by: DecideBy::Point,
        min_rows: 100,
    }
}

#[test]
fn bounds_are_read_by_the_metrics_direction() {
    let data = data(1_000);
    let mut found = run(
        &data,
        &[
            data.model(Place::Candidate, |_, s| s),
            data.model(Place::Production, |_, s| s),
            data.model(Place::Baseline, |_, _| 0.0),
        ],
    );
    let mut outcome = |metric: Metric, candidate: f64, reference: f64, check: GateCheck| {
        let row = found
            .metrics
            .iter_mut()
            .find(|m| m.metric == metric)
            .unwrap();
        row.candidate = Some(candidate);
        row.production = Some(reference);
        judge(&found, &[check]).checks[0].outcome
    };
    let (passed, failed) = (CheckOutcome::Passed, CheckOutcome::Failed);
    let auc = |t| check(Metric::RocAuc, Against::Value, t);
    assert_eq!(outcome(Metric::RocAuc, 0.7, 0.0, auc(0.7)), passed);
    assert_eq!(outcome(Metric::RocAuc, 0.7, 0.0, auc(0.71)), failed);
    let loss = |t| check(Metric::LogLoss, Against::Value, t);
    assert_eq!(outcome(Metric::LogLoss, 0.5, 0.0, loss(0.5)), passed);
    assert_eq!(outcome(Metric::LogLoss, 0.5, 0.0, loss(0.49)), failed);
    let worse = |t| check(Metric::LogLoss, Against::Production, t);
    assert_eq!(outcome(Metric::LogLoss, 0.55, 0.5, worse(0.06)), passed);
    assert_eq!(outcome(Metric::LogLoss, 0.55, 0.5, worse(0.04)), failed);
    assert_eq!(outcome(Metric::LogLoss, 0.45, 0.5, worse(-0.04)), passed);
    assert_eq!(outcome(Metric::LogLoss, 0.47, 0.5, worse(-0.04)), failed);
    let relative = |t| GateCheck {
        change: Change::Relative,
        ..worse(t)
    };
    assert_eq!(outcome(Metric::LogLoss, 0.55, 0.5, relative(0.11)), passed);
    assert_eq!(outcome(Metric::LogLoss, 0.55, 0.5, relative(0.09)), failed);
    assert_eq!(outcome(Metric::LogLoss, 0.55, 0.0, relative(0.09)), failed);
    assert_eq!(outcome(Metric::LogLoss, 0.0, 0.0, relative(0.09)), passed);
    let rows = GateCheck {
        min_rows: 5_000,
        ..worse(0.0)
    };
    assert_eq!(
        outcome(Metric::LogLoss, 0.4, 0.5, rows),
        CheckOutcome::NotEnoughRows
    );
}

#[test]
fn too_few_rows_block_overall_and_not_in_a_segment() {
    let data = data(1_000);
    let found = run(
        &data,
        &[
            data.model(Place::Candidate, |_, s| s),
            data.model(Place::Production, |_, s| s),
        ],
    );
    let many = GateCheck {
        min_rows: 5_000,
        ..check(Metric::LogLoss, Against::Production, 0.0)
    };
    assert_eq!(
        judge(&found, std::slice::from_ref(&many)).verdict,
        ModelVerdict::NotBlessed
    );
    let in_segments = GateCheck {
        scope: Scope::Segments,
        ..many
    };
    assert_eq!(judge(&found, &[in_segments]).verdict, ModelVerdict::Blessed);
}

#[test]
fn bias_by_interval_takes_the_nearest_to_zero() {
    assert!((best_case(Metric::Bias, 1.0, [-0.5, 0.5]) - 0.5).abs() < 1e-12);
    assert!((best_case(Metric::Bias, 1.0, [-1.5, 0.5]) - 1.0).abs() < 1e-12);
    assert!((best_case(Metric::Bias, -1.0, [-0.5, -0.25]) + 0.25).abs() < 1e-12);
}

#[test]
fn problems_name_their_fields() {
    let checks = [
        check(Metric::Rmse, Against::Production, f64::NAN),
        GateCheck {
            change: Change::Relative,
            decide_by: DecideBy::Interval,
            ..check(Metric::LogLoss, Against::Value, 0.5)
        },
        GateCheck {
            change: Change::Relative,
            ..check(Metric::LogLoss, Against::Baseline, 5.0)
        },
    ];
    let problems = validate_checks(&checks, Some(Task::Binary));
    let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "steps.validate-model.checks[0].metric",
            "steps.validate-model.checks[0].threshold",
            "steps.validate-model.checks[1].change",
            "steps.validate-model.checks[1].decide_by",
            "steps.validate-model.checks[2].threshold",
        ]
    );
}

/// A check of log loss in a scope.
fn of_log_loss(scope: Scope, against: Against, threshold: f64) -> GateCheck {
    GateCheck {
        scope,
        ..check(Metric::LogLoss, against, threshold)
    }
}

/// A candidate that is worse in the segment `s2` alone, and its values there and elsewhere.
fn uneven() -> (Comparison, Vec<f64>) {
    let data = data(4_000);
    let found = run(
        &data,
        &[
            data.model(Place::Candidate, |row, s| if row % 5 == 2 { -s } else { s }),
            data.model(Place::Production, |_, s| s),
        ],
    );
    let rows = found.segments.iter();
    let rows = rows.filter(|s| s.metric == Metric::LogLoss && s.n_rows >= 100);
    let values = rows.filter_map(|s| s.candidate).collect();
    (found, values)
}

#[test]
fn segments_that_lie_far_apart_fail_a_check_of_dispersion() {
    let (found, values) = uneven();
    assert_eq!(values.len(), 5);
    let largest = values.iter().copied().fold(f64::MIN, f64::max);
    let spread = largest - values.iter().copied().fold(f64::MAX, f64::min);
    let mean = values.iter().sum::<f64>() / 5.0;
    let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 4.0).sqrt();
    for (scope, expected) in [(Scope::Spread, spread), (Scope::Deviation, deviation)] {
        let judged = |against, threshold| {
            let blessing = judge(&found, &[of_log_loss(scope, against, threshold)]);
            assert_eq!(blessing.checks.len(), 1);
            blessing.checks[0].clone()
        };
        let failed = judged(Against::Value, expected - 1e-6);
        assert_eq!(failed.outcome, CheckOutcome::Failed);
        assert!((failed.candidate.unwrap() - expected).abs() < 1e-12);
        assert_eq!(failed.segment.as_deref(), Some("part"));
        assert!(
            failed.sentence.contains(&scope.of_metric(Metric::LogLoss)),
            "{}",
            failed.sentence
        );
        let passed = judged(Against::Value, expected + 1e-6);
        assert_eq!(passed.outcome, CheckOutcome::Passed);
        let worse = judged(Against::Production, 0.05);
        assert_eq!(worse.outcome, CheckOutcome::Failed, "{}", worse.sentence);
    }
}

#[test]
fn a_check_of_one_segment_is_of_no_other() {
    let (found, _) = uneven();
    let judged = |name: &str| {
        let check = GateCheck {
            only: Some(name.to_owned()),
            ..of_log_loss(Scope::Segments, Against::Production, 0.05)
        };
        judge(&found, &[check])
    };
    assert_eq!(judged("part = s2").verdict, ModelVerdict::NotBlessed);
    assert_eq!(judged("part = s3").verdict, ModelVerdict::Blessed);
    assert_eq!(judged("part = s3").checks.len(), 1);
    assert_eq!(judged("part").verdict, ModelVerdict::NotBlessed);
    let nowhere = judged("part = s9");
    assert_eq!(nowhere.checks[0].outcome, CheckOutcome::NotEnoughRows);
    let misplaced = GateCheck {
        only: Some("part".to_owned()),
        ..of_log_loss(Scope::Overall, Against::Production, 0.0)
    };
    assert_eq!(validate_checks(&[misplaced], None).len(), 1);
}
