//! What each column adds to the answer for a row, by the way that suits the estimator: exact for trees and weighted sums,
//! sampled for everything else.

use super::draw::drawn;
use super::error::ExplainError;
use super::output::{ScoreOf, check_class, of_class, score_of, sum_of};
use super::sampled;
use super::trees::{TreeSum, covers, trees_of};
use crate::data::Table;
use crate::domain::explanation::{Contribution, Method, RowExplanation};
use crate::domain::work::Monitor;
use crate::model::{Estimator, Linear, Model};
use ndarray::{Array2, ArrayView2, Axis};

/// Training rows that weigh branches and make means, at most.
pub const MAX_TRAINING_ROWS: usize = 100_000;

/// Training rows that are kept to stand in for unknown values.
const MAX_BACKGROUND_ROWS: usize = 200;

/// What explaining a model needs of the rows that it was trained on. Made once, for all classes and rows.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Rows that it was made of.
    n_rows: usize,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Rows that come to each node of each tree.
    Trees(Vec<Vec<f64>>),
    /// Mean of each feature.
    Weights(Vec<f64>),
    /// Some of the rows, in a random order.
    Rows(Table),
}

/// How much is spent on contributions that are estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// One row that somebody looks at: 200 pairs of orders.
    OneRow,
    /// Many rows for a summary: 20 pairs of orders each.
    ManyRows,
}

impl Effort {
    fn n_pairs(self) -> usize {
        match self {
            Self::OneRow => MAX_BACKGROUND_ROWS,
            Self::ManyRows => 20,
        }
    }
}

/// What each column adds to the answers of some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// The answer before anything is known.
    pub base: f64,
    /// Rows × input columns, in the units of what is explained.
    pub values: Array2<f64>,
    /// Standard errors of the same shape, where they were estimated.
    pub errors: Option<Array2<f64>>,
}

impl Contributions {
    /// The answer of each row: base and all contributions.
    #[must_use]
    pub fn outputs(&self) -> Vec<f64> {
        let rows = self.values.rows().into_iter();
        rows.map(|row| self.base + row.sum()).collect()
    }
}

impl Ground {
    /// Looks at the training rows; at most 100,000 of them, drawn by the seed.
    ///
    /// # Errors
    /// If there are none, or they do not suit the model.
    pub fn of(model: &Model, training: &Table, seed: u64) -> Result<Self, ExplainError> {
        if training.n_rows() == 0 {
            return Err(ExplainError::NoRows);
        }
        let rows = drawn(training.n_rows(), MAX_TRAINING_ROWS, seed);
        let encode = || {
            let encoded = model.plan.encode(training, Some(&rows), model.encoding);
            encoded.map_err(|error| ExplainError::Model(error.into()))
        };
        let kind = match (&model.estimator, trees_of(model)) {
            (_, Some(trees)) => Kind::Trees(covers(trees, encode()?.view())),
            (Estimator::Linear(_), _) => Kind::Weights(means(encode()?.view())),
            _ => {
                let order = super::draw::order(training.n_rows(), seed, "background");
                let n = order.len().min(MAX_BACKGROUND_ROWS);
                let inputs: Vec<&str> = input_names(model);
                Kind::Rows(training.select(&inputs).take(&order[..n]))
            }
        };
        Ok(Self {
            n_rows: rows.len(),
            kind,
        })
    }

    /// The rows that come to each node of each tree, for models that have trees.
    pub(super) fn covers(&self) -> Option<&[Vec<f64>]> {
        match &self.kind {
            Kind::Trees(covers) => Some(covers),
            _ => None,
        }
    }

    /// Rows that it was made of.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    #[cfg(test)]
    pub(super) fn of_covers(covers: Vec<Vec<f64>>, n_rows: usize) -> Self {
        Self {
            n_rows,
            kind: Kind::Trees(covers),
        }
    }
}

fn means(x: ArrayView2<'_, f64>) -> Vec<f64> {
    let n = x.nrows().max(1) as f64;
    x.axis_iter(Axis(1)).map(|c| c.sum() / n).collect()
}

/// The columns that a model reads.
pub(super) fn input_names(model: &Model) -> Vec<&str> {
    let inputs = model.signature.inputs.iter();
    inputs.map(|input| input.name.as_str()).collect()
}

/// The position of each feature's column.
fn columns_of(model: &Model) -> Vec<usize> {
    let features = model.plan.features(model.encoding).into_iter();
    features.map(|feature| feature.column).collect()
}

/// How contributions to a model's answers are worked out.
#[must_use]
pub fn method(ground: &Ground, effort: Effort) -> Method {
    let n_rows = ground.n_rows as u64;
    match &ground.kind {
        Kind::Trees(_) => Method::Trees { n_rows },
        Kind::Weights(_) => Method::Weights { n_rows },
        Kind::Rows(table) => Method::Sampling {
            n_rows: table.n_rows().min(effort.n_pairs()) as u64,
        },
    }
}

/// What each input column adds to the answers for the rows of a table. They add up to the score of additive models
/// (log-odds for two classes), and else to the answer itself.
///
/// # Errors
/// If the rows do not suit the model, the class does not exist or was never seen, or it was stopped.
pub fn contributions(
    model: &Model,
    ground: &Ground,
    class: usize,
    table: &Table,
    (effort, seed): (Effort, u64),
    monitor: &dyn Monitor,
) -> Result<Contributions, ExplainError> {
    check_class(model, class)?;
    let encode = || {
        let encoded = model.plan.encode(table, None, model.encoding);
        encoded.map_err(|error| ExplainError::Model(error.into()))
    };
    let exact = |base, values| Contributions {
        base,
        values,
        errors: None,
    };
    match (&ground.kind, &model.estimator) {
        (Kind::Trees(covers), _) => {
            let Some(sum) = TreeSum::of(model, covers, class)? else {
                return Err(ExplainError::NoTrees {
                    algorithm: model.algorithm.clone(),
                });
            };
            let x = encode()?;
            let columns = columns_of(model);
            let n_columns = model.plan.columns.len();
            let values = sum.contributions(x.view(), &columns, n_columns, monitor)?;
            Ok(exact(sum.base(), values))
        }
        (Kind::Weights(means), Estimator::Linear(linear)) => {
            let score = score_of(model, &linear.link, class)?;
            let (base, values) = weighted(model, linear, score, means, encode()?.view());
            Ok(exact(base, values))
        }
        (Kind::Rows(background), _) => {
            let n = background.n_rows().min(effort.n_pairs());
            sampled::contributions(model, class, table, &background.slice(0, n), seed, monitor)
        }
        (Kind::Weights(_), _) => Err(ExplainError::NoWeights {
            algorithm: model.algorithm.clone(),
        }),
    }
}

/// Weight times distance from the mean, summed up by column.
fn weighted(
    model: &Model,
    linear: &Linear,
    ScoreOf { score, sign }: ScoreOf,
    means: &[f64],
    x: ArrayView2<'_, f64>,
) -> (f64, Array2<f64>) {
    let weights = &linear.coefficients[score];
    let columns = columns_of(model);
    let mut base = linear.intercepts[score];
    for (weight, mean) in weights.iter().zip(means) {
        base += weight * mean;
    }
    let mut values = Array2::zeros((x.nrows(), model.plan.columns.len()));
    for (row, mut sums) in x.rows().into_iter().zip(values.rows_mut()) {
        for (j, value) in row.iter().enumerate() {
            sums[columns[j]] += sign * weights[j] * (value - means[j]);
        }
    }
    (sign * base, values)
}

/// Why one row of a table got its answer.
///
/// # Errors
/// As `contributions`; if there is no such row.
pub fn explain_row(
    model: &Model,
    ground: &Ground,
    class: usize,
    (table, row): (&Table, u64),
    seed: u64,
    monitor: &dyn Monitor,
) -> Result<RowExplanation, ExplainError> {
    let n_rows = table.n_rows() as u64;
    if row >= n_rows {
        return Err(ExplainError::NoRow { row, n_rows });
    }
    let one = table.take(&[row as usize]);
    let effort = (Effort::OneRow, seed);
    let found = explain_rows(model, ground, class, &one, effort, monitor)?;
    let only = found.into_iter().next();
    let only = only.map(|explained| RowExplanation {
        row,
        n_rows,
        ..explained
    });
    only.ok_or(ExplainError::NoRows)
}

/// Why every row of a table got its answer.
///
/// # Errors
/// As `contributions`.
pub fn explain_rows(
    model: &Model,
    ground: &Ground,
    class: usize,
    table: &Table,
    (effort, seed): (Effort, u64),
    monitor: &dyn Monitor,
) -> Result<Vec<RowExplanation>, ExplainError> {
    let found = contributions(model, ground, class, table, (effort, seed), monitor)?;
    let predictions = model.predict(table)?;
    let labels = model.labels_of(&predictions);
    let n_classes = model.signature.classes.len();
    let probabilities: Vec<Vec<f64>> = (0..n_classes).map(|k| of_class(&predictions, k)).collect();
    let inputs = input_names(model);
    let target = &model.signature.target;
    let truths = table.column(target);
    let unread: Vec<String> = table
        .names()
        .into_iter()
        .filter(|name| name != target && !inputs.contains(&name.as_str()))
        .collect();
    let text = |column: &str, row| table.column(column).and_then(|data| data.text(row));
    let of = |(row, predicted): (usize, String)| {
        let mut columns: Vec<Contribution> = inputs
            .iter()
            .enumerate()
            .map(|(j, column)| Contribution {
                column: (*column).to_owned(),
                value: text(column, row),
                contribution: found.values[[row, j]],
                standard_error: found.errors.as_ref().map(|errors| errors[[row, j]]),
            })
            .collect();
        columns.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        RowExplanation {
            explained: sum_of(model, class),
            method: method(ground, effort),
            row: row as u64,
            n_rows: table.n_rows() as u64,
            base: found.base,
            output: found.base + found.values.row(row).sum(),
            predicted,
            probabilities: probabilities.iter().map(|of_class| of_class[row]).collect(),
            truth: truths.and_then(|data| data.text(row)),
            columns,
            unread: unread
                .iter()
                .map(|name| (name.clone(), text(name, row)))
                .collect(),
        }
    };
    Ok(labels.into_iter().enumerate().map(of).collect())
}
