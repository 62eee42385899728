//! A table: a thin, named wrapper around one arrow record batch, with the few column views that the floors above
//! need. Reading files is left to `data::reader`.

use crate::domain::Scalar;
use crate::domain::schema::ColumnType;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMillisecondArray, UInt64Array,
};
use arrow::compute::{concat_batches, take};
use arrow::datatypes::{
    DataType, Date32Type, Field, Float64Type, Int64Type, Schema, TimeUnit, TimestampMillisecondType,
};
use arrow::record_batch::RecordBatch;
use std::sync::Arc;

/// A table in memory. Columns are Int64, Float64, Boolean, Utf8, Date32 or Timestamp(Millisecond, no zone).
/// Cloning is cheap: the columns are shared.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    batch: RecordBatch,
}

/// The values of one column.
#[derive(Debug, Clone, Copy)]
pub enum ColumnData<'a> {
    /// Whole numbers.
    Integer(&'a Int64Array),
    /// Real numbers.
    Number(&'a Float64Array),
    /// Truth values.
    Boolean(&'a BooleanArray),
    /// Texts.
    Text(&'a StringArray),
    /// Days since 1970.
    Date(&'a Date32Array),
    /// Milliseconds since 1970.
    Timestamp(&'a TimestampMillisecondArray),
}

impl Table {
    /// Wraps a batch whose columns have supported types; `None` otherwise.
    #[must_use]
    pub fn from_batch(batch: RecordBatch) -> Option<Self> {
        let supported = batch
            .schema()
            .fields()
            .iter()
            .all(|f| column_type(f.data_type()).is_some());
        supported.then_some(Self { batch })
    }

    /// Builds a table of columns of equal length and supported types; `None` otherwise.
    #[must_use]
    pub fn from_columns(columns: Vec<(String, ArrayRef)>) -> Option<Self> {
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
            .collect();
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).ok()?;
        Self::from_batch(batch)
    }

    /// The arrow batch.
    #[must_use]
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// Number of columns.
    #[must_use]
    pub fn n_columns(&self) -> usize {
        self.batch.num_columns()
    }

    /// Names of the columns, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.batch
            .schema()
            .fields()
            .iter()
            .map(|f| f.name().clone())
            .collect()
    }

    /// Position of a column.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.batch.schema().index_of(name).ok()
    }

    /// Type of the column at a position.
    ///
    /// # Panics
    /// If there is no such column.
    #[must_use]
    pub fn column_type(&self, column: usize) -> ColumnType {
        self.at(column).column_type()
    }

    /// Values of the column at a position.
    ///
    /// # Panics
    /// If there is no such column.
    #[must_use]
    pub fn at(&self, column: usize) -> ColumnData<'_> {
        ColumnData::of(self.batch.column(column).as_ref())
            .expect("a table holds supported types only")
    }

    /// Values of a column by name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<ColumnData<'_>> {
        self.position(name).map(|i| self.at(i))
    }

    /// The rows at these positions, in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let indices: UInt64Array = rows.iter().map(|r| *r as u64).collect();
        let columns = self
            .batch
            .columns()
            .iter()
            .map(|c| take(c, &indices, None).expect("row positions are inside the table"))
            .collect();
        let batch = RecordBatch::try_new(self.batch.schema(), columns)
            .expect("columns keep type and length");
        Self { batch }
    }

    /// A run of rows, without copying.
    #[must_use]
    pub fn slice(&self, offset: usize, length: usize) -> Self {
        Self {
            batch: self.batch.slice(offset, length),
        }
    }

    /// These columns only, in this order; names that do not exist are left out.
    #[must_use]
    pub fn select(&self, names: &[&str]) -> Self {
        let columns: Vec<usize> = names.iter().filter_map(|n| self.position(n)).collect();
        Self {
            batch: self.batch.project(&columns).expect("positions exist"),
        }
    }

    /// The columns at these positions, in this order.
    ///
    /// # Panics
    /// If there is no such column.
    #[must_use]
    pub fn project(&self, columns: &[usize]) -> Self {
        Self {
            batch: self.batch.project(columns).expect("positions exist"),
        }
    }

    /// The same table with other values in one column; `None` if their number or type is unsuitable.
    #[must_use]
    pub fn with_values(&self, column: usize, values: ArrayRef) -> Option<Self> {
        let mut fields: Vec<Field> = self
            .batch
            .schema()
            .fields()
            .iter()
            .map(|f| f.as_ref().clone())
            .collect();
        let mut columns = self.batch.columns().to_vec();
        let field = fields.get_mut(column)?;
        *field = Field::new(field.name(), values.data_type().clone(), true);
        *columns.get_mut(column)? = values;
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).ok()?;
        Self::from_batch(batch)
    }

    /// Puts tables with the same names and types below one another; `None` if they differ or there is none.
    #[must_use]
    pub fn concat(tables: &[Self]) -> Option<Self> {
        let schema = tables.first()?.batch.schema();
        let batches: Vec<&RecordBatch> = tables.iter().map(|t| &t.batch).collect();
        concat_batches(&schema, batches)
            .ok()
            .map(|batch| Self { batch })
    }

    /// One cell as text, `None` where the value is missing.
    #[must_use]
    pub fn text(&self, row: usize, column: usize) -> Option<String> {
        self.at(column).text(row)
    }
}

impl<'a> ColumnData<'a> {
    /// The view of an arrow array of a supported type.
    #[must_use]
    pub fn of(array: &'a dyn Array) -> Option<Self> {
        Some(match column_type(array.data_type())? {
            ColumnType::Integer => Self::Integer(array.as_primitive::<Int64Type>()),
            ColumnType::Number => Self::Number(array.as_primitive::<Float64Type>()),
            ColumnType::Boolean => Self::Boolean(array.as_boolean()),
            ColumnType::Text => Self::Text(array.as_string::<i32>()),
            ColumnType::Date => Self::Date(array.as_primitive::<Date32Type>()),
            ColumnType::Timestamp => {
                Self::Timestamp(array.as_primitive::<TimestampMillisecondType>())
            }
        })
    }

    /// The column's type.
    #[must_use]
    pub fn column_type(self) -> ColumnType {
        match self {
            Self::Integer(_) => ColumnType::Integer,
            Self::Number(_) => ColumnType::Number,
            Self::Boolean(_) => ColumnType::Boolean,
            Self::Text(_) => ColumnType::Text,
            Self::Date(_) => ColumnType::Date,
            Self::Timestamp(_) => ColumnType::Timestamp,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(self) -> usize {
        self.array().len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether the value of a row is missing.
    #[must_use]
    pub fn is_missing(self, row: usize) -> bool {
        self.array().is_null(row)
    }

    /// Number of rows without a value.
    #[must_use]
    pub fn n_missing(self) -> usize {
        self.array().null_count()
    }

    /// The value as a real number: numbers as they are, truth values as 0 and 1, days since 1970, milliseconds since
    /// 1970. `None` for texts and missing values.
    #[must_use]
    pub fn number(self, row: usize) -> Option<f64> {
        if self.is_missing(row) {
            return None;
        }
        match self {
            Self::Integer(a) => Some(a.value(row) as f64),
            Self::Number(a) => Some(a.value(row)),
            Self::Boolean(a) => Some(f64::from(u8::from(a.value(row)))),
            Self::Text(_) => None,
            Self::Date(a) => Some(f64::from(a.value(row))),
            Self::Timestamp(a) => Some(a.value(row) as f64),
        }
    }

    /// The value as text, as it would stand in a CSV file; `None` where it is missing.
    #[must_use]
    pub fn text(self, row: usize) -> Option<String> {
        if self.is_missing(row) {
            return None;
        }
        Some(match self {
            Self::Integer(a) => a.value(row).to_string(),
            Self::Number(a) => a.value(row).to_string(),
            Self::Boolean(a) => a.value(row).to_string(),
            Self::Text(a) => a.value(row).to_owned(),
            Self::Date(a) => date_text(a.value(row)),
            Self::Timestamp(a) => timestamp_text(a.value(row)),
        })
    }

    /// The value; dates and moments as text, `None` where it is missing.
    #[must_use]
    pub fn scalar(self, row: usize) -> Option<Scalar> {
        if self.is_missing(row) {
            return None;
        }
        match self {
            Self::Integer(a) => Some(Scalar::Int(a.value(row))),
            Self::Number(a) => Some(Scalar::Float(a.value(row))),
            Self::Boolean(a) => Some(Scalar::Bool(a.value(row))),
            Self::Text(_) | Self::Date(_) | Self::Timestamp(_) => self.text(row).map(Scalar::Text),
        }
    }

    /// The values of these rows, in this order.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn take(self, rows: &[usize]) -> ArrayRef {
        let indices: UInt64Array = rows.iter().map(|r| *r as u64).collect();
        take(self.array(), &indices, None).expect("row positions are inside the column")
    }

    /// The values as an array of their own, without copying them.
    #[must_use]
    pub fn shared(self) -> ArrayRef {
        self.array().slice(0, self.len())
    }

    fn array(self) -> &'a dyn Array {
        match self {
            Self::Integer(a) => a,
            Self::Number(a) => a,
            Self::Boolean(a) => a,
            Self::Text(a) => a,
            Self::Date(a) => a,
            Self::Timestamp(a) => a,
        }
    }
}

/// The column type of an arrow type that a table may hold.
#[must_use]
pub fn column_type(data_type: &DataType) -> Option<ColumnType> {
    match data_type {
        DataType::Int64 => Some(ColumnType::Integer),
        DataType::Float64 => Some(ColumnType::Number),
        DataType::Boolean => Some(ColumnType::Boolean),
        DataType::Utf8 => Some(ColumnType::Text),
        DataType::Date32 => Some(ColumnType::Date),
        DataType::Timestamp(TimeUnit::Millisecond, None) => Some(ColumnType::Timestamp),
        _ => None,
    }
}

/// Days since 1970 as ISO 8601.
#[must_use]
pub fn date_text(days: i32) -> String {
    chrono::DateTime::from_timestamp(i64::from(days) * 86_400, 0)
        .map_or_else(|| days.to_string(), |t| t.format("%Y-%m-%d").to_string())
}

/// Milliseconds since 1970 as ISO 8601, without a zone; fractions only where there are any.
#[must_use]
pub fn timestamp_text(millis: i64) -> String {
    chrono::DateTime::from_timestamp_millis(millis).map_or_else(
        || millis.to_string(),
        |t| t.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
    )
}
