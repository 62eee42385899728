//! `lockkeeper serve` as a process: the Open Inference Protocol over plain HTTP gives what `predict` gives, bit for bit;
//! malformed requests get 400; a promotion by another process swaps the model under it.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Stdio};
use support::{command, edit, look, on, sample, small, text};

/// A running service; it is stopped when it goes out of scope.
struct Serving {
    child: Child,
    address: String,
    lines: Lines<BufReader<ChildStderr>>,
}

impl Serving {
    fn start(root: &Path) -> Self {
        let mut child = command(&["serve", "--port", "0", "--workspace", text(root)])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.next().unwrap().unwrap();
        let address = line
            .split("http://")
            .nth(1)
            .unwrap_or_else(|| panic!("{line}"));
        let address = address.split(' ').next().unwrap().to_owned();
        Self {
            child,
            address,
            lines,
        }
    }

    /// One request over a connection of its own: status and body.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {body}"))
        };
        (status, body)
    }

    /// Waits for a line on stderr with this text.
    fn wait_for(&mut self, what: &str) {
        let found = self.lines.any(|l| l.unwrap().contains(what));
        assert!(found, "the service ended without saying {what:?}");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _gone = std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status();
        let _waited = self.child.wait();
    }
}

/// A CSV file as records by column.
fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// The rows as an inference request in JSON, by the metadata that the service gives.
fn request(metadata: &Value, rows: &[BTreeMap<String, String>]) -> Value {
    let inputs: Vec<Value> = metadata["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tensor| {
            let name = tensor["name"].as_str().unwrap();
            let cells = rows.iter().map(|row| row[name].as_str());
            let data: Vec<Value> = cells
                .map(|cell| match tensor["datatype"].as_str().unwrap() {
                    "BYTES" => json!(cell),
                    _ if cell.is_empty() || cell == "NA" => Value::Null,
                    "INT64" => json!(cell.parse::<i64>().unwrap()),
                    "BOOL" => json!(cell.eq_ignore_ascii_case("true")),
                    _ => json!(cell.parse::<f64>().unwrap()),
                })
                .collect();
            let datatype = &tensor["datatype"];
            json!({"name": name, "datatype": datatype, "shape": [rows.len()], "data": data})
        })
        .collect();
    json!({"id": "check", "inputs": inputs})
}

/// Compares what the service says with what `predict` writes, bit for bit.
fn assert_same_as_predict(service: &Serving, root: &Path, model: &str, data: &Path, n_rows: usize) {
    let expected = on(root, &["predict", "production", "--data", text(data)]).exits(0);
    let expected = rows(&expected.out);
    let inputs = rows(&std::fs::read_to_string(data).unwrap());
    let path = format!("/v2/models/{model}");
    let (status, metadata) = service.ask("GET", &path, "");
    assert_eq!(status, 200);
    let body = request(&metadata, &inputs[..n_rows]).to_string();
    let (status, answer) = service.ask("POST", &format!("{path}/infer"), &body);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        (&answer["id"], &answer["model_name"]),
        (&json!("check"), &json!(model))
    );
    let output = |name: &str| {
        let outputs = answer["outputs"].as_array().unwrap();
        outputs.iter().find(|o| o["name"] == name).unwrap()["data"]
            .as_array()
            .unwrap()
    };
    let bits = |text: &str| text.parse::<f64>().unwrap().to_bits();
    let classes = &metadata["outputs"];
    let classes = classes.as_array().unwrap().iter();
    let classes = classes
        .filter_map(|o| o["parameters"]["classes"].as_array())
        .next();
    for (i, row) in expected[..n_rows].iter().enumerate() {
        let Some(classes) = classes else {
            let value = output("value")[i].as_f64().unwrap();
            assert_eq!(value.to_bits(), bits(&row["prediction"]), "row {i}");
            continue;
        };
        assert_eq!(output("label")[i], row["prediction"].as_str(), "row {i}");
        for (k, class) in classes.iter().enumerate() {
            let got = output("probabilities")[i * classes.len() + k]
                .as_f64()
                .unwrap();
            let wanted = &row[&format!("probability_{}", class.as_str().unwrap())];
            assert_eq!(got.to_bits(), bits(wanted), "row {i}, {class}");
        }
    }
}

#[test]
fn the_service_answers_what_predict_writes_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    for (id, file, n_rows) in [
        ("nyc-flights", "data/flights_2013_04_05.csv", 500),
        ("nyc-flights-delay", "data/flights_2013_04_05.csv", 500),
        ("penguins", "data/penguins.csv", 344),
    ] {
        let root = sample(folder.path(), id);
        on(&root, &["run"]).exits(0);
        let service = Serving::start(&root);
        assert_same_as_predict(&service, &root, id, &root.join(file), n_rows);
    }
}

#[test]
fn health_metadata_and_malformed_requests() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let service = Serving::start(&root);
    for path in [
        "/v2/health/live",
        "/v2/health/ready",
        "/v2/models/small/ready",
    ] {
        assert_eq!(service.ask("GET", path, "").0, 200, "{path}");
    }
    let (status, metadata) = service.ask("GET", "/v2/models/small", "");
    assert_eq!(status, 200);
    assert_eq!(metadata["name"], "small");
    assert_eq!(metadata["versions"], json!(["1"]));
    let names: Vec<&str> = metadata["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["speed", "weight", "city", "day"]);

    let table = std::fs::read_to_string(folder.path().join("small.csv")).unwrap();
    let good = request(&metadata, &rows(&table)[..3]);
    let infer = "/v2/models/small/infer";
    assert_eq!(service.ask("POST", infer, &good.to_string()).0, 200);
    let changed = |change: fn(&mut Value)| {
        let mut request = good.clone();
        change(&mut request);
        request.to_string()
    };
    let bad: [(String, &str); 9] = [
        ("{".to_owned(), ""),
        (String::new(), ""),
        ("[]".to_owned(), ""),
        (json!({"inputs": []}).to_string(), "missing inputs"),
        (
            changed(|r| {
                r["inputs"].as_array_mut().unwrap().remove(0);
            }),
            "speed",
        ),
        (changed(|r| r["inputs"][0]["name"] = json!("sped")), "sped"),
        (
            changed(|r| r["inputs"][0]["datatype"] = json!("FP65")),
            "FP65",
        ),
        (changed(|r| r["inputs"][0]["shape"] = json!([4])), "speed"),
        (
            changed(|r| r["inputs"][0]["data"][1] = json!("fast")),
            "speed",
        ),
    ];
    for (body, word) in bad {
        let (status, answer) = service.ask("POST", infer, &body);
        assert_eq!(status, 400, "{body}: {answer}");
        let error = answer["error"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"));
        assert!(
            !error.is_empty() && error.contains(word),
            "{word:?} is not in {error}"
        );
    }
    for (method, path, status) in [
        ("GET", "/v2/models/other", 404),
        ("POST", "/v2/models/other/infer", 404),
        ("GET", "/nothing", 404),
        ("GET", infer, 405),
    ] {
        let (found, answer) = service.ask(method, path, "");
        assert_eq!(found, status, "{method} {path}");
        assert!(answer["error"].is_string(), "{method} {path}: {answer}");
    }
    assert_eq!(
        service.ask("POST", infer, &good.to_string()).0,
        200,
        "and goes on"
    );
}

#[test]
fn a_promotion_by_another_process_swaps_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    edit(&root, |spec| {
        spec.steps.train.candidates.retain(|c| c.name == "tree");
        spec.steps.validate_model = None;
        spec.steps.push = None;
    });
    on(&root, &["run"]).exits(0);
    assert_eq!(look(&root).models.len(), 2);
    let data = folder.path().join("small.csv");
    let mut service = Serving::start(&root);
    assert_same_as_predict(&service, &root, "small", &data, 400);
    on(&root, &["promote", "2", "--reason", "a try"]).exits(0);
    service.wait_for("v2 came into production");
    let (_, metadata) = service.ask("GET", "/v2/models/small", "");
    assert_eq!(metadata["versions"], json!(["2"]));
    assert_same_as_predict(&service, &root, "small", &data, 400);
    on(&root, &["rollback"]).exits(0);
    service.wait_for("v1 came into production");
    assert_same_as_predict(&service, &root, "small", &data, 400);
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = on(&root, &["serve", "--port", &port]).exits(4);
    assert!(
        said.err.contains(&port) && said.err.contains('→'),
        "{}",
        said.err
    );
    on(&root, &["run"]).exits(0);
}

/// NVIDIA's client as an oracle. `LOCKKEEPER_TRITON_PYTHON` names a Python that has `tritonclient[http]`.
#[test]
fn tritonclient_agrees_bit_for_bit() {
    let Some(python) = std::env::var_os("LOCKKEEPER_TRITON_PYTHON") else {
        println!("SKIPPED: LOCKKEEPER_TRITON_PYTHON is not set");
        return;
    };
    let script =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/serve/triton_client.py");
    let folder = tempfile::tempdir().unwrap();
    for (id, file) in [
        ("nyc-flights", "data/flights_2013_04_05.csv"),
        ("nyc-flights-delay", "data/flights_2013_06_07.csv"),
        ("penguins", "data/penguins.csv"),
    ] {
        let root = sample(folder.path(), id);
        on(&root, &["run"]).exits(0);
        let (data, expected) = (root.join(file), folder.path().join(format!("{id}.csv")));
        let args = [
            "predict",
            "production",
            "--data",
            text(&data),
            "--out",
            text(&expected),
        ];
        on(&root, &args).exits(0);
        let service = Serving::start(&root);
        let said = std::process::Command::new(&python)
            .arg(&script)
            .args([&service.address, id])
            .args([&data, &expected])
            .output();
        let said = support::Said::of(said.unwrap()).exits(0);
        assert!(said.out.contains("agree bit for bit"), "{}", said.out);
        println!("{}", said.out.trim());
    }
}
