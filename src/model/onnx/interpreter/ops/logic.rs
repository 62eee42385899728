//! Comparisons and truth values.

use super::{Attributes, Inputs, Kernel, Maker, one};
use crate::model::onnx::interpreter::value::{Data, Tensor, broadcast, expanded};
use std::cmp::Ordering;

pub(super) fn maker(op: &str) -> Option<Maker> {
    Some(match op {
        "Less" => |_| compared(|o| o == Some(Ordering::Less)),
        "Greater" => |_| compared(|o| o == Some(Ordering::Greater)),
        "LessOrEqual" => |_| compared(|o| matches!(o, Some(Ordering::Less | Ordering::Equal))),
        "GreaterOrEqual" => {
            |_| compared(|o| matches!(o, Some(Ordering::Greater | Ordering::Equal)))
        }
        "Equal" => |_| compared(|o| o == Some(Ordering::Equal)),
        "And" => |_| combined(|a, b| a && b),
        "Or" => |_| combined(|a, b| a || b),
        "Xor" => |_| combined(|a, b| a != b),
        "Not" => |_| one(not),
        "IsNaN" => |_| one(is_nan),
        "IsInf" => is_inf,
        "Where" => |_| one(pick),
        _ => return None,
    })
}

/// A missing number (NaN) compares with nothing.
fn compared(answer: fn(Option<Ordering>) -> bool) -> Result<Kernel, String> {
    fn all<T: PartialOrd>(a: &[T], b: &[T], answer: fn(Option<Ordering>) -> bool) -> Vec<bool> {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| answer(a.partial_cmp(b))).collect()
    }
    one(move |inputs| {
        let (a, b) = (inputs.get(0)?, inputs.get(1)?);
        let shape = broadcast(a.shape(), b.shape())?;
        let (a, b) = (expanded(a, &shape)?, expanded(b, &shape)?);
        let truths = match (a.data(), b.data()) {
            (Data::Float(a), Data::Float(b)) => all(a, b, answer),
            (Data::Double(a), Data::Double(b)) => all(a, b, answer),
            (Data::Int64(a), Data::Int64(b)) => all(a, b, answer),
            (Data::Int32(a), Data::Int32(b)) => all(a, b, answer),
            (Data::Bool(a), Data::Bool(b)) => all(a, b, answer),
            (Data::Text(a), Data::Text(b)) => all(a, b, answer),
            (a, b) => {
                let (a, b) = (a.kind().title(), b.kind().title());
                return Err(format!("{a} and {b} cannot be compared"));
            }
        };
        Tensor::new(shape, Data::Bool(truths))
    })
}

fn combined(answer: fn(bool, bool) -> bool) -> Result<Kernel, String> {
    one(move |inputs| {
        let (a, b) = (inputs.get(0)?, inputs.get(1)?);
        let shape = broadcast(a.shape(), b.shape())?;
        let (a, b) = (expanded(a, &shape)?, expanded(b, &shape)?);
        let pairs = a.truths()?.iter().zip(b.truths()?);
        let truths = pairs.map(|(a, b)| answer(*a, *b)).collect();
        Tensor::new(shape, Data::Bool(truths))
    })
}

fn not(inputs: &Inputs<'_>) -> Result<Tensor, String> {
    let input = inputs.get(0)?;
    let truths = input.truths()?.iter().map(|t| !t).collect();
    Tensor::new(input.shape().to_vec(), Data::Bool(truths))
}

fn is_nan(inputs: &Inputs<'_>) -> Result<Tensor, String> {
    let input = inputs.get(0)?;
    let truths = match input.data() {
        Data::Float(v) => v.iter().map(|x| x.is_nan()).collect(),
        Data::Double(v) => v.iter().map(|x| x.is_nan()).collect(),
        other => return Err(format!("{} has no NaN", other.kind().title())),
    };
    Tensor::new(input.shape().to_vec(), Data::Bool(truths))
}

fn is_inf(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let below = attributes.flag("detect_negative", true)?;
    let above = attributes.flag("detect_positive", true)?;
    one(move |inputs| {
        let input = inputs.get(0)?;
        let is_it = |x: f64| x.is_infinite() && if x < 0.0 { below } else { above };
        let truths = match input.data() {
            Data::Float(v) => v.iter().map(|x| is_it((*x).into())).collect(),
            Data::Double(v) => v.iter().map(|x| is_it(*x)).collect(),
            other => return Err(format!("{} has no infinity", other.kind().title())),
        };
        Tensor::new(input.shape().to_vec(), Data::Bool(truths))
    })
}

/// The second input where the first is true, else the third.
fn pick(inputs: &Inputs<'_>) -> Result<Tensor, String> {
    let (truth, yes, no) = (inputs.get(0)?, inputs.get(1)?, inputs.get(2)?);
    let shape = broadcast(&broadcast(truth.shape(), yes.shape())?, no.shape())?;
    let truth = expanded(truth, &shape)?;
    let (yes, no) = (expanded(yes, &shape)?, expanded(no, &shape)?);
    let truth = truth.truths()?;
    fn all<T: Clone>(truth: &[bool], yes: &[T], no: &[T]) -> Vec<T> {
        let both = yes.iter().zip(no).zip(truth);
        both.map(|((yes, no), t)| if *t { yes } else { no }.clone())
            .collect()
    }
    let data = match (yes.data(), no.data()) {
        (Data::Float(a), Data::Float(b)) => Data::Float(all(truth, a, b)),
        (Data::Double(a), Data::Double(b)) => Data::Double(all(truth, a, b)),
        (Data::Int64(a), Data::Int64(b)) => Data::Int64(all(truth, a, b)),
        (Data::Int32(a), Data::Int32(b)) => Data::Int32(all(truth, a, b)),
        (Data::Bool(a), Data::Bool(b)) => Data::Bool(all(truth, a, b)),
        (Data::Text(a), Data::Text(b)) => Data::Text(all(truth, a, b)),
        _ => return Err("the two choices have different types".to_owned()),
    };
    Tensor::new(shape, data)
}
