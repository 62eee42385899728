//! Slice discovery: in which parts of the data a model errs more than elsewhere, or has become worse than another, as
//! conjunctions of conditions on columns that a person can read. `search` finds the best exactly, `score` says how bad a slice
//! is, `confirm` asks rows that were not searched.

mod best;
mod codes;
mod confirm;
mod score;
mod search;
#[cfg(test)]
mod tests;

use super::EvaluateError;
use super::column_cut::ColumnCut;
use super::condition::condition;
use super::losses;
use crate::data::Table;
use crate::domain::algorithm::Problem;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::segment::{Bins, Predicate, Test};
use crate::domain::slice::{
    Loss, SearchedRows, Slice, SliceParams, SlicePredicate, SliceReport, words,
};
use crate::domain::work::Monitor;
use codes::Codes;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use score::{Errors, Scorer, Sums};
use search::{Searched, search};

/// A slice has at least so many rows, unless somebody wants fewer.
const FEWEST_ROWS: usize = 32;

/// Slices that share this part of their rows are told as one.
const OVERLAP: f64 = 0.5;

/// What is searched.
pub struct SliceJob<'a> {
    /// Rows with a target.
    pub table: &'a Table,
    /// Their targets.
    pub targets: &'a Targets,
    /// The model's name and its answers.
    pub model: (&'a str, &'a Predictions),
    /// A model whose losses are taken off.
    pub baseline: Option<(&'a str, &'a Predictions)>,
    /// Columns whose values make conditions.
    pub columns: &'a [String],
    /// How.
    pub params: &'a SliceParams,
    /// Which rows are searched.
    pub seed: u64,
}

/// What is wrong with parameters, each with its field.
#[must_use]
pub fn problems(params: &SliceParams) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut must = |is_so: bool, field: &str, what: &str| {
        if !is_so {
            problems.push(Problem::new(field, what));
        }
    };
    let SliceParams {
        alpha,
        holdout,
        max_predicates,
        n_slices,
        bins,
        ..
    } = params;
    must(
        *alpha > 0.0 && *alpha <= 1.0,
        "alpha",
        "must be above 0, and at most 1",
    );
    must(
        (0.0..1.0).contains(holdout),
        "holdout",
        "must be from 0 to below 1",
    );
    must(
        (1..=4).contains(max_predicates),
        "max_predicates",
        "must be from 1 to 4",
    );
    must(
        (1..=1000).contains(n_slices),
        "n_slices",
        "must be from 1 to 1000",
    );
    must((2..=50).contains(bins), "bins", "must be from 2 to 50");
    problems
}

/// Finds the worst slices.
///
/// # Errors
/// `Params` with parameters that make no sense, also a loss that is none of the task; `Shape` and `NotFinite` for answers
/// that cannot be scored; `Stopped`.
pub fn slices(job: &SliceJob<'_>, monitor: &dyn Monitor) -> Result<SliceReport, EvaluateError> {
    let problems = problems(job.params);
    if !problems.is_empty() {
        return Err(EvaluateError::Params { problems });
    }
    let loss = job.params.loss.unwrap_or(match job.targets {
        Targets::Classes { .. } => Loss::LogLoss,
        Targets::Values(_) => Loss::Squared,
    });
    let errors = errors(job, loss)?;
    let are_differences = job.baseline.is_some();
    let n_rows = errors.len();
    let (searched, tested) = halves(n_rows, job.params.holdout, job.seed);
    let min_rows = job.params.min_rows.map_or_else(
        || FEWEST_ROWS.max(searched.len().div_ceil(100)),
        |n| n.max(1) as usize,
    );
    let coded = Coded::of(job, &searched, min_rows);
    let own: Vec<f64> = searched.iter().map(|row| errors[*row]).collect();
    let own = Errors::new(&own);
    let scorer = Scorer::new(&own, job.params.alpha, min_rows, are_differences);
    let limits = (
        job.params.n_slices as usize,
        job.params.max_predicates as usize,
    );
    let Searched { found, n_searched } = if own.of_rows.iter().all(|e| *e <= 0) {
        // Nowhere worse.
        Searched {
            found: Vec::new(),
            n_searched: 0,
        }
    } else {
        search(&coded.codes(&searched), &own, &scorer, limits, monitor)?
    };
    let all = Errors::new(&errors);
    let of_all = Scorer::new(&all, job.params.alpha, min_rows, are_differences);
    let total: f64 = errors.iter().sum();
    let members: Vec<Vec<bool>> = found.par_iter().map(|f| coded.members(&f.codes)).collect();
    let mut slices: Vec<Slice> = found
        .iter()
        .zip(&members)
        .map(|(found, is_in)| {
            let predicates = coded.predicates(&found.codes);
            let mut sums = Sums::default();
            let rows = all.of_rows.iter().zip(is_in).filter(|(_, is_in)| **is_in);
            rows.for_each(|(error, _)| sums.add(*error));
            let (n, sum) = (f64::from(sums.n_rows), all.told(sums.error));
            let test = (!tested.is_empty()).then(|| {
                let is_in: Vec<bool> = tested.iter().map(|row| is_in[*row]).collect();
                let errors: Vec<f64> = tested.iter().map(|row| errors[*row]).collect();
                confirm::test(&errors, &is_in, are_differences)
            });
            Slice {
                text: words(&predicates),
                condition: condition(&predicates, job.table),
                predicates: predicates.iter().map(SlicePredicate::from).collect(),
                n_rows: u64::from(sums.n_rows),
                mean_error: sum / n,
                rest_error: (total - sum) / (n_rows as f64 - n).max(1.0),
                score: of_all.of(sums),
                searched: SearchedRows {
                    n_rows: u64::from(found.sums.n_rows),
                    mean_error: own.told(found.sums.error) / f64::from(found.sums.n_rows),
                    score: found.score,
                },
                test,
                overlaps: None,
            }
        })
        .collect();
    let mut tests: Vec<_> = slices.iter_mut().filter_map(|s| s.test.as_mut()).collect();
    confirm::correct(&mut tests);
    for (i, overlaps) in overlaps(&members).into_iter().enumerate() {
        slices[i].overlaps = overlaps.map(|other| other as u64 + 1);
    }
    Ok(SliceReport {
        model: job.model.0.to_owned(),
        baseline: job.baseline.map(|(name, _)| name.to_owned()),
        loss,
        n_rows: n_rows as u64,
        mean_error: total / n_rows.max(1) as f64,
        n_searched_rows: searched.len() as u64,
        n_tested_rows: tested.len() as u64,
        min_rows: min_rows as u64,
        columns: coded.columns.iter().map(|(name, _)| name.clone()).collect(),
        n_searched,
        correction: "Holm (1979)".to_owned(),
        slices,
    })
}

/// The loss of each row; with a baseline, how much it is above the baseline's.
fn errors(job: &SliceJob<'_>, loss: Loss) -> Result<Vec<f64>, EvaluateError> {
    let of = |(name, predictions): (&str, &Predictions)| {
        let n_rows = job.targets.n_rows();
        if predictions.n_rows() != n_rows {
            return Err(EvaluateError::Shape {
                model: name.to_owned(),
                expected: format!("{n_rows} rows"),
                got: format!("{} rows", predictions.n_rows()),
            });
        }
        let losses = losses::losses(loss, job.targets, predictions);
        let losses = losses.ok_or_else(|| EvaluateError::Params {
            problems: vec![Problem::new(
                "loss",
                format!("the {} is none of these answers", loss.title()),
            )],
        })?;
        match losses.iter().position(|l| !l.is_finite()) {
            None => Ok(losses),
            Some(first) => Err(EvaluateError::NotFinite {
                model: name.to_owned(),
                n_rows: losses.iter().filter(|l| !l.is_finite()).count(),
                first: first + 1,
            }),
        }
    };
    let mut errors = of(job.model)?;
    if let Some(baseline) = job.baseline {
        for (error, other) in errors.iter_mut().zip(of(baseline)?) {
            *error -= other;
        }
    }
    Ok(errors)
}

/// The rows that are searched and those that are not, both ascending.
fn halves(n_rows: usize, holdout: f64, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let n_tested = (n_rows as f64 * holdout).round() as usize;
    let mut order: Vec<usize> = (0..n_rows).collect();
    if n_tested == 0 {
        return (order, Vec::new());
    }
    order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    let mut tested = order.split_off(n_rows - n_tested);
    order.sort_unstable();
    tested.sort_unstable();
    (order, tested)
}

/// The columns cut into conditions.
struct Coded {
    columns: Vec<(String, ColumnCut)>,
    /// The first code of each column. A column's last code is that of all values that too few rows have.
    first: Vec<u32>,
    n_codes: u32,
    /// Of each column, the code of each condition, counted from its first.
    codes: Vec<Vec<u32>>,
    /// The condition of each code; `None` for the last ones.
    tests: Vec<Option<(usize, usize)>>,
}

impl Coded {
    /// Conditions that too few of the searched rows meet are none.
    fn of(job: &SliceJob<'_>, searched: &[usize], min_rows: usize) -> Self {
        let bins = Bins::Quantile(job.params.bins);
        let columns: Vec<(String, ColumnCut)> = job
            .columns
            .par_iter()
            .filter_map(|name| Some((name.clone(), ColumnCut::of(job.table.column(name)?, &bins))))
            .filter(|(_, cut)| cut.tests.len() > 1)
            .collect();
        let mut coded = Self {
            columns: Vec::new(),
            first: Vec::new(),
            n_codes: 0,
            codes: Vec::new(),
            tests: Vec::new(),
        };
        for (name, cut) in columns {
            let mut counts = vec![0_usize; cut.tests.len()];
            for row in searched {
                if let Some(cell) = cut.cells[*row] {
                    counts[cell] += 1;
                }
            }
            let kept: Vec<usize> = (0..counts.len())
                .filter(|c| counts[*c] >= min_rows)
                .collect();
            if kept.is_empty() {
                continue;
            }
            let rare = kept.len() as u32;
            let mut codes = vec![rare; counts.len()];
            for (code, cell) in kept.iter().enumerate() {
                codes[*cell] = code as u32;
            }
            let column = coded.columns.len();
            coded
                .tests
                .extend(kept.iter().map(|cell| Some((column, *cell))));
            coded.tests.push(None);
            coded.first.push(coded.n_codes);
            coded.n_codes += rare + 1;
            coded.codes.push(codes);
            coded.columns.push((name, cut));
        }
        coded
    }

    fn codes(&self, rows: &[usize]) -> Codes {
        let n_columns = self.columns.len();
        let mut ids = vec![0_u32; rows.len() * n_columns];
        for column in 0..n_columns {
            let last = self.first.get(column + 1).copied().unwrap_or(self.n_codes) - 1;
            let (codes, cells) = (&self.codes[column], &self.columns[column].1.cells);
            for (i, row) in rows.iter().enumerate() {
                ids[i * n_columns + column] =
                    cells[*row].map_or(last, |cell| self.first[column] + codes[cell]);
            }
        }
        let mut columns = Vec::with_capacity(self.n_codes as usize);
        for column in 0..n_columns {
            let end = self.first.get(column + 1).copied().unwrap_or(self.n_codes);
            columns.extend((self.first[column]..end).map(|_| column as u32));
        }
        let is_condition = self.tests.iter().map(Option::is_some).collect();
        Codes::new(&ids, columns, is_condition)
    }

    /// Whether each row of the table has all of the codes.
    fn members(&self, codes: &[u32]) -> Vec<bool> {
        let conditions: Vec<(usize, usize)> = codes
            .iter()
            .filter_map(|code| self.tests[*code as usize])
            .collect();
        let n_rows = self.columns.first().map_or(0, |(_, cut)| cut.cells.len());
        let has = |row: usize| {
            let mut all = conditions.iter();
            all.all(|(column, cell)| self.columns[*column].1.cells[row] == Some(*cell))
        };
        (0..n_rows).map(has).collect()
    }

    fn predicates(&self, codes: &[u32]) -> Vec<Predicate> {
        let conditions = codes.iter().filter_map(|code| self.tests[*code as usize]);
        conditions
            .map(|(column, cell)| {
                let (name, cut) = &self.columns[column];
                let test: Test = cut.tests[cell].clone();
                Predicate {
                    column: name.clone(),
                    test,
                }
            })
            .collect()
    }
}

/// Of each slice, the first of those before it that share enough rows with it and are told themselves.
fn overlaps(members: &[Vec<bool>]) -> Vec<Option<usize>> {
    let mut overlaps: Vec<Option<usize>> = Vec::new();
    for (i, own) in members.iter().enumerate() {
        let shares = |other: &usize| {
            let pairs = || own.iter().zip(&members[*other]);
            let both = pairs().filter(|(a, b)| **a && **b).count() as f64;
            let any = pairs().filter(|(a, b)| **a || **b).count() as f64;
            both >= OVERLAP * any
        };
        let told = (0..i).filter(|other| overlaps[*other].is_none());
        let found = told.clone().find(shares);
        overlaps.push(found);
    }
    overlaps
}
