//! The values of one column in one chunk, packed: counted where few values repeat, else as offsets of four bytes where
//! they lie close enough together. What keys mean is left to `unit`, putting chunks together to `sorted`.

use super::unit::{MAX_DECIMALS, Unit, bits_of_real};

/// Keys of a chunk.
#[derive(Debug, Clone)]
pub(super) enum Packed {
    /// Different keys, ascending, with how often each occurs.
    Counted(Vec<(i64, u64)>),
    /// Keys less the base, in order of the rows.
    Narrow { base: i64, offsets: Vec<u32> },
    /// Keys in order of the rows.
    Wide(Vec<i64>),
}

/// Keys of a chunk with what they mean.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) unit: Unit,
    pub(super) packed: Packed,
}

/// Smallest and largest key.
pub(super) fn bounds(keys: &[i64]) -> Option<(i64, i64)> {
    let first = *keys.first()?;
    Some(
        keys.iter()
            .fold((first, first), |(low, high), k| (low.min(*k), high.max(*k))),
    )
}

impl Part {
    /// Packs keys.
    pub(super) fn new(unit: Unit, keys: &[i64]) -> Self {
        let Some((low, high)) = bounds(keys) else {
            return Self {
                unit,
                packed: Packed::Wide(Vec::new()),
            };
        };
        let is_wide = high.abs_diff(low) > u64::from(u32::MAX);
        if unit == Unit::Whole && is_wide && keys.iter().all(|key| key % 1000 == 0) {
            let keys: Vec<i64> = keys.iter().map(|key| key / 1000).collect();
            let packed = pack(&keys, low / 1000, high / 1000);
            return Self {
                unit: Unit::Thousands,
                packed,
            };
        }
        Self {
            unit,
            packed: pack(keys, low, high),
        }
    }

    /// Memory that it takes, in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        match &self.packed {
            Packed::Counted(pairs) => pairs.len() * 16,
            Packed::Narrow { offsets, .. } => offsets.len() * 4,
            Packed::Wide(keys) => keys.len() * 8,
        }
    }
}

fn pack(keys: &[i64], low: i64, high: i64) -> Packed {
    let span = high.abs_diff(low);
    if span < keys.len() as u64 {
        let mut counts = vec![0_u32; span as usize + 1];
        for key in keys {
            counts[key.wrapping_sub(low) as usize] += 1;
        }
        let n_distinct = counts.iter().filter(|c| **c > 0).count();
        if n_distinct * 4 <= keys.len() {
            let pairs = (low..=high)
                .zip(&counts)
                .filter(|(_, c)| **c > 0)
                .map(|(key, c)| (key, u64::from(*c)))
                .collect();
            return Packed::Counted(pairs);
        }
    }
    if span <= u64::from(u32::MAX) {
        let offsets = keys.iter().map(|k| k.wrapping_sub(low) as u32).collect();
        return Packed::Narrow { base: low, offsets };
    }
    Packed::Wide(keys.to_vec())
}

/// Brings the chunks of a column to one unit: to the most decimals of any, or to bits where one has bits or a decimal
/// would not fit.
pub(super) fn unify(parts: Vec<Part>) -> (Unit, Vec<Packed>) {
    let mut unit = parts.first().map_or(Unit::Whole, |p| p.unit);
    for part in &parts {
        unit = match (unit, part.unit) {
            (a, b) if a == b => a,
            (Unit::Decimal(a), Unit::Decimal(b)) => Unit::Decimal(a.max(b)),
            (Unit::Whole | Unit::Thousands, Unit::Whole | Unit::Thousands) => Unit::Whole,
            _ => Unit::Bits,
        };
    }
    if let Unit::Decimal(digits) = unit
        && !parts.iter().all(|part| fits(part, digits))
    {
        unit = Unit::Bits;
    }
    let packed = parts.into_iter().map(|part| convert(part, unit)).collect();
    (unit, packed)
}

/// How many times larger keys with `to` decimals are than those with `from`.
fn factor(from: u8, to: u8) -> i64 {
    10_i64.pow(u32::from(to.min(MAX_DECIMALS).saturating_sub(from)))
}

fn fits(part: &Part, digits: u8) -> bool {
    let Unit::Decimal(own) = part.unit else {
        return false;
    };
    let factor = factor(own, digits);
    let largest = match &part.packed {
        Packed::Counted(pairs) => pairs.iter().map(|p| p.0.unsigned_abs()).max(),
        Packed::Narrow { base, offsets } => offsets
            .iter()
            .map(|o| (base + i64::from(*o)).unsigned_abs())
            .max(),
        Packed::Wide(keys) => keys.iter().map(|k| k.unsigned_abs()).max(),
    };
    // The limit of a single chunk too, so that it does not matter how the values were divided.
    largest.unwrap_or(0).saturating_mul(factor.unsigned_abs()) < 1 << 51
}

fn convert(part: Part, unit: Unit) -> Packed {
    let own = part.unit;
    if own == unit {
        return part.packed;
    }
    let change = |key: i64| match (own, unit) {
        (Unit::Decimal(from), Unit::Decimal(to)) => key * factor(from, to),
        (Unit::Thousands, _) => key * 1000,
        _ => bits_of_real(own.real(key)),
    };
    match part.packed {
        Packed::Counted(pairs) => {
            Packed::Counted(pairs.into_iter().map(|(k, n)| (change(k), n)).collect())
        }
        Packed::Narrow { base, offsets } => {
            let keys: Vec<i64> = offsets
                .iter()
                .map(|o| change(base + i64::from(*o)))
                .collect();
            let Some((low, high)) = bounds(&keys) else {
                return Packed::Wide(keys);
            };
            if high.abs_diff(low) > u64::from(u32::MAX) {
                return Packed::Wide(keys);
            }
            let offsets = keys.iter().map(|k| k.wrapping_sub(low) as u32).collect();
            Packed::Narrow { base: low, offsets }
        }
        Packed::Wide(keys) => Packed::Wide(keys.into_iter().map(change).collect()),
    }
}
