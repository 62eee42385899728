//! Questions of what a model goes by, asked of the test rows of the run that trained it. A model with its rows is a
//! `subject`, and the figures are `explain`'s.

mod subject;

use super::newest::Asked;
use super::open::Workspace;
use crate::domain::curve::{Along, ScoreCurve};
use crate::domain::explanation::{
    Coefficients, ContributionSummary, ModelOutline, PartialDependence, PermutationImportance,
    RowExplanation, TreeDrawing,
};
use crate::domain::metric::Metric;
use crate::domain::run::{ArtifactRef, StepKind};
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Failure};
use crate::store::ArtifactFiles;
use crate::train::curves;
use crate::workspace::Snapshot;

pub use subject::Subject;

/// A model, and the rows of the run that trained it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelRows {
    model: ContentHash,
    examples: Vec<ContentHash>,
    split: ContentHash,
    schema: ContentHash,
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
            schema: of_port("schema").into_iter().next()?,
        })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &ContentHash {
        &self.model
    }

    pub(in crate::workspace) fn examples(&self) -> &[ContentHash] {
        &self.examples
    }

    pub(in crate::workspace) fn split(&self) -> &ContentHash {
        &self.split
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

impl Asked for ExplainQuery {
    type Source = ModelRows;
    type Subject = Subject;
    type Answer = ExplainAnswer;

    fn source(&self) -> &ModelRows {
        &self.source
    }

    fn kind(&self) -> u8 {
        match self.ask {
            ExplainAsk::Outline => 0,
            ExplainAsk::Importance { .. } => 1,
            ExplainAsk::Dependence { .. } => 2,
            ExplainAsk::Row { .. } => 3,
            ExplainAsk::Summary { .. } => 4,
            ExplainAsk::Tree { .. } => 5,
            ExplainAsk::Coefficients { .. } => 6,
            ExplainAsk::Curve { .. } => 7,
        }
    }

    fn read(source: &ModelRows, files: &ArtifactFiles) -> Result<Subject, Failure> {
        Subject::read(source, files)
    }

    fn answer(
        &self,
        subject: &Subject,
        _files: &ArtifactFiles,
        monitor: &dyn Monitor,
    ) -> Result<ExplainAnswer, Failure> {
        subject.answer(&self.ask, monitor)
    }
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
        /// Only on rows that meet this condition in SQL's syntax.
        within: Option<String>,
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

/// What can change along a curve of an algorithm.
#[must_use]
pub fn curves_of(algorithm: &str) -> Vec<Along> {
    curves::possible(algorithm)
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
