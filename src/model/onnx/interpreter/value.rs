//! Tensors: a shape and as many elements, row by row. What is done with them is left to `ops` and `ml`.

use std::borrow::Cow;
use std::sync::Arc;

/// The most elements of one tensor: 16.8 million. More in one piece of a few hundred rows is no model for tables.
pub(super) const MAX_ELEMENTS: usize = 1 << 24;

/// The most dimensions of a tensor.
pub(super) const MAX_RANK: usize = 8;

/// Elements of one type.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::model) enum Data {
    /// 32-bit real numbers.
    Float(Vec<f32>),
    /// 64-bit real numbers.
    Double(Vec<f64>),
    /// 64-bit whole numbers.
    Int64(Vec<i64>),
    /// 32-bit whole numbers.
    Int32(Vec<i32>),
    /// Truth values.
    Bool(Vec<bool>),
    /// Texts.
    Text(Vec<Arc<str>>),
}

/// The type of a tensor's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model) enum Kind {
    /// 32-bit real numbers.
    Float,
    /// 64-bit real numbers.
    Double,
    /// 64-bit whole numbers.
    Int64,
    /// 32-bit whole numbers.
    Int32,
    /// Truth values.
    Bool,
    /// Texts.
    Text,
}

impl Kind {
    /// The type with this number in `TensorProto.DataType`.
    pub(super) fn of_code(code: i64) -> Option<Self> {
        Some(match code {
            1 => Self::Float,
            6 => Self::Int32,
            7 => Self::Int64,
            8 => Self::Text,
            9 => Self::Bool,
            11 => Self::Double,
            _ => return None,
        })
    }

    /// ONNX's name.
    pub(in crate::model) fn title(self) -> &'static str {
        match self {
            Self::Float => "float",
            Self::Double => "double",
            Self::Int64 => "int64",
            Self::Int32 => "int32",
            Self::Bool => "bool",
            Self::Text => "string",
        }
    }
}

/// Evaluates an expression with the vector of whatever type the data have, and wraps the result as the same type.
macro_rules! same_type {
    ($data:expr, $values:ident => $body:expr) => {
        match $data {
            Data::Float($values) => Data::Float($body),
            Data::Double($values) => Data::Double($body),
            Data::Int64($values) => Data::Int64($body),
            Data::Int32($values) => Data::Int32($body),
            Data::Bool($values) => Data::Bool($body),
            Data::Text($values) => Data::Text($body),
        }
    };
}

impl Data {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Float(v) => v.len(),
            Self::Double(v) => v.len(),
            Self::Int64(v) => v.len(),
            Self::Int32(v) => v.len(),
            Self::Bool(v) => v.len(),
            Self::Text(v) => v.len(),
        }
    }

    pub(in crate::model) fn kind(&self) -> Kind {
        match self {
            Self::Float(_) => Kind::Float,
            Self::Double(_) => Kind::Double,
            Self::Int64(_) => Kind::Int64,
            Self::Int32(_) => Kind::Int32,
            Self::Bool(_) => Kind::Bool,
            Self::Text(_) => Kind::Text,
        }
    }

    /// The elements at these places, in this order. Places are inside.
    pub(super) fn pick(&self, places: &[usize]) -> Self {
        same_type!(self, v => picked(v, places))
    }
}

fn picked<T: Clone>(values: &[T], places: &[usize]) -> Vec<T> {
    places.iter().map(|p| values[*p].clone()).collect()
}

/// A shape and as many elements.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::model) struct Tensor {
    shape: Vec<usize>,
    data: Data,
}

/// Number of elements of a shape.
///
/// # Errors
/// If these are more than a tensor may have. Dimensions of 0 do not help: so any product of some dimensions is bounded.
pub(super) fn n_elements(shape: &[usize]) -> Result<usize, String> {
    let wide = shape
        .iter()
        .try_fold(1_usize, |n, d| n.checked_mul((*d).max(1)));
    match wide {
        _ if shape.len() > MAX_RANK => Err(format!("a tensor has more than {MAX_RANK} dimensions")),
        Some(wide) if wide <= MAX_ELEMENTS => Ok(shape.iter().product()),
        _ => Err(format!(
            "a tensor of shape {shape:?} has more than {MAX_ELEMENTS} elements"
        )),
    }
}

impl Tensor {
    /// A tensor.
    ///
    /// # Errors
    /// If shape and elements differ in number, or are too many.
    pub(in crate::model) fn new(shape: Vec<usize>, data: Data) -> Result<Self, String> {
        let n = n_elements(&shape)?;
        if n != data.len() {
            return Err(format!(
                "a tensor of shape {shape:?} has {} elements",
                data.len()
            ));
        }
        Ok(Self { shape, data })
    }

    pub(in crate::model) fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub(in crate::model) fn data(&self) -> &Data {
        &self.data
    }

    pub(super) fn len(&self) -> usize {
        self.data.len()
    }

    pub(super) fn rank(&self) -> usize {
        self.shape.len()
    }

    pub(in crate::model) fn kind(&self) -> Kind {
        self.data.kind()
    }

    /// The same elements in another shape.
    pub(super) fn reshaped(&self, shape: Vec<usize>) -> Result<Self, String> {
        Self::new(shape, self.data.clone())
    }

    /// Elements from these places in a new shape.
    pub(super) fn picked(&self, shape: Vec<usize>, places: &[usize]) -> Result<Self, String> {
        Self::new(shape, self.data.pick(places))
    }

    /// The elements as 64-bit real numbers; truth values are 0 and 1.
    ///
    /// # Errors
    /// If they are texts.
    pub(in crate::model) fn doubles(&self) -> Result<Cow<'_, [f64]>, String> {
        Ok(match &self.data {
            Data::Double(v) => Cow::Borrowed(v),
            Data::Float(v) => v.iter().map(|x| f64::from(*x)).collect::<Vec<_>>().into(),
            Data::Int64(v) => v.iter().map(|x| *x as f64).collect::<Vec<_>>().into(),
            Data::Int32(v) => v.iter().map(|x| f64::from(*x)).collect::<Vec<_>>().into(),
            Data::Bool(v) => {
                let numbers = v.iter().map(|x| f64::from(u8::from(*x)));
                numbers.collect::<Vec<_>>().into()
            }
            Data::Text(_) => return Err("numbers were expected, and found are texts".to_owned()),
        })
    }

    /// The elements as 32-bit real numbers, rounded.
    pub(super) fn floats(&self) -> Result<Cow<'_, [f32]>, String> {
        match &self.data {
            Data::Float(v) => Ok(Cow::Borrowed(v)),
            _ => Ok(self.doubles()?.iter().map(|x| *x as f32).collect()),
        }
    }

    /// The elements as whole numbers.
    pub(super) fn integers(&self) -> Result<Cow<'_, [i64]>, String> {
        match &self.data {
            Data::Int64(v) => Ok(Cow::Borrowed(v)),
            Data::Int32(v) => Ok(v.iter().map(|x| i64::from(*x)).collect()),
            other => Err(format!(
                "whole numbers were expected, and found is {}",
                other.kind().title()
            )),
        }
    }

    /// The elements as truth values.
    pub(super) fn truths(&self) -> Result<&[bool], String> {
        match &self.data {
            Data::Bool(v) => Ok(v),
            other => Err(format!(
                "truth values were expected, and found is {}",
                other.kind().title()
            )),
        }
    }

    /// Rows and columns of a matrix; one dimension alone is one row.
    pub(super) fn rows_and_columns(&self) -> Result<(usize, usize), String> {
        match self.shape.as_slice() {
            [n] => Ok((1, *n)),
            [n, p] => Ok((*n, *p)),
            other => Err(format!(
                "a matrix was expected, and found is shape {other:?}"
            )),
        }
    }
}

/// Wraps 64-bit numbers as real numbers of this type; another type becomes 32 bits.
pub(super) fn real(kind: Kind, shape: Vec<usize>, values: Vec<f64>) -> Result<Tensor, String> {
    let data = match kind {
        Kind::Double => Data::Double(values),
        _ => Data::Float(values.into_iter().map(|v| v as f32).collect()),
    };
    Tensor::new(shape, data)
}

/// How far apart neighbours along each dimension are.
pub(super) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1_usize; shape.len()];
    for i in (0..shape.len().saturating_sub(1)).rev() {
        strides[i] = strides[i + 1].saturating_mul(shape[i + 1]);
    }
    strides
}

/// The shape to which two shapes are broadcast (ONNX, "Broadcasting in ONNX", multidirectional).
pub(super) fn broadcast(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
    let rank = a.len().max(b.len());
    let at = |shape: &[usize], i: usize| {
        let missing = rank - shape.len();
        if i < missing { 1 } else { shape[i - missing] }
    };
    let dim = |i| match (at(a, i), at(b, i)) {
        (x, y) if x == y => Ok(x),
        (1, y) => Ok(y),
        (x, 1) => Ok(x),
        _ => Err(format!("the shapes {a:?} and {b:?} do not go together")),
    };
    let shape = (0..rank).map(dim).collect::<Result<Vec<_>, _>>()?;
    n_elements(&shape)?;
    Ok(shape)
}

/// A tensor repeated along its dimensions of length 1 until it has this shape.
pub(super) fn expanded<'a>(tensor: &'a Tensor, shape: &[usize]) -> Result<Cow<'a, Tensor>, String> {
    if tensor.shape == shape {
        return Ok(Cow::Borrowed(tensor));
    }
    let n = n_elements(shape)?;
    let missing = shape
        .len()
        .checked_sub(tensor.rank())
        .ok_or("a tensor cannot lose dimensions")?;
    let fits = |(j, d): (usize, &usize)| *d == 1 || *d == shape[missing + j];
    if !tensor.shape.iter().enumerate().all(fits) {
        let own = &tensor.shape;
        return Err(format!("the shape {own:?} does not go into {shape:?}"));
    }
    let own = strides(&tensor.shape);
    let steps: Vec<usize> = (0..shape.len())
        .map(|i| match i.checked_sub(missing) {
            Some(j) if tensor.shape[j] != 1 => own[j],
            _ => 0,
        })
        .collect();
    Ok(Cow::Owned(
        tensor.picked(shape.to_vec(), &walk(shape, &steps, 0, n))?,
    ))
}

/// The places that are met when a block of this shape is walked through row by row, with these steps along its
/// dimensions.
pub(super) fn walk(shape: &[usize], steps: &[usize], start: usize, n: usize) -> Vec<usize> {
    let mut places = Vec::with_capacity(n);
    let mut counters = vec![0; shape.len()];
    let mut place = start;
    for _ in 0..n {
        places.push(place);
        for i in (0..shape.len()).rev() {
            counters[i] += 1;
            place += steps[i];
            if counters[i] < shape[i] {
                break;
            }
            place -= steps[i] * shape[i];
            counters[i] = 0;
        }
    }
    places
}

/// The position of a dimension that may be counted from the end.
pub(super) fn axis(axis: i64, rank: usize) -> Result<usize, String> {
    let wide = rank as i64;
    let at = if axis < 0 {
        axis.saturating_add(wide)
    } else {
        axis
    };
    usize::try_from(at)
        .ok()
        .filter(|at| *at < rank)
        .ok_or_else(|| format!("there is no axis {axis} among {rank} dimensions"))
}

/// A shape cut at an axis: how many blocks before it, its length, how many elements behind.
pub(super) fn around(shape: &[usize], axis: usize) -> (usize, usize, usize) {
    let before = shape[..axis].iter().product();
    let behind = shape[axis + 1..].iter().product();
    (before, shape[axis], behind)
}
