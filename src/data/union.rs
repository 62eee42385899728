//! Several tables as one, and a table as another part of the program expects it. Which columns matter, and whether a
//! difference is an anomaly, is left to `validate`.

use super::reader::value;
use super::{ColumnData, Table};
use crate::domain::schema::ColumnType;
use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMillisecondArray, new_null_array,
};
use arrow::compute::concat;
use arrow::datatypes::{DataType, Schema, TimeUnit};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const MILLIS_A_DAY: i64 = 86_400_000;

/// A table brought to expected columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    /// Exactly the expected columns, in their order and types.
    pub table: Table,
    /// Expected columns that were not there: all their values are missing.
    pub missing: Vec<String>,
    /// Columns with values that could not be converted: these values are missing.
    pub problems: Vec<CastProblem>,
}

/// Values of one column that do not convert without loss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CastProblem {
    /// The column.
    pub column: String,
    /// Its type in the table.
    pub found: ColumnType,
    /// The type that was wanted.
    pub expected: ColumnType,
    /// Values that did not convert.
    pub n_rows: u64,
    /// Position of the first of them, counted from 0.
    pub first_row: u64,
    /// The first of them as text.
    pub example: String,
}

impl std::fmt::Display for CastProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Column {:?} should be {}, but {} of its values are not, first {:?} in row {}",
            self.column,
            self.expected.title(),
            self.n_rows,
            self.example,
            self.first_row + 1
        )
    }
}

/// Puts batches below one another. Columns come in the order of their first appearance; where a batch lacks one, its
/// values are missing. Types of the same column unify: whole and real numbers to real ones (beyond 2^53 these are
/// rounded), days and moments to moments, a column without values to whatever the others have, anything else to text.
///
/// # Panics
/// If a column's texts are larger than 2 GB in all.
#[must_use]
pub fn union(tables: &[Table]) -> Table {
    let n_rows = tables.iter().map(Table::n_rows).sum();
    let mut names: Vec<String> = Vec::new();
    for name in tables.iter().flat_map(Table::names) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let columns = names
        .into_par_iter()
        .map(|name| {
            let array = union_column(tables, &name);
            (name, array)
        })
        .collect();
    table_of(columns, n_rows)
}

/// Brings a table to the columns of several tables joined, under the rules of [`union`]: columns that it lacks and columns
/// without values are missing, whole numbers become the nearest real ones, anything becomes text.
#[must_use]
pub fn align(table: &Table, joined: &[(String, ColumnType)]) -> Table {
    let columns = joined
        .iter()
        .map(|(name, kind)| (name.clone(), aligned(table, name, *kind)))
        .collect();
    table_of(columns, table.n_rows())
}

fn aligned(table: &Table, name: &str, kind: ColumnType) -> ArrayRef {
    match table.column(name) {
        None => new_null_array(&data_type(kind), table.n_rows()),
        Some(column) if column.n_missing() == column.len() => {
            new_null_array(&data_type(kind), table.n_rows())
        }
        // A rounded whole number is better than none where real numbers stand beside it.
        Some(ColumnData::Integer(a)) if kind == ColumnType::Number => {
            let rounded: Float64Array = a.iter().map(|v| v.map(|v| v as f64)).collect();
            Arc::new(rounded)
        }
        Some(column) if column.column_type() == kind => column.shared(),
        Some(column) => convert(column, kind).0,
    }
}

fn union_column(tables: &[Table], name: &str) -> ArrayRef {
    let kind = unified_type(tables, name);
    let parts: Vec<ArrayRef> = tables
        .iter()
        .map(|table| aligned(table, name, kind))
        .collect();
    let views: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    concat(&views).expect("the parts have one type and their texts fit into 2 GB")
}

/// The type that holds all values of a column over several tables.
fn unified_type(tables: &[Table], name: &str) -> ColumnType {
    let columns: Vec<ColumnData<'_>> = tables.iter().filter_map(|t| t.column(name)).collect();
    let unify = |kinds: &mut dyn Iterator<Item = ColumnType>| kinds.reduce(unify_two);
    let mut with_values = columns
        .iter()
        .filter(|c| c.n_missing() < c.len())
        .map(|c| c.column_type());
    let mut all = columns.iter().map(|c| c.column_type());
    unify(&mut with_values)
        .or_else(|| unify(&mut all))
        .unwrap_or(ColumnType::Text)
}

/// The type that holds values of two types.
#[must_use]
pub fn unify_two(a: ColumnType, b: ColumnType) -> ColumnType {
    match (a, b) {
        _ if a == b => a,
        _ if a.is_numeric() && b.is_numeric() => ColumnType::Number,
        _ if a.is_temporal() && b.is_temporal() => ColumnType::Timestamp,
        _ => ColumnType::Text,
    }
}

/// Brings a table to expected columns: those that are not expected are left out, those that are not there become
/// missing, and values convert where nothing is lost: whole to real numbers and back where they are the same, texts
/// that are written as numbers, truth values or ISO dates, days to moments and back at midnight, anything to text.
#[must_use]
pub fn cast(table: &Table, expected: &[(String, ColumnType)]) -> Cast {
    let mut missing = Vec::new();
    let mut problems = Vec::new();
    let mut columns = Vec::with_capacity(expected.len());
    for (name, kind) in expected {
        let array = match table.column(name) {
            None => {
                missing.push(name.clone());
                new_null_array(&data_type(*kind), table.n_rows())
            }
            Some(column) => {
                let (array, failed) = convert(column, *kind);
                if let Some(&first) = failed.first() {
                    problems.push(CastProblem {
                        column: name.clone(),
                        found: column.column_type(),
                        expected: *kind,
                        n_rows: failed.len() as u64,
                        first_row: first as u64,
                        example: column.text(first).unwrap_or_default(),
                    });
                }
                array
            }
        };
        columns.push((name.clone(), array));
    }
    Cast {
        table: table_of(columns, table.n_rows()),
        missing,
        problems,
    }
}

fn table_of(columns: Vec<(String, ArrayRef)>, n_rows: usize) -> Table {
    if columns.is_empty() {
        let options = RecordBatchOptions::new().with_row_count(Some(n_rows));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), vec![], &options)
            .expect("a batch may have no columns");
        return Table::from_batch(batch).expect("no column is of an unsupported type");
    }
    Table::from_columns(columns).expect("columns have equal length and supported types")
}

/// The arrow type of a column type.
#[must_use]
pub fn data_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Integer => DataType::Int64,
        ColumnType::Number => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Text => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, None),
    }
}

/// The values in another type, and the rows whose values do not convert without loss (they become missing).
fn convert(column: ColumnData<'_>, kind: ColumnType) -> (ArrayRef, Vec<usize>) {
    let mut rows = Rows {
        column,
        failed: Vec::new(),
    };
    let array: ArrayRef = match kind {
        ColumnType::Integer => Arc::new(rows.map(to_integer).collect::<Int64Array>()),
        ColumnType::Number => Arc::new(rows.map(to_number).collect::<Float64Array>()),
        ColumnType::Boolean => Arc::new(rows.map(to_boolean).collect::<BooleanArray>()),
        ColumnType::Text => Arc::new(rows.map(ColumnData::text).collect::<StringArray>()),
        ColumnType::Date => Arc::new(rows.map(to_date).collect::<Date32Array>()),
        ColumnType::Timestamp => {
            Arc::new(rows.map(to_millis).collect::<TimestampMillisecondArray>())
        }
    };
    (array, rows.failed)
}

struct Rows<'a> {
    column: ColumnData<'a>,
    failed: Vec<usize>,
}

impl<'a> Rows<'a> {
    fn map<T>(
        &mut self,
        convert: fn(ColumnData<'a>, usize) -> Option<T>,
    ) -> impl Iterator<Item = Option<T>> {
        let Self { column, failed } = self;
        let column = *column;
        (0..column.len()).map(move |row| {
            if column.is_missing(row) {
                return None;
            }
            let value = convert(column, row);
            let means_missing =
                matches!(column, ColumnData::Text(a) if value::is_null(a.value(row).trim()));
            if value.is_none() && !means_missing {
                failed.push(row);
            }
            value
        })
    }
}

fn to_integer(column: ColumnData<'_>, row: usize) -> Option<i64> {
    match column {
        ColumnData::Integer(a) => Some(a.value(row)),
        ColumnData::Number(a) => whole(a.value(row)),
        ColumnData::Text(a) => {
            let text = a.value(row).trim();
            value::integer(text).or_else(|| whole(value::number(text)?))
        }
        ColumnData::Boolean(_) | ColumnData::Date(_) | ColumnData::Timestamp(_) => None,
    }
}

/// The whole number that a real one stands for exactly; beyond 2^53 it may stand for several.
fn whole(v: f64) -> Option<i64> {
    (v.fract() == 0.0 && v.abs() <= 9_007_199_254_740_992.0).then_some(v as i64)
}

fn to_number(column: ColumnData<'_>, row: usize) -> Option<f64> {
    match column {
        ColumnData::Integer(a) => {
            let v = a.value(row);
            (i128::from(v) == (v as f64) as i128).then_some(v as f64)
        }
        ColumnData::Number(a) => Some(a.value(row)),
        ColumnData::Text(a) => value::number(a.value(row).trim()),
        ColumnData::Boolean(_) | ColumnData::Date(_) | ColumnData::Timestamp(_) => None,
    }
}

fn to_boolean(column: ColumnData<'_>, row: usize) -> Option<bool> {
    match column {
        ColumnData::Boolean(a) => Some(a.value(row)),
        ColumnData::Text(a) => value::boolean(a.value(row).trim()),
        _ => None,
    }
}

fn to_date(column: ColumnData<'_>, row: usize) -> Option<i32> {
    match column {
        ColumnData::Date(a) => Some(a.value(row)),
        ColumnData::Timestamp(a) => midnight_day(a.value(row)),
        ColumnData::Text(a) => {
            let text = a.value(row).trim();
            value::date(text).or_else(|| midnight_day(value::moment(text)?.millis))
        }
        _ => None,
    }
}

fn midnight_day(millis: i64) -> Option<i32> {
    if millis.rem_euclid(MILLIS_A_DAY) != 0 {
        return None;
    }
    i32::try_from(millis.div_euclid(MILLIS_A_DAY)).ok()
}

fn to_millis(column: ColumnData<'_>, row: usize) -> Option<i64> {
    match column {
        ColumnData::Timestamp(a) => Some(a.value(row)),
        ColumnData::Date(a) => Some(i64::from(a.value(row)) * MILLIS_A_DAY),
        ColumnData::Text(a) => {
            let text = a.value(row).trim();
            let day = || value::date(text).map(|d| i64::from(d) * MILLIS_A_DAY);
            value::moment(text).map(|m| m.millis).or_else(day)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::reader::read_bytes;
    use crate::domain::work::Quiet;

    fn table(text: &str) -> Table {
        let outcome = read_bytes("t.csv", text.as_bytes(), &Quiet);
        outcome.expect("the file can be read").table
    }

    fn column(table: &Table, name: &str) -> (ColumnType, Vec<String>) {
        let column = table.column(name).expect("the column exists");
        let cells = (0..column.len()).map(|row| column.text(row).unwrap_or_else(|| "~".to_owned()));
        (column.column_type(), cells.collect())
    }

    #[test]
    fn batches_stand_below_one_another_with_unified_types() {
        let all = union(&[
            table("i,n,d,t,gone\n1,1,2013-01-31,1,x\n2,2,2013-02-01,2,\n"),
            table("new,i,n,d,t\ntrue,,0.5,2013-01-31T12:00,a\n"),
            table("i,t\n3,true\n"),
        ]);
        assert_eq!(all.names(), ["i", "n", "d", "t", "gone", "new"]);
        let is = |name: &str, kind: ColumnType, cells: [&str; 4]| {
            let cells = cells.iter().map(|c| (*c).to_owned()).collect();
            assert_eq!(column(&all, name), (kind, cells), "{name}");
        };
        is("i", ColumnType::Integer, ["1", "2", "~", "3"]);
        is("n", ColumnType::Number, ["1", "2", "0.5", "~"]);
        let days = [
            "2013-01-31T00:00:00",
            "2013-02-01T00:00:00",
            "2013-01-31T12:00:00",
            "~",
        ];
        is("d", ColumnType::Timestamp, days);
        is("t", ColumnType::Text, ["1", "2", "a", "true"]);
        is("gone", ColumnType::Text, ["x", "~", "~", "~"]);
        is("new", ColumnType::Boolean, ["~", "~", "true", "~"]);
    }

    #[test]
    fn unions_of_nothing_and_of_one_are_what_they_were() {
        assert_eq!(union(&[]).n_rows(), 0);
        let one = table("a,b\n1,x\n,y\n");
        assert_eq!(union(std::slice::from_ref(&one)), one);
        let empty = table("a,b\nNA,1\n");
        let (kind, cells) = column(&union(&[empty.clone(), empty]), "a");
        assert_eq!(
            (kind, cells),
            (ColumnType::Text, vec!["~".into(), "~".into()])
        );
        let large = table("a\n9007199254740993\n");
        let (kind, cells) = column(&union(&[large, table("a\n0.5\n")]), "a");
        assert_eq!(
            (kind, cells[0].as_str()),
            (ColumnType::Number, "9007199254740992")
        );
    }

    #[test]
    fn casts_convert_what_loses_nothing_and_report_the_rest() {
        use ColumnType::{Boolean, Date, Integer, Number, Text, Timestamp};
        let cases: &[(&str, ColumnType, &str, usize)] = &[
            ("3", Number, "3", 0),
            ("9007199254740993", Number, "~", 1),
            ("3.0", Integer, "3", 0),
            ("3.5", Integer, "~", 1),
            ("007", Number, "7", 0),
            ("007", Text, "007", 0),
            ("x1", Number, "~", 1),
            ("NA", Number, "~", 0),
            ("3", Text, "3", 0),
            ("true", Boolean, "true", 0),
            ("true", Integer, "~", 1),
            ("1", Boolean, "~", 1),
            ("2013-01-31", Timestamp, "2013-01-31T00:00:00", 0),
            ("2013-01-31T00:00", Date, "2013-01-31", 0),
            ("2013-01-31T00:01", Date, "~", 1),
        ];
        for (cell, kind, expected, n_problems) in cases {
            let found = table(&format!("k,x,extra\n1,{cell},2\n"));
            let cast = cast(&found, &[("x".into(), *kind), ("gone".into(), *kind)]);
            assert_eq!(cast.table.names(), ["x", "gone"]);
            assert_eq!(cast.missing, ["gone"]);
            assert_eq!(
                column(&cast.table, "x"),
                (*kind, vec![(*expected).to_owned()]),
                "{cell}"
            );
            assert_eq!(column(&cast.table, "gone"), (*kind, vec!["~".to_owned()]));
            assert_eq!(cast.problems.len(), *n_problems, "{cell} {kind:?}");
        }
        let found = table("x\n1\nno\n2\nnever\n");
        let cast = cast(&found, &[("x".into(), Number)]);
        let problem = &cast.problems[0];
        assert_eq!(
            (problem.n_rows, problem.first_row, problem.example.as_str()),
            (2, 1, "no")
        );
        assert_eq!(column(&cast.table, "x").1, ["1", "~", "2", "~"]);
    }
}
