//! How often each of `n` rows is drawn in `n` draws with replacement, row by row and not draw by draw: a third of the time,
//! as memory is written in its order.
//!
//! Independent Poisson(1) numbers are multinomial given their sum. What they are too few is drawn one by one, and what
//! they are too many is taken back one by one, each equally probable: both keep the multinomial distribution.

use rand::Rng;

/// Larger numbers are less probable than 2⁻³².
const MOST: usize = 12;

/// Bits of a random number that mostly settle it.
const BITS: u32 = 12;

/// Poisson(1) numbers from random u32.
pub(super) struct Poisson {
    /// `ends[k]`: random numbers below it give at most `k`.
    ends: [u64; MOST + 1],
    /// By the first bits; [`UNSETTLED`] where the others matter.
    by_first_bits: Vec<u8>,
}

const UNSETTLED: u8 = u8::MAX;

impl Poisson {
    pub(super) fn new() -> Self {
        let mut ends = [1 << 32; MOST + 1];
        let (mut probability, mut sum) = ((-1.0_f64).exp(), 0.0);
        for (k, end) in ends.iter_mut().enumerate().take(MOST) {
            sum += probability;
            probability /= (k + 1) as f64;
            *end = (sum * 2.0_f64.powi(32)).round() as u64;
        }
        let mut table = Self {
            ends,
            by_first_bits: Vec::new(),
        };
        let first_bits = 0..1_u64 << BITS;
        let settled = first_bits.map(|bits| {
            let low = bits << (32 - BITS);
            let high = low + (1 << (32 - BITS)) - 1;
            let (at_low, at_high) = (table.number(low), table.number(high));
            if at_low == at_high { at_low } else { UNSETTLED }
        });
        table.by_first_bits = settled.collect();
        table
    }

    fn number(&self, random: u64) -> u8 {
        self.ends.partition_point(|end| *end <= random) as u8
    }

    fn of(&self, random: u32) -> u8 {
        match self.by_first_bits[(random >> (32 - BITS)) as usize] {
            UNSETTLED => self.number(u64::from(random)),
            settled => settled,
        }
    }

    /// How often each row is drawn, `L` times independently.
    pub(super) fn draw<const L: usize>(&self, n_rows: usize, rng: &mut impl Rng) -> Vec<[u8; L]> {
        let mut totals = [0_usize; L];
        let rows = (0..n_rows).map(|_| {
            let mut counts = [0; L];
            for (count, total) in counts.iter_mut().zip(&mut totals) {
                *count = self.of(rng.next_u32());
                *total += usize::from(*count);
            }
            counts
        });
        let mut counts: Vec<[u8; L]> = rows.collect();
        for (lane, total) in totals.into_iter().enumerate() {
            for _ in total..n_rows {
                counts[rng.gen_range(0..n_rows)][lane] += 1;
            }
            let mut too_many = total.saturating_sub(n_rows);
            while too_many > 0 {
                // A row is taken in proportion to how often it was drawn.
                let count = &mut counts[rng.gen_range(0..n_rows)][lane];
                if rng.gen_range(0..=MOST) < usize::from(*count) {
                    *count -= 1;
                    too_many -= 1;
                }
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn counts_are_multinomial() {
        let poisson = Poisson::new();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(9);
        for n_rows in [1, 2, 3, 10] {
            // Of each row, binomial(n, 1/n): mean 1, variance 1 − 1/n; two rows have the covariance −1/n.
            let n_times = 40_000;
            let (mut squares, mut products) = (0.0, 0.0);
            let mut none = 0;
            for _ in 0..n_times / 8 {
                let counts = poisson.draw::<8>(n_rows, &mut rng);
                for lane in 0..8 {
                    let column: Vec<f64> = counts.iter().map(|c| f64::from(c[lane])).collect();
                    assert_eq!(column.iter().sum::<f64>(), n_rows as f64);
                    squares += (column[0] - 1.0).powi(2);
                    products += (column[0] - 1.0) * (column[n_rows - 1] - 1.0);
                    none += usize::from(column[0] == 0.0);
                }
            }
            let (n, times) = (n_rows as f64, f64::from(n_times));
            assert!((squares / times - (1.0 - 1.0 / n)).abs() < 0.04, "{n_rows}");
            if n_rows > 1 {
                assert!((products / times + 1.0 / n).abs() < 0.03, "{n_rows}");
            }
            let expected = (1.0 - 1.0 / n).powf(n);
            assert!((none as f64 / times - expected).abs() < 0.012, "{n_rows}");
        }
    }

    #[test]
    fn the_table_is_the_distribution() {
        let poisson = Poisson::new();
        assert_eq!(poisson.of(0), 0);
        assert_eq!(poisson.of(u32::MAX), MOST as u8);
        // P(X ≤ 1) = 2/e.
        let end = (2.0 / std::f64::consts::E * 2.0_f64.powi(32)).round() as u32;
        assert_eq!((poisson.of(end - 1), poisson.of(end)), (1, 2));
    }
}
