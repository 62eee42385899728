//! Random draws: some rows of many, an order of some things, a seed for each unit of work.

use crate::domain::ContentHash;
use rand::seq::SliceRandom;
use rand::{SeedableRng, seq::index};
use rand_xoshiro::Xoshiro256PlusPlus;

/// At most `max` of `n` rows, without repetition, ascending.
#[must_use]
pub fn drawn(n: usize, max: usize, seed: u64) -> Vec<usize> {
    if n <= max {
        return (0..n).collect();
    }
    let mut rows = index::sample(&mut generator(seed, "rows"), n, max).into_vec();
    rows.sort_unstable();
    rows
}

/// A random order of the numbers below `n`.
pub(super) fn order(n: usize, seed: u64, unit: &str) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(&mut generator(seed, unit));
    order
}

/// A generator of its own for a unit of work.
fn generator(seed: u64, unit: &str) -> Xoshiro256PlusPlus {
    let text = format!("{seed}\n{unit}");
    Xoshiro256PlusPlus::seed_from_u64(ContentHash::of_bytes(text.as_bytes()).seed())
}
