//! A model with its rows: it answers all questions of what the model goes by.

use super::{ExplainAnswer, ExplainAsk, ModelRows};
use crate::data::expression::{self, Expression};
use crate::data::{Table, ipc, reader, union};
use crate::domain::curve::{Along, ScoreCurve};
use crate::domain::dataset::SplitRecord;
use crate::domain::explanation::{ModelOutline, PermutationImportance, RowExplanation};
use crate::domain::metric::Metric;
use crate::domain::reading::ReadOptions;
use crate::domain::schema::Schema;
use crate::domain::work::{Monitor, Quiet};
use crate::domain::{ContentHash, Failure};
use crate::evaluate;
use crate::explain::{self, DependenceJob, Effort, Ground, ImportanceJob, MAX_TRAINING_ROWS};
use crate::feature::KnownTargets;
use crate::model::{EncodedTargets, Model, encode_targets};
use crate::pipeline::step::parse_json;
use crate::store::ArtifactFiles;
use crate::train::curves::{self, CurveJob};
use crate::train::row_weights;
use crate::workspace::open::Workspace;
use std::path::Path;
use std::sync::OnceLock;

/// Shuffles of each column.
const N_REPEATS: u32 = 10;

/// Draws rows and orders; the same for all, so that two models are asked the same.
const SEED: u64 = 0;

/// A model with its rows, ready to be asked.
pub struct Subject {
    model: Model,
    rows: Table,
    n_training: usize,
    training: Table,
    /// How much each of the training rows counts.
    weights: Option<Vec<f64>>,
    ground: OnceLock<Result<Ground, Failure>>,
}

impl Subject {
    /// A model, the rows that it was trained on, and those that are explained.
    #[must_use]
    pub fn new(model: Model, training: Table, rows: Table) -> Self {
        Self {
            model,
            rows,
            n_training: training.n_rows(),
            training,
            weights: None,
            ground: OnceLock::new(),
        }
    }

    /// Reads a model and the rows of its run.
    ///
    /// # Errors
    /// If a file is missing or damaged.
    pub fn read(source: &ModelRows, files: &ArtifactFiles) -> Result<Self, Failure> {
        let model = Model::from_bytes(&files.read(&source.model)?)?;
        let split: SplitRecord = parse_json(&files.read(&source.split)?, "split")?;
        let mut tables = Vec::new();
        for hash in &source.examples {
            tables.push(ipc::read(&files.read(hash)?)?);
        }
        let all = union::union(&tables);
        let test: Vec<usize> = split.test.iter().map(|r| *r as usize).collect();
        let some = explain::drawn(split.train.len(), MAX_TRAINING_ROWS, SEED);
        let some: Vec<usize> = some.iter().map(|i| split.train[*i] as usize).collect();
        let schema: Schema = parse_json(&files.read(&source.schema)?, "schema")?;
        Ok(Self {
            model,
            rows: all.take(&test),
            n_training: split.train.len(),
            training: all.take(&some),
            weights: row_weights::of_column(&all, &schema, &some)?,
            ground: OnceLock::new(),
        })
    }

    /// A model and the rows of a file; what weighs branches and makes means are the rows that it was trained on where
    /// a workspace knows them, and else the file's.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn of_file(
        (model, hash): (Model, &ContentHash),
        path: &Path,
        options: &ReadOptions,
        workspace: Option<&Workspace>,
    ) -> Result<Self, Failure> {
        let rows = reader::read_file(path, options, &Quiet)?.table;
        let source = workspace.and_then(|w| Some((w, ModelRows::of(&w.snapshot(), hash)?)));
        if let Some((workspace, source)) = source {
            let known = Self::read(&source, workspace.files())?;
            return Ok(Self { rows, ..known });
        }
        Ok(Self {
            model,
            n_training: 0,
            training: rows.clone(),
            rows,
            weights: None,
            ground: OnceLock::new(),
        })
    }

    /// The model.
    #[must_use]
    pub fn outline(&self) -> ModelOutline {
        explain::outline(&self.model, (self.n_training, self.rows.n_rows()))
    }

    fn ground(&self) -> Result<&Ground, Failure> {
        let made = || Ok(Ground::of(&self.model, &self.training, SEED)?);
        self.ground.get_or_init(made).as_ref().map_err(Clone::clone)
    }

    /// Answers on this thread.
    ///
    /// # Errors
    /// If the rows do not suit the model, it does not have what is asked for, or it was stopped.
    pub fn answer(
        &self,
        ask: &ExplainAsk,
        monitor: &dyn Monitor,
    ) -> Result<ExplainAnswer, Failure> {
        let Self { model, rows, .. } = self;
        Ok(match ask {
            ExplainAsk::Outline => ExplainAnswer::Outline(self.outline()),
            ExplainAsk::Importance { metric, within } => {
                let found = self.importance(*metric, within.as_deref(), monitor)?;
                ExplainAnswer::Importance(found)
            }
            ExplainAsk::Dependence { column, class } => {
                let job = DependenceJob {
                    model,
                    table: rows,
                    column,
                    class: *class,
                    seed: SEED,
                };
                ExplainAnswer::Dependence(explain::partial_dependence(&job, monitor)?)
            }
            ExplainAsk::Row { row, class } => {
                let class = class.map_or_else(|| self.likeliest(*row), Ok)?;
                let place = (rows, *row);
                let ground = self.ground()?;
                let found = explain::explain_row(model, ground, class, place, SEED, monitor)?;
                ExplainAnswer::Row(found)
            }
            ExplainAsk::Summary { class } => {
                let ground = self.ground()?;
                let found = explain::summarise(model, ground, *class, rows, SEED, monitor)?;
                ExplainAnswer::Summary(found)
            }
            ExplainAsk::Tree { tree, class } => {
                ExplainAnswer::Tree(explain::draw_tree(model, self.ground()?, *tree, *class)?)
            }
            ExplainAsk::Coefficients { class } => {
                ExplainAnswer::Coefficients(explain::coefficients(model, *class)?)
            }
            ExplainAsk::Curve { along, metric } => {
                ExplainAnswer::Curve(self.curve(along, *metric, monitor)?)
            }
        })
    }

    /// Why every row got its answer; of the class, or of the positive one of two, or of the most probable one.
    ///
    /// # Errors
    /// As `answer`.
    pub fn every_row(&self, class: Option<usize>) -> Result<Vec<RowExplanation>, Failure> {
        let class = class.unwrap_or(usize::from(self.model.signature.classes.len() == 2));
        let effort = (Effort::ManyRows, SEED);
        let ground = self.ground()?;
        let found = explain::explain_rows(&self.model, ground, class, &self.rows, effort, &Quiet)?;
        Ok(found)
    }

    fn likeliest(&self, row: u64) -> Result<usize, Failure> {
        if row >= self.rows.n_rows() as u64 {
            return Ok(0);
        }
        let answers = self.model.predict(&self.rows.slice(row as usize, 1))?;
        Ok(answers.labels().first().map_or(0, |k| *k as usize))
    }

    /// Fits again, on the training rows that are at hand.
    fn curve(
        &self,
        along: &Along,
        metric: Metric,
        monitor: &dyn Monitor,
    ) -> Result<ScoreCurve, Failure> {
        let Model {
            signature,
            plan,
            encoding,
            ..
        } = &self.model;
        let (target, task) = (&signature.target, signature.task);
        let known = encode_targets(&self.training, target, task, &signature.classes)?;
        let targets = KnownTargets {
            targets: &known.targets,
            classes: &signature.classes,
        };
        let weights = self.weights.as_ref();
        let weights = weights.map(|w| known.rows.iter().map(|r| w[*r]).collect::<Vec<_>>());
        let is_stopped = || monitor.is_stopped();
        let x =
            plan.encode_training(&self.training, &known.rows, *encoding, targets, &is_stopped)?;
        let job = CurveJob {
            model: &self.model,
            x: x.ok_or_else(Failure::interrupted)?,
            targets: &known.targets,
            weights: weights.as_deref(),
            metric,
            score: &|metric, targets, answers| {
                evaluate::metrics::metric(metric, targets, answers, None)
            },
            seed: SEED,
        };
        Ok(curves::curve(&job, along, monitor)?)
    }

    fn importance(
        &self,
        metric: Metric,
        within: Option<&str>,
        monitor: &dyn Monitor,
    ) -> Result<PermutationImportance, Failure> {
        let signature = &self.model.signature;
        let part = within.map(|condition| part_of(&self.rows, condition));
        let part = part.transpose()?;
        let all = part.as_ref().unwrap_or(&self.rows);
        let EncodedTargets { rows, targets, .. } =
            encode_targets(all, &signature.target, signature.task, &signature.classes)?;
        let job = ImportanceJob {
            model: &self.model,
            table: &all.take(&rows),
            targets: &targets,
            metric,
            score: &evaluate::metrics::metric,
            n_repeats: N_REPEATS,
            seed: SEED,
        };
        Ok(explain::permutation_importance(&job, monitor)?)
    }
}

/// The rows of a table that meet a condition.
fn part_of(table: &Table, condition: &str) -> Result<Table, Failure> {
    let parsed = Expression::parse_row_condition(condition, &expression::columns_of(table));
    let parsed = parsed.map_err(|e| Failure::usage(e.sentence(condition)))?;
    let rows =
        expression::filter(table, &parsed).map_err(|e| Failure::usage(e.sentence(condition)))?;
    if rows.is_empty() {
        return Err(Failure::not_found(format!("No test row meets {condition}")));
    }
    Ok(table.take(&rows))
}
