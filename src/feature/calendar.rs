//! Days and moments taken apart into parts of the calendar. Reading them from text is left to `data::reader`.

use chrono::{DateTime, Datelike, Timelike};
use serde::{Deserialize, Serialize};

/// A part of a day or moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarPart {
    /// The year.
    Year,
    /// 1 to 12.
    Month,
    /// 1 (Monday) to 7 (Sunday).
    Weekday,
    /// 0 to 23.
    Hour,
}

/// A part and what training saw of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FittedPart {
    /// The part.
    pub part: CalendarPart,
    /// The values in the training rows, ascending, at least two.
    pub values: Vec<i32>,
    /// The middle value of the training rows; stands in for a missing one.
    pub median: i32,
}

impl CalendarPart {
    /// The parts of a day.
    pub const OF_DATE: [Self; 3] = [Self::Year, Self::Month, Self::Weekday];
    /// The parts of a moment.
    pub const OF_TIMESTAMP: [Self; 4] = [Self::Year, Self::Month, Self::Weekday, Self::Hour];

    /// Its name inside a feature's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Weekday => "weekday",
            Self::Hour => "hour",
        }
    }

    /// The part of a moment, given in milliseconds since 1970; `None` far outside of the calendar (year 262,000).
    #[must_use]
    pub fn of(self, millis: i64) -> Option<i32> {
        let moment = DateTime::from_timestamp_millis(millis)?;
        Some(match self {
            Self::Year => moment.year(),
            Self::Month => moment.month() as i32,
            Self::Weekday => moment.weekday().number_from_monday() as i32,
            Self::Hour => moment.hour() as i32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_moment_is_taken_apart() {
        // 2013-05-17T18:30:00, a Friday.
        let millis = 1_368_815_400_000;
        let parts: Vec<Option<i32>> = CalendarPart::OF_TIMESTAMP
            .iter()
            .map(|p| p.of(millis))
            .collect();
        assert_eq!(parts, [Some(2013), Some(5), Some(5), Some(18)]);
        assert_eq!(
            CalendarPart::Weekday.of(0),
            Some(4),
            "1970-01-01 was a Thursday"
        );
        assert_eq!(CalendarPart::Hour.of(-1), Some(23));
        assert_eq!(CalendarPart::Year.of(i64::MAX), None);
    }
}
