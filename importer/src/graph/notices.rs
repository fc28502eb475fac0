//! Notices: what the manifests ask for and a build of shared objects cannot give, or gives in another way.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, Map, Notice, Package, Unit, keys, view};
use crate::config::has_another_linker;
use crate::resolved::ProfileSettings;
use crate::units::Profile;

/// The crates whose slices are gathered by the linker; `ctor` has the functions that it runs in one of `link-section`. What is done
/// with their users is decided by what their objects show; the notice only says it before anything is built.
const SLICES: [&str; 2] = ["linkme", "link-section"];

/// The options of code generation among rustc's flags that no build follows as they are.
const OPTIONS: [&str; 4] = ["lto", "linker-plugin-lto", "linker", "linker-flavor"];

/// Whether there is a notice for an option of code generation among rustc's flags.
pub(super) fn is_told(option: &str) -> bool {
    let name = option.split('=').next();
    name.is_some_and(|name| OPTIONS.contains(&name)) || has_another_linker(option)
}

/// The notices of a graph; `options` are those of rustc's flags for which there is one ([`is_told`]), `hidden` folders for libraries, by package,
/// that Cargo's configuration names and no build sees, `unused` what else it says in vain.
pub(super) fn of(
    profile: &Profile,
    settings: &ProfileSettings,
    packages: &Map<Package>,
    options: &BTreeSet<&str>,
    hidden: &BTreeSet<(String, String)>,
    unused: Vec<String>,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    let split = profile.split_debuginfo();
    let profile = profile.name();
    let mut add = |kind: &str, text: String, packages: Vec<String>| {
        notices.push(Notice {
            kind: kind.to_owned(),
            text,
            packages,
        })
    };
    if !matches!(settings.lto.as_str(), "false" | "off") {
        let text = format!(
            "[profile.{profile}] asks for `lto = \"{}\"`; libraries of their own are compiled without, as it would merge them.",
            if settings.lto == "true" { "fat" } else { &settings.lto }
        );
        add("lto", text, Vec::new());
    }
    for option in options {
        let (kind, outcome) = match option.split('=').next() {
            Some("lto" | "linker-plugin-lto") => (
                "lto",
                "; libraries of their own are compiled without, as it would merge them",
            ),
            _ => (
                "configuration",
                ", which is not followed: programs are linked by the package set's C compiler",
            ),
        };
        let text = format!("rustc's flags of Cargo's configuration have `-C {option}`{outcome}.");
        add(kind, text, Vec::new());
    }
    if let Some(split) = split.filter(|_| settings.debuginfo != "0") {
        let text = format!(
            "[profile.{profile}] asks for `split-debuginfo = \"{split}\"`; debug information is in the output `debug`, where `debug = true` of buildGraph asks for it."
        );
        add("split-debuginfo", text, Vec::new());
    }
    for slices in SLICES {
        let users = packages.iter().filter(|(_, package)| {
            let mut libraries = package.units.values().filter(|unit| unit.kind.is_none() && !unit.host);
            libraries.any(|unit| uses(unit, slices))
        });
        let users: Vec<String> = users.map(|(id, _)| id.clone()).collect();
        if !users.is_empty() {
            let text = format!(
                "{} {} slices of {slices}, which shared objects cannot share: linked into each program, with the crates between.",
                users.join(", "),
                if users.len() == 1 { "has" } else { "have" }
            );
            add("linkme", text, users);
        }
    }
    for (package, folder) in hidden {
        let text = format!(
            "Cargo's configuration has the libraries of {package} in {folder}, which no build sees: give them by `overrides`."
        );
        add("link-search", text, vec![package.clone()]);
    }
    for text in unused {
        add("configuration", text, Vec::new());
    }
    notices
}

/// Programs, and libraries for C, of one name: Nix's packages go by those names, so that only the first one's package can be had.
pub(super) fn of_one_name(graph: &Graph) -> Vec<Notice> {
    let mut named: BTreeMap<String, (Made, &str)> = BTreeMap::new();
    for (package, entry) in &graph.packages {
        for (key, unit) in entry.units.iter().filter(|(_, unit)| !unit.test) {
            let name = unit.name.as_deref().unwrap_or(keys::package_name(package));
            let made = match unit.kind.as_deref() {
                Some("bin") => Made::Program(name),
                None if unit.types.iter().any(|kind| kind == "cdylib" || kind == "staticlib") => {
                    Made::LibraryForC(name.replace('-', "_"))
                }
                _ => continue,
            };
            named.insert(keys::unit_id(package, key), (made, package));
        }
    }
    let mut alike: BTreeMap<(&Made, &str), BTreeSet<&str>> = BTreeMap::new();
    for number in 0..graph.platforms.len() {
        let mut firsts: BTreeMap<&Made, &str> = BTreeMap::new();
        for id in view::on_one(&number.to_string(), &graph.roots.units, &graph.roots.when) {
            let Some((made, package)) = named.get(id) else {
                continue;
            };
            let first = *firsts.entry(made).or_insert(package);
            if first != *package {
                alike.entry((made, first)).or_default().insert(package);
            }
        }
    }
    let notices = alike.into_iter().map(|((made, first), others)| {
        let packages: Vec<String> = [first].into_iter().chain(others).map(str::to_owned).collect();
        let (what, attribute) = match made {
            Made::Program(name) => (format!("program `{name}`"), format!("packages.{name}")),
            Made::LibraryForC(name) => (format!("library for C `lib{name}`"), format!("libraries.lib{name}")),
        };
        Notice {
            kind: "programs".to_owned(),
            text: format!(
                "{} have a {what} each, and `{attribute}` is that of {first}: give the others other names.",
                packages.join(" and ")
            ),
            packages,
        }
    });
    notices.collect()
}

/// What buildGraph offers by its name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Made<'a> {
    Program(&'a str),
    /// A `cdylib` or `staticlib`; without `lib`.
    LibraryForC(String),
}

fn uses(unit: &Unit, package: &str) -> bool {
    let mut needs = unit.dependencies.iter().chain(unit.when.values().flatten());
    needs.any(|id| keys::package_of(id) == package)
}
