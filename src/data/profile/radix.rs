//! Sorting many keys in time linear in their number, digit by digit of eleven bits, lowest digit first.

const DIGIT_BITS: u32 = 11;
const N_BUCKETS: usize = 1 << DIGIT_BITS;
/// Fewer keys are sorted by comparison.
const FEW: usize = 4096;
/// With more digits than this, comparing is as fast.
const MAX_DIGITS: u32 = 4;

/// Sorts keys of 32 bits.
pub(super) fn sort_narrow(keys: Vec<u32>) -> Vec<u32> {
    sort(keys, u64::from)
}

/// Sorts keys of 64 bits.
pub(super) fn sort_wide(keys: Vec<i64>) -> Vec<i64> {
    let Some(low) = keys.iter().min().copied() else {
        return keys;
    };
    sort(keys, |key| key.wrapping_sub(low) as u64)
}

fn sort<K: Copy + Ord + Default>(mut keys: Vec<K>, rank: impl Fn(K) -> u64) -> Vec<K> {
    let largest = keys.iter().copied().max().map_or(0, &rank);
    let n_digits = (u64::BITS - largest.leading_zeros()).div_ceil(DIGIT_BITS);
    if keys.len() < FEW || n_digits > MAX_DIGITS || u32::try_from(keys.len()).is_err() {
        keys.sort_unstable();
        return keys;
    }
    let digit_of =
        |key: K, digit: u32| (rank(key) >> (digit * DIGIT_BITS)) as usize & (N_BUCKETS - 1);
    let mut all_places = vec![[0_u32; N_BUCKETS]; n_digits as usize];
    for key in &keys {
        for (digit, places) in (0..).zip(&mut all_places) {
            places[digit_of(*key, digit)] += 1;
        }
    }
    let mut other = vec![K::default(); keys.len()];
    for (digit, mut places) in (0..).zip(all_places) {
        let mut from = 0;
        for place in &mut places {
            from += std::mem::replace(place, from);
        }
        for key in &keys {
            let place = &mut places[digit_of(*key, digit)];
            other[*place as usize] = *key;
            *place += 1;
        }
        std::mem::swap(&mut keys, &mut other);
    }
    keys
}
