//! Distributions of columns split by the groups of another: exact counts over bins of equal width, or of the most
//! frequent values.

use super::codes::{self, Codes, NONE};
use crate::data::profile::equal_width_edges;
use crate::data::{ColumnData, Table};
use crate::domain::relation::{Axis, Groups, SplitDistribution, SplitDistributions};
use rayon::prelude::*;

/// Most groups of a split: as many as there are colours that can be told apart.
const MAX_GROUPS: usize = 8;
/// Numbers with at most so many different values are split by value, others at their quartiles.
const MAX_VALUES: usize = 6;
/// Whole numbers that span at most so many times the number of bins get bins a whole number wide.
const WHOLE_SPAN: f64 = 5.0;

/// The groups of a column, and the group of each row: texts and truth values by their most frequent values, numbers by
/// value if they have at most 6 and else in quarters of equally many rows. Rows without a value are the last group, if
/// there are any. Without such a column there is one group of all rows.
#[must_use]
pub fn groups(table: &Table, by: Option<&str>) -> (Groups, Vec<u16>) {
    let n = table.n_rows();
    let Some((name, data)) = by.and_then(|name| Some((name, table.column(name)?))) else {
        let groups = Groups {
            column: None,
            labels: vec!["all rows".to_owned()],
            n_rows: vec![n as u64],
        };
        return (groups, vec![0; n]);
    };
    let has_missing = data.n_missing() > 0
        || matches!(data, ColumnData::Number(a) if a.iter().flatten().any(f64::is_nan));
    let room = MAX_GROUPS - usize::from(has_missing);
    let mut coded = if codes::is_categorical(data) {
        codes::values(data, room)
    } else {
        by_value_or_quarter(data)
    };
    if has_missing {
        let missing = coded.labels.len() as u16;
        coded.labels.push("missing".to_owned());
        for code in &mut coded.codes {
            if *code == NONE {
                *code = missing;
            }
        }
    }
    let groups = Groups {
        column: Some(name.to_owned()),
        n_rows: coded.counts(),
        labels: coded.labels,
    };
    (groups, coded.codes)
}

fn by_value_or_quarter(data: ColumnData<'_>) -> Codes {
    let numbers = codes::numbers(data);
    if let Some(few) = codes::few_values(data, MAX_VALUES) {
        return in_order_of_value(few, &numbers);
    }
    let mut there: Vec<f64> = numbers.iter().copied().filter(|v| !v.is_nan()).collect();
    let mut edges: Vec<f64> = [0.0, 0.25, 0.5, 0.75, 1.0]
        .into_iter()
        .filter_map(|p| selected(&mut there, p))
        .collect();
    edges.dedup();
    let text = |at: f64| super::part::axis_text(data, at);
    let last = edges.len().saturating_sub(2);
    let labels = edges
        .windows(2)
        .enumerate()
        .map(|(i, e)| {
            let (low, high) = (text(e[0]), text(e[1]));
            let close = if i == last { ']' } else { ')' };
            format!("[{low}, {high}{close}")
        })
        .collect();
    let bins = numbers.iter().map(|v| codes::bin_of(*v, &edges)).collect();
    Codes {
        codes: bins,
        labels,
    }
}

/// The same codes, numbered from the smallest value to the largest.
fn in_order_of_value(few: Codes, numbers: &[f64]) -> Codes {
    let mut value_of = vec![f64::NAN; few.labels.len()];
    for (code, value) in few.codes.iter().zip(numbers) {
        if let Some(known) = value_of.get_mut(usize::from(*code)) {
            *known = *value;
        }
    }
    let mut order: Vec<usize> = (0..few.labels.len()).collect();
    order.sort_by(|a, b| value_of[*a].total_cmp(&value_of[*b]));
    let mut place = vec![0_u16; order.len()];
    for (at, code) in order.iter().enumerate() {
        place[*code] = at as u16;
    }
    let codes = few
        .codes
        .iter()
        .map(|code| place.get(usize::from(*code)).copied().unwrap_or(NONE))
        .collect();
    let labels = order.iter().map(|code| few.labels[*code].clone()).collect();
    Codes { codes, labels }
}

/// The quantile of sorted values by linear interpolation (Hyndman and Fan 1996, type 7).
pub(super) fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = p * last as f64;
    let below = (at.floor() as usize).min(last);
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64))
}

/// The same quantile of values in any order, which are moved about.
pub(super) fn selected(values: &mut [f64], p: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let at = p * last as f64;
    let place = (at.floor() as usize).min(last);
    let (_, below, rest) = values.select_nth_unstable_by(place, f64::total_cmp);
    let below = *below;
    let above = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(below);
    Some(below + (above - below) * (at - place as f64))
}

/// The distributions of these columns (all, if none are named), split by the groups of `by`. Numbers, days and moments in
/// `n_bins` bins of equal width (whole numbers in bins a whole number wide), texts and truth values by their `n_top` most
/// frequent values and one place for all others.
#[must_use]
pub fn split_distributions(
    table: &Table,
    by: Option<&str>,
    columns: &[String],
    (n_bins, n_top): (u32, usize),
) -> SplitDistributions {
    let (groups, group_of) = groups(table, by);
    let names: Vec<String> = if columns.is_empty() {
        table.names()
    } else {
        columns.to_vec()
    };
    let n_groups = groups.labels.len();
    let columns = names
        .par_iter()
        .filter_map(|name| {
            let data = table.column(name)?;
            let (axis, codes) = axis_of(data, n_bins, n_top);
            let (counts, n_missing) = counted(&codes, axis.len(), &group_of, n_groups);
            Some(SplitDistribution {
                column: name.clone(),
                kind: data.column_type(),
                axis,
                counts,
                n_missing,
            })
        })
        .collect();
    SplitDistributions {
        groups,
        columns,
        n_rows: table.n_rows() as u64,
    }
}

fn axis_of(data: ColumnData<'_>, n_bins: u32, n_top: usize) -> (Axis, Vec<u16>) {
    if codes::is_categorical(data) {
        let coded = codes::values(data, n_top + 1);
        return (Axis::Values(coded.labels), coded.codes);
    }
    let numbers = codes::numbers(data);
    let edges = edges_of(&numbers, matches!(data, ColumnData::Integer(_)), n_bins);
    let bins = numbers
        .iter()
        .map(|v| codes::even_bin(*v, &edges))
        .collect();
    (Axis::Edges(edges), bins)
}

/// Edges over the finite values; none if there is no value.
pub(super) fn edges_of(numbers: &[f64], is_whole: bool, n_bins: u32) -> Vec<f64> {
    let (low, high) = bounds(numbers);
    if low > high {
        return Vec::new();
    }
    let span = high - low + 1.0;
    let wanted = f64::from(n_bins.max(1));
    if is_whole && span <= WHOLE_SPAN * wanted {
        let width = (span / wanted).ceil();
        let n = (span / width).ceil() as u32;
        return (0..=n).map(|i| low - 0.5 + f64::from(i) * width).collect();
    }
    equal_width_edges(low, high, n_bins)
}

/// The smallest and largest finite value; infinite and minus infinite if there is none.
pub(super) fn bounds(numbers: &[f64]) -> (f64, f64) {
    let wider = |(low, high): (f64, f64), v: &f64| (low.min(*v), high.max(*v));
    numbers
        .iter()
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), wider)
}

fn counted(
    codes: &[u16],
    n_codes: usize,
    group_of: &[u16],
    n_groups: usize,
) -> (Vec<Vec<u64>>, Vec<u64>) {
    let mut counts = vec![vec![0_u64; n_codes]; n_groups];
    let mut missing = vec![0_u64; n_groups];
    for (code, group) in codes.iter().zip(group_of) {
        let group = usize::from(*group);
        if group >= n_groups {
            continue;
        }
        match counts[group].get_mut(usize::from(*code)) {
            Some(count) => *count += 1,
            None => missing[group] += 1,
        }
    }
    (counts, missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_same_without_sorting() {
        for n in [1, 2, 3, 10, 101, 1000] {
            let mut values: Vec<f64> = (0..n)
                .map(|i| f64::from((i * 7919 + 13) % 701) - 350.5)
                .collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            for p in [0.0, 0.01, 0.25, 0.5, 0.99, 1.0] {
                assert_eq!(selected(&mut values, p), quantile(&sorted, p), "{n}, {p}");
            }
        }
        assert_eq!(selected(&mut [], 0.5), None);
    }
}
