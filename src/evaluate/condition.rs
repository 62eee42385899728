//! The conditions of a segment in SQL's syntax, as a person would type them: what was found becomes a segment by its text.

use crate::data::{Table, expression};
use crate::domain::schema::ColumnType;
use crate::domain::segment::{Predicate, Test};

/// `carrier = 'B6' and hour >= 17`: true for the rows of a table that meet all predicates.
pub(super) fn condition(predicates: &[Predicate], table: &Table) -> String {
    let parts: Vec<String> = predicates.iter().map(|p| of_one(p, table)).collect();
    parts.join(" and ")
}

fn of_one(Predicate { column, test }: &Predicate, table: &Table) -> String {
    let kind = table.position(column).map(|at| table.column_type(at));
    let name = expression::quoted(column);
    match test {
        Test::Where(text) => format!("({text})"),
        Test::Missing => format!("{name} is null"),
        Test::Equals(value) => match kind {
            Some(ColumnType::Integer | ColumnType::Number) => format!("{name} = {value}"),
            Some(ColumnType::Boolean) if value == "true" => name,
            Some(ColumnType::Boolean) => format!("not {name}"),
            Some(ColumnType::Date | ColumnType::Timestamp) => match value.split_once('-') {
                None => format!("year({name}) = {value}"),
                Some((year, month)) => format!(
                    "year({name}) = {year} and month({name}) = {}",
                    month.trim_start_matches('0')
                ),
            },
            _ => format!("{name} = '{}'", value.replace('\'', "''")),
        },
        Test::Range { low, high } => match (low, high) {
            (Some(low), Some(high)) => format!("{name} >= {low} and {name} < {high}"),
            (Some(low), None) => format!("{name} >= {low}"),
            (None, Some(high)) => format!("{name} < {high}"),
            (None, None) => format!("{name} is not null"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::expression::{Expression, columns_of, filter};
    use crate::domain::segment::SegmentSet;
    use crate::evaluate::segments;
    use arrow::array::{
        ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    };
    use std::sync::Arc;

    /// Columns of every type, with names and values that must be quoted.
    fn table() -> Table {
        let n = 400;
        let each = |f: &dyn Fn(i64) -> i64| (0..n).map(f).collect::<Vec<i64>>();
        let text: Vec<Option<&str>> = (0..n as usize)
            .map(|i| [Some("it's"), Some("B6"), None, Some("and")][i * 7 % 4])
            .collect();
        let day: Vec<i32> = (0..n as i32).map(|i| 15_700 + i).collect();
        let few = each(&|i| i % 5);
        let many = each(&|i| i * 37 % 91 - 40);
        let real: Vec<Option<f64>> = (0..n)
            .map(|i| (i % 9 != 0).then_some((i * 53 % 101) as f64 / 7.0 - 3.0))
            .collect();
        let truth: Vec<bool> = (0..n).map(|i| i % 3 == 0).collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("Carrier name", Arc::new(StringArray::from(text))),
            ("day", Arc::new(Date32Array::from(day))),
            ("order", Arc::new(Int64Array::from(few))),
            ("many", Arc::new(Int64Array::from(many))),
            ("real", Arc::new(Float64Array::from(real))),
            ("flag", Arc::new(BooleanArray::from(truth))),
        ];
        let named = columns.into_iter().map(|(n, c)| (n.to_owned(), c));
        Table::from_columns(named.collect()).expect("a table")
    }

    #[test]
    fn the_condition_of_every_segment_is_true_for_its_rows_and_no_other() {
        let table = table();
        let names = table.names();
        let single = names.iter().map(|name| vec![name.clone()]);
        let crosses = names.windows(2).map(<[String]>::to_vec);
        let sets: Vec<SegmentSet> = single
            .chain(crosses)
            .map(|columns| SegmentSet {
                columns,
                ..SegmentSet::default()
            })
            .collect();
        let cut = segments::cut(&table, &sets).expect("columns are there");
        assert!(cut.segments.len() > 100, "{}", cut.segments.len());
        for part in &cut.segments {
            let text = condition(&part.segment.predicates, &table);
            let parsed = Expression::parse_row_condition(&text, &columns_of(&table));
            let parsed = parsed.unwrap_or_else(|e| panic!("{text}: {e:?}"));
            assert_eq!(
                filter(&table, &parsed).expect("it can be computed"),
                part.rows,
                "{text}"
            );
        }
    }
}
