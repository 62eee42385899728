//! The sentences of the gate: numbers with sensible digits and a true minus. Which check failed is left to `gate`.

use crate::domain::comparison::{Comparison, Outcome, Place};
use crate::domain::gate::{Against, Change, CheckOutcome, CheckResult, DecideBy, GateCheck};
use crate::domain::metric::{Direction, Metric};

/// Most failed checks named in the reason.
const MAX_NAMED: usize = 3;

/// A number with at least three significant digits, and never fewer than three decimals below 1; a true minus.
pub(super) fn number(value: f64) -> String {
    with_decimals(value, decimals_of(value))
}

fn decimals_of(value: f64) -> usize {
    match value.abs() {
        size if size >= 1_000.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 10.0 => 2,
        _ => 3,
    }
}

fn with_decimals(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let is_zero = text.bytes().all(|b| b == b'0' || b == b'.');
    if value < 0.0 && !is_zero {
        format!("−{text}")
    } else {
        text
    }
}

/// Two numbers with as many digits as tell them apart (six decimals more at most).
pub(super) fn pair(a: f64, b: f64) -> (String, String) {
    let least = decimals_of(a.abs().max(b.abs()));
    for decimals in least..=least + 6 {
        let texts = (with_decimals(a, decimals), with_decimals(b, decimals));
        if a == b || texts.0 != texts.1 {
            return texts;
        }
    }
    (number(a), number(b))
}

/// `log loss 0.512 → 0.497`.
fn change(what: &str, reference: f64, candidate: f64) -> String {
    let (from, to) = pair(reference, candidate);
    format!("{what} {from} → {to}")
}

/// What a check looks at.
fn subject(check: &GateCheck) -> String {
    check.scope.of_metric(check.metric)
}

/// The bound of a check in words: `at most 5 % worse`, `better by at least 0.010`.
fn bound(check: &GateCheck) -> String {
    let amount = |size: f64| match check.change {
        Change::Absolute => trimmed(size, 6),
        Change::Relative => format!("{} %", trimmed(size * 100.0, 3)),
    };
    if check.threshold > 0.0 {
        format!("at most {} worse", amount(check.threshold))
    } else if check.threshold < 0.0 {
        format!("at least {} better", amount(-check.threshold))
    } else {
        "not worse".to_owned()
    }
}

/// Without trailing zeros.
fn trimmed(value: f64, decimals: usize) -> String {
    let text = with_decimals(value, decimals);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn rows(n_rows: u64) -> String {
    if n_rows == 1 {
        "1 row".to_owned()
    } else {
        format!("{n_rows} rows")
    }
}

/// One sentence for one result, with its numbers.
pub(super) fn check(result: &CheckResult) -> String {
    let check = &result.check;
    let place = result.segment.as_deref().unwrap_or("overall");
    let metric = subject(check);
    match result.outcome {
        CheckOutcome::NotApplicable => {
            let what = match check.against {
                Against::Baseline => "baseline",
                Against::Production | Against::Value => "model in production",
            };
            format!("There is no {what} to hold {metric} against.")
        }
        CheckOutcome::NotEnoughRows if result.n_rows < check.min_rows => format!(
            "{place}: {} are too few to judge {metric}; the check asks for {}.",
            rows(result.n_rows),
            check.min_rows
        ),
        CheckOutcome::NotEnoughRows => format!(
            "{place}: {metric} cannot be judged on these {} (too few rows of a class, or no value).",
            rows(result.n_rows)
        ),
        CheckOutcome::Passed | CheckOutcome::Failed => {
            let kept = result.outcome == CheckOutcome::Passed;
            format!("{place}: {}.", measured(result, kept))
        }
    }
}

fn measured(result: &CheckResult, kept: bool) -> String {
    let check = &result.check;
    let (Some(candidate), Some(reference)) = (result.candidate, result.reference) else {
        return subject(check);
    };
    let n_rows = rows(result.n_rows);
    if check.against == Against::Value {
        let (value, wanted) = pair(candidate, reference);
        let wanted = match check.direction() {
            Direction::Higher => format!("at least {wanted}"),
            Direction::Lower => format!("at most {wanted}"),
            Direction::NearZero => format!("at most {wanted} from zero"),
        };
        let verdict = if kept {
            "as asked for"
        } else {
            "and the check asks for"
        };
        return format!(
            "{} is {value} ({n_rows}), {verdict}: {wanted}",
            subject(check)
        );
    }
    let against = match check.against {
        Against::Baseline => Place::Baseline.title(),
        Against::Production | Against::Value => Place::Production.title(),
    };
    let interval = match (check.decide_by, result.interval) {
        (DecideBy::Interval, Some([low, high])) => {
            let (low, high) = pair(low, high);
            format!(", interval of the difference {low} to {high}")
        }
        _ => String::new(),
    };
    let verdict = if kept { "keeps" } else { "breaks" };
    format!(
        "{} against {against} ({n_rows}{interval}) {verdict} the bound “{}”",
        change(&subject(check), reference, candidate),
        bound(check)
    )
}

/// The reason of the gate. `results` has the failed ones first.
pub(super) fn reason(
    comparison: &Comparison,
    results: &[CheckResult],
    selecting: Metric,
) -> String {
    let blocking: Vec<&CheckResult> = results.iter().filter(|r| blocks(r)).collect();
    let mut text = overall(comparison, selecting);
    if let Some(segments) = in_segments(comparison, selecting) {
        text.push_str(&segments);
    }
    if blocking.is_empty() {
        text.push_str("; no check fails, so the gate says yes.");
        return text;
    }
    let named: Vec<String> = blocking
        .iter()
        .take(MAX_NAMED)
        .map(|r| because(r))
        .collect();
    let more = blocking.len() - named.len();
    text.push_str("; the gate says no because of ");
    text.push_str(&named.join("; "));
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text.push('.');
    text
}

/// Whether a result keeps the candidate from being blessed.
pub(super) fn blocks(result: &CheckResult) -> bool {
    match result.outcome {
        CheckOutcome::Failed => true,
        CheckOutcome::NotEnoughRows => result.segment.is_none(),
        CheckOutcome::Passed | CheckOutcome::NotApplicable => false,
    }
}

fn overall(comparison: &Comparison, metric: Metric) -> String {
    let values = comparison.metrics.iter().find(|m| m.metric == metric);
    let candidate = values.and_then(|m| m.candidate);
    let reference = values.and_then(|m| m.production.or(m.baseline));
    let is_first = comparison.model(Place::Production).is_none();
    let (start, than) = if is_first {
        let start = "No model was in production before; the candidate is ";
        (start, " than the baseline")
    } else {
        ("The candidate is ", "")
    };
    let (Some(candidate), Some(reference)) = (candidate, reference) else {
        return format!(
            "{start}not comparable overall ({} is not defined)",
            metric.word()
        );
    };
    let improvement = metric.improvement(candidate, reference);
    let comparative = if improvement > 0.0 {
        format!("better overall{than}")
    } else if improvement < 0.0 {
        format!("worse overall{than}")
    } else if is_first {
        "as good as the baseline overall".to_owned()
    } else {
        "as good overall".to_owned()
    };
    format!(
        "{start}{comparative} ({})",
        change(&metric.word(), reference, candidate)
    )
}

/// `and worse in 2 of 41 segments`, counting those with enough rows.
fn in_segments(comparison: &Comparison, metric: Metric) -> Option<String> {
    let outcomes: Vec<Outcome> = comparison
        .segments
        .iter()
        .filter(|s| s.metric == metric && s.outcome != Outcome::NotEnoughRows)
        .map(|s| s.outcome)
        .collect();
    let n_worse = outcomes.iter().filter(|o| **o == Outcome::Worse).count();
    let n = outcomes.len();
    let noun = if n == 1 { "segment" } else { "segments" };
    match (n, n_worse) {
        (0, _) => None,
        (_, 0) => Some(format!(" and worse in none of {n} {noun}")),
        _ => Some(format!(" and worse in {n_worse} of {n} {noun}")),
    }
}

/// `carrier = EV (log loss 0.610 → 0.680, 214 rows)`.
fn because(result: &CheckResult) -> String {
    let check = &result.check;
    let metric = subject(check);
    let place = result
        .segment
        .clone()
        .unwrap_or_else(|| format!("{metric} overall"));
    let rows = rows(result.n_rows);
    let (Some(candidate), Some(reference)) = (result.candidate, result.reference) else {
        return format!("{place} ({metric} is not defined, {rows})");
    };
    if result.outcome == CheckOutcome::NotEnoughRows {
        return format!("{place} (too few rows to judge {metric}: {rows})");
    }
    if check.against == Against::Value {
        let (value, wanted) = pair(candidate, reference);
        return format!("{place} ({metric} {value}, asked for {wanted}, {rows})");
    }
    let against = match check.against {
        Against::Baseline => ", baseline to candidate",
        Against::Production | Against::Value => "",
    };
    let asked = if check.threshold < 0.0 {
        format!(", asked for {}", bound(check))
    } else {
        String::new()
    };
    format!(
        "{place} ({}{against}{asked}, {rows})",
        change(&metric, reference, candidate)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_sensible_and_the_minus_is_true() {
        assert_eq!(number(0.512_34), "0.512");
        assert_eq!(number(-12.34), "−12.34");
        assert_eq!(number(1_234.5), "1234");
        assert_eq!(number(-0.000_01), "0.000");
        assert_eq!(pair(0.5, 0.5), ("0.500".into(), "0.500".into()));
        assert_eq!(pair(0.512_31, 0.512_39), ("0.5123".into(), "0.5124".into()));
        assert_eq!(trimmed(5.0, 3), "5");
        assert_eq!(trimmed(0.1, 3), "0.1");
    }
}
