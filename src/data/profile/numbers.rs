//! The kernels for whole numbers, real numbers, days and moments: gather the present values, sort them once, and read
//! everything off the sorted values. Sorting 2 million numbers takes about a tenth of a second and makes every figure
//! exact.

use super::top::Top;
use super::{histogram, moments};
use crate::data::table::{date_text, timestamp_text};
use crate::domain::Scalar;
use crate::domain::pipeline::StatisticsParams;
use crate::domain::statistics::{ColumnStatistics, Quantile};
use arrow::array::{
    Array, Date32Array, Float64Array, Int64Array, PrimitiveArray, TimestampMillisecondArray,
};
use arrow::datatypes::ArrowPrimitiveType;
use std::fmt::Write;

/// Probabilities of the quantiles.
const PROBABILITIES: [f64; 9] = [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0];

pub(super) fn integers(
    statistics: &mut ColumnStatistics,
    array: &Int64Array,
    params: &StatisticsParams,
) {
    let sorted = sorted_whole(array, |v| v);
    whole(statistics, &sorted, params);
    statistics.min = sorted.first().map(|v| Scalar::Int(*v));
    statistics.max = sorted.last().map(|v| Scalar::Int(*v));
    statistics.quantiles = quantiles(&sorted, |v| v as f64);
    statistics.n_negative = sorted.partition_point(|v| *v < 0) as u64;
    statistics.n_zeros = sorted.partition_point(|v| *v <= 0) as u64 - statistics.n_negative;
    let mut top = Top::new(params.n_top);
    statistics.n_distinct = runs(&sorted, |value, count| {
        top.offer(count, |text| write_value(text, value));
    });
    statistics.top = top.into_values();
}

pub(super) fn dates(
    statistics: &mut ColumnStatistics,
    array: &Date32Array,
    params: &StatisticsParams,
) {
    let sorted = sorted_whole(array, i64::from);
    // A day that was an i32 before is one still.
    temporal(statistics, &sorted, params, |v| date_text(v as i32));
}

pub(super) fn timestamps(
    statistics: &mut ColumnStatistics,
    array: &TimestampMillisecondArray,
    params: &StatisticsParams,
) {
    let sorted = sorted_whole(array, |v| v);
    temporal(statistics, &sorted, params, timestamp_text);
}

pub(super) fn reals(
    statistics: &mut ColumnStatistics,
    array: &Float64Array,
    params: &StatisticsParams,
) {
    let present = present(array);
    // Adding zero makes a negative zero positive.
    let mut sorted: Vec<f64> = present
        .iter()
        .filter(|v| !v.is_nan())
        .map(|v| v + 0.0)
        .collect();
    statistics.n_nan = (present.len() - sorted.len()) as u64;
    drop(present);
    sorted.sort_unstable_by(f64::total_cmp);
    let from = sorted.partition_point(|v| *v == f64::NEG_INFINITY);
    let to = sorted.partition_point(|v| *v < f64::INFINITY);
    let finite = &sorted[from..to];
    statistics.n_infinite = (sorted.len() - finite.len()) as u64;
    (statistics.mean, statistics.sd) = moments::of_reals(finite);
    statistics.min = finite.first().map(|v| Scalar::Float(*v));
    statistics.max = finite.last().map(|v| Scalar::Float(*v));
    if let (Some(min), Some(max)) = (finite.first(), finite.last()) {
        let edges = histogram::equal_width_edges(*min, *max, params.n_bins);
        statistics.histogram = histogram::bins(finite, &edges, |v| v);
    }
    statistics.quantiles = quantiles(finite, |v| v);
    statistics.n_negative = sorted.partition_point(|v| *v < 0.0) as u64;
    statistics.n_zeros = sorted.partition_point(|v| *v <= 0.0) as u64 - statistics.n_negative;
    let mut top = Top::new(params.n_top);
    statistics.n_distinct = runs(&sorted, |value, count| {
        top.offer(count, |text| write_value(text, value));
    });
    statistics.top = top.into_values();
}

/// What days and moments have in common. Their ISO texts sort as they do (in the years 0 to 9999).
fn temporal(
    statistics: &mut ColumnStatistics,
    sorted: &[i64],
    params: &StatisticsParams,
    text_of: impl Fn(i64) -> String,
) {
    whole(statistics, sorted, params);
    statistics.min = sorted.first().map(|v| Scalar::Text(text_of(*v)));
    statistics.max = sorted.last().map(|v| Scalar::Text(text_of(*v)));
    let mut top = Top::new(params.n_top);
    statistics.n_distinct = runs(sorted, |value, count| {
        top.offer_in_order(count, |text| text.push_str(&text_of(value)));
    });
    statistics.top = top.into_values();
}

/// Moments and histogram of whole numbers.
fn whole(statistics: &mut ColumnStatistics, sorted: &[i64], params: &StatisticsParams) {
    (statistics.mean, statistics.sd) = moments::of_integers(sorted);
    if let (Some(min), Some(max)) = (sorted.first(), sorted.last()) {
        let edges = histogram::whole_edges(*min, *max, params.n_bins);
        statistics.histogram = histogram::bins(sorted, &edges, |v| v as f64);
    }
}

fn sorted_whole<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    widen: impl Fn(T::Native) -> i64,
) -> Vec<i64> {
    let mut values: Vec<i64> = present(array).into_iter().map(widen).collect();
    values.sort_unstable();
    values
}

/// The values that are not missing, in order of the rows.
fn present<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> Vec<T::Native> {
    let values = array.values();
    match array.nulls() {
        None => values.to_vec(),
        Some(nulls) => {
            let mut present = Vec::with_capacity(values.len() - nulls.null_count());
            for (from, to) in nulls.valid_slices() {
                present.extend_from_slice(&values[from..to]);
            }
            present
        }
    }
}

/// Calls back with each different value and how often it occurs, ascending; the number of different values.
fn runs<T: Copy + PartialEq>(sorted: &[T], mut each: impl FnMut(T, u64)) -> u64 {
    let mut n = 0;
    for run in sorted.chunk_by(|a, b| a == b) {
        each(run[0], run.len() as u64);
        n += 1;
    }
    n
}

/// Quantiles by linear interpolation (Hyndman and Fan 1996, type 7).
fn quantiles<T: Copy>(sorted: &[T], real: impl Fn(T) -> f64) -> Vec<Quantile> {
    let Some(last) = sorted.len().checked_sub(1) else {
        return Vec::new();
    };
    PROBABILITIES
        .iter()
        .map(|&p| {
            let position = p * last as f64;
            let index = (position.floor() as usize).min(last);
            let low = real(sorted[index]);
            let high = real(sorted[(index + 1).min(last)]);
            let t = position - index as f64;
            let value = if (high - low).is_finite() {
                low + (high - low) * t
            } else {
                low * (1.0 - t) + high * t
            };
            Quantile { p, value }
        })
        .collect()
}

fn write_value(text: &mut String, value: impl std::fmt::Display) {
    write!(text, "{value}").expect("writing to a string cannot fail");
}
