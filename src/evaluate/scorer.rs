//! Predictions prepared once for scoring many times with different row weights: per-row losses, and orders by score,
//! so that a resample of the bootstrap costs one pass and no sorting. Who is weighted how is left to the caller.

use crate::domain::metric::Metric;
use crate::domain::prediction::{Predictions, Targets};

/// Bins of the calibration error.
pub(super) const N_CALIBRATION_BINS: usize = 10;

/// The bin of a probability: ten of equal width, the last one closed on both sides.
pub(super) fn calibration_bin(p: f64) -> usize {
    ((p * N_CALIBRATION_BINS as f64) as usize).min(N_CALIBRATION_BINS - 1)
}

/// Predictions and truth of some rows, ready to be weighted.
pub(super) struct Scorer {
    rows: Rows,
}

enum Rows {
    Classes(ClassRows),
    Values(ValueRows),
}

/// Per-row quantities of a classification.
struct ClassRows {
    n_classes: usize,
    truth: Vec<u32>,
    label: Vec<u32>,
    /// Negative log-likelihood.
    loss: Vec<f64>,
    brier: Vec<f64>,
    /// Calibration: bin, and predicted minus observed.
    bin: Vec<u8>,
    gap: Vec<f64>,
    /// Two classes: one order, of the positive class. More: one a class, against the rest.
    rankings: Vec<Ranking>,
}

/// Rows by descending score.
struct Ranking {
    entries: Vec<RankedRow>,
}

/// One row of a ranking.
#[derive(Clone, Copy)]
struct RankedRow {
    row: u32,
    positive: bool,
    /// Whether the next row has a smaller score.
    ends_tie: bool,
}

struct ValueRows {
    truth: Vec<f64>,
    /// Prediction minus truth.
    error: Vec<f64>,
}

impl Scorer {
    /// Prepares; `None` where there are no rows or predictions and targets do not fit together.
    pub(super) fn new(targets: &Targets, predictions: &Predictions) -> Option<Self> {
        if targets.n_rows() == 0 || targets.n_rows() != predictions.n_rows() {
            return None;
        }
        let rows = match (targets, predictions) {
            (
                Targets::Classes { n_classes, codes },
                Predictions::Probabilities {
                    n_classes: n_predicted,
                    values,
                },
            ) => {
                let fits = n_classes == n_predicted
                    && *n_classes >= 2
                    && codes.iter().all(|c| (*c as usize) < *n_classes);
                if !fits {
                    return None;
                }
                Rows::Classes(ClassRows::new(
                    *n_classes,
                    codes,
                    values,
                    predictions.labels(),
                ))
            }
            (Targets::Values(truth), Predictions::Values(values)) => Rows::Values(ValueRows {
                truth: truth.clone(),
                error: values.iter().zip(truth).map(|(p, y)| p - y).collect(),
            }),
            _ => return None,
        };
        Some(Self { rows })
    }

    /// The metrics with these weights, one a row (`None`: all 1).
    pub(super) fn values(&self, metrics: &[Metric], weights: Option<&[f64]>) -> Vec<Option<f64>> {
        match weights {
            None => self.weighted(metrics, |_| 1.0),
            Some(w) => self.weighted(metrics, |row| w[row]),
        }
    }

    fn weighted(&self, metrics: &[Metric], weight: impl Fn(usize) -> f64) -> Vec<Option<f64>> {
        match &self.rows {
            Rows::Classes(rows) => rows.values(metrics, weight),
            Rows::Values(rows) => rows.values(metrics, weight),
        }
    }
}

impl ClassRows {
    fn new(n_classes: usize, codes: &[u32], values: &[f64], label: Vec<u32>) -> Self {
        let eps = f64::EPSILON;
        let n_rows = codes.len();
        let mut rows = Self {
            n_classes,
            truth: codes.to_vec(),
            label,
            loss: Vec::with_capacity(n_rows),
            brier: Vec::with_capacity(n_rows),
            bin: Vec::with_capacity(n_rows),
            gap: Vec::with_capacity(n_rows),
            rankings: Vec::new(),
        };
        for (row, probabilities) in values.chunks_exact(n_classes).enumerate() {
            let truth = codes[row] as usize;
            rows.loss
                .push(-probabilities[truth].clamp(eps, 1.0 - eps).ln());
            let hit = |class: usize| f64::from(u8::from(class == truth));
            // Two classes: of the positive one. More: of the most probable one, and whether it was right.
            let (brier, confidence, observed) = if n_classes == 2 {
                let p = probabilities[1];
                ((p - hit(1)).powi(2), p, hit(1))
            } else {
                let brier = probabilities
                    .iter()
                    .enumerate()
                    .map(|(class, p)| (p - hit(class)).powi(2))
                    .sum();
                let label = rows.label[row] as usize;
                (brier, probabilities[label], hit(label))
            };
            rows.brier.push(brier);
            rows.bin.push(calibration_bin(confidence) as u8);
            rows.gap.push(confidence - observed);
        }
        let ranked = if n_classes == 2 { 1..2 } else { 0..n_classes };
        rows.rankings = ranked
            .map(|class| Ranking::new(codes, values, n_classes, class))
            .collect();
        rows
    }

    fn values(&self, metrics: &[Metric], weight: impl Fn(usize) -> f64) -> Vec<Option<f64>> {
        let n_classes = self.n_classes;
        let mut total = 0.0;
        let mut loss = 0.0;
        let mut brier = 0.0;
        let mut gaps = [0.0; N_CALIBRATION_BINS];
        let mut confusion = vec![0.0; n_classes * n_classes];
        for row in 0..self.truth.len() {
            let w = weight(row);
            total += w;
            loss += w * self.loss[row];
            brier += w * self.brier[row];
            gaps[usize::from(self.bin[row])] += w * self.gap[row];
            confusion[self.truth[row] as usize * n_classes + self.label[row] as usize] += w;
        }
        if total <= 0.0 {
            return vec![None; metrics.len()];
        }
        let decisions = Decisions::of(&confusion, n_classes, total);
        let wants_areas = metrics.contains(&Metric::RocAuc) || metrics.contains(&Metric::PrAuc);
        let areas = wants_areas.then(|| self.areas(&weight));
        metrics
            .iter()
            .map(|metric| match metric {
                Metric::LogLoss => Some(loss / total),
                Metric::RocAuc => areas.and_then(|a| a.0),
                Metric::PrAuc => areas.and_then(|a| a.1),
                Metric::Brier => Some(brier / total),
                Metric::Accuracy => Some(decisions.accuracy),
                Metric::Precision => Some(decisions.precision),
                Metric::Recall => Some(decisions.recall),
                Metric::F1 => Some(decisions.f1),
                Metric::CalibrationError => {
                    Some(gaps.iter().map(|gap: &f64| gap.abs()).sum::<f64>() / total)
                }
                Metric::Rmse | Metric::Mae | Metric::R2 | Metric::Bias => None,
            })
            .collect()
    }

    /// ROC AUC and average precision; unweighted means over the rankings.
    fn areas(&self, weight: &impl Fn(usize) -> f64) -> (Option<f64>, Option<f64>) {
        let mut roc = Some(0.0);
        let mut precision = Some(0.0);
        for ranking in &self.rankings {
            let (one_roc, one_precision) = ranking.areas(weight);
            roc = roc.zip(one_roc).map(|(sum, area)| sum + area);
            precision = precision.zip(one_precision).map(|(sum, area)| sum + area);
        }
        let n = self.rankings.len() as f64;
        (roc.map(|sum| sum / n), precision.map(|sum| sum / n))
    }
}

impl Ranking {
    fn new(codes: &[u32], values: &[f64], n_classes: usize, class: usize) -> Self {
        let score = |row: u32| values[row as usize * n_classes + class];
        let mut order: Vec<u32> = (0..codes.len() as u32).collect();
        order.sort_unstable_by(|a, b| score(*b).total_cmp(&score(*a)).then(a.cmp(b)));
        let entries = order
            .iter()
            .enumerate()
            .map(|(i, &row)| RankedRow {
                row,
                positive: codes[row as usize] as usize == class,
                ends_tie: order
                    .get(i + 1)
                    .is_none_or(|&next| score(next) != score(row)),
            })
            .collect();
        Self { entries }
    }

    /// Area under the ROC curve (ties count half: midranks) and average precision (sum over thresholds of the gain in
    /// recall times the precision there).
    fn areas(&self, weight: &impl Fn(usize) -> f64) -> (Option<f64>, Option<f64>) {
        let (mut positives, mut negatives) = (0.0, 0.0);
        let (mut tie_positives, mut tie_negatives) = (0.0, 0.0);
        let (mut pairs, mut steps) = (0.0, 0.0);
        for entry in &self.entries {
            let w = weight(entry.row as usize);
            if entry.positive {
                tie_positives += w;
            } else {
                tie_negatives += w;
            }
            if entry.ends_tie {
                pairs += tie_negatives * (positives + 0.5 * tie_positives);
                positives += tie_positives;
                negatives += tie_negatives;
                if tie_positives > 0.0 {
                    steps += tie_positives * positives / (positives + negatives);
                }
                (tie_positives, tie_negatives) = (0.0, 0.0);
            }
        }
        let roc = (positives > 0.0 && negatives > 0.0).then(|| pairs / (positives * negatives));
        let precision = (positives > 0.0).then(|| steps / positives);
        (roc, precision)
    }
}

/// Metrics of the labels.
struct Decisions {
    accuracy: f64,
    precision: f64,
    recall: f64,
    f1: f64,
}

impl Decisions {
    fn of(confusion: &[f64], n_classes: usize, total: f64) -> Self {
        let at = |truth: usize, label: usize| confusion[truth * n_classes + label];
        let right: f64 = (0..n_classes).map(|c| at(c, c)).sum();
        let classes = if n_classes == 2 { 1..2 } else { 0..n_classes };
        let (mut precision, mut recall, mut f1, mut n_present) = (0.0, 0.0, 0.0, 0.0);
        for class in classes {
            let of_truth: f64 = (0..n_classes).map(|label| at(class, label)).sum();
            let of_label: f64 = (0..n_classes).map(|truth| at(truth, class)).sum();
            if n_classes > 2 && of_truth == 0.0 && of_label == 0.0 {
                continue;
            }
            n_present += 1.0;
            precision += share(at(class, class), of_label);
            recall += share(at(class, class), of_truth);
            f1 += share(2.0 * at(class, class), of_truth + of_label);
        }
        Self {
            accuracy: right / total,
            precision: share(precision, n_present),
            recall: share(recall, n_present),
            f1: share(f1, n_present),
        }
    }
}

/// A quotient that is 0 where its denominator is.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

impl ValueRows {
    fn values(&self, metrics: &[Metric], weight: impl Fn(usize) -> f64) -> Vec<Option<f64>> {
        let (mut total, mut sum, mut absolute, mut squared, mut truth) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let mut first: Option<f64> = None;
        let mut varies = false;
        for (row, error) in self.error.iter().enumerate() {
            let w = weight(row);
            total += w;
            sum += w * error;
            absolute += w * error.abs();
            squared += w * error * error;
            truth += w * self.truth[row];
            if w > 0.0 {
                varies |= *first.get_or_insert(self.truth[row]) != self.truth[row];
            }
        }
        if total <= 0.0 {
            return vec![None; metrics.len()];
        }
        let mean = truth / total;
        metrics
            .iter()
            .map(|metric| match metric {
                Metric::Rmse => Some((squared / total).sqrt()),
                Metric::Mae => Some(absolute / total),
                Metric::Bias => Some(sum / total),
                Metric::R2 if varies => {
                    let spread: f64 = self
                        .truth
                        .iter()
                        .enumerate()
                        .map(|(row, y)| weight(row) * (y - mean).powi(2))
                        .sum();
                    Some(1.0 - squared / spread)
                }
                _ => None,
            })
            .collect()
    }
}
