//! `+ - * / %` and the sign. Integers that leave 64 bits are an error with the row.

use super::evaluate::{Scope, unexpected};
use super::node::{Arithmetic, Node};
use super::vector::{Vector, joined, joint_length};
use crate::domain::expression::ExpressionError;
use arrow::array::{Array, AsArray, Int64Array, PrimitiveArray};
use arrow::compute::kernels::numeric;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Date32Type, Float64Type, Int64Type};
use std::sync::Arc;

const OVERFLOW: &str = "the result does not fit an integer of 64 bits";
const FAR_DATE: &str = "the date is out of range";

/// Two vectors of the types that typing has chosen.
pub(super) fn arithmetic(
    how: Arithmetic,
    a: &Vector,
    b: &Vector,
    node: &Node,
    scope: &Scope<'_>,
) -> Result<Vector, ExpressionError> {
    match (a.array().data_type(), b.array().data_type()) {
        (DataType::Date32, DataType::Date32) => {
            let days = each_pair::<Date32Type, Date32Type, Int64Type>(a, b, |x, y| {
                Ok(Some(i64::from(x) - i64::from(y)))
            });
            finish(a, b, days, node, scope, FAR_DATE)
        }
        (DataType::Date32, DataType::Int64) => {
            let is_less = how == Arithmetic::Subtract;
            let dates = each_pair::<Date32Type, Int64Type, Date32Type>(a, b, |x, y| {
                later(x, if is_less { y.checked_neg() } else { Some(y) })
            });
            finish(a, b, dates, node, scope, FAR_DATE)
        }
        (DataType::Int64, DataType::Date32) => {
            let dates =
                each_pair::<Int64Type, Date32Type, Date32Type>(a, b, |x, y| later(y, Some(x)));
            finish(a, b, dates, node, scope, FAR_DATE)
        }
        (DataType::Int64, _) => integers(how, a, b, node, scope),
        _ => {
            let array = match how {
                Arithmetic::Add => numeric::add_wrapping(a, b),
                Arithmetic::Subtract => numeric::sub_wrapping(a, b),
                Arithmetic::Multiply => numeric::mul_wrapping(a, b),
                Arithmetic::Divide => numeric::div(a, b),
                Arithmetic::Remainder => numeric::rem(a, b),
            };
            Ok(joined(&[a, b], array.map_err(|e| unexpected(node, &e))?))
        }
    }
}

fn integers(
    how: Arithmetic,
    a: &Vector,
    b: &Vector,
    node: &Node,
    scope: &Scope<'_>,
) -> Result<Vector, ExpressionError> {
    let checked: fn(i64, i64) -> Result<Option<i64>, Failed> = match how {
        Arithmetic::Add => |x, y| x.checked_add(y).map(Some).ok_or(Failed),
        Arithmetic::Subtract => |x, y| x.checked_sub(y).map(Some).ok_or(Failed),
        Arithmetic::Multiply => |x, y| x.checked_mul(y).map(Some).ok_or(Failed),
        // Typing makes real numbers of what is divided.
        Arithmetic::Divide => |_, _| Ok(None),
        Arithmetic::Remainder => |x, y| Ok((y != 0).then(|| x.wrapping_rem(y))),
    };
    let fast = match how {
        Arithmetic::Add => numeric::add(a, b).ok(),
        Arithmetic::Subtract => numeric::sub(a, b).ok(),
        Arithmetic::Multiply => numeric::mul(a, b).ok(),
        Arithmetic::Divide | Arithmetic::Remainder => None,
    };
    if let Some(array) = fast {
        return Ok(joined(&[a, b], array));
    }
    let values = each_pair::<Int64Type, Int64Type, Int64Type>(a, b, checked);
    finish(a, b, values, node, scope, OVERFLOW)
}

/// The sign turned round.
pub(super) fn negate(
    a: &Vector,
    node: &Node,
    scope: &Scope<'_>,
) -> Result<Vector, ExpressionError> {
    if let Some(numbers) = a.array().as_primitive_opt::<Float64Type>() {
        return Ok(a.map(Arc::new(numbers.unary::<_, Float64Type>(|v| -v))));
    }
    integer_map(a, node, scope, i64::checked_neg)
}

/// Each integer through a function that may overflow.
pub(super) fn integer_map(
    a: &Vector,
    node: &Node,
    scope: &Scope<'_>,
    each: impl Fn(i64) -> Option<i64>,
) -> Result<Vector, ExpressionError> {
    let integers = a.array().as_primitive::<Int64Type>();
    let mut values = Vec::with_capacity(integers.len());
    for (row, value) in integers.iter().enumerate() {
        values.push(match value {
            None => None,
            Some(v) => Some(each(v).ok_or_else(|| scope.failed(node, row, OVERFLOW))?),
        });
    }
    Ok(a.map(Arc::new(Int64Array::from(values))))
}

struct Failed;

fn later(date: i32, days: Option<i64>) -> Result<Option<i32>, Failed> {
    days.and_then(|d| i64::from(date).checked_add(d))
        .and_then(|d| i32::try_from(d).ok())
        .map(Some)
        .ok_or(Failed)
}

/// Each pair of values; the row of the first one that fails otherwise.
fn each_pair<A: ArrowPrimitiveType, B: ArrowPrimitiveType, O: ArrowPrimitiveType>(
    a: &Vector,
    b: &Vector,
    each: impl Fn(A::Native, B::Native) -> Result<Option<O::Native>, Failed>,
) -> Result<PrimitiveArray<O>, usize> {
    let (x, y) = (a.array().as_primitive::<A>(), b.array().as_primitive::<B>());
    let n = joint_length(&[a, b]);
    let mut values = Vec::with_capacity(n);
    for row in 0..n {
        let (i, j) = (a.at(row), b.at(row));
        if x.is_null(i) || y.is_null(j) {
            values.push(None);
        } else {
            values.push(each(x.value(i), y.value(j)).map_err(|Failed| row)?);
        }
    }
    Ok(values.into_iter().collect())
}

fn finish<O: ArrowPrimitiveType>(
    a: &Vector,
    b: &Vector,
    values: Result<PrimitiveArray<O>, usize>,
    node: &Node,
    scope: &Scope<'_>,
    what: &str,
) -> Result<Vector, ExpressionError> {
    match values {
        Ok(array) => Ok(joined(&[a, b], Arc::new(array))),
        Err(row) => Err(scope.failed(node, row, what)),
    }
}
