//! A value for each row, or one for all of them: what evaluating a node gives. Arrow's kernels take both.

use arrow::array::{Array, ArrayRef, Datum, UInt64Array, new_null_array};
use arrow::compute::take;

/// Values of a node.
#[derive(Debug, Clone)]
pub(super) enum Vector {
    /// One a row.
    Rows(ArrayRef),
    /// The same for every row; an array of length 1.
    One(ArrayRef),
}

impl Datum for Vector {
    fn get(&self) -> (&dyn Array, bool) {
        match self {
            Self::Rows(array) => (array.as_ref(), false),
            Self::One(array) => (array.as_ref(), true),
        }
    }
}

impl Vector {
    pub(super) fn array(&self) -> &ArrayRef {
        match self {
            Self::Rows(array) | Self::One(array) => array,
        }
    }

    pub(super) fn is_one(&self) -> bool {
        matches!(self, Self::One(_))
    }

    /// An array computed of this vector alone, row by row.
    pub(super) fn map(&self, array: ArrayRef) -> Self {
        match self {
            Self::Rows(_) => Self::Rows(array),
            Self::One(_) => Self::One(array),
        }
    }

    /// Position of a row's value.
    pub(super) fn at(&self, row: usize) -> usize {
        if self.is_one() { 0 } else { row }
    }

    /// One value for each of so many rows.
    pub(super) fn into_rows(self, n_rows: usize) -> ArrayRef {
        match self {
            Self::Rows(array) => array,
            Self::One(array) if n_rows == 1 => array,
            Self::One(array) => {
                let zeros = UInt64Array::from(vec![0; n_rows]);
                take(&array, &zeros, None)
                    .unwrap_or_else(|_| new_null_array(array.data_type(), n_rows))
            }
        }
    }
}

/// An array computed of several vectors, row by row.
pub(super) fn joined(vectors: &[&Vector], array: ArrayRef) -> Vector {
    if vectors.iter().all(|v| v.is_one()) {
        Vector::One(array)
    } else {
        Vector::Rows(array)
    }
}

/// Number of values that vectors of one scope give together.
pub(super) fn joint_length(vectors: &[&Vector]) -> usize {
    vectors
        .iter()
        .find(|v| !v.is_one())
        .map_or(1, |v| v.array().len())
}
