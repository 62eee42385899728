//! Tests of validation: every kind of anomaly fires when its condition holds and not otherwise; verdicts. Inference and
//! drift have files of their own.

mod drifting;
mod expectations;
mod halves;
mod inference;

use super::*;
use crate::data::{Table, profile::profile};
use crate::domain::anomaly::{AnomalyKind as K, DataVerdict, Severity, Skew, ValidationReport};
use crate::domain::pipeline::{SchemaParams, StatisticsParams, ValidateParams};
use crate::domain::schema::{ColumnSpec, ColumnType as T, Domain, Role, Schema};
use crate::domain::{Failure, FailureKind, Task};
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, new_null_array,
};
use arrow::datatypes::DataType;
use std::sync::Arc;

fn table(columns: Vec<(&str, ArrayRef)>) -> Table {
    let columns = columns
        .into_iter()
        .map(|(n, a)| (n.to_owned(), a))
        .collect();
    Table::from_columns(columns).unwrap()
}

fn ints(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

fn reals(values: impl IntoIterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}

fn texts<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn truths(values: &[bool]) -> ArrayRef {
    Arc::new(BooleanArray::from(values.to_vec()))
}

fn spec(kind: T, role: Role) -> ColumnSpec {
    ColumnSpec {
        name: "x".to_owned(),
        kind,
        role,
        required: true,
        min_fraction: 0.5,
        domain: None,
        drift: None,
        constraints: Default::default(),
    }
}

fn within(kind: T, min: f64, max: f64) -> ColumnSpec {
    let domain = Some(Domain::Range {
        min: Some(min),
        max: Some(max),
    });
    ColumnSpec {
        domain,
        ..spec(kind, Role::Feature)
    }
}

fn listed(values: &[&str], min_domain_mass: f64) -> ColumnSpec {
    let values = values.iter().map(|v| (*v).to_owned()).collect();
    let domain = Some(Domain::Values {
        values,
        min_domain_mass,
    });
    ColumnSpec {
        domain,
        ..spec(T::Text, Role::Feature)
    }
}

fn checked_in(schema: &Schema, tables: &[Table], environment: Environment) -> ValidationReport {
    let statistics: Vec<_> = tables
        .iter()
        .map(|t| profile(t, &StatisticsParams::default()))
        .collect();
    let names: Vec<String> = (1..=tables.len()).map(|i| format!("b{i}.csv")).collect();
    let spans: Vec<Span<'_>> = (0..tables.len())
        .map(|i| Span {
            name: &names[i],
            statistics: Some(&statistics[i]),
            table: &tables[i],
        })
        .collect();
    let params = ValidateParams::default();
    let report = check(schema, &spans, &params, environment);
    let unprofiled: Vec<Span<'_>> = spans
        .iter()
        .map(|span| Span {
            statistics: None,
            ..*span
        })
        .collect();
    let without = check(schema, &unprofiled, &params, environment);
    assert_eq!(
        report, without,
        "what is looked up is what the profile says"
    );
    report
}

fn checked(specs: Vec<ColumnSpec>, tables: &[Table]) -> ValidationReport {
    let schema = Schema {
        columns: specs,
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations: Vec::new(),
    };
    checked_in(&schema, tables, Environment::Training)
}

/// Kind, weight and rows of what is found in a single column `x`.
fn found(spec: ColumnSpec, array: ArrayRef) -> Vec<(K, Severity, u64)> {
    checked(vec![spec], &[table(vec![("x", array)])])
        .anomalies
        .iter()
        .map(|a| (a.kind, a.severity, a.n_rows))
        .collect()
}

/// Name, spec and values of the column `x`, and what is found: kind, weight, rows.
type Case<'a> = (&'a str, ColumnSpec, ArrayRef, &'a [(K, Severity, u64)]);

#[test]
fn kinds_fire_when_their_condition_holds_and_only_then() {
    use Severity::{Error, Info};
    let feature = |kind| spec(kind, Role::Feature);
    let nothing: &[(K, Severity, u64)] = &[];
    let some_missing = |n: usize| -> ArrayRef {
        Arc::new(
            (0..10)
                .map(|i| (i >= n).then_some(1))
                .collect::<Int64Array>(),
        )
    };
    let loose = |min_fraction| ColumnSpec {
        min_fraction,
        ..feature(T::Integer)
    };
    let hundred = |n_new: usize| texts((0..100).map(move |i| if i < n_new { "new" } else { "a" }));
    let cases: Vec<Case<'_>> = vec![
        ("missing at the bound", loose(0.5), some_missing(5), nothing),
        (
            "missing below the bound",
            loose(0.5),
            some_missing(6),
            &[(K::FeatureTypeLowFractionPresent, Error, 6)],
        ),
        (
            "one missing of all wanted",
            loose(1.0),
            some_missing(1),
            &[(K::FeatureTypeLowFractionPresent, Error, 1)],
        ),
        (
            "no value",
            loose(0.5),
            some_missing(10),
            &[(K::FeatureTypeNotPresent, Error, 10)],
        ),
        (
            "no value, read as text",
            loose(0.5),
            new_null_array(&DataType::Utf8, 4),
            &[(K::FeatureTypeNotPresent, Error, 4)],
        ),
        (
            "no value, none wanted",
            loose(0.0),
            some_missing(10),
            nothing,
        ),
        ("no rows", loose(0.5), ints([]), nothing),
        (
            "at both bounds",
            within(T::Integer, 1.0, 3.0),
            ints([1, 2, 3]),
            nothing,
        ),
        (
            "big",
            within(T::Integer, 1.0, 3.0),
            ints([1, 4, 5]),
            &[(K::IntTypeBigInt, Error, 2)],
        ),
        (
            "small",
            within(T::Integer, 1.0, 3.0),
            ints([0, 2]),
            &[(K::IntTypeSmallInt, Error, 1)],
        ),
        (
            "big real",
            within(T::Number, 1.0, 3.0),
            reals([3.1, 3.0]),
            &[(K::FloatTypeBigFloat, Error, 1)],
        ),
        (
            "small real",
            within(T::Number, 1.0, 3.0),
            reals([0.9, 1.0]),
            &[(K::FloatTypeSmallFloat, Error, 1)],
        ),
        (
            "whole numbers for reals",
            within(T::Number, 1.0, 3.0),
            ints([1, 9]),
            &[(K::FloatTypeBigFloat, Error, 1)],
        ),
        (
            "reals for whole numbers",
            feature(T::Integer),
            reals([1.0, 1.5]),
            &[(K::UnexpectedDataType, Error, 1)],
        ),
        (
            "whole reals",
            feature(T::Integer),
            reals([1.0, 2.0]),
            &[(K::UnexpectedDataType, Error, 2)],
        ),
        (
            "texts for whole numbers",
            feature(T::Integer),
            texts(["1", "1.5", "?"]),
            &[
                (K::UnexpectedDataType, Error, 3),
                (K::IntTypeNotIntString, Error, 2),
            ],
        ),
        (
            "readable texts",
            feature(T::Integer),
            texts(["1", " 2"]),
            &[(K::UnexpectedDataType, Error, 2)],
        ),
        (
            "texts for reals",
            feature(T::Number),
            texts(["1.5", "high"]),
            &[
                (K::UnexpectedDataType, Error, 2),
                (K::FloatTypeStringNotFloat, Error, 1),
            ],
        ),
        (
            "texts for truth",
            feature(T::Boolean),
            texts(["True", "maybe"]),
            &[
                (K::UnexpectedDataType, Error, 2),
                (K::BoolTypeUnexpectedString, Error, 1),
            ],
        ),
        (
            "numbers for truth",
            feature(T::Boolean),
            ints([0, 1]),
            &[(K::UnexpectedDataType, Error, 2)],
        ),
        ("truth", feature(T::Boolean), truths(&[true]), nothing),
        (
            "numbers for texts",
            feature(T::Text),
            ints([1, 2]),
            &[(K::UnexpectedDataType, Error, 2)],
        ),
        (
            "days for moments",
            feature(T::Timestamp),
            Arc::new(Date32Array::from(vec![1])),
            &[(K::UnexpectedDataType, Error, 1)],
        ),
        (
            "nan within bounds",
            within(T::Number, 0.0, 3.0),
            reals([1.0, f64::NAN]),
            &[(K::FloatTypeHasNan, Error, 1)],
        ),
        (
            "nan without bounds",
            feature(T::Number),
            reals([1.0, f64::NAN]),
            &[(K::FloatTypeHasNan, Info, 1)],
        ),
        (
            "all nan",
            within(T::Number, 0.0, 3.0),
            reals([f64::NAN; 3]),
            &[(K::FloatTypeHasNan, Error, 3)],
        ),
        (
            "infinite",
            within(T::Number, 0.0, 3.0),
            reals([1.0, f64::NEG_INFINITY]),
            &[(K::FloatTypeHasInf, Error, 1)],
        ),
        ("listed", listed(&["a"], 1.0), hundred(0), nothing),
        (
            "one new, none allowed",
            listed(&["a"], 1.0),
            hundred(1),
            &[(K::EnumTypeUnexpectedStringValues, Error, 1)],
        ),
        (
            "rare new",
            listed(&["a"], 0.99),
            hundred(1),
            &[(K::EnumTypeUnexpectedStringValues, Info, 1)],
        ),
        (
            "many new",
            listed(&["a"], 0.99),
            hundred(2),
            &[(K::EnumTypeUnexpectedStringValues, Error, 2)],
        ),
    ];
    for (name, spec, array, expected) in cases {
        assert_eq!(found(spec.clone(), array.clone()), expected, "{name}");
        // No model uses a column that leaks: the same findings weigh nothing, and one batch is still trained on.
        let leaks = ColumnSpec {
            role: Role::Leaks,
            ..spec
        };
        let report = checked(vec![leaks], &[table(vec![("x", array)])]);
        assert_eq!(report.anomalies.len(), expected.len(), "{name}");
        assert!(
            report
                .anomalies
                .iter()
                .all(|a| a.severity == Info && a.skew == Skew::None),
            "{name}"
        );
        assert_eq!(report.verdict, DataVerdict::Retrain, "{name}");
    }
}

#[test]
fn columns_and_rows_that_come_and_go() {
    let specs = vec![
        ColumnSpec {
            name: "arr_delay".to_owned(),
            ..spec(T::Integer, Role::Feature)
        },
        ColumnSpec {
            name: "note".to_owned(),
            ..spec(T::Text, Role::Ignored)
        },
        ColumnSpec {
            name: "free".to_owned(),
            required: false,
            ..spec(T::Text, Role::Feature)
        },
    ];
    let report = checked(specs, &[table(vec![("ArrDelay", ints([1, 2]))])]);
    let kinds: Vec<_> = report
        .anomalies
        .iter()
        .map(|a| (a.kind, a.column.as_deref().unwrap(), a.severity))
        .collect();
    assert_eq!(
        kinds,
        [
            (K::SchemaNewColumn, "ArrDelay", Severity::Error),
            (K::SchemaMissingColumn, "arr_delay", Severity::Error),
            (K::SchemaMissingColumn, "note", Severity::Info),
        ]
    );
    assert_eq!(report.verdict, DataVerdict::Stop);
    assert!(report.reason.contains("SCHEMA_NEW_COLUMN") && report.reason.contains("b1.csv"));
    assert!(report.anomalies[1].hint.contains("ArrDelay"));

    let sized = |min_rows, max_rows, n: i64, environment| {
        let schema = Schema {
            columns: vec![spec(T::Integer, Role::Feature)],
            min_rows,
            max_rows,
            rows_comparator: None,
            ignored: Vec::new(),
            expectations: Vec::new(),
        };
        let report = checked_in(&schema, &[table(vec![("x", ints(0..n))])], environment);
        report
            .anomalies
            .iter()
            .map(|a| (a.kind, a.skew, a.n_rows))
            .collect::<Vec<_>>()
    };
    let (training, serving) = (Environment::Training, Environment::Serving);
    assert_eq!(
        sized(Some(1), None, 0, training),
        [(K::DatasetLowNumExamples, Skew::Schema, 0)]
    );
    assert_eq!(sized(Some(3), Some(3), 3, training), []);
    assert_eq!(
        sized(None, Some(3), 4, training),
        [(K::DatasetHighNumExamples, Skew::None, 4)]
    );
    assert_eq!(sized(Some(3), None, 1, serving), []);
}

#[test]
fn serving_needs_no_target() {
    let schema = Schema {
        columns: vec![
            spec(T::Integer, Role::Feature),
            ColumnSpec {
                name: "y".to_owned(),
                ..spec(T::Text, Role::Target)
            },
            ColumnSpec {
                name: "z".to_owned(),
                ..spec(T::Text, Role::Leaks)
            },
        ],
        min_rows: Some(10),
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations: Vec::new(),
    };
    let request = [table(vec![("x", ints([1]))])];
    let report = checked_in(&schema, &request, Environment::Serving);
    assert_eq!(
        (report.verdict, report.anomalies.len()),
        (DataVerdict::Ok, 0)
    );
    let report = checked_in(&schema, &request, Environment::Training);
    assert_eq!(
        (report.verdict, report.anomalies.len()),
        (DataVerdict::Stop, 3)
    );
}

#[test]
fn verdicts_and_reasons() {
    let x = || vec![spec(T::Integer, Role::Feature)];
    let first = checked(x(), &[table(vec![("x", ints([1]))])]);
    assert_eq!(first.verdict, DataVerdict::Retrain);
    assert!(first.reason.contains("first"), "{}", first.reason);
    let second = checked(
        x(),
        &[table(vec![("x", ints([1]))]), table(vec![("x", ints([2]))])],
    );
    assert_eq!((second.verdict, second.n_rows), (DataVerdict::Ok, 2));
    // An earlier batch that does not fit stops too.
    let stop = checked(
        x(),
        &[
            table(vec![("x", texts(["?"]))]),
            table(vec![("x", ints([2]))]),
        ],
    );
    assert_eq!(
        (stop.verdict, stop.anomalies[0].span.as_str()),
        (DataVerdict::Stop, "b1.csv")
    );
    for word in ["UNEXPECTED_DATA_TYPE", "Column x", "b1.csv"] {
        assert!(stop.reason.contains(word), "{}", stop.reason);
    }
    assert_eq!(checked(x(), &[]).verdict, DataVerdict::Stop);
}

#[test]
fn what_a_person_ignores_stays_in_the_report_without_weight() {
    let mut schema = Schema {
        columns: vec![ColumnSpec {
            name: "x".to_owned(),
            ..within(T::Integer, 0.0, 10.0)
        }],
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations: Vec::new(),
    };
    let judge =
        |schema: &Schema, tables: &[Table]| checked_in(schema, tables, Environment::Training);
    let before = table(vec![("x", ints([1, 2, 3]))]);
    let batch = table(vec![("x", ints([1, 50, 3]))]);
    let stopped = judge(&schema, &[before.clone(), batch.clone()]);
    assert_eq!(stopped.verdict, DataVerdict::Stop);
    let found = &stopped.anomalies[0];
    schema.ignored.push(crate::domain::schema::Ignored {
        kind: found.kind,
        column: found.column.clone(),
        span: found.span.clone(),
        reason: "a sensor was tested".to_owned(),
    });
    let heeded = judge(&schema, &[before.clone(), batch.clone()]);
    assert_eq!(heeded.verdict, DataVerdict::Ok, "{}", heeded.reason);
    assert_eq!(
        heeded.anomalies[0].ignored.as_deref(),
        Some("a sensor was tested")
    );
    // In the next batch it counts again.
    let again = judge(&schema, &[before.clone(), batch.clone(), batch]);
    assert_eq!(again.verdict, DataVerdict::Stop);
    assert_eq!(again.anomalies[0].span, "b3.csv");
    // A column that is not there cannot be ignored.
    let without = table(vec![("y", ints([0, 1, 0]))]);
    let missing = judge(&schema, &[before.clone(), without.clone()]);
    let is_missing = |a: &&crate::domain::anomaly::Anomaly| a.column.as_deref() == Some("x");
    let found = missing.anomalies.iter().find(is_missing).unwrap();
    let ignore = crate::domain::anomaly::AnomalyAnswer::Ignore;
    assert!(!found.answers.contains(&ignore), "{:?}", missing.anomalies);
    schema.ignored.push(crate::domain::schema::Ignored {
        kind: found.kind,
        column: found.column.clone(),
        span: found.span.clone(),
        reason: "never mind".to_owned(),
    });
    let still = judge(&schema, &[before, without]);
    assert_eq!(still.verdict, DataVerdict::Stop);
}
