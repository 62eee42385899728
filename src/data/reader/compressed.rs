//! Compressed streams of text: gzip with any number of members, Zstandard with any number of frames. What the text is, is
//! left to its own reader; archives of several files are left to whoever unpacks them.

use super::ReadError;
use super::delimited::Opener;
use super::input::Input;
use flate2::read::MultiGzDecoder;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstandard,
}

impl Compression {
    /// By the first bytes.
    pub(super) fn of_content(bytes: &[u8]) -> Option<Self> {
        // A frame that only carries a comment may stand in front of a Zstandard frame.
        let is_skippable = bytes.len() > 4
            && (0x50..=0x5f).contains(&bytes[0])
            && bytes[1..4] == [0x2a, 0x4d, 0x18];
        if bytes.starts_with(b"\x1f\x8b") {
            Some(Self::Gzip)
        } else if bytes.starts_with(b"\x28\xb5\x2f\xfd") || is_skippable {
            Some(Self::Zstandard)
        } else {
            None
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip archive",
            Self::Zstandard => "Zstandard archive",
        }
    }

    /// Opens the text inside from its beginning, any number of times.
    pub(super) fn opener(self, file: &str, input: &Input) -> Opener {
        let (file, input) = (file.to_owned(), input.clone());
        Arc::new(move || {
            let raw = BufReader::with_capacity(
                1 << 16,
                input.open(&file).map_err(std::io::Error::other)?,
            );
            let inner: Box<dyn Read + Send> = match self {
                Self::Gzip => Box::new(MultiGzDecoder::new(raw)),
                Self::Zstandard => Box::new(zstd::stream::read::Decoder::with_buffer(raw)?),
            };
            Ok(Box::new(Unpacking {
                inner,
                file: file.clone(),
                what: self.name(),
            }))
        })
    }

    /// How many bytes the text has, as far as the archive says; at least the archive's own size.
    pub(super) fn n_bytes(self, file: &str, input: &Input) -> u64 {
        let packed = input.n_bytes();
        let said = match self {
            Self::Gzip => input.open(file).ok().and_then(|mut archive| {
                let mut length = [0; 4];
                archive.seek(SeekFrom::End(-4)).ok()?;
                archive.read_exact(&mut length).ok()?;
                Some(u64::from(u32::from_le_bytes(length)))
            }),
            Self::Zstandard => None,
        };
        said.unwrap_or(packed.saturating_mul(3)).max(packed)
    }
}

/// Says what is wrong with an archive where the library only says that bytes ended.
struct Unpacking {
    inner: Box<dyn Read + Send>,
    file: String,
    what: &'static str,
}

impl Read for Unpacking {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.inner.read(buffer).map_err(|error| {
            let reason = match error.kind() {
                std::io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
                std::io::ErrorKind::Interrupted => return error,
                _ => error.to_string(),
            };
            std::io::Error::other(ReadError::Damaged {
                file: self.file.clone(),
                what: self.what,
                reason,
            })
        })
    }
}
