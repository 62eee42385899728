//! Whether the values of a column of the right type are expected ones: in the list, between the bounds, finite.
//! Whether they are distributed as before is left to `drift`.

use super::check::{Column, Found, gravity, with_widened};
use super::wording;
use crate::data::ColumnData;
use crate::domain::anomaly::{Anomaly, AnomalyKind, Severity};
use crate::domain::schema::{ColumnSpec, ColumnType, Domain};
use arrow::array::{Array, StringArray};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Offending values shown with a finding.
pub(super) const MAX_EXAMPLES: usize = 5;
/// Offending rows whose values are told apart for the examples.
const MAX_COUNTED: u64 = 10_000;
/// How far outside inferred bounds, as a share of their width, single values may be.
const NEAR: f64 = 0.3;
/// Probability below which new values in a list that was inferred are no chance; the list's own `min_domain_mass` is
/// wider where single values were seen in it.
const TOO_RARE_FOR_CHANCE: f64 = 0.02;

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
    anomalies.extend(outside_length(column));
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
    /// The first rows that hold one, counted from 1.
    pub(super) rows: Vec<u64>,
}

impl Offenders {
    /// Counts the values of the offending rows. After many different ones only those known already are counted as
    /// examples, so that a column that is wrong throughout costs no more than its rows.
    pub(super) fn at(data: ColumnData<'_>, rows: impl Iterator<Item = usize>) -> Self {
        let mut counts: HashMap<String, u64> = HashMap::new();
        let mut offenders = Self::default();
        for row in rows {
            offenders.n_rows += 1;
            if offenders.rows.len() < MAX_EXAMPLES {
                offenders.rows.push(row as u64 + 1);
            }
            if offenders.n_rows > MAX_COUNTED {
                continue;
            }
            if let Some(value) = data.text(row) {
                *counts.entry(value).or_insert(0) += 1;
            }
        }
        let mut sorted: Vec<(String, u64)> = counts.into_iter().collect();
        sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        offenders.n_different = sorted.len();
        sorted.truncate(MAX_EXAMPLES);
        offenders.examples = sorted.into_iter().map(|(value, _)| value).collect();
        offenders
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
    // Nearly every such column has few different values: then one look a value will do.
    let listed = column.facts.listed_values();
    if listed.is_some_and(|all| all.iter().all(|v| allowed.contains(v.as_str()))) {
        return None;
    }
    let rows =
        (0..texts.len()).filter(|row| texts.is_valid(*row) && !allowed.contains(texts.value(*row)));
    let offenders = Offenders::at(column.data, rows);
    if offenders.n_rows == 0 {
        return None;
    }
    let n_present = column.n_present();
    let mass = (n_present - offenders.n_rows) as f64 / n_present as f64;
    let is_skew =
        mass < min_domain_mass && column.is_beyond_chance(offenders.n_rows, TOO_RARE_FOR_CHANCE);
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
    let rows = offenders.rows.clone();
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
    let anomaly = column.finding(AnomalyKind::EnumTypeUnexpectedStringValues, severity, found);
    let mut all: Vec<String> = values.to_vec();
    all.extend(new_values(texts, &allowed));
    all.sort();
    let widened = ColumnSpec {
        domain: Some(Domain::Values {
            values: all,
            min_domain_mass,
        }),
        ..column.spec.clone()
    };
    Some(Anomaly {
        rows,
        ..with_widened(anomaly, widened)
    })
}

/// The values that are not in the list, at most a thousand.
fn new_values(texts: &StringArray, allowed: &HashSet<&str>) -> Vec<String> {
    let new: BTreeSet<&str> = texts
        .iter()
        .flatten()
        .filter(|text| !allowed.contains(text))
        .collect();
    new.into_iter().take(1_000).map(str::to_owned).collect()
}

/// `TEXT_TYPE_LENGTH`, which is ours: a text is shorter or longer than its bounds, in characters.
fn outside_length(column: &Column<'_>) -> Option<Anomaly> {
    let ColumnData::Text(texts) = column.data else {
        return None;
    };
    let constraints = &column.spec.constraints;
    let (min, max) = (constraints.min_length, constraints.max_length);
    if min.is_none() && max.is_none() {
        return None;
    }
    let is_outside = |text: &str| {
        let n = text.chars().count() as u64;
        min.is_some_and(|min| n < min) || max.is_some_and(|max| n > max)
    };
    let rows = (0..texts.len()).filter(|row| texts.is_valid(*row) && is_outside(texts.value(*row)));
    let offenders = Offenders::at(column.data, rows);
    if offenders.n_rows == 0 {
        return None;
    }
    let name = &column.spec.name;
    let rows = offenders.rows.clone();
    let bound = match (min, max) {
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("at least {min}"),
        (_, max) => format!("at most {}", max.unwrap_or_default()),
    };
    let found = Found {
        description: format!(
            "Column {name} should hold texts of {bound} characters; {} hold others: {}.",
            wording::rows_of(offenders.n_rows, column.n_rows()),
            offenders.shown()
        ),
        n_rows: offenders.n_rows,
        examples: offenders.examples,
        hint: format!(
            "Correct the texts at the source, or change the lengths of {name} in the schema."
        ),
    };
    let mut widened = column.spec.clone();
    (
        widened.constraints.min_length,
        widened.constraints.max_length,
    ) = (None, None);
    let anomaly = column.skewed(AnomalyKind::TextTypeLength, found);
    Some(Anomaly {
        rows,
        ..with_widened(anomaly, widened)
    })
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
    // Only a column with an offender is looked through.
    let extreme = column.facts.extremes().map(|(min, max)| match side {
        Side::Above => max,
        Side::Below => min,
    });
    if extreme.is_some_and(|v| !is_outside(v)) {
        return None;
    }
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
    let mut rows: Vec<u64> = outside.iter().map(|(_, row)| *row as u64 + 1).collect();
    rows.truncate(MAX_EXAMPLES);
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
    let severity = if is_near_miss(column, &outside, bound) {
        Severity::Info
    } else {
        gravity(column.spec.role)
    };
    let anomaly = column.finding(
        kind,
        severity,
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
    );
    let mut widened = column.spec.clone();
    if let Some(Domain::Range { min, max }) = &mut widened.domain {
        let farthest = outside.first().map(|(value, _)| *value);
        match side {
            Side::Above => *max = farthest,
            Side::Below => *min = farthest,
        }
    }
    Some(Anomaly {
        rows,
        ..with_widened(anomaly, widened)
    })
}

/// Whether a few values lie a little outside bounds that were inferred: what another sample of the same rows may hold. The
/// farthest comes first.
fn is_near_miss(column: &Column<'_>, outside: &[(f64, usize)], bound: f64) -> bool {
    let Some(Domain::Range {
        min: Some(min),
        max: Some(max),
    }) = column.spec.domain
    else {
        return false;
    };
    let is_near = outside
        .first()
        .is_some_and(|(value, _)| (value - bound).abs() <= NEAR * (max - min));
    is_near && !column.is_beyond_chance(outside.len() as u64, TOO_RARE_FOR_CHANCE)
}

/// `FLOAT_TYPE_HAS_NAN`. A column with bounds may hold real numbers only (TFDV's `disallow_nan` is a part of the bounds
/// too); without bounds NaN is allowed and only worth knowing.
fn not_a_number(column: &Column<'_>) -> Option<Anomaly> {
    let n_nan = column.facts.n_nan();
    if n_nan == 0 {
        return None;
    }
    let is_bounded = matches!(column.spec.domain, Some(Domain::Range { .. }));
    let severity = if column.spec.constraints.allow_nan.unwrap_or(!is_bounded) {
        Severity::Info
    } else {
        gravity(column.spec.role)
    };
    let name = &column.spec.name;
    let mut widened = column.spec.clone();
    widened.constraints.allow_nan = Some(true);
    let anomaly = column.finding(
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
                 NaN in {name}, set allow_nan for it in the schema."
            ),
        },
    );
    Some(Anomaly {
        rows: first_rows(column, f64::is_nan),
        ..with_widened(anomaly, widened)
    })
}

/// The first rows with such a number, counted from 1.
fn first_rows(column: &Column<'_>, is_wanted: fn(f64) -> bool) -> Vec<u64> {
    (0..column.data.len())
        .filter(|row| column.data.number(*row).is_some_and(is_wanted))
        .take(MAX_EXAMPLES)
        .map(|row| row as u64 + 1)
        .collect()
}

/// `FLOAT_TYPE_HAS_INF`.
fn infinite(column: &Column<'_>) -> Option<Anomaly> {
    let n_infinite = column.facts.n_infinite();
    if n_infinite == 0 {
        return None;
    }
    let name = &column.spec.name;
    let infinite =
        (0..column.data.len()).filter(|row| column.data.number(*row).is_some_and(f64::is_infinite));
    let severity = if column.spec.constraints.allow_infinite == Some(true) {
        Severity::Info
    } else {
        gravity(column.spec.role)
    };
    let mut widened = column.spec.clone();
    widened.constraints.allow_infinite = Some(true);
    let anomaly = column.finding(
        AnomalyKind::FloatTypeHasInf,
        severity,
        Found {
            description: format!(
                "Column {name} holds infinite values in {}; no model can calculate with them.",
                wording::rows_of(n_infinite, column.n_rows())
            ),
            n_rows: n_infinite,
            examples: Offenders::at(column.data, infinite).examples,
            hint: format!(
                "Look for a division by zero in how {name} is made, and leave such cells empty."
            ),
        },
    );
    Some(Anomaly {
        rows: first_rows(column, f64::is_infinite),
        ..with_widened(anomaly, widened)
    })
}
