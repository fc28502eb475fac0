//! The section `.dep-v0`, by which a program says what it is made of, as the cargo subcommand `auditable` writes it: JSON, compressed
//! (<https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>). Scanners read it.

use crate::failure::Result;
use crate::files;
use crate::json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The file in `dev` with the section's content, for those who link the program again.
const FILE: &str = "auditable";

/// Writes the section's content into `dev` and returns the arguments by which objcopy adds it.
///
/// # Errors
/// If it cannot be written.
pub fn add(packages: &Value, dev: &Path) -> Result<[String; 2]> {
    let file: PathBuf = dev.join(FILE);
    files::write(&file, &zlib(packages.to_string().as_bytes()))?;
    Ok([
        format!("--add-section=.dep-v0={}", file.display()),
        "--set-section-flags=.dep-v0=contents,readonly".to_owned(),
    ])
}

/// The shortest repetition that is written as one, and the longest (RFC 1951).
const SHORTEST: usize = 3;
const LONGEST: usize = 258;
/// How far back a repetition may reach.
const WINDOW: usize = 32 << 10;

/// Compresses (RFC 1950): one block with the fixed codes, the same bytes for the same text.
fn zlib(text: &[u8]) -> Vec<u8> {
    let mut bits = Bits {
        bytes: vec![0x78, 0x01],
        ..Bits::default()
    };
    // The last block, with fixed codes.
    bits.add(0b011, 3);
    let mut seen: HashMap<[u8; SHORTEST], usize> = HashMap::new();
    let mut at = 0;
    while at < text.len() {
        let start: Option<[u8; SHORTEST]> = text.get(at..at + SHORTEST).and_then(|start| start.try_into().ok());
        let before = start.and_then(|start| seen.get(&start).copied());
        let repetition = before.filter(|before| at - before <= WINDOW).map(|before| {
            let same = text[at..].iter().zip(&text[before..]).take(LONGEST);
            (same.take_while(|(one, other)| one == other).count(), at - before)
        });
        let length = match repetition {
            Some((length, distance)) => {
                bits.repetition(length, distance);
                length
            }
            None => {
                bits.literal(u32::from(text[at]));
                1
            }
        };
        for (place, start) in (at..at + length).zip(text[at..].windows(SHORTEST)) {
            if let Ok(start) = start.try_into() {
                seen.insert(start, place);
            }
        }
        at += length;
    }
    bits.literal(256);
    let mut bytes = bits.finish();
    bytes.extend(adler32(text).to_be_bytes());
    bytes
}

/// Bits, the lowest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u32,
    count: u32,
}

impl Bits {
    fn add(&mut self, value: u32, count: u32) {
        self.pending |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            let [low, ..] = self.pending.to_le_bytes();
            self.bytes.push(low);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    /// A Huffman code, which is written from its highest bit.
    fn code(&mut self, code: u32, count: u32) {
        self.add(code.reverse_bits() >> (32 - count), count);
    }

    /// A symbol of the fixed code for literals and lengths.
    fn literal(&mut self, symbol: u32) {
        match symbol {
            0..=143 => self.code(0x30 + symbol, 8),
            144..=255 => self.code(0x190 + symbol - 144, 9),
            256..=279 => self.code(symbol - 256, 7),
            _ => self.code(0xc0 + symbol - 280, 8),
        }
    }

    /// The bytes of that length that stand so far back, once more.
    fn repetition(&mut self, length: usize, distance: usize) {
        // Symbols stand for ranges: four of each size for lengths, two for distances; the rest is extra bits.
        let (symbol, base, extra) = if length == LONGEST {
            (28, length, 0)
        } else {
            range(length - SHORTEST, 4)
        };
        let offset = if length == LONGEST { length } else { length - SHORTEST };
        self.literal(257 + symbol);
        self.extra(offset - base, extra);
        let (symbol, base, extra) = range(distance - 1, 2);
        self.code(symbol, 5);
        self.extra(distance - 1 - base, extra);
    }

    fn extra(&mut self, value: usize, count: u32) {
        // At most 13 bits, by the sizes of the ranges.
        self.add(u32::try_from(value).unwrap_or_default(), count);
    }

    fn finish(mut self) -> Vec<u8> {
        self.add(0, (8 - self.count) % 8);
        self.bytes
    }
}

/// The range of a number, where the first `two * 2` ranges hold one number each and then `two` ranges have each size: its number, where it
/// begins, and how many extra bits it has.
fn range(value: usize, two: usize) -> (u32, usize, u32) {
    let (mut symbol, mut base, mut extra) = (0, 0, 0);
    loop {
        let count = if extra == 0 { two * 2 } else { two };
        for _ in 0..count {
            if value < base + (1 << extra) {
                return (symbol, base, extra);
            }
            base += 1 << extra;
            symbol += 1;
        }
        extra += 1;
    }
}

/// RFC 1950, section 8.2.
fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65521;
        high = (high + low) % 65521;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inflate;

    /// What gzip makes of the same block, for the reader of archives.
    fn inflated(text: &[u8]) -> Vec<u8> {
        let bytes = zlib(text);
        let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0];
        gzip.extend(&bytes[2..bytes.len() - 4]);
        gzip.extend(inflate::crc32(text).to_le_bytes());
        gzip.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        inflate::gunzip(&gzip).unwrap()
    }

    #[test]
    fn what_is_compressed_can_be_read() {
        let mut number = 7_u32;
        for length in [0, 1, 2, 3, 4, 257, 258, 259, 520, 5000, 40_000, 100_000] {
            for kinds in [1, 2, 3, 20, 256] {
                let text: Vec<u8> = (0..length)
                    .map(|_| {
                        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        u8::try_from((number >> 16) % kinds).unwrap()
                    })
                    .collect();
                assert_eq!(inflated(&text), text, "{length} bytes of {kinds} kinds");
            }
        }
        let names = br#"{"name":"memchr","source":"crates.io","version":"2.7.4"},"#.repeat(50);
        assert!(zlib(&names).len() < names.len() / 20);
        // As every zlib writes it.
        assert_eq!(zlib(b"a"), [0x78, 0x01, 0x4b, 0x04, 0x00, 0x00, 0x62, 0x00, 0x62]);
    }
}
