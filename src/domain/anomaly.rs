//! What data validation found, and its verdict. Kinds carry TensorFlow Data Validation's names
//! (`anomalies.proto`, enum `AnomalyInfo.Type`); a kind is schema skew, values skew or neither.

use super::schema::DriftMeasure;
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
    UnexpectedDataType,
    InvalidSchemaSpecification,
    CustomValidation,
    FeatureTypeNotPresent,
    FeatureTypeLowFractionPresent,
    IntTypeBigInt,
    IntTypeSmallInt,
    IntTypeNotIntString,
    FloatTypeBigFloat,
    FloatTypeSmallFloat,
    FloatTypeStringNotFloat,
    FloatTypeHasNan,
    FloatTypeHasInf,
    BoolTypeUnexpectedString,
    EnumTypeUnexpectedStringValues,
    #[serde(rename = "COMPARATOR_L_INFTY_HIGH")]
    ComparatorLInftyHigh,
    ComparatorJensenShannonDivergenceHigh,
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

    /// Schema skew stops the pipeline, values skew retrains (Google, "MLOps: Continuous delivery and automation
    /// pipelines in machine learning", section on data validation).
    #[must_use]
    pub fn skew(self) -> Skew {
        match self {
            Self::ComparatorLInftyHigh | Self::ComparatorJensenShannonDivergenceHigh => {
                Skew::Values
            }
            Self::DatasetHighNumExamples => Skew::None,
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
    /// Its bound.
    pub threshold: f64,
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
