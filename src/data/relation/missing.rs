//! Where values are missing: by blocks of rows and columns, and which columns lack them together. NaN counts as missing.

use crate::data::{ColumnData, Table};
use crate::domain::relation::{MissingMap, MissingTogether};
use arrow::array::Array;
use arrow::buffer::{BooleanBuffer, NullBuffer};
use rayon::prelude::*;

/// Pairs that are listed.
const MAX_PAIRS: usize = 100;

/// The share of missing values of each column over at most `n_blocks` blocks of equally many rows.
#[must_use]
pub fn missing_map(table: &Table, n_blocks: usize) -> MissingMap {
    let n = table.n_rows();
    let n_blocks = n_blocks.clamp(1, n.max(1));
    let blocks: Vec<u64> = (0..=n_blocks)
        .map(|i| (i as u128 * n as u128 / n_blocks as u128) as u64)
        .collect();
    let present: Vec<Option<BooleanBuffer>> = (0..table.n_columns())
        .into_par_iter()
        .map(|i| present(table, i))
        .collect();
    let missing: Vec<Vec<u64>> = present
        .par_iter()
        .map(|bits| {
            let in_block = |pair: &[u64]| {
                let length = pair[1] - pair[0];
                bits.as_ref().map_or(0, |bits| {
                    let part = bits.slice(pair[0] as usize, length as usize);
                    length - part.count_set_bits() as u64
                })
            };
            blocks.windows(2).map(in_block).collect()
        })
        .collect();
    let all = present
        .iter()
        .flatten()
        .fold(None, |all: Option<BooleanBuffer>, bits| {
            Some(all.map_or_else(|| bits.clone(), |all| &all & bits))
        });
    MissingMap {
        columns: table.names(),
        blocks,
        missing,
        together: together(&present, n as u64),
        n_complete: all.map_or(n as u64, |bits| bits.count_set_bits() as u64),
    }
}

/// Which rows have a value; `None` if all do.
fn present(table: &Table, column: usize) -> Option<BooleanBuffer> {
    let nulls = table.batch().column(column).logical_nulls();
    let valid = nulls
        .filter(|n| n.null_count() > 0)
        .map(NullBuffer::into_inner);
    let ColumnData::Number(numbers) = table.at(column) else {
        return valid;
    };
    if !numbers.values().iter().any(|v| v.is_nan()) {
        return valid;
    }
    let real = BooleanBuffer::collect_bool(numbers.len(), |row| !numbers.values()[row].is_nan());
    Some(valid.map_or(real.clone(), |valid| &valid & &real))
}

fn together(present: &[Option<BooleanBuffer>], n: u64) -> Vec<MissingTogether> {
    let with: Vec<(usize, &BooleanBuffer, u64)> = present
        .iter()
        .enumerate()
        .filter_map(|(i, bits)| Some((i, bits.as_ref()?)))
        .map(|(i, bits)| (i, bits, n - bits.count_set_bits() as u64))
        .filter(|(_, _, missing)| *missing > 0)
        .collect();
    let pairs: Vec<(usize, usize)> = (0..with.len())
        .flat_map(|a| (a + 1..with.len()).map(move |b| (a, b)))
        .collect();
    let mut list: Vec<MissingTogether> = pairs
        .into_par_iter()
        .filter_map(|(a, b)| {
            let ((at_a, bits_a, n_a), (at_b, bits_b, n_b)) = (with[a], with[b]);
            let n_either = n - (bits_a & bits_b).count_set_bits() as u64;
            let n_both = n_a + n_b - n_either;
            let (a, b, all) = (n_a as f64, n_b as f64, n as f64);
            let spread = (a * (all - a) * b * (all - b)).sqrt();
            let phi = if spread > 0.0 {
                (n_both as f64 * all - a * b) / spread
            } else {
                0.0
            };
            (n_both > 0).then_some(MissingTogether {
                columns: (at_a, at_b),
                n_both,
                n_either,
                phi,
            })
        })
        .collect();
    list.sort_by(|a, b| b.phi.total_cmp(&a.phi).then(a.columns.cmp(&b.columns)));
    list.truncate(MAX_PAIRS);
    list
}
