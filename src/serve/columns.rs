//! Tensors become the columns that a model's signature asks for; everything that does not fit is said at once. Reading
//! the tensors' elements is left to `tensor`.

use super::tensor::{self, Elements, RawTensor};
use super::wire::{BadRequest, datatype};
use crate::data::Table;
use crate::domain::schema::ColumnType;
use crate::domain::signature::{InputColumn, ModelSignature};
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMillisecondArray,
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The signature's columns, in its order.
pub(super) fn table(
    tensors: Vec<RawTensor<'_>>,
    signature: &ModelSignature,
) -> Result<Table, BadRequest> {
    let mut findings = Vec::new();
    let mut by_name: BTreeMap<&str, &RawTensor<'_>> = BTreeMap::new();
    for tensor in &tensors {
        if !signature.inputs.iter().any(|i| i.name == tensor.name) {
            findings.push(format!("there is no input {:?}", tensor.name));
        } else if by_name.insert(&tensor.name, tensor).is_some() {
            findings.push(format!("{}: the input is there twice", tensor.name));
        }
    }
    let missing: Vec<&str> = signature
        .inputs
        .iter()
        .map(|input| input.name.as_str())
        .filter(|name| !by_name.contains_key(name))
        .collect();
    if !missing.is_empty() {
        findings.push(format!("missing inputs: {}", missing.join(", ")));
    }
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for input in &signature.inputs {
        let Some(tensor) = by_name.get(input.name.as_str()) else {
            continue;
        };
        let column =
            tensor::elements(tensor).and_then(|elements| column(input, elements, &tensor.datatype));
        match column {
            Ok(array) => columns.push((input.name.clone(), array)),
            Err(finding) => findings.push(format!("{}: {finding}", input.name)),
        }
    }
    if let Some((_, array)) = columns.first() {
        let n_rows = array.len();
        if columns.iter().any(|(_, other)| other.len() != n_rows) {
            let lengths: Vec<String> = columns
                .iter()
                .map(|(name, column)| format!("{name} has {}", column.len()))
                .collect();
            findings.push(format!(
                "the inputs differ in their number of rows: {}",
                lengths.join(", ")
            ));
        }
        if n_rows == 0 {
            findings.push("there are no rows".to_owned());
        }
    } else if findings.is_empty() {
        findings.push(
            "the model has no inputs, so a request cannot say how many rows it means".to_owned(),
        );
    }
    if findings.is_empty() {
        Table::from_columns(columns)
            .ok_or_else(|| BadRequest::one("the inputs cannot be put side by side"))
    } else {
        Err(BadRequest { findings })
    }
}

/// The elements as a column of the input's type.
fn column(input: &InputColumn, elements: Elements, sent: &str) -> Result<ArrayRef, String> {
    let wrong = || {
        format!(
            "the datatype is {sent} and a {} column takes {}",
            input.kind.title(),
            datatype(input.kind)
        )
    };
    Ok(match (input.kind, elements) {
        (ColumnType::Number, Elements::Numbers(v)) => Arc::new(Float64Array::from(v)),
        (ColumnType::Number, Elements::Integers(v)) => Arc::new(
            v.into_iter()
                .map(|x| x.map(|i| i as f64))
                .collect::<Float64Array>(),
        ),
        (ColumnType::Integer, Elements::Integers(v)) => Arc::new(Int64Array::from(v)),
        (ColumnType::Integer, Elements::Numbers(v)) => {
            Arc::new(Int64Array::from(map_all(&v, |x| whole(*x))?))
        }
        (ColumnType::Boolean, Elements::Booleans(v)) => Arc::new(BooleanArray::from(v)),
        (ColumnType::Boolean, Elements::Integers(v)) => {
            Arc::new(BooleanArray::from(map_all(&v, |x| truth(*x as f64))?))
        }
        (ColumnType::Boolean, Elements::Numbers(v)) => {
            Arc::new(BooleanArray::from(map_all(&v, |x| truth(*x))?))
        }
        (ColumnType::Text, Elements::Texts(v)) => Arc::new(StringArray::from(v)),
        (ColumnType::Date, Elements::Texts(v)) => {
            Arc::new(Date32Array::from(map_all(&v, |t| day(t))?))
        }
        (ColumnType::Timestamp, Elements::Texts(v)) => {
            Arc::new(TimestampMillisecondArray::from(map_all(&v, |t| moment(t))?))
        }
        _ => return Err(wrong()),
    })
}

fn map_all<T, U>(
    values: &[Option<T>],
    read: impl Fn(&T) -> Result<U, String>,
) -> Result<Vec<Option<U>>, String> {
    values
        .iter()
        .enumerate()
        .map(|(i, value)| {
            let read = value.as_ref().map(&read).transpose();
            read.map_err(|wrong| format!("element {i} {wrong}"))
        })
        .collect()
}

/// Whole numbers that had to travel as floating ones, because only those can say "missing".
fn whole(x: f64) -> Result<i64, String> {
    // 2^63: the first double that does not fit.
    if x.fract() == 0.0 && x.abs() < 9_223_372_036_854_775_808.0 {
        Ok(x as i64)
    } else {
        Err(format!("is {x}, which is no whole number"))
    }
}

fn truth(x: f64) -> Result<bool, String> {
    if x == 0.0 || x == 1.0 {
        Ok(x == 1.0)
    } else {
        Err(format!("is {x}; a truth value is 0 or 1"))
    }
}

fn day(text: &str) -> Result<i32, String> {
    let epoch = NaiveDate::default();
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .and_then(|date| i32::try_from((date - epoch).num_days()).ok())
        .ok_or_else(|| format!("is {text:?}; a day is written like 2013-04-30"))
}

/// Without a zone, in UTC (`Z`), or with an offset, which is taken off.
fn moment(text: &str) -> Result<i64, String> {
    let without_zone = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let midnight = || {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        Some(date.and_time(NaiveTime::MIN))
    };
    without_zone
        .or_else(|| {
            DateTime::parse_from_rfc3339(text)
                .ok()
                .map(|t| t.naive_utc())
        })
        .or_else(midnight)
        .map(|t| t.and_utc().timestamp_millis())
        .ok_or_else(|| format!("is {text:?}; a moment is written like 2013-04-30T17:05:00"))
}
