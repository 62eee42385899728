//! Summaries of a bounded size, for columns that do not fit into memory. Each knows how far off it may be, is merged in the
//! order of the chunks, and depends on nothing but the data.

mod distinct;
mod frequent;
mod quantiles;

pub(super) use distinct::DistinctSketch;
pub(super) use frequent::{FrequentPicker, FrequentSketch};
pub(super) use quantiles::{ChunkSample, QuantileSketch};

/// Spreads a whole number over 64 bits (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
pub(super) fn hash_of_key(key: i64) -> u64 {
    let mut x = (key as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
