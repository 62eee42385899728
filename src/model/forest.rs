//! Trees: prediction. Growing them is left to `train::trees`.

use crate::domain::prediction::Predictions;
use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

/// One tree or many; the answer is the mean of the trees' answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    /// The trees, at least one.
    pub trees: Vec<Tree>,
    /// Number of classes; `None` for regression.
    pub n_classes: Option<usize>,
    /// Number of features.
    pub n_features: usize,
}

/// One tree: its nodes, root first, and the answers of its leaves.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tree {
    /// The nodes; children come after their parent.
    pub nodes: Vec<Node>,
    /// The answers of the leaves, one after the other: a probability a class, or one number.
    pub answers: Vec<f64>,
}

/// A node. A row goes right if its feature is above the threshold, and else left; a missing value (NaN) goes left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "(u32, f32, u32, u32)", into = "(u32, f32, u32, u32)")]
pub struct Node {
    /// The feature; 0 in a leaf.
    pub feature: u32,
    /// The threshold; 0 in a leaf. Features have f32 precision, and so have thresholds (ONNX has no other).
    pub threshold: f32,
    /// Position of the left child; 0 in a leaf.
    pub left: u32,
    /// Position of the right child; in a leaf, the number of the leaf.
    pub right: u32,
}

impl From<(u32, f32, u32, u32)> for Node {
    fn from((feature, threshold, left, right): (u32, f32, u32, u32)) -> Self {
        Self {
            feature,
            threshold,
            left,
            right,
        }
    }
}

impl From<Node> for (u32, f32, u32, u32) {
    fn from(node: Node) -> Self {
        (node.feature, node.threshold, node.left, node.right)
    }
}

impl Node {
    /// Whether it is a leaf.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        self.left == 0
    }
}

impl Tree {
    /// The answer for one row.
    pub(crate) fn answer(&self, row: ArrayView1<'_, f64>, n_outputs: usize) -> &[f64] {
        let mut node = &self.nodes[0];
        while !node.is_leaf() {
            let goes_right = row[node.feature as usize] > f64::from(node.threshold);
            let next = if goes_right { node.right } else { node.left };
            node = &self.nodes[next as usize];
        }
        let start = node.right as usize * n_outputs;
        &self.answers[start..start + n_outputs]
    }

    /// Whether every way from the root ends in a leaf that has an answer.
    pub(super) fn is_sound(&self, n_features: usize, n_outputs: usize) -> bool {
        let n_nodes = self.nodes.len();
        let is_sound = |(i, node): (usize, &Node)| {
            if node.is_leaf() {
                return (node.right as usize + 1) * n_outputs <= self.answers.len();
            }
            let (left, right) = (node.left as usize, node.right as usize);
            (node.feature as usize) < n_features
                && (i + 1..n_nodes).contains(&left)
                && (i + 1..n_nodes).contains(&right)
        };
        n_nodes > 0 && self.nodes.iter().enumerate().all(is_sound)
    }

    /// Number of leaves.
    #[must_use]
    pub fn n_leaves(&self) -> usize {
        self.nodes.iter().filter(|n| n.is_leaf()).count()
    }

    /// Number of splits on the longest way from the root to a leaf.
    #[must_use]
    pub fn depth(&self) -> usize {
        let mut depths = vec![0; self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate() {
            if !node.is_leaf() {
                depths[node.left as usize] = depths[i] + 1;
                depths[node.right as usize] = depths[i] + 1;
            }
        }
        depths.into_iter().max().unwrap_or_default()
    }
}

impl Forest {
    /// Whether its parts fit together, for `n_features` features.
    pub(super) fn is_sound(&self, n_features: usize) -> bool {
        let n_outputs = self.n_classes.unwrap_or(1);
        let mut trees = self.trees.iter();
        self.n_features == n_features
            && n_outputs > 0
            && !self.trees.is_empty()
            && trees.all(|t| t.is_sound(n_features, n_outputs))
    }

    /// Answers for the rows of a matrix, on one thread.
    #[must_use]
    pub fn predictions(&self, x: ArrayView2<'_, f64>) -> Predictions {
        let values = self.predict(x);
        match self.n_classes {
            Some(n_classes) => Predictions::Probabilities { n_classes, values },
            None => Predictions::Values(values),
        }
    }

    /// Answers, row-major. Trees are added up in their order for every row.
    pub(super) fn predict(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let n_outputs = self.n_classes.unwrap_or(1);
        let mut out = vec![0.0; x.nrows() * n_outputs];
        for tree in &self.trees {
            for (row, sums) in x.rows().into_iter().zip(out.chunks_mut(n_outputs)) {
                for (sum, answer) in sums.iter_mut().zip(tree.answer(row, n_outputs)) {
                    *sum += answer;
                }
            }
        }
        let n_trees = self.trees.len() as f64;
        for value in &mut out {
            *value /= n_trees;
        }
        out
    }
}
