//! A dataset as the pipeline sees it: batches in order of time, what was repaired while reading them, and how the
//! rows are split.

use super::statistics::DatasetStatistics;
use super::{ContentHash, Task};
use serde::{Deserialize, Serialize};

/// Something that was guessed or repaired while reading a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Row, counted from 1 without the header; `None` where the whole file or column is meant.
    pub row: Option<u64>,
    /// Column, where one is meant.
    pub column: Option<String>,
    /// What, in one sentence.
    pub message: String,
    /// The few values that kept a column from being read as something else; perhaps they mean that there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strays: Vec<String>,
}

/// One batch: a file as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// File name.
    pub name: String,
    /// Hash of the table that was read.
    pub hash: ContentHash,
    /// Rows.
    pub n_rows: u64,
    /// Columns.
    pub n_columns: u64,
    /// What was guessed or repaired.
    pub findings: Vec<Finding>,
}

/// All batches of a run, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchList {
    /// The batches.
    pub batches: Vec<Batch>,
}

/// Statistics of every batch and of all together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatisticsReport {
    /// One entry a batch, oldest first.
    pub batches: Vec<BatchStatistics>,
    /// All batches below one another.
    pub total: DatasetStatistics,
}

/// Statistics of one batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchStatistics {
    /// File name.
    pub name: String,
    /// Its statistics.
    pub statistics: DatasetStatistics,
}

/// How the rows of all batches, below one another, are split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitRecord {
    /// The task.
    pub task: Task,
    /// The target column.
    pub target: String,
    /// Class names in the order of the probabilities; empty for regression.
    pub classes: Vec<String>,
    /// Rows to train on, ascending.
    pub train: Vec<u64>,
    /// Rows to test on, ascending.
    pub test: Vec<u64>,
    /// Rows in neither, because their target is missing.
    pub n_without_target: u64,
}
