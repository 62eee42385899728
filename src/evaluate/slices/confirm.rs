//! Whether rows that were not searched say the same: a search finds something in noise, too. One-sided t-tests (Welch's, or of
//! one sample where each row is a difference already), corrected by Holm's method over all slices found.

use crate::domain::slice::SliceTest;
use crate::evaluate::significance;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Level of the correction, and of what is above the interval.
const LEVEL: f64 = 0.05;

/// The other rows' word on a slice, before correction. `errors` are those of rows that were not searched; a difference is held
/// against nothing, an error against those of the rows that are not in the slice.
pub(super) fn test(errors: &[f64], is_in: &[bool], are_differences: bool) -> SliceTest {
    let part = |wanted: bool| {
        errors
            .iter()
            .zip(is_in)
            .filter(move |(_, is)| **is == wanted)
    };
    let inside = Moments::of(part(true).map(|(e, _)| *e));
    let outside = if are_differences {
        Moments {
            n: f64::INFINITY,
            mean: 0.0,
            variance: 0.0,
        }
    } else {
        Moments::of(part(false).map(|(e, _)| *e))
    };
    let mut result = SliceTest {
        n_rows: inside.n as u64,
        excess: None,
        interval: None,
        p_value: None,
        p_adjusted: None,
        is_confirmed: false,
    };
    if inside.n < 2.0 || outside.n < 2.0 {
        return result;
    }
    let excess = inside.mean - outside.mean;
    let (a, b) = (inside.variance / inside.n, outside.variance / outside.n);
    let error = (a + b).sqrt();
    result.excess = Some(excess);
    // Welch and Satterthwaite's degrees of freedom.
    let freedom = (a + b).powi(2) / (a * a / (inside.n - 1.0) + b * b / (outside.n - 1.0));
    let Ok(t) = StudentsT::new(0.0, 1.0, freedom) else {
        // All rows are equal: there is nothing that chance could do.
        result.p_value = Some(if excess > 0.0 { 0.0 } else { 1.0 });
        result.interval = Some([excess, excess]);
        return result;
    };
    let reach = t.inverse_cdf(1.0 - LEVEL / 2.0) * error;
    result.interval = Some([excess - reach, excess + reach]);
    result.p_value = Some(t.sf(excess / error));
    result
}

/// Corrects for as many tests as there are. Slices without rows to test count, too.
pub(super) fn correct(tests: &mut [&mut SliceTest]) {
    let p_values: Vec<f64> = tests.iter().map(|t| t.p_value.unwrap_or(1.0)).collect();
    for (test, corrected) in tests.iter_mut().zip(significance::holm(&p_values)) {
        test.p_adjusted = test.p_value.map(|_| corrected);
        test.is_confirmed = test.p_value.is_some() && corrected < LEVEL;
    }
}

struct Moments {
    n: f64,
    mean: f64,
    /// With the denominator n − 1.
    variance: f64,
}

impl Moments {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let n = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / n;
        let squares: f64 = values.map(|v| (v - mean) * (v - mean)).sum();
        Self {
            n,
            mean,
            variance: squares / (n - 1.0),
        }
    }
}
