//! Whatever the bytes say they are. Start it from the files under tests/oracles/formats.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockkeeper::data::reader::read_bytes;
use lockkeeper::domain::work::Quiet;

fuzz_target!(|bytes: &[u8]| {
    let _read_or_refused = read_bytes("fuzz", bytes, &Quiet);
});
