//! Parquet files as a source: row groups side by side where there are enough of them, else the columns of one row group
//! side by side. Only the columns that a scan asks for are decoded, and never more chunks at a time than there are
//! threads. What becomes of the types is left to `arrow_types`.

use super::arrow_types::{ArrowColumns, Conversions};
use super::input::Input;
use super::notes::{ChunkRows, guarded, table};
use super::pump::pump;
use super::{Finding, ReadError};
use crate::data::source::{Chunk, ScanEnd, Source};
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, Schema};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// What messages call such a file.
const WHAT: &str = "Parquet file";
/// So many decoded bytes a chunk is to have, roughly.
const CHUNK_BYTES: usize = 16 << 20;
/// Most and fewest rows of a chunk.
const MOST_ROWS: usize = 16_384;
const FEWEST_ROWS: usize = 1024;

/// A Parquet file.
pub(super) struct ParquetSource {
    file: String,
    input: Input,
    metadata: ArrowReaderMetadata,
    columns: ArrowColumns,
    groups: Vec<RowGroup>,
    chunk_rows: usize,
    n_rows: u64,
    noted: Mutex<(Vec<Conversions>, ChunkRows)>,
}

/// Where a row group stands among the chunks.
#[derive(Debug, Clone)]
struct RowGroup {
    index: usize,
    n_rows: usize,
    first_chunk: usize,
}

/// One pass over the file.
struct Pass<'a> {
    source: &'a ParquetSource,
    /// Columns in the order of the file, without repetition: that is how they are decoded.
    decoded: Vec<usize>,
    /// For each column that was asked for, its place among the decoded ones.
    order: Vec<usize>,
    consume: &'a (dyn Fn(Chunk) + Sync),
    monitor: &'a dyn Monitor,
    is_void: AtomicBool,
    n_rows_done: AtomicU64,
    noted: Mutex<(Vec<Conversions>, ChunkRows)>,
}

/// Opens a Parquet file.
pub(super) fn open(file: &str, input: Input) -> Result<ParquetSource, ReadError> {
    let metadata = guarded(file, WHAT, || load(file, &input))?;
    let columns = ArrowColumns::new(metadata.schema().fields());
    if columns.len() == 0 {
        return Err(ReadError::Empty {
            file: file.to_owned(),
        });
    }
    let parquet = metadata.metadata();
    let chunk_rows = chunk_rows(&metadata);
    let mut groups = Vec::with_capacity(parquet.num_row_groups());
    let mut n_rows_in_all = 0_u64;
    let mut first_chunk = 0_usize;
    for (index, group) in parquet.row_groups().iter().enumerate() {
        let n_rows = usize::try_from(group.num_rows()).map_err(|_| ReadError::Damaged {
            file: file.to_owned(),
            what: WHAT,
            reason: format!("row group {index} claims to have {} rows", group.num_rows()),
        })?;
        groups.push(RowGroup {
            index,
            n_rows,
            first_chunk,
        });
        first_chunk = first_chunk.saturating_add(n_rows.div_ceil(chunk_rows));
        n_rows_in_all = n_rows_in_all.saturating_add(n_rows as u64);
    }
    if n_rows_in_all == 0 {
        return Err(ReadError::NoRows {
            file: file.to_owned(),
            n_columns: columns.len(),
        });
    }
    Ok(ParquetSource {
        file: file.to_owned(),
        input,
        metadata,
        columns,
        groups,
        chunk_rows,
        n_rows: n_rows_in_all,
        noted: Mutex::default(),
    })
}

/// The metadata, with plain texts where the writer used dictionaries or long texts: they are decoded as such at once.
fn load(file: &str, input: &Input) -> Result<ArrowReaderMetadata, ReadError> {
    let damaged = |error: ::parquet::errors::ParquetError| ReadError::Damaged {
        file: file.to_owned(),
        what: WHAT,
        reason: error.to_string(),
    };
    let reader = input.open(file)?;
    let found = ArrowReaderMetadata::load(&reader, ArrowReaderOptions::new()).map_err(damaged)?;
    let plain: Vec<Arc<Field>> = found.schema().fields().iter().map(plain_text).collect();
    if plain == found.schema().fields().to_vec() {
        return Ok(found);
    }
    let schema = Schema::new_with_metadata(plain, found.schema().metadata().clone());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    match ArrowReaderMetadata::try_new(Arc::clone(found.metadata()), options) {
        Ok(plain) => Ok(plain),
        Err(_) => Ok(found),
    }
}

fn plain_text(field: &Arc<Field>) -> Arc<Field> {
    let is_text =
        |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let is_packed = match field.data_type() {
        DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    };
    match is_packed {
        true => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8)),
        false => Arc::clone(field),
    }
}

/// Rows of a chunk, by the width of the file's rows.
fn chunk_rows(metadata: &ArrowReaderMetadata) -> usize {
    let parquet = metadata.metadata();
    let widest = parquet.row_groups().iter().map(|group| {
        let n_rows = group.num_rows().max(1);
        let widths = group.columns().iter().map(|column| {
            let texts = column.unencoded_byte_array_data_bytes().unwrap_or(0);
            (column.uncompressed_size().max(texts) / n_rows).max(8)
        });
        widths.sum::<i64>()
    });
    let width = usize::try_from(widest.max().unwrap_or(8))
        .unwrap_or(8)
        .max(1);
    let rows = (CHUNK_BYTES / width) / FEWEST_ROWS * FEWEST_ROWS;
    rows.clamp(FEWEST_ROWS, MOST_ROWS)
}

impl Source for ParquetSource {
    fn columns(&self) -> Vec<(String, ColumnType)> {
        self.columns.types()
    }

    fn n_bytes(&self) -> u64 {
        self.input.n_bytes()
    }

    fn findings(&self) -> Vec<Finding> {
        let (noted, rows) = self.noted.lock().map(|n| n.clone()).unwrap_or_default();
        self.columns.findings(&noted, &rows)
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
        let order = wanted
            .iter()
            .filter_map(|c| decoded.binary_search(c).ok())
            .collect();
        let pass = Pass {
            source: self,
            decoded,
            order,
            consume,
            monitor,
            is_void: AtomicBool::new(false),
            n_rows_done: AtomicU64::new(0),
            noted: Mutex::new((
                vec![Conversions::default(); self.columns.len()],
                ChunkRows::default(),
            )),
        };
        monitor.progress(0, self.n_bytes(), "bytes read");
        if self.groups.len() >= 2 * rayon::current_num_threads() {
            pass.groups_side_by_side()?;
        } else {
            for group in &self.groups {
                pass.columns_side_by_side(group)?;
            }
        }
        if pass.is_void.load(Ordering::Relaxed) {
            return Ok(ScanEnd::TypesChanged);
        }
        if let (Ok(mut kept), Ok(noted)) = (self.noted.lock(), pass.noted.into_inner()) {
            *kept = noted;
        }
        Ok(ScanEnd::Complete)
    }
}

impl Pass<'_> {
    fn groups_side_by_side(&self) -> Result<(), ReadError> {
        let groups = &self.source.groups;
        pump(
            |index| Ok(groups.get(index)),
            |_, group| {
                let columns = 0..self.decoded.len();
                let mut reader = self.reader(group, &columns)?;
                for (chunk, n_rows) in self.chunks(group) {
                    if self.is_over()? {
                        return Ok(());
                    }
                    let arrays = self.next(&mut reader, n_rows)?;
                    self.hand_over(chunk, arrays, n_rows)?;
                }
                Ok(())
            },
            self.monitor,
        )
    }

    /// Some chunks of all columns are decoded, columns side by side; then these chunks are consumed side by side.
    fn columns_side_by_side(&self, group: &RowGroup) -> Result<(), ReadError> {
        let n_threads = rayon::current_num_threads();
        let n_columns = self.decoded.len();
        let stride = n_columns.div_ceil(4 * n_threads).max(1);
        let parts: Vec<Range<usize>> = (0..n_columns.max(1))
            .step_by(stride)
            .map(|first| first..(first + stride).min(n_columns))
            .collect();
        let mut readers = parts
            .iter()
            .map(|part| self.reader(group, part))
            .collect::<Result<Vec<_>, _>>()?;
        let mut chunks = self.chunks(group);
        loop {
            let wave: Vec<(usize, usize)> = chunks.by_ref().take(n_threads).collect();
            if wave.is_empty() || self.is_over()? {
                return Ok(());
            }
            let decoded: Vec<Vec<Vec<ArrayRef>>> = readers
                .par_iter_mut()
                .map(|reader| {
                    wave.iter()
                        .map(|(_, n_rows)| self.next(reader, *n_rows))
                        .collect()
                })
                .collect::<Result<_, ReadError>>()?;
            let mut by_chunk = vec![Vec::with_capacity(n_columns); wave.len()];
            for part in decoded {
                for (arrays, chunk) in part.into_iter().zip(&mut by_chunk) {
                    chunk.extend(arrays);
                }
            }
            wave.par_iter()
                .zip(by_chunk)
                .try_for_each(|((chunk, n_rows), arrays)| {
                    self.hand_over(*chunk, arrays, *n_rows)
                })?;
        }
    }

    /// Numbers and rows of the chunks of a row group.
    fn chunks(&self, group: &RowGroup) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (size, n_rows, first_chunk) = (self.source.chunk_rows, group.n_rows, group.first_chunk);
        (0..n_rows.div_ceil(size)).map(move |i| (first_chunk + i, size.min(n_rows - i * size)))
    }

    fn is_over(&self) -> Result<bool, ReadError> {
        match self.monitor.is_stopped() {
            true => Err(ReadError::Stopped),
            false => Ok(self.is_void.load(Ordering::Relaxed)),
        }
    }

    /// A reader of some of the decoded columns. It has a file handle of its own: handles that are copied share their
    /// position.
    fn reader(
        &self,
        group: &RowGroup,
        columns: &Range<usize>,
    ) -> Result<ParquetRecordBatchReader, ReadError> {
        let source = self.source;
        let roots = self.decoded[columns.clone()].iter().copied();
        let mask = ProjectionMask::roots(source.metadata.parquet_schema(), roots);
        guarded(&source.file, WHAT, || {
            ParquetRecordBatchReaderBuilder::new_with_metadata(
                source.input.open(&source.file)?,
                source.metadata.clone(),
            )
            .with_projection(mask)
            .with_row_groups(vec![group.index])
            .with_batch_size(source.chunk_rows.min(group.n_rows.max(1)))
            .build()
            .map_err(|error| source.damaged(error.to_string()))
        })
    }

    fn next(
        &self,
        reader: &mut ParquetRecordBatchReader,
        n_rows: usize,
    ) -> Result<Vec<ArrayRef>, ReadError> {
        let source = self.source;
        guarded(&source.file, WHAT, || match reader.next() {
            Some(Ok(batch)) if batch.num_rows() == n_rows => Ok(batch.columns().to_vec()),
            Some(Err(error)) => Err(source.damaged(error.to_string())),
            Some(Ok(_)) | None => {
                Err(source.damaged("it has fewer rows than it claims".to_owned()))
            }
        })
    }

    fn hand_over(
        &self,
        chunk: usize,
        arrays: Vec<ArrayRef>,
        n_rows: usize,
    ) -> Result<(), ReadError> {
        let source = self.source;
        let mut columns = Vec::with_capacity(arrays.len());
        let mut noted = Vec::with_capacity(arrays.len());
        for (column, array) in self.decoded.iter().zip(&arrays) {
            let mut conversions = Conversions::default();
            let converted =
                source
                    .columns
                    .convert(&source.file, *column, chunk, array, &mut conversions)?;
            let Some(converted) = converted else {
                self.is_void.store(true, Ordering::Relaxed);
                return Ok(());
            };
            columns.push((source.columns.name(*column).to_owned(), converted));
            noted.push(conversions);
        }
        drop(arrays);
        if let Ok(mut all) = self.noted.lock() {
            for (column, conversions) in self.decoded.iter().zip(noted) {
                all.0[*column].merge(conversions);
            }
            all.1.set(chunk, n_rows);
        }
        let columns = self.order.iter().map(|c| columns[*c].clone()).collect();
        let table = table(columns, n_rows);
        (self.consume)(Chunk {
            index: chunk,
            table,
        });
        let done = self.n_rows_done.fetch_add(n_rows as u64, Ordering::Relaxed) + n_rows as u64;
        let share = done as f64 / source.n_rows as f64;
        let n_bytes = source.n_bytes();
        self.monitor
            .progress((share * n_bytes as f64) as u64, n_bytes, "bytes read");
        Ok(())
    }
}

impl ParquetSource {
    fn damaged(&self, reason: String) -> ReadError {
        // The one codec of Parquet that is left out, and rarely used.
        if reason.to_lowercase().contains("brotli") {
            return ReadError::Unsupported {
                file: self.file.clone(),
                what: "a Parquet file compressed with Brotli (write it with zstd or snappy)"
                    .to_owned(),
            };
        }
        ReadError::Damaged {
            file: self.file.clone(),
            what: WHAT,
            reason,
        }
    }
}
