//! A run that is killed at any moment is finished by the next one, with the results of a run that was never killed; a
//! run that is interrupted politely says so and keeps what was finished.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use lockkeeper::domain::run::{RunRecord, RunState, StepKind, StepState};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use support::{Dice, command, copy, hashes, last_run, look, on, sample, small, states, text};

fn start(root: &Path) -> Child {
    command(&["run", "--json", "--threads", "2", "--workspace", text(root)])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Starts a run and kills it after this time; true if it was still at work.
fn kill_after(root: &Path, delay: Duration) -> bool {
    let mut child = command(&["run", "--json", "--threads", "2", "--workspace", text(root)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(delay);
    let was_at_work = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    was_at_work
}

/// What must hold of a workspace after the run that followed `killed` kills.
fn assert_recovered(root: &Path, reference: &RunRecord, what: &str) -> usize {
    let snapshot = look(root);
    let last = snapshot.latest_run().unwrap();
    assert_eq!(hashes(reference), hashes(last), "{what}");
    assert_eq!(last.state, RunState::Complete, "{what}");
    assert_eq!(snapshot.models.len(), 1, "{what}");
    assert_eq!(snapshot.production().map(|m| m.version), Some(1), "{what}");
    let promotions = snapshot
        .registry_log
        .iter()
        .filter(|e| e.action == "promote");
    assert_eq!(promotions.count(), 1, "{what}: {:?}", snapshot.registry_log);
    let mut n_interrupted = 0;
    let mut finished = BTreeSet::new();
    for run in snapshot.runs.iter().rev() {
        for step in &run.steps {
            assert_ne!(step.state, StepState::Running, "{what}");
            if step.state == StepState::Failed {
                assert_eq!(step.error.as_deref(), Some("interrupted"), "{what}");
                assert_eq!(run.state, RunState::Interrupted, "{what}");
                assert!(step.outputs.is_empty(), "{what}");
                n_interrupted += 1;
            }
            // A kill between the records of the step and of the schema's version: it infers the same one again.
            let may_repeat = step.kind == StepKind::Schema;
            if finished.contains(&step.kind) && run.id == last.id && !may_repeat {
                assert_eq!(
                    step.state,
                    StepState::Cached,
                    "{what}: {}",
                    step.kind.name()
                );
            }
            if step.state.is_done() {
                finished.insert(step.kind);
            }
        }
    }
    n_interrupted
}

#[test]
fn a_run_killed_at_any_moment_ends_like_one_that_never_was() {
    let folder = tempfile::tempdir().unwrap();
    let template = small(folder.path());
    let whole = folder.path().join("whole");
    copy(&template, &whole);
    let begun = Instant::now();
    on(&whole, &["run", "--json", "--threads", "2"]).exits(0);
    let mut length = begun.elapsed();
    let reference = last_run(&whole);

    // How long a run takes changes with what else the machine is doing: one that ended before its kill was shorter than
    // thought, and the kills after it come earlier.
    let (mut n_tries, mut n_at_work, mut n_interrupted) = (0, 0, 0);
    let (n_kills, most_tries) = (25, 200);
    while n_at_work < n_kills && n_tries < most_tries {
        let root = folder.path().join(format!("killed{n_tries}"));
        copy(&template, &root);
        let delay = length * n_at_work / n_kills;
        n_tries += 1;
        if kill_after(&root, delay) {
            n_at_work += 1;
        } else {
            length = delay;
        }
        on(&root, &["run"]).exits(0);
        let what = format!("killed after {delay:?} of {length:?}");
        n_interrupted += assert_recovered(&root, &reference, &what);
        std::fs::remove_dir_all(&root).unwrap();
    }
    assert_eq!(n_at_work, n_kills, "kills hit in {n_tries} tries");
    assert!(n_interrupted > 0, "no kill hit a step at work");
}

/// The promotion and the record of the step that did it are two transactions: what a kill between them leaves behind,
/// made by hand, because no kill meets that moment reliably.
#[test]
fn a_kill_between_a_promotion_and_its_record_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let reference = last_run(&root);
    let database = rusqlite::Connection::open(root.join("metadata.sqlite")).unwrap();
    let push: i64 = database
        .query_row(
            "SELECT e.id FROM Execution e JOIN Type t ON t.id = e.type_id WHERE t.name = 'lockkeeper.Push'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    database
        .execute_batch(&format!(
            "UPDATE Execution SET last_known_state = 2 WHERE id = {push}; \
             DELETE FROM Event WHERE execution_id = {push} AND type = 4; \
             DELETE FROM lk_cache WHERE execution_id = {push}; \
             UPDATE lk_run SET state = 'running', finished = NULL, promoted = NULL;"
        ))
        .unwrap();
    drop(database);
    on(&root, &["run"]).exits(0);
    assert_recovered(&root, &reference, "killed after the promotion");
    let pushed = last_run(&root);
    assert_eq!(states(&pushed)[&StepKind::Push], StepState::Complete);
    on(&root, &["run"]).exits(0);
    let again = last_run(&root);
    assert_eq!(states(&again)[&StepKind::Push], StepState::Cached);
    assert_eq!(hashes(&reference), hashes(&again));
}

#[test]
fn one_workspace_survives_many_kills() {
    let folder = tempfile::tempdir().unwrap();
    let whole = sample(&folder.path().join("whole"), "penguins");
    let begun = Instant::now();
    on(&whole, &["run", "--threads", "2"]).exits(0);
    let length = begun.elapsed();
    let reference = last_run(&whole);

    let root = sample(folder.path(), "penguins");
    let mut dice = Dice(2024);
    for _ in 0..15 {
        kill_after(&root, length.mul_f64(dice.unit()));
    }
    on(&root, &["run"]).exits(0);
    assert_recovered(&root, &reference, "fifteen kills");
}

#[test]
fn a_kill_in_the_middle_of_training_keeps_what_came_before() {
    let folder = tempfile::tempdir().unwrap();
    let root = sample(folder.path(), "nyc-flights");
    let mut child = start(&root);
    wait_for_training(&mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    on(&root, &["run"]).exits(0);
    let runs = look(&root).runs.clone();
    let (resumed, killed) = (&runs[0], &runs[1]);
    assert_eq!(killed.state, RunState::Interrupted);
    assert_eq!(states(killed)[&StepKind::Train], StepState::Failed);
    for kind in &StepKind::ALL[..5] {
        assert_eq!(states(killed)[kind], StepState::Complete, "{}", kind.name());
        assert_eq!(states(resumed)[kind], StepState::Cached, "{}", kind.name());
        let before = killed.step(*kind).unwrap().execution;
        assert_eq!(resumed.step(*kind).unwrap().cached_from, before);
    }
    assert_eq!(states(resumed)[&StepKind::Train], StepState::Complete);
    let resume = look(&root);
    let resume = resume
        .maturity
        .capabilities
        .iter()
        .find(|c| c.id == "resume");
    assert!(
        !resume.unwrap().evidence.is_empty(),
        "it counts as evidence"
    );
}

/// Reads events until training has begun and the data gate has passed.
fn wait_for_training(child: &mut Child) {
    let mut reader = BufReader::new(child.stdout.as_mut().unwrap());
    let (mut line, mut trains, mut passed) = (String::new(), false, false);
    while !(trains && passed) {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0, "it ended early");
        trains |= line.contains(r#""step":"train","state":"RUNNING""#);
        passed |= line.contains(r#""step":"validate","state":"COMPLETE""#);
    }
}

#[test]
fn an_interrupted_run_says_so_and_keeps_what_was_finished() {
    let folder = tempfile::tempdir().unwrap();
    let root = sample(folder.path(), "nyc-flights");
    let mut child = start(&root);
    wait_for_training(&mut child);
    let pid = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &pid])
        .status();
    assert!(sent.unwrap().success());
    let mut rest = String::new();
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let last: serde_json::Value = serde_json::from_str(rest.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"], "finished");
    assert_eq!(last["state"], "canceled");

    let run = last_run(&root);
    assert_eq!(run.state, RunState::Canceled);
    assert_eq!(states(&run)[&StepKind::Train], StepState::Canceled);
    let snapshot = look(&root);
    assert!(snapshot.models.is_empty() && snapshot.production().is_none());

    on(&root, &["run"]).exits(0);
    let resumed = last_run(&root);
    for kind in &StepKind::ALL[..5] {
        assert_eq!(states(&run)[kind], StepState::Complete, "{}", kind.name());
        assert_eq!(states(&resumed)[kind], StepState::Cached, "{}", kind.name());
    }
}
