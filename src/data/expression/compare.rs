//! Comparison and membership. Real numbers are compared here, because arrow's kernels order them by their bits: 0.0 and
//! -0.0 are equal in SQL.

use super::node::{Comparison, Literal};
use super::texts;
use super::vector::{Vector, joint_length};
use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Float64Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::kernels::cmp;
use arrow::datatypes::{
    DataType, Date32Type, Float64Type, Int64Type, TimeUnit, TimestampMillisecondType,
};
use arrow::error::ArrowError;
use hashbrown::HashSet;

/// Lists up to this length are searched one by one; longer ones are hashed.
const SHORT_LIST: usize = 8;

/// Compares two vectors of one type.
pub(super) fn compare(how: Comparison, a: &Vector, b: &Vector) -> Result<BooleanArray, ArrowError> {
    match a.array().data_type() {
        DataType::Float64 => return Ok(compare_values::<Float64Type>(how, a, b)),
        DataType::Int64 => return Ok(compare_values::<Int64Type>(how, a, b)),
        DataType::Date32 => return Ok(compare_values::<Date32Type>(how, a, b)),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            return Ok(compare_values::<TimestampMillisecondType>(how, a, b));
        }
        _ => {}
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

/// The order of SQL. Without branches, so that many values are compared at once.
trait InOrder: Copy {
    fn equal(self, other: Self) -> bool;
    fn less(self, other: Self) -> bool;
}

impl InOrder for f64 {
    #[inline(always)]
    fn equal(self, other: Self) -> bool {
        (self == other) | (self.is_nan() & other.is_nan())
    }
    #[inline(always)]
    fn less(self, other: Self) -> bool {
        (self < other) | (other.is_nan() & !self.is_nan())
    }
}

impl InOrder for i64 {
    #[inline(always)]
    fn equal(self, other: Self) -> bool {
        self == other
    }
    #[inline(always)]
    fn less(self, other: Self) -> bool {
        self < other
    }
}

impl InOrder for i32 {
    #[inline(always)]
    fn equal(self, other: Self) -> bool {
        self == other
    }
    #[inline(always)]
    fn less(self, other: Self) -> bool {
        self < other
    }
}

fn compare_values<T>(how: Comparison, a: &Vector, b: &Vector) -> BooleanArray
where
    T: ArrowPrimitiveType<Native: InOrder>,
{
    match how {
        Comparison::Equal => where_both::<T>(a, b, InOrder::equal),
        Comparison::NotEqual => where_both::<T>(a, b, |x, y| !x.equal(y)),
        Comparison::Less => where_both::<T>(a, b, InOrder::less),
        Comparison::LessOrEqual => where_both::<T>(a, b, |x, y| !y.less(x)),
        Comparison::Greater => where_both::<T>(a, b, |x, y| y.less(x)),
        Comparison::GreaterOrEqual => where_both::<T>(a, b, |x, y| !x.less(y)),
        Comparison::Distinct => distinct::<T>(a, b, true),
        Comparison::NotDistinct => distinct::<T>(a, b, false),
    }
}

fn where_both<T: ArrowPrimitiveType>(
    a: &Vector,
    b: &Vector,
    holds: impl Fn(T::Native, T::Native) -> bool,
) -> BooleanArray {
    let (x, y) = (a.array().as_primitive::<T>(), b.array().as_primitive::<T>());
    let n = joint_length(&[a, b]);
    let values = match (a.is_one(), b.is_one()) {
        (false, true) => {
            let y = y.value(0);
            bits_of(&x.values()[..n], |x| holds(*x, y))
        }
        (true, false) => {
            let x = x.value(0);
            bits_of(&y.values()[..n], |y| holds(x, *y))
        }
        _ => {
            let (x, y) = (&x.values()[..n], &y.values()[..n]);
            bits_of_pairs(x, y, |x, y| holds(*x, *y))
        }
    };
    BooleanArray::new(values, nulls_of_both(a, b, n))
}

/// One bit for each value.
pub(super) fn bits_of<T>(values: &[T], holds: impl Fn(&T) -> bool) -> BooleanBuffer {
    bits(values.len(), |i| holds(&values[i]))
}

/// One bit for each pair of values; both sides are equally long.
pub(super) fn bits_of_pairs<T>(a: &[T], b: &[T], holds: impl Fn(&T, &T) -> bool) -> BooleanBuffer {
    let n = a.len();
    let (a, b) = (&a[..n], &b[..n]);
    bits(n, |i| holds(&a[i], &b[i]))
}

/// One bit for each row. Truth values are made as bytes first, which the compiler does for many at once, and eight of them
/// are packed by one multiplication.
#[inline(always)]
fn bits(n: usize, holds: impl Fn(usize) -> bool) -> BooleanBuffer {
    let mut words: Vec<u64> = Vec::with_capacity(n / 64 + 1);
    for start in (0..n / 64).map(|block| 64 * block) {
        let mut bytes = [0_u8; 64];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from(holds(start + i));
        }
        let (eights, _) = bytes.as_chunks::<8>();
        let packed = eights.iter().enumerate().map(|(i, eight)| {
            let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            bits << (8 * i)
        });
        words.push(packed.fold(0, |word, bits| word | bits));
    }
    let rest = (n / 64 * 64)..n;
    words.push(rest.fold(0, |word, i| word | u64::from(holds(i)) << (i % 64)));
    BooleanBuffer::new(words.into(), 0, n)
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

fn distinct<T>(a: &Vector, b: &Vector, wanted: bool) -> BooleanArray
where
    T: ArrowPrimitiveType<Native: InOrder>,
{
    let (x, y) = (a.array().as_primitive::<T>(), b.array().as_primitive::<T>());
    let n = joint_length(&[a, b]);
    let values = BooleanBuffer::collect_bool(n, |i| {
        let (i, j) = (a.at(i), b.at(i));
        let differ = match (x.is_null(i), y.is_null(j)) {
            (true, true) => false,
            (false, false) => !x.value(i).equal(y.value(j)),
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
            let few = (wanted.len() <= SHORT_LIST).then(|| texts::are_among(texts, &wanted));
            few.flatten().unwrap_or_else(|| {
                let wanted: HashSet<&str> = wanted.into_iter().collect();
                BooleanBuffer::collect_bool(texts.len(), |i| wanted.contains(texts.value(i)))
            })
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
        return bits_of(values, |v| {
            let value = widen(*v);
            wanted.iter().fold(false, |any, w| any | (*w == value))
        });
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
    bits_of(values.values(), |v| {
        wanted.iter().fold(false, |any, w| any | v.equal(*w))
    })
}
