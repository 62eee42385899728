//! Ticks and words of an axis of time, in days since 1970-01-01.

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, NaiveDateTime};

const SECONDS: f64 = 86_400.0;

/// A round step between ticks.
#[derive(Clone, Copy, Debug)]
enum Step {
    Seconds(i64),
    Months(i32),
}

/// From short to long.
const STEPS: [Step; 24] = [
    Step::Seconds(1),
    Step::Seconds(5),
    Step::Seconds(15),
    Step::Seconds(60),
    Step::Seconds(300),
    Step::Seconds(900),
    Step::Seconds(3_600),
    Step::Seconds(3 * 3_600),
    Step::Seconds(6 * 3_600),
    Step::Seconds(12 * 3_600),
    Step::Seconds(86_400),
    Step::Seconds(2 * 86_400),
    Step::Seconds(7 * 86_400),
    Step::Seconds(14 * 86_400),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(2 * 12),
    Step::Months(5 * 12),
    Step::Months(10 * 12),
    Step::Months(25 * 12),
    Step::Months(100 * 12),
    Step::Months(500 * 12),
];

impl Step {
    fn days(self) -> f64 {
        match self {
            Self::Seconds(n) => n as f64 / SECONDS,
            Self::Months(n) => f64::from(n) * 30.44,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Seconds(n) if n < 60 => "%H:%M:%S",
            Self::Seconds(n) if n < 86_400 => "%-d %b %H:%M",
            Self::Seconds(_) => "%-d %b",
            Self::Months(n) if n < 12 => "%b %Y",
            Self::Months(_) => "%Y",
        }
    }
}

/// At most about `n` round moments between two.
pub fn ticks(low: f64, high: f64, n: usize) -> Vec<(f64, String)> {
    let rough = (high - low) / n.max(1) as f64;
    let step = STEPS.into_iter().find(|s| s.days() >= rough);
    let step = step.unwrap_or(Step::Months(500 * 12));
    let mut list = Vec::new();
    let mut at = first(step, low);
    while let Some((day, moment)) = at.filter(|(day, _)| *day <= high + 1e-9) {
        list.push((day, moment.format(step.words()).to_string()));
        at = next(step, moment);
        if list.len() > 40 {
            break;
        }
    }
    list
}

/// `2013-02-15`, with the time where it is not midnight.
pub fn moment(day: f64) -> String {
    let Some(moment) = moment_of(day) else {
        return super::number::metric(day);
    };
    let is_midnight = (day - day.round()).abs() < 0.5 / SECONDS;
    let words = if is_midnight {
        "%Y-%m-%d"
    } else {
        "%Y-%m-%d %H:%M"
    };
    moment.format(words).to_string()
}

fn moment_of(day: f64) -> Option<NaiveDateTime> {
    let seconds = (day * SECONDS).round();
    let is_known = seconds.is_finite() && seconds.abs() < 8e12;
    let moment = is_known.then(|| DateTime::from_timestamp(seconds as i64, 0))??;
    Some(moment.naive_utc())
}

fn day_of(moment: NaiveDateTime) -> f64 {
    moment.and_utc().timestamp() as f64 / SECONDS
}

fn first(step: Step, low: f64) -> Option<(f64, NaiveDateTime)> {
    let moment = match step {
        Step::Seconds(n) => {
            let seconds = (low * SECONDS / n as f64 - 1e-6).ceil() * n as f64;
            moment_of(seconds / SECONDS)?
        }
        Step::Months(n) => {
            let date = moment_of(low)?.date();
            let month = date.year() * 12 + date.month0() as i32;
            let before = month_begin(month.div_euclid(n) * n)?;
            if day_of(before) < low - 1e-9 {
                month_begin((month.div_euclid(n) + 1) * n)?
            } else {
                before
            }
        }
    };
    Some((day_of(moment), moment))
}

fn next(step: Step, moment: NaiveDateTime) -> Option<(f64, NaiveDateTime)> {
    let after = match step {
        Step::Seconds(n) => moment.checked_add_signed(Duration::seconds(n))?,
        Step::Months(n) => month_begin(moment.year() * 12 + moment.month0() as i32 + n)?,
    };
    Some((day_of(after), after))
}

/// The first moment of a month, counted from the year 0.
fn month_begin(month: i32) -> Option<NaiveDateTime> {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) as u32 + 1);
    NaiveDate::from_ymd_opt(year, month, 1)?.and_hms_opt(0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> f64 {
        day_of(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap())
    }

    fn words(low: &str, high: &str, n: usize) -> Vec<String> {
        let list = ticks(day(low), day(high), n);
        list.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_where_a_calendar_turns() {
        assert_eq!(
            words("2013-01-01 06:00", "2013-03-31 23:55", 4),
            ["Feb 2013", "Mar 2013"]
        );
        assert_eq!(
            words("2012-11-20 00:00", "2014-02-01 00:00", 5),
            ["Jan 2013", "Apr 2013", "Jul 2013", "Oct 2013", "Jan 2014"]
        );
        assert_eq!(
            words("2013-01-01 05:00", "2013-01-02 01:00", 4),
            ["1 Jan 06:00", "1 Jan 12:00", "1 Jan 18:00", "2 Jan 00:00"]
        );
        assert_eq!(
            words("1969-06-01 00:00", "2001-01-01 00:00", 4),
            ["1970", "1980", "1990", "2000"]
        );
    }

    #[test]
    fn a_moment_has_its_time_where_it_is_not_midnight() {
        assert_eq!(moment(day("2013-02-15 00:00")), "2013-02-15");
        assert_eq!(moment(day("2013-02-15 18:30")), "2013-02-15 18:30");
        assert_eq!(moment(f64::NAN), "—");
    }
}
