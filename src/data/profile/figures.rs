//! Figures that are read off all keys of a column in ascending order: exact quantiles, histogram, number of different
//! values and the most frequent ones. Gathering the keys is left to `numbers`.

use super::ascending::{InOrder, first_of_count, group_end};
use super::sorted::Sorted;
use super::top::Top;
use super::unit::Unit;
use crate::domain::statistics::{HistogramBin, Quantile, TopValue};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

/// Probabilities of the quantiles.
pub(super) const PROBABILITIES: [f64; 9] = [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0];

/// Quantiles of `n` values by linear interpolation (Hyndman and Fan 1996, type 7).
pub(super) fn quantiles(sorted: &Sorted, unit: Unit, n: u64) -> Vec<Quantile> {
    let Some(last) = n.checked_sub(1) else {
        return Vec::new();
    };
    let places: Vec<(f64, u64)> = PROBABILITIES
        .iter()
        .map(|p| {
            let position = p * last as f64;
            let index = (position.floor() as u64).min(last);
            (position - index as f64, index)
        })
        .collect();
    let mut wanted: Vec<u64> = places
        .iter()
        .flat_map(|(_, index)| [*index, (index + 1).min(last)])
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let found: BTreeMap<u64, f64> = match sorted.in_order() {
        Some(keys) => {
            let found = |rank: &u64| (*rank, unit.real(keys.at(*rank as usize)));
            wanted.iter().map(found).collect()
        }
        None => at_ranks(sorted, unit, &wanted),
    };
    let at = |index: u64| found.get(&index).copied().unwrap_or(f64::NAN);
    places
        .iter()
        .zip(PROBABILITIES)
        .map(|((t, index), p)| {
            let (low, high) = (at(*index), at((index + 1).min(last)));
            let value = if (high - low).is_finite() {
                low + (high - low) * t
            } else {
                low * (1.0 - t) + high * t
            };
            Quantile { p, value }
        })
        .collect()
}

/// The values at ascending ranks, counted from 0.
fn at_ranks(sorted: &Sorted, unit: Unit, ranks: &[u64]) -> BTreeMap<u64, f64> {
    let mut found = BTreeMap::new();
    let (mut upto, mut next) = (0, 0);
    sorted.each_run(|key, count| {
        upto += count;
        while next < ranks.len() && ranks[next] < upto {
            found.insert(ranks[next], unit.real(key));
            next += 1;
        }
    });
    found
}

/// Exact counts between edges: `low <= x < high`, the last bin closed on both sides.
pub(super) fn histogram(sorted: &Sorted, unit: Unit, edges: &[f64]) -> Vec<HistogramBin> {
    let mut bins: Vec<HistogramBin> = edges
        .windows(2)
        .map(|pair| HistogramBin {
            low: pair[0],
            high: pair[1],
            count: 0,
        })
        .collect();
    let Some(last) = bins.len().checked_sub(1) else {
        return bins;
    };
    if let Some(keys) = sorted.in_order() {
        let mut from = 0;
        for (number, bin) in bins.iter_mut().enumerate() {
            let upto = match number == last {
                true => keys.len(),
                false => keys.first_not(from..keys.len(), &|key| unit.real(key) < bin.high),
            };
            bin.count = (upto - from) as u64;
            from = upto;
        }
        return bins;
    }
    let mut at = 0;
    sorted.each_run(|key, count| {
        let value = unit.real(key);
        while at < last && value >= bins[at].high {
            at += 1;
        }
        bins[at].count += count;
    });
    bins
}

/// The most frequent values. `write` makes the text of a key; `others` are values beside the keys (infinities).
pub(super) struct Frequent<'a> {
    pub(super) n_top: u32,
    /// Whether the texts of ascending keys ascend, as those of days do; those of numbers do not.
    pub(super) texts_ascend: bool,
    pub(super) write: &'a dyn Fn(&mut String, i64),
    pub(super) others: &'a [(&'a str, u64)],
}

impl Frequent<'_> {
    /// The number of different keys, and the most frequent values, ties in byte order of their texts. Only values that
    /// may be listed get a text, however many are equally frequent.
    pub(super) fn of(&self, sorted: &Sorted, unit: Unit) -> (u64, Vec<TopValue>) {
        let mut top = Top::new(self.n_top);
        let mut n_distinct = match sorted.in_order() {
            Some(keys) => self.in_order(keys.as_ref(), unit, &mut top),
            None => self.by_runs(sorted, unit, &mut top),
        };
        for (text, count) in self.others {
            if *count > 0 {
                n_distinct += 1;
                top.offer(*count, |t| t.push_str(text));
            }
        }
        (n_distinct, top.into_values())
    }

    fn in_order(&self, keys: &dyn InOrder, unit: Unit, top: &mut Top) -> u64 {
        let all = 0..keys.len();
        let mut largest = Largest::new(self.n_top as usize);
        keys.longer_runs(all.clone(), 0, &mut |_, count| {
            largest.offer(count);
            Some(largest.threshold)
        });
        let threshold = largest.threshold;
        keys.longer_runs(all, threshold, &mut |key, count| {
            top.offer(count, |text| (self.write)(text, key));
            Some(threshold)
        });
        if threshold > 0 {
            let n = self.n_top as usize;
            for key in first_of_count(keys, threshold, n, unit, self.texts_ascend) {
                top.offer(threshold, |text| (self.write)(text, key));
            }
        }
        keys.n_distinct()
    }

    fn by_runs(&self, sorted: &Sorted, unit: Unit, top: &mut Top) -> u64 {
        let mut n_distinct = 0;
        let mut largest = Largest::new(self.n_top as usize);
        sorted.each_run(|_, count| {
            n_distinct += 1;
            largest.offer(count);
        });
        let threshold = largest.threshold;
        let mut ties = Ties::new(self.n_top as usize, self.texts_ascend);
        sorted.each_run(|key, count| {
            if count > threshold {
                top.offer(count, |text| (self.write)(text, key));
            } else if count == threshold {
                ties.offer(key, unit);
            }
        });
        for key in ties.into_keys() {
            top.offer(threshold, |text| (self.write)(text, key));
        }
        n_distinct
    }
}

/// The largest counts.
struct Largest {
    capacity: usize,
    counts: BinaryHeap<Reverse<u64>>,
    /// The least of them, once there are enough; 0 before.
    threshold: u64,
}

impl Largest {
    fn new(capacity: usize) -> Self {
        Self {
            capacity,
            counts: BinaryHeap::with_capacity(capacity + 1),
            threshold: 0,
        }
    }

    #[inline(always)]
    fn offer(&mut self, count: u64) {
        if count <= self.threshold {
            return;
        }
        self.counts.push(Reverse(count));
        if self.counts.len() > self.capacity {
            self.counts.pop();
        }
        if self.counts.len() == self.capacity {
            self.threshold = self.counts.peek().map_or(0, |c| c.0);
        }
    }
}

/// Of equally frequent keys, offered ascending, those whose texts may be among the first. Numbers with the same sign and
/// number of digits before the point have texts that sort like their magnitudes: of each such group the smallest
/// magnitudes are enough.
struct Ties {
    capacity: usize,
    texts_ascend: bool,
    /// Values from here on belong to the next group.
    group_end: f64,
    group: Vec<i64>,
    below_zero: BTreeMap<usize, VecDeque<i64>>,
    found: Vec<i64>,
}

impl Ties {
    fn new(capacity: usize, texts_ascend: bool) -> Self {
        Self {
            capacity,
            texts_ascend,
            group_end: 0.0,
            group: Vec::new(),
            below_zero: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    fn offer(&mut self, key: i64, unit: Unit) {
        if self.texts_ascend {
            if self.found.len() < self.capacity {
                self.found.push(key);
            }
            return;
        }
        let value = unit.real(key);
        if value < 0.0 {
            let nearest = self.below_zero.entry(n_digits(-value)).or_default();
            nearest.push_back(key);
            if nearest.len() > self.capacity {
                nearest.pop_front();
            }
            return;
        }
        if value >= self.group_end {
            self.found.append(&mut self.group);
            // Beyond the exact powers of ten each number is a group of its own.
            self.group_end = Some(group_end(value))
                .filter(|end| end.is_finite())
                .unwrap_or(value);
        }
        if self.group.len() < self.capacity {
            self.group.push(key);
        }
    }

    fn into_keys(mut self) -> Vec<i64> {
        self.found.append(&mut self.group);
        self.found.extend(self.below_zero.into_values().flatten());
        self.found
    }
}

/// Digits before the point of a number that is not negative.
fn n_digits(value: f64) -> usize {
    let (mut n, mut power) = (1, 10.0);
    while n < 22 && value >= power {
        n += 1;
        power *= 10.0;
    }
    if value < power {
        n
    } else {
        // From 10^22 on powers of ten are no longer exact.
        format!("{:.0}", value.trunc()).len()
    }
}
