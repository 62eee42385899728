//! Single facts about a column in memory, each looked up in its rows alone: for whoever needs a few of them and not the
//! whole profile. They are those of the profile, to the bit. None starts work on other threads, so that a lock may be held
//! meanwhile.

use super::table_source::CHUNK_ROWS;
use crate::domain::statistics::MAX_LISTED_VALUES;
use arrow::array::{
    Array, ArrowPrimitiveType, Float64Array, Int64Array, PrimitiveArray, StringArray,
};
use arrow::buffer::NullBuffer;
use std::collections::BTreeSet;

/// What a column of real numbers holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberRange {
    /// Smallest and largest finite value.
    pub extremes: Option<(f64, f64)>,
    /// Values that are NaN.
    pub n_nan: u64,
    /// Values that are infinite.
    pub n_infinite: u64,
}

/// Values that are compared beside each other, so that the loops are compiled to vectors.
const LANES: usize = 8;

/// Smallest and largest whole number, or moment in milliseconds since 1970; `None` without a value.
#[must_use]
pub fn whole_range<T>(array: &PrimitiveArray<T>) -> Option<(i64, i64)>
where
    T: ArrowPrimitiveType<Native = i64>,
{
    let (mut low, mut high) = ([i64::MAX; LANES], [i64::MIN; LANES]);
    each_lanes(array.values(), array.nulls(), |values, mask| {
        for j in 0..LANES {
            let (a, b) = if is_set(mask, j) {
                (values[j], values[j])
            } else {
                (i64::MAX, i64::MIN)
            };
            low[j] = low[j].min(a);
            high[j] = high[j].max(b);
        }
    });
    let found = low.into_iter().min().zip(high.into_iter().max());
    found.filter(|_| array.null_count() < array.len())
}

/// Whether every value is there and above the one before.
#[must_use]
pub fn is_strictly_increasing(array: &Int64Array) -> bool {
    array.null_count() == 0 && array.values().windows(2).all(|pair| pair[0] < pair[1])
}

/// Smallest and largest finite number, where a negative zero counts as zero, and how many are not finite.
#[must_use]
pub fn number_range(array: &Float64Array) -> NumberRange {
    let (mut low, mut high) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let mut n_not_finite = [0_u64; LANES];
    each_lanes(array.values(), array.nulls(), |values, mask| {
        for j in 0..LANES {
            let value = values[j];
            let is_finite = value.abs() < f64::INFINITY;
            // What is not finite, or not there, is no limit.
            let (a, b) = if is_set(mask, j) & is_finite {
                (value, value)
            } else {
                (f64::INFINITY, f64::NEG_INFINITY)
            };
            low[j] = if a < low[j] { a } else { low[j] };
            high[j] = if b > high[j] { b } else { high[j] };
            n_not_finite[j] += u64::from(is_set(mask, j) & !is_finite);
        }
    });
    let low = low.into_iter().fold(f64::INFINITY, f64::min);
    let high = high.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let n_not_finite: u64 = n_not_finite.into_iter().sum();
    let n_nan = match n_not_finite {
        0 => 0,
        _ => array.iter().flatten().filter(|v| v.is_nan()).count() as u64,
    };
    NumberRange {
        extremes: (low <= high).then_some((low + 0.0, high + 0.0)),
        n_nan,
        n_infinite: n_not_finite - n_nan,
    }
}

#[inline(always)]
fn is_set(mask: u8, j: usize) -> bool {
    mask >> j & 1 == 1
}

/// Calls back with some values at a time and a mask of those that are there.
#[inline(always)]
fn each_lanes<T: Copy + Default>(
    values: &[T],
    nulls: Option<&NullBuffer>,
    mut take: impl FnMut(&[T; LANES], u8),
) {
    let (whole, rest) = values.as_chunks::<LANES>();
    let mut last = [T::default(); LANES];
    last[..rest.len()].copy_from_slice(rest);
    let Some(nulls) = nulls else {
        whole.iter().for_each(|values| take(values, u8::MAX));
        take(&last, !(u8::MAX << rest.len()));
        return;
    };
    // 64 bits are the masks of eight times eight values; behind the last value they are 0.
    let words = nulls.inner().bit_chunks();
    let masks = words.iter_padded().flat_map(u64::to_le_bytes);
    let mut masks = masks.chain([0]);
    for (values, mask) in whole.iter().zip(&mut masks) {
        take(values, mask);
    }
    take(&last, masks.next().unwrap_or(0));
}

/// Bytes of a beginning.
const N_FIRST: usize = 16;

/// The first bytes of a text as a number (a shorter text counts as followed by zeros), and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Beginning {
    bytes: u128,
    length: usize,
}

impl Beginning {
    /// Of the bytes `from..to`.
    #[inline(always)]
    fn of(all: &[u8], from: usize, to: usize) -> Self {
        let length = to - from;
        let bytes = match all[from..].first_chunk::<N_FIRST>() {
            Some(first) => u128::from_le_bytes(*first),
            None => {
                let mut first = [0; N_FIRST];
                let rest = &all[from..];
                first[..rest.len()].copy_from_slice(rest);
                u128::from_le_bytes(first)
            }
        };
        let behind = match length {
            0..N_FIRST => u128::MAX << (8 * length),
            _ => 0,
        };
        Self {
            bytes: bytes & !behind,
            length,
        }
    }

    /// Whether it is the whole text.
    #[inline(always)]
    fn is_whole(self) -> bool {
        self.length <= N_FIRST
    }
}

/// Calls back with the row and the place of each text.
#[inline(always)]
fn each_text(array: &StringArray, mut take: impl FnMut(usize, usize, usize)) {
    // Offsets of arrow arrays ascend and are not negative.
    let places = array.value_offsets().windows(2).enumerate();
    let mut take = |row: usize, pair: &[i32]| take(row, pair[0] as usize, pair[1] as usize);
    match array.nulls() {
        None => places.for_each(|(row, pair)| take(row, pair)),
        Some(nulls) => places
            .zip(nulls)
            .filter(|(_, is_valid)| *is_valid)
            .for_each(|((row, pair), _)| take(row, pair)),
    }
}

/// Fewest and most characters of a text; `None` without a text.
#[must_use]
pub fn lengths(array: &StringArray) -> Option<(u64, u64)> {
    if array.null_count() == array.len() {
        return None;
    }
    let offsets = array.value_offsets();
    let (first, last) = (offsets[0] as usize, offsets[array.len()] as usize);
    let is_ascii = array.values()[first..last].is_ascii();
    if is_ascii && array.null_count() == 0 {
        let sizes = || offsets[1..].iter().zip(offsets).map(|(to, from)| to - from);
        return sizes()
            .min()
            .zip(sizes().max())
            .map(|(a, b)| (a as u64, b as u64));
    }
    let (mut shortest, mut longest) = (u64::MAX, 0);
    each_text(array, |row, from, to| {
        let mut n = (to - from) as u64;
        if !is_ascii {
            if n <= longest && n.div_ceil(MOST_BYTES) >= shortest {
                return;
            }
            n = array.value(row).chars().count() as u64;
        }
        shortest = shortest.min(n);
        longest = longest.max(n);
    });
    Some((shortest, longest))
}

/// Of a character in UTF-8.
const MOST_BYTES: u64 = 4;

/// Texts that were seen last, by some bits of their hashes; most rows of a column with few different texts are among them.
const N_SEEN: usize = 1 << 10;

/// A number whose products are well mixed: the golden ratio.
const MIXER: u64 = 0x9e37_79b9_7f4a_7c15;

/// All different texts in the order of their bytes, if there are at most [`MAX_LISTED_VALUES`].
#[must_use]
pub fn listed_values(array: &StringArray) -> Option<Vec<String>> {
    let mut different: BTreeSet<&str> = BTreeSet::new();
    let mut seen: Vec<Option<(Beginning, &str)>> = vec![None; N_SEEN];
    let all = array.values().as_slice();
    for first in (0..array.len()).step_by(CHUNK_ROWS) {
        let run = array.slice(first, CHUNK_ROWS.min(array.len() - first));
        each_text(&run, |row, from, to| {
            let own = Beginning::of(all, from, to);
            let halves = (own.bytes >> 64) as u64 ^ (own.bytes as u64).rotate_left(29);
            let mixed = (halves ^ own.length as u64).wrapping_mul(MIXER);
            let known = &mut seen[(mixed >> 54) as usize % N_SEEN];
            let is_known = known.is_some_and(|(begun, text)| {
                begun == own && (own.is_whole() || text.as_bytes() == &all[from..to])
            });
            if !is_known {
                let text = array.value(first + row);
                *known = Some((own, text));
                if different.len() as u64 <= MAX_LISTED_VALUES {
                    different.insert(text);
                }
            }
        });
        if different.len() as u64 > MAX_LISTED_VALUES {
            return None;
        }
    }
    Some(different.into_iter().map(str::to_owned).collect())
}
