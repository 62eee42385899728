//! A forest: many trees on resampled rows, grown in parallel; a single tree is a forest of one on all rows.

use super::bins::Binned;
use super::grow::{Ground, grow};
use super::split::Outcome;
use crate::domain::prediction::Targets;
use crate::model::Forest;
use crate::train::error::TrainError;
use ndarray::ArrayView2;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

/// How a forest is grown.
#[derive(Debug, Clone, PartialEq)]
pub struct ForestParams {
    /// Number of trees, at least one.
    pub n_trees: usize,
    /// The most splits from the root to a leaf; `None`: as many as there are rows for.
    pub max_depth: Option<usize>,
    /// The fewest rows of a leaf, at least one; a row drawn twice counts once.
    pub min_samples_leaf: usize,
    /// Features looked at for each split.
    pub max_features: MaxFeatures,
    /// Whether each feature is split at a value drawn at random between its extremes in the node, and the best of these
    /// splits is taken (extremely randomised trees; Geurts, Ernst and Wehenkel 2006), or at its best value.
    pub random_thresholds: bool,
    /// Whether each tree sees rows drawn with replacement, or all rows.
    pub bootstrap: bool,
    /// Rows with the shares of the whole training set that are added to each leaf of a classification, so that a pure
    /// leaf does not answer 0 and 1 with certainty (the m-estimate; Provost and Domingos 2003). Numbers: no effect.
    pub smoothing: f64,
    /// Where the draws come from; each tree has its own generator.
    pub seed: u64,
}

/// How many features are looked at for each split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxFeatures {
    /// All.
    All,
    /// A third.
    Third,
    /// The square root.
    SquareRoot,
}

impl MaxFeatures {
    /// The number of features, at least one.
    #[must_use]
    pub fn of(self, n_features: usize) -> usize {
        let n = match self {
            Self::All => n_features,
            Self::Third => n_features.div_ceil(3),
            Self::SquareRoot => n_features.isqrt(),
        };
        n.max(1)
    }
}

impl Default for ForestParams {
    fn default() -> Self {
        Self {
            n_trees: 100,
            max_depth: None,
            min_samples_leaf: 1,
            max_features: MaxFeatures::SquareRoot,
            random_thresholds: false,
            bootstrap: true,
            smoothing: 0.0,
            seed: 0,
        }
    }
}

/// Grows a forest on rows of features (NaN is a missing value) with their targets; `weights` say how much each row
/// counts (`None`: all the same). The same arguments give the same forest on any number of threads.
///
/// # Errors
/// `Stopped` as soon as `is_stopped` says so; `NotFitted` if there are no rows or features, or the parts differ in
/// length, or a weight is negative or not finite.
pub fn fit_forest(
    x: ArrayView2<'_, f64>,
    targets: &Targets,
    weights: Option<&[f64]>,
    params: &ForestParams,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Forest, TrainError> {
    check(x, targets, weights, params)?;
    let n_rows = x.nrows();
    let binned = Binned::new(x);
    // Numbers are centred: sums of squares then lose no digits, whatever the target's offset.
    let (mean, centred) = match targets {
        Targets::Values(values) => {
            let mean = values.iter().sum::<f64>() / n_rows as f64;
            (mean, values.iter().map(|v| v - mean).collect())
        }
        Targets::Classes { .. } => (0.0, Vec::new()),
    };
    let outcome = match targets {
        Targets::Classes { n_classes, codes } => Outcome::Classes {
            n_classes: *n_classes,
            codes,
        },
        Targets::Values(_) => Outcome::Values(&centred),
    };
    let ground = Ground {
        binned: &binned,
        outcome: &outcome,
        params,
        n_tried: params.max_features.of(x.ncols()),
        is_stopped,
    };
    let tree = |number: usize| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(tree_seed(params.seed, number));
        let drawn = draw_weights(n_rows, weights, params.bootstrap, &mut rng);
        let mut tree = grow(&ground, &drawn, &mut rng)?;
        for answer in &mut tree.answers {
            *answer += mean;
        }
        Ok(tree)
    };
    let trees: Result<Vec<_>, TrainError> = (0..params.n_trees).into_par_iter().map(tree).collect();
    Ok(Forest {
        trees: trees?,
        n_classes: match targets {
            Targets::Classes { n_classes, .. } => Some(*n_classes),
            Targets::Values(_) => None,
        },
        n_features: x.ncols(),
    })
}

/// Seeds that differ in many bits for neighbouring trees (the golden ratio, as in `SplitMix64`).
fn tree_seed(seed: u64, number: usize) -> u64 {
    seed.wrapping_add((number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn draw_weights(
    n_rows: usize,
    weights: Option<&[f64]>,
    bootstrap: bool,
    rng: &mut Xoshiro256PlusPlus,
) -> Vec<f64> {
    let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
    if !bootstrap {
        return (0..n_rows).map(weight).collect();
    }
    let mut drawn = vec![0.0; n_rows];
    for _ in 0..n_rows {
        let row = rng.gen_range(0..n_rows);
        drawn[row] += weight(row);
    }
    if drawn.iter().all(|w| *w == 0.0) {
        // Only rows of weight zero were drawn: all rows are then the best that can be had.
        return (0..n_rows).map(weight).collect();
    }
    drawn
}

fn check(
    x: ArrayView2<'_, f64>,
    targets: &Targets,
    weights: Option<&[f64]>,
    params: &ForestParams,
) -> Result<(), TrainError> {
    let n_rows = x.nrows();
    let reason = if n_rows == 0 || x.ncols() == 0 {
        "there are no rows or no features"
    } else if u32::try_from(n_rows).is_err() {
        "there are more rows than 32 bits count"
    } else if targets.n_rows() != n_rows || weights.is_some_and(|w| w.len() != n_rows) {
        "rows, targets and weights differ in number"
    } else if weights.is_some_and(|w| w.iter().any(|v| !v.is_finite() || *v < 0.0)) {
        "a weight is negative or not finite"
    } else if weights.is_some_and(|w| w.iter().all(|v| *v == 0.0)) {
        "all weights are zero"
    } else if matches!(targets, Targets::Values(values) if values.iter().any(|v| !v.is_finite())) {
        "a target is not finite"
    } else if !params.smoothing.is_finite() || params.smoothing < 0.0 {
        "the smoothing is negative or not finite"
    } else if params.n_trees == 0 || params.min_samples_leaf == 0 {
        "a forest needs a tree, and a leaf needs a row"
    } else {
        return Ok(());
    };
    Err(TrainError::not_fitted("forest", reason))
}
