//! Values of columns in words and on axes: numbers as numbers, times as days, the spread of times as a span.

use crate::domain::schema::ColumnType;
use crate::gui::widgets::axis::Unit;
use crate::gui::widgets::number;
use chrono::DateTime;

/// Milliseconds of what a column of times counts in; `None` for numbers.
fn unit(kind: ColumnType) -> Option<f64> {
    match kind {
        ColumnType::Date => Some(DAY),
        ColumnType::Timestamp => Some(1.0),
        _ => None,
    }
}

const DAY: f64 = 86_400_000.0;

/// What a column's values are on an axis, and how much of them is one there.
pub fn axis(kind: Option<ColumnType>) -> (Unit, f64) {
    match kind {
        Some(ColumnType::Integer) => (Unit::Whole, 1.0),
        Some(ColumnType::Date) => (Unit::Day, 1.0),
        Some(ColumnType::Timestamp) => (Unit::Day, DAY),
        _ => (Unit::Number, 1.0),
    }
}

/// A mean.
pub fn mean(kind: ColumnType, value: Option<f64>) -> String {
    let day = unit(kind)
        .zip(value)
        .and_then(|(unit, value)| DateTime::from_timestamp_millis((value * unit) as i64));
    match day {
        Some(day) => day.format("%Y-%m-%d").to_string(),
        None => number::metric(value),
    }
}

/// A standard deviation.
pub fn spread(kind: ColumnType, value: Option<f64>) -> String {
    match unit(kind).zip(value) {
        Some((unit, value)) if value * unit < 2.0 * DAY => number::duration(value * unit / 1000.0),
        Some((unit, value)) => format!("{} d", number::fixed(value * unit / DAY, 0)),
        None => number::metric(value),
    }
}
