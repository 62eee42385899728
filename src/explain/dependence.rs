//! Partial dependence and individual conditional expectation of one column: the column is set to one value in every row, and
//! the model answers (Friedman 2001; Goldstein, Kapelner, Bleich and Pitkin 2015; scikit-learn's `method="brute"`).

use super::contributions::input_names;
use super::draw::drawn;
use super::error::ExplainError;
use super::output::{answer_of, check_class, of_class};
use crate::data::{ColumnData, Table};
use crate::domain::explanation::{GridPoint, PartialDependence};
use crate::domain::relation::RowsUsed;
use crate::domain::what_if::RowCurve;
use crate::domain::work::Monitor;
use crate::model::Model;
use rayon::prelude::*;
use std::collections::HashMap;

/// Rows that the mean is over, at most.
const MAX_ROWS: usize = 2_000;
/// Rows that have a curve of their own.
const MAX_CURVES: usize = 100;
/// Values of a number or time that are put in, at most.
const MAX_POINTS: usize = 30;
/// Values of a text that are put in, at most.
const MAX_TEXTS: usize = 20;

/// What is asked.
#[derive(Clone, Copy)]
pub struct DependenceJob<'a> {
    /// The model.
    pub model: &'a Model,
    /// The rows.
    pub table: &'a Table,
    /// The column.
    pub column: &'a str,
    /// Position of the class; 0 for a regression.
    pub class: usize,
    /// Draws rows.
    pub seed: u64,
}

/// The effect of one column on the answer. Values come from the rows: quantiles from the 1st to the 99th percentile for
/// numbers and times, the most frequent texts, and "missing" where training had missing values. More than 2,000 rows are a
/// sample.
///
/// # Errors
/// If the model does not read the column, the rows do not suit it, or it was stopped.
pub fn partial_dependence(
    job: &DependenceJob<'_>,
    monitor: &dyn Monitor,
) -> Result<PartialDependence, ExplainError> {
    let DependenceJob {
        model,
        table,
        column,
        class,
        seed,
    } = *job;
    check_class(model, class)?;
    let names = input_names(model);
    let input = model.signature.inputs.iter().find(|i| i.name == column);
    let input = input.ok_or_else(|| ExplainError::NoColumn {
        column: column.to_owned(),
        inputs: names.iter().map(|n| (*n).to_owned()).collect(),
    })?;
    model.predict(&table.slice(0, table.n_rows().min(1)))?;
    let n_all = table.n_rows();
    let rows = table.select(&names).take(&drawn(n_all, MAX_ROWS, seed));
    let at = rows.position(column).filter(|_| n_all > 0);
    let at = at.ok_or(ExplainError::NoRows)?;
    let data = rows.at(at);
    let grid = values_of(data, input.had_missing);
    let answers: Vec<Vec<f64>> = grid
        .par_iter()
        .map(|point| {
            if monitor.is_stopped() {
                return Err(ExplainError::Stopped);
            }
            let values = match point.row {
                Some(row) => data.take(&vec![row; rows.n_rows()]),
                None => arrow::array::new_null_array(data.shared().data_type(), rows.n_rows()),
            };
            let changed = rows.with_values(at, values).ok_or(ExplainError::NoRows)?;
            Ok(of_class(&model.predict(&changed)?, class))
        })
        .collect::<Result<_, _>>()?;
    let n = rows.n_rows() as f64;
    let curves = drawn(rows.n_rows(), MAX_CURVES, seed);
    Ok(PartialDependence {
        explained: answer_of(model, class),
        column: column.to_owned(),
        kind: data.column_type(),
        mean: answers.iter().map(|a| a.iter().sum::<f64>() / n).collect(),
        curves: curves
            .into_iter()
            .map(|row| answers.iter().map(|a| a[row]).collect())
            .collect(),
        grid: grid.into_iter().map(|value| value.point).collect(),
        rows: RowsUsed {
            used: rows.n_rows() as u64,
            all: n_all as u64,
        },
        deciles: deciles(data),
    })
}

/// What models answer to one row as one column takes the values that [`partial_dependence`] would put in, which come from
/// `table`. Each model has the position of its class; `row` is a table of one row. A model that does not read the column
/// answers the same everywhere.
///
/// # Errors
/// If the table does not have the column, or the row does not suit a model.
pub fn row_curve(
    models: &[(&Model, usize)],
    table: &Table,
    row: &Table,
    column: &str,
) -> Result<RowCurve, ExplainError> {
    let data = table.column(column).ok_or_else(|| ExplainError::NoColumn {
        column: column.to_owned(),
        inputs: table.names(),
    })?;
    let at = row.position(column).ok_or(ExplainError::NoRows)?;
    let grid = values_of(data, false);
    let mut answers = vec![Vec::with_capacity(grid.len()); models.len()];
    for point in &grid {
        let value = match point.row {
            Some(row) => data.take(&[row]),
            None => arrow::array::new_null_array(data.shared().data_type(), 1),
        };
        let changed = row.with_values(at, value).ok_or(ExplainError::NoRows)?;
        for ((model, class), answers) in models.iter().zip(&mut answers) {
            answers.extend(of_class(&model.predict(&changed)?, *class));
        }
    }
    Ok(RowCurve {
        column: column.to_owned(),
        grid: grid
            .into_iter()
            .map(|value| (value.point.label, value.point.at))
            .collect(),
        answers,
    })
}

/// A value that is put in, and a row that has it; `None` for a missing one.
struct Value {
    row: Option<usize>,
    point: GridPoint,
}

fn values_of(data: ColumnData<'_>, had_missing: bool) -> Vec<Value> {
    let mut values = match data {
        ColumnData::Text(_) | ColumnData::Boolean(_) => most_frequent(data),
        _ => quantiles(data),
    };
    if had_missing || data.n_missing() > 0 {
        values.push(Value {
            row: None,
            point: GridPoint {
                label: "missing".to_owned(),
                at: None,
                n_rows: data.n_missing() as u64,
            },
        });
    }
    values
}

/// Rows with a finite value, by value.
fn sorted(data: ColumnData<'_>) -> Vec<(f64, usize)> {
    let rows = 0..data.len();
    let mut values: Vec<(f64, usize)> = rows
        .filter_map(|row| Some((data.number(row).filter(|v| v.is_finite())?, row)))
        .collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    values
}

/// Every value where there are few; else values of rows at equal steps of rank, from the 1st to the 99th percentile.
fn quantiles(data: ColumnData<'_>) -> Vec<Value> {
    let values = sorted(data);
    let Some(last) = values.len().checked_sub(1) else {
        return Vec::new();
    };
    let distinct: Vec<&[(f64, usize)]> = values.chunk_by(|a, b| a.0 == b.0).collect();
    let of = |run: &&[(f64, usize)]| Value {
        row: Some(run[0].1),
        point: GridPoint {
            label: data.text(run[0].1).unwrap_or_default(),
            at: Some(run[0].0),
            n_rows: run.len() as u64,
        },
    };
    if distinct.len() <= MAX_POINTS {
        return distinct.iter().map(of).collect();
    }
    let mut chosen: Vec<f64> = (0..MAX_POINTS)
        .map(|i| {
            let p = 0.01 + 0.98 * i as f64 / (MAX_POINTS - 1) as f64;
            values[(p * last as f64).round() as usize].0
        })
        .collect();
    chosen.dedup();
    let is_chosen =
        |run: &&&[(f64, usize)]| chosen.binary_search_by(|v| v.total_cmp(&run[0].0)).is_ok();
    distinct.iter().filter(is_chosen).map(of).collect()
}

fn deciles(data: ColumnData<'_>) -> Vec<f64> {
    if matches!(data, ColumnData::Text(_) | ColumnData::Boolean(_)) {
        return Vec::new();
    }
    let values = sorted(data);
    let Some(last) = values.len().checked_sub(1) else {
        return Vec::new();
    };
    (1..10)
        .map(|i| values[(f64::from(i) / 10.0 * last as f64).round() as usize].0)
        .collect()
}

fn most_frequent(data: ColumnData<'_>) -> Vec<Value> {
    let mut found: HashMap<String, (usize, u64)> = HashMap::new();
    for row in 0..data.len() {
        if let Some(text) = data.text(row) {
            found.entry(text).or_insert((row, 0)).1 += 1;
        }
    }
    let mut values: Vec<Value> = found
        .into_iter()
        .map(|(label, (row, n_rows))| Value {
            row: Some(row),
            point: GridPoint {
                label,
                at: None,
                n_rows,
            },
        })
        .collect();
    let key = |v: &Value| (std::cmp::Reverse(v.point.n_rows), v.point.label.clone());
    values.sort_by_key(key);
    values.truncate(MAX_TEXTS);
    values
}
