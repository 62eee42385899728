//! What a model goes by, as values: importance of columns, the effect of one, the contributions to one answer, a tree in
//! words, weights. Computed once by `explain`, then stored, printed and drawn as they are. Words for a whole page are left
//! to the roofs.

use super::metric::Metric;
use super::relation::RowsUsed;
use super::schema::ColumnType;
use super::signature::ModelSignature;
use serde::{Deserialize, Serialize};

/// The units that an explained number is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// A probability, from 0 to 1.
    Probability,
    /// The logarithm of the odds, `ln(p / (1 - p))`: where linear models and boosted trees add up.
    LogOdds,
    /// The score of a class of several before the softmax; only differences between classes mean something.
    Score,
    /// A number in the target's units.
    Value,
}

/// Which number of a model's answer is explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// The target column.
    pub target: String,
    /// The class that it is about; `None` for a regression.
    pub class: Option<String>,
    /// Its units.
    pub scale: Scale,
}

impl Explained {
    /// "probability of late = yes".
    #[must_use]
    pub fn words(&self) -> String {
        let what = match &self.class {
            Some(class) => format!("{} = {class}", self.target),
            None => self.target.clone(),
        };
        match self.scale {
            Scale::Probability => format!("probability of {what}"),
            Scale::LogOdds => format!("log-odds of {what}"),
            Scale::Score => format!("score of {what}"),
            Scale::Value => format!("predicted {what}"),
        }
    }
}

/// What can be asked about a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelOutline {
    /// Name of the candidate.
    pub name: String,
    /// The algorithm's id.
    pub algorithm: String,
    /// What it reads and answers.
    pub signature: ModelSignature,
    /// Trees that can be drawn, a class each where each class has its own.
    pub n_trees: u64,
    /// Whether it is a weighted sum.
    pub has_weights: bool,
    /// Rows that it was trained on.
    pub n_training: u64,
    /// Rows that can be explained: the test rows of its run.
    pub n_rows: u64,
}

/// How contributions were worked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Exact Shapley values of trees, path-dependent (Lundberg et al. 2020, Nature Machine Intelligence 2, 56–67).
    Trees {
        /// Training rows whose shares weigh the branches.
        n_rows: u64,
    },
    /// Weight times distance from the mean, exact for a weighted sum.
    Weights {
        /// Training rows of the mean.
        n_rows: u64,
    },
    /// Shapley values estimated over random orders of the columns (Štrumbelj and Kononenko 2014), each order also taken
    /// backwards.
    Sampling {
        /// Training rows that stand in for what is not known, one a pair of orders.
        n_rows: u64,
    },
}

impl Method {
    /// How it was worked out, in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Trees { n_rows } => format!(
                "Exact Shapley values of the trees (TreeSHAP), branches weighed by {n_rows} training rows."
            ),
            Self::Weights { n_rows } => {
                format!("Exact: weight × distance from the mean of {n_rows} training rows.")
            }
            Self::Sampling { n_rows } => format!(
                "Shapley values estimated from {n_rows} random orders of the columns, each taken forwards and backwards, \
                 with a training row each in the place of what is not known yet."
            ),
        }
    }
}

/// How much worse a model answers when the values of one column are shuffled among the rows (Breiman 2001; Fisher, Rudin
/// and Dominici 2019).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PermutationImportance {
    /// The metric.
    pub metric: Metric,
    /// Its value on the rows as they are.
    pub baseline: f64,
    /// The rows: none of them was trained on.
    pub rows: RowsUsed,
    /// Shuffles of each column.
    pub n_repeats: u32,
    /// The level of the intervals, 0.95.
    pub level: f64,
    /// Groups of rows that the intervals are of.
    pub n_groups: u32,
    /// One entry an input column, the most important first.
    pub columns: Vec<ColumnImportance>,
}

impl PermutationImportance {
    /// What the intervals say.
    #[must_use]
    pub fn interval_words(&self) -> String {
        format!(
            "Intervals ({:.0} %) say how far the mean over {} shuffles would move on other rows of the same kind: \
             jackknife that leaves out each of {} groups of rows in turn.",
            self.level * 100.0,
            self.n_repeats,
            self.n_groups
        )
    }
}

/// The importance of one column, in the metric's units: positive where shuffling it makes the answers worse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnImportance {
    /// The input column.
    pub column: String,
    /// Mean over the shuffles.
    pub mean: f64,
    /// Standard deviation over the shuffles (denominator n).
    pub sd: f64,
    /// The interval; `None` where the metric is undefined without some rows.
    pub interval: Option<[f64; 2]>,
    /// One value a shuffle.
    pub repeats: Vec<f64>,
}

impl ColumnImportance {
    /// Whether the interval lies above zero.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.interval.is_some_and(|[low, _]| low > 0.0)
    }
}

/// The effect of one column: what the model would answer if every row had the same value there (Friedman 2001), and the
/// same for single rows (Goldstein et al. 2015).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartialDependence {
    /// What is answered.
    pub explained: Explained,
    /// The column.
    pub column: String,
    /// Its type in the table.
    pub kind: ColumnType,
    /// The values that were put in, ascending; texts by frequency; "missing" last.
    pub grid: Vec<GridPoint>,
    /// Mean answer at each of them.
    pub mean: Vec<f64>,
    /// Answers for single rows, a row each.
    pub curves: Vec<Vec<f64>>,
    /// Rows that the mean is over.
    pub rows: RowsUsed,
    /// The deciles of the column in these rows, for numbers and times: where the data are.
    pub deciles: Vec<f64>,
}

/// One value that was put in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GridPoint {
    /// As text; "missing" for no value.
    pub label: String,
    /// As a number (days or milliseconds since 1970 for times); `None` for texts, truth values and no value.
    pub at: Option<f64>,
    /// Rows that have exactly this value.
    pub n_rows: u64,
}

impl PartialDependence {
    /// The same with every curve, and the mean, shifted to zero at the first value: what differs is then the shape.
    #[must_use]
    pub fn centred(&self) -> Self {
        let shifted = |curve: &Vec<f64>| -> Vec<f64> {
            let first = curve.first().copied().unwrap_or_default();
            curve.iter().map(|v| v - first).collect()
        };
        Self {
            mean: shifted(&self.mean),
            curves: self.curves.iter().map(shifted).collect(),
            ..self.clone()
        }
    }

    /// Largest minus smallest mean answer over the grid.
    #[must_use]
    pub fn range(&self) -> f64 {
        let (low, high) = self
            .mean
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
                (l.min(*v), h.max(*v))
            });
        (high - low).max(0.0)
    }
}

/// Why one row got its answer: the mean answer, and what each column adds to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowExplanation {
    /// What is explained.
    pub explained: Explained,
    /// How.
    pub method: Method,
    /// Position of the row among the rows in question, counted from 0.
    pub row: u64,
    /// How many rows are in question.
    pub n_rows: u64,
    /// The answer before anything is known of the row.
    pub base: f64,
    /// The answer: `base` plus all contributions.
    pub output: f64,
    /// What the model says of the row: the most probable class or the number.
    pub predicted: String,
    /// Probabilities in the classes' order; empty for regression.
    pub probabilities: Vec<f64>,
    /// What was true, where that is known.
    pub truth: Option<String>,
    /// One entry an input column, the largest contribution first.
    pub columns: Vec<Contribution>,
    /// Columns of the row that the model does not read, with their values.
    pub unread: Vec<(String, Option<String>)>,
}

/// What one column adds to one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The input column.
    pub column: String,
    /// The row's value; `None` is missing.
    pub value: Option<String>,
    /// What it adds, in the explained number's units.
    pub contribution: f64,
    /// Standard error, where it was estimated.
    pub standard_error: Option<f64>,
}

/// The contributions of many rows: which columns move the answers, and which way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContributionSummary {
    /// What is explained.
    pub explained: Explained,
    /// How.
    pub method: Method,
    /// The rows.
    pub rows: RowsUsed,
    /// The answer before anything is known of a row.
    pub base: f64,
    /// One entry an input column, the largest mean of absolute contributions first.
    pub columns: Vec<ColumnContributions>,
}

/// The contributions of one column over many rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnContributions {
    /// The input column.
    pub column: String,
    /// Mean of the absolute contributions.
    pub mean_absolute: f64,
    /// One contribution a row, in the rows' order.
    pub contributions: Vec<f64>,
    /// Where each row's value stands among the values of these rows, from 0 (smallest) to 1 (largest), equal values in the
    /// middle of their ranks; `None` for texts and missing values.
    pub levels: Vec<Option<f64>>,
}

/// One tree in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeDrawing {
    /// What a node's answer is.
    pub explained: Explained,
    /// Its position among the model's trees, counted from 0.
    pub tree: u64,
    /// Number of trees.
    pub n_trees: u64,
    /// What part of the whole answer this tree is.
    pub part: String,
    /// Training rows that the shares are of.
    pub n_rows: u64,
    /// The nodes, root first, children after their parent.
    pub nodes: Vec<TreeNode>,
}

/// One node of a tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeNode {
    /// The question; yes leads to the first child. `None` in a leaf.
    pub question: Option<String>,
    /// The column that is asked about.
    pub column: Option<String>,
    /// Positions of the children for yes and no.
    pub children: Option<[u64; 2]>,
    /// Training rows that come here.
    pub n_rows: u64,
    /// The answer here; above the leaves the mean over the rows.
    pub answer: f64,
    /// Splits above it.
    pub depth: u32,
}

/// The weights of a linear model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficients {
    /// What the weighted sum is.
    pub explained: Explained,
    /// The sum where every feature is 0: numbers at their mean.
    pub intercept: f64,
    /// The sum where every number is 0 in its own units.
    pub intercept_in_units: f64,
    /// One entry a feature, in the order of the columns.
    pub weights: Vec<Weight>,
}

/// One weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// The feature: `distance`, `carrier=B6`.
    pub feature: String,
    /// The column that it is made of.
    pub column: String,
    /// What one step is: "one standard deviation (733.2)" or "yes instead of no".
    pub step: String,
    /// What one step adds to the sum. A number's step is a standard deviation; of everything else, from no to yes.
    pub weight: f64,
    /// What one unit of the column adds; equal to `weight` where nothing was scaled.
    pub per_unit: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centred_curves_begin_at_zero_and_keep_their_shape() {
        let point = |at: f64| GridPoint {
            label: at.to_string(),
            at: Some(at),
            n_rows: 1,
        };
        let dependence = PartialDependence {
            explained: Explained {
                target: "late".to_owned(),
                class: Some("yes".to_owned()),
                scale: Scale::Probability,
            },
            column: "hour".to_owned(),
            kind: ColumnType::Integer,
            grid: vec![point(1.0), point(2.0)],
            mean: vec![0.25, 0.75],
            curves: vec![vec![0.5, 0.25], vec![0.0, 1.0]],
            rows: RowsUsed { used: 2, all: 2 },
            deciles: Vec::new(),
        };
        let centred = dependence.centred();
        assert_eq!(centred.mean, [0.0, 0.5]);
        assert_eq!(centred.curves, [[0.0, -0.25], [0.0, 1.0]]);
        assert!((dependence.range() - 0.5).abs() < 1e-15);
        assert_eq!(dependence.explained.words(), "probability of late = yes");
    }
}
