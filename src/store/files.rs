//! Artifact files: the content of an artifact under its own hash, `artifacts/ab/cdef…`, written once and never changed.
//! What an artifact means (type, producer, properties) is left to the database; a file without a record is only garbage.
//!
//! A file appears under its name only when it is whole and on the disk: written beside, synced, renamed, folder synced.
//! `ArtifactFiles` is cheap to clone and can be used by any number of threads without the database.

use super::StoreError;
use super::error::Damage;
use crate::domain::ContentHash;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Name of the folder in the workspace.
pub const ARTIFACTS_FOLDER: &str = "artifacts";
const TEMPORARY_PREFIX: &str = ".tmp-";
const CHUNK: usize = 1 << 20;

/// A file that has been stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Hash of its content.
    pub hash: ContentHash,
    /// Where it is, relative to the workspace, with `/` on every system.
    pub uri: String,
    /// Its size.
    pub n_bytes: u64,
}

/// The folder of artifact files of one workspace.
#[derive(Debug, Clone)]
pub struct ArtifactFiles {
    root: Arc<Path>,
    writable: bool,
}

impl ArtifactFiles {
    /// Opens the folder for writing, makes it where it is missing and removes what an interrupted write left behind.
    /// To be called with the workspace's lock held.
    pub(super) fn open(root: &Path) -> Result<Self, StoreError> {
        let folder = root.join(ARTIFACTS_FOLDER);
        std::fs::create_dir_all(&folder).map_err(|e| StoreError::io("Making", &folder, e))?;
        for path in temporaries(root)? {
            std::fs::remove_file(&path).map_err(|e| StoreError::io("Removing", &path, e))?;
        }
        Ok(Self {
            root: root.into(),
            writable: true,
        })
    }

    pub(super) fn read_only(root: &Path) -> Self {
        Self {
            root: root.into(),
            writable: false,
        }
    }

    /// The workspace's folder.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether files may be written.
    pub(super) fn is_writable(&self) -> bool {
        self.writable
    }

    /// The address of content with this hash, relative to the workspace.
    #[must_use]
    pub fn uri(hash: &ContentHash) -> String {
        let (head, tail) = hash.as_str().split_at(2);
        format!("{ARTIFACTS_FOLDER}/{head}/{tail}")
    }

    /// The hash that an address stands for.
    ///
    /// # Errors
    /// `ArtifactDamaged` where it is not the address of an artifact file.
    pub fn hash_of_uri(uri: &str) -> Result<ContentHash, StoreError> {
        let hash = uri
            .strip_prefix(ARTIFACTS_FOLDER)
            .and_then(|rest| rest.strip_prefix('/'))
            .and_then(|rest| rest.split_once('/'))
            .filter(|(head, _)| head.len() == 2)
            .and_then(|(head, tail)| ContentHash::try_from(format!("{head}{tail}")).ok());
        hash.ok_or_else(|| StoreError::ArtifactDamaged {
            uri: uri.to_owned(),
            damage: Damage::NotAnAddress,
        })
    }

    /// Where content with this hash is on this computer.
    #[must_use]
    pub fn path(&self, hash: &ContentHash) -> PathBuf {
        let (head, tail) = hash.as_str().split_at(2);
        self.root.join(ARTIFACTS_FOLDER).join(head).join(tail)
    }

    /// Whether there is a file for this hash. Its content is not looked at: see [`Self::verify`].
    #[must_use]
    pub fn contains(&self, hash: &ContentHash) -> bool {
        self.path(hash).is_file()
    }

    /// Stores some bytes. Content that is there already is checked and not written again; a damaged file is replaced.
    ///
    /// # Errors
    /// `Unwritable`, `DiskFull`, `Io`, or `ReadOnly`; then no file has appeared.
    pub fn put_bytes(&self, bytes: &[u8]) -> Result<StoredFile, StoreError> {
        let hash = ContentHash::of_bytes(bytes);
        let n_bytes = bytes.len() as u64;
        let stored = StoredFile {
            uri: Self::uri(&hash),
            hash,
            n_bytes,
        };
        if !self.writable {
            return Err(StoreError::ReadOnly);
        }
        if self.verify(&stored.hash).is_ok() {
            return Ok(stored);
        }
        let mut temporary = Temporary::create(&self.root)?;
        temporary
            .file
            .write_all(bytes)
            .map_err(|e| StoreError::io("Writing", &temporary.path, e))?;
        temporary.publish(&self.path(&stored.hash))?;
        Ok(stored)
    }

    /// Stores a copy of a file, in pieces, for content that should not be in memory at once.
    ///
    /// # Errors
    /// As `put_bytes`, and `Io` where `source` cannot be read.
    pub fn put_file(&self, source: &Path) -> Result<StoredFile, StoreError> {
        if !self.writable {
            return Err(StoreError::ReadOnly);
        }
        let mut reader = File::open(source).map_err(|source_error| StoreError::Io {
            action: "Reading",
            path: source.to_owned(),
            source: source_error,
        })?;
        let mut temporary = Temporary::create(&self.root)?;
        let mut hasher = blake3::Hasher::new();
        let mut n_bytes = 0;
        let mut chunk = vec![0; CHUNK];
        loop {
            let n = reader
                .read(&mut chunk)
                .map_err(|source_error| StoreError::Io {
                    action: "Reading",
                    path: source.to_owned(),
                    source: source_error,
                })?;
            if n == 0 {
                break;
            }
            hasher.update(&chunk[..n]);
            temporary
                .file
                .write_all(&chunk[..n])
                .map_err(|e| StoreError::io("Writing", &temporary.path, e))?;
            n_bytes += n as u64;
        }
        let hash = ContentHash::from_hasher(&hasher);
        if self.verify(&hash).is_err() {
            temporary.publish(&self.path(&hash))?;
        }
        Ok(StoredFile {
            uri: Self::uri(&hash),
            hash,
            n_bytes,
        })
    }

    /// The content with this hash.
    ///
    /// # Errors
    /// `ArtifactDamaged` where the file is missing or is not what was stored, `Io` where it cannot be read.
    pub fn read(&self, hash: &ContentHash) -> Result<Vec<u8>, StoreError> {
        let path = self.path(hash);
        let bytes = std::fs::read(&path).map_err(|e| Self::read_error(hash, &path, e))?;
        Self::compare(hash, &ContentHash::of_bytes(&bytes))?;
        Ok(bytes)
    }

    /// The content at this address.
    ///
    /// # Errors
    /// As `read`.
    pub fn read_uri(&self, uri: &str) -> Result<Vec<u8>, StoreError> {
        self.read(&Self::hash_of_uri(uri)?)
    }

    /// Checks that the file is there and has the content that was stored, without keeping it in memory.
    ///
    /// # Errors
    /// As `read`.
    pub fn verify(&self, hash: &ContentHash) -> Result<(), StoreError> {
        let path = self.path(hash);
        let mut file = File::open(&path).map_err(|e| Self::read_error(hash, &path, e))?;
        let mut hasher = blake3::Hasher::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            match file.read(&mut chunk) {
                Ok(0) => break,
                Ok(n) => hasher.update(&chunk[..n]),
                Err(e) => return Err(Self::read_error(hash, &path, e)),
            };
        }
        Self::compare(hash, &ContentHash::from_hasher(&hasher))
    }

    fn read_error(hash: &ContentHash, path: &Path, source: std::io::Error) -> StoreError {
        if source.kind() == ErrorKind::NotFound {
            return StoreError::ArtifactDamaged {
                uri: Self::uri(hash),
                damage: Damage::Missing,
            };
        }
        StoreError::Io {
            action: "Reading",
            path: path.to_owned(),
            source,
        }
    }

    fn compare(expected: &ContentHash, found: &ContentHash) -> Result<(), StoreError> {
        if expected == found {
            return Ok(());
        }
        let damage = Damage::Altered {
            found: found.to_string(),
        };
        Err(StoreError::ArtifactDamaged {
            uri: Self::uri(expected),
            damage,
        })
    }
}

/// What interrupted writes left behind.
pub(super) fn temporaries(root: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let folder = root.join(ARTIFACTS_FOLDER);
    let unreadable = |e| StoreError::io("Reading", &folder, e);
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(&folder) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(found),
        entries => entries.map_err(unreadable)?,
    };
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(TEMPORARY_PREFIX) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// A file under a temporary name; removed again unless it is published.
pub(super) struct Temporary {
    pub(super) file: File,
    path: PathBuf,
    published: bool,
}

impl Temporary {
    pub(super) fn create(root: &Path) -> Result<Self, StoreError> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let folder = root.join(ARTIFACTS_FOLDER);
        std::fs::create_dir_all(&folder).map_err(|e| StoreError::io("Making", &folder, e))?;
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{TEMPORARY_PREFIX}{}-{number}", std::process::id()));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(|e| StoreError::io("Making", &path, e))?;
        Ok(Self {
            file,
            path,
            published: false,
        })
    }

    pub(super) fn publish(mut self, target: &Path) -> Result<(), StoreError> {
        self.file
            .sync_all()
            .map_err(|e| StoreError::io("Writing", &self.path, e))?;
        let folder = target.parent().unwrap_or(target);
        let is_new_folder = !folder.is_dir();
        std::fs::create_dir_all(folder).map_err(|e| StoreError::io("Making", folder, e))?;
        std::fs::rename(&self.path, target).map_err(|e| StoreError::io("Writing", target, e))?;
        self.published = true;
        sync_folder(folder)?;
        match folder.parent() {
            Some(parent) if is_new_folder => sync_folder(parent),
            _ => Ok(()),
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.published {
            // What cannot be removed now is removed when the workspace is opened next.
            let _removed_later = std::fs::remove_file(&self.path);
        }
    }
}

/// Makes the names in a folder survive a power cut. Only Unix has that call; elsewhere the rename is what there is.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    if !cfg!(unix) {
        return Ok(());
    }
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(|e| StoreError::io("Writing", folder, e))
}
