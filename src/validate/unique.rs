//! How many different values a column has: `FEATURE_TYPE_LOW_UNIQUE` (also a value that comes twice where none may),
//! `FEATURE_TYPE_HIGH_UNIQUE` and `FEATURE_TYPE_NO_UNIQUE`. What the values are is left to `values`.

use super::check::{Column, Found, with_widened};
use super::values::Offenders;
use super::wording;
use crate::data::ColumnData;
use crate::domain::anomaly::{Anomaly, AnomalyKind};
use crate::domain::schema::{ColumnSpec, ColumnType, Constraints};
use std::collections::HashMap;

/// All findings about the number of different values. Unlike TFDV, which counts them for texts only, whole numbers, truth
/// values and times are counted too; real numbers are not.
pub(super) fn unexpected(column: &Column<'_>) -> Vec<Anomaly> {
    let constraints = &column.spec.constraints;
    let asks = constraints.min_unique.is_some() || constraints.max_unique.is_some();
    if column.data.column_type() == ColumnType::Number {
        return asks.then(|| not_counted(column)).into_iter().collect();
    }
    let mut anomalies = Vec::new();
    let n_distinct = || column.facts.n_distinct();
    if let Some(min) = constraints.min_unique.filter(|min| n_distinct() < *min) {
        anomalies.push(out_of_bound(column, AnomalyKind::FeatureTypeLowUnique, min));
    }
    if let Some(max) = constraints.max_unique.filter(|max| n_distinct() > *max) {
        anomalies.push(out_of_bound(
            column,
            AnomalyKind::FeatureTypeHighUnique,
            max,
        ));
    }
    anomalies.extend(repeated(column));
    anomalies
}

/// A column without values of its own in so many rows as it should have: duplicates in a key.
fn repeated(column: &Column<'_>) -> Option<Anomaly> {
    let bound = column.spec.constraints.min_unique_fraction?;
    let n_present = column.n_present();
    let n_distinct = column.facts.n_distinct();
    if n_distinct as f64 >= bound * n_present as f64 {
        return None;
    }
    let twice = repeated_rows(column.data);
    let offenders = Offenders::at(column.data, twice.into_iter());
    let name = &column.spec.name;
    let expected = if bound >= 1.0 {
        "no value may come twice".to_owned()
    } else {
        format!(
            "at least {} of the values should be different",
            wording::percent(bound)
        )
    };
    let rows = offenders.rows.clone();
    let found = Found {
        description: format!(
            "Column {name} should tell rows apart; {} repeat a value of an earlier row, and {expected}: {}.",
            wording::rows_of(offenders.n_rows, column.n_rows()),
            offenders.shown()
        ),
        n_rows: offenders.n_rows,
        examples: offenders.examples,
        hint: format!(
            "See whether rows were delivered twice. If {name} may repeat, lower min_unique_fraction in the schema."
        ),
    };
    let share = n_distinct as f64 / n_present.max(1) as f64;
    let widened = widened(column, |c| {
        c.min_unique_fraction = Some((share * 1000.0).floor() / 1000.0)
    });
    let anomaly = column.skewed(AnomalyKind::FeatureTypeLowUnique, found);
    Some(Anomaly {
        rows,
        ..with_widened(anomaly, widened)
    })
}

/// Rows whose value stands in an earlier row already.
fn repeated_rows(data: ColumnData<'_>) -> Vec<usize> {
    let mut rows = Vec::new();
    match data {
        ColumnData::Integer(array) => {
            let mut seen: HashMap<i64, ()> = HashMap::new();
            for (row, value) in array.iter().enumerate() {
                if value.is_some_and(|v| seen.insert(v, ()).is_some()) {
                    rows.push(row);
                }
            }
        }
        ColumnData::Text(array) => {
            let mut seen: HashMap<&str, ()> = HashMap::new();
            for (row, value) in array.iter().enumerate() {
                if value.is_some_and(|v| seen.insert(v, ()).is_some()) {
                    rows.push(row);
                }
            }
        }
        _ => {
            let mut seen: HashMap<String, ()> = HashMap::new();
            for row in 0..data.len() {
                if data.text(row).is_some_and(|v| seen.insert(v, ()).is_some()) {
                    rows.push(row);
                }
            }
        }
    }
    rows
}

fn out_of_bound(column: &Column<'_>, kind: AnomalyKind, bound: u64) -> Anomaly {
    let name = &column.spec.name;
    let n_distinct = column.facts.n_distinct();
    let is_low = kind == AnomalyKind::FeatureTypeLowUnique;
    let (word, field) = if is_low {
        ("least", "min_unique")
    } else {
        ("most", "max_unique")
    };
    let found = Found {
        description: format!(
            "Column {name} has {} different values; at {word} {} are expected.",
            wording::count(n_distinct),
            wording::count(bound)
        ),
        n_rows: column.n_present(),
        examples: Vec::new(),
        hint: format!(
            "See whether the source changed. If that is right, change {field} of {name} in the schema."
        ),
    };
    let widened = widened(column, |c| {
        let place = if is_low {
            &mut c.min_unique
        } else {
            &mut c.max_unique
        };
        *place = Some(n_distinct);
    });
    with_widened(column.skewed(kind, found), widened)
}

/// `FEATURE_TYPE_NO_UNIQUE`: a bound on different values where they are not counted.
fn not_counted(column: &Column<'_>) -> Anomaly {
    let name = &column.spec.name;
    let found = Found {
        description: format!(
            "Column {name} has a bound on its number of different values, but it holds real numbers, for which they mean \
             nothing."
        ),
        n_rows: column.n_present(),
        examples: Vec::new(),
        hint: format!("Take min_unique and max_unique of {name} out of the schema."),
    };
    let widened = widened(column, |c| (c.min_unique, c.max_unique) = (None, None));
    with_widened(
        column.skewed(AnomalyKind::FeatureTypeNoUnique, found),
        widened,
    )
}

fn widened(column: &Column<'_>, change: impl FnOnce(&mut Constraints)) -> ColumnSpec {
    let mut spec = column.spec.clone();
    change(&mut spec.constraints);
    spec
}
