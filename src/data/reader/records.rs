//! Records: all fields of a file in one buffer, every row with as many as the header. What they mean is left to
//! `header` and `infer`.

use super::{ReadError, RowProblem, decode};
use crate::domain::work::Monitor;
use csv::{ByteRecord, ReaderBuilder};

/// Most ragged rows that an error lists.
pub(super) const N_LISTED: usize = 10;

/// Rows between two looks at the monitor.
const ROWS_A_LOOK: usize = 16_384;

/// The text of a file and how to cut it.
pub(super) struct Source<'a> {
    /// What messages call the file.
    pub(super) file: &'a str,
    /// All of its text.
    pub(super) text: &'a str,
    /// The byte between fields.
    pub(super) delimiter: u8,
}

impl Source<'_> {
    /// The line, counted from 1, at a byte position.
    pub(super) fn line_at(&self, position: usize) -> u64 {
        decode::line_of(&self.text.as_bytes()[..position])
    }

    /// The line on which the record at a byte position begins: blank lines in front of it belong to no record.
    fn line_of_record(&self, position: usize) -> u64 {
        let bytes = self.text.as_bytes();
        let skipped = bytes[position..]
            .iter()
            .take_while(|b| **b == b'\n' || **b == b'\r')
            .count();
        self.line_at(position + skipped)
    }
}

/// The rows below the header.
#[derive(Debug)]
pub(super) struct Records {
    text: String,
    /// Where each row begins in `text`.
    starts: Vec<usize>,
    /// Where each field ends, relative to the beginning of its row.
    ends: Vec<u32>,
    n_columns: usize,
}

impl Records {
    /// Number of rows.
    pub(super) fn n_rows(&self) -> usize {
        self.starts.len()
    }

    /// One field as it stands in the file, without its quotes.
    pub(super) fn field(&self, row: usize, column: usize) -> &str {
        let first = row * self.n_columns;
        let begin = match column {
            0 => 0,
            _ => self.ends[first + column - 1] as usize,
        };
        let start = self.starts[row];
        &self.text[start + begin..start + self.ends[first + column] as usize]
    }

    /// The fields of a column from top to bottom, without blanks around them.
    pub(super) fn trimmed(&self, column: usize) -> impl Iterator<Item = &str> {
        (0..self.n_rows()).map(move |row| self.field(row, column).trim())
    }
}

/// Takes the header and all rows.
pub(super) fn collect(
    source: &Source<'_>,
    monitor: &dyn Monitor,
) -> Result<(Vec<String>, Records), ReadError> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(source.delimiter)
        .from_reader(source.text.as_bytes());
    let mut record = ByteRecord::new();
    let mut read = |record: &mut ByteRecord| {
        reader
            .read_byte_record(record)
            .expect("reading from memory does not fail, and flexible records may have any length")
    };
    if !read(&mut record) {
        return Err(ReadError::Empty {
            file: source.file.to_owned(),
        });
    }
    let header: Vec<String> = record
        .iter()
        .map(|field| String::from_utf8_lossy(field).into_owned())
        .collect();
    let mut rows = Collector::new(source, header.len());
    while read(&mut record) {
        if rows.n_rows.is_multiple_of(ROWS_A_LOOK) {
            if monitor.is_stopped() {
                return Err(ReadError::Stopped);
            }
            let done = record.position().map_or(0, csv::Position::byte);
            monitor.progress(done, source.text.len() as u64, "bytes read");
        }
        rows.push(&record)?;
    }
    Ok((header, rows.finish()?))
}

struct Collector<'a> {
    source: &'a Source<'a>,
    n_columns: usize,
    n_rows: usize,
    bytes: Vec<u8>,
    starts: Vec<usize>,
    ends: Vec<u32>,
    n_short: usize,
    n_long: usize,
    ragged: Vec<RowProblem>,
}

impl<'a> Collector<'a> {
    fn new(source: &'a Source<'a>, n_columns: usize) -> Self {
        Self {
            source,
            n_columns,
            n_rows: 0,
            bytes: Vec::with_capacity(source.text.len()),
            starts: Vec::new(),
            ends: Vec::new(),
            n_short: 0,
            n_long: 0,
            ragged: Vec::new(),
        }
    }

    fn push(&mut self, record: &ByteRecord) -> Result<(), ReadError> {
        self.n_rows += 1;
        if record.len() != self.n_columns {
            if record.len() < self.n_columns {
                self.n_short += 1;
            } else {
                self.n_long += 1;
            }
            if self.ragged.len() < N_LISTED {
                let position = record.position().map_or(0, csv::Position::byte);
                self.ragged.push(RowProblem {
                    line: self.source.line_of_record(position as usize),
                    row: self.n_rows as u64,
                    n_fields: record.len(),
                });
            }
            return Ok(());
        }
        self.starts.push(self.bytes.len());
        self.bytes.extend_from_slice(record.as_slice());
        let mut end = 0;
        for field in record {
            end += field.len();
            self.ends
                .push(u32::try_from(end).map_err(|_| ReadError::TooLarge {
                    file: self.source.file.to_owned(),
                    what: format!("row {}", self.n_rows),
                })?);
        }
        Ok(())
    }

    fn finish(self) -> Result<Records, ReadError> {
        let file = self.source.file.to_owned();
        if self.n_short + self.n_long > 0 {
            return Err(ReadError::Ragged {
                file,
                expected: self.n_columns,
                n_rows: self.n_rows,
                n_short: self.n_short,
                n_long: self.n_long,
                first: self.ragged,
            });
        }
        if self.n_rows == 0 {
            return Err(ReadError::NoRows {
                file,
                n_columns: self.n_columns,
            });
        }
        Ok(Records {
            text: String::from_utf8(self.bytes).expect("UTF-8 cut at ASCII characters stays UTF-8"),
            starts: self.starts,
            ends: self.ends,
            n_columns: self.n_columns,
        })
    }
}
