//! Slices: parts of the data, found by search, in which a model errs more than elsewhere or has become worse than another.
//! Found by `evaluate::slices`, printed by the command line, drawn by the window.

use super::segment::{Predicate, Segment, Test};
use serde::{Deserialize, Serialize};

/// How slices are searched for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SliceParams {
    /// What a row costs; `None`: the log loss of classes, the squared error of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Loss>,
    /// How much the mean error counts against the size, in (0, 1]: near 1 small bad slices come first.
    pub alpha: f64,
    /// The most slices.
    pub n_slices: u32,
    /// The most conditions of a slice, from 1 to 4.
    pub max_predicates: u32,
    /// The fewest rows of a slice; `None`: a hundredth of the rows that are searched, and at least 32.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_rows: Option<u64>,
    /// Bins of a column of numbers.
    pub bins: u32,
    /// Share of the rows that are not searched and test what was found, in [0, 1).
    pub holdout: f64,
}

impl Default for SliceParams {
    fn default() -> Self {
        Self {
            loss: None,
            alpha: 0.95,
            n_slices: 10,
            max_predicates: 3,
            min_rows: None,
            bins: 10,
            holdout: 0.5,
        }
    }
}

/// What a row costs a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// `−ln` of the probability of the true class.
    LogLoss,
    /// 1 where the class is wrong.
    Error,
    /// Squares of the differences between probabilities and truth, summed over the classes and halved (Brier).
    Brier,
    /// The square of the error of a number.
    Squared,
    /// The size of the error of a number.
    Absolute,
}

impl Loss {
    /// All, in the order of the command line's help.
    pub const ALL: [Self; 5] = [
        Self::LogLoss,
        Self::Error,
        Self::Brier,
        Self::Squared,
        Self::Absolute,
    ];

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::LogLoss => "log loss",
            Self::Error => "share of errors",
            Self::Brier => "Brier score",
            Self::Squared => "squared error",
            Self::Absolute => "absolute error",
        }
    }

    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LogLoss => "log_loss",
            Self::Error => "error",
            Self::Brier => "brier",
            Self::Squared => "squared",
            Self::Absolute => "absolute",
        }
    }

    /// Whether it is one of classes, not of numbers.
    #[must_use]
    pub fn is_of_classes(self) -> bool {
        matches!(self, Self::LogLoss | Self::Error | Self::Brier)
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SliceReport {
    /// The model whose errors are looked at.
    pub model: String,
    /// The model whose losses are taken off its losses, row by row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// What a row costs.
    pub loss: Loss,
    /// All rows.
    pub n_rows: u64,
    /// Mean loss of all rows; with a baseline, mean difference (above zero: the model is worse).
    pub mean_error: f64,
    /// Rows that were searched.
    pub n_searched_rows: u64,
    /// Rows that test what was found.
    pub n_tested_rows: u64,
    /// The fewest rows of a slice.
    pub min_rows: u64,
    /// Columns with conditions.
    pub columns: Vec<String>,
    /// Slices that were counted; all others cannot be among the best.
    pub n_searched: u64,
    /// How p-values are corrected.
    pub correction: String,
    /// Worst first.
    pub slices: Vec<Slice>,
}

/// A slice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// In words: `carrier = B6 and hour ≥ 17`.
    pub text: String,
    /// In SQL's syntax, as a segment of the pipeline is written: `carrier = 'B6' and hour >= 17`.
    #[serde(default)]
    pub condition: String,
    /// Its conditions.
    pub predicates: Vec<SlicePredicate>,
    /// All its rows.
    pub n_rows: u64,
    /// Mean loss, or difference, of all its rows.
    pub mean_error: f64,
    /// The same of all other rows.
    pub rest_error: f64,
    /// The score of all its rows among all rows.
    pub score: f64,
    /// What the search saw.
    pub searched: SearchedRows,
    /// What the other rows say; `None` where all rows were searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<SliceTest>,
    /// The place, counted from 1, of a worse slice that it shares at least half of their rows with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlaps: Option<u64>,
}

/// A slice among the rows that were searched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SearchedRows {
    /// Rows.
    pub n_rows: u64,
    /// Mean loss, or difference.
    pub mean_error: f64,
    /// The score by which it was found.
    pub score: f64,
}

/// A slice among rows that were not searched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SliceTest {
    /// Rows.
    pub n_rows: u64,
    /// How much worse: the mean of the slice less that of the other rows; with a baseline, the mean difference itself.
    /// `None` with fewer than two rows.
    pub excess: Option<f64>,
    /// 95 % interval of it.
    pub interval: Option<[f64; 2]>,
    /// Probability of so much or more if there were nothing.
    pub p_value: Option<f64>,
    /// Corrected for the number of slices found.
    pub p_adjusted: Option<f64>,
    /// Whether it is worse beyond chance, at 5 % over all slices found.
    pub is_confirmed: bool,
}

/// A condition on one column: one of value, range and missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlicePredicate {
    /// The column.
    pub column: String,
    /// The value, as text; of days and moments its year, or year and month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// From the first, included, to the second, excluded; `null` is unbounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[Option<f64>; 2]>,
    /// The value is missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
}

impl From<&Predicate> for SlicePredicate {
    fn from(predicate: &Predicate) -> Self {
        let (value, range, missing) = match &predicate.test {
            Test::Equals(value) => (Some(value.clone()), None, false),
            Test::Range { low, high } => (None, Some([*low, *high]), false),
            Test::Missing => (None, None, true),
            Test::Where(text) => (Some(text.clone()), None, false),
        };
        Self {
            column: predicate.column.clone(),
            value,
            range,
            missing,
        }
    }
}

/// Conditions in words.
#[must_use]
pub fn words(predicates: &[Predicate]) -> String {
    let segment = Segment {
        predicates: predicates.to_vec(),
    };
    segment.to_string()
}
