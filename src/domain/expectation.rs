//! Expectations beyond what a schema says of single columns: conditions in SQL's syntax over the rows or over the whole
//! table (`arr_time >= dep_time`, `avg(delay) between -20 and 60`). Typing and evaluating them is left to
//! `data::expression`, judging a batch by them to `validate`.

use super::anomaly::Severity;
use serde::{Deserialize, Serialize};

/// One condition that data must meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Its name, unique in the schema.
    pub name: String,
    /// The condition, in SQL's syntax. With an aggregate function it is over the table, without one over each row.
    pub expression: String,
    /// Share of the rows that must meet it, in [0, 1]; a row where it is NULL meets it, as in SQL's CHECK. Of no
    /// consequence for a condition over the table.
    #[serde(default = "all_rows")]
    pub min_fraction: f64,
    /// What a breach means: an error stops, a warning retrains, an info is worth knowing.
    #[serde(default = "stops")]
    pub severity: Severity,
    /// Why it is expected, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

fn all_rows() -> f64 {
    1.0
}

fn stops() -> Severity {
    Severity::Error
}
