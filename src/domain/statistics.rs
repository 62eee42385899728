//! Statistics of a dataset, column by column: the value that profiling computes once, the store keeps as JSON, the
//! window draws and the command line prints. How they are computed is left to `data::profile`.

use super::Scalar;
use super::schema::ColumnType;
use serde::{Deserialize, Serialize};

/// Texts with more different values than this are not listed in full.
pub const MAX_LISTED_VALUES: u64 = 100;

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
    /// Number of different values, missing not counted; exact.
    pub n_distinct: u64,
    /// Arithmetic mean (numbers, dates as days or milliseconds since 1970, truth values as 0 and 1).
    pub mean: Option<f64>,
    /// Standard deviation of the sample (denominator n − 1).
    pub sd: Option<f64>,
    /// Smallest value; texts in byte order, dates as ISO 8601.
    pub min: Option<Scalar>,
    /// Largest value.
    pub max: Option<Scalar>,
    /// Exact quantiles of numeric columns by linear interpolation (Hyndman and Fan 1996, type 7).
    pub quantiles: Vec<Quantile>,
    /// Bins of equal width from min to max with exact counts; the last bin is closed on both sides.
    pub histogram: Vec<HistogramBin>,
    /// The most frequent values, most frequent first, ties in byte order.
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
