//! Conditions in SQL's syntax while they are written: what is wrong, and what could come next. Pure and quick enough to
//! be asked in every frame; the rows that meet one are a `Query`.

use crate::data::expression::{self, Expression};
use crate::domain::expression::{Completion, ExpressionError};
use crate::domain::schema::ColumnType;

/// Whether a text is a condition over a row with these columns.
///
/// # Errors
/// The first thing that is wrong, with its place in the text.
pub fn check(text: &str, columns: &[(String, ColumnType)]) -> Result<(), ExpressionError> {
    Expression::parse_row_condition(text, columns).map(drop)
}

/// Whether a text is a condition over a row or, with aggregates, over the table: an expectation.
///
/// # Errors
/// As [`check`].
pub fn check_expectation(
    text: &str,
    columns: &[(String, ColumnType)],
) -> Result<(), ExpressionError> {
    Expression::parse_condition(text, columns).map(drop)
}

/// What could stand at the cursor (in bytes), best first; `values` are the known values of a column.
#[must_use]
pub fn complete(
    text: &str,
    cursor: usize,
    columns: &[(String, ColumnType)],
    values: &dyn Fn(&str) -> Vec<String>,
) -> Vec<Completion> {
    expression::complete_with_values(text, cursor, columns, values)
}
