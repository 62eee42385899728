//! The multinomial logistic loss with an L2 penalty, exact at any size of the scores, and its minimum by L-BFGS from
//! argmin. What a model is made of, and where to start, is `logistic`'s.
//!
//! With `n` rows, weights `W` and intercepts `b`, the loss is scikit-learn's, divided by `n`:
//! `(Σ_i [log Σ_c exp h_ic − h_i,y_i] + alpha/2 ‖W‖²) / n` with `h = b + x W`. The mean keeps the first step small,
//! which goes along the gradient at its full length. The log of a row's sum is taken after subtracting the row's own
//! maximum, so it neither overflows nor loses a row.

use crate::domain::work::Monitor;
use crate::train::error::TrainError;
use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, Axis, Slice};
use std::cell::RefCell;

const ID: &str = "logistic";

/// Rows that are scored at a time: bounds the memory, and the time until the stop flag is seen.
const CHUNK: usize = 4096;

/// Steps that L-BFGS remembers; linfa's and scikit-learn's number.
const MEMORY: usize = 10;

/// What is to be learned from.
pub(super) struct Problem<'a> {
    /// `n × n_features` finite numbers.
    pub(super) x: ArrayView2<'a, f64>,
    /// The class of each row.
    pub(super) codes: ArrayView1<'a, u32>,
    /// How much each row counts; `None`: all the same.
    pub(super) row_weights: Option<ArrayView1<'a, f64>>,
    /// The classes that occur, ascending.
    pub(super) classes: &'a [u32],
    /// Weight of the penalty against the summed loss.
    pub(super) alpha: f64,
    /// Asked before each chunk of rows whether to stop.
    pub(super) monitor: &'a dyn Monitor,
}

/// The weights of the least loss, `(1 + n_features) × classes`: the first row are the intercepts. Begins at `start`
/// if that is better than zeros, takes `max_iterations` steps at the most, and ends when the norm of the mean loss's
/// gradient is below `tolerance`.
///
/// # Errors
/// If it was stopped, or if the loss is not a number even at zeros.
pub(super) fn minimise(
    problem: &Problem<'_>,
    start: Option<Array2<f64>>,
    max_iterations: usize,
    tolerance: f64,
) -> Result<Array2<f64>, TrainError> {
    let shape = (problem.x.ncols() + 1, problem.classes.len());
    let zeros = Array1::zeros(shape.0 * shape.1);
    let mut begin = zeros.clone();
    if let Some(start) = start.filter(|start| start.dim() == shape) {
        let start = Array1::from_iter(start.iter().copied());
        let bound = problem.evaluate(&zeros).map_err(|e| failed(problem, e))?;
        // linfa's minimum may be one of its own making; a loss that is no number loses the comparison.
        if (problem.evaluate(&start)).is_ok_and(|found| found.loss < bound.loss) {
            begin = start;
        }
    }
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_grad(tolerance)
        .map_err(|e| failed(problem, e))?;
    let found = Executor::new(Cached::new(problem), solver)
        .configure(|state| state.param(begin).max_iters(max_iterations as u64))
        .ctrlc(false)
        .run()
        .map_err(|e| failed(problem, e))?;
    // An error inside the line search ends argmin's run like a success.
    if problem.monitor.is_stopped() {
        return Err(TrainError::Stopped);
    }
    let best = found.state().get_best_param();
    let best = best.ok_or_else(|| TrainError::not_fitted(ID, "the loss is not a number"))?;
    let weights = Array2::from_shape_vec(shape, best.to_vec());
    Ok(weights.expect("the optimiser keeps the number of weights"))
}

fn failed(problem: &Problem<'_>, error: Error) -> TrainError {
    if problem.monitor.is_stopped() {
        TrainError::Stopped
    } else {
        TrainError::not_fitted(ID, error)
    }
}

/// The mean loss and its gradient at a point.
#[derive(Debug, Clone)]
struct Evaluation {
    at: Array1<f64>,
    loss: f64,
    gradient: Array1<f64>,
}

impl Problem<'_> {
    fn evaluate(&self, at: &Array1<f64>) -> Result<Evaluation, Error> {
        let shape = (self.x.ncols() + 1, self.classes.len());
        let weights = at.view().into_shape_with_order(shape)?;
        let (intercepts, coefficients) = weights.split_at(Axis(0), 1);
        let n = self.x.nrows();
        let mut of_intercepts = Array1::<f64>::zeros(shape.1);
        let mut of_coefficients = &coefficients * self.alpha;
        let squares: f64 = coefficients.iter().map(|w| w * w).sum();
        let mut loss = 0.5 * self.alpha * squares;
        for first in (0..n).step_by(CHUNK) {
            if self.monitor.is_stopped() {
                return Err(TrainError::Stopped.into());
            }
            let rows = Slice::from(first..n.min(first + CHUNK));
            let x = self.x.slice_axis(Axis(0), rows);
            let mut scores = x.dot(&coefficients) + intercepts;
            let codes = self.codes.slice_axis(Axis(0), rows);
            for (i, (mut row, code)) in scores.rows_mut().into_iter().zip(codes).enumerate() {
                let class = self.classes.binary_search(code);
                let class = class.expect("the classes are those of the codes");
                let own = residuals(row.view_mut(), class);
                match self.row_weights {
                    None => loss += own,
                    Some(weights) => {
                        let counts = weights[first + i];
                        loss += counts * own;
                        row.mapv_inplace(|residual| counts * residual);
                    }
                }
            }
            general_mat_mul(1.0, &x.t(), &scores, 1.0, &mut of_coefficients);
            of_intercepts += &scores.sum_axis(Axis(0));
        }
        let sums = of_intercepts.iter().chain(&of_coefficients);
        let gradient = Array1::from_iter(sums.map(|g| g / n as f64));
        loss /= n as f64;
        if !loss.is_finite() || gradient.iter().any(|g| !g.is_finite()) {
            return Err(Error::msg("the loss is not a finite number"));
        }
        Ok(Evaluation {
            at: at.clone(),
            loss,
            gradient,
        })
    }
}

/// The negative log-likelihood of one row; its scores become the derivative of that: probabilities, less one at the
/// row's class.
fn residuals(mut scores: ArrayViewMut1<'_, f64>, class: usize) -> f64 {
    let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let own = scores[class] - max;
    scores.mapv_inplace(|h| (h - max).exp());
    let sum = scores.iter().sum::<f64>();
    scores.mapv_inplace(|e| e / sum);
    scores[class] -= 1.0;
    sum.ln() - own
}

/// A problem that remembers where it was asked last: argmin asks for loss and gradient of one point one after the other.
struct Cached<'a, 'b> {
    problem: &'a Problem<'b>,
    last: RefCell<Option<Evaluation>>,
}

impl<'a, 'b> Cached<'a, 'b> {
    fn new(problem: &'a Problem<'b>) -> Self {
        Self {
            problem,
            last: RefCell::new(None),
        }
    }

    fn with<T>(&self, at: &Array1<f64>, read: impl Fn(&Evaluation) -> T) -> Result<T, Error> {
        let mut last = self.last.borrow_mut();
        if let Some(found) = last.as_ref().filter(|found| found.at == at) {
            return Ok(read(found));
        }
        let found = self.problem.evaluate(at)?;
        Ok(read(last.insert(found)))
    }
}

impl CostFunction for Cached<'_, '_> {
    type Param = Array1<f64>;
    type Output = f64;

    fn cost(&self, at: &Self::Param) -> Result<f64, Error> {
        self.with(at, |found| found.loss)
    }
}

impl Gradient for Cached<'_, '_> {
    type Param = Array1<f64>;
    type Gradient = Array1<f64>;

    fn gradient(&self, at: &Self::Param) -> Result<Array1<f64>, Error> {
        self.with(at, |found| found.gradient.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::work::{Quiet, Stopping};
    use ndarray::array;

    fn data() -> (Array2<f64>, Array1<u32>) {
        let x = array![
            [1.0, -2.0],
            [0.5, 3.0],
            [-4.0, 0.1],
            [2.0, 2.0],
            [-1.0, 1.0]
        ];
        (x, array![0, 2, 5, 2, 0])
    }

    fn problem<'a>(data: &'a (Array2<f64>, Array1<u32>), monitor: &'a dyn Monitor) -> Problem<'a> {
        Problem {
            x: data.0.view(),
            codes: data.1.view(),
            row_weights: None,
            classes: &[0, 2, 5],
            alpha: 0.3,
            monitor,
        }
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let data = data();
        let weights = array![1.0, 0.0, 2.5, 0.3, 4.0];
        let problem = Problem {
            row_weights: Some(weights.view()),
            ..problem(&data, &Quiet)
        };
        let at = Array1::from_iter((0..9).map(|i| f64::from(i * 5 % 7) - 3.0));
        let gradient = problem.evaluate(&at).unwrap().gradient;
        for i in 0..9 {
            let loss = |step: f64| {
                let mut at = at.clone();
                at[i] += step;
                problem.evaluate(&at).unwrap().loss
            };
            let slope = (loss(1e-5) - loss(-1e-5)) / 2e-5;
            assert!(
                (slope - gradient[i]).abs() < 1e-8,
                "{i}: {slope}, {gradient}"
            );
        }
    }

    #[test]
    fn scores_hundreds_apart_keep_their_loss() {
        let mut row = array![1000.0, 0.0, -1000.0];
        assert!((residuals(row.view_mut(), 2) - 2000.0).abs() < 1e-9);
        assert_eq!(row, array![1.0, 0.0, -1.0]);
        let mut row = array![-1e4, -1e4, -1e4];
        assert!((residuals(row.view_mut(), 0) - 3_f64.ln()).abs() < 1e-9);
    }

    #[test]
    fn a_bad_start_and_a_good_one_end_at_the_same_place() {
        let data = data();
        let problem = problem(&data, &Quiet);
        let good = minimise(&problem, None, 500, 1e-9).unwrap();
        for start in [1e3, f64::NAN, 0.1] {
            let start = Array2::from_shape_fn((3, 3), |(i, j)| start * (i + 2 * j) as f64);
            let found = minimise(&problem, Some(start), 500, 1e-9).unwrap();
            let differences =
                &found.view().split_at(Axis(0), 1).1 - &good.view().split_at(Axis(0), 1).1;
            assert!(differences.iter().all(|d| d.abs() < 1e-6), "{found} {good}");
        }
    }

    #[test]
    fn a_stop_is_an_error() {
        let data = data();
        let found = minimise(&problem(&data, &Stopping), None, 500, 1e-9);
        assert!(matches!(found, Err(TrainError::Stopped)));
    }
}
