//! Properties that hold for any data: threads and chunk sizes do not matter, the memory limit is kept, and sketches stay within
//! the errors that they state, whatever the order of the rows.

use super::*;
use crate::data::ColumnData;
use crate::domain::Scalar;
use crate::domain::statistics::{ColumnStatistics, Monotonicity};
use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, StringArray};
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of the tables; enough for a limit of one MiB to be too small.
const N: i64 = 300_000;

fn mixed(k: i64) -> i64 {
    (sketch_hash(k) >> 20) as i64
}

fn sketch_hash(k: i64) -> u64 {
    (k as u64)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(31)
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// Columns in orders and shapes that are hard on sketches.
fn table() -> Table {
    let int = |of: &dyn Fn(i64) -> Option<i64>| {
        Arc::new((0..N).map(of).collect::<Int64Array>()) as ArrayRef
    };
    let real = |of: &dyn Fn(i64) -> Option<f64>| {
        Arc::new((0..N).map(of).collect::<Float64Array>()) as ArrayRef
    };
    let text = |of: &dyn Fn(i64) -> Option<String>| {
        Arc::new((0..N).map(of).collect::<StringArray>()) as ArrayRef
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("sorted", int(&|k| Some(k * 3))),
        ("reversed", int(&|k| Some(-k))),
        ("zigzag", int(&|k| Some(if k % 2 == 0 { k } else { -k }))),
        ("few", int(&|k| (k % 11 != 0).then_some(k * k % 7))),
        ("wide", int(&|k| Some((sketch_hash(k)) as i64))),
        (
            "decimals",
            real(&|k| Some((mixed(k) % 100_000) as f64 / 100.0)),
        ),
        (
            "heavy",
            real(&|k| Some(1e6 / ((mixed(k) % 1_000_000) as f64 + 1.0))),
        ),
        (
            "late",
            real(&|k| {
                Some(if k < N - 5 {
                    (k % 9) as f64
                } else {
                    (k as f64).sqrt()
                })
            }),
        ),
        (
            "holes",
            real(&|k| match k % 50 {
                0 => None,
                1 => Some(f64::NAN),
                2 => Some(f64::INFINITY),
                3 => Some(-0.0),
                _ => Some((k as f64).sin()),
            }),
        ),
        (
            "codes",
            text(&|k| Some(format!("ID-{:05}", mixed(k) % 50_000))),
        ),
        ("unique", text(&|k| Some(format!("u{k:07}")))),
        (
            "words",
            text(&|k| {
                (k % 3 > 0).then(|| ["ja", "nein", "vielleicht"][(k % 3) as usize].to_owned())
            }),
        ),
        (
            "day",
            Arc::new(
                (0..N)
                    .map(|k| Some((k / 100) as i32))
                    .collect::<Date32Array>(),
            ),
        ),
    ];
    let columns = columns
        .into_iter()
        .map(|(n, a)| (n.to_owned(), a))
        .collect();
    Table::from_columns(columns).unwrap()
}

fn with(table: &Table, chunk_rows: usize, memory_mib: u32, threads: usize) -> DatasetStatistics {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    let params = StatisticsParams {
        memory_mib,
        ..StatisticsParams::default()
    };
    let source = TableSource::with_chunk_rows(table.clone(), chunk_rows);
    pool.install(|| profile_source(&source, &params, &Quiet))
        .unwrap()
}

#[test]
fn exact_figures_depend_neither_on_threads_nor_on_chunks() {
    let table = table();
    let whole = with(&table, usize::MAX >> 8, 512, 1);
    assert!(whole.columns.iter().all(|c| c.accuracy.is_exact()));
    for (chunk_rows, threads) in [(65_536, 1), (65_536, 2), (65_536, 4), (1_009, 3)] {
        assert_eq!(
            whole,
            with(&table, chunk_rows, 512, threads),
            "{chunk_rows} {threads}"
        );
    }
}

#[test]
fn summarised_figures_do_not_depend_on_threads() {
    let table = table();
    let one = with(&table, 10_000, 2, 1);
    assert!(one.columns.iter().any(|c| !c.accuracy.is_exact()));
    for threads in [2, 4] {
        assert_eq!(one, with(&table, 10_000, 2, threads));
    }
}

#[test]
fn summaries_stay_within_the_errors_they_state() {
    let table = table();
    let exact = with(&table, 65_536, 512, 2);
    let about = with(&table, 10_000, 2, 2);
    let mut n_summarised = 0;
    for (exact, about) in exact.columns.iter().zip(&about.columns) {
        n_summarised += u32::from(!about.accuracy.is_exact());
        same_where_exact(exact, about);
        within(&table, exact, about);
    }
    assert!(n_summarised >= 6, "{n_summarised}");
}

/// Figures that are exact always.
fn same_where_exact(exact: &ColumnStatistics, about: &ColumnStatistics) {
    let name = &exact.name;
    assert_eq!(exact.n_missing, about.n_missing, "{name}");
    assert_eq!(exact.n_present, about.n_present, "{name}");
    assert_eq!((&exact.min, &exact.max), (&about.min, &about.max), "{name}");
    assert_eq!(exact.histogram, about.histogram, "{name}");
    assert_eq!(exact.monotonicity, about.monotonicity, "{name}");
    assert_eq!(exact.n_zeros, about.n_zeros, "{name}");
    assert_eq!(exact.n_negative, about.n_negative, "{name}");
    assert_eq!(exact.n_nan, about.n_nan, "{name}");
    assert_eq!(exact.n_infinite, about.n_infinite, "{name}");
    assert_eq!(exact.mean_length, about.mean_length, "{name}");
    assert_eq!(exact.patterns, about.patterns, "{name}");
    for (a, b) in [(exact.mean, about.mean), (exact.sd, about.sd)] {
        assert_eq!(a.is_some(), b.is_some(), "{name}");
        if let (Some(a), Some(b)) = (a, b) {
            let scale = a.abs().max(exact.sd.unwrap_or(0.0));
            assert!((a - b).abs() <= 1e-11 * scale, "{name}: {a} {b}");
        }
    }
}

fn within(table: &Table, exact: &ColumnStatistics, about: &ColumnStatistics) {
    let name = &exact.name;
    let accuracy = about.accuracy;
    let off = exact.n_distinct.abs_diff(about.n_distinct) as f64;
    let allowed = 4.0 * accuracy.n_distinct.relative_error * exact.n_distinct as f64;
    assert!(
        off <= allowed,
        "{name}: {} {}",
        exact.n_distinct,
        about.n_distinct
    );
    let data = table.column(name).unwrap();
    let mut sorted: Vec<f64> = (0..table.n_rows())
        .filter_map(|row| data.number(row))
        .filter(|v| v.is_finite())
        .collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let error = accuracy.quantiles.rank_error;
    assert!(error < 0.01, "{name}: {error}");
    if !accuracy.quantiles.exact {
        for quantile in &about.quantiles {
            let from = sorted.partition_point(|v| *v < quantile.value) as f64 / n;
            let to = sorted.partition_point(|v| *v <= quantile.value) as f64 / n;
            let p = quantile.p;
            assert!(
                from - error <= p && p <= to + error,
                "{name}: {p} {from} {to} {error}"
            );
        }
    }
    let mut counts: HashMap<String, u64> = HashMap::new();
    for row in 0..table.n_rows() {
        if let Some(text) = data.text(row) {
            let text = if text == "-0" { "0".to_owned() } else { text };
            *counts.entry(text).or_insert(0) += 1;
        }
    }
    for top in &about.top {
        let truth = counts[&top.value];
        let error = accuracy.top.count_error;
        assert!(
            top.count <= truth && truth <= top.count + error,
            "{name}: {top:?} {truth}"
        );
    }
}

#[test]
fn orders_are_seen_across_chunks() {
    let s = with(&table(), 1_000, 512, 2);
    let of = |name: &str| s.column(name).unwrap().monotonicity;
    assert_eq!(of("sorted"), Monotonicity::StrictlyIncreasing);
    assert_eq!(of("reversed"), Monotonicity::StrictlyDecreasing);
    assert_eq!(of("day"), Monotonicity::Increasing);
    assert_eq!(of("unique"), Monotonicity::StrictlyIncreasing);
    assert_eq!(of("zigzag"), Monotonicity::None);
    assert!(s.column("unique").unwrap().is_unique);
    assert!(!s.column("codes").unwrap().is_unique);
    let patterns = &s.column("codes").unwrap().patterns;
    assert_eq!(
        (
            patterns.len(),
            patterns[0].value.as_str(),
            patterns[0].count
        ),
        (1, "AA-99999", N as u64)
    );
}

#[test]
fn many_rows_with_few_values_stay_exact_in_little_memory() {
    let table = Table::from_columns(vec![(
        "x".to_owned(),
        Arc::new(
            (0..2_000_000_i64)
                .map(|k| Some(mixed(k) % 5_000 * 1_000_003))
                .collect::<Int64Array>(),
        ) as ArrayRef,
    )])
    .unwrap();
    let s = &with(&table, 65_536, 2, 2).columns[0];
    assert!(s.accuracy.is_exact());
    assert_eq!(s.n_distinct, 5_000);
}

/// What is looked up in the rows is what the profile says, for columns with gaps, NaN, infinities and several bytes a letter.
#[test]
fn single_facts_are_those_of_the_profile() {
    let letters = ["é", "日本", "", "zz", "a\0", "a", "Straße und Weg"];
    let more: Vec<(String, ArrayRef)> = vec![
        (
            "letters".to_owned(),
            Arc::new(
                (0..N)
                    .map(|k| (k % 9 < 7).then(|| letters[(k % 7) as usize]))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "nothing".to_owned(),
            Arc::new((0..N).map(|_| None::<&str>).collect::<StringArray>()),
        ),
        (
            "nowhere finite".to_owned(),
            Arc::new(
                (0..N)
                    .map(|k| [None, Some(f64::NAN), Some(f64::NEG_INFINITY)][(k % 3) as usize])
                    .collect::<Float64Array>(),
            ),
        ),
    ];
    for table in [table(), Table::from_columns(more).unwrap()] {
        let statistics = profile(&table, &StatisticsParams::default());
        for (position, known) in statistics.columns.iter().enumerate() {
            let range = known.min.clone().zip(known.max.clone());
            match table.at(position) {
                ColumnData::Integer(array) => {
                    let found = lookup::whole_range(array);
                    let found = found.map(|(a, b)| (Scalar::Int(a), Scalar::Int(b)));
                    assert_eq!(found, range, "{}", known.name);
                }
                ColumnData::Number(array) => {
                    let found = lookup::number_range(array);
                    let extremes = found.extremes;
                    let extremes = extremes.map(|(a, b)| (Scalar::Float(a), Scalar::Float(b)));
                    assert_eq!(extremes, range, "{}", known.name);
                    let not_finite = (found.n_nan, found.n_infinite);
                    assert_eq!(
                        not_finite,
                        (known.n_nan, known.n_infinite),
                        "{}",
                        known.name
                    );
                }
                ColumnData::Text(array) => {
                    let lengths = known.min_length.zip(known.max_length);
                    assert_eq!(lookup::lengths(array), lengths, "{}", known.name);
                    let listed = (known.values.len() as u64 == known.n_distinct)
                        .then(|| known.values.clone());
                    assert_eq!(lookup::listed_values(array), listed, "{}", known.name);
                }
                _ => {}
            }
        }
    }
}
