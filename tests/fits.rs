//! Fits in processes of their own: the same estimators, an end within a moment of the stop, and errors instead of ends.

mod support;

use lockkeeper::domain::prediction::Targets;
use lockkeeper::domain::work::{Monitor, Quiet};
use lockkeeper::train::process::fit_in;
use lockkeeper::train::{TrainError, TrainingSet, algorithm, algorithms};
use ndarray::Array2;
use std::path::Path;
use std::time::{Duration, Instant};

fn set(n: usize, p: usize, targets: impl Fn(&Array2<f64>) -> Targets) -> TrainingSet {
    let value = |(i, j): (usize, usize)| f64::from(((i * 31 + j * 17 + i * j) as f32 * 0.37).sin());
    let x = Array2::from_shape_fn((n, p), value);
    TrainingSet {
        targets: targets(&x),
        x,
        weights: None,
        feature_names: (0..p).map(|j| format!("x{j}")).collect(),
    }
}

fn classes(x: &Array2<f64>, n_classes: usize) -> Targets {
    let codes = x.rows().into_iter().enumerate().map(|(i, r)| {
        let noise = f64::from((i as f32 * 12.9898).sin());
        let signal = r[0] + 0.5 * r[1] + noise;
        u32::from(signal > 0.0) + u32::from(signal > 0.8 && n_classes > 2)
    });
    let codes = codes.collect();
    Targets::Classes { n_classes, codes }
}

fn values(x: &Array2<f64>) -> Targets {
    Targets::Values(x.rows().into_iter().map(|r| 3.0 * r[0] - r[1]).collect())
}

#[test]
fn a_process_fits_the_same_estimator() {
    let of_rows = algorithms().iter().filter(|a| !a.is_made_of_candidates());
    for algorithm in of_rows {
        for task in algorithm.info().tasks {
            let mut data = set(300, 4, |x| match task {
                lockkeeper::domain::Task::Binary => classes(x, 2),
                lockkeeper::domain::Task::Multiclass => classes(x, 3),
                lockkeeper::domain::Task::Regression => values(x),
            });
            data.weights = Some((0..300).map(|i| f64::from(1 + i % 3)).collect());
            let params = algorithm.info().with_defaults(&Default::default());
            let here = algorithm.fit(&data, &params, 5, &Quiet).unwrap();
            let there = fit_in(&support::binary(), *algorithm, &data, &params, 5, &Quiet).unwrap();
            assert_eq!(here, there, "{} {task:?}", algorithm.info().id);
        }
    }
}

/// Stops after a while.
struct StopsAfter(Instant, Duration);

impl Monitor for StopsAfter {
    fn is_stopped(&self) -> bool {
        self.0.elapsed() > self.1
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, _message: &str) {}
}

#[test]
fn a_stop_ends_a_fit_that_would_take_minutes() {
    let data = set(8000, 40, |x| classes(x, 2));
    let svm = algorithm("svm").unwrap();
    let mut params = svm.info().with_defaults(&Default::default());
    params.insert("max_rows".to_owned(), 8000_i64.into());
    let begun = Instant::now();
    let monitor = StopsAfter(begun, Duration::from_millis(300));
    let stopped = fit_in(&support::binary(), svm, &data, &params, 1, &monitor);
    assert!(matches!(stopped, Err(TrainError::Stopped)), "{stopped:?}");
}

#[test]
fn a_process_that_breaks_is_an_error_of_its_candidate() {
    let data = set(100, 3, values);
    let linear = algorithm("linear").unwrap();
    let params = linear.info().with_defaults(&Default::default());
    for program in ["/bin/false", "/nowhere/at/all"] {
        let failed = fit_in(Path::new(program), linear, &data, &params, 1, &Quiet);
        let Err(TrainError::NotFitted { reason, .. }) = failed else {
            panic!("{failed:?}")
        };
        assert!(reason.contains("process"), "{reason}");
    }
}

/// What is no fit is refused in words.
#[test]
fn the_command_refuses_what_is_no_fit() {
    let mut child = std::process::Command::new(support::binary())
        .arg("fit")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"\x04\0\0\0{}{}").unwrap();
    let said = support::Said::of(child.wait_with_output().unwrap()).exits(2);
    assert!(said.err.contains("no fit"), "{}", said.err);
}
