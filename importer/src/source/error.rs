//! Why a package could not be had from its source.

use std::fmt;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use super::archive::ArchiveError;

/// A package's name and version, as messages show it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
}

impl PackageName {
    /// A name and version that may be parts of paths and addresses.
    pub(super) fn new(name: &str, version: &str) -> Result<Self, Error> {
        let package = Self {
            name: name.to_owned(),
            version: version.to_owned(),
        };
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        let is_version = version.starts_with(|c: char| c.is_ascii_digit())
            && version
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
        if is_name && is_version {
            Ok(package)
        } else {
            Err(Error::InvalidName { package })
        }
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.name, self.version)
    }
}

/// A package that cannot be had; the help says what to do.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// Cargo's configuration is wrong.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Config(#[from] crate::config::Error),
    /// A `source` of the lock that Cargo does not write.
    #[error("{package}: Cargo.lock gives `{source_text}` as its source, which is not of a known kind")]
    #[diagnostic(help(
        "expected `registry+URL`, `sparse+URL` or `git+URL#COMMIT`; run `cargo generate-lockfile` to write the lock anew"
    ))]
    UnknownSource {
        /// The package.
        package: PackageName,
        /// The lock's text.
        source_text: String,
    },
    /// A name or version that no package has.
    #[error("`{}` `{}` is not a package's name and version", package.name, package.version)]
    #[diagnostic(help(
        "names have letters, digits, `-` and `_`; versions are like `1.2.3`: check the spelling, or run `cargo generate-lockfile` to write the lock anew"
    ))]
    InvalidName {
        /// What was given.
        package: PackageName,
    },
    /// A registry package without a checksum.
    #[error("{package}: Cargo.lock has no checksum for it")]
    #[diagnostic(help("run `cargo update -p {} --precise {}` to have Cargo add it", package.name, package.version))]
    NoChecksum {
        /// The package.
        package: PackageName,
    },
    /// A checksum that is not one.
    #[error("{package}: Cargo.lock gives `{found}` as its checksum; expected 64 hexadecimal digits")]
    #[diagnostic(help("run `cargo update -p {} --precise {}` to have Cargo write it anew", package.name, package.version))]
    InvalidChecksum {
        /// The package.
        package: PackageName,
        /// The lock's text.
        found: String,
    },
    /// The registry's file is not the one of the lock.
    #[error("{package}: the sha256 of {file} is {found}, but Cargo.lock expects {expected}")]
    #[diagnostic(help(
        "if the lock was edited by hand, restore it (`git checkout Cargo.lock`); if it was not, the registry serves another file than when the lock was written: do not use it before you know why"
    ))]
    WrongChecksum {
        /// The package.
        package: PackageName,
        /// The file or the address that it came from.
        file: String,
        /// The lock's checksum.
        expected: String,
        /// The file's.
        found: String,
    },
    /// The network is needed but not allowed.
    #[error("{package}: not in Cargo's cache, and the network must not be used")]
    #[diagnostic(help(
        "run `cargo fetch` with network access, or leave out `--offline` (`net.offline` in Cargo's configuration)"
    ))]
    Offline {
        /// The package.
        package: PackageName,
    },
    /// The index has to be asked, but the network must not be used.
    #[error("{package}: its entry in the registry's index is not in Cargo's cache, and the network must not be used")]
    #[diagnostic(help(
        "run `cargo fetch` with network access, or leave out `--offline` (`net.offline` in Cargo's configuration)"
    ))]
    OfflineEntry {
        /// The package.
        package: PackageName,
    },
    /// A registry has to be asked, but the network must not be used.
    #[error("{index}: its config.json is not in Cargo's cache, and the network must not be used")]
    #[diagnostic(help(
        "run `cargo fetch` with network access, or leave out `--offline` (`net.offline` in Cargo's configuration)"
    ))]
    OfflineRegistry {
        /// The index.
        index: String,
    },
    /// The registry has no such file.
    #[error("{package}: {address} {} (status {status})", not_given(*status))]
    #[diagnostic(help("the version may have been deleted from the registry, or a mirror or proxy withholds it: choose another with `cargo update -p {}`, or ask who runs it", package.name))]
    Vanished {
        /// The package.
        package: PackageName,
        /// What was asked for.
        address: String,
        /// The answer's status.
        status: u16,
    },
    /// The registry wants a token, or another one.
    #[error("{registry}: {address} may not be read (status {status})")]
    #[diagnostic(help(
        "log in with `cargo login --registry {registry}`, or set the registry's token in its CARGO_REGISTRIES_…_TOKEN variable"
    ))]
    Forbidden {
        /// The registry's name or index.
        registry: String,
        /// What was asked for.
        address: String,
        /// The answer's status.
        status: u16,
    },
    /// The network failed, after all retries.
    #[error("{address}: {reason}")]
    #[diagnostic(help(
        "check the network, the proxy (HTTPS_PROXY or `http.proxy`) and the certificates (SSL_CERT_FILE or `http.cainfo`); with a filled cache, `--offline` needs no network"
    ))]
    Network {
        /// What was asked for.
        address: String,
        /// What went wrong.
        reason: String,
    },
    /// A registry that the lock names but nothing configures.
    #[error("the registry `{registry}` is not in Cargo's configuration")]
    #[diagnostic(help("add `[registries.{registry}]` with its `index` to .cargo/config.toml"))]
    UnknownRegistry {
        /// The registry's name or index.
        registry: String,
    },
    /// A registry's index configuration cannot be understood.
    #[error("{index}: its config.json cannot be used: {reason}")]
    #[diagnostic(help("it must be JSON with the key `dl`, as in the Cargo book, chapter Registry Index"))]
    IndexConfig {
        /// The index.
        index: String,
        /// What is wrong.
        reason: String,
    },
    /// An index entry cannot be understood.
    #[error("{name}: its entry in the index {index} cannot be used: {reason}")]
    #[diagnostic(help("try again later; if it stays so, tell the registry's maintainers"))]
    IndexEntry {
        /// The package's name.
        name: String,
        /// The index.
        index: String,
        /// What is wrong.
        reason: String,
    },
    /// No such package.
    #[error("{name}: the registry has no package of this name")]
    #[diagnostic(help("check the spelling; `cargo search {name}` lists similar names"))]
    NoSuchPackage {
        /// The name.
        name: String,
    },
    /// No such version.
    #[error("{name}: the registry has no version {version}; it has {available}")]
    #[diagnostic(help("choose one of them: `{name}@VERSION`"))]
    NoSuchVersion {
        /// The package's name.
        name: String,
        /// The version that was asked for.
        version: String,
        /// The versions that exist.
        available: String,
    },
    /// A published package without a lock.
    #[error("{package}: its .crate file has no Cargo.lock")]
    #[diagnostic(help(
        "it was published without one: check out its repository, run `cargo generate-lockfile`, and import it there"
    ))]
    NoLock {
        /// The package.
        package: PackageName,
    },
    /// An archive that is refused.
    #[error("{package}: {} is refused: {reason}", file.display())]
    #[diagnostic(help(
        "delete the file and import again; if it is refused again, the registry serves a bad file: tell its maintainers"
    ))]
    Archive {
        /// The package.
        package: PackageName,
        /// The `.crate` file.
        file: PathBuf,
        /// What is wrong with it.
        reason: ArchiveError,
    },
    /// A package's folder has no manifest.
    #[error("{package}: {} cannot be read: {reason}", file.display())]
    #[diagnostic(help("delete the folder that holds it, and let Cargo make it again with `cargo fetch`"))]
    Manifest {
        /// The package.
        package: PackageName,
        /// The manifest.
        file: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// There is no git program.
    #[error("a git dependency needs the `git` program, which cannot be run: {reason}")]
    #[diagnostic(help("install git, or import on a machine that has it"))]
    NoGit {
        /// What the system said.
        reason: std::io::Error,
    },
    /// A repository cannot be reached.
    #[error("{package}: the git repository {url} cannot be fetched: {reason}")]
    #[diagnostic(help(
        "try `git ls-remote {url}`: it must work without a question; private repositories need a credential helper or an SSH agent"
    ))]
    GitRemote {
        /// The package.
        package: PackageName,
        /// The repository.
        url: String,
        /// What git said.
        reason: String,
    },
    /// A repository does not have the locked commit any more.
    #[error("{package}: the git repository {url} has no commit {rev}, which Cargo.lock names")]
    #[diagnostic(help("it was removed by a forced push, or belongs to no branch: run `cargo update -p {}` to lock one that is there", package.name))]
    NoSuchCommit {
        /// The package.
        package: PackageName,
        /// The repository.
        url: String,
        /// The commit.
        rev: String,
    },
    /// A commit cannot be checked out.
    #[error("{package}: commit {rev} of {url} cannot be checked out: {reason}")]
    #[diagnostic(help("try it by hand: `git clone --recurse-submodules {url}`, then `git checkout {rev}`"))]
    Git {
        /// The package.
        package: PackageName,
        /// The repository.
        url: String,
        /// The commit.
        rev: String,
        /// What git said.
        reason: String,
    },
    /// A repository does not have the package.
    #[error("{package}: commit {rev} of {url} has no such package; it has {found}")]
    #[diagnostic(help("run `cargo update -p {}` to bring Cargo.lock in line with the repository", package.name))]
    NotInRepository {
        /// The package.
        package: PackageName,
        /// The repository.
        url: String,
        /// The commit.
        rev: String,
        /// The packages that it has.
        found: String,
    },
    /// A vendored folder or local registry does not have the package.
    #[error("{package}: not in {}, which Cargo's configuration names as its source", folder.display())]
    #[diagnostic(help("run `cargo vendor` (or `cargo local-registry`) again, so that the folder fits Cargo.lock"))]
    NotInFolder {
        /// The package.
        package: PackageName,
        /// The folder.
        folder: PathBuf,
    },
    /// A vendored package differs from what was vendored.
    #[error("{package}: {} does not have the sha256 that {} gives: expected {expected}, found {found}", file.display(), list.display())]
    #[diagnostic(help(
        "vendored packages must not be edited: run `cargo vendor` again, or use `[patch]` for a changed copy"
    ))]
    VendoredChanged {
        /// The package.
        package: PackageName,
        /// The file.
        file: PathBuf,
        /// The list of checksums.
        list: PathBuf,
        /// The checksum in the list.
        expected: String,
        /// The file's.
        found: String,
    },
    /// A vendored package's list of checksums cannot be used.
    #[error("{package}: {} cannot be used: {reason}", list.display())]
    #[diagnostic(help("run `cargo vendor` again"))]
    VendoredList {
        /// The package.
        package: PackageName,
        /// The list of checksums.
        list: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A vendored folder that the graph cannot name.
    #[error("{package}: its vendored folder {} is outside of the workspace {}", folder.display(), workspace.display())]
    #[diagnostic(help(
        "a graph names no folder outside of its workspace: vendor into the workspace (`cargo vendor`), or remove the source replacement"
    ))]
    VendoredOutside {
        /// The package.
        package: PackageName,
        /// The package's folder.
        folder: PathBuf,
        /// The workspace's root.
        workspace: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{doing} {} failed: {reason}", file.display())]
    #[diagnostic(help("check the disk's space and the permissions of the file and its folder"))]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file.
        file: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
}

impl Error {
    /// Does it advise to change the lock, or to write it anew?
    pub(crate) fn is_of_lock(&self) -> bool {
        matches!(
            self,
            Self::InvalidName { .. }
                | Self::NoChecksum { .. }
                | Self::InvalidChecksum { .. }
                | Self::Vanished { .. }
                | Self::NoSuchCommit { .. }
                | Self::NotInRepository { .. }
        )
    }
}

/// What an answer's status says of a file. Stores of files answer 403 for one that is not there, and mirrors for one that they withhold.
fn not_given(status: u16) -> &'static str {
    if matches!(status, 404 | 410) {
        "does not exist"
    } else {
        "is not there, or not given out"
    }
}
