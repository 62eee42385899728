//! Puts a new version of the schema in force.

use super::{Engine, Failure, Outcome};
use crate::domain::schema::{Role, Schema};
use crate::store::NewArtifact;
use crate::validate::expectations;

pub(super) fn save_schema(
    engine: &mut Engine,
    schema: &Schema,
    note: &str,
    who: &str,
) -> Result<Outcome, Failure> {
    let targets = schema
        .columns
        .iter()
        .filter(|c| c.role == Role::Target)
        .count();
    if targets != 1 {
        return Err(Failure::usage(format!(
            "A schema needs one target column, this one has {targets}"
        )));
    }
    if schema.inputs().next().is_none() {
        return Err(Failure::usage("A schema needs at least one feature"));
    }
    let problems = expectations::problems(schema);
    if !problems.is_empty() {
        let mut failure = Failure::usage("The schema has expectations that cannot be checked");
        failure.details = problems
            .iter()
            .map(|p| format!("{}: {}", p.field, p.message))
            .collect();
        return Err(failure.hint("Correct them, or take them out, and save again."));
    }
    let bytes = serde_json::to_vec(schema).map_err(|e| Failure::internal(e.to_string()))?;
    let store = &engine.parts.store;
    let file = store.files().put_bytes(&bytes)?;
    let artifact = store.put_artifact(&NewArtifact {
        port: "schema".to_owned(),
        kind: "lockkeeper.Schema".to_owned(),
        file,
        name: "schema".to_owned(),
        properties: Vec::new(),
    })?;
    let version = store.put_schema_version(artifact.id, note, who)?;
    Ok(Outcome::Done {
        message: format!("Schema v{version} is in force"),
    })
}
