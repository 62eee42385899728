//! From a table to the tensors that an ONNX file takes.
//!
//! | element type | column | missing is |
//! |---|---|---|
//! | float, double | number, integer; boolean as 0 and 1; in 64 bits also milliseconds since 1970 | NaN |
//! | int64, int32 | integer, whole numbers; boolean; in 64 bits also milliseconds since 1970 | an error; of days and moments the smallest int64 |
//! | bool | boolean | an error |
//! | string | every column, as it would stand in a CSV file | the empty text |

use super::error::ImportError;
use crate::data::{ColumnData, Table};
use crate::model::onnx::interpreter::{Data, Kind, Program, Tensor};
use std::sync::Arc;

/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;

/// One tensor an input. `first` is the number of the first row, for messages.
pub(super) fn tensors(
    program: &Program,
    feeds: &[Vec<String>],
    table: &Table,
    first: usize,
) -> Result<Vec<Tensor>, ImportError> {
    let n = table.n_rows();
    let tensor = |(input, names): (&crate::model::onnx::interpreter::Port, &Vec<String>)| {
        let columns = names.iter().map(|name| {
            table.column(name).ok_or_else(|| ImportError::Inputs {
                problems: vec![format!("column {name} is missing")],
            })
        });
        let columns: Vec<ColumnData<'_>> = columns.collect::<Result<_, _>>()?;
        let cells = Cells {
            columns: &columns,
            names,
            n,
            first,
        };
        let data = cells.data(input.kind.unwrap_or(Kind::Float))?;
        let shape = match input.shape.as_deref() {
            Some([_]) => vec![n],
            _ => vec![n, columns.len()],
        };
        Tensor::new(shape, data).map_err(|reason| ImportError::Answer { reason })
    };
    program.inputs().iter().zip(feeds).map(tensor).collect()
}

/// Some columns, row by row.
struct Cells<'a> {
    columns: &'a [ColumnData<'a>],
    names: &'a [String],
    n: usize,
    first: usize,
}

impl Cells<'_> {
    fn data(&self, kind: Kind) -> Result<Data, ImportError> {
        let real = |column: ColumnData<'_>, row: usize| {
            let value = column.number(row).unwrap_or(f64::NAN);
            if matches!(column, ColumnData::Date(_)) {
                value * DAY
            } else {
                value
            }
        };
        Ok(match kind {
            Kind::Float => Data::Float(self.all(|c, row, _| Ok(real(c, row) as f32))?),
            Kind::Double => Data::Double(self.all(|c, row, _| Ok(real(c, row)))?),
            Kind::Int64 => Data::Int64(self.all(whole)?),
            Kind::Int32 => Data::Int32(self.all(|c, row, name| {
                let value = whole(c, row, name)?;
                i32::try_from(value).map_err(|_| format!("{name} has {value}, which needs 64 bits"))
            })?),
            Kind::Bool => Data::Bool(self.all(|c, row, name| {
                match c {
                    ColumnData::Boolean(_) => c
                        .number(row)
                        .map(|v| v != 0.0)
                        .ok_or_else(|| no_value(name)),
                    _ => Err(format!("{name} is no truth value")),
                }
            })?),
            Kind::Text => {
                Data::Text(self.all(|c, row, _| Ok(Arc::from(c.text(row).unwrap_or_default())))?)
            }
        })
    }

    fn all<T>(
        &self,
        value: impl Fn(ColumnData<'_>, usize, &str) -> Result<T, String>,
    ) -> Result<Vec<T>, ImportError> {
        let mut values = Vec::with_capacity(self.n * self.columns.len());
        for row in 0..self.n {
            for (column, name) in self.columns.iter().zip(self.names) {
                let found = value(*column, row, name);
                values.push(found.map_err(|reason| ImportError::Row {
                    row: self.first + row,
                    reason,
                })?);
            }
        }
        Ok(values)
    }
}

fn no_value(name: &str) -> String {
    format!("{name} has no value, and the model's input knows no missing one")
}

fn whole(column: ColumnData<'_>, row: usize, name: &str) -> Result<i64, String> {
    match column {
        ColumnData::Date(_) | ColumnData::Timestamp(_) if column.is_missing(row) => Ok(i64::MIN),
        ColumnData::Date(days) => Ok(i64::from(days.value(row)) * DAY as i64),
        ColumnData::Timestamp(millis) => Ok(millis.value(row)),
        ColumnData::Integer(values) if !column.is_missing(row) => Ok(values.value(row)),
        _ => {
            let value = column.number(row).ok_or_else(|| no_value(name))?;
            let is_whole = value.fract() == 0.0 && value.abs() < 9e15;
            is_whole.then_some(value as i64).ok_or_else(|| {
                format!("{name} has {value}, and the model's input takes whole numbers")
            })
        }
    }
}
