//! Functions of one number at a time.

use super::{Maker, one};
use crate::model::onnx::interpreter::value::{Data, Tensor};

/// A function of real numbers; texts and whole numbers are refused.
macro_rules! of_reals {
    ($name:ident, $x:ident => $body:expr) => {{
        fn $name(attributes: &super::Attributes<'_>) -> Result<super::Kernel, String> {
            let _no_attributes = attributes;
            one(|inputs| {
                let input = inputs.get(0)?;
                let data = match input.data() {
                    Data::Float(v) => Data::Float(
                        v.iter()
                            .map(|$x| {
                                let $x = *$x;
                                $body
                            })
                            .collect(),
                    ),
                    Data::Double(v) => Data::Double(
                        v.iter()
                            .map(|$x| {
                                let $x = *$x;
                                $body
                            })
                            .collect(),
                    ),
                    other => return Err(unusable(other)),
                };
                Tensor::new(input.shape().to_vec(), data)
            })
        }
        $name
    }};
}

/// A function of numbers of every type: one expression for real ones, one for whole ones.
macro_rules! of_numbers {
    ($name:ident, $x:ident => $real:expr, $whole:expr) => {{
        fn $name(attributes: &super::Attributes<'_>) -> Result<super::Kernel, String> {
            let _no_attributes = attributes;
            one(|inputs| {
                let input = inputs.get(0)?;
                let data = match input.data() {
                    Data::Float(v) => Data::Float(
                        v.iter()
                            .map(|$x| {
                                let $x = *$x;
                                $real
                            })
                            .collect(),
                    ),
                    Data::Double(v) => Data::Double(
                        v.iter()
                            .map(|$x| {
                                let $x = *$x;
                                $real
                            })
                            .collect(),
                    ),
                    Data::Int64(v) => Data::Int64(
                        v.iter()
                            .map(|$x| {
                                let $x = *$x;
                                $whole
                            })
                            .collect(),
                    ),
                    Data::Int32(v) => Data::Int32(
                        v.iter()
                            .map(|$x| {
                                let $x = *$x;
                                $whole
                            })
                            .collect(),
                    ),
                    other => return Err(unusable(other)),
                };
                Tensor::new(input.shape().to_vec(), data)
            })
        }
        $name
    }};
}

fn unusable(data: &Data) -> String {
    format!(
        "numbers were expected, and found is {}",
        data.kind().title()
    )
}

pub(super) fn maker(op: &str) -> Option<Maker> {
    Some(match op {
        "Exp" => of_reals!(exp, x => x.exp()),
        "Log" => of_reals!(log, x => x.ln()),
        "Sqrt" => of_reals!(sqrt, x => x.sqrt()),
        "Reciprocal" => of_reals!(reciprocal, x => x.recip()),
        "Floor" => of_reals!(floor, x => x.floor()),
        "Ceil" => of_reals!(ceil, x => x.ceil()),
        "Round" => of_reals!(round, x => x.round_ties_even()),
        "Sin" => of_reals!(sin, x => x.sin()),
        "Cos" => of_reals!(cos, x => x.cos()),
        "Tanh" => of_reals!(tanh, x => x.tanh()),
        // The exponential never overflows.
        "Sigmoid" => of_reals!(sigmoid, x => {
            let e = (-x.abs()).exp();
            if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
        }),
        "Softplus" => of_reals!(softplus, x => x.max(0.0) + (-x.abs()).exp().ln_1p()),
        "Softsign" => of_reals!(softsign, x => x / (1.0 + x.abs())),
        "Neg" => of_numbers!(neg, x => -x, x.wrapping_neg()),
        "Abs" => of_numbers!(abs, x => x.abs(), x.wrapping_abs()),
        "Relu" => of_numbers!(relu, x => if x < 0.0 { 0.0 } else { x }, x.max(0)),
        "Sign" => {
            of_numbers!(sign, x => if x > 0.0 { 1.0 } else if x < 0.0 { -1.0 } else { x * 0.0 }, x.signum())
        }
        _ => return None,
    })
}
