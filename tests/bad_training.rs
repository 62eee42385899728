//! Tables on which training is hard: every algorithm, calibrated where it can be, on each of them by the real binary. What cannot
//! be done is one failed candidate or a refusal in words; no run breaks.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use lockkeeper::domain::pipeline::{Candidate, SearchMethod, SearchParams};
use lockkeeper::domain::reading::ReadOptions;
use lockkeeper::domain::run::{RunState, StepKind, StepState};
use lockkeeper::train::algorithms;
use lockkeeper::workspace::create;
use std::fmt::Write as _;
use std::path::Path;
use support::{edit, last_run, on};

/// Something that looks like a normal variable.
fn wave(i: usize) -> f64 {
    let t = i as f64;
    (1.7 * t).sin() + (0.61 * t).cos() + (t * t * 0.013).sin()
}

/// A table of `x`, another column, and the target `y`.
fn table(n: usize, row: impl Fn(usize) -> (String, String, String)) -> String {
    let mut csv = String::from("x,other,y\n");
    for i in 0..n {
        let (x, other, y) = row(i);
        writeln!(csv, "{x},{other},{y}").unwrap();
    }
    csv
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

/// Name and content; all of them can be trained on.
fn tables() -> Vec<(&'static str, String)> {
    let x = |i| format!("{:.4}", wave(i));
    let noisy = move |i| yes(wave(i) + wave(3 * i + 1) > 0.0);
    vec![
        (
            "twelve rows",
            table(12, |i| (x(i), i.to_string(), yes(i % 2 == 0))),
        ),
        (
            "a constant column",
            table(200, |i| (x(i), "7".into(), noisy(i))),
        ),
        (
            "a column without values",
            table(200, |i| (x(i), String::new(), noisy(i))),
        ),
        (
            "infinities",
            table(200, |i| {
                let x = if i % 7 == 0 { "inf".to_owned() } else { x(i) };
                (x, format!("{:e}", 1e300 * wave(i)), noisy(i))
            }),
        ),
        (
            "separable classes",
            table(200, |i| (x(i), x(5 * i), yes(wave(i) > 0.0))),
        ),
        (
            "one row of a class",
            table(200, |i| (x(i), x(5 * i), yes(i == 17))),
        ),
        (
            "more classes than rows to tell them",
            table(30, |i| (x(i), x(5 * i), format!("class {}", i % 5))),
        ),
        (
            "a category a row",
            table(300, |i| {
                (x(i), format!("name {}", i * 7919 % 293), noisy(i))
            }),
        ),
        (
            "numbers of one column twice",
            table(200, |i| {
                (
                    x(i),
                    x(i),
                    format!("{:.3}", 3.0 * wave(i) + 0.1 * wave(9 * i)),
                )
            }),
        ),
        (
            "a target with outliers",
            table(200, |i| {
                let y = if i == 5 { 1e30 } else { wave(i) };
                (x(i), x(5 * i), format!("{y:e}"))
            }),
        ),
    ]
}

/// A workspace of the table that trains everything.
fn workspace(folder: &Path, csv: &str) -> std::path::PathBuf {
    let (root, data) = (folder.join("w"), folder.join("data.csv"));
    std::fs::write(&data, csv).unwrap();
    create::from_data(&root, &data, "y", &ReadOptions::default()).unwrap();
    edit(&root, |spec| {
        let task = spec.steps.schema.task;
        let suits = |tasks: &[lockkeeper::domain::Task]| task.is_none_or(|t| tasks.contains(&t));
        let mut candidates = Vec::new();
        for info in algorithms().iter().map(|a| a.info()) {
            if !suits(&info.tasks) {
                continue;
            }
            candidates.push(Candidate::of(&info.id));
            if info.params.iter().any(|p| p.name == "calibration") {
                for how in ["sigmoid", "isotonic"] {
                    candidates.push(Candidate {
                        name: format!("{} {how}", info.id),
                        ..Candidate::of(&info.id).with("calibration", how)
                    });
                }
            }
        }
        spec.steps.train.candidates = candidates;
        spec.steps.train.folds = 3;
        spec.steps.train.search = Some(SearchParams {
            method: SearchMethod::Halving,
            settings: 3,
            ..SearchParams::default()
        });
    });
    root
}

#[test]
fn training_ends_in_order_on_every_table() {
    for (name, csv) in tables() {
        let folder = tempfile::tempdir().unwrap();
        let root = workspace(folder.path(), &csv);
        let said = on(&root, &["run"]);
        // Done, or the gate did not want the model.
        assert!(
            matches!(said.code, Some(0 | 5)),
            "{name}: {:?} {}",
            said.code,
            said.err
        );
        assert!(!said.err.contains("panic"), "{name}: {}", said.err);
        let run = last_run(&root);
        assert!(
            matches!(run.state, RunState::Complete | RunState::NotBlessed),
            "{name}"
        );
        let train = run.step(StepKind::Train).unwrap();
        assert_eq!(train.state, StepState::Complete, "{name}");
    }
}

#[test]
fn a_target_whose_squares_overflow_is_refused() {
    let csv = table(100, |i| {
        (
            wave(i).to_string(),
            "1".into(),
            format!("{:e}", 1e200 * wave(i)),
        )
    });
    let folder = tempfile::tempdir().unwrap();
    let root = workspace(folder.path(), &csv);
    let said = on(&root, &["run"]).exits(3);
    assert!(
        said.err.contains("whose squares no number can hold"),
        "{}",
        said.err
    );
    assert!(said.err.contains("larger unit"), "{}", said.err);
}
