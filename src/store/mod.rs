//! The ledger of a workspace: `metadata.sqlite` (ML Metadata's schema, see `database`) and the content-addressed files
//! in `artifacts/` (see `files`). It records what others did and answers questions about it; deciding what to run, what
//! to promote and how many records to keep is left to the floors above.
//!
//! Only the engine thread has the [`Store`]; any thread may write artifact files through [`ArtifactFiles`]. Publishing
//! is: file written and renamed, then one transaction that makes artifacts LIVE and the execution COMPLETE. Every query
//! reads the tables: nothing is remembered outside of them, so a record that is deleted is gone everywhere.
//!
//! | file | what |
//! |---|---|
//! | `database`, `lock`, `recover` | opening, migrating, locking, what a crash left behind |
//! | `files`, `kept` | artifact files; pieces of work that is not finished |
//! | `write` | transactions inside one another |
//! | `types`, `states`, `properties`, `events` | how MLMD writes types, states, properties, ports |
//! | `runs`, `record`, `artifacts` | writing runs, executions, artifacts |
//! | `query`, `steps`, `lineage` | reading them |
//! | `ledger` | all runs in short, with tags and notes |
//! | `console` | statements that a person asks |
//! | `registry`, `history` | model versions; schema versions and service events |
//! | `backups`, `doctor`, `garbage` | copies of the database; is all whole; files that nothing needs |

mod artifacts;
mod backups;
mod console;
mod database;
pub mod doctor;
mod error;
mod events;
mod files;
mod garbage;
mod history;
mod kept;
mod ledger;
mod lineage;
mod lock;
mod properties;
mod query;
mod record;
mod recover;
mod registry;
mod runs;
mod states;
mod steps;
#[cfg(test)]
mod tests;
pub mod types;
mod write;

pub use artifacts::NewArtifact;
pub use console::Rows;
pub use error::{Damage, StoreError};
pub use files::{ARTIFACTS_FOLDER, ArtifactFiles, StoredFile};
pub use history::{SchemaVersion, ServiceEvent};
pub use ledger::KnownLedger;
pub use lock::{Holder, LOCK_FILE};
pub use record::NewExecution;
pub use registry::NewModel;

use crate::domain::ids::Millis;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use write::{Right, Write};

/// Name of the database in the workspace.
pub const DATABASE_FILE: &str = "metadata.sqlite";
/// The version of ML Metadata's schema.
pub const MLMD_VERSION: i64 = 10;
/// The error of an execution that the end of the program cut off.
pub const INTERRUPTED: &str = "interrupted";

/// Where the store gets the time from.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

/// How a workspace is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// With the lock; makes what is missing.
    ReadWrite,
    /// Without the lock; changes nothing.
    ReadOnly,
}

/// An open metadata store.
pub struct Store {
    conn: rusqlite::Connection,
    root: PathBuf,
    files: ArtifactFiles,
    clock: Clock,
    mode: Mode,
    // Declared last: dropped when the connection is closed already.
    _lock: Option<lock::WorkspaceLock>,
}

impl Store {
    /// Opens the store of the workspace in `root`. Read-write takes the lock, makes folder, database and tables where
    /// they are missing, and marks what a crash left RUNNING as interrupted.
    ///
    /// # Errors
    /// `Locked`, `Corrupt`, `NotMetadata`, `MlmdVersion`, `Newer` (the file is untouched), `NoDatabase` (read-only),
    /// `Unwritable`, `DiskFull`, `Io`.
    pub fn open(root: &Path, mode: Mode, clock: Clock) -> Result<Self, StoreError> {
        if mode == Mode::ReadOnly {
            let conn = database::open_read_only(root)?;
            let files = ArtifactFiles::read_only(root);
            return Ok(Self {
                conn,
                root: root.to_owned(),
                files,
                clock,
                mode,
                _lock: None,
            });
        }
        std::fs::create_dir_all(root).map_err(|e| StoreError::io("Making", root, e))?;
        let lock = lock::WorkspaceLock::acquire(root)?;
        let conn = database::open_read_write(root)?;
        let files = ArtifactFiles::open(root)?;
        let store = Self {
            conn,
            root: root.to_owned(),
            files,
            clock,
            mode,
            _lock: Some(lock),
        };
        store.recover()?;
        Ok(store)
    }

    /// The records beside these files, to look at while somebody has them open: a connection of one's own, for any thread.
    ///
    /// # Errors
    /// Those of the database.
    pub fn beside(files: &ArtifactFiles, clock: Clock) -> Result<Self, StoreError> {
        let root = files.root().to_owned();
        Ok(Self {
            conn: database::connect_read_only(&root.join(DATABASE_FILE))?,
            files: ArtifactFiles::read_only(&root),
            root,
            clock,
            mode: Mode::ReadOnly,
            _lock: None,
        })
    }

    /// The artifact files, for any thread.
    #[must_use]
    pub fn files(&self) -> ArtifactFiles {
        self.files.clone()
    }

    /// The workspace's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How the store was opened.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Writes a copy of the database as it is now to `to` (replacing a file there), while it stays in use. The artifact
    /// files are not copied.
    ///
    /// # Errors
    /// `Unwritable`, `DiskFull`, `Io`, `Sqlite`; then `to` is as it was.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let mut beside = to.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        let result = self.copy_to(&beside).and_then(|()| {
            std::fs::rename(&beside, to).map_err(|e| StoreError::io("Writing", to, e))
        });
        if result.is_err() {
            // The error that is reported matters more than a leftover that the next backup writes over.
            let _leftover = std::fs::remove_file(&beside);
        }
        result
    }

    fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        match std::fs::remove_file(path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::io("Removing", path, e));
            }
            _ => {}
        }
        let at = |e| StoreError::sqlite_at(path, e);
        let mut target = rusqlite::Connection::open(path).map_err(at)?;
        rusqlite::backup::Backup::new(&self.conn, &mut target)
            .and_then(|backup| backup.run_to_completion(4096, std::time::Duration::ZERO, None))
            .map_err(at)?;
        target.close().map_err(|(_, e)| at(e))?;
        std::fs::File::open(path)
            .and_then(|f| f.sync_all())
            .map_err(|e| StoreError::io("Writing", path, e))
    }

    fn now(&self) -> Millis {
        (self.clock)()
    }

    /// Lets everything that `work` records become durable together, with one commit, or nothing of it if it fails.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub fn together<R, E: From<StoreError>>(
        &self,
        work: impl FnOnce() -> Result<R, E>,
    ) -> Result<R, E> {
        let all = self.begin()?;
        let result = work()?;
        all.commit()?;
        Ok(result)
    }

    /// A transaction for writing.
    fn begin(&self) -> Result<Write<'_>, StoreError> {
        if self.mode == Mode::ReadOnly {
            return Err(StoreError::ReadOnly);
        }
        Write::begin(&self.conn, Right::Write)
    }

    /// A transaction for reading: what it reads is of one moment.
    fn read(&self) -> Result<Write<'_>, StoreError> {
        Write::begin(&self.conn, Right::Read)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("root", &self.root)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}
