//! Unpacks gzip (RFC 1952) and its deflate data (RFC 1951).

/// Codes up to this long are found by one look at a table; longer ones are rare.
const FAST_BITS: u32 = 10;
const MAX_BITS: usize = 15;

const LENGTH_BASE: [u16; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA: [u8; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_BASE: [u16; 30] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
    8193, 12289, 16385, 24577,
];
const CODE_LENGTH_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Unpacks a gzip file of one member; its checksum and length are verified. What follows it is refused, as it is by import: Cargo would not
/// read it.
///
/// # Errors
/// A phrase that says what is wrong with the data.
pub fn gunzip(data: &[u8]) -> Result<Vec<u8>, &'static str> {
    if data.is_empty() {
        return Err("empty file");
    }
    let mut out = Vec::with_capacity(data.len().saturating_mul(4));
    let body = &data[header_length(data)?..];
    let used = inflate(body, &mut out)?;
    let trailer = body.get(used..used + 8).ok_or("truncated after the data")?;
    if trailer[..4] != crc32(&out).to_le_bytes() {
        return Err("checksum mismatch");
    }
    // The length is stored modulo 2^32.
    #[allow(clippy::cast_possible_truncation)]
    if trailer[4..] != (out.len() as u32).to_le_bytes() {
        return Err("length mismatch");
    }
    if body.len() > used + 8 {
        return Err("data after the end");
    }
    Ok(out)
}

fn header_length(data: &[u8]) -> Result<usize, &'static str> {
    let truncated = "truncated header";
    let fixed = data.get(..10).ok_or(truncated)?;
    if fixed[..2] != [0x1f, 0x8b] {
        return Err("not a gzip file");
    }
    if fixed[2] != 8 {
        return Err("unknown compression method");
    }
    let flags = fixed[3];
    let mut at = 10;
    if flags & 4 != 0 {
        let length = data.get(at..at + 2).ok_or(truncated)?;
        at += 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
    }
    // The original name, then a comment: both end with a zero byte.
    for bit in [8, 16] {
        if flags & bit != 0 {
            let text = data.get(at..).ok_or(truncated)?;
            at += text.iter().position(|byte| *byte == 0).ok_or(truncated)? + 1;
        }
    }
    at += if flags & 2 != 0 { 2 } else { 0 };
    if at > data.len() { Err(truncated) } else { Ok(at) }
}

pub(crate) fn crc32(data: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut index = 0;
        while index < 256 {
            #[allow(clippy::cast_possible_truncation)]
            let mut value = index as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 {
                    (value >> 1) ^ 0xedb8_8320
                } else {
                    value >> 1
                };
                bit += 1;
            }
            table[index] = value;
            index += 1;
        }
        table
    };
    !data.iter().fold(!0, |crc, byte| {
        TABLE[((crc ^ u32::from(*byte)) & 0xff) as usize] ^ (crc >> 8)
    })
}

struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl Bits<'_> {
    /// Makes sure that at least 32 bits are held; past the end of the data they are zeros, which `need` notices.
    fn refill(&mut self) {
        while self.count <= 56 {
            let Some(byte) = self.data.get(self.at) else { return };
            self.held |= u64::from(*byte) << self.count;
            self.at += 1;
            self.count += 8;
        }
    }

    fn take(&mut self, count: u32) -> Result<u32, &'static str> {
        if self.count < count {
            self.refill();
            if self.count < count {
                return Err("truncated data");
            }
        }
        #[allow(clippy::cast_possible_truncation)]
        let value = (self.held & ((1 << count) - 1)) as u32;
        self.held >>= count;
        self.count -= count;
        Ok(value)
    }
}

/// A canonical Huffman code.
struct Code {
    /// By the next bits of the input: symbol times 16 plus length; zero if the code is longer than the table's bits.
    fast: Vec<u16>,
    counts: [u16; MAX_BITS + 1],
    symbols: Vec<u16>,
}

impl Code {
    fn new(lengths: &[u8]) -> Result<Self, &'static str> {
        let mut counts = [0_u16; MAX_BITS + 1];
        for length in lengths {
            counts[usize::from(*length)] += 1;
        }
        counts[0] = 0;
        let mut left = 1_i32;
        let mut first = [0_u32; MAX_BITS + 2];
        let mut offsets = [0_u16; MAX_BITS + 2];
        for bits in 1..=MAX_BITS {
            left = (left << 1) - i32::from(counts[bits]);
            if left < 0 {
                return Err("over-subscribed code");
            }
            first[bits + 1] = (first[bits] + u32::from(counts[bits])) << 1;
            offsets[bits + 1] = offsets[bits] + counts[bits];
        }
        let mut symbols = vec![0; lengths.len()];
        let mut fast = vec![0; 1 << FAST_BITS];
        for (symbol, length) in (0_u16..).zip(lengths) {
            let bits = usize::from(*length);
            if bits == 0 {
                continue;
            }
            symbols[usize::from(offsets[bits])] = symbol;
            offsets[bits] += 1;
            let width = u32::from(*length);
            if width <= FAST_BITS {
                let mut at = (first[bits].reverse_bits() >> (32 - width)) as usize;
                while at < fast.len() {
                    fast[at] = symbol << 4 | u16::from(*length);
                    at += 1 << width;
                }
            }
            first[bits] += 1;
        }
        Ok(Self { fast, counts, symbols })
    }

    fn read(&self, bits: &mut Bits) -> Result<u16, &'static str> {
        if bits.count < 16 {
            bits.refill();
        }
        let entry = self.fast[(bits.held & ((1 << FAST_BITS) - 1)) as usize];
        if entry != 0 {
            bits.take(u32::from(entry & 15))?;
            return Ok(entry >> 4);
        }
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_u32);
        for width in 1..=MAX_BITS {
            code |= bits.take(1)?;
            let count = u32::from(self.counts[width]);
            if code < first + count {
                return Ok(self.symbols[(index + code - first) as usize]);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err("unknown code")
    }
}

/// Appends the unpacked data to `out` and returns how many bytes of `data` were used.
fn inflate(data: &[u8], out: &mut Vec<u8>) -> Result<usize, &'static str> {
    let start = out.len();
    let mut bits = Bits {
        data,
        at: 0,
        held: 0,
        count: 0,
    };
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, out)?,
            1 => {
                let mut lengths = [8_u8; 288];
                lengths[144..256].fill(9);
                lengths[256..280].fill(7);
                compressed(&mut bits, out, start, &Code::new(&lengths)?, &Code::new(&[5; 30])?)?;
            }
            2 => {
                let (literals, distances) = dynamic_codes(&mut bits)?;
                compressed(&mut bits, out, start, &literals, &distances)?;
            }
            _ => return Err("unknown block type"),
        }
        if last {
            return Ok(bits.at - (bits.count / 8) as usize);
        }
    }
}

fn stored(bits: &mut Bits, out: &mut Vec<u8>) -> Result<(), &'static str> {
    bits.take(bits.count % 8)?;
    let length = bits.take(16)?;
    if bits.take(16)? != !length & 0xffff {
        return Err("damaged stored block");
    }
    let start = bits.at - (bits.count / 8) as usize;
    let block = bits.data.get(start..start + length as usize).ok_or("truncated data")?;
    out.extend_from_slice(block);
    (bits.at, bits.held, bits.count) = (start + length as usize, 0, 0);
    Ok(())
}

fn dynamic_codes(bits: &mut Bits) -> Result<(Code, Code), &'static str> {
    let literals = bits.take(5)? as usize + 257;
    let distances = bits.take(5)? as usize + 1;
    let mut order = [0_u8; 19];
    for index in CODE_LENGTH_ORDER.into_iter().take(bits.take(4)? as usize + 4) {
        order[index] = bits.take(3)?.to_le_bytes()[0];
    }
    let code = Code::new(&order)?;
    let mut lengths = Vec::with_capacity(320);
    while lengths.len() < literals + distances {
        let (value, count) = match code.read(bits)? {
            length @ 0..=15 => (length.to_le_bytes()[0], 1),
            16 => (*lengths.last().ok_or("repeat without a length")?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            _ => (0, 11 + bits.take(7)?),
        };
        lengths.extend(std::iter::repeat_n(value, count as usize));
    }
    if lengths.len() > literals + distances {
        return Err("too many code lengths");
    }
    Ok((Code::new(&lengths[..literals])?, Code::new(&lengths[literals..])?))
}

fn compressed(
    bits: &mut Bits,
    out: &mut Vec<u8>,
    start: usize,
    literals: &Code,
    distances: &Code,
) -> Result<(), &'static str> {
    loop {
        let symbol = literals.read(bits)?;
        if symbol < 256 {
            out.push(symbol.to_le_bytes()[0]);
            continue;
        }
        if symbol == 256 {
            return Ok(());
        }
        let index = usize::from(symbol - 257);
        let extra = *LENGTH_EXTRA.get(index).ok_or("unknown length")?;
        let length = usize::from(LENGTH_BASE[index]) + bits.take(u32::from(extra))? as usize;
        let symbol = usize::from(distances.read(bits)?);
        let base = *DISTANCE_BASE.get(symbol).ok_or("unknown distance")?;
        let extra = (symbol / 2).saturating_sub(1);
        #[allow(clippy::cast_possible_truncation)]
        let distance = usize::from(base) + bits.take(extra as u32)? as usize;
        if distance > out.len() - start {
            return Err("distance too far back");
        }
        // The source may overlap what is being written: then the overlap repeats.
        let mut from = out.len() - distance;
        if distance >= length {
            out.extend_from_within(from..from + length);
        } else {
            for _ in 0..length {
                out.push(out[from]);
                from += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};

    fn gzip(data: &[u8], level: &str) -> Vec<u8> {
        let mut child = Command::new("gzip")
            .args(["-c", level])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let copy = data.to_vec();
        let writer = std::thread::spawn(move || input.write_all(&copy).unwrap());
        let out = child.wait_with_output().unwrap().stdout;
        writer.join().unwrap();
        out
    }

    /// Bytes that are partly repetitive, from a small generator, the same at every run.
    fn sample(length: usize, alphabet: u64) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        (0..length)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                ((state >> 33) % alphabet).to_le_bytes()[0]
            })
            .collect()
    }

    #[test]
    fn unpacks_what_gzip_packed() {
        for data in [
            vec![],
            b"a".to_vec(),
            vec![b'x'; 100_000],
            sample(300_000, 256),
            sample(300_000, 5),
        ] {
            for level in ["-1", "-6", "-9"] {
                assert_eq!(
                    gunzip(&gzip(&data, level)).unwrap(),
                    data,
                    "{} bytes at {level}",
                    data.len()
                );
            }
        }
    }

    #[test]
    fn refuses_what_cargo_would_not_read() {
        let mut packed = gzip(b"one ", "-6");
        packed.extend(gzip(b"two", "-6"));
        assert_eq!(gunzip(&packed), Err("data after the end"));
    }

    #[test]
    fn unpacks_stored_blocks() {
        // Deflate of a stored block "hi", by hand.
        let mut out = Vec::new();
        assert_eq!(inflate(&[1, 2, 0, 0xfd, 0xff, b'h', b'i'], &mut out), Ok(7));
        assert_eq!(out, b"hi");
    }

    #[test]
    fn refuses_damaged_data() {
        let packed = gzip(&sample(5_000, 20), "-6");
        for length in [0, 1, 5, 9, 12, 100, packed.len() - 9, packed.len() - 1] {
            assert!(gunzip(&packed[..length]).is_err(), "{length} bytes were accepted");
        }
        for at in (10..packed.len()).step_by(7) {
            let mut damaged = packed.clone();
            damaged[at] ^= 0x10;
            assert!(gunzip(&damaged).is_err(), "a flipped bit at {at} was accepted");
        }
        assert_eq!(gunzip(b"PK\x03\x04aaaaaaaaaaa"), Err("not a gzip file"));
    }
}
