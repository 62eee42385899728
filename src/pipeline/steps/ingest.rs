//! Reads the batches: every file becomes a table of its own, in the order given, so that adding a batch leaves the
//! others as they are. Judging the data is left to the data gate.

use super::json_of;
use crate::data::{files, ipc, memory, reader};
use crate::domain::algorithm::Problem;
use crate::domain::dataset::{Batch, BatchList};
use crate::domain::pipeline::IngestParams;
use crate::domain::run::StepKind;
use crate::domain::{ContentHash, Failure, Scalar};
use crate::pipeline::step::{InPort, SourceFile, Step, StepContext, StepOutput, StepResult};
use std::path::Path;

pub(super) struct Ingest(pub(super) IngestParams);

/// The files of the step, with their hashes.
pub(super) fn sources(params: &IngestParams, root: &Path) -> Result<Vec<SourceFile>, Failure> {
    let mut sources: Vec<SourceFile> = Vec::new();
    for path in files::expand(&params.files, root)? {
        let name = path
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let hash = hash_of(&path)?;
        if let Some(twin) = sources.iter().find(|s| s.hash == hash) {
            return Err(Failure::bad_data(format!(
                "{name} and {} have the same content",
                twin.name
            ))
            .hint("Take one of them out of steps.ingest.files: its rows would count twice."));
        }
        sources.push(SourceFile { path, name, hash });
    }
    Ok(sources)
}

/// The hash of a file's bytes.
pub(super) fn hash_of(path: &Path) -> Result<ContentHash, Failure> {
    let unreadable = |e| Failure::bad_data(format!("{} cannot be read: {e}", path.display()));
    files::content_hash(path).map_err(unreadable)
}

impl Step for Ingest {
    fn kind(&self) -> StepKind {
        StepKind::Ingest
    }

    fn version(&self) -> u32 {
        3
    }

    fn inputs(&self) -> &'static [InPort] {
        &[]
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["examples", "batches"]
    }

    /// The files count by name and content (see `cache_key`), not by where they are; how they are read counts.
    fn params(&self) -> serde_json::Value {
        json_of(&serde_json::json!({ "read": self.0.read }))
    }

    fn check(&self) -> Vec<Problem> {
        if self.0.files.is_empty() {
            vec![Problem::new(
                "steps.ingest.files",
                "must name at least one file or folder",
            )]
        } else {
            Vec::new()
        }
    }

    fn run(&self, context: &StepContext<'_>) -> Result<StepResult, Failure> {
        let mut outputs = Vec::new();
        let mut batches = Vec::new();
        let total = context.sources.len() as u64;
        for (i, source) in context.sources.iter().enumerate() {
            context.check_stop()?;
            context.monitor.progress(i as u64, total, &source.name);
            context.monitor.unit_begins(&source.name, &source.name);
            let read = reader::read_file(&source.path, &self.0.read, context.monitor)?;
            if hash_of(&source.path)? != source.hash {
                return Err(Failure::conflict(format!(
                    "{} changed while it was read",
                    source.name
                ))
                .hint("Run again when it is whole."));
            }
            // The rows are put in order, and then into bytes.
            memory::ensure(2 * read.table.batch().get_array_memory_size() as u64)?;
            let bytes = ipc::write(&read.table);
            context.monitor.unit_ends(&source.name);
            let (n_rows, n_columns) = (read.table.n_rows() as u64, read.table.n_columns() as u64);
            batches.push(Batch {
                name: source.name.clone(),
                hash: ContentHash::of_bytes(&bytes),
                n_rows,
                n_columns,
                findings: read.findings,
            });
            outputs.push(StepOutput {
                port: "examples",
                kind: "lockkeeper.Examples",
                name: source.name.clone(),
                bytes,
                properties: vec![("n_rows".to_owned(), Scalar::Int(n_rows as i64))],
            });
        }
        let n_rows: u64 = batches.iter().map(|b| b.n_rows).sum();
        let message = match batches.len() {
            1 => format!("{n_rows} rows of {}", batches[0].name),
            n => format!("{n_rows} rows in {n} batches"),
        };
        outputs.push(StepOutput::json(
            "batches",
            "lockkeeper.Batches",
            "batches",
            &BatchList { batches },
        ));
        Ok(StepResult {
            outputs,
            effects: Vec::new(),
            message,
        })
    }
}
