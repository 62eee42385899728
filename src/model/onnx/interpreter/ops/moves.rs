//! Operators that put elements elsewhere, or repeat them.

use super::shapes::{positions, to_shape};
use super::{Attributes, Kernel, one};
use crate::model::onnx::interpreter::value::{
    Data, Tensor, around, axis, broadcast, expanded, n_elements, strides, walk,
};

pub(super) fn identity(_attributes: &Attributes<'_>) -> Result<Kernel, String> {
    one(|inputs| Ok(inputs.get(0)?.clone()))
}

/// Dimensions in another order; without one, in the reverse.
pub(super) fn transpose(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let order = attributes.ints("perm")?.map(<[i64]>::to_vec);
    one(move |inputs| {
        let input = inputs.get(0)?;
        let order = match &order {
            Some(order) if order.len() == input.rank() => positions(order, input.rank())?,
            Some(order) => return Err(format!("{order:?} does not name every dimension")),
            None => (0..input.rank()).rev().collect(),
        };
        turned(input, &order)
    })
}

/// The dimensions in this order, which names each once.
pub(super) fn turned(input: &Tensor, order: &[usize]) -> Result<Tensor, String> {
    let own = strides(input.shape());
    let shape: Vec<usize> = order.iter().map(|i| input.shape()[*i]).collect();
    let steps: Vec<usize> = order.iter().map(|i| own[*i]).collect();
    let places = walk(&shape, &steps, 0, input.len());
    input.picked(shape, &places)
}

pub(super) fn concat(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    // Before opset 4 the axis could be left out.
    let at = attributes.int("axis")?.unwrap_or(1);
    one(move |inputs| joined(&inputs.all()?, at))
}

/// Tensors beside one another along an axis.
pub(in crate::model::onnx::interpreter) fn joined(
    all: &[&Tensor],
    at: i64,
) -> Result<Tensor, String> {
    let first = all.first().ok_or("it has no input")?;
    let at = axis(at, first.rank())?;
    let mut shape = first.shape().to_vec();
    shape[at] = 0;
    for tensor in all {
        let differs = |(i, d): (usize, &usize)| i != at && first.shape()[i] != *d;
        if tensor.rank() != first.rank() || tensor.shape().iter().enumerate().any(differs) {
            let (a, b) = (first.shape(), tensor.shape());
            return Err(format!("the shapes {a:?} and {b:?} cannot be put together"));
        }
        shape[at] += tensor.shape()[at];
    }
    n_elements(&shape)?;
    let n_blocks: usize = shape[..at].iter().product();
    macro_rules! join {
        ($kind:ident) => {{
            let mut parts = Vec::new();
            for tensor in all {
                let Data::$kind(values) = tensor.data() else {
                    return Err("tensors of different types cannot be put together".to_owned());
                };
                parts.push(values);
            }
            let mut out = Vec::with_capacity(shape.iter().product());
            for block in 0..n_blocks {
                for part in &parts {
                    let n = part.len() / n_blocks;
                    out.extend_from_slice(&part[block * n..(block + 1) * n]);
                }
            }
            Data::$kind(out)
        }};
    }
    let data = match first.data() {
        Data::Float(_) => join!(Float),
        Data::Double(_) => join!(Double),
        Data::Int64(_) => join!(Int64),
        Data::Int32(_) => join!(Int32),
        Data::Bool(_) => join!(Bool),
        Data::Text(_) => join!(Text),
    };
    Tensor::new(shape, data)
}

pub(super) fn expand(_attributes: &Attributes<'_>) -> Result<Kernel, String> {
    one(|inputs| {
        let (input, wanted) = (inputs.get(0)?, to_shape(inputs.get(1)?)?);
        let shape = broadcast(input.shape(), &wanted)?;
        Ok(expanded(input, &shape)?.into_owned())
    })
}

/// Repeats the whole along each dimension.
pub(super) fn tile(_attributes: &Attributes<'_>) -> Result<Kernel, String> {
    one(|inputs| {
        let (input, repeats) = (inputs.get(0)?, to_shape(inputs.get(1)?)?);
        if repeats.len() != input.rank() {
            return Err(format!("{repeats:?} does not name every dimension"));
        }
        let mut result = input.clone();
        for (at, n) in repeats.iter().enumerate() {
            let (before, length, behind) = around(result.shape(), at);
            let mut shape = result.shape().to_vec();
            shape[at] = length.checked_mul(*n).ok_or("it repeats too often")?;
            n_elements(&shape)?;
            let block = length * behind;
            let places =
                (0..before).flat_map(|b| (0..*n).flat_map(move |_| b * block..(b + 1) * block));
            let places: Vec<usize> = places.collect();
            result = result.picked(shape, &places)?;
        }
        Ok(result)
    })
}
