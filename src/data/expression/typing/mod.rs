//! Syntax tree to typed tree: names are looked up among the columns, types are checked and brought together as SQL
//! engines do, and what is not of the language is refused by its name, at its place. Function calls are left to `calls`,
//! constants to `literals`, the rules of conversion to `coerce`.

mod calls;
mod coerce;
mod literals;

use super::aggregate::Aggregate;
use super::node::{Arithmetic, Body, Comparison, Like, Node, OnFailure};
use super::syntax::Syntax;
use crate::domain::expression::ExpressionError;
use crate::domain::near::near_matches;
use crate::domain::schema::ColumnType;
use coerce::{brought_together, condition, into_type, of_type, same_type, type_name};
use sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, Expr, Ident, UnaryOperator, Value, ValueWithSpan,
};
use std::ops::Range;

/// How deep the tree may be: evaluating is recursive.
const MAX_DEPTH: usize = 200;

type Typed = Result<Node, ExpressionError>;

/// A typed expression.
pub(super) struct Typing {
    pub(super) root: Node,
    pub(super) aggregates: Vec<Aggregate>,
    /// The columns that it reads, in order of first use.
    pub(super) columns: Vec<(String, ColumnType)>,
}

/// Types an expression against columns.
pub(super) fn typed(
    syntax: &Syntax<'_>,
    columns: &[(String, ColumnType)],
) -> Result<Typing, ExpressionError> {
    let mut typer = Typer {
        syntax,
        columns,
        used: Vec::new(),
        aggregates: Vec::new(),
        depth: 0,
        is_inside_aggregate: false,
    };
    let root = typer.node(&syntax.root)?;
    if let (false, Some(range)) = (typer.aggregates.is_empty(), root.reads_rows()) {
        return Err(ExpressionError::at(
            range,
            "a column's own value cannot stand beside an aggregate, which is one value for all rows",
        )
        .hint("Put the column inside an aggregate, such as max(…), or leave the aggregates out."));
    }
    Ok(Typing {
        root,
        aggregates: typer.aggregates,
        columns: typer.used,
    })
}

struct Typer<'a> {
    syntax: &'a Syntax<'a>,
    columns: &'a [(String, ColumnType)],
    used: Vec<(String, ColumnType)>,
    aggregates: Vec<Aggregate>,
    depth: usize,
    is_inside_aggregate: bool,
}

impl Typer<'_> {
    fn node(&mut self, part: &Expr) -> Typed {
        if self.depth == MAX_DEPTH {
            return Err(self
                .error(
                    part,
                    format!("more than {MAX_DEPTH} operators follow one another"),
                )
                .hint("Write x in (…) for many values, or split the expression into several."));
        }
        self.depth += 1;
        let node = self.node_inside(part);
        self.depth -= 1;
        node
    }

    fn node_inside(&mut self, part: &Expr) -> Typed {
        let range = self.syntax.range(part);
        match part {
            Expr::Nested(inner) => self.node(inner),
            Expr::Identifier(name) => self.column(name),
            Expr::Value(ValueWithSpan { value, .. }) => literals::literal(value, range),
            Expr::TypedString(typed) => literals::typed_text(typed, range),
            Expr::UnaryOp { op, expr } => self.unary(*op, expr, range),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, range),
            Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => self.case(
                operand.as_deref(),
                conditions,
                else_result.as_deref(),
                range,
            ),
            Expr::Cast {
                kind,
                expr,
                data_type,
                format: None,
                ..
            } => {
                let on_failure = match kind {
                    CastKind::Cast => OnFailure::Error,
                    CastKind::TryCast => OnFailure::Null,
                    CastKind::SafeCast | CastKind::DoubleColon => {
                        return Err(self.unsupported(part));
                    }
                };
                let target = literals::target_type(data_type, &range)?;
                let value = self.node(expr)?;
                coerce::cast(value, target, on_failure, range)
            }
            _ => self.predicate(part, range),
        }
    }

    /// `IS …`, `IN`, `BETWEEN` and `LIKE`; everything else is a call.
    fn predicate(&mut self, part: &Expr, range: Range<usize>) -> Typed {
        match part {
            Expr::IsNull(a) => self.is_null(a, range),
            Expr::IsNotNull(a) => Ok(not(self.is_null(a, range)?)),
            Expr::IsTrue(a) => self.is(true, a, range),
            Expr::IsNotTrue(a) => Ok(not(self.is(true, a, range)?)),
            Expr::IsFalse(a) => self.is(false, a, range),
            Expr::IsNotFalse(a) => Ok(not(self.is(false, a, range)?)),
            Expr::IsUnknown(a) => self.is_unknown(a, range),
            Expr::IsNotUnknown(a) => Ok(not(self.is_unknown(a, range)?)),
            Expr::IsDistinctFrom(a, b) => self.compare(Comparison::Distinct, a, b, range),
            Expr::IsNotDistinctFrom(a, b) => self.compare(Comparison::NotDistinct, a, b, range),
            Expr::InList {
                expr,
                list,
                negated,
            } => {
                let mut all = vec![self.node(expr)?];
                for item in list {
                    all.push(self.node(item)?);
                }
                let mut all = brought_together(all)?.into_iter();
                let wanted = all
                    .next()
                    .ok_or_else(|| self.error(part, "IN needs a value"))?;
                let body = Body::In(Box::new(wanted), all.collect());
                Ok(negated_if(
                    *negated,
                    Node::new(body, ColumnType::Boolean, range),
                ))
            }
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => {
                let above = self.compare(Comparison::GreaterOrEqual, expr, low, range.clone())?;
                let below = self.compare(Comparison::LessOrEqual, expr, high, range.clone())?;
                let body = Body::And(Box::new(above), Box::new(below));
                Ok(negated_if(
                    *negated,
                    Node::new(body, ColumnType::Boolean, range),
                ))
            }
            Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => {
                let node = self.like(false, expr, pattern, escape_char.as_ref(), range)?;
                Ok(negated_if(*negated, node))
            }
            Expr::ILike {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => {
                let node = self.like(true, expr, pattern, escape_char.as_ref(), range)?;
                Ok(negated_if(*negated, node))
            }
            _ => self.call(part, range),
        }
    }

    fn error(&self, part: &Expr, message: impl Into<String>) -> ExpressionError {
        ExpressionError::at(self.syntax.range(part), message)
    }

    fn column(&mut self, name: &Ident) -> Typed {
        let range = self.syntax.range_of(name.span);
        let found = self
            .look_up(name)
            .ok_or_else(|| self.no_such_column(name, range.clone()))?;
        let position = self
            .used
            .iter()
            .position(|used| used.0 == found.0)
            .unwrap_or_else(|| {
                self.used.push(found.clone());
                self.used.len() - 1
            });
        Ok(Node::new(Body::Column(position), found.1, range))
    }

    /// The column as it is written; else, without quotes, the only one that differs in case alone.
    fn look_up(&self, name: &Ident) -> Option<(String, ColumnType)> {
        if let Some(found) = self.columns.iter().find(|(known, _)| *known == name.value) {
            return Some(found.clone());
        }
        if name.quote_style.is_some() {
            return None;
        }
        let wanted = name.value.to_lowercase();
        let mut alike = self
            .columns
            .iter()
            .filter(|(known, _)| known.to_lowercase() == wanted);
        match (alike.next(), alike.next()) {
            (Some(found), None) => Some(found.clone()),
            _ => None,
        }
    }

    fn no_such_column(&self, name: &Ident, range: Range<usize>) -> ExpressionError {
        let names: Vec<String> = self
            .columns
            .iter()
            .map(|(known, _)| known.clone())
            .collect();
        let near: Vec<String> = near_matches(&name.value, &names)
            .iter()
            .map(|n| super::quoted(n))
            .collect();
        let mut hint = if near.is_empty() {
            let shown: Vec<String> = names.iter().take(12).map(|n| super::quoted(n)).collect();
            let more = if names.len() > shown.len() {
                " …"
            } else {
                ""
            };
            format!("The columns are {}{more}.", shown.join(", "))
        } else {
            format!("Did you mean {}?", near.join(", "))
        };
        hint.push_str(" A text is written in single quotes: '");
        hint.push_str(&name.value.replace('\'', "''"));
        hint.push_str("'.");
        ExpressionError::at(range, format!("there is no column {}", name.value)).hint(hint)
    }

    fn unary(&mut self, op: UnaryOperator, inner: &Expr, range: Range<usize>) -> Typed {
        if let (
            UnaryOperator::Minus,
            Expr::Value(ValueWithSpan {
                value: Value::Number(digits, _),
                ..
            }),
        ) = (op, inner)
        {
            return literals::number(&format!("-{digits}"), range);
        }
        let node = self.node(inner)?;
        match op {
            UnaryOperator::Not => Ok(not(condition(node)?)),
            UnaryOperator::Plus | UnaryOperator::Minus => {
                let kind = node.kind.unwrap_or(ColumnType::Integer);
                if !kind.is_numeric() {
                    return Err(coerce::needs(&node, "a number", "a sign"));
                }
                let node = into_type(node, kind);
                if op == UnaryOperator::Plus {
                    return Ok(node);
                }
                Ok(Node::new(Body::Negate(Box::new(node)), kind, range))
            }
            _ => Err(
                ExpressionError::at(range, format!("the operator {op} is not supported"))
                    .hint(OPERATORS),
            ),
        }
    }

    fn binary(
        &mut self,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        range: Range<usize>,
    ) -> Typed {
        let comparison = match op {
            BinaryOperator::Eq => Some(Comparison::Equal),
            BinaryOperator::NotEq => Some(Comparison::NotEqual),
            BinaryOperator::Lt => Some(Comparison::Less),
            BinaryOperator::LtEq => Some(Comparison::LessOrEqual),
            BinaryOperator::Gt => Some(Comparison::Greater),
            BinaryOperator::GtEq => Some(Comparison::GreaterOrEqual),
            _ => None,
        };
        if let Some(comparison) = comparison {
            return self.compare(comparison, left, right, range);
        }
        let arithmetic = match op {
            BinaryOperator::Plus => Arithmetic::Add,
            BinaryOperator::Minus => Arithmetic::Subtract,
            BinaryOperator::Multiply => Arithmetic::Multiply,
            BinaryOperator::Divide => Arithmetic::Divide,
            BinaryOperator::Modulo => Arithmetic::Remainder,
            BinaryOperator::And | BinaryOperator::Or => {
                let (a, b) = (condition(self.node(left)?)?, condition(self.node(right)?)?);
                let (a, b) = (Box::new(a), Box::new(b));
                let body = if *op == BinaryOperator::And {
                    Body::And(a, b)
                } else {
                    Body::Or(a, b)
                };
                return Ok(Node::new(body, ColumnType::Boolean, range));
            }
            BinaryOperator::StringConcat => {
                let a = of_type(self.node(left)?, ColumnType::Text, "||")?;
                let b = of_type(self.node(right)?, ColumnType::Text, "||")?;
                return Ok(Node::new(
                    Body::Concat(Box::new(a), Box::new(b)),
                    ColumnType::Text,
                    range,
                ));
            }
            _ => {
                return Err(ExpressionError::at(
                    range,
                    format!("the operator {op} is not supported"),
                )
                .hint(OPERATORS));
            }
        };
        let (a, b) = (self.node(left)?, self.node(right)?);
        coerce::arithmetic(arithmetic, a, b, range)
    }

    fn compare(
        &mut self,
        how: Comparison,
        left: &Expr,
        right: &Expr,
        range: Range<usize>,
    ) -> Typed {
        let (a, b) = same_type(self.node(left)?, self.node(right)?)?;
        let body = Body::Compare(how, Box::new(a), Box::new(b));
        Ok(Node::new(body, ColumnType::Boolean, range))
    }

    fn is_null(&mut self, inner: &Expr, range: Range<usize>) -> Typed {
        let node = self.node(inner)?;
        let kind = node.kind.unwrap_or(ColumnType::Boolean);
        Ok(Node::new(
            Body::IsNull(Box::new(into_type(node, kind))),
            ColumnType::Boolean,
            range,
        ))
    }

    fn is_unknown(&mut self, inner: &Expr, range: Range<usize>) -> Typed {
        let node = condition(self.node(inner)?)?;
        Ok(Node::new(
            Body::IsNull(Box::new(node)),
            ColumnType::Boolean,
            range,
        ))
    }

    fn is(&mut self, wanted: bool, inner: &Expr, range: Range<usize>) -> Typed {
        let node = condition(self.node(inner)?)?;
        Ok(Node::new(
            Body::Is(wanted, Box::new(node)),
            ColumnType::Boolean,
            range,
        ))
    }

    fn like(
        &mut self,
        ignores_case: bool,
        text: &Expr,
        pattern: &Expr,
        escape: Option<&ValueWithSpan>,
        range: Range<usize>,
    ) -> Typed {
        let text = of_type(self.node(text)?, ColumnType::Text, "LIKE")?;
        let pattern = of_type(self.node(pattern)?, ColumnType::Text, "LIKE")?;
        let escape = match escape {
            None => None,
            Some(escape) => Some(literals::single_character(escape, &range)?),
        };
        let body = Body::Like(
            Like {
                ignores_case,
                escape,
            },
            Box::new(text),
            Box::new(pattern),
        );
        Ok(Node::new(body, ColumnType::Boolean, range))
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        whens: &[CaseWhen],
        otherwise: Option<&Expr>,
        range: Range<usize>,
    ) -> Typed {
        let mut conditions = Vec::new();
        let mut results = Vec::new();
        for when in whens {
            conditions.push(match operand {
                None => condition(self.node(&when.condition)?)?,
                Some(operand) => {
                    let range = self.syntax.range(&when.condition);
                    self.compare(Comparison::Equal, operand, &when.condition, range)?
                }
            });
            results.push(self.node(&when.result)?);
        }
        if let Some(otherwise) = otherwise {
            results.push(self.node(otherwise)?);
        }
        let mut results = brought_together(results)?;
        let kind = results
            .first()
            .and_then(|r| r.kind)
            .unwrap_or(ColumnType::Boolean);
        let otherwise = otherwise.and_then(|_| results.pop()).map(Box::new);
        let branches = conditions.into_iter().zip(results).collect();
        Ok(Node::new(Body::Case(branches, otherwise), kind, range))
    }

    fn unsupported(&self, part: &Expr) -> ExpressionError {
        let (what, hint) = literals::name_of_unsupported(part);
        self.error(part, format!("{what} not supported")).hint(hint)
    }
}

const OPERATORS: &str = "The operators are = <> < <= > >= + - * / % || and, or, not, in, between, like, ilike, is null.";

fn not(node: Node) -> Node {
    let range = node.range.clone();
    Node::new(Body::Not(Box::new(node)), ColumnType::Boolean, range)
}

fn negated_if(negated: bool, node: Node) -> Node {
    if negated { not(node) } else { node }
}
