//! `lockkeeper export schema`: the schema in force, as other programs keep it.

use crate::cli::Place;
use crate::cli::output::Output;
use crate::domain::Failure;
use crate::workspace::schemas::{self, SchemaFormat};
use crate::workspace::tools;
use clap::Args;
use std::path::PathBuf;

/// The schema in force, for TensorFlow Data Validation or as a Frictionless Table Schema
#[derive(Debug, Args)]
pub struct Schema {
    /// The format: tfdv (schema.pbtxt) or frictionless (Table Schema, JSON)
    #[arg(long, value_name = "NAME", default_value = "tfdv", value_parser = ["tfdv", "frictionless"])]
    format: String,
    /// The file to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Schema {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let format = match self.format.as_str() {
            "frictionless" => SchemaFormat::Frictionless,
            _ => SchemaFormat::Tfdv,
        };
        let carried = schemas::export(&self.place.look()?, format)?;
        match &self.out {
            Some(path) => {
                tools::write_whole(path, carried.value.as_bytes())?;
                out.talk(&format!("wrote {}", path.display()));
            }
            None => out.raw(&carried.value),
        }
        for note in &carried.notes {
            out.talk(&format!("note: {note}"));
        }
        Ok(0)
    }
}
