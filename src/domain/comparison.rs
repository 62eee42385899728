//! The comparison of a candidate with the model in production and with the baseline, overall and segment by segment:
//! computed once by `evaluate`, stored as JSON, drawn by the window, printed by the command line.

use super::gate::{Blessing, CheckResult, ModelVerdict};
use super::metric::{Metric, MetricValue};
use super::segment::{Predicate, Segment, SegmentSet, Test};
use super::{ContentHash, Task};
use serde::{Deserialize, Serialize};

/// Everything that is known of a candidate against the others on one test set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The task.
    pub task: Task,
    /// The target column.
    pub target: String,
    /// Class names in the order of the probabilities; empty for regression.
    pub classes: Vec<String>,
    /// Test rows.
    pub n_rows: u64,
    /// How the intervals were computed.
    pub intervals: IntervalMethod,
    /// How many differences were tested, and how that is accounted for; `None` in comparisons of before there was any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
    /// The models, candidate first, then production (if any), then baseline (if any).
    pub models: Vec<ModelEvaluation>,
    /// Columns that only one of the two reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unshared_inputs: Vec<UnsharedInput>,
    /// Overall, a row a metric.
    pub metrics: Vec<MetricComparison>,
    /// By segment, a row a segment and metric.
    pub segments: Vec<SegmentComparison>,
}

impl Comparison {
    /// The evaluation of the model in this place.
    #[must_use]
    pub fn model(&self, place: Place) -> Option<&ModelEvaluation> {
        self.models.iter().find(|m| m.place == place)
    }

    /// What the candidate is compared with: production, or the baseline while there is none.
    #[must_use]
    pub fn reference(&self) -> Option<&ModelEvaluation> {
        self.model(Place::Production)
            .or_else(|| self.model(Place::Baseline))
    }
}

impl Comparison {
    /// "production alone reads hour, carrier"; nothing where both read the same.
    #[must_use]
    pub fn unshared_words(&self) -> Option<String> {
        let of = |place: Place| {
            let own = self.unshared_inputs.iter().filter(|u| u.read_by == place);
            let names: Vec<&str> = own.map(|u| u.column.as_str()).collect();
            (!names.is_empty())
                .then(|| format!("{} alone reads {}", place.title(), names.join(", ")))
        };
        let places = [Place::Candidate, Place::Production];
        let parts: Vec<String> = places.into_iter().filter_map(of).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// The sets that the rows were cut by, as a pipeline writes them; bins of numbers as is usual.
    #[must_use]
    pub fn sets(&self) -> Vec<SegmentSet> {
        let mut known: Vec<&str> = Vec::new();
        let mut sets = Vec::new();
        for segment in &self.segments {
            if known.contains(&segment.set.as_str()) {
                continue;
            }
            known.push(&segment.set);
            let predicates = &segment.predicates.predicates;
            sets.push(match predicates.as_slice() {
                [
                    Predicate {
                        column,
                        test: Test::Where(text),
                    },
                ] => SegmentSet {
                    condition: Some(text.clone()),
                    name: (column != text).then(|| column.clone()),
                    ..SegmentSet::default()
                },
                _ => SegmentSet {
                    columns: predicates.iter().map(|p| p.column.clone()).collect(),
                    ..SegmentSet::default()
                },
            });
        }
        sets
    }
}

/// A column that one of two models reads and the other does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsharedInput {
    /// The column.
    pub column: String,
    /// Who reads it.
    pub read_by: Place,
}

/// How confidence intervals of differences were computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntervalMethod {
    /// For people: "paired percentile bootstrap (Efron and Tibshirani 1993)".
    pub name: String,
    /// Number of resamples.
    pub n_resamples: u32,
    /// Confidence level, for example 0.95.
    pub level: f64,
    /// What a resample is made of: "rows", "rows, as many of each class as there are", "blocks of one flight".
    #[serde(default)]
    pub units: String,
}

/// How the many differences of a comparison are kept from being found by chance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// For people: "Holm (1979)".
    pub name: String,
    /// Tests over all rows, one a metric: a family of its own.
    pub n_overall: u64,
    /// Tests in segments, one a segment and metric: a family of its own.
    pub n_segments: u64,
}

/// How probable a difference as large as the one that was measured is if the two models were equally good.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Significance {
    /// The test.
    pub test: SignificanceTest,
    /// Two-sided p-value of this difference by itself.
    pub p_value: f64,
    /// Corrected for all differences of its family (Holm 1979): what the outcome goes by.
    pub p_adjusted: f64,
    /// The share of false ones that is to be expected among all findings up to this one (Benjamini and Hochberg 1995).
    pub q_value: f64,
}

/// A test of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignificanceTest {
    /// McNemar's exact test of the rows that one of the models alone has right.
    McNemar,
    /// `DeLong`'s test of two correlated areas.
    #[serde(rename = "delong")]
    DeLong,
    /// Student's test of the difference by its standard error in the bootstrap.
    Bootstrap,
}

impl SignificanceTest {
    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::McNemar => "McNemar, exact",
            Self::DeLong => "DeLong",
            Self::Bootstrap => "t-test with the bootstrap's standard error",
        }
    }
}

/// Which place a model takes in the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The new model: always amber.
    Candidate,
    /// The model in production: always blue.
    Production,
    /// The most frequent class, or the mean: always grey.
    Baseline,
}

impl Place {
    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Production => "production",
            Self::Baseline => "baseline",
        }
    }
}

/// One model on the test set, with its curves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelEvaluation {
    /// Its place.
    pub place: Place,
    /// For people: "forest", "production v3 (logistic)".
    pub title: String,
    /// Content hash of the model.
    pub hash: ContentHash,
    /// Overall metrics.
    pub metrics: Vec<MetricValue>,
    /// ROC curve (x false positive rate, y true positive rate); two classes only.
    pub roc: Vec<CurvePoint>,
    /// Precision-recall curve (x recall, y precision); two classes only.
    pub precision_recall: Vec<CurvePoint>,
    /// Calibration: mean predicted probability against observed share, 10 bins of equal width; two classes only.
    pub calibration: Vec<CalibrationBin>,
    /// Confusion counts at the usual decision (threshold 0.5, or the most probable class); classes only.
    pub confusion: Option<ConfusionMatrix>,
    /// Histogram of residuals (prediction minus truth), target's units; regression only.
    pub residuals: Vec<super::statistics::HistogramBin>,
    /// Up to 500 rows of truth (x) and prediction (y), evenly spaced over the test rows; regression only.
    pub predicted: Vec<CurvePoint>,
}

impl ModelEvaluation {
    /// Overall value of one metric.
    #[must_use]
    pub fn metric(&self, metric: Metric) -> Option<f64> {
        super::training::value_of(&self.metrics, metric)
    }
}

/// A point of a curve. `threshold` is the score at which it is reached, where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Abscissa.
    pub x: f64,
    /// Ordinate.
    pub y: f64,
    /// Decision threshold, where there is one.
    pub threshold: Option<f64>,
}

/// One bin of a calibration curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Mean predicted probability of the rows in the bin.
    pub predicted: f64,
    /// Share of positives among them.
    pub observed: f64,
    /// Rows in the bin.
    pub n_rows: u64,
}

/// Counts by truth (rows) and prediction (columns), in the classes' order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionMatrix {
    /// `counts[truth][prediction]`.
    pub counts: Vec<Vec<u64>>,
}

/// One metric overall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricComparison {
    /// The metric.
    pub metric: Metric,
    /// The candidate's value.
    pub candidate: Option<f64>,
    /// Production's value; `None` without a model in production.
    pub production: Option<f64>,
    /// The baseline's value.
    pub baseline: Option<f64>,
    /// Candidate minus production (minus baseline while there is no production), in the metric's units.
    pub difference: Option<f64>,
    /// Confidence interval of the difference, for itself alone.
    pub interval: Option<[f64; 2]>,
    /// Whether the difference could be chance, among all that are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub significance: Option<Significance>,
    /// What interval and significance say.
    pub outcome: Outcome,
}

/// One metric in one segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentComparison {
    /// The segment as text: `carrier = B6 and hour in [17, 20)`.
    pub segment: String,
    /// The segment set it belongs to: `carrier × hour`.
    pub set: String,
    /// Its predicates.
    pub predicates: Segment,
    /// Test rows in it.
    pub n_rows: u64,
    /// Rows of the positive class; two classes only.
    pub n_positive: Option<u64>,
    /// The metric.
    pub metric: Metric,
    /// The candidate's value.
    pub candidate: Option<f64>,
    /// Production's value; `None` without a model in production.
    pub production: Option<f64>,
    /// The baseline's value.
    pub baseline: Option<f64>,
    /// Candidate minus production (minus baseline while there is no production), in the metric's units.
    pub difference: Option<f64>,
    /// Confidence interval of the difference, for itself alone.
    pub interval: Option<[f64; 2]>,
    /// Whether the difference could be chance, among all that are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub significance: Option<Significance>,
    /// What interval and significance say.
    pub outcome: Outcome,
}

/// What a comparison in one place says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The whole interval is on the good side of zero, and the difference is beyond chance among all that are compared.
    Better,
    /// No difference beyond chance.
    Same,
    /// The whole interval is on the bad side of zero, and the difference is beyond chance among all that are compared.
    Worse,
    /// Too few rows to say.
    NotEnoughRows,
}

impl Outcome {
    /// For people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Same => "same",
            Self::Worse => "worse",
            Self::NotEnoughRows => "not enough rows",
        }
    }
}

/// The document of `lockkeeper compare --json` and of the stored evaluation with its blessing.
#[derive(Debug, Clone, Serialize)]
pub struct ComparisonDocument<'a> {
    /// BLESSED or NOT_BLESSED.
    pub verdict: ModelVerdict,
    /// One sentence.
    pub reason: &'a str,
    /// Every check with its numbers.
    pub checks: &'a [CheckResult],
    /// The comparison itself.
    #[serde(flatten)]
    pub comparison: &'a Comparison,
}

impl<'a> ComparisonDocument<'a> {
    /// Puts the gate's record and the comparison into one document.
    #[must_use]
    pub fn new(comparison: &'a Comparison, blessing: &'a Blessing) -> Self {
        Self {
            verdict: blessing.verdict,
            reason: &blessing.reason,
            checks: &blessing.checks,
            comparison,
        }
    }
}
