//! Decisions by threshold: what two models would decide at any of a thousand thresholds, over all rows and in every segment,
//! and what that costs. Counted once by `evaluate::thresholds`; looking a threshold up takes no time that grows with the rows.

use super::comparison::{ConfusionMatrix, Place};
use serde::{Deserialize, Serialize};

/// Steps of the threshold between 0 and 1.
pub const N_STEPS: usize = 1_000;

/// What models decide in all rows and in segments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdReport {
    /// The class that is called.
    pub positive: String,
    /// All rows first, then the segments.
    pub parts: Vec<ThresholdPart>,
}

/// Some rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdPart {
    /// The segment as text; `None` is all rows.
    pub segment: Option<String>,
    /// Its set.
    pub set: Option<String>,
    /// A model each.
    pub models: Vec<(Place, ThresholdSweep)>,
}

/// Decisions of one model at every threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdSweep {
    /// At each step, positives and negatives that are called positive; the first step calls everything.
    pub called: Vec<[u32; 2]>,
}

/// Confusion counts at one threshold: positive when the probability is at least the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ThresholdCounts {
    /// The threshold.
    pub threshold: f64,
    /// True positives.
    pub tp: u64,
    /// False positives.
    pub fp: u64,
    /// True negatives.
    pub tn: u64,
    /// False negatives.
    pub r#fn: u64,
}

impl ThresholdCounts {
    /// Of a matrix of two classes at its threshold, the second one being what is called; `None` of more classes.
    #[must_use]
    pub fn of(threshold: f64, matrix: &ConfusionMatrix) -> Option<Self> {
        let [negatives, positives] = matrix.counts.as_slice() else {
            return None;
        };
        let ([tn, fp], [r#fn, tp]) = (negatives.as_slice(), positives.as_slice()) else {
            return None;
        };
        Some(Self {
            threshold,
            tp: *tp,
            fp: *fp,
            tn: *tn,
            r#fn: *r#fn,
        })
    }

    /// Share of the positives that are called; `None` without any.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.tp, self.tp + self.r#fn)
    }

    /// Share of the negatives that are called; `None` without any.
    #[must_use]
    pub fn false_positive_rate(&self) -> Option<f64> {
        share(self.fp, self.fp + self.tn)
    }

    /// Share of the called ones that are positive; `None` where nothing is called.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.tp, self.tp + self.fp)
    }

    /// F1: harmonic mean of precision and recall; `None` without positives where nothing is called.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.tp, 2 * self.tp + self.fp + self.r#fn)
    }

    /// Share of the rows that are decided rightly; `None` without rows.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        share(self.tp + self.tn, self.n_rows())
    }

    /// Share of the rows that are called; `None` without rows.
    #[must_use]
    pub fn called(&self) -> Option<f64> {
        share(self.tp + self.fp, self.n_rows())
    }

    /// All rows.
    #[must_use]
    pub fn n_rows(&self) -> u64 {
        self.tp + self.fp + self.tn + self.r#fn
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// What wrong decisions cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// A negative that is called positive.
    pub false_positive: f64,
    /// A positive that is not called.
    pub false_negative: f64,
}

impl Costs {
    /// Of counts.
    #[must_use]
    pub fn of(self, counts: &ThresholdCounts) -> f64 {
        self.false_positive * counts.fp as f64 + self.false_negative * counts.r#fn as f64
    }
}

/// The threshold of a step.
#[must_use]
pub fn threshold(step: usize) -> f64 {
    step as f64 / N_STEPS as f64
}

impl ThresholdSweep {
    /// The counts at the step that is nearest to a threshold.
    #[must_use]
    pub fn at(&self, threshold: f64) -> ThresholdCounts {
        let step = (threshold.clamp(0.0, 1.0) * N_STEPS as f64).round() as usize;
        self.of_step(step)
    }

    fn of_step(&self, step: usize) -> ThresholdCounts {
        let [tp, fp] = self.called.get(step).copied().unwrap_or_default();
        let [n_positive, n_negative] = self.called.first().copied().unwrap_or_default();
        ThresholdCounts {
            threshold: threshold(step),
            tp: u64::from(tp),
            fp: u64::from(fp),
            tn: u64::from(n_negative - fp),
            r#fn: u64::from(n_positive - tp),
        }
    }

    /// The counts at the threshold that costs least; of equal ones the one nearest to a half. `None` without rows.
    #[must_use]
    pub fn cheapest(&self, costs: Costs) -> Option<ThresholdCounts> {
        let steps = 0..self.called.len();
        let from_half = |counts: &ThresholdCounts| (counts.threshold - 0.5).abs();
        steps.map(|step| self.of_step(step)).min_by(|a, b| {
            let costs = costs.of(a).total_cmp(&costs.of(b));
            costs.then(from_half(a).total_cmp(&from_half(b)))
        })
    }
}
