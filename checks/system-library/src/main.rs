//! A library of the package set, found by pkg-config, and used by two crates; and another that a crate without a build script links to.

use flate2::Compression;
use flate2::write::{ZlibDecoder, ZlibEncoder};
use std::ffi::CStr;
use std::io::Write;

fn main() {
    let text = "word ".repeat(1000);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let mut decoder = ZlibDecoder::new(Vec::new());
    decoder.write_all(&packed).unwrap();
    println!("{} {}", packed.len() < 100, decoder.finish().unwrap() == text.as_bytes());
    let version = unsafe { CStr::from_ptr(libz_sys::zlibVersion()) };
    println!("zlib {}", version.to_str().unwrap().starts_with("1."));
    println!("bzip2 {}", bzip2::version().starts_with("1."));
}
