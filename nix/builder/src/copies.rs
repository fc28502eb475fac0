//! The sources of other packages, for a build script that may want to change what it copied of them.
//!
//! A library for build scripts finds its files by `env!("CARGO_MANIFEST_DIR")` ([`crate::kept`]). In the store they are read-only, and a copy of a
//! file has its permissions: a script that writes to one fails, where Cargo's folder of unpacked packages lets it (luajit-src 210 writes over the
//! copy of its `luajit2/.relver`). So a script that failed, and names such a folder, has copies of it, whose paths are of the same length.

use crate::failure::Result;
use crate::files;
use crate::hidden::find;
use std::path::Path;

/// The folder in a node's `dev` that a library's source is kept in.
const SOURCE: &str = "/source";

/// Makes `program` name copies below `top` in the place of the kept sources that it names; returns what each is now called. A path that is shorter
/// than a copy's would be stays.
///
/// # Errors
/// If a file cannot be read or written.
pub fn make(program: &Path, store: &Path, top: &Path) -> Result<Vec<(String, String)>> {
    let mut bytes = files::read(program)?;
    let mut copies = Vec::new();
    for original in named(&bytes, store) {
        let Some(copy) = name(&original, top, copies.len()) else {
            continue;
        };
        files::copy_tree(Path::new(&original), Path::new(&copy))?;
        replace(&mut bytes, &original, &copy);
        copies.push((original, copy));
    }
    if !copies.is_empty() {
        files::make_writable(program)?;
        files::write(program, &bytes)?;
    }
    Ok(copies)
}

/// The folders of kept sources that a program names.
fn named(bytes: &[u8], store: &Path) -> Vec<String> {
    let store = format!("{}/", store.display());
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-._?=".contains(byte);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], store.as_bytes()) {
        let start = from + at;
        from = start + store.len();
        let end = from + bytes[from..].iter().take_while(|byte| is_of_name(byte)).count();
        if !bytes[end..].starts_with(SOURCE.as_bytes()) {
            continue;
        }
        let path = String::from_utf8_lossy(&bytes[start..end + SOURCE.len()]).into_owned();
        if !found.contains(&path) && Path::new(&path).is_dir() {
            found.push(path);
        }
    }
    found
}

/// The path of a copy, as long as the original's: slashes fill it up.
fn name(original: &str, top: &Path, number: usize) -> Option<String> {
    let (before, after) = (format!("{}/copies", top.display()), number.to_string());
    let slashes = original
        .len()
        .checked_sub(before.len() + after.len())
        .filter(|count| *count > 0)?;
    Some(format!("{before}{}{after}", "/".repeat(slashes)))
}

/// Replaces each occurrence by a text of the same length.
pub fn replace(bytes: &mut [u8], from: &str, to: &str) {
    let mut start = 0;
    while let Some(at) = find(&bytes[start..], from.as_bytes()) {
        let place = start + at;
        start = place + from.len();
        bytes[place..start].copy_from_slice(to.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_program_names_copies_that_can_be_written_to() {
        let base = crate::test_folder("copies");
        let store = base.join("store");
        let kept = store.join(format!("{}-luajit-src-210-host-dev", "0".repeat(32)));
        files::write(&kept.join("source/.relver"), b"1").unwrap();
        let permissions = std::fs::Permissions::from_mode(0o444);
        std::fs::set_permissions(kept.join("source/.relver"), permissions).unwrap();
        let program = base.join("program");
        // Texts of Rust stand side by side, without an end.
        let text = format!(
            "a{0}/sourceluajit2{0}/source/x{0}/lib{1}/none/source",
            kept.display(),
            store.display()
        );
        files::write(&program, text.as_bytes()).unwrap();

        let top = base.join("b");
        let copies = make(&program, &store, &top).unwrap();

        let [(original, copy)] = copies.as_slice() else {
            panic!("{copies:?}")
        };
        assert_eq!(*original, format!("{}/source", kept.display()));
        assert_eq!(original.len(), copy.len());
        assert_eq!(
            files::read_text(&program).unwrap(),
            text.replace(original.as_str(), copy)
        );
        files::write(&Path::new(copy).join(".relver"), b"2").unwrap();
    }

    #[test]
    fn a_path_that_is_too_short_stays() {
        assert_eq!(name("/s/a/source", Path::new("/tmp/nix-build-a.drv-0"), 0), None);
        assert_eq!(
            name("/nix/store/a/source", Path::new("/build"), 0).as_deref(),
            Some("/build/copies/////0")
        );
    }
}
