//! Two datasets column by column: counts over common bins or over all values of either, missing values, means, values
//! that are new or gone. How far the counts are from each other is left to `validate`'s comparators.

use super::codes::{self, bin_of};
use super::distribution::{bounds, edges_of};
use super::two::common_edges;
use crate::data::{ColumnData, Table};
use crate::domain::relation::{Axis, ComparedColumn, OTHER_VALUES};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::borrow::Cow;

/// Bins of numbers.
const N_BINS: u32 = 20;
/// Values of texts that are shown; all take part in the distance.
const MAX_SHOWN: usize = 20;

/// One column of two datasets. The distances of `shown` are to be filled in from `counts`.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedColumn {
    /// What is shown.
    pub shown: ComparedColumn,
    /// Counts over all bins or values of either; empty if the column is not in both, or of different kinds.
    pub counts: [Vec<u64>; 2],
}

/// All columns of two datasets, those of the first in its order and then those that only the second has.
#[must_use]
pub fn paired(a: &Table, b: &Table) -> Vec<PairedColumn> {
    let mut names = a.names();
    names.extend(
        b.names()
            .into_iter()
            .filter(|name| a.position(name).is_none()),
    );
    names
        .par_iter()
        .map(|name| pair(name, [a.column(name), b.column(name)]))
        .collect()
}

fn pair(name: &str, data: [Option<ColumnData<'_>>; 2]) -> PairedColumn {
    let numbers = data.map(|d| d.map(codes::numbers).unwrap_or_default());
    let n_missing = [0, 1].map(|i| data[i].map_or(0, missing));
    let is_measured = |d: &Option<ColumnData<'_>>| d.is_none_or(|d| !codes::is_categorical(d));
    let moments = [0, 1].map(|i| moments(&numbers[i]));
    let mut shown = ComparedColumn {
        column: name.to_owned(),
        kinds: data.map(|d| d.map(ColumnData::column_type)),
        axis: Axis::Values(Vec::new()),
        counts: [Vec::new(), Vec::new()],
        n_missing,
        means: moments.map(|m| m.0),
        sds: moments.map(|m| m.1),
        new_values: Vec::new(),
        vanished_values: Vec::new(),
        n_new_vanished: [0, 0],
        jensen_shannon: None,
        by_chance: None,
        l_infinity: None,
    };
    let is_both = data.iter().all(Option::is_some);
    if data.iter().all(is_measured) {
        let is_whole = data
            .iter()
            .flatten()
            .all(|d| matches!(d, ColumnData::Integer(_)));
        let edges = edges(&numbers, is_whole);
        let counts = [0, 1].map(|i| binned(&numbers[i], &edges));
        shown.axis = Axis::Edges(edges);
        shown.counts.clone_from(&counts);
        let counts = if is_both { counts } else { Default::default() };
        return PairedColumn { shown, counts };
    }
    let counts = by_value(&mut shown, data);
    let counts = if is_both { counts } else { Default::default() };
    PairedColumn { shown, counts }
}

fn missing(data: ColumnData<'_>) -> u64 {
    let nan = match data {
        ColumnData::Number(a) => a.iter().flatten().filter(|v| v.is_nan()).count(),
        _ => 0,
    };
    (data.n_missing() + nan) as u64
}

fn edges(numbers: &[Vec<f64>; 2], is_whole: bool) -> Vec<f64> {
    let [a, b] = [0, 1].map(|side| bounds(&numbers[side]));
    let (low, high) = (a.0.min(b.0), a.1.max(b.1));
    if is_whole && high - low < f64::from(2 * N_BINS) {
        return edges_of(&[low, high], true, N_BINS);
    }
    common_edges(&numbers[0], &numbers[1], N_BINS)
}

fn binned(numbers: &[f64], edges: &[f64]) -> Vec<u64> {
    let mut counts = vec![0; edges.len().saturating_sub(1)];
    for value in numbers {
        if let Some(count) = counts.get_mut(usize::from(bin_of(*value, edges))) {
            *count += 1;
        }
    }
    counts
}

/// Mean and standard deviation of the sample.
fn moments(numbers: &[f64]) -> (Option<f64>, Option<f64>) {
    let there = || numbers.iter().filter(|v| v.is_finite());
    let Some(shift) = there().next() else {
        return (None, None);
    };
    let n = there().count() as f64;
    let mean = shift + there().map(|v| v - shift).sum::<f64>() / n;
    let squares: f64 = there().map(|v| (v - mean).powi(2)).sum();
    (Some(mean), (n > 1.0).then(|| (squares / (n - 1.0)).sqrt()))
}

/// Counts of all values of either, the most frequent ones first; a column that one has as numbers and the other as texts is
/// compared by what stands in the cells.
fn by_value(shown: &mut ComparedColumn, data: [Option<ColumnData<'_>>; 2]) -> [Vec<u64>; 2] {
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut list: Vec<(Cow<'_, str>, [u64; 2])> = Vec::new();
    for (side, data) in data.into_iter().enumerate() {
        let Some(data) = data else { continue };
        for (value, count) in codes::counts_of(data) {
            let place = *places.entry(value.clone()).or_insert(list.len());
            if place == list.len() {
                list.push((value, [0, 0]));
            }
            list[place].1[side] += count;
        }
    }
    drop(places);
    if shown.kinds.iter().all(Option::is_some) {
        let only = |side: usize| {
            let mut found: Vec<(&str, u64)> = list
                .iter()
                .filter(|(_, c)| c[side] > 0 && c[1 - side] == 0)
                .map(|(v, c)| (v.as_ref(), c[side]))
                .collect();
            codes::sort_first(&mut found, MAX_SHOWN, |a, b| {
                b.1.cmp(&a.1).then(a.0.cmp(b.0))
            });
            let named = found.iter().take(MAX_SHOWN);
            let named = named.map(|(v, c)| ((*v).to_owned(), *c)).collect();
            (named, found.len() as u64)
        };
        let ((new, n_new), (gone, n_gone)) = (only(1), only(0));
        shown.new_values = new;
        shown.vanished_values = gone;
        shown.n_new_vanished = [n_new, n_gone];
    }
    codes::sort_first(&mut list, MAX_SHOWN, |a, b| {
        let total = |c: &[u64; 2]| c[0] + c[1];
        total(&b.1).cmp(&total(&a.1)).then_with(|| a.0.cmp(&b.0))
    });
    let counts = [0, 1].map(|side| list.iter().map(|(_, c)| c[side]).collect::<Vec<u64>>());
    let named = if list.len() > MAX_SHOWN {
        MAX_SHOWN - 1
    } else {
        list.len()
    };
    let mut labels: Vec<String> = list
        .iter()
        .take(named)
        .map(|(v, _)| v.to_string())
        .collect();
    shown.counts = [0, 1].map(|side| counts[side][..named].to_vec());
    if list.len() > named {
        labels.push(format!("{}{OTHER_VALUES}", list.len() - named));
        for side in [0, 1] {
            shown.counts[side].push(counts[side][named..].iter().sum());
        }
    }
    shown.axis = Axis::Values(labels);
    counts
}
