//! What the bootstrap draws: rows, rows of each stratum, or blocks of rows that are not independent of each other. How
//! it is drawn is left to `bootstrap`.

use super::bootstrap::Units;
use super::compare::TestSet;
use super::error::EvaluateError;
use crate::data::{ColumnData, Table, split};
use crate::domain::algorithm::Problem;
use crate::domain::pipeline::Resampling;
use crate::domain::prediction::Targets;
use crate::domain::schema::{ColumnSpec, Role, Schema};
use hashbrown::HashMap;

/// Fewer blocks than this give rough intervals (Cameron, Gelbach and Miller 2008 find too narrow ones with 5 to 30).
const FEW_BLOCKS: usize = 30;

/// What is drawn where nobody said it: blocks of the schema's group column if the table has one, else rows.
#[must_use]
pub fn resolved(resampling: &Resampling, schema: &Schema, table: &Table) -> Resampling {
    let is_group = |c: &&ColumnSpec| c.role == Role::Group && table.position(&c.name).is_some();
    let group = schema.columns.iter().find(is_group);
    match (resampling, group) {
        (Resampling::Automatic, Some(group)) => Resampling::Blocks(group.name.clone()),
        (Resampling::Automatic, None) => Resampling::Rows,
        (chosen, _) => chosen.clone(),
    }
}

/// The units of a test set.
pub(super) struct Drawing {
    pub(super) units: Units,
    /// For people.
    pub(super) words: String,
    /// The block of each row; without blocks, every row is one.
    block_of: Option<Vec<u32>>,
    /// What should be known of it.
    pub(super) warning: Option<String>,
}

impl Drawing {
    /// # Errors
    /// `Params` if the column of blocks does not exist or has one block only.
    pub(super) fn of(test: &TestSet<'_>, resampling: &Resampling) -> Result<Self, EvaluateError> {
        let n_rows = test.targets.n_rows();
        let simple = |units: Units, words: &str| Self {
            units,
            words: words.to_owned(),
            block_of: None,
            warning: None,
        };
        match resampling {
            Resampling::Automatic | Resampling::Rows => Ok(simple(Units::Rows(n_rows), "rows")),
            Resampling::Stratified => Ok(match test.targets {
                Targets::Classes { codes, .. } => simple(
                    Units::Strata(groups(codes)),
                    "rows, as many of each class as there are",
                ),
                Targets::Values(values) => {
                    let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
                    simple(
                        Units::Strata(groups(&split::quarters(&values))),
                        "rows, as many of each quarter of the target as there are",
                    )
                }
            }),
            Resampling::Blocks(name) => Self::of_blocks(test, name),
        }
    }

    fn of_blocks(test: &TestSet<'_>, name: &str) -> Result<Self, EvaluateError> {
        let problem = |message: String| EvaluateError::Params {
            problems: vec![Problem::new("steps.evaluate.resampling.blocks", message)],
        };
        let column = test.table.column(name);
        let column = column.ok_or_else(|| problem(format!("there is no column {name}")))?;
        let block_of = block_of(column);
        let blocks = groups(&block_of);
        let n_blocks = blocks.len();
        if n_blocks < 2 {
            return Err(problem(format!(
                "all test rows are one block of {name}: there is nothing to draw from"
            )));
        }
        let of_days = matches!(column, ColumnData::Timestamp(_));
        let words = if of_days {
            format!("{n_blocks} days of {name}, all rows of one together")
        } else {
            format!("{n_blocks} blocks of {name}, all rows of one together")
        };
        let warning = (n_blocks < FEW_BLOCKS).then(|| {
            format!(
                "the intervals are drawn from {n_blocks} blocks of {name}; fewer than {FEW_BLOCKS} make them too narrow"
            )
        });
        Ok(Self {
            units: Units::Blocks(blocks),
            words,
            block_of: Some(block_of),
            warning,
        })
    }

    /// Whether rows are drawn one by one, so that tests of independent rows hold.
    pub(super) fn has_independent_rows(&self) -> bool {
        self.block_of.is_none()
    }

    /// How many units some rows are.
    pub(super) fn n_units(&self, rows: &[u32]) -> usize {
        let Some(block_of) = &self.block_of else {
            return rows.len();
        };
        let blocks = rows.iter().map(|row| block_of[*row as usize]);
        blocks.collect::<hashbrown::HashSet<u32>>().len()
    }
}

/// A number for the block of each row. A row without a value is a block by itself.
fn block_of(column: ColumnData<'_>) -> Vec<u32> {
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut n_blocks = 0;
    let mut next = || {
        n_blocks += 1;
        n_blocks - 1
    };
    (0..column.len())
        .map(|row| match column.text(row) {
            None => next(),
            Some(mut text) => {
                if matches!(column, ColumnData::Timestamp(_)) {
                    text.truncate("2013-01-31".len());
                }
                *known.entry(text).or_insert_with(&mut next)
            }
        })
        .collect()
}

/// The rows of each number, in the order of their first rows.
fn groups(numbers: &[u32]) -> Vec<Vec<u32>> {
    let mut places: HashMap<u32, usize> = HashMap::new();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for (row, number) in numbers.iter().enumerate() {
        let place = *places.entry(*number).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(row as u32);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, StringArray, TimestampMillisecondArray};
    use std::sync::Arc;

    #[test]
    fn blocks_are_equal_values_and_days_and_a_missing_value_is_alone() {
        let texts: ArrayRef = Arc::new(StringArray::from(vec![
            Some("a"),
            None,
            Some("b"),
            Some("a"),
            None,
        ]));
        let column = ColumnData::of(&texts).unwrap();
        assert_eq!(block_of(column), vec![0, 1, 2, 0, 3]);
        let day = 86_400_000;
        let moments: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![
            0,
            day - 1,
            day,
            day + 5,
            1,
        ]));
        let column = ColumnData::of(&moments).unwrap();
        assert_eq!(block_of(column), vec![0, 0, 1, 1, 0]);
        assert_eq!(groups(&[7, 7, 1, 1, 7]), vec![vec![0, 1, 4], vec![2, 3]]);
    }
}
