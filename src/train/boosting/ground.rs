//! One tree of forust-ml on our bins, and that tree as one of ours.

use super::loss::Derivatives;
use super::rounds::BoostingParams;
use crate::model::{Node, Tree};
use crate::train::trees::bins::Binned;
use forust_ml::binning::TiledBins;
use forust_ml::constraints::ConstraintMap;
use forust_ml::data::{JaggedMatrix, Matrix};
use forust_ml::gradientbooster::GrowPolicy;
use forust_ml::sampler::SampleMethod;
use forust_ml::splitter::MissingImputerSplitter;
use forust_ml::tree as forust;

/// From so many rows on, histograms are built row by row from tiles; below, a column at a time is quicker.
const MIN_ROWS_FOR_TILES: usize = 20_000;

/// The number of each leaf and its rows.
pub(super) type LeafRows = Vec<(u32, Vec<usize>)>;

/// What all trees of a booster share.
pub(super) struct Ground {
    /// Column-major; 0 is missing.
    bins: Vec<u16>,
    n_rows: usize,
    n_features: usize,
    /// The lower edge of each bin from 1 on, and a last one above all.
    cuts: JaggedMatrix<f64>,
    tiles: Option<TiledBins>,
    splitter: MissingImputerSplitter,
    max_depth: usize,
}

impl Ground {
    /// `min_weight` is the smallest sum of second derivatives behind a leaf.
    pub(super) fn new(binned: &Binned, params: &BoostingParams, min_weight: f64) -> Self {
        let n_features = binned.columns.len();
        let n_rows = binned.columns.first().map_or(0, Vec::len);
        let bins: Vec<u16> = binned
            .columns
            .iter()
            .flatten()
            .map(|b| (*b).into())
            .collect();
        // A value that equals an edge lies below it here and above it in forust, whose bins are given and not looked up.
        let cuts: Vec<Vec<f64>> = binned
            .edges
            .iter()
            .map(|edges| {
                edges
                    .iter()
                    .map(|e| f64::from(*e))
                    .chain([f64::MAX])
                    .collect()
            })
            .collect();
        let cuts = JaggedMatrix::from_vecs(&cuts);
        let tiles = (n_rows >= MIN_ROWS_FOR_TILES)
            .then(|| TiledBins::new(&Matrix::new(&bins, n_rows, n_features), &cuts, true));
        Self {
            bins,
            n_rows,
            n_features,
            cuts,
            tiles,
            splitter: MissingImputerSplitter {
                l1: 0.0,
                l2: params.l2 as f32,
                max_delta_step: 0.0,
                gamma: 0.0,
                min_leaf_weight: min_weight as f32,
                learning_rate: params.learning_rate as f32,
                allow_missing_splits: false,
                constraints_map: ConstraintMap::new(),
            },
            max_depth: params.max_depth,
        }
    }

    /// Grows a tree on some rows and features, both ascending. Answers it, and the rows of each leaf with the leaf's
    /// number where forust knows them.
    pub(super) fn tree(
        &self,
        derivatives: &Derivatives,
        rows: &[usize],
        features: &[usize],
    ) -> (Tree, Option<LeafRows>) {
        let mut grown = forust::Tree::new();
        let is_sampled = rows.len() < self.n_rows;
        let leaves = grown.fit_with_tiles(
            &Matrix::new(&self.bins, self.n_rows, self.n_features),
            rows.to_vec(),
            features,
            &self.cuts,
            &derivatives.first,
            &derivatives.second,
            &self.splitter,
            usize::MAX,
            self.max_depth,
            true,
            if is_sampled {
                &SampleMethod::Random
            } else {
                &SampleMethod::None
            },
            &GrowPolicy::DepthWise,
            self.tiles.as_ref(),
        );
        let tree = ours(&grown);
        let leaves = leaves.map(|leaves| {
            let number = |position: usize| tree.nodes[position].right;
            grown
                .nodes
                .iter()
                .enumerate()
                .filter(|(_, node)| node.is_leaf)
                .map(|(position, node)| {
                    let (first, last) = leaves.ranges[node.num];
                    (number(position), leaves.index[first..last].to_vec())
                })
                .collect()
        });
        (tree, leaves)
    }
}

/// forust's tree as ours. There, values below the split's value go left; with our bins, that value is the edge up to
/// which values go left here. Missing values do not occur among the features.
fn ours(grown: &forust::Tree) -> Tree {
    let mut tree = Tree::default();
    for node in &grown.nodes {
        tree.nodes.push(if node.is_leaf {
            tree.answers.push(f64::from(node.weight_value));
            Node {
                feature: 0,
                threshold: 0.0,
                left: 0,
                right: tree.answers.len() as u32 - 1,
            }
        } else {
            Node {
                feature: node.split_feature as u32,
                threshold: node.split_value as f32,
                left: node.left_child as u32,
                right: node.right_child as u32,
            }
        });
    }
    tree
}
