//! Adds a file as the newest batch.

use super::{Engine, Failure, Outcome, read_spec};
use crate::data::files;
use crate::domain::reading::ReadOptions;
use crate::pipeline::spec_file;
use std::path::Path;

pub(super) fn add_data(
    engine: &mut Engine,
    file: &Path,
    read: Option<&ReadOptions>,
) -> Result<Outcome, Failure> {
    let root = engine.parts.root.clone();
    let mut spec = read_spec(&root)?;
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    if !file.exists() {
        return Err(Failure::not_found(format!(
            "There is no file {}",
            file.display()
        )));
    }
    let known = files::expand(&spec.steps.ingest.files, &root).unwrap_or_default();
    if known.contains(&file) {
        return Err(Failure::conflict(format!(
            "{} is a batch of this pipeline already",
            file.display()
        )));
    }
    let entry = file.strip_prefix(&root).unwrap_or(&file);
    spec.steps
        .ingest
        .files
        .push(entry.to_string_lossy().into_owned());
    if let Some(read) = read {
        spec.steps.ingest.read = read.clone();
    }
    spec_file::write(&root.join(spec_file::FILE), &spec)?;
    Ok(Outcome::Done {
        message: format!(
            "{} is the newest batch; run the pipeline to use it",
            file.file_name().unwrap_or(file.as_os_str()).display()
        ),
    })
}
