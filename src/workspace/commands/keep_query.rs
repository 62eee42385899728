//! Keeps a statement over the records in lockkeeper.toml.

use super::{Engine, Failure, Outcome};
use crate::workspace::settings;
use crate::workspace::tools::write_whole;

pub(super) fn keep_query(engine: &mut Engine, name: &str, text: &str) -> Result<Outcome, Failure> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Failure::usage("A statement is kept under a name"));
    }
    let mut changed = engine.parts.settings.clone();
    let message = if text.trim().is_empty() {
        changed.queries.remove(name);
        format!("{name} is forgotten")
    } else {
        changed.queries.insert(name.to_owned(), text.to_owned());
        format!("{name} is kept in {}", settings::FILE)
    };
    let path = engine.parts.root.join(settings::FILE);
    write_whole(&path, changed.to_toml().as_bytes())?;
    engine.parts.settings = changed;
    Ok(Outcome::Done { message })
}
