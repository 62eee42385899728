//! Questions of what a model goes by, asked of the test rows of the run that trained it. The model and its rows are
//! remembered for the next question, and the figures are `explain`'s.
//!
//! Such work can take long. Of each kind of question only the newest is worked on: a newer one gives up the one before,
//! and a person can stop it.

use super::open::Workspace;
use crate::data::{Table, ipc, reader, union};
use crate::domain::curve::{Along, ScoreCurve};
use crate::domain::dataset::SplitRecord;
use crate::domain::explanation::{
    Coefficients, ContributionSummary, ModelOutline, PartialDependence, PermutationImportance,
    RowExplanation, TreeDrawing,
};
use crate::domain::metric::Metric;
use crate::domain::reading::ReadOptions;
use crate::domain::run::{ArtifactRef, StepKind};
use crate::domain::work::{Monitor, Quiet};
use crate::domain::{ContentHash, Failure, FailureKind};
use crate::evaluate;
use crate::explain::{self, DependenceJob, Effort, Ground, ImportanceJob, MAX_TRAINING_ROWS};
use crate::model::{EncodedTargets, Model, encode_targets};
use crate::pipeline::step::parse_json;
use crate::store::ArtifactFiles;
use crate::train::curves::{self, CurveJob};
use crate::workspace::Snapshot;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

/// Models that are remembered with their rows.
const N_MODELS: usize = 2;

/// Shuffles of each column.
const N_REPEATS: u32 = 10;

/// Draws rows and orders; the same for all, so that two models are asked the same.
const SEED: u64 = 0;

/// A model, and the rows of the run that trained it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelRows {
    model: ContentHash,
    examples: Vec<ContentHash>,
    split: ContentHash,
}

impl ModelRows {
    /// Looks for the newest run that gave this model.
    #[must_use]
    pub fn of(snapshot: &Snapshot, model: &ContentHash) -> Option<Self> {
        let live = snapshot.live.as_ref().map(|l| &l.record);
        let mut runs = live.into_iter().chain(&snapshot.runs);
        let step = runs.find_map(|run| {
            let step = run.step(StepKind::Train)?;
            let is_it = |o: &&ArtifactRef| o.kind == "lockkeeper.Model" && o.hash == *model;
            step.outputs.iter().find(is_it).map(|_| step)
        })?;
        let of_port = |port: &str| {
            let found = step.inputs.iter().filter(|i| i.port == port);
            found.map(|i| i.hash.clone()).collect::<Vec<_>>()
        };
        Some(Self {
            model: model.clone(),
            examples: of_port("examples"),
            split: of_port("split").into_iter().next()?,
        })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &ContentHash {
        &self.model
    }
}

/// A question of what a model goes by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExplainQuery {
    /// Of this model.
    pub source: ModelRows,
    /// What is asked.
    pub ask: ExplainAsk,
}

/// What is asked. Classes are positions in the classes' order; a regression has the one number 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExplainAsk {
    /// What there is to ask.
    Outline,
    /// The importance of all columns.
    Importance {
        /// For this metric.
        metric: Metric,
    },
    /// The effect of one column.
    Dependence {
        /// Which.
        column: String,
        /// On the answer for this class.
        class: usize,
    },
    /// Why one test row got its answer.
    Row {
        /// Counted from 0.
        row: u64,
        /// The class; `None` is the one that the model finds most probable.
        class: Option<usize>,
    },
    /// The contributions of many test rows.
    Summary {
        /// To the answer for this class.
        class: usize,
    },
    /// One tree.
    Tree {
        /// Counted from 0.
        tree: usize,
        /// The class whose answer is written at the nodes.
        class: usize,
    },
    /// The weights of a weighted sum.
    Coefficients {
        /// Behind this class.
        class: usize,
    },
    /// Scores of other fits of its algorithm.
    Curve {
        /// What changes from fit to fit.
        along: Along,
        /// Of what the scores are.
        metric: Metric,
    },
}

impl ExplainAsk {
    /// Questions of one kind give each other up.
    fn kind(&self) -> u8 {
        match self {
            Self::Outline => 0,
            Self::Importance { .. } => 1,
            Self::Dependence { .. } => 2,
            Self::Row { .. } => 3,
            Self::Summary { .. } => 4,
            Self::Tree { .. } => 5,
            Self::Coefficients { .. } => 6,
            Self::Curve { .. } => 7,
        }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ExplainAnswer {
    /// To [`ExplainAsk::Outline`].
    Outline(ModelOutline),
    /// To [`ExplainAsk::Importance`].
    Importance(PermutationImportance),
    /// To [`ExplainAsk::Dependence`].
    Dependence(PartialDependence),
    /// To [`ExplainAsk::Row`].
    Row(RowExplanation),
    /// To [`ExplainAsk::Summary`].
    Summary(ContributionSummary),
    /// To [`ExplainAsk::Tree`].
    Tree(TreeDrawing),
    /// To [`ExplainAsk::Coefficients`].
    Coefficients(Coefficients),
    /// To [`ExplainAsk::Curve`].
    Curve(ScoreCurve),
}

/// A model with its rows, ready to be asked.
pub struct Subject {
    model: Model,
    rows: Table,
    n_training: usize,
    training: Table,
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
        Ok(Self {
            model,
            rows: all.take(&test),
            n_training: split.train.len(),
            training: all.take(&some),
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
            ExplainAsk::Importance { metric } => {
                ExplainAnswer::Importance(self.importance(*metric, monitor)?)
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
        let job = CurveJob {
            model: &self.model,
            x: plan.encode(&self.training, Some(&known.rows), *encoding)?,
            targets: &known.targets,
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
        monitor: &dyn Monitor,
    ) -> Result<PermutationImportance, Failure> {
        let signature = &self.model.signature;
        let EncodedTargets { rows, targets, .. } = encode_targets(
            &self.rows,
            &signature.target,
            signature.task,
            &signature.classes,
        )?;
        let job = ImportanceJob {
            model: &self.model,
            table: &self.rows.take(&rows),
            targets: &targets,
            metric,
            score: &evaluate::metrics::metric,
            n_repeats: N_REPEATS,
            seed: SEED,
        };
        Ok(explain::permutation_importance(&job, monitor)?)
    }
}

/// What can change along a curve of an algorithm.
#[must_use]
pub fn curves_of(algorithm: &str) -> Vec<Along> {
    curves::possible(algorithm)
}

type Read = Arc<OnceLock<Result<Arc<Subject>, Failure>>>;

/// The models of the newest questions, and the newest question of each kind.
#[derive(Default)]
pub(super) struct Subjects {
    read: Mutex<Vec<(ModelRows, Read)>>,
    /// `None`: a person stopped it.
    wanted: Mutex<HashMap<u8, Option<ExplainQuery>>>,
}

impl Subjects {
    /// Notes that this is the newest question of its kind.
    pub(super) fn want(&self, query: &ExplainQuery) {
        if let Ok(mut wanted) = self.wanted.lock() {
            wanted.insert(query.ask.kind(), Some(query.clone()));
        }
    }

    /// Stops working on a question.
    pub(super) fn stop(&self, query: &ExplainQuery) {
        if let Ok(mut wanted) = self.wanted.lock()
            && wanted
                .get(&query.ask.kind())
                .is_some_and(|w| w.as_ref() == Some(query))
        {
            wanted.insert(query.ask.kind(), None);
        }
    }

    /// Whether a failure says that a newer question took the place of this one.
    pub(super) fn is_given_up(&self, query: &ExplainQuery, failure: &Failure) -> bool {
        let is_newer = |wanted: &Option<ExplainQuery>| wanted.as_ref().is_some_and(|w| w != query);
        failure.kind == FailureKind::Interrupted
            && self
                .wanted
                .lock()
                .is_ok_and(|wanted| wanted.get(&query.ask.kind()).is_some_and(is_newer))
    }

    /// Answers on this thread, until a newer question of the kind is asked.
    pub(super) fn answer(
        &self,
        query: &ExplainQuery,
        files: &ArtifactFiles,
    ) -> Result<ExplainAnswer, Failure> {
        let subject = self.subject(&query.source, files)?;
        let watch = Watch {
            subjects: self,
            query,
        };
        subject.answer(&query.ask, &watch)
    }

    fn subject(&self, source: &ModelRows, files: &ArtifactFiles) -> Result<Arc<Subject>, Failure> {
        let slot = {
            let mut read = locked(&self.read)?;
            let known = read.iter().position(|(known, _)| known == source);
            let entry = match known {
                Some(at) => read.remove(at),
                None => (source.clone(), Read::default()),
            };
            let slot = Arc::clone(&entry.1);
            read.push(entry);
            if read.len() > N_MODELS {
                read.remove(0);
            }
            slot
        };
        let read = || Subject::read(source, files).map(Arc::new);
        let subject = slot.get_or_init(read).clone();
        if subject.is_err() {
            locked(&self.read)?.retain(|(known, _)| known != source);
        }
        subject
    }
}

fn locked<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>, Failure> {
    mutex
        .lock()
        .map_err(|_| Failure::internal("the models that were read broke; open the workspace again"))
}

/// Stops work on a question that is not wanted any more.
struct Watch<'a> {
    subjects: &'a Subjects,
    query: &'a ExplainQuery,
}

impl Monitor for Watch<'_> {
    fn is_stopped(&self) -> bool {
        let wanted = self.subjects.wanted.lock();
        wanted.is_ok_and(|wanted| {
            let newest = wanted.get(&self.query.ask.kind());
            newest.is_some_and(|newest| newest.as_ref() != Some(self.query))
        })
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, _message: &str) {}
}

/// A registered or trained model by its name, with the rows of its run: what the command line asks.
///
/// # Errors
/// If there is no such model, or the run that trained it is not among the newest ones.
pub fn find(name: &str, workspace: &Workspace) -> Result<(Subject, Option<Metric>), Failure> {
    let (model, hash) = super::tools::find_model(name, Some(workspace))?;
    let snapshot = workspace.snapshot();
    let source = ModelRows::of(&snapshot, &hash).ok_or_else(|| {
        Failure::not_found(format!(
            "No run of this workspace trained the model {}",
            model.name
        ))
        .hint("Give rows to explain with `--rows FILE`.")
    })?;
    Ok((
        Subject::read(&source, workspace.files())?,
        metric(&snapshot, &hash, workspace),
    ))
}

/// The metric that chose among the candidates of the run that trained a model.
fn metric(snapshot: &Snapshot, model: &ContentHash, workspace: &Workspace) -> Option<Metric> {
    let of_run = |run: &crate::domain::run::RunRecord| {
        let step = run.step(StepKind::Train)?;
        step.outputs.iter().find(|o| o.hash == *model)?;
        step.outputs
            .iter()
            .find(|o| o.port == "leaderboard")
            .cloned()
    };
    let board = snapshot.runs.iter().find_map(of_run)?;
    let bytes = workspace.files().read(&board.hash).ok()?;
    let report: crate::domain::training::TrainingReport = serde_json::from_slice(&bytes).ok()?;
    Some(report.metric)
}
