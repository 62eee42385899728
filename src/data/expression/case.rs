//! CASE, COALESCE, NULLIF, LEAST and GREATEST: choosing between vectors row by row. A branch of a CASE in which a value
//! can fail is evaluated for the rows that reach it and no others.

use super::compare;
use super::evaluate::{Scope, data_type, evaluate, unexpected};
use super::node::{Comparison, Node};
use super::vector::Vector;
use crate::domain::expression::ExpressionError;
use crate::domain::schema::ColumnType;
use arrow::array::{Array, AsArray, BooleanArray, UInt64Array, new_null_array};
use arrow::buffer::BooleanBuffer;
use arrow::compute::kernels::zip::zip;
use arrow::compute::{is_not_null, prep_null_mask_filter, take};
use arrow::error::ArrowError;
use std::sync::Arc;

/// The first branch whose condition is true, else the last one, else NULL.
pub(super) fn case(
    node: &Node,
    branches: &[(Node, Node)],
    otherwise: Option<&Node>,
    scope: &Scope<'_>,
) -> Result<Vector, ExpressionError> {
    let mut undecided = BooleanBuffer::new_set(scope.n_rows);
    let mut chosen: Vec<(BooleanBuffer, Vector)> = Vec::new();
    for (condition, result) in branches {
        let holds = where_reached(condition, &undecided, scope)?.into_rows(scope.n_rows);
        let holds = true_only(holds.as_boolean());
        let here = &holds & &undecided;
        undecided = &undecided & &!&holds;
        let values = where_reached(result, &here, scope)?;
        chosen.push((here, values));
    }
    let kind = node.kind.unwrap_or(ColumnType::Boolean);
    let mut values = match otherwise {
        Some(otherwise) => where_reached(otherwise, &undecided, scope)?,
        None => Vector::One(new_null_array(&data_type(kind), 1)),
    };
    for (here, result) in chosen {
        let mask = BooleanArray::new(here, None);
        let array = zip(&mask, &result, &values).map_err(|e| unexpected(node, &e))?;
        values = Vector::Rows(array);
    }
    Ok(values)
}

/// Values of a node where they are asked for; elsewhere they may be anything.
fn where_reached(
    node: &Node,
    rows: &BooleanBuffer,
    scope: &Scope<'_>,
) -> Result<Vector, ExpressionError> {
    if !node.can_fail() || rows.count_set_bits() == rows.len() {
        return evaluate(node, scope);
    }
    let positions: Vec<usize> = rows.set_indices().collect();
    let kind = node.kind.unwrap_or(ColumnType::Boolean);
    if positions.is_empty() {
        return Ok(Vector::One(new_null_array(&data_type(kind), 1)));
    }
    let error = |e: ArrowError| unexpected(node, &e);
    let n_some = positions.len();
    let mut indices: Vec<Option<u64>> = vec![None; scope.n_rows];
    for (i, row) in positions.iter().enumerate() {
        indices[*row] = Some(i as u64);
    }
    let some = scope.subset(positions).map_err(error)?;
    let values = evaluate(node, &some)?.into_rows(n_some);
    let all = take(&values, &UInt64Array::from(indices), None).map_err(error)?;
    Ok(Vector::Rows(all))
}

fn true_only(holds: &BooleanArray) -> BooleanBuffer {
    if holds.null_count() == 0 {
        return holds.values().clone();
    }
    prep_null_mask_filter(holds).values().clone()
}

/// The first vector's values, and the second one's where those are NULL.
pub(super) fn coalesce(a: Vector, b: &Vector, n_rows: usize) -> Result<Vector, ArrowError> {
    let mask = is_not_null(a.array().as_ref())?;
    choose(&mask, &a, b, n_rows)
}

/// The first vector's values, NULL where they equal the second one's.
pub(super) fn nullif(a: &Vector, b: &Vector, n_rows: usize) -> Result<Vector, ArrowError> {
    let equal = compare::compare(Comparison::Equal, a, b)?;
    let null = Vector::One(new_null_array(a.array().data_type(), 1));
    choose(
        &BooleanArray::new(true_only(&equal), None),
        &null,
        a,
        n_rows,
    )
}

/// The one for which the comparison with the other holds; where one is NULL, the other one.
pub(super) fn better(
    how: Comparison,
    a: &Vector,
    b: &Vector,
    n_rows: usize,
) -> Result<Vector, ArrowError> {
    let wins = true_only(&compare::compare(how, a, b)?);
    let is_alone = Vector::One(Arc::new(BooleanArray::from(vec![true])));
    let missing = arrow::compute::is_null(b.array().as_ref())?;
    let missing = match b {
        Vector::One(_) if missing.value(0) => is_alone.into_rows(wins.len()),
        Vector::One(_) => Arc::new(BooleanArray::from(vec![false; wins.len()])),
        Vector::Rows(_) => Arc::new(missing),
    };
    let mask = &wins | missing.as_boolean().values();
    choose(&BooleanArray::new(mask, None), a, b, n_rows)
}

/// The first vector where the mask is true, else the second.
fn choose(
    mask: &BooleanArray,
    a: &Vector,
    b: &Vector,
    n_rows: usize,
) -> Result<Vector, ArrowError> {
    let is_one = a.is_one() && b.is_one() && mask.len() == 1;
    let n_rows = if is_one { 1 } else { n_rows };
    let mask = if mask.len() == n_rows {
        mask.clone()
    } else {
        Vector::One(Arc::new(mask.clone()))
            .into_rows(n_rows)
            .as_boolean()
            .clone()
    };
    let array = zip(&mask, a, b)?;
    Ok(if is_one {
        Vector::One(array)
    } else {
        Vector::Rows(array)
    })
}
