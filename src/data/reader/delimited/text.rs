//! From bytes to UTF-8, piece by piece: byte order marks, UTF-8 as it is, every other encoding converted. Finding the
//! encoding of bytes without a mark is here too.

use super::Opener;
use crate::data::reader::ReadError;
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::Read;

/// How bytes become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coding {
    /// The encoding.
    pub(super) encoding: &'static Encoding,
    /// Whether the bytes are UTF-8 and only checked, or converted, with damaged characters replaced.
    pub(super) is_converted: bool,
}

impl Coding {
    /// UTF-8 that must be valid.
    pub(super) const UTF_8: Self = Self {
        encoding: UTF_8,
        is_converted: false,
    };

    /// Converted from an encoding.
    pub(super) fn from(encoding: &'static Encoding) -> Self {
        Self {
            encoding,
            is_converted: true,
        }
    }
}

/// A stream of bytes as a stream of UTF-8.
pub(super) struct TextStream {
    file: String,
    stream: Box<dyn Read + Send>,
    decoder: Option<Decoder>,
    /// Bytes that are still to be converted.
    waiting: Vec<u8>,
    /// Bytes of the stream so far.
    pub(super) n_read: u64,
    /// Whether the stream has ended.
    pub(super) is_at_end: bool,
    /// Whether characters were replaced.
    pub(super) is_damaged: bool,
}

impl TextStream {
    /// Opens the stream at its beginning, behind a byte order mark.
    pub(super) fn open(file: &str, opener: &Opener, coding: Coding) -> Result<Self, ReadError> {
        let stream = opener().map_err(|error| ReadError::of_io(file, &error))?;
        let mut text = Self {
            file: file.to_owned(),
            stream,
            decoder: coding
                .is_converted
                .then(|| coding.encoding.new_decoder_without_bom_handling()),
            waiting: Vec::new(),
            n_read: 0,
            is_at_end: false,
            is_damaged: false,
        };
        let mut first = Vec::new();
        text.read(&mut first, 3)?;
        let n_mark = Encoding::for_bom(&first).map_or(0, |(_, length)| length);
        first.drain(..n_mark);
        text.waiting = first;
        Ok(text)
    }

    fn read(&mut self, into: &mut Vec<u8>, n_bytes: usize) -> Result<(), ReadError> {
        let n = (&mut self.stream)
            .take(n_bytes as u64)
            .read_to_end(into)
            .map_err(|error| ReadError::of_io(&self.file, &error))?;
        self.n_read += n as u64;
        self.is_at_end |= n < n_bytes;
        Ok(())
    }

    /// Appends about so many bytes of text, fewer only at the end of the stream.
    pub(super) fn fill(&mut self, text: &mut Vec<u8>, n_bytes: usize) -> Result<(), ReadError> {
        let mut waiting = std::mem::take(&mut self.waiting);
        let Some(mut decoder) = self.decoder.take() else {
            text.append(&mut waiting);
            return self.read(text, n_bytes);
        };
        self.read(&mut waiting, n_bytes)?;
        let mut rest = &waiting[..];
        loop {
            let start = text.len();
            let n_room = decoder
                .max_utf8_buffer_length(rest.len())
                .unwrap_or(rest.len() * 3);
            text.resize(start + n_room.max(16), 0);
            let (result, n_in, n_out, had_errors) =
                decoder.decode_to_utf8(rest, &mut text[start..], self.is_at_end);
            text.truncate(start + n_out);
            rest = &rest[n_in..];
            self.is_damaged |= had_errors;
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        self.decoder = Some(decoder);
        Ok(())
    }
}

/// The coding of a text by its first bytes; whether these are all bytes there are.
pub(super) fn coding_of(bytes: &[u8], is_all: bool) -> Coding {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        if encoding != UTF_8 {
            return Coding::from(encoding);
        }
        return utf8_or_guess(&bytes[length..], is_all);
    }
    match utf16_without_mark(bytes) {
        Some(encoding) => Coding::from(encoding),
        None => utf8_or_guess(bytes, is_all),
    }
}

fn utf8_or_guess(bytes: &[u8], is_all: bool) -> Coding {
    match std::str::from_utf8(bytes) {
        Ok(_) => Coding::UTF_8,
        // A character that is cut off by the end of what was looked at.
        Err(error) if error.error_len().is_none() && !is_all => Coding::UTF_8,
        Err(_) => guess(bytes),
    }
}

/// UTF-16 of mostly Latin text shows by its zero bytes: nearly all at odd or nearly all at even positions.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let n_nul = |parity: usize| {
        let side = sample.iter().skip(parity).step_by(2);
        side.filter(|b| **b == 0).count()
    };
    let (even, odd) = (n_nul(0), n_nul(1));
    let shows = even.max(odd) * 4 > sample.len() && even.min(odd) * 20 < even.max(odd);
    match (shows, odd > even) {
        (false, _) => None,
        (true, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
    }
}

/// The likeliest encoding of bytes that are not UTF-8. Where far more characters are valid UTF-8 than not, the text is
/// UTF-8 with some damage.
pub(super) fn guess(bytes: &[u8]) -> Coding {
    let (mut n_valid, mut n_invalid) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        n_valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        n_invalid += usize::from(!chunk.invalid().is_empty());
    }
    if n_valid > 3 * n_invalid {
        return Coding::from(UTF_8);
    }
    let mut detector = chardetng::EncodingDetector::new();
    detector.feed(bytes, true);
    let encoding = detector.guess(None, false);
    // ISO 8859-1 as the web reads it is Windows-1252; a guess of UTF-8 has been refuted above.
    Coding::from(if encoding == UTF_8 {
        WINDOWS_1252
    } else {
        encoding
    })
}

/// Appends at most so many bytes of a stream; says how many there were.
pub(super) fn read_up_to(
    stream: &mut (dyn Read + Send),
    into: &mut Vec<u8>,
    n_bytes: usize,
) -> std::io::Result<usize> {
    stream.take(n_bytes as u64).read_to_end(into)
}
