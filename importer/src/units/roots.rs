//! The units that were asked for.

use cargo_util_schemas::core::PackageIdSpec;
use rustc_hash::FxHashSet;

use super::Error;
use crate::intern::Symbol;
use crate::internal::{InternalError, Invariant};
use crate::lock::LockIndex;
use crate::manifest::{Package, Target};
use crate::options::Selection;
use crate::resolve::{Features, FeaturesFor, PlatformTriples, Programs, Selected, Universe};
use crate::resolved::{Mode, TargetKind};
use crate::similar::did_you_mean;

/// A target that was asked for, by its position in the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Root {
    pub(super) package: LockIndex,
    pub(super) target: usize,
    pub(super) mode: Mode,
}

/// Are there units that use dev-dependencies?
pub(crate) fn needs_development(selection: &Selection) -> bool {
    selection.tests || selection.examples || selection.benches || selection.all_targets
}

fn is_specific(selection: &Selection) -> bool {
    selection.lib || selection.all_bins || !selection.bins.is_empty() || needs_development(selection)
}

/// The targets that a selection stands for, in Cargo's order.
pub(super) fn collect(
    universe: &Universe,
    platform: PlatformTriples,
    features: &Features<'_>,
    selected: &Selected,
    selection: &Selection,
) -> Result<Vec<Root>, Error> {
    let development = needs_development(selection);
    let finder = |packages: Vec<LockIndex>| RootFinder {
        universe,
        platform,
        features,
        packages,
        development,
    };
    if let Some(programs) = &selected.programs {
        let mut roots = Vec::new();
        for programs in programs {
            roots.extend(finder(of_fleet(universe, features, programs)?).programs(programs)?);
        }
        return Ok(sorted(universe, roots)?);
    }
    let members = selected.packages.iter();
    let mut packages: Vec<LockIndex> = members
        .map(|member| universe.locals[*member].invariant("a lock that has what is selected"))
        .collect::<Result<_, _>>()?;
    for spec in &selected.others {
        packages.push(other(universe, features, spec)?);
    }
    let finder = finder(packages);
    let roots = if is_specific(selection) {
        finder.specific(selection)?
    } else {
        finder.default()?
    };
    if selection.published.is_some() && roots.is_empty() {
        return Err(finder.nothing()?);
    }
    Ok(sorted(universe, roots)?)
}

/// The packages that programs of a fleet are built from, as far as they take part on the platform.
fn of_fleet(
    universe: &Universe,
    features: &Features<'_>,
    programs: &Programs,
) -> Result<Vec<LockIndex>, InternalError> {
    let members = programs.packages.iter();
    let members: Vec<LockIndex> = members
        .map(|member| universe.locals[*member].invariant("a lock that has what is selected"))
        .collect::<Result<_, _>>()?;
    let others = programs.others.iter().flat_map(|name| universe.lock.named(*name));
    let others = others.filter(|index| universe.lock.package(*index).source.is_some());
    Ok(members
        .into_iter()
        .chain(others)
        .filter(|index| features.of(*index, FeaturesFor::Target).is_some())
        .collect())
}

/// In Cargo's order.
fn sorted(universe: &Universe, roots: Vec<Root>) -> Result<Vec<Root>, InternalError> {
    let mut keyed = Vec::with_capacity(roots.len());
    for root in roots {
        let target = &universe.reached(root.package)?.package.targets[root.target];
        keyed.push(((root.package, order(target.kind), target.name, root.mode), root));
    }
    keyed.sort_by_key(|(key, _)| *key);
    keyed.dedup();
    Ok(keyed.into_iter().map(|(_, root)| root).collect())
}

/// The one package that a specification fits and that takes part, though it is no member.
fn other(universe: &Universe, features: &Features<'_>, spec: &PackageIdSpec) -> Result<LockIndex, Error> {
    let fits = |index: &LockIndex| {
        let package = universe.lock.package(*index);
        spec.name() == package.name.as_str()
            && spec
                .partial_version()
                .is_none_or(|version| version.matches(&package.version))
            && spec.url().is_none_or(|url| {
                package
                    .source
                    .as_ref()
                    .is_some_and(|source| source.same_url(url.as_str()))
            })
            && [FeaturesFor::Target, FeaturesFor::Host]
                .iter()
                .any(|side| features.of(*index, *side).is_some())
    };
    // A proc macro is built for the host by whatever name it comes; Cargo has no features for another package that only the host has.
    let is_built_by_name = |index: LockIndex| {
        Ok::<_, InternalError>(
            features.of(index, FeaturesFor::Target).is_some() || universe.reached(index)?.package.is_proc_macro(),
        )
    };
    let found: Vec<LockIndex> = universe.lock.named(Symbol::new(spec.name())).filter(fits).collect();
    match found.as_slice() {
        [one] if is_built_by_name(*one)? => Ok(*one),
        [one] => Err(Error::OnlyInBuilds {
            spec: spec.to_string(),
            package: universe.name(*one),
        }),
        [] => {
            let known: Vec<Symbol> = universe.lock.names().collect();
            Err(Error::NoSuchPackage {
                spec: spec.to_string(),
                near: did_you_mean(spec.name(), known.into_iter().map(Symbol::as_str)),
            })
        }
        several => {
            let names: Vec<String> = several.iter().map(|index| universe.name(*index)).collect();
            Err(Error::Ambiguous {
                spec: spec.to_string(),
                found: names.join(", "),
            })
        }
    }
}

/// The order of Cargo's kinds of targets.
fn order(kind: TargetKind) -> u8 {
    match kind {
        TargetKind::Lib => 0,
        TargetKind::Bin => 1,
        TargetKind::Test => 2,
        TargetKind::Bench => 3,
        TargetKind::Example => 4,
        TargetKind::CustomBuild => 5,
    }
}

pub(super) fn word(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Lib => "library",
        TargetKind::Bin => "program",
        TargetKind::Test => "test",
        TargetKind::Bench => "benchmark",
        TargetKind::Example => "example",
        TargetKind::CustomBuild => "build script",
    }
}

struct RootFinder<'a> {
    universe: &'a Universe,
    platform: PlatformTriples,
    features: &'a Features<'a>,
    packages: Vec<LockIndex>,
    development: bool,
}

impl RootFinder<'_> {
    fn default(&self) -> Result<Vec<Root>, Error> {
        self.matching(
            |target| matches!(target.kind, TargetKind::Lib | TargetKind::Bin),
            false,
            Mode::Build,
        )
    }

    fn programs(&self, programs: &Programs) -> Result<Vec<Root>, Error> {
        if programs.bins.is_empty() {
            return self.matching(|target| target.kind == TargetKind::Bin, false, Mode::Build);
        }
        let mut roots = Vec::new();
        for name in &programs.bins {
            roots.extend(self.named(TargetKind::Bin, name)?);
        }
        Ok(roots)
    }

    fn specific(&self, selection: &Selection) -> Result<Vec<Root>, Error> {
        let all = selection.all_targets;
        let mut roots = Vec::new();
        if selection.lib || all {
            roots.extend(self.matching(|target| target.kind == TargetKind::Lib, false, Mode::Build)?);
            if roots.is_empty() && !all {
                return Err(Error::NoLibrary);
            }
        }
        if selection.all_bins || all {
            roots.extend(self.matching(|target| target.kind == TargetKind::Bin, false, Mode::Build)?);
        }
        for name in &selection.bins {
            roots.extend(self.named(TargetKind::Bin, name)?);
        }
        if selection.examples || all {
            roots.extend(self.matching(|target| target.kind == TargetKind::Example, false, Mode::Build)?);
        }
        if selection.tests || all {
            roots.extend(self.matching(|target| target.tested, false, Mode::Test)?);
        }
        if selection.benches || all {
            roots.extend(self.matching(|target| target.benched, false, Mode::Test)?);
        }
        Ok(roots)
    }

    fn named(&self, kind: TargetKind, name: &str) -> Result<Vec<Root>, Error> {
        let pattern = glob::Pattern::new(name)
            .ok()
            .filter(|_| name.contains(['*', '?', '[', ']']));
        let fits = |target: &Target| {
            target.kind == kind
                && match &pattern {
                    Some(pattern) => pattern.matches(&target.name),
                    None => target.name.as_str() == name,
                }
        };
        let roots = self.matching(fits, true, Mode::Build)?;
        if roots.is_empty() {
            let mut known: Vec<&str> = self
                .targets()?
                .into_iter()
                .filter(|(_, _, target)| target.kind == kind)
                .map(|(_, _, target)| target.name.as_str())
                .collect();
            known.sort_unstable();
            let near = did_you_mean(name, known.iter().copied());
            let known = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            return Err(Error::NoTarget {
                kind: word(kind),
                name: name.to_owned(),
                known,
                near,
            });
        }
        Ok(roots)
    }

    /// The targets of the selected packages.
    fn targets(&self) -> Result<Vec<(LockIndex, usize, &Target)>, InternalError> {
        let mut targets = Vec::new();
        for index in &self.packages {
            let package = &self.universe.reached(*index)?.package;
            targets.extend(
                (0..)
                    .zip(&package.targets)
                    .map(|(position, target)| (*index, position, target)),
            );
        }
        Ok(targets)
    }

    /// What a published package lacks that builds nothing: as `cargo install`, dyrust does not leave it at that.
    fn nothing(&self) -> Result<Error, InternalError> {
        let package = self.packages.first().invariant("the published package")?;
        let package = self.universe.name(*package);
        let required = |(_, _, target): (LockIndex, usize, &Target)| {
            let features = target.required_features.as_ref()?;
            let features: Vec<&str> = features.iter().map(|feature| feature.as_str()).collect();
            Some(format!("`{}` needs `--features {}`", target.name, features.join(",")))
        };
        let mut programs: Vec<String> = self.targets()?.into_iter().filter_map(required).collect();
        programs.sort_unstable();
        Ok(if programs.is_empty() {
            Error::NoTargets { package }
        } else {
            Error::NothingToBuild {
                package,
                programs: programs.join(", "),
            }
        })
    }

    /// Targets whose required features are on; with `strict` others are an error.
    fn matching(&self, fits: impl Fn(&Target) -> bool, strict: bool, mode: Mode) -> Result<Vec<Root>, Error> {
        let mut roots = Vec::new();
        for (package, position, target) in self.targets()?.into_iter().filter(|(_, _, target)| fits(target)) {
            let root = Root {
                package,
                target: position,
                mode,
            };
            let Some(required) = &target.required_features else {
                roots.push(root);
                continue;
            };
            let known = available(self.universe, self.platform, self.features, package, self.development)?;
            if required.iter().all(|feature| known.contains(feature.as_str())) {
                roots.push(root);
            } else if strict {
                let quoted: Vec<String> = required.iter().map(|feature| format!("`{feature}`")).collect();
                return Err(Error::RequiredFeatures {
                    kind: word(target.kind),
                    target: target.name.to_string(),
                    package: self.universe.name(package),
                    features: quoted.join(", "),
                    list: required.join(","),
                });
            }
        }
        Ok(roots)
    }
}

/// What `required-features` may name: the package's features that are on, and those of its dependencies as `name/feature`.
pub(super) fn available(
    universe: &Universe,
    platform: PlatformTriples,
    features: &Features<'_>,
    index: LockIndex,
    development: bool,
) -> Result<FxHashSet<String>, InternalError> {
    let mut known = FxHashSet::default();
    let loaded = universe.reached(index)?;
    let mut add = |index: LockIndex, package: &Package, side: FeaturesFor, prefix: &str| {
        // On this platform it may not be used for that.
        let Some(on) = features.of(index, side) else {
            return;
        };
        known.extend(
            on.iter()
                .map(|feature| format!("{prefix}{}", package.features[feature as usize].name)),
        );
    };
    add(index, &loaded.package, FeaturesFor::Target, "");
    for edge in &loaded.edges {
        let counts = |position: &&u32| {
            let dependency = &loaded.package.dependencies[**position as usize];
            let condition = loaded.conditions[**position as usize];
            (development || dependency.kind != crate::manifest::DependencyKind::Development)
                && [platform.target, platform.host]
                    .iter()
                    .any(|triple| universe.conditions.holds(condition, *triple))
        };
        if !edge.dependencies.iter().any(|position| counts(&position)) {
            continue;
        }
        let library = &universe.reached(edge.to)?.package;
        let proc_macro = library.is_proc_macro();
        for position in &edge.dependencies {
            let dependency = &loaded.package.dependencies[*position as usize];
            let build = dependency.kind == crate::manifest::DependencyKind::Build;
            let name = loaded.package.dependency_names[dependency.name as usize];
            add(
                edge.to,
                library,
                FeaturesFor::host(proc_macro || build),
                &format!("{name}/"),
            );
        }
    }
    Ok(known)
}
