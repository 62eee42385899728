//! Tests of the profile against pandas and numpy (tests/oracles/profile/make.py), and at its edges.

use super::*;
use crate::domain::Scalar;
use crate::domain::statistics::ColumnStatistics;
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMillisecondArray,
};
use serde_json::Value;
use std::sync::Arc;

fn profiled(array: impl arrow::array::Array + 'static) -> ColumnStatistics {
    let table = Table::from_columns(vec![("x".to_owned(), Arc::new(array) as ArrayRef)]).unwrap();
    profile(&table, &StatisticsParams::default())
        .columns
        .remove(0)
}

fn close(a: f64, b: f64, relative: f64) {
    assert!(
        (a - b).abs() <= relative * b.abs().max(1e-300),
        "{a} is not {b} (relative {relative})"
    );
}

fn oracle() -> Value {
    serde_json::from_str(include_str!("../../../tests/oracles/profile/expected.json")).unwrap()
}

fn top(statistics: &ColumnStatistics) -> Vec<(&str, u64)> {
    statistics
        .top
        .iter()
        .map(|t| (t.value.as_str(), t.count))
        .collect()
}

#[test]
fn numbers_are_pandas_and_numpys() {
    for (name, expected) in oracle()["columns"].as_object().unwrap() {
        let values = expected["values"].as_array().unwrap();
        let is_whole = expected["min"].is_i64();
        let s = if is_whole {
            profiled(values.iter().map(Value::as_i64).collect::<Int64Array>())
        } else {
            profiled(values.iter().map(Value::as_f64).collect::<Float64Array>())
        };
        let real = |key: &str| expected[key].as_f64().unwrap();
        let whole = |key: &str| expected[key].as_u64().unwrap();
        assert_eq!(s.n_missing, whole("n_missing"), "{name}");
        assert_eq!(s.n_distinct, whole("n_distinct"), "{name}");
        assert_eq!(s.n_zeros, whole("n_zeros"), "{name}");
        assert_eq!(s.n_negative, whole("n_negative"), "{name}");
        close(s.mean.unwrap(), real("mean"), 1e-15);
        close(s.sd.unwrap(), real("sd"), 1e-12);
        close(s.mean.unwrap(), real("pandas_mean"), 1e-12);
        for (quantile, value) in s
            .quantiles
            .iter()
            .zip(expected["quantiles"].as_array().unwrap())
        {
            close(quantile.value, value.as_f64().unwrap(), 1e-13);
        }
        if is_whole {
            assert_eq!(s.min, expected["min"].as_i64().map(Scalar::Int), "{name}");
            assert_eq!(s.max, expected["max"].as_i64().map(Scalar::Int), "{name}");
        } else {
            assert_eq!(s.min, expected["min"].as_f64().map(Scalar::Float), "{name}");
        }
        let n: u64 = s.histogram.iter().map(|b| b.count).sum();
        assert_eq!(n as usize, values.len() - s.n_missing as usize, "{name}");
        if !is_whole {
            let counts: Vec<u64> = s.histogram.iter().map(|b| b.count).collect();
            let numpys: Vec<u64> = serde_json::from_value(expected["histogram"].clone()).unwrap();
            assert_eq!(counts, numpys, "{name}");
        }
    }
}

#[test]
fn texts_are_pandas() {
    let expected = &oracle()["texts"];
    let values: StringArray = expected["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(Value::as_str)
        .collect();
    let table = Table::from_columns(vec![("x".to_owned(), Arc::new(values) as ArrayRef)]).unwrap();
    let params = StatisticsParams {
        n_top: 5,
        ..StatisticsParams::default()
    };
    let s = &profile(&table, &params).columns[0];
    assert_eq!(s.n_missing, expected["n_missing"]);
    assert_eq!(s.n_distinct, expected["n_distinct"]);
    assert_eq!(s.min.as_ref().unwrap().as_str(), expected["min"].as_str());
    assert_eq!(s.max.as_ref().unwrap().as_str(), expected["max"].as_str());
    assert_eq!(s.max_length.unwrap(), expected["max_length"]);
    close(
        s.mean_length.unwrap(),
        expected["mean_length"].as_f64().unwrap(),
        1e-14,
    );
    let expected_top: Vec<(String, u64)> = serde_json::from_value(expected["top"].clone()).unwrap();
    let expected_top: Vec<(&str, u64)> =
        expected_top.iter().map(|(v, c)| (v.as_str(), *c)).collect();
    assert_eq!(top(s), expected_top);
    assert_eq!(s.values.len() as u64, s.n_distinct);
    assert!(s.values.is_sorted());
}

#[test]
fn integers_stay_exact_to_64_bits() {
    let s = profiled(Int64Array::from(vec![
        i64::MIN,
        i64::MAX,
        9_007_199_254_740_993,
    ]));
    assert_eq!(s.min, Some(Scalar::Int(i64::MIN)));
    assert_eq!(s.max, Some(Scalar::Int(i64::MAX)));
    assert_eq!(s.n_distinct, 3);
    assert_eq!(s.top[0].value, "-9223372036854775808");
    assert_eq!(s.histogram.iter().map(|b| b.count).sum::<u64>(), 3);
    let s = profiled(Int64Array::from(vec![9_007_199_254_740_993; 3]));
    assert_eq!((s.sd, s.n_distinct), (Some(0.0), 1));
}

#[test]
fn nan_and_infinity_are_counted_and_left_out() {
    let s = profiled(Float64Array::from(vec![
        Some(f64::NAN),
        Some(1.0),
        Some(-0.0),
        Some(0.0),
        Some(f64::INFINITY),
        Some(f64::NEG_INFINITY),
        None,
        Some(2.0),
    ]));
    assert_eq!((s.n_nan, s.n_infinite, s.n_missing), (1, 2, 1));
    assert_eq!((s.n_zeros, s.n_negative, s.n_distinct), (2, 1, 5));
    assert_eq!(s.mean, Some(0.75));
    assert_eq!(s.min, Some(Scalar::Float(0.0)));
    assert_eq!(s.max, Some(Scalar::Float(2.0)));
    assert_eq!(s.quantiles.last().unwrap().value, 2.0);
    assert_eq!(s.histogram.iter().map(|b| b.count).sum::<u64>(), 4);
    assert_eq!(
        top(&s),
        [("0", 2), ("-inf", 1), ("1", 1), ("2", 1), ("inf", 1)]
    );

    let s = profiled(Float64Array::from(vec![f64::NAN; 4]));
    assert_eq!((s.n_nan, s.n_distinct, s.mean, s.min), (4, 0, None, None));
    assert!(s.histogram.is_empty() && s.quantiles.is_empty() && s.top.is_empty());
}

#[test]
fn extreme_numbers_do_not_overflow() {
    let s = profiled(Float64Array::from(vec![-1.7e308, 1.7e308, 1.6e308]));
    close(s.mean.unwrap(), 1.6e308 / 3.0, 1e-12);
    assert!(s.sd.is_none_or(f64::is_finite));
    assert_eq!(s.histogram.iter().map(|b| b.count).sum::<u64>(), 3);
    assert!(s.quantiles.iter().all(|q| q.value.is_finite()));
    let s = profiled(Float64Array::from(vec![1e-300, 3e-300]));
    close(s.sd.unwrap(), 2f64.sqrt() * 1e-300, 1e-12);
    let s = profiled(Float64Array::from(vec![
        1e9 + 4.0,
        1e9 + 7.0,
        1e9 + 13.0,
        1e9 + 16.0,
    ]));
    close(s.sd.unwrap(), 30f64.sqrt(), 1e-14);
}

#[test]
fn empty_one_row_and_all_missing() {
    let table = Table::from_columns(vec![
        (
            "i".to_owned(),
            Arc::new(Int64Array::from(Vec::<i64>::new())) as ArrayRef,
        ),
        (
            "t".to_owned(),
            Arc::new(StringArray::from(Vec::<&str>::new())),
        ),
        (
            "b".to_owned(),
            Arc::new(BooleanArray::from(Vec::<bool>::new())),
        ),
    ])
    .unwrap();
    let s = profile(&table, &StatisticsParams::default());
    assert_eq!(s.n_rows, 0);
    assert!(
        s.columns
            .iter()
            .all(|c| c.mean.is_none() && c.min.is_none() && c.top.is_empty())
    );

    let s = profiled(Float64Array::from(vec![2.5]));
    assert_eq!((s.mean, s.sd), (Some(2.5), None));
    assert_eq!(
        (s.histogram.len(), s.histogram[0].low, s.histogram[0].count),
        (1, 2.0, 1)
    );
    assert!(s.quantiles.iter().all(|q| q.value == 2.5));

    let s = profiled(StringArray::from(vec![None::<&str>; 3]));
    assert_eq!((s.n_missing, s.n_distinct, s.mean_length), (3, 0, None));
}

#[test]
fn few_whole_numbers_get_bins_of_whole_width() {
    let s = profiled(Int64Array::from((0..24).collect::<Vec<i64>>()));
    assert_eq!(s.histogram.len(), 12);
    assert!(
        s.histogram
            .iter()
            .all(|b| b.count == 2 && b.high - b.low == 2.0)
    );
    assert_eq!(s.histogram[0].low, -0.5);
    let s = profiled(Int64Array::from(vec![1, 2, 2, 3]));
    let counts: Vec<u64> = s.histogram.iter().map(|b| b.count).collect();
    assert_eq!(counts, [1, 2, 1]);
    let s = profiled(Int64Array::from(vec![0, 1000]));
    assert_eq!((s.histogram.len(), s.histogram[19].high), (20, 1000.0));
}

#[test]
fn truth_values_and_times() {
    let s = profiled(BooleanArray::from(vec![
        Some(true),
        Some(true),
        Some(false),
        None,
    ]));
    close(s.mean.unwrap(), 2.0 / 3.0, 1e-15);
    close(s.sd.unwrap(), (1.0f64 / 3.0).sqrt(), 1e-15);
    assert_eq!(top(&s), [("true", 2), ("false", 1)]);
    assert_eq!(
        (s.min, s.max),
        (Some(Scalar::Bool(false)), Some(Scalar::Bool(true)))
    );

    let s = profiled(Date32Array::from(vec![Some(0), Some(31), None, Some(31)]));
    assert_eq!(s.min, Some(Scalar::from("1970-01-01")));
    assert_eq!(top(&s), [("1970-02-01", 2), ("1970-01-01", 1)]);
    assert_eq!(s.histogram.iter().map(|b| b.count).sum::<u64>(), 3);

    let s = profiled(TimestampMillisecondArray::from(vec![0, 86_400_000]));
    assert_eq!(s.max, Some(Scalar::from("1970-01-02T00:00:00")));
    assert_eq!((s.mean, s.histogram.len()), (Some(43_200_000.0), 20));
    assert!(s.quantiles.is_empty());
}

#[test]
fn threads_do_not_matter_and_top_is_bounded() {
    let n = 20_000_i64;
    let table = Table::from_columns(vec![
        (
            "i".to_owned(),
            Arc::new(
                (0..n)
                    .map(|k| Some(k * 7919 % 5003))
                    .collect::<Int64Array>(),
            ) as ArrayRef,
        ),
        (
            "f".to_owned(),
            Arc::new(
                (0..n)
                    .map(|k| Some((k as f64).sin()))
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "t".to_owned(),
            Arc::new(
                (0..n)
                    .map(|k| Some(format!("v{}", k % 997)))
                    .collect::<StringArray>(),
            ),
        ),
    ])
    .unwrap();
    let params = StatisticsParams::default();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| profile(&table, &params))
    };
    let one = with(1);
    assert_eq!(one, with(4));
    assert!(one.columns.iter().all(|c| c.top.len() == 20));
    assert!(one.columns[2].values.is_empty());
    // All reals occur once: the first in byte order of their texts.
    let mut texts: Vec<String> = (0..n)
        .map(|k| ((k as f64).sin() + 0.0).to_string())
        .collect();
    texts.sort();
    texts.truncate(20);
    assert_eq!(
        one.columns[1]
            .top
            .iter()
            .map(|t| t.value.clone())
            .collect::<Vec<_>>(),
        texts
    );
}

#[test]
fn counts_add_up_on_a_larger_table() {
    let n = 100_000_i64;
    let s = profiled(
        (0..n)
            .map(|k| (k % 10 != 0).then_some(k % 1234))
            .collect::<Int64Array>(),
    );
    let present = n as u64 - s.n_missing;
    assert_eq!(s.n_missing, 10_000);
    assert_eq!(s.histogram.iter().map(|b| b.count).sum::<u64>(), present);
}
