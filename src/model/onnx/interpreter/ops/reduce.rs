//! Operators that go along an axis: sums, extremes, places of extremes, orders, running sums.

use super::moves::turned;
use super::select::indices;
use super::shapes::positions;
use super::{Attributes, Inputs, Kernel, Maker, one};
use crate::model::onnx::interpreter::value::{Data, Kind, Tensor, around, axis, real};

/// What becomes of the numbers along the axes.
type Summary = fn(&[f64]) -> f64;

pub(super) fn maker(op: &str) -> Option<Maker> {
    Some(match op {
        "ReduceSum" => |a| reduced(a, sum),
        "ReduceMean" => |a| reduced(a, |v| sum(v) / v.len() as f64),
        "ReduceMax" => |a| reduced(a, max),
        "ReduceMin" => |a| reduced(a, |v| v.iter().copied().fold(f64::INFINITY, smaller)),
        "ReduceProd" => |a| reduced(a, |v| v.iter().product()),
        "ReduceL1" => |a| reduced(a, |v| v.iter().map(|x| x.abs()).sum()),
        "ReduceL2" => |a| reduced(a, |v| squares(v).sqrt()),
        "ReduceSumSquare" => |a| reduced(a, squares),
        "ReduceLogSum" => |a| reduced(a, |v| sum(v).ln()),
        "ReduceLogSumExp" => |a| reduced(a, log_sum_exp),
        _ => return None,
    })
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

fn squares(values: &[f64]) -> f64 {
    values.iter().map(|x| x * x).sum()
}

fn smaller(a: f64, b: f64) -> f64 {
    if b.is_nan() || b < a { b } else { a }
}

fn max(values: &[f64]) -> f64 {
    let larger = |a: f64, b: f64| if b.is_nan() || b > a { b } else { a };
    values.iter().copied().fold(f64::NEG_INFINITY, larger)
}

/// The largest is taken off before the exponential, which then never overflows.
fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = max(values);
    if !largest.is_finite() {
        return largest;
    }
    let sum: f64 = values.iter().map(|x| (x - largest).exp()).sum();
    largest + sum.ln()
}

/// Axes are an attribute at first and an input later (opset 13 for sums, 18 for the others).
fn reduced(attributes: &Attributes<'_>, summary: Summary) -> Result<Kernel, String> {
    let keep = attributes.flag("keepdims", true)?;
    let none_is_nothing = attributes.flag("noop_with_empty_axes", false)?;
    let own = attributes.ints("axes")?.map(<[i64]>::to_vec);
    one(move |inputs| {
        let input = inputs.get(0)?;
        let axes = match inputs.maybe(1) {
            Some(tensor) => Some(tensor.integers()?.to_vec()),
            None => own.clone(),
        };
        let axes = match axes.filter(|a| !a.is_empty()) {
            Some(axes) => positions(&axes, input.rank())?,
            None if none_is_nothing => return Ok(input.clone()),
            None => (0..input.rank()).collect(),
        };
        along(input, &axes, keep, summary)
    })
}

fn along(input: &Tensor, axes: &[usize], keep: bool, summary: Summary) -> Result<Tensor, String> {
    let kept: Vec<usize> = (0..input.rank()).filter(|i| !axes.contains(i)).collect();
    let order: Vec<usize> = kept.iter().chain(axes).copied().collect();
    let last = turned(input, &order)?;
    let values = last.doubles()?;
    let n_results: usize = kept.iter().map(|i| input.shape()[*i]).product();
    let n_each: usize = axes.iter().map(|i| input.shape()[*i]).product();
    let results = (0..n_results).map(|i| summary(&values[i * n_each..(i + 1) * n_each]));
    let results: Vec<f64> = results.collect();
    let shape = if keep {
        let dim = |i: usize| {
            if axes.contains(&i) {
                1
            } else {
                input.shape()[i]
            }
        };
        (0..input.rank()).map(dim).collect()
    } else {
        kept.iter().map(|i| input.shape()[*i]).collect()
    };
    match input.kind() {
        // Exact up to 2^53.
        Kind::Int64 => Tensor::new(
            shape,
            Data::Int64(results.into_iter().map(|v| v as i64).collect()),
        ),
        Kind::Int32 => Tensor::new(
            shape,
            Data::Int32(results.into_iter().map(|v| v as i32).collect()),
        ),
        kind => real(kind, shape, results),
    }
}

pub(super) fn arg_max(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    extreme(attributes, |a, b| a > b)
}

pub(super) fn arg_min(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    extreme(attributes, |a, b| a < b)
}

/// The place of the best along an axis; of equals the first, or with `select_last_index` the last.
fn extreme(attributes: &Attributes<'_>, better: fn(f64, f64) -> bool) -> Result<Kernel, String> {
    let at = attributes.int("axis")?.unwrap_or(0);
    let keep = attributes.flag("keepdims", true)?;
    let last = attributes.flag("select_last_index", false)?;
    one(move |inputs| {
        let input = inputs.get(0)?;
        let at = axis(at, input.rank())?;
        let values = input.doubles()?;
        let (before, length, behind) = around(input.shape(), at);
        if length == 0 {
            return Err("it looks for the best of none".to_owned());
        }
        let mut places = Vec::with_capacity(before * behind);
        for block in 0..before {
            for rest in 0..behind {
                let value = |i: usize| values[(block * length + i) * behind + rest];
                let mut best = 0;
                for i in 1..length {
                    if better(value(i), value(best)) || (last && value(i) == value(best)) {
                        best = i;
                    }
                }
                places.push(best as i64);
            }
        }
        let mut shape = input.shape().to_vec();
        if keep {
            shape[at] = 1;
        } else {
            shape.remove(at);
        }
        indices(shape, places)
    })
}

/// The best k along an axis, and their places; of equals the first. The number is an attribute before opset 10.
pub(super) fn top_k(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let at = attributes.int("axis")?.unwrap_or(-1);
    let largest = attributes.flag("largest", true)?;
    // In order they are in any case.
    attributes.ignore(&["sorted"]);
    let own = attributes.int("k")?;
    Ok(Box::new(move |inputs| {
        let input = inputs.get(0)?;
        let k = match (inputs.maybe(1), own) {
            (Some(k), _) if k.len() == 1 => k.integers()?[0],
            (None, Some(k)) => k,
            _ => return Err("it does not say how many".to_owned()),
        };
        let at = axis(at, input.rank())?;
        let (before, length, behind) = around(input.shape(), at);
        let k = usize::try_from(k).ok().filter(|k| *k <= length);
        let k = k.ok_or_else(|| format!("there are only {length} to choose from"))?;
        let values = input.doubles()?;
        let n = before * behind * k;
        let (mut sources, mut places) = (vec![0; n], vec![0; n]);
        for block in 0..before {
            for rest in 0..behind {
                let source = |i: usize| (block * length + i) * behind + rest;
                let mut order: Vec<usize> = (0..length).collect();
                order.sort_by(|a, b| {
                    let (a, b) = (values[source(*a)], values[source(*b)]);
                    if largest {
                        b.total_cmp(&a)
                    } else {
                        a.total_cmp(&b)
                    }
                });
                for (rank, i) in order.into_iter().take(k).enumerate() {
                    let target = (block * k + rank) * behind + rest;
                    sources[target] = source(i);
                    places[target] = i as i64;
                }
            }
        }
        let mut shape = input.shape().to_vec();
        shape[at] = k;
        let values = input.picked(shape.clone(), &sources)?;
        Ok(vec![values, indices(shape, places)?])
    }))
}

pub(super) fn cum_sum(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let exclusive = attributes.flag("exclusive", false)?;
    let reverse = attributes.flag("reverse", false)?;
    one(move |inputs| running(inputs, exclusive, reverse))
}

fn running(inputs: &Inputs<'_>, exclusive: bool, reverse: bool) -> Result<Tensor, String> {
    let (input, at) = (inputs.get(0)?, inputs.get(1)?);
    if at.len() != 1 {
        return Err("its axis is no single number".to_owned());
    }
    let at = axis(at.integers()?[0], input.rank())?;
    let (before, length, behind) = around(input.shape(), at);
    let values = input.doubles()?;
    let mut out = vec![0.0; values.len()];
    for block in 0..before {
        for rest in 0..behind {
            let mut sum = 0.0;
            for step in 0..length {
                let i = if reverse { length - 1 - step } else { step };
                let place = (block * length + i) * behind + rest;
                if exclusive {
                    out[place] = sum;
                    sum += values[place];
                } else {
                    sum += values[place];
                    out[place] = sum;
                }
            }
        }
    }
    let shape = input.shape().to_vec();
    match input.kind() {
        // Exact up to 2^53.
        Kind::Int64 => indices(shape, out.into_iter().map(|v| v as i64).collect()),
        Kind::Int32 => Tensor::new(
            shape,
            Data::Int32(out.into_iter().map(|v| v as i32).collect()),
        ),
        kind => real(kind, shape, out),
    }
}
