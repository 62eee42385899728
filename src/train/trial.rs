//! What a candidate did: its answers for the held-out rows of each fold and its model on all training rows. From the
//! answers come its scores, the calibration of its probabilities, and the weights of a blend.

use super::calibration::{self, Calibration};
use super::cross_validation::TrainJob;
use super::error::TrainError;
use super::stacking;
use super::units::{Entrant, Plans, UnitResult, guarded};
use crate::domain::algorithm::Params;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::training::{FoldScore, MemberShare};
use crate::domain::work::Monitor;
use crate::feature::Encoding;
use crate::model::{Blend, Calibrated, Estimator, Member, Model};
use rayon::prelude::*;

/// Rows that calibration and blends learn from: more would change no digit that counts.
const MOST_ROWS: usize = 200_000;

/// What came of one candidate.
pub(super) struct Trial {
    /// Answers for held-out rows, with the fold.
    answers: Vec<(usize, Predictions)>,
    /// The fit on all training rows.
    pub(super) model: Option<Model>,
    /// Whether a search had no more time for all of it.
    pub(super) was_not_tried: bool,
    /// The first thing that went wrong.
    pub(super) error: Option<String>,
    /// Of a blend: what it is made of.
    pub(super) members: Vec<MemberShare>,
}

impl Trial {
    /// From the results of the folds, in order, and of all rows.
    pub(super) fn of(results: impl Iterator<Item = Result<UnitResult, TrainError>>) -> Self {
        let mut trial = Self {
            answers: Vec::new(),
            model: None,
            was_not_tried: false,
            error: None,
            members: Vec::new(),
        };
        for (fold, result) in results.enumerate() {
            match result {
                Ok(UnitResult::HeldOut(answers)) => trial.answers.push((fold, answers)),
                Ok(UnitResult::Fitted(model)) => trial.model = Some(*model),
                Err(e) => {
                    trial.was_not_tried |= matches!(e, TrainError::OutOfTime);
                    trial.error = trial.error.or(Some(e.to_string()));
                }
            }
        }
        trial
    }

    fn failed(error: impl Into<String>) -> Self {
        Self {
            answers: Vec::new(),
            model: None,
            was_not_tried: false,
            error: Some(error.into()),
            members: Vec::new(),
        }
    }

    /// Scores of each fold that was answered for.
    ///
    /// # Errors
    /// If scoring panics.
    pub(super) fn scores(&self, job: &TrainJob<'_>) -> Result<Vec<FoldScore>, TrainError> {
        let scored = self.answers.par_iter().map(|(fold, answers)| {
            let held_out = &job.folds[*fold].1;
            let work = || (job.score)(&job.targets.take(held_out), answers);
            Ok(FoldScore {
                fold: *fold as u32,
                n_rows: held_out.len() as u64,
                scores: guarded("its scores", work)?,
            })
        });
        scored.collect()
    }

    /// Puts its probabilities right, if its parameters say so: those of each fold by what came true in the others, the
    /// model's by what came true in all.
    pub(super) fn calibrate(&mut self, job: &TrainJob<'_>, params: &Params) {
        let Some(calibration) = Calibration::of(params).filter(|_| self.error.is_none()) else {
            return;
        };
        if let Err(reason) = self.try_calibrate(job, calibration) {
            self.error = Some(reason);
        }
    }

    fn try_calibrate(&mut self, job: &TrainJob<'_>, how: Calibration) -> Result<(), String> {
        let learn = |but: Option<usize>| {
            let (answers, targets) = self.pooled(job, but);
            how.learn(&answers, &targets)
        };
        let Some(maps) = learn(None)? else {
            return Ok(());
        };
        let mut answers = Vec::new();
        for (fold, own) in &self.answers {
            let own = match learn(Some(*fold))? {
                Some(maps) => calibration::calibrated(own.clone(), &maps),
                None => own.clone(),
            };
            answers.push((*fold, own));
        }
        self.answers = answers;
        if let Some(model) = &mut self.model {
            let nothing = Estimator::Constant(crate::model::Constant::Value(0.0));
            let inner = Box::new(std::mem::replace(&mut model.estimator, nothing));
            model.estimator = Estimator::Calibrated(Calibrated { inner, maps });
        }
        Ok(())
    }

    /// Answers and truth of all folds but one, for at most `MOST_ROWS` rows at even distances.
    fn pooled(&self, job: &TrainJob<'_>, but: Option<usize>) -> (Predictions, Targets) {
        let folds = || self.answers.iter().filter(|(fold, _)| Some(*fold) != but);
        let n_rows: usize = folds().map(|(_, answers)| answers.n_rows()).sum();
        let step = n_rows.div_ceil(MOST_ROWS).max(1);
        let mut rows: Vec<usize> = Vec::new();
        let mut values: Vec<f64> = Vec::new();
        let mut n_classes = None;
        for (fold, answers) in folds() {
            rows.extend(job.folds[*fold].1.iter().step_by(step));
            match answers {
                Predictions::Values(own) => values.extend(own.iter().step_by(step)),
                Predictions::Probabilities {
                    n_classes: n,
                    values: own,
                } => {
                    n_classes = Some(*n);
                    values.extend(own.chunks(*n).step_by(step).flatten());
                }
            }
        }
        let answers = match n_classes {
            Some(n_classes) => Predictions::Probabilities { n_classes, values },
            None => Predictions::Values(values),
        };
        (answers, job.targets.take(&rows))
    }

    /// Whether it can be a part of a blend.
    fn can_be_member(&self, entrant: &Entrant, n_folds: usize) -> bool {
        self.error.is_none()
            && self.model.is_some()
            && self.answers.len() == n_folds
            && entrant.id != super::algorithms::BASELINE
            && entrant.algorithm.encoding() != Encoding::Both
            && !entrant.is_import()
    }

    /// A blend of the others: each fold is answered with weights that the other folds taught.
    pub(super) fn blend(
        job: &TrainJob<'_>,
        plans: &Plans,
        entrant: &Entrant,
        others: &[(&Entrant, &Self)],
        monitor: &dyn Monitor,
    ) -> Self {
        let members: Vec<&(&Entrant, &Self)> = others
            .iter()
            .filter(|(e, trial)| trial.can_be_member(e, job.folds.len()))
            .collect();
        if members.is_empty() {
            return Self::failed("there is no other candidate to blend");
        }
        let most = super::algorithm::integer(&entrant.params, "max_members");
        let weights_without = |but: Option<usize>| {
            let pooled: Vec<(Predictions, Targets)> = members
                .iter()
                .map(|(_, trial)| trial.pooled(job, but))
                .collect();
            let answers: Vec<&Predictions> = pooled.iter().map(|(p, _)| p).collect();
            stacking::weights(&answers, &pooled[0].1, most, &|| monitor.is_stopped())
        };
        let answers = (0..job.folds.len())
            .map(|fold| {
                let own: Vec<&Predictions> = members
                    .iter()
                    .map(|(_, trial)| &trial.answers[fold].1)
                    .collect();
                (fold, stacking::average(&own, &weights_without(Some(fold))))
            })
            .collect();
        let weights = weights_without(None);
        let kept: Vec<Member> = members
            .iter()
            .zip(weights)
            .filter(|(_, weight)| *weight > 0.0)
            .filter_map(|((e, trial), weight)| {
                let model = trial.model.as_ref()?;
                Some(Member {
                    name: e.name.clone(),
                    algorithm: e.id.clone(),
                    weight,
                    encoding: model.encoding,
                    estimator: model.estimator.clone(),
                })
            })
            .collect();
        let shares = kept.iter().map(|m| MemberShare {
            name: m.name.clone(),
            weight: m.weight,
        });
        Self {
            answers,
            was_not_tried: false,
            error: None,
            members: shares.collect(),
            model: Some(blend_model(job, plans, entrant, kept)),
        }
    }
}

/// The model of a blend; it takes its inputs in the forms that its members need.
fn blend_model(
    job: &TrainJob<'_>,
    plans: &Plans,
    entrant: &Entrant,
    members: Vec<Member>,
) -> Model {
    let plan = plans.whole.clone();
    let needs = |encoding| members.iter().any(|m| m.encoding == encoding);
    let n_of = |encoding| {
        if needs(encoding) {
            plan.n_features(encoding)
        } else {
            0
        }
    };
    let (n_one_hot, n_ordinal) = (n_of(Encoding::OneHot), n_of(Encoding::Ordinal));
    let encoding = match (needs(Encoding::OneHot), needs(Encoding::Ordinal)) {
        (true, false) => Encoding::OneHot,
        (false, true) => Encoding::Ordinal,
        _ => Encoding::Both,
    };
    let blend = Blend {
        members,
        n_one_hot,
        n_ordinal,
    };
    entrant.model(job, plan, encoding, Estimator::Blend(blend))
}
