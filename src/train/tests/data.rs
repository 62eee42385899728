//! Data for the tests: the formulas of `tests/oracles/train/make.py`, and a table with columns of all types.

use crate::data::Table;
use crate::domain::ContentHash;
use crate::domain::Task;
use crate::domain::metric::{Metric, MetricValue};
use crate::domain::pipeline::{Candidate, TrainParams, TrainStart, TransformParams};
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::schema::{ColumnSpec, ColumnType, Role, Schema};
use crate::domain::work::{Forgetful, Keep, Monitor};
use crate::feature::FeaturePlan;
use crate::model::encode_targets;
use crate::train::{TrainError, TrainJob, TrainOutcome, TrainingSet, train};
use arrow::array::{ArrayRef, BooleanArray, Float64Array, StringArray, TimestampMillisecondArray};
use ndarray::Array2;
use std::sync::Arc;

/// Numerical Recipes' linear congruential generator.
pub(super) fn uniforms(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = (1_664_525 * state + 1_013_904_223) % (1 << 32);
        state as f64 / (1_u64 << 32) as f64
    };
    (0..n).map(|_| next()).collect()
}

pub(super) fn features(n: usize, p: usize, seed: u64) -> Array2<f64> {
    let values = uniforms(n * p, seed)
        .into_iter()
        .map(|u| f64::from(u as f32) * 2.0 - 1.0);
    Array2::from_shape_vec((n, p), values.collect()).unwrap()
}

pub(super) fn noise(n: usize, seed: u64) -> Vec<f64> {
    uniforms(12 * n, seed)
        .chunks(12)
        .map(|c| c.iter().sum::<f64>() - 6.0)
        .collect()
}

pub(super) fn set(x: Array2<f64>, targets: Targets) -> TrainingSet {
    let feature_names = (0..x.ncols()).map(|j| format!("x{j}")).collect();
    TrainingSet {
        x,
        targets,
        weights: None,
        feature_names,
    }
}

pub(super) fn classes(n_classes: usize, codes: impl IntoIterator<Item = u32>) -> Targets {
    Targets::Classes {
        n_classes,
        codes: codes.into_iter().collect(),
    }
}

pub(super) fn log_loss(targets: &Targets, predictions: &Predictions) -> f64 {
    let (Targets::Classes { codes, .. }, Predictions::Probabilities { n_classes, values }) =
        (targets, predictions)
    else {
        panic!("classes")
    };
    let losses = codes
        .iter()
        .enumerate()
        .map(|(i, c)| -values[i * n_classes + *c as usize].max(1e-15).ln());
    losses.sum::<f64>() / codes.len() as f64
}

pub(super) fn rmse(targets: &Targets, predictions: &Predictions) -> f64 {
    let (Targets::Values(truth), Predictions::Values(values)) = (targets, predictions) else {
        panic!("numbers")
    };
    let squares: f64 = truth
        .iter()
        .zip(values)
        .map(|(t, v)| (t - v) * (t - v))
        .sum();
    (squares / truth.len() as f64).sqrt()
}

pub(super) fn accuracy(targets: &Targets, predictions: &Predictions) -> f64 {
    let Targets::Classes { codes, .. } = targets else {
        panic!("classes")
    };
    let n_right = codes
        .iter()
        .zip(predictions.labels())
        .filter(|(a, b)| **a == *b)
        .count();
    n_right as f64 / codes.len() as f64
}

/// The area under the ROC curve by counting pairs.
pub(super) fn auc(targets: &Targets, predictions: &Predictions) -> f64 {
    let (Targets::Classes { codes, .. }, Predictions::Probabilities { values, .. }) =
        (targets, predictions)
    else {
        panic!("classes")
    };
    let of = |class: u32| -> Vec<f64> {
        (0..codes.len())
            .filter(|i| codes[*i] == class)
            .map(|i| values[2 * i + 1])
            .collect()
    };
    let (negatives, positives) = (of(0), of(1));
    let mut wins = 0.0;
    for p in &positives {
        for n in &negatives {
            wins += if p > n {
                1.0
            } else if p == n {
                0.5
            } else {
                0.0
            };
        }
    }
    wins / (positives.len() * negatives.len()) as f64
}

pub(super) fn score(targets: &Targets, predictions: &Predictions) -> Vec<MetricValue> {
    let value = |metric, value| MetricValue {
        metric,
        value: Some(value),
    };
    match targets {
        Targets::Classes { .. } => vec![
            value(Metric::LogLoss, log_loss(targets, predictions)),
            value(Metric::Accuracy, accuracy(targets, predictions)),
        ],
        Targets::Values(_) => vec![value(Metric::Rmse, rmse(targets, predictions))],
    }
}

/// 300 rows with columns of all types, some values missing, and a target of each task.
pub(super) fn mixed_table() -> Table {
    let n = 300;
    let (a, b, z) = (uniforms(n, 11), uniforms(n, 12), noise(n, 13));
    let port = |i: usize| ["ewr", "jfk", "lga", "bos"][(b[i] * 3.2) as usize];
    let signal: Vec<f64> = (0..n)
        .map(|i| 4.0 * a[i] - 2.0 + f64::from(u8::from(port(i) == "jfk")) + 0.5 * z[i])
        .collect();
    let optional = |i: usize, every: usize| !i.is_multiple_of(every);
    let moments = (0..n)
        .map(|i| optional(i, 29).then_some(i as i64 * 7_200_000))
        .collect::<Vec<_>>();
    let columns: Vec<(String, ArrayRef)> = vec![
        (
            "number".into(),
            Arc::new(Float64Array::from_iter(
                (0..n).map(|i| optional(i, 17).then_some(a[i] * 100.0)),
            )),
        ),
        (
            "flag".into(),
            Arc::new(BooleanArray::from_iter(
                (0..n).map(|i| optional(i, 41).then_some(b[i] > 0.6)),
            )),
        ),
        (
            "port".into(),
            Arc::new(StringArray::from_iter(
                (0..n).map(|i| optional(i, 23).then_some(port(i))),
            )),
        ),
        (
            "when".into(),
            Arc::new(TimestampMillisecondArray::from(moments)),
        ),
        (
            "late".into(),
            Arc::new(BooleanArray::from_iter(
                (0..n).map(|i| optional(i, 50).then_some(signal[i] > 0.5)),
            )),
        ),
        (
            "kind".into(),
            Arc::new(StringArray::from_iter_values(signal.iter().map(|s| {
                if *s < -0.5 {
                    "low"
                } else if *s < 1.0 {
                    "mid"
                } else {
                    "high"
                }
            }))),
        ),
        (
            "delay".into(),
            Arc::new(Float64Array::from_iter_values(
                signal.iter().map(|s| s * 10.0 + 100.0),
            )),
        ),
    ];
    Table::from_columns(columns).unwrap()
}

pub(super) fn target_of(task: Task) -> (&'static str, Vec<String>) {
    let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    match task {
        Task::Binary => ("late", owned(&["false", "true"])),
        Task::Multiclass => ("kind", owned(&["high", "low", "mid"])),
        Task::Regression => ("delay", Vec::new()),
    }
}

pub(super) fn mixed_schema(target: &str) -> Schema {
    let columns = [
        ("number", ColumnType::Number),
        ("flag", ColumnType::Boolean),
        ("port", ColumnType::Text),
        ("when", ColumnType::Timestamp),
        ("late", ColumnType::Boolean),
        ("kind", ColumnType::Text),
        ("delay", ColumnType::Number),
    ];
    let role = |name: &str| match name {
        "when" => Role::Time,
        "late" | "kind" | "delay" if name == target => Role::Target,
        "late" | "kind" | "delay" => Role::Leaks,
        _ => Role::Feature,
    };
    let spec = |(name, kind): (&str, ColumnType)| ColumnSpec {
        name: name.to_owned(),
        kind,
        role: role(name),
        required: true,
        min_fraction: 0.0,
        domain: None,
        drift: None,
        constraints: Default::default(),
    };
    Schema {
        columns: columns.into_iter().map(spec).collect(),
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations: Vec::new(),
    }
}

pub(super) fn train_params(candidates: Vec<Candidate>) -> TrainParams {
    TrainParams {
        search: None,
        start: TrainStart::default(),
        folds: 3,
        metric: None,
        exclude: Vec::new(),
        candidates,
    }
}

/// Three folds: row i is held out in fold i modulo 3.
pub(super) fn three_folds(n: usize) -> Vec<(Vec<usize>, Vec<usize>)> {
    let fold = |k: usize| (0..n).partition(|i| i % 3 != k);
    (0..3).map(fold).collect()
}

/// Trains on a table like `mixed_table`.
pub(super) fn train_on(
    table: &Table,
    task: Task,
    params: &TrainParams,
    score: &crate::train::Score<'_>,
    monitor: &dyn Monitor,
) -> Result<TrainOutcome, TrainError> {
    train_keeping(table, task, params, score, (monitor, &Forgetful))
}

/// Trains on a table like `mixed_table`, with something that keeps finished units.
pub(super) fn train_keeping(
    table: &Table,
    task: Task,
    params: &TrainParams,
    score: &crate::train::Score<'_>,
    (monitor, keep): (&dyn Monitor, &dyn Keep),
) -> Result<TrainOutcome, TrainError> {
    let (target, classes) = target_of(task);
    let encoded = encode_targets(table, target, task, &classes).unwrap();
    let schema = mixed_schema(target);
    let transform = TransformParams::default();
    let plan = FeaturePlan::fit(table, &schema, &encoded.rows, &transform, &[], None)?;
    let scope = ContentHash::of_bytes(b"test");
    let job = TrainJob {
        files: &Default::default(),
        keep,
        scope: &scope,
        table,
        schema: &schema,
        transform: &transform,
        plan: &plan,
        rows: &encoded.rows,
        targets: &encoded.targets,
        weights: None,
        n_without_target: encoded.n_missing,
        task,
        target,
        classes: &classes,
        folds: &three_folds(encoded.rows.len()),
        params,
        seed: 7,
        score,
    };
    train(&job, monitor)
}
