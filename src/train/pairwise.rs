//! How surely one candidate is better than another: the corrected resampled t-test over folds (Nadeau and Bengio 2003,
//! "Inference for the generalization error"). Folds share training rows, so the plain paired test finds differences
//! that are none; the variance is raised by the ratio of held-out to training rows.

use crate::data::folds::Fold;
use crate::domain::metric::Metric;
use crate::domain::training::{FoldScore, PairedDifference, value_of};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Level of the interval.
const LEVEL: f64 = 0.95;

/// The mean difference `b − a` of a metric over folds that both have; `None` with fewer than two of them, or where a
/// metric is not defined.
pub(super) fn difference(
    a: &[FoldScore],
    b: &[FoldScore],
    metric: Metric,
    folds: &[Fold],
) -> Option<PairedDifference> {
    let mut differences = Vec::new();
    let mut ratio = 0.0;
    for own in a {
        let other = b.iter().find(|f| f.fold == own.fold)?;
        let (training, held_out) = folds.get(own.fold as usize)?;
        differences.push(value_of(&other.scores, metric)? - value_of(&own.scores, metric)?);
        ratio += held_out.len() as f64 / training.len().max(1) as f64;
    }
    let n = differences.len() as f64;
    if differences.len() < 2 {
        return None;
    }
    ratio /= n;
    let mean = differences.iter().sum::<f64>() / n;
    let squares: f64 = differences.iter().map(|d| (d - mean) * (d - mean)).sum();
    let error = ((1.0 / n + ratio) * squares / (n - 1.0)).sqrt();
    if !mean.is_finite() || !error.is_finite() {
        return None;
    }
    if error == 0.0 {
        return Some(PairedDifference {
            mean,
            low: mean,
            high: mean,
            p_value: if mean == 0.0 { 1.0 } else { 0.0 },
        });
    }
    let t = StudentsT::new(0.0, 1.0, n - 1.0).ok()?;
    let reach = t.inverse_cdf(f64::midpoint(1.0, LEVEL)) * error;
    Some(PairedDifference {
        mean,
        low: mean - reach,
        high: mean + reach,
        p_value: 2.0 * t.sf((mean / error).abs()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::metric::MetricValue;

    fn scores(values: &[f64]) -> Vec<FoldScore> {
        let score = |(fold, value): (usize, &f64)| FoldScore {
            fold: fold as u32,
            n_rows: 20,
            scores: vec![MetricValue {
                metric: Metric::Rmse,
                value: Some(*value),
            }],
        };
        values.iter().enumerate().map(score).collect()
    }

    /// Against scipy 1.17: with d the differences and s their sample standard deviation,
    /// `t = mean(d) / (s * sqrt(1/5 + 1/4))`, `p = 2 * scipy.stats.t.sf(abs(t), 4)` and the interval `mean ± t.ppf(.975, 4) * …`.
    #[test]
    fn the_corrected_test_equals_scipy() {
        let folds = vec![((0..80).collect(), (0..20).collect()); 5];
        let a = scores(&[0.50, 0.52, 0.48, 0.51, 0.49]);
        let b = scores(&[0.53, 0.53, 0.50, 0.55, 0.50]);
        let found = difference(&a, &b, Metric::Rmse, &folds).expect("five folds");
        assert!((found.mean - 0.022).abs() < 1e-12);
        assert!(
            (found.p_value - 0.065_684_106_503).abs() < 1e-9,
            "{}",
            found.p_value
        );
        assert!(
            (found.low - -0.002_283_976_770).abs() < 1e-8,
            "{}",
            found.low
        );
        let none = difference(&a, &a, Metric::Rmse, &folds).expect("five folds");
        assert_eq!((none.mean, none.p_value), (0.0, 1.0));
        assert!(difference(&a[..1], &b[..1], Metric::Rmse, &folds).is_none());
    }
}
