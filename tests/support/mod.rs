//! What the integration tests share: calling the binary, reading what it says, looking at a workspace from outside,
//! and small deterministic tables. What is expected of all that is left to the tests.

#![expect(dead_code, reason = "each test program uses a part of it")]

use lockkeeper::domain::pipeline::{Candidate, PipelineSpec};
use lockkeeper::domain::reading::ReadOptions;
use lockkeeper::domain::run::{RunRecord, StepKind, StepState};
use lockkeeper::workspace::{OpenMode, OpenOptions, Snapshot, Workspace, create};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

/// The binary; `LOCKKEEPER_BINARY` names another one, a release build for example.
pub fn binary() -> PathBuf {
    std::env::var_os("LOCKKEEPER_BINARY")
        .map_or_else(|| env!("CARGO_BIN_EXE_lockkeeper").into(), PathBuf::from)
}

/// What a call of the binary said.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            err: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// Panics with everything that was said unless the exit code is this one.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        let Self { out, err, .. } = &self;
        assert_eq!(self.code, Some(code), "\nstdout: {out}\nstderr: {err}");
        assert!(!err.contains("panicked"), "{err}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }

    /// One JSON value a line.
    #[track_caller]
    pub fn events(&self) -> Vec<serde_json::Value> {
        let lines = self.out.lines();
        lines
            .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}")))
            .collect()
    }
}

/// Panics unless a JSON object has these fields.
#[track_caller]
pub fn assert_fields(value: &serde_json::Value, fields: &[&str]) {
    let object = value
        .as_object()
        .unwrap_or_else(|| panic!("no object: {value}"));
    for field in fields {
        assert!(object.contains_key(*field), "{field} is not in {value}");
    }
}

/// The binary, ready to be called, with nothing on its standard input and no terminal.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(args).stdin(Stdio::null());
    command
}

/// Calls the binary and waits.
///
/// A program that has several threads and starts others lends them its open files for the moment between fork and exec:
/// so a workspace that another test has just closed in this process may seem to be held by nobody in particular.
pub fn lockkeeper(args: &[&str]) -> Said {
    loop {
        let said = Said::of(command(args).output().expect("the binary starts"));
        if !said.err.contains("is open in another process") {
            return said;
        }
    }
}

/// Calls the binary on a workspace: `on(root, &["run", "--json"])`.
pub fn on(root: &Path, args: &[&str]) -> Said {
    let mut all = args.to_vec();
    all.extend(["--workspace", text(root)]);
    lockkeeper(&all)
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

/// A new workspace of a sample inside `folder`.
pub fn sample(folder: &Path, id: &str) -> PathBuf {
    let root = folder.join(id);
    create::from_sample(&root, id).expect("the sample can be made");
    root
}

/// A new workspace inside `folder` over a small generated table, with two quick candidates and three folds.
pub fn small(folder: &Path) -> PathBuf {
    let root = folder.join("small");
    let data = folder.join("small.csv");
    std::fs::write(&data, small_table(400, 1)).expect("the table can be written");
    create::from_data(&root, &data, "late", &ReadOptions::default())
        .expect("the workspace can be made");
    edit(&root, |spec| {
        spec.steps.train.folds = 3;
        spec.steps.train.candidates = vec![Candidate::of("logistic"), Candidate::of("tree")];
    });
    root
}

/// A table with the target `late` (yes, no), which `speed` and `city` explain in part.
pub fn small_table(n_rows: usize, seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut csv = String::from("speed,weight,city,day,late\n");
    for _ in 0..n_rows {
        let (speed, weight) = (dice.unit() * 100.0, dice.unit() * 10.0);
        let city = ["Ulm", "Bonn", "Kiel"][dice.below(3)];
        let day = dice.below(28) + 1;
        let push = if city == "Kiel" { 30.0 } else { 0.0 };
        let late = speed + push + dice.unit() * 40.0 > 90.0;
        let late = if late { "yes" } else { "no" };
        csv += &format!("{speed:.2},{weight:.3},{city},2024-03-{day:02},{late}\n");
    }
    csv
}

/// Changes pipeline.toml as a person with an editor would.
pub fn edit(root: &Path, change: impl FnOnce(&mut PipelineSpec)) {
    let path = root.join("pipeline.toml");
    let mut spec = create::read_pipeline(&path).expect("the pipeline can be read");
    change(&mut spec);
    let text = toml::to_string_pretty(&spec).expect("a pipeline is TOML");
    std::fs::write(path, text).expect("the pipeline can be written");
}

/// Opens a workspace to look at.
pub fn look(root: &Path) -> Arc<Snapshot> {
    let options = OpenOptions {
        mode: OpenMode::ReadOnly,
        n_threads: Some(1),
    };
    let workspace = Workspace::open(root, options, Arc::new(|_| {}));
    workspace.expect("it can be looked at").snapshot()
}

/// Opens a workspace to work in.
pub fn open(root: &Path, n_threads: Option<usize>) -> Workspace {
    let options = OpenOptions {
        mode: OpenMode::ReadWrite,
        n_threads,
    };
    loop {
        match Workspace::open(root, options, Arc::new(|_| {})) {
            Err(failure) if failure.summary.ends_with("is open in another process") => {}
            opened => return opened.expect("it can be opened"),
        }
    }
}

/// The newest run.
pub fn last_run(root: &Path) -> RunRecord {
    let snapshot = look(root);
    snapshot.latest_run().expect("there was a run").clone()
}

/// Every output of a run: step, port, content hash.
pub fn hashes(run: &RunRecord) -> BTreeSet<(&'static str, String, String)> {
    let outputs = run
        .steps
        .iter()
        .flat_map(|s| s.outputs.iter().map(move |o| (s.kind, o)));
    outputs
        .map(|(kind, o)| (kind.name(), o.port.clone(), o.hash.to_string()))
        .collect()
}

/// The state of every step.
pub fn states(run: &RunRecord) -> BTreeMap<StepKind, StepState> {
    run.steps.iter().map(|s| (s.kind, s.state)).collect()
}

/// Every file below a folder with its content, except the lock (which names the last process) and what SQLite keeps
/// beside its database while it is open.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.expect("the entry can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            found.insert(path.clone(), Vec::new());
            found.extend(contents(&path));
        } else if name != ".lock" && !name.ends_with("-shm") {
            let content = std::fs::read(&path).expect("it can be read");
            if !(content.is_empty() && name.ends_with("-wal")) {
                found.insert(path.clone(), content);
            }
        }
    }
    found
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder can be made");
    for entry in std::fs::read_dir(from).expect("it can be listed") {
        let path = entry.expect("the entry can be read").path();
        let target = to.join(path.file_name().expect("it has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("it can be copied");
        }
    }
}

/// Random numbers for tables: SplitMix64 (Steele, Lea and Flood 2014).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// True with this probability.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
}
