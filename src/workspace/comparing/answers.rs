//! What a pair answers: the comparison with its verdict, slices, decisions at every threshold, groups, disagreements.

use super::Compared;
use super::pair::{Answered, Pair, Ways};
use crate::domain::Failure;
use crate::domain::comparison::{Comparison, Place};
use crate::domain::disagreement::{Disagreements, Side};
use crate::domain::fairness::FairnessReport;
use crate::domain::gate::Blessing;
use crate::domain::near::near_matches;
use crate::domain::pipeline::EvaluateParams;
use crate::domain::prediction::Predictions;
use crate::domain::schema::Role;
use crate::domain::segment::SegmentSet;
use crate::domain::slice::{SliceParams, SliceReport};
use crate::domain::threshold::ThresholdReport;
use crate::domain::work::Monitor;
use crate::evaluate::fairness::FairnessJob;
use crate::evaluate::slices::SliceJob;
use crate::evaluate::{self, ComparedModel, TestSet, gate};
use crate::workspace::tools::{infer_without_target, profile_of};

/// Rows of a side that are listed.
const N_LISTED: usize = 200;

impl Pair {
    pub(super) fn test(&self) -> TestSet<'_> {
        let signature = &self.candidate().model.signature;
        TestSet {
            task: signature.task,
            target: &signature.target,
            classes: &signature.classes,
            targets: &self.targets,
            table: &self.table,
        }
    }

    /// The segments of the pipeline, or those that are usual.
    fn segments(&self) -> Vec<SegmentSet> {
        if !self.ways.evaluate.segments.is_empty() {
            return self.ways.evaluate.segments.clone();
        }
        let statistics = profile_of(&self.table);
        let schema = self.ways.schema.clone().unwrap_or_else(|| {
            let mut schema = infer_without_target(&statistics);
            let inputs = &self.candidate().model.signature.inputs;
            let is_read = |name: &String| inputs.iter().any(|input| input.name == *name);
            schema.columns.retain(|c| is_read(&c.name));
            schema
        });
        evaluate::default_segments(&schema, &statistics)
    }

    /// Compares the models in these segments.
    ///
    /// # Errors
    /// If a segment cannot be made, or it was stopped.
    pub fn in_segments(
        &self,
        sets: &[SegmentSet],
        monitor: &dyn Monitor,
    ) -> Result<Comparison, Failure> {
        let models: Vec<ComparedModel> = self
            .models
            .iter()
            .map(|m| ComparedModel {
                place: m.place,
                title: m.title.clone(),
                hash: m.hash.clone(),
                inputs: m.model.signature.input_names(),
                predictions: m.answers.clone(),
            })
            .collect();
        let Ways { evaluate, seed, .. } = &self.ways;
        Ok(evaluate::compare(
            &self.test(),
            &models,
            evaluate,
            sets,
            *seed,
            monitor,
        )?)
    }

    /// Compares the models, judges the candidate, and searches for slices in which it is worse if `finds_slices`.
    ///
    /// # Errors
    /// As [`Pair::in_segments`].
    pub fn compare(&self, finds_slices: bool, monitor: &dyn Monitor) -> Result<Compared, Failure> {
        let comparison = self.in_segments(&self.segments(), monitor)?;
        let blessing = self.judge(&comparison);
        let find = || self.slices(&SliceParams::default(), true, None, monitor);
        Ok(Compared {
            data: self.data.clone(),
            slices: finds_slices.then(find).transpose()?,
            comparison,
            blessing,
        })
    }

    fn judge(&self, comparison: &Comparison) -> Blessing {
        if self.ways.checks.is_empty() {
            return gate::judge(comparison, &gate::default_checks(comparison.task));
        }
        gate::judge(comparison, &self.ways.checks)
    }

    /// Where the candidate errs most; if `beside`, where it is worst beside the other. The seed, else the pipeline's, draws
    /// which rows are searched.
    ///
    /// # Errors
    /// If the parameters make no sense, or it was stopped.
    pub fn slices(
        &self,
        params: &SliceParams,
        beside: bool,
        seed: Option<u64>,
        monitor: &dyn Monitor,
    ) -> Result<SliceReport, Failure> {
        let problems = evaluate::slices::problems(params);
        if !problems.is_empty() {
            let failure = Failure::usage("Slices cannot be searched for like this");
            let told = problems
                .iter()
                .map(|p| format!("{} {}", p.field, p.message));
            return Err(told.fold(failure, Failure::detail));
        }
        let job = SliceJob {
            table: &self.table,
            targets: &self.targets,
            model: self.candidate().named(),
            baseline: self.other().filter(|_| beside).map(Answered::named),
            columns: &self.slice_columns(),
            params,
            seed: seed.unwrap_or(self.ways.seed),
        };
        Ok(evaluate::slices::slices(&job, monitor)?)
    }

    /// The columns whose values make slices: what the models read, and what a schema has for segments only. What names single
    /// rows or is known only with the target says nothing of where a model errs.
    fn slice_columns(&self) -> Vec<String> {
        let inputs = self.models.iter().flat_map(|m| &m.model.signature.inputs);
        let mut columns: Vec<String> = inputs.map(|c| c.name.clone()).collect();
        let roles = [Role::Sensitive, Role::Group, Role::Time];
        columns.extend(self.columns_of_roles(&roles));
        let mut known = std::collections::HashSet::new();
        columns.retain(|name| self.table.position(name).is_some() && known.insert(name.clone()));
        columns
    }

    fn columns_of_roles(&self, roles: &[Role]) -> impl Iterator<Item = String> {
        let schema = self.ways.schema.iter().flat_map(|schema| &schema.columns);
        let of_roles = schema.filter(|c| roles.contains(&c.role));
        of_roles.map(|c| c.name.clone())
    }

    /// What the models decide at every threshold, in all rows and in the segments; `None` unless there are two classes.
    ///
    /// # Errors
    /// If a segment cannot be made.
    pub fn thresholds(&self) -> Result<Option<ThresholdReport>, Failure> {
        let models: Vec<(Place, &Predictions)> =
            self.models.iter().map(|m| (m.place, &m.answers)).collect();
        let sets = self.segments();
        Ok(evaluate::thresholds::thresholds(
            &self.test(),
            &models,
            &sets,
        )?)
    }

    /// The segments of some columns.
    ///
    /// # Errors
    /// If there is no such column.
    pub(super) fn by_columns(&self, columns: &[String]) -> Result<SegmentSet, Failure> {
        for name in columns {
            if self.table.position(name).is_none() {
                let failure = Failure::usage(format!("The rows have no column {name}"));
                let near = near_matches(name, &self.table.names());
                return Err(if near.is_empty() {
                    failure
                } else {
                    failure.hint(format!("Did you mean {}?", near.join(", ")))
                });
            }
        }
        Ok(SegmentSet {
            columns: columns.to_vec(),
            ..SegmentSet::default()
        })
    }

    /// The columns that the schema marks as sensitive.
    #[must_use]
    pub fn sensitive(&self) -> Vec<String> {
        let has = |name: &String| self.table.position(name).is_some();
        self.columns_of_roles(&[Role::Sensitive])
            .filter(has)
            .collect()
    }

    /// Whether the groups of one to three columns are decided about alike; `None` unless the targets are classes. `positive`
    /// is a position in the classes; it is called from a threshold on, or where it is the most probable.
    ///
    /// # Errors
    /// If the groups cannot be made.
    pub fn fairness(
        &self,
        columns: &[String],
        (positive, threshold): (usize, Option<f64>),
        min_rows: Option<u64>,
    ) -> Result<Option<FairnessReport>, Failure> {
        let set = self.by_columns(columns)?;
        let models: Vec<(Place, &str, &Predictions)> = self
            .models
            .iter()
            .map(|m| (m.place, m.title.as_str(), &m.answers))
            .collect();
        let EvaluateParams {
            min_rows: usual,
            level,
            n_resamples,
            ..
        } = self.ways.evaluate;
        let job = FairnessJob {
            test: &self.test(),
            models: &models,
            set: &set,
            positive,
            threshold,
            min_rows: min_rows.unwrap_or(usual),
            level,
            n_resamples,
            seed: self.ways.seed,
        };
        Ok(evaluate::fairness::fairness(&job)?)
    }

    /// The rows about which the models disagree, of one side; with a threshold, where that decides between two classes.
    ///
    /// # Errors
    /// `NotFound` without another model.
    pub fn disagreements(
        &self,
        side: Side,
        threshold: Option<f64>,
    ) -> Result<Disagreements, Failure> {
        let other = self
            .other()
            .ok_or_else(|| Failure::not_found("There is no other model to disagree with"))?;
        let answers = [&self.candidate().answers, &other.answers];
        let classes = &self.candidate().model.signature.classes;
        let found = evaluate::disagreement::disagreements(
            &self.targets,
            classes,
            answers,
            threshold,
            (side, N_LISTED),
        )?;
        Ok(found)
    }
}
