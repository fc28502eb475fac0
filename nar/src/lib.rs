//! Nix archives (NAR) of file trees, and the hash of a tree as Nix computes it: sha256 over its archive. In [`whole`], what else all crates
//! of dyrust have in common: how they write files.
//!
//! The format is the one of the Nix manual, section Nix Archive: every string is its length (64 bits, little endian), its bytes, and
//! zeros up to a multiple of eight. Of a file's permissions only its owner's right to execute it counts; owners and times do not.

pub mod whole;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// The SRI hash of a file, link or folder, equal to what `nix hash path` prints.
///
/// # Errors
/// When something in the tree cannot be read, or is neither a file nor a folder nor a link.
pub fn hash_path(path: &Path) -> io::Result<String> {
    hash_tree(path, &|_| true)
}

/// The SRI hash of a tree without the entries that `keep` does not want; it is asked for the names of all entries, at every depth.
///
/// # Errors
/// As [`hash_path`].
pub fn hash_tree(path: &Path, keep: &dyn Fn(&[u8]) -> bool) -> io::Result<String> {
    let mut writer = Hasher(Sha256::new());
    write(path, &mut writer, keep)?;
    Ok(format!("sha256-{}", BASE64_STANDARD.encode(writer.0.finalize())))
}

/// Writes a tree as a Nix archive.
///
/// # Errors
/// As [`hash_path`], and when `out` cannot be written.
pub fn write(path: &Path, out: &mut impl Write, keep: &dyn Fn(&[u8]) -> bool) -> io::Result<()> {
    string(out, b"nix-archive-1")?;
    node(path, out, keep)
}

struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn node(path: &Path, out: &mut impl Write, keep: &dyn Fn(&[u8]) -> bool) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path).map_err(|error| with_path(path, &error))?;
    let kind = metadata.file_type();
    strings(out, &[b"(", b"type"])?;
    if kind.is_symlink() {
        let target = fs::read_link(path).map_err(|error| with_path(path, &error))?;
        strings(out, &[b"symlink", b"target", target.as_os_str().as_bytes()])?;
    } else if kind.is_dir() {
        string(out, b"directory")?;
        // Sorted by their bytes, whatever the locale.
        let mut names: Vec<Vec<u8>> = fs::read_dir(path)
            .and_then(|entries| entries.map(|entry| Ok(entry?.file_name().into_vec())).collect())
            .map_err(|error| with_path(path, &error))?;
        names.retain(|name| keep(name));
        names.sort_unstable();
        for name in names {
            strings(out, &[b"entry", b"(", b"name", &name, b"node"])?;
            node(&path.join(OsString::from_vec(name)), out, keep)?;
            string(out, b")")?;
        }
    } else if kind.is_file() {
        string(out, b"regular")?;
        if metadata.permissions().mode() & 0o100 != 0 {
            strings(out, &[b"executable", b""])?;
        }
        string(out, b"contents")?;
        contents(path, metadata.len(), out).map_err(|error| with_path(path, &error))?;
    } else {
        let error = io::Error::new(
            io::ErrorKind::InvalidData,
            "it is neither a file nor a folder nor a link",
        );
        return Err(with_path(path, &error));
    }
    string(out, b")")
}

/// A file's bytes; its length is written first, so that a file that changes meanwhile is an error.
fn contents(path: &Path, length: u64, out: &mut impl Write) -> io::Result<()> {
    out.write_all(&length.to_le_bytes())?;
    let mut file = File::open(path)?.take(length);
    let copied = io::copy(&mut file, out)?;
    if copied != length {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "it became shorter while it was read",
        ));
    }
    pad(out, length)
}

fn strings(out: &mut impl Write, texts: &[&[u8]]) -> io::Result<()> {
    texts.iter().try_for_each(|text| string(out, text))
}

fn string(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    let length = text.len() as u64;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(text)?;
    pad(out, length)
}

/// Zeros up to a multiple of eight.
fn pad(out: &mut impl Write, length: u64) -> io::Result<()> {
    let missing = usize::try_from(length.wrapping_neg() % 8).unwrap_or_default();
    out.write_all([0_u8; 8].get(..missing).unwrap_or_default())
}

fn with_path(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    /// What Nix itself says; nothing where there is no Nix.
    fn by_nix(path: &Path) -> Option<String> {
        let output = Command::new("nix")
            .args([
                "--extra-experimental-features",
                "nix-command",
                "hash",
                "path",
                "--type",
                "sha256",
                "--sri",
            ])
            .arg(path)
            .output()
            .ok()?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    fn check(path: &Path, expected: &str) {
        assert_eq!(hash_path(path).unwrap(), expected);
        if let Some(by_nix) = by_nix(path) {
            assert_eq!(by_nix, expected);
        }
    }

    fn executable(path: &Path) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn a_tree_of_every_kind() {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        fs::create_dir_all(tree.join("empty")).unwrap();
        fs::create_dir_all(tree.join("a")).unwrap();
        // By their bytes `a-b` comes before `a/…` and `B` before `a`.
        for (name, text) in [
            ("a-b", ""),
            ("B", "12345678"),
            ("a/x", "123456789"),
            ("ä", "umlaut"),
            (".hidden", "x"),
        ] {
            fs::write(tree.join(name), text).unwrap();
        }
        executable(&tree.join("B"));
        symlink("../a", tree.join("a/link")).unwrap();
        symlink("nowhere", tree.join("dangling")).unwrap();
        check(&tree, "sha256-/PanWfXudEEW+P7qFJL2FFtj9bNeJWHa3VN+OxhPheE=");
        check(&tree.join("a-b"), "sha256-d6xi4mKdjkX2JFicDIv5niSzpyI0m/Hnm8GGAIU04kY=");
        check(&tree.join("B"), "sha256-AbdxDtvZkXdKvaf1nw0o3Fj31GliEs+SdmS9MpALbeI=");
        check(
            &tree.join("dangling"),
            "sha256-e59i69zsNZ2Rf3xCXGh9S29FHYhrFgy3Ci95re5qp9s=",
        );
        check(
            &tree.join("empty"),
            "sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo=",
        );
    }

    #[test]
    fn entries_can_be_left_out() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("sub/.git")).unwrap();
        fs::write(folder.path().join(".git"), "x").unwrap();
        let without = hash_tree(folder.path(), &|name| name != b".git").unwrap();
        fs::remove_file(folder.path().join(".git")).unwrap();
        fs::remove_dir(folder.path().join("sub/.git")).unwrap();
        assert_eq!(without, hash_path(folder.path()).unwrap());
    }

    #[test]
    fn what_has_no_form_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = hash_path(&folder.path().join("absent")).unwrap_err();
        assert!(error.to_string().contains("absent"), "{error}");
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let error = hash_path(folder.path()).unwrap_err();
        assert!(
            error.to_string().contains("neither a file nor a folder nor a link"),
            "{error}"
        );
    }

    /// A tree: names with their nodes.
    #[derive(Debug, Clone)]
    enum Tree {
        File(Vec<u8>, bool),
        Link(String),
        Folder(Vec<(String, Tree)>),
    }

    fn trees() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            (proptest::collection::vec(any::<u8>(), 0..40), any::<bool>())
                .prop_map(|(bytes, flag)| Tree::File(bytes, flag)),
            "[a-z/.]{1,20}".prop_map(Tree::Link),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            proptest::collection::btree_map("[A-Za-z0-9_.é-]{1,9}", inner, 0..5).prop_map(|entries| {
                Tree::Folder(
                    entries
                        .into_iter()
                        .filter(|(name, _)| name != "." && name != "..")
                        .collect(),
                )
            })
        })
    }

    fn build(tree: &Tree, path: &Path) {
        match tree {
            Tree::File(bytes, flag) => {
                fs::write(path, bytes).unwrap();
                if *flag {
                    executable(path);
                }
            }
            Tree::Link(target) => symlink(target, path).unwrap(),
            Tree::Folder(entries) => {
                fs::create_dir(path).unwrap();
                for (name, tree) in entries {
                    build(tree, &path.join(name));
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Any tree hashes as Nix hashes it; without Nix, the archive's length is at least a multiple of eight.
        #[test]
        fn any_tree_as_nix(tree in trees()) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("tree");
            build(&tree, &path);
            let mut bytes = Vec::new();
            write(&path, &mut bytes, &|_| true).unwrap();
            prop_assert_eq!(bytes.len() % 8, 0);
            if let Some(by_nix) = by_nix(&path) {
                prop_assert_eq!(hash_path(&path).unwrap(), by_nix);
            }
        }
    }
}
