//! Single rows: what the models answer to one, what they would answer if it were different, and the nearest one that gets
//! another answer.

use super::pair::{Answered, Pair};
use crate::data::{ColumnData, Table, union};
use crate::domain::Failure;
use crate::domain::prediction::Predictions;
use crate::domain::schema::ColumnType;
use crate::domain::what_if::{NearestOther, RowCurve, WhatIf, WhatIfAnswer, WhatIfColumn};
use crate::evaluate::disagreement;
use crate::explain;
use crate::model::Model;
use arrow::array::StringArray;
use std::collections::HashMap;
use std::sync::Arc;

/// Values of a text to choose from.
const N_CHOICES: usize = 50;

type Changes = [(String, Option<String>)];

impl Pair {
    /// What the models answer to a row, and to the row with other values.
    ///
    /// # Errors
    /// `NotFound` without such a row; if the changed row does not suit a model.
    pub fn what_if(&self, row: u64, changes: &Changes) -> Result<WhatIf, Failure> {
        let at = self.place(row)?;
        let (changed, problems) = self.changed(at, changes);
        let as_it_is = self.table.slice(at, 1);
        let answers = |table: &Table| {
            let all = self.models.iter().map(|m| answer(&m.model, table));
            all.collect::<Result<Vec<_>, Failure>>()
        };
        let classes = &self.candidate().model.signature.classes;
        Ok(WhatIf {
            row,
            truth: disagreement::truth(&self.targets, classes, at),
            columns: self.columns(at),
            before: answers(&as_it_is)?,
            after: answers(&changed)?,
            problems,
        })
    }

    /// What the models answer to a changed row as one column takes other values.
    ///
    /// # Errors
    /// As [`Pair::what_if`]; if no model reads the column.
    pub fn row_curve(
        &self,
        (row, changes): (u64, &Changes),
        column: &str,
        class: usize,
    ) -> Result<RowCurve, Failure> {
        let (changed, _) = self.changed(self.place(row)?, changes);
        let models: Vec<(&Model, usize)> = self.models.iter().map(|m| (&m.model, class)).collect();
        Ok(explain::row_curve(&models, &self.table, &changed, column)?)
    }

    /// The nearest row to which a model gives another answer: of numbers, one that is a standard deviation of its answers away.
    ///
    /// # Errors
    /// `NotFound` without such a row or model.
    pub fn nearest_other(&self, row: u64, model: usize) -> Result<Option<NearestOther>, Failure> {
        let at = self.place(row)?;
        let model = self
            .models
            .get(model)
            .ok_or_else(|| Failure::not_found("There is no such model"))?;
        let inputs = &model.model.signature.inputs;
        let columns: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        let is_other: Box<dyn Fn(usize) -> bool + Sync> = match &model.answers {
            Predictions::Probabilities { .. } => {
                let labels = model.answers.labels();
                Box::new(move |other| labels[other] != labels[at])
            }
            Predictions::Values(values) => {
                let apart = deviation(values);
                Box::new(move |other| {
                    (values[other] - values[at]).abs() >= apart.max(f64::MIN_POSITIVE)
                })
            }
        };
        let found = explain::nearest_other(&self.table, &columns, at, is_other);
        Ok(found.map(|found| NearestOther {
            row: found.row as u64,
            answer: answer_at(model, found.row),
            distance: found.distance,
            differs: found
                .differs
                .iter()
                .map(|column| {
                    let name = columns[*column];
                    let data = self.table.column(name);
                    (name.to_owned(), data.and_then(|data| data.text(found.row)))
                })
                .collect(),
            n_searched: found.n_searched,
        }))
    }

    fn place(&self, row: u64) -> Result<usize, Failure> {
        let n_rows = self.table.n_rows();
        usize::try_from(row)
            .ok()
            .filter(|row| *row < n_rows)
            .ok_or_else(|| Failure::not_found(format!("There are {n_rows} test rows")))
    }

    /// One row with other values, and what of them could not be understood.
    fn changed(&self, at: usize, changes: &Changes) -> (Table, Vec<String>) {
        let mut row = self.table.slice(at, 1);
        let mut problems = Vec::new();
        for (name, value) in changes {
            let Some(column) = row.position(name) else {
                problems.push(format!("There is no column {name}"));
                continue;
            };
            let kind = row.column_type(column);
            let text = Arc::new(StringArray::from(vec![value.clone()]));
            let Some(typed) = Table::from_columns(vec![(name.clone(), text)]) else {
                continue;
            };
            let cast = union::cast(&typed, &[(name.clone(), kind)]);
            let of_column = |p: &union::CastProblem| {
                format!(
                    "{} is not {} for {}",
                    p.example,
                    with_article(kind),
                    p.column
                )
            };
            problems.extend(cast.problems.iter().map(of_column));
            if let Some(new) = row.with_values(column, cast.table.at(0).shared()) {
                row = new;
            }
        }
        (row, problems)
    }

    fn columns(&self, at: usize) -> Vec<WhatIfColumn> {
        let mut columns: Vec<WhatIfColumn> = Vec::new();
        let inputs = self.models.iter().flat_map(|m| &m.model.signature.inputs);
        for input in inputs {
            let is_known = columns.iter().any(|c| c.name == input.name);
            let Some(data) = self.table.column(&input.name).filter(|_| !is_known) else {
                continue;
            };
            let reads = |m: &Answered| {
                let inputs = &m.model.signature.inputs;
                inputs.iter().any(|i| i.name == input.name)
            };
            columns.push(WhatIfColumn {
                name: input.name.clone(),
                kind: data.column_type(),
                value: data.text(at),
                choices: choices(data),
                range: range(data),
                is_read: self.models.iter().map(reads).collect(),
            });
        }
        columns
    }
}

fn with_article(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "a whole number",
        ColumnType::Number => "a number",
        ColumnType::Boolean => "true or false",
        ColumnType::Text => "a text",
        ColumnType::Date => "a day (2026-11-27)",
        ColumnType::Timestamp => "a moment (2026-11-27T12:00:00)",
    }
}

fn answer(model: &Model, row: &Table) -> Result<WhatIfAnswer, Failure> {
    let found = model.predict(row)?;
    let label = model.labels_of(&found).into_iter().next();
    Ok(match found {
        Predictions::Probabilities { values, .. } => WhatIfAnswer {
            answer: label.unwrap_or_default(),
            probabilities: values,
            value: None,
        },
        Predictions::Values(values) => WhatIfAnswer {
            answer: values.first().map(f64::to_string).unwrap_or_default(),
            probabilities: Vec::new(),
            value: values.first().copied(),
        },
    })
}

fn answer_at(model: &Answered, row: usize) -> String {
    let one = model.answers.take(&[row]);
    match &one {
        Predictions::Probabilities { .. } => model.model.labels_of(&one).remove(0),
        Predictions::Values(values) => values[0].to_string(),
    }
}

/// The most frequent values of a text or truth value, most frequent first.
fn choices(data: ColumnData<'_>) -> Vec<String> {
    if !matches!(data.column_type(), ColumnType::Text | ColumnType::Boolean) {
        return Vec::new();
    }
    let mut counts: HashMap<String, u64> = HashMap::new();
    for text in (0..data.len()).filter_map(|row| data.text(row)) {
        *counts.entry(text).or_default() += 1;
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(N_CHOICES);
    counts.into_iter().map(|(text, _)| text).collect()
}

fn range(data: ColumnData<'_>) -> Option<[f64; 2]> {
    if !data.column_type().is_numeric() {
        return None;
    }
    let values = (0..data.len()).filter_map(|row| data.number(row).filter(|v| v.is_finite()));
    values.fold(None, |ends: Option<[f64; 2]>, v| {
        let [low, high] = ends.unwrap_or([v, v]);
        Some([low.min(v), high.max(v)])
    })
}

fn deviation(values: &[f64]) -> f64 {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt()
}
