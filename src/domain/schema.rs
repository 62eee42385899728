//! The schema of a dataset: what is expected of each column. Inferred once from a first dataset, then edited by a
//! person and versioned. Words follow TensorFlow Metadata's `schema.proto` where it has one.

use super::anomaly::{Anomaly, AnomalyKind};
use super::expectation::Expectation;
use serde::{Deserialize, Serialize};

/// The type of a column. In memory: Int64, Float64, Boolean, Utf8, Date32, Timestamp(Millisecond).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// 64-bit whole numbers.
    Integer,
    /// 64-bit real numbers.
    Number,
    /// true or false.
    Boolean,
    /// UTF-8 text.
    Text,
    /// A day.
    Date,
    /// A moment, in milliseconds, without a time zone.
    Timestamp,
}

impl ColumnType {
    /// Whether arithmetic makes sense.
    #[must_use]
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    /// Whether it is a day or a moment.
    #[must_use]
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp)
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Text => "text",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        }
    }
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An input of the model.
    Feature,
    /// What is predicted. Absent when serving.
    Target,
    /// Orders the rows; its parts may be features too.
    Time,
    /// Identifies the row; never a feature.
    Key,
    /// Rows with the same value belong together (a patient, a customer); never a feature.
    Group,
    /// How much the row counts in a fit (scores count each row once); never a feature. Absent when serving.
    Weight,
    /// A trait of people by which a model must not judge: for segments, never a feature.
    Sensitive,
    /// Known only after the fact: would leak the target; never a feature. Absent when serving.
    Leaks,
    /// Kept, and not used.
    Ignored,
}

impl Role {
    /// All roles, in the order of the window's choice field.
    pub const ALL: [Self; 9] = [
        Self::Feature,
        Self::Target,
        Self::Time,
        Self::Key,
        Self::Group,
        Self::Weight,
        Self::Sensitive,
        Self::Leaks,
        Self::Ignored,
    ];

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Feature => "feature",
            Self::Target => "target",
            Self::Time => "time",
            Self::Key => "key",
            Self::Group => "group",
            Self::Weight => "weight",
            Self::Sensitive => "sensitive",
            Self::Leaks => "leaks",
            Self::Ignored => "ignored",
        }
    }

    /// Whether a model's input is made of it (dates of a time column are taken apart).
    #[must_use]
    pub fn is_input(self) -> bool {
        matches!(self, Self::Feature | Self::Time)
    }

    /// Whether the column exists when a prediction is asked for.
    #[must_use]
    pub fn exists_when_serving(self) -> bool {
        !matches!(self, Self::Target | Self::Leaks | Self::Weight)
    }
}

/// The schema of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// One entry a column.
    pub columns: Vec<ColumnSpec>,
    /// Fewest rows a batch may have.
    pub min_rows: Option<u64>,
    /// Most rows a batch may have.
    pub max_rows: Option<u64>,
    /// How the number of rows may differ from that of the batch before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_comparator: Option<RowsComparator>,
    /// Conditions over rows and over the table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<Expectation>,
    /// Findings that a person has decided not to act on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
}

/// A finding in one batch that a person has decided not to act on. It stays in the report and has no weight there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    /// Its kind.
    pub kind: AnomalyKind,
    /// The column, where one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The batch, by its file name.
    pub span: String,
    /// Why.
    pub reason: String,
}

impl Ignored {
    /// Whether an anomaly is the one that is meant.
    #[must_use]
    pub fn means(&self, anomaly: &Anomaly) -> bool {
        self.kind == anomaly.kind && self.column == anomaly.column && self.span == anomaly.span
    }
}

impl Schema {
    /// The entry of one column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnSpec> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The target column.
    #[must_use]
    pub fn target(&self) -> Option<&ColumnSpec> {
        self.columns.iter().find(|c| c.role == Role::Target)
    }

    /// The columns that a model may see.
    pub fn inputs(&self) -> impl Iterator<Item = &ColumnSpec> {
        self.columns.iter().filter(|c| c.role.is_input())
    }
}

/// What is expected of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnSpec {
    /// Name as in the file.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// What it is for.
    pub role: Role,
    /// Whether a batch without the column is an anomaly.
    pub required: bool,
    /// Smallest share of rows that must have a value, in [0, 1].
    pub min_fraction: f64,
    /// Values or bounds.
    pub domain: Option<Domain>,
    /// Largest distance to earlier data before it counts as drift.
    pub drift: Option<DriftThreshold>,
    /// What else is expected.
    #[serde(default, skip_serializing_if = "Constraints::is_empty")]
    pub constraints: Constraints,
}

impl ColumnSpec {
    /// Whether the column exists in an environment (`training`, `serving`, or another name). TFDV's rule: where it is
    /// said not to be, it is not; where it is said to be, it is; else its role decides.
    #[must_use]
    pub fn is_in(&self, environment: &str) -> bool {
        let is_named = |names: &[String]| names.iter().any(|n| n.eq_ignore_ascii_case(environment));
        if is_named(&self.constraints.not_in_environment) {
            return false;
        }
        is_named(&self.constraints.in_environment)
            || !environment.eq_ignore_ascii_case("serving")
            || self.role.exists_when_serving()
    }
}

/// Further expectations of a column; each that is absent asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Constraints {
    /// Rows that were looked at when the spec was inferred. What is too rare to show in so many rows, yet may be there
    /// by chance, is no error. `None`: the spec counts to the letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support: Option<u64>,
    /// Fewest rows that must have a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_count: Option<u64>,
    /// Fewest different values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_unique: Option<u64>,
    /// Most different values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unique: Option<u64>,
    /// Smallest ratio of different values to values, in [0, 1]; 1 says that no value comes twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_unique_fraction: Option<f64>,
    /// Whether NaN is allowed; by default it is where the column has no bounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_nan: Option<bool>,
    /// Whether infinite values are allowed; by default they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_infinite: Option<bool>,
    /// Fewest characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// Most characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// The texts that stand for true and false, where truth values are written as texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boolean_words: Option<BooleanWords>,
    /// Environments in which the column exists, whatever its role.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_environment: Vec<String>,
    /// Environments in which the column does not exist, whatever its role.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_in_environment: Vec<String>,
    /// Bounds on the distance to earlier data beside the column's `drift`, by other measures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comparators: Vec<DriftThreshold>,
    /// Bounds on the distance between training and serving data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skew: Vec<DriftThreshold>,
}

impl Constraints {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The texts that stand for truth values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BooleanWords {
    /// For true.
    pub yes: String,
    /// For false.
    pub no: String,
}

/// Bounds on the number of rows of a batch as a multiple of the rows of the batch before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RowsComparator {
    /// Smallest ratio.
    pub min_fraction: Option<f64>,
    /// Largest ratio.
    pub max_fraction: Option<f64>,
}

/// Which values a column may take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Domain {
    /// One of these texts; `min_domain_mass` is the share of values that must be in the list, in [0, 1].
    Values {
        /// The allowed texts, sorted.
        values: Vec<String>,
        /// Share of rows that must be in the list.
        min_domain_mass: f64,
    },
    /// A number between these bounds, both allowed; `None` is unbounded.
    Range {
        /// Smallest value.
        min: Option<f64>,
        /// Largest value.
        max: Option<f64>,
    },
}

/// A bound on the distance between two batches of one column.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftThreshold {
    /// How the distance is measured.
    pub measure: DriftMeasure,
    /// Largest distance that is not drift.
    pub threshold: f64,
}

/// Distances between two distributions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftMeasure {
    /// Largest difference of the shares of any one value (texts).
    LInfinity,
    /// Jensen-Shannon divergence with logarithm base 2, in [0, 1] (numbers, texts).
    JensenShannon,
    /// Largest difference of the counts of any one value, divided by the sum of all counts (texts).
    NormalizedAbsoluteDifference,
}

impl DriftMeasure {
    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::LInfinity => "L-infinity",
            Self::JensenShannon => "Jensen-Shannon",
            Self::NormalizedAbsoluteDifference => "normalised absolute difference",
        }
    }
}
