//! Tests of means of the target: against scikit-learn, and that no training row sees its own.

use super::*;

/// Rows of one text column, with a plan that makes means of the target of it.
fn by_target(texts: &[Option<&str>], known: KnownTargets<'_>) -> (Table, FeaturePlan) {
    let array = Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
    let table = Table::from_columns(vec![("port".into(), array)]).unwrap();
    let mut schema = schema();
    schema.columns.retain(|c| c.name == "port");
    let params = TransformParams {
        columns: [("port".to_owned(), Preparation::Target)].into(),
        ..TransformParams::default()
    };
    let rows: Vec<usize> = (0..known.targets.n_rows()).collect();
    let plan = FeaturePlan::fit(&table, &schema, &rows, &params, &[], Some(known)).unwrap();
    (table, plan)
}

/// Against scikit-learn 1.9.1, `TargetEncoder(smooth=10)` (tests/oracles/feature/make.py); f32 has seven digits.
#[test]
fn means_of_the_target_are_scikit_learns() {
    let text = include_str!("../../../tests/oracles/feature/expected.json");
    let all: serde_json::Value = serde_json::from_str(text).unwrap();
    let expected = &all["target_mean"];
    let read =
        |name: &str| -> Vec<String> { serde_json::from_value(expected[name].clone()).unwrap() };
    let numbers =
        |value: &serde_json::Value| -> Vec<f64> { serde_json::from_value(value.clone()).unwrap() };
    let (fitted, asked) = (read("texts"), read("asked"));
    let texts: Vec<Option<&str>> = fitted
        .iter()
        .chain(&asked)
        .map(|t| Some(t.as_str()))
        .collect();
    let classes = ["no".to_owned(), "perhaps".to_owned(), "yes".to_owned()];
    let codes = |name: &str| {
        numbers(&expected[name])
            .into_iter()
            .map(|v| v as u32)
            .collect()
    };
    for (name, n, targets) in [
        ("values", 0, Targets::Values(numbers(&expected["values"]))),
        (
            "two",
            2,
            Targets::Classes {
                n_classes: 2,
                codes: codes("two"),
            },
        ),
        (
            "three",
            3,
            Targets::Classes {
                n_classes: 3,
                codes: codes("three"),
            },
        ),
    ] {
        let known = KnownTargets {
            targets: &targets,
            classes: &classes[..n],
        };
        let (table, plan) = by_target(&texts, known);
        let rows: Vec<usize> = (60..68).collect();
        let x = plan.encode(&table, Some(&rows), Encoding::Ordinal).unwrap();
        let means = numbers(&expected["means"][name]);
        assert_eq!(x.len(), means.len());
        for (found, mean) in x.iter().zip(means) {
            assert!(
                (found - mean).abs() < 1e-6,
                "{name}: {found} and not {mean}"
            );
        }
        let names = plan.feature_names(Encoding::OneHot);
        assert_eq!(names.len(), n.max(2) - 1 + usize::from(n == 3));
        assert_eq!(
            names[0],
            [
                "port → mean target",
                "",
                "port → share of perhaps",
                "port → share of no"
            ][n]
        );
    }
}

/// Otherwise a column of keys would tell every training row its target.
#[test]
fn a_training_row_does_not_see_its_own_target() {
    let texts: Vec<String> = (0..200).map(|i| format!("key {}", i % 90)).collect();
    let texts: Vec<Option<&str>> = texts.iter().map(|t| Some(t.as_str())).collect();
    let rows: Vec<usize> = (0..200).collect();
    let values: Vec<f64> = (0..200).map(|i| f64::from(i * i % 17)).collect();
    let encoded = |values: &[f64]| {
        let targets = Targets::Values(values.to_vec());
        let known = KnownTargets {
            targets: &targets,
            classes: &[],
        };
        let (table, plan) = by_target(&texts, known);
        let all = plan.encode(&table, None, Encoding::Ordinal).unwrap();
        (
            plan.encode_training(&table, &rows, Encoding::Ordinal, known, &|| false)
                .unwrap()
                .unwrap(),
            all,
        )
    };
    let (before, all_before) = encoded(&values);
    for row in [0, 77, 150] {
        let mut changed = values.clone();
        changed[row] += 1000.0;
        let (after, all_after) = encoded(&changed);
        assert_eq!(after.row(row), before.row(row));
        assert!(after != before, "other rows of the key see it");
        assert!(
            all_after[[row, 0]] > all_before[[row, 0]] + 50.0,
            "and so does a new row"
        );
    }
    // Rows that are encoded for others are those of the plan itself.
    assert!(
        before
            .column(0)
            .iter()
            .zip(all_before.column(0))
            .any(|(a, b)| a != b)
    );
}

#[test]
fn a_missing_text_has_a_mean_of_its_own() {
    let texts: Vec<Option<&str>> = (0..40).map(|i| (i % 4 > 0).then_some("a")).collect();
    let targets = Targets::Values((0..40).map(|i| f64::from(u8::from(i % 4 == 0))).collect());
    let known = KnownTargets {
        targets: &targets,
        classes: &[],
    };
    let (table, plan) = by_target(&texts, known);
    let x = plan
        .encode(&table, Some(&[0, 1]), Encoding::Ordinal)
        .unwrap();
    // Ten rows of 1, thirty of 0; the mean of all, 0.25, counts for ten rows.
    assert_eq!(
        (x[[0, 0]], x[[1, 0]]),
        (12.5 / 20.0, f64::from((2.5 / 40.0) as f32))
    );
    let scaled = plan.encode(&table, None, Encoding::OneHot).unwrap();
    assert!(scaled.mean().unwrap().abs() < 1e-6 && (scaled.std(0.0) - 1.0).abs() < 1e-6);
}
