//! The version of Cargo's resolver that a workspace asks for.

use super::Error;
use crate::manifest::{Edition, Manifest, Package, Problem};

/// Which rules of feature resolution apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResolveBehavior {
    /// One feature set for all uses of a package.
    V1,
    /// Build, development and target dependencies apart.
    V2,
    /// As 2; only the choice of versions differs.
    V3,
}

impl ResolveBehavior {
    /// Reads what manifests call it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "1" => Some(Self::V1),
            "2" => Some(Self::V2),
            "3" => Some(Self::V3),
            _ => None,
        }
    }

    /// What the root's manifest says, else what its edition stands for.
    pub(super) fn of(root: &Manifest, package: Option<&Package>) -> Result<Self, Error> {
        crate::manifest::refuse_in_root(root)?;
        let asked = root.resolver();
        match (asked.and_then(Self::parse), asked) {
            (Some(known), _) => Ok(known),
            (None, Some(other)) => {
                let table = if root.tables.workspace.is_some() {
                    "workspace"
                } else {
                    "package"
                };
                Err(root
                    .fail(&[table, "resolver"], Problem::Resolver(other.to_owned()))
                    .into())
            }
            (None, None) => Ok(match package.map(|package| package.edition) {
                Some(Edition::E2024) => Self::V3,
                Some(Edition::E2021) => Self::V2,
                _ => Self::V1,
            }),
        }
    }
}
