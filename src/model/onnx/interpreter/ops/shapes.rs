//! Operators that look at shapes, change them without touching the elements, or make tensors of a shape.

use super::{Attributes, Inputs, Kernel, one};
use crate::model::onnx::interpreter::value::{Data, MAX_RANK, Tensor, axis, n_elements};

/// `0` keeps a dimension (unless `allowzero`), one `-1` takes what is left.
pub(super) fn reshape(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let zero_is_zero = attributes.flag("allowzero", false)?;
    one(move |inputs| {
        let (input, wanted) = (inputs.get(0)?, inputs.get(1)?);
        let wanted = wanted.integers()?;
        let mut shape = Vec::new();
        let mut open = None;
        for (i, d) in wanted.iter().enumerate() {
            shape.push(match *d {
                0 if !zero_is_zero => *input
                    .shape()
                    .get(i)
                    .ok_or("it keeps a dimension that is not there")?,
                -1 if open.is_none() => {
                    open = Some(i);
                    1
                }
                d => usize::try_from(d).map_err(|_| format!("there is no dimension of {d}"))?,
            });
        }
        if let Some(open) = open {
            let known = n_elements(&shape)?;
            let n = input.len();
            if known == 0 || !n.is_multiple_of(known) {
                return Err(format!("{n} elements do not go into {wanted:?}"));
            }
            shape[open] = n / known;
        }
        input.reshaped(shape)
    })
}

/// The axes of a node: an input from opset 13 on, an attribute before.
fn axes(own: Option<&Vec<i64>>, inputs: &Inputs<'_>) -> Result<Option<Vec<i64>>, String> {
    match inputs.maybe(1) {
        Some(tensor) => Ok(Some(tensor.integers()?.to_vec())),
        None => Ok(own.cloned()),
    }
}

pub(super) fn squeeze(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let own = attributes.ints("axes")?.map(<[i64]>::to_vec);
    one(move |inputs| {
        let input = inputs.get(0)?;
        let gone = match axes(own.as_ref(), inputs)? {
            None => (0..input.rank())
                .filter(|i| input.shape()[*i] == 1)
                .collect(),
            Some(axes) => positions(&axes, input.rank())?,
        };
        if let Some(i) = gone.iter().find(|i| input.shape()[**i] != 1) {
            return Err(format!("dimension {i} is not 1 and cannot be taken away"));
        }
        let kept = (0..input.rank()).filter(|i| !gone.contains(i));
        input.reshaped(kept.map(|i| input.shape()[i]).collect())
    })
}

pub(super) fn unsqueeze(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let own = attributes.ints("axes")?.map(<[i64]>::to_vec);
    one(move |inputs| {
        let input = inputs.get(0)?;
        let new = axes(own.as_ref(), inputs)?.ok_or("it does not say where")?;
        if new.len() > MAX_RANK {
            return Err("it adds too many dimensions".to_owned());
        }
        let rank = input.rank() + new.len();
        let mut new = positions(&new, rank)?;
        new.sort_unstable();
        let mut shape = input.shape().to_vec();
        for i in new {
            shape.insert(i, 1);
        }
        input.reshaped(shape)
    })
}

/// Different axes as positions.
pub(super) fn positions(axes: &[i64], rank: usize) -> Result<Vec<usize>, String> {
    let found = axes.iter().map(|a| axis(*a, rank));
    let found: Vec<usize> = found.collect::<Result<_, _>>()?;
    let mut sorted = found.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(format!("an axis is named twice in {axes:?}"));
    }
    Ok(found)
}

pub(super) fn flatten(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let at = attributes.int("axis")?.unwrap_or(1);
    one(move |inputs| {
        let input = inputs.get(0)?;
        // The axis may be the rank itself: everything is in front of it.
        let at = match usize::try_from(at) {
            Ok(at) if at == input.rank() => at,
            _ => axis(at, input.rank())?,
        };
        let (front, back) = input.shape().split_at(at);
        input.reshaped(vec![front.iter().product(), back.iter().product()])
    })
}

pub(super) fn shape(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let (start, end) = (
        attributes.int("start")?.unwrap_or(0),
        attributes.int("end")?,
    );
    one(move |inputs| {
        let dims = inputs.get(0)?.shape();
        let rank = dims.len() as i64;
        let at = |i: i64| if i < 0 { i.saturating_add(rank) } else { i }.clamp(0, rank) as usize;
        let (start, end) = (at(start), end.map_or(dims.len(), at));
        let part = dims.get(start..end).unwrap_or_default();
        let part: Vec<i64> = part.iter().map(|d| *d as i64).collect();
        Tensor::new(vec![part.len()], Data::Int64(part))
    })
}

pub(super) fn size(_attributes: &Attributes<'_>) -> Result<Kernel, String> {
    one(|inputs| {
        let n = inputs.get(0)?.len() as i64;
        Tensor::new(Vec::new(), Data::Int64(vec![n]))
    })
}

pub(super) fn constant_of_shape(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let value = match attributes.tensor("value")? {
        Some(value) if value.len() == 1 => value,
        Some(_) => return Err("its value is no single element".to_owned()),
        None => Tensor::new(vec![1], Data::Float(vec![0.0]))?,
    };
    one(move |inputs| {
        let shape = to_shape(inputs.get(0)?)?;
        let n = n_elements(&shape)?;
        value.picked(shape, &vec![0; n])
    })
}

/// A tensor of whole numbers as a shape.
pub(super) fn to_shape(tensor: &Tensor) -> Result<Vec<usize>, String> {
    let dims = tensor.integers()?;
    let dims = dims.iter().map(|d| usize::try_from(*d));
    dims.collect::<Result<_, _>>()
        .map_err(|_| "a dimension is negative".to_owned())
}

/// Numbers from a start to a limit, which is left out.
pub(super) fn range(_attributes: &Attributes<'_>) -> Result<Kernel, String> {
    one(|inputs| {
        let (start, limit, step) = (inputs.get(0)?, inputs.get(1)?, inputs.get(2)?);
        if [start, limit, step].iter().any(|t| t.len() != 1) {
            return Err("start, limit and step must be single numbers".to_owned());
        }
        let (from, to, by) = (start.doubles()?[0], limit.doubles()?[0], step.doubles()?[0]);
        let n = ((to - from) / by).ceil().max(0.0);
        if !n.is_finite() || n > f64::from(u32::MAX) {
            return Err(format!("there is no range from {from} to {to} by {by}"));
        }
        let n = n_elements(&[n as usize])?;
        let values = (0..n).map(|i| from + by * i as f64);
        let data = match start.data() {
            Data::Float(_) => Data::Float(values.map(|v| v as f32).collect()),
            Data::Double(_) => Data::Double(values.collect()),
            Data::Int64(_) => Data::Int64(values.map(|v| v as i64).collect()),
            Data::Int32(_) => Data::Int32(values.map(|v| v as i32).collect()),
            other => return Err(format!("{} has no range", other.kind().title())),
        };
        Tensor::new(vec![n], data)
    })
}
