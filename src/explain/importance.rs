//! Permutation importance of input columns: how much worse a metric gets when the values of a column are shuffled among the
//! rows (Breiman 2001; scikit-learn's `permutation_importance` computes the same mean and standard deviation).

use super::contributions::input_names;
use super::draw::{drawn, order};
use super::error::ExplainError;
use crate::data::Table;
use crate::domain::explanation::{ColumnImportance, PermutationImportance};
use crate::domain::metric::Metric;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::relation::RowsUsed;
use crate::domain::work::Monitor;
use crate::model::Model;
use rayon::prelude::*;

/// Rows that are scored, at most.
pub(super) const MAX_ROWS: usize = 20_000;

/// Groups of rows of the jackknife.
const N_GROUPS: usize = 20;

/// Half the width of a 95 % interval in standard errors, by degrees of freedom from 1: quantiles of Student's t.
const T_975: [f64; 19] = [
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010,
    2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930,
];

/// The value of a metric; weights are non-negative, one a row, 1 where none are given.
pub type Score<'a> =
    &'a (dyn Fn(Metric, &Targets, &Predictions, Option<&[f64]>) -> Option<f64> + Sync);

/// What is asked.
#[derive(Clone, Copy)]
pub struct ImportanceJob<'a> {
    /// The model.
    pub model: &'a Model,
    /// Rows that the model was not trained on.
    pub table: &'a Table,
    /// What is true of them.
    pub targets: &'a Targets,
    /// The metric.
    pub metric: Metric,
    /// Its formula.
    pub score: Score<'a>,
    /// Shuffles of each column, at least 1.
    pub n_repeats: u32,
    /// Draws rows and orders.
    pub seed: u64,
}

/// The importance of every input column, the most important first. More than 20,000 rows are a sample.
///
/// The interval is of the mean over the shuffles: delete-a-group jackknife over 20 groups of rows (Shao and Tu 1995,
/// section 2.3), so that it says how far the mean would move on other rows of the same kind; with Student's t.
///
/// # Errors
/// If the rows do not suit the model, the metric is not defined on them, or it was stopped.
pub fn permutation_importance(
    job: &ImportanceJob<'_>,
    monitor: &dyn Monitor,
) -> Result<PermutationImportance, ExplainError> {
    let n_all = job.table.n_rows();
    let rows = drawn(n_all, MAX_ROWS, job.seed);
    if rows.is_empty() || job.n_repeats == 0 {
        return Err(ExplainError::NoRows);
    }
    let ground = Rows::new(job, &rows)?;
    let names = input_names(job.model);
    let n_repeats = job.n_repeats as usize;
    let shuffles = |unit: usize| {
        let name = format!("{}\n{}", names[unit / n_repeats], unit % n_repeats);
        order(rows.len(), job.seed, &name)
    };
    let units: Vec<Vec<Option<f64>>> = (0..names.len() * n_repeats)
        .into_par_iter()
        .map(|unit| {
            if monitor.is_stopped() {
                return Err(ExplainError::Stopped);
            }
            ground.drops(job, names[unit / n_repeats], &shuffles(unit))
        })
        .collect::<Result<_, _>>()?;
    let mut columns: Vec<ColumnImportance> = names
        .iter()
        .zip(units.chunks(n_repeats))
        .map(|(name, repeats)| summed_up(name, repeats))
        .collect();
    columns.sort_by(|a, b| b.mean.total_cmp(&a.mean));
    Ok(PermutationImportance {
        metric: job.metric,
        baseline: ground.baselines[0].unwrap_or(f64::NAN),
        rows: RowsUsed {
            used: rows.len() as u64,
            all: n_all as u64,
        },
        n_repeats: job.n_repeats,
        level: 0.95,
        n_groups: ground.weights.len() as u32,
        columns,
    })
}

/// The rows as they are, and their scores with all rows and without each group.
pub(super) struct Rows {
    table: Table,
    targets: Targets,
    weights: Vec<Vec<f64>>,
    baselines: Vec<Option<f64>>,
}

impl Rows {
    pub(super) fn new(job: &ImportanceJob<'_>, rows: &[usize]) -> Result<Self, ExplainError> {
        let (table, targets) = (job.table.take(rows), job.targets.take(rows));
        let n_groups = N_GROUPS.min(rows.len());
        // Every twentieth row: rows beside one another are often alike and should not be a group.
        let without = |group: usize| -> Vec<f64> {
            let keep = |row: usize| f64::from(u8::from(row % n_groups != group));
            (0..rows.len()).map(keep).collect()
        };
        let weights: Vec<Vec<f64>> = if n_groups > 1 {
            (0..n_groups).map(without).collect()
        } else {
            Vec::new()
        };
        let mut ground = Self {
            table,
            targets,
            weights,
            baselines: Vec::new(),
        };
        let predictions = job.model.predict(&ground.table)?;
        ground.baselines = ground.scores(job, &predictions);
        if ground.baselines[0].is_none() {
            return Err(ExplainError::NoScore {
                metric: job.metric.title(),
            });
        }
        Ok(ground)
    }

    /// The score of all rows, then without each group.
    fn scores(&self, job: &ImportanceJob<'_>, predictions: &Predictions) -> Vec<Option<f64>> {
        let score = |weights| (job.score)(job.metric, &self.targets, predictions, weights);
        let without = self.weights.iter().map(|weights| score(Some(weights)));
        std::iter::once(score(None)).chain(without).collect()
    }

    /// How much worse the scores are when the rows have the values of a column in another order.
    pub(super) fn drops(
        &self,
        job: &ImportanceJob<'_>,
        column: &str,
        order: &[usize],
    ) -> Result<Vec<Option<f64>>, ExplainError> {
        let at = self.table.position(column);
        let shuffled = at.and_then(|at| {
            let values = self.table.at(at).take(order);
            self.table.with_values(at, values)
        });
        let table = shuffled.ok_or_else(|| ExplainError::NoColumn {
            column: column.to_owned(),
            inputs: input_names(job.model)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        })?;
        let scores = self.scores(job, &job.model.predict(&table)?);
        let drop = |(before, now): (&Option<f64>, Option<f64>)| {
            Some(job.metric.improvement((*before)?, now?))
        };
        Ok(self.baselines.iter().zip(scores).map(drop).collect())
    }
}

/// Mean, deviation and interval of one column. `repeats[shuffle]` has the drop of all rows, then without each group.
pub(super) fn summed_up(column: &str, repeats: &[Vec<Option<f64>>]) -> ColumnImportance {
    let n = repeats.len() as f64;
    let of = |group: usize| -> Option<f64> {
        let values: Option<Vec<f64>> = repeats.iter().map(|r| r[group]).collect();
        values.map(|values| values.iter().sum::<f64>() / n)
    };
    let values: Vec<f64> = repeats.iter().map(|r| r[0].unwrap_or(f64::NAN)).collect();
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let groups: Option<Vec<f64>> = (1..repeats[0].len()).map(of).collect();
    ColumnImportance {
        column: column.to_owned(),
        mean,
        sd: (squares / n).sqrt(),
        interval: groups.and_then(|groups| jackknife(mean, &groups)),
        repeats: values,
    }
}

/// The 95 % interval around a value from the values without each of some equal groups.
fn jackknife(value: f64, groups: &[f64]) -> Option<[f64; 2]> {
    let n = groups.len();
    let t = T_975.get(n.checked_sub(2)?)?;
    let mean = groups.iter().sum::<f64>() / n as f64;
    let squares: f64 = groups.iter().map(|v| (v - mean) * (v - mean)).sum();
    let half = t * ((n - 1) as f64 / n as f64 * squares).sqrt();
    Some([value - half, value + half])
}
