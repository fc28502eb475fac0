//! What a graph says of the calls for one unit.

use std::collections::{BTreeMap, BTreeSet};

use dyrust_importer::graph::{Graph, Package, Settings, Unit};

use crate::cargo::Call;
use crate::table::{COMPILING, DISPLAY, FACTS, FLAGS, Fate, RUNNING};

/// A unit of a graph, as far as its calls go.
#[derive(Debug)]
pub struct Expected<'a> {
    graph: &'a Graph,
    platform: usize,
    /// The package's name.
    name: &'a str,
    package: &'a Package,
    unit: &'a Unit,
    /// Whether its program or its build script's run is of the host.
    host: bool,
    /// The package was asked for.
    primary: bool,
    /// Names of libraries.
    externs: Vec<String>,
}

/// The parts of a version that have variables of their own.
fn version(text: &str) -> [(&'static str, String); 4] {
    let version: semver::Version = text.parse().unwrap();
    [
        ("VERSION_MAJOR", version.major.to_string()),
        ("VERSION_MINOR", version.minor.to_string()),
        ("VERSION_PATCH", version.patch.to_string()),
        ("VERSION_PRE", version.pre.to_string()),
    ]
}

/// Compares texts, and keeps what differs.
struct Differences<'a> {
    shown: String,
    call: &'a Call,
    list: Vec<String>,
}

impl Differences<'_> {
    fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, cargo: T, graph: T) {
        if cargo != graph {
            self.list
                .push(format!("{}: {what}: Cargo {cargo:?}, the graph {graph:?}", self.shown));
        }
    }

    /// Variables are all known.
    fn known(&mut self, table: &[(&str, Fate, &str)], is_more: impl Fn(&str) -> bool) {
        for name in self.call.variables.keys() {
            let fact = name
                .strip_prefix("CARGO_PKG_")
                .is_some_and(|fact| FACTS.contains(&fact));
            let listed =
                |(known, _, _): &(&str, Fate, &str)| name == known || known.ends_with('_') && name.starts_with(known);
            if !fact && !table.iter().any(listed) && !is_more(name) {
                self.list.push(format!("{}: {name} is in no table", self.shown));
            }
        }
    }
}

impl<'a> Expected<'a> {
    /// All units of a graph on a platform.
    pub fn all(graph: &'a Graph, platform: usize) -> Vec<Self> {
        let view = graph.on_platform(platform);
        let roots: BTreeSet<&str> = view
            .roots()
            .into_iter()
            .filter_map(|id| Some(view.unit(id)?.0))
            .collect();
        let mut all = Vec::new();
        for id in view.units() {
            let (key, package, unit) = view.unit(id).unwrap();
            let mut externs: Vec<String> = Vec::new();
            for used in view.libraries(id) {
                let (key, _, library) = view.unit(used).unwrap();
                let own = || {
                    library
                        .name
                        .clone()
                        .unwrap_or_else(|| package_name(key).replace('-', "_"))
                };
                externs.extend(unit.renames.get(used).cloned().unwrap_or_else(|| vec![own()]));
            }
            if unit.kind.as_deref() == Some("proc-macro") {
                externs.push("proc_macro".to_owned());
            }
            externs.sort();
            all.push(Self {
                graph,
                platform,
                name: package_name(key),
                package,
                unit,
                host: unit.host || unit.kind.as_deref() == Some("proc-macro"),
                primary: roots.contains(key),
                externs,
            });
        }
        all
    }

    fn kind(&self) -> &str {
        self.unit.kind.as_deref().unwrap_or("lib")
    }

    fn crate_name(&self) -> String {
        match self.kind() {
            "build" => {
                let root = self.unit.root.as_deref().unwrap_or("build.rs");
                let stem = root.rsplit('/').next().unwrap_or(root).trim_end_matches(".rs");
                format!("build_script_{}", stem.replace('-', "_"))
            }
            _ => self.unit.name.as_deref().unwrap_or(self.name).replace('-', "_"),
        }
    }

    /// Whether the call is for a unit of this kind, with these features.
    pub fn may_be(&self, call: &Call) -> bool {
        let package =
            call.variable("CARGO_PKG_NAME") == self.name && call.variable("CARGO_PKG_VERSION") == self.package.version;
        let Some(crate_name) = call.crate_name() else {
            return package && self.kind() == "build" && self.features_of_run() == features_of_run(call);
        };
        let on_host = call.value("--target").is_none();
        let kind = match call.values("--crate-type").as_slice() {
            ["bin"] if on_host && crate_name.starts_with("build_script_") => "build",
            ["bin"] => "bin",
            ["proc-macro"] => "proc-macro",
            _ => "lib",
        };
        package
            && kind == self.kind()
            && crate_name == self.crate_name()
            && (kind == "build" || on_host == self.host)
            && self.unit.features == features(call)
    }

    fn features_of_run(&self) -> BTreeSet<String> {
        self.unit
            .features
            .iter()
            .map(|feature| feature.to_uppercase().replace('-', "_"))
            .collect()
    }

    fn settings(&self, base: &Settings) -> Settings {
        let own = self.unit.profile.clone();
        let base = base.clone();
        Settings {
            opt_level: own.opt_level.or(base.opt_level),
            debug: own.debug.or(base.debug),
            debug_assertions: own.debug_assertions.or(base.debug_assertions),
            overflow_checks: own.overflow_checks.or(base.overflow_checks),
            panic: own.panic.or(base.panic),
            strip: own.strip.or(base.strip),
            codegen_units: own.codegen_units.or(base.codegen_units),
        }
    }

    fn profile(&self, of_host: bool) -> Settings {
        let profile = &self.graph.profile;
        self.settings(if of_host { &profile.host } else { &profile.target })
    }

    /// What differs between Cargo's call and the graph.
    pub fn differences(&self, call: &Call) -> Vec<String> {
        let mut found = Differences {
            shown: format!("{} {}", self.name, call.crate_name().unwrap_or("(run)")),
            call,
            list: Vec::new(),
        };
        self.compare_facts(&mut found);
        if call.crate_name().is_some() {
            self.compare_flags(&mut found);
            self.compare_compiling(&mut found);
        } else {
            self.compare_run(&mut found);
        }
        found.list
    }

    fn compare_facts(&self, found: &mut Differences<'_>) {
        let package = self.package;
        let mut facts = BTreeMap::from(version(&package.version));
        let texts = [
            ("AUTHORS", &package.authors),
            ("DESCRIPTION", &package.description),
            ("HOMEPAGE", &package.homepage),
            ("LICENSE", &package.license),
            ("LICENSE_FILE", &package.license_file),
            ("README", &package.readme),
            ("REPOSITORY", &package.repository),
            ("RUST_VERSION", &package.rust_version),
        ];
        facts.extend(texts.map(|(name, value)| (name, value.clone().unwrap_or_default())));
        for (name, value) in facts {
            let variable = format!("CARGO_PKG_{name}");
            found.equal(&variable, found.call.variable(&variable), &value);
        }
    }

    fn compare_flags(&self, found: &mut Differences<'_>) {
        let call = found.call;
        for (flag, value) in &call.flags {
            if !FLAGS.iter().any(|(known, _, _)| known == flag) && !DISPLAY.contains(&flag.as_str()) {
                found
                    .list
                    .push(format!("{}: {flag} {value} is in no table", found.shown));
            }
        }
        let edition = self.unit.edition.as_ref().or(self.package.edition.as_ref());
        found.equal(
            "--edition",
            call.value("--edition").unwrap_or("2015"),
            edition.map_or("2015", String::as_str),
        );
        let mut externs: Vec<String> = call
            .values("--extern")
            .into_iter()
            .map(|value| {
                let name = value.split('=').next().unwrap_or(value);
                name.rsplit(':').next().unwrap_or(name).to_owned()
            })
            .collect();
        externs.sort();
        found.equal("--extern", &externs, &self.externs);
        self.compare_profile(found);
        self.compare_lints(found);
        let more: Vec<&str> = call
            .values("--cfg")
            .into_iter()
            .filter(|cfg| !cfg.starts_with("feature="))
            .collect();
        let of_configuration = self.flags().join(" ");
        let of_script = self.unit.build.is_some();
        let unknown = more.iter().find(|cfg| !of_script && !of_configuration.contains(**cfg));
        found.equal("--cfg", unknown, None);
    }

    /// The flags of Cargo's configuration.
    fn flags(&self) -> Vec<String> {
        if self.host || self.kind() == "build" {
            return Vec::new();
        }
        self.graph.platforms[self.platform].rustflags.clone()
    }

    fn compare_profile(&self, found: &mut Differences<'_>) {
        let call = found.call;
        let settings = self.profile(self.host || self.kind() == "build");
        let opt_level = call.value("-C opt-level").unwrap_or("0");
        found.equal("opt-level", opt_level, settings.opt_level.as_deref().unwrap_or("0"));
        let debug = call.value("-C debuginfo").unwrap_or("0");
        found.equal("debuginfo", debug, settings.debug.as_deref().unwrap_or("0"));
        // What rustc makes of what is not said.
        let is_on = |flag: &str, default: bool| call.value(flag).map_or(default, |value| value == "on");
        let assertions = is_on("-C debug-assertions", opt_level == "0");
        found.equal(
            "debug-assertions",
            assertions,
            settings.debug_assertions.unwrap_or_default(),
        );
        let checks = is_on("-C overflow-checks", assertions);
        found.equal("overflow-checks", checks, settings.overflow_checks.unwrap_or_default());
        found.equal(
            "panic",
            call.value("-C panic").unwrap_or("unwind"),
            settings.panic.as_deref().unwrap_or("unwind"),
        );
        let units = settings.codegen_units.map(|units| units.to_string());
        found.equal("codegen-units", call.value("-C codegen-units"), units.as_deref());
    }

    fn compare_lints(&self, found: &mut Differences<'_>) {
        let call = found.call;
        let of_script = self.unit.build.is_some();
        let is_local = self.package.path.is_some();
        // A published program is built from its unpacked folder here, so that Cargo takes it for the user's own.
        if !is_local && call.variables.contains_key("CARGO_PRIMARY_PACKAGE") {
            return;
        }
        found.equal("--cap-lints", call.value("--cap-lints"), (!is_local).then_some("warn"));
        if !is_local {
            return;
        }
        let features: Vec<String> = self.package.features.iter().map(|name| format!("\"{name}\"")).collect();
        let mut checked = vec![
            "cfg(docsrs,test)".to_owned(),
            format!("cfg(feature, values({}))", features.join(", ")),
        ];
        let mut lints = Vec::new();
        for lint in &self.package.lints {
            match lint.strip_prefix("--check-cfg=") {
                Some(cfg) => checked.push(cfg.to_owned()),
                None => lints.push(lint.clone()),
            }
        }
        let levels = ["--allow", "--warn", "--deny", "--forbid"];
        let given: Vec<String> = call
            .flags
            .iter()
            .filter(|(flag, _)| levels.contains(&flag.as_str()))
            .map(|(flag, value)| format!("{flag}={value}"))
            .collect();
        found.equal("lints", given, lints);
        let given: BTreeSet<&str> = call.values("--check-cfg").into_iter().collect();
        let lacking = checked.iter().find(|cfg| !given.contains(cfg.as_str()));
        found.equal("--check-cfg", None, lacking);
        let unknown = given
            .iter()
            .find(|cfg| !of_script && !checked.iter().any(|known| known == **cfg));
        found.equal("--check-cfg", unknown, None);
    }

    fn compare_compiling(&self, found: &mut Differences<'_>) {
        let call = found.call;
        let with_script = self.unit.build.is_some();
        let of_configuration = &self.graph.environment;
        found.known(&COMPILING, |name| with_script || of_configuration.contains_key(name));
        found.equal("OUT_DIR", call.variables.contains_key("OUT_DIR"), with_script);
        let crate_name = self.crate_name();
        found.equal("CARGO_CRATE_NAME", call.variable("CARGO_CRATE_NAME"), &crate_name);
        let program = (self.kind() == "bin").then(|| self.unit.name.as_deref().unwrap_or(self.name));
        let given = call.variables.get("CARGO_BIN_NAME").map(String::as_str);
        found.equal("CARGO_BIN_NAME", given, program);
        let primary = call.variables.contains_key("CARGO_PRIMARY_PACKAGE");
        found.equal("CARGO_PRIMARY_PACKAGE", primary, self.primary);
        for (name, value) in of_configuration {
            found.equal(name, call.variables.get(name), Some(value));
        }
    }

    fn compare_run(&self, found: &mut Differences<'_>) {
        let call = found.call;
        let of_configuration = &self.graph.environment;
        found.known(&RUNNING, |name| of_configuration.contains_key(name));
        let settings = self.profile(self.unit.host);
        found.equal(
            "OPT_LEVEL",
            call.variable("OPT_LEVEL"),
            settings.opt_level.as_deref().unwrap_or("0"),
        );
        let debug = settings.debug.as_deref().is_some_and(|level| level != "0");
        found.equal("DEBUG", call.variable("DEBUG"), &debug.to_string());
        found.equal("PROFILE", call.variable("PROFILE"), "release");
        let platform = &self.graph.platforms[self.platform];
        let host = platform.host.as_ref().unwrap_or(&platform.target);
        found.equal("HOST", call.variable("HOST"), host);
        found.equal(
            "TARGET",
            call.variable("TARGET"),
            if self.unit.host { host } else { &platform.target },
        );
        let links = call.variables.get("CARGO_MANIFEST_LINKS");
        found.equal("CARGO_MANIFEST_LINKS", links, self.package.links.as_ref());
        let flags = if self.unit.host {
            Vec::new()
        } else {
            platform.rustflags.clone()
        };
        // Cargo shows it without what separates the flags.
        found.equal(
            "CARGO_ENCODED_RUSTFLAGS",
            call.variable("CARGO_ENCODED_RUSTFLAGS"),
            &flags.concat(),
        );
        found.equal("CARGO_FEATURE_", features_of_run(call), self.features_of_run());
        let named = self.unit.features.join(",");
        found.equal("CARGO_CFG_FEATURE", call.variable("CARGO_CFG_FEATURE"), &named);
    }
}

fn package_name(key: &str) -> &str {
    key.split('@').next().unwrap_or(key)
}

/// The features that rustc is told of, sorted.
fn features(call: &Call) -> Vec<String> {
    let mut features: Vec<String> = call
        .values("--cfg")
        .into_iter()
        .filter_map(|cfg| cfg.strip_prefix("feature=\"")?.strip_suffix('"'))
        .map(str::to_owned)
        .collect();
    features.sort();
    features
}

/// The features that a build script is told of.
fn features_of_run(call: &Call) -> BTreeSet<String> {
    let names = call.variables.keys();
    names
        .filter_map(|name| name.strip_prefix("CARGO_FEATURE_"))
        .map(str::to_owned)
        .collect()
}
