//! Two models with their answers to the same rows, which have a target: everything that is asked of a comparison is asked of
//! a pair. A single model is a pair without the other.

use super::TestData;
use super::question::PairRows;
use crate::data::{Table, ipc, union};
use crate::domain::comparison::Place;
use crate::domain::dataset::SplitRecord;
use crate::domain::gate::GateCheck;
use crate::domain::pipeline::{EvaluateParams, PipelineSpec};
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::schema::Schema;
use crate::domain::{ContentHash, Failure};
use crate::evaluate;
use crate::model::Model;
use crate::model::targets::encode_targets;
use crate::pipeline::step::parse_json;
use crate::store::ArtifactFiles;

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

impl Answered {
    /// Its title and its answers.
    pub(super) fn named(&self) -> (&str, &Predictions) {
        (&self.title, &self.answers)
    }
}

/// One or two models on the same rows.
pub struct Pair {
    pub(super) table: Table,
    pub(super) targets: Targets,
    pub(super) models: Vec<Answered>,
    pub(super) data: TestData,
    pub(super) ways: Ways,
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
