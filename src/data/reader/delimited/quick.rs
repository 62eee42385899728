//! Reading numbers in their plainest form sixteen bytes at a time, without looking at one byte after the other. Whatever is
//! written otherwise is left to `reading`; what is read here is read there in the same way, to the bit.

/// Longest text that is read, in bytes, without its sign.
const LONGEST: usize = 16;
/// Most digits of a real number.
const MAX_DIGITS: usize = 15;

const ONES: u128 = 0x0101_0101_0101_0101_0101_0101_0101_0101;
const ZEROS: u128 = b'0' as u128 * ONES;
const POINTS: u128 = b'.' as u128 * ONES;

const POWERS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// A whole number: the text `from..to` of a longer one. At most sixteen digits, the first of them no zero unless it is
/// the only one.
#[inline(always)]
pub(super) fn integer(all: &[u8], from: usize, to: usize) -> Option<i64> {
    let (from, is_negative) = behind_sign(all, from, to);
    let n = to - from;
    if n == 0 || n > LONGEST || (n > 1 && all[from] == b'0') {
        return None;
    }
    let value = match (n <= 8, last_bytes(all, to)) {
        (true, Some(last)) => {
            let keep = u64::MAX << (64 - 8 * n);
            eight_digits((u64::from_le_bytes(last) & keep) | (ZEROS as u64 & !keep))?
        }
        _ => sixteen_digits(aligned(all, from, to))?,
    };
    // Without a branch, which would be guessed wrongly half of the time.
    let sign = -i64::from(is_negative);
    Some((value as i64 ^ sign) - sign)
}

/// A real number, and whether it has a point. At most fifteen digits: they as a whole number and the power of ten are both
/// exact, so that their quotient is the nearest number, as the standard library's is (Clinger, "How to read floating point
/// numbers accurately", 1990).
#[inline(always)]
pub(super) fn number(all: &[u8], from: usize, to: usize) -> Option<(f64, bool)> {
    let (from, is_negative) = behind_sign(all, from, to);
    let n = to - from;
    if n == 0 || n > LONGEST {
        return None;
    }
    let text = aligned(all, from, to);
    // The lowest byte that is a point has its highest bit set here, and none below it.
    let equal = text ^ POINTS;
    let points = equal.wrapping_sub(ONES) & !equal & (ONES << 7);
    let (mantissa, n_decimals) = if points == 0 {
        if n > MAX_DIGITS || (n > 1 && all[from] == b'0') {
            return None;
        }
        (sixteen_digits(text)?, 0)
    } else {
        if n == 1 {
            return None;
        }
        let place = (points.trailing_zeros() / 8) as usize & 15;
        let behind = text & !FIRST[place + 1];
        let digits = behind | ((text & FIRST[place]) << 8) | u128::from(b'0');
        (sixteen_digits(digits)?, 15 - place)
    };
    let value = mantissa as f64 / POWERS[n_decimals];
    let sign = u64::from(is_negative) << 63;
    Some((f64::from_bits(value.to_bits() | sign), points != 0))
}

#[inline(always)]
fn behind_sign(all: &[u8], from: usize, to: usize) -> (usize, bool) {
    let is_negative = from < to && all[from] == b'-';
    (from + usize::from(is_negative), is_negative)
}

/// Masks of the first bytes of sixteen.
const FIRST: [u128; LONGEST + 1] = {
    let mut masks = [0; LONGEST + 1];
    let mut n = 1;
    while n <= LONGEST {
        masks[n] = u128::MAX >> (8 * (LONGEST - n));
        n += 1;
    }
    masks
};

/// At most sixteen bytes, with zeros in front of them.
#[inline(always)]
fn aligned(all: &[u8], from: usize, to: usize) -> u128 {
    let before = LONGEST - (to - from);
    match last_bytes(all, to) {
        Some(last) => (u128::from_le_bytes(last) & !FIRST[before]) | (ZEROS & FIRST[before]),
        None => at_the_beginning(&all[from..to]),
    }
}

/// The bytes in front of a position.
#[inline(always)]
fn last_bytes<const N: usize>(all: &[u8], to: usize) -> Option<[u8; N]> {
    all.get(to.checked_sub(N)?..to)?.try_into().ok()
}

#[cold]
fn at_the_beginning(text: &[u8]) -> u128 {
    let mut bytes = [b'0'; LONGEST];
    bytes[LONGEST - text.len()..].copy_from_slice(text);
    u128::from_le_bytes(bytes)
}

#[inline(always)]
fn sixteen_digits(text: u128) -> Option<u64> {
    let (first, last) = (text as u64, (text >> 64) as u64);
    Some(eight_digits(first)? * 100_000_000 + eight_digits(last)?)
}

/// Eight digits in ASCII, the first in the lowest byte: pairs, then fours, then all are added up by multiplying.
#[inline(always)]
fn eight_digits(text: u64) -> Option<u64> {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const SIXES: u64 = 6 * ONES as u64;
    let are_digits =
        ((text & HIGH) | ((text.wrapping_add(SIXES) & HIGH) >> 4)) == 0x3333_3333_3333_3333;
    if !are_digits {
        return None;
    }
    let pairs = (text & 0x0f0f_0f0f_0f0f_0f0f).wrapping_mul(10 << 8 | 1) >> 8;
    let fours = (pairs & 0x00ff_00ff_00ff_00ff).wrapping_mul(100 << 16 | 1) >> 16;
    Some((fours & 0x0000_ffff_0000_ffff).wrapping_mul(10_000 << 32 | 1) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// Whatever is read here, is read as the standard library does, to the bit, wherever it stands; and what is left out
    /// is not what the module says that it reads.
    #[test]
    fn numbers_are_those_of_the_standard_library() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let (mut n_integers, mut n_numbers) = (0, 0);
        for _ in 0..400_000 {
            let n = random.gen_range(0..20);
            let mut text: String = (0..n)
                .map(|_| char::from(b"0123456789012345678901234567890./:"[random.gen_range(0..34)]))
                .collect();
            if random.gen_range(0..3) == 0 {
                text.insert(0, '-');
            }
            let front = "9.9".repeat(random.gen_range(0..2));
            let behind = "5.".repeat(random.gen_range(0..2) * 10);
            let all = format!("{front}{text}{behind}");
            let (from, to) = (front.len(), front.len() + text.len());
            let digits = text.trim_start_matches('-');
            let is_led_by_zero = digits.len() > 1 && digits.starts_with('0');
            let whole = integer(all.as_bytes(), from, to);
            let may_be_whole = digits.len() <= 16 && !is_led_by_zero;
            let is_whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            let expected = text.parse().ok().filter(|_: &i64| may_be_whole && is_whole);
            assert_eq!(whole, expected, "{text}");
            n_integers += usize::from(whole.is_some());

            let real = number(all.as_bytes(), from, to);
            let has_point = digits.contains('.');
            let may_be_real = digits.len() - usize::from(has_point) <= 15
                && (has_point || !is_led_by_zero)
                && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            let expected: Option<f64> = text.parse().ok().filter(|_| may_be_real);
            assert_eq!(
                real.map(|r| (r.0.to_bits(), r.1)),
                expected.map(|v| (v.to_bits(), has_point)),
                "{text}"
            );
            n_numbers += usize::from(real.is_some());
        }
        assert!(n_integers > 10_000 && n_numbers > 50_000);
    }
}
