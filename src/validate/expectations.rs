//! Expectations: conditions of a schema over the rows or over the whole table, each held against a batch. A breach is
//! `CUSTOM_VALIDATION`, an expectation that cannot be understood `INVALID_SCHEMA_SPECIFICATION` (both TFDV's names). What the
//! language is, is left to `data::expression`.

use super::check::{Column, Environment, Found, Span, finding};
use super::wording;
use crate::data::Table;
use crate::data::expression::{Expression, Kind};
use crate::domain::Scalar;
use crate::domain::algorithm::Problem;
use crate::domain::anomaly::{Anomaly, AnomalyKind, Severity};
use crate::domain::expectation::Expectation;
use crate::domain::schema::{ColumnType, Schema};
use arrow::array::{Array, ArrayRef, StringArray, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};
use rayon::prelude::*;
use std::sync::Arc;

/// Failing rows that are shown.
const MAX_EXAMPLES: usize = 5;
/// Columns of a failing row that are shown.
const MAX_COLUMNS: usize = 6;

/// What is wrong with the expectations of a schema themselves, each with its field.
#[must_use]
pub fn problems(schema: &Schema) -> Vec<Problem> {
    let columns = columns_of(schema);
    let mut problems = Vec::new();
    for (i, expectation) in schema.expectations.iter().enumerate() {
        let field = format!("expectations[{i}]");
        let name = expectation.name.trim();
        if name.is_empty() {
            problems.push(Problem::new(
                format!("{field}.name"),
                "an expectation needs a name",
            ));
        } else if schema.expectations[..i]
            .iter()
            .any(|e| e.name.trim() == name)
        {
            problems.push(Problem::new(
                format!("{field}.name"),
                format!("there are two expectations named {name}"),
            ));
        }
        if !(0.0..=1.0).contains(&expectation.min_fraction) {
            problems.push(Problem::new(
                format!("{field}.min_fraction"),
                format!(
                    "{}: the share of rows must be from 0 to 1",
                    expectation.name
                ),
            ));
        }
        if let Err(error) = Expression::parse_condition(&expectation.expression, &columns) {
            let sentence = error.sentence(&expectation.expression);
            problems.push(Problem::new(
                format!("{field}.expression"),
                format!("{}: {sentence}", expectation.name),
            ));
        }
    }
    problems
}

/// All findings about a batch. Those that read a column that the batch lacks are not held against it: that the column is
/// missing is a finding of its own, and when serving there is no target.
pub(super) fn check(
    schema: &Schema,
    span: &Span<'_>,
    found: &[Option<Column<'_>>],
    environment: Environment,
) -> Vec<Anomaly> {
    let columns = columns_of(schema);
    schema
        .expectations
        .par_iter()
        .map(|expectation| check_one(expectation, &columns, span, found, environment))
        .collect::<Vec<Option<Anomaly>>>()
        .into_iter()
        .flatten()
        .collect()
}

fn columns_of(schema: &Schema) -> Vec<(String, ColumnType)> {
    schema
        .columns
        .iter()
        .map(|c| (c.name.clone(), c.kind))
        .collect()
}

fn check_one(
    expectation: &Expectation,
    columns: &[(String, ColumnType)],
    span: &Span<'_>,
    found: &[Option<Column<'_>>],
    environment: Environment,
) -> Option<Anomaly> {
    let Expectation {
        name,
        expression: text,
        ..
    } = expectation;
    let expression = match Expression::parse_condition(text, columns) {
        Ok(expression) => expression,
        Err(error) => {
            let found = Found {
                description: format!(
                    "Expectation {name} cannot be checked, because its condition cannot be understood: {}",
                    error.sentence(text)
                ),
                n_rows: 0,
                examples: vec![text.clone()],
                hint: format!("Correct the condition of {name} in the schema, or take it out."),
            };
            return Some(finding(
                AnomalyKind::InvalidSchemaSpecification,
                Severity::Error,
                None,
                span.name,
                found,
            ));
        }
    };
    let table = match fitted(&expression, span.table) {
        Ok(table) => table,
        Err(Unfit::Missing(_)) if environment == Environment::Serving => return None,
        Err(unfit) => {
            let found = Found {
                description: format!("Expectation {name} was not checked: {}.", unfit.words()),
                n_rows: 0,
                examples: Vec::new(),
                hint: "See the finding about the column itself.".to_owned(),
            };
            return Some(weighed(Severity::Info, &expression, span, found));
        }
    };
    let outcome = match expression.kind() {
        Kind::Rows if is_settled(&expression, found) => Ok(None),
        Kind::Rows => rows(expectation, &expression, &table),
        Kind::Table => whole(expectation, &expression, &table),
    };
    match outcome {
        Ok(found) => found.map(|found| weighed(expectation.severity, &expression, span, found)),
        Err(error) => {
            let found = Found {
                description: format!(
                    "Expectation {name} could not be computed: {}",
                    error.sentence(text)
                ),
                n_rows: 0,
                examples: Vec::new(),
                hint: error
                    .hint
                    .unwrap_or_else(|| "Look at the row, or change the condition.".to_owned()),
            };
            Some(weighed(expectation.severity, &expression, span, found))
        }
    }
}

/// Whether what is known of the only column that a condition reads shows that it holds in every row: the smallest and
/// the largest value, or all different values where these are listed already.
fn is_settled(expression: &Expression, columns: &[Option<Column<'_>>]) -> bool {
    let [(name, kind)] = expression.columns() else {
        return false;
    };
    let Some(column) = columns.iter().flatten().find(|c| c.spec.name == *name) else {
        return false;
    };
    let facts = &column.facts;
    if facts.kind() != *kind || !facts.has_values() || facts.n_nan() + facts.n_infinite() > 0 {
        return false;
    }
    if expression.surely_holds(facts) {
        return true;
    }
    if !facts.knows_values() {
        return false;
    }
    let Some(values) = facts.listed_values() else {
        return false;
    };
    let missing = (column.data.n_missing() > 0).then_some(None);
    let values = values.iter().map(|v| Some(v.as_str()));
    let values: ArrayRef = Arc::new(values.chain(missing).collect::<StringArray>());
    let failures = Table::from_columns(vec![(name.clone(), values)])
        .and_then(|table| expression.failures(&table, 1).ok());
    failures.is_some_and(|failures| failures.n_rows == 0)
}

/// A finding under the column that the condition reads, if it reads one alone.
fn weighed(severity: Severity, expression: &Expression, span: &Span<'_>, found: Found) -> Anomaly {
    let column = match expression.columns() {
        [(name, _)] => Some(name.as_str()),
        _ => None,
    };
    finding(
        AnomalyKind::CustomValidation,
        severity,
        column,
        span.name,
        found,
    )
}

type Outcome = Result<Option<Found>, crate::domain::expression::ExpressionError>;

fn rows(expectation: &Expectation, expression: &Expression, table: &Table) -> Outcome {
    let failures = expression.failures(table, MAX_EXAMPLES)?;
    let n_rows = table.n_rows() as u64;
    let kept = (n_rows - failures.n_rows) as f64 / (n_rows.max(1)) as f64;
    if failures.n_rows == 0 || kept >= expectation.min_fraction {
        return Ok(None);
    }
    let allowed = if expectation.min_fraction < 1.0 {
        format!(
            "; at most {} may",
            wording::percent(1.0 - expectation.min_fraction)
        )
    } else {
        String::new()
    };
    let examples = failures
        .first
        .iter()
        .map(|row| {
            let values: Vec<String> = expression
                .columns()
                .iter()
                .take(MAX_COLUMNS)
                .filter_map(|(name, _)| {
                    let value = table.column(name)?.text(*row);
                    Some(format!(
                        "{name} = {}",
                        value.as_deref().unwrap_or("missing")
                    ))
                })
                .collect();
            format!("row {}: {}", row + 1, values.join(", "))
        })
        .collect();
    Ok(Some(Found {
        description: format!(
            "{} do not meet the expectation {} ({}){allowed}.{}",
            wording::rows_of(failures.n_rows, n_rows),
            expectation.name,
            expectation.expression,
            why(expectation)
        ),
        n_rows: failures.n_rows,
        examples,
        hint: advice(expectation),
    }))
}

fn whole(expectation: &Expectation, expression: &Expression, table: &Table) -> Outcome {
    let judged = expression.value_with_parts(table)?;
    if judged.value != Some(Scalar::Bool(false)) {
        return Ok(None);
    }
    let examples: Vec<String> = judged
        .parts
        .iter()
        .map(|(text, value)| match value {
            Some(Scalar::Float(v)) => format!("{text} = {}", wording::number(*v)),
            Some(value) => format!("{text} = {value}"),
            None => format!("{text} is NULL"),
        })
        .collect();
    Ok(Some(Found {
        description: format!(
            "The data do not meet the expectation {} ({}): {}.{}",
            expectation.name,
            expectation.expression,
            examples.join(", "),
            why(expectation)
        ),
        n_rows: table.n_rows() as u64,
        examples,
        hint: advice(expectation),
    }))
}

fn why(expectation: &Expectation) -> String {
    let description = expectation.description.trim();
    if description.is_empty() {
        String::new()
    } else {
        format!(" Why it is expected: {description}")
    }
}

fn advice(expectation: &Expectation) -> String {
    format!(
        "Correct the data at the source; or change the condition, its share of rows or its weight under {} in the schema.",
        expectation.name
    )
}

/// Why a batch cannot be held against an expectation.
enum Unfit {
    Missing(String),
    Type(String, ColumnType, ColumnType),
}

impl Unfit {
    fn words(&self) -> String {
        match self {
            Self::Missing(name) => format!("the batch has no column {name}"),
            Self::Type(name, found, wanted) => format!(
                "column {name} has the type {} here and not {}",
                found.title(),
                wanted.title()
            ),
        }
    }
}

/// The columns that an expression reads, in the types that it was written for: whole numbers stand for numbers and days
/// for moments, and a column without any value, which readers take for texts, is one of any type.
fn fitted(expression: &Expression, table: &Table) -> Result<Table, Unfit> {
    if expression.columns().is_empty() {
        return Ok(table.clone());
    }
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for (name, wanted) in expression.columns() {
        let position = table
            .position(name)
            .ok_or_else(|| Unfit::Missing(name.clone()))?;
        let found = table.column_type(position);
        let array = table.batch().column(position);
        let array = match (found, *wanted) {
            _ if found == *wanted => array.clone(),
            _ if array.null_count() == array.len() => {
                new_null_array(&arrow_type(*wanted), array.len())
            }
            (ColumnType::Integer, ColumnType::Number)
            | (ColumnType::Date, ColumnType::Timestamp) => cast(array, &arrow_type(*wanted))
                .map_err(|_| Unfit::Type(name.clone(), found, *wanted))?,
            _ => return Err(Unfit::Type(name.clone(), found, *wanted)),
        };
        columns.push((name.clone(), array));
    }
    Table::from_columns(columns).ok_or_else(|| Unfit::Missing(String::new()))
}

fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Integer => DataType::Int64,
        ColumnType::Number => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Text => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, None),
    }
}
