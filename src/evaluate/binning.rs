//! Inner edges of the bins of a numeric column: as many as there is something to separate, each printed with as few
//! digits as separate the same rows. Which columns are binned is left to `segments`.

use crate::domain::segment::Bins;

/// The inner edges, ascending and without repetition, so that every bin `[edge, next)` has rows. Empty where all values
/// are equal. `values` are finite or infinite, not NaN; the order does not matter.
pub(super) fn edges(bins: &Bins, values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cuts: Vec<usize> = match bins {
        Bins::Quantile(n) => quantile_cuts(&sorted, *n as usize),
        Bins::Width(n) => return width_edges(&sorted, *n as usize),
        Bins::Edges(wanted) => return given_edges(&sorted, wanted),
    };
    let mut edges: Vec<f64> = cuts
        .iter()
        .map(|&i| shortest_between(sorted[i - 1], sorted[i]))
        .collect();
    edges.dedup();
    edges
}

/// Positions at which a new bin begins. Equal values stay together: a cut inside a run of them moves to the nearer end
/// of the run, and a cut that would leave an empty or repeated bin is dropped.
fn quantile_cuts(sorted: &[f64], n_bins: usize) -> Vec<usize> {
    let n = sorted.len();
    let mut cuts: Vec<usize> = (1..n_bins)
        .map(|k| k * n / n_bins)
        .map(|i| {
            let Some(&value) = sorted.get(i) else {
                return 0;
            };
            let first = sorted.partition_point(|v| *v < value);
            let after = sorted.partition_point(|v| *v <= value);
            let nearer_start = i - first <= after - i;
            if first > 0 && (nearer_start || after == n) {
                first
            } else {
                after
            }
        })
        .filter(|&i| i > 0 && i < n)
        .collect();
    cuts.dedup();
    cuts
}

fn width_edges(sorted: &[f64], n_bins: usize) -> Vec<f64> {
    let finite: Vec<f64> = sorted.iter().copied().filter(|v| v.is_finite()).collect();
    let (Some(low), Some(high)) = (finite.first(), finite.last()) else {
        return Vec::new();
    };
    let width = (high - low) / n_bins.max(1) as f64;
    if width <= 0.0 || !width.is_finite() {
        return Vec::new();
    }
    // Two digits of the width are enough for an edge.
    let wanted: Vec<f64> = (1..n_bins)
        .map(|k| {
            let edge = low + width * k as f64;
            shortest_between(edge - width * 0.02, edge + width * 0.02)
        })
        .collect();
    given_edges(sorted, &wanted)
}

/// Those of the wanted edges that have rows on both sides of them, before the next edge.
fn given_edges(sorted: &[f64], wanted: &[f64]) -> Vec<f64> {
    let mut wanted: Vec<f64> = wanted.iter().copied().filter(|e| e.is_finite()).collect();
    wanted.sort_by(f64::total_cmp);
    let mut edges = Vec::new();
    let mut begun = 0;
    for edge in wanted {
        let below = sorted.partition_point(|v| *v < edge);
        if below > begun && below < sorted.len() {
            edges.push(edge);
            begun = below;
        }
    }
    edges
}

/// The number with the fewest digits in `(low, high]`, nearest to `high`; `high` itself where there is none shorter.
pub(super) fn shortest_between(low: f64, high: f64) -> f64 {
    if !(low.is_finite() && high.is_finite() && low < high) {
        return high;
    }
    if low < 0.0 && high >= 0.0 {
        return 0.0;
    }
    let magnitude = low.abs().max(high.abs()).log10().floor() as i32;
    for digits in 0..17 {
        // Through decimal text, so that 0.1 is the double nearest to 0.1 and prints like it.
        let exponent = magnitude - digits;
        let scaled = if exponent >= 0 {
            high / 10_f64.powi(exponent)
        } else {
            high * 10_f64.powi(-exponent)
        };
        let Ok(candidate) = format!("{:.0}e{exponent}", scaled.floor()).parse::<f64>() else {
            continue;
        };
        if candidate > low && candidate <= high {
            return candidate;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(values: &[f64], edges: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; edges.len() + 1];
        for v in values {
            counts[edges.partition_point(|e| e <= v)] += 1;
        }
        counts
    }

    #[test]
    fn quartiles_hold_equally_many_rows_and_print_short() {
        let values: Vec<f64> = (0..400).map(|i| f64::from(i) * 0.123_456_789).collect();
        let found = edges(&Bins::Quantile(4), &values);
        assert_eq!(counts(&values, &found), vec![100; 4]);
        for edge in &found {
            assert!(edge.to_string().len() <= 5, "{edge}");
        }
    }

    #[test]
    fn nearly_equal_values_give_no_empty_and_no_repeated_bin() {
        let mut values = vec![0.0; 97];
        values.extend([1.0, 2.0, 3.0]);
        let found = edges(&Bins::Quantile(4), &values);
        assert_eq!(found, vec![1.0]);
        assert_eq!(counts(&values, &found), vec![97, 3]);
        let mirrored: Vec<f64> = values.iter().map(|v| -v).collect();
        let found = edges(&Bins::Quantile(4), &mirrored);
        assert_eq!(counts(&mirrored, &found), vec![3, 97]);
        assert!(edges(&Bins::Quantile(4), &[5.0; 20]).is_empty());
        assert!(edges(&Bins::Quantile(4), &[]).is_empty());
        assert!(edges(&Bins::Width(4), &[5.0; 20]).is_empty());
    }

    #[test]
    fn bins_never_lose_or_repeat_rows_whatever_the_values() {
        for seed in 0..200_u64 {
            let values: Vec<f64> = (0..50)
                .map(|i| ((seed * 31 + i * i * 17) % (1 + seed % 23)) as f64 / 7.0 - 1.0)
                .collect();
            for bins in [Bins::Quantile(4), Bins::Quantile(9), Bins::Width(5)] {
                let found = edges(&bins, &values);
                assert!(found.windows(2).all(|w| w[0] < w[1]), "{found:?}");
                assert!(
                    counts(&values, &found).iter().all(|c| *c > 0),
                    "{seed} {found:?}"
                );
            }
        }
    }

    #[test]
    fn the_shortest_number_in_an_interval() {
        assert_eq!(shortest_between(0.123, 0.129), 0.129);
        assert_eq!(shortest_between(0.119, 0.129), 0.12);
        assert_eq!(shortest_between(1_234.0, 1_999.0), 1_900.0);
        assert_eq!(shortest_between(-0.4, 0.3), 0.0);
        assert_eq!(shortest_between(-7.6, -7.4), -7.4);
        assert_eq!(shortest_between(3.0, 4.0), 4.0);
    }

    #[test]
    fn edges_of_a_person_are_kept_where_they_separate_rows() {
        let values = [1.0, 2.0, 3.0];
        let wanted = Bins::Edges(vec![2.5, 0.5, 2.5, 2.7, 9.0, 1.5]);
        assert_eq!(edges(&wanted, &values), vec![1.5, 2.5]);
    }
}
