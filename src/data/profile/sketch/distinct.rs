//! How many different values there are, from their hashes: HyperLogLog (Flajolet et al. 2007) with the improved raw
//! estimator of Ertl 2017 ("New cardinality estimation algorithms for HyperLogLog sketches", algorithm 6), which needs
//! neither tables of biases nor thresholds.

const PRECISION: u32 = 14;
const N_REGISTERS: usize = 1 << PRECISION;
/// Largest value of a register.
const MAX_RANK: usize = 64 - PRECISION as usize + 1;

/// A set of which only the size can be told.
#[derive(Debug, Clone)]
pub(in crate::data::profile) struct DistinctSketch {
    registers: Vec<u8>,
}

impl DistinctSketch {
    pub(in crate::data::profile) fn new() -> Self {
        Self {
            registers: vec![0; N_REGISTERS],
        }
    }

    /// The standard error of the estimate, as a fraction of it: 1.04 / √m.
    pub(in crate::data::profile) fn relative_error() -> f64 {
        (1.04 / (N_REGISTERS as f64).sqrt() * 1e4).ceil() / 1e4
    }

    pub(in crate::data::profile) fn add(&mut self, hash: u64) {
        let register = (hash >> (64 - PRECISION)) as usize;
        let rank = ((hash << PRECISION) | (1 << (PRECISION - 1))).leading_zeros() as u8 + 1;
        let held = &mut self.registers[register];
        *held = (*held).max(rank);
    }

    pub(in crate::data::profile) fn merge(&mut self, other: &Self) {
        for (held, rank) in self.registers.iter_mut().zip(&other.registers) {
            *held = (*held).max(*rank);
        }
    }

    pub(in crate::data::profile) fn estimate(&self) -> f64 {
        let mut counts = [0_u32; MAX_RANK + 1];
        for rank in &self.registers {
            counts[usize::from(*rank).min(MAX_RANK)] += 1;
        }
        let m = N_REGISTERS as f64;
        let mut z = m * tau(1.0 - f64::from(counts[MAX_RANK]) / m);
        for count in counts[1..MAX_RANK].iter().rev() {
            z = 0.5 * (z + f64::from(*count));
        }
        z += m * sigma(f64::from(counts[0]) / m);
        m * m / (2.0 * std::f64::consts::LN_2 * z)
    }
}

fn sigma(x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut x, mut y, mut z) = (x, 1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z <= before {
            return z;
        }
    }
}

fn tau(x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut x, mut y, mut z) = (x, 1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x) * (1.0 - x) * y;
        if z >= before {
            return z / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash_of_key;
    use super::*;

    #[test]
    fn estimates_stay_within_four_standard_errors() {
        let mut sketch = DistinctSketch::new();
        let mut n = 0_i64;
        for end in [0_i64, 1, 10, 1_000, 20_000, 50_000, 100_000, 1_000_000] {
            while n < end {
                sketch.add(hash_of_key(n));
                sketch.add(hash_of_key(n));
                n += 1;
            }
            let off = (sketch.estimate() - end as f64).abs();
            let allowed = 4.0 * DistinctSketch::relative_error() * end as f64;
            assert!(off <= allowed.max(1e-9), "{end}: {}", sketch.estimate());
        }
    }

    #[test]
    fn merging_is_the_union() {
        let sketch_of = |range: std::ops::Range<i64>| {
            let mut sketch = DistinctSketch::new();
            range.for_each(|k| sketch.add(hash_of_key(k)));
            sketch
        };
        let mut left = sketch_of(0..30_000);
        left.merge(&sketch_of(20_000..50_000));
        assert_eq!(left.registers, sketch_of(0..50_000).registers);
    }
}
