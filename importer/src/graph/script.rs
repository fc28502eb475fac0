//! What Cargo's configuration says in place of a build script, as the graph has it.

use std::path::PathBuf;

use crate::config::ScriptOutput;
use crate::manifest;
use crate::resolve::{LoadedPackage, Provenance};
use crate::workspace::Workspace;

/// The output with folders for libraries as a build sees them: relative to where rustc is started. Folders outside of the workspace, such as
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
    folders(output)
        .into_iter()
        .filter(|folder| visible(workspace, package, folder).is_none())
        .map(str::to_owned)
        .collect()
}

/// The folders for libraries that [`output`] has, and that are in the workspace: builds of the package are to see them.
pub(super) fn visible_folders(workspace: &Workspace, package: &LoadedPackage, output: &ScriptOutput) -> Vec<PathBuf> {
    folders(output)
        .into_iter()
        .filter(|folder| visible(workspace, package, folder).is_some())
        .map(|folder| absolute(workspace, folder))
        .filter(|folder| *folder != workspace.root)
        .collect()
}

/// The values of `-L` in an output.
fn folders(output: &ScriptOutput) -> Vec<&str> {
    let mut folders: Vec<&str> = Vec::new();
    for (key, value) in output {
        match key.as_str() {
            "rustc-link-search" => folders.push(value),
            "rustc-flags" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                let pairs = words.chunks(2).filter(|pair| pair[0] == "-L");
                folders.extend(pairs.filter_map(|pair| pair.get(1).copied()));
            }
            _ => {}
        }
    }
    folders
}

/// A value of `-L` as its kind and its folder.
fn parts(value: &str) -> (Option<&str>, &str) {
    match value.split_once('=') {
        Some((kind, folder)) => (Some(kind), folder),
        None => (None, value),
    }
}

/// Where the folder of a `-L` is: Cargo starts rustc in the workspace's folder.
fn absolute(workspace: &Workspace, value: &str) -> PathBuf {
    manifest::normalize(&workspace.root.join(parts(value).1))
}

/// A folder of the package or its workspace (`native=FOLDER`) as rustc finds it: Cargo starts it in the workspace's folder for packages that lie
/// there, else in the package's.
fn visible(workspace: &Workspace, package: &LoadedPackage, value: &str) -> Option<String> {
    // What was fetched has no folder of this machine in it.
    let Provenance::Local(position) = &package.provenance else {
        return None;
    };
    let own = &workspace.packages[*position].folder;
    let folder = absolute(workspace, value);
    let start = if own.starts_with(&workspace.root) {
        &workspace.root
    } else {
        own
    };
    let is_seen = folder.starts_with(own) || folder.exists();
    let inside = is_seen.then(|| folder.strip_prefix(start).ok())??.to_str()?;
    let inside = if inside.is_empty() { "." } else { inside };
    Some(match parts(value).0 {
        Some(kind) => format!("{kind}={inside}"),
        None => inside.to_owned(),
    })
}
