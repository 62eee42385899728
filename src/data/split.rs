//! Which rows train and which test. Positions only: what the rows hold, and which of them may be used, is decided by
//! the caller. The folds of a cross-validation are in `folds`.

pub use super::folds::{FoldRows, folds};

use crate::domain::pipeline::SplitKind;
use rand::seq::SliceRandom;
use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// Row positions in the union of all batches, each list ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Split {
    /// Rows to learn from.
    pub train: Vec<usize>,
    /// Rows to test on.
    pub test: Vec<usize>,
}

/// The rows of one batch in the union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanRows {
    /// From the content hash of the batch, so that its split does not depend on the other batches.
    pub seed_hash: u64,
    /// Positions in the union.
    pub rows: Range<usize>,
    /// The stratum of each row: the code of its class, or the quarter of its number ([`quarters`]).
    pub strata: Option<Vec<u32>>,
    /// The time of each row, in any unit that is the same for all batches.
    pub time: Option<Vec<i64>>,
    /// The group of each row, as a hash of its name.
    pub groups: Option<Vec<u64>>,
}

/// Splits the usable rows. `usable` has one entry for each row of the union; other rows are on neither side.
///
/// Random and stratified: inside each span on its own, so that a row keeps its side when spans are added. In each span
/// the test part has `n · test_fraction` rows, rounded. Stratified: in each stratum the number is within one of its
/// share, and a stratum is never wholly in the test part as long as others can give instead.
/// By group: all rows of a group are on one side, whichever batch they are in. Its place among all groups, in an order that
/// the seed shuffles, decides, so that a group keeps its side when others join unless it is near the border.
/// By time: the last rows of all spans together; equal times, or spans of which one has no times, in the order of the
/// union.
///
/// # Panics
/// If a list of strata, times or usable rows is shorter than its rows.
#[must_use]
pub fn split(
    spans: &[SpanRows],
    usable: &[bool],
    kind: SplitKind,
    test_fraction: f64,
    seed: u64,
) -> Split {
    let mut result = Split::default();
    match kind {
        SplitKind::Time => {
            let rows = rows_by_time(spans, usable);
            let (train, test) = rows.split_at(rows.len() - share_of(rows.len(), test_fraction));
            result.train.extend(train);
            result.test.extend(test);
        }
        SplitKind::Group => {
            let rows = rows_by_group(spans, usable, seed);
            let due = share_of(rows.values().map(Vec::len).sum(), test_fraction);
            let n_groups = rows.len();
            for (i, rows) in rows.into_values().enumerate() {
                // Groups join the test until it has its share; one is always left to learn from.
                let is_test = result.test.len() < due && i + 1 < n_groups;
                let side = if is_test {
                    &mut result.test
                } else {
                    &mut result.train
                };
                side.extend(rows);
            }
        }
        SplitKind::Random | SplitKind::Stratified => {
            for span in spans {
                let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
                for row in span.rows.clone().filter(|row| usable[*row]) {
                    let stratum = match (&span.strata, kind) {
                        (Some(strata), SplitKind::Stratified) => strata[row - span.rows.start],
                        _ => 0,
                    };
                    groups.entry(stratum).or_default().push(row);
                }
                let groups: Vec<Vec<usize>> = groups.into_values().collect();
                split_groups(groups, test_fraction, seed ^ span.seed_hash, &mut result);
            }
        }
    }
    result.train.sort_unstable();
    result.test.sort_unstable();
    result
}

fn split_groups(mut groups: Vec<Vec<usize>>, test_fraction: f64, seed: u64, result: &mut Split) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let n_test = apportion(&sizes, test_fraction);
    for (group, n_test) in groups.iter_mut().zip(n_test) {
        group.shuffle(&mut random);
        let (test, train) = group.split_at(n_test);
        result.test.extend(test);
        result.train.extend(train);
    }
}

/// Test rows of each group: the whole part of its share, and the rows that are still due to the largest remainders
/// (equal ones in order); groups that would be left without a training row come last.
fn apportion(sizes: &[usize], test_fraction: f64) -> Vec<usize> {
    let shares: Vec<f64> = sizes.iter().map(|n| *n as f64 * test_fraction).collect();
    let mut counts: Vec<usize> = shares.iter().map(|share| *share as usize).collect();
    let total = share_of(sizes.iter().sum(), test_fraction);
    let due = total.saturating_sub(counts.iter().sum());
    let remainder = |i: usize| shares[i] - shares[i].floor();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.retain(|i| counts[*i] < sizes[*i]);
    order.sort_by(|a, b| {
        let is_emptied = |i: usize| counts[i] + 1 >= sizes[i];
        let by_remainder = remainder(*b).total_cmp(&remainder(*a));
        is_emptied(*a).cmp(&is_emptied(*b)).then(by_remainder)
    });
    for i in order.into_iter().filter(|i| remainder(*i) > 0.0).take(due) {
        counts[i] += 1;
    }
    counts
}

fn share_of(n: usize, fraction: f64) -> usize {
    ((n as f64 * fraction).round() as usize).min(n)
}

/// The rows of each group, in the order of a hash of seed and group.
fn rows_by_group(spans: &[SpanRows], usable: &[bool], seed: u64) -> BTreeMap<u64, Vec<usize>> {
    let mut groups: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for span in spans {
        for row in span.rows.clone().filter(|row| usable[*row]) {
            let group = span
                .groups
                .as_ref()
                .map_or(row as u64, |groups| groups[row - span.rows.start]);
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed ^ group);
            groups.entry(random.next_u64()).or_default().push(row);
        }
    }
    groups
}

fn rows_by_time(spans: &[SpanRows], usable: &[bool]) -> Vec<usize> {
    let has_times = spans.iter().all(|span| span.time.is_some());
    let mut rows: Vec<(i64, usize)> = Vec::new();
    for span in spans {
        for row in span.rows.clone().filter(|row| usable[*row]) {
            let time = match &span.time {
                Some(time) if has_times => time[row - span.rows.start],
                _ => 0,
            };
            rows.push((time, row));
        }
    }
    rows.sort_unstable();
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The quarter, 0 to 3, of each number among all of them; equal numbers share one. Missing numbers and NaN are in 0.
#[must_use]
pub fn quarters(values: &[Option<f64>]) -> Vec<u32> {
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.retain(|v| !v.is_nan());
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    let bounds: Vec<f64> = [n / 4, n / 2, n - n / 4]
        .iter()
        .filter_map(|i| sorted.get(*i).copied())
        .collect();
    values
        .iter()
        .map(|value| match value {
            Some(v) => bounds.iter().filter(|bound| v >= bound).count() as u32,
            None => 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn a_group_is_on_one_side_in_all_batches() {
        let groups: Vec<u64> = (0..300).map(|i| (i * 7919) % 40).collect();
        let of = |rows: Range<usize>| SpanRows {
            groups: Some(groups[rows.clone()].to_vec()),
            ..span(rows.start as u64, rows, 1)
        };
        let spans = [of(0..100), of(100..300)];
        let result = split(&spans, &[true; 300], SplitKind::Group, 0.25, 4);
        let sides = [&result.train, &result.test].map(|rows| {
            let groups = rows.iter().map(|row| groups[*row]);
            groups.collect::<std::collections::BTreeSet<u64>>()
        });
        assert!(sides[0].is_disjoint(&sides[1]));
        assert_eq!(result.train.len() + result.test.len(), 300);
        assert!(
            (75..95).contains(&result.test.len()),
            "{}",
            result.test.len()
        );
        let other_seed = split(&spans, &[true; 300], SplitKind::Group, 0.25, 5);
        assert_ne!(result, other_seed);
        let one = SpanRows {
            groups: Some(vec![9; 20]),
            ..span(1, 0..20, 1)
        };
        assert!(
            split(&[one], &[true; 20], SplitKind::Group, 0.25, 4)
                .test
                .is_empty()
        );
    }

    fn span(seed_hash: u64, rows: Range<usize>, n_classes: u32) -> SpanRows {
        // Unequal classes: class c about half as frequent as class c - 1.
        let class = |row: usize| {
            ((row * 2_654_435_761) as u32)
                .leading_zeros()
                .min(n_classes - 1)
        };
        SpanRows {
            seed_hash,
            strata: Some(rows.clone().map(class).collect()),
            time: None,
            groups: None,
            rows,
        }
    }

    fn sorted_union(a: &[usize], b: &[usize]) -> Vec<usize> {
        let mut all = [a, b].concat();
        all.sort_unstable();
        all
    }

    #[test]
    fn sides_are_disjoint_cover_the_usable_rows_and_repeat() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        for n in [0, 1, 2, 7, 100, 1001] {
            let spans = [span(5, 0..n, 3), span(6, n..2 * n + 3, 4)];
            let usable: Vec<bool> = (0..2 * n + 3).map(|_| random.gen_bool(0.9)).collect();
            let wanted: Vec<usize> = (0..usable.len()).filter(|row| usable[*row]).collect();
            for kind in [SplitKind::Random, SplitKind::Stratified, SplitKind::Time] {
                let sides = split(&spans, &usable, kind, 0.25, 42);
                assert_eq!(sorted_union(&sides.train, &sides.test), wanted);
                assert!(sides.train.is_sorted() && sides.test.is_sorted());
                assert_eq!(sides, split(&spans, &usable, kind, 0.25, 42));
                if kind != SplitKind::Time && n > 50 {
                    assert_ne!(sides, split(&spans, &usable, kind, 0.25, 43));
                }
            }
        }
    }

    #[test]
    fn classes_keep_their_shares_within_one() {
        for fraction in [0.1, 0.25, 1.0 / 3.0, 0.5] {
            let span = span(9, 0..997, 6);
            let strata = span.strata.clone().expect("strata");
            let sides = split(&[span], &[true; 997], SplitKind::Stratified, fraction, 3);
            assert_eq!(sides.test.len(), (997.0 * fraction).round() as usize);
            for class in 0..6 {
                let size = |rows: &[usize]| rows.iter().filter(|r| strata[**r] == class).count();
                let share = (size(&sides.test) + size(&sides.train)) as f64 * fraction;
                assert!(
                    (size(&sides.test) as f64 - share).abs() < 1.0,
                    "{class} {fraction}"
                );
                assert!(size(&sides.train) > 0);
            }
        }
    }

    #[test]
    fn a_class_of_one_row_stays_in_training_if_others_can_give() {
        assert_eq!(apportion(&[1, 2, 3], 0.5), [0, 1, 2]);
        assert_eq!(apportion(&[1, 1, 1, 1], 0.5), [1, 1, 0, 0]);
        assert_eq!(apportion(&[10, 10], 0.0), [0, 0]);
    }

    #[test]
    fn rows_keep_their_side_when_spans_are_added() {
        let first = span(11, 0..200, 3);
        let second = span(12, 200..500, 3);
        for kind in [SplitKind::Random, SplitKind::Stratified] {
            let before = split(std::slice::from_ref(&first), &[true; 200], kind, 0.25, 1);
            let after = split(
                &[first.clone(), second.clone()],
                &[true; 500],
                kind,
                0.25,
                1,
            );
            let old = |rows: &[usize]| {
                rows.iter()
                    .copied()
                    .filter(|r| *r < 200)
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                (old(&after.train), old(&after.test)),
                (before.train, before.test)
            );
        }
    }

    #[test]
    fn the_last_rows_by_time_test() {
        let timed = |rows: Range<usize>, time: &[i64]| SpanRows {
            groups: None,
            seed_hash: 0,
            strata: None,
            time: Some(time.to_vec()),
            rows,
        };
        let spans = [timed(0..4, &[1, 9, 3, 8]), timed(4..8, &[7, 8, 2, 5])];
        let mut usable = [true; 8];
        let sides = split(&spans, &usable, SplitKind::Time, 0.375, 0);
        assert_eq!(sides.test, [1, 3, 5]);
        // Without row 1 it is two of seven (2.6 rounds to 3): times 8, 8 and 7.
        usable[1] = false;
        let sides = split(&spans, &usable, SplitKind::Time, 0.375, 0);
        assert_eq!(sides.test, [3, 4, 5]);
        let mut untimed = spans.clone();
        untimed[1].time = None;
        let sides = split(&untimed, &[true; 8], SplitKind::Time, 0.25, 0);
        assert_eq!(sides.test, [6, 7]);
    }

    #[test]
    fn quarters_are_equal_where_numbers_differ_and_never_cut_ties() {
        let values: Vec<Option<f64>> = (0..100).map(|i| Some(f64::from((i * 37) % 100))).collect();
        let codes = quarters(&values);
        for quarter in 0..4 {
            assert_eq!(codes.iter().filter(|c| **c == quarter).count(), 25);
        }
        let codes = quarters(&[Some(1.0), None, Some(1.0), Some(2.0), Some(f64::NAN)]);
        assert_eq!((codes[0], codes[1], codes[4]), (codes[2], 0, 0));
        assert_eq!(quarters(&[None]), [0]);
    }
}
