//! The second pass: exact histograms of columns whose values were not kept. Where the edges lie is left to `histogram`.

use crate::data::ColumnData;
use crate::data::reader::ReadError;
use crate::data::source::{Chunk, Source};
use crate::domain::statistics::HistogramBin;
use crate::domain::work::Monitor;
use arrow::array::{Array, PrimitiveArray};
use arrow::datatypes::ArrowPrimitiveType;
use std::sync::{Mutex, PoisonError};

/// Counts the values of columns between edges, in one pass over them.
pub(super) fn count(
    source: &dyn Source,
    columns: &[(usize, Vec<f64>)],
    monitor: &dyn Monitor,
) -> Result<Vec<Vec<HistogramBin>>, ReadError> {
    let positions: Vec<usize> = columns.iter().map(|c| c.0).collect();
    let grids: Vec<Grid<'_>> = columns.iter().map(|c| Grid::of(&c.1)).collect();
    let counts = Mutex::new(
        columns
            .iter()
            .map(|c| vec![0_u64; c.1.len().saturating_sub(1)])
            .collect::<Vec<_>>(),
    );
    source.scan(
        Some(&positions),
        &|chunk: Chunk| {
            let n_columns = chunk.table.n_columns().min(grids.len());
            let own: Vec<Vec<u64>> = (0..n_columns)
                .map(|column| grids[column].count(chunk.table.at(column)))
                .collect();
            let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            for (all, own) in counts.iter_mut().zip(own) {
                for (count, more) in all.iter_mut().zip(own) {
                    *count += more;
                }
            }
        },
        monitor,
    )?;
    let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(columns
        .iter()
        .zip(counts)
        .map(|((_, edges), counts)| {
            edges
                .windows(2)
                .zip(counts)
                .map(|(pair, count)| HistogramBin {
                    low: pair[0],
                    high: pair[1],
                    count,
                })
                .collect()
        })
        .collect())
}

/// Edges, and how to guess the bin of a value.
struct Grid<'a> {
    edges: &'a [f64],
    bins_per_unit: f64,
}

impl<'a> Grid<'a> {
    fn of(edges: &'a [f64]) -> Self {
        let n_bins = edges.len().saturating_sub(1) as f64;
        let range = match edges {
            [low, .., high] => high - low,
            _ => 1.0,
        };
        let bins_per_unit = n_bins / range;
        Self {
            edges,
            bins_per_unit: if bins_per_unit.is_finite() {
                bins_per_unit
            } else {
                0.0
            },
        }
    }

    fn count(&self, data: ColumnData<'_>) -> Vec<u64> {
        match data {
            ColumnData::Integer(a) => self.count_array(a, |v| v as f64),
            ColumnData::Number(a) => self.count_array(a, |v| v),
            ColumnData::Date(a) => self.count_array(a, f64::from),
            ColumnData::Timestamp(a) => self.count_array(a, |v| v as f64),
            ColumnData::Text(_) | ColumnData::Boolean(_) => Vec::new(),
        }
    }

    fn count_array<T: ArrowPrimitiveType>(
        &self,
        array: &PrimitiveArray<T>,
        real: impl Fn(T::Native) -> f64,
    ) -> Vec<u64> {
        let n_bins = self.edges.len().saturating_sub(1);
        let mut counts = vec![0; n_bins];
        if n_bins == 0 {
            return counts;
        }
        let mut add = |values: &[T::Native]| {
            for value in values {
                let value = real(*value);
                if value.is_finite() {
                    counts[self.bin(value, n_bins - 1)] += 1;
                }
            }
        };
        match array.nulls() {
            None => add(&array.values()[..]),
            Some(nulls) => {
                for (from, to) in nulls.valid_slices() {
                    add(&array.values()[from..to]);
                }
            }
        }
        counts
    }

    /// The guess is off by a bin at most where edges are evenly spaced, and mended wherever they are not.
    fn bin(&self, value: f64, last: usize) -> usize {
        let mut bin = (((value - self.edges[0]) * self.bins_per_unit) as usize).min(last);
        while bin > 0 && value < self.edges[bin] {
            bin -= 1;
        }
        while bin < last && value >= self.edges[bin + 1] {
            bin += 1;
        }
        bin
    }
}
