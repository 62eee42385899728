//! Holds our `metadata.sqlite` against ML Metadata: its schema against a committed dump of a database that
//! `ml-metadata` 1.17.1 made, and, where LOCKKEEPER_MLMD_PYTHON names a Python with that package, what the package reads
//! from a database of ours, and what we read of an artifact that it wrote.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lockkeeper::domain::anomaly::DataVerdict;
use lockkeeper::domain::gate::ModelVerdict;
use lockkeeper::domain::ids::{ArtifactId, RunId};
use lockkeeper::domain::run::{ArtifactRef, RunState, StepKind, StepRecord};
use lockkeeper::domain::{ContentHash, Scalar};
use lockkeeper::store::{DATABASE_FILE, Mode, NewArtifact, NewExecution, Store, types};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const ORACLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/store");

fn open(root: &Path) -> Store {
    let now = AtomicI64::new(1_700_000_000_000);
    Store::open(
        root,
        Mode::ReadWrite,
        Arc::new(move || now.fetch_add(7, Ordering::SeqCst)),
    )
    .unwrap()
}

/// The same dump as `mlmd_schema.py` makes, of our database without our own tables.
fn dump(conn: &Connection) -> Value {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
               AND name NOT LIKE 'lk\\_%' ESCAPE '\\'";
    let names: Vec<String> = conn
        .prepare(sql)
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut tables = serde_json::Map::new();
    for name in names {
        let columns: Vec<Value> = conn
            .prepare(&format!("PRAGMA table_info({name})"))
            .unwrap()
            .query_map([], |row| {
                let column: (String, String, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
                let default: Option<String> = row.get(4)?;
                Ok(json!([
                    column.0,
                    column.1,
                    column.2,
                    default,
                    row.get::<_, i64>(5)?
                ]))
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let indexes = indexes_of(conn, &name);
        tables.insert(name, json!({"columns": columns, "indexes": indexes}));
    }
    let base_types: Vec<Value> = conn
        .prepare("SELECT id, name, type_kind FROM Type ORDER BY id LIMIT 9")
        .unwrap()
        .query_map([], |row| {
            Ok(json!([
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, i64>(2)?
            ]))
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let version: i64 = conn
        .query_row("SELECT schema_version FROM MLMDEnv", [], |row| row.get(0))
        .unwrap();
    json!({"tables": tables, "base_types": base_types, "schema_version": [version]})
}

fn indexes_of(conn: &Connection, table: &str) -> Vec<Value> {
    let mut statement = conn
        .prepare(&format!("PRAGMA index_list({table})"))
        .unwrap();
    let listed: Vec<(String, i64, String, i64)> = statement
        .query_map([], |row| {
            Ok((row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut indexes = Vec::new();
    for (index, unique, origin, partial) in listed {
        let keys: Vec<String> = conn
            .prepare(&format!("PRAGMA index_info({index})"))
            .unwrap()
            .query_map([], |row| row.get(2))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let sql: Option<String> = conn
            .query_row(
                "SELECT sql FROM sqlite_master WHERE name = ?1",
                [&index],
                |row| row.get(0),
            )
            .unwrap();
        let condition = sql
            .as_deref()
            .and_then(|text| text.split_once(" WHERE "))
            .map(|(_, text)| text.trim().to_owned());
        let name = (origin == "c").then_some(index);
        indexes.push(json!([name, unique, origin, partial, keys, condition]));
    }
    indexes
}

/// Lists in an order of their own, so that only the content is compared.
fn sort_indexes(dump: &mut Value) {
    for table in dump["tables"].as_object_mut().unwrap().values_mut() {
        table["indexes"]
            .as_array_mut()
            .unwrap()
            .sort_by_key(ToString::to_string);
    }
}

#[test]
fn the_schema_is_that_of_a_database_made_by_ml_metadata() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let mut ours = dump(&Connection::open(folder.path().join(DATABASE_FILE)).unwrap());
    let text = std::fs::read_to_string(format!("{ORACLES}/mlmd_schema.json")).unwrap();
    let mut expected: Value = serde_json::from_str(&text).unwrap();
    sort_indexes(&mut ours);
    sort_indexes(&mut expected);
    let tables = expected["tables"].as_object().unwrap();
    assert_eq!(tables.len(), 15);
    let n_named = tables
        .values()
        .flat_map(|t| t["indexes"].as_array().unwrap())
        .filter(|i| !i[0].is_null())
        .count();
    assert_eq!(n_named, 24);
    assert_eq!(ours, expected);
}

fn artifact(store: &Store, port: &str, kind: &str, content: &str) -> NewArtifact {
    let file = store.files().put_bytes(content.as_bytes()).unwrap();
    let properties = vec![
        ("n_rows".to_owned(), Scalar::Int(4200)),
        ("auc".to_owned(), Scalar::Float(0.75)),
    ];
    NewArtifact {
        port: port.to_owned(),
        kind: kind.to_owned(),
        file,
        name: port.to_owned(),
        properties,
    }
}

fn step(
    store: &Store,
    run: RunId,
    kind: StepKind,
    inputs: &[ArtifactRef],
    outputs: &[NewArtifact],
) -> Vec<ArtifactRef> {
    let params = json!({"folds": 5, "metric": "log_loss", "deep": {"on": true}});
    let params = if kind == StepKind::Train {
        params
    } else {
        json!({})
    };
    let new = NewExecution {
        run,
        kind,
        version: 2,
        params: &params,
        inputs,
        executor: "here/1",
    };
    let id = store.begin_execution(&new).unwrap();
    let key = ContentHash::of_bytes(kind.name().as_bytes());
    store
        .complete_execution(id, outputs, Some(&key), &[], &["look".to_owned()], None)
        .unwrap()
}

/// A run of all nine steps, a second one that finds two of them in the cache and fails. Returns the model.
fn fill(store: &Store) -> ArtifactRef {
    let begin = || {
        store
            .begin_run(
                "flights",
                &ContentHash::of_bytes(b"p"),
                &json!({"seed": 7}),
                "here/1",
            )
            .unwrap()
    };
    let run = begin();
    let one = |port: &str, kind: &str| vec![artifact(store, port, kind, &format!("{kind} {port}"))];
    let data = step(
        store,
        run,
        StepKind::Ingest,
        &[],
        &one("examples", types::EXAMPLES),
    );
    let statistics = step(
        store,
        run,
        StepKind::Statistics,
        &data,
        &one("statistics", types::STATISTICS),
    );
    let schema = step(
        store,
        run,
        StepKind::Schema,
        &statistics,
        &one("schema", types::SCHEMA),
    );
    // The same artifact through two ports: MLMD has one event for it.
    let baseline = ArtifactRef {
        port: "baseline".to_owned(),
        ..statistics[0].clone()
    };
    let judged = [statistics[0].clone(), schema[0].clone(), baseline];
    step(
        store,
        run,
        StepKind::Validate,
        &judged,
        &one("anomalies", types::ANOMALIES),
    );
    let mut made = one("split", types::SPLIT);
    made.extend(one("graph", types::TRANSFORM_GRAPH));
    let prepared = step(
        store,
        run,
        StepKind::Transform,
        &[data[0].clone(), schema[0].clone()],
        &made,
    );
    let mut made = one("model", types::MODEL);
    made.push(artifact(store, "candidates", types::MODEL, "candidate 1"));
    made.push(artifact(store, "candidates", types::MODEL, "candidate 2"));
    made.extend(one("leaderboard", types::LEADERBOARD));
    let trained = step(store, run, StepKind::Train, &prepared, &made);
    let evaluation = step(
        store,
        run,
        StepKind::Evaluate,
        &trained[..1],
        &one("evaluation", types::EVALUATION),
    );
    let blessing = step(
        store,
        run,
        StepKind::ValidateModel,
        &evaluation,
        &one("blessing", types::BLESSING),
    );
    let pushed = [trained[0].clone(), blessing[0].clone()];
    step(
        store,
        run,
        StepKind::Push,
        &pushed,
        &one("pushed", types::PUSHED_MODEL),
    );
    store
        .finish_run(
            run,
            RunState::Complete,
            Some(DataVerdict::Retrain),
            Some(ModelVerdict::Blessed),
            Some(1),
        )
        .unwrap();
    let second = begin();
    let params = json!({});
    let mut inputs = Vec::new();
    for kind in [StepKind::Ingest, StepKind::Statistics] {
        let new = NewExecution {
            run: second,
            kind,
            version: 2,
            params: &params,
            inputs: &inputs,
            executor: "here/1",
        };
        let (from, outputs) = store
            .lookup(&ContentHash::of_bytes(kind.name().as_bytes()))
            .unwrap()
            .unwrap();
        store.cached_execution(&new, &outputs, Some(from)).unwrap();
        inputs = outputs;
    }
    let new = NewExecution {
        run: second,
        kind: StepKind::Schema,
        version: 2,
        params: &params,
        inputs: &inputs,
        executor: "here/1",
    };
    let id = store.begin_execution(&new).unwrap();
    store.fail_execution(id, "it broke", &[], &[]).unwrap();
    store
        .skip(
            &NewExecution {
                kind: StepKind::Validate,
                ..new
            },
            "an earlier step failed",
        )
        .unwrap();
    store
        .finish_run(second, RunState::Failed, None, None, None)
        .unwrap();
    trained[0].clone()
}

/// What ml-metadata must say of these references: one event an artifact, its path all pairs (port, position in port).
fn expected_events(refs: &[ArtifactRef]) -> Vec<Value> {
    let mut ids: Vec<ArtifactId> = refs.iter().map(|r| r.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let event = |id: ArtifactId| {
        let mut path = Vec::new();
        for (i, artifact) in refs
            .iter()
            .enumerate()
            .filter(|(_, artifact)| artifact.id == id)
        {
            let position = refs[..i]
                .iter()
                .filter(|before| before.port == artifact.port)
                .count();
            path.extend([json!(artifact.port), json!(position)]);
        }
        let ArtifactRef {
            kind,
            uri,
            hash,
            n_bytes,
            ..
        } = refs.iter().find(|r| r.id == id).unwrap();
        json!({"id": id, "type": kind, "uri": uri, "hash": hash, "n_bytes": n_bytes, "state": "LIVE", "path": path})
    };
    ids.into_iter().map(event).collect()
}

fn expected_execution(run: RunId, step: &StepRecord) -> Value {
    let mut properties = json!({
        "kind": step.kind.name(), "version": step.version, "params": step.params.to_string(),
        "executor": step.executor, "run": run,
    });
    let mut set = |name: &str, value: Value| {
        if !value.is_null() {
            properties[name] = value;
        }
    };
    set("started_ms", json!(step.started));
    set("finished_ms", json!(step.finished));
    set(
        "duration_ms",
        json!(
            step.finished
                .zip(step.started)
                .map(|(end, start)| end - start)
        ),
    );
    set("error", json!(step.error));
    set("cached_from", json!(step.cached_from));
    if !step.warnings.is_empty() {
        set("warnings", json!(json!(step.warnings).to_string()));
        set(
            "cache_key",
            json!(ContentHash::of_bytes(step.kind.name().as_bytes())),
        );
    }
    let custom = if step.kind == StepKind::Train {
        json!({"folds": 5, "metric": "log_loss"})
    } else {
        json!({})
    };
    json!({
        "id": step.execution, "type": types::of_step(step.kind), "name": format!("run {run}/{}", step.kind.name()),
        "state": step.state.word(), "properties": properties, "custom": custom,
        "inputs": expected_events(&step.inputs), "outputs": expected_events(&step.outputs),
        "contexts": [types::PIPELINE, types::PIPELINE_RUN, types::PROJECT],
    })
}

#[test]
fn ml_metadata_reads_and_writes_our_database() {
    let Some(python) = std::env::var_os("LOCKKEEPER_MLMD_PYTHON") else {
        // Straight to the terminal, past the capture of the test harness: a skipped test must not look like a run one.
        let words = "SKIPPED the live part: set LOCKKEEPER_MLMD_PYTHON to a python with ml-metadata 1.17.1 to run it\n";
        std::io::stderr().write_all(words.as_bytes()).unwrap();
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let model = fill(&store);
    // Our store stays open: another program reads and writes beside it.
    let output = std::process::Command::new(python)
        .arg(format!("{ORACLES}/mlmd_reads.py"))
        .arg(folder.path().join(DATABASE_FILE))
        .arg(model.id.to_string())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();

    let mut runs = store.runs(10).unwrap();
    runs.reverse();
    let steps: Vec<(RunId, &StepRecord)> = runs
        .iter()
        .flat_map(|r| r.steps.iter().map(|s| (r.id, s)))
        .collect();
    let expected: Vec<Value> = steps
        .iter()
        .map(|(run, step)| expected_execution(*run, step))
        .collect();
    assert_eq!(seen["executions"].as_array().unwrap().len(), 13);
    for (seen, expected) in seen["executions"].as_array().unwrap().iter().zip(&expected) {
        assert_eq!(seen, expected);
    }
    let ids_of = |keep: &dyn Fn(&StepRecord) -> bool| -> Value {
        json!(
            steps
                .iter()
                .filter(|(_, s)| keep(s))
                .map(|(_, s)| s.execution)
                .collect::<Vec<_>>()
        )
    };
    let queries = &seen["queries"];
    assert_eq!(queries["trained"], ids_of(&|s| s.kind == StepKind::Train));
    assert_eq!(queries["folds"], ids_of(&|s| s.kind == StepKind::Train));
    assert_eq!(
        queries["statistics_steps"],
        ids_of(&|s| s.kind == StepKind::Statistics)
    );
    assert_eq!(queries["cached"], ids_of(&|s| s.cached_from.is_some()));
    assert_eq!(queries["by_hash"], json!([model.id]));
    assert_eq!(
        queries["of_run"],
        json!(
            runs[0]
                .steps
                .iter()
                .map(|s| s.execution)
                .collect::<Vec<_>>()
        )
    );
    let statistics = store.artifacts_of_type(types::STATISTICS).unwrap();
    assert_eq!(
        queries["statistics_artifacts"],
        json!(statistics.iter().map(|a| a.id).collect::<Vec<_>>())
    );

    // The lineage subgraph upwards of the model: model, split, graph, examples, schema, statistics; their five makers,
    // and the two executions of the second run that have the examples and statistics as outputs too.
    let ours = store
        .lineage(
            model.id,
            lockkeeper::domain::lineage::Direction::Upstream,
            100,
        )
        .unwrap();
    let mut ours: Vec<ArtifactId> = ours.iter().map(|node| node.artifact.id).collect();
    ours.sort_unstable();
    assert_eq!(ours.len(), 6);
    assert_eq!(seen["lineage"]["artifacts"], json!(ours));
    assert_eq!(seen["lineage"]["executions"].as_array().unwrap().len(), 7);

    assert_eq!((runs[0].id, runs[1].id), (RunId(1), RunId(2)));
    let name = "flights/run 1";
    assert_eq!(seen["parents"][name], json!(["flights"]));
    assert_eq!(seen["attributed"][name].as_array().unwrap().len(), 13);
    let base = json!({
        "lockkeeper.Examples": "DATASET", "lockkeeper.Model": "MODEL", "lockkeeper.Statistics": "STATISTICS",
        "lockkeeper.Evaluation": "METRICS", "lockkeeper.Train": "TRAIN", "lockkeeper.Transform": "TRANSFORM",
        "lockkeeper.Evaluate": "EVALUATE", "lockkeeper.Push": "DEPLOY", "lockkeeper.Ingest": "PROCESS",
    });
    assert_eq!(seen["base_types"], base);

    let written = ArtifactId(seen["written"].as_i64().unwrap());
    let read = store.artifact(written).unwrap().unwrap();
    assert_eq!(
        (read.kind.as_str(), read.n_bytes, read.uri.as_str()),
        (types::MODEL, 12, "elsewhere")
    );
    let (name, properties) = store.artifact_properties(written).unwrap();
    assert_eq!(
        (name.as_str(), properties),
        (
            "from_python",
            vec![("by".to_owned(), Scalar::from("ml-metadata"))]
        )
    );
    drop(store);
    assert_eq!(
        open(folder.path()).runs(10).unwrap().len(),
        2,
        "and the file still opens"
    );
}
