//! The targets of a random crate: the manifest's tables and the (empty) files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::genome::CrateGene;
use super::package::{Outline, at, pick};

/// Names of the programs that a crate has.
pub fn program_names(gene: &CrateGene, outline: &Outline) -> Vec<String> {
    let implied = usize::from(gene.programs.is_empty() && !outline.has_library);
    (0..gene.programs.len() + implied)
        .map(|index| {
            if index == 0 {
                outline.name.clone()
            } else {
                format!("{}-b{index}", outline.name)
            }
        })
        .collect()
}

/// Writes the files of all targets and returns the tables for those that need one.
pub fn targets(gene: &CrateGene, outline: &Outline, files: &mut BTreeMap<String, String>) -> String {
    let mut text = String::new();
    let mut touch = |path: &str| drop(files.insert(at(&outline.folder, path), String::new()));
    if outline.has_library {
        touch("src/lib.rs");
    }
    match gene.package.build {
        0 => {}
        3 => touch("scripts/build.rs"),
        _ => touch("build.rs"),
    }
    for (index, name) in program_names(gene, outline).iter().enumerate() {
        let file = if index == 0 {
            "src/main.rs".to_owned()
        } else {
            format!("src/bin/{name}.rs")
        };
        touch(&file);
        let required = required(gene.programs.get(index).map_or(&[][..], Vec::as_slice), outline);
        if !required.is_empty() {
            let _ = writeln!(text, "\n[[bin]]\nname = \"{name}\"\npath = \"{file}\"\n{required}");
        }
    }
    for (index, (kind, features, flavour)) in gene.others.iter().enumerate() {
        let (table, folder) = [("example", "examples"), ("test", "tests"), ("bench", "benches")][usize::from(kind % 3)];
        let name = format!("{table}-{index}");
        touch(&format!("{folder}/{name}.rs"));
        let mut lines = required(features, outline);
        lines.push_str(match flavour {
            1 => "test = true\n",
            2 => "test = false\n",
            3 => "harness = false\n",
            4 if table == "example" => "crate-type = [\"cdylib\"]\n",
            5 => "edition = \"2018\"\n",
            6 => "bench = false\n",
            7 => "bench = true\ntest = true\n",
            _ => "",
        });
        if !lines.is_empty() {
            let _ = writeln!(text, "\n[[{table}]]\nname = \"{name}\"\n{lines}");
        }
    }
    text
}

fn required(numbers: &[u8], outline: &Outline) -> String {
    let names: Vec<String> = numbers
        .iter()
        .filter_map(|&number| pick(&outline.features, number))
        .map(|feature| format!("\"{feature}\""))
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("required-features = [{}]\n", names.join(", "))
    }
}
