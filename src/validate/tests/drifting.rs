//! Tests of drift: when batches are compared, how far apart they are, what is said of it.

use super::*;
use crate::domain::schema::{DriftMeasure, DriftThreshold};

#[test]
fn drift_retrains() {
    let drifting = |kind, measure, threshold, role| ColumnSpec {
        drift: Some(DriftThreshold { measure, threshold }),
        ..spec(kind, role)
    };
    let (js, linf) = (DriftMeasure::JensenShannon, DriftMeasure::LInfinity);
    let wave = |shift: f64| {
        table(vec![(
            "x",
            reals((0..400).map(|i| (f64::from(i) * 0.7).sin() + shift)),
        )])
    };
    let feature = || drifting(T::Number, js, 0.3, Role::Feature);
    let same = checked(vec![feature()], &[wave(0.0), wave(0.0), wave(0.0)]);
    assert_eq!(
        (same.verdict, same.drift[0].distance),
        (DataVerdict::Ok, 0.0)
    );
    let moved = checked(vec![feature()], &[wave(0.0), wave(0.0), wave(3.0)]);
    assert_eq!(moved.verdict, DataVerdict::Retrain);
    assert_eq!(moved.drift[0].distance, 1.0);
    let anomaly = &moved.anomalies[0];
    assert_eq!(
        (anomaly.kind, anomaly.skew, anomaly.n_rows),
        (K::ComparatorJensenShannonDivergenceHigh, Skew::Values, 400)
    );
    assert_eq!(anomaly.span, "b3.csv");
    // One wild value does not hide it.
    let wild = table(vec![(
        "x",
        reals((0..400).map(|i| {
            if i == 7 {
                1e12
            } else {
                (f64::from(i) * 0.7).sin() + 3.0
            }
        })),
    )]);
    assert!(checked(vec![feature()], &[wave(0.0), wild]).drift[0].distance > 0.9);
    // What no model uses may drift.
    let leaks = drifting(T::Number, js, 0.3, Role::Leaks);
    assert_eq!(
        checked(vec![leaks], &[wave(0.0), wave(3.0)]).verdict,
        DataVerdict::Ok
    );

    let words = |n_a: usize| {
        table(vec![(
            "x",
            texts((0..1000).map(move |i| if i < n_a { "a" } else { "b" })),
        )])
    };
    let list = |threshold| drifting(T::Text, linf, threshold, Role::Feature);
    let at_bound = checked(vec![list(0.25)], &[words(500), words(750)]);
    assert_eq!(
        (at_bound.verdict, at_bound.drift[0].distance),
        (DataVerdict::Ok, 0.25)
    );
    let beyond = checked(vec![list(0.25)], &[words(500), words(760)]);
    assert_eq!(beyond.anomalies[0].kind, K::ComparatorLInftyHigh);
    assert_eq!(
        beyond.anomalies[0].examples,
        ["a: 50 % → 76 %", "b: 50 % → 24 %"]
    );
    // Few values, no values, another type, a single batch: nothing is compared.
    let few = table(vec![("x", texts(["b"; 29]))]);
    assert!(
        checked(vec![list(0.1)], &[words(500), few])
            .drift
            .is_empty()
    );
    assert!(checked(vec![list(0.1)], &[words(500)]).drift.is_empty());
    let nan = table(vec![("x", reals([f64::NAN; 50]))]);
    assert!(checked(vec![feature()], &[wave(0.0), nan]).drift.is_empty());
    assert!(
        checked(vec![list(0.1)], &[words(500), wave(0.0)])
            .drift
            .is_empty()
    );
    // Nearly all values equal: a change of them is seen.
    let flat = |v: f64| {
        table(vec![(
            "x",
            reals((0..200).map(move |i| if i == 0 { 5.0 } else { v })),
        )])
    };
    assert!(checked(vec![feature()], &[flat(0.0), flat(0.1)]).drift[0].distance > 0.9);
    let psi = checked(vec![feature()], &[flat(0.0), flat(0.1)]).drift[0]
        .tests
        .psi;
    assert!(psi.unwrap() > 5.0, "{psi:?}");
    // What differs by chance alone is no drift, however few rows there are.
    let noise = |from: u32| {
        table(vec![(
            "x",
            reals((from..from + 60).map(|i| f64::from(i.wrapping_mul(2_654_435_761) >> 8))),
        )])
    };
    let feature_of_reference = drifting(T::Number, js, 0.05, Role::Feature);
    let by_chance = checked(vec![feature_of_reference], &[noise(0), noise(1000)]);
    assert_eq!(by_chance.verdict, DataVerdict::Ok, "{by_chance:?}");
    assert_eq!(
        checked(vec![feature()], &[flat(0.0), flat(0.0)]).drift[0].distance,
        0.0
    );
}

#[test]
fn distances_are_scipys() {
    let cases: serde_json::Value = serde_json::from_str(include_str!(
        "../../../tests/oracles/validate/expected.json"
    ))
    .unwrap();
    for case in cases.as_array().unwrap() {
        let counts = |key: &str| -> Vec<u64> { serde_json::from_value(case[key].clone()).unwrap() };
        let (p, q) = (counts("p"), counts("q"));
        assert!(
            (jensen_shannon(&p, &q) - case["js"].as_f64().unwrap()).abs() < 1e-12,
            "{case}"
        );
        assert!(
            (l_infinity(&p, &q) - case["linf"].as_f64().unwrap()).abs() < 1e-12,
            "{case}"
        );
        assert!((jensen_shannon(&p, &q) - jensen_shannon(&q, &p)).abs() < 1e-15);
        let expected = |key: &str| case[key].as_f64().unwrap();
        let (chi, freedom, v) = chi_squared(&p, &q).unwrap();
        for (computed, key) in [
            (kolmogorov_smirnov(&p, &q), "ks"),
            (population_stability(&p, &q), "psi"),
            (normalized_absolute_difference(&p, &q), "nad"),
            (chi, "chi"),
            (freedom as f64, "dof"),
            (v, "v"),
        ] {
            let tolerance = 1e-9 * expected(key).abs().max(1.0);
            assert!(
                (computed - expected(key)).abs() < tolerance,
                "{key} of {case}"
            );
        }
    }
    assert_eq!(
        (jensen_shannon(&[0], &[3]), l_infinity(&[], &[])),
        (0.0, 0.0)
    );
}

#[test]
fn whole_numbers_are_named_in_the_changes() {
    let months = |from: i64| table(vec![("x", ints((0..400).map(move |i| from + i % 2)))]);
    let month = ColumnSpec {
        drift: Some(DriftThreshold {
            measure: DriftMeasure::JensenShannon,
            threshold: 0.3,
        }),
        ..spec(T::Integer, Role::Feature)
    };
    let report = checked(vec![month], &[months(1), months(3)]);
    assert_eq!(report.anomalies[0].examples[0], "1: 50 % → 0 %");
    assert_eq!(report.anomalies[0].examples[3], "4: 0 % → 50 %");
}
