//! Puts a new version of the schema in force.

use super::{Engine, Failure, Outcome};
use crate::domain::schema::{Role, Schema};
use crate::store::NewArtifact;

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
