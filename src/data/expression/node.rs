//! A typed expression: what `typing` makes of a parsed text and `evaluate` works through. Every node knows its type
//! and the bytes of the text that it stands for, so that an error of a value can be told at its place.

use super::function::Function;
use crate::domain::schema::ColumnType;
use std::ops::Range;

/// One node.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) body: Body,
    /// `None` for the untyped NULL, which fits everywhere.
    pub(super) kind: Option<ColumnType>,
    pub(super) range: Range<usize>,
}

/// What a node does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    /// A column of the table, by its position in [`super::Expression::columns`].
    Column(usize),
    Literal(Literal),
    /// A value over all rows, by its position among the expression's aggregates.
    Aggregate(usize),
    Compare(Comparison, Box<Node>, Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Not(Box<Node>),
    IsNull(Box<Node>),
    /// `IS TRUE` and `IS FALSE`: never NULL.
    Is(bool, Box<Node>),
    /// `x IN (…)`: all of one type.
    In(Box<Node>, Vec<Node>),
    Like(Like, Box<Node>, Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    Negate(Box<Node>),
    Concat(Box<Node>, Box<Node>),
    /// Pairs of condition and result, and what holds otherwise.
    Case(Vec<(Node, Node)>, Option<Box<Node>>),
    Cast(Box<Node>, OnFailure),
    Call(Function, Vec<Node>),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Null,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    /// Days since 1970.
    Date(i32),
    /// Milliseconds since 1970.
    Timestamp(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `IS DISTINCT FROM`: NULL is a value like others.
    Distinct,
    NotDistinct,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// How texts are matched with a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Like {
    pub(super) ignores_case: bool,
    pub(super) escape: Option<char>,
}

/// What a conversion does with a value that cannot be converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnFailure {
    /// CAST: an error.
    Error,
    /// TRY_CAST: NULL.
    Null,
}

impl Node {
    pub(super) fn new(body: Body, kind: ColumnType, range: Range<usize>) -> Self {
        Self {
            body,
            kind: Some(kind),
            range,
        }
    }

    /// The nodes below.
    pub(super) fn children(&self) -> Vec<&Self> {
        match &self.body {
            Body::Column(_) | Body::Literal(_) | Body::Aggregate(_) => Vec::new(),
            Body::Not(a)
            | Body::IsNull(a)
            | Body::Is(_, a)
            | Body::Negate(a)
            | Body::Cast(a, _) => {
                vec![a]
            }
            Body::Compare(_, a, b)
            | Body::And(a, b)
            | Body::Or(a, b)
            | Body::Like(_, a, b)
            | Body::Arithmetic(_, a, b)
            | Body::Concat(a, b) => vec![a, b],
            Body::In(a, list) => std::iter::once(&**a).chain(list).collect(),
            Body::Case(branches, otherwise) => branches
                .iter()
                .flat_map(|(condition, result)| [condition, result])
                .chain(otherwise.as_deref())
                .collect(),
            Body::Call(_, arguments) => arguments.iter().collect(),
        }
    }

    /// Whether a value of a row can make the evaluation end with an error: then a CASE evaluates it only for the rows
    /// that ask for it.
    pub(super) fn can_fail(&self) -> bool {
        let itself = match &self.body {
            Body::Cast(_, OnFailure::Error) => true,
            Body::Arithmetic(..) | Body::Negate(_) => self.kind != Some(ColumnType::Number),
            Body::Call(Function::Abs | Function::Round, _) => {
                self.kind == Some(ColumnType::Integer)
            }
            _ => false,
        };
        itself || self.children().into_iter().any(Self::can_fail)
    }

    /// Whether a row's own values are looked at, outside of aggregates.
    pub(super) fn reads_rows(&self) -> Option<Range<usize>> {
        match self.body {
            Body::Column(_) => Some(self.range.clone()),
            _ => self.children().into_iter().find_map(Self::reads_rows),
        }
    }
}
