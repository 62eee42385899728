//! Two processes and one workspace: the second one is told who is first, and a process that is killed between an
//! artifact's file and its commit leaves nothing half-done; one that serves without the lock counts as serving until it
//! is gone. The second process is this test program itself.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lockkeeper::domain::ContentHash;
use lockkeeper::domain::run::{RunState, StepKind, StepState};
use lockkeeper::store::{Mode, NewExecution, Store, StoreError, types};
use serde_json::json;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

const CHILD_FOLDER: &str = "LOCKKEEPER_TEST_CHILD_FOLDER";
const CHILD_SERVES: &str = "LOCKKEEPER_TEST_CHILD_SERVES";
const READY: &str = "the child is in the middle of it";
const CONTENT: &[u8] = b"a model that was never recorded";

fn open(root: &Path, mode: Mode) -> Result<Store, StoreError> {
    Store::open(root, mode, Arc::new(|| 1_700_000_000_000))
}

/// Not a test by itself: what the child does. It stops in the middle of a step, or serves, and waits to be killed.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(CHILD_FOLDER) else {
        return;
    };
    let store = open(Path::new(&folder), Mode::ReadWrite).unwrap();
    if std::env::var_os(CHILD_SERVES).is_some() {
        store.service_started(1, "127.0.0.1:8080").unwrap();
        drop(store);
    } else {
        stop_in_the_middle(&store);
    }
    let mut out = std::io::stdout();
    out.write_all(format!("\n{READY}\n").as_bytes()).unwrap();
    out.flush().unwrap();
    // Until the parent kills this process or goes away itself.
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

fn stop_in_the_middle(store: &Store) {
    let run = store
        .begin_run("flights", &ContentHash::of_bytes(b"p"), &json!({}), "child")
        .unwrap();
    let params = json!({});
    let new = NewExecution {
        run,
        kind: StepKind::Train,
        version: 1,
        params: &params,
        inputs: &[],
        executor: "child",
    };
    store.begin_execution(&new).unwrap();
    store.files().put_bytes(CONTENT).unwrap();
}

fn start_child(folder: &Path, serves: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    if serves {
        command.env(CHILD_SERVES, "1");
    }
    let mut child = command
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD_FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(
        lines.map_while(Result::ok).any(|line| line == READY),
        "the child ended early"
    );
    child
}

#[test]
fn a_second_process_is_told_who_is_first_and_a_killed_one_leaves_nothing_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = start_child(folder.path(), false);
    match open(folder.path(), Mode::ReadWrite) {
        Err(StoreError::Locked { holder, .. }) => assert_eq!(holder.pid, Some(child.id())),
        other => panic!("{other:?}"),
    }
    let reader = open(folder.path(), Mode::ReadOnly).unwrap();
    assert_eq!(
        reader.runs(5).unwrap()[0].steps[0].state,
        StepState::Running,
        "reading goes on beside it"
    );

    child.kill().unwrap();
    child.wait().unwrap();
    let store = open(folder.path(), Mode::ReadWrite).unwrap();
    let run = store.runs(5).unwrap().remove(0);
    assert_eq!(
        (run.state, run.steps[0].state),
        (RunState::Interrupted, StepState::Failed)
    );
    assert_eq!(run.steps[0].error.as_deref(), Some("interrupted"));
    assert!(store.artifacts_of_type(types::MODEL).unwrap().is_empty());
    assert_eq!(
        store.files().read(&ContentHash::of_bytes(CONTENT)).unwrap(),
        CONTENT
    );
    assert_eq!(
        reader.runs(5).unwrap()[0].state,
        RunState::Interrupted,
        "and the reader sees it"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_service_without_the_lock_serves_until_its_process_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = start_child(folder.path(), true);
    let store = open(folder.path(), Mode::ReadWrite).unwrap();
    store.service_stopped().unwrap();
    let event = store.service_events().unwrap().remove(0);
    assert_eq!((event.stopped, event.interrupted), (None, false));
    drop(store);
    child.kill().unwrap();
    child.wait().unwrap();
    let store = open(folder.path(), Mode::ReadWrite).unwrap();
    let event = store.service_events().unwrap().remove(0);
    assert!(event.stopped.is_some() && event.interrupted);
}
