//! Comparison and membership. Real numbers are compared here, because arrow's kernels order them by their bits: 0.0 and
//! -0.0 are equal in SQL.

use super::node::{Comparison, Literal};
use super::vector::{Vector, joint_length};
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, Float64Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::kernels::cmp;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow::error::ArrowError;
use hashbrown::HashSet;

/// Lists up to this length are searched one by one; longer ones are hashed.
const SHORT_LIST: usize = 8;

/// Compares two vectors of one type.
pub(super) fn compare(how: Comparison, a: &Vector, b: &Vector) -> Result<BooleanArray, ArrowError> {
    if a.array().data_type() == &DataType::Float64 {
        return Ok(compare_numbers(how, a, b));
    }
    match how {
        Comparison::Equal => cmp::eq(a, b),
        Comparison::NotEqual => cmp::neq(a, b),
        Comparison::Less => cmp::lt(a, b),
        Comparison::LessOrEqual => cmp::lt_eq(a, b),
        Comparison::Greater => cmp::gt(a, b),
        Comparison::GreaterOrEqual => cmp::gt_eq(a, b),
        Comparison::Distinct => cmp::distinct(a, b),
        Comparison::NotDistinct => cmp::not_distinct(a, b),
    }
}

fn equal(x: f64, y: f64) -> bool {
    x == y || (x.is_nan() && y.is_nan())
}

fn less(x: f64, y: f64) -> bool {
    x < y || (y.is_nan() && !x.is_nan())
}

fn compare_numbers(how: Comparison, a: &Vector, b: &Vector) -> BooleanArray {
    match how {
        Comparison::Equal => where_both(a, b, equal),
        Comparison::NotEqual => where_both(a, b, |x, y| !equal(x, y)),
        Comparison::Less => where_both(a, b, less),
        Comparison::LessOrEqual => where_both(a, b, |x, y| !less(y, x)),
        Comparison::Greater => where_both(a, b, |x, y| less(y, x)),
        Comparison::GreaterOrEqual => where_both(a, b, |x, y| !less(x, y)),
        Comparison::Distinct => distinct(a, b, true),
        Comparison::NotDistinct => distinct(a, b, false),
    }
}

fn where_both(a: &Vector, b: &Vector, holds: impl Fn(f64, f64) -> bool) -> BooleanArray {
    let (x, y) = (
        a.array().as_primitive::<Float64Type>(),
        b.array().as_primitive::<Float64Type>(),
    );
    let n = joint_length(&[a, b]);
    let values = match (a.is_one(), b.is_one()) {
        (false, true) => {
            let (x, y) = (x.values(), y.value(0));
            BooleanBuffer::collect_bool(n, |i| holds(x[i], y))
        }
        (true, false) => {
            let (x, y) = (x.value(0), y.values());
            BooleanBuffer::collect_bool(n, |i| holds(x, y[i]))
        }
        _ => {
            let (x, y) = (&x.values()[..n], &y.values()[..n]);
            BooleanBuffer::collect_bool(n, |i| holds(x[i], y[i]))
        }
    };
    BooleanArray::new(values, nulls_of_both(a, b, n))
}

/// Where either of two vectors is NULL.
pub(super) fn nulls_of_both(a: &Vector, b: &Vector, n: usize) -> Option<NullBuffer> {
    let nulls = |v: &Vector| match v {
        Vector::One(array) if array.is_null(0) => Some(NullBuffer::new_null(n)),
        Vector::One(_) => None,
        Vector::Rows(array) => array.nulls().cloned(),
    };
    NullBuffer::union(nulls(a).as_ref(), nulls(b).as_ref())
}

fn distinct(a: &Vector, b: &Vector, wanted: bool) -> BooleanArray {
    let (x, y) = (
        a.array().as_primitive::<Float64Type>(),
        b.array().as_primitive::<Float64Type>(),
    );
    let n = joint_length(&[a, b]);
    let values = BooleanBuffer::collect_bool(n, |i| {
        let (i, j) = (a.at(i), b.at(i));
        let differ = match (x.is_null(i), y.is_null(j)) {
            (true, true) => false,
            (false, false) => !equal(x.value(i), y.value(j)),
            _ => true,
        };
        differ == wanted
    });
    BooleanArray::new(values, None)
}

/// `x IN (…)` for constants of its type: NULL where x is, and where it is not found and a NULL is in the list. `None` for
/// truth values, for which a list has no use.
pub(super) fn is_in(array: &ArrayRef, list: &[&Literal]) -> Option<BooleanArray> {
    let found = match array.data_type() {
        DataType::Int64 => whole(array.as_primitive::<Int64Type>().values(), list, |v| v),
        DataType::Date32 => whole(array.as_primitive::<Date32Type>().values(), list, i64::from),
        DataType::Timestamp(..) => whole(
            array.as_primitive::<TimestampMillisecondType>().values(),
            list,
            |v| v,
        ),
        DataType::Float64 => real(array.as_primitive::<Float64Type>(), list),
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            let wanted: Vec<&str> = list
                .iter()
                .filter_map(|l| match l {
                    Literal::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            if wanted.len() <= SHORT_LIST {
                BooleanBuffer::collect_bool(texts.len(), |i| wanted.contains(&texts.value(i)))
            } else {
                let wanted: HashSet<&str> = wanted.into_iter().collect();
                BooleanBuffer::collect_bool(texts.len(), |i| wanted.contains(texts.value(i)))
            }
        }
        _ => return None,
    };
    let nulls = if list.iter().any(|l| matches!(l, Literal::Null)) {
        let found = NullBuffer::new(found.clone());
        NullBuffer::union(array.nulls(), Some(&found))
    } else {
        array.nulls().cloned()
    };
    Some(BooleanArray::new(found, nulls))
}

fn whole<T: Copy>(values: &[T], list: &[&Literal], widen: impl Fn(T) -> i64) -> BooleanBuffer {
    let wanted: Vec<i64> = list
        .iter()
        .filter_map(|l| match l {
            Literal::Integer(v) | Literal::Timestamp(v) => Some(*v),
            Literal::Date(v) => Some(i64::from(*v)),
            _ => None,
        })
        .collect();
    if wanted.len() <= SHORT_LIST {
        return BooleanBuffer::collect_bool(values.len(), |i| wanted.contains(&widen(values[i])));
    }
    let wanted: HashSet<i64> = wanted.into_iter().collect();
    BooleanBuffer::collect_bool(values.len(), |i| wanted.contains(&widen(values[i])))
}

fn real(values: &Float64Array, list: &[&Literal]) -> BooleanBuffer {
    let wanted: Vec<f64> = list
        .iter()
        .filter_map(|l| match l {
            Literal::Number(v) => Some(*v),
            _ => None,
        })
        .collect();
    let mut builder = BooleanBufferBuilder::new(values.len());
    for value in values.values() {
        builder.append(wanted.iter().any(|w| equal(*value, *w)));
    }
    builder.finish()
}
