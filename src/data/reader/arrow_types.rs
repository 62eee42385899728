//! Columns of any arrow type (out of Parquet and Arrow files) as columns of a table, and what is said where that is not
//! word for word. Nothing is lost without a finding; whole numbers keep every digit. Decoding the files is left to
//! `parquet` and `ipc`.

use super::notes::{ChunkRows, Tally, values};
use super::{Finding, ReadError, header, nested};
use crate::data::table::column_type;
use crate::domain::schema::ColumnType;
use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, Date32Array, Float64Array, Int64Array,
    PrimitiveArray, StringArray, StringBuilder, TimestampMillisecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Decimal128Type, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType, Field, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The largest whole number below which a real one is exact.
const EXACT: u128 = 1 << 53;

/// The columns of a file, and how each becomes one of a table.
#[derive(Debug)]
pub(super) struct ArrowColumns {
    columns: Vec<ArrowColumn>,
    naming: Vec<Finding>,
}

/// One column.
#[derive(Debug)]
struct ArrowColumn {
    name: String,
    data_type: DataType,
    is_uuid: bool,
    /// Whether a value was met that the first choice of type cannot hold.
    is_wide: AtomicBool,
}

/// What happened to the values of a column in one chunk.
#[derive(Debug, Clone, Default)]
pub(super) struct Conversions {
    /// Fractions finer than a millisecond were cut.
    cut: Tally,
    /// Decimals with more digits than a real number holds were rounded.
    rounded: Tally,
    /// Values that no column of a table can hold became missing.
    lost: Tally,
    /// Rows with a value.
    n_values: u64,
}

impl Conversions {
    pub(super) fn merge(&mut self, other: Self) {
        self.cut.merge(other.cut);
        self.rounded.merge(other.rounded);
        self.lost.merge(other.lost);
        self.n_values += other.n_values;
    }
}

impl ArrowColumns {
    /// The columns of these fields.
    pub(super) fn new(fields: &[Arc<Field>]) -> Self {
        let mut naming = Vec::new();
        let raw: Vec<String> = fields.iter().map(|f| f.name().clone()).collect();
        let mut distinct: Vec<&str> = raw.iter().map(|n| n.trim()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let is_clean = distinct.len() == raw.len() && distinct.first() != Some(&"");
        let names = match is_clean {
            true => raw.iter().map(|n| n.trim().to_owned()).collect(),
            false => header::names(&raw, &mut naming),
        };
        let columns = fields
            .iter()
            .zip(names)
            .map(|(field, name)| ArrowColumn {
                name,
                data_type: inner_type(field.data_type()).clone(),
                is_uuid: field
                    .metadata()
                    .get("ARROW:extension:name")
                    .is_some_and(|e| e == "arrow.uuid"),
                is_wide: AtomicBool::new(false),
            })
            .collect();
        Self { columns, naming }
    }

    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn name(&self, column: usize) -> &str {
        &self.columns[column].name
    }

    pub(super) fn types(&self) -> Vec<(String, ColumnType)> {
        let types = self.columns.iter().map(|c| (c.name.clone(), c.kind()));
        types.collect()
    }

    /// The values of a column in a chunk, as a table holds them; `None` if there is one that the column's type cannot
    /// hold. Then the type has become wider.
    pub(super) fn convert(
        &self,
        file: &str,
        column: usize,
        chunk: usize,
        array: &ArrayRef,
        noted: &mut Conversions,
    ) -> Result<Option<ArrayRef>, ReadError> {
        let column = &self.columns[column];
        noted.n_values += (array.len() - array.logical_null_count()) as u64;
        let converted = column.convert(array, chunk, noted).map_err(|error| {
            if error.to_string().to_lowercase().contains("overflow") {
                return ReadError::TooLarge {
                    file: file.to_owned(),
                    what: format!(
                        "the text of column {:?} in some successive rows",
                        column.name
                    ),
                };
            }
            ReadError::Damaged {
                file: file.to_owned(),
                what: "file with typed columns",
                reason: format!("column {:?}: {error}", column.name),
            }
        })?;
        if converted.is_none() {
            column.is_wide.store(true, Ordering::Relaxed);
        }
        Ok(converted)
    }

    /// What is to be said about the columns, given what happened to their values.
    pub(super) fn findings(&self, noted: &[Conversions], rows: &ChunkRows) -> Vec<Finding> {
        let mut findings = self.naming.clone();
        for (position, column) in self.columns.iter().enumerate() {
            let noted = noted.get(position);
            let mut say = |tally: Option<&Tally>, message: String| {
                let place = tally.and_then(|t| t.first.as_ref());
                let row = place.map(|(place, _)| rows.position(*place));
                findings.push(Finding::of_column(&column.name, row, message));
            };
            if let Some(message) = column.remark() {
                say(None, message);
            }
            let Some(noted) = noted else { continue };
            if noted.n_values == 0 && rows.n_rows() > 0 {
                say(None, "All values are missing".to_owned());
            }
            if noted.cut.n > 0 {
                let message = format!(
                    "Fractions finer than a millisecond were cut in {}",
                    values(noted.cut.n)
                );
                say(Some(&noted.cut), message);
            }
            if noted.rounded.n > 0 {
                let message = format!(
                    "Rounded, because a real number holds fewer digits: {}, first {}",
                    values(noted.rounded.n),
                    noted.rounded.example()
                );
                say(Some(&noted.rounded), message);
            }
            if noted.lost.n > 0 {
                let message = format!(
                    "Outside of what a column of the type {} can hold, and read as missing: {}",
                    column.kind().title(),
                    values(noted.lost.n)
                );
                say(Some(&noted.lost), message);
            }
        }
        findings
    }
}

impl ArrowColumn {
    fn is_wide(&self) -> bool {
        self.is_wide.load(Ordering::Relaxed)
    }

    fn kind(&self) -> ColumnType {
        use DataType as D;
        match &self.data_type {
            D::Int8
            | D::Int16
            | D::Int32
            | D::Int64
            | D::UInt8
            | D::UInt16
            | D::UInt32
            | D::Duration(_) => ColumnType::Integer,
            D::UInt64 if self.is_wide() => ColumnType::Text,
            D::UInt64 => ColumnType::Integer,
            other => match decimal_scale(other) {
                Some(scale) if scale > 0 => ColumnType::Number,
                Some(_) if self.is_wide() => ColumnType::Text,
                Some(_) => ColumnType::Integer,
                None => match other {
                    D::Float16 | D::Float32 | D::Float64 => ColumnType::Number,
                    D::Boolean => ColumnType::Boolean,
                    D::Date32 | D::Date64 => ColumnType::Date,
                    D::Timestamp(..) => ColumnType::Timestamp,
                    _ => ColumnType::Text,
                },
            },
        }
    }

    /// What is to be said whatever the values are.
    fn remark(&self) -> Option<String> {
        use DataType as D;
        let index = "It is the index of a pandas table, kept as a column; give it the role \"ignored\" if it only numbers rows";
        if self.name.starts_with("__index_level_") {
            return Some(index.to_owned());
        }
        Some(match &self.data_type {
            D::UInt64 if self.is_wide() => "Some values have more digits than a whole number of 64 bits with a sign can \
                                            hold; the column is kept as text so that no digit is lost"
                .to_owned(),
            D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) if self.is_uuid => return None,
            D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) if self.is_wide() => {
                "The bytes are not text; they are written in hexadecimal".to_owned()
            }
            D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) => {
                "The bytes were read as text (UTF-8)".to_owned()
            }
            D::Time32(_) | D::Time64(_) => "Times of day are kept as text".to_owned(),
            D::Duration(unit) => format!("Durations were read as whole numbers of {}", unit_name(*unit)),
            D::Interval(_) => "Intervals are kept as text".to_owned(),
            D::Timestamp(_, Some(zone)) if !is_utc(zone) => {
                format!("Moments in the time zone {zone} were converted to UTC")
            }
            other if other.is_nested() => "Nested values are written as JSON text".to_owned(),
            other => match decimal_scale(other) {
                Some(scale) if scale > 0 => format!("Decimals ({other}) were read as real numbers"),
                Some(_) if self.is_wide() => "Some values have more digits than a whole number of 64 bits can hold; the \
                                              column is kept as text so that no digit is lost"
                    .to_owned(),
                _ => return None,
            },
        })
    }

    fn convert(
        &self,
        array: &ArrayRef,
        chunk: usize,
        noted: &mut Conversions,
    ) -> Result<Option<ArrayRef>, arrow::error::ArrowError> {
        use DataType as D;
        let array = &unpacked(array)?;
        if column_type(array.data_type()).is_some() {
            return Ok(Some(Arc::clone(array)));
        }
        let whole_or_text = |array: &ArrayRef| {
            if self.is_wide() {
                return cast(array, &D::Utf8).map(Some);
            }
            let whole = cast(array, &D::Int64)?;
            Ok((whole.null_count() == array.null_count()).then_some(whole))
        };
        Ok(Some(match array.data_type() {
            D::UInt64 => return whole_or_text(array),
            D::Int8 | D::Int16 | D::Int32 | D::UInt8 | D::UInt16 | D::UInt32 => {
                cast(array, &D::Int64)?
            }
            D::Float16 | D::Float32 => cast(array, &D::Float64)?,
            D::LargeUtf8 | D::Utf8View => cast(array, &D::Utf8)?,
            D::Date64 => days(array, chunk, noted),
            D::Timestamp(unit, _) => milliseconds(array, *unit, chunk, noted),
            D::Duration(unit) => whole_durations(array, *unit),
            D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) => {
                return self.bytes(array);
            }
            D::Null => Arc::new(StringArray::new_null(array.len())),
            D::Time32(_) | D::Time64(_) | D::Interval(_) => cast(array, &D::Utf8)?,
            other => match decimal_scale(other) {
                Some(scale) if scale > 0 => reals(array, scale, chunk, noted)?,
                Some(_) => return whole_or_text(array),
                None => nested::texts(array)?,
            },
        }))
    }

    /// Bytes as text, or in hexadecimal once some were not UTF-8.
    fn bytes(&self, array: &ArrayRef) -> Result<Option<ArrayRef>, arrow::error::ArrowError> {
        let bytes = cast(array, &DataType::Binary)?;
        if !self.is_uuid && !self.is_wide() {
            let text = cast(&bytes, &DataType::Utf8)?;
            return Ok((text.null_count() == bytes.null_count()).then_some(text));
        }
        let mut texts = StringBuilder::new();
        for value in bytes.as_binary::<i32>() {
            texts.append_option(value.map(|v| hexadecimal(v, self.is_uuid)));
        }
        Ok(Some(Arc::new(texts.finish())))
    }
}

/// The bytes in hexadecimal; a UUID with its hyphens.
pub(super) fn hexadecimal(bytes: &[u8], is_uuid: bool) -> String {
    let mut text = String::with_capacity(bytes.len() * 2 + 4);
    for (position, byte) in bytes.iter().enumerate() {
        if is_uuid && matches!(position, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// The type of the values, whatever they are packed in.
fn inner_type(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, values) => inner_type(values),
        DataType::RunEndEncoded(_, values) => inner_type(values.data_type()),
        other => other,
    }
}

/// The values out of a dictionary or runs.
fn unpacked(array: &ArrayRef) -> Result<ArrayRef, arrow::error::ArrowError> {
    match array.data_type() {
        DataType::Dictionary(..) | DataType::RunEndEncoded(..) => {
            cast(array, inner_type(array.data_type()))
        }
        _ => Ok(Arc::clone(array)),
    }
}

fn decimal_scale(data_type: &DataType) -> Option<i8> {
    match data_type {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => Some(*scale),
        _ => None,
    }
}

fn is_utc(zone: &str) -> bool {
    matches!(zone, "UTC" | "utc" | "Z" | "+00:00" | "Etc/UTC")
}

fn unit_name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "seconds",
        TimeUnit::Millisecond => "milliseconds",
        TimeUnit::Microsecond => "microseconds",
        TimeUnit::Nanosecond => "nanoseconds",
    }
}

fn days(array: &ArrayRef, chunk: usize, noted: &mut Conversions) -> ArrayRef {
    const MILLIS_A_DAY: i64 = 86_400_000;
    let array = array.as_primitive::<arrow::datatypes::Date64Type>();
    let days = array.iter().enumerate().map(|(row, millis)| {
        let day = i32::try_from(millis?.div_euclid(MILLIS_A_DAY)).ok();
        if day.is_none() {
            noted.lost.count((chunk, row), String::new);
        }
        day
    });
    Arc::new(days.collect::<Date32Array>())
}

/// Moments in milliseconds. Finer fractions are cut towards the past, which is how the digits are cut in writing too.
fn milliseconds(
    array: &ArrayRef,
    unit: TimeUnit,
    chunk: usize,
    noted: &mut Conversions,
) -> ArrayRef {
    match unit {
        TimeUnit::Second => {
            let seconds = array.as_primitive::<TimestampSecondType>();
            let millis = seconds.iter().enumerate().map(|(row, seconds)| {
                let millis = seconds?.checked_mul(1000);
                if millis.is_none() {
                    noted.lost.count((chunk, row), String::new);
                }
                millis
            });
            Arc::new(millis.collect::<TimestampMillisecondArray>())
        }
        TimeUnit::Millisecond => {
            let millis = array.as_primitive::<TimestampMillisecondType>().clone();
            Arc::new(millis.with_timezone_opt(None::<Arc<str>>))
        }
        TimeUnit::Microsecond => cut::<TimestampMicrosecondType>(array, 1000, chunk, noted),
        TimeUnit::Nanosecond => cut::<TimestampNanosecondType>(array, 1_000_000, chunk, noted),
    }
}

fn cut<T: ArrowPrimitiveType<Native = i64>>(
    array: &ArrayRef,
    per_milli: i64,
    chunk: usize,
    noted: &mut Conversions,
) -> ArrayRef {
    let array = array.as_primitive::<T>();
    let millis: TimestampMillisecondArray = array.unary(|v| v.div_euclid(per_milli));
    if array.values().iter().any(|v| v.rem_euclid(per_milli) != 0) {
        for (row, value) in array.iter().enumerate() {
            if value.is_some_and(|v| v.rem_euclid(per_milli) != 0) {
                noted.cut.count((chunk, row), String::new);
            }
        }
    }
    Arc::new(millis)
}

fn whole_durations(array: &ArrayRef, unit: TimeUnit) -> ArrayRef {
    fn whole<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef) -> ArrayRef {
        let array: &PrimitiveArray<T> = array.as_primitive();
        Arc::new(Int64Array::new(
            array.values().clone(),
            array.nulls().cloned(),
        ))
    }
    match unit {
        TimeUnit::Second => whole::<DurationSecondType>(array),
        TimeUnit::Millisecond => whole::<DurationMillisecondType>(array),
        TimeUnit::Microsecond => whole::<DurationMicrosecondType>(array),
        TimeUnit::Nanosecond => whole::<DurationNanosecondType>(array),
    }
}

/// Decimals as the nearest real numbers. A quotient of two exact numbers is rounded once, so it is the nearest one; where
/// the digits alone are no exact number, the written number is parsed.
fn reals(
    array: &ArrayRef,
    scale: i8,
    chunk: usize,
    noted: &mut Conversions,
) -> Result<ArrayRef, arrow::error::ArrowError> {
    let is_wide = matches!(array.data_type(), DataType::Decimal256(..));
    if is_wide || scale > 22 {
        let texts = cast(array, &DataType::Utf8)?;
        let numbers = texts
            .as_string::<i32>()
            .iter()
            .enumerate()
            .map(|(row, text)| {
                let text = text?;
                if text.bytes().filter(u8::is_ascii_digit).count() > 17 {
                    noted.rounded.count((chunk, row), || text.to_owned());
                }
                text.parse().ok()
            });
        return Ok(Arc::new(numbers.collect::<Float64Array>()));
    }
    let digits = match array.data_type() {
        DataType::Decimal128(..) => Arc::clone(array),
        _ => cast(array, &DataType::Decimal128(38, scale))?,
    };
    let power: f64 = format!("1e{scale}").parse().unwrap_or(f64::NAN);
    let digits = digits.as_primitive::<Decimal128Type>();
    let numbers = digits.iter().enumerate().map(|(row, digits)| {
        let digits = digits?;
        if digits.unsigned_abs() <= EXACT {
            return Some(digits as f64 / power);
        }
        noted
            .rounded
            .count((chunk, row), || format!("{digits}e-{scale}"));
        format!("{digits}e-{scale}").parse().ok()
    });
    Ok(Arc::new(numbers.collect::<Float64Array>()))
}
