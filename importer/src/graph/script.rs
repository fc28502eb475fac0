//! What Cargo's configuration says in place of a build script, as the graph has it.

use std::path::Path;

use crate::config::ScriptOutput;
use crate::lock::LockIndex;
use crate::manifest;
use crate::resolution::Resolution;
use crate::resolve::Provenance;

/// The output with folders for libraries as a build sees them: relative to the package. Folders outside of it, such as those of the
/// system, are left out: no build sees them, and [`hidden_folders`] says so.
pub(super) fn output(resolution: &Resolution, package: LockIndex, output: &ScriptOutput) -> ScriptOutput {
    output
        .iter()
        .filter_map(|(key, value)| match key.as_str() {
            "rustc-link-search" => Some((key.clone(), visible(resolution, package, value)?)),
            "rustc-flags" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                let kept: Vec<String> = words
                    .chunks(2)
                    .filter_map(|pair| match pair {
                        ["-L", folder] => Some(format!("-L {}", visible(resolution, package, folder)?)),
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
pub(super) fn hidden_folders(resolution: &Resolution, package: LockIndex, output: &ScriptOutput) -> Vec<String> {
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
                .filter(|folder| visible(resolution, package, folder).is_none())
                .map(str::to_owned),
        );
    }
    folders
}

/// A folder (`native=FOLDER`) relative to the package; Cargo runs rustc in the workspace's root for packages of the workspace.
fn visible(resolution: &Resolution, package: LockIndex, value: &str) -> Option<String> {
    let (kind, folder) = match value.split_once('=') {
        Some((kind, folder)) => (Some(kind), folder),
        None => (None, value),
    };
    let Provenance::Local(position) = &resolution.universe.loaded(package)?.provenance else {
        return None;
    };
    let own = &resolution.workspace.packages[*position].folder;
    let folder = manifest::normalize(&resolution.workspace.root.join(Path::new(folder)));
    let inside = folder.strip_prefix(own).ok()?.to_str()?;
    let inside = if inside.is_empty() { "." } else { inside };
    Some(match kind {
        Some(kind) => format!("{kind}={inside}"),
        None => inside.to_owned(),
    })
}
