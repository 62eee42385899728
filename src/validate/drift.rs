//! Drift: how far the newest batch is from all earlier ones together, column by column. Whether single values are
//! allowed is left to `values`.

use super::check::{Column, Found, Span, finding};
use super::wording;
use crate::data::ColumnData;
use crate::data::profile::{bin_counts, equal_width_edges};
use crate::domain::anomaly::{Anomaly, AnomalyKind, Drift, Severity};
use crate::domain::schema::{ColumnSpec, ColumnType, DriftMeasure, DriftThreshold, Role, Schema};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// With fewer values on either side a distance says more about chance than about the data.
const MIN_VALUES: usize = 30;
/// Most bins of two distributions that are compared.
const MAX_BINS: usize = 20;
/// Share of the values that may lie in each of the two outer bins.
const TAIL: f64 = 0.01;

/// The Jensen-Shannon divergence of two distributions given as counts of the same bins, with logarithm base 2: from 0,
/// equal, to 1, nothing in common (Lin 1991). Zero if either has no counts.
#[must_use]
pub fn jensen_shannon(p: &[u64], q: &[u64]) -> f64 {
    let (total_p, total_q) = (p.iter().sum::<u64>() as f64, q.iter().sum::<u64>() as f64);
    if total_p == 0.0 || total_q == 0.0 {
        return 0.0;
    }
    let part = |share: f64, middle: f64| {
        if share > 0.0 {
            share * (share / middle).log2()
        } else {
            0.0
        }
    };
    let sum: f64 = p
        .iter()
        .zip(q)
        .map(|(p, q)| {
            let (p, q) = (*p as f64 / total_p, *q as f64 / total_q);
            let middle = f64::midpoint(p, q);
            part(p, middle) + part(q, middle)
        })
        .sum();
    (sum / 2.0).clamp(0.0, 1.0)
}

/// The L-infinity distance of two distributions given as counts of the same values: the largest difference of shares, in
/// [0, 1]. Zero if either has no counts.
#[must_use]
pub fn l_infinity(p: &[u64], q: &[u64]) -> f64 {
    let (total_p, total_q) = (p.iter().sum::<u64>() as f64, q.iter().sum::<u64>() as f64);
    if total_p == 0.0 || total_q == 0.0 {
        return 0.0;
    }
    p.iter()
        .zip(q)
        .map(|(p, q)| (*p as f64 / total_p - *q as f64 / total_q).abs())
        .fold(0.0, f64::max)
}

/// The newest batch against all earlier ones together: the drifted columns, and the distances of all that could be
/// compared. Missing values and NaN take no part (how many there may be is `min_fraction`'s affair), nor do batches in
/// which the column is absent or of another type; columns with under 30 values on either side are not compared.
pub(super) fn check(schema: &Schema, spans: &[Span<'_>]) -> (Vec<Anomaly>, Vec<Drift>) {
    let Some((newest, earlier)) = spans
        .split_last()
        .filter(|(_, earlier)| !earlier.is_empty())
    else {
        return (Vec::new(), Vec::new());
    };
    let compared: Vec<(Drift, Option<Anomaly>)> = schema
        .columns
        .par_iter()
        .filter_map(|spec| {
            let bound = spec.drift?;
            let newest_column = Column::find(newest, spec).filter(is_comparable)?;
            let earlier_columns: Vec<Column<'_>> = earlier
                .iter()
                .filter_map(|span| Column::find(span, spec))
                .filter(is_comparable)
                .collect();
            compare(spec, bound, &newest_column, &earlier_columns)
        })
        .collect();
    let mut anomalies = Vec::new();
    let mut distances = Vec::new();
    for (drift, anomaly) in compared {
        distances.push(drift);
        anomalies.extend(anomaly);
    }
    (anomalies, distances)
}

fn is_comparable(column: &Column<'_>) -> bool {
    let (expected, observed) = (column.spec.kind, column.data.column_type());
    observed == expected || (expected.is_numeric() && observed.is_numeric())
}

fn compare(
    spec: &ColumnSpec,
    bound: DriftThreshold,
    newest: &Column<'_>,
    earlier: &[Column<'_>],
) -> Option<(Drift, Option<Anomaly>)> {
    let is_by_bins = bound.measure == DriftMeasure::JensenShannon
        && !matches!(spec.kind, ColumnType::Text | ColumnType::Boolean);
    let pair = if is_by_bins {
        binned(newest, earlier)?
    } else {
        listed(newest, earlier)?
    };
    let distance = match bound.measure {
        DriftMeasure::JensenShannon => jensen_shannon(&pair.earlier, &pair.newest),
        DriftMeasure::LInfinity => l_infinity(&pair.earlier, &pair.newest),
    };
    let drift = Drift {
        column: spec.name.clone(),
        measure: bound.measure,
        distance,
        threshold: bound.threshold,
    };
    let anomaly = (distance > bound.threshold).then(|| drifted(&drift, spec.role, newest, &pair));
    Some((drift, anomaly))
}

/// Two distributions over the same bins or values.
struct Pair {
    labels: Vec<String>,
    earlier: Vec<u64>,
    newest: Vec<u64>,
}

/// Numbers in common bins over the union of both ranges, as TFDV does it, counted exactly from the rows. The inner bins
/// are of equal width between the 1st and the 99th percentile of both together, the outer two hold the tails: a single
/// wild value cannot squeeze everything else into one bin and hide a drift.
fn binned(newest: &Column<'_>, earlier: &[Column<'_>]) -> Option<Pair> {
    let before: Vec<f64> = earlier.iter().flat_map(numbers).collect();
    let now = numbers(newest);
    let n_smaller = before.len().min(now.len());
    if n_smaller < MIN_VALUES {
        return None;
    }
    let edges = common_edges(&before, &now, n_smaller);
    let is_whole = newest.spec.kind == ColumnType::Integer;
    let last = edges.len().saturating_sub(2);
    Some(Pair {
        labels: edges
            .windows(2)
            .enumerate()
            .map(|(i, e)| bin_label(e[0], e[1], is_whole, i == last))
            .collect(),
        earlier: bin_counts(&before, &edges),
        newest: bin_counts(&now, &edges),
    })
}

/// The values of a bin for people: `56.66 to 60.26`; of whole numbers those it holds: `6`, `10 to 12`.
fn bin_label(low: f64, high: f64, is_whole: bool, is_last: bool) -> String {
    let to = |low: f64, high: f64| format!("{} to {}", wording::number(low), wording::number(high));
    if !is_whole {
        return to(low, high);
    }
    let first = low.ceil();
    let final_one = if is_last {
        high.floor()
    } else {
        high.ceil() - 1.0
    };
    if first < final_one {
        to(first, final_one)
    } else {
        wording::number(first)
    }
}

/// About the square root of the smaller number of values, at most 20 bins: more would compare chance.
fn common_edges(before: &[f64], now: &[f64], n_smaller: usize) -> Vec<f64> {
    // Both sides weigh the same, however many rows each has.
    let (low_a, high_a, min_a, max_a) = body(before);
    let (low_b, high_b, min_b, max_b) = body(now);
    let (low, high) = (low_a.min(low_b), high_a.max(high_b));
    let (min, max) = (min_a.min(min_b), max_a.max(max_b));
    let n_bins = ((n_smaller as f64).sqrt() as usize).clamp(2, MAX_BINS) as u32;
    if low >= high {
        // Nearly all values are equal: one bin for them, one for each side.
        let mut edges = vec![min, low.next_down(), low.next_up(), max];
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        return edges;
    }
    let mut edges = equal_width_edges(low, high, n_bins);
    if min < low {
        edges.insert(0, min);
    }
    if max > high {
        edges.push(max);
    }
    edges
}

/// 1st and 99th percentile, smallest and largest value.
fn body(values: &[f64]) -> (f64, f64, f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len() - 1;
    let tail = (TAIL * last as f64).ceil() as usize;
    (sorted[tail], sorted[last - tail], sorted[0], sorted[last])
}

/// Texts, truth values and whatever else is compared value by value.
fn listed(newest: &Column<'_>, earlier: &[Column<'_>]) -> Option<Pair> {
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for column in earlier {
        count_values(column, |value| counts.entry(value).or_default().0 += 1);
    }
    count_values(newest, |value| counts.entry(value).or_default().1 += 1);
    let pair = Pair {
        earlier: counts.values().map(|c| c.0).collect(),
        newest: counts.values().map(|c| c.1).collect(),
        labels: counts.into_keys().collect(),
    };
    let total = |counts: &[u64]| counts.iter().sum::<u64>() as usize;
    (total(&pair.earlier).min(total(&pair.newest)) >= MIN_VALUES).then_some(pair)
}

fn count_values(column: &Column<'_>, mut each: impl FnMut(String)) {
    for row in 0..column.data.len() {
        if let Some(value) = column.data.text(row) {
            each(value);
        }
    }
}

fn numbers(column: &Column<'_>) -> Vec<f64> {
    match column.data {
        ColumnData::Text(_) => Vec::new(),
        data => (0..data.len())
            .filter_map(|row| data.number(row))
            .filter(|value| value.is_finite())
            .collect(),
    }
}

fn drifted(drift: &Drift, role: Role, newest: &Column<'_>, pair: &Pair) -> Anomaly {
    let kind = match drift.measure {
        DriftMeasure::JensenShannon => AnomalyKind::ComparatorJensenShannonDivergenceHigh,
        DriftMeasure::LInfinity => AnomalyKind::ComparatorLInftyHigh,
    };
    let severity = match role {
        Role::Feature | Role::Target | Role::Time => Severity::Warning,
        Role::Key | Role::Leaks | Role::Ignored => Severity::Info,
    };
    let shifts = largest_shifts(pair);
    let found = Found {
        description: format!(
            "Column {} is distributed differently than in the earlier data: its {} distance is {:.2}, {:.2} is allowed. \
             The largest change: {}.",
            drift.column,
            drift.measure.title(),
            drift.distance,
            drift.threshold,
            shifts.first().map_or("none", String::as_str)
        ),
        n_rows: newest.n_present(),
        examples: shifts,
        hint: format!(
            "A model that learned from earlier data may be wrong here: train again with the new batch. If {} changes like \
             this with the seasons, raise its drift threshold in the schema.",
            drift.column
        ),
    };
    finding(kind, severity, Some(&drift.column), newest.span.name, found)
}

/// The values or bins whose share changed most: `EV: 12 % → 45 %`.
fn largest_shifts(pair: &Pair) -> Vec<String> {
    let total = |counts: &[u64]| counts.iter().sum::<u64>().max(1) as f64;
    let (total_earlier, total_newest) = (total(&pair.earlier), total(&pair.newest));
    let mut shifts: Vec<(f64, String)> = pair
        .labels
        .iter()
        .zip(pair.earlier.iter().zip(&pair.newest))
        .map(|(label, (before, now))| {
            let (before, now) = (*before as f64 / total_earlier, *now as f64 / total_newest);
            let text = format!(
                "{label}: {} → {}",
                wording::percent(before),
                wording::percent(now)
            );
            ((before - now).abs(), text)
        })
        .filter(|(change, _)| *change > 0.0)
        .collect();
    shifts.sort_by(|a, b| b.0.total_cmp(&a.0));
    shifts
        .into_iter()
        .take(super::values::MAX_EXAMPLES)
        .map(|(_, text)| text)
        .collect()
}
