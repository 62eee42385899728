//! Workbooks of every kind: ZIP and OLE containers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockkeeper::data::reader::read_bytes;
use lockkeeper::domain::work::Quiet;

fuzz_target!(|bytes: &[u8]| {
    for magic in [&b"PK\x03\x04"[..], &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..]] {
        let mut file = magic.to_vec();
        file.extend_from_slice(bytes);
        let _read_or_refused = read_bytes("fuzz.xlsx", &file, &Quiet);
    }
});
