//! The most frequent values of which only the most frequent so far are kept (a batched form of Misra and Gries 1982, whose
//! summaries merge by addition: Agarwal et al. 2012). What a value may have lost by being dropped for a while is known.

use std::borrow::Borrow;
use std::collections::BTreeMap;

/// Values kept after merging.
const KEPT: usize = 4096;

/// Frequent values with counts that may be too small by [`FrequentSketch::lost`], never too large.
#[derive(Debug, Clone)]
pub(in crate::data::profile) struct FrequentSketch<K> {
    counts: BTreeMap<K, u64>,
    lost: u64,
}

impl<K: Ord + Clone> FrequentSketch<K> {
    pub(in crate::data::profile) fn new() -> Self {
        Self {
            counts: BTreeMap::new(),
            lost: 0,
        }
    }

    pub(in crate::data::profile) fn merge(&mut self, other: Self) {
        self.lost += other.lost;
        for (key, count) in other.counts {
            *self.counts.entry(key).or_insert(0) += count;
        }
        if self.counts.len() > 2 * KEPT {
            let counts = std::mem::take(&mut self.counts);
            let (kept, lost) = most_frequent(counts.into_iter().map(|(k, n)| (n, k)).collect());
            self.counts = kept.into_iter().map(|(n, k)| (k, n)).collect();
            self.lost += lost;
        }
    }

    /// By how much a count may be too small, also that of a value that is not listed.
    pub(in crate::data::profile) fn lost(&self) -> u64 {
        self.lost
    }

    pub(in crate::data::profile) fn iter(&self) -> impl Iterator<Item = (&K, u64)> {
        self.counts.iter().map(|(key, count)| (key, *count))
    }
}

/// Picks the most frequent of different values, of which it never holds many.
#[derive(Debug)]
pub(in crate::data::profile) struct FrequentPicker<K> {
    values: Vec<(u64, K)>,
    /// The least of the most frequent: rarer values, and equally frequent ones behind it, cannot be among them any more.
    floor: Option<(u64, K)>,
    lost: u64,
}

impl<K: Ord + Clone> FrequentPicker<K> {
    pub(in crate::data::profile) fn new() -> Self {
        Self {
            values: Vec::new(),
            floor: None,
            lost: 0,
        }
    }

    /// Offers a value with its count. Which of equally frequent values stay depends on the values alone.
    pub(in crate::data::profile) fn offer<Q>(&mut self, count: u64, key: &Q)
    where
        K: Borrow<Q>,
        Q: Ord + ToOwned<Owned = K> + ?Sized,
    {
        if let Some((least, last)) = &self.floor
            && (count < *least || (count == *least && key >= last.borrow()))
        {
            self.lost = self.lost.max(count);
            return;
        }
        self.values.push((count, key.to_owned()));
        if self.values.len() > 2 * KEPT {
            self.prune();
        }
    }

    fn prune(&mut self) {
        let (kept, lost) = most_frequent(std::mem::take(&mut self.values));
        let least = kept.iter().map(|v| v.0).min();
        self.floor = least.and_then(|least| {
            let equal = kept.iter().filter(|v| v.0 == least);
            equal.max_by(|a, b| a.1.cmp(&b.1)).cloned()
        });
        self.lost = self.lost.max(lost);
        self.values = kept;
    }

    pub(in crate::data::profile) fn into_sketch(mut self) -> FrequentSketch<K> {
        if self.values.len() > KEPT {
            self.prune();
        }
        FrequentSketch {
            counts: self.values.into_iter().map(|(n, k)| (k, n)).collect(),
            lost: self.lost,
        }
    }
}

/// The most frequent values, and the count of the most frequent one that had to go.
fn most_frequent<K: Ord>(mut values: Vec<(u64, K)>) -> (Vec<(u64, K)>, u64) {
    if values.len() <= KEPT {
        return (values, 0);
    }
    let by_count = |a: &(u64, K), b: &(u64, K)| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1));
    let (_, first_to_go, _) = values.select_nth_unstable_by(KEPT, by_count);
    let lost = first_to_go.0;
    values.truncate(KEPT);
    (values, lost)
}
