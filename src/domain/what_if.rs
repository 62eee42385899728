//! A row that a person changes, to see what models would answer then.

use super::schema::ColumnType;
use serde::{Deserialize, Serialize};

/// A row as it is and as it was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhatIf {
    /// Its place among the test rows, counted from 0.
    pub row: u64,
    /// The truth.
    pub truth: String,
    /// The columns that any of the models reads.
    pub columns: Vec<WhatIfColumn>,
    /// What each model answers to the row as it is.
    pub before: Vec<WhatIfAnswer>,
    /// What each answers to the changed row.
    pub after: Vec<WhatIfAnswer>,
    /// What could not be understood of the changes; such a value counts as missing.
    pub problems: Vec<String>,
}

/// A column of the row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhatIfColumn {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Its value in the row; `None` is missing.
    pub value: Option<String>,
    /// The most frequent values of a text, to choose from.
    pub choices: Vec<String>,
    /// Smallest and largest value of a number.
    pub range: Option<[f64; 2]>,
    /// Whether each of the models reads it.
    pub is_read: Vec<bool>,
}

/// A model's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhatIfAnswer {
    /// The label, or the number as text.
    pub answer: String,
    /// In the classes' order; empty of numbers.
    pub probabilities: Vec<f64>,
    /// The number; `None` of classes.
    pub value: Option<f64>,
}

/// The nearest row to which a model gives another answer (a counterfactual among the data).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NearestOther {
    /// Its place among the test rows, counted from 0.
    pub row: u64,
    /// What the model answers there.
    pub answer: String,
    /// How far away it is: of numbers the difference in standard deviations, of other unequal values the probability that two
    /// rows have the same one, summed over the columns (the distance L1 of the What-If Tool).
    pub distance: f64,
    /// Columns with other values, those first that add most to the distance, with the value there.
    pub differs: Vec<(String, Option<String>)>,
    /// Rows that were looked at.
    pub n_searched: u64,
}

/// What models answer to one row as one column takes other values (individual conditional expectation).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowCurve {
    /// The column.
    pub column: String,
    /// The values, as text and, of numbers and times, as numbers.
    pub grid: Vec<(String, Option<f64>)>,
    /// One curve a model: the probability of the class, or the number.
    pub answers: Vec<Vec<f64>>,
}
