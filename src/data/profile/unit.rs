//! What the whole numbers that stand for the values of a column mean. Every number, day and moment is held as an `i64`
//! key that sorts like the value; how keys are packed and counted is left to `packed` and `sorted`.

/// The powers of ten that a real number holds exactly, as far as decimals are recognised.
pub(super) const POWERS: [f64; MAX_DECIMALS as usize + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/// Real numbers with at most so many digits behind the point are held as whole numbers.
pub(super) const MAX_DECIMALS: u8 = 9;

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// The value itself: whole numbers, days, milliseconds.
    Whole,
    /// The value by a thousand: moments without fractions of a second.
    Thousands,
    /// A real number times ten to this power. Dividing gives back the very same real number, because a quotient of two
    /// exact numbers is rounded as the decimal text is.
    Decimal(u8),
    /// The bits of a real number, turned so that they sort like it.
    Bits,
}

impl Unit {
    /// The real number that a key stands for.
    pub(super) fn real(self, key: i64) -> f64 {
        match self {
            Self::Whole => key as f64,
            Self::Thousands => (key * 1000) as f64,
            Self::Decimal(digits) => key as f64 / POWERS[usize::from(digits)],
            Self::Bits => real_of_bits(key),
        }
    }

    /// The same key whatever the unit of real numbers: whole numbers as they are, real numbers as bits.
    pub(super) fn canonical(self, key: i64) -> i64 {
        match self {
            Self::Whole | Self::Bits => key,
            Self::Thousands => key * 1000,
            Self::Decimal(_) => bits_of_real(self.real(key)),
        }
    }
}

/// Bits of a real number as a key that sorts like it.
pub(super) fn bits_of_real(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// The real number of such a key.
pub(super) fn real_of_bits(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}

/// Added and taken off again, it rounds a real number below 2^51 to a whole one.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// Larger products are not rounded so.
const MAX_SCALED: f64 = 2_251_799_813_685_248.0;
/// Values that are looked at to guess the number of decimals.
const N_LOOKED_AT: usize = 64;
/// Values between two looks at whether the guess still holds.
const BLOCK: usize = 1024;

/// The keys of finite real numbers (without negative zeros), as decimals if all are, else as bits. They depend on the
/// values alone.
pub(super) fn keys_of_reals(values: &[f64]) -> (Unit, Vec<i64>) {
    let mut keys = Vec::with_capacity(values.len());
    let head = &values[..values.len().min(N_LOOKED_AT)];
    for digits in 0..=MAX_DECIMALS {
        if !decimals(head, digits, &mut keys) {
            continue;
        }
        if decimals(values, digits, &mut keys) {
            return (Unit::Decimal(digits), keys);
        }
    }
    keys.clear();
    keys.extend(values.iter().map(|v| bits_of_real(*v)));
    (Unit::Bits, keys)
}

/// Whether all values have at most so many decimals; their keys are left in `keys`.
fn decimals(values: &[f64], digits: u8, keys: &mut Vec<i64>) -> bool {
    let power = POWERS[usize::from(digits)];
    keys.clear();
    for block in values.chunks(BLOCK) {
        let mut all = true;
        for value in block {
            let scaled = value * power;
            let rounded = (scaled + ROUNDER) - ROUNDER;
            all &= (rounded / power == *value) & (scaled.abs() < MAX_SCALED);
        }
        if !all {
            return false;
        }
        keys.extend(
            block
                .iter()
                .map(|value| ((value * power + ROUNDER) - ROUNDER) as i64),
        );
    }
    true
}
