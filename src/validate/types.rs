//! Whether a column has the type that the schema says. Its values are looked at only afterwards, by `values`.

use super::check::{Column, Found};
use super::values::Offenders;
use super::wording;
use crate::data::ColumnData;
use crate::domain::anomaly::{Anomaly, AnomalyKind};
use crate::domain::schema::ColumnType;

/// The finding about a column of another type, which has at least one value. Whole numbers are welcome where the schema
/// says numbers.
///
/// Texts where numbers or truth values are expected have kinds of their own as soon as one of them cannot be read as
/// what is expected (TFDV's condition); texts that all can be read are an `UNEXPECTED_DATA_TYPE`, as any other change is.
pub(super) fn unexpected(column: &Column<'_>) -> Option<Anomaly> {
    let expected = column.spec.kind;
    let observed = column.data.column_type();
    if observed == expected || (expected == ColumnType::Number && observed == ColumnType::Integer) {
        return None;
    }
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
            _ => return Some(other_type(column)),
        };
        let unreadable = Offenders::among(
            texts
                .iter()
                .flatten()
                .filter(|text| !reads(text.trim()))
                .map(str::to_owned),
        );
        if unreadable.n_rows > 0 {
            return Some(unreadable_texts(column, kind, unreadable));
        }
    }
    Some(other_type(column))
}

fn unreadable_texts(column: &Column<'_>, kind: AnomalyKind, unreadable: Offenders) -> Anomaly {
    let name = &column.spec.name;
    let wanted = match column.spec.kind {
        ColumnType::Integer => "a whole number",
        ColumnType::Number => "a number",
        _ => "true or false",
    };
    column.skewed(
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
    )
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
    let text = |row: usize| column.data.text(row);
    let mut offenders = Offenders::default();
    if observed == ColumnType::Number {
        offenders = Offenders::among((0..column.data.len()).filter(has_fraction).filter_map(text));
    }
    if offenders.n_rows == 0 {
        offenders = Offenders::among((0..column.data.len()).filter_map(text));
    }
    column.skewed(
        AnomalyKind::UnexpectedDataType,
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
    )
}
