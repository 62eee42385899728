//! Tests of slice discovery: against the package sliceline, against all slices there are, and on planted regressions.

use super::codes::Codes;
use super::score::{Errors, Scorer, Sums};
use super::search::search;
use super::*;
use crate::domain::slice::SliceReport;
use crate::domain::work::Quiet;
use arrow::array::{ArrayRef, Float64Array, StringArray};
use std::sync::Arc;

/// The generator of tests/oracles/evaluate/slices.py.
fn uniforms(n: usize, seed: u32) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / 4_294_967_296.0
    };
    (0..n).map(|_| next()).collect()
}

/// Codes with so many values a column, the values themselves, and the codes of the rows.
fn codes(n_rows: usize, sizes: &[u32], seed: u32) -> (Codes, Vec<Vec<u32>>, Vec<u32>) {
    let m = sizes.len();
    let draws = uniforms(n_rows * m, seed);
    let rows: Vec<Vec<u32>> = draws
        .chunks(m)
        .map(|row| {
            row.iter()
                .zip(sizes)
                .map(|(u, n)| (u * f64::from(*n)) as u32)
                .collect()
        })
        .collect();
    let first: Vec<u32> = (0..m).map(|j| sizes[..j].iter().sum()).collect();
    let ids = rows
        .iter()
        .flat_map(|row| row.iter().zip(&first).map(|(v, f)| v + f));
    let ids: Vec<u32> = ids.collect();
    let columns: Vec<u32> = (0..m)
        .flat_map(|j| std::iter::repeat_n(j as u32, sizes[j] as usize))
        .collect();
    let is_condition = vec![true; columns.len()];
    (Codes::new(&ids, columns, is_condition), rows, ids)
}

#[test]
fn the_best_slices_are_those_of_the_package_sliceline() {
    let sizes = [3, 4, 5, 4, 2];
    let (codes, rows, _) = codes(800, &sizes, 1);
    let errors: Vec<f64> = uniforms(800, 2)
        .into_iter()
        .zip(&rows)
        .map(|(u, x)| {
            let truth = |is: bool| f64::from(u8::from(is));
            u + 1.5 * truth(x[0] == 1 && x[2] == 3)
                + 0.4 * truth(x[1] == 0 && x[3] == 2 && x[4] == 1)
        })
        .collect();
    let errors = Errors::new(&errors);
    let text = include_str!("../../../tests/oracles/evaluate/slices.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    for case in cases {
        let n = |name: &str| case[name].as_u64().unwrap() as usize;
        let scorer = Scorer::new(
            &errors,
            case["alpha"].as_f64().unwrap(),
            n("min_rows"),
            false,
        );
        let limits = (n("k"), n("max_conditions"));
        let found = search(&codes, &errors, &scorer, limits, &Quiet)
            .unwrap()
            .found;
        let expected = case["slices"].as_array().unwrap();
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            let conditions: Vec<[u32; 2]> = found
                .codes
                .iter()
                .map(|code| {
                    let column = codes.columns[*code as usize];
                    [column, code - sizes[..column as usize].iter().sum::<u32>()]
                })
                .collect();
            let wanted: Vec<[u32; 2]> =
                serde_json::from_value(expected["conditions"].clone()).unwrap();
            assert_eq!(conditions, wanted);
            assert_eq!(
                u64::from(found.sums.n_rows),
                expected["n_rows"].as_u64().unwrap()
            );
            let error = errors.told(found.sums.error);
            for (found, name) in [(error, "error"), (found.score, "score")] {
                assert!(
                    (found - expected[name].as_f64().unwrap()).abs() < 1e-9,
                    "{name}"
                );
            }
        }
    }
}

/// All slices there are, counted one by one.
fn all_slices(
    (codes, ids): (&Codes, &[u32]),
    errors: &Errors,
    scorer: &Scorer,
    most: usize,
) -> Vec<(f64, Vec<u32>)> {
    fn grow(
        own: &[u32],
        given: (&Codes, &[u32], &Errors, &Scorer, usize),
        all: &mut Vec<(f64, Vec<u32>)>,
    ) {
        let (codes, ids, errors, scorer, most) = given;
        let from = own.last().map_or(0, |c| codes.columns[*c as usize] + 1);
        for code in (0..codes.columns.len() as u32).filter(|c| codes.columns[*c as usize] >= from) {
            let slice: Vec<u32> = own.iter().copied().chain([code]).collect();
            let mut sums = Sums::default();
            let rows = ids.chunks(codes.n_columns() as usize);
            for (row, error) in rows.zip(&errors.of_rows) {
                if slice.iter().all(|code| row.contains(code)) {
                    sums.add(*error);
                }
            }
            if sums.n_rows as usize >= scorer.min_rows
                && let Some(score) = scorer.score(sums)
            {
                all.push((score, slice.clone()));
            }
            if slice.len() < most {
                grow(&slice, given, all);
            }
        }
    }
    let mut all = Vec::new();
    grow(&[], (codes, ids, errors, scorer, most), &mut all);
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    all
}

#[test]
fn no_slice_is_overlooked_also_with_differences_below_zero() {
    for seed in 0..12 {
        let (codes, rows, ids) = codes(240, &[3, 2, 4, 3, 2], 100 + seed);
        let draws = uniforms(240, 200 + seed);
        let errors: Vec<f64> = draws
            .iter()
            .zip(&rows)
            .map(|(u, x)| match seed % 3 {
                0 => *u,
                1 => u - 0.6 + f64::from(u8::from(x[0] == 2 && x[4] == 1)),
                // Few different values: ties.
                _ => (u * 3.0).floor(),
            })
            .collect();
        let errors = Errors::new(&errors);
        for (alpha, most, least, n) in [(0.95, 4, 5, 15), (0.7, 3, 12, 4), (1.0, 4, 3, 40)] {
            let scorer = Scorer::new(&errors, alpha, least, seed % 3 == 1);
            let mut expected = all_slices((&codes, &ids), &errors, &scorer, most);
            expected.truncate(n);
            let one_thread = rayon::ThreadPoolBuilder::new()
                .num_threads(1)
                .build()
                .unwrap();
            let run = || {
                search(&codes, &errors, &scorer, (n, most), &Quiet)
                    .unwrap()
                    .found
            };
            let found = run();
            assert_eq!(found, one_thread.install(run));
            let found: Vec<(f64, Vec<u32>)> =
                found.into_iter().map(|f| (f.score, f.codes)).collect();
            assert_eq!(found, expected, "seed {seed}, alpha {alpha}");
        }
    }
}

#[test]
fn no_part_of_a_slice_scores_above_its_bound() {
    for seed in 0..50 {
        let errors: Vec<f64> = uniforms(300, seed).iter().map(|u| u * u - 0.2).collect();
        let errors = Errors::new(&errors);
        let scorer = Scorer::new(&errors, 0.5 + f64::from(seed) / 100.0, 7, seed % 2 == 0);
        let whole = 40 + seed as usize;
        let mut sums = Sums::default();
        errors.of_rows[..whole].iter().for_each(|e| sums.add(*e));
        // The worst parts are those of the largest errors.
        let mut sorted = errors.of_rows[..whole].to_vec();
        sorted.sort_by(|a, b| b.cmp(a));
        let mut part = Sums::default();
        for error in sorted {
            part.add(error);
            if part.n_rows >= 7 {
                assert!(scorer.of(part) <= scorer.bound(sums) + 1e-12);
            }
        }
    }
}

/// A table of a region, a shop and an age, with answers of two models for a class; the candidate's are worse where `is_worse`
/// says so.
fn report(seed: u32, n: usize, is_worse: impl Fn(&str, f64) -> bool) -> SliceReport {
    report_of(seed, n, is_worse, 1.0)
}

/// The same, the worse answers only by so much the way to one half.
fn report_of(seed: u32, n: usize, is_worse: impl Fn(&str, f64) -> bool, by: f64) -> SliceReport {
    let draws = uniforms(n * 6, seed);
    let rows: Vec<&[f64]> = draws.chunks(6).collect();
    let region = |row: &[f64]| ["north", "east", "south", "west"][(row[0] * 4.0) as usize];
    let age = |row: &[f64]| 18.0 + (row[1] * 60.0).floor();
    let shops: Vec<String> = rows
        .iter()
        .map(|r| format!("shop {}", (r[2] * 9.0) as u32))
        .collect();
    let columns: Vec<(String, ArrayRef)> = vec![
        (
            "region".into(),
            Arc::new(
                rows.iter()
                    .map(|r| Some(region(r)))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "age".into(),
            Arc::new(rows.iter().map(|r| Some(age(r))).collect::<Float64Array>()),
        ),
        (
            "shop".into(),
            Arc::new(shops.iter().map(Some).collect::<StringArray>()),
        ),
    ];
    let table = Table::from_columns(columns).unwrap();
    let chance = |row: &[f64]| 0.1 + 0.8 * row[3];
    let codes = rows.iter().map(|r| u32::from(r[4] < chance(r))).collect();
    let targets = Targets::Classes {
        n_classes: 2,
        codes,
    };
    let answers = |of: &dyn Fn(&[f64]) -> f64| Predictions::Probabilities {
        n_classes: 2,
        values: rows.iter().flat_map(|r| [1.0 - of(r), of(r)]).collect(),
    };
    let (production, candidate) = (
        answers(&|r| (chance(r) + 0.1 * (r[5] - 0.5)).clamp(0.02, 0.98)),
        answers(&|r| {
            if is_worse(region(r), age(r)) {
                return 0.5 * by + (1.0 - by) * chance(r);
            }
            (chance(r) - 0.1 * (r[5] - 0.5)).clamp(0.02, 0.98)
        }),
    );
    let names: Vec<String> = table.names();
    let job = SliceJob {
        table: &table,
        targets: &targets,
        model: ("new", &candidate),
        baseline: Some(("old", &production)),
        columns: &names,
        params: &SliceParams::default(),
        seed: 4,
    };
    slices(&job, &Quiet).unwrap()
}

#[test]
fn a_planted_regression_is_the_first_slice_and_is_confirmed() {
    let found = report(7, 8000, |region, age| region == "south" && age >= 60.0);
    let first = &found.slices[0];
    assert!(
        first.text.starts_with("region = south and age"),
        "{}",
        first.text
    );
    let test = first.test.unwrap();
    assert!(test.is_confirmed && test.excess.unwrap() > 0.05, "{test:?}");
    assert!(test.p_adjusted >= test.p_value);
    assert_eq!((found.n_searched_rows, found.n_tested_rows), (4000, 4000));
    assert_eq!(
        found,
        report(7, 8000, |region, age| region == "south" && age >= 60.0)
    );
    // Whatever shares its rows is told as a part of it.
    let same: Vec<_> = found
        .slices
        .iter()
        .filter(|s| s.overlaps == Some(1))
        .collect();
    assert!(
        same.iter()
            .all(|s| s.text.contains("region = south") || s.text.contains("age"))
    );
}

/// Answers a little more than half of the way to one half, in an eighth of the rows.
#[test]
fn a_small_regression_is_found_too() {
    let found = report_of(9, 20_000, |region, age| region == "west" && age < 48.0, 0.6);
    let first = found
        .slices
        .iter()
        .find(|s| s.test.is_some_and(|t| t.is_confirmed));
    let first = first.expect("a confirmed slice");
    assert!(first.text.contains("region = west"), "{}", first.text);
    assert!(
        first.mean_error > 0.0 && first.mean_error < 0.2,
        "{}",
        first.mean_error
    );
}

#[test]
fn where_nothing_was_planted_hardly_anything_is_confirmed() {
    let wrong = |seed| {
        let found = report(seed, 2000, |_, _| false);
        found
            .slices
            .iter()
            .any(|s| s.test.is_some_and(|t| t.is_confirmed))
    };
    let n_wrong = (0..100).filter(|seed| wrong(1000 + seed)).count();
    // At the 5 % level; more than ten of a hundred would come about once in 90 such tests.
    assert!(n_wrong <= 10, "{n_wrong} of 100");
}

#[test]
fn losses_are_what_their_names_say() {
    let targets = Targets::Classes {
        n_classes: 3,
        codes: vec![0, 2],
    };
    let answers = Predictions::Probabilities {
        n_classes: 3,
        values: vec![0.5, 0.25, 0.25, 0.6, 0.4, 0.0],
    };
    let of = |loss| losses::losses(loss, &targets, &answers).unwrap();
    assert_eq!(of(Loss::LogLoss)[0], std::f64::consts::LN_2);
    assert!(of(Loss::LogLoss)[1].is_finite());
    assert_eq!(of(Loss::Error), [0.0, 1.0]);
    assert!((of(Loss::Brier)[0] - 0.1875).abs() < 1e-12);
    let numbers = Predictions::Values(vec![1.0, 4.0]);
    let truth = Targets::Values(vec![3.0, 3.0]);
    assert_eq!(
        losses::losses(Loss::Squared, &truth, &numbers).unwrap(),
        [4.0, 1.0]
    );
    assert_eq!(
        losses::losses(Loss::Absolute, &truth, &numbers).unwrap(),
        [2.0, 1.0]
    );
    assert_eq!(losses::losses(Loss::Error, &truth, &numbers), None);
}
