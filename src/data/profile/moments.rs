//! Mean and sum of squared deviations of sorted values, numerically sound, and how those of several parts add up.

use super::sorted::Sorted;
use super::unit::{POWERS, Unit};

/// Below this range squares of whole deviations add up exactly in 128 bits.
const EXACT_SPAN: u64 = 1 << 40;

/// Number, mean and sum of squared deviations from the mean; the squares are those of deviations divided by `scale`,
/// because they could overflow otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moments {
    n: u64,
    mean: f64,
    squares: f64,
    scale: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self {
            n: 0,
            mean: 0.0,
            squares: 0.0,
            scale: 1.0,
        }
    }
}

impl Moments {
    /// Of all values of a column whose smallest and largest keys are known. Whole numbers and decimals are summed exactly
    /// in 128 bits, so the result does not depend on how the values were divided into chunks.
    pub(super) fn of(sorted: &Sorted, unit: Unit, bounds: (i64, i64)) -> Self {
        match unit {
            Unit::Whole => whole(sorted, bounds, |v| v),
            Unit::Thousands => whole(sorted, bounds, |v| v * 1000.0),
            Unit::Decimal(digits) => {
                let power = POWERS[usize::from(digits)];
                whole(sorted, bounds, |v| v / power)
            }
            Unit::Bits => reals(sorted, unit, bounds),
        }
    }

    /// Those of both parts together (Chan, Golub and LeVeque 1983).
    pub(super) fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            *self = *other;
            return;
        }
        let scale = self.scale.max(other.scale);
        let rescaled = |m: &Self| m.squares * (m.scale / scale) * (m.scale / scale);
        let (a, b) = (self.n as f64, other.n as f64);
        let share = b / (a + b);
        let difference = other.mean / scale - self.mean / scale;
        self.squares = rescaled(self) + rescaled(other) + difference * difference * a * share;
        self.mean = (self.mean / scale + difference * share) * scale;
        self.scale = scale;
        self.n += other.n;
    }

    /// The mean, where it is a number.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.n > 0 && self.mean.is_finite()).then_some(self.mean)
    }

    /// The standard deviation of the sample, where it is a number.
    pub(super) fn sd(&self) -> Option<f64> {
        let sd = (self.squares.max(0.0) / (self.n.max(2) - 1) as f64).sqrt() * self.scale;
        (self.n > 1 && sd.is_finite()).then_some(sd)
    }
}

/// Whole keys, and what makes values of them. Deviations are taken from the whole number below the mean, so that
/// neither large values nor a large offset lose digits.
fn whole(sorted: &Sorted, bounds: (i64, i64), value: impl Fn(f64) -> f64) -> Moments {
    let (n, sum) = sum_of(sorted);
    if n == 0 {
        return Moments::default();
    }
    let shift = sum.div_euclid(i128::from(n));
    let rest = sum.rem_euclid(i128::from(n)) as f64;
    let fraction = rest / n as f64;
    let squares = if bounds.1.abs_diff(bounds.0) < EXACT_SPAN {
        // The mean lies between the bounds, so the shift is a whole number of 64 bits and so are the deviations.
        squares_of(sorted, shift as i64) as f64 - rest * fraction
    } else {
        let mut squares = Sum::default();
        sorted.each_run(|key, count| {
            let deviation = (i128::from(key) - shift) as f64 - fraction;
            squares.add(deviation * deviation * count as f64);
        });
        squares.value()
    };
    Moments {
        n,
        mean: value(shift as f64 + fraction),
        squares: value(value(squares)),
        scale: 1.0,
    }
}

/// Number and sum of the keys.
fn sum_of(sorted: &Sorted) -> (u64, i128) {
    if let Sorted::Narrow { base, offsets } = sorted
        && u32::try_from(offsets.len()).is_ok()
    {
        let n = offsets.len() as u64;
        let above: u64 = offsets.iter().map(|offset| u64::from(*offset)).sum();
        return (n, i128::from(*base) * i128::from(n) + i128::from(above));
    }
    let (mut n, mut sum) = (0, 0);
    sorted.each_run(|key, count| {
        n += count;
        sum += i128::from(key) * i128::from(count);
    });
    (n, sum)
}

/// Sum of the squared distances of the keys, which span less than 2^40, from one between them.
fn squares_of(sorted: &Sorted, from: i64) -> u128 {
    if let Sorted::Narrow { base, offsets } = sorted
        && u32::try_from(offsets.len()).is_ok()
        && let Ok(from) = u32::try_from(from.wrapping_sub(*base))
    {
        // The halves of fewer than 2^32 squares below 2^64 add up in 64 bits.
        let (mut low, mut high) = (0_u64, 0_u64);
        for offset in offsets {
            let distance = u64::from(offset.abs_diff(from));
            let square = distance * distance;
            low += square & 0xffff_ffff;
            high += square >> 32;
        }
        return (u128::from(high) << 32) + u128::from(low);
    }
    let mut squares = 0;
    sorted.each_run(|key, count| {
        let distance = i128::from(key - from).unsigned_abs();
        squares += distance * distance * u128::from(count);
    });
    squares
}

/// Real numbers: compensated sums, two passes, scaled where squares would overflow.
fn reals(sorted: &Sorted, unit: Unit, bounds: (i64, i64)) -> Moments {
    let largest = unit.real(bounds.0).abs().max(unit.real(bounds.1).abs());
    let is_ordinary = largest == 0.0 || (1e-140..1e140).contains(&largest);
    let scale = if is_ordinary { 1.0 } else { largest };
    let (mut n, mut sum) = (0_u64, Sum::default());
    sorted.each_run(|key, count| {
        n += count;
        sum.add_times(unit.real(key) / scale, count);
    });
    if n == 0 {
        return Moments::default();
    }
    let mean = sum.value() / n as f64;
    let (mut squares, mut deviations) = (Sum::default(), Sum::default());
    sorted.each_run(|key, count| {
        let deviation = unit.real(key) / scale - mean;
        squares.add(deviation * deviation * count as f64);
        deviations.add(deviation * count as f64);
    });
    let correction = deviations.value() * deviations.value() / n as f64;
    Moments {
        n,
        mean: mean * scale,
        squares: squares.value() - correction,
        scale,
    }
}

/// A compensated sum (Neumaier 1974).
#[derive(Default)]
struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    fn add(&mut self, value: f64) {
        let total = self.sum + value;
        let back = total - self.sum;
        self.lost += (self.sum - (total - back)) + (value - back);
        self.sum = total;
    }

    /// Adds a value several times, with what the product loses (Dekker 1971), if both factors allow that.
    fn add_times(&mut self, value: f64, count: u64) {
        if count == 1 {
            return self.add(value);
        }
        let factor = count as f64;
        let product = value * factor;
        self.add(product);
        if value.abs() < 1e290 && value.abs() > 1e-250 {
            let split = |v: f64| {
                let t = v * 134_217_729.0;
                let high = t - (t - v);
                (high, v - high)
            };
            let ((a, b), (c, d)) = (split(value), split(factor));
            self.lost += ((a * c - product) + a * d + b * c) + b * d;
        }
    }

    fn value(&self) -> f64 {
        self.sum + self.lost
    }
}
