//! What must hold of a workspace after a crash and the run that followed.

use crate::support::{hashes, look, on};
use lockkeeper::domain::ContentHash;
use lockkeeper::domain::registry::RegistryEntry;
use lockkeeper::domain::run::{RunRecord, RunState, StepState};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a step had come to when it was reported: its kind and the hashes of its outputs.
pub type Finished = BTreeSet<String>;

/// The steps that the program said to be finished, read from its events.
pub fn finished(events: &str) -> Finished {
    let events = events
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    events
        .filter_map(|event: serde_json::Value| {
            let state = event["state"].as_str()?;
            let is_done = state == "COMPLETE" || state == "CACHED";
            is_done.then(|| event["step"].as_str().map(str::to_owned))?
        })
        .collect()
}

/// Lets a run go to its end; everything that is wrong then.
pub fn problems(root: &Path, reference: &RunRecord, finished: &Finished) -> Vec<String> {
    let said = on(root, &["run", "--threads", "2"]);
    if said.code != Some(0) {
        return vec![format!(
            "the next run ended with {:?}: {}",
            said.code, said.err
        )];
    }
    let mut problems = Vec::new();
    let snapshot = look(root);
    let Some(last) = snapshot.latest_run() else {
        return vec!["there is no run".to_owned()];
    };
    if last.state != RunState::Complete {
        problems.push(format!("the next run is {:?}", last.state));
    }
    if hashes(last) != hashes(reference) {
        problems.push("other artifacts than without a crash".to_owned());
    }
    for step in &last.steps {
        let name = step.kind.name();
        if finished.contains(name) && step.state != StepState::Cached {
            problems.push(format!("{name} was finished, and is {:?}", step.state));
        }
    }
    let all = || snapshot.runs.iter().flat_map(|run| &run.steps);
    if all().any(|step| step.state == StepState::Running) {
        problems.push("a step is still said to be running".to_owned());
    }
    let files: BTreeMap<&str, &ContentHash> = all()
        .flat_map(|step| &step.outputs)
        .map(|output| (output.uri.as_str(), &output.hash))
        .collect();
    for (uri, hash) in files {
        match std::fs::read(root.join(uri)) {
            Ok(bytes) if ContentHash::of_bytes(&bytes) == *hash => {}
            Ok(_) => problems.push(format!("{uri} is not what was recorded")),
            Err(error) => problems.push(format!("{uri}: {error}")),
        }
    }
    let is_promotion = |entry: &&RegistryEntry| entry.action == "promote";
    let n_promotions = snapshot.registry_log.iter().filter(is_promotion).count();
    let production = snapshot.production().map(|model| model.version);
    if (snapshot.models.len(), production, n_promotions) != (1, Some(1), 1) {
        let n = snapshot.models.len();
        problems.push(format!(
            "{n} models, production {production:?}, {n_promotions} promotions"
        ));
    }
    problems.extend(integrity(root));
    problems
}

/// What SQLite says of its file.
fn integrity(root: &Path) -> Option<String> {
    let database = rusqlite::Connection::open(root.join("metadata.sqlite")).ok()?;
    let check = "PRAGMA integrity_check";
    let verdict: String = database.query_row(check, [], |row| row.get(0)).ok()?;
    (verdict != "ok").then(|| format!("the database is damaged: {verdict}"))
}
