//! Takes a model of another program over: copies the file into the workspace, under a name with the hash of its content,
//! and adds a candidate to pipeline.toml. Whether it fits to columns and classes shows when the pipeline runs.

use super::{Engine, Failure, Outcome, plan_of, read_spec};
use crate::domain::pipeline::Candidate;
use crate::domain::{ContentHash, Scalar};
use crate::pipeline::spec_file;
use crate::train::IMPORTED;
use crate::workspace::command::ModelFile;
use crate::workspace::tools::{onnx_summary, write_whole};

/// The folder of imported models in a workspace.
const FOLDER: &str = "models";

pub(super) fn import_model(engine: &mut Engine, wanted: &ModelFile) -> Result<Outcome, Failure> {
    let root = engine.parts.root.clone();
    let mut spec = read_spec(&root)?;
    let unreadable =
        |e| Failure::bad_data(format!("{} cannot be read: {e}", wanted.file.display()));
    let bytes = std::fs::read(&wanted.file).map_err(unreadable)?;
    let summary = onnx_summary(&bytes)?;
    let stem = wanted
        .file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let name = wanted.name.clone().unwrap_or_else(|| stem.into_owned());
    if name.trim().is_empty() {
        return Err(Failure::usage("The candidate needs a name"));
    }
    let hash = ContentHash::of_bytes(&bytes);
    let file = format!("{FOLDER}/{}-{}.onnx", plain(&name), hash.short());
    let mut candidate = Candidate {
        name: name.clone(),
        ..Candidate::of(IMPORTED)
    }
    .with("file", file.as_str());
    for (param, text) in [("columns", &wanted.columns), ("classes", &wanted.classes)] {
        if let Some(text) = text {
            candidate
                .params
                .insert(param.to_owned(), Scalar::Text(text.clone()));
        }
    }
    let candidates = &mut spec.steps.train.candidates;
    let verb = match candidates.iter_mut().find(|c| c.name == name) {
        Some(known) if known.algorithm == IMPORTED => {
            *known = candidate;
            "has a new file"
        }
        Some(_) => {
            return Err(
                Failure::conflict(format!("{name} is the name of another candidate"))
                    .hint("Give the imported model a name of its own."),
            );
        }
        None => {
            candidates.push(candidate);
            "is a candidate now"
        }
    };
    plan_of(&spec)?;
    let folder = root.join(FOLDER);
    std::fs::create_dir_all(&folder)
        .map_err(|e| Failure::bad_data(format!("{} cannot be made: {e}", folder.display())))?;
    write_whole(&root.join(&file), &bytes)?;
    spec_file::write(&root.join(spec_file::FILE), &spec)?;
    Ok(Outcome::Done {
        message: format!("{name} {verb} ({summary}); run the pipeline to score it"),
    })
}

/// A name that every file system takes.
fn plain(name: &str) -> String {
    let safe = |c: char| {
        if c.is_alphanumeric() || matches!(c, '-' | '_') {
            c
        } else {
            '_'
        }
    };
    name.chars().take(60).map(safe).collect()
}
