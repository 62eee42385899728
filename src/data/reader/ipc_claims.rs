//! What compressed buffers of an Arrow file claim to be long, before the library asks for so much memory: it takes the
//! claim on trust, and a claim beyond all memory ends the process. A claim is refused where no compressed text of its
//! length can become so long, or where the memory is not to be had. Decoding is left to `ipc`.

use arrow::ipc::{Message, RecordBatch, root_as_footer, root_as_message};
use std::io::{self, Read, Seek, SeekFrom};

/// Largest metadata that is looked at, in bytes.
const MAX_METADATA: u64 = 1 << 28;

/// Longest text of a block of a Zstandard frame (RFC 8878, 3.1.1.2.4), and its shortest form: a header of three bytes
/// and one byte. LZ4 makes far less of its input.
const BLOCK_BYTES: u64 = 1 << 17;
const SHORTEST_BLOCK: u64 = 4;

/// What is wrong with the first absurd claim of a file or stream; `None` where there is none, and where the file is
/// damaged in another way, which the library says.
pub(super) fn absurd<R: Read + Seek>(input: &mut R, is_stream: bool) -> Option<String> {
    let end = input.seek(SeekFrom::End(0)).ok()?;
    let mut claims = Claims { input, end };
    let found = match is_stream {
        true => claims.of_stream(),
        false => claims.of_file(),
    };
    found.ok().flatten()
}

struct Claims<'a, R> {
    input: &'a mut R,
    /// Bytes of the file.
    end: u64,
}

impl<R: Read + Seek> Claims<'_, R> {
    /// Batches as the footer lists them.
    fn of_file(&mut self) -> io::Result<Option<String>> {
        // The length of the footer, and the mark ARROW1.
        let tail = self.bytes(self.end.saturating_sub(10), 4)?;
        let length = u64::from(u32_of(&tail));
        let footer = self.bytes(self.end.saturating_sub(10 + length), length)?;
        let footer = root_as_footer(&footer).map_err(|_| io::ErrorKind::InvalidData)?;
        let lists = [footer.dictionaries(), footer.recordBatches()];
        for block in lists.into_iter().flatten().flatten() {
            let start = u64::try_from(block.offset()).map_err(io::Error::other)?;
            let n_metadata = u64::try_from(block.metaDataLength()).map_err(io::Error::other)?;
            let (metadata, _) = self.metadata(start)?;
            let message = root_as_message(&metadata).map_err(|_| io::ErrorKind::InvalidData)?;
            if let Some(reason) = self.of_message(message, start.saturating_add(n_metadata))? {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    /// Messages one behind the other.
    fn of_stream(&mut self) -> io::Result<Option<String>> {
        let mut start = 0;
        while start < self.end {
            let (metadata, body) = self.metadata(start)?;
            if metadata.is_empty() {
                break;
            }
            let message = root_as_message(&metadata).map_err(|_| io::ErrorKind::InvalidData)?;
            if let Some(reason) = self.of_message(message, body)? {
                return Ok(Some(reason));
            }
            let length = u64::try_from(message.bodyLength()).map_err(io::Error::other)?;
            start = body.saturating_add(length);
        }
        Ok(None)
    }

    /// The metadata of the message at a position, and the position behind it.
    fn metadata(&mut self, start: u64) -> io::Result<(Vec<u8>, u64)> {
        let first = self.bytes(start, 4)?;
        // Before version 0.15 the length had no mark in front of it.
        let prefix = if first == [0xff; 4] { 8 } else { 4 };
        let length = self.bytes(start + prefix - 4, 4)?;
        let length = u64::from(u32_of(&length));
        let metadata = self.bytes(start + prefix, length)?;
        Ok((metadata, start + prefix + length))
    }

    fn of_message(&mut self, message: Message<'_>, body: u64) -> io::Result<Option<String>> {
        let batch = message
            .header_as_record_batch()
            .or_else(|| message.header_as_dictionary_batch().and_then(|d| d.data()));
        match batch {
            Some(batch) if batch.compression().is_some() => self.of_batch(batch, body),
            _ => Ok(None),
        }
    }

    fn of_batch(&mut self, batch: RecordBatch<'_>, body: u64) -> io::Result<Option<String>> {
        for buffer in batch.buffers().into_iter().flatten() {
            let (Ok(offset), Ok(length)) = (
                u64::try_from(buffer.offset()),
                u64::try_from(buffer.length()),
            ) else {
                continue;
            };
            if length < 8 {
                continue;
            }
            let claim = self.bytes(body.saturating_add(offset), 8)?;
            let claim = i64::from_le_bytes(claim.try_into().unwrap_or_default());
            let Ok(claim) = u64::try_from(claim) else {
                continue;
            };
            let most = (length / SHORTEST_BLOCK + 1).saturating_mul(BLOCK_BYTES);
            let is_to_be_had =
                usize::try_from(claim).is_ok_and(|n| Vec::<u8>::new().try_reserve_exact(n).is_ok());
            if claim > most || !is_to_be_had {
                return Ok(Some(format!(
                    "a compressed buffer of {length} bytes claims to hold {claim} bytes"
                )));
            }
        }
        Ok(None)
    }

    fn bytes(&mut self, start: u64, length: u64) -> io::Result<Vec<u8>> {
        let is_inside = start.checked_add(length).is_some_and(|end| end <= self.end);
        if length > MAX_METADATA || !is_inside {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.input.seek(SeekFrom::Start(start))?;
        let mut bytes = vec![0; length as usize];
        self.input.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

fn u32_of(bytes: &[u8]) -> u32 {
    bytes.try_into().map_or(0, u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    use arrow::ipc::CompressionType;
    use arrow::ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
    use std::sync::Arc;

    fn written(compression: CompressionType, is_stream: bool) -> Vec<u8> {
        let values: ArrayRef = Arc::new(Int64Array::from_iter_values((0..5000).map(|i| i % 7)));
        let batch = RecordBatch::try_from_iter([("x", values)]).expect("one column");
        let options = IpcWriteOptions::default()
            .try_with_compression(Some(compression))
            .expect("a version with compression");
        let mut bytes = Vec::new();
        if is_stream {
            let mut writer =
                StreamWriter::try_new_with_options(&mut bytes, &batch.schema(), options)
                    .expect("written");
            writer.write(&batch).expect("written");
            writer.finish().expect("written");
        } else {
            let mut writer = FileWriter::try_new_with_options(&mut bytes, &batch.schema(), options)
                .expect("written");
            writer.write(&batch).expect("written");
            writer.finish().expect("written");
        }
        bytes
    }

    #[test]
    fn a_claim_beyond_what_a_buffer_can_hold_is_refused_and_others_are_not() {
        for compression in [CompressionType::ZSTD, CompressionType::LZ4_FRAME] {
            for is_stream in [false, true] {
                let mut bytes = written(compression, is_stream);
                let mut input = io::Cursor::new(&bytes);
                assert_eq!(absurd(&mut input, is_stream), None);
                // 5000 values of 8 bytes.
                let at =
                    memchr::memmem::find(&bytes, &40_000_u64.to_le_bytes()).expect("the claim");
                bytes[at..at + 8].copy_from_slice(&(1_u64 << 62).to_le_bytes());
                let reason = absurd(&mut io::Cursor::new(&bytes), is_stream);
                assert!(reason.is_some_and(|r| r.contains("4611686018427387904 bytes")));
            }
        }
    }

    #[test]
    fn bytes_that_are_no_arrow_file_are_left_to_the_library() {
        for bytes in [&b""[..], b"ARROW1", &[0xff; 64], &[0; 64]] {
            for is_stream in [false, true] {
                assert_eq!(absurd(&mut io::Cursor::new(bytes), is_stream), None);
            }
        }
    }
}
