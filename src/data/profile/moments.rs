//! Mean and standard deviation, numerically sound. Which values take part is left to the kernels.

/// Mean and sample standard deviation (denominator n − 1) of whole numbers. The sum is exact in 128 bits, deviations
/// are taken from the whole number below the mean, so that neither large values nor a large offset lose digits
/// (the corrected two-pass algorithm of Chan, Golub and LeVeque 1983).
pub(super) fn of_integers(values: &[i64]) -> (Option<f64>, Option<f64>) {
    if values.is_empty() {
        return (None, None);
    }
    let n = values.len() as f64;
    let sum: i128 = values.iter().map(|v| i128::from(*v)).sum();
    let shift = sum.div_euclid(values.len() as i128);
    let rest = sum.rem_euclid(values.len() as i128);
    let mean = shift as f64 + rest as f64 / n;
    let fraction = rest as f64 / n;
    let (mut squares, mut deviations) = (Sum::default(), Sum::default());
    for value in values {
        let deviation = (i128::from(*value) - shift) as f64 - fraction;
        squares.add(deviation * deviation);
        deviations.add(deviation);
    }
    (Some(mean), sd(&squares, &deviations, n))
}

/// Mean and sample standard deviation of finite real numbers: compensated sums, two passes, scaled where squares would
/// overflow.
pub(super) fn of_reals(values: &[f64]) -> (Option<f64>, Option<f64>) {
    if values.is_empty() {
        return (None, None);
    }
    let n = values.len() as f64;
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let is_ordinary = largest == 0.0 || (1e-140..1e140).contains(&largest);
    let scale = if is_ordinary { 1.0 } else { largest };
    let mut sum = Sum::default();
    for value in values {
        sum.add(value / scale);
    }
    let mean = sum.value() / n;
    let (mut squares, mut deviations) = (Sum::default(), Sum::default());
    for value in values {
        let deviation = value / scale - mean;
        squares.add(deviation * deviation);
        deviations.add(deviation);
    }
    let finite = |v: f64| v.is_finite().then_some(v);
    (
        finite(mean * scale),
        sd(&squares, &deviations, n).and_then(|s| finite(s * scale)),
    )
}

fn sd(squares: &Sum, deviations: &Sum, n: f64) -> Option<f64> {
    let correction = deviations.value() * deviations.value() / n;
    (n > 1.0).then(|| ((squares.value() - correction).max(0.0) / (n - 1.0)).sqrt())
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
        self.lost += if self.sum.abs() >= value.abs() {
            (self.sum - total) + value
        } else {
            (value - total) + self.sum
        };
        self.sum = total;
    }

    fn value(&self) -> f64 {
        self.sum + self.lost
    }
}
