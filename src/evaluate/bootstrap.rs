//! Intervals of the difference of two models on the same rows: the paired percentile bootstrap (Efron and Tibshirani, An
//! Introduction to the Bootstrap, 1993, chapters 8, 10 and 13). What is drawn with replacement is a row, a row of each
//! stratum, or a block of rows; both models and all parts of the rows see the same draw. What an interval means for the
//! candidate is left to `compare`.

use super::multinomial::Poisson;
use super::scorer::{Counts, LANES, PackedPart, Scorer};
use crate::domain::ContentHash;
use crate::domain::metric::{Direction, Metric};
use crate::domain::work::Monitor;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// For people, in `IntervalMethod`.
pub(super) const METHOD: &str =
    "paired percentile bootstrap of the difference (Efron and Tibshirani 1993)";

/// What a resample is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Units {
    /// Each of so many rows by itself.
    Rows(usize),
    /// Rows of each stratum, as many as it has.
    Strata(Vec<Vec<u32>>),
    /// All rows of a block together.
    Blocks(Vec<Vec<u32>>),
}

impl Units {
    fn n_rows(&self) -> usize {
        match self {
            Self::Rows(n) => *n,
            Self::Strata(groups) | Self::Blocks(groups) => groups.iter().map(Vec::len).sum(),
        }
    }

    /// How often each row is drawn, in so many resamples as there are lanes.
    fn draw(&self, poisson: &Poisson, rng: &mut impl Rng) -> Vec<Counts> {
        let mut counts = vec![[0; LANES]; self.n_rows()];
        match self {
            Self::Rows(n) => return poisson.draw(*n, rng),
            Self::Strata(strata) => {
                for rows in strata {
                    let drawn = poisson.draw(rows.len(), rng);
                    let rows = rows.iter().zip(drawn);
                    rows.for_each(|(row, drawn)| counts[*row as usize] = drawn);
                }
            }
            Self::Blocks(blocks) => {
                for (rows, drawn) in blocks.iter().zip(poisson.draw(blocks.len(), rng)) {
                    rows.iter().for_each(|row| counts[*row as usize] = drawn);
                }
            }
        }
        counts
    }
}

/// How many resamples of what, and which randomness.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) n_resamples: u32,
    pub(super) units: &'a Units,
    pub(super) seed: u64,
}

/// Some rows as both models have them.
pub(super) struct PairedPart {
    pub(super) candidate: PackedPart,
    pub(super) reference: PackedPart,
}

/// A metric in all resamples in which it is defined, in the order in which they were drawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Drawn {
    /// Candidate minus reference.
    difference: Vec<f64>,
    /// Positive is better, whatever the metric's direction.
    improvement: Vec<f64>,
}

/// What the resamples say of one metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Summary {
    /// Interval of candidate minus reference.
    pub(super) difference: [f64; 2],
    /// Interval of the improvement.
    pub(super) improvement: [f64; 2],
    /// Standard error of the improvement.
    pub(super) error: f64,
}

impl Drawn {
    /// `None` where the metric is undefined in more than half of the resamples.
    pub(super) fn summary(self, n_resamples: u32, level: f64) -> Option<Summary> {
        let n = self.improvement.len();
        if n == 0 || 2 * n < n_resamples as usize {
            return None;
        }
        let mean = self.improvement.iter().sum::<f64>() / n as f64;
        let squares = self.improvement.iter().map(|i| (i - mean).powi(2));
        let variance = squares.sum::<f64>() / (n as f64 - 1.0).max(1.0);
        Some(Summary {
            difference: percentiles(self.difference, level),
            improvement: percentiles(self.improvement, level),
            error: variance.sqrt(),
        })
    }
}

/// The metrics of each part in all resamples, `[part][metric]`. It depends on the plan alone, not on threads. `None` if it
/// was stopped.
pub(super) fn resample(
    candidate: &Scorer,
    reference: &Scorer,
    parts: &[PairedPart],
    metrics: &[Metric],
    plan: Plan<'_>,
    monitor: &dyn Monitor,
) -> Option<Vec<Vec<Drawn>>> {
    let n_batches = plan.n_resamples.div_ceil(LANES as u32);
    let done = AtomicU64::new(0);
    let poisson = Poisson::new();
    let batch = |batch: u32| {
        if monitor.is_stopped() {
            return None;
        }
        let seed = ContentHash::of_bytes(format!("{}\n{batch}", plan.seed).as_bytes()).seed();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let counts = plan.units.draw(&poisson, &mut rng);
        let scored = parts.iter().map(|part| {
            let of_candidate = candidate.resampled(&part.candidate, metrics, &counts);
            let of_reference = reference.resampled(&part.reference, metrics, &counts);
            of_candidate
                .into_iter()
                .zip(of_reference)
                .collect::<Vec<_>>()
        });
        let scored: Vec<Vec<_>> = scored.collect();
        let n_done = done.fetch_add(1, Ordering::Relaxed) + 1;
        monitor.progress(n_done, u64::from(n_batches), "resampling");
        Some(scored)
    };
    let batches: Option<Vec<_>> = (0..n_batches).into_par_iter().map(batch).collect();
    let batches = batches?;
    let drawn = |part: usize, (i, metric): (usize, &Metric)| {
        let mut drawn = Drawn::default();
        let lanes = batches.iter().flat_map(|batch| {
            let (candidate, reference) = batch[part][i];
            candidate.into_iter().zip(reference)
        });
        for (candidate, reference) in lanes.take(plan.n_resamples as usize) {
            let difference = candidate - reference;
            if !difference.is_nan() {
                drawn.difference.push(difference);
                drawn.improvement.push(match metric.direction() {
                    Direction::Higher => difference,
                    Direction::Lower => -difference,
                    Direction::NearZero => metric.improvement(candidate, reference),
                });
            }
        }
        drawn
    };
    let parts = (0..parts.len()).map(|part| {
        let of_metrics = metrics.iter().enumerate();
        of_metrics.map(|metric| drawn(part, metric)).collect()
    });
    Some(parts.collect())
}

/// The equal-tailed percentiles that hold `level` of the values, by linear interpolation (Hyndman and Fan 1996, type 7).
fn percentiles(mut values: Vec<f64>, level: f64) -> [f64; 2] {
    values.sort_unstable_by(f64::total_cmp);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(units: &Units, of: impl Fn(usize) -> bool) -> [u32; LANES] {
        let counts = units.draw(&Poisson::new(), &mut Xoshiro256PlusPlus::seed_from_u64(3));
        let mut totals = [0; LANES];
        for (_, counts) in counts.iter().enumerate().filter(|(row, _)| of(*row)) {
            for (total, count) in totals.iter_mut().zip(counts) {
                *total += u32::from(*count);
            }
        }
        totals
    }

    #[test]
    fn every_resample_has_as_many_rows_as_there_are() {
        assert_eq!(totals(&Units::Rows(1_000), |_| true), [1_000; LANES]);
        let strata = Units::Strata(vec![(0..30).collect(), (30..100).collect()]);
        assert_eq!(totals(&strata, |row| row < 30), [30; LANES]);
        assert_eq!(totals(&strata, |row| row >= 30), [70; LANES]);
        assert_ne!(totals(&Units::Rows(100), |row| row < 30), [30; LANES]);
    }

    #[test]
    fn the_rows_of_a_block_stay_together() {
        let blocks: Vec<Vec<u32>> = (0..10).map(|b| vec![b, 10 + b, 20 + b]).collect();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        let counts = Units::Blocks(blocks).draw(&Poisson::new(), &mut rng);
        for block in 0..10 {
            assert_eq!(counts[block], counts[10 + block]);
            assert_eq!(counts[block], counts[20 + block]);
        }
        let sum: u32 = counts.iter().flatten().map(|c| u32::from(*c)).sum();
        assert_eq!(sum, 30 * LANES as u32);
    }

    #[test]
    fn percentiles_are_numpys() {
        // numpy.quantile([1, 2, 4, 8, 16], [0.05, 0.95]).
        let [low, high] = percentiles(vec![16.0, 1.0, 8.0, 2.0, 4.0], 0.9);
        assert!((low - 1.2).abs() < 1e-12 && (high - 14.4).abs() < 1e-12);
    }
}
