//! Learning and validation curves.

use super::data::{features, mixed_table, noise, score, train_on, train_params};
use crate::domain::Task;
use crate::domain::curve::{Along, ScoreCurve};
use crate::domain::metric::Metric;
use crate::domain::pipeline::Candidate;
use crate::domain::prediction::Targets;
use crate::domain::training::value_of;
use crate::domain::work::{Monitor, Quiet};
use crate::model::Model;
use crate::train::TrainError;
use crate::train::curves::{CurveJob, curve, possible};
use ndarray::Array2;

/// A model of the algorithm, whose transforms are not needed: the features are made.
fn model(id: &str) -> Model {
    let params = train_params(vec![Candidate::of(id)]);
    let outcome = train_on(&mixed_table(), Task::Regression, &params, &score, &Quiet).unwrap();
    outcome
        .models
        .into_iter()
        .find(|m| m.algorithm == id)
        .unwrap()
}

/// 1,500 rows whose target is a rough function of the features.
fn rows() -> (Array2<f64>, Targets) {
    let x = features(1500, 6, 3);
    let y = x.rows().into_iter().zip(noise(1500, 4));
    let y = y.map(|(r, e)| (4.0 * r[0]).sin() + f64::from(u8::from(r[1] > 0.2)) + 0.2 * e);
    let y = y.collect();
    (x, Targets::Values(y))
}

fn drawn(id: &str, along: &Along, monitor: &dyn Monitor) -> Result<ScoreCurve, TrainError> {
    let (x, targets) = rows();
    let job = CurveJob {
        model: &model(id),
        x,
        targets: &targets,
        weights: None,
        metric: Metric::Rmse,
        score: &|metric, targets, answers| value_of(&score(targets, answers), metric),
        seed: 5,
    };
    curve(&job, along, monitor)
}

#[test]
fn more_rows_make_a_forest_better_on_rows_held_out() {
    let found = drawn("forest", &Along::Rows, &Quiet).unwrap();
    assert_eq!((found.n_training, found.n_held_out), (1200, 300));
    let counts: Vec<i64> = found.points.iter().filter_map(|p| p.at.as_i64()).collect();
    assert_eq!(counts, [60, 120, 240, 420, 600, 900, 1200]);
    let held_out: Vec<f64> = found.points.iter().filter_map(|p| p.held_out).collect();
    assert!(held_out[6] < 0.8 * held_out[0], "{held_out:?}");
    for point in &found.points {
        assert!(point.training.unwrap() < point.held_out.unwrap());
    }
    assert_eq!(found.best().map(|p| &p.at), Some(&found.points[6].at));
    assert_eq!(found, drawn("forest", &Along::Rows, &Quiet).unwrap());
}

#[test]
fn the_curve_along_trees_ends_at_the_whole_model() {
    let trees = drawn("boosting", &Along::Trees, &Quiet).unwrap();
    let rows = drawn("boosting", &Along::Rows, &Quiet).unwrap();
    let (last, whole) = (trees.points.last().unwrap(), rows.points.last().unwrap());
    assert_eq!(last.at.as_i64(), Some(100));
    assert_eq!(
        (last.training, last.held_out),
        (whole.training, whole.held_out)
    );
    assert_eq!(trees.points[0].at.as_i64(), Some(1));
    assert!(trees.points[0].held_out.unwrap() > last.held_out.unwrap());
}

#[test]
fn a_parameter_goes_from_one_end_of_its_search_to_the_other() {
    let depth = drawn("tree", &Along::Parameter("max_depth".into()), &Quiet).unwrap();
    let depths: Vec<i64> = depth.points.iter().filter_map(|p| p.at.as_i64()).collect();
    assert_eq!((depths.first(), depths.last()), (Some(&2), Some(&16)));
    // A deeper tree learns its rows better, whatever it is worth on others.
    let training: Vec<f64> = depth.points.iter().filter_map(|p| p.training).collect();
    assert!(training.windows(2).all(|w| w[1] <= w[0]), "{training:?}");
    let choices = drawn("forest", &Along::Parameter("max_features".into()), &Quiet).unwrap();
    let names: Vec<&str> = choices
        .points
        .iter()
        .filter_map(|p| p.at.as_str())
        .collect();
    assert_eq!(names, ["sqrt", "third", "all"]);
}

/// Has always been told to stop.
struct Stopped;

impl Monitor for Stopped {
    fn is_stopped(&self) -> bool {
        true
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, _message: &str) {}
}

#[test]
fn what_cannot_be_drawn_says_so() {
    assert!(possible("blend").is_empty() && possible("onnx").is_empty());
    assert_eq!(possible("linear"), [Along::Rows]);
    let wrong = drawn("linear", &Along::Trees, &Quiet).unwrap_err();
    assert!(wrong.to_string().contains("no curve"), "{wrong}");
    let stopped = drawn("forest", &Along::Trees, &Stopped);
    assert!(matches!(stopped, Err(TrainError::Stopped)));
}

/// Half of the rows are ten too high. Where they do not count, a line goes through the others and misses these by ten; else it
/// goes through the middle.
#[test]
fn a_curve_is_fitted_with_the_weights_of_its_rows() {
    let x = features(1500, 6, 3);
    let is_high = |i: usize| i.is_multiple_of(2);
    let values = x.rows().into_iter().enumerate();
    let values = values.map(|(i, r)| r[0] + 10.0 * f64::from(u8::from(is_high(i))));
    let targets = Targets::Values(values.collect());
    let weights: Vec<f64> = (0..1500)
        .map(|i| f64::from(u8::from(!is_high(i))))
        .collect();
    let error = |weights| {
        let job = CurveJob {
            model: &model("linear"),
            x: x.clone(),
            targets: &targets,
            weights,
            metric: Metric::Rmse,
            score: &|metric, targets, answers| value_of(&score(targets, answers), metric),
            seed: 5,
        };
        let found = curve(&job, &Along::Rows, &Quiet).unwrap();
        found.points.last().unwrap().held_out.unwrap()
    };
    let (weighted, plain) = (error(Some(weights.as_slice())), error(None));
    assert!((weighted - 50.0_f64.sqrt()).abs() < 0.5, "{weighted}");
    assert!((plain - 5.0).abs() < 0.2, "{plain}");
}
