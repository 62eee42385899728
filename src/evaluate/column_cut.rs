//! One column cut into conditions that a person can name. Putting columns together is left to `segments` and `slices`.

use super::binning;
use crate::data::ColumnData;
use crate::domain::segment::{Bins, Test};
use std::collections::BTreeMap;

/// Whole numbers with at most so many different values are taken as values.
pub(super) const MAX_WHOLE_VALUES: usize = 12;
/// Days and moments of more months than this are cut by year.
const MAX_MONTHS: usize = 24;

/// One column cut: the segment of each row, and what each segment asks for.
pub(super) struct ColumnCut {
    pub(super) cells: Vec<Option<usize>>,
    pub(super) tests: Vec<Test>,
    /// Whether the segments come by frequency and not by value.
    pub(super) by_frequency: bool,
}

impl ColumnCut {
    pub(super) fn of(column: ColumnData<'_>, bins: &Bins) -> Self {
        let n_rows = column.len();
        let texts = |of: &dyn Fn(usize) -> Option<String>| -> Vec<Option<String>> {
            (0..n_rows).map(of).collect()
        };
        match column {
            ColumnData::Text(_) | ColumnData::Boolean(_) => {
                Self::by_value(&texts(&|row| column.text(row)), true)
            }
            ColumnData::Date(_) | ColumnData::Timestamp(_) => {
                let by_prefix =
                    |n: usize| texts(&|row| column.text(row).map(|t| t.chars().take(n).collect()));
                let months = Self::by_value(&by_prefix(7), false);
                if months.n_found() > MAX_MONTHS {
                    Self::by_value(&by_prefix(4), false)
                } else {
                    months
                }
            }
            ColumnData::Integer(values) => {
                let mut distinct: Vec<i64> = values.iter().flatten().collect();
                distinct.sort_unstable();
                distinct.dedup();
                // Edges that a person gave are kept to.
                if distinct.len() > MAX_WHOLE_VALUES || matches!(bins, Bins::Edges(_)) {
                    return Self::by_bin(column, bins);
                }
                let position = |v: i64| distinct.partition_point(|d| *d < v);
                let cells = values.iter().map(|v| v.map(position)).collect();
                let tests = distinct
                    .iter()
                    .map(|v| Test::Equals(v.to_string()))
                    .collect();
                Self::with_missing(cells, tests, false)
            }
            ColumnData::Number(_) => Self::by_bin(column, bins),
        }
    }

    /// Number of segments that were there before any limit.
    pub(super) fn n_found(&self) -> usize {
        self.tests.len()
    }

    /// One segment a text, most frequent first (ties by bytes), or ascending.
    fn by_value(texts: &[Option<String>], by_frequency: bool) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for text in texts.iter().flatten() {
            *counts.entry(text).or_default() += 1;
        }
        let mut values: Vec<(&str, usize)> = counts.into_iter().collect();
        if by_frequency {
            values.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        }
        let positions: BTreeMap<&str, usize> = values
            .iter()
            .enumerate()
            .map(|(i, (value, _))| (*value, i))
            .collect();
        let cells = texts
            .iter()
            .map(|t| t.as_deref().map(|text| positions[text]))
            .collect();
        let tests = values
            .iter()
            .map(|(value, _)| Test::Equals((*value).to_owned()))
            .collect();
        Self::with_missing(cells, tests, by_frequency)
    }

    fn by_bin(column: ColumnData<'_>, bins: &Bins) -> Self {
        let values: Vec<Option<f64>> = (0..column.len())
            .map(|row| column.number(row).filter(|v| !v.is_nan()))
            .collect();
        let present: Vec<f64> = values.iter().flatten().copied().collect();
        let edges = binning::edges(bins, &present);
        let tests = if present.is_empty() {
            Vec::new()
        } else {
            (0..=edges.len())
                .map(|i| Test::Range {
                    low: i.checked_sub(1).map(|j| edges[j]),
                    high: edges.get(i).copied(),
                })
                .collect()
        };
        let cells = values
            .iter()
            .map(|v| v.map(|value| edges.partition_point(|e| *e <= value)))
            .collect();
        Self::with_missing(cells, tests, false)
    }

    /// Adds the segment of the rows without a value, where there are any.
    fn with_missing(cells: Vec<Option<usize>>, mut tests: Vec<Test>, by_frequency: bool) -> Self {
        let missing = tests.len();
        if cells.contains(&None) {
            tests.push(Test::Missing);
        }
        Self {
            cells: cells.into_iter().map(|c| c.or(Some(missing))).collect(),
            tests,
            by_frequency,
        }
    }
}
