//! The schema of a dataset: what is expected of each column. Inferred once from a first dataset, then edited by a
//! person and versioned. Words follow TensorFlow Metadata's `schema.proto` where it has one.

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
    /// Known only after the fact: would leak the target; never a feature. Absent when serving.
    Leaks,
    /// Kept, and not used.
    Ignored,
}

impl Role {
    /// All roles, in the order of the window's choice field.
    pub const ALL: [Self; 6] = [
        Self::Feature,
        Self::Target,
        Self::Time,
        Self::Key,
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
        !matches!(self, Self::Target | Self::Leaks)
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
    /// Conditions over rows and over the table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<Expectation>,
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
}

impl DriftMeasure {
    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::LInfinity => "L-infinity",
            Self::JensenShannon => "Jensen-Shannon",
        }
    }
}
