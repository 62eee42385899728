//! Statistics of a dataset, column by column: the value that profiling computes once, the store keeps as JSON, the
//! window draws and the command line prints. How they are computed is left to `data::profile`.

use super::Scalar;
use super::schema::ColumnType;
use serde::{Deserialize, Serialize};

/// Texts with more different values than this are not listed in full.
pub const MAX_LISTED_VALUES: u64 = 100;

/// Patterns of texts say nothing about what comes after so many characters.
pub const MAX_PATTERN_LENGTH: usize = 32;

/// Statistics of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetStatistics {
    /// Number of rows.
    pub n_rows: u64,
    /// One entry a column, in the order of the table.
    pub columns: Vec<ColumnStatistics>,
}

impl DatasetStatistics {
    /// The statistics of one column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnStatistics> {
        self.columns.iter().find(|c| c.name == name)
    }
}

/// Statistics of one column. Quantities that make no sense for the type are `None` or empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnStatistics {
    /// Name as in the table.
    pub name: String,
    /// Type as read.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Rows without a value.
    pub n_missing: u64,
    /// Rows with a value; NaN counts as one. 0 in statistics that were kept before this figure was.
    #[serde(default)]
    pub n_present: u64,
    /// Number of different values, missing not counted; see [`Accuracy::n_distinct`].
    pub n_distinct: u64,
    /// Whether no value occurs twice (and there is one).
    #[serde(default)]
    pub is_unique: bool,
    /// How the present values follow one another in the order of the rows.
    #[serde(default)]
    pub monotonicity: Monotonicity,
    /// Arithmetic mean (numbers, dates as days or milliseconds since 1970, truth values as 0 and 1).
    pub mean: Option<f64>,
    /// Standard deviation of the sample (denominator n − 1).
    pub sd: Option<f64>,
    /// Smallest value; texts in byte order, dates as ISO 8601.
    pub min: Option<Scalar>,
    /// Largest value.
    pub max: Option<Scalar>,
    /// Quantiles of numeric columns by linear interpolation (Hyndman and Fan 1996, type 7); see [`Accuracy::quantiles`].
    pub quantiles: Vec<Quantile>,
    /// Bins of equal width from min to max with exact counts; the last bin is closed on both sides.
    pub histogram: Vec<HistogramBin>,
    /// The most frequent values, most frequent first, ties in byte order; see [`Accuracy::top`].
    pub top: Vec<TopValue>,
    /// All different values in byte order, of texts that have at most [`MAX_LISTED_VALUES`]; a schema's domain is made
    /// of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Values equal to zero (numbers).
    pub n_zeros: u64,
    /// Values below zero (numbers).
    pub n_negative: u64,
    /// Values that are NaN (numbers).
    pub n_nan: u64,
    /// Values that are infinite (numbers).
    pub n_infinite: u64,
    /// Mean length in characters (texts).
    pub mean_length: Option<f64>,
    /// Longest text in characters (texts).
    pub max_length: Option<u64>,
    /// Shortest text in characters (texts).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// The most frequent patterns of texts, most frequent first: `A` for a capital letter, `a` for any other letter, `9`
    /// for a digit, everything else as it is; longer texts are cut after [`MAX_PATTERN_LENGTH`] characters and end in `…`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<TopValue>,
    /// Which figures are exact, and how far off the others may be.
    #[serde(default)]
    pub accuracy: Accuracy,
}

impl ColumnStatistics {
    /// Statistics of a column of which nothing is known but how many values it lacks.
    #[must_use]
    pub fn blank(name: String, kind: ColumnType, n_missing: u64) -> Self {
        Self {
            name,
            kind,
            n_missing,
            n_present: 0,
            n_distinct: 0,
            is_unique: false,
            monotonicity: Monotonicity::None,
            mean: None,
            sd: None,
            min: None,
            max: None,
            quantiles: Vec::new(),
            histogram: Vec::new(),
            top: Vec::new(),
            values: Vec::new(),
            n_zeros: 0,
            n_negative: 0,
            n_nan: 0,
            n_infinite: 0,
            mean_length: None,
            max_length: None,
            min_length: None,
            patterns: Vec::new(),
            accuracy: Accuracy::default(),
        }
    }
}

/// How the present values of a column follow one another in the order of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monotonicity {
    /// In no order, or fewer than two values.
    #[default]
    None,
    /// All the same.
    Constant,
    /// None below the one before.
    Increasing,
    /// Each above the one before.
    StrictlyIncreasing,
    /// None above the one before.
    Decreasing,
    /// Each below the one before.
    StrictlyDecreasing,
}

impl Monotonicity {
    /// The word for people; `None` where there is nothing to say.
    #[must_use]
    pub fn title(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Constant => Some("constant"),
            Self::Increasing => Some("increasing"),
            Self::StrictlyIncreasing => Some("strictly increasing"),
            Self::Decreasing => Some("decreasing"),
            Self::StrictlyDecreasing => Some("strictly decreasing"),
        }
    }
}

/// Which figures of a column are exact. Counts of missing and present values, zeros, negatives, NaN and infinities,
/// minimum, maximum, mean, standard deviation, lengths and the histogram are exact always (the mean and the standard
/// deviation up to rounding); the figures below are while the column fits into the memory limit.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Accuracy {
    /// Of [`ColumnStatistics::n_distinct`] and [`ColumnStatistics::is_unique`].
    pub n_distinct: DistinctAccuracy,
    /// Of [`ColumnStatistics::quantiles`].
    pub quantiles: QuantileAccuracy,
    /// Of [`ColumnStatistics::top`].
    pub top: TopAccuracy,
    /// Of [`ColumnStatistics::patterns`].
    pub patterns: TopAccuracy,
}

impl Accuracy {
    /// Whether every figure is exact.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        *self == Self::default()
    }
}

/// Accuracy of a number of different values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DistinctAccuracy {
    /// Whether every value was counted.
    pub exact: bool,
    /// Standard error of the estimate as a fraction of it; 0 if exact.
    pub relative_error: f64,
}

impl Default for DistinctAccuracy {
    fn default() -> Self {
        Self {
            exact: true,
            relative_error: 0.0,
        }
    }
}

/// Accuracy of quantiles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct QuantileAccuracy {
    /// Whether they are read off all values.
    pub exact: bool,
    /// The value given for probability p is a quantile for some probability in p ± this, certainly; 0 if exact.
    pub rank_error: f64,
}

impl Default for QuantileAccuracy {
    fn default() -> Self {
        Self {
            exact: true,
            rank_error: 0.0,
        }
    }
}

/// Accuracy of a list of frequent values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopAccuracy {
    /// Whether every value was counted.
    pub exact: bool,
    /// Each count may be too small by this, never too large, and a value that is not listed may occur this much more
    /// often than the last one listed; 0 if exact.
    pub count_error: u64,
}

impl Default for TopAccuracy {
    fn default() -> Self {
        Self {
            exact: true,
            count_error: 0,
        }
    }
}

/// One quantile.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantile {
    /// Probability in [0, 1].
    pub p: f64,
    /// Value, in the units of the column.
    pub value: f64,
}

/// One bin of a histogram: `low <= x < high`, the last one `low <= x <= high`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HistogramBin {
    /// Lower edge.
    pub low: f64,
    /// Upper edge.
    pub high: f64,
    /// Rows in it.
    pub count: u64,
}

/// A frequent value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopValue {
    /// The value as text.
    pub value: String,
    /// Rows that have it.
    pub count: u64,
}
