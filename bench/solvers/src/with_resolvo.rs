//! resolvo's side: the same nodes and versions as its packages and solvables.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::Display;

use pubgrub::Ranges;
use resolvo::utils::Pool;
use resolvo::{
    Candidates, Condition, ConditionId, DenseIndex, Dependencies, DependencyProvider, Interner, KnownDependencies,
    NameId, Problem, SolvableId, Solver, SolverCache, StringId, UnsolvableOrCancelled, VersionSetId, VersionSetUnionId,
};
use rustc_hash::FxHashMap;

use crate::question::{Asked, DECISIONS, NodeId, PROGRAM, Version};
use crate::solvers::Outcome;

struct Provider<'a> {
    asked: &'a Asked<'a>,
    pool: Pool<Ranges<Version>, NodeId>,
    /// Who demands a native library, as far as it was asked: resolvo wants all candidates of a package at once, and all that may ever link
    /// to a library are not known. So who comes later excludes who came before.
    libraries: RefCell<FxHashMap<NodeId, Vec<(NodeId, Version)>>>,
    rounds: Cell<usize>,
}

impl Provider<'_> {
    fn node(&self, name: NameId) -> NodeId {
        *self.pool.resolve_package_name(name)
    }

    fn set(&self, node: NodeId, versions: Ranges<Version>) -> VersionSetId {
        let name = self.pool.intern_package_name(node);
        self.pool.intern_version_set(name, versions)
    }

    fn chosen(&self, solvable: SolvableId) -> (NodeId, Version) {
        let solvable = self.pool.resolve_solvable(solvable);
        (self.node(solvable.name), solvable.record)
    }
}

impl Interner for Provider<'_> {
    type NameId = NameId;
    type SolvableId = SolvableId;

    fn display_solvable(&self, solvable: SolvableId) -> impl Display + '_ {
        let (node, version) = self.chosen(solvable);
        let program = self.asked.program;
        format!("{} {}", program.name(node), program.label(node, version))
    }

    fn display_merged_solvables(&self, solvables: &[SolvableId]) -> impl Display + '_ {
        let program = self.asked.program;
        let mut chosen: Vec<_> = solvables.iter().map(|solvable| self.chosen(*solvable)).collect();
        chosen.sort_unstable();
        let labels = chosen
            .iter()
            .map(|(node, version)| program.label(*node, *version).to_string());
        let labels: Vec<String> = labels.collect();
        let name = chosen.first().map(|(node, _)| program.name(*node)).unwrap_or_default();
        format!("{name} {}", labels.join(" | "))
    }

    fn display_name(&self, name: NameId) -> impl Display + '_ {
        self.asked.program.name(self.node(name))
    }

    fn display_version_set(&self, versions: VersionSetId) -> impl Display + '_ {
        let node = self.node(self.version_set_name(versions));
        self.asked.program.labels(node, self.pool.resolve_version_set(versions))
    }

    fn display_string(&self, text: StringId) -> impl Display + '_ {
        self.pool.resolve_string(text)
    }

    fn version_set_name(&self, versions: VersionSetId) -> NameId {
        self.pool.resolve_version_set_package_name(versions)
    }

    fn solvable_name(&self, solvable: SolvableId) -> NameId {
        self.pool.resolve_solvable(solvable).name
    }

    fn version_sets_in_union(&self, union: VersionSetUnionId) -> impl Iterator<Item = VersionSetId> {
        self.pool.resolve_version_set_union(union)
    }

    fn resolve_condition(&self, condition: ConditionId) -> Condition {
        self.pool.resolve_condition(condition).clone()
    }
}

impl DependencyProvider for Provider<'_> {
    async fn filter_candidates(
        &self,
        candidates: &[SolvableId],
        versions: VersionSetId,
        inverse: bool,
    ) -> Vec<SolvableId> {
        let versions = self.pool.resolve_version_set(versions);
        let fits = |solvable: &SolvableId| versions.contains(&self.pool.resolve_solvable(*solvable).record) != inverse;
        candidates.iter().copied().filter(fits).collect()
    }

    async fn get_candidates(&self, name: NameId) -> Option<Candidates> {
        let facts = self.asked.program.facts(self.node(name));
        // They get their numbers in the order of preference.
        let versions = facts.order.iter().flatten();
        let candidates = versions.map(|version| self.pool.intern_solvable(name, *version));
        Some(Candidates {
            candidates: candidates.collect(),
            ..Candidates::default()
        })
    }

    async fn sort_candidates(&self, _: &SolverCache<Self>, solvables: &mut [SolvableId]) {
        solvables.sort_unstable_by_key(|solvable| solvable.to_index());
    }

    async fn get_dependencies(&self, solvable: SolvableId) -> Dependencies {
        let (node, version) = self.chosen(solvable);
        let program = self.asked.program;
        if !program.fits(node, version) {
            return Dependencies::Unknown(self.pool.intern_string("it may not be chosen"));
        }
        let demands = self.asked.demands(node, version);
        let demands = match demands.as_ref() {
            Ok(demands) => demands,
            Err(reason) => return Dependencies::Unknown(self.pool.intern_string(reason.as_str())),
        };
        let mut known = KnownDependencies::default();
        for (below, versions) in demands {
            if program.facts(*below).order.is_some() {
                known.requirements.push(self.set(*below, versions.clone()).into());
                continue;
            }
            let mut libraries = self.libraries.borrow_mut();
            let linking = libraries.entry(*below).or_default();
            let mut excluded: FxHashMap<NodeId, Ranges<Version>> = FxHashMap::default();
            for (other, version) in linking.iter().filter(|(other, _)| *other != node) {
                let versions = excluded.entry(*other).or_insert_with(Ranges::empty);
                *versions = versions.union(&Ranges::singleton(*version));
            }
            let mut excluded: Vec<_> = excluded.into_iter().collect();
            excluded.sort_unstable_by_key(|(other, _)| *other);
            let constrains = excluded.into_iter();
            known
                .constrains
                .extend(constrains.map(|(other, versions)| self.set(other, versions.complement())));
            linking.push((node, version));
        }
        Dependencies::Known(known)
    }

    fn should_cancel_with_value(&self) -> Option<Box<dyn Any>> {
        self.rounds.set(self.rounds.get() + 1);
        (self.rounds.get() > DECISIONS).then(|| Box::new(()) as Box<dyn Any>)
    }
}

/// Asks resolvo.
pub fn solve(asked: &Asked<'_>, explain: bool) -> Outcome {
    let provider = Provider {
        asked,
        pool: Pool::new(),
        libraries: RefCell::default(),
        rounds: Cell::new(0),
    };
    let root = provider.set(PROGRAM, Ranges::singleton(0_u32));
    let mut solver = Solver::new(provider);
    match solver.solve(Problem::new().requirements(vec![root.into()])) {
        Ok(solution) => {
            let solution = solution.into_iter();
            Outcome::Solved(solution.map(|solvable| solver.provider().chosen(solvable)).collect())
        }
        Err(UnsolvableOrCancelled::Unsolvable(conflict)) => {
            Outcome::Unsolvable(explain.then(|| conflict.display_user_friendly(&solver).to_string()))
        }
        Err(UnsolvableOrCancelled::Cancelled(_)) => Outcome::GivenUp,
    }
}
