//! The kernels for texts and truth values: count each different value. Numbers are left to `numbers`.

use super::top::Top;
use crate::domain::Scalar;
use crate::domain::pipeline::StatisticsParams;
use crate::domain::statistics::{ColumnStatistics, MAX_LISTED_VALUES};
use arrow::array::{Array, BooleanArray, StringArray};
use std::collections::HashMap;

pub(super) fn texts(
    statistics: &mut ColumnStatistics,
    array: &StringArray,
    params: &StatisticsParams,
) {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for value in array.iter().flatten() {
        *counts.entry(value).or_insert(0) += 1;
    }
    // Everything below is a sum, a minimum, a maximum or a list with an order of its own: hash order does not matter.
    let mut top = Top::new(params.n_top);
    let (mut n_characters, mut n_present, mut longest) = (0_u64, 0_u64, 0_u64);
    for (value, count) in &counts {
        let length = value.chars().count() as u64;
        n_characters += length * count;
        n_present += count;
        longest = longest.max(length);
        top.offer(*count, |text| text.push_str(value));
    }
    statistics.n_distinct = counts.len() as u64;
    statistics.min = counts.keys().min().map(|v| Scalar::from(*v));
    statistics.max = counts.keys().max().map(|v| Scalar::from(*v));
    statistics.top = top.into_values();
    if statistics.n_distinct <= MAX_LISTED_VALUES {
        statistics.values = counts.keys().map(|v| (*v).to_owned()).collect();
        statistics.values.sort();
    }
    if n_present > 0 {
        statistics.mean_length = Some(n_characters as f64 / n_present as f64);
        statistics.max_length = Some(longest);
    }
}

pub(super) fn truths(
    statistics: &mut ColumnStatistics,
    array: &BooleanArray,
    params: &StatisticsParams,
) {
    let n_present = (array.len() - array.null_count()) as u64;
    let n_true = array.true_count() as u64;
    let n_false = n_present - n_true;
    let mut top = Top::new(params.n_top);
    for (word, count) in [("false", n_false), ("true", n_true)] {
        if count > 0 {
            top.offer(count, |text| text.push_str(word));
            statistics.n_distinct += 1;
        }
    }
    statistics.top = top.into_values();
    if n_present == 0 {
        return;
    }
    let n = n_present as f64;
    let share = n_true as f64 / n;
    statistics.mean = Some(share);
    statistics.sd = (n_present > 1).then(|| (share * (1.0 - share) * n / (n - 1.0)).sqrt());
    statistics.min = Some(Scalar::Bool(n_false == 0));
    statistics.max = Some(Scalar::Bool(n_true > 0));
}
