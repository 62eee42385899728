//! Delimited text as a source: from any stream of bytes that can be opened again (a file, a decompressed file).

use super::{ReadError, WholeTable};
use crate::data::source::Source;
use crate::domain::reading::ReadOptions;
use crate::domain::work::Quiet;
use std::io::Read;
use std::sync::Arc;

/// Opens the stream from its beginning; called once for each pass over it.
pub type Opener = Arc<dyn Fn() -> std::io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// Opens a stream of text; `file` is what messages call it, `n_bytes` its size as far as it is known.
///
/// # Errors
/// If the stream cannot be read, or its beginning shows already that it cannot be taken apart.
pub fn open_bytes(
    file: &str,
    opener: Opener,
    n_bytes: u64,
    _options: &ReadOptions,
) -> Result<Box<dyn Source>, ReadError> {
    let mut bytes = Vec::new();
    opener()
        .and_then(|mut stream| stream.read_to_end(&mut bytes))
        .map_err(|error| ReadError::of_io(file, &error))?;
    let read = super::read_delimited(file, &bytes, &Quiet)?;
    Ok(Box::new(WholeTable::new(read, n_bytes)))
}
