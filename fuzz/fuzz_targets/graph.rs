//! Any bytes to the reader of the same name.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dyrust_importer::fuzzing::graph(bytes));
