//! One condition of a view, bound to the column that it is about.

use super::RowsError;
use crate::data::expression::Expression;
use crate::data::{ColumnData, Table};
use crate::domain::row_view::{RowCondition, RowTest};
use arrow::array::{Array, BooleanArray};
use std::collections::BTreeSet;

/// A condition and its column.
pub(super) struct Bound<'a> {
    column: Option<ColumnData<'a>>,
    test: Compiled,
}

/// A test with everything worked out that does not depend on the row.
enum Compiled {
    Texts {
        values: BTreeSet<String>,
        wanted: bool,
    },
    Within {
        low: f64,
        high: Option<f64>,
    },
    Outside {
        min: f64,
        max: f64,
    },
    Missing,
    Present,
    NotFinite,
    NotNumeric,
    /// Where a condition over the row holds.
    Mask(BooleanArray),
}

impl<'a> Bound<'a> {
    pub(super) fn new(table: &'a Table, condition: &RowCondition) -> Result<Self, RowsError> {
        if let RowTest::Where(text) = &condition.test {
            return Ok(Self {
                column: None,
                test: Compiled::Mask(mask(table, text)?),
            });
        }
        let column = table
            .column(&condition.column)
            .ok_or_else(|| RowsError::NoColumn {
                column: condition.column.clone(),
            })?;
        let test = match &condition.test {
            RowTest::Equals(value) => Compiled::Texts {
                values: BTreeSet::from([value.clone()]),
                wanted: true,
            },
            RowTest::NoneOf(values) => Compiled::Texts {
                values: values.iter().cloned().collect(),
                wanted: false,
            },
            RowTest::Within { low, high } => Compiled::Within {
                low: low.map_or(f64::NEG_INFINITY, |v| v.0),
                high: high.map(|v| v.0),
            },
            RowTest::Outside { min, max } => Compiled::Outside {
                min: min.map_or(f64::NEG_INFINITY, |v| v.0),
                max: max.map_or(f64::INFINITY, |v| v.0),
            },
            RowTest::Missing => Compiled::Missing,
            RowTest::Present => Compiled::Present,
            RowTest::NotFinite => Compiled::NotFinite,
            RowTest::NotNumeric | RowTest::Where(_) => Compiled::NotNumeric,
        };
        Ok(Self {
            column: Some(column),
            test,
        })
    }

    /// Leaves the rows that meet the condition.
    pub(super) fn keep(&self, rows: &mut Vec<u32>) {
        if let Compiled::Mask(holds) = &self.test {
            rows.retain(|row| holds.is_valid(*row as usize) && holds.value(*row as usize));
            return;
        }
        let Some(column) = self.column else { return };
        let number = |row: u32| column.number(row as usize);
        match &self.test {
            Compiled::Texts { values, wanted } => rows.retain(|row| match column {
                ColumnData::Text(a) if !column.is_missing(*row as usize) => {
                    values.contains(a.value(*row as usize)) == *wanted
                }
                _ => column
                    .text(*row as usize)
                    .is_some_and(|text| values.contains(&text) == *wanted),
            }),
            Compiled::Within { low, high } => {
                rows.retain(|row| {
                    number(*row).is_some_and(|v| v >= *low && high.is_none_or(|high| v < high))
                });
            }
            Compiled::Outside { min, max } => {
                rows.retain(|row| number(*row).is_some_and(|v| v < *min || v > *max));
            }
            Compiled::Mask(_) => {}
            Compiled::Missing => rows.retain(|row| column.is_missing(*row as usize)),
            Compiled::Present => rows.retain(|row| !column.is_missing(*row as usize)),
            Compiled::NotFinite => {
                rows.retain(|row| number(*row).is_some_and(|v| !v.is_finite()));
            }
            Compiled::NotNumeric => rows.retain(|row| {
                column
                    .text(*row as usize)
                    .is_some_and(|text| text.trim().parse::<f64>().is_err())
            }),
        }
    }
}

/// Where a condition in SQL's syntax holds.
fn mask(table: &Table, text: &str) -> Result<BooleanArray, RowsError> {
    let columns: Vec<_> = table
        .names()
        .into_iter()
        .enumerate()
        .map(|(position, name)| (name, table.column_type(position)))
        .collect();
    Expression::parse_row_condition(text, &columns)
        .and_then(|condition| condition.holds(table))
        .map_err(|error| RowsError::Condition {
            sentence: error.sentence(text),
        })
}
