//! Parts of vectors and matrices. ndarray's macro for them is unsafe inside, which this crate forbids.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, Axis, Slice};
use std::ops::Range;

/// Some entries of a vector.
pub(super) fn part(vector: ArrayView1<'_, f64>, range: Range<usize>) -> ArrayView1<'_, f64> {
    vector.slice_axis_move(Axis(0), Slice::from(range))
}

/// Some entries of a vector, to be written.
pub(super) fn part_mut(
    vector: ArrayViewMut1<'_, f64>,
    range: Range<usize>,
) -> ArrayViewMut1<'_, f64> {
    vector.slice_axis_move(Axis(0), Slice::from(range))
}

/// The first columns of a matrix.
pub(super) fn first_columns(matrix: ArrayView2<'_, f64>, n: usize) -> ArrayView2<'_, f64> {
    matrix.slice_axis_move(Axis(1), Slice::from(..n))
}
