//! Models of other programs, taken over by the real binary: copied, scored, chosen, served by prediction, exported again.
//! The live part runs where LOCKKEEPER_ONNX_PYTHON names a Python with scikit-learn, skl2onnx, onnxmltools and onnxruntime
//! (tests/oracles/onnx/pipelines.py): it fits, converts and answers, and Lockkeeper must answer the same.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use support::{on, text};

fn oracles() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/onnx")
}

/// Data with the columns of the oracles' pipelines, and both targets.
fn data(n: usize) -> String {
    let mut csv = "size,age,price,city,kind,two,number\n".to_owned();
    for i in 0..n {
        let some = |salt: usize, n: usize| (((i + 1) * 2_654_435_761 + salt * 40_503) >> 7) % n;
        let size = some(2, 1000) as f64 / 10.0;
        let city = ["Aachen", "Köln", "Ulm"][some(3, 3)];
        let kind = ["old", "new"][some(4, 2)];
        let (age, price) = (18 + some(5, 70), 1.0 + some(6, 300) as f64 / 10.0);
        let score =
            size / 20.0 - age as f64 / 30.0 + price.ln() + city.chars().count() as f64 / 5.0;
        let score = score + some(7, 100) as f64 / 100.0;
        let two = if score > 4.1 { "yes" } else { "no" };
        let size = if some(1, 11) == 0 {
            String::new()
        } else {
            size.to_string()
        };
        writeln!(
            csv,
            "{size},{age},{price},{city},{kind},{two},{:.2}",
            score * 10.0
        )
        .unwrap();
    }
    csv
}

fn workspace(folder: &Path, target: &str, csv: &str) -> PathBuf {
    let data = folder.join("data.csv");
    std::fs::write(&data, csv).unwrap();
    let root = folder.join(target);
    support::lockkeeper(&[
        "init",
        text(&root),
        "--data",
        text(&data),
        "--target",
        target,
    ])
    .exits(0);
    // Only the imported models and the baseline are scored: the others are other tests' business.
    let file = root.join("pipeline.toml");
    let spec = std::fs::read_to_string(&file).unwrap();
    let mut spec: toml::Table = toml::from_str(&spec).unwrap();
    let train = spec["steps"].as_table_mut().unwrap()["train"]
        .as_table_mut()
        .unwrap();
    train.insert("candidates".to_owned(), toml::Value::Array(Vec::new()));
    std::fs::write(&file, toml::to_string(&spec).unwrap()).unwrap();
    root
}

/// Runs the pipeline, whatever its model gate says of the best candidate.
fn runs(root: &Path) {
    let said = on(root, &["run"]);
    assert!(matches!(said.code, Some(0 | 5)), "{}", said.err);
}

/// Rows of a CSV file by the names of its columns.
fn columns(csv: &str) -> BTreeMap<String, Vec<String>> {
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in lines {
        for (name, cell) in names.iter().zip(line.split(',')) {
            columns
                .entry((*name).to_owned())
                .or_default()
                .push(cell.to_owned());
        }
    }
    columns
}

#[test]
fn an_imported_model_is_scored_chosen_promoted_and_exported_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = workspace(folder.path(), "two", &data(300));
    let file = oracles().join("pipelines/logistic_two.onnx");
    let said = on(
        &root,
        &["import", "onnx", text(&file), "--name", "from sklearn"],
    )
    .exits(0);
    assert!(
        said.err.contains("inputs: size, age, price, city, kind"),
        "{}",
        said.err
    );
    let said = on(&root, &["run", "--json"]).exits(0);
    let events = said.events();
    assert!(said.out.contains("was fitted elsewhere"), "{}", said.out);
    let last = events.last().unwrap();
    assert_eq!(last["promoted"], 1, "{last}");
    let models = on(&root, &["models", "--json"]).exits(0).json();
    assert_eq!(models[0]["algorithm"], "onnx", "{models}");
    let out = folder.path().join("out.onnx");
    on(
        &root,
        &["export", "onnx", "production", "--out", text(&out)],
    )
    .exits(0);
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&file).unwrap());
    // The stored model needs neither the copy nor the original, and running again changes nothing.
    let again = on(&root, &["run", "--json"]).exits(0);
    assert!(
        again.out.contains("CACHED") || again.out.contains("cached"),
        "{}",
        again.out
    );
    std::fs::remove_dir_all(root.join("models")).unwrap();
    let data = folder.path().join("data.csv");
    on(&root, &["predict", "production", "--data", text(&data)]).exits(0);
}

#[test]
fn another_file_under_the_same_name_is_scored_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = workspace(folder.path(), "two", &data(200));
    let scores = |root: &Path| {
        runs(root);
        let said = on(
            root,
            &[
                "predict",
                "m",
                "--data",
                text(&folder.path().join("data.csv")),
            ],
        );
        said.exits(0).out
    };
    let file = |name: &str| oracles().join(format!("pipelines/{name}.onnx"));
    on(
        &root,
        &["import", "onnx", text(&file("logistic_two")), "--name", "m"],
    )
    .exits(0);
    let first = scores(&root);
    on(
        &root,
        &["import", "onnx", text(&file("forest_two")), "--name", "m"],
    )
    .exits(0);
    assert_ne!(first, scores(&root));
    // A file that is changed behind our back counts by its content, too.
    let copy = std::fs::read_dir(root.join("models")).unwrap();
    for entry in copy {
        std::fs::copy(file("logistic_two"), entry.unwrap().path()).unwrap();
    }
    assert_eq!(first, scores(&root));
}

#[test]
fn what_does_not_fit_is_one_failed_candidate_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let root = workspace(folder.path(), "two", &data(200));
    let file = |name: &str| oracles().join(format!("pipelines/{name}.onnx"));
    let unread = on(&root, &["import", "onnx", text(&file("knn_three"))]).exits(3);
    assert!(
        unread.err.contains("operator Scan of ai.onnx version 18"),
        "{}",
        unread.err
    );
    let broken = folder.path().join("broken.onnx");
    let bytes = std::fs::read(file("tree_two")).unwrap();
    std::fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
    let said = on(&root, &["import", "onnx", text(&broken)]).exits(3);
    assert!(
        said.err.contains("not a readable ONNX model"),
        "{}",
        said.err
    );
    for name in ["tree_two", "tree_three", "ridge"] {
        on(&root, &["import", "onnx", text(&file(name))]).exits(0);
    }
    let taken = on(
        &root,
        &[
            "import",
            "onnx",
            text(&file("tree_two")),
            "--name",
            "baseline",
        ],
    );
    taken.exits(2);
    // The copy of one is lost.
    on(
        &root,
        &[
            "import",
            "onnx",
            text(&file("logistic_two")),
            "--name",
            "lost",
        ],
    )
    .exits(0);
    for entry in std::fs::read_dir(root.join("models")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("lost")
        {
            std::fs::remove_file(path).unwrap();
        }
    }
    runs(&root);
    let snapshot = support::look(&root);
    let board = snapshot
        .latest_output(lockkeeper::domain::run::StepKind::Train, "leaderboard")
        .unwrap();
    let board = std::fs::read(
        root.join("artifacts")
            .join(&board.hash.as_str()[..2])
            .join(&board.hash.as_str()[2..]),
    );
    let board: Value = serde_json::from_slice(&board.unwrap()).unwrap();
    let error = |name: &str| -> String {
        let all = board["candidates"].as_array().unwrap();
        let one = all.iter().find(|c| c["name"] == name).unwrap();
        one["error"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(error("tree_two"), "");
    assert!(
        error("tree_three").contains("1, 6, 11 apart, and the target has no, yes"),
        "{}",
        error("tree_three")
    );
    assert!(
        error("ridge").contains("no probabilities"),
        "{}",
        error("ridge")
    );
    assert!(
        error("lost").contains("is not in the workspace"),
        "{}",
        error("lost")
    );
}

/// Models whose own classes are codes, with the classes that these stand for.
const CODES: [(&str, &str); 2] = [("xgboost_two", "no,yes"), ("xgboost_three", "1,6,11")];

#[test]
fn pipelines_of_scikit_learn_answer_as_in_onnxruntime() {
    let Some(python) = std::env::var_os("LOCKKEEPER_ONNX_PYTHON") else {
        println!("SKIPPED: LOCKKEEPER_ONNX_PYTHON is not set");
        return;
    };
    let has_all = "import lightgbm, onnxmltools, onnxruntime, pandas, skl2onnx, sklearn, xgboost";
    let asked = std::process::Command::new(&python)
        .args(["-c", has_all])
        .output()
        .unwrap();
    if !asked.status.success() {
        println!("SKIPPED: this Python has not all of: {has_all}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let made = std::process::Command::new(&python)
        .arg(oracles().join("pipelines.py"))
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let csv = std::fs::read_to_string(folder.path().join("data.csv")).unwrap();
    let new = folder.path().join("new.csv");
    let mut by_target: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let target = case["target"].as_str().unwrap().to_owned();
            by_target.entry(target).or_default().push((name, case));
        }
    }
    let (mut unread, mut n, mut worst) = (Vec::new(), 0, 0.0_f64);
    for (target, mut cases) in by_target {
        cases.sort_by(|a, b| a.0.cmp(&b.0));
        let root = workspace(folder.path(), &target, &csv);
        let mut imported = Vec::new();
        for (name, case) in cases {
            let file = folder.path().join(format!("{name}.onnx"));
            let mut args = vec!["import", "onnx", text(&file)];
            if case["one_tensor"] == true {
                args.extend(["--columns", "size, age, price"]);
            }
            if let Some((_, classes)) = CODES.iter().find(|(code, _)| *code == name) {
                args.extend(["--classes", classes]);
            }
            let said = on(&root, &args);
            if said.code == Some(0) {
                imported.push((name, case));
            } else {
                unread.push(format!(
                    "{name}: {}",
                    said.err.lines().next().unwrap_or_default()
                ));
            }
        }
        runs(&root);
        for (name, case) in imported {
            let said = on(&root, &["predict", &name, "--data", text(&new)]).exits(0);
            worst = worst.max(compare(&name, &case, &columns(&said.out)));
            n += 1;
        }
    }
    println!("{n} imported models answer like onnxruntime, at worst by {worst:.1e}");
    println!("not read: {unread:#?}");
    assert!(n > 70, "{n}");
    assert!(unread.iter().all(|u| u.starts_with("knn")), "{unread:#?}");
}

/// The largest difference between what was predicted and what onnxruntime answers.
fn compare(name: &str, case: &Value, found: &BTreeMap<String, Vec<String>>) -> f64 {
    let outputs = case["outputs"].as_array().unwrap();
    let answers = outputs.last().unwrap().as_array().unwrap();
    let mut worst = 0.0_f64;
    let number = |column: &str, row: usize| found[column][row].parse::<f64>().unwrap();
    for (row, answer) in answers.iter().enumerate() {
        let expected: Vec<f64> = match answer.as_array() {
            Some(list) => list.iter().map(|v| v.as_f64().unwrap()).collect(),
            None => vec![answer.as_f64().unwrap()],
        };
        let classes = case["classes"].as_array();
        let pairs: Vec<(f64, f64)> = match classes {
            None => vec![(number("prediction", row), expected[0])],
            Some(_) => {
                let codes = CODES.iter().find(|(code, _)| *code == name);
                let names: Vec<String> = match codes {
                    Some((_, names)) => names.split(',').map(str::to_owned).collect(),
                    None => classes
                        .unwrap()
                        .iter()
                        .map(|c| c.as_str().unwrap().to_owned())
                        .collect(),
                };
                let columns = names
                    .iter()
                    .map(|c| number(&format!("probability_{c}"), row));
                columns.zip(expected).collect()
            }
        };
        for (a, b) in pairs {
            let apart = (a - b).abs() / b.abs().max(1.0);
            // Some eight hundred exponentials are added up there in 32 bits, and here in 64.
            let tolerance = if name == "svr" { 2e-5 } else { 1e-5 };
            assert!(apart <= tolerance, "{name}, row {row}: {a} instead of {b}");
            worst = worst.max(apart);
        }
    }
    worst
}
