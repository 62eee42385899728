//! Expectations against batches: breaches with their rows, weights, shares, and conditions that cannot be understood.

use super::*;
use crate::domain::expectation::Expectation;
use crate::validate::expectations::problems;

fn expectation(name: &str, expression: &str) -> Expectation {
    Expectation {
        name: name.to_owned(),
        expression: expression.to_owned(),
        min_fraction: 1.0,
        severity: Severity::Error,
        description: String::new(),
    }
}

fn schema(expectations: Vec<Expectation>) -> Schema {
    let column = |name: &str, kind, role| ColumnSpec {
        name: name.to_owned(),
        min_fraction: 0.0,
        ..spec(kind, role)
    };
    Schema {
        columns: vec![
            column("x", T::Number, Role::Feature),
            column("k", T::Integer, Role::Feature),
            column("late", T::Text, Role::Target),
        ],
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations,
    }
}

fn batch() -> Table {
    let k: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), Some(2), None, Some(40)]));
    // Whole numbers where the schema says numbers.
    table(vec![
        ("x", ints([5, -3, 0, 7])),
        ("k", k),
        ("late", texts(["yes", "no", "no", "no"])),
    ])
}

fn breaches(expectations: Vec<Expectation>) -> Vec<(K, Severity, u64, Vec<String>)> {
    checked_in(&schema(expectations), &[batch()], Environment::Training)
        .anomalies
        .into_iter()
        .filter(|a| matches!(a.kind, K::CustomValidation | K::InvalidSchemaSpecification))
        .map(|a| (a.kind, a.severity, a.n_rows, a.examples))
        .collect()
}

#[test]
fn a_breach_lists_the_failing_rows_with_what_the_condition_reads() {
    let found = breaches(vec![expectation("order", "k <= x")]);
    // Row 3 has no k: NULL is not a breach.
    assert_eq!(found.len(), 1);
    let (kind, severity, n_rows, examples) = &found[0];
    assert_eq!(
        (*kind, *severity, *n_rows),
        (K::CustomValidation, Severity::Error, 2)
    );
    assert_eq!(examples, &["row 2: k = 2, x = -3", "row 4: k = 40, x = 7"]);
    let report = checked_in(
        &schema(vec![expectation("order", "k <= x")]),
        &[batch()],
        Environment::Training,
    );
    assert_eq!(report.verdict, DataVerdict::Stop);
}

#[test]
fn the_share_of_rows_and_the_weight_are_those_of_the_expectation() {
    let mut half = expectation("order", "k <= x");
    half.min_fraction = 0.5;
    assert!(breaches(vec![half.clone()]).is_empty());
    half.min_fraction = 0.51;
    half.severity = Severity::Warning;
    assert_eq!(breaches(vec![half])[0].1, Severity::Warning);
}

#[test]
fn a_condition_over_the_table_says_what_its_aggregates_are() {
    assert!(breaches(vec![expectation("level", "avg(x) between -20 and 60")]).is_empty());
    let found = breaches(vec![expectation(
        "level",
        "avg(x) > 60 or count(distinct k) > 3",
    )]);
    assert_eq!(found[0].3, ["avg(x) = 2.25", "count(distinct k) = 3"]);
    // Without any value there is nothing to say.
    assert!(
        breaches(vec![expectation(
            "none",
            "avg(x) filter (where x > 1000) > 3"
        )])
        .is_empty()
    );
}

#[test]
fn a_condition_that_cannot_be_understood_is_found_and_not_saved() {
    let broken = vec![
        expectation("typo", "kk > 1"),
        expectation("no condition", "x + 1"),
        expectation("typo", "k > 1"),
        Expectation {
            min_fraction: 1.5,
            ..expectation("", "k > 1")
        },
    ];
    let found = breaches(broken[..2].to_vec());
    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|f| (f.0, f.1) == (K::InvalidSchemaSpecification, Severity::Error))
    );
    let fields: Vec<String> = problems(&schema(broken))
        .into_iter()
        .map(|p| p.field)
        .collect();
    assert_eq!(
        fields,
        [
            "expectations[0].expression",
            "expectations[1].expression",
            "expectations[2].name",
            "expectations[3].name",
            "expectations[3].min_fraction"
        ]
    );
}

#[test]
fn a_column_that_is_absent_or_of_another_type_is_no_panic() {
    let expectations = vec![
        expectation("target", "late in ('yes', 'no')"),
        expectation("whole", "k > 0"),
        expectation("overflow", "k + 9223372036854775807 > 0"),
    ];
    let missing = table(vec![("x", ints([1])), ("k", texts(["many"]))]);
    let of = |environment| {
        checked_in(
            &schema(expectations.clone()),
            std::slice::from_ref(&missing),
            environment,
        )
        .anomalies
        .into_iter()
        .filter(|a| a.kind == K::CustomValidation)
        .map(|a| (a.severity, a.description))
        .collect::<Vec<_>>()
    };
    assert_eq!(of(Environment::Serving).len(), 2);
    let training = of(Environment::Training);
    assert_eq!(training.len(), 3);
    assert!(
        training
            .iter()
            .all(|(severity, _)| *severity == Severity::Info)
    );
    let empty = new_null_array(&DataType::Utf8, 2);
    let without_values = table(vec![
        ("x", ints([1, 2])),
        ("k", empty),
        ("late", texts(["a", "yes"])),
    ]);
    let report = checked_in(
        &schema(expectations.clone()),
        &[without_values],
        Environment::Training,
    );
    let n = report
        .anomalies
        .iter()
        .filter(|a| a.kind == K::CustomValidation)
        .count();
    assert_eq!(n, 1, "only `late` has a value that is not expected");
    let overflow = breaches(expectations[2..].to_vec());
    assert_eq!((overflow.len(), overflow[0].2), (1, 0));
}
