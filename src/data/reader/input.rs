//! Where the bytes of a binary file are: under a path, or given in memory and put into a temporary file, because the
//! libraries want to jump about in them from several threads.

use super::ReadError;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file that can be opened any number of times.
#[derive(Debug, Clone)]
pub(super) struct Input {
    path: PathBuf,
    n_bytes: u64,
    /// Removes the temporary file when nobody reads it any more.
    _temporary: Option<Arc<tempfile::NamedTempFile>>,
}

impl Input {
    /// A file that is there already.
    pub(super) fn of_path(path: &Path, n_bytes: u64) -> Self {
        Self {
            path: path.to_owned(),
            n_bytes,
            _temporary: None,
        }
    }

    /// Bytes in memory.
    pub(super) fn of_bytes(file: &str, bytes: &[u8]) -> Result<Self, ReadError> {
        let written = tempfile::NamedTempFile::new().and_then(|mut temporary| {
            temporary.write_all(bytes)?;
            temporary.flush()?;
            Ok(temporary)
        });
        let temporary = written.map_err(|error| ReadError::of_io(file, &error))?;
        Ok(Self {
            path: temporary.path().to_owned(),
            n_bytes: bytes.len() as u64,
            _temporary: Some(Arc::new(temporary)),
        })
    }

    /// A handle of its own.
    pub(super) fn open(&self, file: &str) -> Result<File, ReadError> {
        File::open(&self.path).map_err(|error| ReadError::of_io(file, &error))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }
}
