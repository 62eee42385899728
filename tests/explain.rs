//! What models go by, for every algorithm on columns of every type: contributions add up to the answer, what a model does not
//! read counts nothing, and nothing depends on the number of threads. Figures of other programs are in
//! `src/explain/tests/oracles.rs`, the command line and a whole workspace at the end.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMillisecondArray,
};
use lockkeeper::data::Table;
use lockkeeper::domain::Task;
use lockkeeper::domain::explanation::{Method, Scale};
use lockkeeper::domain::pipeline::TransformParams;
use lockkeeper::domain::prediction::Predictions;
use lockkeeper::domain::schema::{ColumnSpec, Role, Schema};
use lockkeeper::domain::signature::ModelSignature;
use lockkeeper::domain::work::Quiet;
use lockkeeper::feature::FeaturePlan;
use lockkeeper::model::{Model, encode_targets};
use lockkeeper::train::{Algorithm, TrainingSet, algorithms};
use lockkeeper::workspace::explain::{ExplainAnswer, ExplainAsk, ExplainQuery, ModelRows, Subject};
use lockkeeper::workspace::{Answer, Fetched, Query};
use std::sync::Arc;
use support::{Dice, lockkeeper, on, open, small, text};

const N: usize = 300;

/// Columns of all types with missing values, and three targets; `noise` has nothing to do with them.
fn flights() -> Table {
    let mut dice = Dice(11);
    let mut missing = |share: f64| dice.chance(share);
    let holes: Vec<[bool; 3]> = (0..N)
        .map(|_| [missing(0.1), missing(0.15), missing(0.1)])
        .collect();
    let mut dice = Dice(5);
    let size: Vec<f64> = (0..N).map(|_| dice.unit() * 50.0 - 10.0).collect();
    let count: Vec<i64> = (0..N).map(|_| dice.below(12) as i64).collect();
    let new: Vec<bool> = (0..N).map(|_| dice.chance(0.4)).collect();
    let city: Vec<&str> = (0..N)
        .map(|_| ["Ulm", "Bonn", "Kiel", "Jena", "Hof"][dice.below(5)])
        .collect();
    let day: Vec<i32> = (0..N).map(|_| 15_000 + dice.below(700) as i32).collect();
    let at: Vec<i64> = (0..N)
        .map(|_| 1_400_000_000_000 + dice.below(40_000_000) as i64 * 1_000)
        .collect();
    let noise: Vec<f64> = (0..N).map(|_| dice.unit()).collect();
    let signal = |i: usize| {
        let push = if city[i] == "Kiel" { 15.0 } else { 0.0 };
        size[i] + 3.0 * count[i] as f64 * f64::from(u8::from(new[i])) + push + noise[i]
    };
    let class = |i: usize| match signal(i) {
        s if s < 15.0 => "low",
        s if s < 35.0 => "middle",
        _ => "high",
    };
    let hole = |i: usize, at: usize| !holes[i][at];
    let rows = || 0..N;
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "size",
            Arc::new(
                rows()
                    .map(|i| hole(i, 0).then_some(size[i]))
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "count",
            Arc::new(rows().map(|i| Some(count[i])).collect::<Int64Array>()),
        ),
        (
            "new",
            Arc::new(rows().map(|i| Some(new[i])).collect::<BooleanArray>()),
        ),
        (
            "city",
            Arc::new(
                rows()
                    .map(|i| hole(i, 1).then_some(city[i]))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "day",
            Arc::new(
                rows()
                    .map(|i| hole(i, 2).then_some(day[i]))
                    .collect::<Date32Array>(),
            ),
        ),
        (
            "at",
            Arc::new(
                rows()
                    .map(|i| Some(at[i]))
                    .collect::<TimestampMillisecondArray>(),
            ),
        ),
        (
            "number",
            Arc::new(rows().map(|i| Some(signal(i))).collect::<Float64Array>()),
        ),
        (
            "two",
            Arc::new(
                rows()
                    .map(|i| Some(if signal(i) > 25.0 { "yes" } else { "no" }))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "three",
            Arc::new(rows().map(|i| Some(class(i))).collect::<StringArray>()),
        ),
    ];
    let columns = columns
        .into_iter()
        .map(|(name, array)| (name.to_owned(), array));
    Table::from_columns(columns.collect()).unwrap()
}

fn fit(algorithm: &dyn Algorithm, task: Task, table: &Table, exclude: &[String]) -> Model {
    let (target, classes): (&str, &[&str]) = match task {
        Task::Regression => ("number", &[]),
        Task::Binary => ("two", &["no", "yes"]),
        Task::Multiclass => ("three", &["high", "low", "middle"]),
    };
    let targets = ["number", "two", "three"];
    let spec = |(i, name): (usize, String)| ColumnSpec {
        role: match name.as_str() {
            name if name == target => Role::Target,
            name if targets.contains(&name) => Role::Leaks,
            _ => Role::Feature,
        },
        kind: table.column_type(i),
        name,
        required: true,
        min_fraction: 0.0,
        domain: None,
        drift: None,
        constraints: Default::default(),
    };
    let schema = Schema {
        columns: table.names().into_iter().enumerate().map(spec).collect(),
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations: Vec::new(),
    };
    let rows: Vec<usize> = (0..N).collect();
    let params = TransformParams {
        max_categories: 4,
        ..TransformParams::default()
    };
    let plan = FeaturePlan::fit(table, &schema, &rows, &params, exclude, None).unwrap();
    let classes: Vec<String> = classes.iter().map(|c| (*c).to_owned()).collect();
    let encoding = algorithm.encoding();
    let data = TrainingSet {
        x: plan.encode(table, None, encoding).unwrap(),
        targets: encode_targets(table, target, task, &classes)
            .unwrap()
            .targets,
        weights: None,
        feature_names: plan.feature_names(encoding),
    };
    let info = algorithm.info();
    let params = info.with_defaults(&Default::default());
    Model {
        name: info.id.clone(),
        estimator: algorithm.fit(&data, &params, 3, &Quiet).unwrap(),
        algorithm: info.id,
        params,
        signature: ModelSignature {
            inputs: plan.inputs(),
            task,
            target: target.to_owned(),
            classes,
        },
        plan,
        encoding,
    }
}

/// Every algorithm for every task that it can do.
fn models(table: &Table) -> Vec<Model> {
    let all = algorithms().iter().filter(|a| !a.is_made_of_candidates());
    let of = |algorithm: &&'static dyn Algorithm| {
        let tasks = algorithm.info().tasks;
        let fits = tasks
            .into_iter()
            .map(|task| fit(*algorithm, task, table, &[]));
        fits.collect::<Vec<_>>()
    };
    all.flat_map(of).collect()
}

/// The answer of the class in the units of what is explained.
fn answer(predictions: &Predictions, class: usize, scale: Scale, row: usize) -> f64 {
    match predictions {
        Predictions::Values(values) => values[row],
        Predictions::Probabilities { n_classes, values } => {
            let p = values[row * n_classes + class];
            match scale {
                Scale::LogOdds => (p / (1.0 - p)).ln(),
                _ => p,
            }
        }
    }
}

#[test]
fn contributions_add_up_to_the_answer_for_every_algorithm() {
    let table = flights();
    let mut methods = [0; 3];
    for model in models(&table) {
        let predictions = model.predict(&table).unwrap();
        let n_classes = model.signature.classes.len().max(1);
        let name = format!("{} {:?}", model.algorithm, model.signature.task);
        let subject = Subject::new(model.clone(), table.clone(), table.slice(0, 12));
        let outputs: Vec<Vec<f64>> = (0..n_classes)
            .map(|class| {
                let found = subject.every_row(Some(class)).unwrap();
                let mut outputs = Vec::new();
                for (row, one) in found.iter().enumerate() {
                    let sum: f64 = one.columns.iter().map(|c| c.contribution).sum();
                    assert!((one.base + sum - one.output).abs() < 1e-9, "{name}");
                    assert_eq!(one.columns.len(), 6, "{name}: one entry an input column");
                    if one.explained.scale != Scale::Score {
                        let expected = answer(&predictions, class, one.explained.scale, row);
                        assert!(
                            (one.output - expected).abs() < 1e-6,
                            "{name}: {} {expected}",
                            one.output
                        );
                    }
                    match one.method {
                        Method::Trees { .. } => methods[0] += 1,
                        Method::Weights { .. } => methods[1] += 1,
                        Method::Sampling { .. } => methods[2] += 1,
                    }
                    outputs.push(one.output);
                }
                outputs
            })
            .collect();
        // Scores of several classes are those of the softmax.
        let explained = subject.every_row(Some(0)).unwrap();
        if explained[0].explained.scale == Scale::Score {
            for row in 0..12 {
                let sum: f64 = outputs.iter().map(|of_class| of_class[row].exp()).sum();
                for (class, of_class) in outputs.iter().enumerate() {
                    let expected = answer(&predictions, class, Scale::Probability, row);
                    assert!(
                        (of_class[row].exp() / sum - expected).abs() < 1e-9,
                        "{name}"
                    );
                }
            }
        }
    }
    assert!(
        methods.iter().all(|n| *n > 0),
        "every way is taken: {methods:?}"
    );
}

#[test]
fn a_column_that_is_not_read_counts_nothing() {
    let table = flights();
    // Nothing but a constant: no column counts, to the bit.
    let baseline = lockkeeper::train::algorithm("baseline").unwrap();
    let model = fit(baseline, Task::Binary, &table, &[]);
    let subject = Subject::new(model, table.clone(), table.clone());
    let metric = lockkeeper::domain::metric::Metric::LogLoss;
    let ExplainAnswer::Importance(found) = subject
        .answer(
            &ExplainAsk::Importance {
                metric,
                within: None,
            },
            &Quiet,
        )
        .unwrap()
    else {
        panic!("importance")
    };
    assert_eq!(found.columns.len(), 6);
    for column in &found.columns {
        assert_eq!((column.mean, column.sd), (0.0, 0.0), "{}", column.column);
        assert_eq!(column.interval, Some([0.0, 0.0]));
    }
    // A tree that was never given a column cannot say that it counts.
    let tree = lockkeeper::train::algorithm("tree").unwrap();
    let model = fit(tree, Task::Binary, &table, &["day".to_owned()]);
    let subject = Subject::new(model, table.clone(), table.clone());
    let ExplainAnswer::Importance(found) = subject
        .answer(
            &ExplainAsk::Importance {
                metric,
                within: None,
            },
            &Quiet,
        )
        .unwrap()
    else {
        panic!("importance")
    };
    assert!(found.columns.iter().all(|c| c.column != "day"));
    assert_eq!(found.columns[0].column, "size");
    assert!(found.columns[0].is_clear());
    let gone = subject.answer(
        &ExplainAsk::Dependence {
            column: "day".to_owned(),
            class: 1,
        },
        &Quiet,
    );
    assert!(
        gone.unwrap_err()
            .summary
            .contains("does not read a column \"day\"")
    );
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    let table = flights();
    let on = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build()
            .unwrap();
        pool.install(|| {
            let mut all = Vec::new();
            for id in ["forest", "naive_bayes", "logistic"] {
                let model = fit(
                    lockkeeper::train::algorithm(id).unwrap(),
                    Task::Multiclass,
                    &table,
                    &[],
                );
                let subject = Subject::new(model, table.clone(), table.slice(0, 60));
                let metric = lockkeeper::domain::metric::Metric::LogLoss;
                for ask in [
                    ExplainAsk::Importance {
                        metric,
                        within: None,
                    },
                    ExplainAsk::Dependence {
                        column: "city".to_owned(),
                        class: 2,
                    },
                    ExplainAsk::Dependence {
                        column: "day".to_owned(),
                        class: 0,
                    },
                    ExplainAsk::Row {
                        row: 7,
                        class: None,
                    },
                    ExplainAsk::Summary { class: 1 },
                ] {
                    all.push(format!("{:?}", subject.answer(&ask, &Quiet).unwrap()));
                }
            }
            all
        })
    };
    assert_eq!(on(1), on(4));
}

#[test]
fn effects_are_of_values_that_occur_and_of_missing_ones() {
    let table = flights();
    let model = fit(
        lockkeeper::train::algorithm("forest").unwrap(),
        Task::Binary,
        &table,
        &[],
    );
    let subject = Subject::new(model, table.clone(), table.clone());
    let effect = |column: &str| {
        let ask = ExplainAsk::Dependence {
            column: column.to_owned(),
            class: 1,
        };
        match subject.answer(&ask, &Quiet).unwrap() {
            ExplainAnswer::Dependence(found) => found,
            other => panic!("{other:?}"),
        }
    };
    let labels = |column: &str| -> Vec<String> {
        effect(column).grid.into_iter().map(|p| p.label).collect()
    };
    assert_eq!(labels("new"), ["false", "true"]);
    assert_eq!(
        labels("count"),
        (0..12).map(|n| n.to_string()).collect::<Vec<_>>()
    );
    let cities = labels("city");
    assert_eq!(
        (cities.len(), cities.last().unwrap().as_str()),
        (6, "missing")
    );
    let size = effect("size");
    assert_eq!(size.grid.len(), 31, "30 quantiles and missing");
    assert!(
        size.grid
            .windows(2)
            .all(|p| p[1].at.is_none() || p[0].at < p[1].at)
    );
    assert_eq!(size.deciles.len(), 9);
    assert!(
        size.mean[29] > size.mean[0] + 0.2,
        "larger sizes are late more often"
    );
    let day = effect("day");
    assert!(
        day.grid[0].label.starts_with("201"),
        "{}",
        day.grid[0].label
    );
}

#[test]
fn a_workspace_answers_what_is_asked_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let workspace = open(&root, None);
    let snapshot = workspace.snapshot();
    let model = &snapshot.models[0].hash;
    let source = ModelRows::of(&snapshot, model).unwrap();
    let query = |ask| {
        Query::Explain(ExplainQuery {
            source: source.clone(),
            ask,
        })
    };
    let wait = |query: &Query| loop {
        match workspace.fetch(query) {
            Fetched::Loading => std::thread::sleep(std::time::Duration::from_millis(2)),
            Fetched::Ready(found) => return Ok(found),
            Fetched::Failed(failure) => return Err(failure),
        }
    };
    let outline = wait(&query(ExplainAsk::Outline)).unwrap();
    let Answer::Explained(found) = &*outline else {
        panic!("{outline:?}")
    };
    let ExplainAnswer::Outline(outline) = &**found else {
        panic!("{found:?}")
    };
    assert_eq!(outline.n_training + outline.n_rows, 400);
    // The answer of a worker and that of this thread are the same.
    let row = query(ExplainAsk::Row {
        row: 3,
        class: Some(1),
    });
    assert_eq!(*wait(&row).unwrap(), workspace.answer(&row).unwrap());
    // Stopped work says so, until it is asked for again.
    let metric = lockkeeper::domain::metric::Metric::LogLoss;
    let importance = query(ExplainAsk::Importance {
        metric,
        within: None,
    });
    assert!(matches!(workspace.fetch(&importance), Fetched::Loading));
    workspace.stop(&importance);
    if let Err(failure) = wait(&importance) {
        assert_eq!(failure.exit_code(), 130, "{failure}");
        workspace.retry();
    }
    assert!(wait(&importance).is_ok());
    // Of two questions of a kind the newer one wins, and the older one can be asked again.
    let (one, other) = (
        query(ExplainAsk::Summary { class: 0 }),
        query(ExplainAsk::Summary { class: 1 }),
    );
    assert!(matches!(workspace.fetch(&one), Fetched::Loading));
    assert!(wait(&other).is_ok());
    assert!(wait(&one).is_ok());
}

#[test]
fn the_command_line_explains() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let said = on(&root, &["explain"]).exits(0);
    assert!(said.out.starts_with("column"), "{}", said.out);
    assert!(
        said.err.contains("rows the model was not trained on"),
        "{}",
        said.err
    );
    let json = on(&root, &["explain", "tree", "--json"]).exits(0).json();
    assert_eq!(json["importance"]["columns"][0]["column"], "speed");
    assert!(
        json["contributions"]["method"]["trees"]["n_rows"]
            .as_u64()
            .unwrap()
            > 100
    );
    let said = on(&root, &["explain", "tree", "--column", "city"]).exits(0);
    assert!(said.out.contains("Kiel"), "{}", said.out);
    let json = on(&root, &["explain", "logistic", "--row", "2", "--json"])
        .exits(0)
        .json();
    assert_eq!(json["explained"]["scale"], "log_odds");
    assert_eq!(json["row"], 1);
    let said = on(&root, &["explain", "tree", "--tree"]).exits(0);
    assert!(said.out.contains("yes: "), "{}", said.out);
    let said = on(&root, &["explain", "logistic", "--weights"]).exits(0);
    assert!(said.out.contains("city=Kiel"), "{}", said.out);
    let data = folder.path().join("small.csv");
    let said = on(&root, &["explain", "tree", "--rows", text(&data)]).exits(0);
    assert_eq!(said.out.lines().count(), 401);
    for (args, code, words) in [
        (
            vec!["explain", "tree", "--row", "9999"],
            4,
            "There is no row 9999",
        ),
        (vec!["explain", "tree", "--row", "0"], 2, "0"),
        (
            vec!["explain", "tree", "--column", "late"],
            4,
            "It reads speed, weight, city, day",
        ),
        (vec!["explain", "tree", "--weights"], 4, "has no weights"),
        (
            vec!["explain", "logistic", "--tree", "1"],
            4,
            "has no trees",
        ),
        (
            vec!["explain", "tree", "--class", "maybe"],
            4,
            "It knows no, yes",
        ),
        (vec!["explain", "nothing"], 4, "no model"),
    ] {
        let said = on(&root, &args).exits(code);
        assert!(said.err.contains(words), "{args:?}: {}", said.err);
        assert!(said.out.is_empty(), "{args:?}");
    }
    let nowhere = lockkeeper(&["explain", "--workspace", text(folder.path())]);
    assert_ne!(nowhere.code, Some(0));
}
