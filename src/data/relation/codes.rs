//! Columns as small numbers: each row the position of its value among the most frequent ones, or of its bin.

use crate::data::ColumnData;
use crate::domain::relation::OTHER_VALUES;
use hashbrown::HashMap;
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
        let mut counts = vec![0; self.labels.len()];
        for code in &self.codes {
            if let Some(count) = counts.get_mut(usize::from(*code)) {
                *count += 1;
            }
        }
        counts
    }
}

/// The values of a column as numbers; NaN where there is no finite one, and everywhere for texts.
pub(super) fn numbers(data: ColumnData<'_>) -> Vec<f64> {
    let finite = |v: f64| if v.is_finite() { v } else { f64::NAN };
    (0..data.len())
        .map(|row| data.number(row).map_or(f64::NAN, finite))
        .collect()
}

/// Whether a column is told apart by its values and not measured: texts and truth values.
pub(super) fn is_categorical(data: ColumnData<'_>) -> bool {
    matches!(data, ColumnData::Text(_) | ColumnData::Boolean(_))
}

/// The values of a column as codes: the `max − 1` most frequent ones (ties in byte order), and one code for all others
/// if there are more than `max` values.
pub(super) fn values(data: ColumnData<'_>, max: usize) -> Codes {
    let (ids, texts) = interned(data);
    by_frequency(&ids, texts, max)
}

/// Every value with its rows, however many values there are.
pub(super) fn counts_of(data: ColumnData<'_>) -> Vec<(String, u64)> {
    let (ids, texts) = interned(data);
    let counts = counts(&ids, texts.len());
    texts.into_iter().zip(counts).collect()
}

fn interned(data: ColumnData<'_>) -> (Vec<u32>, Vec<String>) {
    let rows = 0..data.len();
    let present = |row: usize| !data.is_missing(row);
    match data {
        ColumnData::Text(a) => intern(rows.map(|r| present(r).then(|| a.value(r))), |v| {
            (*v).to_owned()
        }),
        ColumnData::Number(a) => intern(
            rows.map(|r| {
                (present(r) && !a.value(r).is_nan()).then(|| (a.value(r) + 0.0).to_bits())
            }),
            |v| f64::from_bits(*v).to_string(),
        ),
        ColumnData::Integer(a) => intern(
            rows.map(|r| present(r).then(|| a.value(r))),
            ToString::to_string,
        ),
        ColumnData::Boolean(a) => intern(
            rows.map(|r| present(r).then(|| a.value(r))),
            ToString::to_string,
        ),
        ColumnData::Date(_) | ColumnData::Timestamp(_) => {
            intern(rows.map(|r| data.text(r)), Clone::clone)
        }
    }
}

fn counts(ids: &[u32], n: usize) -> Vec<u64> {
    let mut counts = vec![0_u64; n];
    for id in ids {
        if let Some(count) = counts.get_mut(*id as usize) {
            *count += 1;
        }
    }
    counts
}

/// Each row's value as a number by first appearance, and the values.
fn intern<K: Hash + Eq>(
    rows: impl Iterator<Item = Option<K>>,
    text: impl Fn(&K) -> String,
) -> (Vec<u32>, Vec<String>) {
    let mut known: HashMap<K, u32> = HashMap::new();
    let mut texts = Vec::new();
    let ids = rows
        .map(|value| {
            let Some(value) = value else {
                return u32::MAX;
            };
            let next = texts.len() as u32;
            if let Some(id) = known.get(&value) {
                return *id;
            }
            texts.push(text(&value));
            known.insert(value, next);
            next
        })
        .collect();
    (ids, texts)
}

fn by_frequency(ids: &[u32], texts: Vec<String>, max: usize) -> Codes {
    let counts = counts(ids, texts.len());
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_unstable_by(|a, b| counts[*b].cmp(&counts[*a]).then(texts[*a].cmp(&texts[*b])));
    let max = max.clamp(1, usize::from(NONE));
    let n_named = if texts.len() > max {
        max - 1
    } else {
        texts.len()
    };
    let mut code_of = vec![n_named as u16; texts.len()];
    for (code, id) in order.iter().take(n_named).enumerate() {
        code_of[*id] = code as u16;
    }
    let mut labels: Vec<String> = order
        .iter()
        .take(n_named)
        .map(|id| texts[*id].clone())
        .collect();
    let n_others = texts.len() - n_named;
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
