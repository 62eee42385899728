//! Shares of exponentials.

use super::{Attributes, Kernel, one};
use crate::model::onnx::interpreter::value::{Kind, Tensor, around, axis, real};

pub(super) fn softmax(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    shares(attributes, false)
}

pub(super) fn log_softmax(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    shares(attributes, true)
}

/// Along an axis (by default the last); before opset 13 along everything from an axis on (by default the second).
fn shares(attributes: &Attributes<'_>, is_log: bool) -> Result<Kernel, String> {
    let is_old = attributes.version < 13;
    let default = if is_old { 1 } else { -1 };
    let at = attributes.int("axis")?.unwrap_or(default);
    one(move |inputs| {
        let input = inputs.get(0)?;
        if !matches!(input.kind(), Kind::Float | Kind::Double) {
            return Err("real numbers were expected".to_owned());
        }
        let at = axis(at, input.rank())?;
        let (before, length, behind) = if is_old {
            let (front, back) = input.shape().split_at(at);
            (front.iter().product(), back.iter().product(), 1)
        } else {
            around(input.shape(), at)
        };
        normalised(input, (before, length, behind), is_log)
    })
}

fn normalised(
    input: &Tensor,
    (before, length, behind): (usize, usize, usize),
    is_log: bool,
) -> Result<Tensor, String> {
    let values = input.doubles()?;
    let mut out = vec![0.0; values.len()];
    for block in 0..before {
        for rest in 0..behind {
            let place = |i: usize| (block * length + i) * behind + rest;
            let largest = (0..length).fold(f64::NEG_INFINITY, |m, i| m.max(values[place(i)]));
            let sum: f64 = (0..length)
                .map(|i| (values[place(i)] - largest).exp())
                .sum();
            for i in 0..length {
                let apart = values[place(i)] - largest;
                out[place(i)] = if is_log {
                    apart - sum.ln()
                } else {
                    apart.exp() / sum
                };
            }
        }
    }
    real(input.kind(), input.shape().to_vec(), out)
}
