//! Registry, schema versions, service events; and that deleting a record takes its marks away.

use super::{artifact, hash, open, small_run};
use crate::domain::ids::RunId;
use crate::domain::metric::{Metric, MetricValue};
use crate::domain::registry::ModelVersion;
use crate::domain::run::ArtifactRef;
use crate::store::{DATABASE_FILE, NewModel, Store, StoreError, types};
use rusqlite::Connection;

fn register(store: &Store, run: RunId, model: &ArtifactRef) -> ModelVersion {
    let metrics = [
        MetricValue {
            metric: Metric::LogLoss,
            value: Some(0.1 + 0.2),
        },
        MetricValue {
            metric: Metric::RocAuc,
            value: None,
        },
    ];
    let new = NewModel {
        name: "flights",
        algorithm: "forest",
        run,
        artifact: model.id,
        hash: &model.hash,
        metrics: &metrics,
    };
    store.register_model(&new, "pipeline", "blessed").unwrap()
}

#[test]
fn the_registry_counts_versions_and_logs_every_change() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let made: Vec<_> = ["a", "b", "c"]
        .map(|content| small_run(&store, content))
        .into();
    let v1 = register(&store, made[0].0, &made[0].1);
    assert_eq!(
        (v1.version, v1.replaced, v1.is_production()),
        (1, None, false)
    );
    assert_eq!(v1.metrics[0].value, Some(0.1 + 0.2), "to the last bit");
    assert_eq!(
        register(&store, made[0].0, &made[0].1),
        v1,
        "the same content is the same version"
    );
    assert_eq!(
        store
            .set_alias("flights", "production", 1, "pipeline", "first")
            .unwrap(),
        None
    );
    let v2 = register(&store, made[1].0, &made[1].1);
    let v3 = register(&store, made[2].0, &made[2].1);
    assert_eq!((v2.version, v3.version, v3.replaced), (2, 3, Some(1)));
    assert_eq!(
        store
            .set_alias("flights", "production", 2, "ada", "better")
            .unwrap(),
        Some(1)
    );
    assert_eq!(
        store
            .set_alias("flights", "production", 3, "ada", "better")
            .unwrap(),
        Some(2)
    );
    assert_eq!(
        store.production("flights").unwrap().unwrap().replaced,
        Some(2)
    );
    assert_eq!(
        store
            .set_alias("flights", "production", 1, "ada", "v3 is slow")
            .unwrap(),
        Some(3)
    );
    assert_eq!(
        store
            .set_alias("flights", "production", 1, "ada", "again")
            .unwrap(),
        Some(1)
    );
    assert_eq!(
        store
            .set_alias("flights", "production", 3, "ada", "fixed")
            .unwrap(),
        Some(1)
    );
    store
        .set_alias("flights", "canary", 2, "ada", "try")
        .unwrap();
    let log: Vec<(String, u32, Option<u32>)> = store
        .registry_log()
        .unwrap()
        .into_iter()
        .map(|e| (e.action, e.version, e.previous))
        .collect();
    let expected = [
        ("register", 1, None),
        ("promote", 1, None),
        ("register", 2, None),
        ("register", 3, None),
        ("promote", 2, Some(1)),
        ("promote", 3, Some(2)),
        ("rollback", 1, Some(3)),
        ("promote", 3, Some(1)),
        ("alias", 2, None),
    ];
    assert_eq!(
        log,
        expected.map(|(action, version, previous)| (action.to_owned(), version, previous))
    );
    let models = store.models().unwrap();
    assert_eq!(
        models.iter().map(|m| m.replaced).collect::<Vec<_>>(),
        [None, Some(1), Some(2)],
        "replaced is kept"
    );
    assert_eq!(models[1].aliases, ["canary"]);
    assert!(matches!(
        store.set_alias("flights", "production", 9, "", ""),
        Err(StoreError::NotFound { .. })
    ));
    assert_eq!(store.production("other").unwrap(), None);
}

#[test]
fn a_record_that_is_deleted_is_gone_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (run, model) = small_run(&store, "rows");
    register(&store, run, &model);
    store
        .set_alias("flights", "production", 1, "ada", "first")
        .unwrap();
    // As another program does it: without foreign keys.
    let other = Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    other
        .execute("DELETE FROM Artifact WHERE id = ?1", [model.id.0])
        .unwrap();
    assert_eq!(store.production("flights").unwrap(), None);
    assert!(store.models().unwrap().is_empty());
    assert_eq!(store.artifact(model.id).unwrap(), None);
    assert_eq!(store.lookup(&hash("train rows")).unwrap(), None);
    other
        .execute(
            "DELETE FROM Context WHERE name = ?1",
            [format!("flights/run {run}")],
        )
        .unwrap();
    assert!(store.runs(10).unwrap().is_empty());
    assert_eq!(store.run(run).unwrap(), None);
    let (again, model) = small_run(&store, "rows");
    assert_eq!(
        register(&store, again, &model).version,
        2,
        "numbers are not given twice"
    );
}

#[test]
fn schema_versions_and_service_events_are_kept_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    assert_eq!(store.schema_in_force().unwrap(), None);
    let a = store
        .put_artifact(&artifact(&store, "schema", types::SCHEMA, "a"))
        .unwrap();
    let b = store
        .put_artifact(&artifact(&store, "schema", types::SCHEMA, "b"))
        .unwrap();
    assert_eq!(
        store
            .put_schema_version(a.id, "inferred", "pipeline")
            .unwrap(),
        1
    );
    assert_eq!(
        store.put_schema_version(a.id, "again", "pipeline").unwrap(),
        1
    );
    assert_eq!(
        store
            .put_schema_version(b.id, "carrier may be missing", "ada")
            .unwrap(),
        2
    );
    assert_eq!(store.put_schema_version(a.id, "back", "ada").unwrap(), 3);
    let notes: Vec<String> = store
        .schema_versions()
        .unwrap()
        .into_iter()
        .map(|v| v.note)
        .collect();
    assert_eq!(notes, ["inferred", "carrier may be missing", "back"]);
    assert_eq!(
        store.schema_in_force().unwrap().unwrap().artifact.hash,
        a.hash
    );
    store.service_started(1, "127.0.0.1:8080").unwrap();
    store.service_started(2, "127.0.0.1:8080").unwrap();
    store.service_stopped().unwrap();
    let events = store.service_events().unwrap();
    assert_eq!(events.iter().map(|e| e.version).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(events[0].stopped, Some(events[1].started));
    assert!(events[1].stopped.is_some() && !events[1].interrupted);
}
