//! `lockkeeper import …`: what other programs have written.

use super::Place;
use super::output::Output;
use crate::domain::Failure;
use crate::workspace::{Command, schemas};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to import.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// A schema: TensorFlow Data Validation's schema.pbtxt, a Frictionless Table Schema, or one of Lockkeeper
    Schema(Schema),
}

/// Put a schema in force that stands in a file
#[derive(Debug, Args)]
pub struct Schema {
    /// The file
    file: PathBuf,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Import {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let Self::Schema(import) = self;
        let workspace = import.place.open()?;
        let snapshot = workspace.snapshot();
        let in_force = snapshot.schema.as_ref().map(|s| &s.schema);
        let carried = schemas::import(&import.file, in_force)?;
        for note in &carried.notes {
            out.talk(&format!("note: {note}"));
        }
        let from = format!("Imported from {}", import.file.display());
        let outcome = workspace.run(Command::SaveSchema {
            schema: Box::new(carried.value),
            note: import.note.unwrap_or(from),
            who: super::models::person(),
        })?;
        out.talk(&outcome.message());
        Ok(0)
    }
}
