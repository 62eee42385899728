//! Against Fairlearn's `MetricFrame` and scipy (`tests/oracles/evaluate/fairness.py`), 1e-12.

use super::*;
use crate::data::Table;
use crate::domain::Task;
use arrow::array::StringArray;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Deserialize)]
struct Case {
    group: String,
    truth: Vec<u32>,
    score: Vec<f64>,
    groups: BTreeMap<String, GroupRates>,
    measures: BTreeMap<FairnessMeasure, [f64; 3]>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("../../tests/oracles/evaluate/fairness.json");
    serde_json::from_str(text).expect("the script wrote it")
}

fn answers(score: &[f64]) -> Predictions {
    Predictions::Probabilities {
        n_classes: 2,
        values: score.iter().flat_map(|p| [1.0 - p, *p]).collect(),
    }
}

/// The report of one or two models that score like this.
fn report(case: &Case, scores: &[&[f64]], min_rows: u64) -> FairnessReport {
    let names: Vec<String> = case.group.chars().map(String::from).collect();
    let column = Arc::new(StringArray::from(names));
    let table = Table::from_columns(vec![("group".to_owned(), column)]).expect("a table");
    let targets = Targets::Classes {
        codes: case.truth.clone(),
        n_classes: 2,
    };
    let test = TestSet {
        task: Task::Binary,
        target: "hired",
        classes: &["no".to_owned(), "yes".to_owned()],
        targets: &targets,
        table: &table,
    };
    let answers: Vec<Predictions> = scores.iter().map(|s| answers(s)).collect();
    let places = [(Place::Candidate, "new"), (Place::Production, "old")];
    let models: Vec<_> = places
        .iter()
        .zip(&answers)
        .map(|((place, title), answers)| (*place, *title, answers))
        .collect();
    let set = SegmentSet {
        columns: vec!["group".to_owned()],
        ..SegmentSet::default()
    };
    let job = FairnessJob {
        test: &test,
        models: &models,
        set: &set,
        positive: 1,
        threshold: Some(0.5),
        min_rows,
        level: 0.95,
        n_resamples: 500,
        seed: 3,
    };
    fairness(&job).expect("it fits").expect("classes")
}

fn near(found: Option<f64>, expected: f64, what: &str) {
    let found = found.unwrap_or_else(|| panic!("{what} is missing"));
    assert!(
        (found - expected).abs() < 1e-12,
        "{what}: {found} {expected}"
    );
}

#[test]
fn rates_gaps_and_tests_are_those_of_fairlearn_and_scipy() {
    for case in cases() {
        let report = report(&case, &[&case.score], 0);
        assert_eq!(report.groups.len(), case.groups.len());
        for group in &report.groups {
            let expected = case.groups[&group.group];
            let (found, expected) = (group.rates[0], expected);
            for (what, found, expected) in [
                ("selection", found.selection_rate, expected.selection_rate),
                ("tpr", found.true_positive_rate, expected.true_positive_rate),
                (
                    "fpr",
                    found.false_positive_rate,
                    expected.false_positive_rate,
                ),
                (
                    "fnr",
                    found.false_negative_rate,
                    expected.false_negative_rate,
                ),
                ("accuracy", found.accuracy, expected.accuracy),
            ] {
                near(found, expected.expect("it has one"), what);
            }
        }
        for line in &report.measures {
            let [difference, ratio, p_value] = case.measures[&line.measure];
            let what = line.measure.title();
            near(line.gaps[0].difference, difference, what);
            near(line.gaps[0].ratio, ratio, what);
            near(line.gaps[0].p_value, p_value, what);
            assert_eq!(line.change, None);
        }
    }
}

#[test]
fn a_group_of_few_rows_counts_in_no_gap() {
    let case = &cases()[2];
    let all = report(case, &[&case.score], 0);
    let fewest = all.groups.iter().map(|g| g.n_rows).min().expect("groups");
    let some = report(case, &[&case.score], fewest + 1);
    let left_out: Vec<&FairnessGroup> = some.groups.iter().filter(|g| !g.is_counted).collect();
    assert!(!left_out.is_empty() && left_out.len() < some.groups.len());
    let told = some.measures.iter().flat_map(|line| &line.gaps);
    for gap in told.flat_map(|gap| [&gap.lowest, &gap.highest]) {
        assert!(left_out.iter().all(|g| gap.as_ref() != Some(&g.group)));
    }
}

#[test]
fn equal_models_have_no_change_and_a_model_that_favours_a_group_is_worse() {
    let case = &cases()[2];
    let equal = report(case, &[&case.score, &case.score], 0);
    for line in &equal.measures {
        assert_eq!(
            (line.change, line.change_interval),
            (Some(0.0), Some([0.0, 0.0]))
        );
        assert_eq!(line.outcome, Some(Outcome::Same));
    }
    // Everybody of group a is called positive.
    let mut biased = case.score.clone();
    for (score, group) in biased.iter_mut().zip(case.group.chars()) {
        if group == 'a' {
            *score = 1.0;
        }
    }
    let worse = report(case, &[&biased, &case.score], 0);
    let parity = &worse.measures[0];
    assert_eq!(parity.measure, FairnessMeasure::DemographicParity);
    assert_eq!(parity.outcome, Some(Outcome::Worse), "{parity:?}");
    let [low, high] = parity.change_interval.expect("an interval");
    let change = parity.change.expect("a change");
    assert!(low < change && change < high, "{low} {change} {high}");
    assert_eq!(parity.gaps[0].highest.as_deref(), Some("group = a"));
    // The other way round it is better.
    let better = report(case, &[&case.score, &biased], 0);
    assert_eq!(better.measures[0].outcome, Some(Outcome::Better));
}

#[test]
fn a_redrawn_group_has_as_many_rows_and_the_shares_of_the_first() {
    let cells = [40, 10, 0, 25, 5, 0, 120, 300];
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut sums = [0.0; 8];
    const N: usize = 4_000;
    for _ in 0..N {
        let drawn = redrawn(&cells, &mut rng);
        assert_eq!(drawn.iter().sum::<u64>(), 500);
        for (sum, n) in sums.iter_mut().zip(drawn) {
            *sum += n as f64 / N as f64;
        }
    }
    for (mean, n) in sums.iter().zip(cells) {
        // Four standard errors of the mean of binomial numbers.
        let error = (n as f64 * (1.0 - n as f64 / 500.0) / N as f64).sqrt();
        assert!((mean - n as f64).abs() <= 4.0 * error, "{mean} {n}");
    }
}
