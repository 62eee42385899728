//! Writes a tag, a note or a pin to a run; gives an interrupted one up.

use super::{Engine, Failure, Outcome};
use crate::domain::ids::RunId;
use crate::workspace::command::RunWriting;

/// Longest name of a tag, in characters.
const MAX_NAME: usize = 60;

pub(super) fn write_to_run(
    engine: &mut Engine,
    run: RunId,
    written: &RunWriting,
) -> Result<Outcome, Failure> {
    let store = &engine.parts.store;
    let message = match written {
        RunWriting::Tag { name, value } => {
            let name = name.trim();
            if name.is_empty() || name.chars().count() > MAX_NAME {
                let text = format!("A tag's name has 1 to {MAX_NAME} characters");
                return Err(Failure::usage(text));
            }
            store.tag_run(run, name, value.trim())?;
            match value.trim() {
                "" => format!("run {run} has no tag {name} any more"),
                value => format!("run {run} has the tag {name} = {value}"),
            }
        }
        RunWriting::Note(text) => {
            store.note_run(run, text.trim())?;
            format!("the note of run {run} is kept")
        }
        RunWriting::Pin(is_pinned) => {
            store.pin_run(run, *is_pinned)?;
            let verb = if *is_pinned {
                "is pinned"
            } else {
                "is not pinned any more"
            };
            format!("run {run} {verb}")
        }
    };
    engine.ledger.forget();
    Ok(Outcome::Done { message })
}

pub(super) fn discard(engine: &mut Engine, run: RunId) -> Result<Outcome, Failure> {
    engine.parts.store.discard_run(run)?;
    engine.ledger.forget();
    Ok(Outcome::Done {
        message: format!("run {run} is given up; the next one begins anew"),
    })
}
