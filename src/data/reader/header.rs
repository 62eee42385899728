//! Names of columns: trimmed, never empty, never twice.

use super::Finding;
use std::collections::BTreeSet;

/// The names for a header line; every name that had to be changed is a finding.
pub(super) fn names(header: &[String], findings: &mut Vec<Finding>) -> Vec<String> {
    let trimmed: Vec<&str> = header.iter().map(|name| name.trim()).collect();
    let mut taken: BTreeSet<String> = trimmed.iter().map(|name| (*name).to_owned()).collect();
    let mut used = BTreeSet::new();
    let mut result = Vec::with_capacity(trimmed.len());
    for (position, name) in trimmed.into_iter().enumerate() {
        if !name.is_empty() && used.insert(name.to_owned()) {
            result.push(name.to_owned());
            continue;
        }
        let (stem, why) = if name.is_empty() {
            (format!("column_{}", position + 1), "had no name".to_owned())
        } else {
            (name.to_owned(), format!("was a second {name:?}"))
        };
        let renamed = free_name(&stem, name.is_empty(), &taken);
        findings.push(Finding::of_column(
            &renamed,
            None,
            format!(
                "Column {} {why} and is now called {renamed:?}",
                position + 1
            ),
        ));
        taken.insert(renamed.clone());
        used.insert(renamed.clone());
        result.push(renamed);
    }
    result
}

/// The stem itself where that may be tried and is free, else the stem with the first free number behind it.
fn free_name(stem: &str, may_be_bare: bool, taken: &BTreeSet<String>) -> String {
    if may_be_bare && !taken.contains(stem) {
        return stem.to_owned();
    }
    (2..)
        .map(|n: u64| format!("{stem}_{n}"))
        .find(|name| !taken.contains(name))
        .expect("there are more numbers than columns")
}
