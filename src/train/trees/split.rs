//! The best split of one feature in one node. Gini impurity for classes and variance for numbers are the same
//! formula: with the sums `s_k` of the outputs over a side of weight `w`, a split is the better, the larger
//! `Σ_k s_k² / w` is, summed over both sides.

use super::bins::N_BINS;

/// What trees are grown for: the outputs whose sums a node needs.
pub(super) enum Outcome<'a> {
    /// A class a row; an output a class, 1 for the row's own.
    Classes {
        /// Number of classes.
        n_classes: usize,
        /// The class of each row.
        codes: &'a [u32],
    },
    /// A number a row; one output.
    Values(&'a [f64]),
}

impl Outcome<'_> {
    pub(super) fn n_outputs(&self) -> usize {
        match self {
            Self::Classes { n_classes, .. } => *n_classes,
            Self::Values(_) => 1,
        }
    }

    /// Adds a row of this weight to the sums.
    #[inline]
    pub(super) fn add(&self, row: u32, weight: f64, sums: &mut [f64]) {
        match self {
            Self::Classes { codes, .. } => sums[codes[row as usize] as usize] += weight,
            Self::Values(values) => sums[0] += weight * values[row as usize],
        }
    }
}

/// A split: the rows in bins up to `bin` go left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub(super) feature: usize,
    pub(super) bin: usize,
    /// `Σ s² / w` over both sides.
    pub(super) score: f64,
}

/// Number of rows, weight and sums of outputs in each bin, of one feature in one node.
pub(super) struct Histogram {
    n_outputs: usize,
    n_rows: Vec<u32>,
    weights: Vec<f64>,
    sums: Vec<f64>,
    /// Sums of the left side while looking for the split.
    left: Vec<f64>,
    /// The bins that are filled, ascending.
    filled: Vec<usize>,
}

/// Rows of a node with what all its features share.
pub(super) struct NodeRows<'a> {
    pub(super) rows: &'a [u32],
    pub(super) weight: f64,
    pub(super) sums: &'a [f64],
}

impl Histogram {
    pub(super) fn new(n_outputs: usize) -> Self {
        Self {
            n_outputs,
            n_rows: vec![0; N_BINS],
            weights: vec![0.0; N_BINS],
            sums: vec![0.0; N_BINS * n_outputs],
            left: vec![0.0; n_outputs],
            filled: Vec::with_capacity(N_BINS),
        }
    }

    fn fill(&mut self, column: &[u8], rows: &[u32], weights: &[f64], outcome: &Outcome<'_>) {
        let k = self.n_outputs;
        for bin in self.filled.drain(..) {
            self.n_rows[bin] = 0;
            self.weights[bin] = 0.0;
            self.sums[bin * k..(bin + 1) * k].fill(0.0);
        }
        for row in rows {
            let bin = usize::from(column[*row as usize]);
            if self.n_rows[bin] == 0 {
                self.filled.push(bin);
            }
            let weight = weights[*row as usize];
            self.n_rows[bin] += 1;
            self.weights[bin] += weight;
            outcome.add(*row, weight, &mut self.sums[bin * k..(bin + 1) * k]);
        }
        self.filled.sort_unstable();
    }

    /// The last filled bin below a value that lies at this share of the way from the smallest value to the largest one.
    fn bin_at(&self, share: f64, edges: &[f32]) -> usize {
        let inner = &self.filled[..self.filled.len() - 1];
        let edge = |bin: usize| f64::from(edges[bin]);
        // Missing values lie below all numbers: theirs is a bin like the others, without a place on the line.
        let first = inner.iter().copied().find(|bin| *bin > 0);
        let (Some(first), Some(last)) = (first, inner.last().copied()) else {
            return inner[0];
        };
        let n_without_place = usize::from(inner[0] == 0);
        if n_without_place > 0 && share * inner.len() as f64 <= 1.0 {
            return inner[0];
        }
        let value = edge(first) + share * (edge(last) - edge(first));
        let n_below = inner.partition_point(|bin| edge(*bin) <= value);
        inner[n_below.clamp(1 + n_without_place, inner.len()) - 1]
    }

    /// The best split of a feature, or how it is that there is none.
    pub(super) fn best_split(
        &mut self,
        feature: usize,
        column: &[u8],
        node: &NodeRows<'_>,
        weights: &[f64],
        outcome: &Outcome<'_>,
        (min_rows, at): (usize, At<'_>),
    ) -> Result<Split, NoSplit> {
        self.fill(column, node.rows, weights, outcome);
        if self.filled.len() < 2 {
            return Err(NoSplit::Constant);
        }
        let only = match at {
            At::Best => None,
            At::Share(share, edges) => Some(self.bin_at(share, edges)),
        };
        let k = self.n_outputs;
        let (mut left_rows, mut left_weight) = (0_usize, 0.0);
        self.left.fill(0.0);
        let mut best: Option<Split> = None;
        for bin in &self.filled[..self.filled.len() - 1] {
            left_rows += self.n_rows[*bin] as usize;
            left_weight += self.weights[*bin];
            let bin_sums = &self.sums[bin * k..(bin + 1) * k];
            for (left, sum) in self.left.iter_mut().zip(bin_sums) {
                *left += sum;
            }
            let right_weight = node.weight - left_weight;
            if left_rows < min_rows || left_weight <= 0.0 || only.is_some_and(|only| *bin != only) {
                continue;
            }
            if node.rows.len() - left_rows < min_rows || right_weight <= 0.0 {
                break;
            }
            let (mut of_left, mut of_right) = (0.0, 0.0);
            for (left, sum) in self.left.iter().zip(node.sums) {
                of_left += left * left;
                of_right += (sum - left) * (sum - left);
            }
            let score = of_left / left_weight + of_right / right_weight;
            if best.is_none_or(|b| score > b.score) {
                best = Some(Split {
                    feature,
                    bin: *bin,
                    score,
                });
            }
        }
        best.ok_or(NoSplit::TooFewRows)
    }
}

/// Where a feature may be split.
#[derive(Debug, Clone, Copy)]
pub(super) enum At<'a> {
    /// Where the score is best.
    Best,
    /// At this share of the way from the smallest value in the node to the largest one; with the upper edges of the bins.
    Share(f64, &'a [f32]),
}

/// Why a feature does not split a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoSplit {
    /// All rows are in the same bin.
    Constant,
    /// One side would always be too small.
    TooFewRows,
}
