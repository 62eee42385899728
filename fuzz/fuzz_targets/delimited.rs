//! The sniffer and the reader of delimited text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockkeeper::data::reader::read_bytes;
use lockkeeper::domain::work::Quiet;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(outcome) = read_bytes("fuzz.csv", bytes, &Quiet) {
        // A row takes at least one byte.
        assert!(outcome.table.n_rows() <= bytes.len());
    }
});
