//! What can go wrong in the store, and how each of it is told to a person. Deciding what to do about it is left to the
//! caller: the store never repairs a database behind anybody's back.

use super::lock::Holder;
use crate::domain::Failure;
use crate::domain::ids::ExecutionId;
use std::path::{Path, PathBuf};

/// What is wrong with an artifact's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// There is no such file.
    Missing,
    /// Its content has another hash.
    Altered {
        /// The hash of what is in the file now.
        found: String,
    },
    /// The address is not one of an artifact file.
    NotAnAddress,
}

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement that a person asks is wrong.
    #[error("The statement cannot be asked: {detail}")]
    BadStatement {
        /// Why.
        detail: String,
    },
    /// Another process has the workspace open for writing.
    #[error("{} is open in {holder}", root.display())]
    Locked {
        /// The workspace.
        root: PathBuf,
        /// Who has it.
        holder: Holder,
    },
    /// The database file is damaged.
    #[error("{} is damaged: {detail}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// A SQLite database, and not one of ML Metadata.
    #[error("{} is a SQLite database of something else", path.display())]
    NotMetadata {
        /// The file.
        path: PathBuf,
    },
    /// ML Metadata of another schema version.
    #[error("{} has ML Metadata's schema version {found}; this program knows version {}", path.display(), super::MLMD_VERSION)]
    MlmdVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// Written by a newer Lockkeeper.
    #[error("{} was written by a newer Lockkeeper (format {found}; this program knows up to {supported})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format that this program knows.
        supported: i64,
    },
    /// Opened read-only, and there is nothing to read.
    #[error("There is no metadata database at {}", path.display())]
    NoDatabase {
        /// Where it should be.
        path: PathBuf,
    },
    /// The folder or file cannot be written.
    #[error("{} cannot be written: {detail}", path.display())]
    Unwritable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// No room on the disk.
    #[error("The disk is full: {} could not be written", path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// Any other trouble with a file.
    #[error("{action} {} failed: {source}", path.display())]
    Io {
        /// What was tried: "Reading".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// An artifact's file is missing or is not what was stored.
    #[error("The artifact {uri} {}", damage_words(damage))]
    ArtifactDamaged {
        /// Its address, relative to the workspace.
        uri: String,
        /// What is wrong.
        damage: Damage,
    },
    /// A record that was named does not exist.
    #[error("There is no {what} {name}")]
    NotFound {
        /// "run", "execution", "artifact", "model version".
        what: &'static str,
        /// Its id or name.
        name: String,
    },
    /// The execution has ended already.
    #[error("The execution {id} is {found}, so it cannot be ended again")]
    NotRunning {
        /// The execution.
        id: ExecutionId,
        /// Its state.
        found: &'static str,
    },
    /// An artifact type that is not in `types::ARTIFACT_TYPES`.
    #[error("There is no artifact type {name}")]
    UnknownType {
        /// The name.
        name: String,
    },
    /// A record was read that this program did not write so.
    #[error("The record of {what} cannot be understood: {detail}")]
    BadRecord {
        /// "execution 7".
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Something was to be written through a store that was opened read-only.
    #[error("The workspace is open read-only")]
    ReadOnly,
    /// Another program held the database for too long.
    #[error(
        "The metadata database is busy: another program has been writing to it for a long time"
    )]
    Busy,
    /// Anything else that SQLite says.
    #[error("The metadata database answered: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

fn damage_words(damage: &Damage) -> String {
    match damage {
        Damage::Missing => "has no file any more".to_owned(),
        Damage::Altered { found } => {
            format!("has been altered (its content now has the hash {found})")
        }
        Damage::NotAnAddress => "has an address outside the folder of artifacts".to_owned(),
    }
}

impl StoreError {
    /// An error of the file system, sorted into what a person can do about it.
    pub(super) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind;
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::Unwritable {
                path,
                detail: source.to_string(),
            },
            _ => Self::Io {
                action,
                path,
                source,
            },
        }
    }

    /// An error of SQLite about this file.
    pub(super) fn sqlite_at(path: &Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt {
                path,
                detail: source.to_string(),
            },
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::Unwritable {
                path,
                detail: source.to_string(),
            },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sqlite(source),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        Self::sqlite_at(Path::new(super::DATABASE_FILE), source)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let summary = error.to_string();
        match error {
            StoreError::Locked { .. } => Failure::conflict(summary)
                .hint("Close it there, or open this workspace read-only"),
            StoreError::Corrupt { .. } => Failure::bad_data(summary)
                .detail("The file was left as it is")
                .hint("lockkeeper doctor --repair puts the newest whole copy of backups/ in its place and keeps the damaged file")
                .hint("Without a copy, move it away to begin with an empty history; the artifacts stay"),
            StoreError::NotMetadata { .. } => Failure::conflict(summary)
                .detail("The file was left as it is")
                .hint("Choose another folder, or move that file away"),
            StoreError::MlmdVersion { .. } => Failure::conflict(summary)
                .detail("The file was left as it is")
                .hint("Open it with the version of ml-metadata or Lockkeeper that wrote it"),
            StoreError::Newer { .. } => Failure::conflict(summary)
                .detail("The file was left as it is")
                .hint("Update Lockkeeper"),
            StoreError::NoDatabase { .. } => {
                Failure::not_found(summary).hint("Choose the folder of a workspace, or make one: lockkeeper init DIR")
            }
            StoreError::Unwritable { .. } => Failure::conflict(summary)
                .hint("Give yourself the right to write there, choose another folder, or open it read-only"),
            StoreError::DiskFull { .. } => {
                Failure::internal(summary).hint("Make room on the disk and run again: what is finished is not done again")
            }
            StoreError::ArtifactDamaged { damage: Damage::Missing, .. } => {
                Failure::not_found(summary).hint("Run the pipeline again: it makes missing artifacts anew")
            }
            StoreError::ArtifactDamaged { .. } => {
                Failure::bad_data(summary).hint("Run the pipeline again: it makes damaged artifacts anew")
            }
            StoreError::NotFound { .. } => Failure::not_found(summary),
            StoreError::ReadOnly => {
                Failure::conflict(summary).hint("Close the program that holds the workspace, then open it again")
            }
            StoreError::Busy => Failure::conflict(summary).hint("Close the other program and try again"),
            StoreError::BadRecord { .. } => Failure::bad_data(summary),
            StoreError::BadStatement { .. } => Failure::usage(summary),
            StoreError::Io { .. }
            | StoreError::NotRunning { .. }
            | StoreError::UnknownType { .. }
            | StoreError::Sqlite(_) => Failure::internal(summary),
        }
    }
}
