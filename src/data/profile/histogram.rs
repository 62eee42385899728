//! Edges of histograms and exact counts between them. Which values take part is left to the kernels.

/// Whole numbers that span at most this many times the number of bins get bins a whole number wide.
const WHOLE_WIDTH_SPAN: u64 = 5;

/// The `n_bins + 1` edges of bins of equal width from `min` to `max` (finite). Equal bounds get one bin of width one
/// around the value, as in numpy.
#[must_use]
pub fn equal_width_edges(min: f64, max: f64, n_bins: u32) -> Vec<f64> {
    if min >= max {
        return vec![min - 0.5, max + 0.5];
    }
    let n = n_bins.max(1);
    let range = max - min;
    let mut edges: Vec<f64> = (0..n)
        .map(|i| {
            let t = f64::from(i) / f64::from(n);
            if range.is_finite() {
                min + range * t
            } else {
                min * (1.0 - t) + max * t
            }
        })
        .collect();
    edges.push(max);
    edges
}

/// The edges for whole numbers. If few whole numbers lie between the bounds, each bin holds equally many of them (edges
/// at halves), so that no bin looks fuller only because it happens to cover one number more: the hours of a day in
/// 20 bins would show a comb.
pub(super) fn whole_edges(min: i64, max: i64, n_bins: u32) -> Vec<f64> {
    let wanted = u64::from(n_bins.max(1));
    let span = max.abs_diff(min).saturating_add(1);
    if span > WHOLE_WIDTH_SPAN * wanted {
        return equal_width_edges(min as f64, max as f64, n_bins);
    }
    let width = span.div_ceil(wanted);
    let used = span.div_ceil(width);
    (0..=used)
        .map(|i| min as f64 - 0.5 + (i * width) as f64)
        .collect()
}

/// Counts of values (in any order) in the bins between ascending edges; values below the first and above the last edge
/// count in the outer bins.
#[must_use]
pub fn bin_counts(values: &[f64], edges: &[f64]) -> Vec<u64> {
    let n_bins = edges.len().saturating_sub(1);
    let mut counts = vec![0; n_bins];
    if n_bins == 0 {
        return counts;
    }
    for value in values {
        let bin = edges[1..n_bins].partition_point(|edge| edge <= value);
        counts[bin] += 1;
    }
    counts
}
