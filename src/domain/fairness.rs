//! Fairness: whether groups of people are decided about alike, by one model and beside another. Rates and gaps as Fairlearn
//! names them; computed by `evaluate::fairness`, printed by the command line, drawn by the window.

use super::comparison::{Outcome, Place};
use serde::{Deserialize, Serialize};

/// Groups, their rates, and the gaps between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FairnessReport {
    /// The target column.
    pub target: String,
    /// The class that a decision is for.
    pub positive: String,
    /// What the groups are by: a column, or a cross of several.
    pub set: String,
    /// All rows.
    pub n_rows: u64,
    /// Groups of fewer rows have rates, and do not count in gaps.
    pub min_rows: u64,
    /// Confidence level of the intervals.
    pub level: f64,
    /// Resamples behind the intervals, drawn within each group.
    pub n_resamples: u32,
    /// The models: the candidate, then what it is held against, if anything.
    pub models: Vec<FairnessModel>,
    /// The groups, in the order of the set.
    pub groups: Vec<FairnessGroup>,
    /// The measures.
    pub measures: Vec<FairnessLine>,
}

/// A model in a fairness report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FairnessModel {
    /// Its place.
    pub place: Place,
    /// For people.
    pub title: String,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FairnessGroup {
    /// The group as text: `sex = female`.
    pub group: String,
    /// Its rows.
    pub n_rows: u64,
    /// Those of the positive class.
    pub n_positive: u64,
    /// Whether it has enough rows to count in gaps.
    pub is_counted: bool,
    /// Its rates, one a model.
    pub rates: Vec<GroupRates>,
}

/// How a model decides about a group. `None` where there are no rows to measure it on.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct GroupRates {
    /// Share of its rows that are called positive.
    pub selection_rate: Option<f64>,
    /// Share of its positives that are called so.
    pub true_positive_rate: Option<f64>,
    /// Share of its negatives that are called positive.
    pub false_positive_rate: Option<f64>,
    /// Share of its positives that are called negative.
    pub false_negative_rate: Option<f64>,
    /// Share of its rows that are decided right.
    pub accuracy: Option<f64>,
}

/// What should be alike in all groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FairnessMeasure {
    /// The selection rate.
    DemographicParity,
    /// The true positive rate (Hardt, Price and Srebro 2016).
    EqualOpportunity,
    /// The true and the false positive rate: the worse of both gaps (Hardt, Price and Srebro 2016).
    EqualizedOdds,
    /// The false positive rate.
    FalsePositiveRate,
    /// The false negative rate.
    FalseNegativeRate,
    /// The accuracy.
    Accuracy,
}

impl FairnessMeasure {
    /// All, in the order of the tables.
    pub const ALL: [Self; 6] = [
        Self::DemographicParity,
        Self::EqualOpportunity,
        Self::EqualizedOdds,
        Self::FalsePositiveRate,
        Self::FalseNegativeRate,
        Self::Accuracy,
    ];

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::DemographicParity => "Demographic parity",
            Self::EqualOpportunity => "Equal opportunity",
            Self::EqualizedOdds => "Equalized odds",
            Self::FalsePositiveRate => "False positive rate",
            Self::FalseNegativeRate => "False negative rate",
            Self::Accuracy => "Accuracy",
        }
    }

    /// What is held side by side, in a sentence.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::DemographicParity => "share of all rows that are called positive",
            Self::EqualOpportunity => "share of true positives that are found",
            Self::EqualizedOdds => "the worse of the gaps in found positives and in false alarms",
            Self::FalsePositiveRate => "share of true negatives that are called positive",
            Self::FalseNegativeRate => "share of true positives that are missed",
            Self::Accuracy => "share of rows that are decided right",
        }
    }
}

/// One measure for every model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FairnessLine {
    /// The measure.
    pub measure: FairnessMeasure,
    /// The gap of each model.
    pub gaps: Vec<FairnessGap>,
    /// The candidate's difference less that of the other: above zero, the groups lie further apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
    /// Interval of the change; both models decide about the same resampled rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_interval: Option<[f64; 2]>,
    /// What that says: worse means further apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// How far apart the groups are.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FairnessGap {
    /// Largest less smallest rate; `None` with fewer than two groups that count.
    pub difference: Option<f64>,
    /// Smallest by largest rate; `None` as above, and where all rates are zero.
    pub ratio: Option<f64>,
    /// The group with the smallest rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest: Option<String>,
    /// The group with the largest rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest: Option<String>,
    /// Probability of rates as unlike as these if all groups had the same (Pearson's chi-squared test); of equalized odds, the
    /// smaller of both, twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
}
