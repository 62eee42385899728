//! Segments by type of column, limits, and the proposal.

use super::*;
use crate::domain::schema::{ColumnSpec, ColumnType, Role, Schema};
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray};
use std::sync::Arc;

fn set(columns: &[&str]) -> SegmentSet {
    SegmentSet {
        columns: columns.iter().map(|c| (*c).to_owned()).collect(),
        ..SegmentSet::default()
    }
}

fn table() -> Table {
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "text",
            Arc::new(StringArray::from(vec![
                Some("b"),
                Some("a"),
                None,
                Some("b"),
                Some("a"),
                Some("b"),
            ])),
        ),
        (
            "flag",
            Arc::new(BooleanArray::from(vec![
                true, false, true, true, true, true,
            ])),
        ),
        ("few", Arc::new(Int64Array::from(vec![10, 2, 2, 10, 2, 2]))),
        (
            "real",
            Arc::new(Float64Array::from(vec![
                Some(0.11),
                Some(0.52),
                Some(f64::NAN),
                None,
                Some(0.93),
                Some(0.94),
            ])),
        ),
        (
            "day",
            Arc::new(Date32Array::from(vec![
                15_706, 15_707, 15_737, 15_738, 15_766, 15_767,
            ])),
        ),
    ];
    Table::from_columns(
        columns
            .into_iter()
            .map(|(n, a)| (n.to_owned(), a))
            .collect(),
    )
    .unwrap()
}

fn texts(sets: &[SegmentSet]) -> Vec<(String, usize)> {
    cut(&table(), sets)
        .unwrap()
        .segments
        .iter()
        .map(|s| (s.segment.to_string(), s.rows.len()))
        .collect()
}

#[test]
fn each_type_is_cut_in_its_way() {
    let owned = |found: &[(&str, usize)]| -> Vec<(String, usize)> {
        found.iter().map(|(t, n)| ((*t).to_owned(), *n)).collect()
    };
    let found = texts(&[set(&["text"])]);
    assert_eq!(
        found,
        owned(&[("text = b", 3), ("text = a", 2), ("text is missing", 1)])
    );
    assert_eq!(
        texts(&[set(&["flag"])]),
        owned(&[("flag = true", 5), ("flag = false", 1)])
    );
    assert_eq!(
        texts(&[set(&["few"])]),
        owned(&[("few = 2", 4), ("few = 10", 2)])
    );
    let months = texts(&[set(&["day"])]);
    assert_eq!(
        months,
        owned(&[
            ("day = 2013-01", 2),
            ("day = 2013-02", 2),
            ("day = 2013-03", 2)
        ])
    );
    let two = SegmentSet {
        bins: Bins::Edges(vec![0.5]),
        ..set(&["real"])
    };
    let found = texts(&[two]);
    assert_eq!(
        found,
        owned(&[("real < 0.5", 1), ("real ≥ 0.5", 3), ("real is missing", 2)])
    );
    let crossed = cut(&table(), &[set(&["text", "few"])]).unwrap();
    assert_eq!(crossed.segments[0].set, "text × few");
    assert_eq!(
        crossed.segments[0].segment.to_string(),
        "text = b and few = 2"
    );
    assert_eq!(
        crossed.segments.iter().map(|s| s.rows.len()).sum::<usize>(),
        6
    );
}

#[test]
fn many_values_keep_the_most_frequent_and_say_what_is_left_out() {
    let values: Vec<String> = (0..200).map(|i| format!("v{:03}", (i * i) % 120)).collect();
    let array: ArrayRef = Arc::new(StringArray::from(values));
    let table = Table::from_columns(vec![("code".to_owned(), array)]).unwrap();
    let found = cut(&table, &[set(&["code"])]).unwrap();
    assert!(found.segments.len() <= MAX_SEGMENTS_OF_SET);
    let n_in: usize = found.segments.iter().map(|s| s.rows.len()).sum();
    if n_in < 200 {
        assert!(found.left_out[0].contains(&format!("{} of 200 rows", 200 - n_in)));
    }
    let distinct: Vec<String> = (0..200).map(|i| format!("v{i}")).collect();
    let array: ArrayRef = Arc::new(StringArray::from(distinct));
    let table = Table::from_columns(vec![("code".to_owned(), array)]).unwrap();
    let found = cut(&table, &[set(&["code"])]).unwrap();
    assert_eq!((found.segments.len(), found.left_out.len()), (50, 1));
}

#[test]
fn every_problem_is_reported_with_its_field() {
    let wrong = [
        set(&["nowhere", "text"]),
        set(&[]),
        set(&["text", "text"]),
        SegmentSet {
            bins: Bins::Quantile(1),
            ..set(&["real"])
        },
    ];
    let Err(EvaluateError::Params { problems }) = cut(&table(), &wrong) else {
        panic!("must not be accepted");
    };
    let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
    let expected = ["[0].columns", "[1].columns", "[2].columns", "[3].bins"];
    for (field, end) in fields.iter().zip(expected) {
        assert_eq!(*field, format!("steps.evaluate.segments{end}"));
    }
    assert_eq!(fields.len(), 4);
}

fn statistics(name: &str, kind: ColumnType, n_distinct: u64) -> ColumnStatistics {
    serde_json::from_value(serde_json::json!({
        "name": name, "type": kind, "n_missing": 0, "n_distinct": n_distinct, "mean": null, "sd": null,
        "min": "2013-01-01", "max": "2013-04-30", "quantiles": [], "histogram": [], "top": [], "n_zeros": 0,
        "n_negative": 0, "n_nan": 0, "n_infinite": 0, "mean_length": null, "max_length": null
    }))
    .unwrap()
}

#[test]
fn the_proposal_stays_small_and_keeps_to_inputs() {
    let mut columns = vec![
        ("carrier", ColumnType::Text, 16, Role::Feature),
        ("tail", ColumnType::Text, 3_000, Role::Feature),
        ("month", ColumnType::Integer, 12, Role::Feature),
        ("constant", ColumnType::Text, 1, Role::Feature),
        ("late", ColumnType::Boolean, 2, Role::Target),
        ("night", ColumnType::Boolean, 2, Role::Feature),
        ("when", ColumnType::Date, 100, Role::Time),
        ("id", ColumnType::Integer, 5, Role::Key),
    ];
    columns.extend(["x1", "x2", "x3", "x4"].map(|n| (n, ColumnType::Number, 500, Role::Feature)));
    let propose = |columns: &[(&str, ColumnType, u64, Role)]| {
        let schema = Schema {
            columns: columns
                .iter()
                .map(|(name, kind, _, role)| ColumnSpec {
                    name: (*name).to_owned(),
                    kind: *kind,
                    role: *role,
                    required: true,
                    min_fraction: 0.0,
                    domain: None,
                    drift: None,
                    constraints: Default::default(),
                })
                .collect(),
            min_rows: None,
            max_rows: None,
            rows_comparator: None,
            ignored: Vec::new(),
            expectations: Vec::new(),
        };
        let found = DatasetStatistics {
            n_rows: 1_000,
            columns: columns
                .iter()
                .map(|(n, k, d, _)| statistics(n, *k, *d))
                .collect(),
        };
        default_segments(&schema, &found)
            .iter()
            .map(SegmentSet::title)
            .collect::<Vec<_>>()
    };
    let found = propose(&columns);
    assert_eq!(
        found,
        ["carrier", "month", "night", "when", "x1", "x2", "x3"]
    );
    let many: Vec<_> = (0..20)
        .map(|_| ("carrier", ColumnType::Text, 18, Role::Feature))
        .collect();
    assert_eq!(propose(&many).len(), 4);
}

fn condition(text: &str, name: Option<&str>) -> SegmentSet {
    SegmentSet {
        condition: Some(text.to_owned()),
        name: name.map(str::to_owned),
        ..SegmentSet::default()
    }
}

#[test]
fn a_condition_is_one_segment_of_the_rows_where_it_is_true() {
    let sets = [
        condition("few between 3 and 20 and text is not null", None),
        condition("text = 'b'", Some("the b's")),
        condition("few > 100", None),
    ];
    let found = cut(&table(), &sets).unwrap();
    let titles: Vec<String> = found
        .segments
        .iter()
        .map(|s| s.segment.to_string())
        .collect();
    assert_eq!(
        titles,
        [
            "few between 3 and 20 and text is not null",
            "the b's (text = 'b')"
        ]
    );
    assert_eq!(found.segments[0].rows, [0, 3]);
    assert_eq!(found.segments[1].rows, [0, 3, 5]);
    assert_eq!(found.left_out, ["few > 100: no row"]);
    let wrong = [
        condition("feww > 1", None),
        condition("avg(few) > 1", None),
        SegmentSet {
            name: Some("x".to_owned()),
            ..set(&["few"])
        },
        SegmentSet {
            columns: vec!["few".to_owned()],
            ..condition("few > 1", None)
        },
    ];
    let Err(EvaluateError::Params { problems }) = cut(&table(), &wrong) else {
        panic!("must not be accepted");
    };
    let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
    let expected = ["[0].where", "[1].where", "[2].name", "[3].columns"];
    assert_eq!(
        fields,
        expected.map(|end| format!("steps.evaluate.segments{end}"))
    );
    assert!(problems[0].message.contains("Did you mean few?"));
}

#[test]
fn a_condition_stands_in_pipeline_toml_and_columns_are_written_as_before() {
    let text = "where = \"hour between 17 and 20\"\nname = \"evening\"\n";
    let set: SegmentSet = toml::from_str(text).unwrap();
    assert_eq!(set, condition("hour between 17 and 20", Some("evening")));
    assert_eq!(
        serde_json::to_string(&SegmentSet {
            columns: vec!["x".to_owned()],
            ..SegmentSet::default()
        })
        .unwrap(),
        r#"{"columns":["x"],"bins":{"quantile":4}}"#
    );
}
