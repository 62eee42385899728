//! Whether a column has the type that the schema says. Its values are looked at only afterwards, by `values`.

use super::check::{Column, Found, gravity, with_widened};
use super::values::Offenders;
use super::wording;
use crate::data::ColumnData;
use crate::domain::anomaly::{Anomaly, AnomalyKind, Severity};
use crate::domain::schema::{ColumnSpec, ColumnType, Domain};
use arrow::array::Array;

/// A surprise of this probability is taken for chance in a spec that was inferred.
const TOO_RARE: f64 = 1e-3;

/// The findings about a column of another type, which has at least one value. Whole numbers are welcome where the schema
/// says numbers, and so is any type where the schema was inferred from a column without a value.
///
/// `UNEXPECTED_DATA_TYPE` is the type itself; texts of which some cannot be read as the numbers or truth values that are
/// expected have a kind of their own beside it (TFDV's conditions hold both). Whole numbers 0 and 1 are truth values too, as
/// in TFDV's `bool_domain`; other numbers have the kinds `BOOL_TYPE_…`.
pub(super) fn unexpected(column: &Column<'_>) -> Vec<Anomaly> {
    let expected = column.spec.kind;
    let observed = column.data.column_type();
    if observed == expected
        || (expected == ColumnType::Number && observed == ColumnType::Integer)
        || column.spec.constraints.support == Some(0)
    {
        return Vec::new();
    }
    match (expected, column.data) {
        (ColumnType::Boolean, ColumnData::Text(_))
            if column.spec.constraints.boolean_words.is_some() =>
        {
            return with_words(column);
        }
        (ColumnType::Text, _) if is_all_listed(column) => return Vec::new(),
        _ => {}
    }
    let mut anomalies = vec![other_type(column)];
    anomalies.extend(not_boolean(column));
    if let ColumnData::Text(texts) = column.data {
        let (kind, reads): (_, fn(&str) -> bool) = match expected {
            ColumnType::Integer => (AnomalyKind::IntTypeNotIntString, |t| {
                t.parse::<i64>().is_ok()
            }),
            ColumnType::Number => (AnomalyKind::FloatTypeStringNotFloat, |t| {
                t.parse::<f64>().is_ok()
            }),
            ColumnType::Boolean => (AnomalyKind::BoolTypeUnexpectedString, |t| {
                t.eq_ignore_ascii_case("true") || t.eq_ignore_ascii_case("false")
            }),
            _ => return anomalies,
        };
        let rows =
            (0..texts.len()).filter(|row| texts.is_valid(*row) && !reads(texts.value(*row).trim()));
        let unreadable = Offenders::at(column.data, rows);
        if unreadable.n_rows > 0 {
            anomalies.push(unreadable_texts(column, kind, unreadable));
        }
    }
    anomalies
}

/// Whether each value, as a text, is one of the listed ones: a batch in which all codes happen to be numbers.
fn is_all_listed(column: &Column<'_>) -> bool {
    let Some(Domain::Values { values, .. }) = &column.spec.domain else {
        return false;
    };
    let mut texts = (0..column.data.len()).filter_map(|row| column.data.text(row));
    texts.all(|text| values.contains(&text))
}

/// Truth values written as texts of the schema's choice.
fn with_words(column: &Column<'_>) -> Vec<Anomaly> {
    let Some(words) = &column.spec.constraints.boolean_words else {
        return Vec::new();
    };
    let rows = (0..column.data.len()).filter(|row| {
        column
            .data
            .text(*row)
            .is_some_and(|t| t != words.yes && t != words.no)
    });
    let unreadable = Offenders::at(column.data, rows);
    if unreadable.n_rows == 0 {
        return Vec::new();
    }
    let kind = AnomalyKind::BoolTypeUnexpectedString;
    vec![unreadable_texts(column, kind, unreadable)]
}

/// `BOOL_TYPE_BIG_INT`, `BOOL_TYPE_SMALL_INT`, `BOOL_TYPE_UNEXPECTED_FLOAT`, and `BOOL_TYPE_INVALID_CONFIG` for words in a
/// column of numbers.
fn not_boolean(column: &Column<'_>) -> Vec<Anomaly> {
    let observed = column.data.column_type();
    if column.spec.kind != ColumnType::Boolean || !observed.is_numeric() {
        return Vec::new();
    }
    let name = &column.spec.name;
    let hint =
        format!("Write true and false in {name}, or 0 and 1, or change its type in the schema.");
    let offending = |kind, is_wrong: &dyn Fn(f64) -> bool, what: &str| {
        let rows =
            (0..column.data.len()).filter(|row| column.data.number(*row).is_some_and(is_wrong));
        let offenders = Offenders::at(column.data, rows);
        (offenders.n_rows > 0).then(|| {
            let rows = offenders.rows.clone();
            let found = Found {
                description: format!(
                    "Column {name} should hold truth values; {} hold {what}: {}.",
                    wording::rows_of(offenders.n_rows, column.n_rows()),
                    offenders.shown()
                ),
                n_rows: offenders.n_rows,
                examples: offenders.examples,
                hint: hint.clone(),
            };
            Anomaly {
                rows,
                ..column.skewed(kind, found)
            }
        })
    };
    let mut anomalies = Vec::new();
    if observed == ColumnType::Integer {
        anomalies.extend(offending(
            AnomalyKind::BoolTypeBigInt,
            &|v| v > 1.0,
            "a number above 1",
        ));
        anomalies.extend(offending(
            AnomalyKind::BoolTypeSmallInt,
            &|v| v < 0.0,
            "a number below 0",
        ));
    } else {
        let kind = AnomalyKind::BoolTypeUnexpectedFloat;
        anomalies.extend(offending(
            kind,
            &|v| v != 0.0 && v != 1.0,
            "other numbers than 0 and 1",
        ));
    }
    if column.spec.constraints.boolean_words.is_some() {
        let found = Found {
            description: format!(
                "Column {name} has words for true and false in the schema, and numbers in the data."
            ),
            n_rows: column.n_present(),
            examples: Vec::new(),
            hint,
        };
        anomalies.push(column.skewed(AnomalyKind::BoolTypeInvalidConfig, found));
    }
    anomalies
}

fn unreadable_texts(column: &Column<'_>, kind: AnomalyKind, unreadable: Offenders) -> Anomaly {
    let name = &column.spec.name;
    let wanted = match column.spec.kind {
        ColumnType::Integer => "a whole number",
        ColumnType::Number => "a number",
        _ => "true or false",
    };
    let rows = unreadable.rows.clone();
    let anomaly = column.skewed(
        kind,
        Found {
            description: format!(
                "Column {name} should hold {wanted} in each row; {} hold something else: {}.",
                wording::rows_of(unreadable.n_rows, column.n_rows()),
                unreadable.shown()
            ),
            n_rows: unreadable.n_rows,
            examples: unreadable.examples,
            hint: format!(
                "Correct these values at the source, or leave the cells empty if they mean that nothing is known. If {name} \
                 may hold any text, set its type to text in the schema."
            ),
        },
    );
    let widened = ColumnSpec {
        kind: ColumnType::Text,
        domain: None,
        drift: None,
        ..column.spec.clone()
    };
    Anomaly {
        rows,
        ..with_widened(anomaly, widened)
    }
}

/// `UNEXPECTED_DATA_TYPE`. Where whole numbers are expected and real ones come, the rows concerned are those with a
/// fraction, if there are any; else all rows with a value are.
fn other_type(column: &Column<'_>) -> Anomaly {
    let name = &column.spec.name;
    let (expected, observed) = (column.spec.kind, column.data.column_type());
    let has_fraction = |row: &usize| {
        expected == ColumnType::Integer
            && column.data.number(*row).is_some_and(|v| v.fract() != 0.0)
    };
    let is_real = observed == ColumnType::Number;
    let mut offenders = Offenders::default();
    if is_real {
        offenders = Offenders::at(column.data, (0..column.data.len()).filter(has_fraction));
    }
    let mut severity = gravity(column.spec.role);
    if offenders.n_rows > 0 && !column.is_beyond_chance(offenders.n_rows, TOO_RARE) {
        // So few fractions may have been missed when the type was inferred.
        severity = Severity::Info;
    }
    if offenders.n_rows == 0 {
        let present = (0..column.data.len()).filter(|row| !column.data.is_missing(*row));
        offenders = Offenders::at(column.data, present);
    }
    let rows = offenders.rows.clone();
    let anomaly = column.finding(
        AnomalyKind::UnexpectedDataType,
        severity,
        Found {
            description: format!(
                "Column {name} holds values of type {}, the schema says {}; {} concerned, for example {}.",
                observed.title(),
                expected.title(),
                wording::rows_of(offenders.n_rows, column.n_rows()),
                offenders.shown()
            ),
            n_rows: offenders.n_rows,
            examples: offenders.examples,
            hint: format!(
                "See whether the source changed. If the new type is right, set the type of {name} to {} in the schema and \
                 train again.",
                observed.title()
            ),
        },
    );
    let is_number = is_real && expected == ColumnType::Integer;
    let widened = ColumnSpec {
        kind: observed,
        domain: column.spec.domain.clone().filter(|_| is_number),
        drift: column.spec.drift.filter(|_| is_number),
        ..column.spec.clone()
    };
    Anomaly {
        rows,
        ..with_widened(anomaly, widened)
    }
}
