//! How numbers, durations, sizes and times are written, everywhere in the window.
//!
//! Four significant digits for metrics, thousands in groups, a real minus sign, an em dash for what is not there.
//! Pure text: nothing here draws.

/// What stands for a value that is not there.
pub const MISSING: &str = "—";
/// The minus sign (U+2212); the hyphen on the keyboard is narrower than a digit.
pub const MINUS: char = '−';
/// Between groups of three digits.
pub const GROUP: char = ',';

/// A metric with four significant digits: `0.6842`, `12.35`, `1204`, `12,040`; missing, NaN and infinite as such.
pub fn metric(value: impl Into<Option<f64>>) -> String {
    significant(value, 4)
}

/// A number with as many significant digits as asked for, and never fewer than its integer part has.
pub fn significant(value: impl Into<Option<f64>>, digits: usize) -> String {
    let Some(value) = value.into().filter(|value| !value.is_nan()) else {
        return MISSING.to_owned();
    };
    if value.is_infinite() {
        return sign(value, "∞");
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-6..1e15).contains(&size) {
        return scientific(value, digits);
    }
    let decimals = (digits as i32 - 1 - magnitude(size, digits)).max(0) as usize;
    sign(value, &measured(&format!("{size:.decimals$}")))
}

/// A value as somebody would say it: whole numbers without decimals, others with four significant digits.
pub fn plain(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        fixed(value, 0)
    } else {
        metric(value)
    }
}

/// A value of the table as one says it: long decimals are cut to four digits.
pub fn said(value: &str) -> String {
    match value.parse::<f64>() {
        Ok(found) if found.is_finite() && value.len() > 7 => plain(found),
        _ => value.to_owned(),
    }
}

/// A mean and its spread, written as in a laboratory: the spread with two significant digits, the mean to the same decimal.
pub fn mean_and_spread(mean: f64, spread: f64) -> String {
    let size = spread.abs();
    if !(1e-6..1e15).contains(&size) || mean.abs() >= 1e9 {
        return format!("{} ± {}", significant(mean, 3), significant(spread, 2));
    }
    let decimals = (1 - magnitude(size, 2)).max(0) as usize;
    format!("{} ± {}", fixed(mean, decimals), fixed(spread, decimals))
}

/// A number with a fixed count of decimals, for columns whose decimal points must stand in line.
pub fn fixed(value: impl Into<Option<f64>>, decimals: usize) -> String {
    match value.into().filter(|value| value.is_finite()) {
        Some(value) => {
            let text = format!("{:.decimals$}", value.abs());
            let is_zero = text.chars().all(|c| c == '0' || c == '.');
            let text = measured(&text);
            if is_zero { text } else { sign(value, &text) }
        }
        None => MISSING.to_owned(),
    }
}

/// A difference: always with its sign, `+0.0123`, `−0.0040`, `0.0000` without one.
pub fn difference(value: impl Into<Option<f64>>, decimals: usize) -> String {
    let value = value.into();
    let text = fixed(value, decimals);
    let is_positive =
        value.is_some_and(|value| value > 0.0) && text.chars().any(|c| ('1'..='9').contains(&c));
    if is_positive {
        format!("+{text}")
    } else {
        text
    }
}

/// A share between 0 and 1 as a percentage: `0%`, `23.4%`, `100%`, `<0.1%`.
pub fn percent(share: impl Into<Option<f64>>) -> String {
    match share.into().filter(|share| share.is_finite()) {
        None => MISSING.to_owned(),
        Some(share) if share == 0.0 || share == 1.0 => format!("{:.0}%", share * 100.0),
        Some(share) if share > 0.0 && share < 0.000_5 => "<0.1%".to_owned(),
        Some(share) if share > 0.999_5 && share < 1.0 => ">99.9%".to_owned(),
        Some(share) => format!("{}%", fixed(share * 100.0, 1)),
    }
}

/// How far work is that counts something, `7 of 12`, or bytes, `12.3 MB of 338 MB`.
pub fn part_done(done: u64, total: u64, what: &str) -> String {
    if what.starts_with(BYTES) {
        format!("{} of {}", bytes(done), bytes(total))
    } else {
        format!("{} of {}", count(done), count(total))
    }
}

/// The same with what else is said of it: `12.3 MB of 338 MB read, 70,000 rows`, `7 of 12 (forest)`.
pub fn progress(done: u64, total: u64, what: &str) -> String {
    let part = part_done(done, total, what);
    let word = |word: &str| word.parse().map_or_else(|_| word.to_owned(), count);
    match what.strip_prefix(BYTES) {
        Some(rest) => {
            let rest: Vec<String> = rest.split(' ').map(word).collect();
            format!("{part} {}", rest.join(" "))
        }
        None if what.is_empty() => part,
        None => format!("{part} ({what})"),
    }
}

/// How the engine says that it counts bytes.
const BYTES: &str = "bytes ";

/// A count with its thousands in groups: `4,200`.
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// A whole number with its sign, in groups from five digits on, as years and codes of four digits are read without.
pub fn whole(value: i64) -> String {
    let sign = if value < 0 {
        MINUS.to_string()
    } else {
        String::new()
    };
    sign + &measured(&value.unsigned_abs().to_string())
}

/// A count of things with the right word: `1 row`, `4,200 rows`.
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// A duration in seconds: `840 µs`, `12 ms`, `1.2 s`, `3 min 04 s`, `2 h 05 min`, `3 d 4 h`.
pub fn duration(seconds: impl Into<Option<f64>>) -> String {
    let Some(seconds) = seconds.into().filter(|seconds| seconds.is_finite()) else {
        return MISSING.to_owned();
    };
    let seconds = seconds.max(0.0);
    let whole = seconds.round() as u64;
    match seconds {
        0.0 => "0 s".to_owned(),
        s if s < 0.000_999_5 => format!("{:.0} µs", s * 1e6),
        s if s < 0.999_5 => format!("{:.0} ms", s * 1e3),
        s if s < 9.95 => format!("{s:.1} s"),
        s if s < 59.5 => format!("{s:.0} s"),
        s if s < 3_599.5 => format!("{} min {:02} s", whole / 60, whole % 60),
        s if s < 86_400.0 => format!("{} h {:02} min", whole / 3_600, whole % 3_600 / 60),
        _ => format!("{} d {} h", whole / 86_400, whole % 86_400 / 3_600),
    }
}

/// The time left, as a clock that does not change its width: `0:14`, `3:04`, `1:02:03`.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let (hours, minutes, rest) = (whole / 3_600, whole % 3_600 / 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{rest:02}")
    } else {
        format!("{minutes}:{rest:02}")
    }
}

/// A size in bytes, in powers of 1 000: `512 B`, `17.2 MB`.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let mut value = size as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{size} B")
    } else {
        format!("{} {}", significant(value, 3), UNITS[unit])
    }
}

/// How long ago something was, from its age in seconds: `just now`, `12 min ago`, `3 days ago`.
pub fn ago(seconds: f64) -> String {
    let age = seconds.max(0.0);
    let said = |value: f64, one: &str, many: &str| {
        let value = value.floor().max(1.0) as u64;
        format!("{value} {} ago", if value == 1 { one } else { many })
    };
    match age {
        s if s < 45.0 => "just now".to_owned(),
        s if s < 3_600.0 => said((s + 15.0) / 60.0, "min", "min"),
        s if s < 86_400.0 => said(s / 3_600.0, "hour", "hours"),
        s if s < 30.0 * 86_400.0 => said(s / 86_400.0, "day", "days"),
        s if s < 365.0 * 86_400.0 => said(s / (30.4 * 86_400.0), "month", "months"),
        s => said(s / (365.25 * 86_400.0), "year", "years"),
    }
}

/// The power of ten of the first digit after rounding to `digits` significant digits.
fn magnitude(size: f64, digits: usize) -> i32 {
    let power = size.log10().floor() as i32;
    let unit = 10_f64.powi(power - digits as i32 + 1);
    let rounded = (size / unit).round() * unit;
    rounded.log10().floor() as i32
}

fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{:.*e}", digits.saturating_sub(1), value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    sign(value, &format!("{mantissa}e{}", exponent.replace('-', "−")))
}

fn sign(value: f64, text: &str) -> String {
    if value < 0.0 {
        format!("{MINUS}{text}")
    } else {
        text.to_owned()
    }
}

/// Groups the digits before the decimal point in threes; four digits stay together in no case, so that
/// columns line up.
/// A measured value: four digits stay together, because a year must not read like an amount.
fn measured(text: &str) -> String {
    let n_digits = text.find('.').unwrap_or(text.len());
    if n_digits > 4 {
        grouped(text)
    } else {
        text.to_owned()
    }
}

fn grouped(text: &str) -> String {
    let (whole, rest) = text
        .find('.')
        .map_or((text, ""), |point| text.split_at(point));
    let mut out = String::with_capacity(text.len() + 8);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            out.push(GROUP);
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expect: &str) {
        assert_eq!(input.replace(GROUP, " "), expect);
    }

    #[test]
    fn metrics_have_four_significant_digits() {
        check(&metric(0.684_23), "0.6842");
        check(&metric(12.345_6), "12.35");
        check(&metric(1_204.0), "1204");
        check(&metric(12_040.0), "12 040");
        check(&metric(1_234_567.9), "1 234 568");
        check(&metric(-0.05), "−0.05000");
        check(&metric(9.999_96), "10.00");
        check(&metric(0.0), "0");
        check(&metric(1.5e-9), "1.500e−9");
        check(&metric(None), "—");
        check(&metric(f64::NAN), "—");
        check(&metric(f64::NEG_INFINITY), "−∞");
    }

    #[test]
    fn progress_says_bytes_as_sizes() {
        let what = "bytes read, 2000000 rows";
        let said = progress(338_428_174, 338_428_174, what);
        assert_eq!(said, "338 MB of 338 MB read, 2,000,000 rows");
        check(
            &part_done(12_300_000, 338_428_174, what),
            "12.3 MB of 338 MB",
        );
        check(
            &progress(7, 1_200, "forest · fold 2"),
            "7 of 1 200 (forest · fold 2)",
        );
        check(&progress(7, 12, ""), "7 of 12");
    }

    #[test]
    fn differences_carry_their_sign() {
        check(&difference(0.0123, 4), "+0.0123");
        check(&difference(-0.004, 4), "−0.0040");
        check(&difference(0.000_01, 4), "0.0000");
        check(&difference(-0.000_01, 4), "0.0000");
        check(&difference(None, 4), "—");
    }

    #[test]
    fn shares_never_round_to_none_or_all() {
        check(&percent(0.234), "23.4%");
        check(&percent(0.0), "0%");
        check(&percent(1.0), "100%");
        check(&percent(0.000_1), "<0.1%");
        check(&percent(0.999_9), ">99.9%");
    }

    #[test]
    fn durations_step_through_their_units() {
        check(&duration(0.000_84), "840 µs");
        check(&duration(0.012), "12 ms");
        check(&duration(1.23), "1.2 s");
        check(&duration(42.4), "42 s");
        check(&duration(59.7), "1 min 00 s");
        check(&duration(184.0), "3 min 04 s");
        check(&duration(7_500.0), "2 h 05 min");
        check(&duration(273_600.0), "3 d 4 h");
        check(&clock(14.2), "0:14");
        check(&clock(3_723.0), "1:02:03");
    }

    #[test]
    fn sizes_counts_and_ages_read_like_prose() {
        check(&bytes(512), "512 B");
        check(&bytes(17_200_000), "17.2 MB");
        check(&count(1_234_567), "1 234 567");
        check(&counted(1, "row", "rows"), "1 row");
        check(&counted(4_200, "row", "rows"), "4 200 rows");
        check(&ago(3.0), "just now");
        check(&ago(60.0), "1 min ago");
        check(&ago(3.0 * 86_400.0), "3 days ago");
    }
}
