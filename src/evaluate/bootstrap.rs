//! Confidence intervals of the difference of two models on the same rows: the paired percentile bootstrap (Efron and
//! Tibshirani, An Introduction to the Bootstrap, 1993, chapters 10 and 13). Rows are drawn with replacement, both models
//! see the same draw. What an interval means for the candidate is left to `compare`.

use super::scorer::Scorer;
use crate::domain::ContentHash;
use crate::domain::metric::{Direction, Metric};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

/// For people, in `IntervalMethod`.
pub(super) const METHOD: &str =
    "paired percentile bootstrap of the difference (Efron and Tibshirani 1993)";

/// Resamples drawn from one seed. Fixed, so that the result does not depend on the number of threads.
const CHUNK: u32 = 50;

/// The intervals of one metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Intervals {
    /// Of candidate minus reference.
    pub(super) difference: [f64; 2],
    /// Of the improvement: positive is better, whatever the metric's direction.
    pub(super) improvement: [f64; 2],
}

/// How many resamples, which level, which randomness.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) n_resamples: u32,
    pub(super) level: f64,
    pub(super) seed: u64,
    /// The segment as text; the randomness depends on it and not on the order of the segments.
    pub(super) segment: &'a str,
}

/// One interval a metric; `None` where the metric is undefined in more than half of the resamples. Stops between
/// chunks and answers `None` as a whole when `is_stopped` says so.
pub(super) fn intervals(
    candidate: &Scorer,
    reference: &Scorer,
    n_rows: usize,
    metrics: &[Metric],
    plan: Plan<'_>,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Option<Intervals>>> {
    let n_chunks = plan.n_resamples.div_ceil(CHUNK);
    let chunks: Option<Vec<Vec<Drawn>>> = (0..n_chunks)
        .into_par_iter()
        .map(|chunk| {
            let n = CHUNK.min(plan.n_resamples - chunk * CHUNK);
            let text = format!("{}\n{chunk}\n{}", plan.seed, plan.segment);
            let seed = ContentHash::of_bytes(text.as_bytes()).seed();
            (!is_stopped()).then(|| draw(candidate, reference, n_rows, metrics, n, seed))
        })
        .collect();
    let resamples: Vec<Drawn> = chunks?.into_iter().flatten().collect();
    let result = metrics
        .iter()
        .enumerate()
        .map(|(i, metric)| {
            let pairs: Vec<(f64, f64)> = resamples
                .iter()
                .filter_map(|(c, r)| c[i].zip(r[i]))
                .collect();
            if pairs.is_empty() || 2 * pairs.len() < resamples.len() {
                return None;
            }
            let difference = percentiles(pairs.iter().map(|(c, r)| c - r).collect(), plan.level);
            let improvement = match metric.direction() {
                Direction::Higher => difference,
                Direction::Lower => [-difference[1], -difference[0]],
                Direction::NearZero => percentiles(
                    pairs
                        .iter()
                        .map(|(c, r)| metric.improvement(*c, *r))
                        .collect(),
                    plan.level,
                ),
            };
            Some(Intervals {
                difference,
                improvement,
            })
        })
        .collect();
    Some(result)
}

/// The metrics of candidate and reference in one resample.
type Drawn = (Vec<Option<f64>>, Vec<Option<f64>>);

fn draw(
    candidate: &Scorer,
    reference: &Scorer,
    n_rows: usize,
    metrics: &[Metric],
    n_resamples: u32,
    seed: u64,
) -> Vec<Drawn> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut weights = vec![0.0; n_rows];
    (0..n_resamples)
        .map(|_| {
            weights.fill(0.0);
            for _ in 0..n_rows {
                weights[rng.gen_range(0..n_rows)] += 1.0;
            }
            (
                candidate.values(metrics, Some(&weights)),
                reference.values(metrics, Some(&weights)),
            )
        })
        .collect()
}

/// The equal-tailed percentiles that hold `level` of the values, by linear interpolation (Hyndman and Fan 1996, type 7).
fn percentiles(mut values: Vec<f64>, level: f64) -> [f64; 2] {
    values.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    let quantile = |p: f64| {
        let position = p * (values.len() - 1) as f64;
        let below = position.floor() as usize;
        let above = (below + 1).min(values.len() - 1);
        let part = position - below as f64;
        values[below] + part * (values[above] - values[below])
    };
    [quantile(tail), quantile(1.0 - tail)]
}
