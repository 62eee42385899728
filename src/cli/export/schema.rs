//! `lockkeeper export schema`: the schema in force in another program's format. What the format cannot say is told on
//! stderr.

use crate::cli::Place;
use crate::cli::output::Output;
use crate::domain::Failure;
use crate::domain::interchange::{self, SchemaFormat};
use crate::workspace::{interchange as files, tools};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The schema in force in another program's format
#[derive(Debug, Args)]
pub struct Schema {
    /// The format [default: by the name of the file, else tfdv]
    #[arg(long, value_name = "NAME")]
    format: Option<Format>,
    /// The file to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// One JSON document on stdout: format, text and what is not carried
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// The formats by their names on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// TensorFlow Data Validation's schema.pbtxt
    Tfdv,
    /// Frictionless Table Schema, JSON
    Frictionless,
}

impl From<Format> for SchemaFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Tfdv => Self::Tfdv,
            Format::Frictionless => Self::Frictionless,
        }
    }
}

impl Schema {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let workspace = self.place.look()?;
        let snapshot = workspace.snapshot();
        let in_force = snapshot.schema.as_ref().ok_or_else(|| {
            Failure::not_found("This workspace has no schema yet").hint("Run the pipeline once.")
        })?;
        let by_name = self.to.as_deref().and_then(files::format_of_name);
        let format = self.format.map(SchemaFormat::from).or(by_name);
        let exported = files::export(&in_force.schema, format.unwrap_or(SchemaFormat::Tfdv));
        if let Some(path) = &self.to {
            tools::write_whole(path, exported.text.as_bytes())?;
        }
        match &self.to {
            _ if self.json => out.json(&exported),
            Some(_) => {}
            None => out.raw(&exported.text),
        }
        for line in interchange::lines(&exported.not_carried) {
            out.talk(&line);
        }
        if let Some(path) = &self.to {
            let version = in_force.version;
            out.talk(&format!(
                "wrote schema version {version} for {} to {}",
                exported.format.title(),
                path.display()
            ));
        }
        Ok(0)
    }
}
