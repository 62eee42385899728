//! Operators that take a part of the elements.

use super::{Attributes, Inputs, Kernel, one};
use crate::model::onnx::interpreter::value::{
    Data, Kind, MAX_RANK, Tensor, around, axis, n_elements, strides, walk,
};

/// A place along a dimension, counted from the end where it is negative.
fn place(index: i64, length: usize) -> Result<usize, String> {
    let at = if index < 0 {
        index.saturating_add(length as i64)
    } else {
        index
    };
    usize::try_from(at)
        .ok()
        .filter(|at| *at < length)
        .ok_or_else(|| format!("there is no place {index} among {length}"))
}

pub(super) fn gather(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let at = attributes.int("axis")?.unwrap_or(0);
    one(move |inputs| {
        let (input, indices) = (inputs.get(0)?, inputs.get(1)?);
        let at = axis(at, input.rank())?;
        taken(input, at, &indices.integers()?, indices.shape())
    })
}

/// The slices at these places along an axis; their dimensions take the place of the axis.
pub(in crate::model::onnx::interpreter) fn taken(
    input: &Tensor,
    at: usize,
    indices: &[i64],
    dims: &[usize],
) -> Result<Tensor, String> {
    let (before, length, behind) = around(input.shape(), at);
    let mut shape = input.shape()[..at].to_vec();
    shape.extend(dims);
    shape.extend(&input.shape()[at + 1..]);
    let n = n_elements(&shape)?;
    let slices = indices.iter().map(|i| place(*i, length));
    let slices: Vec<usize> = slices.collect::<Result<_, _>>()?;
    let mut places = Vec::with_capacity(n);
    for block in 0..before {
        for slice in &slices {
            let start = (block * length + slice) * behind;
            places.extend(start..start + behind);
        }
    }
    input.picked(shape, &places)
}

/// Like `Gather`, with a place of its own for every element.
pub(super) fn gather_elements(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let at = attributes.int("axis")?.unwrap_or(0);
    one(move |inputs| {
        let (input, indices) = (inputs.get(0)?, inputs.get(1)?);
        let at = axis(at, input.rank())?;
        let fits = |(i, d): (usize, &usize)| i == at || *d <= input.shape()[i];
        if indices.rank() != input.rank() || !indices.shape().iter().enumerate().all(fits) {
            return Err("places and elements have different shapes".to_owned());
        }
        let mut steps = strides(input.shape());
        let step = steps[at];
        steps[at] = 0;
        let mut places = walk(indices.shape(), &steps, 0, indices.len());
        for (at_place, index) in places.iter_mut().zip(indices.integers()?.iter()) {
            *at_place += place(*index, input.shape()[at])? * step;
        }
        input.picked(indices.shape().to_vec(), &places)
    })
}

/// What a slice asks for: first, last and step along some axes. Attributes before opset 10, inputs from then on.
fn asked(
    own: &[Option<Vec<i64>>; 3],
    inputs: &Inputs<'_>,
) -> Result<[Option<Vec<i64>>; 4], String> {
    let of = |i: usize, own: Option<&Vec<i64>>| match inputs.maybe(i) {
        Some(tensor) => Ok::<_, String>(Some(tensor.integers()?.to_vec())),
        None => Ok(own.cloned()),
    };
    Ok([
        of(1, own[0].as_ref())?,
        of(2, own[1].as_ref())?,
        of(3, own[2].as_ref())?,
        of(4, None)?,
    ])
}

pub(super) fn slice(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let list = |name| Ok::<_, String>(attributes.ints(name)?.map(<[i64]>::to_vec));
    let own = [list("starts")?, list("ends")?, list("axes")?];
    one(move |inputs| {
        let input = inputs.get(0)?;
        let [starts, ends, axes, steps] = asked(&own, inputs)?;
        let (starts, ends) = starts
            .zip(ends)
            .ok_or("it does not say from where to where")?;
        let axes = axes.unwrap_or_else(|| (0..starts.len() as i64).collect());
        let steps = steps.unwrap_or_else(|| vec![1; starts.len()]);
        if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] || axes.len() > MAX_RANK {
            return Err("starts, ends, axes and steps differ in number".to_owned());
        }
        let mut result = input.clone();
        for (i, at) in axes.iter().enumerate() {
            let at = axis(*at, input.rank())?;
            let places = stepped(starts[i], ends[i], steps[i], input.shape()[at])?;
            result = taken(&result, at, &places, &[places.len()])?;
        }
        Ok(result)
    })
}

/// The places from a start to an end, which is left out, as Python's slices have it.
fn stepped(start: i64, end: i64, step: i64, length: usize) -> Result<Vec<i64>, String> {
    let n = length as i64;
    let from_front = |i: i64| if i < 0 { i.saturating_add(n) } else { i };
    let (start, end) = (from_front(start), from_front(end));
    let by = usize::try_from(step.unsigned_abs()).map_err(|_| "its step is too long")?;
    match step {
        0 => Err("its step is 0".to_owned()),
        1.. => Ok((start.clamp(0, n)..end.clamp(0, n)).step_by(by).collect()),
        _ => {
            let (start, end) = (start.clamp(-1, n - 1), end.clamp(-1, n - 1));
            Ok((end + 1..=start).rev().step_by(by).collect())
        }
    }
}

/// Lengths of the parts: an input from opset 13 on, an attribute before, else equal parts.
pub(super) fn split(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let at = attributes.int("axis")?.unwrap_or(0);
    let own = attributes.ints("split")?.map(<[i64]>::to_vec);
    let n_parts = match attributes.int("num_outputs")? {
        Some(n) => usize::try_from(n).map_err(|_| "a number of parts is negative")?,
        None => attributes.n_outputs,
    };
    if n_parts != attributes.n_outputs || n_parts == 0 {
        return Err("parts and results differ in number".to_owned());
    }
    Ok(Box::new(move |inputs| {
        let input = inputs.get(0)?;
        let at = axis(at, input.rank())?;
        let length = input.shape()[at];
        let lengths: Vec<i64> = match (inputs.maybe(1), &own) {
            (Some(tensor), _) => tensor.integers()?.to_vec(),
            (None, Some(own)) => own.clone(),
            (None, None) => {
                let each = length.div_ceil(n_parts);
                let part = |i: usize| length.saturating_sub(i * each).min(each) as i64;
                (0..n_parts).map(part).collect()
            }
        };
        let total = lengths.iter().try_fold(0_i64, |sum, n| sum.checked_add(*n));
        if total != Some(length as i64)
            || lengths.len() != n_parts
            || lengths.iter().any(|n| *n < 0)
        {
            return Err(format!("{length} cannot be split into {lengths:?}"));
        }
        let mut start = 0;
        let part = |n: &i64| {
            let places: Vec<i64> = (start..start + n).collect();
            start += n;
            taken(input, at, &places, &[places.len()])
        };
        lengths.iter().map(part).collect()
    }))
}

/// A value at the place that a number names, and another at all other places of a new axis.
pub(super) fn one_hot(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let at = attributes.int("axis")?.unwrap_or(-1);
    one(move |inputs| {
        let (input, depth, values) = (inputs.get(0)?, inputs.get(1)?, inputs.get(2)?);
        if depth.len() != 1 || values.len() != 2 || input.kind() == Kind::Text {
            return Err("depth must be one number and values two".to_owned());
        }
        let depth = depth.doubles()?[0];
        if !(0.0..1e7).contains(&depth) {
            return Err(format!("there is no depth of {depth}"));
        }
        let (depth, wide) = (depth as usize, depth.trunc());
        let at = axis(at, input.rank() + 1)?;
        let mut shape = input.shape().to_vec();
        shape.insert(at, depth);
        let n = n_elements(&shape)?;
        let numbers = input.doubles()?;
        let behind: usize = input.shape()[at..].iter().product();
        let mut places = vec![0; n];
        for (i, number) in numbers.iter().enumerate() {
            let hot = if *number < 0.0 {
                number + wide
            } else {
                *number
            };
            if (0.0..wide).contains(&hot) {
                let (block, rest) = (i / behind, i % behind);
                places[(block * depth + hot as usize) * behind + rest] = 1;
            }
        }
        values.picked(shape, &places)
    })
}

/// The whole numbers as a tensor of one shape.
pub(super) fn indices(shape: Vec<usize>, values: Vec<i64>) -> Result<Tensor, String> {
    Tensor::new(shape, Data::Int64(values))
}
