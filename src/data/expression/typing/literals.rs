//! Constants and the names of types; and what the parser knows and this language does not.

use super::Typed;
use crate::data::expression::node::{Body, Literal, Node};
use crate::data::expression::times::{parse_date, parse_timestamp};
use crate::domain::expression::ExpressionError;
use crate::domain::schema::ColumnType;
use sqlparser::ast::{DataType, Expr, TypedString, Value, ValueWithSpan};
use std::ops::Range;

/// A constant.
pub(super) fn literal(value: &Value, range: Range<usize>) -> Typed {
    Ok(match value {
        Value::Number(digits, _) => return number(digits, range),
        Value::SingleQuotedString(text) => Node::new(
            Body::Literal(Literal::Text(text.clone())),
            ColumnType::Text,
            range,
        ),
        Value::Boolean(truth) => Node::new(
            Body::Literal(Literal::Boolean(*truth)),
            ColumnType::Boolean,
            range,
        ),
        Value::Null => Node {
            body: Body::Literal(Literal::Null),
            kind: None,
            range,
        },
        Value::Placeholder(sign) => {
            return Err(ExpressionError::at(
                range,
                format!("the placeholder {sign} is not supported"),
            )
            .hint("Write the value itself."));
        }
        _ => {
            return Err(
                ExpressionError::at(range, "this form of a text is not supported")
                    .hint("Write texts in single quotes: 'it''s'."),
            );
        }
    })
}

/// An integer where there is neither point nor exponent, else a real number.
pub(super) fn number(digits: &str, range: Range<usize>) -> Typed {
    if digits.contains(['.', 'e', 'E']) {
        let value: f64 = digits
            .parse()
            .ok()
            .filter(|v: &f64| v.is_finite())
            .ok_or_else(|| {
                ExpressionError::at(
                    range.clone(),
                    format!("{digits} is not a number of 64 bits"),
                )
            })?;
        return Ok(Node::new(
            Body::Literal(Literal::Number(value)),
            ColumnType::Number,
            range,
        ));
    }
    let value: i64 = digits.parse().map_err(|_| {
        ExpressionError::at(
            range.clone(),
            format!("{digits} is not an integer of 64 bits"),
        )
        .hint(format!("Write {digits}.0 for a real number."))
    })?;
    Ok(Node::new(
        Body::Literal(Literal::Integer(value)),
        ColumnType::Integer,
        range,
    ))
}

/// `DATE '…'` and `TIMESTAMP '…'`.
pub(super) fn typed_text(typed: &TypedString, range: Range<usize>) -> Typed {
    let Value::SingleQuotedString(text) = &typed.value.value else {
        return Err(ExpressionError::at(
            range,
            "a text in single quotes should stand here",
        ));
    };
    match target_type(&typed.data_type, &range)? {
        ColumnType::Date => date(text, range),
        ColumnType::Timestamp => timestamp(text, range),
        _ => Err(
            ExpressionError::at(range, format!("{} '…' is not supported", typed.data_type)).hint(
                "Write date '2013-01-31', timestamp '2013-01-31 17:30:00' or cast('…' as type).",
            ),
        ),
    }
}

fn date(text: &str, range: Range<usize>) -> Typed {
    let days = parse_date(text).ok_or_else(|| {
        ExpressionError::at(range.clone(), format!("'{text}' is not a date"))
            .hint("Write dates as '2013-01-31'.")
    })?;
    Ok(Node::new(
        Body::Literal(Literal::Date(days)),
        ColumnType::Date,
        range,
    ))
}

fn timestamp(text: &str, range: Range<usize>) -> Typed {
    let millis = parse_timestamp(text).ok_or_else(|| {
        ExpressionError::at(range.clone(), format!("'{text}' is not a timestamp"))
            .hint("Write timestamps as '2013-01-31 17:30:00'.")
    })?;
    Ok(Node::new(
        Body::Literal(Literal::Timestamp(millis)),
        ColumnType::Timestamp,
        range,
    ))
}

/// A text constant beside a date or a timestamp is one itself; other nodes stay what they are.
pub(super) fn iso_text(node: Node) -> Typed {
    let Body::Literal(Literal::Text(text)) = &node.body else {
        return Ok(node);
    };
    let range = node.range.clone();
    if parse_date(text).is_some() || parse_timestamp(text).is_none() {
        return date(text, range);
    }
    timestamp(text, range)
}

/// The character behind ESCAPE.
pub(super) fn single_character(
    escape: &ValueWithSpan,
    range: &Range<usize>,
) -> Result<char, ExpressionError> {
    if let Value::SingleQuotedString(text) = &escape.value {
        let mut characters = text.chars();
        if let (Some(character), None) = (characters.next(), characters.next()) {
            return Ok(character);
        }
    }
    Err(ExpressionError::at(range.clone(), "ESCAPE needs one character").hint("Write escape '!'."))
}

/// The column type of a type's name in SQL.
pub(super) fn target_type(
    data_type: &DataType,
    range: &Range<usize>,
) -> Result<ColumnType, ExpressionError> {
    let name = data_type.to_string().to_uppercase();
    Ok(match name.as_str() {
        "BIGINT" | "INTEGER" | "INT" | "INT8" | "INT64" => ColumnType::Integer,
        "DOUBLE" | "DOUBLE PRECISION" | "FLOAT8" => ColumnType::Number,
        "VARCHAR" | "TEXT" | "STRING" | "CHARACTER VARYING" => ColumnType::Text,
        "BOOLEAN" | "BOOL" => ColumnType::Boolean,
        "DATE" => ColumnType::Date,
        "TIMESTAMP" | "TIMESTAMP WITHOUT TIME ZONE" | "DATETIME" => ColumnType::Timestamp,
        _ => {
            let hint = if name.starts_with("REAL") || name.starts_with("FLOAT") {
                "Use double: engines disagree about the precision of this one."
            } else {
                "The types are bigint, double, varchar, boolean, date and timestamp."
            };
            return Err(ExpressionError::at(
                range.clone(),
                format!("the type {name} is not supported"),
            )
            .hint(hint));
        }
    })
}

/// What a part of the syntax is called, with its verb, and what to write instead.
pub(super) fn name_of_unsupported(part: &Expr) -> (&'static str, &'static str) {
    match part {
        Expr::CompoundIdentifier(_) | Expr::CompoundFieldAccess { .. } => (
            "names with a dot are",
            "Write a column whose name has a dot in double quotes: \"a.b\".",
        ),
        Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => (
            "queries inside an expression are",
            "Write the values themselves: x in (1, 2).",
        ),
        Expr::Interval(_) => (
            "INTERVAL is",
            "Days are added to a date as a number: date '2013-01-01' + 30.",
        ),
        Expr::SimilarTo { .. } | Expr::RLike { .. } => (
            "regular expressions are",
            "Use like with % and _, or starts_with(x, '…').",
        ),
        Expr::Like { .. } | Expr::ILike { .. } => ("LIKE ANY is", "Join several like with or."),
        Expr::AnyOp { .. } | Expr::AllOp { .. } => ("ANY and ALL are", "Use in (…)."),
        Expr::Position { .. } => ("position(…) is", "Use like '%…%'."),
        Expr::Overlay { .. } => ("overlay(…) is", "Use replace(text, what, by)."),
        Expr::AtTimeZone { .. } => ("AT TIME ZONE is", "Timestamps here have no zone."),
        Expr::Collate { .. } => (
            "COLLATE is",
            "Texts are compared byte by byte; use lower(x).",
        ),
        Expr::Tuple(_) => ("lists outside of IN are", "Join comparisons with and."),
        Expr::Array(_) | Expr::Map(_) | Expr::Struct { .. } | Expr::Dictionary(_) => (
            "nested values are",
            "Only plain columns and values can be used.",
        ),
        Expr::Cast { .. } | Expr::Convert { .. } => {
            ("this form of conversion is", "Write cast(x as type).")
        }
        Expr::Wildcard(_) | Expr::QualifiedWildcard(..) => ("* alone is", "Write count(*)."),
        Expr::Trim { .. } => (
            "trimming other signs than blanks is",
            "Use trim(x) or replace(x, what, '').",
        ),
        _ => (
            "this is",
            "Comparison, and, or, not, in, between, like, is null, arithmetic, case, cast and the listed functions are.",
        ),
    }
}
