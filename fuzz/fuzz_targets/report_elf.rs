//! The report's reader of programs and shared objects.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = dyrust_report::elf::read(bytes);
});
