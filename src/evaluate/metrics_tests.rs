//! Metrics against scikit-learn 1.9.1 (tests/oracles/evaluate/metrics.py) and against what defines them.

use super::*;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Case {
    name: String,
    n_classes: usize,
    truth: Vec<f64>,
    predictions: Vec<f64>,
    weights: Vec<f64>,
    expected: BTreeMap<String, f64>,
    expected_weighted: BTreeMap<String, f64>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../tests/oracles/evaluate/metrics.json")).unwrap()
}

fn values_of(case: &Case) -> (Targets, Predictions) {
    if case.n_classes == 0 {
        let targets = Targets::Values(case.truth.clone());
        return (targets, Predictions::Values(case.predictions.clone()));
    }
    let targets = Targets::Classes {
        n_classes: case.n_classes,
        codes: case.truth.iter().map(|y| *y as u32).collect(),
    };
    let predictions = Predictions::Probabilities {
        n_classes: case.n_classes,
        values: case.predictions.clone(),
    };
    (targets, predictions)
}

#[test]
fn metrics_are_scikit_learns_to_1e_12() {
    let cases = cases();
    assert_eq!(cases.len(), 7);
    for case in &cases {
        let (targets, predictions) = values_of(case);
        let scores = score(&targets, &predictions);
        assert_eq!(scores.len(), case.expected.len(), "{}", case.name);
        for found in scores {
            let expected = case.expected[found.metric.name()];
            let value = found.value.unwrap();
            let close = (value - expected).abs() <= 1e-12 * expected.abs().max(1.0);
            assert!(
                close,
                "{} {:?}: {value} and not {expected}",
                case.name, found.metric
            );
            let expected = case.expected_weighted[found.metric.name()];
            let value = metric(found.metric, &targets, &predictions, Some(&case.weights)).unwrap();
            let close = (value - expected).abs() <= 1e-12 * expected.abs().max(1.0);
            assert!(
                close,
                "{} weighted {:?}: {value} and not {expected}",
                case.name, found.metric
            );
        }
    }
}

#[test]
fn a_weight_of_two_is_the_row_twice() {
    for case in &cases() {
        let (targets, predictions) = values_of(case);
        let rows: Vec<usize> = case
            .weights
            .iter()
            .enumerate()
            .flat_map(|(row, w)| std::iter::repeat_n(row, *w as usize))
            .collect();
        let repeated = score(&targets.take(&rows), &predictions.take(&rows));
        for found in repeated {
            let weighted = metric(found.metric, &targets, &predictions, Some(&case.weights));
            let gap = (weighted.unwrap() - found.value.unwrap()).abs();
            assert!(gap < 1e-12, "{} {:?} {gap}", case.name, found.metric);
        }
    }
}

#[test]
fn undefined_metrics_have_no_value() {
    let single = Targets::Classes {
        n_classes: 2,
        codes: vec![0, 0],
    };
    let p = Predictions::Probabilities {
        n_classes: 2,
        values: vec![0.9, 0.1, 0.8, 0.2],
    };
    assert_eq!(metric(Metric::RocAuc, &single, &p, None), None);
    assert_eq!(metric(Metric::PrAuc, &single, &p, None), None);
    assert_eq!(metric(Metric::Precision, &single, &p, None), Some(0.0));
    assert!(metric(Metric::LogLoss, &single, &p, None).is_some());
    let nothing = Targets::Classes {
        n_classes: 2,
        codes: vec![],
    };
    let none = Predictions::Probabilities {
        n_classes: 2,
        values: vec![],
    };
    assert!(score(&nothing, &none).iter().all(|v| v.value.is_none()));
    assert!(score(&nothing, &p).iter().all(|v| v.value.is_none()));
    let equal = Targets::Values(vec![0.1, 0.1, 0.1]);
    let guess = Predictions::Values(vec![0.1, 0.2, 0.3]);
    assert_eq!(metric(Metric::R2, &equal, &guess, None), None);
    assert!(metric(Metric::Rmse, &equal, &guess, None).is_some());
    assert_eq!(metric(Metric::Rmse, &equal, &guess, Some(&[0.0; 3])), None);
    assert_eq!(metric(Metric::Rmse, &equal, &guess, Some(&[1.0])), None);
}

#[test]
fn curves_enclose_the_areas_and_keep_their_ends() {
    use super::super::curves;
    let n = 5_000_usize;
    let codes: Vec<u32> = (0..n).map(|i| u32::from((i * 7_919) % 10 < 3)).collect();
    let values: Vec<f64> = (0..n)
        .flat_map(|i| {
            let noise = ((i * 104_729) % 9_973) as f64 / 9_973.0;
            let p = 0.7 * noise + 0.3 * f64::from(codes[i]);
            [1.0 - p, p]
        })
        .collect();
    let targets = Targets::Classes {
        n_classes: 2,
        codes,
    };
    let predictions = Predictions::Probabilities {
        n_classes: 2,
        values,
    };
    let area = |points: &[crate::domain::comparison::CurvePoint]| -> f64 {
        points
            .windows(2)
            .map(|w| (w[1].x - w[0].x) * (w[0].y + w[1].y) / 2.0)
            .sum()
    };
    let roc = curves::roc(&targets, &predictions);
    assert!(roc.len() <= curves::MAX_CURVE_POINTS, "{}", roc.len());
    assert_eq!((roc[0].x, roc[0].y), (0.0, 0.0));
    assert_eq!((roc[roc.len() - 1].x, roc[roc.len() - 1].y), (1.0, 1.0));
    let auc = metric(Metric::RocAuc, &targets, &predictions, None).unwrap();
    assert!((area(&roc) - auc).abs() < 2e-3, "{} {auc}", area(&roc));
    let pr = curves::precision_recall(&targets, &predictions);
    assert!(pr.len() <= curves::MAX_CURVE_POINTS);
    assert_eq!((pr[0].x, pr[0].y, pr[pr.len() - 1].x), (0.0, 1.0, 1.0));
    assert!(pr.windows(2).all(|w| w[0].x <= w[1].x));
    let ap = metric(Metric::PrAuc, &targets, &predictions, None).unwrap();
    assert!((area(&pr) - ap).abs() < 1e-2, "{} {ap}", area(&pr));
    let bins = curves::calibration(&targets, &predictions);
    assert_eq!(bins.iter().map(|b| b.n_rows).sum::<u64>(), n as u64);
    let error: f64 = bins
        .iter()
        .map(|b| (b.predicted - b.observed).abs() * b.n_rows as f64 / n as f64)
        .sum();
    let expected = metric(Metric::CalibrationError, &targets, &predictions, None).unwrap();
    assert!((error - expected).abs() < 1e-12);
    let confusion = curves::confusion(&targets, &predictions).unwrap();
    let right = (confusion.counts[0][0] + confusion.counts[1][1]) as f64 / n as f64;
    assert_eq!(
        metric(Metric::Accuracy, &targets, &predictions, None),
        Some(right)
    );
}

#[test]
fn residuals_hold_every_row_once() {
    use super::super::curves;
    let truth: Vec<f64> = (0..1_000).map(f64::from).collect();
    let values: Vec<f64> = truth.iter().map(|y| y * 1.01 - 3.0).collect();
    let targets = Targets::Values(truth);
    let predictions = Predictions::Values(values);
    let bins = curves::residuals(&targets, &predictions);
    assert_eq!(bins.len(), curves::N_RESIDUAL_BINS);
    assert_eq!(bins.iter().map(|b| b.count).sum::<u64>(), 1_000);
    assert_eq!(
        curves::predicted(&targets, &predictions).len(),
        curves::MAX_PREDICTED
    );
    let same = curves::residuals(
        &Targets::Values(vec![1.0; 5]),
        &Predictions::Values(vec![2.0; 5]),
    );
    assert_eq!((same.len(), same[0].count), (1, 5));
}
