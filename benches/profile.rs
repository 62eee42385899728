//! How the cost of a profile grows with the number of rows: 20 columns made chunk by chunk, so that no file and no disk
//! takes part. `cargo bench --bench profile` measures 1, 10 and 100 million rows; numbers after `--` measure those instead.
//! The comparison with DuckDB, on files, is in profile.py.
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use lockkeeper::data::Table;
use lockkeeper::data::profile::profile_source;
use lockkeeper::data::reader::ReadError;
use lockkeeper::data::source::{Chunk, ScanEnd, Source};
use lockkeeper::domain::dataset::Finding;
use lockkeeper::domain::pipeline::StatisticsParams;
use lockkeeper::domain::reading::ReadOptions;
use lockkeeper::domain::schema::ColumnType;
use lockkeeper::domain::work::{Monitor, Quiet};
use rayon::prelude::*;
use std::sync::Arc;
use std::time::Instant;

const CHUNK_ROWS: u64 = 1 << 16;
const WORDS: [&str; 8] = [
    "ok",
    "late",
    "gone",
    "très bien",
    "n/a",
    "poor fit",
    "again",
    "x",
];

/// Rows that are made when they are asked for.
struct Made {
    n_rows: u64,
}

/// A number that looks random, of a row and a column.
fn hash(row: u64, column: u64) -> u64 {
    let mut x = (row ^ (column << 56)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Twelve columns of real numbers with few and many different values, five of whole numbers, three of texts.
fn column(column: usize, rows: std::ops::Range<u64>) -> ArrayRef {
    let c = column as u64;
    match column {
        0 => Arc::new(rows.map(|r| Some(r as i64)).collect::<Int64Array>()),
        1..5 => Arc::new(
            rows.map(|r| {
                (!hash(r, c).is_multiple_of(50)).then_some((hash(r, c) >> (8 * c)) as i64)
            })
            .collect::<Int64Array>(),
        ),
        5..17 => Arc::new(
            rows.map(|r| Some((hash(r, c) % 10_u64.pow(column as u32 - 3)) as f64 / 1e4))
                .collect::<Float64Array>(),
        ),
        17 => Arc::new(
            rows.map(|r| Some(WORDS[(hash(r, c) % 8) as usize]))
                .collect::<StringArray>(),
        ),
        18 => Arc::new(
            rows.map(|r| Some(format!("SKU-{:05}", hash(r, c) % 20_000)))
                .collect::<StringArray>(),
        ),
        _ => Arc::new(
            rows.map(|r| Some(format!("u{:08}", hash(r, c) % 70_000_000)))
                .collect::<StringArray>(),
        ),
    }
}

impl Source for Made {
    fn columns(&self) -> Vec<(String, ColumnType)> {
        let kind = |c| match c {
            0..5 => ColumnType::Integer,
            5..17 => ColumnType::Number,
            _ => ColumnType::Text,
        };
        (0..20).map(|c| (format!("c{c}"), kind(c))).collect()
    }

    fn n_bytes(&self) -> u64 {
        self.n_rows * 160
    }

    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }

    fn understood(&self) -> ReadOptions {
        ReadOptions::default()
    }

    fn scan(
        &self,
        columns: Option<&[usize]>,
        consume: &(dyn Fn(Chunk) + Sync),
        _monitor: &dyn Monitor,
    ) -> Result<ScanEnd, ReadError> {
        let all: Vec<usize> = (0..20).collect();
        let columns = columns.unwrap_or(&all);
        (0..self.n_rows.div_ceil(CHUNK_ROWS))
            .par_bridge()
            .for_each(|index| {
                let from = index * CHUNK_ROWS;
                let rows = from..(from + CHUNK_ROWS).min(self.n_rows);
                let arrays = columns
                    .iter()
                    .map(|c| (format!("c{c}"), column(*c, rows.clone())))
                    .collect();
                if let Some(table) = Table::from_columns(arrays) {
                    consume(Chunk {
                        index: index as usize,
                        table,
                    });
                }
            });
        Ok(ScanEnd::Complete)
    }
}

/// CPU seconds of this process so far, and its largest size in MB, where Linux tells them.
fn used() -> (f64, f64) {
    let read =
        |name: &str| std::fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
    let stat = read("stat");
    let fields: Vec<f64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .map(|f| f.parse().unwrap_or(0.0))
        .collect();
    let ticks = fields
        .get(11)
        .zip(fields.get(12))
        .map_or(0.0, |(a, b)| a + b);
    let status = read("status");
    let largest = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .and_then(|l| l.split_whitespace().next())
        .and_then(|n| n.parse::<f64>().ok())
        .unwrap_or(0.0);
    (ticks / 100.0, largest / 1024.0)
}

fn main() {
    let mut sizes: Vec<u64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![1_000_000, 10_000_000, 100_000_000];
    }
    println!(
        "rows, seconds, CPU seconds, CPU seconds of making the rows alone, CPU ns a value, largest size so far in MB"
    );
    for n_rows in sizes {
        let source = Made { n_rows };
        let (before, _) = used();
        if source.scan(None, &|_| {}, &Quiet).is_err() {
            return;
        }
        let (made, _) = used();
        let start = Instant::now();
        match profile_source(&source, &StatisticsParams::default(), &Quiet) {
            Ok(statistics) => {
                let seconds = start.elapsed().as_secs_f64();
                let (after, largest) = used();
                let making = made - before;
                let cpu = after - made;
                println!(
                    "{}, {seconds:.2}, {cpu:.2}, {making:.2}, {:.1}, {largest:.0}",
                    statistics.n_rows,
                    cpu * 1e9 / (n_rows as f64 * 20.0)
                );
            }
            Err(error) => println!("{error}"),
        }
    }
}
