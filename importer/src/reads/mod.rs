//! Which files a package of a workspace reads beside those that its source always has (`docs/sources.md`): files above its
//! folder, and files in it that no build reads as a rule.
//!
//! Found are links that lead out of the package, what string literals of its sources name (`include_str!`, `#[path]`, paths
//! in build scripts and tests), what its sources of C include, and what rustc's flags of Cargo's configuration name. What a literal
//! does not show, `package.metadata.dyrust.files` in the manifest says. A name too
//! many costs a build, one too few breaks it, so that every literal counts, whatever it is for.

mod helper;
mod include;
mod source;

use std::collections::BTreeSet;
use std::ops::Bound;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashSet;
use serde::Deserialize;

pub use helper::Helper;

use crate::build_folder::is_build_folder;
use crate::manifest::normalize;
use crate::resolved::TargetKind;
use crate::workspace::LocalPackage;

/// What is between the names in a path, and in text that holds one: `cargo:rerun-if-changed=docs/a.md`.
fn is_separator(character: char) -> bool {
    matches!(
        character,
        '/' | '\\' | '=' | ':' | ';' | ',' | ' ' | '"' | '\'' | '{' | '}' | '(' | ')' | '<' | '>' | '|'
    )
}

/// What stands for the whole folder of a package.
const ALL: &str = ".";

/// How a source looks what is in a folder.
const LISTS: [&str; 4] = ["read_dir", "WalkDir", "walk", "glob"];

/// What is at the top of a workspace and no part of it, but where a source names one of [`NAMED`].
const OURS: [&str; 6] = [
    "target",
    "result",
    "Cargo.lock",
    "crate-graph.json",
    "flake.nix",
    "flake.lock",
];

/// Those of [`OURS`] that a source may name. The lock has rules of its own, and what is built is no source.
const NAMED: [&str; 3] = ["crate-graph.json", "flake.nix", "flake.lock"];

/// What a package's source does not have, unless something names it; `nix/memberSource.nix` reads the same file.
#[derive(Deserialize)]
struct LeftOut {
    /// Folders of targets that others of the package's targets do not read.
    development: BTreeSet<String>,
    folders: BTreeSet<String>,
    names: BTreeSet<String>,
    extensions: BTreeSet<String>,
}

static LEFT_OUT: LazyLock<Option<LeftOut>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../data/left-out.json")).ok());

/// What a package reads: paths relative to it, or with a `/` in front to the workspace; patterns are those of its manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// For every unit.
    pub files: Vec<String>,
    /// Beside those, for its tests, examples and benchmarks.
    pub test_files: Vec<String>,
    /// Cargo is asked about the workspace.
    pub asks_cargo: bool,
    /// … by what its tests, examples and benchmarks run, and by nothing else.
    pub tests_ask_cargo: bool,
}

/// The crates that run for a package, as far as they look for something around it.
#[derive(Debug, Default)]
pub struct Helpers {
    /// When it is built.
    pub build: Vec<Arc<Helper>>,
    /// In its tests, examples and benchmarks.
    pub tests: Vec<Arc<Helper>>,
}

/// What the package reads. `others` are the folders of all packages of the workspace, `of_flags` files and folders that rustc's flags name, or
/// Cargo's configuration in place of its build script.
#[must_use]
pub fn read_by(
    local: &LocalPackage,
    others: &BTreeSet<PathBuf>,
    of_flags: &BTreeSet<PathBuf>,
    helpers: &Helpers,
) -> Reads {
    let Some(root) = root_of(local) else {
        return Reads::default();
    };
    // What is below a folder follows it in the order of paths.
    let mut after = others.range::<Path, _>((Bound::Excluded(local.folder.as_path()), Bound::Unbounded));
    let has_nested = after.next().is_some_and(|other| other.starts_with(&local.folder));
    let mut scan = Scan {
        root,
        local,
        others,
        has_nested,
        found: BTreeSet::new(),
        found_by_tests: BTreeSet::new(),
        is_test: false,
        tests: Helper::default(),
        unit_tests: Helper::default(),
        script: script_of(local),
        candidates: Candidates::default(),
        seen: BTreeSet::new(),
        pending: Vec::new(),
    };
    scan.top();
    scan.targets();
    scan.folder(&local.folder);
    for path in of_flags {
        scan.add(path);
    }
    scan.follow();
    let script = scan.build_script();
    let in_builds = || helpers.build.iter().map(Arc::as_ref).chain(&script);
    in_builds().for_each(|helper| scan.helper(helper));
    let asks_cargo = in_builds().any(|helper| helper.asks_cargo);
    let own_tests = std::mem::take(&mut scan.tests).finish();
    let unit_tests = Helper {
        own_above: std::mem::take(&mut scan.unit_tests.own_above),
        ..Helper::default()
    };
    let own_tests = own_tests.into_iter().chain([unit_tests]).collect::<Vec<_>>();
    let in_tests = || helpers.tests.iter().map(Arc::as_ref).chain(&own_tests);
    scan.is_test = true;
    in_tests().for_each(|helper| scan.helper(helper));
    scan.is_test = false;
    let tests_ask_cargo = !asks_cargo && in_tests().any(|helper| helper.asks_cargo);
    for pattern in &local.package.files.files {
        // As in `include`, one that begins with `/` begins at the package.
        let pattern = pattern.trim_end_matches("/**").trim_start_matches("./");
        let pattern = pattern.trim_start_matches('/');
        scan.found.insert(
            scan.name(&local.folder.join(pattern))
                .unwrap_or_else(|| pattern.to_owned()),
        );
    }
    let test_files = scan.found_by_tests.difference(&scan.found).cloned().collect();
    Reads {
        files: scan.found.into_iter().collect(),
        test_files,
        asks_cargo,
        tests_ask_cargo,
    }
}

/// The files and folders of a workspace that rustc's flags name, which Cargo gives to a rustc that it starts in the workspace's folder:
/// `-Lnative=libs`, `-Clink-arg=-Wl,--dynamic-list=exports.list`.
pub fn named_by_flags(flags: &[String], root: &Path) -> Vec<PathBuf> {
    // A name may have blanks in it.
    let words = flags
        .iter()
        .flat_map(|flag| flag.split([' ', ',', '=']).chain(flag.split([',', '='])));
    let names = words.flat_map(|word| ["-L", "-T", "@"].map(|option| word.strip_prefix(option).unwrap_or(word)));
    let paths = names
        .filter(|name| !name.is_empty())
        .map(|name| normalize(&root.join(name)));
    // A flag's own name is seldom that of a file, and costs no more than a build.
    let is_below = |path: &PathBuf| path != root && path.starts_with(root) && path.exists();
    paths.filter(is_below).collect()
}

/// What a literal of a build script asks of rustc, if that may name files: `cargo:rustc-link-search=native=libs`.
fn asked_of_rustc(literal: &str) -> Option<&str> {
    let (_, said) = literal.split_once("cargo:")?;
    let (key, value) = said.trim_start_matches(':').split_once('=')?;
    (key == "rustc-flags" || key == "rustc-link-search" || key.contains("link-arg")).then_some(value)
}

/// The files that assembly in a literal names: `.incbin "blobs/rom.bin"`.
fn included_by_assembly(literal: &str) -> impl Iterator<Item = String> {
    [".incbin", ".include"].into_iter().flat_map(move |word| {
        let named = literal.split(word).skip(1);
        named.filter_map(|rest| Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned()))
    })
}

/// The workspace's folder, which the package's is relative to; of a package beside the workspace the folder that has both.
fn root_of(local: &LocalPackage) -> Option<PathBuf> {
    let depth = Path::new(&local.relative)
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .count();
    local.folder.ancestors().nth(depth).map(Path::to_path_buf)
}

/// The way from the workspace's folder up to the one that [`root_of`] gives: `../` some times, or nothing.
fn way_up(local: &LocalPackage) -> String {
    let parts = Path::new(&local.relative).components();
    "../".repeat(parts.filter(|part| *part == Component::ParentDir).count())
}

/// The sources of the package's build script: its root, and the modules that it declares.
fn script_of(local: &LocalPackage) -> BTreeSet<PathBuf> {
    let mut targets = local.package.targets.iter();
    let script = targets.find(|target| target.kind == TargetKind::CustomBuild);
    let mut pending: Vec<PathBuf> = script
        .map(|target| normalize(&local.folder.join(&target.root)))
        .into_iter()
        .collect();
    let mut found = BTreeSet::new();
    while let Some(file) = pending.pop() {
        // A pipe is never read to its end.
        if !file.is_file() {
            continue;
        }
        let Ok(text) = std::fs::read(&file) else { continue };
        let modules = source::named(&String::from_utf8_lossy(&text)).modules;
        if found.insert(file.clone()) {
            pending.extend(modules.iter().flat_map(|module| files_of_module(&file, module)));
        }
    }
    found
}

/// Where `mod name;` of a file may be.
fn files_of_module(file: &Path, module: &str) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(file);
    let inner = folder.join(file.file_stem().unwrap_or_default());
    [folder, &inner]
        .into_iter()
        .flat_map(|folder| [folder.join(format!("{module}.rs")), folder.join(module).join("mod.rs")])
        .collect()
}

/// Entries of a package's folder that are left out, unless something names them.
#[derive(Default)]
struct Candidates {
    names: FxHashSet<String>,
    /// Those of them that have in them what is between names.
    odd: Vec<String>,
    /// Those of [`NAMED`]: an ending such as `.json` does not name them.
    ours: Vec<&'static str>,
}

impl Candidates {
    fn add(&mut self, name: &str) {
        self.names.insert(name.to_owned());
        if name.contains(is_separator) {
            self.odd.push(name.to_owned());
        }
    }
}

struct Scan<'a> {
    root: PathBuf,
    local: &'a LocalPackage,
    others: &'a BTreeSet<PathBuf>,
    /// Whether some are in the package's own folder: what is in them does not come with it.
    has_nested: bool,
    found: BTreeSet<String>,
    found_by_tests: BTreeSet<String>,
    /// Whether what is looked at is of a test, an example or a benchmark.
    is_test: bool,
    /// What the sources of tests, examples and benchmarks do.
    tests: Helper,
    /// What the other sources do that have tests in them.
    unit_tests: Helper,
    /// The sources of the build script.
    script: BTreeSet<PathBuf>,
    /// Entries of the package's folder that are left out, unless something names them.
    candidates: Candidates,
    /// The sources that were looked at, and whether for a test.
    seen: BTreeSet<(PathBuf, bool)>,
    /// Sources outside of the package that it reads, and whether for a test.
    pending: Vec<(PathBuf, bool)>,
}

impl Scan<'_> {
    /// The folder of the package's workspace; of a package beside it the folder that has both.
    fn workspace(&self) -> &Path {
        if self.local.is_inside() {
            &self.local.workspace
        } else {
            &self.root
        }
    }

    /// What is at the top of the package's folder and left out.
    fn top(&mut self) {
        let Some(left_out) = &*LEFT_OUT else { return };
        let rules = &self.local.package.files;
        let has_rules = !rules.include.is_empty() || !rules.exclude.is_empty();
        for path in entries(&self.local.folder) {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
            let is_left_out = if path.is_dir() {
                left_out.folders.contains(name) || left_out.development.contains(name)
            } else {
                left_out.names.contains(name) || extension.is_some_and(|it| left_out.extensions.contains(it))
            };
            if is_left_out || has_rules && self.may_be_unpublished(&path, name) {
                self.candidates.add(name);
            }
        }
        // They come with the first import and the first build, after which the graph must not be another one: in the workspace's own
        // folder they count before they are there.
        let (folder, is_root) = (&self.local.folder, self.local.folder == self.root);
        let ours = NAMED.iter().filter(|name| is_root || folder.join(name).is_file());
        self.candidates.ours = ours.copied().collect();
    }

    /// Whether `include` or `exclude` may leave this out: all but the manifest, other packages, and where the crate roots are.
    fn may_be_unpublished(&self, path: &Path, name: &str) -> bool {
        let mut targets = self.local.package.targets.iter();
        !["Cargo.toml", ".git"].contains(&name)
            && !OURS.contains(&name)
            && !self.others.contains(path)
            && !targets.any(|target| target.root.split('/').next() == Some(name))
    }

    /// Crate roots elsewhere than where they are looked for.
    fn targets(&mut self) {
        for target in &self.local.package.targets {
            let file = self.local.folder.join(&target.root);
            if target.root.starts_with("..") {
                self.add(&file);
            } else if matches!(target.kind, TargetKind::Lib | TargetKind::Bin | TargetKind::CustomBuild) {
                let folder = target.root.split('/').next().unwrap_or_default();
                if self.candidates.names.contains(folder) {
                    self.found.insert(folder.to_owned());
                }
            }
        }
    }

    /// Everything below a folder of the package.
    fn folder(&mut self, folder: &Path) {
        for path in entries(folder) {
            let Ok(kind) = path.symlink_metadata().map(|metadata| metadata.file_type()) else {
                continue;
            };
            if is_build_folder(&path) {
                continue;
            }
            if kind.is_symlink() {
                self.is_test = self.is_development(&path);
                self.link(&path);
                self.is_test = false;
            } else if kind.is_dir() {
                if path.file_name().is_none_or(|name| name != ".git") && !self.others.contains(&path) {
                    self.folder(&path);
                }
            } else if kind.is_file() {
                self.is_test = self.is_development(&path);
                self.source(&path);
                self.is_test = false;
            }
        }
    }

    /// A link, and those that it leads to.
    fn link(&mut self, link: &Path) {
        if let (Ok(target), Some(folder)) = (std::fs::read_link(link), link.parent()) {
            let target = normalize(&folder.join(target));
            if !self.is_own(&target) {
                self.add(&target);
            }
        }
    }

    /// A file of the package or one that it reads.
    fn source(&mut self, file: &Path) {
        let is_rust = file.extension().is_some_and(|extension| extension == "rs");
        if !is_rust && !include::is_source(file) || !self.seen.insert((file.to_path_buf(), self.is_test)) {
            return;
        }
        let Ok(text) = std::fs::read(file) else { return };
        let text = String::from_utf8_lossy(&text);
        if is_rust {
            self.rust_source(file, &text);
        } else {
            self.included(file, &text);
        }
    }

    /// What a source of C includes from elsewhere than the package's own folder.
    fn included(&mut self, file: &Path, text: &str) {
        let Some(folder) = file.parent() else { return };
        for name in include::included(text) {
            let path = normalize(&folder.join(name));
            if !self.is_own(&path) {
                self.add(&path);
            }
        }
    }

    /// Whether a path is in the package's folder, and in no other package's there.
    fn is_own(&self, path: &Path) -> bool {
        let mut below = path.ancestors().take_while(|folder| *folder != self.local.folder);
        path.starts_with(&self.local.folder) && !(self.has_nested && below.any(|folder| self.others.contains(folder)))
    }

    /// Whether a package is in a folder, or is it: what is below a folder follows it in the order of paths.
    fn holds_package(&self, folder: &Path) -> bool {
        let mut from = self
            .others
            .range::<Path, _>((Bound::Included(folder), Bound::Unbounded));
        from.next().is_some_and(|other| other.starts_with(folder))
    }

    fn rust_source(&mut self, file: &Path, text: &str) {
        let has_tests = self.is_test || text.contains("#[test]");
        let named = source::named(text);
        if self.is_test {
            self.tests.add_own(text, &named);
        } else if has_tests {
            self.unit_tests.add_own(text, &named);
        }
        let lists = LISTS.iter().any(|word| text.contains(word));
        let of_script = self.script.contains(file);
        let is_inside = self.is_own(file);
        for literal in &named.literals {
            self.of_rustc(literal, of_script);
            self.candidates_in(literal);
            self.literal(file, literal, lists && (self.is_test || of_script), is_inside);
        }
        if text.contains("```") || text.contains("~~~") {
            let is_test = std::mem::replace(&mut self.is_test, true);
            for literal in &source::named(&source::examples(text)).literals {
                self.candidates_in(literal);
                self.literal(file, literal, false, is_inside);
            }
            self.is_test = is_test;
        }
        let mut literals = named.literals.iter();
        let is_own = |literal: &String| [".", "./"].contains(&literal.as_str()) || literal.starts_with("**");
        let names_own = named.own_folder || literals.any(is_own);
        if lists && (has_tests && names_own || of_script && (names_own || text.contains("current_dir"))) {
            let is_test = std::mem::replace(&mut self.is_test, !of_script);
            self.own_folder();
            self.is_test = is_test;
        }
        // Macros are told folders from the package's on, and take all that is in them.
        for literal in &named.of_macros {
            let path = literal
                .trim_start_matches("$CARGO_MANIFEST_DIR")
                .trim_start_matches('/');
            let path = normalize(&self.local.folder.join(path));
            if path == self.local.folder {
                self.own_folder();
            } else if path != self.root && path != self.workspace() && self.local.folder.starts_with(&path) {
                self.entries_of(&path);
            }
        }
        if !is_inside {
            for module in &named.modules {
                self.module(file, module);
            }
        }
        for path in &named.paths_in_modules {
            let folder = file.parent().unwrap_or(file);
            for folder in [folder, &folder.join(file.file_stem().unwrap_or_default())] {
                let path = normalize(&folder.join(path));
                if !self.is_own(&path) {
                    self.add(&path);
                }
            }
        }
    }

    fn is_development(&self, file: &Path) -> bool {
        let first = file
            .strip_prefix(&self.local.folder)
            .ok()
            .and_then(|inside| inside.iter().next());
        let first = first.and_then(|name| name.to_str());
        LEFT_OUT
            .as_ref()
            .zip(first)
            .is_some_and(|(left_out, first)| left_out.development.contains(first))
    }

    /// Keeps what is left out unless something names it, where a string of a source does.
    fn candidates_in(&mut self, literal: &str) {
        let Candidates { names, odd, ours } = &self.candidates;
        let mut found: Vec<String> = Vec::new();
        let mut last = "";
        for part in literal.split(is_separator) {
            found.extend(names.get(part).cloned());
            found.extend(ours.iter().filter(|name| **name == part).map(|name| (*name).to_owned()));
            last = part;
        }
        // A name may have in it what is between names.
        found.extend(odd.iter().filter(|name| literal.contains(name.as_str())).cloned());
        // `*.md`, and `.md` that a name is put before.
        let ending = last.strip_prefix('*').unwrap_or(last);
        if ending.starts_with('.') && ending.len() > 1 {
            found.extend(names.iter().filter(|name| name.ends_with(ending)).cloned());
        }
        for name in found {
            self.keep(name);
        }
    }

    /// What else a string of a source may name; `lists` is whether the source looks what is in folders, `is_inside` whether it is in the
    /// package's folder.
    fn literal(&mut self, file: &Path, literal: &str, lists: bool, is_inside: bool) {
        let local = self.local;
        for (variable, path) in [
            ("CARGO_PKG_README", &local.package.facts.readme),
            ("CARGO_PKG_LICENSE_FILE", &local.package.facts.license_file),
        ] {
            if let Some(path) = path.as_ref().filter(|_| literal == variable) {
                self.add(&self.local.folder.join(path));
            }
        }
        // Where the path is joined with a folder that is not in the literal, that is the package's: `{}/../x`.
        let up = literal.find("../").and_then(|at| literal.get(at..));
        if !is_inside && let Some(folder) = file.parent() {
            self.add(&folder.join(literal));
        }
        // A folder of a package in this one is named for other reasons, too.
        let folders = [file.parent(), Some(self.local.folder.as_path())];
        let has_nested = self.has_nested;
        for folder in folders.into_iter().flatten().filter(|_| has_nested) {
            let path = normalize(&folder.join(source::fixed(literal.trim_start_matches('/'))));
            if path.starts_with(&self.local.folder) && !self.is_own(&path) && !self.others.contains(&path) {
                self.add(&path);
            }
        }
        if !literal.contains("..") {
            return;
        }
        for folder in [file.parent(), Some(self.local.folder.as_path())].into_iter().flatten() {
            for path in [Some(literal), up]
                .into_iter()
                .flatten()
                .filter(|path| path.contains(".."))
            {
                let path = normalize(&folder.join(source::fixed(path.trim_start_matches('/'))));
                if self.local.folder.starts_with(&path) {
                    if lists && path != self.local.folder {
                        self.entries_of(&path);
                    }
                } else if !path.starts_with(&self.local.folder) || path == self.workspace().join("Cargo.lock") {
                    self.add(&path);
                }
            }
        }
    }

    /// What rustc opens from where Cargo starts it, which is the workspace's folder for its members: folders of libraries and
    /// arguments of the linker that a build script asks for, files that assembly includes.
    fn of_rustc(&mut self, literal: &str, of_script: bool) {
        if !self.local.is_inside() {
            return;
        }
        let asked = of_script.then(|| asked_of_rustc(literal)).flatten();
        let words = asked
            .into_iter()
            .map(str::to_owned)
            .chain(included_by_assembly(literal));
        let words: Vec<String> = words.collect();
        for path in named_by_flags(&words, &self.local.workspace) {
            self.around(&path);
        }
    }

    /// All that is in the package's folder.
    fn own_folder(&mut self) {
        self.keep(ALL.to_owned());
        if self.local.folder == self.workspace() {
            self.add(&self.workspace().join("Cargo.lock"));
        }
    }

    /// What is in a folder that the package is in, beside it.
    fn entries_of(&mut self, folder: &Path) {
        if !folder.starts_with(&self.root) {
            return;
        }
        for path in entries(folder) {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !OURS.contains(&name) {
                self.add(&path);
            }
        }
    }

    /// `mod name;` in a file outside of the package.
    fn module(&mut self, file: &Path, module: &str) {
        for path in files_of_module(file, module) {
            self.add(&path);
        }
    }

    /// Adds a file, or a folder, that exists.
    fn add(&mut self, path: &Path) {
        let path = normalize(path);
        let holds_package = self.local.folder.starts_with(&path) || self.root.starts_with(&path);
        // The folders that the workspace is in may be called anything.
        let mut below = path.ancestors().take_while(|above| *above != self.root);
        let generated =
            below.any(|above| above.file_name().is_some_and(|name| name == ".git") || is_build_folder(above));
        if holds_package || generated || !path.exists() {
            return;
        }
        if let Some(name) = self.name(&path)
            && self.keep(name)
        {
            if path.is_symlink() {
                self.link(&path);
            }
            self.pending.push((path, self.is_test));
        }
    }

    /// Takes a name down; whether it is new.
    fn keep(&mut self, name: String) -> bool {
        if !self.is_test {
            return self.found.insert(name);
        }
        // The folders of tests are theirs anyway.
        let is_theirs = LEFT_OUT
            .as_ref()
            .is_some_and(|left_out| left_out.development.contains(&name));
        !is_theirs && self.found_by_tests.insert(name)
    }

    /// The sources outside of the package that were found, and what they name.
    fn follow(&mut self) {
        while let Some((file, is_test)) = self.pending.pop() {
            if file.is_file() {
                self.is_test = is_test;
                self.source(&file);
            }
        }
        self.is_test = false;
    }

    /// How the graph writes a path, if it is in the workspace.
    fn name(&self, path: &Path) -> Option<String> {
        let path = normalize(path);
        let text = |path: &Path| path.to_str().map(str::to_owned);
        match path.strip_prefix(&self.local.folder) {
            Ok(inside) if inside.as_os_str() != "Cargo.lock" && self.is_own(&path) => {
                text(inside).map(|inside| if inside.is_empty() { ALL.to_owned() } else { inside })
            }
            _ => {
                let inside = text(path.strip_prefix(&self.root).ok()?)?;
                Some(format!("/{}{inside}", way_up(self.local)))
            }
        }
    }

    /// Unless a build script says what makes it run again, Cargo runs it when any file of the package changes. Gives what it looks for
    /// around the package.
    fn build_script(&mut self) -> Option<Helper> {
        let mut targets = self.local.package.targets.iter();
        let script = targets.find(|target| target.kind == TargetKind::CustomBuild)?;
        let text = std::fs::read(self.local.folder.join(&script.root)).ok()?;
        let text = String::from_utf8_lossy(&text);
        let named = source::named(&text);
        if !text.contains("rerun-if-changed") || named.literals.iter().any(|literal| literal == ".") {
            self.found.insert(ALL.to_owned());
        }
        let mut helper = Helper::default();
        for file in &self.script {
            if let Ok(text) = std::fs::read(file) {
                let text = String::from_utf8_lossy(&text);
                helper.add_own(&text, &source::named(&text));
            }
        }
        helper.finish()
    }

    /// What is there of what a crate looks for that runs when the package is built.
    fn helper(&mut self, helper: &Helper) {
        if helper.reads_lock {
            self.add(&self.workspace().join("Cargo.lock"));
        }
        for name in &helper.of_workspace {
            self.around(&self.workspace().join(name));
        }
        for name in &helper.upwards {
            let path = normalize(&self.local.folder.join(name));
            let is_around = !self.is_own(&path) && !self.local.folder.starts_with(&path);
            if is_around && !self.holds_package(&path) {
                self.add(&path);
            }
        }
        let above: Vec<PathBuf> = self.local.folder.ancestors().skip(1).map(Path::to_path_buf).collect();
        // Above a workspace whose fleet lies higher up nothing is looked for, as if it were alone.
        let top = self.workspace().to_path_buf();
        for folder in above.iter().filter(|folder| folder.starts_with(&top)) {
            for name in &helper.above {
                self.around(&folder.join(name));
            }
            for name in &helper.own_above {
                let path = folder.join(name);
                if !path.starts_with(&self.local.folder) && !self.others.contains(&path) {
                    self.add(&path);
                }
            }
        }
    }

    /// Adds what is not in the package, nor has a package in it.
    fn around(&mut self, path: &Path) {
        let is_around = !path.starts_with(&self.local.folder) && path.exists();
        if is_around && !self.holds_package(path) {
            self.add(path);
        }
    }
}

/// What is in a folder, sorted; nothing if it can't be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::workspace;

    fn write(root: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            let file = root.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
    }

    /// What each package of a workspace reads.
    fn read(root: &Path) -> Vec<(String, Reads)> {
        let workspace = workspace::load(root, &[]).unwrap();
        let folders = workspace.packages.iter().map(|local| local.folder.clone()).collect();
        let packages = workspace.packages.iter();
        packages
            .map(|local| {
                (
                    local.package.name.to_string(),
                    read_by(local, &folders, &BTreeSet::new(), &Helpers::default()),
                )
            })
            .collect()
    }

    fn member(name: &str) -> String {
        format!("[package]\nname = '{name}'\nversion = '1.0.0'\nedition = '2021'\n")
    }

    /// What a package names of one in its own folder was nobody's: it does not come with the package, and is not around it.
    #[test]
    fn what_is_in_a_package_below_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(
            root,
            &[
                ("Cargo.toml", &format!("{}[workspace]\n", member("top"))),
                ("Cargo.lock", "version = 4\n"),
                (
                    "src/lib.rs",
                    "#![doc = include_str!(\"../crates/m/README.md\")]\n#[path = \"../crates/m/src/part.rs\"] mod part;\nconst A: &str = \"crates/m\";\n",
                ),
                (
                    "build.rs",
                    "fn main() { println!(\"cargo:rerun-if-changed=x\"); std::fs::read(\"crates/m/schema.txt\"); }",
                ),
                ("crates/m/Cargo.toml", &member("m")),
                ("crates/m/README.md", ""),
                ("crates/m/schema.txt", ""),
                ("crates/m/src/lib.rs", ""),
                ("crates/m/src/part.rs", "mod deeper;"),
                ("crates/m/src/deeper.rs", ""),
                ("crates/m/src/linked.rs", ""),
            ],
        );
        std::os::unix::fs::symlink("../crates/m/src/linked.rs", root.join("src/linked.rs")).unwrap();
        let local = |name: &str, path: &str| {
            let workspace = workspace::load(&root.join(path), &[]).unwrap();
            let mut packages = workspace.packages.into_iter();
            packages.find(|local| *local.package.name == *name).unwrap()
        };
        let others = BTreeSet::from([root.to_path_buf(), root.join("crates/m")]);
        let reads = read_by(&local("top", ""), &others, &BTreeSet::new(), &Helpers::default());
        let expected = [
            "/crates/m/README.md",
            "/crates/m/schema.txt",
            "/crates/m/src/deeper.rs",
            "/crates/m/src/linked.rs",
            "/crates/m/src/part.rs",
        ];
        assert_eq!(reads.files, expected);
    }

    /// What a macro or a build script's helper names was looked for around itself, and not around the package that is built.
    #[test]
    fn what_helpers_of_the_workspace_name_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(
            root,
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['a', 'helper']\n"),
                ("Cargo.lock", "version = 4\n"),
                ("a/Cargo.toml", &member("a")),
                ("a/src/lib.rs", ""),
                ("config/app.toml", ""),
                ("queries/one.sql", ""),
                ("helper/Cargo.toml", &member("helper")),
                (
                    "helper/src/lib.rs",
                    "fn a() { read(\"../config/app.toml\"); folder(env::var(\"CARGO_MANIFEST_DIR\")).parent().join(\"queries\"); }",
                ),
            ],
        );
        let helpers = Helpers {
            build: Helper::in_workspace(&root.join("helper"))
                .map(Arc::new)
                .into_iter()
                .collect(),
            tests: Vec::new(),
        };
        let workspace = workspace::load(root, &[]).unwrap();
        let local = workspace.packages.iter().find(|local| local.relative == "a").unwrap();
        let others = workspace.packages.iter().map(|local| local.folder.clone()).collect();
        let reads = read_by(local, &others, &BTreeSet::new(), &helpers);
        assert_eq!(reads.files, ["/config/app.toml", "/queries"]);
    }

    /// Headers that members share, and what rustc's flags name, were in no build.
    #[test]
    fn what_c_includes_and_flags_name_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(
            root,
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['m']\n"),
                ("Cargo.lock", "version = 4\n"),
                ("m/Cargo.toml", &member("m")),
                ("m/src/lib.rs", ""),
                ("m/c/a.cc", "#include \"../../include/a.h\"\n#include \"own.h\"\n"),
                ("m/c/own.h", "#include \"../../include/none.h\"\n"),
                ("include/a.h", "#include \"b.h\"\n"),
                ("include/b.h", ""),
                ("include/other.h", ""),
                ("libs/libz.a", ""),
                ("more libs/liby.a", ""),
                ("exports.list", ""),
            ],
        );
        let flags = [
            "-L",
            "native=libs",
            "-L",
            "native=more libs",
            "-Clink-arg=-Wl,--dynamic-list=exports.list",
            "-Cdebuginfo=0",
        ];
        let of_flags = named_by_flags(&flags.map(str::to_owned), root).into_iter().collect();
        let workspace = workspace::load(root, &[]).unwrap();
        let reads = read_by(&workspace.packages[0], &BTreeSet::new(), &of_flags, &Helpers::default());
        // A folder with a blank in its name was none.
        let expected = ["/exports.list", "/include/a.h", "/include/b.h", "/libs", "/more libs"];
        assert_eq!(reads.files, expected);
    }

    /// What a module in a module is was not found: `#[path]` starts from a folder of the outer one's name there.
    #[test]
    fn modules_in_modules_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(
            root,
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['m']\n"),
                ("Cargo.lock", "version = 4\n"),
                ("m/Cargo.toml", &member("m")),
                (
                    "m/src/lib.rs",
                    "mod own; mod a { #[path = \"../../../shared/one.rs\"] mod b; }",
                ),
                ("m/src/a/keep.txt", ""),
                (
                    "m/src/own.rs",
                    "mod a { #[path = \"../../../../shared/two.rs\"] mod b; }",
                ),
                ("m/src/own/a/keep.txt", ""),
                ("shared/one.rs", "pub mod in_file { mod deeper; }"),
                ("shared/in_file/deeper.rs", ""),
                ("shared/two.rs", ""),
            ],
        );
        let files = ["/shared/in_file/deeper.rs", "/shared/one.rs", "/shared/two.rs"];
        assert_eq!(read(root)[0].1.files, files);
    }

    /// rustc starts in the workspace's folder, where a member's script or assembly found what it named: nothing of it was in the build.
    #[test]
    fn what_rustc_opens_in_the_workspaces_folder_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(
            root,
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['m', 'n']\n"),
                ("Cargo.lock", "version = 4\n"),
                ("m/Cargo.toml", &member("m")),
                (
                    "m/build.rs",
                    "fn main() { println!(\"cargo:rerun-if-changed=build.rs\"); println!(\"cargo::rustc-link-search=native=libs\");\n\
                     println!(\"cargo:rustc-link-arg-bins=-Wl,-T,scripts/x.ld\"); println!(\"cargo:rustc-flags=-L more -l z\");\n\
                     println!(\"cargo:rustc-link-arg=@args.txt\"); println!(\"cargo:rustc-env=X=env\"); println!(\"cargo:rustc-link-search=n\") }",
                ),
                (
                    "m/src/lib.rs",
                    "global_asm!(\"x: .incbin \\\"blobs/rom.bin\\\", 1\", r#\".include \"a.s\"\"#); const E: &str = \"cargo:rustc-link-search=env\";",
                ),
                ("n/Cargo.toml", &member("n")),
                ("n/src/lib.rs", ""),
                ("a.s", ""),
                ("args.txt", ""),
                ("blobs/rom.bin", ""),
                ("env", ""),
                ("libs/liba.a", ""),
                ("more/libz.a", ""),
                ("scripts/x.ld", ""),
            ],
        );
        let files = ["/a.s", "/args.txt", "/blobs/rom.bin", "/libs", "/more", "/scripts/x.ld"];
        let read = read(root);
        assert_eq!(read[0].1.files, files);
        assert_eq!(read[1].1, Reads::default());
    }

    #[test]
    fn files_above_are_found_and_notes_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let member = member("m");
        write(
            root,
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['m']\n"),
                ("Cargo.lock", "version = 4\n"),
                ("m/Cargo.toml", &member),
                (
                    "m/src/lib.rs",
                    "const A: &str = include_str!(\"../../above.txt\");\n#[path = \"../../other/mod.rs\"] mod other;\n\
                     const D: &str = concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../data\");\nconst C: &str = \"Cargo.lock\";\n",
                ),
                ("m/src/read.rs", "#![doc = include_str!(\"../README.md\")]"),
                (
                    "m/src/shown.rs",
                    "/// ```\n/// # open(\"../shown.txt\"); open(\"CHANGES.md\"); open(\"README.md\");\n/// ```\nfn f() {}\n/// \"../no.txt\"\nfn g() {}\n",
                ),
                (
                    "m/tests/t.rs",
                    "const T: &str = \"tests/data\"; const O: &str = \"NOTES.md\"; const N: &str = \"../a note.md\";",
                ),
                ("m/README.md", ""),
                ("m/NOTES.md", ""),
                ("m/CHANGES.md", ""),
                ("m/a note.md", ""),
                ("shown.txt", ""),
                ("m/picture.png", ""),
                ("other/mod.rs", "mod inner; // \"../no.txt\"\n"),
                ("other/inner.rs", "const X: &[u8] = include_bytes!(\"x.bin\");"),
                ("other/x.bin", ""),
                ("above.txt", ""),
                ("data/d.txt", ""),
                ("linked/file", ""),
                ("linked-for-tests/file", ""),
                ("no.txt", ""),
            ],
        );
        std::os::unix::fs::symlink("../linked", root.join("m/link")).unwrap();
        // A change of what it leads to built the library anew.
        std::os::unix::fs::symlink("../../linked-for-tests", root.join("m/tests/link")).unwrap();
        // An import waited for ever for somebody to write to a pipe that has a source's name.
        let pipe = std::process::Command::new("mkfifo")
            .arg(root.join("m/src/pipe.rs"))
            .status();
        assert!(pipe.unwrap().success());
        let expected = [
            "/above.txt",
            "/data",
            "/linked",
            "/other/inner.rs",
            "/other/mod.rs",
            "/other/x.bin",
        ]
        .into_iter()
        .chain(["README.md"]);
        let expected = Reads {
            files: expected.map(str::to_owned).collect(),
            test_files: ["/linked-for-tests", "/shown.txt", "CHANGES.md", "NOTES.md", "a note.md"]
                .map(str::to_owned)
                .into(),
            asks_cargo: false,
            tests_ask_cargo: false,
        };
        assert_eq!(read(root), [("m".to_owned(), expected)]);
    }

    // Such a file was found by nobody, and the package did not compile.
    #[test]
    fn files_around_a_package_outside_of_the_workspace_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let main = format!(
            "{}[workspace]\n[dependencies]\nlib = {{ path = '../../out/lib' }}\n",
            member("m")
        );
        write(
            root,
            &[
                ("in/m/Cargo.toml", &main),
                ("in/m/Cargo.lock", "version = 4\n"),
                ("in/m/src/lib.rs", ""),
                ("out/lib/Cargo.toml", &member("lib")),
                (
                    "out/lib/src/lib.rs",
                    "const A: &str = include_str!(\"../../a.txt\"); const B: &str = include_str!(\"../../../in/m/b.txt\");",
                ),
                ("out/a.txt", ""),
                ("in/m/b.txt", ""),
            ],
        );
        let found = read(root.join("in/m").as_path());
        let (_, of_library) = found.iter().find(|(name, _)| name == "lib").unwrap();
        assert_eq!(of_library.files, ["/../../in/m/b.txt", "/../../out/a.txt"]);
    }

    /// A build script found no schemas, and made an empty table of them.
    #[test]
    fn what_scripts_look_for_in_folders_above() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let said = "println!(\"cargo:rerun-if-changed=build.rs\");";
        write(
            root,
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['in/*']\n"),
                ("Cargo.lock", "version = 4\n"),
                ("proto/a.proto", ""),
                ("schemas/a.json", ""),
                ("data/a.txt", ""),
                ("rules/a.toml", ""),
                ("in/m/Cargo.toml", &member("m")),
                (
                    "in/m/build.rs",
                    &format!(
                        "mod steps;\nfn main() {{ {said} glob(\"../../schemas/*.json\"); format!(\"{{d}}/../../data/{{n}}.txt\") }}"
                    ),
                ),
                (
                    "in/m/steps.rs",
                    "fn root() { Path::new(env!(\"CARGO_MANIFEST_DIR\")).parent().parent() } fn a() { root().join(\"proto\") }",
                ),
                (
                    "in/m/src/lib.rs",
                    "#[test] fn t() { Path::new(env!(\"CARGO_MANIFEST_DIR\")).parent().join(\"rules\") }",
                ),
                ("in/n/Cargo.toml", &member("n")),
                ("in/n/build.rs", &format!("fn main() {{ {said} read_dir(\"..\") }}")),
                ("in/n/src/lib.rs", ""),
                ("in/n/tests/t.rs", "fn t() { read_dir(\"..\") }"),
            ],
        );
        let read = read(root);
        assert_eq!(read[0].1.files, ["/data", "/proto", "/schemas"]);
        assert_eq!(read[0].1.test_files, ["/rules"]);
        assert_eq!(read[1].1.files, ["/in/m"]);
    }

    /// A program had less in it than cargo's, and a test that looks at each file of its package passed where it fails with cargo.
    #[test]
    fn a_package_whose_folder_is_embedded_or_listed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(
            root,
            &[
                (
                    "Cargo.toml",
                    "[workspace]\nmembers = ['embeds', 'globs', 'lists', 'reads', 'scripts']\n",
                ),
                ("Cargo.lock", "version = 4\n"),
                ("embeds/Cargo.toml", &member("embeds")),
                (
                    "embeds/src/lib.rs",
                    "#[derive(Embed)] #[folder = \"src/..\"] struct Assets;",
                ),
                ("globs/Cargo.toml", &member("globs")),
                ("globs/src/lib.rs", ""),
                ("globs/build.rs", "fn main() { glob::glob(\"**/*.txt\") }"),
                ("lists/Cargo.toml", &member("lists")),
                ("lists/src/lib.rs", ""),
                ("lists/tests/t.rs", "fn t() { read_dir(env!(\"CARGO_MANIFEST_DIR\")) }"),
                ("reads/Cargo.toml", &member("reads")),
                ("reads/src/lib.rs", "fn f(x: &str) { x.split(\".\"); }"),
                (
                    "reads/tests/t.rs",
                    "fn t() { read_dir(Path::new(env!(\"CARGO_MANIFEST_DIR\")).join(\"tests/data\")) }",
                ),
                ("scripts/Cargo.toml", &member("scripts")),
                ("scripts/src/lib.rs", ""),
                // It found neither notes nor pictures, and went on without them.
                (
                    "scripts/build.rs",
                    "fn main() { read_dir(std::env::var(\"CARGO_MANIFEST_DIR\").unwrap()) }",
                ),
            ],
        );
        let read = read(root);
        let all = [ALL.to_owned()];
        assert_eq!(read[0].1.files, all);
        assert_eq!(read[1].1.files, all);
        assert_eq!((read[2].1.files.len(), &read[2].1.test_files[..]), (0, &all[..]));
        assert_eq!(read[3].1, Reads::default());
        assert_eq!(read[4].1.files, all);
    }

    #[test]
    fn tests_ask_cargo_by_themselves_or_by_what_they_use() {
        // Tests of a member that used insta did not find their snapshots: `cargo metadata` failed for want of the root's manifest.
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let asks = "fn x() { Command::new(env!(\"CARGO\")).arg(\"metadata\"); open(\"words.toml\") }";
        write(
            root,
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['m', 'n']\n"),
                ("Cargo.lock", "version = 4\n"),
                ("words.toml", ""),
                ("m/Cargo.toml", &member("m")),
                ("m/src/lib.rs", ""),
                ("m/tests/t.rs", asks),
                ("n/Cargo.toml", &member("n")),
                ("n/src/lib.rs", ""),
            ],
        );
        let expected = Reads {
            test_files: vec!["/words.toml".to_owned()],
            tests_ask_cargo: true,
            ..Reads::default()
        };
        assert_eq!(
            read(root),
            [("m".to_owned(), expected.clone()), ("n".to_owned(), Reads::default())]
        );
        let workspace = workspace::load(root, &[]).unwrap();
        let member = workspace
            .packages
            .iter()
            .find(|local| local.package.name.as_str() == "n");
        let helpers = Helpers {
            tests: vec![Arc::new(Helper::script(asks))],
            ..Helpers::default()
        };
        assert_eq!(
            read_by(member.unwrap(), &BTreeSet::new(), &BTreeSet::new(), &helpers),
            expected
        );
    }

    /// Sources in `src/target` were looked at by nobody, and what they include was not there; in a workspace below a folder of that name
    /// nothing around the members was.
    #[test]
    fn only_what_cargo_builds_in_is_no_source() {
        let folder = tempfile::tempdir().unwrap();
        let root = &folder.path().join("target/shop");
        let include = |path: &str| format!("const A: &str = include_str!(\"{path}\");");
        write(
            root,
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['m']\n"),
                ("Cargo.lock", "version = 4\n"),
                ("a.txt", ""),
                ("b.txt", ""),
                ("target/c.txt", ""),
                ("m/Cargo.toml", &member("m")),
                ("m/src/lib.rs", &include("../../a.txt")),
                ("m/src/target/mod.rs", &include("../../../b.txt")),
                ("m/src/more.rs", &include("../../target/c.txt")),
                ("m/target/built.rs", &include("../../d.txt")),
                ("m/deep/target/built.rs", &include("../../../d.txt")),
                ("m/deep/target/CACHEDIR.TAG", ""),
                ("d.txt", ""),
            ],
        );
        assert_eq!(read(root)[0].1.files, ["/a.txt", "/b.txt"]);
    }

    /// A program that includes the flake it is built by did not find it.
    #[test]
    fn dyrusts_own_files_count_where_they_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let source = "const F: &str = include_str!(\"../flake.nix\"); fn f() { open(\"crate-graph.json\"); ends(\".lock\"); is(\"result\") }";
        write(
            root,
            &[
                (
                    "Cargo.toml",
                    &format!("{}[workspace]\nmembers = ['m']\n", member("root")),
                ),
                ("Cargo.lock", "version = 4\n"),
                ("src/lib.rs", source),
                ("result", ""),
                ("m/Cargo.toml", &member("m")),
                ("m/src/lib.rs", "fn f() { open(\"flake.nix\"); open(\"flake.lock\") }"),
                ("m/flake.nix", ""),
            ],
        );
        let files = || read(root).into_iter().map(|(_, reads)| reads.files).collect::<Vec<_>>();
        let before = files();
        assert_eq!(before, [vec!["crate-graph.json", "flake.nix"], vec!["flake.nix"]]);
        // Written by an import and a build.
        write(root, &[("crate-graph.json", ""), ("flake.nix", ""), ("flake.lock", "")]);
        assert_eq!(files(), before);
    }

    #[test]
    fn what_is_not_published_counts_where_it_is_named() {
        // A build script read a folder that the crate is published without, and did not find it.
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let rules = "exclude = ['/schema', 'build.rs', 'src/*.txt']\ninclude = ['unused']\n";
        write(
            root,
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['m', 'm/inner']\n"),
                ("Cargo.lock", "version = 4\n"),
                ("m/Cargo.toml", &format!("{}{rules}", member("m"))),
                ("m/inner/Cargo.toml", &member("inner")),
                ("m/inner/src/lib.rs", ""),
                (
                    "m/build.rs",
                    "fn main() { println!(\"cargo:rerun-if-changed=schema/a.txt\"); read(\"src\", \"inner\", \"Cargo.toml\") }",
                ),
                ("m/src/lib.rs", ""),
                ("m/schema/a.txt", ""),
                ("m/unused/b.txt", ""),
            ],
        );
        assert_eq!(read(root)[0].1.files, ["schema"]);
    }

    #[test]
    fn a_build_script_that_does_not_say_what_it_reads_reads_all() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let said = format!(
            "{}[package.metadata.dyrust]\nfiles = ['../proto/**', '../x/*.c', '/notes/**']\n",
            member("said")
        );
        write(
            root,
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['all', 'said']\n"),
                ("Cargo.lock", "version = 4\n"),
                ("all/Cargo.toml", &member("all")),
                ("all/src/lib.rs", ""),
                ("all/build.rs", "fn main() { open(\"../Cargo.lock\") }"),
                ("said/Cargo.toml", &said),
                ("said/src/lib.rs", ""),
                ("said/docs/a.md", ""),
                (
                    "said/build.rs",
                    "fn main() { println!(\"cargo:rerun-if-changed=docs/a.md\"); }",
                ),
            ],
        );
        let list = |items: &[&str]| Reads {
            files: items.iter().map(|item| (*item).to_owned()).collect(),
            test_files: Vec::new(),
            asks_cargo: false,
            tests_ask_cargo: false,
        };
        assert_eq!(
            read(root),
            [
                ("all".to_owned(), list(&[".", "/Cargo.lock"])),
                ("said".to_owned(), list(&["/proto", "/x/*.c", "docs", "notes"])),
            ]
        );
    }
}
