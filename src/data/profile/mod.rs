//! Profiling: the exact statistics of every column of a table, columns in parallel. Everything is computed from the
//! sorted values (numbers, dates) or from a count of each value (texts), so nothing is a sketch and nothing depends on
//! the number of threads. What the figures mean for a schema is left to `validate`, drawing them to the window.

mod histogram;
mod moments;
mod numbers;
#[cfg(test)]
mod tests;
mod texts;
mod top;

use super::{ColumnData, Table};
use crate::domain::pipeline::StatisticsParams;
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};
use rayon::prelude::*;

pub use histogram::{bin_counts, equal_width_edges};

/// The statistics of a table, one entry a column in the table's order. The same for any number of threads.
///
/// NaN is counted in `n_nan` and left out of everything else, the number of distinct values and the frequent values
/// included; infinite values are counted, are distinct and may be frequent, and are left out of min, max, mean, standard
/// deviation, quantiles and histogram. A negative zero counts as zero.
#[must_use]
pub fn profile(table: &Table, params: &StatisticsParams) -> DatasetStatistics {
    let names = table.names();
    let columns = names
        .into_par_iter()
        .enumerate()
        .map(|(column, name)| profile_column(name, table.at(column), params))
        .collect();
    DatasetStatistics {
        n_rows: table.n_rows() as u64,
        columns,
    }
}

/// The statistics of one column.
#[must_use]
pub fn profile_column(
    name: String,
    data: ColumnData<'_>,
    params: &StatisticsParams,
) -> ColumnStatistics {
    let mut statistics = blank(name, data);
    match data {
        ColumnData::Integer(a) => numbers::integers(&mut statistics, a, params),
        ColumnData::Number(a) => numbers::reals(&mut statistics, a, params),
        ColumnData::Date(a) => numbers::dates(&mut statistics, a, params),
        ColumnData::Timestamp(a) => numbers::timestamps(&mut statistics, a, params),
        ColumnData::Boolean(a) => texts::truths(&mut statistics, a, params),
        ColumnData::Text(a) => texts::texts(&mut statistics, a, params),
    }
    statistics
}

/// Statistics of a column of which nothing is known but how many values it lacks.
fn blank(name: String, data: ColumnData<'_>) -> ColumnStatistics {
    let kind = data.column_type();
    ColumnStatistics {
        name,
        kind,
        n_missing: data.n_missing() as u64,
        n_distinct: 0,
        mean: None,
        sd: None,
        min: None,
        max: None,
        quantiles: Vec::new(),
        histogram: Vec::new(),
        top: Vec::new(),
        values: Vec::new(),
        n_zeros: 0,
        n_negative: 0,
        n_nan: 0,
        n_infinite: 0,
        mean_length: None,
        max_length: None,
    }
}
