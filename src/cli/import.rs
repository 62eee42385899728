//! `lockkeeper import …`: what other programs wrote. A schema comes into force as a new version; what of the file has no
//! place in it is told on stderr. A model becomes a candidate.

use super::output::Output;
use super::{Place, person};
use crate::domain::Failure;
use crate::domain::interchange::{self, ImportedSchema};
use crate::workspace::{Command, ModelFile, interchange as files};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::path::PathBuf;

/// What to import.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// A schema of TensorFlow Data Validation (schema.pbtxt) or Frictionless (Table Schema), as a new version
    Schema(Schema),
    /// A model of another program as a candidate
    Onnx(Onnx),
}

impl Import {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        match self {
            Self::Schema(c) => c.carry_out(out),
            Self::Onnx(c) => c.carry_out(out),
        }
    }
}

/// A schema of another program as a new version of this workspace's
#[derive(Debug, Args)]
pub struct Schema {
    /// The file; its format is told by its content
    file: PathBuf,
    /// Why; recorded and shown ever after [default: imported from FILE]
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// One JSON document on stdout: format, schema, what is not carried, and message
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// A model of another program, from an ONNX file, as a candidate of the pipeline
///
/// The file is copied into the workspace, and a candidate is added to pipeline.toml. The next run scores it like any other
/// candidate; it can be chosen, pass the gate, go into production and be served. Classifiers need probabilities.
#[derive(Debug, Args)]
pub struct Onnx {
    /// The ONNX file
    file: PathBuf,
    /// Name of the candidate [default: the name of the file]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Columns of the model's inputs in their order, with commas between them [default: by the names of the inputs, or all
    /// features in the schema's order]
    #[arg(long, value_name = "LIST")]
    columns: Option<String>,
    /// The target's classes in the order of the model's probabilities [default: as the file names them]
    #[arg(long, value_name = "LIST")]
    classes: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Onnx {
    fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let workspace = self.place.open()?;
        let outcome = workspace.run(Command::ImportModel(ModelFile {
            file: self.file,
            name: self.name,
            columns: self.columns,
            classes: self.classes,
        }))?;
        out.talk(&outcome.message());
        Ok(0)
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    imported: &'a ImportedSchema,
    message: &'a str,
}

impl Schema {
    fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let mut imported = files::read(&self.file)?;
        let workspace = self.place.open()?;
        let snapshot = workspace.snapshot();
        let in_force = snapshot.schema.as_ref().ok_or_else(|| {
            Failure::not_found("This workspace has no schema yet").hint("Run the pipeline once.")
        })?;
        files::keep_unsaid(&mut imported, &in_force.schema);
        let lines = interchange::lines(&imported.not_carried);
        for line in &lines {
            out.talk(line);
        }
        let name = self.file.file_name().unwrap_or(self.file.as_os_str());
        let usual = || format!("imported from {}", name.to_string_lossy());
        let outcome = workspace.run(Command::SaveSchema {
            schema: Box::new(imported.schema.clone()),
            note: self.reason.unwrap_or_else(usual),
            who: person(),
        })?;
        if self.json {
            out.json(&Document {
                imported: &imported,
                message: &outcome.message(),
            });
        }
        out.talk(&outcome.message());
        Ok(0)
    }
}
