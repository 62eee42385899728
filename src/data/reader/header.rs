//! Names of columns: trimmed, without control characters, never empty, never twice.

use super::Finding;
use std::collections::BTreeSet;

/// The names for a header line; every name that had to be changed is a finding.
pub(super) fn names(header: &[String], findings: &mut Vec<Finding>) -> Vec<String> {
    let legible: Vec<String> = header.iter().map(|name| legible(name, findings)).collect();
    let mut taken: BTreeSet<String> = legible.iter().cloned().collect();
    let mut used = BTreeSet::new();
    let mut result = Vec::with_capacity(legible.len());
    for (position, name) in legible.into_iter().enumerate() {
        if !name.is_empty() && used.insert(name.clone()) {
            result.push(name);
            continue;
        }
        let (stem, why) = if name.is_empty() {
            (format!("column_{}", position + 1), "had no name".to_owned())
        } else {
            (name.clone(), format!("was a second {name:?}"))
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

/// A name without blanks around it and without control characters other than line ends and tabs: nobody can type or see them.
fn legible(name: &str, findings: &mut Vec<Finding>) -> String {
    let name = name.trim();
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if !name.contains(is_control) {
        return name.to_owned();
    }
    let legible = name.replace(is_control, "").trim().to_owned();
    findings.push(Finding::of_file(format!(
        "The name {name:?} has characters that cannot be seen; the column is called {legible:?}"
    )));
    legible
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
