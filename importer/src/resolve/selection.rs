//! Which members are selected, and with which features: what `-p`, `--workspace` and the feature flags mean.

use std::collections::BTreeSet;

use cargo_util_schemas::core::PackageIdSpec;

use super::Error;
use crate::intern::Symbol;
use crate::manifest::{FeatureValue, Package, Place, Spelling};
use crate::options::Selection;
use crate::similar::did_you_mean;
use crate::workspace::{LocalPackage, ResolveBehavior, Workspace};

/// The features that a member was asked for.
#[derive(Debug, Clone)]
pub struct MemberFeatures {
    /// Position in the workspace's packages.
    pub member: usize,
    /// The features that were named.
    pub values: Vec<FeatureValue>,
    /// `--all-features`
    pub all_features: bool,
    /// Not `--no-default-features`
    pub default_features: bool,
}

/// The outcome of a selection.
#[derive(Debug, Clone)]
pub struct Selected {
    /// The members that take part in resolution, in the order of the workspace.
    pub features: Vec<MemberFeatures>,
    /// The members whose targets are built, sorted by name.
    pub packages: Vec<usize>,
    /// Specifications that fit no member: packages that members depend on.
    pub others: Vec<PackageIdSpec>,
    /// Of a fleet: what is built, in place of `packages` and `others`.
    pub programs: Option<Vec<Programs>>,
}

/// Programs of a fleet that are built.
#[derive(Debug, Clone)]
pub struct Programs {
    /// What the fleet file calls them.
    pub name: String,
    /// Positions in the workspace's packages.
    pub packages: Vec<usize>,
    /// The names of packages that members depend on.
    pub others: BTreeSet<Symbol>,
    /// The names or patterns of the programs; none for all whose required features are on.
    pub bins: Vec<String>,
}

impl Selected {
    /// Selects members and their features.
    ///
    /// # Errors
    /// When a package or a feature does not exist.
    pub fn new(workspace: &Workspace, selection: &Selection) -> Result<Self, Error> {
        let (mut packages, others) = select_packages(workspace, selection)?;
        packages.sort_by_key(|position| workspace.packages[*position].package.name);
        packages.dedup();
        let names: BTreeSet<&str> = selection
            .features
            .iter()
            .flat_map(|text| text.split_whitespace())
            .flat_map(|text| text.split(','))
            .filter(|text| !text.is_empty())
            .collect();
        if let Some(name) = names
            .iter()
            .find(|name| matches!(Spelling::new(name), Spelling::Dependency(_)))
        {
            return Err(Error::DepOnCommandLine((*name).to_owned()));
        }
        let features = if workspace.is_virtual() || workspace.resolver >= ResolveBehavior::V2 {
            by_member(workspace, selection, &packages, &names)?
        } else {
            by_current(workspace, selection, &packages, &names)?
        };
        Ok(Self {
            features,
            packages,
            others,
            programs: None,
        })
    }
}

fn select_packages(workspace: &Workspace, selection: &Selection) -> Result<(Vec<usize>, Vec<PackageIdSpec>), Error> {
    if selection.workspace {
        return Ok((workspace.members().collect(), Vec::new()));
    }
    if selection.packages.is_empty() {
        if workspace.default_members.is_empty() {
            let source = &workspace.root_manifest.manifest.source;
            let place = Place::of_key(&source.location, &source.text, &["workspace", "default-members"]);
            return Err(Error::NoDefaultMembers { place });
        }
        return Ok((workspace.default_members.clone(), Vec::new()));
    }
    let mut chosen = Vec::new();
    let mut others = Vec::new();
    for text in &selection.packages {
        let fail = |reason: String| Error::Specification {
            spec: text.clone(),
            reason,
        };
        if text.contains(['*', '?', '[', ']']) {
            let pattern = glob::Pattern::new(text).map_err(|reason| fail(reason.to_string()))?;
            let name = |member: usize| workspace.packages[member].package.name.as_str();
            let before = chosen.len();
            chosen.extend(workspace.members().filter(|member| pattern.matches(name(*member))));
            if chosen.len() == before {
                let members: Vec<&str> = workspace.members().map(name).collect();
                return Err(Error::NoSuchMember {
                    spec: text.clone(),
                    near: did_you_mean(text, members.iter().copied()),
                    members: members.join(", "),
                });
            }
            continue;
        }
        let spec = PackageIdSpec::parse(text).map_err(|reason| fail(reason.to_string()))?;
        match workspace
            .members()
            .find(|member| fits(&spec, &workspace.packages[*member]))
        {
            Some(member) => chosen.push(member),
            None => others.push(spec),
        }
    }
    Ok((chosen, others))
}

fn fits(spec: &PackageIdSpec, local: &LocalPackage) -> bool {
    spec.name() == local.package.name.as_str()
        && spec
            .partial_version()
            .is_none_or(|version| version.matches(&local.package.version))
        && spec
            .url()
            .is_none_or(|url| url.to_file_path().is_ok_and(|path| path == local.folder))
}

/// Whether a package has a feature, or an optional dependency that may be meant as one.
fn knows(package: &Package, name: &str) -> bool {
    let name = Symbol::new(name);
    package.feature(name).is_some()
        || package.dependency_name(name).is_some_and(|position| {
            package
                .dependencies
                .iter()
                .any(|dependency| dependency.name == position && dependency.optional)
        })
}

/// Resolver 2 and later: a feature goes to every selected member that has it, `member/feature` to that member.
fn by_member(
    workspace: &Workspace,
    selection: &Selection,
    packages: &[usize],
    names: &BTreeSet<&str>,
) -> Result<Vec<MemberFeatures>, Error> {
    if packages.is_empty() {
        // Only packages that members depend on are selected: the members are as they are without any flag.
        if !names.is_empty() || selection.all_features || selection.no_default_features {
            return Err(Error::FeaturesOfOthers);
        }
        return Ok(workspace.members().map(plain).collect());
    }
    let mut found = BTreeSet::new();
    let mut members = Vec::new();
    for member in workspace.members().filter(|member| packages.contains(member)) {
        let package = &workspace.packages[member].package;
        let mut values = Vec::new();
        for name in names {
            let value = match Spelling::new(name) {
                Spelling::Feature(feature) if knows(package, feature) => feature_value(package, name)?,
                Spelling::DependencyFeature {
                    dependency, feature, ..
                } => {
                    if package.dependency_name(Symbol::new(dependency)).is_some() {
                        feature_value(package, name)?
                    } else if dependency == package.name.as_str() && knows(package, feature) {
                        feature_value(package, feature)?
                    } else {
                        continue;
                    }
                }
                _ => continue,
            };
            found.insert(*name);
            values.push(value);
        }
        members.push(MemberFeatures {
            member,
            values,
            all_features: selection.all_features,
            default_features: !selection.no_default_features,
        });
    }
    match names.difference(&found).next() {
        Some(name) => {
            let known = packages
                .iter()
                .flat_map(|member| workspace.packages[*member].package.features.iter())
                .map(|feature| feature.name.as_str());
            Err(Error::UnknownFeature {
                feature: (*name).to_owned(),
                near: did_you_mean(name, known),
            })
        }
        None => Ok(members),
    }
}

/// A member with its default features.
fn plain(member: usize) -> MemberFeatures {
    MemberFeatures {
        member,
        values: Vec::new(),
        all_features: false,
        default_features: true,
    }
}

/// Resolver 1: features go to the package of the manifest that was named, which takes part whether it is selected or not;
/// `member/feature` goes to that member.
fn by_current(
    workspace: &Workspace,
    selection: &Selection,
    packages: &[usize],
    names: &BTreeSet<&str>,
) -> Result<Vec<MemberFeatures>, Error> {
    let mut members = Vec::new();
    let is_other_member = |name: &str| {
        workspace.members().any(|member| {
            Some(member) != workspace.current
                && workspace.packages[member].package.name.as_str() == name
                && packages.contains(&member)
        })
    };
    for member in workspace.members() {
        let package = &workspace.packages[member].package;
        let is_current = Some(member) == workspace.current;
        if !is_current && !packages.contains(&member) {
            continue;
        }
        let mut values = Vec::new();
        for name in names {
            match Spelling::new(name) {
                Spelling::DependencyFeature {
                    dependency, feature, ..
                } if is_other_member(dependency) => {
                    let is_meant = !is_current && dependency == package.name.as_str();
                    values.extend(is_meant.then(|| feature_value(package, feature)).transpose()?);
                }
                _ if is_current => values.push(feature_value(package, name)?),
                _ => {}
            }
        }
        members.push(MemberFeatures {
            member,
            values,
            all_features: selection.all_features,
            default_features: !is_current || !selection.no_default_features,
        });
    }
    Ok(members)
}

/// A feature of the command line in terms of a package.
fn feature_value(package: &Package, text: &str) -> Result<FeatureValue, Error> {
    let of_package = || format!("{} {}", package.name, package.version);
    let missing = |hint: &str| Error::NoSuchFeature {
        package: of_package(),
        feature: text.to_owned(),
        hint: hint.to_owned(),
    };
    match Spelling::new(text) {
        Spelling::Feature(name) | Spelling::Dependency(name) => match package.feature(Symbol::new(name)) {
            Some(feature) => Ok(FeatureValue::Feature(feature)),
            None if knows(package, name) => Err(missing(
                ": it is an optional dependency that is turned on by other features, as `dep:` is used",
            )),
            None => {
                let known = package.features.iter().map(|feature| feature.name.as_str());
                let near = did_you_mean(name, known);
                Err(missing(&format!(": correct the name, or add it to [features]{near}")))
            }
        },
        Spelling::DependencyFeature {
            dependency,
            feature,
            weak,
        } => match package.dependency_name(Symbol::new(dependency)) {
            Some(dependency) => Ok(FeatureValue::DependencyFeature {
                dependency,
                feature: Symbol::new(feature),
                weak,
            }),
            None => Err(Error::NoDependencyOfFeature {
                package: of_package(),
                dependency: dependency.to_owned(),
                feature: text.to_owned(),
            }),
        },
    }
}
