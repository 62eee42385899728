//! Whether a step has to run at all. Pure: everything it needs to know is handed in.

use super::step::{SourceFile, Step};
use crate::domain::ContentHash;
use crate::domain::ids::ExecutionId;
use crate::domain::run::ArtifactRef;
use serde_json::json;
use std::collections::BTreeMap;

/// What is to be done with a step whose inputs are known.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// It has to run; when it is complete, its outputs are found under this key.
    Run {
        /// The cache key.
        key: ContentHash,
    },
    /// These outputs are what it would give.
    Cached {
        /// The execution that gave them, where there is one.
        from: Option<ExecutionId>,
        /// The outputs.
        outputs: Vec<ArtifactRef>,
    },
    /// It must not run.
    Cancel {
        /// Why.
        reason: String,
    },
}

/// The cache key: kind, version, canonical parameters with the seed, content hashes of the inputs by port and order.
/// No clock, no thread count, no path. Names of source files count, because they name the batches in the reports.
#[must_use]
pub fn cache_key(
    step: &dyn Step,
    seed: u64,
    inputs: &BTreeMap<String, Vec<ArtifactRef>>,
    sources: &[SourceFile],
) -> ContentHash {
    let inputs: BTreeMap<&str, Vec<&str>> = inputs
        .iter()
        .map(|(port, artifacts)| {
            (
                port.as_str(),
                artifacts.iter().map(|a| a.hash.as_str()).collect(),
            )
        })
        .collect();
    let sources: Vec<_> = sources.iter().map(|s| json!([s.name, s.hash])).collect();
    ContentHash::of_json(&json!({
        "kind": step.kind().name(),
        "version": step.version(),
        "params": step.params(),
        "seed": seed,
        "inputs": inputs,
        "sources": sources,
    }))
}

/// What the registry and the schema versions say about a step, beyond its cache key.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Standing {
    /// The product of the step is in force already (the schema of the workspace, the model in production).
    pub in_force: Option<Vec<ArtifactRef>>,
    /// A person has undone what the step would do.
    pub undone: Option<String>,
}

/// Decides about one step.
///
/// `found` is the newest complete execution with this key whose files are all there, `effect_holds` whether what the
/// step changes outside its artifacts is still so.
#[must_use]
pub fn decide(
    key: ContentHash,
    standing: Standing,
    found: Option<(ExecutionId, Vec<ArtifactRef>)>,
    effect_holds: bool,
) -> Decision {
    if let Some(reason) = standing.undone {
        return Decision::Cancel { reason };
    }
    if let Some(outputs) = standing.in_force {
        return Decision::Cached {
            from: found.map(|(id, _)| id),
            outputs,
        };
    }
    match found {
        Some((id, outputs)) if effect_holds => Decision::Cached {
            from: Some(id),
            outputs,
        },
        _ => Decision::Run { key },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ContentHash {
        ContentHash::of_bytes(b"key")
    }

    #[test]
    fn a_found_execution_is_used_only_while_its_effect_holds() {
        let found = Some((ExecutionId(7), Vec::new()));
        let cached = decide(key(), Standing::default(), found.clone(), true);
        assert!(matches!(
            cached,
            Decision::Cached {
                from: Some(ExecutionId(7)),
                ..
            }
        ));
        assert_eq!(
            decide(key(), Standing::default(), found, false),
            Decision::Run { key: key() }
        );
        assert_eq!(
            decide(key(), Standing::default(), None, true),
            Decision::Run { key: key() }
        );
    }

    #[test]
    fn what_a_person_undid_is_not_done_again() {
        let standing = Standing {
            in_force: None,
            undone: Some("rolled back".to_owned()),
        };
        let decision = decide(key(), standing, Some((ExecutionId(1), Vec::new())), true);
        assert_eq!(
            decision,
            Decision::Cancel {
                reason: "rolled back".to_owned()
            }
        );
    }

    #[test]
    fn what_is_in_force_needs_no_execution() {
        let standing = Standing {
            in_force: Some(Vec::new()),
            undone: None,
        };
        assert_eq!(
            decide(key(), standing, None, true),
            Decision::Cached {
                from: None,
                outputs: Vec::new()
            }
        );
    }
}
