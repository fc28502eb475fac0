//! The targets of a package: those that its manifest lists and those that its files imply.
//!
//! The rules are those of the Cargo book, chapter Cargo Targets, with the old rules for edition 2015.

use std::collections::BTreeSet;
use std::path::Path;

use cargo_util_schemas::manifest::{TomlPackage, TomlPackageBuild, TomlTarget};

use super::{Edition, Error, Manifest, ManifestOrigin, Problem, Target};
use crate::intern::Symbol;
use crate::resolved::TargetKind;
use crate::source::FileSet;

/// Finds all targets; the library comes first, then programs, examples, tests, benchmarks, and the build script.
pub(super) fn discover(
    manifest: &Manifest,
    table: &TomlPackage,
    package: Symbol,
    edition: Edition,
    origin: &ManifestOrigin,
    files: &FileSet,
) -> Result<Vec<Target>, Error> {
    let finder = TargetFinder {
        manifest,
        package,
        edition,
        is_local: matches!(origin, ManifestOrigin::Local(_)),
        files,
    };
    let tables = &manifest.tables;
    let mut targets = Vec::new();
    targets.extend(finder.library(table.autolib)?);
    let has_library = !targets.is_empty();
    let listed = [
        (TargetKind::Bin, tables.bin.as_deref(), table.autobins),
        (TargetKind::Example, tables.example.as_deref(), table.autoexamples),
        (TargetKind::Test, tables.test.as_deref(), table.autotests),
        (TargetKind::Bench, tables.bench.as_deref(), table.autobenches),
    ];
    for (kind, listed, automatic) in listed {
        targets.extend(finder.targets(kind, listed, automatic, has_library)?);
    }
    targets.extend(finder.build_script(table.build.as_ref())?);
    Ok(targets)
}

/// The crate types of libraries that rustc knows; `proc-macro` stands alone.
const LIBRARY_TYPES: [&str; 5] = ["lib", "rlib", "dylib", "cdylib", "staticlib"];

struct TargetFinder<'a> {
    manifest: &'a Manifest,
    package: Symbol,
    edition: Edition,
    /// Is it of the workspace, or beside it? Some mistakes in targets Cargo tells there alone: in a package that was published, or is in a
    /// repository, nobody can mend them, and no dependency is built of such a target.
    is_local: bool,
    files: &'a FileSet,
}

/// The key of a kind's tables in the manifest.
pub(crate) fn section(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Lib => "lib",
        TargetKind::Bin => "bin",
        TargetKind::Example => "example",
        TargetKind::Test => "test",
        TargetKind::Bench => "bench",
        TargetKind::CustomBuild => "build",
    }
}

/// The folder in which targets of a kind are looked for.
fn folder(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Bin => "src/bin",
        TargetKind::Example => "examples",
        TargetKind::Test => "tests",
        TargetKind::Bench => "benches",
        TargetKind::Lib | TargetKind::CustomBuild => "src",
    }
}

fn normalize(path: &Path) -> String {
    super::normalize(path).to_string_lossy().into_owned()
}

impl TargetFinder<'_> {
    fn fail(&self, kind: TargetKind, problem: Problem) -> Error {
        self.manifest.fail(&[section(kind)], problem)
    }

    fn library(&self, automatic: Option<bool>) -> Result<Option<Target>, Error> {
        let listed = self.manifest.tables.lib.as_ref();
        let complete = |target: &TomlTarget| target.name.is_some() && target.path.is_some();
        let named = listed.is_some_and(|table| table.path.is_some());
        let inferred = (!named && self.files.contains("src/lib.rs")).then_some("src/lib.rs");
        let table = match listed {
            Some(table) => table.clone(),
            None if automatic == Some(false) || inferred.is_none() => return Ok(None),
            None => TomlTarget::default(),
        };
        let fail = |problem| self.fail(TargetKind::Lib, problem);
        let name = match &table.name {
            Some(name) => name.clone(),
            None if automatic == Some(false) && complete(&table) => return Ok(None),
            None => self.package.replace('-', "_"),
        };
        if name.contains('-') {
            return Err(fail(Problem::HyphenInLibrary { name }));
        }
        if name.is_empty() {
            return Err(fail(Problem::EmptyLibraryName));
        }
        let root = match (&table.path, inferred) {
            (Some(path), _) => normalize(&path.0),
            (None, Some(inferred)) => inferred.to_owned(),
            (None, None) => {
                let old = format!("src/{name}.rs");
                if self.edition == Edition::E2015 && self.files.contains(&old) {
                    old
                } else {
                    let expected = "src/lib.rs".to_owned();
                    return Err(fail(Problem::NoTargetFile {
                        kind: "lib",
                        name,
                        expected,
                    }));
                }
            }
        };
        let crate_types: Vec<Symbol> = match (table.crate_types(), table.proc_macro()) {
            (Some(types), _) if types.iter().any(|kind| kind == "proc-macro") => {
                if types.len() > 1 {
                    return Err(fail(Problem::MixedProcMacro));
                }
                vec![Symbol::new("proc-macro")]
            }
            (Some(types), _) => {
                let has = |wanted: &str| types.iter().any(|kind| kind == wanted);
                if has("dylib") && has("cdylib") {
                    return Err(fail(Problem::DylibAndCdylib));
                }
                if types.is_empty() || types.iter().any(|kind| !LIBRARY_TYPES.contains(&kind.as_str())) {
                    let given = format!("{types:?}");
                    return Err(fail(Problem::CrateTypes { given }));
                }
                types.iter().map(|kind| Symbol::new(kind)).collect()
            }
            (None, Some(true)) => vec![Symbol::new("proc-macro")],
            (None, _) => vec![Symbol::new("lib")],
        };
        self.target(TargetKind::Lib, &table, &name, root, crate_types).map(Some)
    }

    fn targets(
        &self,
        kind: TargetKind,
        listed: Option<&[TomlTarget]>,
        automatic: Option<bool>,
        has_library: bool,
    ) -> Result<Vec<Target>, Error> {
        let mut tables = listed.map(<[TomlTarget]>::to_vec).unwrap_or_default();
        let automatic = automatic.unwrap_or(listed.is_none() || self.edition > Edition::E2015);
        // Cargo publishes manifests that list all targets with their paths: there is nothing to look for.
        let inferred = if automatic || tables.iter().any(|table| table.path.is_none()) {
            self.inferred(kind)
        } else {
            Vec::new()
        };
        let listed = tables.len();
        if automatic {
            let names: BTreeSet<&str> = tables.iter().filter_map(|table| table.name.as_deref()).collect();
            let paths: BTreeSet<String> = tables
                .iter()
                .filter_map(|table| Some(normalize(&table.path.as_ref()?.0)))
                .collect();
            let new: Vec<TomlTarget> = inferred
                .iter()
                .filter(|(name, path)| !names.contains(name.as_str()) && !paths.contains(path))
                .map(|(name, path)| TomlTarget {
                    name: Some(name.clone()),
                    path: Some(cargo_util_schemas::manifest::PathValue(path.into())),
                    ..TomlTarget::default()
                })
                .collect();
            tables.extend(new);
        }
        let mut names = Vec::with_capacity(tables.len());
        let mut targets = Vec::with_capacity(tables.len());
        for (position, table) in tables.iter().enumerate() {
            let Some(name) = table.name.as_deref().filter(|name| !name.trim().is_empty()) else {
                return Err(self.fail(kind, Problem::NoTargetName { kind: section(kind) }));
            };
            names.push(name);
            if kind == TargetKind::Bin {
                self.refuse_library_keys(table, name)?;
            }
            let root = match &table.path {
                Some(path) => normalize(&path.0),
                None => match self.root(kind, name, &inferred, has_library) {
                    Ok(root) => root,
                    // Its file is not in the archive.
                    Err(_) if !self.is_local && kind != TargetKind::Bin => continue,
                    Err(error) => return Err(error),
                },
            };
            let crate_types = match (kind, table.crate_types()) {
                (TargetKind::Example, Some(types)) if types.iter().any(|kind| kind != "bin") => {
                    types.iter().map(|kind| Symbol::new(kind)).collect()
                }
                _ => vec![Symbol::new("bin")],
            };
            let mut target = self.target(kind, table, name, root, crate_types)?;
            // What was found is there.
            target.has_path &= position < listed;
            targets.push(target);
        }
        targets.sort_by_key(|target| target.name);
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let name = pair[0].to_owned();
            return Err(self.fail(
                kind,
                Problem::DuplicateTarget {
                    kind: section(kind),
                    name,
                },
            ));
        }
        Ok(targets)
    }

    /// Cargo takes keys of libraries for programs of a workspace in no case, even if they say what a program is.
    fn refuse_library_keys(&self, table: &TomlTarget, name: &str) -> Result<(), Error> {
        let keys = [
            ("crate-type", self.is_local && table.crate_types().is_some()),
            ("proc-macro", self.is_local && table.proc_macro() == Some(true)),
        ];
        if let Some((key, _)) = keys.into_iter().find(|(_, given)| *given) {
            let name = name.to_owned();
            return Err(self.fail(TargetKind::Bin, Problem::OfLibrariesAlone { name, key }));
        }
        if table.filename.is_some() {
            return Err(self.fail(TargetKind::Bin, Problem::Unstable("bin.filename")));
        }
        Ok(())
    }

    /// Names and paths of the targets that the package's files imply.
    fn inferred(&self, kind: TargetKind) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if kind == TargetKind::Bin && self.files.contains("src/main.rs") {
            found.push((self.package.to_string(), "src/main.rs".to_owned()));
        }
        let folder = folder(kind);
        for path in self.files.below(folder) {
            let inner = &path[folder.len() + 1..];
            let name = match inner.split_once('/') {
                None => inner.strip_suffix(".rs"),
                Some((name, "main.rs")) => Some(name),
                Some(_) => None,
            };
            if let Some(name) = name.filter(|_| !inner.starts_with('.')) {
                found.push((name.to_owned(), path.to_owned()));
            }
        }
        found
    }

    /// The crate root of a target that is listed without a path.
    fn root(
        &self,
        kind: TargetKind,
        name: &str,
        inferred: &[(String, String)],
        has_library: bool,
    ) -> Result<String, Error> {
        let mut matching = inferred.iter().filter(|(known, _)| known == name).map(|(_, path)| path);
        let (first, second) = (matching.next(), matching.next());
        if let (Some(path), None) = (first, second) {
            return Ok(path.clone());
        }
        if self.edition == Edition::E2015
            && let Some(path) = self.old_root(kind, name, has_library)
        {
            return Ok(path);
        }
        let (section, name) = (section(kind), name.to_owned());
        let problem = match (first, second) {
            (Some(first), Some(second)) => Problem::AmbiguousTarget {
                kind: section,
                name,
                first: first.clone(),
                second: second.clone(),
            },
            _ => {
                let folder = folder(kind);
                let expected = format!("{folder}/{name}.rs or {folder}/{name}/main.rs");
                Problem::NoTargetFile {
                    kind: section,
                    name,
                    expected,
                }
            }
        };
        Err(self.fail(kind, problem))
    }

    /// Places that Cargo once accepted by mistake and still does in edition 2015.
    fn old_root(&self, kind: TargetKind, name: &str, has_library: bool) -> Option<String> {
        let candidates = match kind {
            TargetKind::Bin => vec![
                (!has_library).then(|| format!("src/{name}.rs")),
                Some("src/main.rs".to_owned()),
                Some("src/bin/main.rs".to_owned()),
            ],
            TargetKind::Bench if name == "bench" => vec![Some("src/bench.rs".to_owned())],
            _ => Vec::new(),
        };
        candidates.into_iter().flatten().find(|path| self.files.contains(path))
    }

    fn target(
        &self,
        kind: TargetKind,
        table: &TomlTarget,
        name: &str,
        root: String,
        crate_types: Vec<Symbol>,
    ) -> Result<Target, Error> {
        let edition = match &table.edition {
            Some(text) => Edition::parse(text).ok_or_else(|| self.fail(kind, Problem::Edition(text.clone())))?,
            None => self.edition,
        };
        let tested = !matches!(kind, TargetKind::Example | TargetKind::Bench);
        let benched = matches!(kind, TargetKind::Lib | TargetKind::Bin | TargetKind::Bench);
        // What is a C library alone no example can use.
        let is_for_rust = crate_types
            .iter()
            .any(|kind| ["lib", "rlib", "proc-macro"].contains(&&**kind));
        let doctested = kind == TargetKind::Lib && is_for_rust && table.doctest.unwrap_or(true);
        Ok(Target {
            kind,
            name: Symbol::new(name),
            crate_name: Symbol::new(&name.replace('-', "_")),
            root,
            has_path: table.path.is_some(),
            edition,
            crate_types,
            proc_macro: kind == TargetKind::Lib && table.proc_macro().unwrap_or(false),
            tested: table.test.unwrap_or(tested),
            benched: table.bench.unwrap_or(benched),
            harness: table.harness.unwrap_or(true),
            doctested,
            required_features: if kind == TargetKind::Lib {
                None
            } else {
                table.required_features.clone()
            },
        })
    }

    fn build_script(&self, build: Option<&TomlPackageBuild>) -> Result<Option<Target>, Error> {
        let fail = |problem| self.manifest.fail(&["package", "build"], problem);
        let path = match build {
            None if self.files.contains("build.rs") => "build.rs".to_owned(),
            None | Some(TomlPackageBuild::Auto(false)) => return Ok(None),
            Some(TomlPackageBuild::Auto(true)) => "build.rs".to_owned(),
            Some(TomlPackageBuild::SingleScript(path)) => normalize(Path::new(path)),
            Some(TomlPackageBuild::MultipleScript(paths)) => {
                return Err(fail(Problem::SeveralBuildScripts(paths.len())));
            }
        };
        let stem = Path::new(&path).file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("build-script-{stem}");
        Ok(Some(Target {
            kind: TargetKind::CustomBuild,
            name: Symbol::new(&name),
            crate_name: Symbol::new(&name.replace('-', "_")),
            root: path,
            has_path: build.is_some(),
            edition: self.edition,
            crate_types: vec![Symbol::new("bin")],
            proc_macro: false,
            tested: false,
            benched: false,
            harness: true,
            doctested: false,
            required_features: None,
        }))
    }
}
