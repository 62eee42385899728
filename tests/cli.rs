//! The command line as other programs see it: help, completions, exit codes, data on stdout and talk on stderr, and the
//! documents of `--json` with the fields of the contract (DESIGN, section 4).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use support::{
    Said, assert_fields, binary, command, lockkeeper, look, on, sample, small, small_table, text,
};

const COMMANDS: [&str; 19] = [
    "init",
    "run",
    "profile",
    "relate",
    "validate",
    "compare",
    "slices",
    "explain",
    "models",
    "promote",
    "rollback",
    "runs",
    "predict",
    "serve",
    "maturity",
    "lesson",
    "export",
    "import",
    "completions",
];

#[track_caller]
/// A small workspace that has been run, its data file, and a folder that goes with the test.
fn ready() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let data = folder.path().join("small.csv");
    (folder, root, data)
}

#[test]
fn every_command_explains_itself() {
    let help = lockkeeper(&["--help"]).exits(0);
    assert!(help.out.contains("Exit codes"));
    for name in COMMANDS {
        assert!(help.out.contains(&format!("\n  {name}")), "{name}");
        let said = lockkeeper(&[name, "--help"]).exits(0);
        assert!(said.out.contains("Usage: "), "{}", said.out);
        assert!(said.err.is_empty());
    }
    let version = lockkeeper(&["--version"]).exits(0);
    assert_eq!(
        version.out.trim(),
        format!("lockkeeper {}", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn completions_are_scripts_for_each_shell() {
    for (shell, mark) in [
        ("bash", "complete -F _lockkeeper"),
        ("zsh", "#compdef lockkeeper"),
        ("fish", "complete -c lockkeeper"),
    ] {
        let said = lockkeeper(&["completions", shell]).exits(0);
        assert!(said.out.contains(mark), "{shell}");
        assert!(said.out.contains("maturity") && said.err.is_empty());
    }
    let script = lockkeeper(&["completions", "bash"]).out;
    if let Ok(checked) = std::process::Command::new("bash")
        .args(["-n", "-c", &script])
        .status()
    {
        assert!(checked.success(), "bash reads it");
    }
    lockkeeper(&["completions", "tcsh-of-old"]).exits(2);
}

#[test]
fn what_cannot_be_understood_exits_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new");
    let cases: [&[&str]; 8] = [
        &["fly"],
        &["run", "--threads", "0"],
        &["run", "--threads", "many"],
        &["run", "--colour"],
        &["init"],
        &["init", text(&new), "--data", "x.csv"],
        &["predict", "production"],
        &["compare", "1", "2"],
    ];
    for args in cases {
        let said = lockkeeper(args).exits(2);
        assert!(
            said.out.is_empty() && said.err.contains("error"),
            "{args:?}"
        );
    }
    assert!(!new.exists());
}

#[test]
fn profile_gives_the_contracts_document() {
    let (_folder, _root, data) = ready();
    let said = lockkeeper(&["profile", text(&data), "--json"]).exits(0);
    assert!(said.err.is_empty());
    let document = said.json();
    assert_eq!(document["n_rows"], 400);
    let columns = document["columns"].as_array().unwrap();
    assert_eq!(columns.len(), 5);
    for column in columns {
        assert_fields(
            column,
            &[
                "name",
                "type",
                "n_missing",
                "n_distinct",
                "mean",
                "sd",
                "min",
                "max",
                "quantiles",
                "histogram",
                "top",
            ],
        );
    }
    let said = lockkeeper(&["profile", text(&data)]).exits(0);
    assert!(said.out.lines().count() == 6 && said.err.contains("400 rows, 5 columns"));
}

#[test]
fn validate_gives_the_contracts_document_and_5_for_stop() {
    let (folder, root, data) = ready();
    let document = on(&root, &["validate", text(&data), "--json"])
        .exits(0)
        .json();
    assert_fields(&document, &["verdict", "reason", "anomalies"]);
    let bad = folder.path().join("bad.csv");
    let table = small_table(300, 4)
        .replace("speed,", "sped,")
        .replace("Kiel", "Berlin");
    std::fs::write(&bad, table).unwrap();
    let said = on(&root, &["validate", text(&bad), "--json"]).exits(5);
    let document = said.json();
    assert_eq!(document["verdict"], "STOP");
    let anomalies = document["anomalies"].as_array().unwrap();
    for anomaly in anomalies {
        assert_fields(
            anomaly,
            &[
                "kind",
                "column",
                "skew",
                "description",
                "n_rows",
                "examples",
            ],
        );
    }
    let kinds: Vec<(&str, &str)> = anomalies
        .iter()
        .map(|a| {
            (
                a["kind"].as_str().unwrap(),
                a["column"].as_str().unwrap_or(""),
            )
        })
        .collect();
    assert!(
        kinds.contains(&("SCHEMA_MISSING_COLUMN", "speed")),
        "{kinds:?}"
    );
    assert!(kinds.contains(&("SCHEMA_NEW_COLUMN", "sped")), "{kinds:?}");
    assert!(
        kinds.contains(&("ENUM_TYPE_UNEXPECTED_STRING_VALUES", "city")),
        "{kinds:?}"
    );
    let said = on(&root, &["validate", text(&bad)]).exits(5);
    assert!(said.out.contains("SCHEMA_MISSING_COLUMN") && said.err.contains("STOP"));
    let alone = lockkeeper(&["validate", text(&bad), "--against", text(&data), "--json"]);
    assert_eq!(alone.exits(5).json()["verdict"], "STOP");
}

#[test]
fn models_runs_and_maturity_give_the_contracts_documents() {
    let (_folder, root, _data) = ready();
    let models = on(&root, &["models", "--json"]).exits(0).json();
    assert_fields(
        &models[0],
        &[
            "name",
            "version",
            "aliases",
            "algorithm",
            "created",
            "run",
            "metrics",
            "artifact",
        ],
    );
    let runs = on(&root, &["runs", "--json"]).exits(0).json();
    assert_fields(
        &runs[0],
        &["id", "pipeline", "state", "steps", "started", "finished"],
    );
    assert_eq!(runs[0]["steps"].as_array().unwrap().len(), 9);
    let maturity = on(&root, &["maturity", "--json"]).exits(0).json();
    assert_fields(&maturity, &["level", "capabilities"]);
    for capability in maturity["capabilities"].as_array().unwrap() {
        assert_fields(capability, &["id", "system", "level", "state", "evidence"]);
    }
    for args in [&["models"][..], &["runs"], &["maturity"]] {
        let said = on(&root, args).exits(0);
        assert!(said.out.lines().count() >= 2, "{args:?}: {}", said.out);
    }
}

#[test]
fn a_workspace_without_history_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let root = sample(folder.path(), "penguins");
    for args in [&["models"][..], &["runs"]] {
        let said = on(&root, args).exits(0);
        assert!(
            said.out.is_empty() && said.err.contains("lockkeeper run"),
            "{}",
            said.err
        );
        let mut json = args.to_vec();
        json.push("--json");
        assert_eq!(on(&root, &json).exits(0).json(), serde_json::json!([]));
    }
    on(&root, &["rollback"]).exits(4);
    on(&root, &["serve", "--port", "0"]).exits(4);
    on(&root, &["predict", "production", "--data", "x.csv"]).exits(4);
}

#[test]
fn predict_writes_csv_to_stdout_or_to_a_file() {
    let (folder, root, data) = ready();
    let said = on(&root, &["predict", "production", "--data", text(&data)]).exits(0);
    let mut lines = said.out.lines();
    assert_eq!(
        lines.next(),
        Some("prediction,probability_no,probability_yes")
    );
    assert_eq!(lines.count(), 400);
    assert!(said.err.is_empty());
    let out = folder.path().join("out.csv");
    let args = [
        "predict",
        "production",
        "--data",
        text(&data),
        "--out",
        text(&out),
    ];
    let told = on(&root, &args).exits(0);
    assert!(told.out.is_empty() && told.err.contains("400 predictions"));
    assert_eq!(std::fs::read_to_string(&out).unwrap(), said.out);

    let hash = look(&root).models[0].hash.to_string();
    for name in ["1", "v1", "candidate", &hash, &hash[..10]] {
        let other = on(&root, &["predict", name, "--data", text(&data)]).exits(0);
        assert_eq!(other.out, said.out, "{name}");
    }
    let uri = &look(&root).runs[0].steps[5].outputs[0].uri;
    let file = root.join(uri);
    let elsewhere = tempfile::tempdir().unwrap();
    let other = command(&["predict", text(&file), "--data", text(&data)])
        .current_dir(elsewhere.path())
        .output();
    assert_eq!(
        Said::of(other.unwrap()).exits(0).out,
        said.out,
        "a model file"
    );
}

#[test]
fn predictions_need_only_the_inputs_of_the_model() {
    let (folder, root, data) = ready();
    let whole = on(&root, &["predict", "production", "--data", text(&data)]).exits(0);
    let table = std::fs::read_to_string(&data).unwrap();
    let without_target: String = table
        .lines()
        .map(|line| format!("{}\n", &line[..line.rfind(',').unwrap()]))
        .collect();
    let other = folder.path().join("new.csv");
    std::fs::write(&other, without_target).unwrap();
    let said = on(&root, &["predict", "production", "--data", text(&other)]).exits(0);
    assert_eq!(said.out, whole.out);
}

#[test]
fn the_current_folder_is_the_workspace_where_none_is_named() {
    let (_folder, root, _data) = ready();
    let said = command(&["models", "--json"]).current_dir(&root).output();
    assert_eq!(Said::of(said.unwrap()).exits(0).json()[0]["version"], 1);
}

#[test]
fn no_escape_sequence_goes_to_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    for no_colour in ["", "1"] {
        let run = command(&["run", "--workspace", text(&root)])
            .env("NO_COLOR", no_colour)
            .output();
        let said = Said::of(run.unwrap()).exits(0);
        assert!(!said.err.contains('\u{1b}'), "{}", said.err);
        assert!(said.out.is_empty());
    }
    let said = on(&root, &["maturity"]).exits(0);
    assert!(!said.out.contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let (_folder, root, data) = ready();
    let pipelines = |args: &str| format!("\"{}\" {args} | head -1", text(&binary()));
    let (root, data) = (text(&root), text(&data));
    for args in [
        format!("predict production --data '{data}' --workspace '{root}'"),
        format!("runs --json --workspace '{root}'"),
        format!("profile '{data}'"),
        "completions bash".to_owned(),
        format!("run --json --workspace '{root}'"),
        "--help".to_owned(),
    ] {
        let shell = std::process::Command::new("sh")
            .args(["-c", &pipelines(&args)])
            .stdin(Stdio::null())
            .output();
        let said = Said::of(shell.unwrap()).exits(0);
        assert_eq!(said.out.lines().count(), 1, "{args}");
        assert!(
            !said.err.contains("panicked") && !said.err.contains("error"),
            "{args}: {}",
            said.err
        );
    }
}

#[test]
fn without_a_subcommand_the_sample_runs_headless_in_the_users_folder() {
    let folder = tempfile::tempdir().unwrap();
    let call = |folder: &Path| {
        let run = command(&[])
            .env("HOME", folder)
            .env("XDG_DATA_HOME", folder)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .output();
        Said::of(run.unwrap()).exits(0)
    };
    let first = call(folder.path());
    assert!(first.err.contains("v1 is in production"), "{}", first.err);
    assert!(first.err.contains("metadata.sqlite"), "{}", first.err);
    let again = call(folder.path());
    assert!(again.err.contains("every step is cached"), "{}", again.err);
}
