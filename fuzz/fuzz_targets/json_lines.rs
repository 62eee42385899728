//! JSON lines and arrays of objects: the name makes every text JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockkeeper::data::reader::read_bytes;
use lockkeeper::domain::work::Quiet;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(outcome) = read_bytes("fuzz.jsonl", bytes, &Quiet) {
        // An object takes at least two bytes.
        assert!(outcome.table.n_rows() * 2 <= bytes.len());
    }
});
