//! Two models with their answers to the same rows, which have a target: everything that is asked of a comparison is asked of
//! a pair. A single model is a pair without the other.

use crate::data::{Table, ipc, union};
use crate::domain::comparison::{Comparison, Place};
use crate::domain::dataset::SplitRecord;
use crate::domain::disagreement::{Disagreements, Side};
use crate::domain::fairness::FairnessReport;
use crate::domain::gate::{Blessing, GateCheck};
use crate::domain::near::near_matches;
use crate::domain::pipeline::{EvaluateParams, PipelineSpec};
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::schema::{Role, Schema};
use crate::domain::segment::SegmentSet;
use crate::domain::slice::{SliceParams, SliceReport};
use crate::domain::threshold::ThresholdReport;
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Failure};
use crate::evaluate::fairness::FairnessJob;
use crate::evaluate::slices::SliceJob;
use crate::evaluate::{self, ComparedModel, TestSet, gate};
use crate::model::Model;
use crate::model::targets::encode_targets;
use crate::pipeline::step::parse_json;
use crate::store::ArtifactFiles;
use crate::workspace::tools::{infer_without_target, profile_of};

use super::question::PairRows;
use super::{Compared, TestData};

/// Rows of a side that are listed.
const N_LISTED: usize = 200;

/// A model with its answers.
pub struct Answered {
    /// Its place.
    pub place: Place,
    /// The model.
    pub model: Model,
    /// For people: its name, with its hash where both have the same.
    pub title: String,
    /// Its content hash.
    pub hash: ContentHash,
    pub(super) answers: Predictions,
}

/// One or two models on the same rows.
pub struct Pair {
    pub(super) table: Table,
    pub(super) targets: Targets,
    pub(super) models: Vec<Answered>,
    data: TestData,
    ways: Ways,
}

/// How they are compared.
#[derive(Default)]
pub struct Ways {
    pub(super) evaluate: EvaluateParams,
    pub(super) checks: Vec<GateCheck>,
    pub(super) schema: Option<Schema>,
    pub(super) seed: u64,
}

impl Ways {
    /// As a pipeline says.
    #[must_use]
    pub fn of(pipeline: Option<&PipelineSpec>, schema: Option<Schema>) -> Self {
        let Some(spec) = pipeline else {
            return Self {
                schema,
                ..Self::default()
            };
        };
        let gate = spec.steps.validate_model.as_ref();
        Self {
            evaluate: spec.steps.evaluate.clone(),
            checks: gate.map(|g| g.checks.clone()).unwrap_or_default(),
            schema,
            seed: spec.seed,
        }
    }
}

impl Pair {
    /// Asks the models for answers.
    ///
    /// # Errors
    /// If they answer different questions, or the rows do not suit one.
    fn new(
        models: Vec<(Place, Model, ContentHash)>,
        (table, targets): (Table, Targets),
        data: TestData,
        mut ways: Ways,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Self, Failure> {
        if let [(_, candidate, _), (_, other, _)] = models.as_slice() {
            check_same_question(candidate, other)?;
        }
        let is_twin = |name: &String| models.iter().filter(|m| m.1.name == *name).count() > 1;
        let titles: Vec<String> = models
            .iter()
            .map(|(_, model, hash)| {
                if is_twin(&model.name) {
                    format!("{} ({})", model.name, hash.short())
                } else {
                    model.name.clone()
                }
            })
            .collect();
        let models = titles.into_iter().zip(models);
        let models = models.map(|(title, (place, model, hash))| {
            let answers = model.predict_unless(&table, is_stopped)?;
            Ok(Answered {
                place,
                title,
                hash,
                answers: answers.ok_or_else(Failure::interrupted)?,
                model,
            })
        });
        let models = models.collect::<Result<Vec<_>, Failure>>()?;
        if let Some(schema) = &ways.schema {
            ways.evaluate.resampling =
                evaluate::resolved(&ways.evaluate.resampling, schema, &table);
        }
        Ok(Self {
            table,
            targets,
            models,
            data,
            ways,
        })
    }

    /// Models on the rows of a table that have a target which the first model knows.
    ///
    /// # Errors
    /// If there is no model or no target, or the models answer different questions.
    pub fn of_table(
        models: Vec<(Model, ContentHash)>,
        table: &Table,
        name: String,
        ways: Ways,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Self, Failure> {
        let (first, _) = models
            .first()
            .ok_or_else(|| Failure::usage("No model was named"))?;
        let signature = &first.signature;
        let (task, classes) = (signature.task, &signature.classes);
        let encoded = encode_targets(table, &signature.target, task, classes)?;
        let data = TestData {
            name,
            hash: ContentHash::of_bytes(&ipc::write(table)),
            n_rows: encoded.rows.len() as u64,
            n_without_target: encoded.n_missing,
        };
        let places = [Place::Candidate, Place::Production].into_iter();
        let models = places
            .zip(models)
            .map(|(place, (model, hash))| (place, model, hash));
        let rows = (table.take(&encoded.rows), encoded.targets);
        Self::new(models.collect(), rows, data, ways, is_stopped)
    }

    /// Reads models and the test rows of a run.
    ///
    /// # Errors
    /// If a file is missing or damaged, or the models answer different questions.
    pub fn read(source: &PairRows, files: &ArtifactFiles) -> Result<Self, Failure> {
        let split: SplitRecord = parse_json(&files.read(&source.split)?, "split")?;
        let mut tables = Vec::new();
        for hash in &source.examples {
            tables.push(ipc::read(&files.read(hash)?)?);
        }
        let test: Vec<usize> = split.test.iter().map(|r| *r as usize).collect();
        let table = union::union(&tables).take(&test);
        let encoded = encode_targets(&table, &split.target, split.task, &split.classes)?;
        let mut models = Vec::new();
        let candidate = (Place::Candidate, source.candidate.clone());
        for (place, hash) in std::iter::once(candidate).chain(source.other.clone()) {
            models.push((place, Model::from_bytes(&files.read(&hash)?)?, hash));
        }
        let table = table.take(&encoded.rows);
        let data = TestData {
            name: source.name.clone(),
            hash: ContentHash::of_bytes(&ipc::write(&table)),
            n_rows: table.n_rows() as u64,
            n_without_target: encoded.n_missing,
        };
        let ways = Ways {
            evaluate: parse_json(source.evaluate.as_bytes(), "parameters of evaluate")?,
            checks: parse_json(source.checks.as_bytes(), "gate checks")?,
            schema: Some(parse_json(&files.read(&source.schema)?, "schema")?),
            seed: source.seed,
        };
        Self::new(models, (table, encoded.targets), data, ways, &|| false)
    }

    /// The candidate.
    #[must_use]
    pub fn candidate(&self) -> &Answered {
        &self.models[0]
    }

    /// What it is held against.
    #[must_use]
    pub fn other(&self) -> Option<&Answered> {
        self.models.get(1)
    }

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
        let named = |m: &Answered| (m.title.clone(), m.answers.clone());
        let (candidate, other) = (named(self.candidate()), self.other().map(named));
        let other = other.as_ref().filter(|_| beside);
        let job = SliceJob {
            table: &self.table,
            targets: &self.targets,
            model: (&candidate.0, &candidate.1),
            baseline: other.map(|(title, answers)| (title.as_str(), answers)),
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

/// Whether two models can be held against each other.
fn check_same_question(candidate: &Model, production: &Model) -> Result<(), Failure> {
    let (signature, other) = (&candidate.signature, &production.signature);
    if signature.task == other.task
        && signature.target == other.target
        && signature.classes == other.classes
    {
        return Ok(());
    }
    let asked = |model: &Model| {
        let signature = &model.signature;
        format!(
            "{}: {} {:?}",
            model.name, signature.target, signature.classes
        )
    };
    Err(
        Failure::conflict("The two models answer different questions")
            .detail(asked(candidate))
            .detail(asked(production)),
    )
}
