//! From an anomaly to the rows behind it, and to the change of the schema that would allow them. Pure: the rows are shown
//! by the tab of rows, the change is prepared in the tab of the schema, where a person looks at it and saves it.

use super::columns::plain;
use crate::domain::anomaly::{Anomaly, AnomalyKind as Kind, ValidationReport};
use crate::domain::row_view::{Exact, RowCondition, RowTest};
use crate::domain::schema::{ColumnSpec, Constraints, Domain, Role, Schema};
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};
use crate::gui::widgets::number;

/// What a domain forbids, as a test of rows.
pub(super) fn outside(domain: &Domain) -> Option<RowTest> {
    match domain {
        Domain::Values { values, .. } => Some(RowTest::NoneOf(values.clone())),
        Domain::Range {
            min: None,
            max: None,
        } => None,
        Domain::Range { min, max } => Some(RowTest::Outside {
            min: min.map(Exact),
            max: max.map(Exact),
        }),
    }
}

/// The conditions that the rows behind an anomaly meet; `None` where it is not about single rows.
pub(super) fn rows_behind(anomaly: &Anomaly, schema: Option<&Schema>) -> Option<Vec<RowCondition>> {
    let column = anomaly.column.clone()?;
    let domain = || schema.and_then(|s| s.column(&column)?.domain.as_ref());
    let bounds = |takes_min: bool| match domain() {
        Some(Domain::Range { min, max }) => Some(RowTest::Outside {
            min: min.filter(|_| takes_min).map(Exact),
            max: max.filter(|_| !takes_min).map(Exact),
        }),
        _ => None,
    };
    let test = match anomaly.kind {
        Kind::EnumTypeUnexpectedStringValues => outside(domain()?)?,
        Kind::IntTypeBigInt | Kind::FloatTypeBigFloat => bounds(false)?,
        Kind::IntTypeSmallInt | Kind::FloatTypeSmallFloat => bounds(true)?,
        Kind::FloatTypeHasNan | Kind::FloatTypeHasInf => RowTest::NotFinite,
        Kind::IntTypeNotIntString | Kind::FloatTypeStringNotFloat => RowTest::NotNumeric,
        Kind::BoolTypeUnexpectedString => {
            RowTest::NoneOf(vec!["false".to_owned(), "true".to_owned()])
        }
        Kind::FeatureTypeNotPresent | Kind::FeatureTypeLowFractionPresent => RowTest::Missing,
        _ => return None,
    };
    Some(vec![RowCondition { column, test }])
}

/// The schema as it would have to be for the anomaly not to be one, and what that means, in words for the note; `None`
/// where a wider schema is no answer. `statistics` are those of the batch in which it was found.
pub(super) fn widened(
    anomaly: &Anomaly,
    schema: &Schema,
    report: &ValidationReport,
    statistics: Option<&DatasetStatistics>,
) -> Option<(Schema, String)> {
    let mut wider = schema.clone();
    let Some(name) = &anomaly.column else {
        return rows_allowed(anomaly, wider, statistics?);
    };
    let found = statistics.and_then(|s| s.column(name));
    if anomaly.kind == Kind::SchemaNewColumn {
        let words = format!("{name} may be there; it is ignored until it gets a role");
        wider.columns.push(new_column(found?));
        return Some((wider, words));
    }
    let column = wider.columns.iter_mut().find(|c| &c.name == name)?;
    let words = match anomaly.kind {
        Kind::SchemaMissingColumn => {
            column.required = false;
            format!("a batch may lack {name}")
        }
        Kind::FeatureTypeNotPresent | Kind::FeatureTypeLowFractionPresent => {
            let n_rows = statistics.map_or(0, |s| s.n_rows).max(1);
            let present = n_rows.saturating_sub(found?.n_missing);
            // Rounded down, so that the batch itself fits.
            column.min_fraction = (present as f64 / n_rows as f64 * 1_000.0).floor() / 1_000.0;
            let share = number::percent(column.min_fraction);
            format!("{share} of the rows with a value of {name} are enough")
        }
        Kind::ComparatorLInftyHigh | Kind::ComparatorJensenShannonDivergenceHigh => {
            let measured = report.drift.iter().find(|d| &d.column == name)?;
            let drift = column.drift.as_mut()?;
            drift.threshold = ((measured.distance * 100.0).ceil() / 100.0).min(1.0);
            let bound = plain(drift.threshold);
            format!("{name} may move by up to {bound} between batches")
        }
        _ => allow_values(column, found?)?,
    };
    Some((wider, words))
}

fn rows_allowed(
    anomaly: &Anomaly,
    mut schema: Schema,
    statistics: &DatasetStatistics,
) -> Option<(Schema, String)> {
    let n = statistics.n_rows;
    let rows = number::counted(n, "row", "rows");
    let words = match anomaly.kind {
        Kind::DatasetLowNumExamples => {
            schema.min_rows = Some(n);
            format!("a batch of {rows} is large enough")
        }
        Kind::DatasetHighNumExamples => {
            schema.max_rows = Some(n);
            format!("a batch of {rows} is not too large")
        }
        _ => return None,
    };
    Some((schema, words))
}

fn new_column(found: &ColumnStatistics) -> ColumnSpec {
    ColumnSpec {
        name: found.name.clone(),
        kind: found.kind,
        role: Role::Ignored,
        required: false,
        min_fraction: 0.0,
        domain: None,
        drift: None,
        constraints: Constraints::default(),
    }
}

/// Takes what the batch holds into the domain of a column.
fn allow_values(column: &mut ColumnSpec, found: &ColumnStatistics) -> Option<String> {
    let name = &column.name;
    match column.domain.as_mut()? {
        Domain::Values { values, .. } => {
            let all = found.values.iter();
            let top = found.top.iter().map(|t| &t.value);
            let new: Vec<String> = all
                .chain(top.filter(|_| found.values.is_empty()))
                .filter(|v| !values.contains(v))
                .cloned()
                .collect();
            if new.is_empty() {
                return None;
            }
            let words = format!("{name} may also be {}", new.join(", "));
            values.extend(new);
            values.sort();
            values.dedup();
            Some(words)
        }
        Domain::Range { min, max } => {
            let low = found.min.as_ref().and_then(crate::domain::Scalar::as_f64);
            let high = found.max.as_ref().and_then(crate::domain::Scalar::as_f64);
            if let (Some(bound), Some(low)) = (min.as_mut(), low) {
                *bound = bound.min(low);
            }
            if let (Some(bound), Some(high)) = (max.as_mut(), high) {
                *bound = bound.max(high);
            }
            let text = |v: &Option<f64>| v.map_or_else(|| "no bound".to_owned(), plain);
            Some(format!(
                "{name} may lie from {} to {}",
                text(min),
                text(max)
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_without_bounds_forbids_nothing() {
        let none = Domain::Range {
            min: None,
            max: None,
        };
        assert_eq!(outside(&none), None);
        let some = Domain::Range {
            min: Some(1.0),
            max: None,
        };
        let expected = RowTest::Outside {
            min: Some(Exact(1.0)),
            max: None,
        };
        assert_eq!(outside(&some), Some(expected));
    }
}
