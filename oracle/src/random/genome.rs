//! What proptest makes and shrinks: plain numbers that [`super::world`] turns into a workspace.
//!
//! Each number is read modulo the choices that there are at its place, so that every genome means a workspace, and a smaller genome
//! means a simpler one: 0 is always the plainest choice.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Union;

/// A workspace and the questions about it.
#[derive(Debug, Clone)]
pub struct Genome {
    /// Path crates, in an order in which normal and build dependencies point forward.
    pub crates: Vec<CrateGene>,
    /// Names in the directory source, each with up to three versions; dependencies point forward too.
    pub published: Vec<PublishedGene>,
    /// Of the workspace as a whole.
    pub workspace: WorkspaceGene,
    /// What is asked.
    pub queries: Vec<QueryGene>,
}

/// A path crate.
#[derive(Debug, Clone)]
pub struct CrateGene {
    /// What every package has.
    pub package: PackageGene,
    /// Programs, by their required features.
    pub programs: Vec<Vec<u8>>,
    /// Examples, tests and benches: kind, required features, and a number that decides on `test`, `harness` and the like.
    pub others: Vec<(u8, Vec<u8>, u8)>,
    /// Whether it is a member, default member or neither.
    pub membership: u8,
}

/// A name in the directory source.
#[derive(Debug, Clone)]
pub struct PublishedGene {
    /// One package a version.
    pub versions: Vec<PackageGene>,
}

/// What every package has.
#[derive(Debug, Clone)]
pub struct PackageGene {
    /// Kind of its library.
    pub library: u8,
    /// Edition.
    pub edition: u8,
    /// Whether it has a build script, and of what form.
    pub build: u8,
    /// Dependencies.
    pub dependencies: Vec<DependencyGene>,
    /// Features, each with what it enables.
    pub features: Vec<FeatureGene>,
}

/// An entry of a dependency table.
#[derive(Debug, Clone)]
pub struct DependencyGene {
    /// Which package.
    pub to: u8,
    /// Which version requirement, of a published one.
    pub requirement: u8,
    /// Normal, build or dev.
    pub section: u8,
    /// For which target.
    pub cfg: u8,
    /// Is it optional?
    pub optional: bool,
    /// Is `default-features` left on?
    pub default_features: bool,
    /// Features asked for.
    pub features: Vec<u8>,
    /// Does it go by another name?
    pub renamed: bool,
}

/// A feature.
#[derive(Debug, Clone)]
pub struct FeatureGene {
    /// Plain, `default`, or the name of an optional dependency.
    pub name: u8,
    /// What it enables: kind, which dependency, which feature.
    pub enables: Vec<(u8, u8, u8)>,
}

/// Of the workspace as a whole.
#[derive(Debug, Clone)]
pub struct WorkspaceGene {
    /// 1, 2 or 3.
    pub resolver: u8,
    /// Is the root a package or virtual?
    pub rooted: bool,
    /// Settings of profiles.
    pub profile: Vec<(u8, u8, u8)>,
}

/// A question.
#[derive(Debug, Clone)]
pub struct QueryGene {
    /// Which platform.
    pub target: u8,
    /// Packages: none, `--workspace`, or some.
    pub packages: Vec<u8>,
    /// `--workspace` if 1.
    pub scope: u8,
    /// Default, none, all, or listed features.
    pub feature_mode: u8,
    /// Listed features: package and feature.
    pub features: Vec<(u8, u8)>,
    /// Which kinds of targets.
    pub targets: u8,
    /// Which profile.
    pub profile: u8,
}

/// Mostly 0, the plainest choice.
fn rare(choices: u8) -> impl Strategy<Value = u8> {
    Union::new_weighted(vec![(4, Just(0).boxed()), (2, (0..choices).boxed())])
}

fn dependency() -> impl Strategy<Value = DependencyGene> {
    (
        any::<u8>(),
        any::<u8>(),
        prop_oneof![6 => Just(0_u8), 2 => Just(1), 2 => Just(2)],
        rare(16),
        prop::bool::weighted(0.4),
        prop::bool::weighted(0.75),
        vec(any::<u8>(), 0..3),
        prop::bool::weighted(0.15),
    )
        .prop_map(
            |(to, requirement, section, cfg, optional, default_features, features, renamed)| DependencyGene {
                to,
                requirement,
                section,
                cfg,
                optional,
                default_features,
                features,
                renamed,
            },
        )
}

fn feature() -> impl Strategy<Value = FeatureGene> {
    (rare(8), vec((0_u8..8, any::<u8>(), any::<u8>()), 0..4)).prop_map(|(name, enables)| FeatureGene { name, enables })
}

fn package(dependencies: usize) -> impl Strategy<Value = PackageGene> {
    (
        rare(12),
        rare(4),
        rare(4),
        vec(dependency(), 0..dependencies),
        vec(feature(), 0..5),
    )
        .prop_map(|(library, edition, build, dependencies, features)| PackageGene {
            library,
            edition,
            build,
            dependencies,
            features,
        })
}

fn path_crate() -> impl Strategy<Value = CrateGene> {
    (
        package(6),
        vec(vec(any::<u8>(), 0..2), 0..2),
        vec((0_u8..3, vec(any::<u8>(), 0..2), rare(8)), 0..2),
        rare(4),
    )
        .prop_map(|(package, programs, others, membership)| CrateGene {
            package,
            programs,
            others,
            membership,
        })
}

fn query() -> impl Strategy<Value = QueryGene> {
    (
        any::<u8>(),
        vec(any::<u8>(), 0..3),
        0_u8..3,
        0_u8..5,
        vec((any::<u8>(), any::<u8>()), 0..4),
        rare(9),
        rare(4),
    )
        .prop_map(
            |(target, packages, scope, feature_mode, features, targets, profile)| QueryGene {
                target,
                packages,
                scope,
                feature_mode,
                features,
                targets,
                profile,
            },
        )
}

/// All workspaces of up to 30 path crates, with three questions each.
pub fn genomes() -> impl Strategy<Value = Genome> {
    let crates =
        prop_oneof![4 => vec(path_crate(), 1..8), 3 => vec(path_crate(), 8..16), 2 => vec(path_crate(), 16..31)];
    let published = vec(package(4), 1..4).prop_map(|versions| PublishedGene { versions });
    let workspace = (
        0_u8..3,
        prop::bool::weighted(0.4),
        vec((0_u8..10, any::<u8>(), any::<u8>()), 0..4),
    )
        .prop_map(|(resolver, rooted, profile)| WorkspaceGene {
            resolver,
            rooted,
            profile,
        });
    (crates, vec(published, 0..6), workspace, vec(query(), 3..4)).prop_map(|(crates, published, workspace, queries)| {
        Genome {
            crates,
            published,
            workspace,
            queries,
        }
    })
}
