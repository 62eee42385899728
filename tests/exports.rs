//! What leaves the workspace for other programs, read back: events of a run, its batches as datasets, what was said of them, and a
//! push to a server that is slow to listen. The formats' own packages read the same in `tests/oracles/interchange/read_all.py`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use support::{lockkeeper, on, small, text};

fn ran(folder: &Path) -> PathBuf {
    let root = small(folder);
    on(&root, &["run"]).exits(0);
    root
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_step_begins_and_ends_in_openlineage_and_twice_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let root = ran(folder.path());
    on(&root, &["run"]).exits(0);
    let said = on(&root, &["export", "openlineage", "--all"]).exits(0);
    let again = on(&root, &["export", "openlineage", "--all"]).exits(0);
    assert_eq!(said.out, again.out);
    let events = said.events();
    let mut of_run: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in &events {
        let id = event["run"]["runId"].as_str().unwrap().to_owned();
        of_run
            .entry(id)
            .or_default()
            .push(event["eventType"].as_str().unwrap().to_owned());
    }
    assert!(
        of_run.values().all(|kinds| *kinds == ["START", "COMPLETE"]),
        "{of_run:?}"
    );
    // Two runs of nine steps each, and the pipeline over them.
    assert_eq!(of_run.len(), 2 * 10);
    let of = |name: &str| {
        let is_it = |e: &&Value| {
            let job = e["job"]["name"].as_str().unwrap();
            e["eventType"] == "COMPLETE" && job.ends_with(&format!(".{name}"))
        };
        events.iter().find(is_it).unwrap()
    };
    let read = of("ingest")["inputs"].as_array().unwrap();
    assert!(
        read.iter()
            .all(|d| Path::new(d["name"].as_str().unwrap()).is_file())
    );
    assert!(!read.is_empty());
    let model = of("train")["outputs"].as_array().unwrap();
    assert!(
        model
            .iter()
            .any(|d| d["facets"]["datasetType"]["subType"] == "lockkeeper.Model")
    );
}

#[test]
fn a_dataset_comes_back_with_its_hashes_rows_and_figures() {
    let folder = tempfile::tempdir().unwrap();
    let root = ran(folder.path());
    for (kind, descriptor) in [
        ("croissant", "croissant.json"),
        ("data-package", "datapackage.json"),
    ] {
        let to = folder.path().join(kind);
        on(&root, &["export", kind, "--to", text(&to)]).exits(0);
        let described = json_of(&to.join(descriptor));
        let file = match kind {
            "croissant" => &described["distribution"][0],
            _ => &described["resources"][0],
        };
        let name = file
            .get("contentUrl")
            .or(file.get("path"))
            .unwrap()
            .as_str()
            .unwrap();
        let original = folder.path().join("small.csv");
        let figures = |path: &Path| {
            let mut said = lockkeeper(&["profile", text(path), "--json"])
                .exits(0)
                .json();
            said["columns"].take()
        };
        assert_eq!(figures(&to.join(name)), figures(&original), "{kind}");
    }
    let to = folder.path().join("tfdv");
    on(&root, &["export", "tfdv", "--to", text(&to)]).exits(0);
    for name in ["schema.pbtxt", "stats.pbtxt", "anomalies.pbtxt"] {
        assert!(to.join(name).is_file(), "{name}");
    }
    on(&root, &["export", "tfdv", "--run", "9", "--to", text(&to)]).exits(4);
}

/// A server that answers like MLflow as far as a push needs it; its first answer is that it is busy.
fn tracking_server() -> (String, mpsc::Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let (path, body) = request(&stream);
            let (status, answer) = match (number, path.as_str()) {
                (0, _) => (503, "{}"),
                (_, "/api/2.0/mlflow/experiments/create") => (200, r#"{"experiment_id": "1"}"#),
                (_, "/api/2.0/mlflow/runs/create") => (
                    200,
                    r#"{"run": {"info": {"run_id": "r1", "artifact_uri": "mlflow-artifacts:/1/r1/artifacts"}}}"#,
                ),
                (_, "/api/2.0/mlflow/model-versions/create") => {
                    (200, r#"{"model_version": {"version": "7"}}"#)
                }
                _ => (200, "{}"),
            };
            let mut stream = stream;
            let length = answer.len();
            write!(
                stream,
                "HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
            )
            .unwrap();
            if sender.send((path, body)).is_err() {
                return;
            }
        }
    });
    (address, heard)
}

fn request(stream: &TcpStream) -> (String, Value) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let path = line.split(' ').nth(1).unwrap().to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        if header.trim().is_empty() {
            break;
        }
        if let Some(n) = header.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (path, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[test]
fn a_push_has_parameters_metrics_artifacts_and_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let root = ran(folder.path());
    let (address, heard) = tracking_server();
    let said = on(&root, &["export", "mlflow", "--to", &address]).exits(0);
    assert!(
        said.err.contains("MLflow's run r1, its model is version 7"),
        "{}",
        said.err
    );
    let heard: Vec<(String, Value)> = heard.try_iter().collect();
    let bodies = |end: &str| {
        let of = heard.iter().filter(|(path, _)| path.ends_with(end));
        of.map(|(_, body)| body).collect::<Vec<_>>()
    };
    assert_eq!(
        bodies("/experiments/search").len(),
        2,
        "asked again after 503"
    );
    let batches = bodies("/runs/log-batch");
    assert!(batches.iter().any(|b| b["params"][0]["key"].is_string()));
    let metrics = batches
        .iter()
        .find_map(|b| b["metrics"].as_array())
        .unwrap();
    assert!(
        metrics
            .iter()
            .any(|m| m["key"].as_str().unwrap().starts_with("test."))
    );
    let put = heard
        .iter()
        .filter(|(path, _)| path.contains("/mlflow-artifacts/"));
    let put: Vec<&str> = put.map(|(path, _)| path.as_str()).collect();
    for part in [
        "/model/MLmodel",
        "/model/model.onnx",
        "/model/code/lockkeeper_onnx.py",
        "/ingest/examples-",
    ] {
        assert!(
            put.iter().any(|path| path.contains(part)),
            "{part}: {put:?}"
        );
    }
    assert_eq!(bodies("/runs/update")[0]["status"], "FINISHED");
    let aliases = bodies("/registered-models/alias");
    assert!(aliases.iter().any(|body| body["alias"] == "production"));
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = ran(folder.path());
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("http://127.0.0.1:{port}");
    let said = on(&root, &["export", "mlflow", "--to", &address]).exits(4);
    assert!(said.err.contains(&address), "{}", said.err);
}
