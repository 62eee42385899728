//! CAST and TRY_CAST between the six types.

use super::evaluate::{Scope, data_type, unexpected};
use super::node::{Node, OnFailure};
use super::times::{MILLIS_OF_DAY, parse_date, parse_timestamp, timestamp_text};
use super::vector::Vector;
use crate::data::table::date_text;
use crate::domain::expression::ExpressionError;
use crate::domain::schema::ColumnType;
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, PrimitiveArray, StringArray};
use arrow::compute;
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Float64Type, Int64Type, TimestampMillisecondType,
};
use std::sync::Arc;

/// Converts a vector to the type of the node.
pub(super) fn cast(
    vector: &Vector,
    node: &Node,
    on_failure: OnFailure,
    scope: &Scope<'_>,
) -> Result<Vector, ExpressionError> {
    let array = vector.array();
    let target = node.kind.unwrap_or(ColumnType::Boolean);
    let fails = |row: usize, value: &str| match on_failure {
        OnFailure::Null => Ok(()),
        OnFailure::Error => Err(scope
            .failed(
                node,
                row,
                &format!("{value} cannot be converted to {}", target.title()),
            )
            .hint("Use try_cast(x as type) to get NULL for such values.")),
    };
    let converted: ArrayRef = match (array.data_type(), target) {
        (_, ColumnType::Text) => Arc::new(to_texts(array)),
        (DataType::Utf8, _) => of_texts(array.as_string(), target, fails)?,
        (DataType::Float64, ColumnType::Integer) => {
            let numbers = array.as_primitive::<Float64Type>();
            let values = each(numbers.iter(), rounded, |row, v| fails(row, &v.to_string()))?;
            Arc::new(PrimitiveArray::<Int64Type>::from_iter(values))
        }
        (DataType::Timestamp(..), ColumnType::Date) => {
            let days = array
                .as_primitive::<TimestampMillisecondType>()
                .unary_opt::<_, Date32Type>(|m| i32::try_from(m.div_euclid(MILLIS_OF_DAY)).ok());
            Arc::new(days)
        }
        (DataType::Date32, ColumnType::Timestamp) => {
            let millis = array
                .as_primitive::<Date32Type>()
                .unary::<_, TimestampMillisecondType>(|d| i64::from(d) * MILLIS_OF_DAY);
            Arc::new(millis)
        }
        _ => compute::cast(array, &data_type(target)).map_err(|e| unexpected(node, &e))?,
    };
    Ok(vector.map(converted))
}

/// To the even neighbour; `None` outside of 64 bits.
fn rounded(value: f64) -> Option<i64> {
    let whole = value.round_ties_even();
    // 2^63 itself is no longer inside.
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0)
        .contains(&whole)
        .then_some(whole as i64)
}

fn each<T: Copy, O>(
    values: impl Iterator<Item = Option<T>>,
    convert: impl Fn(T) -> Option<O>,
    fails: impl Fn(usize, T) -> Result<(), ExpressionError>,
) -> Result<Vec<Option<O>>, ExpressionError> {
    values
        .enumerate()
        .map(|(row, value)| {
            let Some(value) = value else {
                return Ok(None);
            };
            let converted = convert(value);
            if converted.is_none() {
                fails(row, value)?;
            }
            Ok(converted)
        })
        .collect()
}

fn of_texts(
    texts: &StringArray,
    target: ColumnType,
    fails: impl Fn(usize, &str) -> Result<(), ExpressionError>,
) -> Result<ArrayRef, ExpressionError> {
    fn primitives<T: ArrowPrimitiveType>(
        texts: &StringArray,
        convert: impl Fn(&str) -> Option<T::Native>,
        fails: impl Fn(usize, &str) -> Result<(), ExpressionError>,
    ) -> Result<ArrayRef, ExpressionError> {
        let values = each(texts.iter(), convert, |row, t| {
            fails(row, &format!("'{t}'"))
        })?;
        Ok(Arc::new(PrimitiveArray::<T>::from_iter(values)))
    }
    match target {
        ColumnType::Integer => primitives::<Int64Type>(texts, integer_of, fails),
        ColumnType::Number => primitives::<Float64Type>(texts, |t| t.trim().parse().ok(), fails),
        ColumnType::Date => primitives::<Date32Type>(texts, date_of, fails),
        ColumnType::Timestamp => {
            primitives::<TimestampMillisecondType>(texts, parse_timestamp, fails)
        }
        ColumnType::Boolean | ColumnType::Text => {
            let values = each(texts.iter(), truth_of, |row, t| {
                fails(row, &format!("'{t}'"))
            })?;
            Ok(Arc::new(BooleanArray::from(values)))
        }
    }
}

fn integer_of(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse()
        .ok()
        .or_else(|| text.parse().ok().and_then(rounded))
}

fn date_of(text: &str) -> Option<i32> {
    parse_date(text).or_else(|| {
        parse_timestamp(text).and_then(|m| i32::try_from(m.div_euclid(MILLIS_OF_DAY)).ok())
    })
}

fn truth_of(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

fn to_texts(array: &ArrayRef) -> StringArray {
    fn of<T, S: AsRef<str>>(
        values: impl Iterator<Item = Option<T>>,
        write: impl Fn(T) -> S,
    ) -> StringArray {
        values.map(|v| v.map(&write)).collect()
    }
    match array.data_type() {
        DataType::Int64 => of(array.as_primitive::<Int64Type>().iter(), |v| v.to_string()),
        // Real numbers keep a decimal: 1.0 is not 1.
        DataType::Float64 => of(array.as_primitive::<Float64Type>().iter(), number_text),
        DataType::Boolean => of(
            array.as_boolean().iter(),
            |v| if v { "true" } else { "false" },
        ),
        DataType::Date32 => of(array.as_primitive::<Date32Type>().iter(), date_text),
        DataType::Timestamp(..) => of(
            array.as_primitive::<TimestampMillisecondType>().iter(),
            timestamp_text,
        ),
        _ => array.as_string::<i32>().clone(),
    }
}

/// The shortest digits that give the number back; with an exponent from 1e16 on and below 1e-4, as DuckDB writes it.
fn number_text(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    let size = value.abs();
    if value.is_infinite() || size == 0.0 || (1e-4..1e16).contains(&size) {
        return format!("{value:?}");
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = exponent
                .strip_prefix('-')
                .map_or(("+", exponent), |e| ("-", e));
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}
