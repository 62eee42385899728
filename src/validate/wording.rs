//! How findings put figures: counts with thousands separated, shares in percent, numbers with sensible digits.

/// `4200` as `4,200`.
pub(super) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 row`, `4,200 rows`.
pub(super) fn rows(n: u64) -> String {
    if n == 1 {
        "1 row".to_owned()
    } else {
        format!("{} rows", count(n))
    }
}

/// `12 of 4,200 rows (0.3 %)`.
pub(super) fn rows_of(n: u64, total: u64) -> String {
    if total == 0 {
        return rows(n);
    }
    format!(
        "{} of {} ({})",
        count(n),
        rows(total),
        percent(n as f64 / total as f64)
    )
}

/// A share in percent: whole percents from 10 % on, one decimal below, never rounded to nothing or to all.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.1 {
        "under 0.1 %".to_owned()
    } else if percent < 100.0 && percent > 99.9 {
        "over 99.9 %".to_owned()
    } else if percent.fract() != 0.0 && !(9.95..=99.0).contains(&percent) {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// A real number with at most four significant digits after a point.
pub(super) fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{value:.0}");
    }
    let magnitude = value.abs().log10().floor();
    if !(-5.0..15.0).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    let decimals = (3.0 - magnitude).clamp(0.0, 8.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// `a, b, c and 12 more`.
pub(super) fn list<T: AsRef<str>>(items: &[T], n_shown: usize) -> String {
    let shown: Vec<&str> = items.iter().take(n_shown).map(AsRef::as_ref).collect();
    let text = shown.join(", ");
    match items.len().saturating_sub(n_shown) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(12), "12");
        assert_eq!(rows_of(1, 1), "1 of 1 row (100 %)");
        assert_eq!(rows_of(3, 2000), "3 of 2,000 rows (0.1 %)");
        assert_eq!(percent(0.00001), "under 0.1 %");
        assert_eq!(percent(0.99999), "over 99.9 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.43), "43 %");
        assert_eq!(number(2013.0), "2013");
        assert_eq!(number(0.123_456), "0.1235");
        assert_eq!(number(37.94), "37.94");
        assert_eq!(number(1e-9), "1.000e-9");
        assert_eq!(list(&["a", "b", "c"], 2), "a, b and 1 more");
    }
}
