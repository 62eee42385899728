//! Tests of inference: schemas, roles, tasks, classes.

use super::*;

fn params(target: &str) -> SchemaParams {
    SchemaParams {
        target: target.to_owned(),
        task: None,
        positive: None,
        roles: Default::default(),
    }
}

fn sample(n: usize) -> Table {
    let day = |i: usize| i as i32;
    table(vec![
        ("row_id", ints((0..n as i64).map(|i| 3 * i))),
        ("code", texts((0..n).map(|i| format!("c{i}")))),
        (
            "day",
            Arc::new(Date32Array::from_iter_values((0..n).map(day))),
        ),
        (
            "again",
            Arc::new(Date32Array::from_iter_values((0..n).map(day))),
        ),
        ("month", ints((0..n as i64).map(|i| 1 + i % 3))),
        ("temp", reals((0..n).map(|i| 10.0 + (i % 50) as f64))),
        ("carrier", texts((0..n).map(|i| ["UA", "AA", "B6"][i % 3]))),
        ("dest", texts((0..n).map(|i| format!("d{}", i % 30)))),
        ("tail", texts((0..n).map(|i| format!("t{}", i * 2 / 3)))),
        ("same", ints(std::iter::repeat_n(7, n))),
        ("empty", new_null_array(&DataType::Utf8, n)),
        (
            "is_big",
            truths(&(0..n).map(|i| i % 4 == 0).collect::<Vec<_>>()),
        ),
        (
            "late",
            texts((0..n).map(|i| if i % 5 < 3 { "yes" } else { "no" })),
        ),
    ])
}

#[test]
fn a_schema_is_inferred_and_its_own_data_fits() {
    let data = sample(600);
    let statistics = profile(&data, &StatisticsParams::default());
    let schema = infer_schema(&statistics, &params("late")).unwrap();
    let roles: Vec<Role> = schema.columns.iter().map(|c| c.role).collect();
    use Role::{Feature, Ignored, Key, Target, Time};
    assert_eq!(
        roles,
        [
            Key, Key, Time, Feature, Feature, Feature, Feature, Feature, Ignored, Ignored, Ignored,
            Feature, Target
        ]
    );
    let domain = |name: &str| schema.column(name).unwrap().domain.clone();
    assert_eq!(
        domain("month"),
        Some(Domain::Range {
            min: Some(0.0),
            max: Some(15.0)
        })
    );
    assert_eq!(
        domain("temp"),
        Some(Domain::Range {
            min: Some(0.0),
            max: Some(108.0)
        })
    );
    let mass = |name: &str| match domain(name) {
        Some(Domain::Values {
            values,
            min_domain_mass,
        }) => (values.len(), min_domain_mass),
        _ => (0, 0.0),
    };
    assert_eq!((mass("carrier"), mass("late")), ((3, 0.9916), (2, 1.0)));
    let (n_dest, mass_dest) = mass("dest");
    assert!(
        n_dest == 30 && (0.96..0.99).contains(&mass_dest),
        "{mass_dest}"
    );
    let fraction = |name: &str| schema.column(name).unwrap().min_fraction;
    assert_eq!(
        (fraction("day"), fraction("temp"), fraction("empty")),
        (0.95, 0.95, 0.0)
    );
    let report = checked_in(&schema, &[data.clone(), data], Environment::Training);
    assert_eq!(
        (report.verdict, report.anomalies.len()),
        (DataVerdict::Ok, 0),
        "{report:?}"
    );

    let mut given = params("late");
    given.roles.extend([
        ("temp".to_owned(), Role::Leaks),
        ("again".to_owned(), Role::Time),
    ]);
    let schema = infer_schema(&statistics, &given).unwrap();
    assert_eq!(schema.column("temp").unwrap().role, Role::Leaks);
    assert_eq!(schema.column("day").unwrap().role, Role::Feature);
}

#[test]
fn a_column_that_numbers_the_rows_is_no_feature() {
    let role_of = |values: Vec<i64>| {
        let table = table(vec![("", ints(values.into_iter()))]);
        let statistics = profile(&table, &StatisticsParams::default());
        guess_role(&statistics.columns[0], statistics.n_rows).role
    };
    assert_eq!(role_of((1..=60).collect()), Role::Key);
    assert_eq!(role_of((0..60).collect()), Role::Key);
    // Something that is measured may be different in every row too.
    assert_eq!(role_of((1..=60).rev().collect()), Role::Feature);
    assert_eq!(role_of((1..=60).map(|i| 2 * i).collect()), Role::Feature);
    assert_eq!(role_of((1900..1960).collect()), Role::Feature);
}

#[test]
fn inference_reports_all_that_is_wrong() {
    let statistics = profile(&sample(60), &StatisticsParams::default());
    let infer = |p: &SchemaParams| infer_schema(&statistics, p).unwrap_err();
    let mut wrong = params("Late ");
    wrong.roles.extend([
        ("tmp".to_owned(), Role::Key),
        ("nothing".to_owned(), Role::Leaks),
    ]);
    let ValidateError::Several(findings) = infer(&wrong) else {
        panic!("several findings")
    };
    assert_eq!(findings.len(), 3);
    let failure = Failure::from(infer(&wrong));
    assert_eq!(
        (failure.kind, failure.details.len()),
        (FailureKind::Usage, 3)
    );
    assert!(
        failure.hints.iter().any(|h| h.contains("mean late")),
        "{failure:?}"
    );
    assert!(matches!(
        infer(&params("empty")),
        ValidateError::TargetAllMissing { n_rows: 60, .. }
    ));
    assert!(matches!(
        infer(&params("same")),
        ValidateError::TargetSingleValue { .. }
    ));
    let mut contrary = params("late");
    contrary.roles.insert("late".to_owned(), Role::Leaks);
    assert!(matches!(
        infer(&contrary),
        ValidateError::RoleContradiction { .. }
    ));
    let one = profile(&sample(1), &StatisticsParams::default());
    assert!(infer_schema(&one, &params("late")).is_err());
}

#[test]
fn tasks_and_classes() {
    let data = table(vec![
        (
            "yes",
            texts((0..40).map(|i| if i % 4 == 0 { "no" } else { "Yes" })),
        ),
        (
            "sex",
            texts((0..40).map(|i| if i % 4 == 0 { "female" } else { "male" })),
        ),
        ("flag", reals((0..40).map(|i| f64::from(i % 2)))),
        ("grade", ints((0..40).map(|i| 8 + i % 4))),
        ("count", ints(0..40)),
        // As pandas writes whole numbers among which one is missing.
        ("stars", reals((0..40).map(|i| f64::from(1 + i % 3)))),
        ("half", reals((0..40).map(|i| f64::from(i % 3) / 2.0))),
        (
            "truth",
            truths(
                &[true; 40]
                    .iter()
                    .enumerate()
                    .map(|(i, _)| i > 5)
                    .collect::<Vec<_>>(),
            ),
        ),
        ("day", Arc::new(Date32Array::from_iter_values(0..40))),
    ]);
    let statistics = profile(&data, &StatisticsParams::default());
    let cases: [(&str, Task, &[&str]); 8] = [
        ("yes", Task::Binary, &["no", "Yes"]),
        ("sex", Task::Binary, &["male", "female"]),
        ("flag", Task::Binary, &["0", "1"]),
        ("grade", Task::Multiclass, &["8", "9", "10", "11"]),
        ("count", Task::Regression, &[]),
        ("stars", Task::Multiclass, &["1", "2", "3"]),
        ("half", Task::Regression, &[]),
        ("truth", Task::Binary, &["false", "true"]),
    ];
    for (target, task, expected) in cases {
        assert_eq!(task_of(&statistics, &params(target)), Ok(task), "{target}");
        assert_eq!(
            classes(&data, &params(target), task).unwrap(),
            expected,
            "{target}"
        );
    }
    let with = |target: &str, task| SchemaParams {
        task: Some(task),
        ..params(target)
    };
    assert_eq!(
        task_of(&statistics, &with("grade", Task::Regression)),
        Ok(Task::Regression)
    );
    for (target, task) in [
        ("yes", Task::Regression),
        ("grade", Task::Binary),
        ("yes", Task::Multiclass),
    ] {
        assert!(matches!(
            task_of(&statistics, &with(target, task)),
            Err(ValidateError::TaskDoesNotFit { .. })
        ));
    }
    assert!(task_of(&statistics, &params("day")).is_err());
    let positive = |target: &str, p: &str| SchemaParams {
        positive: Some(p.to_owned()),
        ..params(target)
    };
    assert_eq!(
        classes(&data, &positive("yes", "no"), Task::Binary).unwrap(),
        ["Yes", "no"]
    );
    assert!(matches!(
        classes(&data, &positive("yes", "nein"), Task::Binary),
        Err(ValidateError::PositiveNotFound { .. })
    ));
    assert!(classes(&data, &positive("grade", "8"), Task::Multiclass).is_err());
    assert!(classes(&data, &positive("count", "8"), Task::Regression).is_err());
}

#[test]
fn bounds_leave_room_where_the_tail_is_long() {
    let rain = |i: usize| if i == 7 { 0.32 } else { (i % 3) as f64 / 100.0 };
    let data = table(vec![
        ("rain", reals((0..500).map(rain))),
        ("y", ints((0..500).map(|i| i % 2))),
    ]);
    let statistics = profile(&data, &StatisticsParams::default());
    let schema = infer_schema(&statistics, &params("y")).unwrap();
    let Some(Domain::Range { min, max }) = schema.columns[0].domain else {
        panic!("bounds")
    };
    assert!(
        min == Some(0.0) && max.is_some_and(|m| m > 1.2 && m < 20.0),
        "{max:?}"
    );
}
