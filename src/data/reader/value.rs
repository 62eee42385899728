//! One field at a time: which texts mean "missing", and how a text reads as a number, truth value, day or moment.
//! How a whole column is read is left to `infer`.

use super::dates::DateStyle;
use chrono::{NaiveTime, Timelike};

/// Texts that mean that a value is missing, beside the empty text: exactly these, blanks around them removed.
pub const NULL_TOKENS: [&str; 11] = [
    "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?", "-", "#N/A",
];

/// Whether a trimmed text means that the value is missing.
#[must_use]
pub fn is_null(text: &str) -> bool {
    text.is_empty() || (text.len() <= 4 && NULL_TOKENS.contains(&text))
}

/// Digits with an optional sign, whatever their value.
#[must_use]
pub fn is_whole(text: &str) -> bool {
    let digits = unsigned(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a whole number begins with a zero that a number would lose: "007", but not "0".
#[must_use]
pub fn has_leading_zero(text: &str) -> bool {
    let digits = unsigned(text);
    digits.len() > 1 && digits.starts_with('0')
}

/// A whole number of 64 bits, also as `1e+05`, which is how R writes 100,000.
#[must_use]
pub fn integer(text: &str) -> Option<i64> {
    if is_whole(text) {
        return text.parse().ok();
    }
    let (digits, exponent) = text.split_once(['e', 'E'])?;
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let is_small = exponent.len() <= 2 && exponent.bytes().all(|b| b.is_ascii_digit());
    if !is_whole(digits) || !is_small {
        return None;
    }
    let factor = 10_i64.checked_pow(exponent.parse().ok()?)?;
    digits.parse::<i64>().ok()?.checked_mul(factor)
}

/// A real number with a decimal point: `-1.5`, `.5`, `1e-3`, `inf`. Not a number is no number, and neither is one
/// that only overflows to infinity.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let first = *unsigned(text).as_bytes().first()?;
    if !first.is_ascii_digit() && first != b'.' && !first.eq_ignore_ascii_case(&b'i') {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    let overflows = value.is_infinite() && !first.eq_ignore_ascii_case(&b'i');
    (!overflows).then_some(value)
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberStyle {
    /// `1234.5`
    Plain,
    /// `1,234.5`
    CommaThousands,
    /// `1.234,5` or `1234,5`
    DecimalComma,
    /// `1 234.5` or `1 234,5`
    BlankThousands {
        /// What stands before the decimals.
        decimal: char,
    },
    /// `1'234.5`
    ApostropheThousands,
    /// `$1,234.50`, `12 %`: with a sign of currency or a percent sign, which is left out.
    Amount {
        /// What stands before the decimals.
        decimal: char,
    },
    /// As a person has said.
    Stated {
        /// What stands before the decimals.
        decimal: char,
        /// What may stand between thousands.
        thousands: Option<char>,
    },
}

impl NumberStyle {
    /// The number as it would be written plainly, if the text is written in this style.
    pub(super) fn plain(self, text: &str) -> Option<String> {
        match self {
            Self::Plain => Some(text.to_owned()),
            Self::CommaThousands => regroup(text, ',', '.'),
            Self::DecimalComma => regroup(text, '.', ','),
            Self::BlankThousands { decimal } => {
                regroup(&text.replace(['\u{a0}', '\u{202f}'], " "), ' ', decimal)
            }
            Self::ApostropheThousands => regroup(&text.replace('\u{2019}', "'"), '\'', '.'),
            Self::Amount { decimal } => {
                let thousands = if decimal == '.' { ',' } else { '.' };
                regroup(&without_unit(text)?, thousands, decimal)
            }
            Self::Stated { decimal, thousands } => {
                // Without thousands nothing that a number may hold separates them.
                regroup(text, thousands.unwrap_or('\u{0}'), decimal)
            }
        }
    }

    /// The real number.
    pub(super) fn number(self, text: &str) -> Option<f64> {
        match self {
            Self::Plain => number(text),
            _ => number(&self.plain(text)?),
        }
    }
}

/// Signs that stand before or behind an amount.
const UNITS: [char; 6] = ['$', '€', '£', '¥', '₹', '%'];

/// An amount without its sign, `None` where there is no sign or more than one.
fn without_unit(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text),
    };
    let rest = rest
        .strip_prefix(UNITS)
        .or_else(|| rest.strip_suffix(UNITS))?
        .trim();
    let begins = rest.trim_start_matches(['-', '+']);
    (begins.starts_with(|c: char| c.is_ascii_digit() || c == '.')).then(|| format!("{sign}{rest}"))
}

/// Whether a text is a number with a sign of currency or a percent sign.
pub(super) fn is_amount(text: &str) -> bool {
    ['.', ','].iter().any(|decimal| {
        let style = NumberStyle::Amount { decimal: *decimal };
        style.number(text).is_some()
    })
}

/// A truth value in words that may mean something else too.
pub(super) fn is_yes_or_no(text: &str) -> bool {
    const WORDS: [&str; 10] = ["yes", "no", "y", "n", "t", "f", "on", "off", "ja", "nein"];
    text.len() <= 4 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Removes the marks between thousands and turns the decimal mark into a point. Groups must have three digits, the
/// first one to three.
fn regroup(text: &str, thousands: char, decimal: char) -> Option<String> {
    let sign = &text[..text.len() - unsigned(text).len()];
    let (whole, rest) = match unsigned(text).split_once(decimal) {
        Some((whole, rest)) => (whole, Some(rest)),
        None => (unsigned(text), None),
    };
    if let Some(rest) = rest {
        let digits = rest.split(['e', 'E']).next().unwrap_or_default();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
    }
    let mut groups = whole.split(thousands);
    let first = groups.next().unwrap_or_default();
    let mut joined = first.to_owned();
    let mut n_groups = 0;
    for group in groups {
        if group.len() != 3 || !group.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        joined.push_str(group);
        n_groups += 1;
    }
    let first_is_digits = first.bytes().all(|b| b.is_ascii_digit());
    if n_groups > 0 && !(first_is_digits && (1..=3).contains(&first.len())) {
        return None;
    }
    Some(match rest {
        Some(rest) => format!("{sign}{joined}.{rest}"),
        None => format!("{sign}{joined}"),
    })
}

/// `true` or `false`, also capitalised or all capitals.
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Days since 1970 of a day in ISO 8601.
#[must_use]
pub fn date(text: &str) -> Option<i32> {
    DateStyle::ISO.date(text)
}

/// A moment and how it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970; in UTC where the text has a zone.
    pub millis: i64,
    /// Whether the text has a zone (`Z` or an offset).
    pub has_zone: bool,
    /// Whether digits finer than milliseconds were cut.
    pub is_cut: bool,
}

/// A moment in ISO 8601: a day, `T` or a blank, hours and minutes, and optionally seconds, fractions and a zone.
#[must_use]
pub fn moment(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    if let Some(millis) = bytes.as_array().and_then(plain_moment) {
        return Some(Moment {
            millis,
            has_zone: false,
            is_cut: false,
        });
    }
    let day = date(text.get(..10)?)?;
    let mark = *bytes.get(10)?;
    if mark != b'T' && mark != b' ' {
        return None;
    }
    on_day(day, text.get(11..)?)
}

/// `2013-01-31 12:30:00`, the commonest form by far.
#[inline]
pub(super) fn plain_moment(bytes: &[u8; 19]) -> Option<i64> {
    let two = |at: usize| {
        let (tens, ones) = (
            bytes[at].wrapping_sub(b'0'),
            bytes[at + 1].wrapping_sub(b'0'),
        );
        (tens <= 9 && ones <= 9).then(|| i64::from(tens) * 10 + i64::from(ones))
    };
    if bytes[13] != b':' || bytes[16] != b':' || (bytes[10] != b'T' && bytes[10] != b' ') {
        return None;
    }
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let day = super::dates::iso(&bytes[..10])?;
    Some((i64::from(day) * 86_400 + hour * 3600 + minute * 60 + second) * 1000)
}

/// A time of a day, behind the day.
pub(super) fn on_day(day: i32, rest: &str) -> Option<Moment> {
    let (clock, offset_minutes) = split_zone(rest)?;
    let (hours_to_seconds, fraction) = match clock.split_once('.') {
        Some((_, fraction)) if !is_digits(fraction) => return None,
        Some((front, fraction)) => (front, Some(fraction)),
        None => (clock, None),
    };
    let time = match (hours_to_seconds.len(), fraction) {
        (5, None) => NaiveTime::parse_from_str(hours_to_seconds, "%H:%M").ok()?,
        (8, _) if !hours_to_seconds.ends_with("60") => {
            NaiveTime::parse_from_str(hours_to_seconds, "%H:%M:%S").ok()?
        }
        _ => return None,
    };
    let fraction = fraction.unwrap_or_default();
    let millis_text = fraction.get(..3).unwrap_or(fraction);
    let scale = 10_i64.pow(3 - millis_text.len() as u32);
    let millis: i64 = if millis_text.is_empty() {
        0
    } else {
        millis_text.parse().ok()?
    };
    let seconds = i64::from(day) * 86_400 + i64::from(time.num_seconds_from_midnight());
    Some(Moment {
        millis: seconds * 1000 + millis * scale - offset_minutes.unwrap_or(0) * 60_000,
        has_zone: offset_minutes.is_some(),
        is_cut: fraction.bytes().skip(3).any(|b| b != b'0'),
    })
}

/// Cuts the zone off: its minutes east of UTC, `None` where there is none.
fn split_zone(text: &str) -> Option<(&str, Option<i64>)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock.trim_end(), Some(0)));
    }
    if let Some(clock) = text
        .strip_suffix("UTC")
        .or_else(|| text.strip_suffix("GMT"))
    {
        return Some((clock.trim_end(), Some(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else {
        return Some((text, None));
    };
    let sign = if text[at..].starts_with('-') { -1 } else { 1 };
    let offset = text[at + 1..].replace(':', "");
    if !is_digits(&offset) || !matches!(offset.len(), 2 | 4) {
        return None;
    }
    let hours: i64 = offset[..2].parse().ok()?;
    let minutes: i64 = if offset.len() == 4 {
        offset[2..].parse().ok()?
    } else {
        0
    };
    (hours <= 23 && minutes <= 59)
        .then(|| (text[..at].trim_end(), Some(sign * (hours * 60 + minutes))))
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_may_have_an_exponent() {
        for (text, expected) in [
            ("1e+05", Some(100_000)),
            ("-2E3", Some(-2000)),
            ("+7e0", Some(7)),
            ("1e18", Some(1_000_000_000_000_000_000)),
            ("1e19", None),
            ("92233720368547758e2", Some(9_223_372_036_854_775_800)),
            ("92233720368547759e2", None),
            ("1e-5", None),
            ("1.5e3", None),
            ("e5", None),
            ("1e", None),
            ("1e+", None),
            ("1e+-5", None),
            ("1e005", None),
            ("1e5e5", None),
            ("0x1e5", None),
        ] {
            assert_eq!(integer(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_in_their_style_only() {
        use NumberStyle::{CommaThousands, DecimalComma, Plain};
        for (style, text, expected) in [
            (Plain, "-1.5e-3", Some(-0.0015)),
            (Plain, "inf", Some(f64::INFINITY)),
            (Plain, "-Infinity", Some(f64::NEG_INFINITY)),
            (Plain, "1e999", None),
            (Plain, "NAN", None),
            (Plain, "--1", None),
            (Plain, "", None),
            (Plain, "+", None),
            (Plain, "1,234", None),
            (CommaThousands, "1,234,567.25", Some(1_234_567.25)),
            (CommaThousands, "-12", Some(-12.0)),
            (CommaThousands, "1,23", None),
            (CommaThousands, "1234,567", None),
            (CommaThousands, ",234", None),
            (CommaThousands, "1.234,5", None),
            (DecimalComma, "1.234,5", Some(1234.5)),
            (DecimalComma, "0,25", Some(0.25)),
            (DecimalComma, "1234,5", Some(1234.5)),
            (DecimalComma, "1,234.5", None),
            (DecimalComma, "1.5", None),
            (DecimalComma, "1,2,3", None),
            (DecimalComma, "inf", Some(f64::INFINITY)),
            (DecimalComma, "+,5", Some(0.5)),
        ] {
            assert_eq!(style.number(text), expected, "{style:?} {text:?}");
        }
    }

    #[test]
    fn whole_numbers_are_exact_to_64_bits() {
        assert_eq!(integer("9223372036854775807"), Some(i64::MAX));
        assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(integer("9223372036854775808"), None);
        assert_eq!(integer("+7"), Some(7));
        assert_eq!(integer("7.0"), None);
        assert!(has_leading_zero("-007") && !has_leading_zero("0"));
    }

    #[test]
    fn moments_know_their_zone_and_fractions() {
        let millis = |text: &str| moment(text).map(|m| (m.millis, m.has_zone, m.is_cut));
        let base = 1_359_590_400_000;
        for (text, expected) in [
            ("2013-01-31T00:00", Some((base, false, false))),
            ("2013-01-31 00:00:01", Some((base + 1000, false, false))),
            ("2013-01-31 00:00:00.5", Some((base + 500, false, false))),
            (
                "2013-01-31T00:00:00.123456Z",
                Some((base + 123, true, true)),
            ),
            (
                "2013-01-31T00:00:00.123000Z",
                Some((base + 123, true, false)),
            ),
            ("2013-01-31T02:00:00+02:00", Some((base, true, false))),
            ("2013-01-30T19:00:00-0500", Some((base, true, false))),
            ("2013-01-31T00:00:60", None),
            ("2013-01-31T24:00:00", None),
            ("2013-01-31T1:00:00", None),
            ("2013-01-31", None),
            ("2013-01-31Tüüü", None),
            ("2013-01-31T00:00.5", None),
        ] {
            assert_eq!(millis(text), expected, "{text}");
        }
    }
}
