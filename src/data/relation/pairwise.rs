//! The association of all pairs of columns.

use super::association::Columns;
use super::{cluster, sample};
use crate::data::Table;
use crate::domain::relation::{Associations, RowsUsed};
use rayon::prelude::*;

/// Pairs times rows that are looked at before a sample is drawn: 190 pairs of 260,000 rows. With so many the standard
/// error of a correlation is 0.002 at most.
const MAX_WORK: usize = 50_000_000;
/// Never fewer rows than this are looked at.
const MIN_ROWS: usize = 10_000;

/// The association of every column with every other.
#[must_use]
pub fn associations(table: &Table) -> Associations {
    let n = table.n_columns();
    let pairs: Vec<(usize, usize)> = (0..n)
        .flat_map(|a| (a + 1..n).map(move |b| (a, b)))
        .collect();
    let max_rows = (MAX_WORK / pairs.len().max(1)).max(MIN_ROWS);
    let drawn = sample::sample(table.n_rows(), max_rows).map(|rows| table.take(&rows));
    let looked_at = drawn.as_ref().unwrap_or(table);
    let columns = Columns::new(looked_at);
    let pairs: Vec<_> = pairs
        .into_par_iter()
        .map(|(a, b)| columns.associate(a, b))
        .collect();
    let mut result = Associations {
        columns: table.names(),
        kinds: (0..n).map(|i| table.column_type(i)).collect(),
        pairs,
        clustered: Vec::new(),
        rows: RowsUsed {
            used: looked_at.n_rows() as u64,
            all: table.n_rows() as u64,
        },
        n_bins: columns.n_bins,
    };
    result.clustered = cluster::order(n, |a, b| {
        1.0 - result.pair(a, b).and_then(|p| p.strength()).unwrap_or(0.0)
    });
    result
}
