//! Products of matrices. Each element is added up in 64 bits in the order of the inner dimension, so that a row's result
//! does not depend on the other rows.

use super::{Attributes, Inputs, Kernel, one};
use crate::model::onnx::interpreter::value::{
    Data, Kind, Tensor, broadcast, expanded, n_elements, real,
};

/// The most multiplications of one node: a hostile file must not keep a processor busy for hours.
const MAX_PRODUCTS: usize = 1 << 34;

/// `m × k` times `k × n`, row by row.
pub(in crate::model::onnx::interpreter) fn product(
    a: &[f64],
    b: &[f64],
    (m, k, n): (usize, usize, usize),
) -> Result<Vec<f64>, String> {
    let work = m.checked_mul(k).and_then(|w| w.checked_mul(n));
    if work.is_none_or(|work| work > MAX_PRODUCTS) {
        return Err(format!("{m} × {k} times {k} × {n} is too much work"));
    }
    let mut out = vec![0.0; n_elements(&[m, n])?];
    if k == 0 || n == 0 {
        return Ok(out);
    }
    for (row, sums) in a.chunks_exact(k).zip(out.chunks_exact_mut(n)) {
        for (x, line) in row.iter().zip(b.chunks_exact(n)) {
            for (sum, y) in sums.iter_mut().zip(line) {
                *sum += x * y;
            }
        }
    }
    Ok(out)
}

pub(super) fn mat_mul(_attributes: &Attributes<'_>) -> Result<Kernel, String> {
    one(multiplied)
}

/// As numpy's `matmul`: a vector counts as a row on the left and as a column on the right.
fn multiplied(inputs: &Inputs<'_>) -> Result<Tensor, String> {
    let (left, right) = (inputs.get(0)?, inputs.get(1)?);
    if left.kind() != right.kind() || left.kind() == Kind::Bool {
        return Err("the two matrices have different types".to_owned());
    }
    let (is_row, is_column) = (left.rank() == 1, right.rank() == 1);
    let wide = |tensor: &Tensor, front: bool| {
        let mut shape = tensor.shape().to_vec();
        if tensor.rank() == 1 {
            shape.insert(usize::from(!front), 1);
        }
        shape
    };
    let (a, b) = (wide(left, true), wide(right, false));
    let (Some((a_batch, &[m, k])), Some((b_batch, &[inner, n]))) =
        (a.split_last_chunk::<2>(), b.split_last_chunk::<2>())
    else {
        return Err("a single number is no matrix".to_owned());
    };
    if k != inner {
        return Err(format!("the shapes {a:?} and {b:?} do not go together"));
    }
    let batch = broadcast(a_batch, b_batch)?;
    let with = |shape: &[usize], tail: [usize; 2]| [shape, &tail].concat();
    let a = left.reshaped(a.clone())?;
    let b = right.reshaped(b.clone())?;
    let (a, b) = (
        expanded(&a, &with(&batch, [m, k]))?,
        expanded(&b, &with(&batch, [k, n]))?,
    );
    let (x, y) = (a.doubles()?, b.doubles()?);
    n_elements(&with(&batch, [m, n]))?;
    let mut values = Vec::new();
    for i in 0..n_elements(&batch)? {
        let (x, y) = (&x[i * m * k..][..m * k], &y[i * k * n..][..k * n]);
        values.extend(product(x, y, (m, k, n))?);
    }
    let mut shape = batch;
    if !is_row {
        shape.push(m);
    }
    if !is_column {
        shape.push(n);
    }
    typed(left.kind(), shape, values)
}

fn typed(kind: Kind, shape: Vec<usize>, values: Vec<f64>) -> Result<Tensor, String> {
    match kind {
        Kind::Float | Kind::Double => real(kind, shape, values),
        // Exact up to 2^53.
        Kind::Int64 => Tensor::new(
            shape,
            Data::Int64(values.into_iter().map(|v| v as i64).collect()),
        ),
        Kind::Int32 => Tensor::new(
            shape,
            Data::Int32(values.into_iter().map(|v| v as i32).collect()),
        ),
        Kind::Bool | Kind::Text => Err("only numbers can be multiplied".to_owned()),
    }
}

/// `alpha · A · B + beta · C`, where A and B may be turned.
pub(super) fn gemm(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let alpha = f64::from(attributes.float("alpha")?.unwrap_or(1.0));
    let beta = f64::from(attributes.float("beta")?.unwrap_or(1.0));
    let (turn_a, turn_b) = (
        attributes.flag("transA", false)?,
        attributes.flag("transB", false)?,
    );
    one(move |inputs| {
        let (a, b) = (inputs.get(0)?, inputs.get(1)?);
        let (x, m, k) = turned(a, turn_a)?;
        let (y, inner, n) = turned(b, turn_b)?;
        if k != inner {
            let (a, b) = (a.shape(), b.shape());
            return Err(format!("the shapes {a:?} and {b:?} do not go together"));
        }
        let mut values = product(&x, &y, (m, k, n))?;
        values.iter_mut().for_each(|v| *v *= alpha);
        if let Some(c) = inputs.maybe(2) {
            let c = expanded(c, &[m, n])?;
            for (value, c) in values.iter_mut().zip(c.doubles()?.iter()) {
                *value += beta * c;
            }
        }
        typed(a.kind(), vec![m, n], values)
    })
}

fn turned(tensor: &Tensor, turn: bool) -> Result<(Vec<f64>, usize, usize), String> {
    let &[n, p] = tensor.shape() else {
        return Err("a matrix was expected".to_owned());
    };
    let values = tensor.doubles()?;
    if !turn {
        return Ok((values.to_vec(), n, p));
    }
    let places = (0..p).flat_map(|j| (0..n).map(move |i| i * p + j));
    Ok((places.map(|place| values[place]).collect(), p, n))
}
