//! Expressions in SQL's syntax over the rows of a table or over the table as a whole: segments, expectations and filters
//! are written in them, and the text can be handed to a SQL engine as it is.
//!
//! Reading order: `function` (what can be called), `syntax` (text to tree, by sqlparser), `typing` (tree to typed nodes),
//! `evaluate` (nodes to arrow arrays, with a file of kernels for each kind of operation), `aggregate`, `complete`.
//!
//! Where SQL engines differ, the rule is DuckDB's, against which `tests/oracles/expression` is computed:
//! - `/` divides real numbers, also between integers (SQLite and DataFusion cut `7 / 2` to 3: write `cast(x as double) / y`
//!   where the text has to mean the same there); division by zero gives an infinite number or NaN.
//! - NaN equals itself and is greater than every other number; 0.0 equals -0.0.
//! - NULL is neither true nor false (Kleene's logic); an aggregate without values is NULL, `count` is 0.
//! - Texts are compared byte by byte; LIKE has no escape character unless ESCAPE names one.
//! - `round` takes halves away from zero, CAST to an integer takes them to the even neighbour.
//! - An integer that leaves 64 bits, and a value that CAST cannot convert, are errors that name the row; TRY_CAST gives
//!   NULL. In a CASE only the rows that reach a branch can make it fail.
//!
//! One rule is SQLite's: `x % 0` between integers is NULL, since one row must not end a validation.
//!
//! What is expected of data, and what a segment is for, is left to the floors above.

mod aggregate;
mod arithmetic;
mod bounds;
mod case;
mod casts;
mod compare;
mod complete;
mod cursor;
mod evaluate;
mod function;
mod names;
mod node;
mod scalar_functions;
mod syntax;
#[cfg(test)]
mod tests;
mod texts;
mod times;
mod typing;
mod vector;

use super::{ColumnData, Table};
use crate::domain::Scalar;
use crate::domain::schema::ColumnType;
use aggregate::Aggregate;
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use node::Node;
use rayon::prelude::*;
use std::sync::Arc;

pub use crate::domain::expression::{Completion, CompletionKind, ExpressionError};
pub use aggregate::Accumulator;
pub use bounds::{Bounds, Range};

pub use complete::{KnownValues, complete, complete_with_values};
pub use names::quoted;

/// Rows that are evaluated at a time; fixed, so that sums do not depend on the number of threads.
const CHUNK_ROWS: usize = 1 << 16;

/// What an expression is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One value for each row.
    Rows,
    /// One value for the whole table: it calls aggregate functions.
    Table,
}

/// Rows where a condition is false.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub n_rows: u64,
    /// Positions of the first ones, ascending.
    pub first: Vec<usize>,
}

/// The value of an expression over the table, and of what it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct WithParts {
    /// The value; `None` for NULL.
    pub value: Option<Scalar>,
    /// Each aggregate as it is written, with its value.
    pub parts: Vec<(String, Option<Scalar>)>,
}

/// A parsed and typed expression.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    root: Arc<Node>,
    aggregates: Arc<Vec<Aggregate>>,
    columns: Vec<(String, ColumnType)>,
}

impl Expression {
    /// Parses a text and types it against the columns of a table.
    ///
    /// # Errors
    /// The first thing that is wrong, with its bytes in the text and advice.
    pub fn parse(text: &str, columns: &[(String, ColumnType)]) -> Result<Self, ExpressionError> {
        let syntax = syntax::Syntax::parse(text)?;
        let typing = typing::typed(&syntax, columns)?;
        Ok(Self {
            text: text.to_owned(),
            root: Arc::new(typing.root),
            aggregates: Arc::new(typing.aggregates),
            columns: typing.columns,
        })
    }

    /// The same for a text that must be a condition: true, false or NULL.
    ///
    /// # Errors
    /// As `parse`; and if it gives something else than a truth value.
    pub fn parse_condition(
        text: &str,
        columns: &[(String, ColumnType)],
    ) -> Result<Self, ExpressionError> {
        let expression = Self::parse(text, columns)?;
        if expression.is_condition() {
            return Ok(expression);
        }
        let kind = expression.value_type().map_or("NULL", ColumnType::title);
        Err(ExpressionError::at(
            0..text.len(),
            format!("this gives a value ({kind}), not a condition"),
        )
        .hint("Compare it with something, such as > 0 or = 'x'."))
    }

    /// The same for a condition that must be over the rows, as filters and segments are.
    ///
    /// # Errors
    /// As `parse_condition`; and if it calls an aggregate function.
    pub fn parse_row_condition(
        text: &str,
        columns: &[(String, ColumnType)],
    ) -> Result<Self, ExpressionError> {
        let expression = Self::parse_condition(text, columns)?;
        match expression.aggregates.first() {
            None => Ok(expression),
            Some(first) => Err(ExpressionError::at(
                first.range(),
                "an aggregate says nothing about a single row",
            )
            .hint("Write a condition over the columns of one row.")),
        }
    }

    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is over rows or over the table.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.aggregates.is_empty() {
            Kind::Rows
        } else {
            Kind::Table
        }
    }

    /// The type of its values; `None` if it is NULL and nothing else.
    #[must_use]
    pub fn value_type(&self) -> Option<ColumnType> {
        self.root.kind
    }

    /// Whether it gives truth values.
    #[must_use]
    pub fn is_condition(&self) -> bool {
        matches!(self.root.kind, None | Some(ColumnType::Boolean))
    }

    /// The columns that it reads, in order of first use, with the types that it was typed against.
    #[must_use]
    pub fn columns(&self) -> &[(String, ColumnType)] {
        &self.columns
    }

    /// Whether it holds values of all rows in memory until the end (`median`, `count(distinct x)`); other aggregates
    /// keep a few numbers.
    #[must_use]
    pub fn needs_all_rows(&self) -> bool {
        self.aggregates.iter().any(Aggregate::needs_all_rows)
    }

    /// One value for each row; a single value if it is over the table.
    ///
    /// # Errors
    /// If the table lacks a column or has it in another type; if a value overflows or cannot be converted.
    pub fn evaluate(&self, table: &Table) -> Result<ArrayRef, ExpressionError> {
        if self.kind() == Kind::Table {
            let mut accumulator = self.accumulator();
            accumulator.update(table)?;
            return accumulator.finish_array();
        }
        let bound = evaluate::Bound::new(self, table)?;
        let parts = chunks(table.n_rows(), |offset, length| {
            let scope = bound.scope(offset, length);
            let vector = evaluate::evaluate(&self.root, &scope)?;
            Ok(vector.into_rows(length))
        })?;
        let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
        arrow::compute::concat(&parts).map_err(|e| evaluate::unexpected(&self.root, &e))
    }

    /// Where a condition holds: true, false or NULL for each row; a single one if it is over the table.
    ///
    /// # Errors
    /// As `evaluate`; and if it is no condition.
    pub fn holds(&self, table: &Table) -> Result<BooleanArray, ExpressionError> {
        let array = self.evaluate(table)?;
        array.as_boolean_opt().cloned().ok_or_else(|| {
            ExpressionError::at(0..self.text.len(), "this gives values, not a condition")
                .hint("Compare it with something, such as > 0.")
        })
    }

    /// The single value of an expression over the table; of one over rows, that of the first row. `None` for NULL.
    ///
    /// # Errors
    /// As `evaluate`.
    pub fn value(&self, table: &Table) -> Result<Option<Scalar>, ExpressionError> {
        let array = self.evaluate(table)?;
        Ok(scalar_of(&array))
    }

    /// Whether a condition over the rows of a single column is surely false nowhere, by what is known of the column.
    #[must_use]
    pub fn surely_holds(&self, bounds: &dyn Bounds) -> bool {
        self.kind() == Kind::Rows
            && self.columns.len() == 1
            && bounds::always(&self.root, bounds) == bounds::Always::True
    }

    /// Rows where a condition is false; where it is NULL it is not, as in SQL's CHECK. At most `n_first` positions are
    /// listed, the first ones.
    ///
    /// # Errors
    /// As [`Self::holds`].
    pub fn failures(&self, table: &Table, n_first: usize) -> Result<Failures, ExpressionError> {
        let bound = evaluate::Bound::new(self, table)?;
        let parts = chunks(table.n_rows(), |offset, length| {
            let scope = bound.scope(offset, length);
            let array = evaluate::evaluate(&self.root, &scope)?.into_rows(length);
            let Some(holds) = array.as_boolean_opt() else {
                return Err(ExpressionError::at(
                    0..self.text.len(),
                    "this is not a condition",
                ));
            };
            if holds.true_count() + holds.null_count() == length {
                return Ok(Failures::default());
            }
            let fails =
                arrow::compute::not(holds).map_err(|e| evaluate::unexpected(&self.root, &e))?;
            let fails = vector::where_true(&fails);
            Ok(Failures {
                n_rows: fails.count_set_bits() as u64,
                first: fails
                    .set_indices()
                    .take(n_first)
                    .map(|i| offset + i)
                    .collect(),
            })
        })?;
        let mut all = Failures::default();
        for part in parts {
            all.n_rows += part.n_rows;
            all.first.extend(part.first);
        }
        all.first.truncate(n_first);
        Ok(all)
    }

    /// The value of an expression over the table beside those of the aggregates that it calls, each with its text.
    ///
    /// # Errors
    /// As [`Self::evaluate`].
    pub fn value_with_parts(&self, table: &Table) -> Result<WithParts, ExpressionError> {
        let mut accumulator = self.accumulator();
        accumulator.update(table)?;
        accumulator.finish_with_parts()
    }

    /// Gathers an expression over the table from parts of it, in order.
    #[must_use]
    pub fn accumulator(&self) -> Accumulator {
        Accumulator::new(self.clone())
    }
}

/// Positions of the rows where a condition is true, ascending.
///
/// # Errors
/// As [`Expression::holds`].
pub fn filter(table: &Table, condition: &Expression) -> Result<Vec<usize>, ExpressionError> {
    let holds = condition.holds(table)?;
    if condition.kind() == Kind::Table {
        let all = !holds.is_empty() && holds.is_valid(0) && holds.value(0);
        return Ok(if all {
            (0..table.n_rows()).collect()
        } else {
            Vec::new()
        });
    }
    Ok(vector::where_true(&holds).set_indices().collect())
}

/// Names and types of a table's columns, to parse against.
#[must_use]
pub fn columns_of(table: &Table) -> Vec<(String, ColumnType)> {
    table
        .names()
        .into_iter()
        .enumerate()
        .map(|(i, name)| (name, table.column_type(i)))
        .collect()
}

fn scalar_of(array: &ArrayRef) -> Option<Scalar> {
    if array.is_empty() {
        return None;
    }
    ColumnData::of(array.as_ref()).and_then(|column| column.scalar(0))
}

/// Does something for each run of rows, on all threads; results in order, and of several errors the first.
fn chunks<T: Send>(
    n_rows: usize,
    work: impl Fn(usize, usize) -> Result<T, ExpressionError> + Sync,
) -> Result<Vec<T>, ExpressionError> {
    let n_chunks = n_rows.div_ceil(CHUNK_ROWS).max(1);
    let results: Vec<Result<T, ExpressionError>> = (0..n_chunks)
        .into_par_iter()
        .map(|i| {
            let offset = i * CHUNK_ROWS;
            work(offset, CHUNK_ROWS.min(n_rows - offset))
        })
        .collect();
    results.into_iter().collect()
}
