//! How a text reads as a day, in one of the forms that people write. Which form a column has is left to `delimited`;
//! times of day are left to `value`.

use super::value::{Moment, is_digits, on_day};
use crate::domain::reading::DateOrder::{self, DayMonthYear, MonthDayYear, YearMonthDay};
use chrono::NaiveDate;

/// What stands between day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// This character; the month is a number.
    Byte(u8),
    /// Blanks, commas or dashes; the month is a name.
    Name,
}

/// How the days of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateStyle {
    order: DateOrder,
    mark: Mark,
    /// Whether years have two digits.
    is_short: bool,
}

const fn style(order: DateOrder, mark: Mark, is_short: bool) -> DateStyle {
    DateStyle {
        order,
        mark,
        is_short,
    }
}

impl DateStyle {
    /// `2013-01-31`
    pub(super) const ISO: Self = style(YearMonthDay, Mark::Byte(b'-'), false);

    /// All that are tried, in this order.
    pub(super) const ALL: [Self; 13] = [
        Self::ISO,
        style(YearMonthDay, Mark::Byte(b'/'), false),
        style(DayMonthYear, Mark::Byte(b'.'), false),
        style(DayMonthYear, Mark::Byte(b'/'), false),
        style(MonthDayYear, Mark::Byte(b'/'), false),
        style(DayMonthYear, Mark::Byte(b'-'), false),
        style(MonthDayYear, Mark::Byte(b'-'), false),
        style(DayMonthYear, Mark::Name, false),
        style(MonthDayYear, Mark::Name, false),
        style(DayMonthYear, Mark::Byte(b'.'), true),
        style(DayMonthYear, Mark::Byte(b'/'), true),
        style(MonthDayYear, Mark::Byte(b'/'), true),
        style(DayMonthYear, Mark::Name, true),
    ];

    /// The order of day, month and year.
    pub(super) fn order(self) -> DateOrder {
        self.order
    }

    /// Whether years have two digits.
    pub(super) fn is_short(self) -> bool {
        self.is_short
    }

    /// The style that reads day and month the other way round, where the text may not tell.
    pub(super) fn twin(self) -> Option<Self> {
        let order = match (self.order, self.mark) {
            (DayMonthYear, Mark::Byte(b'/' | b'-')) => MonthDayYear,
            (MonthDayYear, Mark::Byte(b'/' | b'-')) => DayMonthYear,
            _ => return None,
        };
        Some(Self { order, ..self })
    }

    /// Days since 1970.
    pub(super) fn date(self, text: &str) -> Option<i32> {
        match self.mark {
            Mark::Byte(mark) if self == Self::ISO => {
                debug_assert_eq!(mark, b'-');
                iso(text.as_bytes())
            }
            Mark::Byte(mark) => self.of_numbers(text, mark),
            Mark::Name => self.of_name(text),
        }
    }

    fn of_numbers(self, text: &str, mark: u8) -> Option<i32> {
        if text.len() > 10 || !text.as_bytes().first()?.is_ascii_digit() {
            return None;
        }
        let mut parts = text.split(char::from(mark));
        let parts = [
            parts.next()?,
            parts.next()?,
            parts.next()?,
            parts.next().unwrap_or(""),
        ];
        let [year, month, day] = match self.order {
            YearMonthDay => [0, 1, 2],
            DayMonthYear => [2, 1, 0],
            MonthDayYear => [2, 0, 1],
        }
        .map(|i| parts[i]);
        // Two-digit numbers between dots may be version numbers: only full ones are days.
        let is_strict = self.is_short && mark == b'.';
        let fits = |s: &str| is_digits(s) && (s.len() == 2 || (s.len() == 1 && !is_strict));
        let n_marks = text.bytes().filter(|b| *b == mark).count();
        if n_marks != 2 || !fits(month) || !fits(day) {
            return None;
        }
        days(self.year(year)?, month.parse().ok()?, day.parse().ok()?)
    }

    /// Two digits below 69 are years of this century, as POSIX has it.
    fn year(self, text: &str) -> Option<i32> {
        if text.len() != if self.is_short { 2 } else { 4 } || !is_digits(text) {
            return None;
        }
        let year: i32 = text.parse().ok()?;
        Some(match (self.is_short, year) {
            (false, year) => year,
            (true, ..69) => 2000 + year,
            (true, _) => 1900 + year,
        })
    }

    fn of_name(self, text: &str) -> Option<i32> {
        if text.len() > 20 || !text.bytes().any(|b| b.is_ascii_alphabetic()) {
            return None;
        }
        let mut parts = text.split([' ', '-', ',', '/']).filter(|p| !p.is_empty());
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let (day, name) = match self.order {
            MonthDayYear => (second, first),
            _ => (first, second),
        };
        if !is_digits(day) || day.len() > 2 {
            return None;
        }
        days(self.year(third)?, month(name)?, day.parse().ok()?)
    }

    /// A day with a time of day behind it.
    pub(super) fn moment(self, text: &str) -> Option<Moment> {
        if self == Self::ISO {
            return super::value::moment(text);
        }
        let colon = text.find(':')?;
        let gap = text[..colon].rfind([' ', 'T'])?;
        let day = self.date(text[..gap].trim_end_matches([' ', ',']))?;
        let time = text.get(gap + 1..)?;
        let (clock, half) = match time.get(time.len().saturating_sub(2)..) {
            Some("AM" | "am") => (time[..time.len() - 2].trim_end(), Some(0)),
            Some("PM" | "pm") => (time[..time.len() - 2].trim_end(), Some(12)),
            _ => (time, None),
        };
        let (hour, rest) = clock.split_once(':')?;
        if !is_digits(hour) || hour.len() > 2 {
            return None;
        }
        let mut hour: u32 = hour.parse().ok()?;
        if let Some(half) = half {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + half;
        }
        on_day(day, &format!("{hour:02}:{rest}"))
    }
}

/// Whether a text is a day, a moment or a time of day, in any form.
pub(super) fn is_dated(text: &str) -> bool {
    let is_clock = || {
        let mut parts = text.split(':');
        let is_pair = |part: Option<&str>| part.is_some_and(|p| p.len() <= 2 && is_digits(p));
        is_pair(parts.next())
            && is_pair(parts.next())
            && parts.next().is_none_or(|p| is_pair(Some(p)))
    };
    text.bytes().any(|b| b.is_ascii_digit())
        && (is_clock()
            || DateStyle::ALL
                .iter()
                .any(|style| style.date(text).is_some() || style.moment(text).is_some()))
}

/// Days since 1970 of `2013-01-31`.
pub(super) fn iso(text: &[u8]) -> Option<i32> {
    let text: &[u8; 10] = text.try_into().ok()?;
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let mut number = [0i32; 3];
    for (slot, range) in number.iter_mut().zip([0..4, 5..7, 8..10]) {
        for byte in &text[range] {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            *slot = *slot * 10 + i32::from(digit);
        }
    }
    days(number[0], number[1] as u32, number[2] as u32)
}

fn days(year: i32, month: u32, day: u32) -> Option<i32> {
    NaiveDate::from_ymd_opt(year, month, day).map(|d| d.to_epoch_days())
}

/// The number of an English month, by its name or the first three letters.
fn month(name: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let position = NAMES.iter().position(|full| {
        *full == name
            || (name.len() == 3 && full.starts_with(&name))
            || (name == "sept" && full.starts_with(&name))
    })?;
    Some(position as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_must_exist_and_be_written_in_full() {
        let day = |position: usize, text: &str| DateStyle::ALL[position].date(text);
        assert_eq!(day(0, "1970-01-02"), Some(1));
        for (style, text) in [
            (0, "2013-02-29"),
            (0, "2013-1-2"),
            (0, "2013-01-02-"),
            (2, "31.01.13"),
            (4, "31/01/2013"),
            (7, "31 Janu 2013"),
            (9, "1.2.13"),
        ] {
            assert_eq!(day(style, text), None, "{text}");
        }
        // 15,736 days: `date -u -d 2013-01-31 +%s` is 1359590400.
        for (style, text) in [
            (0, "2013-01-31"),
            (1, "2013/1/31"),
            (2, "31.1.2013"),
            (3, "31/01/2013"),
            (4, "01/31/2013"),
            (5, "31-01-2013"),
            (6, "01-31-2013"),
            (7, "31 Jan 2013"),
            (7, "31-JANUARY-2013"),
            (8, "January 31, 2013"),
            (9, "31.01.13"),
            (10, "31/1/13"),
            (11, "1/31/13"),
            (12, "31-Jan-13"),
        ] {
            assert_eq!(day(style, text), Some(15_736), "{text}");
        }
    }

    #[test]
    fn times_behind_days_are_read_with_halves_of_the_day() {
        let base = 1_359_590_400_000;
        for (style, text, expected) in [
            (4, "1/31/2013 9:05", Some(base + 32_700_000)),
            (4, "1/31/2013 12:05 AM", Some(base + 300_000)),
            (4, "1/31/2013 12:05:01 PM", Some(base + 43_501_000)),
            (2, "31.01.2013 00:00", Some(base)),
            (7, "31 Jan 2013 00:00:00", Some(base)),
            (4, "1/31/2013 13:05 PM", None),
            (4, "1/31/2013", None),
        ] {
            let read = DateStyle::ALL[style].moment(text).map(|m| m.millis);
            assert_eq!(read, expected, "{text}");
        }
    }
}
