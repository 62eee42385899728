//! Whether a condition over one column holds in every row, by what is known of the column as a whole: its smallest and
//! largest value and lengths, as a database skips blocks by their zone maps. Where that does not tell, rows are looked at.

use super::function::Function;
use super::node::{Body, Comparison, Literal, Node};
use crate::domain::schema::ColumnType;
use std::cmp::Ordering;

/// What is known of all values of a column that are not missing; no number among them is NaN. Each is asked for only
/// where a condition turns on it.
pub trait Bounds {
    /// Whether a value is missing.
    fn has_missing(&self) -> bool;
    /// Smallest and largest value, where that is known or soon found.
    fn values(&self) -> Option<Range>;
    /// Fewest and most characters of texts.
    fn lengths(&self) -> Option<(i64, i64)>;
}

/// From the smallest to the largest value, both among the values.
#[derive(Debug, Clone, PartialEq)]
pub enum Range {
    /// Whole numbers, or moments in milliseconds since 1970.
    Integers(i64, i64),
    /// Real numbers.
    Numbers(f64, f64),
    /// Texts in byte order.
    Texts(String, String),
}

/// What a condition is in every row: true (or NULL), false (or NULL), or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Always {
    True,
    False,
    Unknown,
}

/// What a condition over a single column always is.
pub(super) fn always(node: &Node, bounds: &dyn Bounds) -> Always {
    match &node.body {
        Body::And(a, b) => match (always(a, bounds), always(b, bounds)) {
            (Always::True, Always::True) => Always::True,
            (Always::False, _) | (_, Always::False) => Always::False,
            _ => Always::Unknown,
        },
        Body::Or(a, b) => match (always(a, bounds), always(b, bounds)) {
            (Always::False, Always::False) => Always::False,
            (Always::True, _) | (_, Always::True) => Always::True,
            _ => Always::Unknown,
        },
        Body::Not(a) => match always(a, bounds) {
            Always::True => Always::False,
            Always::False => Always::True,
            Always::Unknown => Always::Unknown,
        },
        Body::IsNull(a) if matches!(a.body, Body::Column(_)) && !bounds.has_missing() => {
            Always::False
        }
        Body::Compare(how, a, b) => match (&a.body, &b.body) {
            (_, Body::Literal(limit)) => compared(*how, &range_of(a, bounds), limit),
            (Body::Literal(limit), _) => compared(mirrored(*how), &range_of(b, bounds), limit),
            _ => Always::Unknown,
        },
        Body::Like(how, a, pattern) if !how.ignores_case && how.escape.is_none() => {
            match text_of(pattern).and_then(|pattern| pattern.strip_suffix('%')) {
                Some(beginning) if !beginning.contains(['%', '_']) => begins(a, beginning, bounds),
                _ => Always::Unknown,
            }
        }
        Body::Call(Function::StartsWith, arguments) => match arguments.as_slice() {
            [a, beginning] => match text_of(beginning) {
                Some(beginning) => begins(a, beginning, bounds),
                None => Always::Unknown,
            },
            _ => Always::Unknown,
        },
        _ => Always::Unknown,
    }
}

/// The values of a node.
fn range_of(node: &Node, bounds: &dyn Bounds) -> Option<Range> {
    match &node.body {
        Body::Column(_) => bounds.values(),
        Body::Cast(inner, _) if matches!(inner.body, Body::Column(_)) => {
            match (bounds.values(), node.kind) {
                // The nearest real numbers keep the order of whole ones.
                (Some(Range::Integers(low, high)), Some(ColumnType::Number)) => {
                    Some(Range::Numbers(low as f64, high as f64))
                }
                _ => None,
            }
        }
        Body::Call(Function::Length, arguments) => match arguments.as_slice() {
            [only] if matches!(only.body, Body::Column(_)) => bounds
                .lengths()
                .map(|(low, high)| Range::Integers(low, high)),
            _ => None,
        },
        _ => None,
    }
}

fn mirrored(how: Comparison) -> Comparison {
    match how {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        other => other,
    }
}

fn compared(how: Comparison, range: &Option<Range>, limit: &Literal) -> Always {
    let orders = match (range, limit) {
        (Some(Range::Integers(low, high)), Literal::Integer(v) | Literal::Timestamp(v)) => {
            Some((low.cmp(v), high.cmp(v)))
        }
        (Some(Range::Numbers(low, high)), Literal::Number(v)) => {
            low.partial_cmp(v).zip(high.partial_cmp(v))
        }
        (Some(Range::Texts(low, high)), Literal::Text(v)) => Some((low.cmp(v), high.cmp(v))),
        _ => None,
    };
    let Some((low, high)) = orders else {
        return Always::Unknown;
    };
    let (is_true, is_false) = match how {
        Comparison::Less => (high.is_lt(), low.is_ge()),
        Comparison::LessOrEqual => (high.is_le(), low.is_gt()),
        Comparison::Greater => (low.is_gt(), high.is_le()),
        Comparison::GreaterOrEqual => (low.is_ge(), high.is_lt()),
        Comparison::Equal => (
            low == Ordering::Equal && high == Ordering::Equal,
            low.is_gt() || high.is_lt(),
        ),
        Comparison::NotEqual => (
            low.is_gt() || high.is_lt(),
            low == Ordering::Equal && high == Ordering::Equal,
        ),
        // NULL is a value for these.
        Comparison::Distinct | Comparison::NotDistinct => (false, false),
    };
    match (is_true, is_false) {
        (true, _) => Always::True,
        (_, true) => Always::False,
        _ => Always::Unknown,
    }
}

fn text_of(node: &Node) -> Option<&str> {
    match &node.body {
        Body::Literal(Literal::Text(text)) => Some(text),
        _ => None,
    }
}

/// Whatever lies between two texts that begin alike begins so too.
fn begins(node: &Node, beginning: &str, bounds: &dyn Bounds) -> Always {
    if !matches!(node.body, Body::Column(_)) {
        return Always::Unknown;
    }
    match bounds.values() {
        Some(Range::Texts(low, high))
            if low.starts_with(beginning) && high.starts_with(beginning) =>
        {
            Always::True
        }
        _ => Always::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use crate::data::expression::{Bounds, Expression, Range};
    use crate::domain::schema::ColumnType;

    struct Known {
        has_missing: bool,
        values: Option<Range>,
        lengths: Option<(i64, i64)>,
    }

    impl Bounds for Known {
        fn has_missing(&self) -> bool {
            self.has_missing
        }

        fn values(&self) -> Option<Range> {
            self.values.clone()
        }

        fn lengths(&self) -> Option<(i64, i64)> {
            self.lengths
        }
    }

    /// What the bounds settle, rows would too; and what they leave open, some rows would break.
    #[test]
    fn bounds_settle_what_every_row_within_them_keeps() {
        let columns = [
            ("n".to_owned(), ColumnType::Integer),
            ("x".to_owned(), ColumnType::Number),
            ("t".to_owned(), ColumnType::Text),
            ("at".to_owned(), ColumnType::Timestamp),
        ];
        let moments = Known {
            has_missing: false,
            values: Some(Range::Integers(0, 86_400_000)),
            lengths: None,
        };
        let numbers = Known {
            has_missing: true,
            values: Some(Range::Numbers(-0.5, 2.0)),
            lengths: None,
        };
        let integers = Known {
            has_missing: false,
            values: Some(Range::Integers(3, 9)),
            lengths: None,
        };
        let texts = Known {
            has_missing: true,
            values: Some(Range::Texts("cab".to_owned(), "cat".to_owned())),
            lengths: Some((3, 7)),
        };
        for (condition, bounds, expected) in [
            ("x between -0.5 and 2", &numbers, true),
            ("x between -0.4 and 2", &numbers, false),
            ("x < 2", &numbers, false),
            ("x <= 2 and x >= -1", &numbers, true),
            ("-1 < x", &numbers, true),
            ("x <> 3", &numbers, true),
            ("x <> 1", &numbers, false),
            ("not x > 2", &numbers, true),
            ("not x > 1", &numbers, false),
            ("x > 5 or x < 3", &numbers, true),
            ("x > 1 or x < 1", &numbers, false),
            ("x is distinct from 3", &numbers, false),
            ("x + 1 > 0", &numbers, false),
            ("at < timestamp '1970-01-02 00:00:01'", &moments, true),
            ("at < timestamp '1970-01-02 00:00:00'", &moments, false),
            ("n is not null", &integers, true),
            ("x is not null", &numbers, false),
            ("n is null", &integers, false),
            ("not (n is null or n > 9)", &integers, true),
            ("n >= 3", &integers, true),
            ("n < 9", &integers, false),
            ("n < 9.5", &integers, true),
            ("n = 3", &integers, false),
            ("length(t) between 3 and 7", &texts, true),
            ("length(t) < 7", &texts, false),
            ("t like 'ca%'", &texts, true),
            ("t like 'cab%'", &texts, false),
            ("t like '_a%'", &texts, false),
            ("t not like 'ca%'", &texts, false),
            ("starts_with(t, 'ca')", &texts, true),
            ("starts_with(t, 'd')", &texts, false),
            ("t >= 'c'", &texts, true),
            ("t > 'cab'", &texts, false),
        ] {
            let expression = Expression::parse_condition(condition, &columns).expect(condition);
            assert_eq!(expression.surely_holds(bounds), expected, "{condition}");
        }
    }
}
