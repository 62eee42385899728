//! pipeline.toml: reading it with errors that name line and field, and writing it whole or not at all.

use crate::domain::Failure;
use crate::domain::pipeline::PipelineSpec;
use std::io::Write;
use std::path::Path;

/// Name of the file in a workspace.
pub const FILE: &str = "pipeline.toml";

/// Reads a pipeline.
///
/// # Errors
/// If the file is missing, is no TOML, or says something that a pipeline does not have.
pub fn read(path: &Path) -> Result<PipelineSpec, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::not_found(format!("There is no pipeline at {}", path.display()))
        }
        _ => Failure::bad_data(format!("{} cannot be read: {e}", path.display())),
    })?;
    parse(&text, path)
}

/// Parses a pipeline; `path` is named in errors.
///
/// # Errors
/// As `read`.
pub fn parse(text: &str, path: &Path) -> Result<PipelineSpec, Failure> {
    toml::from_str(text).map_err(|e| {
        let line = e
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count());
        let place = line.map_or_else(String::new, |line| format!(", line {}", line + 1));
        let failure = Failure::usage(format!("{}{place}: {}", path.display(), e.message().trim()));
        let words = line.and_then(|line| text.lines().nth(line));
        words
            .into_iter()
            .fold(failure, |failure, words| failure.detail(words.trim()))
            .hint("Mend that line; the rest of the file is not looked at before.")
    })
}

/// The pipeline as TOML.
#[must_use]
pub fn to_toml(spec: &PipelineSpec) -> String {
    toml::to_string_pretty(spec).expect("a pipeline is made of plain values")
}

/// Writes a pipeline: whole, or the old file stays.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(path: &Path, spec: &PipelineSpec) -> Result<(), Failure> {
    let unwritable = |e: std::io::Error| {
        Failure::bad_data(format!("{} cannot be written: {e}", path.display()))
            .hint("The old pipeline is untouched.")
    };
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    file.write_all(to_toml(spec).as_bytes())
        .map_err(unwritable)?;
    file.as_file().sync_all().map_err(unwritable)?;
    file.persist(path).map_err(|e| unwritable(e.error))?;
    Ok(())
}
