//! Maturity is evidence: nothing is proven in a fresh workspace, afterwards what was exercised and nothing else, and
//! without the records the marks are gone.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;
use support::{command, edit, on, sample, small, text};

fn assessment(root: &Path) -> Value {
    on(root, &["maturity", "--json"]).exits(0).json()
}

fn proven(root: &Path) -> BTreeSet<String> {
    let assessment = assessment(root);
    let capabilities = assessment["capabilities"].as_array().unwrap();
    capabilities
        .iter()
        .filter(|c| {
            let is_proven = c["state"] == "proven";
            let n_evidence = c["evidence"].as_array().unwrap().len();
            assert_eq!(is_proven, n_evidence > 0, "proven means evidence: {c}");
            is_proven
        })
        .map(|c| c["id"].as_str().unwrap().to_owned())
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

/// What one run of the whole pipeline exercises.
const AFTER_A_RUN: [&str; 11] = [
    "automated-promotion",
    "automated-training",
    "data-gate",
    "data-profile",
    "data-read",
    "metadata",
    "model-gate",
    "registry",
    "schema",
    "segments",
    "trained-model",
];

/// Serves, asks for nothing, and stops on SIGINT.
fn serve_once(root: &Path) {
    let mut child = command(&["serve", "--port", "0", "--workspace", text(root)])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let ready = lines.any(|l| l.unwrap().contains("is served at http://127.0.0.1:"));
    assert!(ready);
    let pid = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &pid])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_was_exercised_is_proven_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    assert_eq!(proven(&root), set(&[]));
    assert!(assessment(&root)["level"].is_null());

    on(&root, &["run"]).exits(0);
    assert_eq!(proven(&root), set(&AFTER_A_RUN));
    assert!(assessment(&root)["level"].is_null(), "nothing was served");

    serve_once(&root);
    let mut expected = set(&AFTER_A_RUN);
    expected.insert("prediction-service".to_owned());
    assert_eq!(proven(&root), expected);
    assert_eq!(assessment(&root)["level"], 0);

    edit(&root, |spec| {
        spec.steps.train.candidates.retain(|c| c.name == "tree");
        spec.steps.validate_model = None;
    });
    on(&root, &["run"]).exits(0);
    assert_eq!(
        proven(&root),
        expected,
        "an uninterrupted run proves no resume"
    );
    on(&root, &["rollback"]).exits(0);
    expected.insert("rollback".to_owned());
    assert_eq!(proven(&root), expected);
}

#[test]
fn a_pipeline_without_gates_proves_no_gates() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    edit(&root, |spec| {
        spec.steps.validate = None;
        spec.steps.validate_model = None;
        spec.steps.push = None;
        spec.steps.train.candidates.truncate(1);
    });
    on(&root, &["run"]).exits(0);
    let found = proven(&root);
    for id in [
        "data-gate",
        "model-gate",
        "automated-promotion",
        "rollback",
        "resume",
    ] {
        assert!(!found.contains(id), "{id}");
    }
    assert!(found.contains("trained-model") && found.contains("registry"));
}

#[test]
fn a_stopped_run_proves_the_data_gate_and_no_model() {
    let folder = tempfile::tempdir().unwrap();
    let root = sample(folder.path(), "penguins");
    let data = root.join("data/penguins.csv");
    let bad = root.join("data/second.csv");
    let table = std::fs::read_to_string(data).unwrap();
    std::fs::write(&bad, table.replacen("species", "kind", 1)).unwrap();
    on(&root, &["run", "--add", text(&bad)]).exits(5);
    let found = proven(&root);
    assert!(found.contains("data-gate"), "{found:?}");
    for id in [
        "trained-model",
        "automated-training",
        "registry",
        "model-gate",
    ] {
        assert!(!found.contains(id), "{id}");
    }
}

#[test]
fn without_the_records_the_marks_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    serve_once(&root);
    let before = proven(&root);
    let delete = |statements: &str| {
        let database = rusqlite::Connection::open(root.join("metadata.sqlite")).unwrap();
        database.execute_batch(statements).unwrap();
    };
    delete("DELETE FROM lk_service_event");
    let mut expected = before;
    assert!(expected.remove("prediction-service"));
    assert_eq!(proven(&root), expected);
    assert!(assessment(&root)["level"].is_null());

    delete("DELETE FROM lk_model_alias; DELETE FROM lk_model_version");
    assert!(expected.remove("registry"));
    assert!(expected.remove("automated-promotion"), "of no version");
    assert_eq!(proven(&root), expected);

    delete(
        "DELETE FROM lk_registry_log; DELETE FROM lk_schema_version; \
         DELETE FROM lk_cache; DELETE FROM lk_unit; DELETE FROM lk_run; \
         DELETE FROM Event; DELETE FROM Association; DELETE FROM Attribution; \
         DELETE FROM ExecutionProperty; DELETE FROM Execution; \
         DELETE FROM ArtifactProperty; DELETE FROM Artifact; \
         DELETE FROM ContextProperty; DELETE FROM ParentContext; DELETE FROM Context;",
    );
    assert_eq!(proven(&root), set(&[]));
    on(&root, &["run"]).exits(0);
    assert_eq!(
        proven(&root),
        set(&AFTER_A_RUN),
        "and a run proves them again"
    );
}

#[test]
fn records_gone_in_part_take_the_marks_of_their_step() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let before = proven(&root);
    let cases = [
        ("Ingest", "data-read"),
        ("Statistics", "data-profile"),
        ("Schema", "schema"),
        ("Transform", "metadata"),
        ("Validate", "data-gate"),
        ("Train", "automated-training"),
        ("Evaluate", "segments"),
        ("ValidateModel", "model-gate"),
        ("Push", "automated-promotion"),
    ];
    for (step, mark) in cases {
        let of_step =
            "(SELECT e.id FROM Execution e JOIN Type t ON t.id = e.type_id WHERE t.name = ?1)";
        for (what, statement) in [
            (
                "its outputs",
                format!("DELETE FROM Event WHERE type = 4 AND execution_id IN {of_step}"),
            ),
            (
                "itself",
                format!("DELETE FROM Execution WHERE id IN {of_step}"),
            ),
        ] {
            let copied = folder.path().join(format!("{step} {what}"));
            support::copy(&root, &copied);
            let database = rusqlite::Connection::open(copied.join("metadata.sqlite")).unwrap();
            let n = database
                .execute(&statement, [format!("lockkeeper.{step}")])
                .unwrap();
            drop(database);
            assert!(n > 0, "{step} has records");
            let after = proven(&copied);
            assert!(
                !after.contains(mark),
                "{step} without {what} still proves {mark}"
            );
            assert!(
                !after.contains("metadata"),
                "{step} without {what}: not every step is recorded"
            );
            assert!(after.is_subset(&before), "{step}");
        }
    }
}
