//! The features of a package, with those that optional dependencies imply; the rules are those of the Cargo book, chapter Features.

use super::{Dependency, Error, Feature, FeatureValue, Manifest, Problem};
use crate::bits::BitSet;
use crate::intern::Symbol;

/// A feature's value as the manifest spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling<'a> {
    /// `name`
    Feature(&'a str),
    /// `dep:name`
    Dependency(&'a str),
    /// `name/feature`, `name?/feature`
    DependencyFeature {
        dependency: &'a str,
        feature: &'a str,
        weak: bool,
    },
}

impl<'a> Spelling<'a> {
    /// Splits a value at `/`, `?` and `dep:`.
    pub(crate) fn new(value: &'a str) -> Self {
        match value.split_once('/') {
            Some((dependency, feature)) => match dependency.strip_suffix('?') {
                Some(dependency) => Self::DependencyFeature {
                    dependency,
                    feature,
                    weak: true,
                },
                None => Self::DependencyFeature {
                    dependency,
                    feature,
                    weak: false,
                },
            },
            None => match value.strip_prefix("dep:") {
                Some(dependency) => Self::Dependency(dependency),
                None => Self::Feature(value),
            },
        }
    }
}

/// Collects the features, sorted by name, and checks every value.
pub(super) fn collect(
    manifest: &Manifest,
    names: &[Symbol],
    dependencies: &[Dependency],
) -> Result<Vec<Feature>, Error> {
    let mut optional = BitSet::default();
    for dependency in dependencies.iter().filter(|dependency| dependency.optional) {
        optional.insert(dependency.name);
    }
    let declared: Vec<(Symbol, &[String])> = manifest
        .tables
        .features()
        .into_iter()
        .flatten()
        .map(|(name, values)| (Symbol::new(name.as_str()), values.as_slice()))
        .collect();

    // An optional dependency implies a feature of its name unless there is one already, or some feature says `dep:`.
    let mut explicit = BitSet::default();
    for value in declared.iter().flat_map(|(_, values)| values.iter()) {
        if let Spelling::Dependency(name) = Spelling::new(value)
            && let Some(position) = position(names, name)
        {
            explicit.insert(position);
        }
    }
    let implied = optional
        .iter()
        .filter(|position| !explicit.contains(*position))
        .filter_map(|position| {
            let name = names[position as usize];
            declared
                .iter()
                .all(|(feature, _)| *feature != name)
                .then_some((name, position))
        });
    let mut features: Vec<Feature> = implied
        .map(|(name, position)| Feature {
            name,
            values: vec![FeatureValue::Dependency(position)],
        })
        .chain(declared.iter().map(|(name, _)| Feature {
            name: *name,
            values: Vec::new(),
        }))
        .collect();
    features.sort_unstable_by_key(|feature| feature.name);
    let known: Vec<Symbol> = features.iter().map(|feature| feature.name).collect();

    for (feature, values) in &declared {
        let fail = |problem| manifest.fail(&["features", feature], problem);
        let mut resolved = Vec::with_capacity(values.len());
        for value in *values {
            resolved.push(check(feature, value, names, &optional, &known).map_err(fail)?);
        }
        if let Some(position) = position(&known, feature) {
            features[position as usize].values = resolved;
        }
    }
    unused_optional(manifest, names, &optional, &features)?;
    Ok(features)
}

fn position(sorted: &[Symbol], name: &str) -> Option<u32> {
    sorted
        .binary_search_by(|known| known.as_str().cmp(name))
        .ok()
        .and_then(|position| u32::try_from(position).ok())
}

/// Turns a value into positions, or says why it is wrong.
fn check(
    feature: &str,
    value: &str,
    names: &[Symbol],
    optional: &BitSet,
    known: &[Symbol],
) -> Result<FeatureValue, Problem> {
    let (feature, text) = (feature.to_owned(), value.to_owned());
    match Spelling::new(value) {
        Spelling::Feature(name) => match (position(known, name), position(names, name)) {
            (Some(position), _) => Ok(FeatureValue::Feature(position)),
            (None, None) => Err(Problem::UnknownFeatureValue { feature, value: text }),
            (None, Some(dependency)) if optional.contains(dependency) => {
                Err(Problem::NoImplicitFeature { feature, value: text })
            }
            (None, Some(_)) => Err(Problem::NotOptional {
                feature,
                value: text,
                name: name.to_owned(),
            }),
        },
        Spelling::Dependency(name) => match position(names, name) {
            Some(position) if optional.contains(position) => Ok(FeatureValue::Dependency(position)),
            Some(_) => Err(Problem::NotOptional {
                feature,
                value: text,
                name: name.to_owned(),
            }),
            None => Err(Problem::NotADependency {
                feature,
                value: text,
                name: name.to_owned(),
            }),
        },
        Spelling::DependencyFeature {
            dependency,
            feature: inner,
            weak,
        } => {
            if inner.contains('/') || dependency.starts_with("dep:") {
                return Err(Problem::MalformedFeatureValue { feature, value: text });
            }
            match position(names, dependency) {
                None => Err(Problem::NotADependency {
                    feature,
                    value: text,
                    name: dependency.to_owned(),
                }),
                Some(position) if weak && !optional.contains(position) => Err(Problem::NotOptional {
                    feature,
                    value: text,
                    name: dependency.to_owned(),
                }),
                Some(dependency) => Ok(FeatureValue::DependencyFeature {
                    dependency,
                    feature: Symbol::new(inner),
                    weak,
                }),
            }
        }
    }
}

/// Cargo refuses an optional dependency that nothing can turn on.
fn unused_optional(
    manifest: &Manifest,
    names: &[Symbol],
    optional: &BitSet,
    features: &[Feature],
) -> Result<(), Error> {
    let mut used = BitSet::default();
    for value in features.iter().flat_map(|feature| &feature.values) {
        if let FeatureValue::Dependency(dependency) | FeatureValue::DependencyFeature { dependency, .. } = value {
            used.insert(*dependency);
        }
    }
    match optional.iter().find(|position| !used.contains(*position)) {
        Some(position) => {
            let name = names[position as usize];
            let problem = Problem::UnusedOptional { name: name.to_string() };
            Err(manifest.fail(&["dependencies", &name], problem))
        }
        None => Ok(()),
    }
}
