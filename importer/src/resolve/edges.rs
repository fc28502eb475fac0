//! Which package of the lock each dependency of a manifest stands for.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::Error;
use crate::config::Config;
use crate::intern::Symbol;
use crate::lock::{Lock, LockIndex, LockPackage, LockSource, SourceKind};
use crate::manifest::{Dependency, DependencySource, GitReferenceKind, Package};
use crate::platform::{Condition, Conditions};
use crate::source::decode_reference;
use crate::workspace::Workspace;

/// Matches dependencies with the lock.
pub(crate) struct Matcher<'a> {
    pub(crate) lock: &'a Lock,
    pub(crate) workspace: &'a Workspace,
    pub(crate) config: &'a Config,
}

impl Matcher<'_> {
    /// The package that each dependency of `package` stands for.
    ///
    /// Of several that fit the first in the lock's order is taken, as Cargo does. What fits but for its source is taken if nothing else
    /// fits: it is a patch.
    pub(crate) fn targets(&self, index: LockIndex, package: &Package) -> Vec<Option<LockIndex>> {
        let parent = self.lock.package(index);
        let mut named: FxHashMap<Symbol, Vec<LockIndex>> = FxHashMap::default();
        for candidate in &parent.dependencies {
            let name = self.lock.package(*candidate).name;
            named.entry(name).or_default().push(*candidate);
        }
        package
            .dependencies
            .iter()
            .map(|dependency| {
                let mut patched = None;
                for candidate in named.get(&dependency.package).into_iter().flatten() {
                    let found = self.lock.package(*candidate);
                    if !dependency.accepts(&found.version) {
                        continue;
                    }
                    if self.is_source(dependency, found, parent) {
                        return Some(self.replaced(*candidate));
                    }
                    patched.get_or_insert(*candidate);
                }
                patched.map(|candidate| self.replaced(candidate))
            })
            .collect()
    }

    fn replaced(&self, index: LockIndex) -> LockIndex {
        self.lock.package(index).replaced_by.unwrap_or(index)
    }

    fn is_source(&self, dependency: &Dependency, found: &LockPackage, parent: &LockPackage) -> bool {
        let registry = found
            .source
            .as_ref()
            .filter(|source| source.kind() == SourceKind::Registry);
        let git = found.source.as_ref().filter(|source| source.kind() == SourceKind::Git);
        match &dependency.source {
            DependencySource::DefaultRegistry => registry.is_some(),
            DependencySource::RegistryIndex(index) => registry.is_some_and(|source| source.same_url(index)),
            DependencySource::NamedRegistry(name) => registry.is_some_and(|source| {
                let index = self
                    .config
                    .registry(name)
                    .ok()
                    .flatten()
                    .and_then(|registry| registry.index);
                index.is_none_or(|index| source.same_url(&index))
            }),
            DependencySource::Git { url, reference } => {
                git.is_some_and(|source| source.same_url(url) && is_reference(source, reference.as_ref()))
            }
            DependencySource::Path(folder) => match &parent.source {
                Some(source) => git == Some(source),
                None => found.source.is_none() && self.is_at(folder, found),
            },
        }
    }

    fn is_at(&self, folder: &Path, found: &LockPackage) -> bool {
        self.workspace.package_at(folder).is_some_and(|position| {
            let package = &self.workspace.packages[position].package;
            package.name == found.name && package.version == found.version
        })
    }
}

/// Does the lock's source stand for this branch, tag or revision? Without one it is the default branch, which is another source than
/// any branch that is named.
fn is_reference(source: &LockSource, wanted: Option<&(GitReferenceKind, String)>) -> bool {
    match (source.reference(), wanted) {
        (None, None) => true,
        (Some((key, known)), Some((kind, wanted))) => {
            let same_kind = match kind {
                GitReferenceKind::Branch => key == "branch",
                GitReferenceKind::Tag => key == "tag",
                GitReferenceKind::Rev => key == "rev",
            };
            same_kind && (known == wanted || decode_reference(known) == *wanted)
        }
        _ => false,
    }
}

/// Evaluates the conditions of all dependencies of a package.
pub(crate) fn conditions(
    package: &Package,
    location: &str,
    known: &mut Conditions,
) -> Result<Vec<Option<Condition>>, Error> {
    let dependencies = package.dependencies.iter();
    dependencies
        .map(|dependency| Ok(dependency.platform.map(|key| known.add(key, location)).transpose()?))
        .collect()
}
