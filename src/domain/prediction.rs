//! What models answer and what was true: row by row, in the order of the rows that were asked.

use serde::{Deserialize, Serialize};

/// The answers of a model for `n` rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Predictions {
    /// Probabilities, row-major, `n × n_classes`, each row summing to 1; classes in the signature's order.
    Probabilities {
        /// Number of classes, at least two.
        n_classes: usize,
        /// `n × n_classes` numbers in [0, 1].
        values: Vec<f64>,
    },
    /// One number a row, in the target's units.
    Values(Vec<f64>),
}

impl Predictions {
    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Probabilities { n_classes, values } => values.len() / (*n_classes).max(1),
            Self::Values(values) => values.len(),
        }
    }

    /// The most probable class of each row (the first of equals); empty for regression.
    #[must_use]
    pub fn labels(&self) -> Vec<u32> {
        match self {
            Self::Probabilities { n_classes, values } => values
                .chunks(*n_classes)
                .map(|row| {
                    let mut best = 0;
                    for (i, p) in row.iter().enumerate() {
                        if *p > row[best] {
                            best = i;
                        }
                    }
                    best as u32
                })
                .collect(),
            Self::Values(_) => Vec::new(),
        }
    }

    /// The rows at these positions.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Probabilities { n_classes, values } => Self::Probabilities {
                n_classes: *n_classes,
                values: rows
                    .iter()
                    .flat_map(|r| values[r * n_classes..(r + 1) * n_classes].iter().copied())
                    .collect(),
            },
            Self::Values(values) => Self::Values(rows.iter().map(|r| values[*r]).collect()),
        }
    }
}

/// The truth for `n` rows, none missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Targets {
    /// Position of the class in the classes' order.
    Classes {
        /// Number of classes.
        n_classes: usize,
        /// One position a row.
        codes: Vec<u32>,
    },
    /// One number a row.
    Values(Vec<f64>),
}

impl Targets {
    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Classes { codes, .. } => codes.len(),
            Self::Values(values) => values.len(),
        }
    }

    /// The rows at these positions.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Classes { n_classes, codes } => Self::Classes {
                n_classes: *n_classes,
                codes: rows.iter().map(|r| codes[*r]).collect(),
            },
            Self::Values(values) => Self::Values(rows.iter().map(|r| values[*r]).collect()),
        }
    }
}
