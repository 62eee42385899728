//! The model gate on the flights: better overall and worse in one segment is not promoted, and the reader sees which
//! segment. Then what a person may do against and after it: promote by hand, roll back.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use lockkeeper::domain::comparison::Outcome;
use lockkeeper::domain::gate::{CheckOutcome, ModelVerdict};
use lockkeeper::domain::metric::Metric;
use lockkeeper::domain::run::{RunState, StepKind, StepState};
use lockkeeper::workspace::{Answer, Query};
use std::path::{Path, PathBuf};
use support::{copy, edit, last_run, look, on, open, sample, small, states, text};

/// The flights after the blocked run: v1 in production, v2 better overall and worse in the early morning.
fn blocked(folder: &Path) -> PathBuf {
    let root = sample(folder, "nyc-flights");
    on(&root, &["run"]).exits(0);
    edit(&root, |spec| {
        for batch in ["04_05", "06_07"] {
            let file = format!("data/flights_2013_{batch}.csv");
            spec.steps.ingest.files.push(file);
        }
        spec.steps.train.exclude.push("hour".to_owned());
    });
    let said = on(&root, &["run", "--json"]).exits(5);
    let last = said.events().pop().unwrap();
    assert_eq!(last["state"], "not_blessed");
    assert_eq!(last["verdict"], "NOT_BLESSED");
    assert!(last["promoted"].is_null());
    let message = last["message"].as_str().unwrap();
    assert!(message.contains("hour < 8"), "{message}");
    root
}

#[test]
fn a_model_that_is_better_overall_and_worse_in_a_segment_is_not_promoted() {
    let folder = tempfile::tempdir().unwrap();
    let root = blocked(folder.path());
    let other = folder.path().join("other");
    copy(&root, &other);
    the_gate_says_why_and_lets_a_better_one_through(&root);
    a_person_may_promote_against_the_gate_and_go_back(&other);
}

fn the_gate_says_why_and_lets_a_better_one_through(root: &Path) {
    let run = last_run(root);
    assert_eq!(run.state, RunState::NotBlessed);
    let push = run.step(StepKind::Push).unwrap();
    assert_eq!(push.state, StepState::Canceled);
    assert!(push.error.as_ref().unwrap().contains("hour < 8"));
    let snapshot = look(root);
    assert_eq!(snapshot.production().unwrap().version, 1);
    assert_eq!(snapshot.models[0].aliases, ["candidate"]);

    let workspace = open(root, Some(1));
    let of = |kind, port: &str| {
        let outputs = &run.step(kind).unwrap().outputs;
        let artifact = outputs.iter().find(|o| o.port == port).unwrap();
        workspace.answer(&Query::artifact(artifact)).unwrap()
    };
    let Answer::Comparison(comparison) = of(StepKind::Evaluate, "evaluation") else {
        panic!("evaluation gives a comparison");
    };
    let overall = comparison
        .metrics
        .iter()
        .find(|m| m.metric == Metric::LogLoss);
    assert_eq!(overall.unwrap().outcome, Outcome::Better);
    let Answer::Blessing(blessing) = of(StepKind::ValidateModel, "blessing") else {
        panic!("the gate gives a blessing");
    };
    assert_eq!(blessing.verdict, ModelVerdict::NotBlessed);
    let failed: Vec<_> = blessing
        .checks
        .iter()
        .filter(|c| c.outcome == CheckOutcome::Failed)
        .collect();
    assert!(
        failed
            .iter()
            .any(|c| c.segment.as_deref() == Some("hour < 8"))
    );
    for check in failed {
        assert!(check.segment.is_some(), "{}", check.sentence);
        assert!(check.n_rows >= 100 && check.difference.is_some());
    }
    drop(workspace);

    on(root, &["run"]).exits(5);
    let again = states(&last_run(root));
    assert_eq!(again[&StepKind::ValidateModel], StepState::Cached);
    assert_eq!(again[&StepKind::Push], StepState::Canceled);

    edit(root, |spec| {
        spec.steps.train.exclude.retain(|c| c != "hour");
    });
    on(root, &["run"]).exits(0);
    let run = last_run(root);
    assert_eq!(run.promoted, Some(3));
    assert_eq!(look(root).production().unwrap().version, 3);
    for kind in &StepKind::ALL[..5] {
        assert_eq!(states(&run)[kind], StepState::Cached, "{}", kind.name());
    }
    let lesson = &look(root).lessons[0];
    let done: Vec<bool> = lesson.steps.iter().map(|s| s.done).collect();
    assert_eq!(
        done,
        [true, false, true, true, true],
        "only serving is left"
    );
}

fn predictions(root: &Path, model: &str) -> String {
    let data = root.join("data/flights_2013_08_09.csv");
    on(root, &["predict", model, "--data", text(&data)])
        .exits(0)
        .out
}

fn a_person_may_promote_against_the_gate_and_go_back(root: &Path) {
    let before = predictions(root, "production");
    assert_eq!(before, predictions(root, "v1"));
    on(root, &["promote", "7"]).exits(4);
    on(root, &["promote", "seven"]).exits(2);
    let refused = on(root, &["promote", "2", "--reason", " "]).exits(2);
    assert!(refused.err.contains("reason"), "{}", refused.err);
    let taken = on(root, &["promote", "v1", "--reason", "again"]).exits(4);
    assert!(taken.err.contains("already"), "{}", taken.err);

    let said = on(
        root,
        &["promote", "v2", "--reason", "early flights are few"],
    )
    .exits(0);
    assert!(said.err.contains("v2 is in production; before it was v1"));
    assert_ne!(before, predictions(root, "production"));

    on(root, &["rollback", "--reason", "complaints"]).exits(0);
    assert_eq!(before, predictions(root, "production"), "bit for bit");
    let log: Vec<(String, u32, Option<u32>, String)> = look(root)
        .registry_log
        .iter()
        .rev()
        .filter(|e| e.action != "register")
        .map(|e| (e.action.clone(), e.version, e.previous, e.reason.clone()))
        .collect();
    let by_hand: Vec<_> = log
        .iter()
        .map(|(a, v, p, r)| (a.as_str(), *v, *p, r.as_str()))
        .collect();
    assert!(
        by_hand.contains(&("promote", 2, Some(1), "early flights are few")),
        "{by_hand:?}"
    );
    assert_eq!(
        by_hand.last(),
        Some(&("rollback", 1, Some(2), "complaints")),
        "{by_hand:?}"
    );

    let none = on(root, &["rollback"]).exits(4);
    assert!(none.err.contains("none to go back to"), "{}", none.err);
}

#[test]
fn a_version_that_was_rolled_back_is_not_promoted_again_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    edit(&root, |spec| {
        spec.steps.train.candidates.retain(|c| c.name == "tree");
        spec.steps.validate_model = None;
    });
    on(&root, &["run"]).exits(0);
    assert_eq!(look(&root).production().unwrap().version, 2);
    on(&root, &["rollback", "--reason", "too coarse"]).exits(0);
    assert_eq!(look(&root).production().unwrap().version, 1);

    let said = on(&root, &["run"]).exits(0);
    assert!(said.err.contains("too coarse"), "{}", said.err);
    let push = last_run(&root);
    let push = push.step(StepKind::Push).unwrap();
    assert_eq!(push.state, StepState::Canceled);
    assert!(push.error.as_ref().unwrap().contains("rolled back"));
    assert_eq!(look(&root).production().unwrap().version, 1);

    on(&root, &["promote", "2", "--reason", "after all"]).exits(0);
    on(&root, &["run"]).exits(0);
    assert_eq!(look(&root).production().unwrap().version, 2);
    assert!(
        states(&last_run(&root))
            .values()
            .all(|s| *s == StepState::Cached)
    );
}
