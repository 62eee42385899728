//! Support vector machines with a Gaussian kernel, fitted by linfa-svm (sequential minimal optimisation); prediction is
//! ours (`model::kernel_machine`).
//!
//! linfa keeps the kernel of all pairs of rows, so memory and time grow with their square: above `max_rows` a random
//! sample is learned from, and the run says so. Several classes are each told from the rest. A probability comes of the
//! distance to the border by Platt's method on distances that were cross-validated, as libsvm does it (Platt 1999).

use super::baseline::Baseline;
use crate::domain::Task;
use crate::domain::algorithm::{AlgorithmInfo, ParamRange, Params};
use crate::domain::prediction::Targets;
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Estimator, KernelMachine, Link};
use crate::train::algorithm::{
    Algorithm, TrainingSet, class_counts, float, integer, magnitude, param,
};
use crate::train::calibration;
use crate::train::error::TrainError;
use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_svm::Svm;
use ndarray::{Array1, Array2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

const ID: &str = "svm";

/// Folds behind the distances that probabilities are made of.
const N_FOLDS: usize = 3;

/// Weights below this are none: linfa's own bound for support vectors.
const SMALLEST_WEIGHT: f64 = 100.0 * f64::EPSILON;

pub(super) struct SupportVectors;

impl Algorithm for SupportVectors {
    fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            id: ID.to_owned(),
            title: "Support vector machine".to_owned(),
            made_of: "linfa-svm 0.8, probabilities by linfa's Platt scaling".to_owned(),
            help: "Compares a row with remembered ones by their distance. Strong on a few thousand rows with smooth relations; \
                   slow on more."
                .to_owned(),
            tasks: vec![Task::Binary, Task::Multiclass, Task::Regression],
            params: vec![
                param(
                    "c",
                    "Cost",
                    "What an error on a training row costs: larger fits the rows more closely (scikit-learn's C).",
                    ParamRange::Float { min: 1e-6, max: 1e6 },
                    1.0,
                ).tuned(magnitude(0.03, 100.0)),
                param(
                    "gamma",
                    "Gamma",
                    "How fast likeness falls with distance; 0 is one over the number of inputs.",
                    ParamRange::Float { min: 0.0, max: 1e6 },
                    0.0,
                ).tuned(magnitude(1e-3, 1.0)),
                param(
                    "epsilon",
                    "Tolerated error",
                    "For numbers: errors below this share of the target's standard deviation cost nothing.",
                    ParamRange::Float { min: 0.0, max: 10.0 },
                    0.1,
                ),
                param(
                    "max_rows",
                    "Most rows",
                    "With more rows than this it learns from a random sample of so many.",
                    ParamRange::Int { min: 10, max: 20_000 },
                    4000_i64,
                ),
                calibration::param(),
            ],
        }
    }

    fn cells_a_second(&self, _n_features: usize) -> Option<usize> {
        Some(20_000)
    }

    fn weighs_rows(&self) -> bool {
        false
    }

    fn encoding(&self) -> Encoding {
        Encoding::OneHot
    }

    fn thinned(
        &self,
        data: &TrainingSet,
        params: &Params,
        seed: u64,
        monitor: &dyn Monitor,
    ) -> Option<TrainingSet> {
        let most = integer(params, "max_rows");
        if data.x.nrows() <= most {
            return None;
        }
        monitor.warn(&format!(
            "The support vector machine learned from {most} of {} rows: more would take too much memory",
            data.x.nrows()
        ));
        Some(data.select(&sample(data, most, seed)))
    }

    fn fit(
        &self,
        data: &TrainingSet,
        params: &Params,
        seed: u64,
        monitor: &dyn Monitor,
    ) -> Result<Estimator, TrainError> {
        let thinned = self.thinned(data, params, seed, monitor);
        let data = thinned.as_ref().unwrap_or(data);
        let x = data.x.clone();
        let gamma = float(params, "gamma");
        let gamma = if gamma > 0.0 {
            gamma
        } else {
            1.0 / (x.ncols().max(1) as f64)
        };
        let machine = match data.targets.clone() {
            Targets::Values(values) => fit_numbers(x, &values, gamma, params)?,
            Targets::Classes { n_classes, codes } => {
                let targets = Targets::Classes { n_classes, codes };
                let present = class_counts(&targets);
                let Targets::Classes { codes, .. } = targets else {
                    unreachable!("the targets are classes");
                };
                if present.len() < 2 {
                    monitor.warn(
                        "The support vector machine saw rows of one class only and answers with it",
                    );
                    return Baseline.fit(data, params, seed, monitor);
                }
                let present: Vec<u32> = present.iter().map(|(code, _)| *code).collect();
                fit_classes(&x, (n_classes, &present, &codes), gamma, params, monitor)?
            }
        };
        let is_finite = machine.intercepts.iter().all(|v| v.is_finite())
            && machine.coefficients.iter().flatten().all(|v| v.is_finite());
        if is_finite {
            Ok(Estimator::KernelMachine(machine))
        } else {
            Err(TrainError::not_fitted(
                ID,
                "the weights grew beyond all bounds",
            ))
        }
    }
}

/// Some of the rows, ascending; each class keeps its share.
fn sample(data: &TrainingSet, most: usize, seed: u64) -> Vec<usize> {
    let n = data.x.nrows();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut rows: Vec<usize> = (0..n).collect();
    rows.shuffle(&mut rng);
    if let Targets::Classes { codes, .. } = &data.targets {
        // A row's place among those of its class, as a share: the smallest shares are dealt evenly over the classes.
        let counts = class_counts(&data.targets);
        let n_codes = counts.last().map_or(0, |(code, _)| *code as usize + 1);
        let mut totals = vec![1.0; n_codes];
        for (code, count) in &counts {
            totals[*code as usize] = *count as f64;
        }
        let mut seen = vec![0.0; n_codes];
        let mut places: Vec<(f64, usize)> = rows
            .iter()
            .map(|row| {
                let code = codes[*row] as usize;
                let place = seen[code] / totals[code];
                seen[code] += 1.0;
                (place, *row)
            })
            .collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows = places.into_iter().map(|(_, row)| row).collect();
    }
    rows.truncate(most);
    rows.sort_unstable();
    rows
}

/// Remembered rows with their weights, and the constant.
struct Border {
    /// Row and weight, without the rows of no weight.
    weights: Vec<(usize, f64)>,
    constant: f64,
}

fn border(alpha: &[f64], rho: f64) -> Border {
    let weights = alpha.iter().copied().enumerate();
    Border {
        weights: weights.filter(|(_, w)| w.abs() > SMALLEST_WEIGHT).collect(),
        constant: -rho,
    }
}

/// The border between the rows of a class and the others.
fn fit_border(
    x: &Array2<f64>,
    is_class: &[bool],
    gamma: f64,
    params: &Params,
) -> Result<Border, TrainError> {
    let cost = float(params, "c");
    let svm = Svm::<f64, bool>::params()
        .pos_neg_weights(cost, cost)
        .eps(1e-4)
        .gaussian_kernel(1.0 / gamma)
        .fit(&DatasetBase::new(
            x.clone(),
            Array1::from(is_class.to_vec()),
        ))
        .map_err(|e| TrainError::not_fitted(ID, e))?;
    Ok(border(&svm.alpha, svm.rho))
}

fn machine_of(x: &Array2<f64>, borders: &[Border], gamma: f64, link: Link) -> KernelMachine {
    let mut rows: Vec<usize> = borders
        .iter()
        .flat_map(|b| b.weights.iter().map(|(row, _)| *row))
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let weights_of = |border: &Border| {
        let mut weights = vec![0.0; rows.len()];
        for (row, weight) in &border.weights {
            let place = rows.binary_search(row).expect("each row is in the list");
            weights[place] = *weight;
        }
        weights
    };
    KernelMachine {
        vectors: rows.iter().map(|row| x.row(*row).to_vec()).collect(),
        gamma,
        coefficients: borders.iter().map(weights_of).collect(),
        intercepts: borders.iter().map(|b| b.constant).collect(),
        link,
    }
}

fn fit_numbers(
    x: Array2<f64>,
    values: &[f64],
    gamma: f64,
    params: &Params,
) -> Result<KernelMachine, TrainError> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    // In standard deviations, so that cost and tolerated error mean the same for every target.
    let sd = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    let y: Array1<f64> = values.iter().map(|v| (v - mean) / sd).collect();
    let data = DatasetBase::new(x, y);
    let svm = Svm::<f64, f64>::params()
        .c_svr(float(params, "c"), Some(float(params, "epsilon")))
        .eps(1e-4)
        .gaussian_kernel(1.0 / gamma)
        .fit(&data)
        .map_err(|e| TrainError::not_fitted(ID, e))?;
    let mut machine = machine_of(
        data.records(),
        &[border(&svm.alpha, svm.rho)],
        gamma,
        Link::Identity,
    );
    for weight in machine.coefficients.iter_mut().flatten() {
        *weight *= sd;
    }
    machine.intercepts[0] = machine.intercepts[0] * sd + mean;
    Ok(machine)
}

fn fit_classes(
    x: &Array2<f64>,
    (n_classes, present, codes): (usize, &[u32], &[u32]),
    gamma: f64,
    params: &Params,
    monitor: &dyn Monitor,
) -> Result<KernelMachine, TrainError> {
    let is_binary = n_classes == 2;
    let positives: &[u32] = if is_binary { &[1] } else { present };
    let mut borders = Vec::new();
    for class in positives {
        if monitor.is_stopped() {
            return Err(TrainError::Stopped);
        }
        let is_class: Vec<bool> = codes.iter().map(|c| c == class).collect();
        let mut whole = fit_border(x, &is_class, gamma, params)?;
        let distances = held_out_distances(x, &is_class, gamma, params)?;
        let (slope, intercept) = calibration::platt(&distances, &is_class)
            .map_err(|reason| TrainError::not_fitted(ID, reason))?;
        // The score behind the link is `slope · distance + intercept`.
        for (_, weight) in &mut whole.weights {
            *weight *= slope;
        }
        whole.constant = whole.constant * slope + intercept;
        borders.push(whole);
    }
    let link = if is_binary {
        Link::Logistic
    } else {
        Link::OneVsRest {
            classes: present.to_vec(),
            n_classes,
        }
    };
    Ok(machine_of(x, &borders, gamma, link))
}

/// The distance of each row to a border that was fitted without it.
fn held_out_distances(
    x: &Array2<f64>,
    is_class: &[bool],
    gamma: f64,
    params: &Params,
) -> Result<Vec<f64>, TrainError> {
    let mut distances = vec![0.0; is_class.len()];
    // The rows of each kind are dealt in turn, so that each fold has both wherever there are enough.
    let mut turns = [0_usize; 2];
    let folds: Vec<usize> = is_class
        .iter()
        .map(|is_class| {
            let turn = &mut turns[usize::from(*is_class)];
            *turn += 1;
            *turn % N_FOLDS
        })
        .collect();
    for fold in 0..N_FOLDS {
        let (held_out, training): (Vec<usize>, Vec<usize>) =
            (0..is_class.len()).partition(|row| folds[*row] == fold);
        let own: Vec<bool> = training.iter().map(|row| is_class[*row]).collect();
        if held_out.is_empty() {
            continue;
        }
        if own.iter().all(|c| *c) || own.iter().all(|c| !c) {
            let side = own.first().is_some_and(|c| *c);
            held_out
                .iter()
                .for_each(|row| distances[*row] = if side { 1.0 } else { -1.0 });
            continue;
        }
        let own_x = x.select(Axis(0), &training);
        let border = fit_border(&own_x, &own, gamma, params)?;
        let machine = machine_of(&own_x, &[border], gamma, Link::Identity);
        let scores = Estimator::KernelMachine(machine).predict(x.select(Axis(0), &held_out).view());
        if let crate::domain::prediction::Predictions::Values(scores) = scores {
            for (row, score) in held_out.iter().zip(scores) {
                distances[*row] = score;
            }
        }
    }
    Ok(distances)
}
