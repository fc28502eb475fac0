//! From a genome to a Cargo workspace on disk and the questions about it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use dyrust_importer::Selection;

use super::genome::{CrateGene, Genome, QueryGene};
use super::package::{Outline, at, feature_names, manifest, pick};
use super::targets::{program_names, targets};

/// A workspace as text, and what is asked about it.
#[derive(Debug, Clone)]
pub struct World {
    /// Path relative to the workspace root → content.
    pub files: BTreeMap<String, String>,
    /// Platform and selection.
    pub questions: Vec<(String, Selection)>,
}

const TARGETS: [&str; 6] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "x86_64-apple-darwin",
    "x86_64-unknown-linux-musl",
    "wasm32-unknown-unknown",
];

/// No two are compatible, so that Cargo can always choose any of them.
const VERSIONS: [&str; 3] = ["1.0.0", "2.1.0", "0.3.2"];

impl World {
    /// Reads a genome.
    pub fn new(genome: &Genome) -> Self {
        let mut files = BTreeMap::new();
        let published = publish(genome, &mut files);
        let outlines: Vec<Outline> = genome
            .crates
            .iter()
            .enumerate()
            .map(|(index, gene)| Outline {
                name: if index % 3 == 1 {
                    format!("p-{index}")
                } else {
                    format!("p{index}")
                },
                version: "0.1.0".to_owned(),
                folder: if genome.workspace.rooted && index == 0 {
                    ".".to_owned()
                } else {
                    format!("crates/p{index}")
                },
                has_library: gene.package.library < 8,
                features: feature_names(&gene.package),
                published: false,
            })
            .collect();
        for (index, gene) in genome.crates.iter().enumerate() {
            let with_library = |from: usize| outlines[from..].iter().filter(|outline| outline.has_library);
            let normal: Vec<&Outline> = with_library(index + 1).chain(&published).collect();
            let dev: Vec<&Outline> = with_library(0).chain(&published).collect();
            let mut text = manifest(&gene.package, &outlines[index], &normal, &dev);
            text.push_str(&targets(gene, &outlines[index], &mut files));
            files.insert(at(&outlines[index].folder, "Cargo.toml"), text);
        }
        let header = workspace(genome, &outlines);
        files.entry("Cargo.toml".to_owned()).or_default().push_str(&header);
        if !published.is_empty() {
            files.insert(
                ".cargo/config.toml".to_owned(),
                "[source.crates-io]\nreplace-with = \"vendored\"\n\n[source.vendored]\ndirectory = \"vendor\"\n"
                    .to_owned(),
            );
        }
        let questions = genome
            .queries
            .iter()
            .map(|query| question(query, genome, &outlines))
            .collect();
        Self { files, questions }
    }

    /// Writes the workspace below `folder`.
    ///
    /// # Errors
    /// The system's.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        for (path, text) in &self.files {
            let file = folder.join(path);
            if let Some(parent) = file.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(file, text)?;
        }
        Ok(())
    }
}

/// Writes the packages of the directory source; a name may have several versions.
fn publish(genome: &Genome, files: &mut BTreeMap<String, String>) -> Vec<Outline> {
    let outline = |name: usize, version: usize| {
        let gene = &genome.published[name].versions[version];
        Outline {
            name: format!("r{name}"),
            version: VERSIONS[version % VERSIONS.len()].to_owned(),
            folder: format!("vendor/r{name}-{}", VERSIONS[version % VERSIONS.len()]),
            has_library: true,
            features: feature_names(gene),
            published: true,
        }
    };
    let all: Vec<(usize, usize, Outline)> = genome
        .published
        .iter()
        .enumerate()
        .flat_map(|(name, gene)| (0..gene.versions.len()).map(move |version| (name, version)))
        .map(|(name, version)| (name, version, outline(name, version)))
        .collect();
    for (name, version, outline) in &all {
        let mut gene = genome.published[*name].versions[*version].clone();
        // A published package without a library is of no use to anyone here.
        gene.library = if gene.library == 6 || gene.library > 7 {
            0
        } else {
            gene.library
        };
        let later: Vec<&Outline> = all
            .iter()
            .filter(|other| other.0 > *name)
            .map(|other| &other.2)
            .collect();
        files.insert(
            at(&outline.folder, "Cargo.toml"),
            manifest(&gene, outline, &later, &later),
        );
        files.insert(at(&outline.folder, "src/lib.rs"), String::new());
        match gene.build {
            0 => None,
            3 => files.insert(at(&outline.folder, "scripts/build.rs"), String::new()),
            _ => files.insert(at(&outline.folder, "build.rs"), String::new()),
        };
        let checksum = format!("{:064x}", name * 16 + version + 1);
        files.insert(
            at(&outline.folder, ".cargo-checksum.json"),
            format!("{{\"files\":{{}},\"package\":\"{checksum}\"}}"),
        );
    }
    all.into_iter().map(|(_, _, outline)| outline).collect()
}

/// Is the crate a member? The root always is, and a crate without a library is of use only as a member.
fn is_member(index: usize, gene: &CrateGene) -> bool {
    index == 0 || gene.membership != 1 || gene.package.library >= 8
}

/// The `[workspace]` table and the profiles.
fn workspace(genome: &Genome, outlines: &[Outline]) -> String {
    let quoted = |keep: &dyn Fn(usize, &CrateGene) -> bool| {
        let folders: Vec<String> = genome
            .crates
            .iter()
            .enumerate()
            .filter(|(index, gene)| keep(*index, gene))
            .map(|(index, _)| format!("{:?}", outlines[index].folder))
            .collect();
        folders.join(", ")
    };
    let members = quoted(&is_member);
    let excluded = quoted(&|index, gene| !is_member(index, gene));
    let default = quoted(&|index, gene| is_member(index, gene) && gene.membership == 2);
    let resolver = genome.workspace.resolver + 1;
    let mut text = format!(
        "\n[workspace]\nresolver = \"{resolver}\"\nmembers = [{members}]\nexclude = [\"vendor\", {excluded}]\n"
    );
    if !default.is_empty() {
        text.push_str(&format!("default-members = [{default}]\n"));
    }
    text.push_str(&profiles(genome, outlines));
    text
}

fn profiles(genome: &Genome, outlines: &[Outline]) -> String {
    let mut tables: BTreeMap<String, BTreeMap<&str, String>> = BTreeMap::new();
    for &(which, first, second) in &genome.workspace.profile {
        let choose = |values: &[&str], number: u8| pick(values, number).copied().unwrap_or_default().to_owned();
        let profile = choose(&["release", "dev", "custom"], second / 16);
        let package = pick(outlines, second)
            .map(|outline| outline.name.clone())
            .unwrap_or_default();
        let (table, key, value) = match which {
            0 => (profile, "opt-level", choose(&["1", "\"s\"", "\"z\"", "2", "0"], first)),
            1 => (
                profile,
                "strip",
                choose(&["true", "\"debuginfo\"", "false", "\"none\""], first),
            ),
            2 => (profile, "overflow-checks", choose(&["true", "false"], first)),
            3 => (
                profile,
                "debug",
                choose(&["1", "true", "\"line-tables-only\"", "false"], first),
            ),
            4 => (profile, "lto", choose(&["\"thin\"", "true", "\"off\"", "false"], first)),
            5 => (profile, "codegen-units", choose(&["1", "4", "16"], first)),
            6 => (profile, "panic", choose(&["\"abort\"", "\"unwind\""], first)),
            7 => (
                format!("{profile}.build-override"),
                "opt-level",
                choose(&["2", "\"s\"", "0"], first),
            ),
            8 => (
                format!("{profile}.package.{package}"),
                "debug-assertions",
                choose(&["true", "false"], first),
            ),
            _ => (
                format!("{profile}.package.\"*\""),
                "opt-level",
                choose(&["1", "3"], first),
            ),
        };
        tables.entry(table).or_default().insert(key, value);
    }
    if tables.keys().any(|table| table.starts_with("custom")) {
        tables
            .entry("custom".to_owned())
            .or_default()
            .insert("inherits", "\"release\"".to_owned());
    }
    tables
        .into_iter()
        .map(|(table, settings)| {
            let lines: String = settings
                .iter()
                .map(|(key, value)| format!("{key} = {value}\n"))
                .collect();
            format!("\n[profile.{table}]\n{lines}")
        })
        .collect()
}

fn question(gene: &QueryGene, genome: &Genome, outlines: &[Outline]) -> (String, Selection) {
    let members: Vec<usize> = (0..outlines.len())
        .filter(|&index| is_member(index, &genome.crates[index]))
        .collect();
    let mut selection = Selection::default();
    match gene.scope {
        1 => selection.workspace = true,
        2 => {
            selection.packages = gene
                .packages
                .iter()
                .filter_map(|&number| pick(&members, number).map(|&index| outlines[index].name.clone()))
                .collect();
        }
        _ => {}
    }
    selection.no_default_features = matches!(gene.feature_mode, 1 | 4);
    selection.all_features = gene.feature_mode == 2;
    if gene.feature_mode > 2 {
        for &(package, feature) in &gene.features {
            let Some(&index) = pick(&members, package) else {
                continue;
            };
            let Some(feature) = pick(&outlines[index].features, feature) else {
                continue;
            };
            // Plain names mean the packages that are built; with a package's name they work for every member.
            let plain = index == 0 && genome.workspace.rooted || package > 200;
            selection.features.push(if plain {
                feature.clone()
            } else {
                format!("{}/{feature}", outlines[index].name)
            });
        }
    }
    match gene.targets {
        1 => selection.tests = true,
        2 => selection.all_targets = true,
        3 => selection.lib = true,
        4 => selection.all_bins = true,
        5 => selection.examples = true,
        6 => selection.benches = true,
        7 => (selection.tests, selection.all_bins) = (true, true),
        8 => {
            let programs: Vec<String> = members
                .iter()
                .flat_map(|&index| program_names(&genome.crates[index], &outlines[index]))
                .collect();
            selection.bins.extend(pick(&programs, gene.target).cloned());
        }
        _ => {}
    }
    let has_custom = profiles(genome, outlines).contains("[profile.custom]");
    selection.profile = match gene.profile {
        1 => Some("dev".to_owned()),
        2 if has_custom => Some("custom".to_owned()),
        3 => Some("bench".to_owned()),
        _ => None,
    };
    let target = pick(&TARGETS, gene.target).copied().unwrap_or_default();
    (target.to_owned(), selection)
}
