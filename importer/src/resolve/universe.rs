//! The packages that take part, and which of them each dependency stands for.

use cargo_util_schemas::manifest::TomlWorkspace;
use std::path::PathBuf;
use std::sync::Arc;

use crate::bits::BitSet;
use crate::config::Config;
use crate::internal::{InternalError, Invariant};
use crate::lock::{Lock, LockIndex};
use crate::manifest::Package;
use crate::platform::{Condition, Conditions};
use crate::source::{Pin, Request};
use crate::workspace::{ResolveBehavior, Workspace};

/// A target and a host: positions of their triples in the universe's [`Conditions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlatformTriples {
    /// What programs are built for.
    pub target: u32,
    /// What build scripts and proc macros are built for.
    pub host: u32,
}

/// Where a package was read from.
#[derive(Debug)]
pub enum Provenance {
    /// A position in the workspace's packages.
    Local(usize),
    /// A source with a pin.
    Remote(Arc<Remote>),
}

/// Where a package was fetched from, and to.
#[derive(Debug)]
pub struct Remote {
    /// What pins its source.
    pub pin: Pin,
    /// The `.crate` file or the folder on this machine.
    pub local: PathBuf,
}

/// A package that depends on another, in one or more entries of its tables.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The other package.
    pub to: LockIndex,
    /// Positions in the package's dependencies.
    pub dependencies: Vec<u32>,
}

/// A package that takes part.
#[derive(Debug)]
pub struct LoadedPackage {
    /// Its manifest.
    pub package: Arc<Package>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The condition of each dependency.
    pub conditions: Vec<Option<Condition>>,
    /// The package that each dependency stands for, if the lock has one.
    pub targets: Vec<Option<LockIndex>>,
    /// The same by package, in the lock's order; only dependencies that are present.
    pub edges: Vec<Edge>,
    /// The dependencies that some feature that is on somewhere turns on, and all that are not optional.
    pub present: BitSet,
}

/// All packages that take part in a resolution.
#[derive(Debug)]
pub struct Universe {
    /// The lock.
    pub lock: Lock,
    /// The packages by their positions in the lock; none for those that are not reached.
    pub packages: Vec<Option<LoadedPackage>>,
    /// For which triples conditions hold.
    pub conditions: Conditions,
    /// The platforms that were asked for.
    pub platforms: Vec<PlatformTriples>,
    /// The resolver's version.
    pub resolver: ResolveBehavior,
    /// The positions in the lock of the workspace's packages; none if the lock does not have them.
    pub locals: Vec<Option<LockIndex>>,
}

impl Universe {
    /// A package that takes part; those that [`Universe::new`] reached do.
    pub fn loaded(&self, index: LockIndex) -> Option<&LoadedPackage> {
        self.packages.get(index.0 as usize)?.as_ref()
    }

    /// A package that takes part.
    pub fn package(&self, index: LockIndex) -> Option<&Package> {
        self.loaded(index).map(|loaded| loaded.package.as_ref())
    }

    /// A package of which something that takes part depends, or that was selected.
    #[inline]
    #[track_caller]
    pub(crate) fn reached(&self, index: LockIndex) -> Result<&LoadedPackage, InternalError> {
        self.loaded(index).invariant("a package that takes part")
    }

    /// `name version`, for messages.
    pub fn name(&self, index: LockIndex) -> String {
        let package = self.lock.package(index);
        format!("{} {}", package.name, package.version)
    }
}

/// What a package that was fetched inherits from, kept while it is read.
pub(super) struct FetchedWorkspace {
    pub(super) tables: TomlWorkspace,
    pub(super) folder: PathBuf,
}

/// A package that was fetched and read.
#[derive(Debug, Clone)]
pub struct ReadPackage {
    /// The package.
    pub package: Arc<Package>,
    /// Where it comes from.
    pub remote: Arc<Remote>,
    /// What messages call its manifest.
    pub location: Arc<str>,
}

/// Fetches and reads packages, in the order of the requests.
pub type Fetch<'a> = dyn Fn(&[Request]) -> Result<Vec<ReadPackage>, super::Error> + 'a;

/// What the construction of a universe needs to know.
pub(super) struct ResolveInputs<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) config: &'a Config,
    pub(super) fetch: &'a Fetch<'a>,
}
