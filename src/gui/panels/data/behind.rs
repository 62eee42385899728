//! From an anomaly to the rows behind it, and to the change of the schema that would allow them. Pure: the rows are shown
//! by the tab of rows, the change is prepared in the tab of the schema, where a person looks at it and saves it.

use super::difference::differences;
use crate::domain::anomaly::{Anomaly, AnomalyAnswer, AnomalyKind as Kind};
use crate::domain::row_view::{Exact, RowCondition, RowTest};
use crate::domain::schema::{Domain, Schema};

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
    if anomaly.kind == Kind::CustomValidation {
        return expectation_behind(anomaly, schema?);
    }
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

/// The rows that do not meet the expectation that the anomaly names; `None` where it is over the table.
fn expectation_behind(anomaly: &Anomaly, schema: &Schema) -> Option<Vec<RowCondition>> {
    let expectation = schema.expectations.iter().find(|e| {
        let named = format!("do not meet the expectation {} ({})", e.name, e.expression);
        anomaly.description.contains(&named)
    })?;
    let text = format!("not ({})", expectation.expression);
    Some(vec![RowCondition {
        column: text.clone(),
        test: RowTest::Where(text),
    }])
}

/// The schema with the engine's answer taken in, and what that changes, in words for the note; `None` where a wider
/// schema is no answer.
pub(super) fn widened(anomaly: &Anomaly, schema: &Schema) -> Option<(Schema, String)> {
    let mut wider = schema.clone();
    for answer in &anomaly.answers {
        match answer {
            AnomalyAnswer::WidenColumn(spec) => {
                match wider.columns.iter_mut().find(|c| c.name == spec.name) {
                    Some(column) => *column = (**spec).clone(),
                    None => wider.columns.push((**spec).clone()),
                }
            }
            AnomalyAnswer::WidenRows { min_rows, max_rows } => {
                (wider.min_rows, wider.max_rows) = (*min_rows, *max_rows);
            }
            AnomalyAnswer::FixData | AnomalyAnswer::Ignore => {}
        }
    }
    let changes: Vec<String> = differences(schema, &wider)
        .into_iter()
        .map(|(column, change)| format!("{column}: {change}"))
        .collect();
    (!changes.is_empty()).then(|| (wider, changes.join("; ")))
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
