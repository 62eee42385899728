//! Profiling: the statistics of every column of a dataset of any size, in one pass over its chunks. While the different
//! values fit into the memory limit every figure is exact; what does not fit is summarised with an error that the statistics
//! state, and its histogram is counted exactly in a second pass. Fixed chunks are merged in their order, so nothing depends
//! on the number of threads. What the figures mean for a schema is left to `validate`, drawing them to the window.
//!
//! Reading order: `column` (a chunk in, statistics out), `numbers` and `texts` (the kernels), `packed`, `sorted`, `ascending` and
//! `figures` (exact), `sketch` (bounded), `scan` (all columns of all chunks). `lookup` finds single facts without a profile.

mod ascending;
mod bins;
mod column;
mod figures;
mod histogram;
pub mod lookup;
mod moments;
mod numbers;
mod order;
mod packed;
mod pattern;
#[cfg(test)]
mod properties;
mod radix;
mod scan;
mod sketch;
mod sorted;
mod table_source;
#[cfg(test)]
mod tests;
mod text_table;
mod texts;
pub mod tfdv;
mod top;
mod unit;

use super::Table;
use super::reader::ReadError;
use super::source::Source;
use crate::domain::pipeline::StatisticsParams;
use crate::domain::statistics::DatasetStatistics;
use crate::domain::work::{Monitor, Quiet};
use rayon::prelude::*;

pub use histogram::{bin_counts, equal_width_edges};
pub use table_source::{CHUNK_ROWS, TableSource};

/// A source whose types still change after so many passes is not one.
const MAX_PASSES: u32 = 64;

/// The statistics of a table, one entry a column in the table's order: [`profile_source`] over its rows.
///
/// # Panics
/// Never: a table in memory can always be read.
#[must_use]
pub fn profile(table: &Table, params: &StatisticsParams) -> DatasetStatistics {
    profile_source(&TableSource::new(table.clone()), params, &Quiet)
        .expect("a table in memory can always be read")
}

/// The statistics of a dataset, one entry a column in its order. The same for any number of threads.
///
/// NaN is counted in `n_nan` and left out of everything else, the number of distinct values and the frequent values
/// included; infinite values are counted, are distinct and may be frequent, and are left out of min, max, mean, standard
/// deviation, quantiles and histogram. A negative zero counts as zero.
///
/// # Errors
/// If the source cannot be read, or the monitor asks to stop.
pub fn profile_source(
    source: &dyn Source,
    params: &StatisticsParams,
    monitor: &dyn Monitor,
) -> Result<DatasetStatistics, ReadError> {
    // The rest is for the chunks that are being read, for sorting at the end, and for what the allocator keeps.
    let memory = (params.memory_mib as usize).saturating_mul(1 << 20) / 5 * 2;
    let mut n_passes = 0;
    let scanned = loop {
        n_passes += 1;
        if let Some(scanned) = scan::scan(source, source.columns(), memory, monitor)? {
            break scanned;
        }
        if n_passes == MAX_PASSES {
            return Err(ReadError::Unreadable {
                file: "The dataset".to_owned(),
                reason: "the types of its columns change each time it is read".to_owned(),
            });
        }
    };
    let mut to_count = Vec::new();
    for (position, column) in scanned.columns.iter().enumerate() {
        if let Some(edges) = column.edges_to_count(params) {
            to_count.push((position, edges));
        }
    }
    let mut all_bins = vec![None; scanned.columns.len()];
    if !to_count.is_empty() {
        for ((position, _), bins) in to_count
            .iter()
            .zip(bins::count(source, &to_count, monitor)?)
        {
            all_bins[*position] = Some(bins);
        }
    }
    let columns = scanned
        .columns
        .into_par_iter()
        .zip(all_bins)
        .map(|(column, bins)| column.finish(bins, params))
        .collect();
    Ok(DatasetStatistics {
        n_rows: scanned.n_rows,
        columns,
    })
}
