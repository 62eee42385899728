//! What a person looks at besides the numbers: ROC, precision-recall and calibration curves, confusion counts,
//! residuals. Long curves are thinned the same way every time. Drawing is left to the window.

use super::scorer::{N_CALIBRATION_BINS, calibration_bin};
use crate::domain::comparison::{CalibrationBin, ConfusionMatrix, CurvePoint};
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::statistics::HistogramBin;

/// Most points of a thinned curve.
pub const MAX_CURVE_POINTS: usize = 400;
/// Most rows of the sample of predictions.
pub const MAX_PREDICTED: usize = 500;
/// Bins of the histogram of residuals.
pub const N_RESIDUAL_BINS: usize = 30;

/// Probabilities of the positive class with their truth; `None` unless there are exactly two classes.
fn binary(targets: &Targets, predictions: &Predictions) -> Option<Vec<(f64, bool)>> {
    match (targets, predictions) {
        (
            Targets::Classes {
                n_classes: 2,
                codes,
            },
            Predictions::Probabilities {
                n_classes: 2,
                values,
            },
        ) if values.len() == 2 * codes.len() => Some(
            values
                .chunks_exact(2)
                .zip(codes)
                .map(|(p, code)| (p[1], *code == 1))
                .collect(),
        ),
        _ => None,
    }
}

/// Cumulated counts at each distinct score, highest score first: threshold, true positives, false positives.
fn cumulated(mut rows: Vec<(f64, bool)>) -> Vec<(f64, f64, f64)> {
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut tp, mut fp) = (0.0, 0.0);
    let mut counts = Vec::new();
    for (i, (score, positive)) in rows.iter().enumerate() {
        if *positive {
            tp += 1.0;
        } else {
            fp += 1.0;
        }
        if rows.get(i + 1).is_none_or(|next| next.0 != *score) {
            counts.push((*score, tp, fp));
        }
    }
    counts
}

/// The ROC curve from (0, 0) to (1, 1); empty unless both of two classes have rows.
#[must_use]
pub fn roc(targets: &Targets, predictions: &Predictions) -> Vec<CurvePoint> {
    let Some(rows) = binary(targets, predictions) else {
        return Vec::new();
    };
    let counts = cumulated(rows);
    let Some(&(_, n_positive, n_negative)) = counts.last() else {
        return Vec::new();
    };
    if n_positive == 0.0 || n_negative == 0.0 {
        return Vec::new();
    }
    let mut points = vec![CurvePoint {
        x: 0.0,
        y: 0.0,
        threshold: None,
    }];
    points.extend(counts.iter().map(|(score, tp, fp)| CurvePoint {
        x: fp / n_negative,
        y: tp / n_positive,
        threshold: Some(*score),
    }));
    // Points in the middle of a straight run are not corners and can be drawn without.
    let corners: Vec<CurvePoint> = points
        .iter()
        .enumerate()
        .filter(|(i, p)| {
            let (Some(a), Some(b)) = (i.checked_sub(1).map(|j| points[j]), points.get(i + 1))
            else {
                return true;
            };
            ((p.x - a.x) * (b.y - p.y) - (p.y - a.y) * (b.x - p.x)).abs() > 1e-15
        })
        .map(|(_, p)| *p)
        .collect();
    // x + y grows along the curve, so equal steps of it are never more than 2 / 400 apart in either direction.
    thin_by(&corners, MAX_CURVE_POINTS, |p| (p.x + p.y) / 2.0)
}

/// The precision-recall curve by ascending recall, from (0, 1) on; empty where there are no positives.
#[must_use]
pub fn precision_recall(targets: &Targets, predictions: &Predictions) -> Vec<CurvePoint> {
    let Some(rows) = binary(targets, predictions) else {
        return Vec::new();
    };
    let counts = cumulated(rows);
    let n_positive = counts.last().map_or(0.0, |c| c.1);
    if n_positive == 0.0 {
        return Vec::new();
    }
    let mut points = vec![CurvePoint {
        x: 0.0,
        y: 1.0,
        threshold: None,
    }];
    // After full recall the precision only falls: nobody would choose those thresholds (as in scikit-learn up to 1.2).
    let useful = counts
        .iter()
        .position(|c| c.1 >= n_positive)
        .map_or(counts.len(), |last| last + 1);
    points.extend(counts[..useful].iter().map(|(score, tp, fp)| CurvePoint {
        x: tp / n_positive,
        y: tp / (tp + fp),
        threshold: Some(*score),
    }));
    thin_extremes(&points, MAX_CURVE_POINTS)
}

/// Keeps the ends and the first point of each of `max - 1` equal parts of a position that grows from 0 to 1.
fn thin_by(
    points: &[CurvePoint],
    max: usize,
    position: impl Fn(&CurvePoint) -> f64,
) -> Vec<CurvePoint> {
    if points.len() <= max {
        return points.to_vec();
    }
    let n_parts = (max - 1) as f64;
    let mut kept: Vec<CurvePoint> = Vec::with_capacity(max);
    let mut last_part = f64::NEG_INFINITY;
    for point in &points[..points.len() - 1] {
        let part = (position(point) * n_parts).floor();
        if part > last_part {
            kept.push(*point);
            last_part = part;
        }
    }
    kept.push(points[points.len() - 1]);
    kept
}

/// Keeps the ends and, in each of equally many parts by the abscissa, the lowest and the highest point.
fn thin_extremes(points: &[CurvePoint], max: usize) -> Vec<CurvePoint> {
    if points.len() <= max {
        return points.to_vec();
    }
    let n_parts = (max - 2) / 2;
    let part = |p: &CurvePoint| ((p.x * n_parts as f64) as usize).min(n_parts - 1);
    let inner = &points[1..points.len() - 1];
    let mut kept = vec![points[0]];
    for run in inner.chunk_by(|a, b| part(a) == part(b)) {
        let (mut low, mut high) = (0, 0);
        for (i, p) in run.iter().enumerate() {
            if p.y < run[low].y {
                low = i;
            }
            if p.y > run[high].y {
                high = i;
            }
        }
        kept.push(run[low.min(high)]);
        if low != high {
            kept.push(run[low.max(high)]);
        }
    }
    kept.push(points[points.len() - 1]);
    kept
}

/// Mean predicted probability against the observed share, ten bins of equal width; bins without rows are left out.
#[must_use]
pub fn calibration(targets: &Targets, predictions: &Predictions) -> Vec<CalibrationBin> {
    let mut sums = [(0.0, 0.0, 0_u64); N_CALIBRATION_BINS];
    for (p, positive) in binary(targets, predictions).unwrap_or_default() {
        let bin = &mut sums[calibration_bin(p)];
        bin.0 += p;
        bin.1 += f64::from(u8::from(positive));
        bin.2 += 1;
    }
    sums.iter()
        .filter(|(_, _, n_rows)| *n_rows > 0)
        .map(|&(predicted, observed, n_rows)| CalibrationBin {
            predicted: predicted / n_rows as f64,
            observed: observed / n_rows as f64,
            n_rows,
        })
        .collect()
}

/// Confusion counts of the most probable class (the first of equals, as `Predictions::labels` says); `None` for
/// regression.
#[must_use]
pub fn confusion(targets: &Targets, predictions: &Predictions) -> Option<ConfusionMatrix> {
    let Targets::Classes { n_classes, codes } = targets else {
        return None;
    };
    let mut counts = vec![vec![0; *n_classes]; *n_classes];
    for (truth, label) in codes.iter().zip(predictions.labels()) {
        counts[*truth as usize][label as usize] += 1;
    }
    Some(ConfusionMatrix { counts })
}

/// Histogram of prediction minus truth, in up to 30 bins of equal width; one bin where all residuals are equal; empty
/// unless it is a regression.
#[must_use]
pub fn residuals(targets: &Targets, predictions: &Predictions) -> Vec<HistogramBin> {
    let (Targets::Values(truth), Predictions::Values(values)) = (targets, predictions) else {
        return Vec::new();
    };
    let residuals: Vec<f64> = values
        .iter()
        .zip(truth)
        .map(|(p, y)| p - y)
        .filter(|r| r.is_finite())
        .collect();
    let low = residuals.iter().copied().fold(f64::INFINITY, f64::min);
    let high = residuals.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if residuals.is_empty() {
        return Vec::new();
    }
    let width = (high - low) / N_RESIDUAL_BINS as f64;
    let count = residuals.len() as u64;
    if width <= 0.0 || !width.is_finite() {
        return vec![HistogramBin { low, high, count }];
    }
    let edge = |i: usize| {
        if i == N_RESIDUAL_BINS {
            high
        } else {
            low + width * i as f64
        }
    };
    let mut bins: Vec<HistogramBin> = (0..N_RESIDUAL_BINS)
        .map(|i| HistogramBin {
            low: edge(i),
            high: edge(i + 1),
            count: 0,
        })
        .collect();
    for residual in residuals {
        let after = bins.partition_point(|bin| bin.low <= residual);
        bins[after.saturating_sub(1)].count += 1;
    }
    bins
}

/// Truth and prediction of up to 500 rows, evenly spaced; empty unless it is a regression.
#[must_use]
pub fn predicted(targets: &Targets, predictions: &Predictions) -> Vec<CurvePoint> {
    let (Targets::Values(truth), Predictions::Values(values)) = (targets, predictions) else {
        return Vec::new();
    };
    let n_rows = truth.len().min(values.len());
    let n_kept = n_rows.min(MAX_PREDICTED);
    (0..n_kept)
        .map(|i| i * n_rows / n_kept)
        .map(|row| CurvePoint {
            x: truth[row],
            y: values[row],
            threshold: None,
        })
        .collect()
}
