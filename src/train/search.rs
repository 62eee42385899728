//! The search for better parameters: which settings are tried, and with successive halving which of them are worth all
//! rows. Settings follow from the seed and the algorithm alone. Their finds are candidates like others; that one of
//! many was the best by chance too does no harm to the test, whose rows no candidate saw.

use super::algorithms::algorithm;
use super::cross_validation::TrainJob;
use super::error::TrainError;
use super::leaderboard::summarise;
use super::trial::Trial;
use super::units::{Entrant, Plans, run_units};
use crate::data::folds::Fold;
use crate::domain::algorithm::{AlgorithmInfo, ParamInfo, Problem};
use crate::domain::metric::Metric;
use crate::domain::pipeline::{Candidate, SearchMethod, SearchParams};
use crate::domain::training::value_of;
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Task};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeSet;
use std::time::Instant;

/// Successive halving: on one of so many rows, and the best of so many settings goes on.
const RUNGS: [usize; 2] = [9, 3];
const KEPT: usize = 3;

/// Folds that a rung is scored on.
const FOLDS_A_RUNG: usize = 2;

/// All problems of a search.
pub(super) fn check(search: &SearchParams, task: Option<Task>) -> Vec<Problem> {
    let path = "steps.train.search";
    let mut problems = Vec::new();
    if !(1..=1000).contains(&search.settings) {
        problems.push(Problem::new(
            format!("{path}.settings"),
            format!(
                "must be a whole number from 1 to 1000, not {}",
                search.settings
            ),
        ));
    }
    if search.seconds == Some(0) {
        problems.push(Problem::new(
            format!("{path}.seconds"),
            "must be at least 1; leave it out to try all settings",
        ));
    }
    for id in &search.algorithms {
        let message = match algorithm(id).map(|a| a.info()) {
            None => format!("{id:?} is no algorithm"),
            Some(info) if tuned(&info).is_empty() => {
                format!("{} has no parameters to search for", info.title)
            }
            Some(info) if task.is_some_and(|t| !info.tasks.contains(&t)) => {
                format!("{} cannot do this task", info.title)
            }
            Some(_) => continue,
        };
        problems.push(Problem::new(format!("{path}.algorithms"), message));
    }
    problems
}

fn tuned(info: &AlgorithmInfo) -> Vec<&ParamInfo> {
    info.params.iter().filter(|p| p.tuning.is_some()).collect()
}

/// The settings of a search as candidates, `forest-01`, `forest-02` …; none has the name of another candidate.
pub(super) fn settings(
    search: &SearchParams,
    task: Task,
    seed: u64,
    others: &[Candidate],
) -> Vec<Candidate> {
    let usual: &[&str] = if task.is_classification() {
        &["boosting", "logistic"]
    } else {
        &["boosting", "elastic_net"]
    };
    let ids: Vec<&str> = if search.algorithms.is_empty() {
        usual.to_vec()
    } else {
        search.algorithms.iter().map(String::as_str).collect()
    };
    let mut found: Vec<Candidate> = Vec::new();
    for id in ids {
        let Some(info) = algorithm(id).map(|a| a.info()) else {
            continue;
        };
        let params = tuned(&info);
        let n = search.settings as usize;
        let places = match search.method {
            SearchMethod::Grid => grid(params.len(), n),
            SearchMethod::Random | SearchMethod::Halving => drawn(params.len(), n, seed, id),
        };
        let mut number = 0;
        for place in places {
            let mut candidate = Candidate::of(id);
            for (param, place) in params.iter().zip(place) {
                if let Some(value) = param.at(place) {
                    candidate = candidate.with(&param.name, value);
                }
            }
            // Whole numbers and choices may come out the same.
            if found
                .iter()
                .any(|c| c.algorithm == id && c.params == candidate.params)
            {
                continue;
            }
            loop {
                number += 1;
                candidate.name = format!("{id}-{number:02}");
                if others.iter().all(|c| c.name != candidate.name) {
                    break;
                }
            }
            found.push(candidate);
        }
    }
    found
}

/// Places in the unit cube, drawn at random.
fn drawn(n_params: usize, n: usize, seed: u64, id: &str) -> Vec<Vec<f64>> {
    let seed = ContentHash::of_bytes(format!("{seed}/search/{id}").as_bytes()).seed();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut place = || (0..n_params).map(|_| rng.r#gen::<f64>()).collect();
    (0..n).map(|_| place()).collect()
}

/// Places in the unit cube at even distances, at most `n`: as many along each side as all of them allow, the first sides one
/// more where there is room.
fn grid(n_params: usize, n: usize) -> Vec<Vec<f64>> {
    let mut sides = vec![1_usize; n_params];
    if n_params == 0 {
        return vec![Vec::new()];
    }
    let mut next = 0;
    loop {
        let product: usize = sides.iter().product();
        let more = product / sides[next] * (sides[next] + 1);
        if more > n {
            break;
        }
        sides[next] += 1;
        next = (next + 1) % n_params;
    }
    let n: usize = sides.iter().product();
    let place = |mut position: usize| {
        let mut place = Vec::new();
        for side in &sides {
            let step = position % side;
            position /= side;
            place.push(if *side == 1 {
                0.5
            } else {
                step as f64 / (side - 1) as f64
            });
        }
        place
    };
    (0..n).map(place).collect()
}

/// The settings that are worth all rows: with successive halving the best of each algorithm, else all of them. The keys of the
/// units on the way are added to `keys`.
///
/// # Errors
/// If it was stopped.
pub(super) fn survivors(
    job: &TrainJob<'_>,
    settings: Vec<Candidate>,
    deadline: Option<Instant>,
    keys: &mut BTreeSet<ContentHash>,
    monitor: &dyn Monitor,
) -> Result<Vec<Candidate>, TrainError> {
    let is_halving = job
        .params
        .search
        .as_ref()
        .is_some_and(|s| s.method == SearchMethod::Halving);
    if !is_halving {
        return Ok(settings);
    }
    let mut settings = settings;
    for one_of in RUNGS {
        settings = rung(job, settings, one_of, deadline, keys, monitor)?;
    }
    Ok(settings)
}

/// The best third of the settings of each algorithm, by their scores after training on one of `one_of` rows.
fn rung(
    job: &TrainJob<'_>,
    settings: Vec<Candidate>,
    one_of: usize,
    deadline: Option<Instant>,
    keys: &mut BTreeSet<ContentHash>,
    monitor: &dyn Monitor,
) -> Result<Vec<Candidate>, TrainError> {
    let thinned = |rows: &Vec<usize>| rows.iter().copied().step_by(one_of).collect();
    let folds: Vec<Fold> = job
        .folds
        .iter()
        .take(FOLDS_A_RUNG)
        .map(|(training, held_out)| (thinned(training), held_out.clone()))
        .collect();
    let scope = ContentHash::of_json(&serde_json::json!([job.scope, "rung", one_of]));
    let job = TrainJob {
        folds: &folds,
        scope: &scope,
        ..*job
    };
    let entrants: Vec<Entrant> = settings
        .iter()
        .map(|c| Entrant::searched(c, deadline))
        .collect();
    let plans = Plans::of(&job, monitor)?;
    let ran = run_units(&job, &plans, &entrants, false, monitor)?;
    keys.extend(ran.keys);
    let metric = job.params.metric.unwrap_or(Metric::of_task(job.task)[0]);
    let mut results = ran.results.into_iter();
    let mut scored: Vec<(Candidate, Option<f64>)> = settings
        .into_iter()
        .map(|setting| {
            let trial = Trial::of(results.by_ref().take(folds.len()));
            let scores = trial.scores(&job).unwrap_or_default();
            let mean = value_of(&summarise(&scores).0, metric);
            let mean = mean.filter(|v| v.is_finite() && trial.error.is_none());
            (setting, mean)
        })
        .collect();
    // Those that failed, or were not begun for want of time, come last.
    scored.sort_by(|(_, a), (_, b)| match (a, b) {
        (Some(a), Some(b)) => metric.improvement(*b, *a).total_cmp(&0.0),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    let ids: BTreeSet<String> = scored.iter().map(|(c, _)| c.algorithm.clone()).collect();
    let mut kept = Vec::new();
    for id in ids {
        let own: Vec<&Candidate> = scored
            .iter()
            .map(|(candidate, _)| candidate)
            .filter(|c| c.algorithm == id)
            .collect();
        kept.extend(
            own.iter()
                .take(own.len().div_ceil(KEPT))
                .map(|c| (*c).clone()),
        );
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Scalar;

    fn search(method: SearchMethod, algorithms: &[&str], settings: u32) -> SearchParams {
        SearchParams {
            method,
            algorithms: algorithms.iter().map(|a| (*a).to_owned()).collect(),
            settings,
            seconds: None,
        }
    }

    #[test]
    fn a_grid_fills_its_sides_evenly() {
        assert_eq!(grid(1, 3), [[0.0], [0.5], [1.0]]);
        assert_eq!(grid(2, 6).len(), 6);
        assert_eq!(grid(2, 3), [[0.0, 0.5], [1.0, 0.5]]);
        assert_eq!(grid(3, 7).len(), 4);
        assert_eq!(grid(2, 1), [[0.5, 0.5]]);
        assert_eq!(grid(0, 5), [Vec::<f64>::new()]);
    }

    #[test]
    fn settings_are_checked_different_and_follow_from_the_seed() {
        for method in [SearchMethod::Grid, SearchMethod::Random] {
            let search = search(method, &["boosting", "logistic", "tree"], 20);
            let others = [Candidate {
                name: "tree-02".to_owned(),
                ..Candidate::of("tree")
            }];
            let found = settings(&search, Task::Binary, 7, &others);
            assert!(found.iter().filter(|c| c.algorithm == "logistic").count() == 20);
            assert!(found.iter().all(|c| c.name != "tree-02"));
            for candidate in &found {
                let info = algorithm(&candidate.algorithm).map(|a| a.info());
                let problems = info.map(|i| i.check(&candidate.params, ""));
                assert_eq!(problems, Some(Vec::new()), "{candidate:?}");
            }
            assert_eq!(found, settings(&search, Task::Binary, 7, &others));
            let other_seed = settings(&search, Task::Binary, 8, &others);
            assert_eq!(found == other_seed, method == SearchMethod::Grid);
        }
    }

    #[test]
    fn a_grid_of_orders_of_magnitude_begins_and_ends_at_its_bounds() {
        let found = settings(
            &search(SearchMethod::Grid, &["logistic"], 3),
            Task::Binary,
            1,
            &[],
        );
        let alphas: Vec<&Scalar> = found.iter().map(|c| &c.params["alpha"]).collect();
        assert_eq!(
            alphas,
            [
                &Scalar::Float(1e-3),
                &Scalar::Float(1.0),
                &Scalar::Float(1e3)
            ]
        );
    }

    #[test]
    fn problems_name_what_cannot_be_searched() {
        let mut wrong = search(SearchMethod::Random, &["logistic", "nothing", "linear"], 0);
        wrong.seconds = Some(0);
        let found = check(&wrong, Some(Task::Regression));
        let text: Vec<String> = found.iter().map(|p| p.message.clone()).collect();
        assert_eq!(found.len(), 5, "{text:?}");
        assert!(
            check(
                &search(SearchMethod::Halving, &["svm"], 5),
                Some(Task::Binary)
            )
            .is_empty()
        );
    }
}
