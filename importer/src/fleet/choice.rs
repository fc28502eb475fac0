//! Which version a dependency gets.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use super::candidates::{CandidateId, Candidates, Range, range};
use crate::intern::Symbol;
use crate::lock::SourceKind;
use crate::manifest::{Dependency, DependencySource};

/// Candidates that can't be chosen, and why not.
pub type Bans = BTreeMap<CandidateId, String>;

/// Why a version was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is the highest of its range.
    Highest,
    /// Higher versions of its range are not accepted by the requirement.
    Rejects(Vec<CandidateId>),
    /// Higher versions of its range can't be chosen.
    Fallback(Vec<CandidateId>),
    /// The fleet file pins it.
    Pinned,
    /// The fleet file keeps it separate: it is the version of the member's own lock.
    Separate,
    /// It is a folder, or a commit of a repository: there is nothing to choose.
    Given,
}

/// What decides beside the candidates themselves.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Pinned versions.
    pub pin: BTreeMap<Symbol, Version>,
    /// Crates that are not unified.
    pub separate: BTreeSet<Symbol>,
}

/// Chooses the version of one dependency: within the range of versions that the dependent's own locks chose, the highest that the
/// requirement accepts. It depends on nothing but its arguments, so the order in which dependencies are met does not matter.
///
/// `own` are the choices of the locks that have the dependent.
pub fn choose(
    candidates: &Candidates,
    rules: &Rules,
    bans: &Bans,
    dependency: &Dependency,
    own: &[CandidateId],
) -> Option<(CandidateId, Reason)> {
    let registry = matches!(
        dependency.source,
        DependencySource::DefaultRegistry | DependencySource::NamedRegistry(_) | DependencySource::RegistryIndex(_)
    );
    let is_registry = |id: &CandidateId| {
        let source = candidates.get(*id).source.as_ref();
        source.is_some_and(|source| source.kind() == SourceKind::Registry)
    };
    if !registry || own.iter().any(|id| !is_registry(id)) {
        let given = own.iter().filter(|id| !bans.contains_key(*id)).max();
        return given.map(|id| (*id, Reason::Given));
    }
    let is_source = |id: CandidateId| match own.first() {
        Some(first) => candidates.get(*first).source == candidates.get(id).source,
        None => candidates
            .get(id)
            .source
            .as_ref()
            .is_some_and(|source| match &dependency.source {
                DependencySource::RegistryIndex(index) => source.same_url(index),
                DependencySource::NamedRegistry(_) => true,
                _ => source.as_str() == crate::source::default_source(),
            }),
    };
    let named: Vec<CandidateId> = candidates
        .named(dependency.package)
        .iter()
        .copied()
        .filter(|id| is_source(*id))
        .collect();
    let version = |id: CandidateId| &candidates.get(id).version;
    let accepts = |id: CandidateId| dependency.accepts(version(id));
    let accepted: Vec<CandidateId> = named
        .iter()
        .copied()
        .filter(|id| accepts(*id) && !bans.contains_key(id))
        .collect();
    let highest = |list: &[CandidateId]| list.iter().copied().max_by(|a, b| version(*a).cmp(version(*b)));
    if rules.separate.contains(&dependency.package) {
        let kept: Vec<CandidateId> = own.iter().copied().filter(|id| accepted.contains(id)).collect();
        if let Some(id) = highest(&kept) {
            return Some((id, Reason::Separate));
        }
    }
    if let Some(pin) = rules.pin.get(&dependency.package)
        && let Some(id) = accepted.iter().find(|id| version(**id) == pin)
    {
        return Some((*id, Reason::Pinned));
    }
    // A requirement may span several ranges: the one that a lock chose is the one that was tested.
    let ranges: BTreeSet<Range> = own.iter().map(|id| range(version(*id))).collect();
    let in_own_range: Vec<CandidateId> = accepted
        .iter()
        .copied()
        .filter(|id| ranges.contains(&range(version(*id))))
        .collect();
    let chosen = highest(&in_own_range).or_else(|| highest(&accepted))?;
    let higher: Vec<CandidateId> = named
        .iter()
        .copied()
        .filter(|id| range(version(*id)) == range(version(chosen)) && version(*id) > version(chosen))
        .collect();
    let banned: Vec<CandidateId> = higher.iter().copied().filter(|id| bans.contains_key(id)).collect();
    let reason = if higher.is_empty() {
        Reason::Highest
    } else if banned.is_empty() {
        Reason::Rejects(higher)
    } else {
        Reason::Fallback(banned)
    };
    Some((chosen, reason))
}
