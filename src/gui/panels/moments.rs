//! Means and spreads of columns in words: numbers as numbers, the mean of times as a day, their spread as a span.

use crate::domain::schema::ColumnType;
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
