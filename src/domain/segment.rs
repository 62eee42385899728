//! Segments: parts of a dataset that a person can name (`carrier = B6`, `hour in [17, 20)`, crosses of up to three).

use serde::{Deserialize, Serialize};

/// A way to cut a dataset into segments: by one column, a cross of two or three, or a condition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SegmentSet {
    /// One to three columns; none with a condition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// How numeric columns are binned.
    pub bins: Bins,
    /// A condition over a row in SQL's syntax: the rows where it is true are one segment, instead of columns.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// What the segment of a condition is called; else by its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl SegmentSet {
    /// `carrier`, `origin × hour`, or the name or text of the condition.
    #[must_use]
    pub fn title(&self) -> String {
        match (&self.name, &self.condition) {
            (Some(name), _) => name.clone(),
            (None, Some(condition)) => condition.clone(),
            (None, None) => self.columns.join(" × "),
        }
    }
}

/// How a numeric column is cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Bins {
    /// This many bins of about equally many rows.
    Quantile(u32),
    /// This many bins of equal width.
    Width(u32),
    /// At these inner edges.
    Edges(Vec<f64>),
}

impl Default for Bins {
    fn default() -> Self {
        Self::Quantile(4)
    }
}

/// One condition on one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predicate {
    /// The column; for a condition in SQL's syntax, its name or else its text.
    pub column: String,
    /// The condition.
    pub test: Test,
}

/// The condition of a predicate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The value, as text.
    Equals(String),
    /// `low <= x < high`; `None` is unbounded.
    Range {
        /// Lower edge, included.
        low: Option<f64>,
        /// Upper edge, excluded.
        high: Option<f64>,
    },
    /// No value.
    Missing,
    /// A condition in SQL's syntax over several columns.
    Where(String),
}

/// A part of the data: all its predicates hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// One to three predicates.
    pub predicates: Vec<Predicate>,
}

impl std::fmt::Display for Predicate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { column, test } = self;
        match test {
            Test::Equals(value) => write!(f, "{column} = {value}"),
            Test::Missing => write!(f, "{column} is missing"),
            Test::Where(text) if text == column => f.write_str(text),
            Test::Where(text) => write!(f, "{column} ({text})"),
            Test::Range {
                low: Some(low),
                high: Some(high),
            } => write!(f, "{column} in [{low}, {high})"),
            Test::Range {
                low: Some(low),
                high: None,
            } => write!(f, "{column} ≥ {low}"),
            Test::Range {
                low: None,
                high: Some(high),
            } => write!(f, "{column} < {high}"),
            Test::Range {
                low: None,
                high: None,
            } => write!(f, "{column} is a number"),
        }
    }
}

impl std::fmt::Display for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, predicate) in self.predicates.iter().enumerate() {
            if i > 0 {
                f.write_str(" and ")?;
            }
            predicate.fmt(f)?;
        }
        Ok(())
    }
}
