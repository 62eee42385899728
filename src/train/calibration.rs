//! Puts probabilities right: maps from what a classifier says to what came true, learned from rows that it was not
//! trained on. Platt's sigmoid by linfa; the isotonic map by the pool-adjacent-violators algorithm (Ayer et al. 1955),
//! which is ours: linfa-linear 0.8.1 pairs sorted answers with unsorted inputs.

use super::algorithm::choice;
use crate::domain::algorithm::{ParamInfo, ParamRange, Params};
use crate::domain::prediction::{Predictions, Targets};
use crate::model::calibrated::{CalibrationMap, calibrate, log_odds};
use linfa::ParamGuard;
use linfa::composing::platt_scaling::platt_newton_method;
use ndarray::ArrayView1;

/// Name of the parameter that all classifiers have.
const NAME: &str = "calibration";

/// Points of an isotonic map closer than this are one point.
const SMALLEST_STEP: f64 = 1e-9;

/// The parameter that all classifiers have.
pub(super) fn param() -> ParamInfo {
    super::algorithm::param(
        NAME,
        "Calibration",
        "For classes: whether probabilities are put right by what came true in the held-out folds, with a sigmoid (Platt) \
         or any rising line (isotonic, for 1,000 rows or more).",
        ParamRange::Choice(["none", "sigmoid", "isotonic"].map(str::to_owned).to_vec()),
        "none",
    )
}

/// How a map is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calibration {
    Sigmoid,
    Isotonic,
}

impl Calibration {
    /// What complete parameters ask for.
    pub(super) fn of(params: &Params) -> Option<Self> {
        if !params.contains_key(NAME) {
            return None;
        }
        match choice(params, NAME) {
            "sigmoid" => Some(Self::Sigmoid),
            "isotonic" => Some(Self::Isotonic),
            _ => None,
        }
    }

    /// Learns the maps from answers for rows that the classifier had not seen; `None` for numbers.
    ///
    /// # Errors
    /// If the sigmoid cannot be fitted.
    pub(super) fn learn(
        self,
        predictions: &Predictions,
        targets: &Targets,
    ) -> Result<Option<Vec<CalibrationMap>>, String> {
        let (Predictions::Probabilities { n_classes, values }, Targets::Classes { codes, .. }) =
            (predictions, targets)
        else {
            return Ok(None);
        };
        let classes: Vec<usize> = if *n_classes == 2 {
            vec![1]
        } else {
            (0..*n_classes).collect()
        };
        let maps = classes.into_iter().map(|class| {
            let p: Vec<f64> = values.chunks(*n_classes).map(|row| row[class]).collect();
            let is_class: Vec<bool> = codes.iter().map(|c| *c as usize == class).collect();
            match self {
                Self::Sigmoid => {
                    let scores: Vec<f64> = p.iter().map(|p| log_odds(*p)).collect();
                    platt(&scores, &is_class)
                        .map(|(slope, intercept)| CalibrationMap::Sigmoid { slope, intercept })
                }
                Self::Isotonic => Ok(isotonic(&p, &is_class)),
            }
        });
        maps.collect::<Result<_, _>>().map(Some)
    }
}

/// The answers behind the maps.
pub(super) fn calibrated(mut predictions: Predictions, maps: &[CalibrationMap]) -> Predictions {
    if let Predictions::Probabilities { values, .. } = &mut predictions {
        calibrate(values, maps);
    }
    predictions
}

/// Slope and intercept of `1 / (1 + exp(−(slope · score + intercept)))`, by maximum likelihood with Platt's targets
/// (Lin, Lin and Weng 2007).
///
/// # Errors
/// If Newton's method gives up.
pub(super) fn platt(scores: &[f64], is_class: &[bool]) -> Result<(f64, f64), String> {
    let params = linfa::composing::Platt::<f64, ()>::params();
    let params = params.check().map_err(|e| e.to_string())?;
    let (a, b) = platt_newton_method(
        ArrayView1::from(scores),
        ArrayView1::from(is_class),
        &params,
    )
    .map_err(|e| format!("Platt scaling gave up: {e}"))?;
    Ok((-a, -b))
}

/// A run of neighbours that share one answer.
struct Pool {
    first: f64,
    last: f64,
    sum: f64,
    n: f64,
}

/// The rising line of least squares, as the first and last point of each of its levels.
pub(super) fn isotonic(p: &[f64], is_class: &[bool]) -> CalibrationMap {
    let mut rows: Vec<(f64, f64)> = p
        .iter()
        .zip(is_class)
        .map(|(p, c)| (*p, f64::from(u8::from(*c))))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut pools: Vec<Pool> = Vec::new();
    for (p, y) in rows {
        // Equal answers are one point before anything is pooled: the last pool is still a single point here.
        if let Some(pool) = pools
            .last_mut()
            .filter(|pool| p - pool.last < SMALLEST_STEP)
        {
            pool.sum += y;
            pool.n += 1.0;
            continue;
        }
        settle(&mut pools);
        pools.push(Pool {
            first: p,
            last: p,
            sum: y,
            n: 1.0,
        });
    }
    settle(&mut pools);
    if pools.is_empty() {
        // Nothing is known, so nothing is changed.
        let ends = vec![0.0, 1.0];
        return CalibrationMap::Isotonic {
            from: ends.clone(),
            to: ends,
        };
    }
    let (mut from, mut to) = (Vec::new(), Vec::new());
    for pool in pools {
        let level = pool.sum / pool.n;
        from.push(pool.first);
        to.push(level);
        if pool.last > pool.first {
            from.push(pool.last);
            to.push(level);
        }
    }
    CalibrationMap::Isotonic { from, to }
}

/// Pools the last ones as long as they fall.
fn settle(pools: &mut Vec<Pool>) {
    while let [.., before, last] = pools.as_mut_slice() {
        if before.sum / before.n < last.sum / last.n {
            break;
        }
        before.last = last.last;
        before.sum += last.sum;
        before.n += last.n;
        pools.pop();
    }
}
