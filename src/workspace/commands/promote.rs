//! Puts a version into production by hand, or brings the one before back.

use super::{Engine, Failure, Outcome, read_spec};
use crate::domain::registry::{ModelVersion, PRODUCTION};

pub(super) fn promote(
    engine: &mut Engine,
    version: u32,
    reason: &str,
    who: &str,
) -> Result<Outcome, Failure> {
    if reason.trim().is_empty() {
        return Err(Failure::usage(
            "A promotion by hand needs a reason: it is shown ever after",
        ));
    }
    let name = read_spec(&engine.parts.root)?.name;
    let current = engine.parts.store.production(&name)?;
    if current.as_ref().is_some_and(|c| c.version == version) {
        return Err(Failure::conflict(format!(
            "v{version} is in production already"
        )));
    }
    point(engine, &name, version, reason, who)
}

pub(super) fn rollback(engine: &mut Engine, reason: &str, who: &str) -> Result<Outcome, Failure> {
    let name = read_spec(&engine.parts.root)?.name;
    let current = engine.parts.store.production(&name)?.ok_or_else(|| {
        Failure::not_found("No model is in production, so there is nothing to roll back")
    })?;
    let previous = before(engine, &current)?.ok_or_else(|| {
        Failure::not_found(format!(
            "v{} is the first model that was in production: there is none to go back to",
            current.version
        ))
    })?;
    let reason = if reason.trim().is_empty() {
        "rolled back"
    } else {
        reason
    };
    point(engine, &name, previous, reason, who)
}

/// The version that `current` replaced when it came into production.
fn before(engine: &Engine, current: &ModelVersion) -> Result<Option<u32>, Failure> {
    let log = engine.parts.store.registry_log()?;
    let newest = log
        .iter()
        .rev()
        .find(|e| e.action == "promote" && e.version == current.version && e.previous.is_some());
    Ok(newest.and_then(|e| e.previous).or(current.replaced))
}

fn point(
    engine: &mut Engine,
    name: &str,
    version: u32,
    reason: &str,
    who: &str,
) -> Result<Outcome, Failure> {
    let store = &engine.parts.store;
    store
        .model(name, version)
        .map_err(|e| Failure::from(e).hint("`lockkeeper models` lists the versions."))?;
    let previous = store.set_alias(name, PRODUCTION, version, who, reason)?;
    let model = store.model(name, version)?;
    engine.refresh_service();
    Ok(Outcome::Promoted {
        model: Box::new(model),
        previous,
    })
}
