//! Bytes to text: byte order marks, UTF-8, UTF-16 with a mark, else Windows-1252. Nothing else about the content.

use super::{Finding, ReadError};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// The text of a file without its byte order mark.
pub(super) fn decode<'a>(
    file: &str,
    bytes: &'a [u8],
    findings: &mut Vec<Finding>,
) -> Result<Cow<'a, str>, ReadError> {
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (Some(encoding), &bytes[length..]),
        None => (None, bytes),
    };
    let text = match encoding {
        None => utf8_or_windows(body, findings),
        Some(encoding) if encoding == UTF_8 => utf8_or_windows(body, findings),
        Some(encoding) => {
            let (text, had_errors) = encoding.decode_without_bom_handling(body);
            findings.push(Finding::of_file(format!(
                "The text is {} and was read as such",
                encoding.name()
            )));
            if had_errors {
                findings.push(Finding::of_file(
                    "Some characters are damaged; each was replaced by \u{fffd}",
                ));
            }
            text
        }
    };
    match nul_bytes(file, bytes, &text) {
        Some(error) => Err(error),
        None => Ok(text),
    }
}

fn utf8_or_windows<'a>(body: &'a [u8], findings: &mut Vec<Finding>) -> Cow<'a, str> {
    match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) => {
            let position = error.valid_up_to();
            findings.push(Finding::of_file(format!(
                "The text is not UTF-8 (byte {:#04x} on line {}); it was read as Windows-1252",
                body[position],
                line_of(&body[..position])
            )));
            WINDOWS_1252.decode_without_bom_handling(body).0
        }
    }
}

fn nul_bytes(file: &str, bytes: &[u8], text: &str) -> Option<ReadError> {
    let position = text.bytes().position(|b| b == 0)?;
    let count = text.bytes().filter(|b| *b == 0).count();
    let sample = &bytes[..bytes.len().min(4096)];
    let n_nul = |parity: usize| {
        let side = sample.iter().skip(parity).step_by(2);
        side.filter(|b| **b == 0).count()
    };
    let (even, odd) = (n_nul(0), n_nul(1));
    Some(ReadError::NulBytes {
        file: file.to_owned(),
        count,
        position,
        line: line_of(&text.as_bytes()[..position]),
        looks_like_utf16: even.max(odd) * 4 > sample.len() && even.min(odd) * 20 < even.max(odd),
    })
}

/// The line, counted from 1, of whatever follows these bytes.
pub(super) fn line_of(before: &[u8]) -> u64 {
    before.iter().filter(|b| **b == b'\n').count() as u64 + 1
}
