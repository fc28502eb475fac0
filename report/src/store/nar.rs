//! Sizes of a path as a Nix archive, which is what binary caches hold and machines download: plain and compressed.

use std::io::{self, Write};
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
    dyrust_nar::write(path, &mut sink, &|_| true).map_err(Error::read(path))?;
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

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
