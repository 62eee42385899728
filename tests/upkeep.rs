//! The ledger under bad luck: files altered or gone, a database cut short or with flipped bits. What is wrong is named, what can
//! be mended is mended, and the run after it ends as if nothing had happened. And what nobody needs can be thrown away, and
//! nothing else.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use lockkeeper::domain::run::{RunRecord, StepKind, StepState};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use support::{Dice, contents, hashes, last_run, look, on, small, small_table, states};

/// A workspace after a run, and that run.
fn ran(folder: &Path) -> (PathBuf, RunRecord) {
    let root = small(folder);
    on(&root, &["run"]).exits(0);
    let run = last_run(&root);
    (root, run)
}

fn output(run: &RunRecord, kind: StepKind, port: &str) -> String {
    let step = run.step(kind).unwrap();
    step.outputs
        .iter()
        .find(|o| o.port == port)
        .unwrap()
        .uri
        .clone()
}

/// The kinds of trouble that the doctor names, and whether each was mended.
fn troubles(root: &Path, arguments: &[&str], code: i32) -> Vec<(String, bool)> {
    let said = on(root, &[&["doctor", "--json"], arguments].concat()).exits(code);
    let found = said.json();
    let troubles = found["troubles"].as_array().unwrap().iter();
    troubles
        .map(|t| {
            (
                t["kind"].as_str().unwrap().to_owned(),
                !t["mended"].is_null(),
            )
        })
        .collect()
}

#[test]
fn a_sound_ledger_is_whole_and_has_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (root, run) = ran(folder.path());
    let before = contents(&root);
    let found = on(&root, &["doctor", "--json"]).exits(0).json();
    assert_eq!(before, contents(&root), "looking changes nothing");
    assert_eq!(found["troubles"].as_array().unwrap().len(), 0, "{found}");
    assert!(found["n_artifacts"].as_u64().unwrap() >= hashes(&run).len() as u64 - 2);
    let backups = found["backups"].as_array().unwrap();
    assert_eq!(backups.len(), 1, "one copy after the first run");
    on(&root, &["run"]).exits(0);
    let again = on(&root, &["doctor", "--json"]).exits(0).json();
    assert_eq!(
        again["backups"].as_array().unwrap(),
        backups,
        "it is new enough"
    );
    let nowhere = folder.path().join("nowhere");
    on(&nowhere, &["doctor"]).exits(4);
    on(&nowhere, &["gc"]).exits(4);
    assert!(!nowhere.exists());
}

#[test]
fn lost_and_altered_artifacts_are_named_and_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (root, run) = ran(folder.path());
    std::fs::remove_file(root.join(output(&run, StepKind::Statistics, "statistics"))).unwrap();
    let model = root.join(output(&run, StepKind::Train, "model"));
    let mut bytes = std::fs::read(&model).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    std::fs::write(&model, &bytes).unwrap();

    let named: Vec<String> = troubles(&root, &[], 3).into_iter().map(|t| t.0).collect();
    assert!(named.contains(&"artifact_missing".to_owned()), "{named:?}");
    assert!(named.contains(&"artifact_altered".to_owned()), "{named:?}");
    let mended = troubles(&root, &["--repair"], 0);
    assert!(
        mended
            .iter()
            .all(|(kind, is)| *is || kind == "file_unknown"),
        "{mended:?}"
    );
    on(&root, &["run"]).exits(0);
    let anew = last_run(&root);
    assert_eq!(hashes(&anew), hashes(&run));
    assert_eq!(states(&anew)[&StepKind::Train], StepState::Complete);
    assert_eq!(states(&anew)[&StepKind::Ingest], StepState::Cached);
    assert_eq!(troubles(&root, &[], 0), []);
}

/// Lets it run after damage to the database: at once, or after the repair that was named.
fn recovers(root: &Path, run: &RunRecord, what: &str) {
    let said = on(root, &["run"]);
    if said.code != Some(0) {
        assert_eq!(said.code, Some(3), "{what}: {}", said.err);
        assert!(said.err.contains("doctor --repair"), "{what}: {}", said.err);
        let mended = troubles(root, &["--repair"], 0);
        assert!(
            mended.contains(&("database_damaged".to_owned(), true)),
            "{what}: {mended:?}"
        );
        on(root, &["run"]).exits(0);
    }
    let last = last_run(root);
    assert_eq!(hashes(&last), hashes(run), "{what}");
    assert_eq!(
        look(root).production().map(|m| m.version),
        Some(1),
        "{what}"
    );
}

#[test]
fn a_damaged_database_is_refused_and_its_copy_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let (root, run) = ran(folder.path());
    let database = root.join("metadata.sqlite");
    let whole = std::fs::read(&database).unwrap();
    let mut dice = Dice(7);
    let damages: Vec<(String, Vec<u8>)> = [0.1, 0.5, 0.95]
        .iter()
        .map(|share| {
            let length = (whole.len() as f64 * share) as usize;
            (format!("cut at {length}"), whole[..length].to_vec())
        })
        .chain((0..8).map(|_| {
            let mut bytes = whole.clone();
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
            (format!("a bit of byte {at} flipped"), bytes)
        }))
        .chain([("no database at all".to_owned(), vec![b'x'; 5_000])])
        .collect();
    for (what, bytes) in damages {
        std::fs::write(&database, bytes).unwrap();
        recovers(&root, &run, &what);
        std::fs::write(&database, &whole).unwrap();
    }
    let damaged = contents(&root);
    let kept = damaged
        .keys()
        .filter(|p| p.to_string_lossy().contains(".damaged-"));
    assert!(kept.count() > 3, "the damaged files stay");
}

#[test]
fn without_a_copy_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let (root, _) = ran(folder.path());
    std::fs::remove_dir_all(root.join("backups")).unwrap();
    let database = root.join("metadata.sqlite");
    let bytes = std::fs::read(&database).unwrap();
    std::fs::write(&database, &bytes[..bytes.len() / 2]).unwrap();
    let before = contents(&root);
    assert_eq!(
        troubles(&root, &["--repair"], 3),
        [("database_damaged".to_owned(), false)]
    );
    assert_eq!(before, contents(&root));
}

#[test]
fn only_what_nobody_needs_is_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let (root, first) = ran(folder.path());
    // A batch that the data gate refuses: the run registers no model, and its rows are of no use later.
    let bad = folder.path().join("bad.csv");
    let text = small_table(400, 2).replace("speed,", "velocity,");
    std::fs::write(&bad, text).unwrap();
    let mut good = None;
    support::edit(&root, |spec| {
        good = Some(spec.steps.ingest.files.clone());
        spec.steps
            .ingest
            .files
            .push(bad.to_str().unwrap().to_owned());
    });
    on(&root, &["run"]).exits(5);
    let refused = last_run(&root);
    support::edit(&root, |spec| {
        spec.steps.ingest.files = good.clone().unwrap()
    });
    on(&root, &["run"]).exits(0);
    let stray = root.join("artifacts/ab").join("c".repeat(62));
    std::fs::create_dir_all(stray.parent().unwrap()).unwrap();
    std::fs::write(&stray, "nobody knows me").unwrap();

    let before = contents(&root.join("artifacts"));
    let counted = on(&root, &["gc", "--keep-runs", "1", "--dry-run", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        before,
        contents(&root.join("artifacts")),
        "a dry run removes nothing"
    );
    let removed = on(&root, &["gc", "--keep-runs", "1", "--json"])
        .exits(0)
        .json();
    assert_eq!(counted["files"], removed["files"]);
    let uris: Vec<&str> = removed["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["uri"].as_str().unwrap())
        .collect();
    assert!(
        uris.len() >= 2 && uris.iter().any(|u| stray.ends_with(u)),
        "{uris:?}"
    );
    assert!(uris.iter().all(|uri| !root.join(uri).exists()));
    let of = |run: &RunRecord| {
        hashes(run)
            .into_iter()
            .map(|(_, _, hash)| hash)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let only_refused: Vec<String> = of(&refused).difference(&of(&first)).cloned().collect();
    assert!(!only_refused.is_empty());
    for hash in &only_refused {
        let (head, tail) = hash.split_at(2);
        assert!(
            !root.join("artifacts").join(head).join(tail).exists(),
            "{hash} is of the refused run alone"
        );
    }
    assert_eq!(troubles(&root, &[], 0), []);
    on(&root, &["run"]).exits(0);
    let last = last_run(&root);
    assert_eq!(hashes(&last), hashes(&first), "what was kept is whole");
    assert!(last.steps.iter().all(|s| s.state == StepState::Cached));
    let nothing = on(&root, &["gc", "--json"]).exits(0).json();
    assert_eq!(nothing["files"].as_array().unwrap().len(), 0, "{nothing}");
}

/// The verdict of each step when a run is run again.
fn reproduced(root: &Path, run: &str, code: i32) -> BTreeMap<String, String> {
    let found = on(root, &["reproduce", run, "--json"]).exits(code).json();
    let steps = found["steps"].as_array().unwrap().iter();
    let word = |step: &serde_json::Value, name: &str| step[name].as_str().unwrap().to_owned();
    steps
        .map(|s| (word(s, "kind"), word(s, "verdict")))
        .collect()
}

#[test]
fn a_run_comes_to_the_same_again_from_what_it_read() {
    let folder = tempfile::tempdir().unwrap();
    let (root, run) = ran(folder.path());
    let before = contents(&root);
    let all = reproduced(&root, "1", 0);
    assert_eq!(all.len(), run.steps.len());
    assert!(all.values().all(|verdict| verdict == "same"), "{all:?}");
    assert_eq!(before, contents(&root), "it writes nothing");

    // The definition of the run counts, not the one of today; and a second run that took everything from the first.
    support::edit(&root, |spec| spec.seed += 1);
    on(&root, &["run"]).exits(5);
    assert!(
        reproduced(&root, "1", 0)
            .values()
            .all(|verdict| verdict == "same")
    );
    let second = reproduced(&root, "2", 0);
    assert_eq!(second["schema"], "not_run", "{second:?}");
    assert_eq!(second["train"], "same", "{second:?}");

    // Another file under the same name; nothing that was stored changes.
    let data = folder.path().join("small.csv");
    std::fs::write(&data, small_table(400, 9)).unwrap();
    let changed = reproduced(&root, "1", 3);
    let differ: Vec<&String> = changed
        .iter()
        .filter(|(_, v)| *v == "differs")
        .map(|(k, _)| k)
        .collect();
    assert_eq!(differ, ["ingest"]);
    on(&root, &["reproduce", "99"]).exits(4);
    std::fs::write(root.join(output(&run, StepKind::Transform, "split")), "{}").unwrap();
    let said = on(&root, &["reproduce", "1"]).exits(3);
    assert!(said.err.contains("has been altered"), "{}", said.err);
}

#[test]
fn a_workspace_lives_on_a_long_path_with_blanks_and_letters_of_all_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let part = "Ablage für Modelle – 模型 Ω";
    let mut place = folder.path().to_owned();
    while place.as_os_str().len() < 200 {
        place.push(part);
    }
    std::fs::create_dir_all(&place).unwrap();
    let (root, first) = ran(&place);
    on(&root, &["run"]).exits(0);
    assert!(
        states(&last_run(&root))
            .values()
            .all(|s| *s == StepState::Cached)
    );
    assert_eq!(hashes(&last_run(&root)), hashes(&first));
    let said = on(&root, &["doctor", "--json"]).exits(0).json();
    assert_eq!(said["troubles"].as_array().unwrap().len(), 0, "{said}");
    let to = place.join("out");
    on(&root, &["export", "croissant", "--to", support::text(&to)]).exits(0);
    assert!(to.join("croissant.json").is_file());
}

#[test]
fn lineage_goes_from_a_version_to_the_rows_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let (root, run) = ran(folder.path());
    let up = on(&root, &["lineage", "v1", "--json"]).exits(0).json();
    let kinds = |nodes: &serde_json::Value| -> Vec<String> {
        let nodes = nodes.as_array().unwrap().iter();
        nodes
            .map(|n| n["artifact"]["type"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(kinds(&up)[0], "lockkeeper.Model");
    assert!(kinds(&up).contains(&"lockkeeper.Examples".to_owned()));
    let rows = output(&run, StepKind::Ingest, "examples").replace(['/'], "");
    let hash = rows.trim_start_matches("artifacts");
    let down = on(&root, &["lineage", &hash[..12], "--down", "--json"])
        .exits(0)
        .json();
    assert!(
        kinds(&down).contains(&"lockkeeper.Blessing".to_owned()),
        "{down}"
    );
    let said = on(&root, &["lineage", "model", "run", "1"]).exits(0);
    assert!(said.out.lines().count() > 3, "{}", said.out);
    on(&root, &["lineage", "nothing-like-it"]).exits(4);
}
