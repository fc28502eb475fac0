//! What the solver is asked for each program of a fleet, in the form that any solver could take: `bench/solvers` gives it to two.

use pubgrub::Ranges;

use super::catalog::Catalog;
use super::joint::Fleet;
use super::program::{Requirements, SolverPackage};
use super::solve::Extra;

/// What a solver chooses a version of. Versions are numbers, as in [`Question::order`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node(SolverPackage);

impl Node {
    /// The program itself, of which there is the version 0.
    pub const PROGRAM: Self = Self(SolverPackage::Program);

    /// Is it a package, and not a feature, a native library or a choice?
    pub fn is_package(self) -> bool {
        matches!(self.0, SolverPackage::Package(_))
    }
}

/// The questions of a fleet: those by which the locks were found that its programs have in the end.
pub struct Questions<'f> {
    fleet: &'f Fleet<'f>,
    extras: Vec<Extra>,
}

impl<'f> Questions<'f> {
    /// The questions for all members.
    pub fn new(fleet: &'f Fleet<'f>) -> Self {
        let extras = fleet.additions.iter().map(super::program_workspace::extra).collect();
        Self { fleet, extras }
    }

    /// The question for a member.
    pub fn of(&self, number: usize) -> Question<'_> {
        let fleet = self.fleet;
        let requirements = Requirements::new(
            &fleet.catalog,
            &fleet.members,
            number,
            &fleet.config,
            &fleet.preferences,
            &self.extras[number],
            &fleet.separate,
        );
        Question { fleet, requirements }
    }
}

/// What is asked for one program: a version of [`Node::PROGRAM`], and of all that is demanded.
pub struct Question<'f> {
    fleet: &'f Fleet<'f>,
    requirements: Requirements<'f>,
}

impl Question<'_> {
    fn catalog(&self) -> &Catalog {
        &self.fleet.catalog
    }

    /// The versions of a node, the best first. None of a native library: each demand of one names its only version.
    pub fn order(&self, node: Node) -> Option<Vec<u32>> {
        Some(match node.0 {
            SolverPackage::Program => vec![0],
            SolverPackage::Package(range) | SolverPackage::Feature(range, _) => {
                let mut order: Vec<u32> = Vec::new();
                for place in self.requirements.by_preference(range) {
                    if !order.contains(&place) {
                        order.push(place);
                    }
                }
                order
            }
            SolverPackage::Links(_) => return None,
            SolverPackage::Choice(id, position) | SolverPackage::ChoiceFeature(id, position, _) => {
                self.requirements.ordered_ranges(id, position)
            }
        })
    }

    /// May a version be chosen at all?
    pub fn fits(&self, node: Node, version: u32) -> bool {
        match node.0 {
            SolverPackage::Package(range) => self.requirements.fits(range, version, None),
            SolverPackage::Feature(range, feature) => self.requirements.fits(range, version, Some(feature)),
            _ => true,
        }
    }

    /// What a version demands, or why it can't be had.
    ///
    /// # Errors
    /// When it can't be had.
    pub fn demands(&self, node: Node, version: u32) -> Result<Vec<(Node, Ranges<u32>)>, String> {
        let demands = self.requirements.demands(node.0, version)?;
        Ok(demands.into_iter().map(|(node, places)| (Node(node), places)).collect())
    }

    /// What the importer chose for the program: a version of each package in its lock; none if the program keeps its own lock.
    pub fn chosen(&self) -> Option<Vec<(Node, u32)>> {
        let locked = &self.fleet.locks[self.requirements.number];
        if locked.kept.is_some() {
            return None;
        }
        let chosen = locked.packages.keys().map(|id| {
            let candidate = self.catalog().get(*id);
            (Node(SolverPackage::Package(candidate.range)), candidate.place)
        });
        Some(chosen.collect())
    }

    /// A node, as a reader of messages would name it.
    pub fn name(&self, node: Node) -> String {
        self.requirements.name(node.0)
    }

    /// A version of a node, as a reader of messages would name it.
    pub fn version(&self, node: Node, version: u32) -> String {
        self.requirements.version(node.0, version)
    }
}
