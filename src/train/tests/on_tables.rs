//! Every algorithm on a table with columns of all types: the same bytes on any number of threads, the same answers
//! after loading and in any batch, sound answers whatever is asked.

use super::data::{mixed_table, score, target_of, train_on, train_params};
use crate::data::Table;
use crate::domain::Task;
use crate::domain::pipeline::Candidate;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::work::Quiet;
use crate::model::{Model, encode_targets};
use crate::train::{TrainOutcome, algorithms};
use arrow::array::{ArrayRef, BooleanArray, Float64Array, StringArray, TimestampMillisecondArray};
use std::sync::Arc;

const TASKS: [Task; 3] = [Task::Binary, Task::Multiclass, Task::Regression];

fn all_candidates(task: Task) -> Vec<Candidate> {
    let infos = algorithms().iter().map(|a| a.info());
    let suitable = infos.filter(|i| i.tasks.contains(&task));
    suitable
        .map(|info| {
            let candidate = Candidate::of(&info.id);
            if info.id == "forest" {
                candidate.with("n_trees", 12_i64)
            } else {
                candidate
            }
        })
        .collect()
}

fn train_all(task: Task, n_threads: usize) -> TrainOutcome {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(n_threads)
        .build()
        .unwrap();
    let params = train_params(all_candidates(task));
    let outcome = pool
        .install(|| train_on(&mixed_table(), task, &params, &score, &Quiet))
        .unwrap();
    for candidate in &outcome.report.candidates {
        assert_eq!(candidate.error, None, "{}", candidate.name);
    }
    assert_eq!(outcome.models.len(), params.candidates.len());
    outcome
}

#[test]
fn every_algorithm_gives_the_same_bytes_on_one_thread_and_on_four() {
    for task in TASKS {
        let (one, four) = (train_all(task, 1), train_all(task, 4));
        assert_eq!(one.report, four.report);
        for (a, b) in one.models.iter().zip(&four.models) {
            assert_eq!(a.to_bytes(), b.to_bytes(), "{}", a.name);
        }
    }
}

#[test]
fn every_algorithm_answers_the_same_after_loading_and_row_by_row() {
    let table = mixed_table();
    for task in TASKS {
        for model in train_all(task, 2).models {
            let loaded = Model::from_bytes(&model.to_bytes()).unwrap();
            assert_eq!(loaded.to_bytes(), model.to_bytes());
            let answers = model.predict(&table).unwrap();
            assert_eq!(loaded.predict(&table).unwrap(), answers, "{}", model.name);
            for row in [0, 17, 299] {
                let one = loaded.predict(&table.slice(row, 1)).unwrap();
                assert_eq!(one, answers.take(&[row]), "{} row {row}", model.name);
            }
        }
    }
}

#[test]
fn every_algorithm_has_learned_more_than_the_baseline() {
    for task in TASKS {
        let outcome = train_all(task, 2);
        let metric = outcome.report.metric;
        let baseline = outcome
            .report
            .candidates
            .iter()
            .find(|c| c.algorithm == "baseline")
            .unwrap();
        for candidate in &outcome.report.candidates {
            let (found, bound) = (
                candidate.mean_of(metric).unwrap(),
                baseline.mean_of(metric).unwrap(),
            );
            let is_better =
                candidate.algorithm == "baseline" || metric.improvement(found, bound) > 0.0;
            assert!(
                is_better,
                "{task:?} {}: {found} against {bound}",
                candidate.name
            );
        }
    }
}

/// Extreme numbers, unknown texts, nothing at all, a moment at the end of time; columns in another order.
fn strange_rows() -> Table {
    let columns: Vec<(String, ArrayRef)> = vec![
        (
            "when".into(),
            Arc::new(TimestampMillisecondArray::from(vec![
                Some(i64::MAX),
                None,
                Some(0),
                Some(-1),
                None,
            ])),
        ),
        (
            "port".into(),
            Arc::new(StringArray::from(vec![
                Some("unknown"),
                None,
                Some(""),
                Some("jfk"),
                None,
            ])),
        ),
        (
            "flag".into(),
            Arc::new(BooleanArray::from(vec![
                None,
                None,
                Some(true),
                Some(false),
                None,
            ])),
        ),
        (
            "number".into(),
            Arc::new(Float64Array::from(vec![
                Some(f64::MAX),
                None,
                Some(f64::NAN),
                Some(-1e300),
                Some(f64::INFINITY),
            ])),
        ),
    ];
    Table::from_columns(columns).unwrap()
}

#[test]
fn every_algorithm_gives_sound_answers_to_strange_rows() {
    for task in TASKS {
        for model in train_all(task, 2).models {
            match model.predict(&strange_rows()).unwrap() {
                Predictions::Values(values) => {
                    assert!(values.iter().all(|v| v.is_finite()), "{}", model.name);
                }
                Predictions::Probabilities { n_classes, values } => {
                    for row in values.chunks(n_classes) {
                        assert!(
                            row.iter().all(|p| (0.0..=1.0).contains(p)),
                            "{}: {row:?}",
                            model.name
                        );
                        assert!(
                            (row.iter().sum::<f64>() - 1.0).abs() < 1e-9,
                            "{}: {row:?}",
                            model.name
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_table_without_the_inputs_is_refused_with_all_of_them() {
    let outcome = train_all(Task::Binary, 2);
    let table = strange_rows().select(&["flag"]);
    let error = outcome.models[0].predict(&table).unwrap_err().to_string();
    for name in ["number", "port", "when"] {
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn a_class_that_training_never_saw_gets_probability_zero() {
    let table = mixed_table();
    let (target, classes) = target_of(Task::Multiclass);
    let encoded = encode_targets(&table, target, Task::Multiclass, &classes).unwrap();
    let Targets::Classes { codes, .. } = &encoded.targets else {
        panic!("classes")
    };
    let rows: Vec<usize> = (0..codes.len()).filter(|i| codes[*i] != 1).collect();
    let plan = train_all(Task::Multiclass, 1).baseline.plan;
    for algorithm in algorithms() {
        let info = algorithm.info();
        if !info.tasks.contains(&Task::Multiclass) || algorithm.is_made_of_candidates() {
            continue;
        }
        let x = plan
            .encode(&table, Some(&rows), algorithm.encoding())
            .unwrap();
        let data = super::data::set(x, encoded.targets.take(&rows));
        let params = info.with_defaults(&[].into());
        let fitted = algorithm.fit(&data, &params, 1, &Quiet).unwrap();
        let Predictions::Probabilities { n_classes, values } = fitted.predict(data.x.view()) else {
            panic!("classes")
        };
        assert_eq!(n_classes, 3);
        assert!(values.chunks(3).all(|row| row[1] == 0.0), "{}", info.id);
    }
}
