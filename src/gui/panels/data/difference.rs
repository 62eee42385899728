//! What one version of the schema says otherwise than another, column by column, in words. Pure.

use super::columns::plain;
use super::schema::allowed;
use crate::domain::schema::{ColumnSpec, Ignored, Schema};
use crate::gui::widgets::number;

/// What changed from one version to the next; empty if nothing did.
pub(super) fn differences(before: &Schema, after: &Schema) -> Vec<(String, String)> {
    let mut list = Vec::new();
    for column in &after.columns {
        match before.column(&column.name) {
            None => list.push((column.name.clone(), "new column".to_owned())),
            Some(earlier) => {
                let changes = of_column(earlier, column);
                list.extend(changes.into_iter().map(|c| (column.name.clone(), c)));
            }
        }
    }
    let gone = before
        .columns
        .iter()
        .filter(|c| after.column(&c.name).is_none());
    list.extend(gone.map(|c| (c.name.clone(), "column taken away".to_owned())));
    for new in &after.expectations {
        match before.expectations.iter().find(|e| e.name == new.name) {
            None => list.push((
                new.name.clone(),
                format!("new expectation {}", new.expression),
            )),
            Some(old) if old != new => {
                let change = changed("expectation", &old.expression, &new.expression);
                list.push((new.name.clone(), change));
            }
            Some(_) => {}
        }
    }
    let dropped = before
        .expectations
        .iter()
        .filter(|e| after.expectations.iter().all(|n| n.name != e.name));
    list.extend(dropped.map(|e| (e.name.clone(), "expectation taken away".to_owned())));
    let ignored = after.ignored.iter().filter(|i| !before.ignored.contains(i));
    list.extend(ignored.map(|i| (ignored_in(i), format!("{} is ignored", i.kind.name()))));
    let heeded = before.ignored.iter().filter(|i| !after.ignored.contains(i));
    list.extend(heeded.map(|i| (ignored_in(i), format!("{} counts again", i.kind.name()))));
    let all = || "all columns".to_owned();
    let rows = |n: Option<u64>| n.map_or_else(|| "any number".to_owned(), number::count);
    if before.min_rows != after.min_rows {
        let change = changed("fewest rows", &rows(before.min_rows), &rows(after.min_rows));
        list.push((all(), change));
    }
    if before.max_rows != after.max_rows {
        let change = changed("most rows", &rows(before.max_rows), &rows(after.max_rows));
        list.push((all(), change));
    }
    if before.rows_comparator != after.rows_comparator {
        list.push((all(), "rows against the batch before changed".to_owned()));
    }
    list
}

/// Where a finding is ignored: "origin in june.csv".
fn ignored_in(ignored: &Ignored) -> String {
    let column = ignored.column.as_deref().unwrap_or("all columns");
    format!("{column} in {}", ignored.span)
}

fn changed(what: &str, before: &str, after: &str) -> String {
    format!("{what} {before} → {after}")
}

fn of_column(before: &ColumnSpec, after: &ColumnSpec) -> Vec<String> {
    let mut list = Vec::new();
    if before.kind != after.kind {
        list.push(changed("type", before.kind.title(), after.kind.title()));
    }
    if before.role != after.role {
        list.push(changed("role", before.role.title(), after.role.title()));
    }
    if before.required != after.required {
        let word = |is: bool| if is { "required" } else { "optional" };
        list.push(changed(
            "presence",
            word(before.required),
            word(after.required),
        ));
    }
    if before.min_fraction.to_bits() != after.min_fraction.to_bits() {
        let (old, new) = (before.min_fraction, after.min_fraction);
        list.push(changed(
            "rows with a value, at least",
            &number::percent(old),
            &number::percent(new),
        ));
    }
    if before.domain != after.domain {
        list.push(changed("allowed", &allowed(before), &allowed(after)));
    }
    if before.drift != after.drift {
        let text = |column: &ColumnSpec| {
            column.drift.map_or_else(
                || "not watched".to_owned(),
                |d| format!("{} up to {}", d.measure.title(), plain(d.threshold)),
            )
        };
        list.push(changed("drift", &text(before), &text(after)));
    }
    if before.constraints != after.constraints {
        list.push("further expectations changed".to_owned());
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::schema::{ColumnType, Constraints, Domain, Role};

    #[test]
    fn every_field_that_changed_is_named_with_both_values() {
        let column = |name: &str| ColumnSpec {
            name: name.to_owned(),
            kind: ColumnType::Integer,
            role: Role::Feature,
            required: true,
            min_fraction: 1.0,
            domain: Some(Domain::Range {
                min: Some(0.0),
                max: Some(10.0),
            }),
            drift: None,
            constraints: Constraints::default(),
        };
        let before = Schema {
            columns: vec![column("a"), column("b")],
            min_rows: None,
            max_rows: None,
            rows_comparator: None,
            ignored: Vec::new(),
            expectations: Vec::new(),
        };
        let mut after = before.clone();
        after.columns[0].role = Role::Leaks;
        after.columns[0].domain = None;
        after.columns[1].name = "c".to_owned();
        after.min_rows = Some(1_000);
        let list: Vec<String> = differences(&before, &after)
            .into_iter()
            .map(|(column, change)| format!("{column}: {change}"))
            .collect();
        assert_eq!(
            list,
            [
                "a: role feature → leaks",
                "a: allowed 0 to 10 → anything",
                "c: new column",
                "b: column taken away",
                "all columns: fewest rows any number → 1,000",
            ]
        );
        assert!(differences(&after, &after).is_empty());
    }
}
