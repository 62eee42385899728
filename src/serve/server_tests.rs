//! The service over a real port of this machine, asked by a small HTTP client made of std alone.

use super::super::service::ServedModel;
use super::*;
use crate::data::{ColumnData, Table};
use crate::domain::Task;
use crate::domain::prediction::Predictions;
use crate::domain::schema::ColumnType;
use crate::domain::signature::{InputColumn, ModelSignature};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

#[path = "body_tests.rs"]
mod bodies;

/// Answers by arithmetic on its inputs, so that every input's way can be followed.
struct Fake {
    version: u32,
    signature: ModelSignature,
}

fn fake(version: u32, task: Task) -> Arc<dyn ServedModel> {
    let input = |name: &str, kind: ColumnType| InputColumn {
        name: name.to_owned(),
        kind,
        had_missing: true,
        domain: None,
    };
    let classes = if task == Task::Regression {
        vec![]
    } else {
        vec!["no".to_owned(), "yes".to_owned()]
    };
    Arc::new(Fake {
        version,
        signature: ModelSignature {
            inputs: vec![
                input("x", ColumnType::Number),
                input("n", ColumnType::Integer),
                input("flag", ColumnType::Boolean),
                input("text", ColumnType::Text),
                input("day", ColumnType::Date),
                input("at", ColumnType::Timestamp),
            ],
            task,
            target: "y".to_owned(),
            classes,
        },
    })
}

impl ServedModel for Fake {
    fn name(&self) -> &str {
        "flights late"
    }
    fn version(&self) -> u32 {
        self.version
    }
    fn signature(&self) -> &ModelSignature {
        &self.signature
    }
    fn predict(&self, table: &Table) -> Result<Predictions, Failure> {
        assert_eq!(table.names(), ["x", "n", "flag", "text", "day", "at"]);
        let number =
            |name: &str, row: usize| table.column(name).unwrap().number(row).unwrap_or(-0.1);
        let values: Vec<f64> = (0..table.n_rows())
            .map(|row| {
                let Some(ColumnData::Text(texts)) = table.column("text") else {
                    panic!("a text");
                };
                let text = if texts.iter().nth(row).unwrap().is_some() {
                    0.01
                } else {
                    0.001
                };
                if number("x", row) == 13.0 {
                    panic!("an unlucky number");
                }
                let days = number("day", row) * 86_400_000.0;
                number("x", row) / 3.0
                    + number("n", row)
                    + number("flag", row)
                    + text
                    + (number("at", row) - days) / 1e9
            })
            .collect();
        if number("x", 0) == 14.0 {
            return Err(Failure::bad_data("fourteen is too much"));
        }
        Ok(match self.signature.task {
            Task::Regression => Predictions::Values(values),
            _ => Predictions::Probabilities {
                n_classes: 2,
                values: values
                    .iter()
                    .map(|v| v / 1e3)
                    .flat_map(|p| [1.0 - p, p])
                    .collect(),
            },
        })
    }
}

struct Answer {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
    fn error(&self) -> String {
        self.json()["error"].as_str().unwrap().to_owned()
    }
}

fn ask(server: &Server, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // A refused body may not be read to its end.
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let headers = String::from_utf8(bytes[..end].to_vec()).unwrap();
    Answer {
        status: headers[9..12].parse().unwrap(),
        headers,
        body: bytes[end + 4..].to_vec(),
    }
}

const INFER: &str = "/v2/models/flights%20late/infer";

fn infer(server: &Server, request: &Value) -> Answer {
    ask(server, "POST", INFER, "", request.to_string().as_bytes())
}

fn start(task: Task) -> Server {
    Server::start(0, Arc::new(ModelSlot::with(fake(3, task)))).unwrap()
}

fn tensor(name: &str, datatype: &str, data: Value) -> Value {
    let n = data.as_array().unwrap().len();
    json!({"name": name, "shape": [n], "datatype": datatype, "data": data})
}

/// Two rows; the second has no values.
fn request() -> Value {
    json!({"id": "a1", "inputs": [
        tensor("at", "BYTES", json!(["2013-04-30T00:00:01", null])),
        tensor("x", "FP64", json!([0.1, null])),
        tensor("n", "INT64", json!([2, null])),
        tensor("flag", "BOOL", json!([true, null])),
        tensor("text", "BYTES", json!(["a", ""])),
        tensor("day", "BYTES", json!(["2013-04-30", null])),
    ]})
}

fn expected() -> [f64; 2] {
    let days = -0.1 * 86_400_000.0;
    [
        0.1 / 3.0 + 2.0 + 1.0 + 0.01 + 1_000.0 / 1e9,
        -0.1 / 3.0 + -0.1 + -0.1 + 0.001 + (-0.1 - days) / 1e9,
    ]
}

#[test]
fn numbers_come_back_bit_for_bit() {
    let server = start(Task::Regression);
    let answer = infer(&server, &request());
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let json = answer.json();
    assert_eq!(
        (&json["id"], &json["model_version"]),
        (&json!("a1"), &json!("3"))
    );
    assert_eq!(json["outputs"][0]["shape"], json!([2]));
    for (found, wanted) in json["outputs"][0]["data"]
        .as_array()
        .unwrap()
        .iter()
        .zip(expected())
    {
        assert_eq!(found.as_f64().unwrap().to_bits(), wanted.to_bits());
    }
    assert_eq!(
        server.counts(),
        Counts {
            requests: 1,
            errors: 0
        }
    );
}

#[test]
fn nested_data_and_other_widths_say_the_same() {
    let server = start(Task::Regression);
    let mut other = request();
    other["inputs"][1] =
        json!({"name": "x", "shape": [2, 1], "datatype": "FP64", "data": [[0.1], [null]]});
    other["inputs"][2] = tensor("n", "FP64", json!([2.0, null]));
    other["inputs"][3] = tensor("flag", "UINT8", json!([1, null]));
    assert_eq!(
        infer(&server, &other).json(),
        infer(&server, &request()).json()
    );
}

#[test]
fn binary_tensors_go_both_ways() {
    let server = start(Task::Binary);
    let bytes = |elements: &[&str]| -> Vec<u8> {
        elements
            .iter()
            .flat_map(|e| [&(e.len() as u32).to_le_bytes()[..], e.as_bytes()].concat())
            .collect()
    };
    let floats = |v: [f64; 2]| v.map(f64::to_le_bytes).concat();
    let parts: Vec<(&str, &str, Vec<u8>)> = vec![
        ("x", "FP64", floats([0.1, f64::NAN])),
        ("n", "FP64", floats([2.0, f64::NAN])),
        ("flag", "FP64", floats([1.0, f64::NAN])),
        ("text", "BYTES", bytes(&["a", ""])),
        ("day", "BYTES", bytes(&["2013-04-30", ""])),
        ("at", "BYTES", bytes(&["2013-04-30 00:00:01", ""])),
    ];
    let inputs: Vec<Value> = parts
        .iter()
        .map(|(name, datatype, data)| {
            json!({"name": name, "shape": [2], "datatype": datatype, "parameters": {"binary_data_size": data.len()}})
        })
        .collect();
    let header = json!({"inputs": inputs, "parameters": {"binary_data_output": true}}).to_string();
    let mut body = header.clone().into_bytes();
    body.extend(parts.iter().flat_map(|(_, _, data)| data.clone()));
    let length = format!("Inference-Header-Content-Length: {}\r\n", header.len());
    let answer = ask(&server, "POST", INFER, &length, &body);
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let head = answer.headers.to_lowercase();
    let (_, after) = head
        .split_once("inference-header-content-length: ")
        .unwrap();
    let json_length: usize = after.lines().next().unwrap().parse().unwrap();
    let document: Value = serde_json::from_slice(&answer.body[..json_length]).unwrap();
    let binary = &answer.body[json_length..];
    let labels = bytes(&["no", "no"]);
    assert_eq!(
        document["outputs"][0]["parameters"]["binary_data_size"],
        labels.len()
    );
    assert_eq!(binary[..labels.len()], labels);
    assert_eq!(
        document["outputs"][1]["parameters"]["classes"],
        json!(["no", "yes"])
    );
    assert_eq!(document["outputs"][1]["shape"], json!([2, 2]));
    let wanted: Vec<u8> = expected()
        .iter()
        .map(|v| v / 1e3)
        .flat_map(|p| [1.0 - p, p])
        .flat_map(f64::to_le_bytes)
        .collect();
    assert_eq!(binary[labels.len()..], wanted);
    // The same as JSON, one output only.
    let mut only = request();
    only["outputs"] = json!([{"name": "probabilities"}]);
    let answer = infer(&server, &only).json();
    assert_eq!(answer["outputs"].as_array().unwrap().len(), 1);
    assert_eq!(
        answer["outputs"][0]["data"][1].as_f64().unwrap(),
        expected()[0] / 1e3
    );
}

#[test]
fn bad_requests_say_everything_that_is_wrong() {
    let server = start(Task::Regression);
    let refused = |request: &Value, words: &[&str]| {
        let answer = infer(&server, request);
        assert_eq!(answer.status, 400, "{words:?}");
        for word in words {
            assert!(answer.error().contains(word), "{word}: {}", answer.error());
        }
    };
    refused(
        &json!({"inputs": []}),
        &["missing inputs: x, n, flag, text, day, at"],
    );
    refused(
        &json!({"inputs": [tensor("z", "FP64", json!([1.0]))]}),
        &["there is no input \"z\"", "missing inputs"],
    );
    let with = |i: usize, tensor: Value| {
        let mut changed = request();
        changed["inputs"][i] = tensor;
        changed
    };
    refused(
        &with(1, tensor("x", "BYTES", json!(["1", "2"]))),
        &["x: the datatype is BYTES and a number column takes FP64"],
    );
    refused(
        &with(1, tensor("x", "FP16", json!([1, 2]))),
        &["\"FP16\" is not supported"],
    );
    refused(
        &with(1, tensor("x", "FP64", json!([1, "2"]))),
        &["x: element 1 is \"2\", which is no FP64"],
    );
    refused(
        &with(1, tensor("x", "FP64", json!([1.0]))),
        &["differ in their number of rows: x has 1, n has 2"],
    );
    refused(
        &with(
            1,
            json!({"name": "x", "shape": [2, 2], "datatype": "FP64", "data": [1, 2, 3, 4]}),
        ),
        &["[2, 2]"],
    );
    refused(
        &with(
            1,
            json!({"name": "x", "shape": [3], "datatype": "FP64", "data": [1, 2]}),
        ),
        &["3 elements and there are 2"],
    );
    refused(
        &with(1, json!({"name": "x", "shape": [2], "datatype": "FP64"})),
        &["neither data nor"],
    );
    refused(
        &with(2, tensor("n", "FP64", json!([1.5, 2.0]))),
        &["n: element 0 is 1.5"],
    );
    refused(&with(2, tensor("n", "INT8", json!([300, 2]))), &["300"]);
    refused(
        &with(5, tensor("day", "BYTES", json!(["30.4.2013", ""]))),
        &["a day is written like"],
    );
    refused(
        &with(1, tensor("n", "INT64", json!([1, 2]))),
        &["n: the input is there twice", "missing inputs: x"],
    );
    let mut outputs = request();
    outputs["outputs"] = json!([{"name": "label"}]);
    refused(&outputs, &["there is no output \"label\"; there is value"]);
    assert_eq!(server.counts().errors, server.counts().requests);
}

#[test]
fn malformed_bodies_and_headers_are_refused() {
    let server = start(Task::Regression);
    for body in [
        &b"{"[..],
        b"",
        b"[]",
        b" [null, {}, [], null]",
        b"\xff\xfe",
        b"{\"inputs\": [{\"name\": 1}]}",
    ] {
        let answer = ask(&server, "POST", INFER, "", body);
        assert_eq!(answer.status, 400);
        assert!(answer.error().contains("not an inference request"));
    }
    for header in [
        "Inference-Header-Content-Length: 9999\r\n",
        "Inference-Header-Content-Length: x\r\n",
        "Content-Encoding: gzip\r\n",
    ] {
        assert_eq!(ask(&server, "POST", INFER, header, b"{}").status, 400);
    }
    let mut torn = request();
    torn["inputs"][1] = json!({"name": "x", "shape": [2], "datatype": "FP64", "parameters": {"binary_data_size": 16}});
    let answer = infer(&server, &torn);
    assert_eq!(answer.status, 400);
    assert!(
        answer.error().contains("binary_data_size"),
        "{}",
        answer.error()
    );
    assert_eq!(server.counts().errors, server.counts().requests);
}

#[test]
fn failures_and_panics_of_a_model_end_one_request_only() {
    let server = start(Task::Regression);
    let with = |x: f64| {
        let mut changed = request();
        changed["inputs"][1] = tensor("x", "FP64", json!([x, x]));
        infer(&server, &changed)
    };
    assert_eq!(with(13.0).status, 500);
    let answer = with(14.0);
    assert_eq!(
        (answer.status, answer.error()),
        (400, "fourteen is too much".to_owned())
    );
    assert_eq!(with(1.0).status, 200);
    assert_eq!(
        server.counts(),
        Counts {
            requests: 3,
            errors: 2
        }
    );
}

#[test]
fn paths_methods_and_versions() {
    let slot = Arc::new(ModelSlot::empty());
    let server = Server::start(0, Arc::clone(&slot)).unwrap();
    let status = |method: &str, path: &str| {
        let answer = ask(&server, method, path, "", b"");
        if answer.status != 200 {
            assert!(!answer.error().is_empty());
        }
        answer.status
    };
    assert_eq!(status("GET", "/v2/health/live"), 200);
    assert_eq!(status("GET", "/v2/health/ready"), 503);
    assert_eq!(status("GET", "/v2/models/flights%20late"), 503);
    assert_eq!(status("POST", INFER), 503);
    slot.put(Some(fake(3, Task::Binary)));
    assert_eq!(status("GET", "/v2/health/ready"), 200);
    assert_eq!(status("GET", "/v2/models/flights%20late/ready"), 200);
    assert_eq!(
        status("GET", "/v2/models/flights%20late/versions/3/ready"),
        200
    );
    assert_eq!(status("GET", "/v2/models/flights%20late/versions/2"), 404);
    assert_eq!(status("GET", "/v2/models/other"), 404);
    assert_eq!(status("GET", "/v2/models/%ff"), 400);
    assert_eq!(status("GET", "/nowhere"), 404);
    assert_eq!(status("GET", INFER), 405);
    assert_eq!(status("DELETE", "/v2"), 405);
    let about = ask(&server, "GET", "/v2", "", b"").json();
    assert_eq!(
        (&about["name"], &about["extensions"][1]),
        (&json!("lockkeeper"), &json!("no_prediction_log"))
    );
    slot.put(Some(fake(4, Task::Regression)));
    let model = ask(
        &server,
        "GET",
        "/v2/models/flights%20late/versions/4",
        "",
        b"",
    )
    .json();
    assert_eq!(model["versions"], json!(["4"]));
    assert_eq!(
        model["inputs"][1],
        json!({"name": "n", "datatype": "INT64", "shape": [-1]})
    );
    assert_eq!(
        model["outputs"],
        json!([{"name": "value", "datatype": "FP64", "shape": [-1]}])
    );
}

#[test]
fn a_taken_port_is_named_and_a_stopped_one_is_free() {
    let slot = Arc::new(ModelSlot::empty());
    let first = Server::start(0, Arc::clone(&slot)).unwrap();
    let port = first.address().port();
    assert!(first.is_running());
    // A client that says nothing must not keep it from stopping for longer than the grace period.
    let error = Server::start(port, Arc::clone(&slot)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("port {port} is already in use on this machine")
    );
    first.stop();
    assert_eq!(Server::start(port, slot).unwrap().address().port(), port);
}

#[test]
fn a_request_in_flight_keeps_its_model() {
    let slot = ModelSlot::with(fake(1, Task::Binary));
    let held = slot.model().unwrap();
    slot.put(Some(fake(2, Task::Binary)));
    assert_eq!((held.version(), slot.model().unwrap().version()), (1, 2));
    slot.put(None);
    assert!(slot.model().is_none());
    assert_eq!(held.version(), 1);
}

#[test]
fn no_request_panics_however_damaged() {
    use super::super::wire::read_request;
    use rand::{Rng, SeedableRng};
    let model = fake(1, Task::Binary);
    let good = request().to_string().into_bytes();
    let mut binary = json!({"inputs": [
        {"name": "x", "shape": [1], "datatype": "FP64", "parameters": {"binary_data_size": 8}},
        {"name": "text", "shape": [1], "datatype": "BYTES", "parameters": {"binary_data_size": 6}},
    ]})
    .to_string()
    .into_bytes();
    let header_length = binary.len();
    binary.extend([0_u8; 8]);
    binary.extend([2, 0, 0, 0, b'a', b'b']);
    let mut rng = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(1);
    let mut n_accepted = 0;
    for round in 0..5_000 {
        let (bytes, length) = if round % 2 == 0 {
            (&good, None)
        } else {
            (&binary, Some(header_length))
        };
        let mut damaged = bytes.clone();
        for _ in 0..rng.gen_range(1..4) {
            let at = rng.gen_range(0..damaged.len());
            damaged[at] = if rng.gen_bool(0.5) {
                rng.r#gen()
            } else {
                b"0918\"[]{},-.en"[rng.gen_range(0..14)]
            };
        }
        if rng.gen_bool(0.1) {
            damaged.truncate(rng.gen_range(0..damaged.len()));
        }
        n_accepted += usize::from(read_request(&damaged, length, model.signature()).is_ok());
    }
    // Digits inside a number may change without harm.
    assert!(n_accepted < 1_000, "{n_accepted}");
}
