//! Is a graph current? Compares what it was made from with what is there now, without resolving anything.

use std::path::Path;

use cargo_util_schemas::manifest::TomlWorkspace;

use super::{Graph, Map, keys};
use crate::config;
use crate::intern::Symbol;
use crate::lock::Lock;
use crate::manifest::{self, Manifest};
use crate::workspace;

impl Graph {
    /// Leaves out what the graph says of the files that it was made from: of a fleet the outermost graph says it for all.
    pub(crate) fn forget_files(&mut self) {
        self.inputs.clear();
        self.lock = None;
        self.layout = None;
        self.digest = None;
        self.members.clear();
        self.exclude.clear();
        for package in self.packages.values_mut() {
            package.entry = None;
        }
    }

    /// Sets the files, relative to `root`, that the graph was made from; there is no lock that it could be compared with.
    pub(crate) fn remember_files(&mut self, root: &Path, inputs: Map<String>) {
        let has_manifest = inputs.keys().any(|file| file.ends_with(workspace::MANIFEST_NAME));
        self.layout = has_manifest.then(|| layout_of(root, &inputs));
        self.inputs = inputs;
    }

    /// Why the graph does not fit the workspace in `root` any more; none if it does.
    ///
    /// # Errors
    /// When the lock can't be read.
    pub fn outdated(&self, root: &Path) -> Result<Option<String>, crate::Error> {
        if self.is_whole()? == Some(false) {
            return Ok(Some(
                "its content is not what one import wrote: it was merged or edited".to_owned(),
            ));
        }
        if self.lock.is_none() && self.inputs.is_empty() {
            return Ok(None);
        }
        if self.digest.is_none() {
            return Ok(Some("an older dyrust wrote it, without a digest".to_owned()));
        }
        for (file, digest) in &self.inputs {
            match workspace::file_digest(&root.join(file)) {
                None => return Ok(Some(format!("{file} is gone"))),
                Some(found) if found != *digest => return Ok(Some(format!("{file} has changed"))),
                Some(_) => {}
            }
        }
        // One that appears may change what is resolved.
        let configuration = config::FILES.into_iter().find(|file| root.join(file).is_file());
        if let Some(file) = configuration.filter(|&file| !self.inputs.contains_key(file)) {
            return Ok(Some(format!("{file} is new")));
        }
        if self
            .layout
            .as_ref()
            .is_some_and(|layout| *layout != layout_of(root, &self.inputs))
        {
            return Ok(Some("source files that imply targets have come or gone".to_owned()));
        }
        if let Some(folder) = self.new_member(root) {
            return Ok(Some(format!("{folder} is new, and a member")));
        }
        let Some(lock_name) = &self.lock else { return Ok(None) };
        let text = workspace::read_lock(&root.join(lock_name))?;
        let lock = Lock::parse(&text, lock_name)?;
        for (key, package) in &self.packages {
            let Some(entry) = &package.entry else { continue };
            let name = keys::package_name(key);
            let found = lock.named(Symbol::new(name)).map(|index| lock.package(index));
            let same_version: Vec<_> = found
                .filter(|known| known.version.to_string() == package.version)
                .collect();
            if same_version.is_empty() {
                return Ok(Some(format!("{lock_name} has no {name} {} any more", package.version)));
            }
            if same_version.iter().all(|known| known.entry.as_ref() != Some(entry)) {
                return Ok(Some(format!(
                    "the entry of {name} {} in {lock_name} has changed",
                    package.version
                )));
            }
        }
        Ok(None)
    }
}

impl Graph {
    /// A folder with a manifest that a pattern of `workspace.members` finds now and the graph does not know.
    fn new_member(&self, root: &Path) -> Option<String> {
        let workspace = TomlWorkspace {
            members: Some(self.members.clone()),
            exclude: Some(self.exclude.clone()),
            ..TomlWorkspace::default()
        };
        let found = self
            .members
            .iter()
            .filter_map(|pattern| glob::glob(root.join(pattern).to_str()?).ok())
            .flatten()
            .flatten();
        found
            .map(|folder| manifest::normalize(&folder))
            .filter(|folder| !workspace::is_excluded(&workspace, root, folder))
            .filter(|folder| folder.join(workspace::MANIFEST_NAME).is_file())
            .filter_map(|folder| manifest::relative(&folder, root))
            .find(|folder| {
                !self
                    .inputs
                    .contains_key(&format!("{folder}/{}", workspace::MANIFEST_NAME))
            })
    }
}

/// The entries of `workspace.members` that are patterns, and what is excluded from them.
pub(super) fn patterns(root: &Manifest) -> (Vec<String>, Vec<String>) {
    let Some(workspace) = &root.tables.workspace else {
        return Default::default();
    };
    let patterns: Vec<String> = workspace
        .members
        .iter()
        .flatten()
        .filter(|member| member.contains(['*', '?', '[']))
        .cloned()
        .collect();
    match patterns.is_empty() {
        true => Default::default(),
        false => (patterns, workspace.exclude.clone().unwrap_or_default()),
    }
}

/// The layout of the packages whose manifests are among the inputs.
pub(super) fn layout_of(root: &Path, inputs: &Map<String>) -> String {
    let folders = inputs
        .keys()
        .filter_map(|file| file.strip_suffix(workspace::MANIFEST_NAME));
    workspace::layout(root, folders)
}
