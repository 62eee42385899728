//! Rows about which two models disagree: how many, who is right, and which ones. Found by `evaluate::disagreement`.

use serde::{Deserialize, Serialize};

/// Which rows are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The other model alone is right; of numbers, it is nearer.
    OtherRight,
    /// The candidate alone is right; of numbers, it is nearer.
    CandidateRight,
    /// Both are wrong, each in its own way.
    BothWrong,
    /// Both answer alike; of numbers, equally far off.
    Alike,
}

impl Side {
    /// All, the ones to look at first before the others.
    pub const ALL: [Self; 4] = [
        Self::OtherRight,
        Self::CandidateRight,
        Self::BothWrong,
        Self::Alike,
    ];
}

/// The rows of one side, those first that the candidate lost most on; of [`Side::CandidateRight`], gained most on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disagreements {
    /// All rows.
    pub n_rows: u64,
    /// How many there are of each side, in the order of [`Side::ALL`].
    pub counts: [u64; 4],
    /// The side that is listed.
    pub side: Side,
    /// Some of its rows.
    pub rows: Vec<DisagreementRow>,
}

/// A row with both answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DisagreementRow {
    /// Its place among the test rows, counted from 0.
    pub row: u64,
    /// The truth.
    pub truth: String,
    /// What the candidate answers.
    pub candidate: RowAnswer,
    /// What the other answers.
    pub other: RowAnswer,
    /// The candidate's loss less the other's: log loss of classes, squared error of numbers.
    pub loss: f64,
}

/// A model's answer for a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowAnswer {
    /// The label, or the number as text.
    pub answer: String,
    /// The probability of the true class; `None` of numbers.
    pub of_truth: Option<f64>,
}
