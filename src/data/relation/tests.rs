//! Against scipy, numpy, pandas and scikit-learn (tests/oracles/relation/make.py), and what holds for any data.

use super::*;
use crate::data::Table;
use crate::domain::relation::{Axis, PairView, Part};
use crate::domain::segment::{Predicate, Segment, Test};
use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use serde_json::Value;
use std::sync::Arc;

/// The same formula as in make.py.
fn table(n: usize) -> Table {
    let f = |i: usize| i as f64;
    let a0 = |i: usize| (f(i) * 0.7).sin() * 10.0 + f(i * 37 % 101) / 10.0;
    let a: Float64Array = (0..n).map(|i| (i % 13 != 5).then(|| a0(i))).collect();
    let b: Float64Array = (0..n)
        .map(|i| (i % 17 != 3).then(|| a0(i) * 0.5 + (f(i) * 1.3).cos() * 3.0))
        .collect();
    let k: Int64Array = (0..n).map(|i| Some((i * i % 7) as i64)).collect();
    let colour = |i: usize| ["red", "green", "blue"][(i * i + i / 10) % 3];
    let c: StringArray = (0..n).map(|i| (i % 19 != 2).then(|| colour(i))).collect();
    let yes = |i: usize| {
        if (i * i % 7 > 2) ^ i.is_multiple_of(5) {
            "yes"
        } else {
            "no"
        }
    };
    let d: StringArray = (0..n).map(|i| Some(yes(i))).collect();
    let columns: Vec<(String, ArrayRef)> = vec![
        ("a".to_owned(), Arc::new(a)),
        ("b".to_owned(), Arc::new(b)),
        ("k".to_owned(), Arc::new(k)),
        ("c".to_owned(), Arc::new(c)),
        ("d".to_owned(), Arc::new(d)),
    ];
    Table::from_columns(columns).unwrap()
}

fn expected() -> Value {
    serde_json::from_str(include_str!(
        "../../../tests/oracles/relation/expected.json"
    ))
    .unwrap()
}

fn near(found: f64, wanted: &Value, what: &str) {
    let wanted = wanted.as_f64().unwrap();
    assert!(
        (found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0),
        "{what}: {found}, expected {wanted}"
    );
}

#[test]
fn associations_of_all_pairs_are_those_of_scipy_and_scikit_learn() {
    let found = associations(&table(2000));
    let expected = expected();
    let pairs = expected["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), found.pairs.len());
    for (pair, wanted) in found.pairs.iter().zip(pairs) {
        let measures = [
            ("pearson", pair.pearson),
            ("spearman", pair.spearman),
            ("cramers_v", pair.cramers_v),
            ("correlation_ratio", pair.correlation_ratio),
            ("mutual_information", pair.mutual_information),
            ("normalised_information", pair.normalised_information),
        ];
        assert_eq!(Some(pair.n), wanted["n"].as_u64());
        for (name, value) in measures {
            let what = format!("{name} of {} and {}", wanted["x"], wanted["y"]);
            match value {
                Some(value) => near(value, &wanted[name], &what),
                None => assert!(wanted[name].is_null(), "{what} is missing"),
            }
        }
    }
}

#[test]
fn associations_are_the_same_for_any_number_of_threads() {
    let table = table(5_000);
    let with = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build()
            .unwrap();
        pool.install(|| associations(&table))
    };
    assert_eq!(with(1), with(7));
}

#[test]
fn box_figures_are_numpys_and_tukeys() {
    let two = two_columns(&table(2000), "c", "a", None).unwrap();
    let PairView::Boxes { labels, boxes, .. } = two.view else {
        panic!("{:?}", two.view);
    };
    for wanted in expected()["boxes"].as_array().unwrap() {
        let at = labels
            .iter()
            .position(|l| Some(l.as_str()) == wanted["value"].as_str());
        let found = boxes[at.unwrap()][0].unwrap();
        assert_eq!(Some(found.n), wanted["n"].as_u64());
        assert_eq!(Some(found.n_outside), wanted["n_outside"].as_u64());
        for (name, value) in [
            ("low", found.low),
            ("q1", found.q1),
            ("median", found.median),
            ("q3", found.q3),
            ("high", found.high),
            ("mean", found.mean),
        ] {
            near(value, &wanted[name], name);
        }
    }
}

#[test]
fn a_split_histogram_has_numpys_counts_in_every_group() {
    let found = split_distributions(&table(2000), Some("d"), &["a".to_owned()], (20, 10));
    let column = &found.columns[0];
    assert_eq!(column.axis.len(), 20);
    for (label, counts) in found.groups.labels.iter().zip(&column.counts) {
        let wanted: Vec<u64> = serde_json::from_value(expected()["split"][label].clone()).unwrap();
        assert_eq!(counts, &wanted, "{label}");
    }
    let all: u64 =
        column.counts.iter().flatten().sum::<u64>() + column.n_missing.iter().sum::<u64>();
    assert_eq!(all, 2000);
}

#[test]
fn missing_together_is_the_correlation_of_missingness() {
    let found = missing_map(&table(2000), 7);
    for wanted in expected()["missing"].as_array().unwrap() {
        let at = |name: &str| {
            found
                .columns
                .iter()
                .position(|c| Some(c.as_str()) == wanted[name].as_str())
        };
        let key = (at("x").unwrap(), at("y").unwrap());
        let pair = found.together.iter().find(|t| t.columns == key).unwrap();
        near(pair.phi, &wanted["phi"], "phi");
        assert_eq!(Some(pair.n_both), wanted["n_both"].as_u64());
    }
    let a = (0..2000).filter(|i| i % 13 == 5).count() as u64;
    assert_eq!(found.n_missing(0), a);
    assert_eq!(found.blocks.len(), 8);
}

#[test]
fn numbers_are_split_in_quarters_and_missing_values_are_a_group() {
    let (groups, _) = groups(&table(2000), Some("a"));
    assert_eq!(groups.labels.len(), 5, "{:?}", groups.labels);
    assert_eq!(groups.labels[4], "missing");
    let most = groups.n_rows[..4].iter().max().unwrap();
    let least = groups.n_rows[..4].iter().min().unwrap();
    assert!(most - least <= 2, "{:?}", groups.n_rows);
    let (of_whole, _) = super::groups(&table(2000), Some("k"));
    assert_eq!(of_whole.labels, ["0", "1", "2", "4"]);
}

#[test]
fn a_segment_holds_its_rows_and_says_which_column_is_not_there() {
    let table = table(100);
    let of = |column: &str, test: Test| {
        let predicate = Predicate {
            column: column.to_owned(),
            test,
        };
        let part = Part::Segment(Segment {
            predicates: vec![predicate],
        });
        rows_of(&table, &part, None)
    };
    let missing = of("a", Test::Missing).unwrap().unwrap();
    assert!(missing.iter().all(|row| row % 13 == 5) && missing.len() == 8);
    let range = Test::Range {
        low: Some(1.0),
        high: Some(4.0),
    };
    let between = of("k", range).unwrap().unwrap();
    assert!(between.iter().all(|i| [1, 2].contains(&(i * i % 7))));
    assert_eq!(
        of("z", Test::Missing),
        Err(PartError::NoColumn("z".to_owned()))
    );
    assert_eq!(rows_of(&table, &Part::Train, None), Err(PartError::NoSplit));
}

#[test]
fn equal_datasets_have_equal_counts_and_new_values_are_named() {
    let table = table(2000);
    for pair in paired(&table, &table) {
        assert_eq!(pair.counts[0], pair.counts[1], "{}", pair.shown.column);
    }
    let one = |values: Vec<&str>| {
        let array: ArrayRef = Arc::new(StringArray::from(values));
        Table::from_columns(vec![("v".to_owned(), array)]).unwrap()
    };
    let pairs = paired(&one(vec!["x", "y"]), &one(vec!["x", "z", "z"]));
    assert_eq!(pairs[0].shown.new_values, [("z".to_owned(), 2)]);
    assert_eq!(pairs[0].shown.vanished_values, [("y".to_owned(), 1)]);
    assert_eq!(
        pairs[0].shown.axis,
        Axis::Values(vec!["x".into(), "z".into(), "y".into()])
    );
}

#[test]
fn a_scatter_says_how_many_points_of_how_many_rows_it_draws() {
    let two = two_columns(&table(20_000), "a", "b", Some("d")).unwrap();
    let PairView::Scatter {
        points,
        drawn,
        density,
    } = two.view
    else {
        panic!("two numbers make a scatter");
    };
    let n: usize = points.iter().map(Vec::len).sum();
    assert_eq!(n as u64, drawn.used);
    assert!(drawn.used < drawn.all);
    assert_eq!(density.counts.iter().flatten().sum::<u64>(), drawn.all);
}

#[test]
fn constants_and_empty_columns_have_no_association() {
    let columns: Vec<(String, ArrayRef)> = vec![
        (
            "one".to_owned(),
            Arc::new(Float64Array::from(vec![0.1; 50])),
        ),
        (
            "none".to_owned(),
            Arc::new(Float64Array::from(vec![None::<f64>; 50])),
        ),
        (
            "n".to_owned(),
            Arc::new(Int64Array::from_iter_values(0..50)),
        ),
        ("t".to_owned(), Arc::new(StringArray::from(vec!["x"; 50]))),
    ];
    let found = associations(&Table::from_columns(columns).unwrap());
    for pair in &found.pairs {
        assert_eq!(pair.strength(), None);
        assert_eq!(pair.normalised_information, None);
    }
    assert_eq!(missing_map(&table(0), 10).n_complete, 0);
    assert!(
        associations(&table(0))
            .pairs
            .iter()
            .all(|p| p.strength().is_none())
    );
}
