//! All keys of a column in ascending order, each with how often it occurs, put together from chunks in whatever order
//! they came. What is read off them is left to `figures` and to the sketches.

use super::ascending::{Ascending, InOrder};
use super::packed::Packed;
use super::radix;

/// A range of keys up to this is counted densely however few keys there are.
const DENSE_ANYWAY: u64 = 1 << 10;

/// Keys in ascending order.
#[derive(Debug)]
pub(super) enum Sorted {
    /// How often `base`, `base + 1`, … occur.
    Dense { base: i64, counts: Vec<u32> },
    /// Keys less the base, ascending.
    Narrow { base: i64, offsets: Vec<u32> },
    /// Keys, ascending.
    Wide(Vec<i64>),
    /// Different keys, ascending, with how often each occurs.
    Pairs(Vec<(i64, u64)>),
}

impl Sorted {
    /// Puts chunks together.
    pub(super) fn of(parts: Vec<Packed>) -> Self {
        let Some((low, high)) = bounds(&parts) else {
            return Self::Pairs(Vec::new());
        };
        let span = high.abs_diff(low);
        let n_keys: usize = parts.iter().map(n_plain).sum();
        let n_pairs: usize = parts.iter().map(n_counted).sum();
        let n_values: u64 = parts.iter().map(n_values).sum();
        let is_dense = span < DENSE_ANYWAY.max((n_keys as u64).saturating_add(n_pairs as u64) * 2);
        if is_dense && n_values <= u64::from(u32::MAX) {
            return dense(&parts, low, span as usize + 1);
        }
        if n_pairs == 0 {
            return plain(parts, n_keys, low, span);
        }
        let mut pairs = Vec::with_capacity(n_pairs);
        let mut rest = Vec::new();
        for part in parts {
            match part {
                Packed::Counted(counted) => pairs.extend(counted),
                other => rest.push(other),
            }
        }
        plain(rest, n_keys, low, span).each_run(|key, count| pairs.push((key, count)));
        Self::Pairs(merged(pairs))
    }

    /// Calls back with each different key and how often it occurs, ascending.
    pub(super) fn each_run(&self, mut each: impl FnMut(i64, u64)) {
        match self {
            Self::Dense { base, counts } => {
                for (offset, count) in counts.iter().enumerate() {
                    if *count > 0 {
                        each(base.wrapping_add(offset as i64), u64::from(*count));
                    }
                }
            }
            Self::Narrow { base, offsets } => runs(offsets, |offset, count| {
                each(base.wrapping_add(i64::from(offset)), count);
            }),
            Self::Wide(keys) => runs(keys, each),
            Self::Pairs(pairs) => {
                for (key, count) in pairs {
                    each(*key, *count);
                }
            }
        }
    }

    /// The keys themselves, where they lie in memory one by one.
    pub(super) fn in_order(&self) -> Option<Box<dyn InOrder + '_>> {
        match self {
            Self::Narrow { base, offsets } => Some(Box::new(Ascending {
                base: *base,
                keys: offsets,
            })),
            Self::Wide(keys) => Some(Box::new(Ascending { base: 0, keys })),
            Self::Dense { .. } | Self::Pairs(_) => None,
        }
    }

    /// Number of values, and the smallest and the largest key.
    pub(super) fn extent(&self) -> Option<(u64, (i64, i64))> {
        if let Some(keys) = self.in_order() {
            let last = keys.len().checked_sub(1)?;
            return Some((keys.len() as u64, (keys.at(0), keys.at(last))));
        }
        let mut extent = None;
        self.each_run(|key, count| {
            let (n, (low, _)) = extent.unwrap_or((0, (key, key)));
            extent = Some((n + count, (low, key)));
        });
        extent
    }

    /// Different keys with their counts.
    pub(super) fn into_pairs(self) -> Vec<(i64, u64)> {
        if let Self::Pairs(pairs) = self {
            return pairs;
        }
        let mut pairs = Vec::with_capacity(self.n_distinct());
        self.each_run(|key, count| pairs.push((key, count)));
        pairs
    }

    /// Number of different keys.
    pub(super) fn n_distinct(&self) -> usize {
        if let Some(keys) = self.in_order() {
            return keys.n_distinct() as usize;
        }
        let mut n = 0;
        self.each_run(|_, _| n += 1);
        n
    }
}

fn runs<K: Copy + PartialEq>(sorted: &[K], mut each: impl FnMut(K, u64)) {
    let Some(mut key) = sorted.first().copied() else {
        return;
    };
    let mut from = 0;
    for (i, next) in sorted.iter().enumerate() {
        if *next != key {
            each(key, (i - from) as u64);
            key = *next;
            from = i;
        }
    }
    each(key, (sorted.len() - from) as u64);
}

/// Sorts pairs by key and adds up those of the same key.
fn merged(mut pairs: Vec<(i64, u64)>) -> Vec<(i64, u64)> {
    pairs.sort_unstable_by_key(|p| p.0);
    pairs.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    pairs
}

fn dense(parts: &[Packed], low: i64, n: usize) -> Sorted {
    let mut counts = vec![0_u32; n];
    for part in parts {
        match part {
            Packed::Counted(pairs) => {
                for (key, count) in pairs {
                    // The caller made sure that all values together fit.
                    counts[key.wrapping_sub(low) as usize] += *count as u32;
                }
            }
            Packed::Narrow { base, offsets } => {
                let shift = base.wrapping_sub(low) as usize;
                let counts = &mut counts[shift..];
                for offset in offsets {
                    counts[*offset as usize] += 1;
                }
            }
            Packed::Wide(keys) => {
                for key in keys {
                    counts[key.wrapping_sub(low) as usize] += 1;
                }
            }
        }
    }
    Sorted::Dense { base: low, counts }
}

/// Sorts the plain keys; each chunk is freed as soon as it is copied.
fn plain(parts: Vec<Packed>, n_keys: usize, low: i64, span: u64) -> Sorted {
    if span <= u64::from(u32::MAX) {
        let mut all = Vec::with_capacity(n_keys);
        for part in parts {
            match part {
                Packed::Narrow { base, offsets } => {
                    let shift = base.wrapping_sub(low) as u32;
                    all.extend(offsets.iter().map(|o| shift + o));
                }
                Packed::Wide(keys) => {
                    all.extend(keys.iter().map(|k| k.wrapping_sub(low) as u32));
                }
                Packed::Counted(_) => {}
            }
        }
        return Sorted::Narrow {
            base: low,
            offsets: radix::sort_narrow(all),
        };
    }
    let mut all = Vec::with_capacity(n_keys);
    for part in parts {
        match part {
            Packed::Narrow { base, offsets } => {
                all.extend(offsets.iter().map(|o| base.wrapping_add(i64::from(*o))));
            }
            Packed::Wide(keys) => all.extend(keys),
            Packed::Counted(_) => {}
        }
    }
    Sorted::Wide(radix::sort_wide(all))
}

fn bounds(parts: &[Packed]) -> Option<(i64, i64)> {
    let mut all = None;
    for part in parts {
        let own = match part {
            Packed::Counted(pairs) => pairs.first().zip(pairs.last()).map(|(a, b)| (a.0, b.0)),
            Packed::Narrow { base, offsets } => {
                let low = offsets.iter().min().zip(offsets.iter().max());
                low.map(|(a, b)| (base + i64::from(*a), base + i64::from(*b)))
            }
            Packed::Wide(keys) => super::packed::bounds(keys),
        };
        all = match (all, own) {
            (Some((a, b)), Some((c, d))) => Some((std::cmp::min(a, c), std::cmp::max(b, d))),
            (a, b) => a.or(b),
        };
    }
    all
}

fn n_plain(part: &Packed) -> usize {
    match part {
        Packed::Counted(_) => 0,
        Packed::Narrow { offsets, .. } => offsets.len(),
        Packed::Wide(keys) => keys.len(),
    }
}

fn n_counted(part: &Packed) -> usize {
    match part {
        Packed::Counted(pairs) => pairs.len(),
        Packed::Narrow { .. } | Packed::Wide(_) => 0,
    }
}

fn n_values(part: &Packed) -> u64 {
    match part {
        Packed::Counted(pairs) => pairs.iter().map(|p| p.1).sum(),
        other => n_plain(other) as u64,
    }
}
