//! The weights of a blend: those with which the candidates' answers for held-out rows, averaged, would have been best.
//! Weights are not negative and sum to 1 (Breiman 1996, "Stacked regressions"; van der Laan, Polley and Hubbard 2007,
//! "Super learner").
//!
//! For classes the log loss is minimised, which is convex in the weights; expectation maximisation finds the minimum. For
//! numbers the squared error is, by projected gradients on the products of the errors. Both depend on nothing but the
//! answers and their order.

use crate::domain::prediction::{Predictions, Targets};
use rayon::prelude::*;

/// Weights below this are taken for none.
const SMALLEST_WEIGHT: f64 = 0.01;

/// Rounds of expectation maximisation, or of gradients.
const N_ROUNDS: usize = 500;

/// Weights that change by less have arrived.
const TOLERANCE: f64 = 1e-7;

/// A probability of 0 counts as this.
const SMALLEST_PROBABILITY: f64 = 1e-15;

/// Rows that one thread takes at a time.
const ROWS_A_CHUNK: usize = 16_384;

/// The weights of the members, at most `most` of them above 0. `answers` has the answers of each member for the same rows.
///
/// When it is stopped, the weights are those of the last round.
///
/// # Panics
/// If answers and targets differ in rows or kind.
pub(super) fn weights(
    answers: &[&Predictions],
    targets: &Targets,
    most: usize,
    is_stopped: &dyn Fn() -> bool,
) -> Vec<f64> {
    let objective = Objective::new(answers, targets);
    let all: Vec<usize> = (0..answers.len()).collect();
    let mut kept = all;
    loop {
        let weights = objective.minimise(&kept, is_stopped);
        let mut ranked: Vec<(usize, f64)> = kept.iter().copied().zip(weights.clone()).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let n_large = ranked.iter().filter(|(_, w)| *w >= SMALLEST_WEIGHT).count();
        let n = n_large.clamp(1, most.max(1));
        if n == kept.len() {
            let mut full = vec![0.0; answers.len()];
            for (member, weight) in kept.into_iter().zip(weights) {
                full[member] = weight;
            }
            return full;
        }
        kept = ranked
            .into_iter()
            .take(n)
            .map(|(member, _)| member)
            .collect();
        kept.sort_unstable();
    }
}

/// The answers of the members, averaged.
pub(super) fn average(answers: &[&Predictions], weights: &[f64]) -> Predictions {
    let values_of = |p: &Predictions| match p {
        Predictions::Probabilities { values, .. } | Predictions::Values(values) => values.len(),
    };
    let mut sums = vec![0.0; answers.first().map_or(0, |p| values_of(p))];
    for (answer, weight) in answers.iter().zip(weights).filter(|(_, w)| **w > 0.0) {
        let (Predictions::Probabilities { values, .. } | Predictions::Values(values)) = answer;
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += weight * value;
        }
    }
    match answers.first() {
        Some(Predictions::Probabilities { n_classes, .. }) => Predictions::Probabilities {
            n_classes: *n_classes,
            values: sums,
        },
        _ => Predictions::Values(sums),
    }
}

/// What is minimised.
enum Objective {
    /// Probabilities of what came true, a row each and in it a number a member.
    LogLoss { n_members: usize, true_p: Vec<f64> },
    /// Mean products of the members' errors, `n_members × n_members`.
    SquaredError {
        n_members: usize,
        products: Vec<f64>,
    },
}

impl Objective {
    fn new(answers: &[&Predictions], targets: &Targets) -> Self {
        let n_members = answers.len();
        match targets {
            Targets::Classes { codes, .. } => {
                let p_of = |answer: &Predictions, row: usize| match answer {
                    Predictions::Probabilities { n_classes, values } => {
                        values[row * n_classes + codes[row] as usize]
                    }
                    Predictions::Values(_) => unreachable!("targets are classes"),
                };
                let rows = (0..codes.len()).flat_map(|row| answers.iter().map(move |a| (a, row)));
                let true_p = rows.map(|(a, row)| p_of(a, row).max(SMALLEST_PROBABILITY));
                Self::LogLoss {
                    n_members,
                    true_p: true_p.collect(),
                }
            }
            Targets::Values(truth) => {
                let errors: Vec<Vec<f64>> = answers
                    .par_iter()
                    .map(|answer| match answer {
                        Predictions::Values(values) => {
                            values.iter().zip(truth).map(|(v, t)| v - t).collect()
                        }
                        Predictions::Probabilities { .. } => {
                            unreachable!("targets are numbers")
                        }
                    })
                    .collect();
                let n = truth.len().max(1) as f64;
                let product = |i: usize| {
                    let (a, b) = (&errors[i / n_members], &errors[i % n_members]);
                    a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / n
                };
                Self::SquaredError {
                    n_members,
                    products: (0..n_members * n_members)
                        .into_par_iter()
                        .map(product)
                        .collect(),
                }
            }
        }
    }

    /// The best weights of these members.
    fn minimise(&self, members: &[usize], is_stopped: &dyn Fn() -> bool) -> Vec<f64> {
        let n = members.len();
        let mut weights = vec![1.0 / n as f64; n];
        let step_size = match self {
            Self::LogLoss { .. } => 0.0,
            // The gradient changes by at most twice the trace.
            Self::SquaredError {
                n_members,
                products,
            } => {
                let trace: f64 = members.iter().map(|m| products[m * n_members + m]).sum();
                if trace > 0.0 { 0.5 / trace } else { 0.0 }
            }
        };
        // Gradients converge more slowly, and a round of them costs next to nothing.
        let n_rounds = match self {
            Self::LogLoss { .. } => N_ROUNDS,
            Self::SquaredError { .. } => N_ROUNDS * 100,
        };
        for _ in 0..n_rounds {
            let next = match self {
                Self::LogLoss { n_members, true_p } => {
                    expectation(true_p, *n_members, members, &weights)
                }
                Self::SquaredError {
                    n_members,
                    products,
                } => {
                    let gradient = |i: usize| {
                        let row = members[i] * n_members;
                        let along = members.iter().zip(&weights);
                        2.0 * along.map(|(m, w)| products[row + m] * w).sum::<f64>()
                    };
                    let moved = (0..n).map(|i| weights[i] - step_size * gradient(i));
                    on_simplex(moved.collect())
                }
            };
            let change = next
                .iter()
                .zip(&weights)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max);
            weights = next;
            if change < TOLERANCE || is_stopped() {
                break;
            }
        }
        weights
    }
}

/// A round of expectation maximisation: each member's mean share of the probability of what came true.
fn expectation(true_p: &[f64], n_members: usize, members: &[usize], weights: &[f64]) -> Vec<f64> {
    let of_chunk = |rows: &[f64]| {
        let mut shares = vec![0.0; members.len()];
        for row in rows.chunks_exact(n_members) {
            let total: f64 = members.iter().zip(weights).map(|(m, w)| row[*m] * w).sum();
            for ((share, m), w) in shares.iter_mut().zip(members).zip(weights) {
                *share += row[*m] * w / total;
            }
        }
        shares
    };
    let parts: Vec<Vec<f64>> = true_p
        .par_chunks(ROWS_A_CHUNK * n_members)
        .map(of_chunk)
        .collect();
    let mut sums = vec![0.0; members.len()];
    for part in parts {
        for (sum, share) in sums.iter_mut().zip(part) {
            *sum += share;
        }
    }
    let n = (true_p.len() / n_members).max(1) as f64;
    let total: f64 = sums.iter().sum::<f64>() / n;
    sums.into_iter().map(|s| s / n / total).collect()
}

/// The nearest weights that are not negative and sum to 1 (Duchi, Shalev-Shwartz, Singer and Chandra 2008).
fn on_simplex(values: Vec<f64>) -> Vec<f64> {
    let mut sorted = values.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (mut sum, mut shift) = (0.0, 0.0);
    for (i, value) in sorted.iter().enumerate() {
        sum += value;
        let candidate = (sum - 1.0) / (i + 1) as f64;
        if value - candidate > 0.0 {
            shift = candidate;
        }
    }
    values.into_iter().map(|v| (v - shift).max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probabilities(second: &[f64]) -> Predictions {
        Predictions::Probabilities {
            n_classes: 2,
            values: second.iter().flat_map(|p| [1.0 - p, *p]).collect(),
        }
    }

    #[test]
    fn projection_onto_the_simplex_is_the_nearest_point() {
        assert_eq!(on_simplex(vec![0.2, 0.8]), vec![0.2, 0.8]);
        assert_eq!(on_simplex(vec![2.0, 0.0]), vec![1.0, 0.0]);
        let moved = on_simplex(vec![0.6, 0.6, -1.0]);
        assert!((moved[0] - 0.5).abs() < 1e-12 && moved[2] == 0.0);
    }

    /// Two forecasters of whom each knows half of the rows: by symmetry the weights are equal. The constant one adds nothing.
    #[test]
    fn weights_of_classes_minimise_the_log_loss() {
        let codes: Vec<u32> = (0..400).map(|i| u32::from(i % 2 == 1)).collect();
        let knows = |first: bool| {
            let p = |i: usize| {
                if (i < 200) == first {
                    0.1 + 0.8 * f64::from(codes[i])
                } else {
                    0.5
                }
            };
            probabilities(&(0..400).map(p).collect::<Vec<_>>())
        };
        let (a, b, constant) = (knows(true), knows(false), probabilities(&[0.5; 400]));
        let targets = Targets::Classes {
            n_classes: 2,
            codes,
        };
        let w = weights(&[&a, &constant, &b], &targets, 5, &|| false);
        assert!(
            (w[0] - 0.5).abs() < 1e-3 && (w[2] - 0.5).abs() < 1e-3,
            "{w:?}"
        );
        assert!((w.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let one = weights(&[&a, &constant, &b], &targets, 1, &|| false);
        assert_eq!(one.iter().filter(|w| **w > 0.0).count(), 1);
    }

    /// Errors of variance 1 and 3 without correlation: the best weights are 3/4 and 1/4.
    #[test]
    fn weights_of_numbers_minimise_the_squared_error() {
        let truth = vec![0.0; 4];
        let a = Predictions::Values(vec![1.0, -1.0, 1.0, -1.0]);
        let root = 3.0_f64.sqrt();
        let b = Predictions::Values(vec![root, root, -root, -root]);
        let w = weights(&[&a, &b], &Targets::Values(truth), 5, &|| false);
        assert!((w[0] - 0.75).abs() < 1e-4, "{w:?}");
        let Predictions::Values(blended) = average(&[&a, &b], &w) else {
            unreachable!("numbers are blended to numbers");
        };
        assert!((blended[0] - (0.75 + 0.25 * root)).abs() < 1e-3);
    }
}
