//! Cuts test rows into segments that a person can name. Which model does better in them is left to `compare`.
//!
//! - Texts and truth values: one segment a value, most frequent first, at most 50 a column.
//! - Whole numbers with at most 12 different values: one segment a value, ascending. Other numbers: bins.
//! - Days and moments: one segment a month (`date = 2013-04`), or a year where there are more than 24 months.
//! - Rows without a value (a NaN too) are a segment of their own.
//! - A condition in SQL's syntax: the rows where it is true are one segment; the others are in none of its set.
//! - A cross of two or three columns: the combinations of their segments that have rows, at most 50, the largest ones.
//!
//! Rows that a limit leaves out of a set are counted in `Cut::left_out`.

use super::column_cut::ColumnCut;
use super::error::EvaluateError;
use crate::data::Table;
use crate::data::expression::{self, Expression};
use crate::domain::algorithm::Problem;
use crate::domain::schema::ColumnType;
use crate::domain::segment::{Bins, Predicate, Segment, SegmentSet, Test};
use std::collections::BTreeMap;

pub use super::proposal::default_segments;

/// Most columns of a cross.
const MAX_COLUMNS: usize = 3;

/// Most segments of one set.
pub const MAX_SEGMENTS_OF_SET: usize = 50;

/// A segment with its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct CutSegment {
    /// Its predicates.
    pub segment: Segment,
    /// Title of its set.
    pub set: String,
    /// Positions of its rows, ascending; at least one.
    pub rows: Vec<usize>,
}

/// Test rows cut by several sets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cut {
    /// The segments, in the order of the sets.
    pub segments: Vec<CutSegment>,
    /// One sentence for each set of which rows are in no segment.
    pub left_out: Vec<String>,
}

/// Cuts the rows of a table by each of the sets.
///
/// # Errors
/// `Params` with every set that has no or more than three columns, or names a column that the table lacks, or has bins
/// that make no sense, or a condition that cannot be understood or computed.
pub fn cut(table: &Table, sets: &[SegmentSet]) -> Result<Cut, EvaluateError> {
    let columns = expression::columns_of(table);
    let problems = validate_segments(sets, &columns);
    if !problems.is_empty() {
        return Err(EvaluateError::Params { problems });
    }
    let mut result = Cut::default();
    for (i, set) in sets.iter().enumerate() {
        match &set.condition {
            None => cut_by(table, set, &mut result),
            Some(text) => match rows_where(table, &columns, text) {
                Ok(rows) if rows.is_empty() => {
                    result.left_out.push(format!("{}: no row", set.title()))
                }
                Ok(rows) => result.segments.push(of_condition(set, text, rows)),
                Err(message) => {
                    let problem =
                        Problem::new(format!("steps.evaluate.segments[{i}].where"), message);
                    return Err(EvaluateError::Params {
                        problems: vec![problem],
                    });
                }
            },
        }
    }
    Ok(result)
}

fn rows_where(
    table: &Table,
    columns: &[(String, ColumnType)],
    text: &str,
) -> Result<Vec<usize>, String> {
    Expression::parse_row_condition(text, columns)
        .and_then(|condition| expression::filter(table, &condition))
        .map_err(|error| error.sentence(text))
}

fn of_condition(set: &SegmentSet, text: &str, rows: Vec<usize>) -> CutSegment {
    let predicate = Predicate {
        column: set.title(),
        test: Test::Where(text.to_owned()),
    };
    CutSegment {
        segment: Segment {
            predicates: vec![predicate],
        },
        set: set.title(),
        rows,
    }
}

/// All problems of the sets, given the columns that there are.
#[must_use]
pub fn validate_segments(sets: &[SegmentSet], columns: &[(String, ColumnType)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, set) in sets.iter().enumerate() {
        let field = format!("steps.evaluate.segments[{i}]");
        if let Some(text) = &set.condition {
            if let Err(error) = Expression::parse_row_condition(text, columns) {
                problems.push(Problem::new(format!("{field}.where"), error.sentence(text)));
            }
            if !set.columns.is_empty() {
                problems.push(Problem::new(
                    format!("{field}.columns"),
                    "a segment set has columns or a condition (where), not both",
                ));
            }
            continue;
        }
        if set.name.is_some() {
            problems.push(Problem::new(
                format!("{field}.name"),
                "only the segment of a condition (where) has a name; others are called by their values",
            ));
        }
        if !(1..=MAX_COLUMNS).contains(&set.columns.len()) {
            problems.push(Problem::new(
                format!("{field}.columns"),
                format!(
                    "a segment set has one to {MAX_COLUMNS} columns, not {}",
                    set.columns.len()
                ),
            ));
        }
        for (at, name) in set.columns.iter().enumerate() {
            if set.columns[..at].contains(name) {
                problems.push(Problem::new(
                    format!("{field}.columns"),
                    format!("{name} cannot be crossed with itself"),
                ));
            }
        }
        for name in set
            .columns
            .iter()
            .filter(|name| !columns.iter().any(|(known, _)| known == *name))
        {
            problems.push(Problem::new(
                format!("{field}.columns"),
                format!("there is no column {name}"),
            ));
        }
        let problem = match &set.bins {
            Bins::Quantile(n) | Bins::Width(n) if !(2..=50).contains(n) => {
                Some(format!("{n} bins: use 2 to 50"))
            }
            Bins::Edges(edges) if edges.is_empty() || edges.iter().any(|e| !e.is_finite()) => {
                Some("edges must be one or more finite numbers".to_owned())
            }
            Bins::Edges(edges) if edges.len() >= MAX_SEGMENTS_OF_SET => Some(format!(
                "{} edges: use fewer than {MAX_SEGMENTS_OF_SET}",
                edges.len()
            )),
            _ => None,
        };
        problems.extend(problem.map(|message| Problem::new(format!("{field}.bins"), message)));
    }
    problems
}

fn cut_by(table: &Table, set: &SegmentSet, result: &mut Cut) {
    let columns: Vec<ColumnCut> = set
        .columns
        .iter()
        .filter_map(|name| table.column(name))
        .map(|column| ColumnCut::of(column, &set.bins))
        .collect();
    // Keys are the positions in each column's segments, so that the map's order is the order of presentation.
    let mut groups: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for row in 0..table.n_rows() {
        let key: Option<Vec<usize>> = columns.iter().map(|c| c.cells[row]).collect();
        if let Some(key) = key {
            groups.entry(key).or_default().push(row);
        }
    }
    let n_groups = groups.len();
    let mut kept: Vec<(Vec<usize>, Vec<usize>)> = groups.into_iter().collect();
    let shortened = kept.len() > MAX_SEGMENTS_OF_SET;
    if shortened {
        kept.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
        kept.truncate(MAX_SEGMENTS_OF_SET);
    }
    if !shortened || columns.iter().any(|c| !c.by_frequency) {
        kept.sort_by(|a, b| a.0.cmp(&b.0));
    }
    let n_in: usize = kept.iter().map(|(_, rows)| rows.len()).sum();
    let n_out = table.n_rows() - n_in;
    if n_out > 0 {
        result.left_out.push(format!(
            "{}: only the {} most frequent of {} segments are compared; {n_out} of {} rows are in the others",
            set.title(),
            kept.len(),
            if columns.len() == 1 { columns[0].n_found() } else { n_groups },
            table.n_rows()
        ));
    }
    for (key, rows) in kept {
        let predicates = key
            .iter()
            .zip(&columns)
            .zip(&set.columns)
            .map(|((&cell, column), name)| Predicate {
                column: name.clone(),
                test: column.tests[cell].clone(),
            })
            .collect();
        result.segments.push(CutSegment {
            segment: Segment { predicates },
            set: set.title(),
            rows,
        });
    }
}

#[cfg(test)]
#[path = "segments_tests.rs"]
mod tests;
