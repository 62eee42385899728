//! What data validation found, and its verdict. Kinds carry TensorFlow Data Validation's names
//! (`anomalies.proto`, enum `AnomalyInfo.Type`); a kind is schema skew, values skew or neither.
//!
//! Of TFDV's kinds these cannot happen for flat tables read into typed columns and are left out: what concerns lists,
//! structs, sparse and weighted features (`*_NUMBER_VALUES`, `SPARSE_FEATURE_*`, `WEIGHTED_FEATURE_*`,
//! `VALUE_NESTEDNESS_MISMATCH`, `INVALID_FEATURE_SHAPE`), images and sequences of tokens; `ENUM_TYPE_INVALID_UTF8` (texts
//! are UTF-8 once they are read; the reader reports what it had to repair); `FEATURE_MISSING_TYPE` and
//! `SEMANTIC_DOMAIN_UPDATE` (each column of a schema has a type, and meanings are not guessed); `STATS_NOT_AVAILABLE`
//! (statistics are always computed); `MULTIPLE_REASONS` (each reason is a finding of its own); and those that TFDV never
//! detects itself.

use super::schema::{ColumnSpec, DriftMeasure};
use serde::{Deserialize, Serialize};

/// TFDV's anomaly types for tabular data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(
    missing_docs,
    reason = "the names are TFDV's and documented there (docs/anomalies.md)"
)]
pub enum AnomalyKind {
    SchemaNewColumn,
    SchemaMissingColumn,
    DatasetLowNumExamples,
    DatasetHighNumExamples,
    ComparatorLowNumExamples,
    ComparatorHighNumExamples,
    UnexpectedDataType,
    CustomValidation,
    DomainInvalidForType,
    InvalidSchemaSpecification,
    InvalidDomainSpecification,
    FeatureMissingName,
    FeatureTypeNotPresent,
    FeatureTypeLowFractionPresent,
    FeatureTypeLowNumberPresent,
    FeatureTypeLowUnique,
    FeatureTypeHighUnique,
    FeatureTypeNoUnique,
    IntTypeBigInt,
    IntTypeSmallInt,
    IntTypeNotIntString,
    FloatTypeBigFloat,
    FloatTypeSmallFloat,
    FloatTypeStringNotFloat,
    FloatTypeHasNan,
    FloatTypeHasInf,
    BoolTypeBigInt,
    BoolTypeSmallInt,
    BoolTypeUnexpectedString,
    BoolTypeUnexpectedFloat,
    BoolTypeInvalidConfig,
    EnumTypeUnexpectedStringValues,
    #[serde(rename = "COMPARATOR_L_INFTY_HIGH")]
    ComparatorLInftyHigh,
    ComparatorJensenShannonDivergenceHigh,
    ComparatorNormalizedAbsoluteDifferenceHigh,
    ComparatorControlDataMissing,
    /// Ours, not TFDV's: a text is shorter or longer than its bounds.
    TextTypeLength,
}

impl AnomalyKind {
    /// TFDV's name.
    #[must_use]
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Whether a person may decide not to act on it. Where a column is not there, or not of its type, or the schema
    /// contradicts itself, there is nothing that a later step could work with.
    #[must_use]
    pub fn can_be_ignored(self) -> bool {
        !matches!(
            self,
            Self::SchemaMissingColumn
                | Self::FeatureTypeNotPresent
                | Self::UnexpectedDataType
                | Self::DomainInvalidForType
                | Self::InvalidSchemaSpecification
                | Self::InvalidDomainSpecification
                | Self::FeatureMissingName
                | Self::BoolTypeInvalidConfig
        )
    }

    /// Schema skew stops the pipeline, values skew retrains (Google, "MLOps: Continuous delivery and automation
    /// pipelines in machine learning", section on data validation).
    #[must_use]
    pub fn skew(self) -> Skew {
        match self {
            Self::ComparatorLInftyHigh
            | Self::ComparatorJensenShannonDivergenceHigh
            | Self::ComparatorNormalizedAbsoluteDifferenceHigh => Skew::Values,
            Self::DatasetHighNumExamples
            | Self::ComparatorHighNumExamples
            | Self::ComparatorControlDataMissing => Skew::None,
            _ => Skew::Schema,
        }
    }
}

/// Which sort of skew an anomaly is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skew {
    /// Unexpected or missing features, unexpected values: the pipeline cannot use the data.
    Schema,
    /// Statistical properties changed: the model should be trained again.
    Values,
    /// Worth knowing, and no reason for either.
    None,
}

/// How much an anomaly weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Leads to retraining.
    Warning,
    /// Stops the pipeline.
    Error,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Anomaly {
    /// TFDV's name of it.
    pub kind: AnomalyKind,
    /// The column, or `None` where the whole dataset is meant.
    pub column: Option<String>,
    /// The batch (file name) in which it was found.
    pub span: String,
    /// Schema skew, values skew or neither.
    pub skew: Skew,
    /// How much it weighs. A schema skew in a column that no model uses is only worth knowing.
    pub severity: Severity,
    /// One sentence for a person who has never heard of a schema.
    pub description: String,
    /// Rows concerned.
    pub n_rows: u64,
    /// Some of the offending values.
    pub examples: Vec<String>,
    /// What to do about it.
    pub hint: String,
    /// Rows of the examples, counted from 1 without the header; the first ones. Empty where no single row is to blame.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<u64>,
    /// Why a person has decided not to act on it; then it has no weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<String>,
    /// What can be answered with one click.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<AnomalyAnswer>,
}

/// What a person can do about a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AnomalyAnswer {
    /// Mend the data at their source.
    FixData,
    /// Take this spec of the column into the schema (in place of the one of the same name, if there is one).
    WidenColumn(Box<ColumnSpec>),
    /// Take these bounds on the number of rows into the schema.
    WidenRows {
        /// Fewest rows.
        min_rows: Option<u64>,
        /// Most rows.
        max_rows: Option<u64>,
    },
    /// Go on as if it were not there; a reason is to be given.
    Ignore,
}

/// The decision of the data gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DataVerdict {
    /// Schema skew: the pipeline stops and a person looks.
    Stop,
    /// Values skew: train again. Also the verdict while no model is in production.
    Retrain,
    /// Nothing changed that matters.
    Ok,
}

impl DataVerdict {
    /// The word of the contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Retrain => "RETRAIN",
            Self::Ok => "OK",
        }
    }
}

/// The distance of one column between earlier data and the newest batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// The column.
    pub column: String,
    /// How the distance was measured.
    pub measure: DriftMeasure,
    /// The distance, in [0, 1].
    pub distance: f64,
    /// Its bound: that of the schema, or what chance alone can reach with so few rows where that is more.
    pub threshold: f64,
    /// Further figures of the same comparison.
    #[serde(default)]
    pub tests: DriftTests,
}

/// Further distances of a column between earlier data and the newest batch; `None` where they make no sense for its type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DriftTests {
    /// Values compared on the side of the earlier data.
    pub n_earlier: u64,
    /// Values compared on the side of the newest batch.
    pub n_newest: u64,
    /// Population stability index over ten bins of equal frequency in the earlier data (numbers), or over the values.
    pub psi: Option<f64>,
    /// Kolmogorov and Smirnov's D, in [0, 1]: the largest difference of the two cumulative distributions (numbers). Exact up
    /// to about 2,000 different values, beyond that low by 0.002 at most.
    pub ks: Option<f64>,
    /// Pearson's chi-squared of the two rows of counts.
    pub chi_squared: Option<f64>,
    /// Its degrees of freedom.
    pub degrees_of_freedom: Option<u64>,
    /// Cramér's V of the same counts, in [0, 1]: chi-squared's effect size.
    pub cramers_v: Option<f64>,
}

/// Everything that data validation has to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValidationReport {
    /// STOP, RETRAIN or OK.
    pub verdict: DataVerdict,
    /// One sentence with the evidence.
    pub reason: String,
    /// Rows looked at, over all batches.
    pub n_rows: u64,
    /// All findings, gravest first.
    pub anomalies: Vec<Anomaly>,
    /// Distances of all columns that could be compared.
    pub drift: Vec<Drift>,
}
