//! The units of training: a candidate on a fold, or on all training rows. Each is kept once finished, and its seed and
//! key depend on nothing but itself.

use super::algorithm::{Algorithm, TrainingSet};
use super::algorithms::{IMPORTED, algorithm};
use super::cross_validation::TrainJob;
use super::error::TrainError;
use super::imports::{self, Import};
use super::process;
use super::row_weights;
use crate::data::folds::Fold;
use crate::data::memory;
use crate::domain::ContentHash;
use crate::domain::algorithm::Params;
use crate::domain::pipeline::Candidate;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::signature::ModelSignature;
use crate::domain::work::Monitor;
use crate::feature::{Encoding, FeatureError, FeaturePlan};
use crate::model::{Estimator, Model};
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// How often a fit has its features in memory, about: scaled, binned, or in another order.
const COPIES: u64 = 3;

/// A candidate with its algorithm and complete parameters.
pub(super) struct Entrant {
    pub(super) name: String,
    pub(super) algorithm: &'static dyn Algorithm,
    pub(super) id: String,
    pub(super) params: Params,
    /// When none of its units may begin any more.
    deadline: Option<Instant>,
    /// The file of a model that another program fitted.
    import: Option<Import>,
}

impl Entrant {
    pub(super) fn new(candidate: &Candidate) -> Self {
        let algorithm = algorithm(&candidate.algorithm).expect("candidates were checked");
        let info = algorithm.info();
        Self {
            name: candidate.name.clone(),
            algorithm,
            params: info.with_defaults(&candidate.params),
            id: info.id,
            deadline: None,
            import: None,
        }
    }

    /// Reads its file, if it is a model of another program.
    pub(super) fn importing(
        mut self,
        job: &TrainJob<'_>,
        plan: &FeaturePlan,
        monitor: &dyn Monitor,
    ) -> Self {
        let is_import = self.id == IMPORTED;
        self.import = is_import.then(|| Import::of(&self.name, &self.params, job, plan, monitor));
        self
    }

    /// Whether it is a model of another program.
    pub(super) fn is_import(&self) -> bool {
        self.import.is_some()
    }

    /// Inputs after encoding; of an imported model, the columns that it reads.
    pub(super) fn n_inputs(&self, plan: &FeaturePlan, model: Option<&Model>) -> usize {
        match &self.import {
            None => plan.n_features(model.map_or(self.algorithm.encoding(), |m| m.encoding)),
            Some(import) => import.model.as_ref().map_or(0, |m| m.columns().len()),
        }
    }

    /// A candidate that a search tries, until its deadline.
    pub(super) fn searched(candidate: &Candidate, deadline: Option<Instant>) -> Self {
        Self {
            deadline,
            ..Self::new(candidate)
        }
    }

    /// Its model.
    pub(super) fn model(
        &self,
        job: &TrainJob<'_>,
        plan: FeaturePlan,
        encoding: Encoding,
        estimator: Estimator,
    ) -> Model {
        Model {
            name: self.name.clone(),
            algorithm: self.id.clone(),
            params: self.params.clone(),
            signature: ModelSignature {
                inputs: plan.inputs(),
                task: job.task,
                target: job.target.to_owned(),
                classes: job.classes.to_vec(),
            },
            plan,
            encoding,
            estimator,
        }
    }
}

/// What a unit gives.
pub(super) enum UnitResult {
    /// Answers for the held-out rows of a fold.
    HeldOut(Predictions),
    /// The fit on all training rows.
    Fitted(Box<Model>),
}

impl UnitResult {
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::HeldOut(predictions) => {
                rmp_serde::to_vec(predictions).expect("predictions are plain numbers")
            }
            Self::Fitted(model) => model.to_bytes(),
        }
    }

    /// What a fold, or the fit on all rows, has been kept as; `None` if it cannot be read.
    fn from_bytes(piece: &[u8], fold: Option<usize>) -> Option<Self> {
        match fold {
            Some(_) => rmp_serde::from_slice(piece).ok().map(Self::HeldOut),
            None => Model::from_bytes(piece)
                .ok()
                .map(|m| Self::Fitted(Box::new(m))),
        }
    }
}

/// Transforms fitted on all training rows, and on the training part of each fold; all candidates share them.
pub(super) struct Plans {
    pub(super) whole: FeaturePlan,
    of_folds: Vec<Result<FeaturePlan, FeatureError>>,
}

impl Plans {
    /// Fits them. Before the units and not in them: a thread that waits for its part of a plan could begin a unit that
    /// needs the same.
    ///
    /// # Errors
    /// If no column is left, or it was stopped.
    pub(super) fn of(job: &TrainJob<'_>, monitor: &dyn Monitor) -> Result<Self, TrainError> {
        let exclude = &job.params.exclude;
        let is_stopped = || monitor.is_stopped();
        let of_fold = |(training, _): &Fold| {
            let rows: Vec<usize> = training.iter().map(|p| job.rows[*p]).collect();
            let targets = job.targets.take(training);
            let known = Some(job.known(&targets));
            let (table, schema, params) = (job.table, job.schema, job.transform);
            FeaturePlan::fit_unless(table, schema, &rows, params, exclude, known, &is_stopped)
                .transpose()
        };
        let of_folds: Option<_> = job.folds.par_iter().map(of_fold).collect();
        Ok(Self {
            whole: job.plan.without(exclude)?,
            of_folds: of_folds.ok_or(TrainError::Stopped)?,
        })
    }
}

/// What came of all units.
pub(super) struct Ran {
    /// In the order of the candidates, and in it of the folds, the fit on all rows last. Candidates that are made of others
    /// have none.
    pub(super) results: Vec<Result<UnitResult, TrainError>>,
    /// The keys under which they are kept.
    pub(super) keys: Vec<ContentHash>,
    /// How many were finished before.
    pub(super) n_kept: u64,
}

/// Runs the units of some candidates beside each other, those of the first candidates first.
///
/// # Errors
/// If it was stopped.
pub(super) fn run_units(
    job: &TrainJob<'_>,
    plans: &Plans,
    entrants: &[Entrant],
    fits_all_rows: bool,
    monitor: &dyn Monitor,
) -> Result<Ran, TrainError> {
    let own = entrants
        .iter()
        .filter(|e| !e.algorithm.is_made_of_candidates());
    let units: Vec<Unit<'_>> = own
        .flat_map(|entrant| {
            let all_rows = fits_all_rows.then_some(None);
            let folds = (0..job.folds.len()).map(Some).chain(all_rows);
            folds.map(move |fold| Unit {
                job,
                plans,
                entrant,
                fold,
                monitor,
            })
        })
        .collect();
    let total = units.len() as u64;
    let (done, n_kept) = (AtomicU64::new(0), AtomicU64::new(0));
    monitor.progress(0, total, "candidates and folds");
    let keys: Vec<ContentHash> = units.iter().map(Unit::key).collect();
    let run = |unit: &Unit<'_>, key: &ContentHash| {
        if monitor.is_stopped() {
            return Err(TrainError::Stopped);
        }
        if let Some(kept) = unit.kept(key) {
            n_kept.fetch_add(1, Ordering::Relaxed);
            return Ok(kept);
        }
        if let Some(deadline) = unit.entrant.deadline
            && Instant::now() >= deadline
        {
            return Err(TrainError::OutOfTime);
        }
        unit.run_and_keep(key)
    };
    // A bridge hands the units out one after the other, where a parallel iterator would begin in the middle as well: what a
    // search has no more time for is then its end.
    let mut results: Vec<(usize, Result<UnitResult, TrainError>)> = units
        .iter()
        .zip(&keys)
        .enumerate()
        .par_bridge()
        .map(|(position, (unit, key))| {
            let result = run(unit, key);
            let n_done = done.fetch_add(1, Ordering::Relaxed) + 1;
            monitor.progress(n_done, total, "candidates and folds");
            (position, result)
        })
        .collect();
    results.sort_by_key(|(position, _)| *position);
    let results: Vec<Result<UnitResult, TrainError>> =
        results.into_iter().map(|(_, result)| result).collect();
    let was_stopped = results
        .iter()
        .any(|r| matches!(r, Err(TrainError::Stopped)));
    if monitor.is_stopped() || was_stopped {
        return Err(TrainError::Stopped);
    }
    Ok(Ran {
        results,
        keys,
        n_kept: n_kept.into_inner(),
    })
}

/// One unit of the work.
struct Unit<'a> {
    job: &'a TrainJob<'a>,
    plans: &'a Plans,
    entrant: &'a Entrant,
    /// `None`: all training rows.
    fold: Option<usize>,
    monitor: &'a dyn Monitor,
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

impl Unit<'_> {
    /// What it depends on.
    fn key(&self) -> ContentHash {
        let Entrant {
            name, id, params, ..
        } = self.entrant;
        let mut key = serde_json::json!([self.job.scope, name, id, params, self.fold]);
        if let (Some(import), Some(parts)) = (&self.entrant.import, key.as_array_mut()) {
            parts.push(serde_json::json!(import.hash));
        }
        ContentHash::of_json(&key)
    }

    /// What it gave when it was finished before.
    fn kept(&self, key: &ContentHash) -> Option<UnitResult> {
        let piece = self.job.keep.find(key)?;
        let result = UnitResult::from_bytes(&piece, self.fold)?;
        let expected = self.fold.map(|fold| self.job.folds[fold].1.len());
        let found = match &result {
            UnitResult::HeldOut(predictions) => Some(predictions.n_rows()),
            UnitResult::Fitted(_) => None,
        };
        (expected == found).then_some(result)
    }

    /// Runs it and keeps what it gives.
    fn run_and_keep(&self, key: &ContentHash) -> Result<UnitResult, TrainError> {
        let result = self.run()?;
        self.job.keep.keep(key, &result.to_bytes());
        Ok(result)
    }

    /// Runs it; a panic inside of a library becomes the unit's error.
    fn run(&self) -> Result<UnitResult, TrainError> {
        let name = match self.fold {
            // People count from one.
            Some(fold) => format!("{} · fold {}", self.entrant.name, fold + 1),
            None => format!("{} · all rows", self.entrant.name),
        };
        self.monitor.unit_begins(&self.entrant.name, &name);
        let _guard = UnitGuard {
            monitor: self.monitor,
            name,
        };
        let work = || match self.fold {
            Some(fold) => self.answer_fold(fold).map(UnitResult::HeldOut),
            None => {
                if let Some(import) = &self.entrant.import {
                    return self
                        .imported(import)
                        .map(|m| UnitResult::Fitted(Box::new(m)));
                }
                let plan = self.plans.whole.clone();
                let weights = self.job.weights.map(<[f64]>::to_vec);
                let model = self.fit(plan, self.job.rows, self.job.targets, weights)?;
                Ok(UnitResult::Fitted(Box::new(model)))
            }
        };
        guarded(&self.entrant.id, work)?
    }

    /// Fits on the training part of a fold and answers for the held-out part.
    fn answer_fold(&self, fold: usize) -> Result<Predictions, TrainError> {
        let job = self.job;
        let (training, held_out) = &job.folds[fold];
        let rows_of = |positions: &[usize]| positions.iter().map(|p| job.rows[*p]).collect();
        let (training_rows, held_out_rows): Fold = (rows_of(training), rows_of(held_out));
        if let Some(import) = &self.entrant.import {
            let model = self.imported(import)?;
            return imports::answers(&model, job, &held_out_rows);
        }
        let plan = self.plans.of_folds[fold].clone()?;
        let weights = job
            .weights
            .map(|w| training.iter().map(|p| w[*p]).collect());
        let model = self.fit(plan, &training_rows, &job.targets.take(training), weights)?;
        let encoding = model.encoding;
        let is_stopped = || self.monitor.is_stopped();
        let encoded = model
            .plan
            .encode_unless(job.table, &held_out_rows, encoding, &is_stopped)?;
        let x = encoded.ok_or(TrainError::Stopped)?;
        let answers = model.estimator.predict_unless(x.view(), &is_stopped);
        answers.ok_or(TrainError::Stopped)
    }

    /// The model of another program with the columns that it reads.
    fn imported(&self, import: &Import) -> Result<Model, TrainError> {
        let imported = import.model()?;
        let plan = imports::plan_of(&self.plans.whole, imported);
        let encoding = self.entrant.algorithm.encoding();
        let estimator = Estimator::Imported(imported.clone());
        Ok(self.entrant.model(self.job, plan, encoding, estimator))
    }

    fn fit(
        &self,
        plan: FeaturePlan,
        rows: &[usize],
        targets: &Targets,
        weights: Option<Vec<f64>>,
    ) -> Result<Model, TrainError> {
        let Entrant {
            algorithm,
            params,
            name,
            ..
        } = self.entrant;
        if weights
            .as_ref()
            .is_some_and(|w| w.iter().all(|w| *w == 0.0))
        {
            return Err(TrainError::not_fitted(
                &self.entrant.id,
                "all rows have the weight 0",
            ));
        }
        let encoding = algorithm.encoding();
        let n_cells = rows.len() * plan.n_features(encoding);
        memory::ensure(COPIES * (n_cells * size_of::<f64>()) as u64)
            .map_err(|shortage| TrainError::not_fitted(&self.entrant.id, shortage))?;
        let known = self.job.known(targets);
        let is_stopped = || self.monitor.is_stopped();
        let encoded = plan.encode_training(self.job.table, rows, encoding, known, &is_stopped)?;
        let data = TrainingSet {
            x: encoded.ok_or(TrainError::Stopped)?,
            targets: targets.clone(),
            weights: row_weights::weights(targets, params, weights),
            feature_names: plan.feature_names(encoding),
        };
        let seed = unit_seed(self.job.seed, name, self.fold);
        let estimator = process::fit(*algorithm, &data, params, seed, self.monitor)?;
        Ok(self.entrant.model(self.job, plan, encoding, estimator))
    }
}

/// Does something; a panic in it becomes an error of what it was about.
pub(super) fn guarded<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, TrainError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        TrainError::not_fitted(what, format!("a library gave up with a panic: {text}"))
    })
}

/// A seed of its own for each unit, whatever the other candidates and their order.
fn unit_seed(seed: u64, name: &str, fold: Option<usize>) -> u64 {
    let fold = fold.map_or_else(|| "all".to_owned(), |f| f.to_string());
    ContentHash::of_bytes(format!("{seed}/{fold}/{name}").as_bytes()).seed()
}
