//! Bigger questions: rows, reports, files. Answered on the pool, remembered, and never waited for.

use crate::data::{ipc, profile, reader};
use crate::domain::anomaly::ValidationReport;
use crate::domain::comparison::Comparison;
use crate::domain::dataset::{BatchList, Finding, SplitRecord, StatisticsReport};
use crate::domain::gate::Blessing;
use crate::domain::pipeline::StatisticsParams;
use crate::domain::reading::ReadOptions;
use crate::domain::run::ArtifactRef;
use crate::domain::schema::{ColumnType, Schema};
use crate::domain::signature::ModelSignature;
use crate::domain::statistics::DatasetStatistics;
use crate::domain::training::TrainingReport;
use crate::domain::work::Quiet;
use crate::domain::{ContentHash, Failure};
use crate::model::Model;
use crate::pipeline::step::parse_json;
use crate::store::ArtifactFiles;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Query {
    /// The content of an artifact, by its type.
    Artifact {
        /// Its MLMD type.
        kind: String,
        /// Where it is.
        uri: String,
        /// Its hash.
        hash: ContentHash,
    },
    /// Some rows of a batch.
    Rows {
        /// Where the batch is.
        uri: String,
        /// Its hash.
        hash: ContentHash,
        /// First row.
        offset: usize,
        /// Number of rows.
        n_rows: usize,
    },
    /// A look at a file before it is imported.
    File {
        /// The file.
        path: PathBuf,
    },
}

impl Query {
    /// The content of this artifact.
    #[must_use]
    pub fn artifact(artifact: &ArtifactRef) -> Self {
        Self::Artifact {
            kind: artifact.kind.clone(),
            uri: artifact.uri.clone(),
            hash: artifact.hash.clone(),
        }
    }

    /// Some rows of this batch.
    #[must_use]
    pub fn rows(artifact: &ArtifactRef, offset: usize, n_rows: usize) -> Self {
        Self::Rows {
            uri: artifact.uri.clone(),
            hash: artifact.hash.clone(),
            offset,
            n_rows,
        }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// `lockkeeper.Batches`
    Batches(BatchList),
    /// `lockkeeper.Statistics`
    Statistics(StatisticsReport),
    /// `lockkeeper.Schema`
    Schema(Schema),
    /// `lockkeeper.Anomalies`
    Validation(ValidationReport),
    /// `lockkeeper.Split`
    Split(SplitRecord),
    /// `lockkeeper.Leaderboard`
    Training(TrainingReport),
    /// `lockkeeper.Evaluation`
    Comparison(Box<Comparison>),
    /// `lockkeeper.Blessing`
    Blessing(Blessing),
    /// `lockkeeper.Model`
    Model(ModelFacts),
    /// Rows of a batch.
    Rows(RowsPage),
    /// A file that was looked at.
    File(FileLook),
    /// Any other artifact, as text.
    Text(String),
}

/// What a model says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFacts {
    /// Name of the candidate.
    pub name: String,
    /// The algorithm's id.
    pub algorithm: String,
    /// Inputs and outputs.
    pub signature: ModelSignature,
    /// Size of its file.
    pub n_bytes: usize,
}

/// Some rows as text.
#[derive(Debug, Clone, PartialEq)]
pub struct RowsPage {
    /// Column names and types.
    pub columns: Vec<(String, ColumnType)>,
    /// Rows in the whole batch.
    pub n_rows: usize,
    /// Position of the first row here.
    pub offset: usize,
    /// Cells; `None` is missing.
    pub rows: Vec<Vec<Option<String>>>,
}

/// A file before it is imported.
#[derive(Debug, Clone, PartialEq)]
pub struct FileLook {
    /// What was guessed or repaired.
    pub findings: Vec<Finding>,
    /// Its statistics.
    pub statistics: DatasetStatistics,
    /// The first 100 rows.
    pub head: RowsPage,
}

/// How a question stands.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// Being worked on.
    Loading,
    /// Answered.
    Ready(Arc<Answer>),
    /// Cannot be answered.
    Failed(Failure),
}

/// Remembers answers; the newest `CAPACITY` questions.
#[derive(Default)]
pub(super) struct FetchCache {
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    known: HashMap<Query, (u64, Fetched)>,
    clock: u64,
}

const CAPACITY: usize = 256;

impl FetchCache {
    /// The answer if it is known; otherwise begins to work on it and says `Loading`.
    pub(super) fn fetch(
        self: &Arc<Self>,
        query: &Query,
        files: &ArtifactFiles,
        pool: &rayon::ThreadPool,
        wake: impl FnOnce() + Send + 'static,
    ) -> Fetched {
        let Ok(mut entries) = self.entries.lock() else {
            return Fetched::Failed(Failure::internal("the cache of answers broke"));
        };
        entries.clock += 1;
        let now = entries.clock;
        if let Some((used, fetched)) = entries.known.get_mut(query) {
            *used = now;
            return fetched.clone();
        }
        if entries.known.len() >= CAPACITY {
            let oldest = entries
                .known
                .iter()
                .min_by_key(|(_, (used, _))| *used)
                .map(|(q, _)| q.clone());
            if let Some(oldest) = oldest {
                entries.known.remove(&oldest);
            }
        }
        entries.known.insert(query.clone(), (now, Fetched::Loading));
        drop(entries);
        let (cache, query, files) = (Arc::clone(self), query.clone(), files.clone());
        pool.spawn(move || {
            let answered = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                answer(&query, &files)
            })) {
                Ok(Ok(answer)) => Fetched::Ready(Arc::new(answer)),
                Ok(Err(failure)) => Fetched::Failed(failure),
                Err(_) => Fetched::Failed(Failure::internal(
                    "reading broke; this is a bug in Lockkeeper",
                )),
            };
            if let Ok(mut entries) = cache.entries.lock() {
                let now = entries.clock;
                entries.known.insert(query, (now, answered));
            }
            wake();
        });
        Fetched::Loading
    }

    /// Forgets what failed and what was read from outside, so that it is asked again.
    pub(super) fn forget_failures(&self) {
        if let Ok(mut entries) = self.entries.lock() {
            entries.known.retain(|q, (_, f)| {
                !matches!(f, Fetched::Failed(_)) && !matches!(q, Query::File { .. })
            });
        }
    }
}

/// Looks at a file without a workspace: on a thread of its own, remembered for the life of the program.
#[must_use]
pub fn look_at_file(query: &Query) -> Fetched {
    static LOOKS: std::sync::OnceLock<Mutex<HashMap<Query, Fetched>>> = std::sync::OnceLock::new();
    let Query::File { path } = query else {
        return Fetched::Failed(Failure::not_found("No workspace is open"));
    };
    let looks = LOOKS.get_or_init(Mutex::default);
    let Ok(mut known) = looks.lock() else {
        return Fetched::Failed(Failure::internal("the cache of answers broke"));
    };
    if let Some(fetched) = known.get(query) {
        return fetched.clone();
    }
    known.insert(query.clone(), Fetched::Loading);
    let (query, path) = (query.clone(), path.clone());
    std::thread::spawn(move || {
        let fetched = match look(&path) {
            Ok(answer) => Fetched::Ready(Arc::new(answer)),
            Err(failure) => Fetched::Failed(failure),
        };
        if let Ok(mut known) = looks.lock() {
            known.insert(query, fetched);
        }
    });
    Fetched::Loading
}

fn look(path: &std::path::Path) -> Result<Answer, Failure> {
    let read = reader::read_file(path, &ReadOptions::default(), &Quiet)?;
    Ok(Answer::File(FileLook {
        statistics: profile::profile(&read.table, &StatisticsParams::default()),
        head: page(&read.table, 0, 100),
        findings: read.findings,
    }))
}

/// Answers a question on this thread.
///
/// # Errors
/// If a file is missing, altered or cannot be read.
pub fn answer(query: &Query, files: &ArtifactFiles) -> Result<Answer, Failure> {
    match query {
        Query::Artifact { kind, hash, .. } => decode(kind, &files.read(hash)?),
        Query::Rows {
            hash,
            offset,
            n_rows,
            ..
        } => {
            let table = ipc::read(&files.read(hash)?)?;
            Ok(Answer::Rows(page(&table, *offset, *n_rows)))
        }
        Query::File { path } => look(path),
    }
}

fn decode(kind: &str, bytes: &[u8]) -> Result<Answer, Failure> {
    Ok(match kind {
        "lockkeeper.Batches" => Answer::Batches(parse_json(bytes, "batches")?),
        "lockkeeper.Statistics" => Answer::Statistics(parse_json(bytes, "statistics")?),
        "lockkeeper.Schema" => Answer::Schema(parse_json(bytes, "schema")?),
        "lockkeeper.Anomalies" => Answer::Validation(parse_json(bytes, "validation")?),
        "lockkeeper.Split" => Answer::Split(parse_json(bytes, "split")?),
        "lockkeeper.Leaderboard" => Answer::Training(parse_json(bytes, "leaderboard")?),
        "lockkeeper.Evaluation" => Answer::Comparison(parse_json(bytes, "evaluation")?),
        "lockkeeper.Blessing" => Answer::Blessing(parse_json(bytes, "blessing")?),
        "lockkeeper.Model" => {
            let model = Model::from_bytes(bytes)?;
            Answer::Model(ModelFacts {
                name: model.name.clone(),
                algorithm: model.algorithm.clone(),
                signature: model.signature.clone(),
                n_bytes: bytes.len(),
            })
        }
        _ => Answer::Text(String::from_utf8_lossy(bytes).into_owned()),
    })
}

fn page(table: &crate::data::Table, offset: usize, n_rows: usize) -> RowsPage {
    let columns = table
        .names()
        .into_iter()
        .enumerate()
        .map(|(i, name)| (name, table.column_type(i)))
        .collect();
    let last = table.n_rows().min(offset.saturating_add(n_rows));
    let rows = (offset.min(last)..last)
        .map(|row| {
            (0..table.n_columns())
                .map(|column| table.text(row, column))
                .collect()
        })
        .collect();
    RowsPage {
        columns,
        n_rows: table.n_rows(),
        offset,
        rows,
    }
}
