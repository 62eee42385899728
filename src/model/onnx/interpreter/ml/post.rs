//! What becomes of the scores of a classifier or an ensemble.

use super::super::attributes::Attributes;

/// The attribute `post_transform`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Post {
    None,
    Logistic,
    Softmax,
    SoftmaxZero,
    Probit,
}

impl Post {
    pub(super) fn of(attributes: &Attributes<'_>) -> Result<Self, String> {
        let name = attributes.text("post_transform")?;
        Ok(match name.as_deref() {
            None | Some("NONE") => Self::None,
            Some("LOGISTIC") => Self::Logistic,
            Some("SOFTMAX") => Self::Softmax,
            Some("SOFTMAX_ZERO") => Self::SoftmaxZero,
            Some("PROBIT") => Self::Probit,
            Some(other) => return Err(format!("there is no post_transform {other}")),
        })
    }

    /// By its number in `TreeEnsemble`.
    pub(super) fn of_number(number: i64) -> Result<Self, String> {
        Ok(match number {
            0 => Self::None,
            1 => Self::Softmax,
            2 => Self::Logistic,
            3 => Self::SoftmaxZero,
            4 => Self::Probit,
            other => return Err(format!("there is no post_transform {other}")),
        })
    }

    /// Of the scores of one row.
    pub(super) fn apply(self, scores: &mut [f64]) {
        match self {
            Self::None => {}
            Self::Logistic => scores.iter_mut().for_each(|s| *s = logistic(*s)),
            Self::Probit => scores.iter_mut().for_each(|s| *s = probit(*s)),
            Self::Softmax => shares(scores, |_| true),
            // What is zero stays zero.
            Self::SoftmaxZero => shares(scores, |s| s.abs() > 1e-7),
        }
    }
}

/// The exponential never overflows.
pub(super) fn logistic(score: f64) -> f64 {
    let e = (-score.abs()).exp();
    if score >= 0.0 {
        1.0 / (1.0 + e)
    } else {
        e / (1.0 + e)
    }
}

fn shares(scores: &mut [f64], counts: impl Fn(f64) -> bool) {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        if counts(*score) {
            *score = (*score - largest).exp();
            sum += *score;
        } else {
            *score *= (-largest).exp();
        }
    }
    scores.iter_mut().for_each(|s| *s /= sum);
}

/// √2 · erf⁻¹(2p − 1), with Winitzki's approximation of erf⁻¹ (a = 0.147), which onnxruntime uses.
fn probit(p: f64) -> f64 {
    const A: f64 = 0.147;
    let x = 2.0 * p - 1.0;
    let log = ((1.0 - x) * (1.0 + x)).ln();
    let v = 2.0 / (std::f64::consts::PI * A) + 0.5 * log;
    let inverse = (-v + (v * v - log / A).sqrt()).sqrt();
    let sign = if x < 0.0 { -1.0 } else { 1.0 };
    std::f64::consts::SQRT_2 * sign * inverse
}
