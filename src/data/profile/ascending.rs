//! Reading figures off keys that lie in memory in ascending order, without looking at every run of equal ones: ranks and
//! bounds are found by halving, long runs by comparing each key with the one so many places further on.

use super::unit::Unit;
use std::ops::Range;

/// Keys in ascending order, less a base.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ascending<'a, K> {
    pub(super) base: i64,
    pub(super) keys: &'a [K],
}

/// Keys that are compared at once.
const BLOCK: usize = 32;
/// Keys that are looked at together from the end of a range.
const WINDOW: usize = 4096;

/// What can be asked of them, however wide they are.
pub(super) trait InOrder {
    /// How many keys there are.
    fn len(&self) -> usize;

    /// The key at a rank, counted from 0.
    fn at(&self, rank: usize) -> i64;

    /// The first rank in a range whose key is not below a bound.
    fn first_not(&self, range: Range<usize>, is_below: &dyn Fn(i64) -> bool) -> usize;

    /// Number of different keys.
    fn n_distinct(&self) -> u64;

    /// Calls back with each run of more than `threshold` equal keys in a range that cuts no run. What is answered is the
    /// threshold from there on; nothing ends it.
    fn longer_runs(
        &self,
        range: Range<usize>,
        threshold: u64,
        each: &mut dyn FnMut(i64, u64) -> Option<u64>,
    );
}

impl<K: Copy + Ord + Into<i64>> Ascending<'_, K> {
    fn key(&self, stored: K) -> i64 {
        self.base.wrapping_add(stored.into())
    }
}

impl<K: Copy + Ord + Into<i64>> InOrder for Ascending<'_, K> {
    fn len(&self) -> usize {
        self.keys.len()
    }

    fn at(&self, rank: usize) -> i64 {
        self.key(self.keys[rank])
    }

    fn first_not(&self, range: Range<usize>, is_below: &dyn Fn(i64) -> bool) -> usize {
        range.start + self.keys[range].partition_point(|stored| is_below(self.key(*stored)))
    }

    fn n_distinct(&self) -> u64 {
        let neighbours = self.keys.iter().zip(self.keys.iter().skip(1));
        let n_changes: u64 = neighbours.map(|(a, b)| u64::from(a != b)).sum();
        n_changes + u64::from(!self.keys.is_empty())
    }

    fn longer_runs(
        &self,
        range: Range<usize>,
        threshold: u64,
        each: &mut dyn FnMut(i64, u64) -> Option<u64>,
    ) {
        let keys = &self.keys[range];
        let (mut at, mut threshold) = (0, threshold as usize);
        while let Some(further) = keys.get(at + threshold..) {
            let Some(skipped) = first_equal(&keys[at..], further) else {
                return;
            };
            at += skipped;
            let end = run_end(keys, at + threshold);
            match each(self.key(keys[at]), (end - at) as u64) {
                Some(next) => threshold = next as usize,
                None => return,
            }
            at = end;
        }
    }
}

/// Of the keys that occur `count` times, those whose texts may be among the first `n`. Numbers with the same sign and
/// number of digits before the point have texts that sort like their magnitudes: of each such group the `n` smallest
/// magnitudes are enough. Texts of days and moments ascend with them.
pub(super) fn first_of_count(
    keys: &dyn InOrder,
    count: u64,
    n: usize,
    unit: Unit,
    texts_ascend: bool,
) -> Vec<i64> {
    let all = 0..keys.len();
    let mut found = Vec::new();
    if texts_ascend {
        first_in(keys, all, count, n, &mut found);
        return found;
    }
    let zero = keys.first_not(all.clone(), &|key| unit.real(key) < 0.0);
    let mut from = zero;
    while from < all.end {
        let end = group_end(unit.real(keys.at(from)));
        let upto = keys.first_not(from..all.end, &|key| unit.real(key) < end);
        first_in(keys, from..upto, count, n_of(end, n), &mut found);
        from = upto;
    }
    let mut upto = zero;
    while upto > 0 {
        let end = group_end(-unit.real(keys.at(upto - 1)));
        let from = keys.first_not(0..upto, &|key| -unit.real(key) >= end);
        last_in(keys, from..upto, count, n_of(end, n), &mut found);
        upto = from;
    }
    found
}

fn first_in(keys: &dyn InOrder, range: Range<usize>, count: u64, n: usize, found: &mut Vec<i64>) {
    let wanted = found.len().saturating_add(n);
    keys.longer_runs(range, count - 1, &mut |key, length| {
        if length == count {
            found.push(key);
        }
        (found.len() < wanted).then_some(count - 1)
    });
}

fn last_in(keys: &dyn InOrder, range: Range<usize>, count: u64, n: usize, found: &mut Vec<i64>) {
    let (mut n_left, mut upto) = (n, range.end);
    while upto > range.start && n_left > 0 {
        let middle = keys.at(upto.saturating_sub(WINDOW).max(range.start));
        let from = keys.first_not(range.start..upto, &|key| key < middle);
        let mut nearest = Vec::new();
        first_in(keys, from..upto, count, usize::MAX / 2, &mut nearest);
        found.extend(nearest.iter().rev().take(n_left));
        n_left = n_left.saturating_sub(nearest.len());
        upto = from;
    }
}

/// The first place at which both have the same.
fn first_equal<K: Copy + Eq>(a: &[K], b: &[K]) -> Option<usize> {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let pairs = a.chunks(BLOCK).zip(b.chunks(BLOCK));
    for (block, (a, b)) in pairs.enumerate() {
        let any = a.iter().zip(b).fold(false, |any, (a, b)| any | (a == b));
        if any {
            let inside = a.iter().zip(b).position(|(a, b)| a == b);
            return inside.map(|i| block * BLOCK + i);
        }
    }
    None
}

/// Where the run ends that the key at this place belongs to.
fn run_end<K: Copy + Ord>(keys: &[K], place: usize) -> usize {
    let key = keys[place];
    let (mut step, mut from) = (1, place);
    while keys.get(from + step) == Some(&key) {
        from += step;
        step *= 2;
    }
    let upto = (from + step).min(keys.len());
    from + keys[from..upto].partition_point(|k| *k == key)
}

/// The smallest number with more digits before the point than one that is not negative; infinite from 10^22 on, where
/// powers of ten are no longer exact.
pub(super) fn group_end(value: f64) -> f64 {
    let mut power = 10.0;
    for _ in 0..21 {
        if value < power {
            return power;
        }
        power *= 10.0;
    }
    f64::INFINITY
}

/// How many of a group are enough: all, where their numbers of digits differ.
fn n_of(end: f64, n: usize) -> usize {
    if end.is_finite() { n } else { usize::MAX / 2 }
}
