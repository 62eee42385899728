//! Days and moments: reading them from texts in ISO 8601, writing, taking apart, cutting off.

use super::function::Field;
use arrow::array::{ArrayRef, AsArray, Int64Array, TimestampMillisecondArray};
use arrow::compute::cast;
use arrow::compute::kernels::temporal::{DatePart, date_part};
use arrow::datatypes::{DataType, TimestampMillisecondType};
use arrow::error::ArrowError;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use std::sync::Arc;

pub(super) const MILLIS_OF_DAY: i64 = 86_400_000;

/// `2013-01-31` as days since 1970.
pub(super) fn parse_date(text: &str) -> Option<i32> {
    let date = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()?;
    i32::try_from(date.and_time(NaiveTime::MIN).and_utc().timestamp() / 86_400).ok()
}

/// `2013-01-31 17:30`, with seconds and fractions or without, with a blank or a T, or a date alone, as milliseconds
/// since 1970.
pub(super) fn parse_timestamp(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(days) = parse_date(text) {
        return Some(i64::from(days) * MILLIS_OF_DAY);
    }
    [
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
    ]
    .iter()
    .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
    .map(|moment| moment.and_utc().timestamp_millis())
}

/// As CAST writes a moment: with a blank between day and time, fractions only where there are any.
pub(super) fn timestamp_text(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).map_or_else(
        || millis.to_string(),
        |t| {
            let text = t.format("%Y-%m-%d %H:%M:%S%.f").to_string();
            if text.contains('.') {
                text.trim_end_matches('0').to_owned()
            } else {
                text
            }
        },
    )
}

/// A part of each moment.
pub(super) fn extract(field: Field, moments: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let part = match field {
        Field::Year => DatePart::Year,
        Field::Quarter => DatePart::Quarter,
        Field::Month => DatePart::Month,
        Field::Week => DatePart::Week,
        Field::Day => DatePart::Day,
        Field::DayOfWeek => DatePart::DayOfWeekSunday0,
        Field::DayOfYear => DatePart::DayOfYear,
        Field::Hour | Field::Minute | Field::Second => {
            // Far cheaper than by the calendar.
            let (unit, turn) = match field {
                Field::Hour => (3_600_000, 24),
                Field::Minute => (60_000, 60),
                _ => (1_000, 60),
            };
            let values: Int64Array = moments
                .as_primitive::<TimestampMillisecondType>()
                .unary(|m| m.div_euclid(unit).rem_euclid(turn));
            return Ok(Arc::new(values));
        }
    };
    cast(&date_part(moments, part)?, &DataType::Int64)
}

/// The beginning of the year, month … of each moment.
pub(super) fn truncate(field: Field, moments: &ArrayRef) -> ArrayRef {
    let moments = moments.as_primitive::<TimestampMillisecondType>();
    let fixed =
        |unit: i64| -> TimestampMillisecondArray { moments.unary(|m| m - m.rem_euclid(unit)) };
    Arc::new(match field {
        Field::Second => fixed(1_000),
        Field::Minute => fixed(60_000),
        Field::Hour => fixed(3_600_000),
        Field::Day => fixed(MILLIS_OF_DAY),
        // Weeks begin on Mondays; day 0 was a Thursday.
        Field::Week => moments.unary(|m| {
            let day = m.div_euclid(MILLIS_OF_DAY);
            (day - (day + 3).rem_euclid(7)) * MILLIS_OF_DAY
        }),
        _ => moments.unary_opt(|m| {
            let date = DateTime::from_timestamp_millis(m)?.date_naive();
            let month = match field {
                Field::Year => 1,
                Field::Quarter => date.month0() / 3 * 3 + 1,
                _ => date.month(),
            };
            let first = NaiveDate::from_ymd_opt(date.year(), month, 1)?;
            Some(first.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
        }),
    })
}
