//! Typed nodes to arrow arrays: walks the tree and hands each operation to its kernel. Conversions, arithmetic,
//! comparison, CASE and functions have files of their own.

use super::node::{Body, Literal, Node};
use super::vector::{Vector, joined};
use super::{Expression, Table, arithmetic, case, casts, compare, scalar_functions, texts};
use crate::domain::expression::ExpressionError;
use crate::domain::schema::ColumnType;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMillisecondArray, UInt64Array, new_null_array,
};
use arrow::compute::{and_kleene, is_null, not, or_kleene, prep_null_mask_filter, take};
use arrow::datatypes::{DataType, TimeUnit};
use arrow::error::ArrowError;
use std::sync::Arc;

/// An expression's columns found in a table.
pub(super) struct Bound {
    columns: Vec<ArrayRef>,
}

impl Bound {
    pub(super) fn new(expression: &Expression, table: &Table) -> Result<Self, ExpressionError> {
        let everywhere = 0..expression.text().len();
        let mut columns = Vec::new();
        for (name, kind) in expression.columns() {
            let Some(position) = table.position(name) else {
                return Err(ExpressionError::at(
                    everywhere,
                    format!("the table has no column {name}"),
                ));
            };
            let found = table.column_type(position);
            if found != *kind {
                return Err(ExpressionError::at(
                    everywhere,
                    format!(
                        "column {name} has the type {} here; the expression was written for {}",
                        found.title(),
                        kind.title()
                    ),
                ));
            }
            columns.push(table.batch().column(position).clone());
        }
        Ok(Self { columns })
    }

    /// A run of rows.
    pub(super) fn scope(&self, offset: usize, length: usize) -> Scope<'static> {
        Scope {
            columns: self
                .columns
                .iter()
                .map(|c| c.slice(offset, length))
                .collect(),
            n_rows: length,
            first_row: offset,
            rows: None,
            aggregates: &[],
        }
    }
}

/// What a node is evaluated on.
pub(super) struct Scope<'a> {
    columns: Vec<ArrayRef>,
    pub(super) n_rows: usize,
    first_row: usize,
    /// Positions of these rows among those of the run, where only some are looked at.
    rows: Option<Vec<usize>>,
    aggregates: &'a [ArrayRef],
}

impl<'a> Scope<'a> {
    /// No rows, only the values of aggregates.
    pub(super) fn of_table(aggregates: &'a [ArrayRef]) -> Self {
        Self {
            columns: Vec::new(),
            n_rows: 1,
            first_row: 0,
            rows: None,
            aggregates,
        }
    }

    /// These rows of the scope only.
    pub(super) fn subset(&self, rows: Vec<usize>) -> Result<Self, ArrowError> {
        let indices: UInt64Array = rows.iter().map(|r| *r as u64).collect();
        let columns = self
            .columns
            .iter()
            .map(|c| take(c, &indices, None))
            .collect::<Result<_, _>>()?;
        let rows: Vec<usize> = match &self.rows {
            None => rows,
            Some(outer) => rows.iter().map(|r| outer[*r]).collect(),
        };
        Ok(Self {
            columns,
            n_rows: rows.len(),
            first_row: self.first_row,
            rows: Some(rows),
            aggregates: self.aggregates,
        })
    }

    /// `row 17: `, counted from 1 in the table, or nothing where there are no rows.
    fn place(&self, row: usize) -> String {
        if self.columns.is_empty() {
            return String::new();
        }
        let row = self.rows.as_ref().map_or(row, |rows| rows[row]);
        format!("row {}: ", self.first_row + row + 1)
    }

    /// A value that cannot be computed.
    pub(super) fn failed(&self, node: &Node, row: usize, what: &str) -> ExpressionError {
        ExpressionError::at(node.range.clone(), format!("{}{what}", self.place(row)))
    }
}

/// An error of arrow that the types should have ruled out.
pub(super) fn unexpected(node: &Node, error: &ArrowError) -> ExpressionError {
    ExpressionError::at(
        node.range.clone(),
        format!("this could not be computed: {error}"),
    )
}

type Evaluated = Result<Vector, ExpressionError>;

/// The values of a node.
pub(super) fn evaluate(node: &Node, scope: &Scope<'_>) -> Evaluated {
    let arrow_error = |e: ArrowError| unexpected(node, &e);
    match &node.body {
        Body::Column(position) => Ok(Vector::Rows(scope.columns[*position].clone())),
        Body::Literal(literal) => Ok(Vector::One(constant(literal, node.kind))),
        Body::Aggregate(position) => Ok(Vector::One(scope.aggregates[*position].clone())),
        Body::Compare(how, a, b) => {
            let (a, b) = (evaluate(a, scope)?, evaluate(b, scope)?);
            let array = compare::compare(*how, &a, &b).map_err(arrow_error)?;
            Ok(joined(&[&a, &b], Arc::new(array)))
        }
        Body::And(a, b) => connect(a, b, scope, and_kleene),
        Body::Or(a, b) => connect(a, b, scope, or_kleene),
        Body::Not(a) => {
            let vector = evaluate(a, scope)?;
            let array = not(vector.array().as_boolean()).map_err(arrow_error)?;
            Ok(vector.map(Arc::new(array)))
        }
        Body::IsNull(a) => {
            let vector = evaluate(a, scope)?;
            let array = is_null(vector.array().as_ref()).map_err(arrow_error)?;
            Ok(vector.map(Arc::new(array)))
        }
        Body::Is(wanted, a) => {
            let vector = evaluate(a, scope)?;
            let truth = vector.array().as_boolean();
            let array = if *wanted {
                prep_null_mask_filter(truth)
            } else {
                prep_null_mask_filter(&not(truth).map_err(arrow_error)?)
            };
            // A mask without nulls comes back as it is, one with nulls as false there.
            Ok(vector.map(Arc::new(BooleanArray::new(array.values().clone(), None))))
        }
        Body::In(a, list) => membership(node, a, list, scope),
        Body::Like(how, a, pattern) => {
            let (a, pattern) = (evaluate(a, scope)?, evaluate(pattern, scope)?);
            let array = texts::like(*how, &a, &pattern).map_err(arrow_error)?;
            Ok(joined(&[&a, &pattern], Arc::new(array)))
        }
        Body::Arithmetic(how, a, b) => {
            let (a, b) = (evaluate(a, scope)?, evaluate(b, scope)?);
            arithmetic::arithmetic(*how, &a, &b, node, scope)
        }
        Body::Negate(a) => arithmetic::negate(&evaluate(a, scope)?, node, scope),
        Body::Concat(a, b) => {
            let (a, b) = (evaluate(a, scope)?, evaluate(b, scope)?);
            Ok(joined(&[&a, &b], texts::concat(&a, &b)))
        }
        Body::Case(branches, otherwise) => case::case(node, branches, otherwise.as_deref(), scope),
        Body::Cast(a, on_failure) => {
            let vector = evaluate(a, scope)?;
            casts::cast(&vector, node, *on_failure, scope)
        }
        Body::Call(function, arguments) => {
            let vectors = arguments
                .iter()
                .map(|a| evaluate(a, scope))
                .collect::<Result<Vec<_>, _>>()?;
            scalar_functions::call(*function, &vectors, node, scope)
        }
    }
}

fn connect(
    a: &Node,
    b: &Node,
    scope: &Scope<'_>,
    kernel: fn(&BooleanArray, &BooleanArray) -> Result<BooleanArray, ArrowError>,
) -> Evaluated {
    let (left, right) = (evaluate(a, scope)?, evaluate(b, scope)?);
    let is_one = left.is_one() && right.is_one();
    let n_rows = if is_one { 1 } else { scope.n_rows };
    let (left, right) = (left.into_rows(n_rows), right.into_rows(n_rows));
    let array = kernel(left.as_boolean(), right.as_boolean()).map_err(|e| unexpected(a, &e))?;
    Ok(if is_one {
        Vector::One(Arc::new(array))
    } else {
        Vector::Rows(Arc::new(array))
    })
}

fn membership(node: &Node, a: &Node, list: &[Node], scope: &Scope<'_>) -> Evaluated {
    let wanted = evaluate(a, scope)?;
    let literals: Option<Vec<&Literal>> = list
        .iter()
        .map(|item| match &item.body {
            Body::Literal(literal) => Some(literal),
            _ => None,
        })
        .collect();
    if let Some(array) = literals.and_then(|l| compare::is_in(wanted.array(), &l)) {
        return Ok(wanted.map(Arc::new(array)));
    }
    let mut found: Option<Vector> = None;
    for item in list {
        let item = evaluate(item, scope)?;
        let equal = compare::compare(super::node::Comparison::Equal, &wanted, &item)
            .map_err(|e| unexpected(node, &e))?;
        let equal = joined(&[&wanted, &item], Arc::new(equal));
        found = Some(match found {
            None => equal,
            Some(before) => {
                let is_one = before.is_one() && equal.is_one();
                let n_rows = if is_one { 1 } else { scope.n_rows };
                let (x, y) = (before.into_rows(n_rows), equal.into_rows(n_rows));
                let array =
                    or_kleene(x.as_boolean(), y.as_boolean()).map_err(|e| unexpected(node, &e))?;
                if is_one {
                    Vector::One(Arc::new(array))
                } else {
                    Vector::Rows(Arc::new(array))
                }
            }
        });
    }
    Ok(found.unwrap_or_else(|| Vector::One(Arc::new(BooleanArray::from(vec![false])))))
}

fn constant(literal: &Literal, kind: Option<ColumnType>) -> ArrayRef {
    match literal {
        Literal::Null => new_null_array(&data_type(kind.unwrap_or(ColumnType::Boolean)), 1),
        Literal::Boolean(v) => Arc::new(BooleanArray::from(vec![*v])),
        Literal::Integer(v) => Arc::new(Int64Array::from(vec![*v])),
        Literal::Number(v) => Arc::new(Float64Array::from(vec![*v])),
        Literal::Text(v) => Arc::new(StringArray::from(vec![v.as_str()])),
        Literal::Date(v) => Arc::new(Date32Array::from(vec![*v])),
        Literal::Timestamp(v) => Arc::new(TimestampMillisecondArray::from(vec![*v])),
    }
}

/// The arrow type of a column type.
pub(super) fn data_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Integer => DataType::Int64,
        ColumnType::Number => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Text => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, None),
    }
}
