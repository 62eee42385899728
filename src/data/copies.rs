//! Rows that are copies of other rows, value for value.

use arrow::array::ArrayRef;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};
use hashbrown::{DefaultHashBuilder, HashSet};
use rayon::prelude::*;
use std::hash::BuildHasher;

/// Rows that one thread takes at a time.
const ROWS_A_CHUNK: usize = 1 << 16;

/// How many of the rows `asked` have the values of one of the rows `known`, in all of some columns of one length. Two
/// missing values are alike. Rows are told apart by 64 bits of hash: of a million rows on either side, one is in all
/// likelihood (1 − 5·10⁻⁸) taken for no other. `None` if it was stopped.
///
/// # Errors
/// If a column is of a type whose values have no order.
///
/// # Panics
/// If a row is not in the columns.
pub(crate) fn n_copies(
    columns: &[ArrayRef],
    known: &[usize],
    asked: &[usize],
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Option<usize>, ArrowError> {
    let Some(hashes) = hashes(columns, is_stopped)? else {
        return Ok(None);
    };
    let known: HashSet<u64> = known.iter().map(|row| hashes[*row]).collect();
    let copies = asked.iter().filter(|row| known.contains(&hashes[**row]));
    Ok(Some(copies.count()))
}

/// A hash of each row.
fn hashes(
    columns: &[ArrayRef],
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Vec<u64>>, ArrowError> {
    let fields: Vec<SortField> = columns
        .iter()
        .map(|column| SortField::new(column.data_type().clone()))
        .collect();
    let hasher = DefaultHashBuilder::default();
    let n_rows = columns.first().map_or(0, |column| column.len());
    let mut hashes = vec![0; n_rows];
    hashes
        .par_chunks_mut(ROWS_A_CHUNK)
        .enumerate()
        .try_for_each(|(chunk, hashes)| {
            if is_stopped() {
                return Ok(());
            }
            let slice = |c: &ArrayRef| c.slice(chunk * ROWS_A_CHUNK, hashes.len());
            let part: Vec<ArrayRef> = columns.iter().map(slice).collect();
            let rows = RowConverter::new(fields.clone())?.convert_columns(&part)?;
            for (hash, row) in hashes.iter_mut().zip(&rows) {
                *hash = hasher.hash_one(row.data());
            }
            Ok::<_, ArrowError>(())
        })?;
    Ok((!is_stopped()).then_some(hashes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Float64Array, StringArray};
    use std::sync::Arc;

    /// Row `i` has the values of row `i % period`, and each 7th row misses its number.
    fn columns(n_rows: usize, period: usize) -> [ArrayRef; 2] {
        let values = (0..n_rows).map(|i| i % period);
        let numbers = values
            .clone()
            .map(|v| (v % 7 != 0).then_some((v / 3) as f64));
        let texts = values.map(|v| format!("{}", v % 3));
        [
            Arc::new(numbers.collect::<Float64Array>()),
            Arc::new(texts.map(Some).collect::<StringArray>()),
        ]
    }

    #[test]
    fn copies_are_counted_across_chunks() {
        let n_rows = 2 * ROWS_A_CHUNK + 500;
        // 301 rows in a circle: 43 of them without a number, and these are of three kinds.
        let columns = columns(n_rows, 301);
        let known: Vec<usize> = (0..100).collect();
        let asked: Vec<usize> = (ROWS_A_CHUNK..n_rows).collect();
        let like = |row: usize| match row % 301 {
            v if v % 7 == 0 => (None, v % 3),
            v => (Some(v / 3), v % 3),
        };
        let kinds: HashSet<_> = known.iter().map(|row| like(*row)).collect();
        let expected = asked.iter().filter(|row| kinds.contains(&like(**row)));
        let found = n_copies(&columns, &known, &asked, &|| false).unwrap();
        assert_eq!(found, Some(expected.count()));
    }

    #[test]
    fn it_ends_when_it_is_stopped() {
        let found = n_copies(&columns(9, 3), &[0], &[3], &|| true).unwrap();
        assert_eq!(found, None);
    }
}
