//! The nearest row of the data that gets another answer: a counterfactual that exists. The distance is the What-If Tool's L1
//! (Wexler, Pushkarna, Bolukbasi, Wattenberg, Viégas and Wilson 2020): of numbers and times the difference in standard
//! deviations, of other unequal values the probability that two rows have the same value. A missing value is a value; beside
//! a number it is one standard deviation away.

use crate::data::{ColumnData, Table};
use crate::domain::schema::ColumnType;
use rayon::prelude::*;
use std::collections::HashMap;

/// A row that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// Its position.
    pub row: usize,
    /// Sum over the columns.
    pub distance: f64,
    /// Positions in `columns` of those with other values, those that add most first.
    pub differs: Vec<usize>,
    /// Rows that get another answer.
    pub n_searched: u64,
}

/// The row nearest to `row` among those that are another's; the first of equally near ones. `None` if there are none.
#[must_use]
pub fn nearest_other(
    table: &Table,
    columns: &[&str],
    row: usize,
    is_other: impl Fn(usize) -> bool + Sync,
) -> Option<Nearest> {
    let measured: Vec<Column<'_>> = columns
        .iter()
        .map(|name| Column::of(table.column(name)))
        .collect();
    let distance = |other: usize| -> f64 { measured.iter().map(|c| c.between(row, other)).sum() };
    let others: Vec<usize> = (0..table.n_rows()).filter(|r| is_other(*r)).collect();
    let found = others
        .par_iter()
        .map(|other| (distance(*other), *other))
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))?;
    let mut parts: Vec<(usize, f64)> = measured
        .iter()
        .enumerate()
        .map(|(at, column)| (at, column.between(row, found.1)))
        .filter(|(_, part)| *part > 0.0)
        .collect();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    Some(Nearest {
        row: found.1,
        distance: found.0,
        differs: parts.into_iter().map(|(at, _)| at).collect(),
        n_searched: others.len() as u64,
    })
}

/// How a column measures.
enum Column<'a> {
    /// It is not there, or has one value.
    Nothing,
    /// With the standard deviation.
    Number(ColumnData<'a>, f64),
    /// The value of each row as a number, and the probability that two rows have the same.
    Values(Vec<u32>, f64),
}

impl<'a> Column<'a> {
    fn of(data: Option<ColumnData<'a>>) -> Self {
        let Some(data) = data else {
            return Self::Nothing;
        };
        let is_number = !matches!(data.column_type(), ColumnType::Text | ColumnType::Boolean);
        if is_number {
            let values =
                || (0..data.len()).filter_map(|r| data.number(r).filter(|v| v.is_finite()));
            let n = values().count() as f64;
            let mean = values().sum::<f64>() / n;
            let variance = values().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
            return if variance > 0.0 {
                Self::Number(data, variance.sqrt())
            } else {
                Self::Nothing
            };
        }
        let mut known: HashMap<Option<String>, u32> = HashMap::new();
        let mut counts: Vec<u64> = Vec::new();
        let codes = (0..data.len())
            .map(|row| {
                let next = known.len() as u32;
                let code = *known.entry(data.text(row)).or_insert(next);
                if code == next {
                    counts.push(0);
                }
                counts[code as usize] += 1;
                code
            })
            .collect();
        let n = data.len() as f64;
        let same = counts.iter().map(|c| (*c as f64 / n).powi(2)).sum();
        Self::Values(codes, same)
    }

    fn between(&self, a: usize, b: usize) -> f64 {
        match self {
            Self::Nothing => 0.0,
            Self::Number(data, deviation) => match (data.number(a), data.number(b)) {
                (Some(a), Some(b)) if a.is_finite() && b.is_finite() => (a - b).abs() / deviation,
                (None, None) => 0.0,
                _ => 1.0,
            },
            Self::Values(codes, same) => {
                if codes[a] == codes[b] {
                    0.0
                } else {
                    *same
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, Float64Array, StringArray};
    use std::sync::Arc;

    fn table() -> Table {
        // Standard deviation 2 of the first; of the second, two rows share a value with probability (9 + 1 + 1) / 25.
        let x = Float64Array::from(vec![Some(0.0), Some(1.0), Some(4.0), Some(5.0), None]);
        let y = StringArray::from(vec!["a", "b", "a", "a", "c"]);
        Table::from_columns(vec![
            ("x".to_owned(), Arc::new(x) as ArrayRef),
            ("y".to_owned(), Arc::new(y) as ArrayRef),
        ])
        .expect("a table")
    }

    #[test]
    fn distances_are_deviations_and_probabilities_of_the_same_value() {
        let deviation = ((2.5_f64.powi(2) * 2.0 + 1.5_f64.powi(2) * 2.0) / 4.0).sqrt();
        let of =
            |others: &[usize]| nearest_other(&table(), &["x", "y"], 0, |r| others.contains(&r));
        let found = of(&[1, 2]).expect("two rows");
        let (near, far) = (1.0 / deviation + 11.0 / 25.0, 4.0 / deviation);
        assert!(near < far);
        assert_eq!((found.row, found.n_searched), (1, 2));
        assert!((found.distance - near).abs() < 1e-12, "{}", found.distance);
        assert_eq!(found.differs, [0, 1]);
        let found = of(&[3]).expect("a row");
        assert!((found.distance - 5.0 / deviation).abs() < 1e-12);
        assert_eq!(found.differs, [0]);
        let missing = of(&[4]).expect("a row");
        assert!((missing.distance - (1.0 + 11.0 / 25.0)).abs() < 1e-12);
        assert_eq!(of(&[]), None);
    }
}
