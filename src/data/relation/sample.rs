//! Samples of rows that depend on the number of rows alone: one row of each of equally long stretches, at a place that
//! a fixed mixing function chooses, so that neither an order nor a period of the data is favoured.

/// At most `max` of `n` rows, ascending; `None` if all are taken.
pub(super) fn sample(n: usize, max: usize) -> Option<Vec<usize>> {
    if n <= max || max == 0 {
        return None;
    }
    let edge = |i: usize| (i as u128 * n as u128 / max as u128) as usize;
    let rows = (0..max).map(|i| {
        let (from, to) = (edge(i), edge(i + 1));
        from + (mixed(i as u64) % (to - from).max(1) as u64) as usize
    });
    Some(rows.collect())
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
