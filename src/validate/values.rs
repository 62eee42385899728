//! Whether the values of a column of the right type are expected ones: in the list, between the bounds, finite.
//! Whether they are distributed as before is left to `drift`.

use super::check::{Column, Found, gravity};
use super::wording;
use crate::data::ColumnData;
use crate::domain::anomaly::{Anomaly, AnomalyKind, Severity};
use crate::domain::schema::{ColumnType, Domain};
use std::collections::{HashMap, HashSet};

/// Offending values shown with a finding.
pub(super) const MAX_EXAMPLES: usize = 5;

/// All findings about the values of a column.
pub(super) fn unexpected(column: &Column<'_>) -> Vec<Anomaly> {
    let mut anomalies = Vec::new();
    match &column.spec.domain {
        Some(Domain::Values {
            values,
            min_domain_mass,
        }) => anomalies.extend(outside_list(column, values, *min_domain_mass)),
        Some(Domain::Range { min, max }) => {
            anomalies.extend(max.and_then(|max| outside_bound(column, Side::Above, max)));
            anomalies.extend(min.and_then(|min| outside_bound(column, Side::Below, min)));
        }
        None => {}
    }
    if let ColumnData::Number(_) = column.data {
        anomalies.extend(not_a_number(column));
        anomalies.extend(infinite(column));
    }
    anomalies
}

/// Values that should not be there.
#[derive(Default)]
pub(super) struct Offenders {
    /// Rows that hold one.
    pub(super) n_rows: u64,
    /// Different values.
    pub(super) n_different: usize,
    /// The most frequent of them, ties in byte order.
    pub(super) examples: Vec<String>,
}

impl Offenders {
    /// Counts the offending values, one a row.
    pub(super) fn among(values: impl Iterator<Item = String>) -> Self {
        let mut counts: HashMap<String, u64> = HashMap::new();
        for value in values {
            *counts.entry(value).or_insert(0) += 1;
        }
        let n_rows = counts.values().sum();
        let mut sorted: Vec<(String, u64)> = counts.into_iter().collect();
        sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let n_different = sorted.len();
        sorted.truncate(MAX_EXAMPLES);
        Self {
            n_rows,
            n_different,
            examples: sorted.into_iter().map(|(value, _)| value).collect(),
        }
    }

    /// The examples in one line, with how many more there are.
    pub(super) fn shown(&self) -> String {
        let quoted: Vec<String> = self
            .examples
            .iter()
            .map(|v| {
                if v.trim().len() == v.len() && !v.is_empty() {
                    v.clone()
                } else {
                    format!("\"{v}\"")
                }
            })
            .collect();
        let shown = quoted.join(", ");
        match self.n_different.saturating_sub(self.examples.len()) {
            0 => shown,
            more => format!("{shown} and {} more", wording::count(more as u64)),
        }
    }
}

/// `ENUM_TYPE_UNEXPECTED_STRING_VALUES`: a skew when the share of values in the list is below `min_domain_mass` (TFDV's
/// condition); else rare new values are worth knowing, and the finding has the same kind and no weight.
fn outside_list(column: &Column<'_>, values: &[String], min_domain_mass: f64) -> Option<Anomaly> {
    let ColumnData::Text(texts) = column.data else {
        return None;
    };
    let name = &column.spec.name;
    let allowed: HashSet<&str> = values.iter().map(String::as_str).collect();
    let offenders = Offenders::among(
        texts
            .iter()
            .flatten()
            .filter(|text| !allowed.contains(text))
            .map(str::to_owned),
    );
    if offenders.n_rows == 0 {
        return None;
    }
    let n_present = column.n_present();
    let mass = (n_present - offenders.n_rows) as f64 / n_present as f64;
    let is_skew = mass < min_domain_mass;
    let (severity, bound, hint) = if is_skew {
        (
            gravity(column.spec.role),
            format!("at most {} may be", wording::percent(1.0 - min_domain_mass)),
            format!(
                "Correct the values at the source, or add them to the values of {name} in the schema if they are right."
            ),
        )
    } else {
        (
            Severity::Info,
            format!(
                "that is rare enough, up to {} are allowed",
                wording::percent(1.0 - min_domain_mass)
            ),
            format!(
                "Nothing needs to be done. If the values will stay, add them to {name} in the schema."
            ),
        )
    };
    let n_rows = offenders.n_rows;
    let found = Found {
        description: format!(
            "Column {name} has values that are not among the {} known ones in {}; {bound}: {}.",
            values.len(),
            wording::rows_of(n_rows, column.n_rows()),
            offenders.shown()
        ),
        n_rows,
        examples: offenders.examples,
        hint,
    };
    Some(column.finding(AnomalyKind::EnumTypeUnexpectedStringValues, severity, found))
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Above,
    Below,
}

/// `INT_TYPE_BIG_INT`, `INT_TYPE_SMALL_INT`, `FLOAT_TYPE_BIG_FLOAT`, `FLOAT_TYPE_SMALL_FLOAT`, by the type in the schema.
/// Infinite values are left to a kind of their own.
fn outside_bound(column: &Column<'_>, side: Side, bound: f64) -> Option<Anomaly> {
    let is_outside = |value: f64| match side {
        Side::Above => value > bound && value.is_finite(),
        Side::Below => value < bound && value.is_finite(),
    };
    let mut outside: Vec<(f64, usize)> = match column.data {
        ColumnData::Integer(_) | ColumnData::Number(_) => (0..column.data.len())
            .filter_map(|row| Some((column.data.number(row)?, row)))
            .filter(|(value, _)| is_outside(*value))
            .collect(),
        _ => Vec::new(),
    };
    if outside.is_empty() {
        return None;
    }
    let is_whole = column.spec.kind == ColumnType::Integer;
    let (kind, word) = match (side, is_whole) {
        (Side::Above, true) => (AnomalyKind::IntTypeBigInt, "above"),
        (Side::Below, true) => (AnomalyKind::IntTypeSmallInt, "below"),
        (Side::Above, false) => (AnomalyKind::FloatTypeBigFloat, "above"),
        (Side::Below, false) => (AnomalyKind::FloatTypeSmallFloat, "below"),
    };
    let n_rows = outside.len() as u64;
    // The farthest first: it is the one to look at.
    outside.sort_by(|a, b| match side {
        Side::Above => b.0.total_cmp(&a.0),
        Side::Below => a.0.total_cmp(&b.0),
    });
    let mut examples: Vec<String> = outside
        .iter()
        .filter_map(|(_, row)| column.data.text(*row))
        .collect();
    examples.dedup();
    examples.truncate(MAX_EXAMPLES);
    let name = &column.spec.name;
    let farthest = examples.first().cloned().unwrap_or_default();
    let (limit, extreme) = match side {
        Side::Above => ("max", "largest"),
        Side::Below => ("min", "smallest"),
    };
    Some(column.skewed(
        kind,
        Found {
            description: format!(
                "Column {name} is {word} {} in {}; the {extreme} value is {farthest}.",
                wording::number(bound),
                wording::rows_of(n_rows, column.n_rows())
            ),
            n_rows,
            examples,
            hint: format!(
                "See whether units or the source changed. If such values are right, change {limit} in the domain of {name} \
                 in the schema."
            ),
        },
    ))
}

/// `FLOAT_TYPE_HAS_NAN`. A column with bounds may hold real numbers only (TFDV's `disallow_nan` is a part of the bounds
/// too); without bounds NaN is allowed and only worth knowing.
fn not_a_number(column: &Column<'_>) -> Option<Anomaly> {
    let n_nan = column.statistics.n_nan;
    if n_nan == 0 {
        return None;
    }
    let severity = match column.spec.domain {
        Some(Domain::Range { .. }) => gravity(column.spec.role),
        _ => Severity::Info,
    };
    let name = &column.spec.name;
    Some(column.finding(
        AnomalyKind::FloatTypeHasNan,
        severity,
        Found {
            description: format!(
                "Column {name} holds NaN (\"not a number\") in {}.",
                wording::rows_of(n_nan, column.n_rows())
            ),
            n_rows: n_nan,
            examples: vec!["NaN".to_owned()],
            hint: format!(
                "NaN is the result of an impossible calculation. Leave the cells empty where nothing is known; to allow \
                 NaN in {name}, take its bounds out of the schema."
            ),
        },
    ))
}

/// `FLOAT_TYPE_HAS_INF`.
fn infinite(column: &Column<'_>) -> Option<Anomaly> {
    let n_infinite = column.statistics.n_infinite;
    if n_infinite == 0 {
        return None;
    }
    let name = &column.spec.name;
    let infinite = (0..column.data.len())
        .filter(|row| column.data.number(*row).is_some_and(f64::is_infinite))
        .filter_map(|row| column.data.text(row));
    Some(column.skewed(
        AnomalyKind::FloatTypeHasInf,
        Found {
            description: format!(
                "Column {name} holds infinite values in {}; no model can calculate with them.",
                wording::rows_of(n_infinite, column.n_rows())
            ),
            n_rows: n_infinite,
            examples: Offenders::among(infinite).examples,
            hint: format!(
                "Look for a division by zero in how {name} is made, and leave such cells empty."
            ),
        },
    ))
}
