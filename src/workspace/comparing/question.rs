//! What the window asks of a pair of models on the test rows of a run. The answers are no records: what a gate decided by is
//! in the run's own artifacts.

use super::Compared;
use super::pair::Pair;
use crate::domain::comparison::{Comparison, Place};
use crate::domain::dataset::SplitRecord;
use crate::domain::disagreement::{Disagreements, Side};
use crate::domain::fairness::FairnessReport;
use crate::domain::metric::MetricValue;
use crate::domain::pipeline::{EvaluateParams, ValidateModelParams};
use crate::domain::run::{RunRecord, StepKind};
use crate::domain::segment::{Bins, SegmentSet};
use crate::domain::slice::{Loss, SliceParams, SliceReport};
use crate::domain::threshold::ThresholdReport;
use crate::domain::what_if::{NearestOther, RowCurve, WhatIf};
use crate::domain::work::Monitor;
use crate::domain::{ContentHash, Failure};
use crate::evaluate::metrics;
use crate::model::Model;
use crate::pipeline::step::parse_json;
use crate::store::ArtifactFiles;
use crate::workspace::Snapshot;
use crate::workspace::explain::ModelRows;
use crate::workspace::newest::Asked;
use crate::workspace::report::Report;

/// Two models, and the test rows of a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PairRows {
    /// What the rows are called: "test rows of run 3".
    pub(super) name: String,
    pub(super) examples: Vec<ContentHash>,
    pub(super) split: ContentHash,
    pub(super) schema: ContentHash,
    pub(super) candidate: ContentHash,
    /// What it is held against: the model in production, another version, or the baseline.
    pub(super) other: Option<(Place, ContentHash)>,
    /// The parameters of `evaluate`, as JSON.
    pub(super) evaluate: String,
    /// The checks of the gate, as JSON.
    pub(super) checks: String,
    pub(super) seed: u64,
}

impl PairRows {
    /// The candidate of a run and what it was held against, or two other models on the test rows of this run. `None` while the
    /// run has not evaluated.
    #[must_use]
    pub fn of(
        snapshot: &Snapshot,
        run: &RunRecord,
        candidate: &ContentHash,
        other: Option<(Place, &ContentHash)>,
    ) -> Option<Self> {
        let step = run.step(StepKind::Evaluate)?;
        let of_port = |port: &str| {
            let found = step.inputs.iter().filter(|i| i.port == port);
            found.map(|i| i.hash.clone()).collect::<Vec<_>>()
        };
        let evaluate: EvaluateParams =
            serde_json::from_value(step.params.clone()).unwrap_or_default();
        let gate = run.step(StepKind::ValidateModel);
        let checks = gate
            .and_then(|step| {
                serde_json::from_value::<ValidateModelParams>(step.params.clone()).ok()
            })
            .unwrap_or_default()
            .checks;
        let spec = snapshot.pipeline.as_ref().ok();
        Some(Self {
            name: format!("test rows of run {}", run.id),
            examples: of_port("examples"),
            split: of_port("split").into_iter().next()?,
            schema: of_port("schema").into_iter().next()?,
            candidate: candidate.clone(),
            other: other.map(|(place, hash)| (place, hash.clone())),
            evaluate: serde_json::to_string(&evaluate).ok()?,
            checks: serde_json::to_string(&checks).ok()?,
            seed: spec.map_or(0, |spec| spec.seed),
        })
    }
}

/// A question of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CompareQuery {
    /// The pair.
    pub source: PairRows,
    /// What is asked.
    pub ask: CompareAsk,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CompareAsk {
    /// The comparison in the pipeline's segments, with what the gate would say.
    Whole,
    /// The comparison in the segments of one to three columns, with bins of about equally many rows.
    Cross {
        /// The columns.
        columns: Vec<String>,
        /// Bins of a column of numbers.
        bins: u32,
    },
    /// The comparison where a condition in SQL's syntax holds.
    Where {
        /// The condition.
        condition: String,
    },
    /// Slices.
    Slices(SliceAsk),
    /// Decisions at every threshold.
    Thresholds,
    /// Whether groups are decided about alike.
    Fairness {
        /// One to three columns.
        columns: Vec<String>,
        /// Position of the class that a decision is for.
        positive: usize,
        /// Thousandths of a probability, from which on it is called; `None` where it is the most probable.
        threshold: Option<u32>,
    },
    /// Rows about which the models disagree.
    Rows {
        /// Which of them.
        side: Side,
        /// Thousandths of a probability, from which on the second of two classes is called.
        threshold: Option<u32>,
    },
    /// What the models would answer to a changed row.
    WhatIf {
        /// Its place among the test rows, counted from 0.
        row: u64,
        /// Columns with new values; `None` is missing.
        changes: Vec<(String, Option<String>)>,
    },
    /// The nearest row to which a model gives another answer.
    Nearest {
        /// Its place among the test rows, counted from 0.
        row: u64,
        /// 0 is the candidate, 1 the other.
        model: usize,
    },
    /// What the models answer to a changed row as one column takes other values.
    Curve {
        /// Its place among the test rows, counted from 0.
        row: u64,
        /// Columns with new values; `None` is missing.
        changes: Vec<(String, Option<String>)>,
        /// The column.
        column: String,
        /// Position of the class whose probability is told; 0 for numbers.
        class: usize,
    },
    /// All of it as one HTML file.
    Report {
        /// The day that it is of, as `2026-11-27`.
        day: String,
    },
    /// Several models at once.
    Versions(Vec<VersionOfRun>),
}

/// How slices are searched for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SliceAsk {
    /// Whether the losses of the other model are taken off.
    pub is_beside: bool,
    /// What a row costs; `None` is usual.
    pub loss: Option<Loss>,
    /// Hundredths of the mean error against the size.
    pub alpha_percent: u32,
    /// The most conditions.
    pub max_predicates: u32,
    /// The fewest rows; `None` is usual.
    pub min_rows: Option<u64>,
}

impl SliceAsk {
    fn params(&self) -> SliceParams {
        SliceParams {
            loss: self.loss,
            alpha: f64::from(self.alpha_percent) / 100.0,
            max_predicates: self.max_predicates,
            min_rows: self.min_rows,
            ..SliceParams::default()
        }
    }
}

/// A registered model that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionOfRun {
    /// The model.
    pub hash: ContentHash,
    /// The rows of its own run, where it is known.
    pub rows: Option<ModelRows>,
}

/// A model on the rows of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionLine {
    /// The model.
    pub hash: ContentHash,
    /// Its metrics, or why there are none.
    pub metrics: Result<Vec<MetricValue>, String>,
    /// How many of these rows it was trained on; `None` where that is not known.
    pub n_trained_on: Option<u64>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub enum CompareAnswer {
    /// To [`CompareAsk::Whole`].
    Whole(Box<Compared>),
    /// To [`CompareAsk::Cross`] and [`CompareAsk::Where`].
    Segments(Box<Comparison>),
    /// To [`CompareAsk::Slices`].
    Slices(SliceReport),
    /// To [`CompareAsk::Thresholds`]; `None` unless there are two classes.
    Thresholds(Option<ThresholdReport>),
    /// To [`CompareAsk::Fairness`]; `None` unless there are classes.
    Fairness(Option<FairnessReport>),
    /// To [`CompareAsk::Rows`].
    Rows(Disagreements),
    /// To [`CompareAsk::WhatIf`].
    WhatIf(WhatIf),
    /// To [`CompareAsk::Nearest`]; `None` where no row gets another answer.
    Nearest(Option<NearestOther>),
    /// To [`CompareAsk::Curve`].
    Curve(RowCurve),
    /// To [`CompareAsk::Report`].
    Report(String),
    /// To [`CompareAsk::Versions`].
    Versions(Vec<VersionLine>),
}

impl Asked for CompareQuery {
    type Source = PairRows;
    type Subject = Pair;
    type Answer = CompareAnswer;

    fn source(&self) -> &PairRows {
        &self.source
    }

    fn kind(&self) -> u8 {
        match self.ask {
            CompareAsk::Whole => 0,
            CompareAsk::Cross { .. } => 1,
            CompareAsk::Where { .. } => 2,
            CompareAsk::Slices(_) => 3,
            CompareAsk::Thresholds => 4,
            CompareAsk::Fairness { .. } => 5,
            CompareAsk::Rows { .. } => 6,
            CompareAsk::WhatIf { .. } => 7,
            CompareAsk::Nearest { model: 0, .. } => 8,
            CompareAsk::Nearest { .. } => 9,
            CompareAsk::Curve { .. } => 10,
            CompareAsk::Report { .. } => 11,
            CompareAsk::Versions(_) => 12,
        }
    }

    fn read(source: &PairRows, files: &ArtifactFiles) -> Result<Pair, Failure> {
        Pair::read(source, files)
    }

    fn answer(
        &self,
        pair: &Pair,
        files: &ArtifactFiles,
        monitor: &dyn Monitor,
    ) -> Result<CompareAnswer, Failure> {
        let CompareAsk::Versions(versions) = &self.ask else {
            return pair.answer(&self.ask, monitor);
        };
        let split: SplitRecord = parse_json(&files.read(&self.source.split)?, "split")?;
        let lines = versions.iter().map(|version| VersionLine {
            hash: version.hash.clone(),
            metrics: scores(pair, &version.hash, files).map_err(|why| why.summary),
            n_trained_on: n_trained_on(version, (&self.source, &split), files),
        });
        Ok(CompareAnswer::Versions(lines.collect()))
    }
}

impl Pair {
    /// Answers on this thread. Other models are none of its own: [`CompareAsk::Versions`] gets no lines here.
    ///
    /// # Errors
    /// If what is asked makes no sense, or it was stopped.
    pub fn answer(
        &self,
        ask: &CompareAsk,
        monitor: &dyn Monitor,
    ) -> Result<CompareAnswer, Failure> {
        Ok(match ask {
            CompareAsk::Whole => CompareAnswer::Whole(Box::new(self.compare(false, monitor)?)),
            CompareAsk::Cross { columns, bins } => {
                let set = SegmentSet {
                    bins: Bins::Quantile(*bins),
                    ..self.by_columns(columns)?
                };
                CompareAnswer::Segments(Box::new(self.in_segments(&[set], monitor)?))
            }
            CompareAsk::Where { condition } => {
                let set = SegmentSet {
                    condition: Some(condition.clone()),
                    ..SegmentSet::default()
                };
                CompareAnswer::Segments(Box::new(self.in_segments(&[set], monitor)?))
            }
            CompareAsk::Slices(ask) => {
                CompareAnswer::Slices(self.slices(&ask.params(), ask.is_beside, None, monitor)?)
            }
            CompareAsk::Thresholds => CompareAnswer::Thresholds(self.thresholds()?),
            CompareAsk::Fairness {
                columns,
                positive,
                threshold,
            } => {
                let decided = (*positive, threshold.map(probability));
                CompareAnswer::Fairness(self.fairness(columns, decided, None)?)
            }
            CompareAsk::Rows { side, threshold } => {
                CompareAnswer::Rows(self.disagreements(*side, threshold.map(probability))?)
            }
            CompareAsk::WhatIf { row, changes } => {
                CompareAnswer::WhatIf(self.what_if(*row, changes)?)
            }
            CompareAsk::Nearest { row, model } => {
                CompareAnswer::Nearest(self.nearest_other(*row, *model)?)
            }
            CompareAsk::Curve {
                row,
                changes,
                column,
                class,
            } => CompareAnswer::Curve(self.row_curve((*row, changes), column, *class)?),
            CompareAsk::Report { day } => {
                let compared = &self.compare(true, monitor)?;
                let report = Report {
                    pair: self,
                    compared,
                    day,
                };
                CompareAnswer::Report(report.html())
            }
            CompareAsk::Versions(_) => CompareAnswer::Versions(Vec::new()),
        })
    }
}

fn probability(thousandths: u32) -> f64 {
    f64::from(thousandths) / 1_000.0
}

/// The metrics of any model on the rows of a pair.
fn scores(
    pair: &Pair,
    hash: &ContentHash,
    files: &ArtifactFiles,
) -> Result<Vec<MetricValue>, Failure> {
    let model = Model::from_bytes(&files.read(hash)?)?;
    let (signature, asked) = (&model.signature, &pair.candidate().model.signature);
    if (signature.task, &signature.target, &signature.classes)
        != (asked.task, &asked.target, &asked.classes)
    {
        return Err(Failure::conflict("answers another question"));
    }
    Ok(metrics::score(&pair.targets, &model.predict(&pair.table)?))
}

/// How many of the test rows a model was trained on: batches stand one after the other in both runs as far as they are the
/// same.
fn n_trained_on(
    version: &VersionOfRun,
    (source, split): (&PairRows, &SplitRecord),
    files: &ArtifactFiles,
) -> Option<u64> {
    let rows = version.rows.as_ref()?;
    let shared: Vec<_> = rows.examples().iter().zip(&source.examples).collect();
    if shared.iter().any(|(a, b)| a != b) {
        return None;
    }
    let own: SplitRecord = parse_json(&files.read(rows.split()).ok()?, "split").ok()?;
    let test: std::collections::HashSet<u64> = split.test.iter().copied().collect();
    Some(own.train.iter().filter(|row| test.contains(row)).count() as u64)
}
