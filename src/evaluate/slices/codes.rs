//! A table of codes as the search wants it: row by row without what most rows have, and for each code the rows that have it.

/// Codes of a table, in which each row has one code of every column. Each code stands for one condition on its column; codes of
/// a column are next to each other, and the columns ascend.
pub(super) struct Codes {
    /// The column of each code.
    pub(super) columns: Vec<u32>,
    /// Whether a code is a condition; another one is what rows have that meet none.
    pub(super) is_condition: Vec<bool>,
    pub(super) n_rows: usize,
    /// The first code of each column, and behind the last one the number of codes.
    first: Vec<u32>,
    /// Of each column the code of most rows.
    majority: Vec<u32>,
    /// Where the codes of each row begin in `others`.
    starts: Vec<u32>,
    /// The codes of each row that are none of a majority, ascending.
    others: Vec<u32>,
    /// Of each code a bit a row.
    bits: Vec<Vec<u64>>,
}

impl Codes {
    /// From `n_rows × n_columns` codes, row by row.
    pub(super) fn new(ids: &[u32], columns: Vec<u32>, is_condition: Vec<bool>) -> Self {
        let n_columns = columns.last().map_or(0, |c| *c as usize + 1);
        let n_rows = ids.len().checked_div(n_columns).unwrap_or(0);
        let mut bits = vec![vec![0_u64; n_rows.div_ceil(64)]; columns.len()];
        let mut counts = vec![0_u32; columns.len()];
        for (row, ids) in ids.chunks(n_columns.max(1)).enumerate() {
            for id in ids {
                counts[*id as usize] += 1;
                bits[*id as usize][row / 64] |= 1 << (row % 64);
            }
        }
        let of = |column: u32| columns.partition_point(|c| *c < column) as u32;
        let first: Vec<u32> = (0..=n_columns as u32).map(of).collect();
        let majority: Vec<u32> = first
            .windows(2)
            .map(|pair| {
                (pair[0]..pair[1])
                    .max_by_key(|c| counts[*c as usize])
                    .unwrap_or(pair[0])
            })
            .collect();
        let (mut starts, mut others) = (vec![0], Vec::new());
        for ids in ids.chunks(n_columns.max(1)) {
            others.extend(
                ids.iter()
                    .zip(&majority)
                    .filter(|(a, b)| a != b)
                    .map(|(id, _)| *id),
            );
            starts.push(others.len() as u32);
        }
        Self {
            columns,
            is_condition,
            n_rows,
            first,
            majority,
            starts,
            others,
            bits,
        }
    }

    pub(super) fn n_columns(&self) -> u32 {
        self.majority.len() as u32
    }

    pub(super) fn n_codes(&self) -> usize {
        self.columns.len()
    }

    /// The codes of a column.
    pub(super) fn of_column(&self, column: u32) -> std::ops::Range<u32> {
        self.first[column as usize]..self.first[column as usize + 1]
    }

    /// The code of a column that most rows have.
    pub(super) fn majority(&self, column: u32) -> u32 {
        self.majority[column as usize]
    }

    /// The codes of a row that are none of a majority, ascending.
    #[inline(always)]
    pub(super) fn others(&self, row: usize) -> &[u32] {
        &self.others[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// Calls back with the rows that have all of the codes, ascending; without a code with all rows.
    pub(super) fn each_row(&self, codes: &[u32], mut take: impl FnMut(usize)) {
        let Some((first, others)) = codes.split_first() else {
            return (0..self.n_rows).for_each(take);
        };
        for (i, word) in self.bits[*first as usize].iter().enumerate() {
            let others = others.iter().map(|code| self.bits[*code as usize][i]);
            let mut word = others.fold(*word, |a, b| a & b);
            while word != 0 {
                take(i * 64 + word.trailing_zeros() as usize);
                word &= word - 1;
            }
        }
    }
}
