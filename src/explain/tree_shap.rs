//! Exact Shapley values of one tree, path-dependent: a feature that is not known is averaged over both branches by the
//! shares of the training rows that took them (Lundberg et al. 2020, "From local explanations to global understanding with
//! explainable AI for trees", algorithm 2 defines the game). Summing up trees, and features to columns, is left to `trees`.
//!
//! A leaf is reached with the weight `∏ᵢ f(i)` over the features of its path, where `f(i)` is 1 or 0 for a known feature (does
//! the row go there?) and the product of the branches' shares `zᵢ` for an unknown one. With `oᵢ` for the former, Shapley's
//! weights `s! (m−1−s)! / m! = ∫₀¹ tˢ (1−t)^(m−1−s) dt` turn the sum over all sets of known features into one integral:
//!
//! `φᵢ = v (oᵢ − zᵢ) ∫₀¹ ∏_{j≠i} (oⱼ t + zⱼ (1−t)) dt`
//!
//! The integrand is a polynomial of a degree below the number of features on the path, so that Gauss–Legendre quadrature
//! with half as many points is exact, and every factor is positive, so that nothing cancels. Products over the path
//! and sums over leaves are shared by walking the tree once, as in Linear TreeSHAP (Yu, Bifet, Read and Xu 2022): a row costs
//! nodes × points.

use crate::model::Tree;

/// Levels up to which the walk goes; `train` grows no deeper ones.
pub(super) const MAX_DEPTH: usize = 64;

/// A tree with the shares of its branches.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WeighedTree<'a> {
    tree: &'a Tree,
    /// For each node the share of its parent's rows that come to it; 1 for the root.
    shares: Vec<f64>,
    /// The value of each node: a leaf's answer, above it the mean by shares.
    values: Vec<f64>,
    /// Of the quadrature, as many as the longest way needs.
    points: Vec<f64>,
    weights: Vec<f64>,
}

impl<'a> WeighedTree<'a> {
    /// Weighs the branches of a tree by the rows that come to each node, and takes one of the outputs of its leaves.
    ///
    /// Below a node without rows both branches weigh the same: its own share, 0, decides.
    pub(super) fn new(tree: &'a Tree, covers: &[f64], n_outputs: usize, output: usize) -> Self {
        let n_nodes = tree.nodes.len();
        let mut shares = vec![1.0; n_nodes];
        for (at, node) in tree.nodes.iter().enumerate().filter(|(_, n)| !n.is_leaf()) {
            for child in [node.left as usize, node.right as usize] {
                shares[child] = if covers[at] > 0.0 {
                    covers[child] / covers[at]
                } else {
                    0.5
                };
            }
        }
        let mut values = vec![0.0; n_nodes];
        for (at, node) in tree.nodes.iter().enumerate().rev() {
            let (left, right) = (node.left as usize, node.right as usize);
            values[at] = if node.is_leaf() {
                tree.answers[right * n_outputs + output]
            } else {
                shares[left] * values[left] + shares[right] * values[right]
            };
        }
        let needed = most_features(tree).div_ceil(2);
        let n_points = N_POINTS.into_iter().find(|n| *n >= needed);
        let (points, weights) = gauss_legendre(n_points.unwrap_or(N_POINTS[N_POINTS.len() - 1]));
        Self {
            tree,
            shares,
            values,
            points,
            weights,
        }
    }

    /// The mean answer: what is expected where nothing is known.
    pub(super) fn base(&self) -> f64 {
        self.values[0]
    }

    /// The value of a node.
    pub(super) fn value(&self, node: usize) -> f64 {
        self.values[node]
    }

    /// Adds the contributions of every feature for one row, `scale` times, to the sum of its column. `held` has a place
    /// for each feature and is left as it was: `(1, 1)` everywhere.
    pub(super) fn add(
        &self,
        row: &[f64],
        scale: f64,
        columns: &[usize],
        held: &mut [(f64, f64)],
        sums: &mut [f64],
    ) {
        if self.tree.nodes[0].is_leaf() {
            return;
        }
        let walk = match self.points.len() {
            1 => walk::<1>,
            2 => walk::<2>,
            3 => walk::<3>,
            4 => walk::<4>,
            5 => walk::<5>,
            6 => walk::<6>,
            8 => walk::<8>,
            10 => walk::<10>,
            12 => walk::<12>,
            16 => walk::<16>,
            _ => walk::<32>,
        };
        walk(self, row, scale, columns, held, sums);
    }
}

/// The numbers of points that there is a walk for; half of `MAX_DEPTH` is the most that a tree can need.
const N_POINTS: [usize; 11] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 32];

/// The most different features on one way from the root to a leaf.
fn most_features(tree: &Tree) -> usize {
    fn below(tree: &Tree, at: usize, path: &mut Vec<u32>) -> usize {
        let node = &tree.nodes[at];
        if node.is_leaf() {
            return path.len();
        }
        let is_new = !path.contains(&node.feature);
        if is_new {
            path.push(node.feature);
        }
        let most =
            below(tree, node.left as usize, path).max(below(tree, node.right as usize, path));
        if is_new {
            path.pop();
        }
        most
    }
    below(tree, 0, &mut Vec::new())
}

/// One row on its walk over one tree, with `N` points of the quadrature.
struct Walk<'a, const N: usize> {
    tree: &'a WeighedTree<'a>,
    row: &'a [f64],
    columns: &'a [usize],
    /// What is known of each feature on the way to here: whether the row would come here by it, and the product of the
    /// shares of its branches.
    held: &'a mut [(f64, f64)],
    sums: &'a mut [f64],
    points: [f64; N],
    weights: [f64; N],
}

fn walk<const N: usize>(
    tree: &WeighedTree<'_>,
    row: &[f64],
    scale: f64,
    columns: &[usize],
    held: &mut [(f64, f64)],
    sums: &mut [f64],
) {
    let mut walk = Walk::<N> {
        tree,
        row,
        columns,
        held,
        sums,
        points: std::array::from_fn(|q| tree.points[q]),
        weights: std::array::from_fn(|q| tree.weights[q] * scale),
    };
    walk.below(0, &[1.0; N]);
}

impl<const N: usize> Walk<'_, N> {
    /// Adds what the branches below a node contribute; answers the values of the leaves below times the factors of
    /// their ways, summed up at each point. `product` is that of the factors down to here.
    fn below(&mut self, at: usize, product: &[f64; N]) -> [f64; N] {
        let node = self.tree.tree.nodes[at];
        if node.is_leaf() {
            let value = self.tree.values[at];
            return product.map(|p| p * value);
        }
        let feature = node.feature as usize;
        let goes_right = self.row[feature] > f64::from(node.threshold);
        let before = self.held[feature];
        let without: [f64; N] = self.inverse(before);
        let mut sum_before = 0.0;
        let mut total = [0.0; N];
        for (child, is_taken) in [
            (node.left as usize, !goes_right),
            (node.right as usize, goes_right),
        ] {
            let known = if is_taken { before.0 } else { 0.0 };
            let after = (known, before.1 * self.tree.shares[child]);
            if after.0 == 0.0 && after.1 == 0.0 {
                // Neither the row nor any training row comes here: all products are 0.
                continue;
            }
            let mut on = [0.0; N];
            for q in 0..N {
                let t = self.points[q];
                on[q] = product[q] * without[q] * (after.0 * t + after.1 * (1.0 - t));
            }
            self.held[feature] = after;
            let reached = self.below(child, &on);
            let inverse = self.inverse(after);
            let mut sum = 0.0;
            for q in 0..N {
                total[q] += reached[q];
                sum += self.weights[q] * reached[q] * inverse[q];
                sum_before += self.weights[q] * reached[q] * without[q];
            }
            self.sums[self.columns[feature]] += (after.0 - after.1) * sum;
        }
        self.held[feature] = before;
        // A branch further up on the same feature adds its own factor for all leaves below it; here it has been replaced.
        self.sums[self.columns[feature]] -= (before.0 - before.1) * sum_before;
        total
    }

    /// One over the factor of a feature at each point.
    fn inverse(&self, (known, share): (f64, f64)) -> [f64; N] {
        self.points.map(|t| 1.0 / (known * t + share * (1.0 - t)))
    }
}

/// Points and weights of the Gauss–Legendre quadrature on [0, 1], exact for polynomials up to degree `2 n − 1`: zeros of the
/// Legendre polynomial by Newton's method, weights `2 / ((1 − x²) P'(x)²)` (Abramowitz and Stegun 25.4.29), halved.
fn gauss_legendre(n_points: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut points, mut weights) = (Vec::new(), Vec::new());
    let n = n_points as f64;
    for i in 0..n_points {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut value, mut previous) = (1.0, 0.0);
            for k in 1..=n_points {
                let k = k as f64;
                let next = ((2.0 * k - 1.0) * x * value - (k - 1.0) * previous) / k;
                (value, previous) = (next, value);
            }
            slope = n * (x * value - previous) / (x * x - 1.0);
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        points.push(0.5 * (1.0 - x));
        weights.push(1.0 / ((1.0 - x * x) * slope * slope));
    }
    (points, weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quadrature_is_exact_up_to_twice_its_points() {
        for n_points in N_POINTS {
            let (points, weights) = gauss_legendre(n_points);
            for degree in 0..2 * n_points as i32 {
                let terms = points.iter().zip(&weights);
                let sum: f64 = terms.map(|(t, w)| w * t.powi(degree)).sum();
                let exact = 1.0 / (f64::from(degree) + 1.0);
                assert!(
                    (sum - exact).abs() < 1e-14,
                    "{n_points} points, degree {degree}: {sum}"
                );
            }
        }
    }
}
