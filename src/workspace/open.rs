//! Opening a workspace, and the handle that callers hold.

use super::command::{Command, Outcome};
use super::engine::{Engine, Message, Parts};
use super::query::{FetchCache, Fetched, Query};
use super::settings::Settings;
use super::snapshot::Snapshot;
use crate::domain::Failure;
use crate::domain::event::Event;
use crate::domain::ids::{JobId, Millis};
use crate::store::{ArtifactFiles, Mode, Store, StoreError};
use arc_swap::ArcSwap;
use crossbeam_channel::{Sender, bounded, unbounded};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::JoinHandle;

/// Takes the engine's events, in order, on the engine's thread: quick work only.
pub type EventSink = Arc<dyn Fn(&Event) + Send + Sync>;

/// How a workspace is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenMode {
    /// To work in; refused while another process does.
    #[default]
    ReadWrite,
    /// To work in, or else, while another process does, to look at.
    ReadWriteIfFree,
    /// To look at.
    ReadOnly,
}

/// What a caller can choose when opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenOptions {
    /// Read-write or read-only.
    pub mode: OpenMode,
    /// Threads that steps work on; `None` is one a core.
    pub n_threads: Option<usize>,
}

/// An open workspace.
pub struct Workspace {
    sender: Sender<Message>,
    snapshot: Arc<ArcSwap<Snapshot>>,
    files: ArtifactFiles,
    readers: rayon::ThreadPool,
    cache: Arc<FetchCache>,
    next_job: AtomicI64,
    wake: EventSink,
    engine: Option<JoinHandle<()>>,
}

impl Workspace {
    /// Opens the workspace in `root` and starts its engine. `sink` hears every event.
    ///
    /// # Errors
    /// If the folder is no workspace, is of a newer version, is held by another process, or its database is damaged.
    /// The workspace is then as it was.
    pub fn open(root: &Path, options: OpenOptions, sink: EventSink) -> Result<Self, Failure> {
        // A folder that is no workspace, or one of a newer format, is refused before anything is touched.
        let settings = Settings::read(root)?;
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let (store, read_only) = open_store(&root, options.mode)?;
        let n_threads = options.n_threads.unwrap_or(0);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .thread_name(|i| format!("work {i}"))
            .build()
            .map_err(|e| Failure::internal(format!("Threads could not be started: {e}")))?;
        let pool = Arc::new(pool);
        // Questions have threads of their own, so that none waits for a training.
        let readers = rayon::ThreadPoolBuilder::new()
            .num_threads(2)
            .thread_name(|i| format!("read {i}"))
            .build()
            .map_err(|e| Failure::internal(format!("Threads could not be started: {e}")))?;
        let files = store.files();
        let (sender, receiver) = unbounded();
        let engine = Engine::new(Parts {
            store,
            root,
            settings,
            read_only,
            pool,
            sink: Arc::clone(&sink),
            sender: sender.clone(),
            clock: Arc::new(now),
        })?;
        let snapshot = engine.snapshot();
        let handle = std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || engine.run(&receiver))
            .map_err(|e| {
                Failure::internal(format!("The engine's thread could not be started: {e}"))
            })?;
        Ok(Self {
            sender,
            snapshot,
            files,
            readers,
            cache: Arc::default(),
            next_job: AtomicI64::new(1),
            wake: sink,
            engine: Some(handle),
        })
    }

    /// Gives a command to the engine; returns at once. What becomes of it is told by events and by the snapshot.
    pub fn submit(&self, command: Command) -> JobId {
        let job = self.new_job();
        self.post(Message::Submit {
            job,
            command,
            reply: None,
        });
        job
    }

    /// Gives a command to the engine and waits for what becomes of it.
    ///
    /// # Errors
    /// What went wrong. A gate that said no is an `Outcome`.
    pub fn run(&self, command: Command) -> Result<Outcome, Failure> {
        self.run_job(self.new_job(), command)
    }

    /// A number for a command that is to be run, so that another thread can cancel it.
    pub fn new_job(&self) -> JobId {
        JobId(self.next_job.fetch_add(1, Ordering::Relaxed))
    }

    /// As `run`, under a number taken before.
    ///
    /// # Errors
    /// As `run`.
    pub fn run_job(&self, job: JobId, command: Command) -> Result<Outcome, Failure> {
        let (reply, answer) = bounded(1);
        self.post(Message::Submit {
            job,
            command,
            reply: Some(reply),
        });
        answer
            .recv()
            .unwrap_or_else(|_| Err(Failure::internal("The engine ended unexpectedly")))
    }

    /// Asks a job to stop. It stops at the next unit of work.
    pub fn cancel(&self, job: JobId) {
        self.post(Message::Cancel(job));
    }

    /// What is true now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Asks a bigger question; never waits. When the answer is there, an event wakes whoever listens.
    #[must_use]
    pub fn fetch(&self, query: &Query) -> Fetched {
        let wake = Arc::clone(&self.wake);
        self.cache
            .fetch(query, &self.files, &self.readers, move || {
                wake(&Event::Fetched);
            })
    }

    /// Answers a bigger question on this thread.
    ///
    /// # Errors
    /// If a file is missing, altered or cannot be read.
    pub fn answer(&self, query: &Query) -> Result<super::query::Answer, Failure> {
        super::query::answer(query, &self.files)
    }

    /// Stops working on a question, where that takes long: its answer is then that it was stopped.
    pub fn stop(&self, query: &Query) {
        self.cache.stop(query);
    }

    /// Forgets failed answers, so that they are asked again.
    pub fn retry(&self) {
        self.cache.forget_failures();
    }

    /// The artifact files, for tools that read models.
    pub(super) fn files(&self) -> &ArtifactFiles {
        &self.files
    }

    fn post(&self, message: Message) {
        // The engine is gone only when the workspace is being dropped; then nobody waits for an answer.
        let _closed = self.sender.send(message);
    }
}

impl Drop for Workspace {
    /// Stops what is at work and waits for it: finished steps are kept, the rest is recorded as canceled.
    fn drop(&mut self) {
        self.post(Message::Shutdown);
        if let Some(engine) = self.engine.take() {
            // A panic of the engine was told to whoever waited for it.
            let _panicked = engine.join();
        }
    }
}

/// Milliseconds since 1970.
pub(super) fn now() -> Millis {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| d.as_millis() as Millis)
}

fn open_store(root: &Path, mode: OpenMode) -> Result<(Store, Option<String>), Failure> {
    let open = |mode| Store::open(root, mode, Arc::new(now));
    match mode {
        OpenMode::ReadOnly => Ok((open(Mode::ReadOnly)?, Some("opened to look at".to_owned()))),
        OpenMode::ReadWrite => Ok((open(Mode::ReadWrite)?, None)),
        OpenMode::ReadWriteIfFree => match open(Mode::ReadWrite) {
            Ok(store) => Ok((store, None)),
            Err(StoreError::Locked { holder, .. }) => {
                Ok((open(Mode::ReadOnly)?, Some(holder.to_string())))
            }
            Err(error) => Err(error.into()),
        },
    }
}
