//! Bad input, case by case: the exit code, a message with the decisive words and something to do, and the folder byte
//! for byte as it was.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use lockkeeper::domain::run::{RunState, StepState};
use std::path::{Path, PathBuf};
use support::{
    Said, contents, edit, last_run, lockkeeper, look, on, open, sample, small, small_table, text,
};

/// What was said has all these words, and something to do.
#[track_caller]
fn assert_told(said: &Said, words: &[&str]) {
    for word in words {
        assert!(said.err.contains(word), "{word:?} is not in: {}", said.err);
    }
    assert!(
        said.err.contains('→'),
        "nothing to do is said: {}",
        said.err
    );
    assert!(said.out.is_empty(), "talk is on stderr: {}", said.out);
}

/// Files that no workspace can be made of: name, content, target, exit code, words.
const FILES: &[(&str, &str, &str, i32, &[&str])] = &[
    ("empty.csv", "", "y", 3, &["empty.csv is empty"]),
    (
        "header.csv",
        "x,y\n",
        "y",
        3,
        &["header of 2 columns and no rows"],
    ),
    (
        "target.csv",
        "x,late\n1,yes\n2,no\n",
        "lat",
        2,
        &["no column `lat`", "Did you mean late?"],
    ),
    (
        "one_class.csv",
        "x,y\n1,a\n2,a\n3,a\n",
        "y",
        3,
        &["`y`", "single value `a`"],
    ),
    (
        "one_number.csv",
        "x,y\n1,7\n2,7\n3,7\n",
        "y",
        3,
        &["`y`", "single value"],
    ),
    (
        "all_missing.csv",
        "x,y\n1,\n2,\n3,\n",
        "y",
        3,
        &["`y` has no value in any of 3 rows"],
    ),
    (
        "ragged.csv",
        "x,y\n1,a\n2\n3,b,c\n",
        "y",
        3,
        &["ragged.csv", "line 3", "line 4", "instead of 2"],
    ),
    (
        "quote.csv",
        "x,y\n1,\"a\n2,b\n3,c\n",
        "y",
        3,
        &["quote.csv", "line 2", "never closed"],
    ),
    (
        "binary.csv",
        "x,y\n1,\0\0a\n2,b\n",
        "y",
        3,
        &["binary.csv", "NUL", "line 2"],
    ),
    (
        "sheet.xlsx",
        "PK\u{3}\u{4}rest",
        "y",
        3,
        &["sheet.xlsx", "not a whole workbook"],
    ),
];

#[test]
fn a_file_that_cannot_be_used_makes_no_workspace() {
    for (name, content, target, code, words) in FILES {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        let before = contents(folder.path());
        let root = folder.path().join("x");
        let args = [
            "init",
            text(&root),
            "--data",
            text(&file),
            "--target",
            target,
        ];
        let said = lockkeeper(&args).exits(*code);
        assert_told(&said, words);
        assert_eq!(before, contents(folder.path()), "{name}");
        assert!(!root.exists(), "{name}");
    }
}

#[test]
fn a_place_that_cannot_be_used_makes_no_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let (data, nowhere) = (folder.path().join("d.csv"), folder.path().join("no.csv"));
    std::fs::write(&data, small_table(50, 1)).unwrap();
    let full = folder.path().join("full");
    std::fs::create_dir(&full).unwrap();
    std::fs::write(full.join("mine.md"), "mine").unwrap();
    let workspace = sample(folder.path(), "penguins");
    let new = folder.path().join("new");
    // A file in the way stands for an unwritable folder: permissions do not bind root.
    let under_a_file = data.join("x");
    let (data, nowhere) = (text(&data), text(&nowhere));
    let no_folder = folder.path().join("nothing here");
    let from = |data, target| vec!["--data", data, "--target", target];
    let cases: [(&Path, Vec<&str>, i32, &[&str]); 8] = [
        (
            &new,
            from(nowhere, "late"),
            4,
            &["no file or folder", "no.csv"],
        ),
        (&new, from(text(&no_folder), "late"), 4, &["nothing here"]),
        (&new, from(text(&full), "late"), 4, &["no data files"]),
        (&under_a_file, from(data, "late"), 3, &["cannot be written"]),
        (&full, from(data, "late"), 4, &["full holds other things"]),
        (
            &workspace,
            from(data, "late"),
            4,
            &["is a workspace already"],
        ),
        (
            &new,
            vec!["--sample", "iris"],
            4,
            &["no sample \"iris\"", "penguins"],
        ),
        (
            &full,
            vec!["--sample", "penguins"],
            4,
            &["holds other things"],
        ),
    ];
    let before = contents(folder.path());
    for (root, rest, code, words) in cases {
        let mut args = vec!["init", text(root)];
        args.extend(rest);
        let said = lockkeeper(&args).exits(code);
        assert_told(&said, words);
        assert_eq!(before, contents(folder.path()), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_unwritable_folder_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    let locked = folder.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    let set = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(&locked, 0o555);
    if std::fs::write(locked.join("probe"), "").is_ok() {
        println!("SKIPPED: this user may write everywhere");
        return;
    }
    let said = lockkeeper(&["init", text(&locked.join("x")), "--sample", "penguins"]).exits(3);
    assert_told(&said, &["cannot be written"]);
    set(&root, 0o555);
    let before = contents(&root);
    let said = on(&root, &["run"]);
    assert_ne!(said.code, Some(0));
    assert_told(&said, &["cannot be written"]);
    assert_eq!(before, contents(&root));
    set(&root, 0o755);
}

/// Workspaces that must not be opened: what was done to it, exit code, words.
type Case = (&'static str, fn(&Path), i32, &'static [&'static str]);

const WORKSPACES: &[Case] = &[
    (
        "settings of a newer version",
        |root| {
            let path = root.join("lockkeeper.toml");
            std::fs::write(path, "format = 99\nport = 8080\nshape = \"round\"\n").unwrap();
        },
        4,
        &["format 99", "newer Lockkeeper"],
    ),
    (
        "a database of a newer version",
        |root| {
            let database = rusqlite::Connection::open(root.join("metadata.sqlite")).unwrap();
            database
                .execute("UPDATE lk_env SET version = 99", [])
                .unwrap();
        },
        4,
        &["newer Lockkeeper", "format 99"],
    ),
    (
        "a database that is none",
        |root| std::fs::write(root.join("metadata.sqlite"), "not a database ".repeat(200)).unwrap(),
        3,
        &["metadata.sqlite is damaged"],
    ),
    (
        "a database with a hole",
        |root| {
            let path = root.join("metadata.sqlite");
            let mut bytes = std::fs::read(&path).unwrap();
            let end = bytes.len();
            bytes[4096..end].fill(0x5a);
            std::fs::write(path, bytes).unwrap();
        },
        3,
        &["metadata.sqlite is damaged"],
    ),
    (
        "a database of something else",
        |root| {
            let path = root.join("metadata.sqlite");
            std::fs::remove_file(&path).unwrap();
            let database = rusqlite::Connection::open(path).unwrap();
            database
                .execute("CREATE TABLE songs (title TEXT)", [])
                .unwrap();
        },
        4,
        &["SQLite database of something else"],
    ),
    (
        "settings that are no TOML",
        |root| std::fs::write(root.join("lockkeeper.toml"), "format = \n").unwrap(),
        3,
        &["lockkeeper.toml is not valid TOML"],
    ),
    (
        "no workspace at all",
        |root| std::fs::remove_file(root.join("lockkeeper.toml")).unwrap(),
        4,
        &["is not a workspace", "lockkeeper init"],
    ),
];

#[test]
fn a_workspace_that_cannot_be_opened_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let template = small(folder.path());
    on(&template, &["run"]).exits(0);
    for (i, (name, damage, code, words)) in WORKSPACES.iter().enumerate() {
        let root = folder.path().join(format!("case{i}"));
        support::copy(&template, &root);
        damage(&root);
        let before = contents(&root);
        let data = folder.path().join("small.csv");
        let commands: [&[&str]; 4] = [
            &["run"],
            &["models"],
            &["serve", "--port", "0"],
            &["run", "--add", text(&data)],
        ];
        for args in commands {
            let said = on(&root, args).exits(*code);
            for word in *words {
                assert!(
                    said.err.contains(word),
                    "{name}: {word:?} is not in {}",
                    said.err
                );
            }
            assert!(
                said.err.contains('→'),
                "{name}: nothing to do is said: {}",
                said.err
            );
            assert!(
                before == contents(&root),
                "{name}: {args:?} changed the folder"
            );
        }
    }
}

#[test]
fn a_second_process_is_told_who_has_the_workspace_and_may_look() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let first = open(&root, Some(1));
    let before = contents(&root);
    let pid = std::process::id().to_string();
    for args in [
        &["run"][..],
        &["promote", "1", "--reason", "x"],
        &["rollback"],
        &["serve", "--port", "0"],
    ] {
        let said = on(&root, args).exits(4);
        assert_told(&said, &["is open in", "process", &pid]);
    }
    for args in [
        &["models"][..],
        &["runs"],
        &["maturity"],
        &["lesson", "list"],
    ] {
        on(&root, args).exits(0);
    }
    assert!(before == contents(&root));
    drop(first);
    on(&root, &["run"]).exits(0);
}

#[test]
fn a_pipeline_that_makes_no_sense_is_refused_with_every_problem() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    edit(&root, |spec| {
        spec.steps.train.folds = 1;
        spec.steps.train.candidates[0].algorithm = "magic".to_owned();
        let tree = &mut spec.steps.train.candidates[1];
        *tree = tree.clone().with("max_depth", -3_i64).with("colour", "red");
        spec.steps.transform.test_fraction = 1.5;
        spec.steps.evaluate.level = 2.0;
        spec.steps.schema.target = String::new();
        spec.steps.ingest.files.clear();
        spec.name = " ".to_owned();
    });
    let before = contents(&root);
    let said = on(&root, &["run"]).exits(2);
    let fields = [
        "steps.train.folds",
        "candidates[0].algorithm",
        "max_depth",
        "colour",
        "steps.transform.test_fraction",
        "steps.evaluate.level",
        "steps.schema.target",
        "steps.ingest.files",
        "name",
    ];
    assert_told(&said, &fields);
    assert!(before == contents(&root));
    assert!(look(&root).runs.is_empty());
    let said = on(&root, &["run", "--json"]).exits(2);
    let event = said.events().pop().unwrap();
    assert_eq!(event["event"], "failed");
    assert!(event["failure"]["details"].as_array().unwrap().len() >= fields.len());
}

#[test]
fn a_pipeline_file_with_an_error_says_which_line() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    let path = root.join("pipeline.toml");
    let good = std::fs::read_to_string(&path).unwrap();
    let cases = [
        (good.replace("folds = 3", "folds = \"three\""), "folds"),
        (good.replace("folds = 3", "fold = 3"), "fold"),
        (good.replace("folds = 3", "folds = "), "line"),
        (good.replace("[steps.push]", "[steps.pusch]"), "pusch"),
    ];
    for (text_of, word) in cases {
        assert_ne!(text_of, good);
        std::fs::write(&path, &text_of).unwrap();
        let before = contents(&root);
        let said = on(&root, &["run"]).exits(2);
        assert_told(&said, &["pipeline.toml", "line", word]);
        assert!(before == contents(&root));
    }
    std::fs::write(&path, &good).unwrap();
    let other = folder.path().join("other.toml");
    std::fs::write(&other, good.replace("folds = 3", "folds = 1")).unwrap();
    let said = on(&root, &["run", "--pipeline", text(&other)]).exits(2);
    assert_told(&said, &["steps.train.folds"]);
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        good,
        "the old one stays"
    );
    std::fs::remove_file(&path).unwrap();
    on(&root, &["run"]).exits(4);
}

/// Everything but the ledger, which tells of the failed run too.
fn without_ledger(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let is_ledger = |p: &PathBuf| p.to_string_lossy().contains("metadata.sqlite");
    let mut all: Vec<_> = contents(root).into_iter().collect();
    all.retain(|(path, _)| !is_ledger(path));
    all
}

#[test]
fn data_that_went_bad_fail_the_run_and_change_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let data = folder.path().join("small.csv");
    let good = std::fs::read_to_string(&data).unwrap();
    let cases: [(Option<&str>, i32, &[&str]); 5] = [
        (None, 4, &["no file or folder", "small.csv"]),
        (Some(""), 3, &["small.csv is empty"]),
        (Some("speed,weight,city,day,late\n"), 3, &["no rows"]),
        (Some("speed,late\n1,yes\n2\n"), 3, &["line 3"]),
        (Some("speed,late\n1,\"yes\n"), 3, &["never closed"]),
    ];
    let before = without_ledger(&root);
    let models = look(&root).models.clone();
    for (content, code, words) in cases {
        match content {
            None => std::fs::remove_file(&data).unwrap(),
            Some(content) => std::fs::write(&data, content).unwrap(),
        }
        let said = on(&root, &["run"]).exits(code);
        for word in words {
            assert!(said.err.contains(word), "{word:?} is not in {}", said.err);
        }
        assert!(said.err.contains('→'), "{}", said.err);
        let run = last_run(&root);
        assert_eq!(run.state, RunState::Failed);
        assert_eq!(run.steps[0].state, StepState::Failed);
        assert!(
            run.steps[1..]
                .iter()
                .all(|s| s.state == StepState::Canceled)
        );
        assert_eq!(look(&root).models, models);
        assert!(before == without_ledger(&root), "{words:?}");
    }
    std::fs::write(&data, good).unwrap();
    on(&root, &["run"]).exits(0);
    assert!(
        last_run(&root)
            .steps
            .iter()
            .all(|s| s.state == StepState::Cached)
    );
}

#[test]
fn a_run_that_breaks_tells_why_in_json_and_then_ends() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    std::fs::write(folder.path().join("small.csv"), "").unwrap();
    let events = on(&root, &["run", "--json"]).exits(3).events();
    let [.., failed, last] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(failed["event"], "failed");
    let failure = &failed["failure"];
    assert_eq!(failure["kind"], "bad_data");
    assert!(failure["summary"].as_str().unwrap().contains("is empty"));
    assert!(failure["hints"][0].is_string());
    assert_eq!(
        (&last["event"], &last["state"]),
        (&"finished".into(), &"failed".into())
    );
    assert!(last["promoted"].is_null() && last["verdict"].is_null());
}

#[test]
fn the_same_rows_twice_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    let twin = folder.path().join("twin.csv");
    std::fs::copy(folder.path().join("small.csv"), &twin).unwrap();
    let said = on(&root, &["run", "--add", text(&twin)]).exits(3);
    assert!(said.err.contains("same content"), "{}", said.err);
}

#[test]
fn files_named_on_the_command_line_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let (nowhere, odd) = (folder.path().join("no.csv"), folder.path().join("odd.csv"));
    std::fs::write(&odd, "a,b\n1,2\n").unwrap();
    let (nowhere, odd) = (text(&nowhere), text(&odd));
    let cases: [(&[&str], i32, &[&str]); 7] = [
        (&["profile", nowhere], 4, &["no.csv"]),
        (&["validate", nowhere], 4, &["no.csv"]),
        (
            &["predict", "production", "--data", nowhere],
            4,
            &["no.csv"],
        ),
        (
            &["predict", "production", "--data", odd],
            3,
            &["speed", "city"],
        ),
        (
            &["predict", "nobody", "--data", odd],
            4,
            &["no model \"nobody\""],
        ),
        (
            &["compare", "v1", "v9", "--data", odd],
            4,
            &["no model \"v9\""],
        ),
        (&["compare", "v1", "v1", "--data", odd], 3, &["late"]),
    ];
    for (args, code, words) in cases {
        let said = if args[0] == "profile" {
            lockkeeper(args).exits(code)
        } else {
            on(&root, args).exits(code)
        };
        assert_told(&said, words);
    }
}
