//! Bigger questions: rows, reports, files. Answered on the pool, remembered, and never waited for.

use super::comparing::{CompareAnswer, CompareQuery};
use super::explain::{ExplainAnswer, ExplainQuery};
use super::newest::Newest;
use super::records::{self, RecordAnswer, RecordQuery};
use super::relation::{self, RelationAnswer, RelationQuery, TableCache};
use crate::data::ipc;
use crate::domain::anomaly::ValidationReport;
use crate::domain::comparison::Comparison;
use crate::domain::dataset::{BatchList, Finding, SplitRecord, StatisticsReport};
use crate::domain::gate::Blessing;
use crate::domain::interchange::ImportedSchema;
use crate::domain::reading::ReadOptions;
use crate::domain::row_view::{RowCondition, RowView};
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

use super::looks;
use super::row_pages::{self, RowPages, ViewPage};

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
    /// Some rows of a batch, filtered and sorted.
    View {
        /// Its hash.
        hash: ContentHash,
        /// Which rows, in which order.
        view: Arc<RowView>,
        /// Place of the first row in the view.
        offset: usize,
        /// Number of rows.
        n_rows: usize,
    },
    /// How many rows of a batch meet conditions, each set of them by itself.
    Counts {
        /// Its hash.
        hash: ContentHash,
        /// Sets of conditions.
        sets: Arc<Vec<Vec<RowCondition>>>,
    },
    /// A look at the beginning of a file before it is imported.
    Head {
        /// The file.
        path: PathBuf,
        /// How it is to be read.
        options: Arc<ReadOptions>,
    },
    /// A look at a whole file before it is imported.
    File {
        /// The file.
        path: PathBuf,
        /// How it is to be read.
        options: Arc<ReadOptions>,
    },
    /// A schema in a file of another program.
    SchemaFile {
        /// The file.
        path: PathBuf,
        /// Counts the times that it was asked for: the file may have changed.
        time: u64,
    },
    /// How columns relate.
    Relation(RelationQuery),
    /// What a model goes by.
    Explain(ExplainQuery),
    /// How two models compare.
    Compare(CompareQuery),
    /// What the metadata database knows.
    Records(RecordQuery),
}

impl Query {
    /// Some rows of this batch, filtered and sorted.
    #[must_use]
    pub fn view(artifact: &ArtifactRef, view: &Arc<RowView>, offset: usize, n_rows: usize) -> Self {
        Self::View {
            hash: artifact.hash.clone(),
            view: Arc::clone(view),
            offset,
            n_rows,
        }
    }

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
    /// Rows of a view.
    View(ViewPage),
    /// Rows that meet each set of conditions.
    Counts(Vec<u64>),
    /// The beginning of a file.
    Head(Box<FileHead>),
    /// A file that was looked at.
    File(Box<FileLook>),
    /// A schema of another program.
    Imported(Box<ImportedSchema>),
    /// How columns relate.
    Relation(Box<RelationAnswer>),
    /// What a model goes by.
    Explained(Box<ExplainAnswer>),
    /// How two models compare.
    Compared(Box<CompareAnswer>),
    /// What the metadata database knows.
    Records(Box<RecordAnswer>),
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
    /// How it was read: what was given and what was guessed.
    pub understood: ReadOptions,
}

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileHead {
    /// What was guessed or repaired so far.
    pub findings: Vec<Finding>,
    /// Statistics of the rows that were read.
    pub statistics: DatasetStatistics,
    /// The first 100 rows.
    pub head: RowsPage,
    /// How it was read: what was given and what was guessed.
    pub understood: ReadOptions,
    /// Size of the whole file, in bytes.
    pub n_bytes: u64,
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
    pages: RowPages,
    tables: TableCache,
    explained: Newest<ExplainQuery>,
    compared: Newest<CompareQuery>,
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
        if let Query::View { hash, view, .. } = query {
            self.pages.want(hash, view);
        }
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
        match query {
            Query::Explain(asked) => self.explained.want(asked),
            Query::Compare(asked) => self.compared.want(asked),
            _ => {}
        }
        // Rows are put in order by all cores. While a thread of a pool waits for its part of that, it would begin other
        // questions of the pool, perhaps one that waits for the very same order; so these have threads of their own.
        // What a model goes by, and how two compare, takes all cores too, and long.
        let has_own_thread = matches!(
            query,
            Query::View { .. }
                | Query::Rows { .. }
                | Query::Counts { .. }
                | Query::Explain(_)
                | Query::Compare(_)
                | Query::Records(_)
        );
        let (cache, query, files) = (Arc::clone(self), query.clone(), files.clone());
        let work = move || {
            cache.work(query, &files);
            wake();
        };
        if has_own_thread {
            std::thread::spawn(work);
        } else {
            pool.spawn(work);
        }
        Fetched::Loading
    }

    /// Answers a question and remembers the answer.
    fn work(&self, query: Query, files: &ArtifactFiles) {
        let answered = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.answer(&query, files)
        })) {
            Ok(Ok(answer)) => Fetched::Ready(Arc::new(answer)),
            Ok(Err(failure)) => Fetched::Failed(failure),
            Err(_) => Fetched::Failed(Failure::internal(
                "reading broke; this is a bug in Lockkeeper",
            )),
        };
        let Ok(mut entries) = self.entries.lock() else {
            return;
        };
        let now = entries.clock;
        // What was given up for a newer request is forgotten, and asked again if it is wanted once more.
        let is_given_up = match (&answered, &query) {
            (Fetched::Failed(why), Query::Explain(asked)) => self.explained.is_given_up(asked, why),
            (Fetched::Failed(why), Query::Compare(asked)) => self.compared.is_given_up(asked, why),
            (Fetched::Failed(why), _) => row_pages::is_given_up(why),
            _ => false,
        };
        if is_given_up {
            entries.known.remove(&query);
        } else {
            entries.known.insert(query, (now, answered));
        }
    }

    /// Answers a question, with the batches that are open.
    fn answer(&self, query: &Query, files: &ArtifactFiles) -> Result<Answer, Failure> {
        match query {
            Query::Rows {
                hash,
                offset,
                n_rows,
                ..
            } => {
                let table = self.pages.table(files, hash)?;
                Ok(Answer::Rows(page(&table, *offset, *n_rows)))
            }
            Query::View {
                hash,
                view,
                offset,
                n_rows,
            } => {
                let page = self.pages.page(files, (hash, view), (*offset, *n_rows))?;
                Ok(Answer::View(page))
            }
            Query::Counts { hash, sets } => {
                let table = self.pages.table(files, hash)?;
                Ok(Answer::Counts(row_pages::counts(&table, sets)?))
            }
            Query::Explain(asked) => {
                let answer = self.explained.answer(asked, files)?;
                Ok(Answer::Explained(Box::new(answer)))
            }
            Query::Compare(asked) => {
                let answer = self.compared.answer(asked, files)?;
                Ok(Answer::Compared(Box::new(answer)))
            }
            _ => answer_from(query, files, &self.tables),
        }
    }

    /// Stops working on a question, where that can be stopped.
    pub(super) fn stop(&self, query: &Query) {
        match query {
            Query::Explain(asked) => self.explained.stop(asked),
            Query::Compare(asked) => self.compared.stop(asked),
            _ => {}
        }
    }

    /// Forgets what failed, so that it is asked again.
    pub(super) fn forget_failures(&self) {
        if let Ok(mut entries) = self.entries.lock() {
            entries
                .known
                .retain(|_, (_, f)| !matches!(f, Fetched::Failed(_)));
        }
    }
}

/// Answers a question on this thread.
///
/// # Errors
/// If a file is missing, altered or cannot be read.
pub fn answer(query: &Query, files: &ArtifactFiles) -> Result<Answer, Failure> {
    answer_from(query, files, &TableCache::default())
}

fn answer_from(
    query: &Query,
    files: &ArtifactFiles,
    tables: &TableCache,
) -> Result<Answer, Failure> {
    match query {
        Query::Relation(asked) => {
            relation::answer(asked, files, tables).map(|a| Answer::Relation(Box::new(a)))
        }
        Query::Explain(asked) => {
            let answer = Newest::default().answer(asked, files)?;
            Ok(Answer::Explained(Box::new(answer)))
        }
        Query::Compare(asked) => {
            let answer = Newest::default().answer(asked, files)?;
            Ok(Answer::Compared(Box::new(answer)))
        }
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
        Query::View {
            hash,
            view,
            offset,
            n_rows,
        } => {
            let page = row_pages::once(files, (hash, view), (*offset, *n_rows))?;
            Ok(Answer::View(page))
        }
        Query::Counts { hash, sets } => {
            let table = ipc::read(&files.read(hash)?)?;
            Ok(Answer::Counts(row_pages::counts(&table, sets)?))
        }
        Query::Head { path, options } => looks::head(path, options),
        Query::File { path, options } => looks::whole(path, options, &Quiet),
        Query::SchemaFile { path, .. } => looks::schema(path),
        Query::Records(asked) => {
            let answer = records::answer(&asked.question, files)?;
            Ok(Answer::Records(Box::new(answer)))
        }
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

pub(super) fn page(table: &crate::data::Table, offset: usize, n_rows: usize) -> RowsPage {
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
