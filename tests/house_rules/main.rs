//! The rules of the house, held against the sources as text: which floor may name which, where a library may be used,
//! where printing and colours belong, and how files look. Every message says what to do instead. Comments and string
//! literals do not count. What rustc and clippy check themselves (missing docs, `unwrap`, unsafe code) is left to them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod source;

use source::{Source, sources, words};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Longest file. 250 lines are the aim, 400 a smell.
const MAX_LINES: usize = 600;

/// Libraries that have one home. A name ending in `*` stands for every name that begins so.
const HOMES: [(&str, &[&str]); 10] = [
    ("rusqlite", &["src/store/", "src/data/reader/sqlite.rs"]),
    ("linfa*", &["src/model/", "src/train/"]),
    ("argmin*", &["src/train/"]),
    ("axum*", &["src/serve/"]),
    ("tokio*", &["src/serve/"]),
    ("ureq", &["src/interchange/server.rs"]),
    ("hyper", &["src/serve/"]),
    ("hyper_util", &["src/serve/"]),
    ("egui*", &["src/gui/"]),
    ("eframe", &["src/gui/"]),
];

/// The modules at the root of the crate that a file names, with their places: `crate::a`, `crate::{a, b::c}`, and
/// `super::super::a` where that climbs to the root.
fn named_modules<'a>(source: &'a Source, known: &BTreeMap<String, u8>) -> Vec<(usize, &'a str)> {
    let code = &source.code;
    let mut found = Vec::new();
    let mut n_supers = 0;
    for (at, word) in words(code) {
        let after = code[at + word.len()..].trim_start();
        let is_path = after.starts_with("::");
        if word == "super" && is_path {
            n_supers += 1;
            continue;
        }
        if n_supers >= source.depth() && known.contains_key(word) {
            found.push((at, word));
        }
        n_supers = 0;
        if matches!(word, "crate" | "lockkeeper") && is_path {
            let tail = after[2..].trim_start();
            let start = code.len() - tail.len();
            if tail.starts_with('{') {
                found.extend(heads_of_group(code, start));
            } else if let Some((offset, name)) = words(tail).first() {
                found.push((start + offset, name));
            }
        }
    }
    found
}

/// The first words of the members of `{a, b::{c, d}}`.
fn heads_of_group(code: &str, open: usize) -> Vec<(usize, &str)> {
    let (mut depth, mut is_head) = (0, false);
    let mut heads = Vec::new();
    for (offset, c) in code[open..].char_indices() {
        match c {
            '{' => (depth, is_head) = (depth + 1, depth == 0),
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' if depth == 1 => is_head = true,
            c if is_head && !c.is_whitespace() => {
                let at = open + offset;
                heads.extend(words(&code[at..]).first().map(|(o, w)| (at + o, *w)));
                is_head = false;
            }
            _ => {}
        }
    }
    heads
}

/// The floor of every module, by the table in `src/lib.rs`.
fn floors(lib: &Source) -> BTreeMap<String, u8> {
    let mut floors = BTreeMap::new();
    for line in lib.text.lines() {
        let Some(row) = line.strip_prefix("//! | ") else {
            continue;
        };
        let Some((floor, modules)) = row.split_once(" | ") else {
            continue;
        };
        let Ok(floor) = floor.parse::<u8>() else {
            continue;
        };
        for name in modules.split('`').skip(1).step_by(2) {
            floors.insert(name.to_owned(), floor);
        }
    }
    floors
}

fn lib(all: &[Source]) -> &Source {
    all.iter().find(|s| s.path == "src/lib.rs").unwrap()
}

/// Fails with all findings and what to do about them.
fn judge(findings: &[String], instead: &str) {
    let mut text = String::new();
    for finding in findings {
        let _never_fails = writeln!(text, "  {finding}");
    }
    assert!(findings.is_empty(), "\n{text}\n{instead}\n");
}

#[test]
fn the_map_in_lib_names_every_module() {
    let all = sources();
    let lib = lib(&all);
    let floors = floors(lib);
    let all_words = words(&lib.code);
    let declared: Vec<&str> = all_words
        .windows(2)
        .filter(|pair| pair[0].1 == "mod")
        .map(|pair| pair[1].1)
        .collect();
    let mut findings: Vec<String> = declared
        .iter()
        .filter(|m| !floors.contains_key(**m))
        .map(|m| format!("{m} has no floor"))
        .collect();
    findings.extend(
        floors
            .keys()
            .filter(|m| !declared.contains(&m.as_str()))
            .map(|m| format!("{m} is in the table and does not exist")),
    );
    judge(
        &findings,
        "Give the module its place in the table of floors at the top of src/lib.rs.",
    );
}

/// What is wrong with a module naming another one.
fn wrong_way(from: &str, to: &str, floors: &BTreeMap<String, u8>) -> Option<String> {
    let (Some(own), Some(other)) = (floors.get(from), floors.get(to)) else {
        return None;
    };
    let is_roof = Some(own) == floors.values().max();
    if from == to {
        None
    } else if is_roof && !matches!(to, "domain" | "workspace") {
        Some(format!(
            "the roof {from} names {to}; it may name domain and workspace"
        ))
    } else if other == own {
        Some(format!("{from} names {to}, which is on the same floor"))
    } else if other > own {
        Some(format!("{from} (floor {own}) names {to} (floor {other})"))
    } else {
        None
    }
}

#[test]
fn modules_import_downwards_only() {
    let all = sources();
    let floors = floors(lib(&all));
    let mut findings = Vec::new();
    for source in &all {
        let Some(from) = source.module() else {
            continue;
        };
        for (at, to) in named_modules(source, &floors) {
            findings
                .extend(wrong_way(from, to, &floors).map(|w| format!("{}: {w}", source.at(at))));
        }
    }
    judge(
        &findings,
        "Move the value that both need down into `domain`; or let the lower floor take a function or a trait that the \
         upper one passes in (as `train` takes its scores); or, for a roof, let `workspace` answer: a Command, a Query, \
         a field of the Snapshot, or a function of `workspace::tools`.",
    );
}

#[test]
fn main_names_only_the_roofs_and_the_workspace() {
    let all = sources();
    let floors = floors(lib(&all));
    let main = all.iter().find(|s| s.path == "src/main.rs").unwrap();
    let findings: Vec<String> = named_modules(main, &floors)
        .into_iter()
        .filter(|(_, name)| !matches!(*name, "cli" | "gui" | "workspace"))
        .map(|(at, name)| format!("{}: {name}", main.at(at)))
        .collect();
    judge(
        &findings,
        "main.rs is a table of contents: put the work into cli or gui.",
    );
}

#[test]
fn libraries_stay_at_home() {
    let mut findings = Vec::new();
    for source in sources().iter().filter(|s| s.is_in("src/")) {
        for (at, word) in words(&source.code) {
            for (name, homes) in HOMES {
                let is_it = match name.strip_suffix('*') {
                    Some(start) => word.starts_with(start),
                    None => word == name,
                };
                if is_it && !homes.iter().any(|home| source.is_in(home)) {
                    let homes = homes.join(" and ");
                    findings.push(format!("{}: {word} belongs to {homes}", source.at(at)));
                }
            }
            let code = &source.code;
            let is_http_type = word == "http"
                && code[at + word.len()..].starts_with("::")
                && !code[..at].ends_with("serve::");
            let is_dialog = word == "rfd" && code[at + word.len()..].starts_with("::");
            let may_speak_http =
                source.is_in("src/serve/") || source.is_in("src/interchange/server.rs");
            if is_http_type && !may_speak_http {
                findings.push(format!(
                    "{}: HTTP types belong to src/serve/ and src/interchange/server.rs",
                    source.at(at)
                ));
            }
            if is_dialog && !source.is_in("src/gui/") {
                findings.push(format!("{}: rfd belongs to src/gui/", source.at(at)));
            }
        }
    }
    judge(
        &findings,
        "Let the home of the library offer what you need in words of `domain`, and call that.",
    );
}

#[test]
fn only_the_command_line_prints() {
    let mut findings = Vec::new();
    for source in sources()
        .iter()
        .filter(|s| s.is_in("src/") && !s.is_in("src/cli/"))
    {
        for (at, word) in words(&source.code) {
            let after = &source.code[at + word.len()..];
            let prints = match word {
                "print" | "println" | "eprint" | "eprintln" | "dbg" => after.starts_with('!'),
                // With something in the brackets it is where a child process writes to.
                "stdout" | "stderr" => after.starts_with("()"),
                _ => false,
            };
            if prints {
                findings.push(format!("{}: {word}", source.at(at)));
            }
        }
    }
    judge(
        &findings,
        "Return it, warn through the Monitor, or send an Event: the command line prints, the window draws.",
    );
}

#[test]
fn colours_come_from_the_theme() {
    let mut findings = Vec::new();
    for source in sources()
        .iter()
        .filter(|s| s.is_in("src/") && !s.is_in("src/gui/theme"))
    {
        for (at, word) in words(&source.code) {
            let after = &source.code[at + word.len()..];
            if matches!(word, "Color32" | "Rgba" | "Hsva") && after.starts_with("::") {
                findings.push(format!("{}: {word}::", source.at(at)));
            }
        }
    }
    judge(
        &findings,
        "Use a token of the theme (`gui::theme`), or add one there with its light and its dark value.",
    );
}

#[test]
fn files_open_with_what_they_are_for_and_stay_short() {
    let mut findings = Vec::new();
    for source in &sources() {
        if !source.text.starts_with("//! ") {
            findings.push(format!("{} does not open with `//!`", source.path));
        }
        let n_lines = source.text.lines().count();
        if n_lines > MAX_LINES {
            findings.push(format!("{} has {n_lines} lines", source.path));
        }
    }
    judge(
        &findings,
        "Say in the first line what the file is for and what it deliberately leaves to others. A file of more than 600 \
         lines is several: move each subject into a file of its own, with tests by subject.",
    );
}

#[test]
fn names_say_what_is_inside() {
    const EMPTY_WORDS: [&str; 8] = [
        "util", "utils", "helper", "helpers", "common", "misc", "manager", "managers",
    ];
    let mut findings = Vec::new();
    for source in &sources() {
        let path = source.path.trim_end_matches(".rs");
        if let Some(part) = path.split('/').find(|part| EMPTY_WORDS.contains(part)) {
            findings.push(format!("{}: {part}", source.path));
        }
        for pair in words(&source.code).windows(2) {
            if pair[0].1 == "mod" && EMPTY_WORDS.contains(&pair[1].1) {
                findings.push(format!("{}: mod {}", source.at(pair[1].0), pair[1].1));
            }
        }
    }
    judge(
        &findings,
        "Name the module after what it knows: `fingerprint`, `quantiles`, `wording`.",
    );
}

#[test]
fn nothing_is_silenced_skipped_or_left_open() {
    let mut findings = Vec::new();
    for source in &sources() {
        for (at, word) in words(&source.code) {
            let before = source.code[..at].trim_end();
            let after = source.code[at + word.len()..].trim_start();
            let is_wrong = match word {
                "allow" => after.starts_with('('),
                "ignore" => before.ends_with('['),
                "todo" | "unimplemented" => after.starts_with('!'),
                _ => false,
            };
            if is_wrong {
                findings.push(format!("{}: {word}", source.at(at)));
            }
        }
    }
    judge(
        &findings,
        "Instead of `allow`: `#[expect(…, reason = \"…\")]`, which complains once it is not needed any more. Instead of \
         `ignore`: make the test fast, or let it say in words what it needs. Instead of `todo!`: do it.",
    );
}

// The rules themselves.

#[test]
fn a_path_upwards_is_found_however_it_is_written() {
    let floors: BTreeMap<String, u8> = [("domain", 0), ("train", 4), ("evaluate", 4), ("cli", 7)]
        .map(|(name, floor)| (name.to_owned(), floor))
        .into();
    let named = |path: &str, text: &str| -> Vec<String> {
        let source = Source::new(path, text);
        let found = named_modules(&source, &floors);
        found.into_iter().map(|(_, w)| w.to_owned()).collect()
    };
    assert_eq!(named("src/train/a.rs", "use crate::cli::X;"), ["cli"]);
    assert_eq!(
        named(
            "src/train/a.rs",
            "use crate::{domain::{Task, run}, evaluate};"
        ),
        ["domain", "evaluate"]
    );
    assert_eq!(
        named("src/train/a.rs", "use super::super::evaluate;"),
        ["evaluate"]
    );
    assert!(named("src/train/a.rs", "use super::evaluate;").is_empty());
    assert_eq!(
        named("src/train/mod.rs", "use super::evaluate;"),
        ["evaluate"]
    );
    assert!(wrong_way("train", "evaluate", &floors).is_some());
    assert!(wrong_way("train", "cli", &floors).is_some());
    assert!(wrong_way("cli", "train", &floors).is_some());
    assert!(wrong_way("cli", "domain", &floors).is_none());
}
