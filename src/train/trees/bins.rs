//! Features put into bins, once for all trees. Bin 0 holds missing values (NaN), bins 1 to 255 hold the values in
//! ascending order; a column with at most 255 different values loses nothing.

use ndarray::{ArrayView2, Axis};
use rayon::prelude::*;

/// Bins a feature, the one for missing values included.
pub(in crate::train) const N_BINS: usize = 256;

/// Larger sets are sampled evenly for the edges.
const MOST_ROWS_FOR_EDGES: usize = 200_000;

/// All features of all rows, as bins.
#[derive(Debug)]
pub(in crate::train) struct Binned {
    /// The bin of each row, a vector a feature.
    pub(in crate::train) columns: Vec<Vec<u8>>,
    /// The upper edges of the bins 0, 1, 2 …: a value goes into the first bin whose edge is not below it, and above all
    /// edges into the last bin.
    pub(in crate::train) edges: Vec<Vec<f32>>,
}

impl Binned {
    pub(in crate::train) fn new(x: ArrayView2<'_, f64>) -> Self {
        let columns: Vec<_> = x.axis_iter(Axis(1)).collect();
        let (columns, edges) = columns
            .into_par_iter()
            .map(|column| {
                let step = column.len().div_ceil(MOST_ROWS_FOR_EDGES).max(1);
                let sample = column.iter().copied().step_by(step);
                let edges = edges_of(sample.filter(|v| !v.is_nan()).collect());
                let bins = column.iter().map(|v| bin_of(*v, &edges)).collect();
                (bins, edges)
            })
            .unzip();
        Self { columns, edges }
    }
}

fn bin_of(value: f64, edges: &[f32]) -> u8 {
    if value.is_nan() {
        return 0;
    }
    // The edge of bin 0 is minus infinity: no number is missing.
    let bin = edges.partition_point(|edge| f64::from(*edge) < value);
    u8::try_from(bin.max(1)).expect("there are at most 255 edges")
}

/// Upper edges: minus infinity for the missing values, then one between each two bins.
fn edges_of(mut values: Vec<f64>) -> Vec<f32> {
    values.sort_unstable_by(f64::total_cmp);
    let mut edges = vec![f32::NEG_INFINITY];
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => runs.push((value, 1)),
        }
    }
    let mut n_left: usize = runs.iter().map(|(_, count)| count).sum();
    let mut in_bin = 0;
    for (i, (value, count)) in runs.iter().enumerate().take(runs.len().saturating_sub(1)) {
        in_bin += count;
        let bins_left = N_BINS - edges.len();
        let is_full = runs.len() < N_BINS || in_bin * bins_left >= n_left;
        if is_full && bins_left > 1 {
            n_left -= in_bin;
            in_bin = 0;
            let edge = below(f64::midpoint(*value, runs[i + 1].0));
            if edges.last().is_none_or(|last| *last < edge) {
                edges.push(edge);
            }
        }
    }
    edges
}

/// The largest f32 that is not above a number.
fn below(value: f64) -> f32 {
    let rounded = value as f32;
    if f64::from(rounded) > value {
        rounded.next_down()
    } else {
        rounded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn few_different_values_get_a_bin_each_and_missing_ones_the_first() {
        let x = Array2::from_shape_vec((6, 1), vec![3.0, f64::NAN, -1.0, 3.0, 0.5, 0.5]).unwrap();
        let binned = Binned::new(x.view());
        assert_eq!(binned.columns[0], [3, 0, 1, 3, 2, 2]);
        assert_eq!(binned.edges[0], [f32::NEG_INFINITY, -0.25, 1.75]);
    }

    #[test]
    fn many_values_get_bins_of_about_equally_many_rows() {
        let x = Array2::from_shape_fn((100_000, 1), |(i, _)| f64::from((i as f32 * 0.37).sin()));
        let binned = Binned::new(x.view());
        let mut counts = [0_usize; N_BINS];
        for bin in &binned.columns[0] {
            counts[usize::from(*bin)] += 1;
        }
        assert_eq!(counts[0], 0);
        let used: Vec<usize> = counts.into_iter().filter(|n| *n > 0).collect();
        assert!(used.len() > 240, "{} bins", used.len());
        assert!(used.iter().all(|n| *n < 1000), "{used:?}");
    }

    #[test]
    fn a_value_that_most_rows_share_leaves_bins_for_the_others() {
        let value = |i: usize| if i.is_multiple_of(20) { i as f64 } else { 0.0 };
        let x = Array2::from_shape_fn((20_000, 1), |(i, _)| value(i));
        let binned = Binned::new(x.view());
        assert!(
            binned.edges[0].len() > 200,
            "{} edges",
            binned.edges[0].len()
        );
    }

    #[test]
    fn neighbouring_f32_values_are_told_apart() {
        let a = 1.0_f32;
        let x = Array2::from_shape_vec((2, 1), vec![f64::from(a), f64::from(a.next_up())]).unwrap();
        assert_eq!(Binned::new(x.view()).columns[0], [1, 2]);
    }
}
