//! Directory sources: folders of unpacked packages, as `cargo vendor` makes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Deserialize;

use super::registry::sha256_of;
use super::{Error, Fetched, FileSet, ManifestText, PackageName, Pin};
use crate::config::Config;

/// A folder of packages.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    config: &'a Config,
    folder: PathBuf,
    /// The packages' folders by name and version; read when a package is not in a folder of the usual name.
    packages: OnceLock<BTreeMap<PackageName, PathBuf>>,
}

/// A package's `.cargo-checksum.json`.
#[derive(Debug, Deserialize)]
struct Checksums {
    /// The sha256 of the `.crate` file; packages from git have none.
    package: Option<String>,
    /// The sha256 of each file, by its path with `/`.
    files: BTreeMap<String, String>,
}

impl<'a> Directory<'a> {
    pub(super) fn new(config: &'a Config, folder: PathBuf) -> Self {
        Self {
            config,
            folder,
            packages: OnceLock::new(),
        }
    }

    /// A package, all of whose files have the checksums that were written down when it was vendored.
    pub(super) fn package(&self, package: &PackageName, sha256: Option<&str>) -> Result<Fetched, Error> {
        let folder = self.find(package).ok_or_else(|| Error::NotInFolder {
            package: package.clone(),
            folder: self.folder.clone(),
        })?;
        let path = self.in_workspace(package, &folder)?;
        self.verify(package, &folder, sha256)?;
        let file = folder.join("Cargo.toml");
        let text = fs::read_to_string(&file).map_err(|reason| Error::Manifest {
            package: package.clone(),
            file: file.clone(),
            reason,
        })?;
        let hash = dyrust_nar::hash_path(&folder).map_err(|reason| Error::Io {
            doing: "reading",
            file: folder.clone(),
            reason,
        })?;
        Ok(Fetched {
            known: None,
            lasting: false,
            index: None,
            manifest: ManifestText {
                text,
                location: format!("{path}/Cargo.toml"),
            },
            workspace: None,
            files: FileSet::from_directory(&folder),
            pin: Pin::Vendored { path, hash },
            local: folder,
        })
    }

    /// The folder of a package: one of the usual names, else the one whose manifest says so.
    fn find(&self, package: &PackageName) -> Option<PathBuf> {
        let usual = [format!("{}-{}", package.name, package.version), package.name.clone()];
        for name in usual {
            let folder = self.folder.join(name);
            if identity(&folder).as_ref() == Some(package) {
                return Some(folder);
            }
        }
        let packages = self.packages.get_or_init(|| {
            let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
            entries
                .filter_map(|entry| Some((identity(&entry.path())?, entry.path())))
                .collect()
        });
        packages.get(package).cloned()
    }

    /// The folder's path in the workspace, with `/`.
    fn in_workspace(&self, package: &PackageName, folder: &Path) -> Result<String, Error> {
        let workspace = &self.config.workspace_root;
        let io = |file: &Path, reason| Error::Io {
            doing: "reading",
            file: file.to_path_buf(),
            reason,
        };
        let root = workspace.canonicalize().map_err(|reason| io(workspace, reason))?;
        let real = folder.canonicalize().map_err(|reason| io(folder, reason))?;
        let outside = || Error::VendoredOutside {
            package: package.clone(),
            folder: folder.to_path_buf(),
            workspace: workspace.clone(),
        };
        let inside = real.strip_prefix(&root).map_err(|_| outside())?;
        let parts: Option<Vec<&str>> = inside.components().map(|part| part.as_os_str().to_str()).collect();
        parts.map(|parts| parts.join("/")).ok_or_else(outside)
    }

    /// Compares the package with its `.cargo-checksum.json`, and that with the lock.
    fn verify(&self, package: &PackageName, folder: &Path, sha256: Option<&str>) -> Result<(), Error> {
        let list = folder.join(".cargo-checksum.json");
        let unusable = |reason: String| Error::VendoredList {
            package: package.clone(),
            list: list.clone(),
            reason,
        };
        let text = fs::read(&list).map_err(|reason| unusable(reason.to_string()))?;
        let checksums: Checksums = serde_json::from_slice(&text).map_err(|reason| unusable(reason.to_string()))?;
        if let (Some(expected), Some(found)) = (sha256, &checksums.package)
            && expected != found
        {
            return Err(Error::WrongChecksum {
                package: package.clone(),
                file: list.display().to_string(),
                expected: expected.to_owned(),
                found: found.clone(),
            });
        }
        for (name, expected) in &checksums.files {
            let file = folder.join(name);
            let found = match sha256_of(&file) {
                Ok(found) => found,
                Err(Error::Io { reason, .. }) => format!("none ({reason})"),
                Err(error) => return Err(error),
            };
            if found != *expected {
                let (package, expected) = (package.clone(), expected.clone());
                return Err(Error::VendoredChanged {
                    package,
                    file,
                    list,
                    expected,
                    found,
                });
            }
        }
        Ok(())
    }
}

/// The name and version that a folder's manifest gives.
fn identity(folder: &Path) -> Option<PackageName> {
    let text = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let table: toml::Table = toml::from_str(&text).ok()?;
    let package = table.get("package").or_else(|| table.get("project"))?.as_table()?;
    let field = |key: &str| package.get(key)?.as_str().map(str::to_owned);
    Some(PackageName {
        name: field("name")?,
        version: field("version").unwrap_or_else(|| "0.0.0".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{User, fetch, request, sha256};
    use super::*;

    const CONFIG: &str = "[source.crates-io]\nreplace-with = 'v'\n[source.v]\ndirectory = 'vendor'\n";
    const GIT: &str = "git+https://h.example/r?branch=main#0123456789abcdef0123456789abcdef01234567";

    fn source() -> String {
        format!("registry+{}", tame_index::CRATES_IO_INDEX)
    }

    /// Puts a package into a folder as `cargo vendor` does.
    fn vendor(user: &User, folder: &str, name: &str, version: &str, package: Option<&str>) {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n");
        user.write(&format!("{folder}/Cargo.toml"), &manifest);
        user.write(&format!("{folder}/src/lib.rs"), "");
        let package = package.map_or("null".to_owned(), |sum| format!("\"{sum}\""));
        let list = format!(
            "{{\"files\":{{\"Cargo.toml\":\"{}\",\"src/lib.rs\":\"{}\"}},\"package\":{package}}}",
            sha256(manifest.as_bytes()),
            sha256(b"")
        );
        user.write(&format!("{folder}/.cargo-checksum.json"), list);
    }

    #[test]
    fn packages_are_found_under_any_name() {
        let user = User::new();
        let sum = sha256(b"a");
        vendor(&user, "workspace/vendor/a", "a", "1.0.0", Some(&sum));
        vendor(&user, "workspace/vendor/a-2.0.0", "a", "2.0.0", Some(&sum));
        vendor(&user, "workspace/vendor/odd", "b", "3.0.0", Some(&sum));
        let config = user.config(CONFIG);
        for (name, version, folder) in [("a", "1.0.0", "a"), ("a", "2.0.0", "a-2.0.0"), ("b", "3.0.0", "odd")] {
            let fetched = fetch(&config, true, &[request(name, version, &source(), Some(&sum))])
                .unwrap()
                .remove(0);
            let hash = dyrust_nar::hash_path(&user.path(&format!("workspace/vendor/{folder}"))).unwrap();
            let path = format!("vendor/{folder}");
            assert_eq!(fetched.manifest.location, format!("{path}/Cargo.toml"));
            assert_eq!(fetched.pin, Pin::Vendored { path, hash });
            assert!(fetched.files.contains("src/lib.rs"));
        }
    }

    #[test]
    fn a_git_source_may_be_vendored() {
        let user = User::new();
        vendor(&user, "workspace/vendor/g", "g", "0.1.0", None);
        let text = format!("{CONFIG}[source.g]\ngit = 'https://h.example/r'\nbranch = 'main'\nreplace-with = 'v'\n");
        let fetched = fetch(&user.config(&text), true, &[request("g", "0.1.0", GIT, None)]).unwrap();
        assert!(matches!(&fetched[0].pin, Pin::Vendored { path, .. } if path == "vendor/g"));
        let other = GIT.replace("main", "other");
        let error = fetch(&user.config(&text), true, &[request("g", "0.1.0", &other, None)]).unwrap_err();
        assert!(
            matches!(error, Error::Offline { .. }),
            "another branch is another source: {error}"
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let user = User::new();
        let (sum, other) = (sha256(b"a"), sha256(b"b"));
        for name in ["changed", "removed", "unlisted", "broken", "fine"] {
            vendor(&user, &format!("workspace/vendor/{name}"), name, "1.0.0", Some(&sum));
        }
        let folder = user.path("workspace/vendor");
        let list = |name: &str| folder.join(name).join(".cargo-checksum.json");
        let changed = user.write("workspace/vendor/changed/src/lib.rs", "changed");
        let removed = folder.join("removed/src/lib.rs");
        fs::remove_file(&removed).unwrap();
        fs::remove_file(list("unlisted")).unwrap();
        fs::write(list("broken"), "{}").unwrap();
        let cases = [
            (
                "absent",
                &sum,
                format!("absent 1.0.0: not in {}, which Cargo's", folder.display()),
            ),
            (
                "changed",
                &sum,
                format!(
                    "changed 1.0.0: {} does not have the sha256 that {} gives: expected {}, found {}",
                    changed.display(),
                    list("changed").display(),
                    sha256(b""),
                    sha256(b"changed")
                ),
            ),
            (
                "removed",
                &sum,
                format!("removed 1.0.0: {} does not have the sha256", removed.display()),
            ),
            (
                "unlisted",
                &sum,
                format!(
                    "unlisted 1.0.0: {} cannot be used: No such file",
                    list("unlisted").display()
                ),
            ),
            (
                "broken",
                &sum,
                format!(
                    "broken 1.0.0: {} cannot be used: missing field",
                    list("broken").display()
                ),
            ),
            (
                "fine",
                &other,
                format!(
                    "fine 1.0.0: the sha256 of {} is {sum}, but Cargo.lock expects {other}",
                    list("fine").display()
                ),
            ),
        ];
        let config = user.config(CONFIG);
        for (name, sum, expected) in cases {
            let error = fetch(&config, true, &[request(name, "1.0.0", &source(), Some(sum))])
                .unwrap_err()
                .to_string();
            assert!(error.starts_with(&expected), "{error}\n{expected}");
        }
    }

    #[test]
    fn a_folder_outside_of_the_workspace_is_refused() {
        let user = User::new();
        let sum = sha256(b"a");
        vendor(&user, "outside/a", "a", "1.0.0", Some(&sum));
        let config = user.config(&CONFIG.replace("'vendor'", "'../outside'"));
        let error = fetch(&config, true, &[request("a", "1.0.0", &source(), Some(&sum))])
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("a 1.0.0: its vendored folder ") && error.contains("is outside of the workspace"),
            "{error}"
        );
    }
}
