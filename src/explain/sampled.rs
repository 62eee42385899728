//! Contributions to the answers of any model, estimated: Shapley values over the input columns by sampling orders
//! (Štrumbelj and Kononenko 2014, "Explaining prediction models and individual predictions with feature contributions"). A
//! column that is not known yet has the value of a training row. Each order is also taken backwards, with the same
//! training row (antithetic sampling; Mitchell, Cooper, Frank and Holmes 2022), which takes off most of the noise.
//!
//! Contributions of a row add up exactly to its answer minus the mean answer of the training rows that stood in.

use super::contributions::{Contributions, input_names};
use super::draw::order;
use super::error::ExplainError;
use super::output::of_class;
use crate::data::{Table, union};
use crate::domain::work::Monitor;
use crate::model::Model;
use ndarray::Array2;
use rayon::prelude::*;

/// Estimates with one pair of orders for each row of `background`.
///
/// # Errors
/// If the rows do not suit the model, there is no background, or it was stopped.
pub(super) fn contributions(
    model: &Model,
    class: usize,
    table: &Table,
    background: &Table,
    seed: u64,
    monitor: &dyn Monitor,
) -> Result<Contributions, ExplainError> {
    let inputs = input_names(model);
    if background.n_rows() == 0 {
        return Err(ExplainError::NoRows);
    }
    // What the model would refuse is refused before tables are put together.
    model.predict(&table.slice(0, table.n_rows().min(1)))?;
    let both = union::union(&[background.clone(), table.select(&inputs)]);
    let base = of_class(&model.predict(background)?, class);
    let base = base.iter().sum::<f64>() / base.len() as f64;
    let n_background = background.n_rows();
    let rows: Vec<Estimated> = (0..table.n_rows())
        .into_par_iter()
        .map(|row| {
            if monitor.is_stopped() {
                return Err(ExplainError::Stopped);
            }
            let one = Walks {
                model,
                class,
                both: &both,
                n_background,
                row: n_background + row,
            };
            one.estimate(&inputs, seed, row)
        })
        .collect::<Result<_, _>>()?;
    let shape = (table.n_rows(), inputs.len());
    let (mut values, mut errors) = (Array2::zeros(shape), Array2::zeros(shape));
    for (i, row) in rows.into_iter().enumerate() {
        for (j, (mean, error)) in row.into_iter().enumerate() {
            values[[i, j]] = mean;
            errors[[i, j]] = error;
        }
    }
    Ok(Contributions {
        base,
        values,
        errors: Some(errors),
    })
}

/// Mean and standard error of each column's contribution.
type Estimated = Vec<(f64, f64)>;

/// The walks from training rows to one row, a column at a time.
struct Walks<'a> {
    model: &'a Model,
    class: usize,
    /// The training rows, and below them the rows to be explained.
    both: &'a Table,
    n_background: usize,
    /// Position in `both`.
    row: usize,
}

impl Walks<'_> {
    fn estimate(&self, inputs: &[&str], seed: u64, unit: usize) -> Result<Estimated, ExplainError> {
        let n_columns = inputs.len();
        let orders: Vec<Vec<usize>> = (0..self.n_background)
            .map(|pair| order(n_columns, seed, &format!("row {unit}, pair {pair}")))
            .collect();
        let answers = self.answers(inputs, &orders)?;
        // Each pair has two walks of as many steps as columns.
        let a_pair = 2 * (n_columns + 1);
        let (mut sums, mut squares) = (vec![0.0; n_columns], vec![0.0; n_columns]);
        for (order, answers) in orders.iter().zip(answers.chunks(a_pair)) {
            let (forwards, backwards) = answers.split_at(n_columns + 1);
            for (step, column) in order.iter().enumerate() {
                let back = n_columns - 1 - step;
                let there = forwards[step + 1] - forwards[step];
                let and_back = backwards[back + 1] - backwards[back];
                let mean = f64::midpoint(there, and_back);
                sums[*column] += mean;
                squares[*column] += mean * mean;
            }
        }
        let n = orders.len() as f64;
        let of = |(sum, square): (f64, f64)| {
            let mean = sum / n;
            let variance = ((square - n * mean * mean) / (n - 1.0).max(1.0)).max(0.0);
            (mean, (variance / n).sqrt())
        };
        Ok(sums.into_iter().zip(squares).map(of).collect())
    }

    /// The answers on all walks: pair by pair, forwards and backwards, from no column known to all.
    fn answers(&self, inputs: &[&str], orders: &[Vec<usize>]) -> Result<Vec<f64>, ExplainError> {
        let n_columns = inputs.len();
        let n_steps = orders.len() * 2 * (n_columns + 1);
        let mut sources: Vec<Vec<usize>> = vec![Vec::with_capacity(n_steps); n_columns];
        for (background, order) in orders.iter().enumerate() {
            let mut place = vec![0; n_columns];
            for (step, column) in order.iter().enumerate() {
                place[*column] = step;
            }
            for is_back in [false, true] {
                for n_known in 0..=n_columns {
                    for (column, sources) in sources.iter_mut().enumerate() {
                        let at = if is_back {
                            n_columns - 1 - place[column]
                        } else {
                            place[column]
                        };
                        sources.push(if at < n_known { self.row } else { background });
                    }
                }
            }
        }
        let columns = inputs.iter().zip(&sources).filter_map(|(name, rows)| {
            let data = self.both.column(name)?;
            Some(((*name).to_owned(), data.take(rows)))
        });
        let steps = Table::from_columns(columns.collect()).ok_or(ExplainError::NoRows)?;
        Ok(of_class(&self.model.predict(&steps)?, self.class))
    }
}
