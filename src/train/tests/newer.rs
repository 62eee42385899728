//! The newer algorithms, calibration and blends: against scikit-learn (`tests/oracles/train/make.py`), and by what they are for.

use super::data::{log_loss, mixed_table, rmse, score, train_on, train_params};
use super::oracles::{assert_close, binary, expected, fit, numbers, regression, three_classes};
use crate::domain::Task;
use crate::domain::metric::Metric;
use crate::domain::pipeline::{Candidate, SearchMethod, SearchParams, TrainParams};
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::work::{Monitor, Quiet};
use crate::model::calibrated::log_odds;
use crate::model::{Estimator, KernelMachine, Link};
use crate::train::calibration::{isotonic, platt};
use crate::train::{TrainError, TrainOutcome, algorithm, default_candidates};

fn probabilities(predictions: Predictions) -> Vec<f64> {
    match predictions {
        Predictions::Probabilities { values, .. } => values,
        Predictions::Values(_) => panic!("these are numbers"),
    }
}

fn values(predictions: Predictions) -> Vec<f64> {
    match predictions {
        Predictions::Values(values) => values,
        Predictions::Probabilities { .. } => panic!("these are probabilities"),
    }
}

#[test]
fn counting_naive_bayes_has_scikit_learns_probabilities() {
    let data = three_classes();
    for id in ["bernoulli_nb", "multinomial_nb"] {
        let found = probabilities(fit(id, &data, &[]).predict(data.x.view()));
        let expected = numbers(&expected(id)["probabilities"]);
        assert_close(&found[..60], &expected, 1e-9);
    }
}

#[test]
fn ridge_and_lasso_have_scikit_learns_weights() {
    let data = regression();
    for id in ["ridge", "lasso"] {
        let exact = [("penalty", 0.05.into()), ("tolerance", 1e-14.into())];
        let Estimator::Linear(linear) = fit(id, &data, &exact) else {
            panic!("{id} is a weighted sum");
        };
        let expected = expected(id);
        assert_close(
            &linear.coefficients[0],
            &numbers(&expected["coefficients"]),
            1e-6,
        );
        let intercept = expected["intercept"].as_f64().unwrap();
        assert_close(&linear.intercepts, &[intercept], 1e-6);
    }
}

/// linfa-svm stops at a tolerance of 1e-4 in the dual, libsvm here at 1e-8.
#[test]
fn the_support_vector_machine_has_libsvms_borders() {
    let params = [("c", 2.0.into()), ("gamma", 0.5.into())];
    let expected = expected("svm");
    let data = regression();
    let found = values(fit("svm", &data, &params).predict(data.x.view()));
    assert_close(&found, &numbers(&expected["values"]), 2e-3);

    let data = binary();
    let Estimator::KernelMachine(machine) = fit("svm", &data, &params) else {
        panic!("a kernel machine");
    };
    let scores = Estimator::KernelMachine(KernelMachine {
        link: Link::Identity,
        ..machine
    });
    let scores = values(scores.predict(data.x.view()));
    let distances = numbers(&expected["distances"]);
    // Platt's sigmoid is a straight line of the distance before the link.
    let (a, b) = (scores[0], scores[1]);
    let slope = (b - a) / (distances[1] - distances[0]);
    assert!(slope > 0.0);
    let lines: Vec<f64> = distances
        .iter()
        .map(|d| a + slope * (d - distances[0]))
        .collect();
    assert_close(&scores, &lines, 2e-2);
}

#[test]
fn a_support_vector_machine_learns_from_a_sample_of_many_rows() {
    let data = three_classes();
    let Estimator::KernelMachine(machine) = fit("svm", &data, &[("max_rows", 60_i64.into())])
    else {
        panic!("a kernel machine");
    };
    assert!(machine.vectors.len() <= 60 && machine.intercepts.len() == 3);
    let found = probabilities(Estimator::KernelMachine(machine).predict(data.x.view()));
    for row in found.chunks(3) {
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

/// Probabilities that are three times too sure, and what came true.
fn too_sure() -> (Vec<f64>, Vec<bool>) {
    let data = binary();
    let x = data.x.rows().into_iter();
    let signal = x.map(|r| 1.5 * r[0] - 2.0 * r[1] + 0.5 * r[2] - 0.4);
    let p = signal.map(|s| (100.0 / (1.0 + (-3.0 * s).exp())).round_ties_even() / 100.0);
    let Targets::Classes { codes, .. } = &data.targets else {
        panic!("classes");
    };
    (p.collect(), codes.iter().map(|c| *c == 1).collect())
}

#[test]
fn calibration_has_scikit_learns_maps() {
    let (p, came_true) = too_sure();
    let expected = expected("calibration");
    let map = isotonic(&p, &came_true);
    let grid = [0.0, 0.003, 0.1, 0.255, 0.5, 0.77, 0.985, 1.0];
    let found = grid.map(|p| map.apply(p));
    assert_close(&found, &numbers(&expected["isotonic"]), 1e-9);

    let odds: Vec<f64> = p.iter().map(|p| log_odds(*p)).collect();
    let (slope, intercept) = platt(&odds, &came_true).unwrap();
    // linfa stops when the gradient of a row is below 1e-5.
    let of = |name: &str| expected[name].as_f64().unwrap();
    assert_close(&[slope, intercept], &[of("slope"), of("intercept")], 1e-3);
}

fn train(candidates: Vec<Candidate>, task: Task) -> TrainOutcome {
    train_on(
        &mixed_table(),
        task,
        &train_params(candidates),
        &score,
        &Quiet,
    )
    .unwrap()
}

#[test]
fn calibration_lowers_the_log_loss_of_a_classifier_that_is_too_sure() {
    let named = |name: &str, calibration: &str| Candidate {
        name: name.to_owned(),
        ..Candidate::of("naive_bayes")
            .with("calibration", calibration)
            .with("var_smoothing", 1e-9)
    };
    for task in [Task::Binary, Task::Multiclass] {
        let outcome = train(
            vec![
                named("as it is", "none"),
                named("put right", "sigmoid"),
                named("risen", "isotonic"),
            ],
            task,
        );
        let loss = |name: &str| {
            let mut all = outcome.report.candidates.iter();
            let candidate = all.find(|c| c.name == name).unwrap();
            assert_eq!(candidate.error, None);
            candidate.mean_of(Metric::LogLoss).unwrap()
        };
        assert!(loss("put right") < loss("as it is"), "{task:?}");
        let model = outcome.models.iter().find(|m| m.name == "risen").unwrap();
        assert!(matches!(model.estimator, Estimator::Calibrated(_)));
        let answers = probabilities(model.predict(&mixed_table()).unwrap());
        assert!(answers.iter().all(|p| (0.0..=1.0).contains(p)));
        let loaded = crate::model::Model::from_bytes(&model.to_bytes()).unwrap();
        assert_eq!(
            probabilities(loaded.predict(&mixed_table()).unwrap()),
            answers
        );
    }
}

#[test]
fn a_blend_averages_the_models_of_its_members() {
    for task in [Task::Binary, Task::Multiclass, Task::Regression] {
        let mut candidates = default_candidates(task, 500);
        candidates.retain(|c| c.algorithm != "blend");
        candidates.push(Candidate::of("blend").with("max_members", 3_i64));
        let outcome = train(candidates, task);
        let blend = outcome
            .models
            .iter()
            .find(|m| m.algorithm == "blend")
            .unwrap();
        let result = outcome
            .report
            .candidates
            .iter()
            .find(|c| c.name == "blend")
            .unwrap();
        assert!((1..=3).contains(&result.members.len()));
        let sum: f64 = result.members.iter().map(|m| m.weight).sum();
        assert!((sum - 1.0).abs() < 1e-9);
        assert_eq!(result.folds.len(), 3);

        let table = mixed_table();
        let mut expected: Vec<f64> = Vec::new();
        for member in &result.members {
            let model = outcome
                .models
                .iter()
                .find(|m| m.name == member.name)
                .unwrap();
            let (Predictions::Probabilities { values, .. } | Predictions::Values(values)) =
                model.predict(&table).unwrap();
            expected.resize(values.len(), 0.0);
            for (sum, value) in expected.iter_mut().zip(values) {
                *sum += member.weight * value;
            }
        }
        let (Predictions::Probabilities { values, .. } | Predictions::Values(values)) =
            blend.predict(&table).unwrap();
        assert_close(&values, &expected, 1e-12);
    }
}

#[test]
fn a_blend_of_nothing_says_so() {
    let params = train_params(vec![Candidate::of("blend")]);
    let nothing = train_on(&mixed_table(), Task::Binary, &params, &score, &Quiet);
    let Err(TrainError::AllFailed { errors }) = nothing else {
        panic!("there is nothing to blend");
    };
    assert!(errors[0].1.contains("no other candidate"), "{errors:?}");
}

#[test]
fn a_column_that_tells_the_target_is_named() {
    use crate::train::leakage::suspects;
    let table = mixed_table();
    let all = train(vec![Candidate::of("tree")], Task::Regression);
    let plan = &all.baseline.plan;
    let rows: Vec<usize> = (0..table.n_rows()).collect();
    let (training, test) = rows.split_at(rows.len() / 2);
    let own = |rows: &[usize], of: &dyn Fn(f64) -> f64| {
        let column = table.column("number").unwrap();
        let values = rows.iter().map(|r| of(column.number(*r).unwrap_or(0.0)));
        Targets::Values(values.collect())
    };
    let named = |of: &dyn Fn(f64) -> f64| {
        let (a, b) = (own(training, of), own(test, of));
        let found = suspects(plan, &table, (training, &a), (test, &b)).unwrap();
        found.into_iter().map(|s| s.column).collect::<Vec<_>>()
    };
    assert_eq!(named(&|v| 3.0 * v + 1.0), ["number"]);
    assert!(named(&|v| (v * 1e4).sin()).is_empty());
}

fn searching(method: SearchMethod, settings: u32, seconds: Option<u32>) -> TrainParams {
    TrainParams {
        search: Some(SearchParams {
            method,
            algorithms: vec!["tree".to_owned(), "logistic".to_owned()],
            settings,
            seconds,
        }),
        ..train_params(Vec::new())
    }
}

#[test]
fn what_a_search_finds_joins_the_leaderboard() {
    let n_of = |params: &TrainParams| {
        let outcome = train_on(&mixed_table(), Task::Binary, params, &score, &Quiet).unwrap();
        assert_eq!(outcome.report.n_not_tried, 0);
        let found = outcome
            .report
            .candidates
            .iter()
            .filter(|c| c.algorithm == "logistic");
        let alphas: Vec<f64> = found.map(|c| c.params["alpha"].as_f64().unwrap()).collect();
        assert_ne!(outcome.report.chosen, "baseline");
        (outcome.report.candidates.len(), alphas.len())
    };
    // Each of the algorithms, and the baseline.
    assert_eq!(n_of(&searching(SearchMethod::Random, 6, None)), (13, 6));
    assert_eq!(n_of(&searching(SearchMethod::Grid, 6, None)), (13, 6));
    // Of nine the best three go on to a third of the rows, and the best of them to all.
    assert_eq!(n_of(&searching(SearchMethod::Halving, 9, None)), (3, 1));
}

/// Makes the first unit take longer than the search may.
struct Slow(std::sync::Once);

impl Monitor for Slow {
    fn is_stopped(&self) -> bool {
        false
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, _lane: &str, _name: &str) {
        self.0
            .call_once(|| std::thread::sleep(std::time::Duration::from_millis(1100)));
    }
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, _message: &str) {}
}

#[test]
fn a_search_begins_nothing_when_its_time_is_over() {
    let mut params = searching(SearchMethod::Random, 40, Some(1));
    params.candidates = vec![Candidate::of("naive_bayes")];
    let slow = Slow(std::sync::Once::new());
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let train = || train_on(&mixed_table(), Task::Binary, &params, &score, &slow);
    let report = pool.install(train).unwrap().report;
    // Of the trees, whose parameters are whole numbers, some settings are drawn twice.
    assert!(report.n_not_tried > 70);
    let names: Vec<&str> = report.candidates.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

/// Everything is fitted twice, on one thread and on three.
#[test]
fn every_algorithm_gives_the_same_bytes_on_any_number_of_threads() {
    for task in [Task::Binary, Task::Multiclass, Task::Regression] {
        let all = crate::train::algorithms().iter().map(|a| a.info());
        let suitable = all.filter(|info| info.tasks.contains(&task));
        let mut candidates = Vec::new();
        for info in suitable {
            candidates.push(Candidate::of(&info.id));
            if task.is_classification() && info.params.iter().any(|p| p.name == "calibration") {
                let calibrated = Candidate::of(&info.id).with("calibration", "isotonic");
                candidates.push(Candidate {
                    name: format!("{} calibrated", info.id),
                    ..calibrated
                });
            }
        }
        let on = |n_threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(n_threads)
                .build()
                .unwrap();
            pool.install(|| train(candidates.clone(), task))
        };
        let (one, three) = (on(1), on(3));
        assert_eq!(one.report, three.report);
        for (a, b) in one.models.iter().zip(&three.models) {
            assert!(a.to_bytes() == b.to_bytes(), "{} differs", a.name);
        }
        let failed = one.report.candidates.iter().find(|c| c.error.is_some());
        assert_eq!(failed.map(|c| (&c.name, &c.error)), None);
    }
}

#[test]
fn losses_of_the_support_vector_machine_are_those_of_a_useful_model() {
    let data = three_classes();
    let loss = |id: &str| log_loss(&data.targets, &fit(id, &data, &[]).predict(data.x.view()));
    assert!(loss("svm") < 0.8 * loss("baseline"));
    let data = regression();
    let error = |id: &str| rmse(&data.targets, &fit(id, &data, &[]).predict(data.x.view()));
    assert!(error("svm") < 0.5 * error("baseline"));
    assert!(algorithm("svm").is_some_and(|a| a.cells_a_second(4).is_some()));
}
