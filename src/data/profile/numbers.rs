//! The kernels for whole numbers, real numbers, days and moments. Each chunk is looked at once, in cache, and its keys are
//! packed; all figures are read off the keys of all chunks, sorted once at the end. A column that outgrows its memory is
//! summarised instead. How keys are packed and sorted is left to `packed` and `sorted`.

use super::figures::{self, Frequent, PROBABILITIES};
use super::histogram;
use super::moments::Moments;
use super::order::Order;
use super::packed::{Packed, Part, bounds, unify};
use super::sketch::{
    ChunkSample, DistinctSketch, FrequentPicker, FrequentSketch, QuantileSketch, hash_of_key,
};
use super::sorted::Sorted;
use super::top::Top;
use super::unit::{Unit, bits_of_real, keys_of_reals, real_of_bits};
use crate::data::table::{date_text, timestamp_text};
use crate::domain::Scalar;
use crate::domain::pipeline::StatisticsParams;
use crate::domain::schema::ColumnType;
use crate::domain::statistics::{ColumnStatistics, HistogramBin, Quantile};
use arrow::array::{Array, PrimitiveArray};
use arrow::datatypes::ArrowPrimitiveType;
use std::borrow::Cow;
use std::fmt::Write;

/// What is known of a column after some chunks, or of one chunk.
#[derive(Debug, Clone)]
pub(super) struct Counters {
    pub(super) n_present: u64,
    n_zeros: u64,
    n_negative: u64,
    n_nan: u64,
    n_below: u64,
    n_above: u64,
    /// Smallest and largest finite value, as canonical keys.
    pub(super) bounds: Option<(i64, i64)>,
    order: Order<i64>,
}

/// One chunk of a column, after the kernel.
#[derive(Debug)]
pub(super) struct NumberChunk {
    pub(super) counters: Counters,
    pub(super) values: ChunkValues,
}

/// The values of a chunk: all of them, or their summary.
#[derive(Debug)]
pub(super) enum ChunkValues {
    All(Part),
    Summary(Box<ChunkSummary>),
}

/// A summary of values in ascending order.
#[derive(Debug)]
pub(super) struct ChunkSummary {
    moments: Moments,
    distinct: DistinctSketch,
    frequent: FrequentSketch<i64>,
    sample: ChunkSample,
}

impl ChunkSummary {
    fn of(unit: Unit, sorted: &Sorted) -> Self {
        let mut distinct = DistinctSketch::new();
        let mut frequent = FrequentPicker::new();
        let mut n = 0;
        let mut bounds = None;
        sorted.each_run(|key, count| {
            let canonical = unit.canonical(key);
            distinct.add(hash_of_key(canonical));
            frequent.offer(count, &canonical);
            n += count;
            bounds = Some((bounds.map_or(key, |b: (i64, i64)| b.0), key));
        });
        Self {
            moments: bounds.map_or_else(Moments::default, |b| Moments::of(sorted, unit, b)),
            distinct,
            frequent: frequent.into_sketch(),
            sample: ChunkSample::of(n, |each| {
                sorted.each_run(|key, count| each(bits_of_real(unit.real(key)), count));
            }),
        }
    }

    fn of_parts(parts: Vec<Part>) -> Self {
        let (unit, packed) = unify(parts);
        Self::of(unit, &Sorted::of(packed))
    }
}

/// The kernel for whole numbers, days and moments.
pub(super) fn whole_chunk<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> NumberChunk
where
    T::Native: Into<i64>,
{
    let keys: Vec<i64> = present(array).iter().map(|v| (*v).into()).collect();
    let n = keys.len() as u64;
    let (mut n_zeros, mut n_negative) = (0_u64, 0_u64);
    for key in &keys {
        n_zeros += u64::from(*key == 0);
        n_negative += u64::from(*key < 0);
    }
    let counters = Counters {
        n_present: n,
        n_zeros,
        n_negative,
        n_nan: 0,
        n_below: 0,
        n_above: 0,
        bounds: bounds(&keys),
        order: Order::of(keys.iter().copied(), n, || keys.last().copied()),
    };
    NumberChunk {
        counters,
        values: ChunkValues::All(Part::new(Unit::Whole, &keys)),
    }
}

/// The kernel for real numbers.
pub(super) fn real_chunk<T>(array: &PrimitiveArray<T>) -> NumberChunk
where
    T: ArrowPrimitiveType<Native = f64>,
{
    let mut values = present(array);
    let n_present = values.len() as u64;
    let mut is_plain = true;
    for value in values.iter() {
        is_plain &= value.is_finite() & (value.to_bits() != (-0.0_f64).to_bits());
    }
    let (mut n_nan, mut n_below, mut n_above) = (0, 0, 0);
    let order = if is_plain {
        Order::of(values.iter().map(|v| bits_of_real(*v)), n_present, || {
            values.last().map(|v| bits_of_real(*v))
        })
    } else {
        // Adding zero makes a negative zero positive.
        let numbers: Vec<f64> = values
            .iter()
            .filter(|v| !v.is_nan())
            .map(|v| v + 0.0)
            .collect();
        let n = numbers.len() as u64;
        n_nan = n_present - n;
        n_below = numbers.iter().filter(|v| **v == f64::NEG_INFINITY).count() as u64;
        n_above = numbers.iter().filter(|v| **v == f64::INFINITY).count() as u64;
        let order = Order::of(numbers.iter().map(|v| bits_of_real(*v)), n, || {
            numbers.last().map(|v| bits_of_real(*v))
        });
        values = Cow::Owned(numbers.into_iter().filter(|v| v.is_finite()).collect());
        order
    };
    let (mut n_zeros, mut n_negative) = (0_u64, 0_u64);
    let mut range: Option<(f64, f64)> = values.first().map(|v| (*v, *v));
    if let Some((low, high)) = &mut range {
        for value in values.iter() {
            n_zeros += u64::from(*value == 0.0);
            n_negative += u64::from(*value < 0.0);
            *low = if *value < *low { *value } else { *low };
            *high = if *value > *high { *value } else { *high };
        }
    }
    let (unit, keys) = keys_of_reals(&values);
    NumberChunk {
        counters: Counters {
            n_present,
            n_zeros,
            n_negative: n_negative + n_below,
            n_nan,
            n_below,
            n_above,
            bounds: range.map(|(low, high)| (bits_of_real(low), bits_of_real(high))),
            order,
        },
        values: ChunkValues::All(Part::new(unit, &keys)),
    }
}

impl NumberChunk {
    /// Replaces the values by their summary.
    pub(super) fn summarise(&mut self) {
        if let ChunkValues::All(part) = &mut self.values {
            let part = std::mem::replace(part, Part::new(Unit::Whole, &[]));
            self.values = ChunkValues::Summary(Box::new(ChunkSummary::of_parts(vec![part])));
        }
    }
}

/// The values that are not missing, in order of the rows.
fn present<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> Cow<'_, [T::Native]> {
    let values = array.values();
    match array.nulls() {
        None => Cow::Borrowed(&values[..]),
        Some(nulls) => {
            let mut present = Vec::with_capacity(values.len() - nulls.null_count());
            for (from, to) in nulls.valid_slices() {
                present.extend_from_slice(&values[from..to]);
            }
            Cow::Owned(present)
        }
    }
}

impl Counters {
    fn append(&mut self, next: Self) {
        self.n_present += next.n_present;
        self.n_zeros += next.n_zeros;
        self.n_negative += next.n_negative;
        self.n_nan += next.n_nan;
        self.n_below += next.n_below;
        self.n_above += next.n_above;
        self.bounds = match (self.bounds, next.bounds) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (a, b) => a.or(b),
        };
        self.order.append(next.order);
    }
}

/// A column of numbers, days or moments after some chunks.
#[derive(Debug, Default)]
pub(super) struct NumberColumn {
    pub(super) counters: Option<Counters>,
    parts: Vec<Part>,
    n_bytes: usize,
    /// What the values took when they were last counted together.
    n_bytes_counted: usize,
    sketch: Option<Box<NumberSketch>>,
}

#[derive(Debug)]
struct NumberSketch {
    moments: Moments,
    distinct: DistinctSketch,
    frequent: FrequentSketch<i64>,
    quantiles: QuantileSketch,
}

impl NumberColumn {
    pub(super) fn append(&mut self, mut chunk: NumberChunk) {
        if self.sketch.is_some() {
            chunk.summarise();
        }
        match &mut self.counters {
            Some(counters) => counters.append(chunk.counters),
            none => *none = Some(chunk.counters),
        }
        match chunk.values {
            ChunkValues::All(part) => {
                self.n_bytes += part.n_bytes();
                self.parts.push(part);
            }
            ChunkValues::Summary(summary) => self.sketch_mut().merge(*summary),
        }
    }

    /// Memory that the values take, in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    pub(super) fn is_sketched(&self) -> bool {
        self.sketch.is_some()
    }

    /// Needs less memory: counts the values together where that helps, else summarises them. Whether it is the one or the
    /// other depends on the values alone.
    pub(super) fn shrink(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        if self.n_bytes >= self.n_bytes_counted.saturating_mul(2) {
            let (unit, packed) = unify(parts);
            let sorted = Sorted::of(packed);
            let n_bytes = sorted.n_distinct() * 16;
            if n_bytes * 2 <= self.n_bytes {
                let packed = Packed::Counted(sorted.into_pairs());
                self.n_bytes = n_bytes;
                self.n_bytes_counted = n_bytes;
                self.parts = vec![Part { unit, packed }];
                return;
            }
            self.sketch_mut().merge(ChunkSummary::of(unit, &sorted));
        } else {
            self.sketch_mut().merge(ChunkSummary::of_parts(parts));
        }
        self.n_bytes = 0;
    }

    fn sketch_mut(&mut self) -> &mut NumberSketch {
        self.sketch.get_or_insert_with(|| {
            Box::new(NumberSketch {
                moments: Moments::default(),
                distinct: DistinctSketch::new(),
                frequent: FrequentSketch::new(),
                quantiles: QuantileSketch::new(),
            })
        })
    }

    /// The edges of the histogram.
    pub(super) fn edges(&self, kind: ColumnType, params: &StatisticsParams) -> Option<Vec<f64>> {
        let (low, high) = self.counters.as_ref()?.bounds?;
        Some(if kind == ColumnType::Number {
            histogram::equal_width_edges(real_of_bits(low), real_of_bits(high), params.n_bins)
        } else {
            histogram::whole_edges(low, high, params.n_bins)
        })
    }

    /// Writes the figures; `bins` are the histogram of a column that was summarised.
    pub(super) fn finish(
        mut self,
        statistics: &mut ColumnStatistics,
        bins: Option<Vec<HistogramBin>>,
        params: &StatisticsParams,
    ) {
        let kind = statistics.kind;
        let edges = self.edges(kind, params);
        let Some(counters) = self.counters.take() else {
            return;
        };
        statistics.n_present = counters.n_present;
        statistics.n_nan = counters.n_nan;
        statistics.n_infinite = counters.n_below + counters.n_above;
        statistics.monotonicity = counters.order.monotonicity();
        if matches!(kind, ColumnType::Integer | ColumnType::Number) {
            statistics.n_zeros = counters.n_zeros;
            statistics.n_negative = counters.n_negative;
        }
        if let Some((low, high)) = counters.bounds {
            statistics.min = Some(scalar(kind, low));
            statistics.max = Some(scalar(kind, high));
        }
        match self.sketch {
            None => exact(statistics, self.parts, &counters, edges.as_deref(), params),
            Some(sketch) => {
                statistics.histogram = bins.unwrap_or_default();
                sketch.finish(statistics, &counters, params);
            }
        }
        if statistics.accuracy.n_distinct.exact {
            let n_comparable = statistics.n_present - statistics.n_nan;
            statistics.is_unique = n_comparable > 0 && statistics.n_distinct == n_comparable;
        }
    }
}

/// Reads all figures off all values.
fn exact(
    statistics: &mut ColumnStatistics,
    parts: Vec<Part>,
    counters: &Counters,
    edges: Option<&[f64]>,
    params: &StatisticsParams,
) {
    let kind = statistics.kind;
    let (unit, packed) = unify(parts);
    let sorted = Sorted::of(packed);
    let extent = sorted.extent();
    if let Some((_, bounds)) = extent {
        let moments = Moments::of(&sorted, unit, bounds);
        (statistics.mean, statistics.sd) = (moments.mean(), moments.sd());
    }
    if let Some(edges) = edges {
        statistics.histogram = figures::histogram(&sorted, unit, edges);
    }
    if matches!(kind, ColumnType::Integer | ColumnType::Number) {
        statistics.quantiles = figures::quantiles(&sorted, unit, extent.map_or(0, |e| e.0));
    }
    let frequent = Frequent {
        n_top: params.n_top,
        texts_ascend: matches!(kind, ColumnType::Date | ColumnType::Timestamp),
        write: &|text, key| write_key(text, kind, unit.canonical(key)),
        others: &[("-inf", counters.n_below), ("inf", counters.n_above)],
    };
    (statistics.n_distinct, statistics.top) = frequent.of(&sorted, unit);
}

impl NumberSketch {
    fn merge(&mut self, chunk: ChunkSummary) {
        self.moments.merge(&chunk.moments);
        self.distinct.merge(&chunk.distinct);
        self.frequent.merge(chunk.frequent);
        self.quantiles.merge(chunk.sample);
    }

    fn finish(
        &self,
        statistics: &mut ColumnStatistics,
        counters: &Counters,
        params: &StatisticsParams,
    ) {
        let kind = statistics.kind;
        (statistics.mean, statistics.sd) = (self.moments.mean(), self.moments.sd());
        let infinities = [("-inf", counters.n_below), ("inf", counters.n_above)];
        let n_infinities = infinities.iter().filter(|i| i.1 > 0).count() as u64;
        if let Some(n_distinct) = counters.order.n_distinct() {
            statistics.n_distinct = n_distinct;
        } else {
            let finite = counters.n_present - counters.n_nan - counters.n_below - counters.n_above;
            let estimate = (self.distinct.estimate().round() as u64).min(finite);
            statistics.n_distinct = estimate + n_infinities;
            statistics.accuracy.n_distinct.exact = false;
            statistics.accuracy.n_distinct.relative_error = DistinctSketch::relative_error();
        }
        if matches!(kind, ColumnType::Integer | ColumnType::Number) {
            let values = self.quantiles.quantiles(&PROBABILITIES);
            statistics.quantiles = PROBABILITIES
                .iter()
                .zip(values)
                .map(|(p, key)| Quantile {
                    p: *p,
                    value: real_of_bits(key),
                })
                .collect();
            if let (Some((low, high)), [first, .., last]) =
                (counters.bounds, statistics.quantiles.as_mut_slice())
            {
                first.value = real_of_key(kind, low);
                last.value = real_of_key(kind, high);
            }
            statistics.accuracy.quantiles.exact = false;
            statistics.accuracy.quantiles.rank_error = self.quantiles.rank_error();
        }
        let mut top = Top::new(params.n_top);
        for (key, count) in self.frequent.iter() {
            top.offer(count, |text| write_key(text, kind, *key));
        }
        for (text, count) in infinities {
            if count > 0 {
                top.offer(count, |t| t.push_str(text));
            }
        }
        statistics.top = top.into_values();
        statistics.accuracy.top.exact = false;
        statistics.accuracy.top.count_error = self.frequent.lost();
    }
}

fn real_of_key(kind: ColumnType, key: i64) -> f64 {
    if kind == ColumnType::Number {
        real_of_bits(key)
    } else {
        key as f64
    }
}

/// The value of a canonical key.
fn scalar(kind: ColumnType, key: i64) -> Scalar {
    match kind {
        ColumnType::Number => Scalar::Float(real_of_bits(key)),
        ColumnType::Date | ColumnType::Timestamp => {
            let mut text = String::new();
            write_key(&mut text, kind, key);
            Scalar::Text(text)
        }
        _ => Scalar::Int(key),
    }
}

/// The text of a canonical key.
fn write_key(text: &mut String, kind: ColumnType, key: i64) {
    match kind {
        ColumnType::Number => {
            write!(text, "{}", real_of_bits(key)).expect("writing to a string cannot fail");
        }
        // A day that was an i32 before is one still.
        ColumnType::Date => text.push_str(&date_text(key as i32)),
        ColumnType::Timestamp => text.push_str(&timestamp_text(key)),
        _ => write!(text, "{key}").expect("writing to a string cannot fail"),
    }
}
