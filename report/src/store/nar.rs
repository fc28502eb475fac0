//! Sizes of a path as a Nix archive, which is what binary caches hold and machines download: plain and compressed.
//!
//! The format is that of `nix-store --dump`: strings as a 64-bit length, the bytes, and zeros up to a multiple of
//! eight.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Error;

/// The sizes of one path's archive in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NarSizes {
    /// The archive itself.
    pub plain: u64,
    /// The archive after gzip at its usual level; what a cache with xz or zstd holds is smaller by 10 to 25 %.
    pub gzip: Option<u64>,
}

/// Archives `path` into nothing and counts; compresses as well if `gzip` is asked for.
///
/// # Errors
/// If a file cannot be read.
pub fn sizes(path: &Path, gzip: bool) -> Result<NarSizes, Error> {
    let compressor = gzip.then(|| GzEncoder::new(Counter(0), Compression::default()));
    let mut sink = Sink { plain: 0, compressor };
    write_archive(path, &mut sink).map_err(Error::read(path))?;
    let gzip = match sink.compressor {
        Some(compressor) => Some(compressor.finish().map_err(Error::read(path))?.0),
        None => None,
    };
    Ok(NarSizes {
        plain: sink.plain,
        gzip,
    })
}

/// Counts the bytes written to it.
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Sink {
    plain: u64,
    compressor: Option<GzEncoder<Counter>>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.plain += bytes.len() as u64;
        if let Some(compressor) = &mut self.compressor {
            compressor.write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the archive of `path`.
///
/// # Errors
/// If a file cannot be read or `out` not be written.
pub fn write_archive(path: &Path, out: &mut impl Write) -> io::Result<()> {
    string(out, b"nix-archive-1")?;
    node(path, out)
}

fn node(path: &Path, out: &mut impl Write) -> io::Result<()> {
    let facts = fs::symlink_metadata(path)?;
    string(out, b"(")?;
    string(out, b"type")?;
    if facts.is_symlink() {
        string(out, b"symlink")?;
        string(out, b"target")?;
        string(out, fs::read_link(path)?.as_os_str().as_bytes())?;
    } else if facts.is_dir() {
        string(out, b"directory")?;
        let mut names = fs::read_dir(path)?
            .map(|entry| Ok(entry?.file_name()))
            .collect::<io::Result<Vec<_>>>()?;
        names.sort();
        for name in names {
            string(out, b"entry")?;
            string(out, b"(")?;
            string(out, b"name")?;
            string(out, name.as_bytes())?;
            string(out, b"node")?;
            node(&path.join(&name), out)?;
            string(out, b")")?;
        }
    } else {
        string(out, b"regular")?;
        if facts.permissions().mode() & 0o100 != 0 {
            string(out, b"executable")?;
            string(out, b"")?;
        }
        string(out, b"contents")?;
        out.write_all(&facts.len().to_le_bytes())?;
        let written = io::copy(&mut File::open(path)?, out)?;
        pad(out, written)?;
    }
    string(out, b")")
}

fn string(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    out.write_all(&(text.len() as u64).to_le_bytes())?;
    out.write_all(text)?;
    pad(out, text.len() as u64)
}

fn pad(out: &mut impl Write, length: u64) -> io::Result<()> {
    let zeros = [0_u8; 8];
    out.write_all(zeros.get(..(8 - length as usize % 8) % 8).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_of_a_file_is_the_one_that_nix_writes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "hello").unwrap();
        let mut archive = Vec::new();
        write_archive(&file, &mut archive).unwrap();
        let mut expected = Vec::new();
        for text in ["nix-archive-1", "(", "type", "regular", "contents", "hello", ")"] {
            expected.extend((text.len() as u64).to_le_bytes());
            expected.extend(text.as_bytes());
            expected.resize(expected.len().next_multiple_of(8), 0);
        }
        assert_eq!(archive, expected);
        assert_eq!(
            sizes(&file, false).unwrap(),
            NarSizes {
                plain: expected.len() as u64,
                gzip: None
            }
        );
    }

    #[test]
    fn repetitive_content_compresses_and_a_folder_counts_all_its_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("lib")).unwrap();
        fs::write(folder.path().join("lib/zeros"), vec![0; 100_000]).unwrap();
        std::os::unix::fs::symlink("zeros", folder.path().join("lib/link")).unwrap();
        let sizes = sizes(folder.path(), true).unwrap();
        assert!(sizes.plain > 100_000 && sizes.plain < 101_500, "{sizes:?}");
        assert!(sizes.gzip.unwrap() < 2_000, "{sizes:?}");
    }
}
