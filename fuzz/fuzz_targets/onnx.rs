//! An ONNX file of another program, read and summed up. Start it from the files under tests/oracles/onnx/pipelines.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _read_or_refused = lockkeeper::model::onnx_summary(bytes);
});
