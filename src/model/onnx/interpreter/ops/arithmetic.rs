//! Arithmetic of two or more tensors, broadcast to a common shape.

use super::{Attributes, Inputs, Kernel, Maker, one};
use crate::model::onnx::interpreter::value::{Data, Tensor, broadcast, expanded};

pub(super) fn maker(op: &str) -> Option<Maker> {
    Some(match op {
        "Add" => |_| two(|a, b| a + b, |a, b| Some(a.wrapping_add(b))),
        "Sub" => |_| two(|a, b| a - b, |a, b| Some(a.wrapping_sub(b))),
        "Mul" => |_| two(|a, b| a * b, |a, b| Some(a.wrapping_mul(b))),
        "Div" => |_| two(|a, b| a / b, whole_div),
        "Mod" => modulo,
        "Pow" => |_| one(pow),
        "Sum" => |_| many(|a, b| a + b, |a, b| Some(a.wrapping_add(b))),
        "Mean" => mean,
        // A missing number stays missing.
        "Min" => |_| {
            many(
                |a, b| if b.is_nan() || b < a { b } else { a },
                |a, b| Some(a.min(b)),
            )
        },
        "Max" => |_| {
            many(
                |a, b| if b.is_nan() || b > a { b } else { a },
                |a, b| Some(a.max(b)),
            )
        },
        _ => return None,
    })
}

/// Both at the same shape.
fn paired(
    a: &Tensor,
    b: &Tensor,
    real: fn(f64, f64) -> f64,
    whole: fn(i64, i64) -> Option<i64>,
) -> Result<Tensor, String> {
    let shape = broadcast(a.shape(), b.shape())?;
    let (a, b) = (expanded(a, &shape)?, expanded(b, &shape)?);
    let data = match (a.data(), b.data()) {
        // Of two 32-bit numbers, sums, products and quotients in 64 bits and then rounded are those in 32 bits.
        (Data::Float(a), Data::Float(b)) => {
            let pairs = a.iter().zip(b);
            Data::Float(
                pairs
                    .map(|(a, b)| real((*a).into(), (*b).into()) as f32)
                    .collect(),
            )
        }
        (Data::Double(a), Data::Double(b)) => {
            Data::Double(a.iter().zip(b).map(|(a, b)| real(*a, *b)).collect())
        }
        (Data::Int64(a), Data::Int64(b)) => {
            let values = a.iter().zip(b).map(|(a, b)| whole(*a, *b));
            Data::Int64(values.collect::<Option<_>>().ok_or(BY_ZERO)?)
        }
        (Data::Int32(a), Data::Int32(b)) => {
            let pairs = a.iter().zip(b);
            let values = pairs.map(|(a, b)| Some(whole((*a).into(), (*b).into())? as i32));
            Data::Int32(values.collect::<Option<_>>().ok_or(BY_ZERO)?)
        }
        (a, b) => {
            let (a, b) = (a.kind().title(), b.kind().title());
            return Err(format!("{a} and {b} do not go together"));
        }
    };
    Tensor::new(shape, data)
}

const BY_ZERO: &str = "a whole number is divided by zero";

fn two(real: fn(f64, f64) -> f64, whole: fn(i64, i64) -> Option<i64>) -> Result<Kernel, String> {
    one(move |inputs| paired(inputs.get(0)?, inputs.get(1)?, real, whole))
}

/// Rounds towards zero.
fn whole_div(a: i64, b: i64) -> Option<i64> {
    (b != 0).then(|| a.wrapping_div(b))
}

/// The rest with the sign of the divisor, or with `fmod` that of the dividend.
fn modulo(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let c_style = attributes.flag("fmod", false)?;
    let floored = |a: i64, b: i64| {
        (b != 0).then(|| {
            let rest = a.wrapping_rem(b);
            if rest != 0 && (rest < 0) != (b < 0) {
                rest + b
            } else {
                rest
            }
        })
    };
    one(move |inputs| {
        let (a, b) = (inputs.get(0)?, inputs.get(1)?);
        let is_real = matches!(a.data(), Data::Float(_) | Data::Double(_));
        if is_real && !c_style {
            return Err("real numbers need fmod = 1".to_owned());
        }
        let whole = if c_style {
            |a: i64, b: i64| (b != 0).then(|| a.wrapping_rem(b))
        } else {
            floored
        };
        paired(a, b, |a, b| a % b, whole)
    })
}

/// The result has the type of the base.
fn pow(inputs: &Inputs<'_>) -> Result<Tensor, String> {
    let (base, exponent) = (inputs.get(0)?, inputs.get(1)?);
    let shape = broadcast(base.shape(), exponent.shape())?;
    let (base, exponent) = (expanded(base, &shape)?, expanded(exponent, &shape)?);
    let values = base.doubles()?;
    let exponents = exponent.doubles()?;
    let powers = values.iter().zip(exponents.iter()).map(|(a, b)| a.powf(*b));
    let data = match base.data() {
        Data::Float(_) => Data::Float(powers.map(|v| v as f32).collect()),
        Data::Double(_) => Data::Double(powers.collect()),
        Data::Int64(_) => Data::Int64(powers.map(|v| v as i64).collect()),
        Data::Int32(_) => Data::Int32(powers.map(|v| v as i32).collect()),
        other => return Err(format!("{} has no powers", other.kind().title())),
    };
    Tensor::new(shape, data)
}

fn many(real: fn(f64, f64) -> f64, whole: fn(i64, i64) -> Option<i64>) -> Result<Kernel, String> {
    one(move |inputs| fold(&inputs.all()?, real, whole))
}

fn fold(
    all: &[&Tensor],
    real: fn(f64, f64) -> f64,
    whole: fn(i64, i64) -> Option<i64>,
) -> Result<Tensor, String> {
    let (first, others) = all.split_first().ok_or("it has no input")?;
    let mut result = (*first).clone();
    for other in others {
        result = paired(&result, other, real, whole)?;
    }
    Ok(result)
}

fn mean(_attributes: &Attributes<'_>) -> Result<Kernel, String> {
    one(|inputs| {
        let all = inputs.all()?;
        let n = all.len() as f64;
        let sum = fold(&all, |a, b| a + b, |_, _| None)?;
        let data = match sum.data() {
            Data::Float(v) => Data::Float(v.iter().map(|x| x / n as f32).collect()),
            Data::Double(v) => Data::Double(v.iter().map(|x| x / n).collect()),
            other => return Err(format!("{} has no mean", other.kind().title())),
        };
        Tensor::new(sum.shape().to_vec(), data)
    })
}

/// Bounds are attributes before opset 11 and inputs from then on.
pub(super) fn clip(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let (low, high) = (attributes.float("min")?, attributes.float("max")?);
    one(move |inputs| {
        let input = inputs.get(0)?;
        let bound = |i: usize, own: Option<f32>| match inputs.maybe(i) {
            Some(tensor) if tensor.len() == 1 => Ok(Some(tensor.doubles()?[0])),
            Some(_) => Err("a bound is no single number".to_owned()),
            None => Ok(own.map(f64::from)),
        };
        let (low, high) = (bound(1, low)?, bound(2, high)?);
        let clipped = |x: f64| {
            let x = low.map_or(x, |low| if x < low { low } else { x });
            high.map_or(x, |high| if x > high { high } else { x })
        };
        let data = match input.data() {
            Data::Float(v) => Data::Float(v.iter().map(|x| clipped((*x).into()) as f32).collect()),
            Data::Double(v) => Data::Double(v.iter().map(|x| clipped(*x)).collect()),
            // Beyond 2^53 a bound is not exact.
            Data::Int64(v) => Data::Int64(
                v.iter()
                    .map(|x| {
                        let wide = *x as f64;
                        let bounded = clipped(wide);
                        if bounded == wide { *x } else { bounded as i64 }
                    })
                    .collect(),
            ),
            Data::Int32(v) => Data::Int32(v.iter().map(|x| clipped((*x).into()) as i32).collect()),
            other => return Err(format!("{} has no bounds", other.kind().title())),
        };
        Tensor::new(input.shape().to_vec(), data)
    })
}
