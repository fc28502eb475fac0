//! The fleet file: which programs are resolved together, and how.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use semver::Version;
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

use super::{Error, Problem};
use crate::CrateSpec;
use crate::internal::Invariant;
use crate::lock::LockSource;
use crate::manifest::{Place, normalize};
use crate::options::{PlatformRequest, Selection};
use crate::source::hex;

/// A fleet file, read and checked.
#[derive(Debug, Clone)]
pub struct FleetFile {
    /// The file, absolute.
    pub path: PathBuf,
    /// Its folder: paths in it start there, and so does what the graph says of files.
    pub folder: PathBuf,
    /// The file's own name.
    pub name: String,
    text: String,
    /// The programs by the names they have in the file.
    pub programs: BTreeMap<String, Program>,
    /// The platforms; none for the usual ones.
    pub platforms: Vec<PlatformRequest>,
    /// The triple that builds; none for each platform itself.
    pub host: Option<String>,
    /// Crates of which each member keeps the version of its own lock.
    pub separate: Vec<String>,
    /// Crates whose version is given.
    pub pin: BTreeMap<String, Version>,
    /// `candidates = "locks"`: no versions but those of the members' locks.
    pub only_locks: bool,
}

/// A `[programs.NAME]` table.
#[derive(Debug, Clone)]
pub struct Program {
    /// Where it comes from.
    pub source: ProgramSource,
    /// Features, profile and packages, as `dyrust import` has them.
    pub selection: Selection,
    /// Patterns of packages whose programs are built in place of the root package's.
    pub packages: Vec<String>,
    /// The programs that are built; none for all that its features allow.
    pub bins: Vec<String>,
    /// Resolved alone.
    pub isolated: bool,
}

/// Where a program comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgramSource {
    /// A published one, with the lock it was published with.
    Published {
        /// Its name.
        name: String,
        /// Its version.
        version: String,
    },
    /// A workspace in a git repository.
    Git {
        /// The repository.
        url: String,
        /// The commit.
        rev: String,
    },
    /// A workspace in a folder below that of the fleet file.
    Path(String),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Tables {
    #[serde(default)]
    programs: BTreeMap<String, ProgramTable>,
    platforms: Option<Vec<String>>,
    host: Option<String>,
    #[serde(default)]
    separate: Vec<String>,
    #[serde(default)]
    pin: BTreeMap<String, String>,
    #[serde(default)]
    candidates: CandidateSource,
}

/// Which versions may be chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum CandidateSource {
    /// Those of the locks, and where they will not do those of the registry's index.
    #[default]
    Index,
    /// Those of the locks.
    Locks,
}

/// Written by hand, as what serde makes of an enum says of another value that it is no `string or table`.
impl<'de> Deserialize<'de> for CandidateSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = CandidateSource;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("`candidates` to be \"index\" or \"locks\"")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<CandidateSource, E> {
                match word {
                    "index" => Ok(CandidateSource::Index),
                    "locks" => Ok(CandidateSource::Locks),
                    _ => Err(E::invalid_value(Unexpected::Str(word), &self)),
                }
            }
        }
        deserializer.deserialize_str(Word)
    }
}

#[derive(Debug, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table, for example [programs.rg] with `crate = \"ripgrep@14.1.1\"`"
)]
struct ProgramTable {
    #[serde(rename = "crate")]
    published: Option<String>,
    git: Option<String>,
    rev: Option<String>,
    path: Option<String>,
    #[serde(default)]
    features: Vec<String>,
    #[serde(default = "yes")]
    default_features: bool,
    #[serde(default)]
    all_features: bool,
    #[serde(default)]
    bins: Vec<String>,
    #[serde(default)]
    packages: Vec<String>,
    #[serde(default)]
    isolated: bool,
}

fn yes() -> bool {
    true
}

impl FleetFile {
    /// Reads a fleet file.
    ///
    /// # Errors
    /// When it can't be read, is not TOML, has keys that are unknown, or a value that means nothing.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::of_text(path, Self::text_of(path)?)
    }

    /// A fleet file as it would be with another text: nothing has to be written to know what would come of it.
    ///
    /// # Errors
    /// When the text is not TOML, has keys that are unknown, or a value that means nothing.
    pub fn of_text(path: &Path, text: String) -> Result<Self, Error> {
        let path = std::path::absolute(path).map_err(|reason| Error::Unreadable {
            file: path.to_path_buf(),
            reason,
        })?;
        // Its graph, which has this name unless another one is given, would be written over it.
        if path.with_extension("json") == path {
            return Err(Error::GraphsName(path));
        }
        let mut folder = path.parent().invariant("a file in a folder")?.to_path_buf();
        let name = path.file_name().invariant("a file with a name")?;
        // What is below it is known by its path, which `..` would hide. Where the path before is a link, only the system knows what it leads to.
        if folder.components().any(|part| part == Component::ParentDir) {
            folder = folder.canonicalize().unwrap_or_else(|_| normalize(&folder));
        }
        let path = folder.join(name);
        let name = name.to_string_lossy().into_owned();
        Self::parse(text, path, folder, name)
    }

    /// The text of a fleet file.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn text_of(path: &Path) -> Result<String, Error> {
        std::fs::read_to_string(path).map_err(|reason| Error::Unreadable {
            file: path.to_path_buf(),
            reason,
        })
    }

    fn parse(text: String, path: PathBuf, folder: PathBuf, name: String) -> Result<Self, Error> {
        let tables: Tables =
            toml::from_str(&text).map_err(|reason| syntax(&name, &text, reason.message(), reason.span()))?;
        let mut file = Self {
            path,
            folder,
            name,
            text,
            programs: BTreeMap::new(),
            platforms: platforms(&tables),
            host: tables.host,
            separate: tables.separate,
            pin: BTreeMap::new(),
            only_locks: tables.candidates == CandidateSource::Locks,
        };
        if tables.platforms.is_some_and(|platforms| platforms.is_empty()) {
            return Err(file.fail(&["platforms"], Problem::NoPlatforms));
        }
        if tables.programs.is_empty() {
            return Err(file.fail(&["programs"], Problem::NoPrograms));
        }
        for (name, table) in tables.programs {
            let program = file.program(&name, table)?;
            file.programs.insert(name, program);
        }
        for (name, text) in tables.pin {
            let version = Version::parse(&text).map_err(|reason| {
                let problem = Problem::PinVersion {
                    name: name.clone(),
                    version: text.clone(),
                    reason: reason.to_string(),
                };
                file.fail(&["pin", &name], problem)
            })?;
            file.pin.insert(name, version);
        }
        Ok(file)
    }

    /// What a graph says of the file: the sha256 of its text.
    pub(super) fn digest(&self) -> String {
        hex::encode(&Sha256::digest(&self.text))
    }

    /// The place of a key, for messages.
    pub(super) fn place(&self, path: &[&str]) -> Place {
        Place::of_key(&self.name, &self.text, path)
    }

    /// An error at a key.
    pub(super) fn fail(&self, path: &[&str], problem: Problem) -> Error {
        Error::at(self.place(path), problem)
    }

    /// An error at a key of a program.
    pub(super) fn fail_at(&self, program: &str, key: &str, problem: Problem) -> Error {
        self.fail(&["programs", program, key], problem)
    }

    fn program(&self, name: &str, table: ProgramTable) -> Result<Program, Error> {
        let fail = |key: &str, problem| Err(self.fail_at(name, key, problem));
        if !is_program_name(name) {
            return fail("", Problem::ProgramName { name: name.to_owned() });
        }
        let sources = [table.published.is_some(), table.git.is_some(), table.path.is_some()];
        let source = || Problem::Source { name: name.to_owned() };
        if sources.iter().filter(|given| **given).count() > 1 {
            return fail("", source());
        }
        if table.rev.is_some() && table.git.is_none() {
            return fail("rev", Problem::RevWithoutGit);
        }
        let source = if let Some(text) = table.published {
            let spec = text.parse::<CrateSpec>().ok();
            let Some((name, version)) = spec.and_then(|spec| Some((spec.name, spec.version?.to_string()))) else {
                return fail("crate", Problem::Published(text));
            };
            ProgramSource::Published { name, version }
        } else if let Some(url) = table.git {
            let is_commit = |rev: &String| {
                matches!(rev.len(), 40 | 64)
                    && rev
                        .bytes()
                        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
            };
            let Some(rev) = table.rev.filter(is_commit) else {
                return fail("git", Problem::Rev { url });
            };
            // As in manifests. A path would be another repository on another machine, or in another folder.
            if url.contains(['?', '#']) || LockSource::parse(&format!("git+{url}#{rev}")).is_none() {
                return fail("git", Problem::GitUrl { url });
            }
            ProgramSource::Git { url, rev }
        } else if let Some(path) = table.path {
            ProgramSource::Path(path)
        } else {
            return fail("", source());
        };
        for (key, patterns) in [("packages", &table.packages), ("bins", &table.bins)] {
            for pattern in patterns {
                if let Err(reason) = glob::Pattern::new(pattern) {
                    let problem = Problem::Pattern {
                        pattern: pattern.clone(),
                        reason: reason.to_string(),
                    };
                    return fail(key, problem);
                }
            }
        }
        let published = match &source {
            ProgramSource::Published { name, version } => Some(format!("{name}@{version}")),
            _ => None,
        };
        let selection = Selection {
            published,
            features: table.features,
            all_features: table.all_features,
            no_default_features: !table.default_features,
            ..Selection::default()
        };
        Ok(Program {
            source,
            selection,
            packages: table.packages,
            bins: table.bins,
            isolated: table.isolated,
        })
    }
}

/// The error for a text that is no fleet file.
pub(super) fn syntax(name: &str, text: &str, message: &str, span: Option<Range<usize>>) -> Error {
    let mut message = message.replace('\n', " ");
    // Of what is there twice the key is told: the line is that of the second.
    if message == "duplicate key"
        && let Some(key) = span.clone().and_then(|span| text.get(span))
    {
        message = format!("the key `{}` is there twice: keep one of them", key.escape_debug());
    }
    // As TOML calls them.
    for (word, usual) in [
        ("expected a map", "expected a table"),
        ("expected a sequence", "expected an array"),
    ] {
        message = message.replace(word, usual);
    }
    let place = match span {
        Some(span) => Place::at(name, text, span.start),
        None => Place::file(name),
    };
    Error::at(place, Problem::Syntax(message))
}

/// May a program be called so? The name becomes that of a folder, and stands in commands that are printed to be run.
fn is_program_name(name: &str) -> bool {
    let is_usual = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '+');
    !name.is_empty() && !name.starts_with(['-', '.']) && name.chars().all(is_usual)
}

/// The platforms that the file lists, each once.
fn platforms(tables: &Tables) -> Vec<PlatformRequest> {
    let mut known = BTreeSet::new();
    let listed = tables.platforms.iter().flatten().filter(|target| known.insert(*target));
    let platform = |target: &String| PlatformRequest {
        target: target.clone(),
        host: tables.host.clone().filter(|host| host != target),
    };
    listed.map(platform).collect()
}
