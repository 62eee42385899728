//! How probable a difference is if the two models were equally good, and what is left of that after many comparisons.

use super::scorer::{Part, Scorer};
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Normal, StudentsT};

/// The exact test of McNemar (1947): of the rows that only one of the two models has right, as many as not should be the
/// candidate's. Two-sided; 1 without such rows.
pub(super) fn mcnemar([only_one, only_other]: [u64; 2]) -> f64 {
    let n = only_one + only_other;
    let Ok(binomial) = Binomial::new(0.5, n) else {
        return 1.0;
    };
    if n == 0 {
        return 1.0;
    }
    (2.0 * binomial.cdf(only_one.min(only_other))).min(1.0)
}

/// The difference of two areas under the ROC curve on the same rows, and its standard error, by the method of DeLong, DeLong
/// and Clarke-Pearson (1988), computed by midranks (Sun and Xu 2014).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DeLong {
    pub(super) difference: f64,
    pub(super) error: f64,
}

impl DeLong {
    /// Of two classes with two rows each at least; otherwise `None`.
    pub(super) fn of(
        (candidate, candidate_part): (&Scorer, &Part),
        (reference, reference_part): (&Scorer, &Part),
    ) -> Option<Self> {
        let of_candidate = candidate.placements(candidate_part)?;
        let of_reference = reference.placements(reference_part)?;
        let (mut difference, mut variance) = (0.0, 0.0);
        for (mut own, mut other) in of_candidate.into_iter().zip(of_reference) {
            let n = own.len() as f64;
            if n < 2.0 {
                return None;
            }
            own.sort_unstable_by_key(|(row, _)| *row);
            other.sort_unstable_by_key(|(row, _)| *row);
            let differences = || own.iter().zip(&other).map(|(a, b)| a.1 - b.1);
            // The mean is the same over either class.
            difference = differences().sum::<f64>() / n;
            let squares = differences().map(|d| (d - difference).powi(2));
            variance += squares.sum::<f64>() / (n - 1.0) / n;
        }
        Some(Self {
            difference,
            error: variance.sqrt(),
        })
    }

    /// Two-sided, by the normal distribution.
    pub(super) fn p_value(self) -> f64 {
        two_sided(self.difference, self.error, |z| Normal::standard().cdf(-z))
    }
}

/// Two-sided, of an estimate with a standard error, by Student's distribution.
pub(super) fn student(estimate: f64, error: f64, freedom: f64) -> f64 {
    let distribution = StudentsT::new(0.0, 1.0, freedom.max(1.0)).expect("freedom is positive");
    two_sided(estimate, error, |t| distribution.cdf(-t))
}

fn two_sided(estimate: f64, error: f64, tail: impl Fn(f64) -> f64) -> f64 {
    if estimate == 0.0 {
        1.0
    } else if error > 0.0 {
        (2.0 * tail((estimate / error).abs())).min(1.0)
    } else {
        0.0
    }
}

/// The least that any two-sided test can give that swaps the answers of two models row by row, where they differ in `n` rows.
pub(super) fn least(n: usize) -> f64 {
    2.0_f64.powi(1 - n.min(1_000) as i32).min(1.0)
}

/// Corrected so that the probability of any false finding is kept: Holm (1979).
pub(super) fn holm(p_values: &[f64]) -> Vec<f64> {
    let n = p_values.len();
    let mut corrected = vec![0.0; n];
    let mut largest: f64 = 0.0;
    for (i, at) in ascending(p_values).into_iter().enumerate() {
        largest = largest.max((p_values[at] * (n - i) as f64).min(1.0));
        corrected[at] = largest;
    }
    corrected
}

/// Corrected so that the expected share of false ones among the findings is kept: Benjamini and Hochberg (1995).
pub(super) fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let n = p_values.len();
    let mut corrected = vec![0.0; n];
    let mut smallest: f64 = 1.0;
    for (i, at) in ascending(p_values).into_iter().enumerate().rev() {
        smallest = smallest.min(p_values[at] * n as f64 / (i + 1) as f64);
        corrected[at] = smallest;
    }
    corrected
}

fn ascending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::prediction::{Predictions, Targets};
    use serde::Deserialize;

    /// What tests/oracles/evaluate/significance.py found.
    #[derive(Deserialize)]
    struct Expected {
        delong: Vec<Areas>,
        mcnemar: Vec<Discordant>,
        p_values: Vec<f64>,
        holm: Vec<f64>,
        benjamini_hochberg: Vec<f64>,
    }

    #[derive(Deserialize)]
    struct Areas {
        truth: Vec<u32>,
        a: Vec<f64>,
        b: Vec<f64>,
        difference: f64,
        error: f64,
        p: f64,
    }

    #[derive(Deserialize)]
    struct Discordant {
        pair: [u64; 2],
        p: f64,
    }

    fn expected() -> Expected {
        let text = include_str!("../../tests/oracles/evaluate/significance.json");
        serde_json::from_str(text).unwrap()
    }

    fn close(found: &[f64], expected: &[f64], tolerance: f64) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < tolerance, "{found} {expected}");
        }
    }

    #[test]
    fn areas_differ_as_delong_says_with_ties_too() {
        for case in expected().delong {
            let targets = Targets::Classes {
                n_classes: 2,
                codes: case.truth,
            };
            let scorer = |p: &[f64]| {
                let values = p.iter().flat_map(|p| [1.0 - p, *p]).collect();
                let predictions = Predictions::Probabilities {
                    n_classes: 2,
                    values,
                };
                Scorer::new(&targets, &predictions).unwrap()
            };
            let (a, b) = (scorer(&case.a), scorer(&case.b));
            let found = DeLong::of((&a, &a.whole()), (&b, &b.whole())).unwrap();
            let found = [found.difference, found.error, found.p_value()];
            close(&found, &[case.difference, case.error, case.p], 1e-9);
        }
    }

    #[test]
    fn mcnemars_test_is_statsmodels() {
        for Discordant { pair, p } in expected().mcnemar {
            close(&[mcnemar(pair)], &[p], 1e-9);
        }
    }

    #[test]
    fn corrections_are_statsmodels() {
        let expected = expected();
        close(&holm(&expected.p_values), &expected.holm, 1e-12);
        let q_values = benjamini_hochberg(&expected.p_values);
        close(&q_values, &expected.benjamini_hochberg, 1e-12);
    }

    #[test]
    fn few_rows_that_differ_prove_little() {
        assert_eq!((least(0), least(1), least(4)), (1.0, 1.0, 0.125));
        assert!(student(0.5, 0.0, 9.0) == 0.0 && student(0.0, 0.0, 9.0) == 1.0);
        // t = 2.262 with 9 degrees of freedom: 5 %.
        close(&[student(2.262_157, 1.0, 9.0)], &[0.05], 1e-6);
    }
}
