//! The builder's reader of json files.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dyrust_builder_readers::read_json(bytes));
