//! What Cargo's configuration says in place of a build script, as the graph has it.

use std::path::Path;

use crate::config::ScriptOutput;
use crate::manifest;
use crate::resolve::{LoadedPackage, Provenance};
use crate::workspace::Workspace;

/// The output with folders for libraries as a build sees them: relative to where rustc is started. Folders outside of the package, such as
/// those of the system, are left out: no build sees them, and [`hidden_folders`] says so.
pub(super) fn output(workspace: &Workspace, package: &LoadedPackage, output: &ScriptOutput) -> ScriptOutput {
    output
        .iter()
        .filter_map(|(key, value)| match key.as_str() {
            "rustc-link-search" => Some((key.clone(), visible(workspace, package, value)?)),
            "rustc-flags" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                let kept: Vec<String> = words
                    .chunks(2)
                    .filter_map(|pair| match pair {
                        ["-L", folder] => Some(format!("-L {}", visible(workspace, package, folder)?)),
                        other => Some(other.join(" ")),
                    })
                    .collect();
                (!kept.is_empty()).then(|| (key.clone(), kept.join(" ")))
            }
            _ => Some((key.clone(), value.clone())),
        })
        .collect()
}

/// The folders for libraries that [`output`] leaves out.
pub(super) fn hidden_folders(workspace: &Workspace, package: &LoadedPackage, output: &ScriptOutput) -> Vec<String> {
    let mut folders: Vec<String> = Vec::new();
    for (key, value) in output {
        let named: Vec<&str> = match key.as_str() {
            "rustc-link-search" => vec![value],
            "rustc-flags" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                words
                    .chunks(2)
                    .filter(|pair| pair[0] == "-L")
                    .filter_map(|pair| pair.get(1).copied())
                    .collect()
            }
            _ => Vec::new(),
        };
        folders.extend(
            named
                .into_iter()
                .filter(|folder| visible(workspace, package, folder).is_none())
                .map(str::to_owned),
        );
    }
    folders
}

/// A folder of the package (`native=FOLDER`) as rustc finds it: Cargo starts it in the workspace's folder for packages that lie there, else in
/// the package's.
fn visible(workspace: &Workspace, package: &LoadedPackage, value: &str) -> Option<String> {
    let (kind, folder) = match value.split_once('=') {
        Some((kind, folder)) => (Some(kind), folder),
        None => (None, value),
    };
    // What was fetched has no folder of this machine in it.
    let Provenance::Local(position) = &package.provenance else {
        return None;
    };
    let own = &workspace.packages[*position].folder;
    let folder = manifest::normalize(&workspace.root.join(Path::new(folder)));
    let start = if own.starts_with(&workspace.root) {
        &workspace.root
    } else {
        own
    };
    let inside = folder
        .starts_with(own)
        .then(|| folder.strip_prefix(start).ok())??
        .to_str()?;
    let inside = if inside.is_empty() { "." } else { inside };
    Some(match kind {
        Some(kind) => format!("{kind}={inside}"),
        None => inside.to_owned(),
    })
}
