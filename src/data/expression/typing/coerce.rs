//! How types come together: an integer with a number is a number, a date with a timestamp is a timestamp, a text
//! constant in ISO 8601 beside one of those is one. Nothing else is converted without CAST: engines differ in what they
//! make of `hour = '17'` or `carrier = 5`, so that here it is an error with advice.

use super::Typed;
use super::literals;
use crate::data::expression::node::{Arithmetic, Body, Literal, Node, OnFailure};
use crate::domain::expression::ExpressionError;
use crate::domain::schema::ColumnType;
use std::ops::Range;

/// A type as a sentence names it.
pub(super) fn type_name(kind: Option<ColumnType>) -> &'static str {
    match kind {
        None => "NULL",
        Some(ColumnType::Integer) => "an integer",
        Some(ColumnType::Number) => "a number",
        Some(ColumnType::Boolean) => "a truth value",
        Some(ColumnType::Text) => "a text",
        Some(ColumnType::Date) => "a date",
        Some(ColumnType::Timestamp) => "a timestamp",
    }
}

/// The word of SQL for a type, in CAST.
fn sql_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "bigint",
        ColumnType::Number => "double",
        ColumnType::Boolean => "boolean",
        ColumnType::Text => "varchar",
        ColumnType::Date => "date",
        ColumnType::Timestamp => "timestamp",
    }
}

/// `what` needs something else than this node.
pub(super) fn needs(node: &Node, needed: &str, what: &str) -> ExpressionError {
    let error = ExpressionError::at(
        node.range.clone(),
        format!(
            "{what} needs {needed}, and this is {}",
            type_name(node.kind)
        ),
    );
    match (needed, node.kind) {
        ("a condition", Some(ColumnType::Integer | ColumnType::Number)) => {
            error.hint("Compare it with something, such as <> 0.")
        }
        ("a condition", _) => error.hint("Compare it with something, such as = 'x'."),
        ("a text", _) => error.hint("Convert it with cast(x as varchar)."),
        ("a number", Some(ColumnType::Text)) => {
            error.hint("Convert it with cast(x as double); texts are joined with ||.")
        }
        _ => error.hint("Convert it with cast(x as type)."),
    }
}

/// The node, if it is a condition.
pub(super) fn condition(node: Node) -> Typed {
    match node.kind {
        None | Some(ColumnType::Boolean) => Ok(into_type(node, ColumnType::Boolean)),
        Some(_) => Err(needs(&node, "a condition", "this place")),
    }
}

/// The node as a type that it can be taken for without CAST; `what` needs it.
pub(super) fn of_type(node: Node, kind: ColumnType, what: &str) -> Typed {
    match (node.kind, kind) {
        (None, _) | (Some(ColumnType::Integer), ColumnType::Number) => Ok(into_type(node, kind)),
        (Some(has), _) if has == kind => Ok(node),
        _ => Err(needs(&node, type_name(Some(kind)), what)),
    }
}

/// Converts without asking whether that makes sense.
pub(super) fn into_type(node: Node, kind: ColumnType) -> Node {
    if node.kind == Some(kind) {
        return node;
    }
    let range = node.range.clone();
    let body = match node.body {
        Body::Literal(Literal::Integer(v)) if kind == ColumnType::Number => {
            Body::Literal(Literal::Number(v as f64))
        }
        Body::Literal(Literal::Date(v)) if kind == ColumnType::Timestamp => {
            Body::Literal(Literal::Timestamp(i64::from(v) * 86_400_000))
        }
        Body::Literal(Literal::Null) => Body::Literal(Literal::Null),
        _ => Body::Cast(Box::new(node), OnFailure::Error),
    };
    Node::new(body, kind, range)
}

/// Two nodes of one type.
pub(super) fn same_type(a: Node, b: Node) -> Result<(Node, Node), ExpressionError> {
    let mut both = brought_together(vec![a, b])?.into_iter();
    match (both.next(), both.next()) {
        (Some(a), Some(b)) => Ok((a, b)),
        _ => Err(ExpressionError::at(0..0, "two values are needed")),
    }
}

/// Nodes of one type, that all of them can be taken for. NULLs alone are truth values.
pub(super) fn brought_together(nodes: Vec<Node>) -> Result<Vec<Node>, ExpressionError> {
    let is_temporal = nodes
        .iter()
        .any(|n| n.kind.is_some_and(ColumnType::is_temporal));
    let nodes: Vec<Node> = if is_temporal {
        nodes
            .into_iter()
            .map(literals::iso_text)
            .collect::<Result<_, _>>()?
    } else {
        nodes
    };
    let mut common: Option<ColumnType> = None;
    for node in &nodes {
        common = match (common, node.kind) {
            (None, kind) => kind,
            (kind, None) => kind,
            (Some(a), Some(b)) if a == b => Some(a),
            (Some(a), Some(b)) if a.is_numeric() && b.is_numeric() => Some(ColumnType::Number),
            (Some(a), Some(b)) if a.is_temporal() && b.is_temporal() => Some(ColumnType::Timestamp),
            (Some(a), Some(b)) => return Err(do_not_fit(node, a, b)),
        };
    }
    let common = common.unwrap_or(ColumnType::Boolean);
    Ok(nodes
        .into_iter()
        .map(|node| into_type(node, common))
        .collect())
}

fn do_not_fit(node: &Node, before: ColumnType, here: ColumnType) -> ExpressionError {
    let error = ExpressionError::at(
        node.range.clone(),
        format!(
            "{} cannot stand together with {}",
            type_name(Some(here)),
            type_name(Some(before))
        ),
    );
    match &node.body {
        Body::Literal(Literal::Text(text))
            if before.is_numeric() && text.parse::<f64>().is_ok() =>
        {
            error.hint(format!("Write {text} without quotes."))
        }
        Body::Literal(Literal::Integer(value)) if before == ColumnType::Text => {
            error.hint(format!("Write '{value}' with quotes."))
        }
        Body::Literal(Literal::Integer(0 | 1)) if before == ColumnType::Boolean => {
            error.hint("Write true or false.")
        }
        _ => error.hint(format!(
            "Convert one of them, as with cast(x as {}).",
            sql_name(before)
        )),
    }
}

/// `+ - * / %`. Integers stay integers except under `/`, which divides real numbers as DuckDB's does. A date and a
/// number of days give a date, two dates their distance in days.
pub(super) fn arithmetic(how: Arithmetic, a: Node, b: Node, range: Range<usize>) -> Typed {
    use ColumnType::{Date, Integer, Number};
    let kinds = (a.kind, b.kind);
    let (left, right, kind) = match (how, kinds.0, kinds.1) {
        (Arithmetic::Add | Arithmetic::Subtract, Some(Date), Some(Integer) | None) => {
            (Date, Integer, Date)
        }
        (Arithmetic::Add, Some(Integer) | None, Some(Date)) => (Integer, Date, Date),
        (Arithmetic::Subtract, Some(Date), Some(Date)) => (Date, Date, Integer),
        (Arithmetic::Divide, _, _) => (Number, Number, Number),
        (_, Some(Integer) | None, Some(Integer) | None) => (Integer, Integer, Integer),
        _ => (Number, Number, Number),
    };
    for node in [&a, &b] {
        if kind == Number && node.kind.is_some_and(|k| !k.is_numeric()) {
            let error = needs(node, "a number", "arithmetic");
            return Err(if node.kind.is_some_and(ColumnType::is_temporal) {
                error.hint(
                    "Only date - date (days) and date + days are supported; take a timestamp apart with hour(…), or cut it with cast(x as date).",
                )
            } else {
                error
            });
        }
    }
    let body = Body::Arithmetic(
        how,
        Box::new(into_type(a, left)),
        Box::new(into_type(b, right)),
    );
    Ok(Node::new(body, kind, range))
}

/// CAST and TRY_CAST.
pub(super) fn cast(
    node: Node,
    target: ColumnType,
    on_failure: OnFailure,
    range: Range<usize>,
) -> Typed {
    use ColumnType::{Boolean, Text};
    let Some(kind) = node.kind else {
        return Ok(into_type(node, target));
    };
    let is_possible = kind == target
        || kind == Text
        || target == Text
        || (kind.is_numeric() || kind == Boolean) && (target.is_numeric() || target == Boolean)
        || kind.is_temporal() && target.is_temporal();
    if !is_possible {
        return Err(ExpressionError::at(
            range,
            format!(
                "{} cannot be converted to {}",
                type_name(Some(kind)),
                type_name(Some(target))
            ),
        )
        .hint("A number of days is added to a date with +: date '1970-01-01' + x."));
    }
    if kind == target {
        return Ok(node);
    }
    Ok(Node::new(
        Body::Cast(Box::new(node), on_failure),
        target,
        range,
    ))
}
