//! Nothing half-done survives, nothing foreign is touched: crashes, locks, damaged and foreign files, a full disk, backup.

use super::{artifact, begin, clock, complete, count, hash, new_run, open, small_run};
use crate::domain::run::{RunState, StepKind, StepState};
use crate::domain::work::Keep as _;
use crate::domain::{Failure, FailureKind};
use crate::store::{DATABASE_FILE, INTERRUPTED, Mode, Store, StoreError, types};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn an_execution_that_the_end_of_the_program_cut_off_is_interrupted_and_has_no_artifacts() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (done, _) = small_run(&store, "rows");
    let run = new_run(&store);
    let id = begin(&store, run, StepKind::Ingest, &[]);
    // The file is there, the commit never came.
    let made = artifact(&store, "examples", types::EXAMPLES, "never recorded");
    drop(store);
    let store = open(folder.path());
    let record = store.run(run).unwrap().unwrap();
    assert_eq!(record.state, RunState::Interrupted);
    assert!(record.finished.is_some());
    assert_eq!(
        (record.steps[0].execution, record.steps[0].state),
        (Some(id), StepState::Failed)
    );
    assert_eq!(record.steps[0].error.as_deref(), Some(INTERRUPTED));
    assert!(store.artifacts_by_hash(&made.file.hash).unwrap().is_empty());
    assert!(
        store.files().contains(&made.file.hash),
        "the file waits to be used again"
    );
    assert_eq!(store.run(done).unwrap().unwrap().state, RunState::Complete);
    store.files().keep(&hash("fold 1"), b"a fit");
    store.discard_run(run).unwrap();
    assert_eq!(store.run(run).unwrap().unwrap().state, RunState::Canceled);
    assert_eq!(store.files().n_kept(), 0);
    assert!(store.discard_run(done).is_err(), "it was not interrupted");
    assert!(matches!(
        store.complete_execution(id, &[], None, &[], &[], None),
        Err(StoreError::NotRunning {
            found: "FAILED",
            ..
        })
    ));
}

#[test]
#[cfg(target_os = "linux")]
fn a_service_is_interrupted_when_its_process_is_gone_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.service_started(1, "127.0.0.1:8080").unwrap();
    // Above the highest process number that Linux gives (2^22), so nobody has it; and the first process, always there.
    for (version, pid) in [(2, (1 << 22) + 1), (3, 1)] {
        store
            .conn
            .execute(
                "INSERT INTO lk_service_event (version, address, pid, started) VALUES (?1, '', ?2, 5)",
                [version, pid],
            )
            .unwrap();
    }
    let states = |store: &Store| -> Vec<(u32, bool, bool)> {
        let events = store.service_events().unwrap();
        events
            .iter()
            .map(|e| (e.version, e.stopped.is_some(), e.interrupted))
            .collect()
    };
    drop(store);
    let store = open(folder.path());
    let after_opening = [(1, false, false), (2, true, true), (3, false, false)];
    assert_eq!(states(&store), after_opening);
    store.service_stopped().unwrap();
    let after_own_end = [(1, true, false), (2, true, true), (3, false, false)];
    assert_eq!(states(&store), after_own_end);
    store.service_started(4, "127.0.0.1:8080").unwrap();
    assert_eq!(states(&store)[2..], [(3, false, false), (4, false, false)]);
}

#[test]
fn nothing_ends_before_it_began_when_the_clock_is_set_back() {
    let folder = tempfile::tempdir().unwrap();
    let now = std::sync::atomic::AtomicI64::new(1_700_000_000_000);
    let back =
        std::sync::Arc::new(move || now.fetch_sub(60_000, std::sync::atomic::Ordering::SeqCst));
    let store = Store::open(folder.path(), Mode::ReadWrite, back).unwrap();
    let (run, _) = small_run(&store, "rows");
    let record = store.run(run).unwrap().unwrap();
    assert!(record.finished >= Some(record.started), "{record:?}");
    assert_eq!(record.steps.len(), 2);
    for step in &record.steps {
        assert_eq!(step.state, StepState::Complete);
        assert!(step.finished >= step.started, "{step:?}");
    }
    // What was found under a key before is found still, and the next run is the newer one.
    let (again, _) = small_run(&store, "rows");
    assert_eq!(store.runs(2).unwrap()[0].id, again);
}

#[test]
fn publishing_is_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let run = new_run(&store);
    let id = begin(&store, run, StepKind::Train, &[]);
    let good = artifact(&store, "model", types::MODEL, "good");
    let unknown = artifact(&store, "model", "lockkeeper.Modell", "typo");
    let before = store.run(run).unwrap();
    let outputs = [good.clone(), unknown];
    let error = store
        .complete_execution(id, &outputs, Some(&hash("k")), &[], &["w".into()], None)
        .unwrap_err();
    assert!(matches!(error, StoreError::UnknownType { .. }));
    assert_eq!(store.run(run).unwrap(), before);
    for table in ["Artifact", "Event", "lk_cache", "Attribution"] {
        assert_eq!(count(&store, table), 0, "{table}");
    }
    // The same with SQLite itself failing at the very last statement.
    store
        .conn
        .execute_batch("CREATE TEMP TRIGGER fault BEFORE INSERT ON lk_cache BEGIN SELECT RAISE(ABORT, 'fault'); END")
        .unwrap();
    assert!(
        store
            .complete_execution(
                id,
                std::slice::from_ref(&good),
                Some(&hash("k")),
                &[],
                &[],
                None
            )
            .is_err()
    );
    assert_eq!(
        (store.run(run).unwrap(), count(&store, "Artifact")),
        (before, 0)
    );
    store.conn.execute_batch("DROP TRIGGER fault").unwrap();
    assert_eq!(complete(&store, id, &[good], "k").len(), 1);
}

#[test]
fn a_second_writer_is_told_who_is_first_and_may_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (run, _) = small_run(&store, "rows");
    let error = Store::open(folder.path(), Mode::ReadWrite, clock()).unwrap_err();
    let failure = Failure::from(error);
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert!(
        failure.summary.contains(&std::process::id().to_string()),
        "{failure}"
    );
    assert!(failure.hints[0].contains("read-only"));
    let tx = store.begin().unwrap();
    let reader = Store::open(folder.path(), Mode::ReadOnly, clock()).unwrap();
    assert_eq!(
        reader.runs(5).unwrap()[0].id,
        run,
        "also while the other one writes"
    );
    drop(tx);
    assert!(matches!(
        reader.begin_run("flights", &hash("p"), &json!({}), ""),
        Err(StoreError::ReadOnly)
    ));
    assert!(matches!(
        reader.service_stopped(),
        Err(StoreError::ReadOnly)
    ));
}

/// Opening must fail in both modes and leave the bytes as they are.
fn refused(root: &Path) -> Vec<StoreError> {
    let path = root.join(DATABASE_FILE);
    let before = std::fs::read(&path).unwrap();
    let errors =
        [Mode::ReadWrite, Mode::ReadOnly].map(|mode| Store::open(root, mode, clock()).unwrap_err());
    assert_eq!(
        std::fs::read(&path).unwrap(),
        before,
        "the file was touched"
    );
    errors.into()
}

#[test]
fn a_damaged_database_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DATABASE_FILE);
    std::fs::write(
        &path,
        "this is not a database, and long enough to look like one".repeat(100),
    )
    .unwrap();
    assert!(
        refused(folder.path())
            .iter()
            .all(|e| matches!(e, StoreError::Corrupt { .. }))
    );
    std::fs::remove_file(&path).unwrap();
    let store = open(folder.path());
    (0..20).for_each(|i| drop(small_run(&store, &i.to_string())));
    drop(store);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xAB);
    std::fs::write(&path, bytes).unwrap();
    assert!(
        refused(folder.path())
            .iter()
            .all(|e| matches!(e, StoreError::Corrupt { .. }))
    );
}

#[test]
fn another_format_is_refused_untouched() {
    for (sql, words) in [
        (
            "UPDATE MLMDEnv SET schema_version = 11",
            "schema version 11",
        ),
        ("UPDATE MLMDEnv SET schema_version = 9", "schema version 9"),
        ("UPDATE lk_env SET version = 1000", "newer Lockkeeper"),
        ("DROP TABLE EventPath", "lacks the tables EventPath"),
        ("DROP TABLE MLMDEnv", "something else"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path()));
        let other = Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
        other.execute_batch(sql).unwrap();
        other.close().unwrap();
        for error in refused(folder.path()) {
            let failure = Failure::from(error);
            assert!(failure.summary.contains(words), "{sql}: {failure}");
            assert!(!failure.hints.is_empty());
        }
    }
}

#[test]
fn read_only_makes_nothing_and_read_write_takes_an_empty_file_for_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open(folder.path(), Mode::ReadOnly, clock()).unwrap_err();
    assert!(matches!(error, StoreError::NoDatabase { .. }));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    std::fs::write(folder.path().join(DATABASE_FILE), "").unwrap();
    assert!(open(folder.path()).runs(1).unwrap().is_empty());
}

#[test]
fn a_root_that_cannot_be_a_folder_is_a_clear_failure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let failure =
        Failure::from(Store::open(&file.join("deeper"), Mode::ReadWrite, clock()).unwrap_err());
    assert!(failure.summary.contains("deeper"), "{failure}");
}

#[test]
fn errors_of_the_system_are_told_by_what_one_can_do() {
    use std::io::{Error, ErrorKind};
    let at = Path::new("w");
    let full = StoreError::io("Writing", at, Error::from(ErrorKind::StorageFull));
    assert!(matches!(full, StoreError::DiskFull { .. }));
    let denied = StoreError::io("Writing", at, Error::from(ErrorKind::PermissionDenied));
    assert_eq!(Failure::from(denied).kind, FailureKind::Conflict);
    let full =
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL), None);
    assert!(matches!(
        StoreError::from(full),
        StoreError::DiskFull { .. }
    ));
}

#[test]
fn a_full_database_fails_clearly_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (run, _) = small_run(&store, "rows");
    let n_pages: i64 = store
        .conn
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    store
        .conn
        .query_row(&format!("PRAGMA max_page_count = {n_pages}"), [], |row| {
            row.get::<_, i64>(0)
        })
        .unwrap();
    let spec = Value::from("x".repeat(100_000));
    let error = store
        .begin_run("flights", &hash("p"), &spec, "")
        .unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
    assert_eq!(
        store
            .runs(9)
            .unwrap()
            .iter()
            .map(|r| r.id)
            .collect::<Vec<_>>(),
        [run]
    );
}

#[test]
fn a_backup_is_a_whole_store_and_replaces_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("w"));
    let copy = folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    for content in ["a", "b"] {
        small_run(&store, content);
        store.backup(&copy.join(DATABASE_FILE)).unwrap();
    }
    let restored = Store::open(&copy, Mode::ReadWrite, clock()).unwrap();
    assert_eq!(restored.runs(9).unwrap(), store.runs(9).unwrap());
    assert!(
        store
            .backup(&folder.path().join("nowhere").join("x"))
            .is_err()
    );
}

#[test]
fn a_database_that_ml_metadata_made_is_taken_on_with_its_records() {
    let folder = tempfile::tempdir().unwrap();
    let other = Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    other
        .execute_batch(include_str!("../mlmd_v10.sql"))
        .unwrap();
    other
        .execute_batch(
            "INSERT INTO Type (name, type_kind) VALUES ('other.Model', 1), ('lockkeeper.Model', 1), ('other.Step', 0); \
             INSERT INTO Artifact (type_id, state, name) VALUES (10, 2, 'theirs'); \
             INSERT INTO Execution (type_id, last_known_state) VALUES (12, 2); \
             INSERT INTO Event (artifact_id, execution_id, type) VALUES (1, 1, 4)",
        )
        .unwrap();
    other.close().unwrap();
    let store = open(folder.path());
    let (run, model) = small_run(&store, "rows");
    assert_eq!(store.runs(9).unwrap()[0].id, run);
    assert_eq!(store.artifacts_of_type(types::MODEL).unwrap(), [model]);
    assert_eq!(count(&store, "Type WHERE name = 'lockkeeper.Model'"), 1);
    let theirs: i64 = store
        .conn
        .query_row(
            "SELECT last_known_state FROM Execution WHERE id = 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(
        theirs, 2,
        "what another program has running is not ours to end"
    );
}
