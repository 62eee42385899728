//! What the functions over the values of a row do. Their names and signatures stand in `function`.

use super::arithmetic::integer_map;
use super::case;
use super::evaluate::{Scope, unexpected};
use super::function::Function;
use super::node::{Comparison, Node};
use super::vector::{Vector, joined, joint_length};
use super::{texts, times};
use crate::domain::expression::ExpressionError;
use arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::error::ArrowError;
use std::borrow::Cow;
use std::sync::Arc;

/// The values of a call, of arguments that have the types that `typing::calls` has chosen.
pub(super) fn call(
    function: Function,
    arguments: &[Vector],
    node: &Node,
    scope: &Scope<'_>,
) -> Result<Vector, ExpressionError> {
    let first = &arguments[0];
    let is_integer = first.array().data_type() == &DataType::Int64;
    match function {
        Function::Abs if is_integer => return integer_map(first, node, scope, i64::checked_abs),
        Function::Round if is_integer => return round_integers(arguments, node, scope),
        Function::Floor | Function::Ceil if is_integer => return Ok(first.clone()),
        _ => {}
    }
    let vectors: Vec<&Vector> = arguments.iter().collect();
    let error = |e: ArrowError| unexpected(node, &e);
    let array = match function {
        Function::Abs => reals(first, f64::abs),
        Function::Floor => reals(first, f64::floor),
        Function::Ceil => reals(first, f64::ceil),
        Function::Sqrt => reals(first, f64::sqrt),
        Function::Ln => reals(first, f64::ln),
        Function::Exp => reals(first, f64::exp),
        Function::Round => match arguments.get(1) {
            None => reals(first, f64::round),
            Some(digits) => real_pairs::<Int64Type>(first, digits, round_to),
        },
        Function::Power => real_pairs::<Float64Type>(first, &arguments[1], f64::powf),
        Function::Lower => texts::map(first.array(), |t| Cow::Owned(t.to_lowercase())),
        Function::Upper => texts::map(first.array(), |t| Cow::Owned(t.to_uppercase())),
        Function::Trim => texts::map(first.array(), |t| Cow::Borrowed(t.trim_matches(' '))),
        Function::Ltrim => texts::map(first.array(), |t| Cow::Borrowed(t.trim_start_matches(' '))),
        Function::Rtrim => texts::map(first.array(), |t| Cow::Borrowed(t.trim_end_matches(' '))),
        Function::Length => texts::length(first.array()),
        Function::Substr => texts::substr(first, &arguments[1], arguments.get(2)),
        Function::Replace => texts::replace(first, &arguments[1], &arguments[2]),
        Function::StartsWith => texts::starts_with(first, &arguments[1]).map_err(error)?,
        Function::Extract(field) => times::extract(field, first.array()).map_err(error)?,
        Function::DateTrunc(field) => times::truncate(field, first.array()),
        Function::Coalesce => return coalesce(arguments, scope).map_err(error),
        Function::Nullif => {
            return case::nullif(first, &arguments[1], scope.n_rows).map_err(error);
        }
        Function::Least | Function::Greatest => {
            let how = if function == Function::Least {
                Comparison::Less
            } else {
                Comparison::Greater
            };
            let mut best = first.clone();
            for other in &arguments[1..] {
                best = case::better(how, &best, other, scope.n_rows).map_err(error)?;
            }
            return Ok(best);
        }
    };
    Ok(joined(&vectors, array))
}

fn coalesce(arguments: &[Vector], scope: &Scope<'_>) -> Result<Vector, ArrowError> {
    let mut reversed = arguments.iter().rev().cloned();
    let Some(mut value) = reversed.next() else {
        return Err(ArrowError::ComputeError(
            "coalesce needs a value".to_owned(),
        ));
    };
    for earlier in reversed {
        value = case::coalesce(earlier, &value, scope.n_rows)?;
    }
    Ok(value)
}

fn reals(vector: &Vector, each: impl Fn(f64) -> f64) -> ArrayRef {
    let numbers = vector.array().as_primitive::<Float64Type>();
    let changed: Float64Array = numbers.unary(each);
    Arc::new(changed)
}

fn real_pairs<B: arrow::datatypes::ArrowPrimitiveType>(
    a: &Vector,
    b: &Vector,
    each: impl Fn(f64, B::Native) -> f64,
) -> ArrayRef {
    let (x, y) = (
        a.array().as_primitive::<Float64Type>(),
        b.array().as_primitive::<B>(),
    );
    let values: Float64Array = (0..joint_length(&[a, b]))
        .map(|row| {
            let (i, j) = (a.at(row), b.at(row));
            (x.is_valid(i) && y.is_valid(j)).then(|| each(x.value(i), y.value(j)))
        })
        .collect();
    Arc::new(values)
}

/// Halves away from zero; where the power of ten is out of range, the number itself, or 0.
fn round_to(value: f64, digits: i64) -> f64 {
    let digits = i32::try_from(digits.clamp(-400, 400)).unwrap_or(0);
    if digits < 0 {
        let unit = 10_f64.powi(-digits);
        let rounded = (value / unit).round() * unit;
        return if rounded.is_finite() { rounded } else { 0.0 };
    }
    let unit = 10_f64.powi(digits);
    let rounded = (value * unit).round() / unit;
    if rounded.is_finite() { rounded } else { value }
}

fn round_integers(
    arguments: &[Vector],
    node: &Node,
    scope: &Scope<'_>,
) -> Result<Vector, ExpressionError> {
    let (first, Some(digits)) = (&arguments[0], arguments.get(1)) else {
        return Ok(arguments[0].clone());
    };
    let (x, y) = (
        first.array().as_primitive::<Int64Type>(),
        digits.array().as_primitive::<Int64Type>(),
    );
    let mut values = Vec::new();
    for row in 0..joint_length(&[first, digits]) {
        let (i, j) = (first.at(row), digits.at(row));
        if x.is_null(i) || y.is_null(j) {
            values.push(None);
            continue;
        }
        let rounded = round_integer(x.value(i), y.value(j)).ok_or_else(|| {
            scope.failed(node, row, "the result does not fit an integer of 64 bits")
        })?;
        values.push(Some(rounded));
    }
    let array: ArrayRef = Arc::new(arrow::array::Int64Array::from(values));
    Ok(joined(&[first, digits], array))
}

fn round_integer(value: i64, digits: i64) -> Option<i64> {
    if digits >= 0 {
        return Some(value);
    }
    let Some(unit) = u32::try_from(-digits)
        .ok()
        .and_then(|d| 10_i128.checked_pow(d))
    else {
        return Some(0);
    };
    let wide = i128::from(value);
    let half = if wide < 0 { -unit / 2 } else { unit / 2 };
    i64::try_from((wide + half) / unit * unit).ok()
}
