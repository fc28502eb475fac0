//! Paths of the compiler and its tools in what is compiled: `env!("CARGO")`, or what a build script wrote down of how it was
//! called (as the crate `built` does). With Cargo they are the user's own tools. Here they are store paths, and whoever
//! installs the program would get the compiler with it. So the hash in them is overwritten, in the objects, of which all
//! forms of a program are linked; nixpkgs does the same (`remove-references-to`). Tests keep them: they may well start
//! Cargo.

use crate::failure::Result;
use crate::files;
use crate::input::Input;
use crate::kind::Kind;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How many characters of a store path's name are its hash.
const HASH: usize = 32;

/// What stands in place of a hash, as in nixpkgs.
const REPLACEMENT: u8 = b'e';

/// The store paths whose hashes are overwritten in a unit's objects.
#[must_use]
pub fn paths(input: &Input) -> Vec<String> {
    let unit = &input.unit;
    if unit.host || unit.test || matches!(unit.kind, Kind::Test | Kind::Bench) {
        return Vec::new();
    }
    let toolchain = &input.toolchain;
    let tools = [
        &toolchain.rustc,
        &toolchain.cargo,
        &toolchain.cc,
        &toolchain.host_cc,
        &toolchain.bintools,
        &toolchain.host_bintools,
    ];
    let more = [&toolchain.sysroot, &toolchain.clippy, &toolchain.lld];
    let all = tools.into_iter().chain(more.into_iter().flatten());
    let libstd = toolchain.libstd.as_deref().and_then(name);
    let names: BTreeSet<String> = all
        .filter_map(|path| name(path))
        .filter(|found| Some(found) != libstd.as_ref())
        .collect();
    names.into_iter().collect()
}

/// The name of a store path: hash and name.
fn name(path: &Path) -> Option<String> {
    let store = std::env::var_os("NIX_STORE").map_or_else(|| PathBuf::from("/nix/store"), PathBuf::from);
    let inside = path.strip_prefix(store).ok()?;
    let name = inside.components().next()?.as_os_str().to_str()?;
    let is_hashed = name.as_bytes().get(HASH) == Some(&b'-') && name.is_char_boundary(HASH);
    is_hashed.then(|| name.to_owned())
}

/// Overwrites the hashes of store paths of these names; returns those that were there.
pub fn overwrite(bytes: &mut [u8], names: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for name in names {
        let mut from = 0;
        let mut is_there = false;
        while let Some(at) = find(&bytes[from..], &name.as_bytes()[..HASH]) {
            bytes[from + at..from + at + HASH].fill(REPLACEMENT);
            from += at + HASH;
            is_there = true;
        }
        if is_there {
            found.push(name.clone());
        }
    }
    found
}

/// Where a text first is.
pub fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let &first = wanted.first()?;
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let at = from + rest.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// Does so in a file; returns what was there.
///
/// # Errors
/// If the file cannot be read or written.
pub fn overwrite_file(path: &Path, names: &[String]) -> Result<Vec<String>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut bytes = files::read(path)?;
    let found = overwrite(&mut bytes, names);
    if !found.is_empty() {
        files::make_writable(path)?;
        files::write(path, &bytes)?;
    }
    Ok(found)
}

/// Says what was overwritten.
pub fn say(input: &Input, found: &BTreeSet<String>) {
    for name in found {
        eprintln!(
            "note: {} {} names {name}, which is there for building alone: its hash is overwritten, and the path does not exist at run time",
            input.unit.package, input.unit.version
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_overwritten_and_nothing_else() {
        let name = "0123456789abcdfghijklmnpqrsvwxyz-rustc-1.95.0".to_owned();
        let mut bytes = format!("a/nix/store/{name}/bin/cargo 0123456789abcdf /nix/store/{name}").into_bytes();
        let length = bytes.len();
        assert_eq!(overwrite(&mut bytes, &["z".repeat(32), name.clone()]), [name]);
        let text = String::from_utf8(bytes).unwrap();
        let hidden = format!("/nix/store/{}-rustc-1.95.0", "e".repeat(32));
        assert_eq!(text, format!("a{hidden}/bin/cargo 0123456789abcdf {hidden}"));
        assert_eq!(text.len(), length);
    }

    #[test]
    fn names_are_those_of_store_paths() {
        let path = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-gcc/bin";
        assert_eq!(
            name(Path::new(path)).as_deref(),
            Some("0123456789abcdfghijklmnpqrsvwxyz-gcc")
        );
        assert_eq!(name(Path::new("/usr/bin")), None);
        assert_eq!(name(Path::new("/nix/store/short")), None);
    }
}
