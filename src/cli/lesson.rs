//! `lockkeeper lesson list`, `lesson check`: how far the lessons of a workspace are, by its records.

use super::Place;
use super::output::{Colour, Output};
use crate::domain::Failure;
use clap::Subcommand;

/// The lessons and how far one is
#[derive(Debug, Subcommand)]
pub enum Lesson {
    /// List the lessons of the workspace
    List {
        #[command(flatten)]
        place: Place,
        /// One JSON document on stdout
        #[arg(long)]
        json: bool,
    },
    /// Check a lesson's steps by the records
    Check {
        /// The lesson [default: the first]
        id: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

impl Lesson {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        match self {
            Self::List { place, json } => {
                let snapshot = place.look()?.snapshot();
                if json {
                    out.json(&snapshot.lessons);
                    return Ok(0);
                }
                for lesson in &snapshot.lessons {
                    let done = lesson.steps.iter().filter(|s| s.done).count();
                    out.data(&format!(
                        "{}  {} ({done}/{})",
                        lesson.id,
                        lesson.title,
                        lesson.steps.len()
                    ));
                }
                if snapshot.lessons.is_empty() {
                    out.talk("This workspace has no lesson. `lockkeeper init DIR --sample nyc-flights` makes one that has.");
                }
                Ok(0)
            }
            Self::Check { id, place } => {
                let snapshot = place.look()?.snapshot();
                let lesson = match &id {
                    None => snapshot.lessons.first(),
                    Some(id) => snapshot.lessons.iter().find(|l| &l.id == id),
                };
                let lesson = lesson.ok_or_else(|| {
                    Failure::not_found(id.map_or_else(
                        || "This workspace has no lesson".to_owned(),
                        |id| format!("There is no lesson {id:?} in this workspace"),
                    ))
                })?;
                out.data(&format!("{}: {}", lesson.title, lesson.summary));
                for (i, step) in lesson.steps.iter().enumerate() {
                    let mark = if step.done {
                        out.paint("done", Colour::Green)
                    } else {
                        out.paint("    ", Colour::Grey)
                    };
                    out.data(&format!("{mark} {}. {}", i + 1, step.title));
                    match &step.finding {
                        Some(finding) => out.data(&format!("        {finding}")),
                        None => out.data(&format!("        {}", step.text)),
                    }
                }
                Ok(0)
            }
        }
    }
}
