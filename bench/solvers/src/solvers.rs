//! The solvers that are asked.

use rustc_hash::FxHashMap;

use crate::question::{Asked, NodeId, Version};
use crate::{with_pubgrub, with_resolvo};

/// What a solver says.
pub enum Outcome {
    /// The version of each node.
    Solved(FxHashMap<NodeId, Version>),
    /// There is no solution, and why, if that was asked, too.
    Unsolvable(Option<String>),
    /// It took too long.
    GivenUp,
}

/// A solver. Is it to explain why there is no solution?
pub type Solve = fn(&Asked<'_>, bool) -> Outcome;

/// The solvers, by name.
pub const SOLVERS: [(&str, Solve); 2] = [("pubgrub", with_pubgrub::solve), ("resolvo", with_resolvo::solve)];
