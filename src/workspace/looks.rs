//! Looks at files before anything is imported: first their beginning, at once; then, behind it, the whole file with its
//! statistics, with progress and a way to stop. Without a workspace, on threads of its own. A look with other options
//! gives up the one before: the latest request wins.

use super::interchange;
use super::query::{Answer, Fetched, FileHead, FileLook, Query, page};
use crate::data::{files, profile, reader};
use crate::domain::Failure;
use crate::domain::pipeline::{IngestParams, StatisticsParams};
use crate::domain::reading::ReadOptions;
use crate::domain::work::Monitor;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// Rows that are shown first.
const HEAD_ROWS: usize = 1_000;

/// Rows of the beginning that a picture of the file shows.
const PAGE_ROWS: usize = 100;

/// Looks that are remembered.
const CAPACITY: usize = 24;

/// How far a look is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LookProgress {
    /// So much of it is done.
    pub done: u64,
    /// Of so much; 0 while that is not known.
    pub total: u64,
    /// What is counted.
    pub what: String,
    /// Size of the file, in bytes.
    pub n_bytes: u64,
}

/// Something that is being read, or was.
struct Look {
    state: Fetched,
    work: Arc<Work>,
}

/// What the thread that reads and whoever waits share.
#[derive(Default)]
struct Work {
    is_stopped: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    what: Mutex<String>,
}

impl Monitor for Work {
    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }
    fn progress(&self, done: u64, total: u64, what: &str) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        if let Ok(mut said) = self.what.lock()
            && *said != what
        {
            what.clone_into(&mut said);
        }
    }
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, _message: &str) {}
}

fn looks() -> &'static Mutex<HashMap<Query, Look>> {
    static LOOKS: OnceLock<Mutex<HashMap<Query, Look>>> = OnceLock::new();
    LOOKS.get_or_init(Mutex::default)
}

/// The files that a pipeline's first step reads, oldest batch first.
///
/// # Errors
/// If a name does not exist or has no files.
pub fn files_of(ingest: &IngestParams, root: &Path) -> Result<Vec<PathBuf>, Failure> {
    Ok(files::expand(&ingest.files, root)?)
}

/// Looks at a file, or at its beginning; never waits. `None` for questions that are not about a file.
#[must_use]
pub fn fetch(query: &Query) -> Option<Fetched> {
    if !matches!(
        query,
        Query::Head { .. } | Query::File { .. } | Query::SchemaFile { .. }
    ) {
        return None;
    }
    let Ok(mut known) = looks().lock() else {
        let failure = Failure::internal("what was read of files broke");
        return Some(Fetched::Failed(failure));
    };
    if let Some(look) = known.get(query) {
        return Some(look.state.clone());
    }
    if let Query::File { path, options } = query {
        give_up_others(&known, path, options);
    }
    if known.len() >= CAPACITY {
        known.retain(|_, look| matches!(look.state, Fetched::Loading));
    }
    let work = Arc::new(Work::default());
    let look = Look {
        state: Fetched::Loading,
        work: Arc::clone(&work),
    };
    known.insert(query.clone(), look);
    drop(known);
    let query = query.clone();
    std::thread::spawn(move || {
        let read = || match &query {
            Query::File { path, options } => whole(path, options, &*work),
            Query::Head { path, options } => head(path, options),
            Query::SchemaFile { path, .. } => schema(path),
            _ => Err(Failure::internal("this question is about no file")),
        };
        let state = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
            Ok(Ok(answer)) => Fetched::Ready(Arc::new(answer)),
            Ok(Err(failure)) => Fetched::Failed(failure),
            Err(_) => Fetched::Failed(Failure::internal(
                "reading broke; this is a bug in Lockkeeper",
            )),
        };
        if let Ok(mut known) = looks().lock()
            && let Some(look) = known.get_mut(&query)
            && Arc::ptr_eq(&look.work, &work)
        {
            look.state = state;
        }
    });
    Some(Fetched::Loading)
}

/// Stops whole looks at the same file with other options.
fn give_up_others(known: &HashMap<Query, Look>, wanted: &Path, with: &Arc<ReadOptions>) {
    for (query, look) in known {
        if let Query::File { path, options } = query
            && path == wanted
            && options != with
        {
            look.work.is_stopped.store(true, Ordering::Relaxed);
        }
    }
}

/// How far a look is that is being taken; `None` if none is.
#[must_use]
pub fn progress(query: &Query) -> Option<LookProgress> {
    let known = looks().lock().ok()?;
    let look = known.get(query)?;
    if !matches!(look.state, Fetched::Loading) {
        return None;
    }
    let n_bytes = match query {
        Query::File { path, .. } | Query::Head { path, .. } => {
            std::fs::metadata(path).map_or(0, |m| m.len())
        }
        _ => 0,
    };
    Some(LookProgress {
        done: look.work.done.load(Ordering::Relaxed),
        total: look.work.total.load(Ordering::Relaxed),
        what: look
            .work
            .what
            .lock()
            .map_or_else(|_| String::new(), |w| w.clone()),
        n_bytes,
    })
}

/// Stops the whole look at a file. What was read of it is let go; asking again begins anew.
pub fn stop(stopped: &Path) {
    if let Ok(known) = looks().lock() {
        for (query, look) in known.iter() {
            if matches!(query, Query::File { path, .. } if path == stopped) {
                look.work.is_stopped.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// Forgets what failed or was stopped, so that it is tried again.
pub fn forget_failures() {
    if let Ok(mut known) = looks().lock() {
        known.retain(|_, look| {
            let is_stopped = look.work.is_stopped.load(Ordering::Relaxed);
            !is_stopped && !matches!(look.state, Fetched::Failed(_))
        });
    }
}

/// The beginning of a file.
///
/// # Errors
/// If it cannot be read.
pub(super) fn head(path: &Path, options: &ReadOptions) -> Result<Answer, Failure> {
    let read = reader::head(path, options, HEAD_ROWS)?;
    Ok(Answer::Head(Box::new(FileHead {
        statistics: profile::profile(&read.table, &StatisticsParams::default()),
        head: page(&read.table, 0, PAGE_ROWS),
        findings: read.findings,
        understood: read.understood,
        n_bytes: std::fs::metadata(path).map_or(0, |m| m.len()),
    })))
}

/// A whole file.
///
/// # Errors
/// If it cannot be read, or the monitor asks to stop.
pub(super) fn whole(
    path: &Path,
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<Answer, Failure> {
    let read = reader::read_file(path, options, monitor)?;
    let n_columns = read.table.n_columns() as u64;
    monitor.progress(0, n_columns, "columns profiled");
    Ok(Answer::File(Box::new(FileLook {
        statistics: profile::profile(&read.table, &StatisticsParams::default()),
        head: page(&read.table, 0, PAGE_ROWS),
        findings: read.findings,
        understood: read.understood,
    })))
}

/// A schema in a file of another program.
///
/// # Errors
/// If it cannot be read, or is no schema.
pub(super) fn schema(path: &Path) -> Result<Answer, Failure> {
    interchange::read(path).map(|read| Answer::Imported(Box::new(read)))
}

/// The question about a whole file.
#[must_use]
pub fn of_file(path: PathBuf, options: &Arc<ReadOptions>) -> Query {
    Query::File {
        path,
        options: Arc::clone(options),
    }
}
