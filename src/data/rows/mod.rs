//! The order of rows that a [`RowView`] asks for: which rows of a table are shown, and as which one. Work is spread over
//! the current rayon pool in fixed chunks, so the order depends on the data alone. Keeping orders and making pages of
//! them is left to `workspace`.

mod condition;
mod find;
mod sort;

use super::Table;
use crate::domain::Failure;
use crate::domain::row_view::RowView;
use rayon::prelude::*;

/// Rows that are looked at together.
const CHUNK_ROWS: usize = 1 << 16;

/// Why there is no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowsError {
    /// A column that the table does not have.
    #[error("There is no column {column:?} in these rows")]
    NoColumn {
        /// The column.
        column: String,
    },
    /// A condition that does not make sense, or not for some row.
    #[error("The condition cannot be used: {sentence}")]
    Condition {
        /// What is wrong, and where.
        sentence: String,
    },
    /// More rows than an order can number.
    #[error("{n_rows} rows are too many to be put in order; at most 4,294,967,295 can be")]
    TooMany {
        /// Rows of the table.
        n_rows: usize,
    },
    /// It was asked to stop.
    #[error("Looking through the rows was stopped")]
    Stopped,
}

impl From<RowsError> for Failure {
    fn from(error: RowsError) -> Self {
        let hint = match error {
            RowsError::NoColumn { .. } => "Take away the condition or the order by this column.",
            RowsError::Condition { .. } => "Correct the condition, or take it away.",
            RowsError::TooMany { .. } => "Look at a smaller batch.",
            RowsError::Stopped => "Ask again.",
        };
        Self::bad_data(error.to_string()).hint(hint)
    }
}

/// The positions of the rows that the view shows, in its order.
///
/// # Errors
/// If the table lacks a column that the view names, has too many rows, or `is_stopped` says so.
pub fn order(
    table: &Table,
    view: &RowView,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<u32>, RowsError> {
    let n_rows = table.n_rows();
    let last = u32::try_from(n_rows).map_err(|_| RowsError::TooMany { n_rows })?;
    let rows = if view.conditions.is_empty() && view.find.is_empty() {
        (0..last).collect()
    } else {
        chosen(table, view, is_stopped)?
    };
    if is_stopped() {
        return Err(RowsError::Stopped);
    }
    sort::sorted(table, rows, &view.sort, is_stopped)
}

/// How many rows meet all conditions.
///
/// # Errors
/// As [`order`].
pub fn count(
    table: &Table,
    view: &RowView,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<u64, RowsError> {
    Ok(chosen(table, view, is_stopped)?.len() as u64)
}

fn chosen(
    table: &Table,
    view: &RowView,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<u32>, RowsError> {
    let tests = view
        .conditions
        .iter()
        .map(|c| condition::Bound::new(table, c))
        .collect::<Result<Vec<_>, _>>()?;
    let needle = find::Needle::new(&view.find);
    let n_chunks = table.n_rows().div_ceil(CHUNK_ROWS);
    let parts = (0..n_chunks)
        .into_par_iter()
        .map(|chunk| {
            if is_stopped() {
                return Err(RowsError::Stopped);
            }
            let first = chunk * CHUNK_ROWS;
            let last = table.n_rows().min(first + CHUNK_ROWS);
            let mut rows: Vec<u32> = (first as u32..last as u32).collect();
            for test in &tests {
                test.keep(&mut rows);
            }
            if let Some(needle) = &needle {
                needle.keep(table, &mut rows);
            }
            Ok(rows)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(parts.concat())
}

#[cfg(test)]
mod tests;
