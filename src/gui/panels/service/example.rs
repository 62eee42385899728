//! A request for one row, written for the signature of a model: for curl in JSON, for Python with tritonclient.

use crate::domain::Task;
use crate::domain::schema::{ColumnType, Domain};
use crate::domain::signature::{InputColumn, ModelSignature};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The request as a command line.
pub(super) fn curl(address: &str, model: &str, signature: &ModelSignature) -> String {
    let inputs: Vec<String> = signature
        .inputs
        .iter()
        .map(|input| {
            let tensor = json!({
                "name": input.name,
                "shape": [1],
                "datatype": datatype(input.kind),
                "data": [value(input)],
            });
            format!("  {tensor}")
        })
        .collect();
    let body = format!("{{\"inputs\": [\n{}\n]}}", inputs.join(",\n"));
    format!(
        "curl -s {address}/v2/models/{}/infer \\\n  -H 'Content-Type: application/json' \\\n  -d '{}'",
        in_url(model),
        body.replace('\'', r"'\''")
    )
}

/// The request as a Python program.
pub(super) fn python(address: &str, model: &str, signature: &ModelSignature) -> String {
    let place = address.trim_start_matches("http://");
    let mut text = format!(
        "# pip install tritonclient[http]\nimport numpy as np\nimport tritonclient.http as http\n\n\
         client = http.InferenceServerClient({})\nrow = [  # name, datatype, values\n",
        literal(place)
    );
    for input in &signature.inputs {
        let (kind, dtype) = (datatype(input.kind), numpy(input.kind));
        let value = python_value(&value(input));
        _ = writeln!(
            text,
            "    ({}, \"{kind}\", np.array([{value}], dtype={dtype})),",
            literal(&input.name)
        );
    }
    text += "]\ninputs = []\nfor name, datatype, values in row:\n    \
             tensor = http.InferInput(name, [len(values)], datatype)\n    \
             tensor.set_data_from_numpy(values)\n    inputs.append(tensor)\n\n";
    _ = writeln!(text, "answer = client.infer({}, inputs)", literal(model));
    text += match signature.task {
        Task::Regression => "print(answer.as_numpy(\"value\"))\n",
        Task::Binary | Task::Multiclass => {
            "print(answer.as_numpy(\"label\"), answer.as_numpy(\"probabilities\"))\n"
        }
    };
    text
}

/// A name as a part of a URL's path.
pub(super) fn in_url(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

fn datatype(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Number => "FP64",
        ColumnType::Integer => "INT64",
        ColumnType::Boolean => "BOOL",
        ColumnType::Text | ColumnType::Date | ColumnType::Timestamp => "BYTES",
    }
}

fn numpy(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Number => "np.float64",
        ColumnType::Integer => "np.int64",
        ColumnType::Boolean => "np.bool_",
        ColumnType::Text | ColumnType::Date | ColumnType::Timestamp => "np.object_",
    }
}

/// A value that the model has seen: the middle of its range or the first of its texts.
fn value(input: &InputColumn) -> Value {
    match (&input.domain, input.kind) {
        (Some(Domain::Values { values, .. }), ColumnType::Text) if !values.is_empty() => {
            json!(values[0])
        }
        (Some(Domain::Range { min, max }), kind) if kind.is_numeric() => {
            let middle = match (min, max) {
                (Some(min), Some(max)) => f64::midpoint(*min, *max),
                (Some(end), None) | (None, Some(end)) => *end,
                (None, None) => 1.0,
            };
            if kind == ColumnType::Integer {
                json!(middle.round() as i64)
            } else {
                json!(short(middle))
            }
        }
        (_, ColumnType::Integer) => json!(1),
        (_, ColumnType::Number) => json!(1.5),
        (_, ColumnType::Boolean) => json!(true),
        (_, ColumnType::Text) => Value::Null,
        (_, ColumnType::Date) => json!("2026-01-31"),
        (_, ColumnType::Timestamp) => json!("2026-01-31T12:00:00"),
    }
}

/// The number with at most four digits after the point: an example is to be read.
fn short(x: f64) -> f64 {
    (x * 1e4).round() / 1e4
}

fn python_value(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => literal(text),
        other => other.to_string(),
    }
}

/// A text as a Python literal: JSON's are.
fn literal(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(task: Task) -> ModelSignature {
        let input = |name: &str, kind, domain| InputColumn {
            name: name.to_owned(),
            kind,
            had_missing: false,
            domain,
        };
        let carriers = Domain::Values {
            values: vec!["O'Hare \"B6\"".to_owned()],
            min_domain_mass: 1.0,
        };
        let range = Domain::Range {
            min: Some(0.0),
            max: Some(2.5),
        };
        ModelSignature {
            inputs: vec![
                input("carrier", ColumnType::Text, Some(carriers)),
                input("wind", ColumnType::Number, Some(range)),
                input("is_holiday", ColumnType::Boolean, None),
            ],
            task,
            target: "late".to_owned(),
            classes: vec!["no".to_owned(), "yes".to_owned()],
        }
    }

    #[test]
    fn the_body_of_curl_is_json_also_with_quotes_in_it() {
        let text = curl(
            "http://127.0.0.1:8080",
            "late flights",
            &signature(Task::Binary),
        );
        assert!(text.starts_with("curl -s http://127.0.0.1:8080/v2/models/late%20flights/infer"));
        let body = text
            .split_once("-d '")
            .unwrap()
            .1
            .strip_suffix('\'')
            .unwrap()
            .replace(r"'\''", "'");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["inputs"][0]["data"][0], "O'Hare \"B6\"");
        assert_eq!(
            body["inputs"][1],
            json!({"name": "wind", "shape": [1], "datatype": "FP64", "data": [1.25]})
        );
    }

    #[test]
    fn python_asks_for_what_the_task_answers() {
        let text = python(
            "http://127.0.0.1:8080",
            "late",
            &signature(Task::Regression),
        );
        assert!(text.contains("InferenceServerClient(\"127.0.0.1:8080\")"));
        assert!(text.contains("(\"is_holiday\", \"BOOL\", np.array([True], dtype=np.bool_))"));
        assert!(text.contains("as_numpy(\"value\")") && !text.contains("probabilities"));
    }
}
