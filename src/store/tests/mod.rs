//! Tests of the store as a whole, and what they share: a clock, small runs.

mod files;
mod ledger;
mod opening;
mod registry;
mod round_trip;

use super::*;
use crate::domain::ids::{ArtifactId, ExecutionId, RunId};
use crate::domain::lineage::Direction;
use crate::domain::run::{ArtifactRef, RunState, StepKind, StepState};
use crate::domain::{ContentHash, Scalar};
use serde_json::json;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that moves on by one with each look.
fn clock() -> Clock {
    let now = AtomicI64::new(1_700_000_000_000);
    Arc::new(move || now.fetch_add(1, Ordering::SeqCst))
}

fn open(root: &Path) -> Store {
    Store::open(root, Mode::ReadWrite, clock()).unwrap()
}

fn hash(text: &str) -> ContentHash {
    ContentHash::of_bytes(text.as_bytes())
}

fn new_run(store: &Store) -> RunId {
    store
        .begin_run("flights", &hash("pipeline"), &json!({"seed": 7}), "here/1")
        .unwrap()
}

fn begin(store: &Store, run: RunId, kind: StepKind, inputs: &[ArtifactRef]) -> ExecutionId {
    let params = json!({});
    store
        .begin_execution(&NewExecution {
            run,
            kind,
            version: 1,
            params: &params,
            inputs,
            executor: "here/1",
        })
        .unwrap()
}

fn artifact(store: &Store, port: &str, kind: &str, content: &str) -> NewArtifact {
    let file = store.files().put_bytes(content.as_bytes()).unwrap();
    let (port, kind, name) = (port.to_owned(), kind.to_owned(), "made".to_owned());
    NewArtifact {
        port,
        kind,
        file,
        name,
        properties: vec![("n_rows".to_owned(), Scalar::Int(3))],
    }
}

fn complete(
    store: &Store,
    id: ExecutionId,
    outputs: &[NewArtifact],
    key: &str,
) -> Vec<ArtifactRef> {
    store
        .complete_execution(id, outputs, Some(&hash(key)), &[], &[], None)
        .unwrap()
}

fn count(store: &Store, table: &str) -> i64 {
    store
        .conn
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

/// One run with ingest and train; returns the model.
fn small_run(store: &Store, content: &str) -> (RunId, ArtifactRef) {
    let run = new_run(store);
    let ingest = begin(store, run, StepKind::Ingest, &[]);
    let data = complete(
        store,
        ingest,
        &[artifact(store, "examples", types::EXAMPLES, content)],
        content,
    );
    let train = begin(store, run, StepKind::Train, &data);
    let made = artifact(store, "model", types::MODEL, &format!("model of {content}"));
    let model = complete(store, train, &[made], &format!("train {content}")).remove(0);
    store
        .finish_run(run, RunState::Complete, None, None, None)
        .unwrap();
    (run, model)
}

#[test]
fn runs_are_counted_from_one_and_no_number_is_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let made = [(); 3].map(|()| new_run(&store));
    assert_eq!(made, [RunId(1), RunId(2), RunId(3)]);
    let id = begin(&store, made[2], StepKind::Ingest, &[]);
    let text = |sql: &str| -> Vec<String> {
        let mut statement = store.conn.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let contexts = "SELECT id || ' ' || name FROM Context ORDER BY id";
    assert_eq!(
        text(contexts),
        [
            "1 workspace",
            "2 flights",
            "3 flights/run 1",
            "4 flights/run 2",
            "5 flights/run 3"
        ],
        "no id of a context is burnt"
    );
    assert_eq!(text("SELECT name FROM Execution"), ["run 3/ingest"]);
    let property = "SELECT CAST(int_value AS TEXT) FROM ExecutionProperty WHERE name = 'run'";
    assert_eq!(text(property), ["3"]);

    // The newest run is deleted through our connection: its row goes with its context.
    store
        .conn
        .execute("DELETE FROM Context WHERE name = 'flights/run 3'", [])
        .unwrap();
    assert_eq!(count(&store, "lk_run"), 2);
    assert_eq!(store.runs(9).unwrap().len(), 2);
    assert_eq!(store.run(made[2]).unwrap(), None);
    assert_eq!(store.execution(id).unwrap(), None);
    assert!(store.run_spec(made[2]).is_err());
    assert!(matches!(
        store.finish_run(made[2], RunState::Complete, None, None, None),
        Err(StoreError::NotFound { what: "run", .. })
    ));
    // A transaction that is undone gives its number back; a run that was deleted does not.
    drop(store);
    let store = open(folder.path());
    store
        .conn
        .execute_batch("CREATE TEMP TRIGGER fault BEFORE INSERT ON lk_run BEGIN SELECT RAISE(ABORT, 'fault'); END")
        .unwrap();
    assert!(
        store
            .begin_run("flights", &hash("p"), &json!({}), "")
            .is_err()
    );
    store.conn.execute_batch("DROP TRIGGER fault").unwrap();
    assert_eq!(new_run(&store), RunId(4));
    let other = store
        .begin_run("trains", &hash("p"), &json!({}), "")
        .unwrap();
    assert_eq!(other, RunId(5), "one count for all pipelines");
    assert_eq!(store.runs(1).unwrap()[0].id, other);
}

#[test]
fn a_name_that_another_program_gave_to_a_context_is_not_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let sql =
        "INSERT INTO Context (type_id, name) SELECT id, 'flights/run 1' FROM Type WHERE name = ?1";
    store.conn.execute(sql, [types::PIPELINE_RUN]).unwrap();
    assert_eq!(new_run(&store), RunId(1));
    assert_eq!(store.runs(9).unwrap().len(), 1);
    assert_eq!(count(&store, "Context WHERE name = 'flights/run 1#2'"), 1);
}

#[test]
fn the_same_content_is_one_artifact_and_names_never_collide() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (_, first) = small_run(&store, "same");
    let (_, second) = small_run(&store, "same");
    assert_eq!(first, second);
    let (_, other) = small_run(&store, "other");
    assert_ne!(first.id, other.id);
    let id = begin(&store, new_run(&store), StepKind::Schema, &[]);
    let twin = complete(
        &store,
        id,
        &[artifact(&store, "schema", types::SCHEMA, "same")],
        "twin",
    )
    .remove(0);
    assert_eq!(
        store.artifacts_by_hash(&hash("same")).unwrap().len(),
        2,
        "another type is another artifact"
    );
    assert_eq!(store.artifact(twin.id).unwrap(), Some(twin.clone()));
    assert_eq!(
        store
            .artifact_by_hash(types::SCHEMA, &hash("same"))
            .unwrap(),
        Some(twin.clone())
    );
    let (name, properties) = store.artifact_properties(twin.id).unwrap();
    assert!(name.starts_with("made@"));
    assert_eq!(properties, [("n_rows".to_owned(), Scalar::Int(3))]);
    assert_eq!(
        store.artifacts_of_type(types::MODEL).unwrap(),
        [first, other]
    );
}

#[test]
fn the_cache_answers_with_the_newest_execution_whose_outputs_are_live() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let run = new_run(&store);
    assert_eq!(store.lookup(&hash("key")).unwrap(), None);
    let a = begin(&store, run, StepKind::Train, &[]);
    complete(
        &store,
        a,
        &[artifact(&store, "model", types::MODEL, "a")],
        "key",
    );
    let b = begin(&store, run, StepKind::Train, &[]);
    let of_b = complete(
        &store,
        b,
        &[artifact(&store, "model", types::MODEL, "b")],
        "key",
    );
    assert_eq!(
        store.lookup(&hash("key")).unwrap().unwrap(),
        (b, of_b.clone())
    );
    store.mark_deleted(of_b[0].id).unwrap();
    assert_eq!(store.lookup(&hash("key")).unwrap().unwrap().0, a);
    let c = begin(&store, run, StepKind::Train, &[]);
    let of_c = complete(
        &store,
        c,
        &[artifact(&store, "model", types::MODEL, "b")],
        "key",
    );
    assert_eq!(of_c[0].id, of_b[0].id, "made again, so LIVE again");
    assert_eq!(store.lookup(&hash("key")).unwrap().unwrap().0, c);
    store
        .conn
        .execute("DELETE FROM Event WHERE execution_id >= ?1", [b.0])
        .unwrap();
    assert_eq!(
        store.lookup(&hash("key")).unwrap().unwrap().0,
        a,
        "without its events nobody knows the ports"
    );
}

#[test]
fn lineage_goes_up_by_the_maker_and_down_by_all_readers() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (run, model) = small_run(&store, "rows");
    let up = store.lineage(model.id, Direction::Upstream, 100).unwrap();
    let kinds: Vec<&str> = up.iter().map(|node| node.artifact.kind.as_str()).collect();
    assert_eq!(kinds, [types::MODEL, types::EXAMPLES]);
    assert_eq!((up[0].distance, up[1].distance), (0, 1));
    let maker = up[0].producer.unwrap();
    assert_eq!(
        (maker.kind, maker.run, maker.state),
        (StepKind::Train, run, StepState::Complete)
    );
    let second = new_run(&store);
    let data = up[1].artifact.clone();
    let params = json!({});
    let inputs = [data.clone()];
    let new = NewExecution {
        run: second,
        kind: StepKind::Train,
        version: 1,
        params: &params,
        inputs: &inputs,
        executor: "",
    };
    let cached = store
        .cached_execution(&new, std::slice::from_ref(&model), Some(maker.execution))
        .unwrap();
    let down = store.lineage(data.id, Direction::Downstream, 100).unwrap();
    assert_eq!(down.len(), 2);
    let readers = store.readers(data.id).unwrap();
    let [readers] = &readers[..] else {
        panic!("{readers:?}")
    };
    assert_eq!(
        (readers.kind, readers.n_steps, readers.n_runs),
        (StepKind::Train, 2, 2)
    );
    assert_eq!(readers.newest.execution, cached);
    assert_eq!(readers.outputs, [(types::MODEL.to_owned(), 1)]);
    assert_eq!(down[1].parents, [data.id]);
    let found = |text: &str| {
        let found = store.find_artifacts(text, 10).unwrap();
        found
            .nodes
            .into_iter()
            .map(|n| n.artifact.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(found("model"), [model.id]);
    assert_eq!(found(&data.hash.as_str()[..9]), [data.id]);
    assert_eq!(found(&format!("run {run}")), [model.id, data.id]);
    assert_eq!(found(&format!("run {second}")), [model.id]);
    assert_eq!(found("nothing like it"), []);
    assert!(store.find_artifacts("made", 1).unwrap().is_cut);
    assert_eq!(
        down[1].producer.unwrap().execution,
        maker.execution,
        "the maker is not the one that was cached"
    );
    assert!(
        store
            .lineage(ArtifactId(99), Direction::Upstream, 100)
            .is_err()
    );
}
