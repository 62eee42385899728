//! Properties of the comparison: what must be the same is, what must not depend does not, and intervals cover.

use super::*;
use crate::domain::comparison::Outcome;
use crate::domain::metric::Metric;
use crate::domain::work::Quiet;
use arrow::array::{ArrayRef, StringArray};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::sync::Arc;

pub(in crate::evaluate) struct Data {
    pub(in crate::evaluate) targets: Targets,
    pub(in crate::evaluate) table: Table,
    pub(in crate::evaluate) classes: Vec<String>,
    score: Vec<f64>,
}

/// A binary problem with segments `s0` … `s4` and a rare one, `tiny`, of 8 rows.
pub(in crate::evaluate) fn data(n: usize) -> Data {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    let score: Vec<f64> = (0..n).map(|_| rng.gen_range(-2.0..2.0)).collect();
    let codes = score
        .iter()
        .map(|s| u32::from(rng.gen_range(0.0..1.0) < logistic(*s)))
        .collect();
    let names: Vec<String> = (0..n)
        .map(|i| {
            if i < 8 {
                "tiny".to_owned()
            } else {
                format!("s{}", i % 5)
            }
        })
        .collect();
    let array: ArrayRef = Arc::new(StringArray::from(names));
    Data {
        targets: Targets::Classes {
            n_classes: 2,
            codes,
        },
        table: Table::from_columns(vec![("part".to_owned(), array)]).unwrap(),
        classes: vec!["no".to_owned(), "yes".to_owned()],
        score,
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl Data {
    pub(in crate::evaluate) fn test(&self) -> TestSet<'_> {
        TestSet {
            task: Task::Binary,
            target: "late",
            classes: &self.classes,
            targets: &self.targets,
            table: &self.table,
        }
    }

    /// A model whose probability is a function of the row and the true score.
    pub(in crate::evaluate) fn model(
        &self,
        place: Place,
        of: impl Fn(usize, f64) -> f64,
    ) -> ComparedModel {
        let values = self
            .score
            .iter()
            .enumerate()
            .flat_map(|(row, s)| {
                let p = logistic(of(row, *s));
                [1.0 - p, p]
            })
            .collect();
        ComparedModel {
            place,
            title: place.title().to_owned(),
            hash: ContentHash::of_bytes(place.title().as_bytes()),
            inputs: Vec::new(),
            predictions: Predictions::Probabilities {
                n_classes: 2,
                values,
            },
        }
    }
}

pub(in crate::evaluate) fn sets() -> Vec<SegmentSet> {
    vec![SegmentSet {
        columns: vec!["part".to_owned()],
        ..SegmentSet::default()
    }]
}

fn run(data: &Data, models: &[ComparedModel]) -> Comparison {
    let params = EvaluateParams {
        n_resamples: 200,
        ..EvaluateParams::default()
    };
    compare(&data.test(), models, &params, &sets(), 11, &Quiet).unwrap()
}

#[test]
fn the_same_model_is_the_same_everywhere() {
    let data = data(1_500);
    let models = [
        data.model(Place::Baseline, |_, _| 0.0),
        data.model(Place::Production, |_, s| s),
        data.model(Place::Candidate, |_, s| s),
    ];
    let found = run(&data, &models);
    assert_eq!(found.models[0].place, Place::Candidate);
    assert_eq!(found.models[2].place, Place::Baseline);
    for row in &found.metrics {
        assert_eq!(
            (row.difference, row.interval),
            (Some(0.0), Some([0.0, 0.0]))
        );
        assert_eq!(row.outcome, Outcome::Same);
    }
    let tiny: Vec<_> = found
        .segments
        .iter()
        .filter(|s| s.segment == "part = tiny")
        .collect();
    assert_eq!(tiny.len(), 9);
    assert!(
        tiny.iter()
            .all(|s| s.outcome == Outcome::NotEnoughRows && s.interval.is_none())
    );
    assert!(
        found
            .segments
            .iter()
            .filter(|s| s.n_rows >= 50)
            .all(|s| s.outcome == Outcome::Same && s.difference == Some(0.0))
    );
}

#[test]
fn a_better_model_is_better_by_every_proper_metric() {
    let data = data(3_000);
    let models = [
        data.model(Place::Production, |row, s| {
            s * 0.3 + ((row * 37) % 11) as f64 / 5.0 - 1.0
        }),
        data.model(Place::Candidate, |_, s| s),
    ];
    let found = run(&data, &models);
    for metric in [
        Metric::LogLoss,
        Metric::Brier,
        Metric::RocAuc,
        Metric::Accuracy,
    ] {
        let row = found.metrics.iter().find(|m| m.metric == metric).unwrap();
        assert_eq!(row.outcome, Outcome::Better, "{row:?}");
        let [low, high] = row.interval.unwrap();
        let difference = row.difference.unwrap();
        assert!(low <= difference && difference <= high);
    }
}

#[test]
fn without_production_the_baseline_is_the_reference() {
    let data = data(1_000);
    let models = [
        data.model(Place::Candidate, |_, s| s),
        data.model(Place::Baseline, |_, _| 0.0),
    ];
    let found = run(&data, &models);
    let row = &found.metrics[0];
    assert_eq!(row.production, None);
    assert_eq!(
        row.difference,
        row.candidate.zip(row.baseline).map(|(c, b)| c - b)
    );
    assert_eq!(row.outcome, Outcome::Better);
    let alone = run(&data, &models[..1]);
    assert!(
        alone
            .metrics
            .iter()
            .all(|m| m.difference.is_none() && m.candidate.is_some())
    );
}

#[test]
fn results_depend_neither_on_threads_nor_on_the_order_of_segments() {
    let data = data(2_000);
    let models = [
        data.model(Place::Candidate, |row, s| s + (row % 3) as f64 / 10.0),
        data.model(Place::Production, |_, s| s * 0.8),
    ];
    let in_pool = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build()
            .unwrap();
        pool.install(|| run(&data, &models))
    };
    let one = in_pool(1);
    assert_eq!(one, in_pool(4));
    let again = run(&data, &[models[1].clone(), models[0].clone()]);
    assert_eq!(one, again);
    let params = EvaluateParams {
        n_resamples: 200,
        ..EvaluateParams::default()
    };
    let twice = [sets(), sets()].concat();
    let found = compare(&data.test(), &models, &params, &twice, 11, &Quiet).unwrap();
    let n = one.segments.len();
    assert_eq!(found.segments[..n], found.segments[n..]);
    let other = compare(&data.test(), &models, &params, &sets(), 12, &Quiet).unwrap();
    assert_ne!(one.metrics[0].interval, other.metrics[0].interval);
}

#[test]
fn the_interval_of_a_mean_agrees_with_the_normal_approximation() {
    // Regression, MAE: the difference is a mean of n independent differences, so its interval is close to
    // mean ± 1.96 · sd / √n (central limit theorem); with 2,000 resamples to about 8 % of its width.
    let n = 2_000;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
    let truth: Vec<f64> = (0..n).map(|_| rng.gen_range(0.0..10.0)).collect();
    let mut noisy = |size: f64| -> Vec<f64> {
        truth
            .iter()
            .map(|y| y + rng.gen_range(-size..size))
            .collect()
    };
    let (a, b) = (noisy(1.0), noisy(1.3));
    let d: Vec<f64> = (0..n)
        .map(|i| (a[i] - truth[i]).abs() - (b[i] - truth[i]).abs())
        .collect();
    let mean = d.iter().sum::<f64>() / n as f64;
    let sd = (d.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1) as f64).sqrt();
    let half = 1.959_964 * sd / (n as f64).sqrt();
    let array: ArrayRef = Arc::new(StringArray::from(vec!["x"; n]));
    let table = Table::from_columns(vec![("part".to_owned(), array)]).unwrap();
    let targets = Targets::Values(truth);
    let test = TestSet {
        task: Task::Regression,
        target: "y",
        classes: &[],
        targets: &targets,
        table: &table,
    };
    let model = |place: Place, values: Vec<f64>| ComparedModel {
        place,
        title: place.title().to_owned(),
        hash: ContentHash::of_bytes(b""),
        inputs: Vec::new(),
        predictions: Predictions::Values(values),
    };
    let models = [model(Place::Candidate, a), model(Place::Production, b)];
    let params = EvaluateParams {
        n_resamples: 2_000,
        ..EvaluateParams::default()
    };
    let found = compare(&test, &models, &params, &[], 5, &Quiet).unwrap();
    let row = found
        .metrics
        .iter()
        .find(|m| m.metric == Metric::Mae)
        .unwrap();
    let [low, high] = row.interval.unwrap();
    assert!(
        (low - (mean - half)).abs() < 0.16 * half,
        "{low} {}",
        mean - half
    );
    assert!(
        (high - (mean + half)).abs() < 0.16 * half,
        "{high} {}",
        mean + half
    );
    assert_eq!(row.outcome, Outcome::Better);
}

#[test]
fn bias_is_better_when_nearer_to_zero() {
    let n = 400;
    let truth: Vec<f64> = (0..n).map(|i| f64::from(i % 17)).collect();
    let shifted = |by: f64| -> Vec<f64> {
        (0..n)
            .map(|i| f64::from(i % 17) + by + f64::from(i % 5) * 0.01)
            .collect()
    };
    let array: ArrayRef = Arc::new(StringArray::from(vec!["x"; n as usize]));
    let table = Table::from_columns(vec![("part".to_owned(), array)]).unwrap();
    let targets = Targets::Values(truth);
    let test = TestSet {
        task: Task::Regression,
        target: "y",
        classes: &[],
        targets: &targets,
        table: &table,
    };
    let model = |place: Place, by: f64| ComparedModel {
        place,
        title: String::new(),
        hash: ContentHash::of_bytes(b""),
        inputs: Vec::new(),
        predictions: Predictions::Values(shifted(by)),
    };
    let models = [model(Place::Candidate, 0.1), model(Place::Production, -0.9)];
    let found = compare(&test, &models, &EvaluateParams::default(), &[], 5, &Quiet).unwrap();
    let row = found
        .metrics
        .iter()
        .find(|m| m.metric == Metric::Bias)
        .unwrap();
    assert_eq!(row.outcome, Outcome::Better);
    assert!((row.difference.unwrap() - 1.0).abs() < 1e-9);
}

#[test]
fn a_segment_of_one_class_has_a_log_loss_and_no_auc() {
    let mut data = data(1_000);
    if let Targets::Classes { codes, .. } = &mut data.targets {
        for (row, code) in codes.iter_mut().enumerate() {
            if row % 5 == 1 {
                *code = 0;
            }
        }
    }
    let models = [
        data.model(Place::Candidate, |_, s| s),
        data.model(Place::Production, |_, s| s * 0.5),
    ];
    let found = run(&data, &models);
    let of = |metric: Metric| {
        found
            .segments
            .iter()
            .find(|s| s.segment == "part = s1" && s.metric == metric)
            .unwrap()
    };
    assert_eq!(of(Metric::RocAuc).candidate, None);
    assert_eq!(of(Metric::RocAuc).outcome, Outcome::NotEnoughRows);
    assert_eq!(of(Metric::LogLoss).n_positive, Some(0));
    assert_ne!(of(Metric::LogLoss).outcome, Outcome::NotEnoughRows);
}

#[test]
fn a_stop_and_misfits_are_errors() {
    struct Stopped;
    impl Monitor for Stopped {
        fn is_stopped(&self) -> bool {
            true
        }
        fn progress(&self, _: u64, _: u64, _: &str) {}
        fn unit_begins(&self, _: &str, _: &str) {}
        fn unit_ends(&self, _: &str) {}
        fn warn(&self, _: &str) {}
    }
    let data = data(200);
    let good = data.model(Place::Candidate, |_, s| s);
    let params = EvaluateParams::default();
    let run = |models: &[ComparedModel], params: &EvaluateParams, monitor: &dyn Monitor| {
        compare(&data.test(), models, params, &sets(), 1, monitor)
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(
        run(std::slice::from_ref(&good), &params, &Stopped),
        EvaluateError::Stopped
    );
    assert_eq!(run(&[], &params, &Quiet), EvaluateError::Places);
    assert_eq!(
        run(&[good.clone(), good.clone()], &params, &Quiet),
        EvaluateError::Places
    );
    let mut short = good.clone();
    short.predictions = short.predictions.take(&[0, 1]);
    assert!(matches!(
        run(&[short], &params, &Quiet),
        EvaluateError::Shape { .. }
    ));
    let mut nan = good.clone();
    if let Predictions::Probabilities { values, .. } = &mut nan.predictions {
        values[7] = f64::NAN;
    }
    assert!(matches!(
        run(&[nan], &params, &Quiet),
        EvaluateError::NotFinite {
            n_rows: 1,
            first: 4,
            ..
        }
    ));
    let odd = EvaluateParams {
        level: 1.0,
        n_resamples: 0,
        ..params
    };
    let EvaluateError::Params { problems } = run(&[good], &odd, &Quiet) else {
        panic!("must not be accepted");
    };
    assert_eq!(problems.len(), 2);
}
