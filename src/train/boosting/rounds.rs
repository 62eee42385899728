//! The rounds: in each, one tree a score, fitted to the derivatives of the loss.

use super::ground::Ground;
use super::loss::Loss;
use crate::data::folds::{FoldRows, folds};
use crate::domain::prediction::Targets;
use crate::domain::work::Monitor;
use crate::model::{Boosted, Tree};
use crate::train::algorithm::class_counts;
use crate::train::error::TrainError;
use crate::train::trees::bins::Binned;
use ndarray::{ArrayView2, Axis, CowArray, Ix2};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

/// How a booster is grown.
#[derive(Debug, Clone, PartialEq)]
pub struct BoostingParams {
    /// The most rounds, at least one.
    pub n_rounds: usize,
    /// What a tree's answers are multiplied by.
    pub learning_rate: f64,
    /// The most splits from the root to a leaf.
    pub max_depth: usize,
    /// The fewest rows of a leaf where every row is as uncertain as the rows are at the start; a leaf of rows that are
    /// already told apart needs more. For numbers it is the fewest rows.
    pub min_samples_leaf: f64,
    /// The squared answers of the leaves are added to the loss, this often by half.
    pub l2: f64,
    /// Share of the rows that a round sees.
    pub subsample: f64,
    /// Share of the features that a round sees.
    pub colsample: f64,
    /// A tenth of the rows is held back, and after so many rounds without a smaller loss there, the rounds end; the
    /// trees behind the best round are dropped. `None`: all rounds, on all rows.
    pub patience: Option<usize>,
    /// Where the draws come from.
    pub seed: u64,
}

/// With fewer rows, those that were held back for early stopping teach afterwards.
const FEW_ROWS: usize = 30_000;

/// Parts of the rows, one of which is held back for early stopping.
const PARTS: usize = 10;

/// Taken off the smallest weight of a leaf, so that sums in f32 do not keep the fewest rows from being enough.
const ROUNDING: f64 = 1e-4;

/// Rows that a thread predicts at a time.
const CHUNK: usize = 4096;

/// Grows a booster on rows of finite features with their targets, of which at least two differ; `weights` say how much
/// each row counts. The same arguments give the same booster on any number of threads.
///
/// # Errors
/// `Stopped` at the next tree after the monitor says so; `NotFitted` if scores grow beyond all bounds.
pub fn fit_boosting(
    x: ArrayView2<'_, f64>,
    targets: &Targets,
    weights: Option<&[f64]>,
    params: &BoostingParams,
    monitor: &dyn Monitor,
) -> Result<Boosted, TrainError> {
    let booster = grow(x, targets, weights, params, monitor)?;
    if params.patience.is_none() || x.nrows() >= FEW_ROWS {
        return Ok(booster);
    }
    // The tenth that was held back has said how many rounds are enough; now it teaches too.
    let enough = BoostingParams {
        n_rounds: booster.trees.len() / booster.intercepts.len().max(1),
        patience: None,
        ..*params
    };
    grow(x, targets, weights, &enough, monitor)
}

fn grow(
    x: ArrayView2<'_, f64>,
    targets: &Targets,
    weights: Option<&[f64]>,
    params: &BoostingParams,
    monitor: &dyn Monitor,
) -> Result<Boosted, TrainError> {
    let all: Vec<usize> = (0..x.nrows()).collect();
    let (training, held_back) = match params.patience {
        Some(_) => hold_back(targets, all, params.seed),
        None => (all, Vec::new()),
    };
    let of_rows = |rows: &[usize]| Part::new(x, targets, weights, rows);
    let (part, check) = (of_rows(&training), of_rows(&held_back));
    let classes: Vec<u32> = class_counts(targets).into_iter().map(|(c, _)| c).collect();
    let loss = Loss::of(&part.targets, &classes);
    let n_classes = match targets {
        Targets::Classes { n_classes, .. } => *n_classes,
        Targets::Values(_) => 0,
    };
    let mut booster = Boosted {
        trees: Vec::new(),
        intercepts: loss.start(&part.weights),
        link: loss.link(n_classes),
        n_features: x.ncols(),
    };
    let n_scores = booster.intercepts.len();
    let mut scores = booster.intercepts.repeat(part.n_rows());
    let ground = {
        let derivatives = loss.derivatives(&scores, &part.weights);
        let second: f64 = derivatives[0].second.iter().map(|s| f64::from(*s)).sum();
        let of_a_row = second / part.weights.iter().sum::<f64>();
        Ground::new(
            &Binned::new(part.x.view()),
            params,
            params.min_samples_leaf * of_a_row * (1.0 - ROUNDING),
        )
    };
    let check_loss = Loss::of(&check.targets, &classes);
    let mut check_scores = booster.intercepts.repeat(check.n_rows());
    let mut best = (f64::INFINITY, 0);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(params.seed);
    for round in 0..params.n_rounds {
        let rows = draw(part.n_rows(), params.subsample, &mut random);
        let features = draw(x.ncols(), params.colsample, &mut random);
        let derivatives = loss.derivatives(&scores, &part.weights);
        let mut has_split = false;
        for (k, derivatives) in derivatives.iter().enumerate() {
            if monitor.is_stopped() {
                return Err(TrainError::Stopped);
            }
            let (tree, leaves) = ground.tree(derivatives, &rows, &features);
            has_split |= tree.nodes.len() > 1;
            match leaves.filter(|_| rows.len() == part.n_rows()) {
                Some(leaves) => {
                    for (leaf, rows) in leaves {
                        let answer = tree.answers[leaf as usize];
                        rows.iter().for_each(|r| scores[r * n_scores + k] += answer);
                    }
                }
                None => add(&tree, part.x.view(), k, &mut scores, n_scores),
            }
            add(&tree, check.x.view(), k, &mut check_scores, n_scores);
            booster.trees.push(tree);
        }
        if scores.iter().any(|s| !s.is_finite()) {
            let reason = "its scores grew beyond all bounds; lower the learning rate";
            return Err(TrainError::not_fitted("boosting", reason));
        }
        if let Some(patience) = params.patience.filter(|_| check.n_rows() > 0) {
            let found = check_loss.mean(&check_scores, &check.weights);
            if found < best.0 {
                best = (found, round + 1);
            } else if round + 1 >= best.1 + patience {
                break;
            }
        }
        if !has_split && rows.len() == part.n_rows() && features.len() == x.ncols() {
            break;
        }
    }
    if params.patience.is_some() && check.n_rows() > 0 {
        booster.trees.truncate(best.1.max(1) * n_scores);
    }
    Ok(booster)
}

/// Some of the rows with all that belongs to them.
struct Part<'a> {
    x: CowArray<'a, f64, Ix2>,
    targets: Targets,
    weights: Vec<f64>,
}

impl<'a> Part<'a> {
    fn new(
        x: ArrayView2<'a, f64>,
        targets: &Targets,
        weights: Option<&[f64]>,
        rows: &[usize],
    ) -> Self {
        Self {
            x: if rows.len() == x.nrows() {
                x.into()
            } else {
                x.select(Axis(0), rows).into()
            },
            targets: targets.take(rows),
            weights: rows
                .iter()
                .map(|r| weights.map_or(1.0, |w| w[*r]))
                .collect(),
        }
    }

    fn n_rows(&self) -> usize {
        self.weights.len()
    }
}

/// The rows to learn from and those to check on, both ascending; classes keep their shares.
fn hold_back(targets: &Targets, all: Vec<usize>, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let rows = match targets {
        Targets::Classes { codes, .. } => FoldRows::Stratified { strata: codes },
        Targets::Values(values) => FoldRows::Shuffled {
            n_rows: values.len(),
        },
    };
    folds(rows, PARTS, seed)
        .into_iter()
        .next()
        .unwrap_or((all, Vec::new()))
}

/// A share of the numbers below `n`, at least one, ascending.
fn draw(n: usize, share: f64, random: &mut Xoshiro256PlusPlus) -> Vec<usize> {
    if share >= 1.0 {
        return (0..n).collect();
    }
    let n_drawn = ((n as f64 * share).round() as usize).clamp(1, n);
    // Selection sampling (Knuth, TAOCP 2, algorithm S): each set is as likely as any other.
    let mut drawn = Vec::with_capacity(n_drawn);
    for i in 0..n {
        if random.gen_range(0..n - i) < n_drawn - drawn.len() {
            drawn.push(i);
        }
    }
    drawn
}

/// Adds a tree's answers to the `k`-th scores of all rows.
fn add(tree: &Tree, x: ArrayView2<'_, f64>, k: usize, scores: &mut [f64], n_scores: usize) {
    scores
        .par_chunks_mut(CHUNK * n_scores)
        .enumerate()
        .for_each(|(chunk, scores)| {
            for (i, scores) in scores.chunks_mut(n_scores).enumerate() {
                scores[k] += tree.answer(x.row(chunk * CHUNK + i), 1)[0];
            }
        });
}
