//! One package of a random workspace: from its genes to the text of its manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::genome::{DependencyGene, PackageGene};

/// What the others need to know of a package before any manifest is written.
#[derive(Debug, Clone)]
pub struct Outline {
    /// Its name.
    pub name: String,
    /// The version.
    pub version: String,
    /// Folder relative to the workspace root.
    pub folder: String,
    /// Whether another package may depend on it.
    pub has_library: bool,
    /// Explicit features.
    pub features: Vec<String>,
    /// Whether it is in the directory source.
    pub published: bool,
}

/// The choices of `cfg` and triples for target-specific dependencies; the first is none.
const PLATFORMS: [&str; 16] = [
    "",
    "cfg(unix)",
    "cfg(windows)",
    "cfg(not(windows))",
    "cfg(target_os = \"linux\")",
    "cfg(target_os = \"macos\")",
    "cfg(all(unix, target_arch = \"aarch64\"))",
    "cfg(any(windows, target_arch = \"x86_64\"))",
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "cfg(any())",
    "cfg(not(any()))",
    "cfg(some_unknown_name)",
    "cfg(target_pointer_width = \"64\")",
    "cfg(all(not(some_unknown = \"x\"), target_env = \"gnu\"))",
];

const EDITIONS: [&str; 4] = ["2021", "2015", "2018", "2024"];

/// Names of the features that the manifest declares, one a gene.
pub fn feature_names(gene: &PackageGene) -> Vec<String> {
    let default = gene.features.iter().position(|feature| matches!(feature.name, 1 | 2));
    (0..gene.features.len())
        .map(|index| {
            if Some(index) == default {
                "default".to_owned()
            } else {
                format!("f{index}")
            }
        })
        .collect()
}

struct Entry<'a> {
    gene: &'a DependencyGene,
    key: String,
    target: &'a Outline,
}

/// A path below a folder, `.` meaning the root.
pub(super) fn at(folder: &str, file: &str) -> String {
    if folder == "." {
        file.to_owned()
    } else {
        format!("{folder}/{file}")
    }
}

/// Picks from `list` by a number; none if it is empty.
pub fn pick<T>(list: &[T], number: u8) -> Option<&T> {
    list.get(usize::from(number) % list.len().max(1))
}

/// The manifest of a package, without its targets: `[package]`, features, dependencies.
///
/// `normal` are the packages that it may depend on, `dev` those that its dev-dependencies may name.
pub fn manifest(gene: &PackageGene, outline: &Outline, normal: &[&Outline], dev: &[&Outline]) -> String {
    let entries = entries(gene, normal, dev);
    let mut text = String::new();
    let edition = pick(&EDITIONS, gene.edition).copied().unwrap_or("2021");
    let _ = writeln!(
        text,
        "[package]\nname = \"{}\"\nversion = \"{}\"\nedition = \"{edition}\"",
        outline.name, outline.version
    );
    match gene.build {
        2 => text.push_str(&format!("links = \"native-{}-{}\"\n", outline.name, outline.version)),
        3 => text.push_str("build = \"scripts/build.rs\"\n"),
        _ => {}
    }
    match gene.library {
        1 | 2 => text.push_str("\n[lib]\nproc-macro = true\n"),
        3 => text.push_str("\n[lib]\ncrate-type = [\"rlib\", \"cdylib\"]\n"),
        4 => text.push_str("\n[lib]\nname = \"renamed_library\"\n"),
        5 => text.push_str("\n[lib]\ncrate-type = [\"dylib\"]\n"),
        6 => text.push_str("\n[lib]\ncrate-type = [\"cdylib\"]\n"),
        7 => text.push_str("\n[lib]\ntest = false\nedition = \"2018\"\n"),
        _ => {}
    }
    text.push_str(&features(gene, &entries));
    text.push_str(&dependencies(&entries, outline));
    text
}

fn entries<'a>(gene: &'a PackageGene, normal: &[&'a Outline], dev: &[&'a Outline]) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut names: BTreeMap<(&str, &str), String> = BTreeMap::new();
    for gene in &gene.dependencies {
        let candidates = if gene.section == 2 { dev } else { normal };
        let Some(&target) = pick(candidates, gene.to) else {
            continue;
        };
        // All entries for one package go by one name: Cargo refuses two names for one package in one unit.
        let taken = entries
            .iter()
            .any(|entry| entry.key == target.name && entry.target.version != target.version);
        let key = names
            .entry((&target.name, &target.version))
            .or_insert_with(|| {
                let other = format!(
                    "{}_as_{}",
                    target.name.replace('-', "_"),
                    target.version.replace('.', "_")
                );
                if gene.renamed || taken {
                    other
                } else {
                    target.name.clone()
                }
            })
            .clone();
        let place = |entry: &Entry<'_>| entry.key == key && table(entry.gene) == table(gene);
        if !entries.iter().any(place) {
            entries.push(Entry { gene, key, target });
        }
    }
    entries
}

/// The table that an entry stands in.
fn table(gene: &DependencyGene) -> String {
    let section = match gene.section {
        1 => "build-dependencies",
        2 => "dev-dependencies",
        _ => "dependencies",
    };
    match pick(&PLATFORMS, gene.cfg) {
        Some(&platform) if !platform.is_empty() => format!("target.'{platform}'.{section}"),
        _ => section.to_owned(),
    }
}

fn is_optional(entry: &Entry<'_>) -> bool {
    entry.gene.optional && entry.gene.section != 2
}

fn dependencies(entries: &[Entry<'_>], outline: &Outline) -> String {
    let mut tables: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries {
        let lines = tables.entry(table(entry.gene)).or_default();
        let mut fields = Vec::new();
        if entry.key != entry.target.name {
            fields.push(format!("package = \"{}\"", entry.target.name));
        }
        if entry.target.published {
            fields.push(format!("version = \"{}\"", requirement(entry)));
        } else {
            let up = "../".repeat(outline.folder.split('/').filter(|part| *part != ".").count());
            fields.push(format!("path = \"{up}{}\"", entry.target.folder));
        }
        if is_optional(entry) {
            fields.push("optional = true".to_owned());
        }
        if !entry.gene.default_features {
            fields.push("default-features = false".to_owned());
        }
        let asked: BTreeSet<String> = entry
            .gene
            .features
            .iter()
            .filter_map(|&number| pick(&entry.target.features, number))
            .map(|feature| format!("\"{feature}\""))
            .collect();
        if !asked.is_empty() {
            let asked: Vec<String> = asked.into_iter().collect();
            fields.push(format!("features = [{}]", asked.join(", ")));
        }
        let _ = writeln!(lines, "{} = {{ {} }}", entry.key, fields.join(", "));
    }
    tables
        .into_iter()
        .map(|(name, lines)| format!("\n[{name}]\n{lines}"))
        .collect()
}

/// A requirement that no other version of the package fulfils.
fn requirement(entry: &Entry<'_>) -> String {
    let version = &entry.target.version;
    let compatible = match version.split('.').collect::<Vec<_>>()[..] {
        ["0", minor, ..] => format!("0.{minor}"),
        [major, ..] => major.to_owned(),
        [] => version.clone(),
    };
    match entry.gene.requirement % 4 {
        0 | 1 => compatible,
        2 => format!("={version}"),
        _ => format!("~{version}"),
    }
}

fn features(gene: &PackageGene, entries: &[Entry<'_>]) -> String {
    let keys: Vec<&Entry<'_>> = {
        let mut seen = BTreeSet::new();
        entries.iter().filter(|entry| seen.insert(entry.key.as_str())).collect()
    };
    let optional_key = |key: &str| entries.iter().any(|entry| entry.key == key && is_optional(entry));
    let optional: Vec<&Entry<'_>> = keys.iter().copied().filter(|entry| optional_key(&entry.key)).collect();
    let own = feature_names(gene);
    let mut table: BTreeMap<String, Vec<String>> = own.iter().map(|name| (name.clone(), Vec::new())).collect();
    let mut implicit_wanted = Vec::new();
    for (feature, name) in gene.features.iter().zip(&own) {
        let mut values = Vec::new();
        for &(kind, which, of) in &feature.enables {
            match kind {
                0 | 1 => values.extend(pick(&own, of).filter(|other| *other != name).cloned()),
                2 => values.extend(pick(&optional, which).map(|entry| format!("dep:{}", entry.key))),
                3 | 4 => values.extend(pick(&keys, which).and_then(|entry| {
                    let feature = pick(&entry.target.features, of)?;
                    Some(format!("{}/{feature}", entry.key))
                })),
                5 | 6 => values.extend(pick(&optional, which).and_then(|entry| {
                    let feature = pick(&entry.target.features, of)?;
                    Some(format!("{}?/{feature}", entry.key))
                })),
                _ => implicit_wanted.extend(pick(&optional, which).map(|entry| (name.clone(), entry.key.clone()))),
            }
        }
        // A feature that has the name of a dependency, which `dep:` allows.
        if feature.name == 3
            && let Some(entry) = pick(&optional, feature.enables.first().map_or(0, |first| first.1))
        {
            table.insert(entry.key.clone(), vec![format!("dep:{}", entry.key)]);
        }
        table.entry(name.clone()).or_default().extend(values);
    }
    let namespaced: BTreeSet<String> = table
        .values()
        .flatten()
        .filter_map(|value| value.strip_prefix("dep:").map(str::to_owned))
        .collect();
    for (name, key) in implicit_wanted {
        let value = if namespaced.contains(&key) && !table.contains_key(&key) {
            format!("dep:{key}")
        } else {
            key
        };
        table.entry(name).or_default().push(value);
    }
    if table.is_empty() {
        return String::new();
    }
    let mut text = "\n[features]\n".to_owned();
    for (name, values) in table {
        let unique: BTreeSet<String> = values
            .into_iter()
            .filter(|value| *value != name)
            .map(|value| format!("\"{value}\""))
            .collect();
        let _ = writeln!(text, "{name} = [{}]", unique.into_iter().collect::<Vec<_>>().join(", "));
    }
    text
}
