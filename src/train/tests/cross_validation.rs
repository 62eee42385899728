//! Cross-validation: order, choice, failures, stopping, and that nothing of the held-out rows leaks.

use super::data::{log_loss, mixed_schema, mixed_table, score, target_of, train_on, train_params};
use crate::data::Table;
use crate::domain::metric::{Metric, MetricValue};
use crate::domain::pipeline::{Candidate, TransformParams};
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::work::{Forgetful, Monitor, Quiet};
use crate::domain::{ContentHash, Task};
use crate::feature::FeaturePlan;
use crate::model::encode_targets;
use crate::train::{TrainError, TrainJob, check, default_candidates, train};
use arrow::array::{ArrayRef, Float64Array};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Records what it is told, and stops after so many questions.
#[derive(Default)]
pub(super) struct Recorder {
    pub(super) begun: Mutex<Vec<(String, String)>>,
    pub(super) ended: Mutex<Vec<String>>,
    pub(super) n_asked: AtomicU64,
    pub(super) stops_after: Option<u64>,
}

impl Monitor for Recorder {
    fn is_stopped(&self) -> bool {
        let n_asked = self.n_asked.fetch_add(1, Ordering::Relaxed);
        self.stops_after.is_some_and(|n| n_asked >= n)
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, lane: &str, name: &str) {
        self.begun
            .lock()
            .unwrap()
            .push((lane.to_owned(), name.to_owned()));
    }
    fn unit_ends(&self, name: &str) {
        self.ended.lock().unwrap().push(name.to_owned());
    }
    fn warn(&self, _message: &str) {}
}

#[test]
fn the_leaderboard_is_sorted_and_never_chooses_the_baseline() {
    let params = train_params(default_candidates(Task::Binary, 500));
    let recorder = Recorder::default();
    let outcome = train_on(&mixed_table(), Task::Binary, &params, &score, &recorder).unwrap();
    let report = &outcome.report;
    assert_eq!(
        (report.metric, report.n_folds, report.n_without_target),
        (Metric::LogLoss, 3, 6)
    );
    let losses: Vec<f64> = report
        .candidates
        .iter()
        .map(|c| c.mean_of(Metric::LogLoss).unwrap())
        .collect();
    assert!(losses.is_sorted(), "{losses:?}");
    assert_eq!(report.candidates.len(), params.candidates.len() + 1);
    assert_eq!(report.chosen, report.candidates[0].name);
    for (candidate, model) in report.candidates.iter().zip(&outcome.models) {
        assert_eq!(
            (candidate.name.as_str(), &candidate.model),
            (model.name.as_str(), &Some(model.hash()))
        );
        assert_eq!(
            candidate.folds.iter().map(|f| f.fold).collect::<Vec<_>>(),
            [0, 1, 2]
        );
    }
    let mut begun: Vec<String> = recorder
        .begun
        .lock()
        .unwrap()
        .iter()
        .map(|(_, name)| name.clone())
        .collect();
    let mut ended = recorder.ended.lock().unwrap().clone();
    begun.sort();
    ended.sort();
    assert_eq!(begun, ended);
    // The blend is made of the others' answers and fits nothing.
    assert_eq!(begun.len(), (report.candidates.len() - 1) * 4);
    assert!(
        begun.contains(&"forest · fold 2".to_owned())
            && begun.contains(&"forest · all rows".to_owned())
    );

    let alone = train_on(
        &mixed_table(),
        Task::Binary,
        &train_params(Vec::new()),
        &score,
        &Quiet,
    )
    .unwrap();
    assert_eq!(alone.report.chosen, "baseline");
}

#[test]
fn the_metric_of_the_parameters_chooses() {
    let mut params = train_params(default_candidates(Task::Binary, 500));
    params.metric = Some(Metric::Accuracy);
    let report = train_on(&mixed_table(), Task::Binary, &params, &score, &Quiet)
        .unwrap()
        .report;
    let values: Vec<f64> = report
        .candidates
        .iter()
        .map(|c| -c.mean_of(Metric::Accuracy).unwrap())
        .collect();
    assert!(values.is_sorted(), "{values:?}");
}

#[test]
fn a_candidate_that_panics_is_recorded_and_the_others_go_on() {
    let stump = Candidate {
        name: "stump".into(),
        ..Candidate::of("tree").with("max_depth", 1_i64)
    };
    let params = train_params(vec![stump, Candidate::of("logistic")]);
    let picky = |targets: &Targets, predictions: &Predictions| -> Vec<MetricValue> {
        let Predictions::Probabilities { values, .. } = predictions else {
            panic!("classes")
        };
        let mut distinct = values.clone();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        assert!(
            !(3..=4).contains(&distinct.len()),
            "a stump has two different answers"
        );
        score(targets, predictions)
    };
    let recorder = Recorder::default();
    let outcome = train_on(&mixed_table(), Task::Binary, &params, &picky, &recorder).unwrap();
    let last = outcome.report.candidates.last().unwrap();
    assert_eq!(last.name, "stump");
    assert!(
        last.error
            .as_ref()
            .unwrap()
            .contains("two different answers"),
        "{last:?}"
    );
    assert_eq!((last.model.clone(), outcome.models.len()), (None, 2));
    assert_eq!(outcome.report.chosen, "logistic");
    assert_eq!(
        recorder.begun.lock().unwrap().len(),
        recorder.ended.lock().unwrap().len()
    );

    let failing =
        |_: &Targets, _: &Predictions| -> Vec<MetricValue> { panic!("nothing can be scored") };
    let error = train_on(&mixed_table(), Task::Binary, &params, &failing, &Quiet).unwrap_err();
    let TrainError::AllFailed { errors } = error else {
        panic!("{error}")
    };
    assert_eq!(errors.len(), 3);
}

#[test]
fn stopping_stops_between_units_and_inside_trees() {
    let params = train_params(vec![Candidate::of("forest")]);
    for stops_after in [0, 1, 5, 200] {
        let recorder = Recorder {
            stops_after: Some(stops_after),
            ..Recorder::default()
        };
        let result = train_on(&mixed_table(), Task::Binary, &params, &score, &recorder);
        assert!(
            matches!(result, Err(TrainError::Stopped)),
            "after {stops_after}"
        );
        assert_eq!(
            recorder.begun.lock().unwrap().len(),
            recorder.ended.lock().unwrap().len()
        );
    }
}

#[test]
fn excluded_columns_are_seen_by_no_candidate() {
    let mut params = train_params(vec![Candidate::of("logistic")]);
    params.exclude = vec!["number".into()];
    let outcome = train_on(&mixed_table(), Task::Binary, &params, &score, &Quiet).unwrap();
    for model in &outcome.models {
        assert!(model.signature.inputs.iter().all(|i| i.name != "number"));
    }
    assert_eq!(outcome.report.candidates[0].exclude, ["number"]);
    let slim = mixed_table().select(&["flag", "port", "when"]);
    assert!(outcome.models[0].predict(&slim).is_ok());
}

/// The probabilities of the held-out rows of the one fold in which every third row is held out.
fn held_out_answers(table: &Table) -> Vec<f64> {
    let (target, classes) = target_of(Task::Binary);
    let encoded = encode_targets(table, target, Task::Binary, &classes).unwrap();
    let schema = mixed_schema(target);
    let transform = TransformParams::default();
    let plan = FeaturePlan::fit(table, &schema, &encoded.rows, &transform, &[], None).unwrap();
    let seen = Mutex::new(Vec::new());
    let record = |targets: &Targets, predictions: &Predictions| {
        let Predictions::Probabilities { values, .. } = predictions else {
            panic!("classes")
        };
        // The baseline answers all rows alike.
        if values[0] != values[2] {
            seen.lock()
                .unwrap()
                .extend(values.chunks(2).map(|row| row[1]));
        }
        let value = Some(log_loss(targets, predictions));
        vec![MetricValue {
            metric: Metric::LogLoss,
            value,
        }]
    };
    let fold: (Vec<usize>, Vec<usize>) =
        (0..encoded.rows.len()).partition(|p| !encoded.rows[*p].is_multiple_of(3));
    let scope = ContentHash::of_bytes(b"test");
    let job = TrainJob {
        files: &Default::default(),
        keep: &Forgetful,
        scope: &scope,
        table,
        schema: &schema,
        transform: &transform,
        plan: &plan,
        rows: &encoded.rows,
        targets: &encoded.targets,
        weights: None,
        n_without_target: encoded.n_missing,
        task: Task::Binary,
        target,
        classes: &classes,
        folds: &[fold],
        params: &train_params(vec![Candidate::of("logistic")]),
        seed: 7,
        score: &record,
    };
    train(&job, &Quiet).unwrap();
    seen.into_inner().unwrap()
}

#[test]
fn held_out_rows_teach_the_transforms_nothing() {
    let table = mixed_table();
    let before = held_out_answers(&table);
    // Every sixth row is held out and now extreme: mean, spread and median of all rows change.
    let number = table.column("number").unwrap();
    let values = (0..300).map(|i| {
        if i % 6 == 0 {
            Some(1e6)
        } else {
            number.number(i)
        }
    });
    let columns = table
        .names()
        .into_iter()
        .zip(table.batch().columns().iter().cloned());
    let columns = columns.map(|(name, column)| match name.as_str() {
        "number" => (
            name,
            Arc::new(Float64Array::from_iter(values.clone())) as ArrayRef,
        ),
        _ => (name, column),
    });
    let after = held_out_answers(&Table::from_columns(columns.collect()).unwrap());
    assert_eq!(before.len(), after.len());
    let n_same = before.iter().zip(&after).filter(|(a, b)| a == b).count();
    assert!(
        n_same >= 45 && n_same < before.len(),
        "{n_same} of {} are bit-identical",
        before.len()
    );
}

#[test]
fn all_problems_are_found_with_their_fields() {
    let mut params = train_params(vec![
        Candidate::of("logistic")
            .with("alpha", -1.0)
            .with("n_trees", 3_i64),
        Candidate {
            name: String::new(),
            ..Candidate::of("linear")
        },
        Candidate {
            name: "logistic".into(),
            ..Candidate::of("forest").with("n_trees", 0_i64)
        },
        Candidate {
            name: "baseline".into(),
            ..Candidate::of("magic")
        },
    ]);
    params.folds = 1;
    params.metric = Some(Metric::Rmse);
    let fields: Vec<String> = check(&params, Some(Task::Binary))
        .into_iter()
        .map(|p| p.field)
        .collect();
    assert_eq!(
        fields,
        [
            "steps.train.folds",
            "steps.train.metric",
            "steps.train.candidates[0].params.alpha",
            "steps.train.candidates[0].params.n_trees",
            "steps.train.candidates[1].name",
            "steps.train.candidates[1].algorithm",
            "steps.train.candidates[2].name",
            "steps.train.candidates[2].params.n_trees",
            "steps.train.candidates[3].name",
            "steps.train.candidates[3].algorithm",
        ]
    );
    for task in [Task::Binary, Task::Multiclass, Task::Regression] {
        assert_eq!(
            check(&train_params(default_candidates(task, 500)), Some(task)),
            []
        );
    }
}
