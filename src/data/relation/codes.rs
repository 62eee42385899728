//! Columns as small numbers: each row the position of its value among the most frequent ones, or of its bin.

use crate::data::ColumnData;
use crate::domain::relation::OTHER_VALUES;
use arrow::array::{Array, ArrowPrimitiveType, PrimitiveArray};
use hashbrown::HashMap;
use std::borrow::Cow;
use std::hash::Hash;

/// The code of a row without a value.
pub(super) const NONE: u16 = u16::MAX;

/// A column as codes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Codes {
    /// One a row.
    pub(super) codes: Vec<u16>,
    /// What each code stands for.
    pub(super) labels: Vec<String>,
}

impl Codes {
    /// Rows of each code.
    pub(super) fn counts(&self) -> Vec<u64> {
        occurrences(
            self.codes.iter().map(|c| usize::from(*c)),
            self.labels.len(),
        )
    }
}

/// How often each number below `n` occurs; others are left out.
fn occurrences(numbers: impl Iterator<Item = usize>, n: usize) -> Vec<u64> {
    let mut counts = vec![0; n];
    for number in numbers {
        if let Some(count) = counts.get_mut(number) {
            *count += 1;
        }
    }
    counts
}

/// The values of a column as numbers; NaN where there is no finite one, and everywhere for texts.
pub(super) fn numbers(data: ColumnData<'_>) -> Vec<f64> {
    match data {
        ColumnData::Integer(a) => all(a, |v| v as f64),
        ColumnData::Number(a) => all(a, |v| if v.is_finite() { v } else { f64::NAN }),
        ColumnData::Date(a) => all(a, f64::from),
        ColumnData::Timestamp(a) => all(a, |v| v as f64),
        ColumnData::Boolean(_) | ColumnData::Text(_) => {
            let number = |row| data.number(row).unwrap_or(f64::NAN);
            (0..data.len()).map(number).collect()
        }
    }
}

fn all<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    number: impl Fn(T::Native) -> f64,
) -> Vec<f64> {
    let mut all: Vec<f64> = array.values().iter().map(|v| number(*v)).collect();
    if let Some(nulls) = array.nulls().filter(|n| n.null_count() > 0) {
        for (value, is_valid) in all.iter_mut().zip(nulls) {
            if !is_valid {
                *value = f64::NAN;
            }
        }
    }
    all
}

/// Whether a column is told apart by its values and not measured: texts and truth values.
pub(super) fn is_categorical(data: ColumnData<'_>) -> bool {
    matches!(data, ColumnData::Text(_) | ColumnData::Boolean(_))
}

/// The values of a column as codes: the `max − 1` most frequent ones (ties in byte order), and one code for all others
/// if there are more than `max` values.
pub(super) fn values(data: ColumnData<'_>, max: usize) -> Codes {
    by_frequency(data, &Interned::of(data, usize::MAX), max)
}

/// The values of a column as codes, the most frequent first; nothing if there are more than `max`.
pub(super) fn few_values(data: ColumnData<'_>, max: usize) -> Option<Codes> {
    let interned = Interned::of(data, max);
    (interned.firsts.len() <= max).then(|| by_frequency(data, &interned, max))
}

/// Every value with its rows in the order of first appearance, however many values there are.
pub(super) fn counts_of(data: ColumnData<'_>) -> Vec<(Cow<'_, str>, u64)> {
    let interned = Interned::of(data, usize::MAX);
    let counts = interned.counts().into_iter();
    let texts = interned.firsts.iter().map(|row| label(data, *row as usize));
    texts.zip(counts).collect()
}

/// The text of a value that is there.
fn label(data: ColumnData<'_>, row: usize) -> Cow<'_, str> {
    match data {
        ColumnData::Text(a) => a.value(row).into(),
        // Zero has no sign here.
        ColumnData::Number(a) => (a.value(row) + 0.0).to_string().into(),
        _ => data.text(row).unwrap_or_default().into(),
    }
}

/// A column whose values are numbered by first appearance.
struct Interned {
    /// The number of each row's value; the largest `u32` where there is none.
    ids: Vec<u32>,
    /// The row in which each value appears first.
    firsts: Vec<u32>,
}

impl Interned {
    /// The values of a column, given up beyond `max` different ones.
    fn of(data: ColumnData<'_>, max: usize) -> Self {
        let rows = 0..data.len();
        let present = |row: usize| !data.is_missing(row);
        let bits = |v: f64| (v + 0.0).to_bits();
        match data {
            ColumnData::Text(a) => Self::new(rows.map(|r| present(r).then(|| a.value(r))), max),
            ColumnData::Number(a) => {
                let there = |r: usize| present(r) && !a.value(r).is_nan();
                Self::new(rows.map(|r| there(r).then(|| bits(a.value(r)))), max)
            }
            ColumnData::Integer(a) => Self::new(rows.map(|r| present(r).then(|| a.value(r))), max),
            ColumnData::Boolean(a) => Self::new(rows.map(|r| present(r).then(|| a.value(r))), max),
            ColumnData::Date(a) => Self::new(rows.map(|r| present(r).then(|| a.value(r))), max),
            ColumnData::Timestamp(a) => {
                Self::new(rows.map(|r| present(r).then(|| a.value(r))), max)
            }
        }
    }

    fn new<K: Hash + Eq>(rows: impl Iterator<Item = Option<K>>, max: usize) -> Self {
        let mut known: HashMap<K, u32> = HashMap::new();
        let (mut ids, mut firsts) = (Vec::with_capacity(rows.size_hint().0), Vec::new());
        for (row, value) in rows.enumerate() {
            let Some(value) = value else {
                ids.push(u32::MAX);
                continue;
            };
            let id = *known.entry(value).or_insert_with(|| {
                firsts.push(row as u32);
                firsts.len() as u32 - 1
            });
            ids.push(id);
            if firsts.len() > max {
                break;
            }
        }
        Self { ids, firsts }
    }

    /// Rows of each value.
    fn counts(&self) -> Vec<u64> {
        occurrences(self.ids.iter().map(|id| *id as usize), self.firsts.len())
    }
}

/// Moves the first `n` in an order to the front, sorted; the others follow in any order.
pub(super) fn sort_first<T>(
    all: &mut [T],
    n: usize,
    mut order: impl FnMut(&T, &T) -> std::cmp::Ordering,
) {
    if n < all.len() && n > 0 {
        all.select_nth_unstable_by(n - 1, &mut order);
    }
    let n = n.min(all.len());
    all[..n].sort_unstable_by(order);
}

fn by_frequency(data: ColumnData<'_>, interned: &Interned, max: usize) -> Codes {
    let Interned { ids, firsts } = interned;
    let counts = interned.counts();
    let text = |id: usize| label(data, firsts[id] as usize);
    let max = max.clamp(1, usize::from(NONE));
    let n_named = if firsts.len() > max {
        max - 1
    } else {
        firsts.len()
    };
    let mut order: Vec<usize> = (0..firsts.len()).collect();
    sort_first(&mut order, n_named, |a, b| {
        let by_count = counts[*b].cmp(&counts[*a]);
        by_count.then_with(|| text(*a).cmp(&text(*b)))
    });
    let mut code_of = vec![n_named as u16; firsts.len()];
    for (code, id) in order.iter().take(n_named).enumerate() {
        code_of[*id] = code as u16;
    }
    let mut labels: Vec<String> = order
        .iter()
        .take(n_named)
        .map(|id| text(*id).into_owned())
        .collect();
    let n_others = firsts.len() - n_named;
    if n_others > 0 {
        labels.push(format!("{n_others}{OTHER_VALUES}"));
    }
    let codes = ids
        .iter()
        .map(|id| code_of.get(*id as usize).copied().unwrap_or(NONE))
        .collect();
    Codes { codes, labels }
}

/// The position of a value between ascending edges; values outside fall into the outer bins, NaN nowhere.
pub(super) fn bin_of(value: f64, edges: &[f64]) -> u16 {
    let n_bins = edges.len().saturating_sub(1);
    if n_bins == 0 || value.is_nan() {
        return NONE;
    }
    edges[1..n_bins].partition_point(|edge| *edge <= value) as u16
}

/// The position of a value between edges of equal width (but for rounding), without a search.
pub(super) fn even_bin(value: f64, edges: &[f64]) -> u16 {
    let n_bins = edges.len().saturating_sub(1);
    if n_bins == 0 || value.is_nan() {
        return NONE;
    }
    let (low, high) = (edges[0], edges[n_bins]);
    let width = (high - low) / n_bins as f64;
    if !(width > 0.0 && width.is_finite()) {
        return bin_of(value, edges);
    }
    let mut bin = (((value - low) / width).max(0.0) as usize).min(n_bins - 1);
    while bin > 0 && value < edges[bin] {
        bin -= 1;
    }
    while bin + 1 < n_bins && value >= edges[bin + 1] {
        bin += 1;
    }
    bin as u16
}
