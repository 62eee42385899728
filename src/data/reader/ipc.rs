//! Arrow IPC as a source: files (Feather 2) and streams, compressed or not. Batches are read one after the other, cut into
//! chunks and converted side by side. A batch is in memory as a whole, because that is how the format holds it. What
//! compressed buffers claim to hold is checked first (`ipc_claims`). Artifacts, which are such files too, are left to `data::ipc`.

use super::arrow_types::{ArrowColumns, Conversions};
use super::input::Input;
use super::ipc_claims;
use super::notes::{ChunkRows, guarded, table};
use super::pump::pump;
use super::{Finding, ReadError};
use crate::data::source::{Chunk, ScanEnd, Source};
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};
use std::fs::File;
use std::io::BufReader;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What messages call such a file.
const WHAT: &str = "Arrow file";
/// Rows of a chunk.
const CHUNK_ROWS: usize = 65_536;

/// An Arrow file or stream.
pub(super) struct IpcSource {
    file: String,
    input: Input,
    is_stream: bool,
    columns: ArrowColumns,
    noted: Mutex<(Vec<Conversions>, ChunkRows)>,
}

/// The batches of a file, in order.
enum Batches {
    File(FileReader<BufReader<File>>),
    Stream(StreamReader<BufReader<File>>),
}

impl Batches {
    fn next(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        match self {
            Self::File(reader) => reader.next(),
            Self::Stream(reader) => reader.next(),
        }
    }
}

/// Whether bytes begin as a stream of Arrow messages does: a mark, and the length of the schema's message.
pub(super) fn is_stream(bytes: &[u8]) -> bool {
    let length = bytes
        .get(4..8)
        .and_then(|b| b.try_into().ok())
        .map(i32::from_le_bytes);
    bytes.starts_with(&[0xff; 4]) && length.is_some_and(|n| n > 0 && n < 1 << 26)
}

/// Opens an Arrow file or stream.
pub(super) fn open(file: &str, input: Input, is_stream: bool) -> Result<IpcSource, ReadError> {
    let fields = guarded(file, WHAT, || {
        let batches = batches(file, &input, is_stream, None)?;
        Ok(match batches {
            Batches::File(reader) => reader.schema().fields().to_vec(),
            Batches::Stream(reader) => reader.schema().fields().to_vec(),
        })
    })?;
    if fields.is_empty() {
        return Err(ReadError::Empty {
            file: file.to_owned(),
        });
    }
    Ok(IpcSource {
        file: file.to_owned(),
        input,
        is_stream,
        columns: ArrowColumns::new(&fields),
        noted: Mutex::default(),
    })
}

fn batches(
    file: &str,
    input: &Input,
    is_stream: bool,
    columns: Option<Vec<usize>>,
) -> Result<Batches, ReadError> {
    let reader = BufReader::new(input.open(file)?);
    let opened = match is_stream {
        true => StreamReader::try_new(reader, columns).map(Batches::Stream),
        false => FileReader::try_new(reader, columns).map(Batches::File),
    };
    opened.map_err(|error| damaged(file, &error))
}

fn damaged(file: &str, error: &ArrowError) -> ReadError {
    ReadError::Damaged {
        file: file.to_owned(),
        what: WHAT,
        reason: error.to_string(),
    }
}

impl Source for IpcSource {
    fn columns(&self) -> Vec<(String, ColumnType)> {
        self.columns.types()
    }

    fn n_bytes(&self) -> u64 {
        self.input.n_bytes()
    }

    fn findings(&self) -> Vec<Finding> {
        let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        self.columns.findings(&noted.0, &noted.1)
    }

    fn understood(&self) -> ReadOptions {
        ReadOptions::default()
    }

    fn scan(
        &self,
        columns: Option<&[usize]>,
        consume: &(dyn Fn(Chunk) + Sync),
        monitor: &dyn Monitor,
    ) -> Result<ScanEnd, ReadError> {
        let wanted: Vec<usize> = match columns {
            Some(columns) => columns.to_vec(),
            None => (0..self.columns.len()).collect(),
        };
        let mut decoded = wanted.clone();
        decoded.sort_unstable();
        decoded.dedup();
        let projection = (decoded.len() < self.columns.len()).then(|| decoded.clone());
        let mut batches = guarded(&self.file, WHAT, || {
            batches(&self.file, &self.input, self.is_stream, projection)
        })?;
        let mut input = self.input.open(&self.file)?;
        if let Some(reason) = ipc_claims::absurd(&mut input, self.is_stream) {
            return Err(ReadError::Damaged {
                file: self.file.clone(),
                what: WHAT,
                reason,
            });
        }
        let is_void = AtomicBool::new(false);
        let n_columns = self.columns.len();
        let noted = Mutex::new((
            vec![Conversions::default(); n_columns],
            ChunkRows::default(),
        ));
        let (mut batch, mut offset): (Option<RecordBatch>, usize) = (None, 0);
        let produce = |_: usize| -> Result<Option<RecordBatch>, ReadError> {
            loop {
                if is_void.load(Ordering::Relaxed) {
                    return Ok(None);
                }
                if let Some(whole) = &batch
                    && offset < whole.num_rows()
                {
                    let n_rows = CHUNK_ROWS.min(whole.num_rows() - offset);
                    offset += n_rows;
                    return Ok(Some(whole.slice(offset - n_rows, n_rows)));
                }
                batch = guarded(&self.file, WHAT, || match batches.next() {
                    None => Ok(None),
                    Some(Ok(next)) => Ok(Some(next)),
                    Some(Err(error)) => Err(damaged(&self.file, &error)),
                })?;
                offset = 0;
                if batch.is_none() {
                    return Ok(None);
                }
            }
        };
        let work = |index: usize, batch: RecordBatch| -> Result<(), ReadError> {
            let mut arrays = Vec::with_capacity(decoded.len());
            for (column, array) in decoded.iter().zip(batch.columns()) {
                let mut conversions = Conversions::default();
                let converted = guarded(&self.file, WHAT, || {
                    self.columns
                        .convert(&self.file, *column, index, array, &mut conversions)
                })?;
                let Some(converted) = converted else {
                    is_void.store(true, Ordering::Relaxed);
                    return Ok(());
                };
                arrays.push((self.columns.name(*column).to_owned(), converted));
                let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
                noted.0[*column].merge(conversions);
            }
            let ordered = wanted
                .iter()
                .filter_map(|c| decoded.binary_search(c).ok())
                .map(|at| arrays[at].clone())
                .collect();
            let n_rows = batch.num_rows();
            noted
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .1
                .set(index, n_rows);
            let table = table(ordered, n_rows);
            consume(Chunk { index, table });
            Ok(())
        };
        pump(produce, work, monitor)?;
        if is_void.load(Ordering::Relaxed) {
            return Ok(ScanEnd::TypesChanged);
        }
        let noted = noted.into_inner().unwrap_or_else(PoisonError::into_inner);
        if noted.1.n_rows() == 0 {
            return Err(ReadError::NoRows {
                file: self.file.clone(),
                n_columns,
            });
        }
        *self.noted.lock().unwrap_or_else(PoisonError::into_inner) = noted;
        monitor.progress(self.n_bytes(), self.n_bytes(), "bytes read");
        Ok(ScanEnd::Complete)
    }
}
