//! Nested values (lists, structures, maps) as JSON text: tables are flat, and a text loses nothing.

use super::arrow_types::hexadecimal;
use arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Every value as one line of JSON; missing ones stay missing.
pub(super) fn texts(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let mut texts = StringBuilder::new();
    for row in 0..array.len() {
        match array.is_null(row) {
            true => texts.append_null(),
            false => texts.append_value(value(array, row)?.to_string()),
        }
    }
    Ok(Arc::new(texts.finish()))
}

fn value(array: &dyn Array, row: usize) -> Result<Value, ArrowError> {
    use DataType as D;
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match array.data_type() {
        D::List(_) => list(&array.as_list::<i32>().value(row))?,
        D::LargeList(_) => list(&array.as_list::<i64>().value(row))?,
        D::FixedSizeList(..) => list(&array.as_fixed_size_list().value(row))?,
        D::Struct(fields) => {
            let parts = array.as_struct();
            let mut object = Map::new();
            for (field, part) in fields.iter().zip(parts.columns()) {
                object.insert(field.name().clone(), value(part, row)?);
            }
            Value::Object(object)
        }
        D::Map(..) => {
            let entries = array.as_map().value(row);
            let mut object = Map::new();
            for entry in 0..entries.len() {
                let key = match value(entries.column(0), entry)? {
                    Value::String(key) => key,
                    key => key.to_string(),
                };
                object.insert(key, value(entries.column(1), entry)?);
            }
            Value::Object(object)
        }
        D::Boolean => Value::Bool(array.as_boolean().value(row)),
        D::Int8 | D::Int16 | D::Int32 | D::Int64 | D::UInt8 | D::UInt16 | D::UInt32 => {
            let one = arrow::compute::cast(&array.slice(row, 1), &D::Int64)?;
            Value::from(one.as_primitive::<Int64Type>().value(0))
        }
        D::UInt64 => Value::from(
            array
                .as_primitive::<arrow::datatypes::UInt64Type>()
                .value(row),
        ),
        D::Float16 | D::Float32 | D::Float64 => {
            let one = arrow::compute::cast(&array.slice(row, 1), &D::Float64)?;
            Value::from(one.as_primitive::<Float64Type>().value(0))
        }
        D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) => {
            let one = arrow::compute::cast(&array.slice(row, 1), &D::Binary)?;
            let bytes = one.as_binary::<i32>().value(0);
            match std::str::from_utf8(bytes) {
                Ok(text) => Value::from(text),
                Err(_) => Value::from(hexadecimal(bytes, false)),
            }
        }
        _ => {
            let options = FormatOptions::default();
            let formatter = ArrayFormatter::try_new(array, &options)?;
            Value::from(formatter.value(row).try_to_string()?)
        }
    })
}

fn list(items: &ArrayRef) -> Result<Value, ArrowError> {
    (0..items.len())
        .map(|item| value(items, item))
        .collect::<Result<Vec<_>, _>>()
        .map(Value::Array)
}
