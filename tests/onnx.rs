//! Every algorithm exported as ONNX, on columns of every type, with values that training never saw. The live part runs
//! where LOCKKEEPER_ONNX_PYTHON names a Python with `onnxruntime` (see tests/oracles/model/onnx_live.py).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMillisecondArray,
};
use lockkeeper::data::Table;
use lockkeeper::domain::Task;
use lockkeeper::domain::pipeline::TransformParams;
use lockkeeper::domain::prediction::{Predictions, Targets};
use lockkeeper::domain::preparation::Preparation;
use lockkeeper::domain::schema::{ColumnSpec, ColumnType, Role, Schema};
use lockkeeper::domain::signature::ModelSignature;
use lockkeeper::domain::work::Quiet;
use lockkeeper::feature::{Encoding, FeaturePlan, KnownTargets};
use lockkeeper::model::{
    Blend, Calibrated, CalibrationMap, Estimator, Imported, Member, Model, Question,
};
use lockkeeper::train::{Algorithm, TrainingSet, algorithm, algorithms};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const N: usize = 400;

/// One column: name, type, and its values for the two tables; JSON as a program outside would have them.
struct Column {
    name: &'static str,
    kind: ColumnType,
    seen: Vec<Value>,
    unseen: Vec<Value>,
}

fn column(
    name: &'static str,
    kind: ColumnType,
    value: impl Fn(usize) -> Value,
    unseen: &[Value],
) -> Column {
    let unseen = (0..N).map(|i| unseen.get(i).cloned().unwrap_or_else(|| value(i * 7 + 3)));
    Column {
        name,
        kind,
        seen: (0..N).map(&value).collect(),
        unseen: unseen.collect(),
    }
}

/// Something that looks random, below `n`.
fn some(i: usize, salt: usize, n: usize) -> usize {
    let mixed = (i + 1) * 2_654_435_761 + salt * 40_503;
    (mixed >> 7) % n
}

fn columns() -> Vec<Column> {
    const DAY: i64 = 86_400_000;
    let sometimes = |i: usize, value: Value| {
        if some(i, 9, 11) == 0 {
            Value::Null
        } else {
            value
        }
    };
    vec![
        column(
            "size",
            ColumnType::Number,
            move |i| sometimes(i, json!(some(i, 1, 1000) as f64 / 3.0 - 100.0)),
            &[
                json!(1e30),
                json!("inf"),
                json!("-inf"),
                Value::Null,
                json!(-0.0),
            ],
        ),
        column(
            "count",
            ColumnType::Integer,
            |i| json!(some(i, 2, 40)),
            &[Value::Null, json!(16_777_217)],
        ),
        column(
            "is new",
            ColumnType::Boolean,
            move |i| sometimes(i + 5, json!(some(i, 3, 3) == 0)),
            &[],
        ),
        column(
            "city",
            ColumnType::Text,
            move |i| {
                let cities = [
                    "Aachen",
                    "Ulm",
                    "Köln, am Rhein",
                    "東京",
                    "a",
                    "b",
                    "c",
                    "d",
                    "e",
                ];
                sometimes(i + 2, json!(cities[some(i, 4, 81).isqrt()]))
            },
            &[json!("nowhere"), Value::Null],
        ),
        column(
            "kind",
            ColumnType::Text,
            |i| json!(["x", "y"][some(i, 5, 2)]),
            &[json!("z"), Value::Null],
        ),
        column(
            "day",
            ColumnType::Date,
            move |i| sometimes(i + 7, json!((some(i, 6, 1500) as i64 - 700) * DAY)),
            &[
                json!(-719_528 * DAY),
                json!(11_016 * DAY),
                json!(2_932_896 * DAY),
            ],
        ),
        column(
            "at",
            ColumnType::Timestamp,
            |i| json!(some(i, 7, 1_000_000_000) as i64 * 97 - 40_000_000_000),
            &[
                Value::Null,
                json!(-1),
                json!(951_782_399_999_i64),
                json!(4_107_542_400_000_i64),
            ],
        ),
    ]
}

fn array(kind: ColumnType, values: &[Value]) -> ArrayRef {
    let numbers = values.iter().map(|v| match v.as_str() {
        Some("inf") => Some(f64::INFINITY),
        Some(_) => Some(f64::NEG_INFINITY),
        None => v.as_f64(),
    });
    let whole = values.iter().map(Value::as_i64);
    match kind {
        ColumnType::Number => Arc::new(numbers.collect::<Float64Array>()),
        ColumnType::Integer => Arc::new(whole.collect::<Int64Array>()),
        ColumnType::Boolean => {
            Arc::new(values.iter().map(Value::as_bool).collect::<BooleanArray>())
        }
        ColumnType::Text => Arc::new(values.iter().map(Value::as_str).collect::<StringArray>()),
        ColumnType::Date => {
            let days = whole.map(|v| v.map(|v| (v / 86_400_000) as i32));
            Arc::new(days.collect::<Date32Array>())
        }
        ColumnType::Timestamp => Arc::new(whole.collect::<TimestampMillisecondArray>()),
    }
}

fn table(columns: &[Column], of: impl Fn(&Column) -> &Vec<Value>) -> Table {
    let arrays = columns
        .iter()
        .map(|c| (c.name.into(), array(c.kind, of(c))));
    Table::from_columns(arrays.collect()).unwrap()
}

fn plan(columns: &[Column], table: &Table) -> FeaturePlan {
    fitted(columns, table, &[], None)
}

/// Numbers that become quantiles and logarithms, and a text that becomes means of the target.
fn prepared(columns: &[Column], table: &Table, task: Task) -> FeaturePlan {
    let chosen = [
        ("size", Preparation::Quantile),
        ("count", Preparation::Log),
        ("city", Preparation::Target),
    ];
    fitted(columns, table, &chosen, Some(task))
}

fn fitted(
    columns: &[Column],
    table: &Table,
    chosen: &[(&str, Preparation)],
    task: Option<Task>,
) -> FeaturePlan {
    let spec = |c: &Column| ColumnSpec {
        name: c.name.to_owned(),
        kind: c.kind,
        role: Role::Feature,
        required: true,
        min_fraction: 0.0,
        domain: None,
        drift: None,
        constraints: Default::default(),
    };
    let schema = Schema {
        columns: columns.iter().map(spec).collect(),
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations: Vec::new(),
    };
    let params = TransformParams {
        max_categories: 5,
        columns: chosen.iter().map(|(n, p)| ((*n).to_owned(), *p)).collect(),
        ..TransformParams::default()
    };
    let known = task.map(|task| targets(task, columns));
    let known = known
        .as_ref()
        .map(|(targets, classes)| KnownTargets { targets, classes });
    let rows: Vec<usize> = (0..N).collect();
    FeaturePlan::fit(table, &schema, &rows, &params, &[], known).unwrap()
}

/// The targets of a task, which follow from the columns; of five classes one never occurs.
fn targets(task: Task, columns: &[Column]) -> (Targets, Vec<String>) {
    let signal = |i: usize| {
        let number = |c: usize| columns[c].seen[i].as_f64().unwrap_or(150.0);
        let city = columns[3].seen[i].as_str().map_or(0, str::len) as f64;
        number(0) / 100.0 + (number(1) - 20.0) / 8.0 + city / 4.0 + some(i, 8, 100) as f64 / 30.0
    };
    let codes = |of: fn(f64) -> u32| (0..N).map(|i| of(signal(i))).collect();
    let named = |n: usize| (0..n).map(|k| format!("class {k}")).collect();
    match task {
        Task::Binary => {
            let codes = codes(|s| u32::from(s > 3.4));
            (
                Targets::Classes {
                    n_classes: 2,
                    codes,
                },
                named(2),
            )
        }
        Task::Multiclass => {
            let codes = codes(|s| {
                if s > 5.0 {
                    4
                } else if s > 3.0 {
                    2
                } else {
                    u32::from(s > 1.5)
                }
            });
            (
                Targets::Classes {
                    n_classes: 5,
                    codes,
                },
                named(5),
            )
        }
        Task::Regression => (Targets::Values((0..N).map(signal).collect()), Vec::new()),
    }
}

fn fit(
    algorithm: &dyn Algorithm,
    task: Task,
    columns: &[Column],
    seen: &Table,
    plan: &FeaturePlan,
) -> Model {
    let (info, encoding) = (algorithm.info(), algorithm.encoding());
    let (targets, classes) = targets(task, columns);
    let data = TrainingSet {
        x: plan.encode(seen, None, encoding).unwrap(),
        targets,
        weights: None,
        feature_names: plan.feature_names(encoding),
    };
    let params = info.with_defaults(&Default::default());
    Model {
        name: info.id.clone(),
        estimator: algorithm.fit(&data, &params, 3, &Quiet).unwrap(),
        algorithm: info.id,
        params,
        signature: ModelSignature {
            inputs: plan.inputs(),
            task,
            target: "y".to_owned(),
            classes,
        },
        plan: plan.clone(),
        encoding,
    }
}

/// Models of one task, averaged.
fn blend(models: Vec<Model>) -> Model {
    let plan = models[0].plan.clone();
    let n = models.len() as f64;
    let members = models.iter().map(|m| Member {
        name: m.name.clone(),
        algorithm: m.algorithm.clone(),
        weight: 1.0 / n,
        encoding: m.encoding,
        estimator: m.estimator.clone(),
    });
    Model {
        algorithm: "blend".to_owned(),
        encoding: Encoding::Both,
        estimator: Estimator::Blend(Blend {
            members: members.collect(),
            n_one_hot: plan.n_features(Encoding::OneHot),
            n_ordinal: plan.n_features(Encoding::Ordinal),
        }),
        ..models[0].clone()
    }
}

/// The same classifier behind a map of each kind.
fn calibrated(model: &Model) -> [Model; 2] {
    let n_maps = match model.signature.classes.len() {
        2 => 1,
        n => n,
    };
    let behind = |name: &str, map: CalibrationMap| Model {
        algorithm: format!("blend_{name}"),
        estimator: Estimator::Calibrated(Calibrated {
            inner: Box::new(model.estimator.clone()),
            maps: vec![map; n_maps],
        }),
        ..model.clone()
    };
    let sigmoid = CalibrationMap::Sigmoid {
        slope: 1.3,
        intercept: -0.4,
    };
    let isotonic = CalibrationMap::Isotonic {
        from: vec![0.05, 0.2, 0.2001, 0.4, 0.9],
        to: vec![0.0, 0.1, 0.45, 0.45, 0.97],
    };
    [behind("sigmoid", sigmoid), behind("isotonic", isotonic)]
}

/// A model of every algorithm for every task that it can do, blends of some, and calibrated ones.
fn models(columns: &[Column], seen: &Table, plan: &FeaturePlan) -> Vec<Model> {
    let of_rows = algorithms().iter().filter(|a| !a.is_made_of_candidates());
    let fitted = of_rows.flat_map(|a| a.info().tasks.into_iter().map(move |task| (a, task)));
    let fitted = fitted.map(|(a, task)| fit(*a, task, columns, seen, plan));
    let blends = [Task::Binary, Task::Multiclass, Task::Regression].map(|task| {
        let members = ["logistic", "forest", "ridge"].map(|id| algorithm(id).unwrap());
        let members = members.iter().filter(|a| a.info().tasks.contains(&task));
        let models = members.map(|a| fit(*a, task, columns, seen, plan));
        blend(models.collect())
    });
    let calibrated: Vec<Model> = blends[..2].iter().flat_map(calibrated).collect();
    let others = [Task::Binary, Task::Multiclass, Task::Regression].map(|task| {
        let plan = prepared(columns, seen, task);
        let both = ["logistic", "ridge", "forest"].map(|id| algorithm(id).unwrap());
        let both = both.into_iter().filter(|a| a.info().tasks.contains(&task));
        let models = both.map(|a| fit(a, task, columns, seen, &plan));
        let named = models.map(|model| Model {
            algorithm: format!("prepared_{}", model.algorithm),
            ..model
        });
        named.collect::<Vec<Model>>()
    });
    let others = others.into_iter().flatten();
    fitted
        .chain(blends)
        .chain(calibrated)
        .chain(others)
        .collect()
}

/// Writes NAME.onnx and NAME.json for every algorithm and task, and answers how many.
fn write_all(folder: &Path) -> usize {
    let columns = columns();
    let seen = table(&columns, |c| &c.seen);
    let unseen = table(&columns, |c| &c.unseen);
    let plan = plan(&columns, &seen);
    let mut n = 0;
    for model in models(&columns, &seen, &plan) {
        let task = model.signature.task;
        for (name, table) in [("seen", &seen), ("unseen", &unseen)] {
            let raw = columns.iter().map(|c| {
                let values = if name == "seen" { &c.seen } else { &c.unseen };
                (c.name.to_owned(), json!(values))
            });
            let predictions = model.predict(table).unwrap();
            let labels = model.labels_of(&predictions);
            let (labels, answers): (Option<_>, Vec<&[f64]>) = match &predictions {
                Predictions::Values(values) => (None, values.chunks(1).collect()),
                Predictions::Probabilities { n_classes, values } => {
                    (Some(labels), values.chunks(*n_classes).collect())
                }
            };
            let raw: serde_json::Map<String, Value> = raw.collect();
            let case = json!({ "columns": raw, "labels": labels, "answers": answers });
            let stem = folder.join(format!("{}_{task:?}_{name}", model.algorithm));
            std::fs::write(stem.with_extension("onnx"), model.to_onnx()).unwrap();
            std::fs::write(stem.with_extension("json"), case.to_string()).unwrap();
            n += 1;
        }
    }
    n
}

fn numbers(predictions: &Predictions) -> &[f64] {
    match predictions {
        Predictions::Values(values) | Predictions::Probabilities { values, .. } => values,
    }
}

/// Without any other program: what we write, our own interpreter reads, and it gives the model's answers.
#[test]
fn our_own_exports_are_read_and_give_our_own_answers() {
    let columns = columns();
    let seen = table(&columns, |c| &c.seen);
    let unseen = table(&columns, |c| &c.unseen);
    let plan = plan(&columns, &seen);
    let features: Vec<_> = plan
        .columns
        .iter()
        .map(|c| (c.name.clone(), c.kind))
        .collect();
    let mut n = 0;
    for model in models(&columns, &seen, &plan) {
        let task = model.signature.task;
        let question = Question {
            task,
            classes: &model.signature.classes,
            features: &features,
            columns: &[],
            class_order: &[],
        };
        let imported = Imported::of(model.to_onnx(), &question).unwrap();
        imported.try_out(&seen.slice(0, 50)).unwrap();
        let copy = Model {
            estimator: Estimator::Imported(imported),
            ..model.clone()
        };
        for table in [&seen, &unseen] {
            let (a, b) = (model.predict(table).unwrap(), copy.predict(table).unwrap());
            let name = format!("{} {task:?}", model.algorithm);
            let (a, b) = (numbers(&a), numbers(&b));
            assert_eq!(a.len(), b.len());
            for (row, (a, b)) in a.iter().zip(b).enumerate() {
                let apart = (a - b).abs() / a.abs().max(1.0);
                assert!(apart <= 1e-6, "{name}, {row}: {b} instead of {a}");
            }
            n += 1;
        }
    }
    assert!(n >= 30, "{n}");
}

#[test]
fn onnxruntime_agrees_for_every_algorithm() {
    let folder = tempfile::tempdir().unwrap();
    let n = write_all(folder.path());
    let Some(python) = std::env::var_os("LOCKKEEPER_ONNX_PYTHON") else {
        println!("SKIPPED the live part: LOCKKEEPER_ONNX_PYTHON is not set");
        return;
    };
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/model/onnx_live.py");
    let said = std::process::Command::new(&python)
        .arg(script)
        .arg(folder.path())
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr),
    );
    assert!(said.status.success(), "{out}\n{err}");
    assert!(out.contains(&format!("{n} models agree")), "{out}");
    println!("{}", out.trim());
}

#[test]
fn the_same_model_gives_the_same_file() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(write_all(a.path()), write_all(b.path()));
    for entry in std::fs::read_dir(a.path()).unwrap() {
        let path = entry.unwrap().path();
        let other = b.path().join(path.file_name().unwrap());
        assert!(
            std::fs::read(&path).unwrap() == std::fs::read(other).unwrap(),
            "{path:?}"
        );
    }
}
