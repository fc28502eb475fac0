//! pubgrub's side: what the importer has, over plain data.

use std::cell::Cell;
use std::sync::Arc;

use pubgrub::{
    DefaultStringReporter, Dependencies, DependencyConstraints, DependencyProvider, DerivationTree, Derived, External,
    PackageResolutionStatistics, PubGrubError, Ranges, Reporter, Term,
};

use crate::question::{Asked, DECISIONS, Label, NodeId, PROGRAM, Program, Version};
use crate::solvers::Outcome;

/// Why a solution was given up.
#[derive(Debug)]
struct GivenUp;

impl std::fmt::Display for GivenUp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "no solution was found in {DECISIONS} decisions")
    }
}

impl std::error::Error for GivenUp {}

struct Provider<'a> {
    asked: &'a Asked<'a>,
    decisions: Cell<usize>,
}

impl DependencyProvider for Provider<'_> {
    type P = NodeId;
    type V = Version;
    type VS = Ranges<Version>;
    type Priority = (u32, bool);
    type M = String;
    type Err = GivenUp;

    fn prioritize(
        &self,
        _: &NodeId,
        versions: &Ranges<Version>,
        statistics: &PackageResolutionStatistics,
    ) -> Self::Priority {
        (statistics.conflict_count(), versions.as_singleton().is_some())
    }

    fn choose_version(&self, node: &NodeId, versions: &Ranges<Version>) -> Result<Option<Version>, GivenUp> {
        let program = self.asked.program;
        Ok(match &program.facts(*node).order {
            Some(order) => {
                let mut order = order.iter().copied();
                order.find(|version| versions.contains(version) && program.fits(*node, *version))
            }
            None => versions.as_singleton().copied(),
        })
    }

    fn get_dependencies(
        &self,
        node: &NodeId,
        version: &Version,
    ) -> Result<Dependencies<NodeId, Ranges<Version>, String>, GivenUp> {
        Ok(match self.asked.demands(*node, *version).as_ref() {
            Ok(demands) => Dependencies::Available(DependencyConstraints::from_iter(demands.iter().cloned())),
            Err(reason) => Dependencies::Unavailable(reason.clone()),
        })
    }

    fn should_cancel(&self) -> Result<(), GivenUp> {
        self.decisions.set(self.decisions.get() + 1);
        if self.decisions.get() > DECISIONS {
            Err(GivenUp)
        } else {
            Ok(())
        }
    }
}

/// Asks pubgrub.
pub fn solve(asked: &Asked<'_>, explain: bool) -> Outcome {
    let provider = Provider {
        asked,
        decisions: Cell::new(0),
    };
    match pubgrub::resolve(&provider, PROGRAM, 0_u32) {
        Ok(solution) => Outcome::Solved(solution.into_iter().collect()),
        Err(PubGrubError::NoSolution(tree)) => Outcome::Unsolvable(explain.then(|| explained(asked.program, &tree))),
        Err(_) => Outcome::GivenUp,
    }
}

fn explained(program: &Program<'_>, tree: &DerivationTree<NodeId, Ranges<Version>, String>) -> String {
    let mut tree = named(program, tree);
    tree.collapse_no_versions();
    DefaultStringReporter::report(&tree)
}

/// The same tree with the names of nodes and versions.
fn named(
    program: &Program<'_>,
    tree: &DerivationTree<NodeId, Ranges<Version>, String>,
) -> DerivationTree<String, Ranges<Label>, String> {
    let name = |node: &NodeId| program.name(*node);
    let labels = |node: &NodeId, versions| program.labels(*node, versions);
    match tree {
        DerivationTree::External(external) => DerivationTree::External(match external {
            External::NotRoot(node, version) => External::NotRoot(name(node), program.label(*node, *version)),
            External::NoVersions(node, versions) => External::NoVersions(name(node), labels(node, versions)),
            External::FromDependencyOf(node, versions, below, demanded) => {
                External::FromDependencyOf(name(node), labels(node, versions), name(below), labels(below, demanded))
            }
            External::Custom(node, versions, reason) => {
                External::Custom(name(node), labels(node, versions), reason.clone())
            }
        }),
        DerivationTree::Derived(derived) => {
            let terms = derived.terms.iter().map(|(node, term)| {
                let term = match term {
                    Term::Positive(versions) => Term::Positive(labels(node, versions)),
                    Term::Negative(versions) => Term::Negative(labels(node, versions)),
                };
                (name(node), term)
            });
            DerivationTree::Derived(Derived {
                terms: terms.collect(),
                shared_id: derived.shared_id,
                cause1: Arc::new(named(program, &derived.cause1)),
                cause2: Arc::new(named(program, &derived.cause2)),
            })
        }
    }
}
