//! The candidates of a training step: which ones by default, and what is wrong with those that somebody wrote.

use super::algorithms::{BASELINE, BLEND, IMPORTED, algorithm, algorithms};
use super::imports;
use super::search;
use crate::domain::algorithm::Problem;
use crate::domain::metric::Metric;
use crate::domain::pipeline::{Candidate, TrainParams};
use crate::domain::{Scalar, Task};

/// Rows from which on only one booster and no forest is tried by default: each would take minutes a fold.
const MANY_ROWS: usize = 200_000;

/// What somebody with experience would try on so many rows: a simple and readable model of each kind, a forest, and
/// boosting in three tempers (usual; slow on samples, for what is noisy; shallow, for what adds up), and a blend of them.
/// The baseline is trained besides.
#[must_use]
pub fn default_candidates(task: Task, n_rows: usize) -> Vec<Candidate> {
    let simple: &[&str] = if task.is_classification() {
        &["logistic", "naive_bayes", "tree"]
    } else {
        &["linear", "elastic_net", "tree"]
    };
    let mut candidates: Vec<Candidate> = simple.iter().map(|id| Candidate::of(id)).collect();
    candidates.push(Candidate::of("boosting"));
    if n_rows < MANY_ROWS {
        let named = |name: &str| Candidate {
            name: name.to_owned(),
            ..Candidate::of("boosting")
        };
        let slow = named("boosting_slow")
            .with("n_trees", 1000_i64)
            .with("learning_rate", 0.04)
            .with("patience", 30_i64)
            .with("subsample", 0.8)
            .with("colsample", 0.8);
        let shallow = named("boosting_shallow")
            .with("n_trees", 500_i64)
            .with("max_depth", 3_i64)
            .with("patience", 30_i64);
        candidates.extend([slow, shallow, Candidate::of("forest")]);
    }
    candidates.push(Candidate::of(BLEND));
    candidates
}

/// All problems of the parameters; `task` is `None` while nobody knows it.
#[must_use]
pub fn check(params: &TrainParams, task: Option<Task>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !(2..=50).contains(&params.folds) {
        let message = format!("must be a whole number from 2 to 50, not {}", params.folds);
        problems.push(Problem::new("steps.train.folds", message));
    }
    if let (Some(metric), Some(task)) = (params.metric, task) {
        problems.extend(check_metric(metric, task));
    }
    if let Some(search) = &params.search {
        problems.extend(search::check(search, task));
    }
    let mut names: Vec<&str> = Vec::new();
    for (i, candidate) in params.candidates.iter().enumerate() {
        let path = format!("steps.train.candidates[{i}]");
        let name = candidate.name.as_str();
        let name_problem = if name.trim().is_empty() {
            Some("must not be empty".to_owned())
        } else if names.contains(&name) {
            Some(format!(
                "{name} is the name of another candidate; names are unique"
            ))
        } else if name == BASELINE && candidate.algorithm != BASELINE {
            Some("baseline is the name of the model that is always trained besides".to_owned())
        } else {
            None
        };
        names.push(name);
        problems.extend(name_problem.map(|m| Problem::new(format!("{path}.name"), m)));
        problems.extend(check_algorithm(candidate, task, &path));
    }
    problems
}

fn check_metric(metric: Metric, task: Task) -> Option<Problem> {
    let metrics = Metric::of_task(task);
    (!metrics.contains(&metric)).then(|| {
        let names: Vec<&str> = metrics.iter().map(|m| m.name()).collect();
        let message = format!(
            "{} does not suit {}; use one of {}",
            metric.name(),
            task.title().to_lowercase(),
            names.join(", ")
        );
        Problem::new("steps.train.metric", message)
    })
}

/// What is wrong with the parameters of an imported model; whether the file fits is seen when it is read.
fn check_import(candidate: &Candidate, path: &str) -> Vec<Problem> {
    let text = |name: &str| {
        candidate
            .params
            .get(name)
            .and_then(Scalar::as_str)
            .unwrap_or_default()
    };
    let mut problems = Vec::new();
    if text("file").trim().is_empty() {
        let message = "must name the ONNX file, relative to the workspace";
        problems.push(Problem::new(format!("{path}.params.file"), message));
    }
    for name in ["columns", "classes"] {
        let wrong = imports::list(text(name)).err();
        problems.extend(wrong.map(|m| Problem::new(format!("{path}.params.{name}"), m)));
    }
    problems
}

fn check_algorithm(candidate: &Candidate, task: Option<Task>, path: &str) -> Vec<Problem> {
    let field = format!("{path}.algorithm");
    let suits = |tasks: &[Task]| task.is_none_or(|task| tasks.contains(&task));
    let suitable = || {
        let infos = algorithms().iter().map(|a| a.info());
        let ids: Vec<String> = infos.filter(|i| suits(&i.tasks)).map(|i| i.id).collect();
        ids.join(", ")
    };
    let Some(info) = algorithm(&candidate.algorithm).map(|a| a.info()) else {
        let message = format!(
            "{:?} is no algorithm; use one of {}",
            candidate.algorithm,
            suitable()
        );
        return vec![Problem::new(field, message)];
    };
    let mut problems = info.check(&candidate.params, &format!("{path}.params"));
    if candidate.algorithm == IMPORTED {
        problems.extend(check_import(candidate, path));
    }
    if let (Some(task), false) = (task, suits(&info.tasks)) {
        let message = format!(
            "{} cannot do {}; use one of {}",
            info.title,
            task.title().to_lowercase(),
            suitable()
        );
        problems.insert(0, Problem::new(field, message));
    }
    problems
}
