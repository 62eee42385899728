//! What an edit of the schema does to the rows that are there, counted at once by the engine: "delay: would flag 12 of
//! 4,200 rows". What it does to drift and to roles is told by the draft.

use super::behind::outside;
use super::schema::Evidence;
use crate::domain::expectation::Expectation;
use crate::domain::row_view::{RowCondition, RowTest};
use crate::domain::schema::{ColumnSpec, ColumnType, Domain, Schema};
use crate::gui::panel::{Load, PanelContext};
use crate::gui::widgets::number;
use crate::workspace::{Answer, Query, conditions};
use std::sync::Arc;

/// A count that is asked for: the column, what is counted, and the share of rows that may be so.
struct Asked<'a> {
    /// The column or the expectation.
    name: &'a str,
    test: RowTest,
    allowed: f64,
    what: &'static str,
}

/// One sentence for each column whose values or presence were edited.
pub(super) fn counted(
    context: &PanelContext<'_>,
    before: &Schema,
    after: &Schema,
    evidence: Evidence<'_>,
) -> Vec<String> {
    let Some((batch, artifact)) = evidence.newest else {
        return Vec::new();
    };
    let mut asked: Vec<Asked<'_>> = after
        .columns
        .iter()
        .flat_map(|column| asked(before.column(&column.name), column))
        .collect();
    asked.extend(breaches(before, after));
    if asked.is_empty() {
        return Vec::new();
    }
    let sets = asked.iter().map(|a| {
        vec![RowCondition {
            column: a.name.to_owned(),
            test: a.test.clone(),
        }]
    });
    let query = Query::Counts {
        hash: artifact.hash.clone(),
        sets: Arc::new(sets.collect()),
    };
    let answer = match context.load(Some(&query)) {
        Load::Ready(answer) => answer,
        Load::Failed(failure) => {
            return vec![format!("The rows cannot be counted: {}", failure.summary)];
        }
        Load::Loading | Load::Empty => {
            return vec![format!("Counting the rows of {}…", batch.name)];
        }
    };
    let Answer::Counts(counts) = &*answer else {
        return Vec::new();
    };
    asked
        .iter()
        .zip(counts)
        .map(|(asked, n)| sentence(asked, *n, (&batch.name, batch.n_rows)))
        .collect()
}

/// The rows that do not meet a new expectation; what is over the whole table has none.
fn breaches<'a>(before: &Schema, after: &'a Schema) -> Vec<Asked<'a>> {
    let columns: Vec<(String, ColumnType)> = after
        .columns
        .iter()
        .map(|c| (c.name.clone(), c.kind))
        .collect();
    let is_new = |e: &&Expectation| !before.expectations.contains(e);
    let is_of_rows = |e: &&Expectation| conditions::check(&e.expression, &columns).is_ok();
    let new = after.expectations.iter().filter(is_new).filter(is_of_rows);
    new.map(|e| Asked {
        name: &e.name,
        test: RowTest::Where(format!("not ({})", e.expression)),
        allowed: 1.0 - e.min_fraction,
        what: "that do not meet it",
    })
    .collect()
}

fn asked<'a>(before: Option<&ColumnSpec>, after: &'a ColumnSpec) -> Vec<Asked<'a>> {
    let mut list = Vec::new();
    if let Some(domain) = after
        .domain
        .as_ref()
        .filter(|_| before.is_none_or(|b| b.domain != after.domain))
        && let Some(test) = outside(domain)
    {
        let allowed = match domain {
            Domain::Values {
                min_domain_mass, ..
            } => 1.0 - min_domain_mass,
            Domain::Range { .. } => 0.0,
        };
        list.push(Asked {
            name: &after.name,
            test,
            allowed,
            what: "with a value that is not allowed",
        });
    }
    if before.is_none_or(|b| b.min_fraction.to_bits() != after.min_fraction.to_bits()) {
        list.push(Asked {
            name: &after.name,
            test: RowTest::Missing,
            allowed: 1.0 - after.min_fraction,
            what: "without a value",
        });
    }
    list
}

fn sentence(asked: &Asked<'_>, n: u64, (batch, n_rows): (&str, u64)) -> String {
    let name = asked.name;
    let rows = number::counted(n_rows, "row", "rows");
    let count = number::count(n);
    if n == 0 {
        return format!("{name}: would flag none of {rows} of {batch}.");
    }
    // A share is compared as the check does, with room for the last digit of a percentage.
    if n as f64 <= asked.allowed * n_rows as f64 + 1e-9 {
        let what = asked.what;
        return format!(
            "{name}: would flag nothing; {count} of {rows} of {batch} {what} are few enough."
        );
    }
    format!(
        "{name}: would flag {count} of {rows} of {batch}, {}.",
        asked.what
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::schema::{Constraints, Role};

    #[test]
    fn the_sentence_says_how_many_rows_of_how_many() {
        let column = ColumnSpec {
            name: "delay".to_owned(),
            kind: ColumnType::Integer,
            role: Role::Feature,
            required: true,
            min_fraction: 0.9,
            domain: Some(Domain::Range {
                min: Some(0.0),
                max: None,
            }),
            drift: None,
            constraints: Constraints::default(),
        };
        let list = asked(None, &column);
        let text = |n| sentence(&list[0], n, ("a.csv", 4_200));
        assert_eq!(
            text(12),
            "delay: would flag 12 of 4,200 rows of a.csv, with a value that is not allowed."
        );
        assert_eq!(text(0), "delay: would flag none of 4,200 rows of a.csv.");
        let missing = |n| sentence(&list[1], n, ("a.csv", 4_200));
        assert!(
            missing(420).contains("would flag nothing"),
            "{}",
            missing(420)
        );
        assert!(missing(421).contains("would flag 421"), "{}", missing(421));
        assert!(asked(Some(&column), &column).is_empty());
    }
}
