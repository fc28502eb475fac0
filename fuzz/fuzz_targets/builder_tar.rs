//! The builder's reader of tar files.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dyrust_builder_readers::read_tar(bytes));
