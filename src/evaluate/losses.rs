//! What each row costs a model.

use crate::domain::prediction::{Predictions, Targets};
use crate::domain::slice::Loss;

/// Probabilities nearer to 0 and 1 than this are taken for it, as in the metric.
const NEAREST: f64 = f64::EPSILON;

/// The loss of each row; `None` where the loss is not one of these targets or predictions.
pub(super) fn losses(loss: Loss, targets: &Targets, predictions: &Predictions) -> Option<Vec<f64>> {
    match (targets, predictions) {
        (Targets::Classes { codes, .. }, Predictions::Probabilities { n_classes, values }) => {
            let rows = codes.iter().zip(values.chunks(*n_classes));
            let of_row: fn(usize, &[f64]) -> f64 = match loss {
                Loss::LogLoss => |code, p| -p[code].clamp(NEAREST, 1.0 - NEAREST).ln(),
                Loss::Error => |code, p| f64::from(u8::from(likeliest(p) != code)),
                Loss::Brier => |code, p| {
                    let truth = |k: usize| f64::from(u8::from(k == code));
                    let squares = p.iter().enumerate().map(|(k, p)| (p - truth(k)).powi(2));
                    squares.sum::<f64>() / 2.0
                },
                Loss::Squared | Loss::Absolute => return None,
            };
            Some(rows.map(|(code, p)| of_row(*code as usize, p)).collect())
        }
        (Targets::Values(truth), Predictions::Values(values)) => {
            let of_row: fn(f64) -> f64 = match loss {
                Loss::Squared => |error| error * error,
                Loss::Absolute => f64::abs,
                _ => return None,
            };
            let errors = truth.iter().zip(values).map(|(t, v)| t - v);
            Some(errors.map(of_row).collect())
        }
        _ => None,
    }
}

/// The first of the largest probabilities, as labels are made.
fn likeliest(p: &[f64]) -> usize {
    let mut best = 0;
    for (k, value) in p.iter().enumerate() {
        if *value > p[best] {
            best = k;
        }
    }
    best
}
