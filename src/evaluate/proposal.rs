//! Segment sets for somebody who named none: read off the schema and the statistics, few enough to look at and to keep
//! false alarms rare. Crosses are left to people.

use super::column_cut::MAX_WHOLE_VALUES;
use crate::domain::schema::{ColumnSpec, ColumnType, Schema};
use crate::domain::segment::SegmentSet;
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};

/// Most segments that the proposed sets have together.
const MAX_SEGMENTS: usize = 78;
/// Most different texts of a proposed column.
const MAX_TEXTS: u64 = 20;
/// Most months (or years) of a proposed column.
const MAX_MONTHS: u64 = 12;
/// Numeric columns cut into quarters.
const MAX_NUMERIC: usize = 3;

/// The proposed sets, in the schema's order: inputs that are texts of 2 to 20 values, truth values, whole numbers of 2
/// to 12 values, days and moments over 2 to 12 months, and up to three other numeric inputs in quarters. Together at
/// most 78 segments: where there are more, columns with fewer segments go first.
#[must_use]
pub fn default_segments(schema: &Schema, statistics: &DatasetStatistics) -> Vec<SegmentSet> {
    let mut n_numeric = 0;
    // (number of segments, position in the schema, name)
    let mut proposed: Vec<(usize, usize, &str)> = Vec::new();
    for (position, column) in schema.columns.iter().enumerate() {
        let Some(found) = statistics.column(&column.name) else {
            continue;
        };
        if !column.role.is_input() {
            continue;
        }
        let Some(n_segments) = n_segments(column, found) else {
            continue;
        };
        if is_binned(column, found) {
            n_numeric += 1;
            if n_numeric > MAX_NUMERIC {
                continue;
            }
        }
        let n_segments = n_segments + usize::from(found.n_missing > 0);
        proposed.push((n_segments, position, &column.name));
    }
    proposed.sort_unstable();
    let mut total = 0;
    proposed.retain(|(n_segments, ..)| {
        total += n_segments;
        total <= MAX_SEGMENTS
    });
    proposed.sort_unstable_by_key(|(_, position, _)| *position);
    proposed
        .into_iter()
        .map(|(_, _, name)| SegmentSet {
            columns: vec![name.to_owned()],
            ..SegmentSet::default()
        })
        .collect()
}

fn is_binned(column: &ColumnSpec, found: &ColumnStatistics) -> bool {
    column.kind == ColumnType::Number
        || (column.kind == ColumnType::Integer && found.n_distinct > MAX_WHOLE_VALUES as u64)
}

/// How many segments the column would give, missing values not counted; `None` where it is not proposed.
fn n_segments(column: &ColumnSpec, found: &ColumnStatistics) -> Option<usize> {
    let n_distinct = found.n_distinct;
    if n_distinct < 2 {
        return None;
    }
    let n = match column.kind {
        ColumnType::Text if n_distinct <= MAX_TEXTS => n_distinct,
        ColumnType::Boolean => n_distinct,
        ColumnType::Integer | ColumnType::Number if is_binned(column, found) => n_distinct.min(4),
        ColumnType::Integer => n_distinct,
        ColumnType::Date | ColumnType::Timestamp => {
            n_months(found).filter(|n| (2..=MAX_MONTHS).contains(n))?
        }
        _ => return None,
    };
    usize::try_from(n).ok()
}

/// Calendar months from the smallest to the largest value, both counted.
fn n_months(found: &ColumnStatistics) -> Option<u64> {
    let month = |text: &str| {
        let year: u64 = text.get(..4)?.parse().ok()?;
        let month: u64 = text.get(5..7)?.parse().ok()?;
        Some(year * 12 + month)
    };
    let first = month(found.min.as_ref()?.as_str()?)?;
    let last = month(found.max.as_ref()?.as_str()?)?;
    (last + 1).checked_sub(first)
}
