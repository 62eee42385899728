//! Expressions against DuckDB (tests/oracles/expression), errors at their places, completion, chunks.

use super::*;
use crate::data::ColumnData;
use crate::domain::expression::CompletionKind;
use arrow::array::{Float64Array, Int64Array, StringArray};
use serde_json::Value;

fn array_of(kind: ColumnType, values: &[Value]) -> ArrayRef {
    let texts: ArrayRef = Arc::new(
        values
            .iter()
            .map(|v| match v {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            })
            .collect::<StringArray>(),
    );
    if kind == ColumnType::Text {
        return texts;
    }
    let table = Table::from_columns(vec![("v".to_owned(), texts)]).expect("a table");
    let name = match kind {
        ColumnType::Integer => "bigint",
        ColumnType::Number => "double",
        ColumnType::Boolean => "boolean",
        ColumnType::Date => "date",
        _ => "timestamp",
    };
    Expression::parse(&format!("cast(v as {name})"), &columns_of(&table))
        .and_then(|e| e.evaluate(&table))
        .expect("the oracle's values")
}

fn oracle() -> (Table, Vec<(String, Vec<Value>)>) {
    let text = include_str!("../../../tests/oracles/expression/expressions.json");
    let document: Value = serde_json::from_str(text).expect("JSON");
    let columns = document["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|column| {
            let kind: ColumnType = serde_json::from_value(column["type"].clone()).expect("a type");
            let name = column["name"].as_str().expect("a name").to_owned();
            (
                name,
                array_of(kind, column["values"].as_array().expect("values")),
            )
        });
    let table = Table::from_columns(columns.collect()).expect("a table");
    let cases = document["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .map(|case| {
            let text = case["expression"].as_str().expect("a text").to_owned();
            (text, case["values"].as_array().expect("values").clone())
        });
    (table, cases.collect())
}

/// Whether a value is DuckDB's: exactly, and real numbers to 1e-9 of their size.
fn agrees(column: ColumnData<'_>, row: usize, expected: &Value) -> bool {
    if column.is_missing(row) || expected.is_null() {
        return column.is_missing(row) && expected.is_null();
    }
    match (column, expected) {
        (ColumnData::Boolean(a), Value::Bool(b)) => a.value(row) == *b,
        (ColumnData::Integer(a), Value::Number(b)) => b.as_i64().map_or_else(
            || b.as_f64() == Some(a.value(row) as f64),
            |b| a.value(row) == b,
        ),
        (ColumnData::Number(a), Value::Object(odd)) => match odd["real"].as_str() {
            Some("nan") => a.value(row).is_nan(),
            Some("inf") => a.value(row) == f64::INFINITY,
            _ => a.value(row) == f64::NEG_INFINITY,
        },
        (ColumnData::Number(a), Value::Number(b)) => {
            let (a, b) = (a.value(row), b.as_f64().expect("a number"));
            (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
        }
        (ColumnData::Date(_), Value::String(b)) => {
            column.text(row).as_deref() == Some(b.get(..10).unwrap_or(b))
        }
        (ColumnData::Text(_) | ColumnData::Timestamp(_), Value::String(b)) => {
            let b = if b.len() == 10 && matches!(column, ColumnData::Timestamp(_)) {
                format!("{b}T00:00:00")
            } else {
                b.clone()
            };
            column.text(row) == Some(b)
        }
        _ => false,
    }
}

#[test]
fn every_expression_has_the_values_that_duckdb_gives() {
    let (table, cases) = oracle();
    let columns = columns_of(&table);
    assert!(cases.len() > 600, "the oracle was not read");
    let mut wrong = Vec::new();
    for (text, expected) in &cases {
        let array = match Expression::parse(text, &columns).and_then(|e| e.evaluate(&table)) {
            Ok(array) => array,
            Err(error) => {
                wrong.push(format!("{text}: {}", error.sentence(text)));
                continue;
            }
        };
        if array.len() != expected.len() {
            wrong.push(format!(
                "{text}: {} values for {}",
                array.len(),
                expected.len()
            ));
            continue;
        }
        let column = ColumnData::of(array.as_ref()).expect("a supported type");
        if let Some(row) = (0..array.len()).find(|row| !agrees(column, *row, &expected[*row])) {
            wrong.push(format!(
                "{text}: row {row}: {:?} for {} of {}",
                column.text(row),
                expected[row],
                array.data_type()
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn flights() -> Vec<(String, ColumnType)> {
    [
        ("carrier", ColumnType::Text),
        ("dep_delay", ColumnType::Integer),
        ("distance", ColumnType::Number),
        ("late", ColumnType::Boolean),
        ("date", ColumnType::Date),
        ("sched_dep", ColumnType::Timestamp),
        ("Arr Delay", ColumnType::Integer),
        ("hour", ColumnType::Integer),
    ]
    .map(|(name, kind)| (name.to_owned(), kind))
    .into()
}

#[track_caller]
fn refused(text: &str, at: &str, message: &str, hint: &str) {
    let error = Expression::parse(text, &flights()).expect_err(text);
    assert_eq!(text.get(error.range.clone()), Some(at), "{text}: {error:?}");
    assert!(error.message.contains(message), "{text}: {error:?}");
    assert!(
        error.hint.as_deref().unwrap_or("").contains(hint),
        "{text}: {error:?}"
    );
}

#[test]
fn an_error_names_its_place_and_what_to_do() {
    refused(
        "carier = 'UA'",
        "carier",
        "no column carier",
        "Did you mean carrier?",
    );
    refused("carrier = UA", "UA", "no column UA", "'UA'");
    refused("dep_delay >", "", "ends where", "Complete");
    refused("", "", "no expression", "Write a condition");
    refused(
        "dep_delay = '17'",
        "'17'",
        "a text cannot stand together",
        "17 without quotes",
    );
    refused(
        "carrier = 5",
        "5",
        "an integer cannot stand",
        "'5' with quotes",
    );
    refused(
        "dep_delay and late",
        "dep_delay",
        "needs a condition",
        "Compare",
    );
    refused(
        "medain(distance) > 1",
        "medain(distance)",
        "no function medain",
        "median",
    );
    refused(
        "round(distance, 1, 2)",
        "round(distance, 1, 2)",
        "not called so",
        "round(x [, digits])",
    );
    refused(
        "avg(dep_delay) > dep_delay",
        "dep_delay",
        "beside an aggregate",
        "max(",
    );
    refused(
        "sum(avg(distance)) > 1",
        "avg(distance)",
        "inside another",
        "one aggregate",
    );
    refused(
        "date > '2013-13-01'",
        "'2013-13-01'",
        "not a date",
        "2013-01-31",
    );
    refused("dep_delay == 1", "==", "not SQL", "Write =");
    refused("carrier = 'UA", "'UA", "does not end", "Close it");
    refused(
        "\"Arr Delay > 1",
        "\"Arr Delay > 1",
        "does not end",
        "Close it",
    );
    refused("Arr Delay > 1", "Delay", "does not belong", "double quotes");
    refused(
        "dep_delay in (select 1)",
        "select",
        "queries are not supported",
        "condition",
    );
    refused(
        "carrier similar to 'x'",
        "carrier similar to 'x'",
        "regular expressions",
        "like",
    );
    refused("a.b > 1", "a.b", "names with a dot", "\"a.b\"");
    refused(
        "cast(distance as real) > 1",
        "distance",
        "REAL is not supported",
        "double",
    );
    refused(
        "99999999999999999999 > 1",
        "99999999999999999999",
        "64 bits",
        ".0",
    );
    refused(
        "sum(dep_delay) over () > 1",
        "sum(dep_delay)",
        "only plain calls",
        "sum(x)",
    );
    refused("late = 1", "1", "cannot stand", "true or false");
    refused(
        "carrier || dep_delay",
        "dep_delay",
        "needs a text",
        "cast(x as varchar)",
    );
    refused("dep_delay > 1;", ";", "one expression", "Leave it out");
    refused(
        "sched_dep - sched_dep > 1",
        "sched_dep",
        "arithmetic needs a number",
        "date - date",
    );
    let long = vec!["late"; 400].join(" or ");
    assert!(Expression::parse(&long, &flights()).is_err());
    let deep = format!("{}late{}", "(".repeat(3000), ")".repeat(3000));
    assert!(Expression::parse(&deep, &flights()).is_err());
}

#[test]
fn a_value_that_fails_names_its_row_and_a_case_guards_it() {
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["1", "x", "3"]));
    let big: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(i64::MAX)]));
    let table =
        Table::from_columns(vec![("t".to_owned(), texts), ("n".to_owned(), big)]).expect("a table");
    let run =
        |text: &str| Expression::parse(text, &columns_of(&table)).and_then(|e| e.evaluate(&table));
    assert_eq!(
        run("cast(t as bigint)").expect_err("x").message,
        "row 2: 'x' cannot be converted to integer"
    );
    assert!(
        run("n + 1")
            .expect_err("too large")
            .message
            .starts_with("row 3: the result does not fit")
    );
    assert!(run("n % 0 is null").is_ok());
    let guarded = run("case when t <> 'x' then cast(t as bigint) end").expect("guarded");
    assert_eq!(guarded.null_count(), 1);
    assert!(run("case when n < 5 then n + 1 else 0 end").is_ok());
    assert!(run("sum(n) + 1 > 0").is_err());
}

#[test]
fn parts_give_what_the_whole_gives() {
    let n = 200_000_u32;
    let x: ArrayRef = Arc::new(
        (0..n)
            .map(|i| (i % 7 != 0).then(|| f64::from(i).sin() * 1e6))
            .collect::<Float64Array>(),
    );
    let k: ArrayRef = Arc::new(
        (0..n)
            .map(|i| Some(i64::from(i % 1000)))
            .collect::<Int64Array>(),
    );
    let table =
        Table::from_columns(vec![("x".to_owned(), x), ("k".to_owned(), k)]).expect("a table");
    let text = "sum(x) + stddev(x) + median(x) + count(distinct k) + max(k) + avg(k) + min(x)";
    let expression = Expression::parse(text, &columns_of(&table)).expect("parses");
    assert!(expression.needs_all_rows());
    let whole = expression
        .value(&table)
        .expect("a value")
        .and_then(|v| v.as_f64())
        .expect("a number");
    let mut front = expression.accumulator();
    front.update(&table.slice(0, 70_000)).expect("rows");
    let mut back = expression.accumulator();
    back.update(&table.slice(70_000, 130_000)).expect("rows");
    front.merge(back).expect("merges");
    let parts = front
        .finish()
        .expect("a value")
        .and_then(|v| v.as_f64())
        .expect("a number");
    assert!(
        (whole - parts).abs() <= 1e-12 * whole.abs(),
        "{whole} {parts}"
    );
    let condition = Expression::parse_row_condition("x > 999999 and k <> 3", &columns_of(&table))
        .expect("parses");
    let rows = filter(&table, &condition).expect("rows");
    let one_by_one: Vec<usize> = (0..table.n_rows())
        .filter(|row| {
            let one = table.slice(*row, 1);
            !filter(&one, &condition).expect("a row").is_empty()
        })
        .collect();
    assert_eq!(rows, one_by_one);
    assert!(!rows.is_empty());
}

#[test]
fn an_empty_table_has_counts_and_no_values() {
    let x: ArrayRef = Arc::new(Float64Array::from(Vec::<f64>::new()));
    let table = Table::from_columns(vec![("x".to_owned(), x)]).expect("a table");
    let value = |text: &str| {
        Expression::parse(text, &columns_of(&table))
            .and_then(|e| e.value(&table))
            .expect(text)
    };
    assert_eq!(value("count(*)"), Some(Scalar::Int(0)));
    assert_eq!(value("avg(x) > 1"), None);
    assert_eq!(
        value("sum(x) is null and max(x) is null and median(x) is null"),
        Some(Scalar::Bool(true))
    );
    let rows = Expression::parse("x > case when x > 1 then 2 else 3 end", &columns_of(&table))
        .expect("parses");
    assert_eq!(filter(&table, &rows).expect("rows"), Vec::<usize>::new());
}

#[test]
fn names_are_quoted_where_they_need_it_and_read_back() {
    assert_eq!(quoted("dep_delay"), "dep_delay");
    assert_eq!(quoted("hour"), "hour");
    for name in [
        "Arr Delay",
        "order",
        "a\"b",
        "",
        "1st",
        "Ünï",
        "date",
        "Capital",
        "case",
        "x-y",
        "true",
        "interval",
    ] {
        let written = quoted(name);
        assert!(written.starts_with('"'), "{written}");
        let columns = [(name.to_owned(), ColumnType::Integer)];
        if !name.is_empty() {
            let expression = Expression::parse(&format!("{written} > 1"), &columns).expect(name);
            assert_eq!(expression.columns(), columns);
        }
    }
    // What is written plain must be read as a column everywhere in an expression.
    for name in [
        "year",
        "month",
        "day",
        "hour",
        "week",
        "origin",
        "count",
        "value",
        "type",
        "name",
        "key",
        "position",
        "level",
        "first",
        "min",
        "second",
        "label",
        "text",
        "floor",
        "left_side",
        "percent",
        "rank",
        "zone",
        "double",
        "bigint",
        "varchar",
        "string",
        "map",
        "match",
        "exists_",
        "trim",
        "substring",
        "cast_",
        "any_",
        "ceil",
        "convert",
        "overlay",
        "st",
        "connect_by_root",
        "prior",
        "listagg",
        "user",
        "session_user",
        "current_user",
        "localtime",
        "boolean",
        "decimal",
        "int",
        "char",
        "json",
        "uuid",
        "bit",
        "binary",
        "character",
        "datetime",
        "numeric",
        "real",
        "float",
        "text",
    ] {
        let written = quoted(name);
        let columns = [(name.to_owned(), ColumnType::Integer)];
        for text in [
            format!("{written} > 1"),
            format!("1 < {written} and {written} in (1, 2)"),
            format!("abs({written}) between 1 and {written} + 2"),
            format!("{written} is not null"),
        ] {
            assert!(
                Expression::parse(&text, &columns).is_ok(),
                "{text}: {:?}",
                Expression::parse(&text, &columns)
            );
        }
    }
}

fn labels(text: &str) -> Vec<String> {
    let cursor = text.find('|').expect("a bar marks the cursor");
    let plain = text.replacen('|', "", 1);
    let values = |column: &str| {
        if column == "carrier" {
            vec!["UA".to_owned(), "EV".to_owned()]
        } else {
            Vec::new()
        }
    };
    complete_with_values(&plain, cursor, &flights(), &values)
        .into_iter()
        .map(|c| c.label)
        .collect()
}

#[test]
fn completion_offers_first_what_fits() {
    assert_eq!(labels("carrier = '|")[..2], ["UA", "EV"]);
    assert_eq!(labels("carrier = 'E|'"), ["EV"]);
    assert_eq!(labels("carrier in ('UA', |")[0], "UA");
    assert_eq!(labels("carrier = |")[..2], ["UA", "EV"]);
    assert_eq!(labels("c|")[0], "carrier");
    assert_eq!(labels("de|")[0], "dep_delay");
    assert_eq!(labels("delay|")[..2], ["dep_delay", "Arr Delay"]);
    assert_eq!(
        labels("dep_delay > |")[..3],
        ["distance", "Arr Delay", "hour"]
    );
    assert_eq!(labels("dep_delay |")[0], "=");
    assert!(labels("dep_delay > 5 |")[..2].contains(&"and".to_owned()));
    assert_eq!(labels("dep_delay is |")[0], "null");
    assert_eq!(labels("cast(dep_delay as |")[0], "double");
    assert_eq!(labels("date between '2013-01-01' and |")[0], "sched_dep");
    assert!(labels("me|").contains(&"median".to_owned()));
    assert!(labels("dep_delay > 1|").is_empty());
    let quoted = complete("\"Arr|".trim_end_matches('|'), 4, &flights());
    assert_eq!(
        (quoted[0].insert.as_str(), quoted[0].replace.clone()),
        ("\"Arr Delay\"", 0..4)
    );
    let function = complete("me", 2, &flights());
    let median = function
        .iter()
        .find(|c| c.label == "median")
        .expect("median");
    assert_eq!(
        (median.kind, median.insert.as_str(), median.cursor),
        (CompletionKind::Aggregate, "median()", 7)
    );
}
