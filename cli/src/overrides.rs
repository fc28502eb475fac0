//! `dyrust overrides`: which crates of a graph want native libraries, and have them.

use std::collections::BTreeSet;
use std::fmt::Write;

use dyrust_importer::graph::{OnPlatform, package_name};
use serde_json::json;

use crate::arguments::TreeArguments;
use crate::inspect::{open, views};
use crate::output::{Output, print};
use crate::{Error, Outcome};

/// What `nix/overrides` has a file for, by `links` key or crate.
const GIVEN: &[&str] = &[
    "alsa",
    "autotools",
    "bzip2",
    "clang",
    "cmake",
    "curl",
    "dbus",
    "expat",
    "fontconfig",
    "freetype",
    "git2",
    "libxml",
    "lzma",
    "mysqlclient",
    "nasm-rs",
    "onig",
    "openssl",
    "openssl-src",
    "pam",
    "pkg-config",
    "pq",
    "prost-build",
    "sqlite3",
    "ssh2",
    "udev",
    "usb-1.0",
    "wayland-client",
    "xkbcommon",
    "z",
    "zstd",
];

/// Crates by which build scripts look for libraries of the machine.
const SEARCHERS: &[&str] = &["metadeps", "pkg-config", "system-deps", "vcpkg"];

/// Crates by which build scripts compile what they bring along.
const COMPILERS: &[&str] = &["autotools", "cc", "cmake", "nasm-rs"];

/// What the names of crates end with that bring a library's sources along, and compile them: luajit-src, openssl-src.
const SOURCES: &str = "-src";

/// Why a crate may want an override.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// `nix/overrides` has one.
    Given,
    /// Its build script looks for a library, and nothing gives it one.
    Missing,
    /// It has a `links` key, but neither looks for a library nor compiles one: it may name a library to the linker, or only keep versions apart.
    Unknown,
}

/// A crate that has something to do with native libraries.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wanting<'a> {
    need: Need,
    name: &'a str,
    version: &'a str,
    links: Option<&'a str>,
    /// By which crates its build script looks for libraries.
    searchers: BTreeSet<&'a str>,
}

impl Wanting<'_> {
    /// What an override of it would be called.
    fn key(&self) -> &str {
        self.links.unwrap_or(self.name)
    }
}

/// The crates that the roots need here and that have something to do with native libraries; those that compile their own are left out.
fn wanting<'a>(view: &OnPlatform<'a>) -> BTreeSet<Wanting<'a>> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = view.roots();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some((key, package, unit)) = view.unit(id) else {
            continue;
        };
        open.extend(view.needs(id));
        if unit.kind.as_deref() != Some("build") {
            continue;
        }
        let used: BTreeSet<&str> = view
            .libraries(id)
            .into_iter()
            .filter_map(|library| view.unit(library).map(|(other, _, _)| package_name(other)))
            .collect();
        let searchers: BTreeSet<&str> = used.iter().copied().filter(|name| SEARCHERS.contains(name)).collect();
        let compiles_sources = used.iter().any(|name| name.ends_with(SOURCES));
        let links = package.links.as_deref();
        let name = package_name(key);
        let need = if links.is_some_and(|links| GIVEN.contains(&links)) || GIVEN.contains(&name) {
            Need::Given
        } else if compiles_sources {
            continue;
        } else if !searchers.is_empty() {
            Need::Missing
        } else if links.is_some() && !used.iter().any(|name| COMPILERS.contains(name)) {
            Need::Unknown
        } else {
            continue;
        };
        found.insert(Wanting {
            need,
            name,
            version: &package.version,
            links,
            searchers,
        });
    }
    found
}

pub(crate) fn run(arguments: &TreeArguments, output: &Output) -> Result<Outcome, Error> {
    let (graph, number) = open(arguments)?;
    let target = &graph.platforms[number].target;
    let views = views(&graph, (target, graph.platforms[number].tests));
    let mut all: BTreeSet<Wanting> = BTreeSet::new();
    for (_, view) in &views {
        all.extend(wanting(view));
    }
    let of = |need: Need| all.iter().filter(move |wanting| wanting.need == need);
    if output.is_json() {
        let list = |need: Need| -> Vec<_> {
            of(need)
                .map(|wanting| {
                    json!({
                        "crate": wanting.name,
                        "version": wanting.version,
                        "links": wanting.links,
                        "override": wanting.key(),
                        "looks by": wanting.searchers,
                    })
                })
                .collect()
        };
        output.json(&json!({
            "given": list(Need::Given),
            "missing": list(Need::Missing),
            "unknown": list(Need::Unknown),
        }))?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for (need, title) in [
        (
            Need::Missing,
            "look for a library, and have no override: they need one, unless they compile what they do not find",
        ),
        (Need::Unknown, "have a `links` key and no override: most need none"),
        (Need::Given, "have an override of dyrust's"),
    ] {
        let mut crates = of(need).peekable();
        if crates.peek().is_some() {
            let _ = writeln!(text, "{title}:");
        }
        for wanting in crates {
            let _ = write!(text, "  {} {}", wanting.name, wanting.version);
            if let Some(links) = wanting.links {
                let _ = write!(text, ", links {links}");
            }
            if need == Need::Missing {
                let _ = write!(text, ": overrides.\"{}\".libraries = [ pkgs.… ];", wanting.key());
            }
            text.push('\n');
        }
    }
    if text.is_empty() {
        text.push_str("no crate has to do with native libraries\n");
    }
    print(&text)?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;

    use super::*;

    #[test]
    fn the_list_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nix/overrides");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".nix")?.to_owned()))
            .filter(|name| name != "default")
            .collect();
        names.sort();
        assert_eq!(names, GIVEN);
    }
}
