//! The pipeline as data: what `pipeline.toml` says. A step that is not in the file is not run; without `validate`
//! there is no data gate, without `validate-model` no model gate. Checks of the values are left to the steps.

use super::Scalar;
use super::Task;
use super::algorithm::Params;
use super::gate::GateCheck;
use super::metric::Metric;
use super::preparation::Preparation;
use super::reading::ReadOptions;
use super::schema::Role;
use super::segment::SegmentSet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineSpec {
    /// Its name: also the name of the models it registers.
    pub name: String,
    /// Where all randomness comes from.
    pub seed: u64,
    /// The steps.
    pub steps: Steps,
}

/// The steps of a pipeline and their parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Steps {
    /// Reads the batches.
    pub ingest: IngestParams,
    /// Profiles them.
    #[serde(default)]
    pub statistics: StatisticsParams,
    /// Infers the schema once, then keeps the one in force.
    pub schema: SchemaParams,
    /// The data gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate: Option<ValidateParams>,
    /// Splits the rows and fits the transforms on the training part.
    #[serde(default)]
    pub transform: TransformParams,
    /// Fits the candidates.
    pub train: TrainParams,
    /// Compares on the test part.
    #[serde(default)]
    pub evaluate: EvaluateParams,
    /// The model gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_model: Option<ValidateModelParams>,
    /// Promotes to production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushParams>,
}

/// Parameters of `ingest`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IngestParams {
    /// Files, or folders of files, in order of time: the last one is the newest batch. Relative paths are relative
    /// to the workspace. A `*` in the file name stands for anything.
    pub files: Vec<String>,
    /// How the files are read, as far as it is settled; the rest is guessed file by file.
    #[serde(default, skip_serializing_if = "ReadOptions::is_open")]
    pub read: ReadOptions,
}

/// Parameters of `statistics`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StatisticsParams {
    /// Bins of each histogram.
    pub n_bins: u32,
    /// Frequent values kept of each column.
    pub n_top: u32,
    /// Memory that profiling may take, in MiB. Columns that do not fit are summarised, with a stated error.
    pub memory_mib: u32,
}

impl Default for StatisticsParams {
    fn default() -> Self {
        Self {
            n_bins: 20,
            n_top: 20,
            memory_mib: 512,
        }
    }
}

/// Parameters of `schema`: what a person knows and no statistics can tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaParams {
    /// The target column.
    pub target: String,
    /// The task; `None` decides by the target: texts, truth values and few whole numbers are classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
    /// The positive class of two; `None` takes `yes`, `true`, `1` or else the rarer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positive: Option<String>,
    /// Roles of columns where they are not to be guessed.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
}

/// Parameters of `validate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ValidateParams {
    /// Whether drift against earlier batches is looked at.
    pub drift: bool,
}

impl Default for ValidateParams {
    fn default() -> Self {
        Self { drift: true }
    }
}

/// Parameters of `transform`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransformParams {
    /// How rows are split.
    pub split: SplitKind,
    /// Share of rows kept for the test, in (0, 1).
    pub test_fraction: f64,
    /// A text with more different values than this keeps its most frequent ones, the rest become "other".
    pub max_categories: u32,
    /// How columns become inputs, where that is not to be chosen by their type.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, Preparation>,
}

impl Default for TransformParams {
    fn default() -> Self {
        Self {
            split: SplitKind::Stratified,
            test_fraction: 0.25,
            max_categories: 30,
            columns: BTreeMap::new(),
        }
    }
}

/// How rows are split into training and test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitKind {
    /// Shuffled with the seed, inside each batch, so that a row keeps its side when batches are added.
    Random,
    /// The same, with the shares of the classes kept (numbers: of their quarters).
    Stratified,
    /// Whole groups, by the column of that role: no group is on both sides, nor in both parts of a fold.
    Group,
    /// The last rows, by the time column where there is one, else in the order of the batches.
    Time,
}

/// Parameters of `train`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainParams {
    /// When training starts.
    #[serde(default)]
    pub start: TrainStart,
    /// Folds of the cross-validation.
    #[serde(default = "default_folds")]
    pub folds: u32,
    /// The metric that chooses; `None` is log loss or RMSE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<Metric>,
    /// Columns that no candidate may see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// The candidates. The baseline is always trained besides.
    pub candidates: Vec<Candidate>,
    /// A search for better parameters, whose finds join the candidates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchParams>,
}

/// A search for better parameters of some algorithms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SearchParams {
    /// How it goes about it.
    pub method: SearchMethod,
    /// The algorithms; empty: boosting and the linear model of the task.
    pub algorithms: Vec<String>,
    /// Settings that are tried of each algorithm.
    pub settings: u32,
    /// When so many seconds have passed, no further setting begins. What was tried then depends on the machine; what came
    /// of each does not. `None`: all are tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}

impl Default for SearchParams {
    fn default() -> Self {
        Self {
            method: SearchMethod::Random,
            algorithms: Vec::new(),
            settings: 12,
            seconds: None,
        }
    }
}

/// How a search goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchMethod {
    /// Values at even distances, combined in every way.
    Grid,
    /// Values drawn at random (Bergstra and Bengio 2012).
    #[default]
    Random,
    /// The same, but first on a ninth of the rows; the best third goes on to a third of them, and the best third of these to
    /// all (successive halving, Jamieson and Talwalkar 2016).
    Halving,
}

fn default_folds() -> u32 {
    5
}

/// When training starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrainStart {
    /// Together with data validation; canceled when the gate says STOP.
    #[default]
    WithValidation,
    /// Only when the data gate has passed.
    AfterValidation,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Its name, unique in the pipeline.
    pub name: String,
    /// The algorithm's id.
    pub algorithm: String,
    /// Parameters that differ from the defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: Params,
}

impl Candidate {
    /// A candidate with default parameters, named like its algorithm.
    #[must_use]
    pub fn of(algorithm: &str) -> Self {
        Self {
            name: algorithm.to_owned(),
            algorithm: algorithm.to_owned(),
            params: BTreeMap::new(),
        }
    }

    /// Sets one parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Scalar>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }
}

/// Parameters of `evaluate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvaluateParams {
    /// Ways to cut the test rows. Empty: chosen from the schema (texts with few values, numbers in quarters).
    pub segments: Vec<SegmentSet>,
    /// Segments with fewer rows say "not enough rows".
    pub min_rows: u64,
    /// Resamples of the bootstrap.
    pub n_resamples: u32,
    /// Confidence level of the intervals, in (0, 1).
    pub level: f64,
    /// What the bootstrap draws.
    #[serde(skip_serializing_if = "Resampling::is_automatic")]
    pub resampling: Resampling,
}

impl Default for EvaluateParams {
    fn default() -> Self {
        Self {
            segments: Vec::new(),
            min_rows: 50,
            n_resamples: 2_000,
            level: 0.95,
            resampling: Resampling::Automatic,
        }
    }
}

/// What the bootstrap draws with replacement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resampling {
    /// Blocks of the column with the role "group" where the schema has one; else rows.
    #[default]
    Automatic,
    /// Single rows: right where rows are independent of each other.
    Rows,
    /// Single rows, of each class (of each quarter of a numeric target) as many as there are.
    Stratified,
    /// All rows together that have one value of this column; of moments, one day.
    Blocks(String),
}

impl Resampling {
    /// Whether nobody said anything.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        *self == Self::Automatic
    }
}

/// Parameters of `validate-model`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ValidateModelParams {
    /// The checks. Empty: better than the baseline and not worse than production by the selecting metric, and in no
    /// segment worse than production beyond doubt.
    pub checks: Vec<GateCheck>,
}

/// Parameters of `push`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PushParams {
    /// Whether a blessed model goes to production by itself; otherwise it is registered and waits for a person.
    pub automatic: bool,
}

impl Default for PushParams {
    fn default() -> Self {
        Self { automatic: true }
    }
}
