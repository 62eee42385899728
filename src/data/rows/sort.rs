//! Sorting rows by several columns. The first column becomes one 64-bit key a row, in the order of its values (for texts
//! their first eight bytes), so that most comparisons touch nothing else; ties look at the values, then at the
//! further columns, and last at the position, which makes the order stable.

use super::RowsError;
use crate::data::{ColumnData, Table};
use crate::domain::row_view::SortKey;
use rayon::prelude::*;
use std::cmp::Ordering;

/// A column to sort by.
#[derive(Clone, Copy)]
struct Column<'a> {
    data: ColumnData<'a>,
    is_descending: bool,
}

/// A row while it is sorted: where it goes by its first column, and which it is.
#[derive(Clone, Copy)]
struct Keyed {
    key: u64,
    row: u32,
}

pub(super) fn sorted(
    table: &Table,
    rows: Vec<u32>,
    keys: &[SortKey],
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<u32>, RowsError> {
    let columns = keys
        .iter()
        .map(|key| {
            let data = table
                .column(&key.column)
                .ok_or_else(|| RowsError::NoColumn {
                    column: key.column.clone(),
                })?;
            Ok(Column {
                data,
                is_descending: key.is_descending,
            })
        })
        .collect::<Result<Vec<_>, RowsError>>()?;
    let Some((first, rest)) = columns.split_first() else {
        return Ok(rows);
    };
    // Missing values of the first column come last, among themselves by the further columns.
    let (present, mut missing): (Vec<u32>, Vec<u32>) = rows
        .into_iter()
        .partition(|row| !first.data.is_missing(*row as usize));
    let mut keyed: Vec<Keyed> = present
        .par_iter()
        .map(|row| Keyed {
            key: first.key(*row as usize),
            row: *row,
        })
        .collect();
    if is_stopped() {
        return Err(RowsError::Stopped);
    }
    let has_ties_inside = matches!(first.data, ColumnData::Text(_));
    keyed.par_sort_unstable_by(|a, b| {
        let by_key = a.key.cmp(&b.key);
        let by_value = || {
            if has_ties_inside {
                first.compare(a.row as usize, b.row as usize)
            } else {
                Ordering::Equal
            }
        };
        by_key
            .then_with(by_value)
            .then_with(|| further(rest, a.row, b.row))
    });
    if is_stopped() {
        return Err(RowsError::Stopped);
    }
    missing.par_sort_unstable_by(|a, b| further(rest, *a, *b));
    let mut order: Vec<u32> = keyed.into_iter().map(|k| k.row).collect();
    order.append(&mut missing);
    Ok(order)
}

fn further(columns: &[Column<'_>], a: u32, b: u32) -> Ordering {
    columns
        .iter()
        .map(|column| column.compare(a as usize, b as usize))
        .find(|ordering| ordering.is_ne())
        .unwrap_or_else(|| a.cmp(&b))
}

impl Column<'_> {
    /// A number that stands for the value in the order of values; the row has one.
    fn key(&self, row: usize) -> u64 {
        const SIGN: u64 = 1 << 63;
        let key = match self.data {
            ColumnData::Integer(a) => (a.value(row) as u64) ^ SIGN,
            ColumnData::Timestamp(a) => (a.value(row) as u64) ^ SIGN,
            ColumnData::Date(a) => (i64::from(a.value(row)) as u64) ^ SIGN,
            ColumnData::Boolean(a) => u64::from(a.value(row)),
            ColumnData::Number(a) => number_key(a.value(row)),
            ColumnData::Text(a) => {
                let mut start = [0; 8];
                let bytes = a.value(row).as_bytes();
                let n = bytes.len().min(8);
                start[..n].copy_from_slice(&bytes[..n]);
                u64::from_be_bytes(start)
            }
        };
        if self.is_descending { !key } else { key }
    }

    /// Which of two rows comes first by this column alone.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        match (self.data.is_missing(a), self.data.is_missing(b)) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (false, false) => {}
        }
        match self.data {
            ColumnData::Text(values) => {
                let ordering = values.value(a).cmp(values.value(b));
                if self.is_descending {
                    ordering.reverse()
                } else {
                    ordering
                }
            }
            _ => self.key(a).cmp(&self.key(b)),
        }
    }
}

/// The bits of a number, so turned that they sort as numbers do: −0 equals 0, and NaN is the largest.
fn number_key(value: f64) -> u64 {
    const SIGN: u64 = 1 << 63;
    if value.is_nan() {
        return u64::MAX;
    }
    let bits = (value + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}
