//! Scales and round ticks, for the charts that have axes; egui_plot draws them, see [`plot`](super::plot).

use super::{calendar, number};

/// What values on an axis are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Numbers.
    #[default]
    Number,
    /// Whole numbers: there is nothing between them to write on an axis.
    Whole,
    /// Moments, in days since 1970-01-01.
    Day,
}

impl Unit {
    /// A value in words.
    pub fn written(self, value: f64) -> String {
        match self {
            Self::Number => number::metric(value),
            Self::Whole => number::plain(value),
            Self::Day => calendar::moment(value),
        }
    }
}

/// A span of values on a span of points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The smallest value.
    pub low: f64,
    /// The largest value, above the smallest.
    pub high: f64,
    /// What the values are.
    pub unit: Unit,
}

impl Scale {
    /// A scale over two values; never empty.
    pub fn new(low: f64, high: f64) -> Self {
        let (low, high) = if low.is_finite() && high.is_finite() {
            (low.min(high), low.max(high))
        } else {
            (0.0, 1.0)
        };
        if high - low > f64::EPSILON * high.abs().max(1.0) {
            return Self {
                low,
                high,
                unit: Unit::Number,
            };
        }
        let half = if low == 0.0 { 0.5 } else { low.abs() * 0.05 };
        Self {
            low: low - half,
            high: high + half,
            unit: Unit::Number,
        }
    }

    /// The same over values of a unit.
    pub fn of(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    /// A scale that holds all values, ends on round ones, and begins at zero if told so.
    pub fn around(values: impl IntoIterator<Item = f64>, from_zero: bool) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if from_zero {
            low = low.min(0.0);
            high = high.max(0.0);
        }
        let raw = Self::new(low, high);
        let step = raw.step(5);
        Self {
            low: (raw.low / step + 1e-9).floor() * step,
            high: (raw.high / step - 1e-9).ceil() * step,
            unit: Unit::Number,
        }
    }

    /// Where a value lies, from 0 to 1.
    pub fn share(&self, value: f64) -> f32 {
        ((value - self.low) / (self.high - self.low)) as f32
    }

    /// A round distance between about `n` ticks.
    fn step(&self, n: usize) -> f64 {
        let rough = (self.high - self.low) / n.max(1) as f64;
        let power = 10_f64.powf(rough.log10().floor());
        let factor = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .find(|f| rough <= f * power * 1.000_001)
            .unwrap_or(10.0);
        factor * power
    }

    /// About `n` round values within the scale, each with its text.
    pub fn ticks(&self, n: usize) -> Vec<(f64, String)> {
        if self.unit == Unit::Day {
            return calendar::ticks(self.low, self.high, n);
        }
        let step = match self.unit {
            Unit::Whole => self.step(n).ceil(),
            _ => self.step(n),
        };
        let decimals = decimals_of(step);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last)
            .map(|position| {
                let value = position as f64 * step;
                let text = if value.abs() >= 1e6 {
                    number::significant(value, 3)
                } else {
                    number::fixed(value, decimals)
                };
                (value, text)
            })
            .collect()
    }
}

fn decimals_of(step: f64) -> usize {
    (0..9)
        .find(|&decimals| {
            let scaled = step * 10_f64.powi(decimals as i32);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0)
        })
        .unwrap_or(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let texts = |scale: Scale, n| {
            scale
                .ticks(n)
                .into_iter()
                .map(|(_, text)| text)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            texts(Scale::new(0.0, 1.0), 5),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(
            texts(Scale::new(-3.0, 7.0), 4),
            ["−2.5", "0.0", "2.5", "5.0"]
        );
        assert_eq!(
            texts(Scale::new(0.0, 0.001), 2),
            ["0.0000", "0.0005", "0.0010"]
        );
        assert_eq!(
            texts(Scale::new(0.5, 3.5).of(Unit::Whole), 6),
            ["1", "2", "3"]
        );
    }

    #[test]
    fn a_scale_is_never_empty() {
        let scale = Scale::new(3.0, 3.0);
        assert!(scale.low < 3.0 && 3.0 < scale.high);
        assert_eq!(Scale::new(f64::NAN, 1.0), Scale::new(0.0, 1.0));
        assert_eq!(Scale::around([0.13, 0.87], true), Scale::new(0.0, 1.0));
    }
}
