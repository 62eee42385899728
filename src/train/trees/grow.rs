//! Growing one tree, depth first, on a stack of nodes (recursion would be as deep as the tree).

use super::bins::Binned;
use super::ensemble::ForestParams;
use super::split::{At, Histogram, NoSplit, NodeRows, Outcome, Split};
use crate::model::{Node, Tree};
use crate::train::error::TrainError;
use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// What all trees of a forest share.
pub(super) struct Ground<'a> {
    pub(super) binned: &'a Binned,
    pub(super) outcome: &'a Outcome<'a>,
    pub(super) params: &'a ForestParams,
    /// Features looked at for a split.
    pub(super) n_tried: usize,
    pub(super) is_stopped: &'a (dyn Fn() -> bool + Sync),
}

/// A node whose rows are known and whose split is not.
struct Open {
    first: usize,
    last: usize,
    depth: usize,
    /// The parent, and whether this is its right child.
    parent: Option<(usize, Side)>,
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Grows a tree on the rows whose weight is above zero.
pub(super) fn grow(
    ground: &Ground<'_>,
    weights: &[f64],
    rng: &mut Xoshiro256PlusPlus,
) -> Result<Tree, TrainError> {
    let n_outputs = ground.outcome.n_outputs();
    let mut rows: Vec<u32> = (0..weights.len() as u32)
        .filter(|row| weights[*row as usize] > 0.0)
        .collect();
    let mut histogram = Histogram::new(n_outputs);
    let mut features: Vec<usize> = (0..ground.binned.columns.len()).collect();
    let mut tree = Tree::default();
    let mut open = vec![Open {
        first: 0,
        last: rows.len(),
        depth: 0,
        parent: None,
    }];
    let mut sums = vec![0.0; n_outputs];
    let mut root_shares: Option<Vec<f64>> = None;
    while let Some(node) = open.pop() {
        if (ground.is_stopped)() {
            return Err(TrainError::Stopped);
        }
        let position = tree.nodes.len();
        if let Some((parent, side)) = node.parent {
            let child = position as u32;
            match side {
                Side::Left => tree.nodes[parent].left = child,
                Side::Right => tree.nodes[parent].right = child,
            }
        }
        let weight = add_up(ground, &rows[node.first..node.last], weights, &mut sums);
        // The root is the first node.
        let shares = root_shares.get_or_insert_with(|| sums.iter().map(|s| s / weight).collect());
        let node_rows = NodeRows {
            rows: &rows[node.first..node.last],
            weight,
            sums: &sums,
        };
        let split = may_split(ground, &node_rows, node.depth)
            .then(|| {
                find_split(
                    ground,
                    &node_rows,
                    weights,
                    &mut histogram,
                    &mut features,
                    rng,
                )
            })
            .flatten();
        let Some(split) = split else {
            let number = tree.answers.len() / n_outputs;
            tree.nodes.push(leaf(number as u32));
            tree.answers.extend(answers(ground, &sums, weight, shares));
            continue;
        };
        tree.nodes.push(Node {
            feature: split.feature as u32,
            threshold: ground.binned.edges[split.feature][split.bin],
            left: 0,
            right: 0,
        });
        let column = &ground.binned.columns[split.feature];
        let n_left = partition(&mut rows[node.first..node.last], |row| {
            usize::from(column[row as usize]) <= split.bin
        });
        let middle = node.first + n_left;
        let child = |first, last, side| Open {
            first,
            last,
            depth: node.depth + 1,
            parent: Some((position, side)),
        };
        open.push(child(middle, node.last, Side::Right));
        open.push(child(node.first, middle, Side::Left));
    }
    Ok(tree)
}

/// Sums the outputs of a node's rows and answers their weight.
fn add_up(ground: &Ground<'_>, rows: &[u32], weights: &[f64], sums: &mut [f64]) -> f64 {
    sums.fill(0.0);
    let mut weight = 0.0;
    for row in rows {
        let row_weight = weights[*row as usize];
        weight += row_weight;
        ground.outcome.add(*row, row_weight, sums);
    }
    weight
}

/// What a leaf answers: the shares of its classes, smoothed, or its mean.
fn answers(ground: &Ground<'_>, sums: &[f64], weight: f64, root_shares: &[f64]) -> Vec<f64> {
    let smoothing = match ground.outcome {
        Outcome::Classes { .. } => ground.params.smoothing,
        Outcome::Values(_) => 0.0,
    };
    let smoothed =
        move |(sum, share): (&f64, &f64)| (sum + smoothing * share) / (weight + smoothing);
    sums.iter().zip(root_shares).map(smoothed).collect()
}

fn leaf(number: u32) -> Node {
    Node {
        feature: 0,
        threshold: 0.0,
        left: 0,
        right: number,
    }
}

/// Whether a node is large, shallow and mixed enough.
fn may_split(ground: &Ground<'_>, node: &NodeRows<'_>, depth: usize) -> bool {
    let params = ground.params;
    let is_large = node.rows.len() >= (2 * params.min_samples_leaf).max(2);
    let is_shallow = params.max_depth.is_none_or(|max| depth < max);
    let is_mixed = || match ground.outcome {
        Outcome::Classes { .. } => node.sums.iter().filter(|s| **s > 0.0).count() > 1,
        Outcome::Values(values) => {
            let first = values[node.rows[0] as usize];
            node.rows.iter().any(|row| values[*row as usize] != first)
        }
    };
    is_large && is_shallow && is_mixed()
}

/// The best split among features drawn at random without replacement: as many as asked for, constant ones not counted,
/// and more until one of them splits at all (as scikit-learn does).
fn find_split(
    ground: &Ground<'_>,
    node: &NodeRows<'_>,
    weights: &[f64],
    histogram: &mut Histogram,
    features: &mut [usize],
    rng: &mut Xoshiro256PlusPlus,
) -> Option<Split> {
    let mut best: Option<Split> = None;
    let mut n_tried = 0;
    for drawn in 0..features.len() {
        if n_tried >= ground.n_tried && best.is_some() {
            break;
        }
        let other = rng.gen_range(drawn..features.len());
        features.swap(drawn, other);
        let feature = features[drawn];
        let column = &ground.binned.columns[feature];
        let at = if ground.params.random_thresholds {
            At::Share(rng.gen_range(0.0..1.0), &ground.binned.edges[feature])
        } else {
            At::Best
        };
        let found = histogram.best_split(
            feature,
            column,
            node,
            weights,
            ground.outcome,
            (ground.params.min_samples_leaf, at),
        );
        match found {
            Ok(split) => {
                n_tried += 1;
                if best.is_none_or(|b| split.score > b.score) {
                    best = Some(split);
                }
            }
            Err(NoSplit::TooFewRows) => n_tried += 1,
            Err(NoSplit::Constant) => {}
        }
    }
    best
}

/// Puts the rows that go left in front and answers how many they are. Rows keep their order on both sides: memory is
/// then read forwards.
fn partition(rows: &mut [u32], goes_left: impl Fn(u32) -> bool) -> usize {
    let mut n_left = 0;
    let mut right = Vec::with_capacity(rows.len());
    for i in 0..rows.len() {
        let row = rows[i];
        if goes_left(row) {
            rows[n_left] = row;
            n_left += 1;
        } else {
            right.push(row);
        }
    }
    rows[n_left..].copy_from_slice(&right);
    n_left
}
