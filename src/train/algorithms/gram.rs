//! Least squares over many rows as least squares over few: all that the rows say is in the products of their columns.
//!
//! With the inputs `X` centred, `XᵀX = F Fᵀ` (Cholesky, from the last feature to the first), so that
//! `‖y − X w‖² = ‖F⁻¹Xᵀy − Fᵀ w‖² + rest` for every `w`. Features that are linear combinations of those behind them show in
//! the factorisation. Products are made in fixed blocks of rows and added up in order, so that they depend on no number
//! of threads.

use super::parts::{first_columns, part};
use crate::domain::work::Monitor;
use crate::train::error::TrainError;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Slice};
use rayon::prelude::*;

/// A feature whose variance, given the others, is below this share of its own is taken for a combination of them.
/// Inputs have f32 precision, so a copy's remaining share is about 1e-14.
const SMALLEST_SHARE: f64 = 1e-10;

/// Blocks of rows that are worked on beside each other.
const N_BLOCKS: usize = 16;

/// Rows that are centred at a time: bounds the memory, and the time until the stop flag is seen.
const CHUNK: usize = 2048;

/// Rows that are summed at a time.
const BLOCK: usize = 1 << 14;

/// Numbers that the products of all blocks may take, together.
const MOST_PRODUCTS: usize = 1 << 26;

/// The products of centred columns.
pub(super) struct Gram {
    /// Means of the features.
    pub(super) means: Array1<f64>,
    /// Mean of the target.
    pub(super) y_mean: f64,
    /// `n_features × n_features`.
    pub(super) of_features: Array2<f64>,
    /// Of each feature with the target.
    pub(super) with_target: Array1<f64>,
    /// Of the target with itself.
    pub(super) of_target: f64,
    /// Sum of the weights of the rows.
    pub(super) total: f64,
    n_rows: usize,
}

/// The factor `F`.
pub(super) struct Factor {
    /// Features that are no combination of those behind them and the intercept, ascending.
    pub(super) independent: Vec<usize>,
    /// The same in the order in which they were factorised: descending.
    order: Vec<usize>,
    /// `n_features × independent`: row `j` is feature `j` along the directions of the independent ones.
    rows: Array2<f64>,
}

impl Gram {
    /// Reads the rows twice. With weights, means and products are weighted ones.
    ///
    /// # Errors
    /// If it was stopped.
    pub(super) fn of(
        x: ArrayView2<'_, f64>,
        y: &[f64],
        weights: Option<&[f64]>,
        monitor: &dyn Monitor,
    ) -> Result<Self, TrainError> {
        let (n, d) = x.dim();
        let y = ArrayView1::from(y);
        let weights = weights.map(ArrayView1::from);
        let total = weights.map_or(n as f64, |w| w.sum());
        let means = column_means(x, weights);
        let y_mean = weights.map_or_else(|| y.sum(), |w| w.dot(&y)) / total.max(f64::MIN_POSITIVE);
        let n_blocks = (MOST_PRODUCTS / (d * d).max(1)).clamp(1, N_BLOCKS);
        let block = n.div_ceil(n_blocks).max(CHUNK);
        let starts: Vec<usize> = (0..n).step_by(block).collect();
        let parts: Vec<(Array2<f64>, Array1<f64>, f64)> = starts
            .par_iter()
            .map(|start| {
                let end = n.min(start + block);
                let (mut products, mut with_target) = (Array2::zeros((d, d)), Array1::zeros(d));
                let mut of_target = 0.0;
                for first in (*start..end).step_by(CHUNK) {
                    if monitor.is_stopped() {
                        return Err(TrainError::Stopped);
                    }
                    let rows = Slice::from(first..end.min(first + CHUNK));
                    let mut own = &x.slice_axis(Axis(0), rows) - &means;
                    let mut target = &y.slice_axis(Axis(0), rows) - y_mean;
                    if let Some(weights) = weights {
                        let roots = weights.slice_axis(Axis(0), rows).mapv(f64::sqrt);
                        own *= &roots.view().insert_axis(Axis(1));
                        target *= &roots;
                    }
                    general_mat_mul(1.0, &own.t(), &own, 1.0, &mut products);
                    with_target += &own.t().dot(&target);
                    of_target += target.dot(&target);
                }
                Ok((products, with_target, of_target))
            })
            .collect::<Result<_, _>>()?;
        let mut gram = Self {
            means,
            y_mean,
            of_features: Array2::zeros((d, d)),
            with_target: Array1::zeros(d),
            of_target: 0.0,
            total,
            n_rows: n,
        };
        for (products, with_target, of_target) in parts {
            gram.of_features += &products;
            gram.with_target += &with_target;
            gram.of_target += of_target;
        }
        Ok(gram)
    }

    /// The factorisation.
    pub(super) fn factor(&self) -> Factor {
        let gram = &self.of_features;
        let d = gram.nrows();
        let mut rows = Array2::<f64>::zeros((d, d));
        let mut order: Vec<usize> = Vec::new();
        // With as many features as rows, any further one is a combination of the others.
        let most = self.n_rows.saturating_sub(1);
        for j in (0..d).rev() {
            // Row j of the factor: the part of feature j along each independent one.
            for (k, earlier) in order.iter().enumerate() {
                let known = part(rows.row(j), 0..k).dot(&part(rows.row(*earlier), 0..k));
                rows[[j, k]] = (gram[[j, *earlier]] - known) / rows[[*earlier, k]];
            }
            let n = order.len();
            let explained: f64 = part(rows.row(j), 0..n).iter().map(|v| v * v).sum();
            let rest = gram[[j, j]] - explained;
            if n < most && gram[[j, j]] > 0.0 && rest > SMALLEST_SHARE * gram[[j, j]] {
                rows[[j, n]] = rest.sqrt();
                order.push(j);
            }
        }
        let rows = first_columns(rows.view(), order.len()).to_owned();
        let independent = order.iter().rev().copied().collect();
        Factor {
            independent,
            order,
            rows,
        }
    }
}

impl Factor {
    /// The rows that stand for all rows, `Fᵀ`: `independent × n_features`.
    pub(super) fn rows(&self) -> ArrayView2<'_, f64> {
        self.rows.t()
    }

    /// Their targets, `F⁻¹ products`, where `products` are those of the features with the target.
    pub(super) fn targets(&self, products: &Array1<f64>) -> Array1<f64> {
        let mut targets = Array1::<f64>::zeros(self.order.len());
        for (k, feature) in self.order.iter().enumerate() {
            let row = part(self.rows.row(*feature), 0..k);
            let known = row.dot(&part(targets.view(), 0..k));
            targets[k] = (products[*feature] - known) / self.rows[[*feature, k]];
        }
        targets
    }
}

/// Means of the columns, weighted ones with weights, summed in fixed blocks of rows.
pub(super) fn column_means(
    x: ArrayView2<'_, f64>,
    weights: Option<ArrayView1<'_, f64>>,
) -> Array1<f64> {
    let n = x.nrows();
    let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
    let sums: Vec<Array1<f64>> = starts
        .into_par_iter()
        .map(|start| {
            let rows = Slice::from(start..n.min(start + BLOCK));
            let block = x.slice_axis(Axis(0), rows);
            match weights {
                None => block.sum_axis(Axis(0)),
                Some(weights) => weights.slice_axis(Axis(0), rows).dot(&block),
            }
        })
        .collect();
    let mut total = Array1::zeros(x.ncols());
    for sum in sums {
        total += &sum;
    }
    total / weights.map_or(n as f64, |w| w.sum()).max(f64::MIN_POSITIVE)
}
