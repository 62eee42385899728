//! Cross-validation of all candidates and their final fits, in parallel. A unit is a candidate on a fold, or on all
//! training rows. In a unit the transforms are fitted again on the fold's training part: nothing of the held-out part
//! is known to the model that is scored on it.

use super::algorithms::BASELINE;
use super::candidates::check;
use super::error::TrainError;
use super::imports::Files;
use super::leaderboard::{better_first, chosen, summarise};
use super::pairwise;
use super::search;
use super::trial::Trial;
use super::units::{Entrant, Plans, UnitResult, run_units};
use crate::data::Table;
use crate::data::folds::Fold;
use crate::domain::metric::{Metric, MetricValue};
use crate::domain::pipeline::{Candidate, TrainParams, TransformParams};
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::schema::Schema;
use crate::domain::training::{CandidateResult, TrainingReport};
use crate::domain::work::{Keep, Monitor};
use crate::domain::{ContentHash, Task};
use crate::feature::{FeaturePlan, KnownTargets};
use crate::model::Model;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Scores predictions against the truth; `evaluate` has the formulas.
pub type Score<'a> = dyn Fn(&Targets, &Predictions) -> Vec<MetricValue> + Sync + 'a;

/// Everything that training needs.
pub struct TrainJob<'a> {
    /// All rows.
    pub table: &'a Table,
    /// What the columns are for.
    pub schema: &'a Schema,
    /// Parameters of the transforms, for fitting them again in each fold.
    pub transform: &'a TransformParams,
    /// Transforms fitted on all training rows.
    pub plan: &'a FeaturePlan,
    /// Positions of the training rows that have a target.
    pub rows: &'a [usize],
    /// Their targets, in this order.
    pub targets: &'a Targets,
    /// How much each of them counts in a fit, in this order; `None`: all the same.
    pub weights: Option<&'a [f64]>,
    /// Training rows left out because they have no target, for the report.
    pub n_without_target: u64,
    /// The task.
    pub task: Task,
    /// Name of the target column.
    pub target: &'a str,
    /// Class names in the order of the codes; empty for regression.
    pub classes: &'a [String],
    /// Training part and held-out part of each fold, as positions into `rows`.
    pub folds: &'a [Fold],
    /// The candidates and how they are chosen.
    pub params: &'a TrainParams,
    /// Where all randomness comes from.
    pub seed: u64,
    /// The files that candidates name.
    pub files: &'a Files,
    /// Scores held-out rows.
    pub score: &'a Score<'a>,
    /// Where finished units are kept.
    pub keep: &'a dyn Keep,
    /// A hash of all that the units have in common: rows, transforms, folds, seed, version of the code.
    pub scope: &'a ContentHash,
}

impl<'a> TrainJob<'a> {
    /// Targets of some rows, with the names of their classes.
    pub(super) fn known<'t>(&self, targets: &'t Targets) -> KnownTargets<'t>
    where
        'a: 't,
    {
        KnownTargets {
            targets,
            classes: self.classes,
        }
    }
}

/// What training produced.
#[derive(Debug, Clone)]
pub struct TrainOutcome {
    /// The leaderboard.
    pub report: TrainingReport,
    /// The models of all candidates that could be fitted, the baseline's too, in the order of the leaderboard (where
    /// failed candidates come last).
    pub models: Vec<Model>,
    /// The baseline's model.
    pub baseline: Model,
    /// Units that were finished before and only looked up.
    pub n_kept: u64,
}

/// Fits and scores all candidates and the baseline.
///
/// A candidate that fails or panics is recorded with its error and does not stop the others.
///
/// # Errors
/// `Stopped` when the monitor says so; problems of the parameters (all of them); `AllFailed` if no candidate could be
/// fitted; what keeps every candidate from being fitted, such as no usable column.
pub fn train(job: &TrainJob<'_>, monitor: &dyn Monitor) -> Result<TrainOutcome, TrainError> {
    let problems = check(job.params, Some(job.task));
    if !problems.is_empty() {
        return Err(TrainError::Problems { problems });
    }
    check_job(job)?;
    let mut candidates = job.params.candidates.clone();
    if !candidates.iter().any(|c| c.algorithm == BASELINE) {
        candidates.push(Candidate::of(BASELINE));
    }
    let plans = Plans::of(job, monitor)?;
    let mut keys = BTreeSet::new();
    let mut entrants: Vec<Entrant> = candidates
        .iter()
        .map(|c| Entrant::new(c).importing(job, &plans.whole, monitor))
        .collect();
    if let Some(search) = &job.params.search {
        let deadline = search
            .seconds
            .map(|s| Instant::now() + Duration::from_secs(u64::from(s)));
        let settings = search::settings(search, job.task, job.seed, &candidates);
        let found = search::survivors(job, settings, deadline, &mut keys, monitor)?;
        entrants.extend(found.iter().map(|c| Entrant::searched(c, deadline)));
    }
    warn_of_weights(job, &entrants, monitor);
    let ran = run_units(job, &plans, &entrants, true, monitor)?;
    keys.extend(ran.keys);
    job.keep.keep_only(&keys);
    let trials = trials(job, &plans, &entrants, ran.results, monitor)?;
    let mut outcome = outcome(job, &plans, &entrants, trials, monitor)?;
    outcome.n_kept = ran.n_kept;
    Ok(outcome)
}

/// Says which candidates do not look at how much a row counts.
fn warn_of_weights(job: &TrainJob<'_>, entrants: &[Entrant], monitor: &dyn Monitor) {
    let deaf = entrants.iter().filter(|e| !e.algorithm.weighs_rows());
    let deaf: Vec<&str> = deaf.map(|e| e.name.as_str()).collect();
    if job.weights.is_some() && !deaf.is_empty() {
        monitor.warn(&format!(
            "In {} each row counts once: what they are made of takes no weights",
            deaf.join(", ")
        ));
    }
}

/// What came of each candidate: first of those that learn from rows, then of those that are made of them.
fn trials(
    job: &TrainJob<'_>,
    plans: &Plans,
    entrants: &[Entrant],
    results: Vec<Result<UnitResult, TrainError>>,
    monitor: &dyn Monitor,
) -> Result<Vec<Trial>, TrainError> {
    let mut results = results.into_iter();
    let firsts: Vec<Option<Trial>> = entrants
        .iter()
        .map(|entrant| {
            (!entrant.algorithm.is_made_of_candidates()).then(|| {
                let mut trial = Trial::of(results.by_ref().take(job.folds.len() + 1));
                trial.calibrate(job, &entrant.params);
                trial
            })
        })
        .collect();
    let others: Vec<(&Entrant, &Trial)> = entrants
        .iter()
        .zip(&firsts)
        .filter_map(|(entrant, trial)| Some((entrant, trial.as_ref()?)))
        .collect();
    let blends: Vec<Option<Trial>> = entrants
        .iter()
        .map(|entrant| {
            let is_blend = entrant.algorithm.is_made_of_candidates();
            is_blend.then(|| Trial::blend(job, plans, entrant, &others, monitor))
        })
        .collect();
    if monitor.is_stopped() {
        return Err(TrainError::Stopped);
    }
    let both = firsts.into_iter().zip(blends);
    Ok(both.filter_map(|(first, blend)| first.or(blend)).collect())
}

/// The leaderboard and the models.
fn outcome(
    job: &TrainJob<'_>,
    plans: &Plans,
    entrants: &[Entrant],
    trials: Vec<Trial>,
    monitor: &dyn Monitor,
) -> Result<TrainOutcome, TrainError> {
    let metric = job.params.metric.unwrap_or(Metric::of_task(job.task)[0]);
    let (out_of_time, tried): (Vec<_>, Vec<_>) = entrants
        .iter()
        .zip(trials)
        .partition(|(_, trial)| trial.was_not_tried);
    let mut board: Vec<(CandidateResult, Option<Model>)> = tried
        .into_iter()
        .map(|(entrant, trial)| {
            if monitor.is_stopped() {
                return Err(TrainError::Stopped);
            }
            Ok(result_of(job, plans, entrant, trial))
        })
        .collect::<Result<_, _>>()?;
    board.sort_by(|(a, _), (b, _)| better_first(a, b, metric));
    let (mut candidates, models): (Vec<CandidateResult>, Vec<Option<Model>>) =
        board.into_iter().unzip();
    let models: Vec<Model> = models.into_iter().flatten().collect();
    let errors = || {
        let failed = candidates
            .iter()
            .filter_map(|c| Some((c.name.clone(), c.error.clone()?)));
        failed.collect()
    };
    let best = chosen(&candidates).map(|c| (c.name.clone(), c.folds.clone()));
    let baseline = models.iter().find(|m| m.algorithm == BASELINE).cloned();
    let (Some((chosen, its_folds)), Some(baseline)) = (best, baseline) else {
        return Err(TrainError::AllFailed { errors: errors() });
    };
    for candidate in candidates.iter_mut().filter(|c| c.name != chosen) {
        candidate.behind_chosen =
            pairwise::difference(&its_folds, &candidate.folds, metric, job.folds);
    }
    Ok(TrainOutcome {
        report: TrainingReport {
            task: job.task,
            target: job.target.to_owned(),
            classes: job.classes.to_vec(),
            metric,
            n_folds: job.folds.len() as u32,
            n_rows: job.rows.len() as u64,
            n_without_target: job.n_without_target,
            n_not_tried: out_of_time.len() as u64,
            candidates,
            chosen,
        },
        models,
        baseline,
        n_kept: 0,
    })
}

/// A line of the leaderboard, and the model behind it.
fn result_of(
    job: &TrainJob<'_>,
    plans: &Plans,
    entrant: &Entrant,
    trial: Trial,
) -> (CandidateResult, Option<Model>) {
    let (folds, unscored) = match trial.scores(job) {
        Ok(folds) => (folds, None),
        Err(e) => (Vec::new(), Some(e.to_string())),
    };
    let error = trial.error.or(unscored);
    let (mean, sd) = summarise(&folds);
    let model = trial.model.filter(|_| error.is_none());
    let bytes = model.as_ref().map(Model::to_bytes);
    let result = CandidateResult {
        name: entrant.name.clone(),
        algorithm: entrant.id.clone(),
        params: entrant.params.clone(),
        exclude: job.params.exclude.clone(),
        folds,
        mean,
        sd,
        model: bytes.as_deref().map(ContentHash::of_bytes),
        n_inputs: entrant.n_inputs(&plans.whole, model.as_ref()) as u64,
        n_bytes: bytes.map(|b| b.len() as u64),
        members: trial.members,
        behind_chosen: None,
        error,
    };
    (result, model)
}

/// Whether rows, targets and folds belong together.
fn check_job(job: &TrainJob<'_>) -> Result<(), TrainError> {
    let n_rows = job.rows.len();
    let out_of_range = |positions: &[usize]| positions.iter().any(|p| *p >= n_rows);
    let n_classes = match job.targets {
        Targets::Classes { n_classes, .. } => Some(*n_classes),
        Targets::Values(_) => None,
    };
    let expected = job.task.is_classification().then_some(job.classes.len());
    let reason = if n_rows == 0 {
        "there are no training rows with a target"
    } else if job.targets.n_rows() != n_rows {
        "rows and targets differ in number"
    } else if job.weights.is_some_and(|w| w.len() != n_rows) {
        "rows and weights differ in number"
    } else if job
        .folds
        .iter()
        .any(|(a, b)| out_of_range(a) || out_of_range(b))
    {
        "a fold has rows that are no training rows"
    } else if n_classes != expected {
        "targets and classes differ"
    } else {
        return Ok(());
    };
    Err(TrainError::Inconsistent {
        reason: reason.to_owned(),
    })
}
