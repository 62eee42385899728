//! The best slices found so far, for several threads.

use super::score::Sums;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// A slice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) score: f64,
    /// Its codes, ascending.
    pub(super) codes: Vec<u32>,
    pub(super) sums: Sums,
}

/// Rounding of sums in another order.
const SLACK: f64 = 1e-9;

pub(super) struct Best {
    n: usize,
    found: Mutex<Vec<Found>>,
    /// The bits of the score that a slice must reach: that of the last one, once there are enough.
    bar: AtomicU64,
}

impl Best {
    pub(super) fn new(n: usize) -> Self {
        Self {
            n,
            found: Mutex::new(Vec::new()),
            bar: AtomicU64::new(0.0_f64.to_bits()),
        }
    }

    /// Whether a slice of this score could be among them.
    pub(super) fn may_take(&self, score: f64) -> bool {
        let bar = f64::from_bits(self.bar.load(Ordering::Relaxed));
        score > 0.0 && score * (1.0 + SLACK) + SLACK >= bar
    }

    /// Takes a slice if it is one of the best; of equals the one with the smaller codes.
    pub(super) fn offer(&self, score: f64, codes: impl FnOnce() -> Vec<u32>, sums: Sums) {
        if self.n == 0 || !self.may_take(score) {
            return;
        }
        let Ok(mut found) = self.found.lock() else {
            return;
        };
        let own = Found {
            score,
            codes: codes(),
            sums,
        };
        let comes_before = |other: &Found| {
            let by_score = other.score.total_cmp(&own.score);
            by_score.then_with(|| own.codes.cmp(&other.codes)).is_gt()
        };
        let place = found.partition_point(comes_before);
        found.insert(place, own);
        found.truncate(self.n);
        if found.len() == self.n
            && let Some(last) = found.last()
        {
            self.bar.store(last.score.to_bits(), Ordering::Relaxed);
        }
    }

    /// Best first.
    pub(super) fn into_found(self) -> Vec<Found> {
        self.found.into_inner().unwrap_or_default()
    }
}
