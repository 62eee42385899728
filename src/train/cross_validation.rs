//! Cross-validation of all candidates and their final fits, in parallel. A unit is a candidate on a fold, or on all
//! training rows. In a unit the transforms are fitted again on the fold's training part: nothing of the held-out part
//! is known to the model that is scored on it.

use super::algorithm::{Algorithm, TrainingSet};
use super::algorithms::{BASELINE, IMPORTED, algorithm};
use super::candidates::check;
use super::error::TrainError;
use super::imports::{self, Files, Import};
use super::leaderboard::{better_first, chosen, summarise};
use super::process;
use crate::data::Table;
use crate::domain::algorithm::Params;
use crate::domain::metric::{Metric, MetricValue};
use crate::domain::pipeline::{Candidate, TrainParams, TransformParams};
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::schema::Schema;
use crate::domain::signature::ModelSignature;
use crate::domain::training::{CandidateResult, FoldScore, TrainingReport};
use crate::domain::work::{Keep, Monitor};
use crate::domain::{ContentHash, Task};
use crate::feature::{FeatureError, FeaturePlan};
use crate::model::{Estimator, Model};
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

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
    /// Training rows left out because they have no target, for the report.
    pub n_without_target: u64,
    /// The task.
    pub task: Task,
    /// Name of the target column.
    pub target: &'a str,
    /// Class names in the order of the codes; empty for regression.
    pub classes: &'a [String],
    /// Training part and held-out part of each fold, as positions into `rows`.
    pub folds: &'a [(Vec<usize>, Vec<usize>)],
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
    let plan = job.plan.without(&job.params.exclude)?;
    let mut candidates = job.params.candidates.clone();
    if !candidates.iter().any(|c| c.algorithm == BASELINE) {
        candidates.push(Candidate::of(BASELINE));
    }
    let entrants: Vec<Entrant> = candidates
        .iter()
        .map(|c| Entrant::new(c, job, &plan, monitor))
        .collect();
    let units: Vec<(usize, Option<usize>)> = (0..entrants.len())
        .flat_map(|c| {
            let folds = (0..job.folds.len()).map(move |fold| (c, Some(fold)));
            folds.chain([(c, None)])
        })
        .collect();
    // Before the units and not in them: a thread that waits for its part of a plan could begin a unit that needs the same.
    let plans: Vec<Result<FeaturePlan, FeatureError>> = job
        .folds
        .par_iter()
        .map(|fold| plan_of_fold(job, fold))
        .collect();
    let total = units.len() as u64;
    let (done, n_kept) = (AtomicU64::new(0), AtomicU64::new(0));
    monitor.progress(0, total, "candidates and folds");
    let keys: Vec<ContentHash> = units
        .iter()
        .map(|(candidate, fold)| unit_key(job, &entrants[*candidate], *fold))
        .collect();
    let results: Vec<Result<UnitResult, TrainError>> = units
        .par_iter()
        .zip(&keys)
        .map(|((candidate, fold), key)| {
            if monitor.is_stopped() {
                return Err(TrainError::Stopped);
            }
            let result = kept_unit(job, key, *fold).map_or_else(
                || {
                    run_and_keep(
                        job,
                        (&plan, &plans),
                        &entrants[*candidate],
                        (*fold, key),
                        monitor,
                    )
                },
                |kept| {
                    n_kept.fetch_add(1, Ordering::Relaxed);
                    Ok(kept)
                },
            );
            let n_done = done.fetch_add(1, Ordering::Relaxed) + 1;
            monitor.progress(n_done, total, "candidates and folds");
            result
        })
        .collect();
    if monitor.is_stopped()
        || results
            .iter()
            .any(|r| matches!(r, Err(TrainError::Stopped)))
    {
        return Err(TrainError::Stopped);
    }
    let mut outcome = outcome(job, &plan, &entrants, results)?;
    job.keep.keep_only(&keys.into_iter().collect());
    outcome.n_kept = n_kept.into_inner();
    Ok(outcome)
}

/// A candidate with its algorithm and complete parameters.
struct Entrant {
    name: String,
    algorithm: &'static dyn Algorithm,
    id: String,
    params: Params,
    /// The file of a model that another program fitted.
    import: Option<Import>,
}

impl Entrant {
    fn new(
        candidate: &Candidate,
        job: &TrainJob<'_>,
        plan: &FeaturePlan,
        monitor: &dyn Monitor,
    ) -> Self {
        let algorithm = algorithm(&candidate.algorithm).expect("candidates were checked");
        let info = algorithm.info();
        let name = candidate.name.clone();
        let params = info.with_defaults(&candidate.params);
        let is_import = candidate.algorithm == IMPORTED;
        Self {
            import: is_import.then(|| Import::of(&name, &params, job, plan, monitor)),
            name,
            algorithm,
            params,
            id: info.id,
        }
    }

    /// Inputs after encoding; of an imported model, the columns that it reads.
    fn n_inputs(&self, plan: &FeaturePlan) -> usize {
        match &self.import {
            None => plan.n_features(self.algorithm.encoding()),
            Some(import) => import.model.as_ref().map_or(0, |m| m.columns().len()),
        }
    }
}

/// What a unit gives.
enum UnitResult {
    Scored(FoldScore),
    Fitted(Box<Model>),
}

impl UnitResult {
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Scored(score) => serde_json::to_vec(score).expect("scores serialise"),
            Self::Fitted(model) => model.to_bytes(),
        }
    }

    /// What a fold, or the fit on all rows, has been kept as; `None` if it cannot be read.
    fn from_bytes(piece: &[u8], fold: Option<usize>) -> Option<Self> {
        match fold {
            Some(_) => serde_json::from_slice(piece).ok().map(Self::Scored),
            None => Model::from_bytes(piece)
                .ok()
                .map(|m| Self::Fitted(Box::new(m))),
        }
    }
}

/// Reports the end of a unit however it ends, also by a panic.
struct UnitGuard<'a> {
    monitor: &'a dyn Monitor,
    name: String,
}

impl Drop for UnitGuard<'_> {
    fn drop(&mut self) {
        self.monitor.unit_ends(&self.name);
    }
}

/// A unit that was finished before.
fn kept_unit(job: &TrainJob<'_>, key: &ContentHash, fold: Option<usize>) -> Option<UnitResult> {
    let piece = job.keep.find(key)?;
    UnitResult::from_bytes(&piece, fold)
}

/// Runs one unit and keeps what it gives.
fn run_and_keep(
    job: &TrainJob<'_>,
    plans: (&FeaturePlan, &[Result<FeaturePlan, FeatureError>]),
    entrant: &Entrant,
    (fold, key): (Option<usize>, &ContentHash),
    monitor: &dyn Monitor,
) -> Result<UnitResult, TrainError> {
    let result = run_unit(job, plans, entrant, fold, monitor)?;
    job.keep.keep(key, &result.to_bytes());
    Ok(result)
}

/// Runs one unit; a panic inside of a library becomes the unit's error.
fn run_unit(
    job: &TrainJob<'_>,
    (plan, plans): (&FeaturePlan, &[Result<FeaturePlan, FeatureError>]),
    entrant: &Entrant,
    fold: Option<usize>,
    monitor: &dyn Monitor,
) -> Result<UnitResult, TrainError> {
    let name = match fold {
        // People count from one.
        Some(fold) => format!("{} · fold {}", entrant.name, fold + 1),
        None => format!("{} · all rows", entrant.name),
    };
    monitor.unit_begins(&entrant.name, &name);
    let _guard = UnitGuard { monitor, name };
    let work = || match fold {
        Some(fold) => {
            score_fold(job, (plan, plans), entrant, fold, monitor).map(UnitResult::Scored)
        }
        None => {
            let model = fit(
                job,
                plan.clone(),
                entrant,
                job.rows,
                job.targets,
                None,
                monitor,
            )?;
            Ok(UnitResult::Fitted(Box::new(model)))
        }
    };
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        let reason = format!("a library gave up with a panic: {text}");
        Err(TrainError::not_fitted(&entrant.id, reason))
    })
}

/// The transforms of a fold, fitted on its training part; shared by all candidates.
fn plan_of_fold(
    job: &TrainJob<'_>,
    (training, _): &(Vec<usize>, Vec<usize>),
) -> Result<FeaturePlan, FeatureError> {
    let rows: Vec<usize> = training.iter().map(|p| job.rows[*p]).collect();
    let exclude = &job.params.exclude;
    FeaturePlan::fit(job.table, job.schema, &rows, job.transform, exclude)
}

fn score_fold(
    job: &TrainJob<'_>,
    (plan, plans): (&FeaturePlan, &[Result<FeaturePlan, FeatureError>]),
    entrant: &Entrant,
    fold: usize,
    monitor: &dyn Monitor,
) -> Result<FoldScore, TrainError> {
    let (training, held_out) = &job.folds[fold];
    let rows_of =
        |positions: &[usize]| -> Vec<usize> { positions.iter().map(|p| job.rows[*p]).collect() };
    let (training_rows, held_out_rows) = (rows_of(training), rows_of(held_out));
    let scored = |predictions: &Predictions| FoldScore {
        fold: fold as u32,
        n_rows: held_out.len() as u64,
        scores: (job.score)(&job.targets.take(held_out), predictions),
    };
    if let Some(import) = &entrant.import {
        let model = imported_model(job, plan, entrant, import)?;
        return Ok(scored(&imports::answers(&model, job, &held_out_rows)?));
    }
    let plan = plans[fold].clone()?;
    let targets = job.targets.take(training);
    let model = fit(
        job,
        plan,
        entrant,
        &training_rows,
        &targets,
        Some(fold),
        monitor,
    )?;
    let encoding = model.encoding;
    let x = model
        .plan
        .encode(job.table, Some(&held_out_rows), encoding)?;
    Ok(scored(&model.estimator.predict(x.view())))
}

/// The model of another program with the columns that it reads.
fn imported_model(
    job: &TrainJob<'_>,
    plan: &FeaturePlan,
    entrant: &Entrant,
    import: &Import,
) -> Result<Model, TrainError> {
    let imported = import.model()?;
    let plan = imports::plan_of(plan, imported);
    let estimator = Estimator::Imported(imported.clone());
    Ok(model_of(job, entrant, plan, estimator))
}

fn fit(
    job: &TrainJob<'_>,
    plan: FeaturePlan,
    entrant: &Entrant,
    rows: &[usize],
    targets: &Targets,
    fold: Option<usize>,
    monitor: &dyn Monitor,
) -> Result<Model, TrainError> {
    if let Some(import) = &entrant.import {
        return imported_model(job, &plan, entrant, import);
    }
    let encoding = entrant.algorithm.encoding();
    let data = TrainingSet {
        x: plan.encode(job.table, Some(rows), encoding)?,
        targets: targets.clone(),
        weights: None,
        feature_names: plan.feature_names(encoding),
    };
    let seed = unit_seed(job.seed, &entrant.name, fold);
    let estimator = process::fit(entrant.algorithm, &data, &entrant.params, seed, monitor)?;
    Ok(model_of(job, entrant, plan, estimator))
}

fn model_of(
    job: &TrainJob<'_>,
    entrant: &Entrant,
    plan: FeaturePlan,
    estimator: Estimator,
) -> Model {
    Model {
        name: entrant.name.clone(),
        algorithm: entrant.id.clone(),
        params: entrant.params.clone(),
        signature: ModelSignature {
            inputs: plan.inputs(),
            task: job.task,
            target: job.target.to_owned(),
            classes: job.classes.to_vec(),
        },
        plan,
        encoding: entrant.algorithm.encoding(),
        estimator,
    }
}

/// A seed of its own for each unit, whatever the other candidates and their order.
fn unit_seed(seed: u64, name: &str, fold: Option<usize>) -> u64 {
    let fold = fold.map_or_else(|| "all".to_owned(), |f| f.to_string());
    ContentHash::of_bytes(format!("{seed}/{fold}/{name}").as_bytes()).seed()
}

/// The key of a unit: what its result depends on.
fn unit_key(job: &TrainJob<'_>, entrant: &Entrant, fold: Option<usize>) -> ContentHash {
    let mut key = serde_json::json!([job.scope, entrant.name, entrant.id, entrant.params, fold]);
    if let (Some(import), Some(parts)) = (&entrant.import, key.as_array_mut()) {
        parts.push(serde_json::json!(import.hash));
    }
    ContentHash::of_json(&key)
}

/// Collects the units' results, in the order of the candidates, into the leaderboard.
fn outcome(
    job: &TrainJob<'_>,
    plan: &FeaturePlan,
    entrants: &[Entrant],
    results: Vec<Result<UnitResult, TrainError>>,
) -> Result<TrainOutcome, TrainError> {
    let metric = job.params.metric.unwrap_or(Metric::of_task(job.task)[0]);
    let mut results = results.into_iter();
    let mut board: Vec<(CandidateResult, Option<Model>)> = Vec::new();
    for entrant in entrants {
        let mut folds = Vec::new();
        let mut model = None;
        let mut error = None;
        for result in results.by_ref().take(job.folds.len() + 1) {
            match result {
                Ok(UnitResult::Scored(score)) => folds.push(score),
                Ok(UnitResult::Fitted(fitted)) => model = Some(*fitted),
                Err(e) => error = error.or(Some(e.to_string())),
            }
        }
        let model = model.filter(|_| error.is_none());
        let (mean, sd) = summarise(&folds);
        let result = CandidateResult {
            name: entrant.name.clone(),
            algorithm: entrant.id.clone(),
            params: entrant.params.clone(),
            exclude: job.params.exclude.clone(),
            folds,
            mean,
            sd,
            model: model.as_ref().map(Model::hash),
            n_inputs: entrant.n_inputs(plan) as u64,
            error,
        };
        board.push((result, model));
    }
    board.sort_by(|(a, _), (b, _)| better_first(a, b, metric));
    let (candidates, models): (Vec<CandidateResult>, Vec<Option<Model>>) =
        board.into_iter().unzip();
    let models: Vec<Model> = models.into_iter().flatten().collect();
    let errors = || {
        let failed = candidates
            .iter()
            .filter_map(|c| Some((c.name.clone(), c.error.clone()?)));
        failed.collect()
    };
    let name = chosen(&candidates).map(|c| c.name.clone());
    let baseline = models.iter().find(|m| m.algorithm == BASELINE).cloned();
    let (Some(chosen), Some(baseline)) = (name, baseline) else {
        return Err(TrainError::AllFailed { errors: errors() });
    };
    Ok(TrainOutcome {
        report: TrainingReport {
            task: job.task,
            target: job.target.to_owned(),
            classes: job.classes.to_vec(),
            metric,
            n_folds: job.folds.len() as u32,
            n_rows: job.rows.len() as u64,
            n_without_target: job.n_without_target,
            candidates,
            chosen,
        },
        models,
        baseline,
        n_kept: 0,
    })
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
