//! `dyrust audit`: which advisories of a RustSec database are about what graphs and built programs are made of.
//!
//! The database is a folder as <https://github.com/RustSec/advisory-db> has it; nothing is fetched. Built programs say by themselves what
//! they are made of, in cargo-auditable's section.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use auditable_info::{Error as SectionError, Limits, audit_info_from_file};
use dyrust_importer::graph::{self, Graph, package_name};
use dyrust_report::visible::{one_line, visible};
use platforms::Platform;
use rustsec::advisory::{Advisory, Informational};
use rustsec::database::Query;
use rustsec::semver::{Comparator, Op, Version, VersionReq};
use rustsec::{Collection, Database, package};
use serde_json::{Value, json};

use crate::arguments::AuditArguments;
use crate::check::quote;
use crate::graph_file::{Naming, named_or_usual};
use crate::inspect::numbers_of;
use crate::output::{Output, print};
use crate::{Error, Outcome};

/// Why an audit can't be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuditError {
    /// The folder is no database, or a file in it can't be read.
    #[error(
        "{folder}: it can't be read as a RustSec advisory database: {reason}: give the folder that has `crates` in it"
    )]
    Database {
        /// The folder.
        folder: String,
        /// rustsec's words.
        reason: String,
    },
    /// The folder has no advisory, so that nothing would ever be found.
    #[error("{folder}: there is no advisory in it: give the folder of a whole RustSec advisory database")]
    EmptyDatabase {
        /// The folder.
        folder: String,
    },
    /// A package's name or version is none of Cargo's.
    #[error("{}: `{text}` is not the name or version of a package: {reason}", .place.display())]
    Package {
        /// The graph or program.
        place: PathBuf,
        /// What stands there.
        text: String,
        /// What is wrong.
        reason: String,
    },
    /// A program without the section.
    #[error(
        "{file}: it does not say what it is made of ({reason}): build it with this dyrust, or audit its graph by --graph"
    )]
    Silent {
        /// The program.
        file: String,
        /// The reader's words.
        reason: String,
    },
}

/// Where a package was found, and what is known of it there.
#[derive(Debug, Default)]
struct Occurrences {
    /// Its units, of graphs.
    units: BTreeSet<String>,
    /// The programs that have it in them or load it.
    programs: BTreeSet<String>,
    /// The programs that it only builds.
    built: BTreeSet<String>,
    /// The packages that ask for it, of graphs.
    dependents: BTreeSet<String>,
    /// How versions are chosen where it was found.
    update: BTreeSet<Update>,
    /// The platforms for which it was found; nothing for one that nobody knows, such as that of a built program.
    platforms: BTreeSet<Option<String>>,
    /// The graphs and programs that name it.
    places: BTreeSet<PathBuf>,
}

/// How other versions come into a graph.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Update {
    /// By `cargo update`.
    Lock,
    /// By the program's publisher.
    Published(String),
    /// By `dyrust fleet update`, of this file.
    Fleet(String),
    /// By whatever built the program.
    Build,
}

/// Packages by name and version.
type Packages = BTreeMap<(String, String), Occurrences>;

pub(crate) fn run(arguments: &AuditArguments, output: &Output) -> Result<Outcome, Error> {
    if arguments.target.is_some() && arguments.graphs.is_empty() && !arguments.built.is_empty() {
        return Err(Error::NoEffect {
            option: "--target",
            why: "is of graphs, and programs that are built do not say what they are built for",
        });
    }
    let database = Database::open(&arguments.database).map_err(|reason| AuditError::Database {
        folder: arguments.database.display().to_string(),
        reason: in_full(&reason),
    })?;
    if database.iter().next().is_none() {
        let folder = arguments.database.display().to_string();
        return Err(AuditError::EmptyDatabase { folder }.into());
    }
    let mut packages = Packages::new();
    let mut graphs = arguments.graphs.clone();
    if graphs.is_empty() && arguments.built.is_empty() {
        graphs.push(named_or_usual(None, Naming::Option)?);
    }
    for file in &graphs {
        let graph = graph::read(file)?;
        for graph in std::iter::once(&graph).chain(graph.apart.values()) {
            for number in numbers_of(graph, file, arguments.target.as_deref())? {
                of_graph(graph, number, file, &mut packages);
            }
        }
    }
    for path in &arguments.built {
        of_built(path, &mut packages, output)?;
    }
    for ignored in &arguments.ignore {
        if !database.iter().any(|advisory| advisory.id().as_str() == ignored) {
            output.say(&format!(
                "note: no advisory of the database is called {ignored}: `--ignore {ignored}` does nothing"
            ));
        }
    }
    let mut findings = Vec::new();
    for ((name, version), found) in &packages {
        let (query, version) = question(name, version, found)?;
        for advisory in database.query(&query) {
            if !arguments.ignore.iter().any(|ignored| ignored == advisory.id().as_str()) {
                findings.push(AffectedPackage {
                    advisory,
                    name,
                    version: version.clone(),
                    found,
                });
            }
        }
    }
    findings.sort_by_key(|finding| (finding.advisory.id().to_string(), finding.name, finding.version.clone()));
    let counts =
        |finding: &&AffectedPackage| arguments.informational || finding.advisory.metadata.informational.is_none();
    let counted = findings.iter().filter(counts).count();
    if output.is_json() {
        let list: Vec<Value> = findings.iter().map(AffectedPackage::json).collect();
        output.json(&json!({ "packages": packages.len(), "advisories": database.iter().count(), "counted": counted, "findings": list }))?;
    } else {
        let mut text: String = findings.iter().map(AffectedPackage::text).collect();
        let _ = writeln!(
            text,
            "{} packages, {} advisories known: {counted} count",
            packages.len(),
            database.iter().count()
        );
        print(&visible(&text))?;
    }
    Ok(if counted == 0 { Outcome::Done } else { Outcome::Affected })
}

/// An error with what caused it: which line of an advisory is wrong, say.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string().trim_end().replace('\n', " ");
        // Some errors say their causes themselves.
        if !text.contains(&said) {
            let _ = write!(text, ": {said}");
        }
        source = cause.source();
    }
    text
}

/// What to ask the database of a package.
fn question(name: &str, version: &str, found: &Occurrences) -> Result<(Query, Version), AuditError> {
    let wrong = |text: &str, reason: String| AuditError::Package {
        place: found.places.first().cloned().unwrap_or_default(),
        text: text.to_owned(),
        reason,
    };
    let parsed: Version = version
        .parse()
        .map_err(|reason: rustsec::semver::Error| wrong(version, reason.to_string()))?;
    let package: package::Name = name
        .parse()
        .map_err(|reason: rustsec::cargo_lock::Error| wrong(name, reason.to_string()))?;
    // A platform that nobody knows is affected by everything.
    let known: Option<Vec<&Platform>> = found
        .platforms
        .iter()
        .map(|triple| triple.as_deref().and_then(Platform::find))
        .collect();
    let mut query = Query::new()
        .collection(Collection::Crates)
        .withdrawn(false)
        .package_name(package)
        .package_version(parsed.clone());
    if let Some(known) = known {
        query = query
            .target_arch(
                known
                    .iter()
                    .map(|platform| platform.target_arch.as_str().to_owned())
                    .collect(),
            )
            .target_os(
                known
                    .iter()
                    .map(|platform| platform.target_os.as_str().to_owned())
                    .collect(),
            );
    }
    Ok((query, parsed))
}

/// Adds the packages of the default registry that a graph's programs are made of.
fn of_graph(graph: &Graph, number: usize, file: &Path, packages: &mut Packages) {
    let view = graph.on_platform(number);
    let graph::Platform { target, host, .. } = &graph.platforms[number];
    let update = match (&graph.selection.fleet, &graph.selection.published) {
        (Some(fleet), _) => Update::Fleet(fleet.clone()),
        (None, Some(published)) => Update::Published(published.clone()),
        (None, None) => Update::Lock,
    };
    for root in view.roots() {
        let program = format!("{root} ({})", file.display());
        let mut seen = BTreeSet::new();
        let mut open: Vec<(&str, bool, Option<&str>)> = vec![(root, true, None)];
        while let Some((id, at_run_time, dependent)) = open.pop() {
            let Some((key, package, unit)) = view.unit(id) else {
                continue;
            };
            let at_run_time = at_run_time && !unit.is_of_host();
            // RustSec's advisories are about the default registry's packages.
            if package.vendored.is_some() || package.sha256.is_some() && package.registry.is_none() {
                let name = package_name(key);
                let found = packages.entry((name.to_owned(), package.version.clone())).or_default();
                found.units.insert(id.to_owned());
                found
                    .dependents
                    .extend(dependent.filter(|dependent| *dependent != key).map(str::to_owned));
                found.update.insert(update.clone());
                // What builds a program runs on another platform.
                let platform = if unit.is_of_host() {
                    host.as_ref().unwrap_or(target)
                } else {
                    target
                };
                found.platforms.insert(Some(platform.clone()));
                found.places.insert(file.to_owned());
                if at_run_time {
                    found.programs.insert(program.clone());
                } else {
                    found.built.insert(program.clone());
                }
            }
            if seen.insert((id, at_run_time)) {
                open.extend(
                    view.needs(id)
                        .into_iter()
                        .map(|needed| (needed, at_run_time, Some(key))),
                );
            }
        }
    }
}

/// The files of a folder, or of its `bin`, sorted; a file is the only one.
pub(crate) fn programs(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |file: &Path| {
        let file = file.to_path_buf();
        move |reason| Error::Unreadable(file, reason)
    };
    match std::fs::metadata(path) {
        Ok(known) if known.is_dir() => {}
        Ok(_) => return Ok(vec![path.to_path_buf()]),
        Err(reason) if reason.kind() == std::io::ErrorKind::NotFound => {
            return Err(dyrust_report::Error::Missing(path.to_path_buf()).into());
        }
        Err(reason) => return Err(unreadable(path)(reason)),
    }
    let bin = path.join("bin");
    let folder = if bin.is_dir() { bin.as_path() } else { path };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let file = entry.map_err(unreadable(folder))?.path();
        if file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// Adds what a program, or every program in a folder, says of itself.
fn of_built(path: &Path, packages: &mut Packages, output: &Output) -> Result<(), Error> {
    let mut last = SectionError::NoAuditData;
    let mut speaking = 0;
    let mut unknown = Vec::new();
    let files = programs(path)?;
    if files.is_empty() {
        return Err(Error::NoProgram(path.to_owned()));
    }
    for file in files {
        match of_program(&file, packages) {
            Ok(()) => speaking += 1,
            // A script, say.
            Err(reason @ SectionError::BinaryParsing(_)) => last = reason,
            // A program of others.
            Err(reason @ SectionError::NoAuditData) => {
                last = reason;
                unknown.push(file);
            }
            Err(reason) => return Err(silent(&file, &reason).into()),
        }
    }
    if speaking == 0 {
        return Err(silent(path, &last).into());
    }
    for file in unknown {
        output.say(&format!(
            "note: {} does not say what it is made of, and is not looked at",
            file.display()
        ));
    }
    Ok(())
}

/// A program that does not say what it is made of.
pub(crate) fn silent(file: &Path, reason: &SectionError) -> AuditError {
    AuditError::Silent {
        file: file.display().to_string(),
        reason: reason.to_string(),
    }
}

fn of_program(file: &Path, packages: &mut Packages) -> Result<(), SectionError> {
    let account = audit_info_from_file(file, Limits::default())?;
    let program = file.display().to_string();
    for package in &account.packages {
        if package.source != auditable_serde::Source::CratesIo {
            continue;
        }
        let found = packages
            .entry((package.name.clone(), package.version.to_string()))
            .or_default();
        found.update.insert(Update::Build);
        found.platforms.insert(None);
        found.places.insert(file.to_owned());
        match package.kind {
            auditable_serde::DependencyKind::Runtime => found.programs.insert(program.clone()),
            _ => found.built.insert(program.clone()),
        };
    }
    Ok(())
}

/// A package that was found, and an advisory about it.
struct AffectedPackage<'a> {
    advisory: &'a Advisory,
    name: &'a str,
    version: Version,
    found: &'a Occurrences,
}

impl AffectedPackage<'_> {
    fn kind(&self) -> String {
        match (&self.advisory.metadata.informational, self.advisory.severity()) {
            (Some(Informational::Notice), _) => "notice".to_owned(),
            (Some(other), _) => other.as_str().to_owned(),
            (None, Some(severity)) => format!("vulnerability, {}", severity.as_str()),
            (None, None) => "vulnerability".to_owned(),
        }
    }

    /// The lowest mended version that takes the place of this one without a change of any manifest.
    fn compatible(&self) -> Option<Version> {
        let same = VersionReq {
            comparators: vec![Comparator {
                op: Op::Caret,
                major: self.version.major,
                minor: Some(self.version.minor),
                patch: Some(self.version.patch),
                pre: self.version.pre.clone(),
            }],
        };
        let patched = self.advisory.versions.patched().iter();
        let lowest = patched.filter_map(|asked| {
            asked.comparators.iter().find_map(|bound| {
                let patch = bound.patch.unwrap_or(0);
                let mut version = Version::new(bound.major, bound.minor.unwrap_or(0), patch);
                version.pre = bound.pre.clone();
                match bound.op {
                    Op::GreaterEq | Op::Caret | Op::Tilde | Op::Exact => Some(version),
                    Op::Greater => Some(Version::new(
                        bound.major,
                        bound.minor.unwrap_or(0),
                        patch.checked_add(1)?,
                    )),
                    _ => None,
                }
            })
        });
        lowest
            .filter(|version| *version > self.version && same.matches(version))
            .min()
    }

    /// What mends it.
    fn mended_by(&self) -> Vec<String> {
        let patched = self.advisory.versions.patched();
        if patched.is_empty() {
            return vec!["no version mends it".to_owned()];
        }
        let Some(version) = self.compatible() else {
            let asked: Vec<String> = patched.iter().map(ToString::to_string).collect();
            let dependents: Vec<&str> = self.found.dependents.iter().map(String::as_str).collect();
            return vec![match dependents.is_empty() {
                true => format!("version {}", asked.join(" or ")),
                false => format!(
                    "version {}, which is not compatible: {} must ask for it first",
                    asked.join(" or "),
                    dependents.join(", ")
                ),
            }];
        };
        let name = self.name;
        let one = |update: &Update| match update {
            Update::Lock => format!(
                "`cargo update --package {name}@{} --precise {version}`, then `dyrust import`",
                self.version
            ),
            Update::Fleet(file) => {
                format!(
                    "{name} {version}: `dyrust fleet update --file {}` chooses versions anew",
                    quote(file)
                )
            }
            Update::Published(program) => {
                let program = program.split('@').next().unwrap_or(program);
                format!(
                    "{name} {version}: a newer {program} whose Cargo.lock has it, or a fleet of the one program, which chooses versions"
                )
            }
            Update::Build => format!("{name} {version}, and the program built anew"),
        };
        self.found.update.iter().map(one).collect()
    }

    fn text(&self) -> String {
        let metadata = &self.advisory.metadata;
        let head = format!(
            "{}: {} {}: {} ({})",
            metadata.id,
            self.name,
            self.version,
            metadata.title,
            self.kind()
        );
        let mut text = one_line(&head).into_owned() + "\n";
        let mut line = |label: &str, names: &BTreeSet<String>| {
            if !names.is_empty() {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let _ = writeln!(text, "  {label}: {}", one_line(&names.join(", ")));
            }
        };
        line("units", &self.found.units);
        line("in", &self.found.programs);
        line("builds", &self.found.built);
        for way in self.mended_by() {
            let _ = writeln!(text, "  mended by: {}", one_line(&way));
        }
        if let Some(url) = &metadata.url {
            let _ = writeln!(text, "  see: {url}");
        }
        text
    }

    fn json(&self) -> Value {
        let metadata = &self.advisory.metadata;
        json!({
            "advisory": metadata.id.to_string(),
            "title": metadata.title,
            "informational": metadata.informational.as_ref().map(Informational::as_str),
            "severity": self.advisory.severity().map(|severity| severity.as_str()),
            "package": self.name,
            "version": self.version.to_string(),
            "patched": self.advisory.versions.patched().iter().map(ToString::to_string).collect::<Vec<_>>(),
            "units": self.found.units,
            "programs": self.found.programs,
            "builds": self.found.built,
            "mendedBy": self.mended_by(),
        })
    }
}
