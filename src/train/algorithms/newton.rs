//! Logistic regression of two classes by Newton's method: with few features a step costs little more than reading the rows
//! once, and a handful of steps are exact. The loss is `Σ log(1 + exp(−y f)) + alpha/2 ‖w‖²` with `f = b + x w`, as in
//! scikit-learn; the intercept is free of the penalty. Rows are summed in fixed blocks and in order, so that the result
//! depends on no number of threads.

use super::parts::{part, part_mut};
use crate::domain::work::Monitor;
use crate::train::error::TrainError;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Slice};
use rayon::prelude::*;

/// Blocks of rows that are worked on beside each other.
const N_BLOCKS: usize = 16;

/// Rows that are weighted at a time: bounds the memory, and the time until the stop flag is seen.
const CHUNK: usize = 1024;

/// A step is halved at most so often.
const MOST_HALVINGS: usize = 40;

/// Share of the expected descent that a step must reach (Armijo).
const SUFFICIENT: f64 = 1e-4;

/// Two classes to be told apart.
pub(super) struct Problem<'a> {
    /// `n × n_features` finite numbers.
    pub(super) x: ArrayView2<'a, f64>,
    /// 0 or 1 for each row.
    pub(super) codes: ArrayView1<'a, u32>,
    /// How much each row counts; `None`: all the same.
    pub(super) row_weights: Option<ArrayView1<'a, f64>>,
    /// Weight of the penalty against the summed loss.
    pub(super) alpha: f64,
    /// Asked before each chunk of rows whether to stop.
    pub(super) monitor: &'a dyn Monitor,
}

/// Loss, gradient and second derivatives at a point; the intercept is the last of the weights.
struct Derivatives {
    loss: f64,
    gradient: Array1<f64>,
    hessian: Array2<f64>,
}

impl Problem<'_> {
    /// The weights of the least loss, the intercept last. Begins at `start`, takes at most `max_iterations` steps, and ends
    /// when the norm of the gradient is below `tolerance` a row. `None` if the second derivatives cannot be factorised.
    ///
    /// # Errors
    /// If it was stopped.
    pub(super) fn minimise(
        &self,
        start: Array1<f64>,
        max_iterations: usize,
        tolerance: f64,
    ) -> Result<Option<Array1<f64>>, TrainError> {
        let n_rows = self.x.nrows() as f64;
        let mut weights = start;
        for _ in 0..max_iterations {
            let here = self.derivatives(&weights)?;
            let gradient = &here.gradient;
            if gradient.dot(gradient).sqrt() <= tolerance * n_rows {
                break;
            }
            let Some(step) = solve(here.hessian, gradient) else {
                return Ok(None);
            };
            let descent = gradient.dot(&step);
            let mut share = 1.0;
            let mut is_lower = false;
            for _ in 0..MOST_HALVINGS {
                let next = &weights - &(&step * share);
                if self.loss(&next)? <= here.loss - SUFFICIENT * share * descent {
                    weights = next;
                    is_lower = true;
                    break;
                }
                share *= 0.5;
            }
            // Rounding hides any further descent.
            if !is_lower {
                break;
            }
        }
        Ok(Some(weights))
    }

    fn penalty(&self, weights: &Array1<f64>) -> f64 {
        let own = part(weights.view(), 0..self.x.ncols());
        0.5 * self.alpha * own.dot(&own)
    }

    fn loss(&self, weights: &Array1<f64>) -> Result<f64, TrainError> {
        let parts = self.blocks(|rows| {
            let (x, codes) = self.rows(rows);
            let scores = scores(x, weights);
            let losses = scores.iter().zip(codes).enumerate();
            losses
                .map(|(i, (score, code))| {
                    self.row_weight(rows.start as usize + i) * log_loss(*score, *code)
                })
                .sum()
        })?;
        let sums: Vec<f64> = parts.into_iter().flatten().collect();
        Ok(sums.into_iter().sum::<f64>() + self.penalty(weights))
    }

    fn derivatives(&self, weights: &Array1<f64>) -> Result<Derivatives, TrainError> {
        let d = self.x.ncols();
        let zero = || {
            (
                0.0,
                Array1::<f64>::zeros(d + 1),
                Array2::<f64>::zeros((d + 1, d + 1)),
            )
        };
        let sums = self.block_sums(zero, |(loss, gradient, hessian), rows| {
            let (x, codes) = self.rows(rows);
            let scores = scores(x, weights);
            let mut weighted = Array2::<f64>::ones((x.nrows(), d + 1));
            let mut residuals = Array1::<f64>::zeros(x.nrows());
            for (i, (score, code)) in scores.iter().zip(codes).enumerate() {
                let (p, rest) = shares(*score);
                let counts = self.row_weight(rows.start as usize + i);
                *loss += counts * log_loss(*score, *code);
                residuals[i] = counts * if *code == 1 { -rest } else { p };
                let root = (counts * p * rest).sqrt();
                let mut row = weighted.row_mut(i);
                for (w, x) in row.iter_mut().zip(x.row(i)) {
                    *w = x * root;
                }
                row[d] = root;
            }
            let mut of_features = part_mut(gradient.view_mut(), 0..d);
            of_features += &x.t().dot(&residuals);
            gradient[d] += residuals.sum();
            general_mat_mul(1.0, &weighted.t(), &weighted, 1.0, hessian);
        })?;
        let (mut loss, mut gradient, mut hessian) = zero();
        for (own_loss, own_gradient, own_hessian) in sums {
            loss += own_loss;
            gradient += &own_gradient;
            hessian += &own_hessian;
        }
        for j in 0..d {
            gradient[j] += self.alpha * weights[j];
            hessian[[j, j]] += self.alpha;
        }
        loss += self.penalty(weights);
        Ok(Derivatives {
            loss,
            gradient,
            hessian,
        })
    }

    fn row_weight(&self, row: usize) -> f64 {
        self.row_weights.map_or(1.0, |weights| weights[row])
    }

    fn rows(&self, rows: Slice) -> (ArrayView2<'_, f64>, ArrayView1<'_, u32>) {
        let x = self.x.slice_axis(Axis(0), rows);
        (x, self.codes.slice_axis(Axis(0), rows))
    }

    /// Something of each chunk of rows, block by block.
    fn blocks<T: Send>(&self, of: impl Fn(Slice) -> T + Sync) -> Result<Vec<Vec<T>>, TrainError> {
        self.block_sums(Vec::new, |all, rows| all.push(of(rows)))
    }

    /// A sum over the chunks of each block, the blocks beside each other.
    fn block_sums<T: Send>(
        &self,
        zero: impl Fn() -> T + Sync,
        add: impl Fn(&mut T, Slice) + Sync,
    ) -> Result<Vec<T>, TrainError> {
        let n = self.x.nrows();
        let block = n.div_ceil(N_BLOCKS).max(CHUNK);
        let starts: Vec<usize> = (0..n).step_by(block).collect();
        starts
            .par_iter()
            .map(|start| {
                let end = n.min(start + block);
                let mut sum = zero();
                for first in (*start..end).step_by(CHUNK) {
                    if self.monitor.is_stopped() {
                        return Err(TrainError::Stopped);
                    }
                    add(&mut sum, Slice::from(first..end.min(first + CHUNK)));
                }
                Ok(sum)
            })
            .collect()
    }
}

fn scores(x: ArrayView2<'_, f64>, weights: &Array1<f64>) -> Array1<f64> {
    let d = x.ncols();
    x.dot(&part(weights.view(), 0..d)) + weights[d]
}

/// Probabilities of the second and the first class, without overflow.
fn shares(score: f64) -> (f64, f64) {
    let e = (-score.abs()).exp();
    let (larger, smaller) = (1.0 / (1.0 + e), e / (1.0 + e));
    if score >= 0.0 {
        (larger, smaller)
    } else {
        (smaller, larger)
    }
}

fn log_loss(score: f64, code: u32) -> f64 {
    let against = if code == 1 { -score } else { score };
    against.max(0.0) + (-score.abs()).exp().ln_1p()
}

/// Solves `hessian · step = gradient` by Cholesky; a small multiple of the diagonal is added where it is not positive
/// definite, as with classes that a line separates. `None` where that does not help.
fn solve(hessian: Array2<f64>, gradient: &Array1<f64>) -> Option<Array1<f64>> {
    let n = gradient.len();
    let largest = hessian.diag().iter().copied().fold(0.0, f64::max);
    if !largest.is_finite() {
        return None;
    }
    let mut shift = 0.0;
    for _ in 0..6 {
        if let Some(factor) = cholesky(&hessian, shift) {
            let mut step = gradient.clone();
            for i in 0..n {
                let known = part(factor.row(i), 0..i).dot(&part(step.view(), 0..i));
                step[i] = (step[i] - known) / factor[[i, i]];
            }
            for i in (0..n).rev() {
                let known = part(factor.column(i), i + 1..n).dot(&part(step.view(), i + 1..n));
                step[i] = (step[i] - known) / factor[[i, i]];
            }
            return step.iter().all(|v| v.is_finite()).then_some(step);
        }
        shift = if shift == 0.0 {
            largest.max(f64::MIN_POSITIVE) * 1e-12
        } else {
            shift * 100.0
        };
    }
    None
}

/// The lower factor of `matrix + shift · I`.
fn cholesky(matrix: &Array2<f64>, shift: f64) -> Option<Array2<f64>> {
    let n = matrix.nrows();
    let mut factor = Array2::<f64>::zeros((n, n));
    for i in 0..n {
        for j in 0..=i {
            let known = part(factor.row(i), 0..j).dot(&part(factor.row(j), 0..j));
            let rest = matrix[[i, j]] - known;
            if i == j {
                let rest = rest + shift;
                let is_positive = rest > matrix[[i, i]].abs() * 1e-14;
                factor[[i, i]] = is_positive.then(|| rest.sqrt())?;
            } else {
                factor[[i, j]] = rest / factor[[j, j]];
            }
        }
    }
    Some(factor)
}
