//! Contributions over many rows: which columns move the answers, and whether high or low values move them up.

use super::contributions::{Effort, Ground, contributions, input_names, method};
use super::draw::drawn;
use super::error::ExplainError;
use super::output::sum_of;
use crate::data::{ColumnData, Table};
use crate::domain::explanation::{ColumnContributions, ContributionSummary};
use crate::domain::relation::RowsUsed;
use crate::domain::work::Monitor;
use crate::model::Model;

/// Rows that are explained, at most.
const MAX_ROWS: usize = 500;

/// The contributions of every input column over at most 500 of the rows, drawn by the seed; the column with the largest mean of
/// absolute contributions first.
///
/// # Errors
/// As `contributions`; if there are no rows.
pub fn summarise(
    model: &Model,
    ground: &Ground,
    class: usize,
    table: &Table,
    seed: u64,
    monitor: &dyn Monitor,
) -> Result<ContributionSummary, ExplainError> {
    let rows = drawn(table.n_rows(), MAX_ROWS, seed);
    if rows.is_empty() {
        return Err(ExplainError::NoRows);
    }
    let some = table.take(&rows);
    let effort = Effort::ManyRows;
    let found = contributions(model, ground, class, &some, (effort, seed), monitor)?;
    let n = rows.len() as f64;
    let mut columns: Vec<ColumnContributions> = input_names(model)
        .into_iter()
        .enumerate()
        .map(|(j, column)| {
            let values = found.values.column(j);
            ColumnContributions {
                column: column.to_owned(),
                mean_absolute: values.iter().map(|v| v.abs()).sum::<f64>() / n,
                contributions: values.to_vec(),
                levels: some.column(column).map_or_else(Vec::new, levels),
            }
        })
        .collect();
    columns.sort_by(|a, b| b.mean_absolute.total_cmp(&a.mean_absolute));
    Ok(ContributionSummary {
        explained: sum_of(model, class),
        method: method(ground, effort),
        rows: RowsUsed {
            used: rows.len() as u64,
            all: table.n_rows() as u64,
        },
        base: found.base,
        columns,
    })
}

/// Where each value stands among all, from 0 to 1.
pub(super) fn levels(data: ColumnData<'_>) -> Vec<Option<f64>> {
    let mut levels = vec![None; data.len()];
    let mut values: Vec<(f64, usize)> = (0..data.len())
        .filter_map(|row| Some((data.number(row).filter(|v| v.is_finite())?, row)))
        .collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let last = values.len().saturating_sub(1).max(1) as f64;
    let mut first = 0;
    for run in values.chunk_by(|a, b| a.0 == b.0) {
        let middle = first as f64 + (run.len() - 1) as f64 / 2.0;
        first += run.len();
        for (_, row) in run {
            levels[*row] = Some(if values.len() == 1 {
                0.5
            } else {
                middle / last
            });
        }
    }
    levels
}
