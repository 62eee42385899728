//! A schema while it is edited: which columns changed, what is wrong with it, and what the change would do to what the
//! last run found. Pure; saving is a command, and the next run judges with the real checks.

use super::columns::plain;
use crate::domain::anomaly::ValidationReport;
use crate::domain::dataset::StatisticsReport;
use crate::domain::expectation::Expectation;
use crate::domain::schema::{ColumnSpec, Domain, Role, Schema};
use crate::domain::statistics::DatasetStatistics;
use crate::gui::widgets::number;

/// A schema while it is edited.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// The version it began with.
    pub(super) version: u32,
    /// As it is now.
    pub(super) schema: Schema,
}

impl Draft {
    /// The names of the columns and expectations that differ from `base`, or that one of both alone has, and "rows" where
    /// their number may be another.
    pub(super) fn changes(&self, base: &Schema) -> Vec<String> {
        let columns = self.changed(base).into_iter().map(str::to_owned);
        let (ours, theirs) = (&self.schema.expectations, &base.expectations);
        let new = ours.iter().filter(|e| !theirs.contains(e));
        let is_gone = |e: &&Expectation| ours.iter().all(|own| own.name != e.name);
        let gone = theirs.iter().filter(is_gone);
        let names = new.chain(gone).map(|e| e.name.clone());
        let (ours, theirs) = (&self.schema.ignored, &base.ignored);
        let ignored = ours.iter().filter(|i| !theirs.contains(i));
        let heeded = theirs.iter().filter(|i| !ours.contains(i));
        let kinds = ignored.chain(heeded).map(|i| i.kind.name());
        let is_gone = |c: &&ColumnSpec| self.schema.column(&c.name).is_none();
        let away = base.columns.iter().filter(is_gone).map(|c| c.name.clone());
        let rows = |s: &Schema| (s.min_rows, s.max_rows, s.rows_comparator);
        let counts = (rows(&self.schema) != rows(base)).then(|| "rows".to_owned());
        let all = columns.chain(away).chain(names).chain(kinds);
        all.chain(counts).collect()
    }

    /// The names of the columns that differ from `base`.
    pub(super) fn changed<'a>(&'a self, base: &Schema) -> Vec<&'a str> {
        let differs = |c: &&ColumnSpec| base.column(&c.name) != Some(c);
        self.schema
            .columns
            .iter()
            .filter(differs)
            .map(|c| c.name.as_str())
            .collect()
    }

    /// Everything that makes the schema useless.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let targets: Vec<&str> = self
            .schema
            .columns
            .iter()
            .filter(|c| c.role == Role::Target)
            .map(|c| c.name.as_str())
            .collect();
        match targets.as_slice() {
            [_] => {}
            [] => problems.push("No column is the target; give one the role target.".to_owned()),
            many => problems.push(format!(
                "Only one column can be the target, not {}.",
                many.join(" and ")
            )),
        }
        if self.schema.inputs().next().is_none() {
            problems.push(
                "No column is a feature: a model would have nothing to learn from.".to_owned(),
            );
        }
        for column in &self.schema.columns {
            match &column.domain {
                Some(Domain::Range {
                    min: Some(min),
                    max: Some(max),
                }) if min > max => {
                    problems.push(format!(
                        "{}: the smallest value is above the largest.",
                        column.name
                    ));
                }
                Some(Domain::Values { values, .. }) if values.is_empty() => {
                    problems.push(format!(
                        "{}: the list of allowed values is empty.",
                        column.name
                    ));
                }
                _ => {}
            }
        }
        problems
    }

    /// What the changes would do to the findings of the last run, one sentence each.
    pub(super) fn effects(
        &self,
        base: &Schema,
        judged: Option<&ValidationReport>,
        profile: Option<&StatisticsReport>,
    ) -> Vec<String> {
        let changed = self.changed(base);
        let mut effects = Vec::new();
        if let Some(report) = judged.filter(|report| !report.anomalies.is_empty()) {
            let about = |a: &&crate::domain::anomaly::Anomaly| {
                a.column.as_deref().is_some_and(|c| changed.contains(&c))
            };
            let n = report.anomalies.iter().filter(about).count() as u64;
            let all = number::counted(report.anomalies.len() as u64, "anomaly", "anomalies");
            effects.push(format!(
                "{} of {all} of this run concern what you changed.",
                number::count(n)
            ));
        }
        let newest = profile
            .and_then(|p| p.batches.last())
            .map(|b| &b.statistics);
        for name in changed {
            let (Some(before), Some(after)) = (base.column(name), self.schema.column(name)) else {
                continue;
            };
            effects.extend(role_effect(before, after));
            effects.extend(judged.and_then(|j| drift_effect(before, after, j)));
            effects.extend(newest.and_then(|n| fraction_effect(before, after, n)));
            effects.extend(newest.and_then(|n| range_effect(before, after, n)));
        }
        effects
    }
}

fn role_effect(before: &ColumnSpec, after: &ColumnSpec) -> Option<String> {
    let name = &after.name;
    if before.role == after.role {
        return None;
    }
    Some(match (before.role.is_input(), after.role.is_input()) {
        (true, false) => format!("{name}: no model sees it any longer."),
        (false, true) => format!("{name} becomes an input of the models."),
        _ => format!(
            "{name} is {} instead of {}.",
            after.role.title(),
            before.role.title()
        ),
    })
}

fn drift_effect(
    before: &ColumnSpec,
    after: &ColumnSpec,
    report: &ValidationReport,
) -> Option<String> {
    if before.drift == after.drift {
        return None;
    }
    let name = &after.name;
    let Some(bound) = after.drift else {
        return Some(format!("{name} is no longer watched for drift."));
    };
    let measured = report
        .drift
        .iter()
        .find(|d| &d.column == name && d.measure == bound.measure)?;
    let distance = number::fixed(measured.distance, 3);
    let at = plain(bound.threshold);
    let was = before
        .drift
        .is_some_and(|b| measured.distance > b.threshold);
    Some(match (was, measured.distance > bound.threshold) {
        (true, false) => {
            format!("{name}: the distance {distance} would no longer be drift (bound {at}).")
        }
        (false, true) => format!("{name}: the distance {distance} would be drift (bound {at})."),
        (_, true) => format!("{name}: the distance {distance} stays drift (bound {at})."),
        (_, false) => format!("{name}: the distance {distance} stays within the bound {at}."),
    })
}

fn fraction_effect(
    before: &ColumnSpec,
    after: &ColumnSpec,
    newest: &DatasetStatistics,
) -> Option<String> {
    if before.min_fraction == after.min_fraction {
        return None;
    }
    let column = newest.column(&after.name)?;
    let share = 1.0 - column.n_missing as f64 / newest.n_rows.max(1) as f64;
    let word = if share < after.min_fraction {
        "too few"
    } else {
        "enough"
    };
    Some(format!(
        "{}: {} of the newest rows have a value, which would be {word}.",
        after.name,
        number::percent(share)
    ))
}

fn range_effect(
    before: &ColumnSpec,
    after: &ColumnSpec,
    newest: &DatasetStatistics,
) -> Option<String> {
    if before.domain == after.domain {
        return None;
    }
    let column = newest.column(&after.name)?;
    match after.domain.as_ref()? {
        Domain::Range { min, max } => {
            let (low, high) = (
                column.min.as_ref()?.as_f64()?,
                column.max.as_ref()?.as_f64()?,
            );
            let is_inside = min.is_none_or(|m| low >= m) && max.is_none_or(|m| high <= m);
            let span = format!("{} to {}", plain(low), plain(high));
            let word = if is_inside {
                "within the bounds"
            } else {
                "outside the bounds"
            };
            Some(format!(
                "{}: the newest batch reaches from {span}, {word}.",
                after.name
            ))
        }
        Domain::Values { values, .. } => {
            let frequent = column.top.iter().map(|t| &t.value);
            let all: Vec<&String> = column
                .values
                .iter()
                .chain(frequent.filter(|_| column.values.is_empty()))
                .collect();
            let unknown: Vec<&str> = all
                .into_iter()
                .filter(|v| !values.contains(v))
                .map(String::as_str)
                .collect();
            Some(if unknown.is_empty() {
                format!(
                    "{}: all values of the newest batch are allowed.",
                    after.name
                )
            } else {
                format!(
                    "{}: not allowed in the newest batch would be {}.",
                    after.name,
                    unknown.join(", ")
                )
            })
        }
    }
}
