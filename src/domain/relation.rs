//! How columns relate: to the target, to each other, to the same columns of another dataset. Values that
//! `data::relation` computes and the window draws; what is asked of which rows stands here too.

use super::schema::ColumnType;
use super::segment::Segment;
use serde::{Deserialize, Serialize};

/// Which rows of a dataset are looked at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Every row.
    #[default]
    All,
    /// The rows that models are trained on.
    Train,
    /// The rows that models are tested on.
    Test,
    /// The rows of a segment.
    Segment(Segment),
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("all rows"),
            Self::Train => f.write_str("training rows"),
            Self::Test => f.write_str("test rows"),
            Self::Segment(segment) => segment.fmt(f),
        }
    }
}

/// How many rows an answer stands on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsUsed {
    /// Rows that were looked at.
    pub used: u64,
    /// Rows that there are; more than `used` where a sample was drawn.
    pub all: u64,
}

/// The groups of a third column by which others are split: the classes of the target, the frequent values of a text, or
/// quantile bins of numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    /// The column; `None` if nothing is split, and then there is one group.
    pub column: Option<String>,
    /// Their names in the order of the counts.
    pub labels: Vec<String>,
    /// Rows in each.
    pub n_rows: Vec<u64>,
}

/// What stands along the axis of a distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Ascending edges of bins `low <= x < high`, the last one closed.
    Edges(Vec<f64>),
    /// Values, the most frequent first; the last one may stand for all others.
    Values(Vec<String>),
}

/// Ends the label of a value that stands for all others.
pub const OTHER_VALUES: &str = " other values";

impl Axis {
    /// Whether the last value stands for all others.
    #[must_use]
    pub fn has_rest(&self) -> bool {
        match self {
            Self::Edges(_) => false,
            Self::Values(values) => values.last().is_some_and(|v| v.ends_with(OTHER_VALUES)),
        }
    }

    /// Number of bins or values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Edges(edges) => edges.len().saturating_sub(1),
            Self::Values(values) => values.len(),
        }
    }

    /// Whether there is nothing along it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The distribution of one column, split by groups; counts are exact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitDistribution {
    /// The column.
    pub column: String,
    /// Its type.
    pub kind: ColumnType,
    /// Bins or values.
    pub axis: Axis,
    /// `counts[group][bin]`.
    pub counts: Vec<Vec<u64>>,
    /// Rows without a value (NaN counts as one), for each group.
    pub n_missing: Vec<u64>,
}

/// The distributions of several columns, split by the same groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitDistributions {
    /// The groups.
    pub groups: Groups,
    /// One entry a column, in the order of the table.
    pub columns: Vec<SplitDistribution>,
    /// Rows looked at.
    pub n_rows: u64,
}

/// How strongly two columns go together, over the rows that have a value in both.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Association {
    /// Rows with a value in both.
    pub n: u64,
    /// Pearson's correlation of two numeric columns, in [−1, 1].
    pub pearson: Option<f64>,
    /// Spearman's rank correlation of two numeric columns (mid-ranks for ties), in [−1, 1].
    pub spearman: Option<f64>,
    /// Cramér's V of two categorical columns with the bias correction of Bergsma (2013), in [0, 1].
    pub cramers_v: Option<f64>,
    /// The correlation ratio eta of a numeric and a categorical column (Fisher 1925), in [0, 1].
    pub correlation_ratio: Option<f64>,
    /// Mutual information in nats with the Miller-Madow correction (Miller 1955); numbers in equal-frequency bins.
    pub mutual_information: Option<f64>,
    /// Mutual information over the mean of both entropies, all corrected alike, in [0, 1].
    pub normalised_information: Option<f64>,
}

impl Association {
    /// The measure that fits the types of both columns, as a strength in [0, 1]: Spearman's (without its sign), Cramér's
    /// V, or the correlation ratio.
    #[must_use]
    pub fn strength(&self) -> Option<f64> {
        self.spearman
            .map(f64::abs)
            .or(self.cramers_v)
            .or(self.correlation_ratio)
    }

    /// The name of the measure that [`Association::strength`] takes.
    #[must_use]
    pub fn measure(&self) -> &'static str {
        if self.spearman.is_some() {
            "Spearman's correlation"
        } else if self.cramers_v.is_some() {
            "Cramér's V"
        } else if self.correlation_ratio.is_some() {
            "correlation ratio"
        } else {
            "no measure"
        }
    }
}

/// The associations of all pairs of columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Associations {
    /// Names, in the order of the table.
    pub columns: Vec<String>,
    /// Types.
    pub kinds: Vec<ColumnType>,
    /// The upper triangle row by row: (0, 1), (0, 2) …, (1, 2) ….
    pub pairs: Vec<Association>,
    /// An order of the columns in which those that go together are neighbours (average linkage).
    pub clustered: Vec<usize>,
    /// Rows looked at; a stated sample where there are very many rows or pairs.
    pub rows: RowsUsed,
    /// Bins that numbers are cut into for mutual information.
    pub n_bins: u32,
}

impl Associations {
    /// The association of two different columns.
    #[must_use]
    pub fn pair(&self, a: usize, b: usize) -> Option<&Association> {
        let n = self.columns.len();
        let (low, high) = (a.min(b), a.max(b));
        if low == high || high >= n {
            return None;
        }
        self.pairs.get(low * (2 * n - low - 1) / 2 + high - low - 1)
    }
}

/// Two columns together, by a third.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TwoColumns {
    /// The column along the horizontal axis.
    pub x: String,
    /// The column along the vertical axis.
    pub y: String,
    /// The groups of the third.
    pub groups: Groups,
    /// How strongly they go together.
    pub association: Association,
    /// The picture's numbers.
    pub view: PairView,
    /// Rows looked at.
    pub rows: RowsUsed,
}

/// The numbers of the picture that fits two columns' types.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairView {
    /// Two numeric columns.
    Scatter {
        /// Points of each group: all, or a stated sample.
        points: Vec<Vec<[f64; 2]>>,
        /// Rows with a value in both and all points' number.
        drawn: RowsUsed,
        /// Counts of all rows in a grid of equal cells.
        density: Density,
    },
    /// A numeric column over the values of a categorical one.
    Boxes {
        /// The categorical column.
        category: String,
        /// The numeric column.
        number: String,
        /// The categories, most frequent first.
        labels: Vec<String>,
        /// `boxes[category][group]`; `None` where there is no value.
        boxes: Vec<Vec<Option<BoxFigures>>>,
    },
    /// Two categorical columns.
    Shares {
        /// The values of x, most frequent first.
        x_labels: Vec<String>,
        /// The values of y, most frequent first.
        y_labels: Vec<String>,
        /// `counts[group][x][y]`.
        counts: Vec<Vec<Vec<u64>>>,
    },
}

/// Counts in a grid.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Density {
    /// Edges along x.
    pub x_edges: Vec<f64>,
    /// Edges along y.
    pub y_edges: Vec<f64>,
    /// `counts[x][y]`.
    pub counts: Vec<Vec<u64>>,
}

/// Figures of a box plot (Tukey 1977): quartiles by linear interpolation (Hyndman and Fan's type 7), whiskers at the
/// outermost values within 1.5 times the distance of the quartiles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BoxFigures {
    /// Values.
    pub n: u64,
    /// Lower whisker.
    pub low: f64,
    /// First quartile.
    pub q1: f64,
    /// Median.
    pub median: f64,
    /// Third quartile.
    pub q3: f64,
    /// Upper whisker.
    pub high: f64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Values beyond the whiskers.
    pub n_outside: u64,
}

/// Where values are missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MissingMap {
    /// Names, in the order of the table.
    pub columns: Vec<String>,
    /// First row of each block, counted from 0, and one more entry: the number of rows.
    pub blocks: Vec<u64>,
    /// `missing[column][block]`: rows without a value.
    pub missing: Vec<Vec<u64>>,
    /// Pairs of columns that are missing together, the strongest correlation of their missingness first.
    pub together: Vec<MissingTogether>,
    /// Rows that have a value in every column.
    pub n_complete: u64,
}

impl MissingMap {
    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> u64 {
        self.blocks.last().copied().unwrap_or(0)
    }

    /// Rows in which a column has no value.
    #[must_use]
    pub fn n_missing(&self, column: usize) -> u64 {
        self.missing.get(column).map_or(0, |m| m.iter().sum())
    }
}

/// Two columns that lack values in the same rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MissingTogether {
    /// Positions of the columns.
    pub columns: (usize, usize),
    /// Rows in which both are missing.
    pub n_both: u64,
    /// Rows in which at least one is missing.
    pub n_either: u64,
    /// Correlation of "is missing" (phi), in [−1, 1].
    pub phi: f64,
}

/// One column in two datasets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedColumn {
    /// The column.
    pub column: String,
    /// Its types; `None` where it is not.
    pub kinds: [Option<ColumnType>; 2],
    /// Common bins or values.
    pub axis: Axis,
    /// `counts[dataset][bin]`.
    pub counts: [Vec<u64>; 2],
    /// Rows without a value.
    pub n_missing: [u64; 2],
    /// Means of numbers.
    pub means: [Option<f64>; 2],
    /// Standard deviations of the sample.
    pub sds: [Option<f64>; 2],
    /// Values of the second dataset that the first does not have, with their rows, most frequent first; at most 20.
    pub new_values: Vec<(String, u64)>,
    /// Values of the first dataset that the second does not have.
    pub vanished_values: Vec<(String, u64)>,
    /// How many there are of both kinds.
    pub n_new_vanished: [u64; 2],
    /// Jensen-Shannon divergence (base 2) over the common bins or all values, in [0, 1].
    pub jensen_shannon: Option<f64>,
    /// The divergence that two samples of these sizes from one distribution have by chance: columns of many different
    /// values lie far apart without any change.
    pub by_chance: Option<f64>,
    /// Largest difference of the shares of one bin or value, in [0, 1].
    pub l_infinity: Option<f64>,
}

/// Two datasets column by column, those first whose distance is farthest beyond chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedDatasets {
    /// Rows of both.
    pub n_rows: [u64; 2],
    /// The columns of either.
    pub columns: Vec<ComparedColumn>,
}
