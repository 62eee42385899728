//! Parquet: the magic bytes are put around whatever comes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockkeeper::data::reader::read_bytes;
use lockkeeper::domain::work::Quiet;

fuzz_target!(|bytes: &[u8]| {
    let mut file = b"PAR1".to_vec();
    file.extend_from_slice(bytes);
    if !bytes.ends_with(b"PAR1") {
        file.extend_from_slice(b"PAR1");
    }
    let _read_or_refused = read_bytes("fuzz.parquet", &file, &Quiet);
});
