//! Classes: per-row quantities of a classification.

use super::ranking::Ranking;
use super::{Lanes, ROWS_A_BLOCK, Weights, by_lane, flush};
use crate::domain::metric::Metric;
use std::collections::BTreeMap;

/// Bins of the calibration error.
pub(in crate::evaluate) const N_CALIBRATION_BINS: usize = 10;

/// The bin of a probability: ten of equal width, the last one closed on both sides.
pub(in crate::evaluate) fn calibration_bin(p: f64) -> usize {
    ((p * N_CALIBRATION_BINS as f64) as usize).min(N_CALIBRATION_BINS - 1)
}

pub(super) struct ClassRows {
    n_classes: usize,
    rows: Vec<ClassRow>,
    /// The place of each row by descending probability, of each class that is ranked.
    places: Vec<Vec<u32>>,
}

/// One row.
struct ClassRow {
    /// Negative log-likelihood.
    loss: f64,
    brier: f64,
    /// Calibration: predicted minus observed, and the bin.
    gap: f64,
    bin: u8,
    truth: u32,
    label: u32,
}

/// Rows of a part that are in one cell of the confusion matrix and one calibration bin.
pub(super) struct Group<F> {
    cell: usize,
    bin: usize,
    rows: Vec<PackedRow<F>>,
}

/// What is summed of a row, and its place.
struct PackedRow<F> {
    place: u32,
    loss: F,
    brier: F,
    gap: F,
}

impl ClassRows {
    pub(super) fn new(n_classes: usize, codes: &[u32], values: &[f64], labels: &[u32]) -> Self {
        let eps = f64::EPSILON;
        let of_row = |row: usize, probabilities: &[f64]| {
            let truth = codes[row] as usize;
            let hit = |class: usize| f64::from(u8::from(class == truth));
            // Two classes: of the positive one. More: of the most probable one, and whether it was right.
            let (brier, confidence, observed) = if n_classes == 2 {
                let p = probabilities[1];
                ((p - hit(1)).powi(2), p, hit(1))
            } else {
                let squares = probabilities.iter().enumerate();
                let brier = squares.map(|(class, p)| (p - hit(class)).powi(2)).sum();
                let label = labels[row] as usize;
                (brier, probabilities[label], hit(label))
            };
            ClassRow {
                loss: -probabilities[truth].clamp(eps, 1.0 - eps).ln(),
                brier,
                gap: confidence - observed,
                bin: calibration_bin(confidence) as u8,
                truth: codes[row],
                label: labels[row],
            }
        };
        let rows = values.chunks_exact(n_classes).enumerate();
        Self {
            n_classes,
            rows: rows.map(|(row, p)| of_row(row, p)).collect(),
            places: ranked_classes(n_classes)
                .map(|class| places(values, n_classes, class))
                .collect(),
        }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Rows by group.
    pub(super) fn packed<F>(&self, rows: &[u32], number: fn(f64) -> F) -> Vec<Group<F>> {
        let cell = |row: &ClassRow| row.truth as usize * self.n_classes + row.label as usize;
        let mut groups: BTreeMap<(usize, usize), Vec<PackedRow<F>>> = BTreeMap::new();
        for place in rows {
            let row = &self.rows[*place as usize];
            let group = groups.entry((cell(row), usize::from(row.bin)));
            group.or_default().push(PackedRow {
                place: *place,
                loss: number(row.loss),
                brier: number(row.brier),
                gap: number(row.gap),
            });
        }
        let groups = groups.into_iter();
        groups
            .map(|((cell, bin), rows)| Group { cell, bin, rows })
            .collect()
    }

    /// One a class that is ranked.
    pub(super) fn rankings(&self, rows: &[u32]) -> Vec<Ranking> {
        ranked_classes(self.n_classes)
            .zip(&self.places)
            .map(|(class, places)| {
                let is_positive = |row: usize| self.rows[row].truth as usize == class;
                Ranking::new(rows, places, is_positive)
            })
            .collect()
    }

    pub(super) fn differs(&self, other: &Self, row: usize, by_label: bool) -> bool {
        let (own, other) = (&self.rows[row], &other.rows[row]);
        if by_label {
            own.label != other.label
        } else {
            own.loss != other.loss || own.gap != other.gap || own.brier != other.brier
        }
    }

    pub(super) fn discordant(&self, other: &Self, rows: &[u32]) -> [u64; 2] {
        let is_right = |rows: &Self, row: u32| {
            let row = &rows.rows[row as usize];
            row.label == row.truth
        };
        let mut counts = [0; 2];
        for row in rows {
            match (is_right(self, *row), is_right(other, *row)) {
                (true, false) => counts[0] += 1,
                (false, true) => counts[1] += 1,
                _ => {}
            }
        }
        counts
    }

    /// Metrics of packed rows and their rankings, with the weights of their places.
    pub(super) fn values<F: Copy + Into<f64>, V: Lanes<L>, const L: usize>(
        &self,
        groups: &[Group<F>],
        rankings: &[Ranking],
        metrics: &[Metric],
        weights: &impl Weights<V>,
    ) -> Vec<[f64; L]> {
        let n_classes = self.n_classes;
        let mut sums = Sums::<L>::new(n_classes);
        for group in groups {
            for rows in group.rows.chunks(ROWS_A_BLOCK) {
                sums.take(group, Run::of(rows, weights));
            }
        }
        let Sums {
            loss,
            brier,
            gaps,
            confusion,
        } = sums;
        let total: [f64; L] = by_lane(|l| confusion.iter().map(|cell| cell[l]).sum());
        let decisions: [Decisions; L] = std::array::from_fn(|l| {
            let counts: Vec<f64> = confusion.iter().map(|cell| cell[l]).collect();
            Decisions::of(&counts, n_classes, total[l])
        });
        let is_area = |m: &Metric| matches!(m, Metric::RocAuc | Metric::PrAuc);
        let wants_areas = metrics.iter().any(is_area);
        let [roc, precision] = if wants_areas {
            areas(rankings, weights)
        } else {
            [[f64::NAN; L]; 2]
        };
        // Without a row all of them are 0 / 0.
        let mean = |sums: &[f64; L], l: usize| sums[l] / total[l];
        let calibration = |l: usize| gaps.iter().map(|gap| gap[l].abs()).sum::<f64>() / total[l];
        metrics
            .iter()
            .map(|metric| match metric {
                Metric::LogLoss => by_lane(|l| mean(&loss, l)),
                Metric::RocAuc => roc,
                Metric::PrAuc => precision,
                Metric::Brier => by_lane(|l| mean(&brier, l)),
                Metric::Accuracy => by_lane(|l| decisions[l].accuracy),
                Metric::Precision => by_lane(|l| decisions[l].precision),
                Metric::Recall => by_lane(|l| decisions[l].recall),
                Metric::F1 => by_lane(|l| decisions[l].f1),
                Metric::CalibrationError => by_lane(calibration),
                Metric::Rmse | Metric::Mae | Metric::R2 | Metric::Bias => [f64::NAN; L],
            })
            .collect()
    }
}

/// Weighted sums of all rows.
struct Sums<const L: usize> {
    loss: [f64; L],
    brier: [f64; L],
    gaps: [[f64; L]; N_CALIBRATION_BINS],
    /// By truth and label.
    confusion: Vec<[f64; L]>,
}

/// Weighted sums of a few rows that have one bin and one cell of the confusion matrix.
struct Run<V> {
    weight: V,
    loss: V,
    brier: V,
    gap: V,
}

impl<V> Run<V> {
    // Alone, so that the sums stay in registers.
    #[inline(never)]
    fn of<F: Copy + Into<f64>, const L: usize>(
        rows: &[PackedRow<F>],
        weights: &impl Weights<V>,
    ) -> Self
    where
        V: Lanes<L>,
    {
        let zero = V::of(0.0);
        let (mut weight, mut loss, mut brier, mut gap) = (zero, zero, zero, zero);
        for row in rows {
            let w = weights.of(row.place);
            weight += w;
            loss += w * V::of(row.loss.into());
            brier += w * V::of(row.brier.into());
            gap += w * V::of(row.gap.into());
        }
        Self {
            weight,
            loss,
            brier,
            gap,
        }
    }
}

impl<const L: usize> Sums<L> {
    fn new(n_classes: usize) -> Self {
        Self {
            loss: [0.0; L],
            brier: [0.0; L],
            gaps: [[0.0; L]; N_CALIBRATION_BINS],
            confusion: vec![[0.0; L]; n_classes * n_classes],
        }
    }

    fn take<F, V: Lanes<L>>(&mut self, group: &Group<F>, run: Run<V>) {
        flush(&mut self.loss, run.loss);
        flush(&mut self.brier, run.brier);
        flush(&mut self.gaps[group.bin], run.gap);
        flush(&mut self.confusion[group.cell], run.weight);
    }
}

/// Two classes: the positive one. More: each against the rest.
fn ranked_classes(n_classes: usize) -> std::ops::Range<usize> {
    if n_classes == 2 { 1..2 } else { 0..n_classes }
}

/// The place of each row by descending probability of a class; equal ones have equal places.
fn places(values: &[f64], n_classes: usize, class: usize) -> Vec<u32> {
    let score = |row: u32| values[row as usize * n_classes + class];
    let n_rows = (values.len() / n_classes) as u32;
    let mut order: Vec<u32> = (0..n_rows).collect();
    order.sort_unstable_by(|a, b| score(*b).total_cmp(&score(*a)));
    let mut places = vec![0; order.len()];
    let mut place = 0;
    for (i, row) in order.iter().enumerate() {
        if i > 0 && score(order[i - 1]) != score(*row) {
            place = i as u32;
        }
        places[*row as usize] = place;
    }
    places
}

/// ROC AUC and average precision; unweighted means over the rankings.
fn areas<V: Lanes<L>, const L: usize>(
    rankings: &[Ranking],
    weights: &impl Weights<V>,
) -> [[f64; L]; 2] {
    let mut sums = [[0.0; L]; 2];
    for ranking in rankings {
        for (sum, area) in sums.iter_mut().zip(ranking.areas(weights)) {
            for (sum, area) in sum.iter_mut().zip(area) {
                *sum += area;
            }
        }
    }
    sums.map(|sum| sum.map(|area| area / rankings.len() as f64))
}

/// Metrics of the labels.
struct Decisions {
    accuracy: f64,
    precision: f64,
    recall: f64,
    f1: f64,
}

impl Decisions {
    /// All NaN where nothing was counted.
    fn of(confusion: &[f64], n_classes: usize, total: f64) -> Self {
        let at = |truth: usize, label: usize| confusion[truth * n_classes + label];
        let right: f64 = (0..n_classes).map(|c| at(c, c)).sum();
        let (mut precision, mut recall, mut f1, mut n_present) = (0.0, 0.0, 0.0, 0.0);
        for class in ranked_classes(n_classes) {
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
        let defined = |value: f64| if total > 0.0 { value } else { f64::NAN };
        Self {
            accuracy: right / total,
            precision: defined(share(precision, n_present)),
            recall: defined(share(recall, n_present)),
            f1: defined(share(f1, n_present)),
        }
    }
}

/// A quotient that is 0 where its denominator is.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
