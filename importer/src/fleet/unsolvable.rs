//! Why the solver finds no lock for a program, in the words of manifests and locks.

use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use pubgrub::{DefaultStringReporter, DerivationTree, Derived, External, Ranges, Reporter, Term};

use super::catalog::{CandidateId, Places};
use super::program::{Requirements, SolverPackage};

impl Requirements<'_> {
    /// What the solver chooses a version of, as a reader of messages would name it.
    pub(super) fn name(&self, package: SolverPackage) -> String {
        let described = |id| self.catalog.describe(id);
        match package {
            SolverPackage::Program => "the program".to_owned(),
            SolverPackage::Package(range) => self.catalog.range(range).name.to_string(),
            SolverPackage::Feature(range, feature) => format!("{}/{feature}", self.catalog.range(range).name),
            SolverPackage::Links(library) => format!("the native library {library}"),
            SolverPackage::Choice(id, position) => format!("dependency {position} of {}", described(id)),
            SolverPackage::ChoiceFeature(id, position, feature) => {
                format!("feature {feature} of dependency {position} of {}", described(id))
            }
        }
    }

    /// A version of it, as a reader of messages would name it.
    pub(super) fn version(&self, package: SolverPackage, version: u32) -> String {
        match package {
            SolverPackage::Package(range) | SolverPackage::Feature(range, _) => {
                let place = self.catalog.range(range).candidates.get(version as usize);
                // A range of places may begin or end where there is none.
                place.map_or_else(
                    || "any later".to_owned(),
                    |id| self.catalog.get(*id).version.to_string(),
                )
            }
            SolverPackage::Links(_) => self.catalog.describe(CandidateId(version)),
            SolverPackage::Program => format!("`{}`", self.members[self.number].name),
            _ => version.to_string(),
        }
    }

    /// The conclusion of why there is no lock. What comes before it leads there from dependency to dependency, and may be thousands of lines.
    pub(super) fn reason(&self, tree: &DerivationTree<SolverPackage, Places, String>) -> String {
        let mut tree = self.named(tree);
        tree.collapse_no_versions();
        let report = DefaultStringReporter::report(&tree);
        let conclusion = report.lines().last().unwrap_or_default();
        conclusion.strip_suffix('.').unwrap_or(conclusion).to_owned()
    }

    /// The same tree with names and versions in place of numbers.
    fn named(
        &self,
        tree: &DerivationTree<SolverPackage, Places, String>,
    ) -> DerivationTree<String, Ranges<Version>, String> {
        match tree {
            DerivationTree::External(external) => DerivationTree::External(match external {
                External::NotRoot(package, version) => External::NotRoot(
                    self.name(*package),
                    Version {
                        number: *version,
                        text: self.version(*package, *version),
                    },
                ),
                External::NoVersions(package, places) => {
                    External::NoVersions(self.name(*package), self.versions(*package, places))
                }
                External::FromDependencyOf(package, places, below, demanded) => External::FromDependencyOf(
                    self.name(*package),
                    self.versions(*package, places),
                    self.name(*below),
                    self.versions(*below, demanded),
                ),
                External::Custom(package, places, reason) => {
                    External::Custom(self.name(*package), self.versions(*package, places), reason.clone())
                }
            }),
            DerivationTree::Derived(derived) => {
                let terms = derived.terms.iter().map(|(package, term)| {
                    let term = match term {
                        Term::Positive(places) => Term::Positive(self.versions(*package, places)),
                        Term::Negative(places) => Term::Negative(self.versions(*package, places)),
                    };
                    (self.name(*package), term)
                });
                DerivationTree::Derived(Derived {
                    terms: terms.collect(),
                    shared_id: derived.shared_id,
                    cause1: Arc::new(self.named(&derived.cause1)),
                    cause2: Arc::new(self.named(&derived.cause2)),
                })
            }
        }
    }

    fn versions(&self, package: SolverPackage, places: &Places) -> Ranges<Version> {
        let version = |number: &u32| Version {
            number: *number,
            text: self.version(package, *number),
        };
        let bounds = places.iter().map(|(start, end)| {
            let end = match (package, end) {
                // The last place reads better than the one after it, which may be none.
                (SolverPackage::Package(_) | SolverPackage::Feature(..), Bound::Excluded(number)) => {
                    Bound::Included(version(&number.saturating_sub(1)))
                }
                _ => end.as_ref().map(version),
            };
            (start.as_ref().map(version), end)
        });
        bounds.collect()
    }
}

/// A version with its name, in the order of the solver's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Version {
    number: u32,
    text: String,
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
