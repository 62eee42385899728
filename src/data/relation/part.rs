//! The rows of a part of a dataset: a side of the split, or a segment.

use crate::data::expression::{self, Expression};
use crate::data::table::{date_text, timestamp_text};
use crate::data::{ColumnData, Table};
use crate::domain::dataset::SplitRecord;
use crate::domain::relation::Part;
use crate::domain::segment::{Predicate, Test};

/// Why a part cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// The table has no such column.
    #[error("there is no column {0} to take a segment by")]
    NoColumn(String),
    /// A segment's condition does not fit the table.
    #[error("the condition {text} does not fit: {reason}")]
    Condition {
        /// The condition.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No split was made.
    #[error("the rows are not split into training and test rows yet")]
    NoSplit,
    /// The split was made of other rows.
    #[error("the split was made of other rows than these {n_rows}: look at all batches together")]
    OtherRows {
        /// Rows of the table.
        n_rows: usize,
    },
}

/// Positions of the rows of a part, ascending; `None` for all rows. A range holds for days and moments as days and
/// milliseconds since 1970; a day or moment equals a text that it begins with (`date = 2013-04`).
///
/// # Errors
/// If a column is not there, or the split does not fit the table.
pub fn rows_of(
    table: &Table,
    part: &Part,
    split: Option<&SplitRecord>,
) -> Result<Option<Vec<usize>>, PartError> {
    let side = |of: fn(&SplitRecord) -> &[u64]| {
        let split = split.ok_or(PartError::NoSplit)?;
        let n_rows = table.n_rows();
        let n_split = split.train.len() + split.test.len() + split.n_without_target as usize;
        let rows: Vec<usize> = of(split).iter().map(|row| *row as usize).collect();
        if n_split != n_rows || rows.iter().any(|row| *row >= n_rows) {
            return Err(PartError::OtherRows { n_rows });
        }
        Ok(Some(rows))
    };
    match part {
        Part::All => Ok(None),
        Part::Train => side(|split| &split.train),
        Part::Test => side(|split| &split.test),
        Part::Segment(segment) => {
            let mut rows: Vec<usize> = (0..table.n_rows()).collect();
            for predicate in &segment.predicates {
                if let Test::Where(text) = &predicate.test {
                    let meeting = meeting(table, text)?;
                    rows.retain(|row| meeting.binary_search(row).is_ok());
                    continue;
                }
                let data = table
                    .column(&predicate.column)
                    .ok_or_else(|| PartError::NoColumn(predicate.column.clone()))?;
                rows.retain(|row| holds(data, *row, predicate));
            }
            Ok(Some(rows))
        }
    }
}

/// The rows that meet a condition in SQL's syntax, ascending.
fn meeting(table: &Table, text: &str) -> Result<Vec<usize>, PartError> {
    Expression::parse_row_condition(text, &expression::columns_of(table))
        .and_then(|condition| expression::filter(table, &condition))
        .map_err(|error| PartError::Condition {
            text: text.to_owned(),
            reason: error.to_string(),
        })
}

fn holds(data: ColumnData<'_>, row: usize, predicate: &Predicate) -> bool {
    let is_nan = matches!(data, ColumnData::Number(a) if a.value(row).is_nan());
    let is_missing = data.is_missing(row) || is_nan;
    match &predicate.test {
        Test::Missing => is_missing,
        // Conditions are met by rows, not by the values of one column.
        Test::Where(_) => false,
        _ if is_missing => false,
        Test::Equals(value) => match data {
            ColumnData::Text(a) => a.value(row) == value,
            ColumnData::Date(_) | ColumnData::Timestamp(_) => {
                data.text(row).is_some_and(|text| text.starts_with(value))
            }
            _ => data.text(row).as_deref() == Some(value),
        },
        Test::Range { low, high } => data
            .number(row)
            .is_some_and(|v| low.is_none_or(|low| v >= low) && high.is_none_or(|high| v < high)),
    }
}

/// A place on a column's axis for people: days and moments as dates, numbers with at most six digits.
pub(super) fn axis_text(data: ColumnData<'_>, at: f64) -> String {
    match data {
        ColumnData::Date(_) => date_text(at as i32),
        ColumnData::Timestamp(_) => timestamp_text(at as i64),
        _ => {
            let rounded = format!("{at:.5e}").parse::<f64>().unwrap_or(at);
            rounded.to_string()
        }
    }
}
