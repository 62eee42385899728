//! The operators of ONNX itself (domain `ai.onnx`), opsets 7 to 28, as far as models for tables need them. One file a
//! family; the formulas are those of the operator specification (onnx.ai/onnx/operators).

pub(in crate::model::onnx::interpreter) use matrix::product;
pub(in crate::model::onnx::interpreter) use moves::joined;
pub(in crate::model::onnx::interpreter) use select::taken;

mod arithmetic;
mod cast;
mod logic;
mod matrix;
mod moves;
mod reduce;
mod select;
mod shapes;
mod softmax;
mod unary;

use super::attributes::Attributes;
use super::value::Tensor;

/// What a node gets: its inputs, of which some may be left out.
pub(super) struct Inputs<'a>(pub(super) &'a [Option<&'a Tensor>]);

impl<'a> Inputs<'a> {
    /// An input that must be there.
    pub(super) fn get(&self, i: usize) -> Result<&'a Tensor, String> {
        self.maybe(i)
            .ok_or_else(|| format!("input {} is missing", i + 1))
    }

    /// An input that may be left out.
    pub(super) fn maybe(&self, i: usize) -> Option<&'a Tensor> {
        self.0.get(i).copied().flatten()
    }

    /// All inputs, of which none may be left out, and of which there is at least one.
    pub(super) fn all(&self) -> Result<Vec<&'a Tensor>, String> {
        if self.0.is_empty() {
            return Err("it has no input".to_owned());
        }
        (0..self.0.len()).map(|i| self.get(i)).collect()
    }
}

/// A node ready to be run, its attributes read and checked.
pub(super) type Kernel = Box<dyn Fn(&Inputs<'_>) -> Result<Vec<Tensor>, String> + Send + Sync>;

/// Makes a kernel of a node's attributes.
pub(super) type Maker = fn(&Attributes<'_>) -> Result<Kernel, String>;

/// A kernel with one result.
pub(super) fn one(
    work: impl Fn(&Inputs<'_>) -> Result<Tensor, String> + Send + Sync + 'static,
) -> Result<Kernel, String> {
    Ok(Box::new(move |inputs| Ok(vec![work(inputs)?])))
}

/// The maker of an operator; `None` where it is not among ours.
pub(super) fn maker(op: &str) -> Option<Maker> {
    Some(match op {
        "Identity" => moves::identity,
        "Add" | "Sub" | "Mul" | "Div" | "Mod" | "Pow" | "Sum" | "Mean" | "Min" | "Max" => {
            return arithmetic::maker(op);
        }
        "Less" | "Greater" | "LessOrEqual" | "GreaterOrEqual" | "Equal" | "And" | "Or" | "Xor"
        | "Not" | "IsNaN" | "IsInf" | "Where" => return logic::maker(op),
        "Cast" => cast::cast,
        "Clip" => arithmetic::clip,
        "MatMul" => matrix::mat_mul,
        "Gemm" => matrix::gemm,
        "Reshape" => shapes::reshape,
        "Squeeze" => shapes::squeeze,
        "Unsqueeze" => shapes::unsqueeze,
        "Flatten" => shapes::flatten,
        "Shape" => shapes::shape,
        "Size" => shapes::size,
        "ConstantOfShape" => shapes::constant_of_shape,
        "Range" => shapes::range,
        "Transpose" => moves::transpose,
        "Concat" => moves::concat,
        "Expand" => moves::expand,
        "Tile" => moves::tile,
        "Gather" => select::gather,
        "GatherElements" => select::gather_elements,
        "Slice" => select::slice,
        "Split" => select::split,
        "OneHot" => select::one_hot,
        "ArgMax" => reduce::arg_max,
        "ArgMin" => reduce::arg_min,
        "TopK" => reduce::top_k,
        "CumSum" => reduce::cum_sum,
        "Softmax" => softmax::softmax,
        "LogSoftmax" => softmax::log_softmax,
        _ => return reduce::maker(op).or_else(|| unary::maker(op)),
    })
}
