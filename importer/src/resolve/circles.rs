//! Packages that depend on each other in a circle, which Cargo refuses: by what is built, only dev-dependencies may lead back.

use super::{Edge, Error, LoadedPackage, Universe};
use crate::manifest::DependencyKind;

impl Universe {
    /// Refuses circles, on whatever platform, as Cargo does when it makes a lock.
    ///
    /// # Errors
    /// When there is one; it is shown whole.
    pub(super) fn refuse_circles(&self) -> Result<(), Error> {
        let mut walked = vec![Walked::Not; self.packages.len()];
        for start in 0..self.packages.len() {
            self.walk(start, &mut walked)?;
        }
        Ok(())
    }

    /// Follows all dependencies from a package; `way` holds, for each package on the way, which of its edges comes next.
    fn walk(&self, start: usize, walked: &mut [Walked]) -> Result<(), Error> {
        if walked[start] != Walked::Not {
            return Ok(());
        }
        walked[start] = Walked::OnTheWay;
        let mut way = vec![(start, 0)];
        while let Some((package, next)) = way.last_mut() {
            let package = *package;
            let Some(edge) = self.packages[package]
                .as_ref()
                .and_then(|loaded| loaded.edges.get(*next))
            else {
                walked[package] = Walked::Done;
                way.pop();
                continue;
            };
            *next += 1;
            let to = edge.to.0 as usize;
            if !self.packages[package]
                .as_ref()
                .is_some_and(|loaded| leads_on(loaded, edge))
            {
                continue;
            }
            match walked[to] {
                Walked::Done => {}
                Walked::Not => {
                    walked[to] = Walked::OnTheWay;
                    way.push((to, 0));
                }
                Walked::OnTheWay => {
                    let circle = way
                        .iter()
                        .map(|(package, _)| *package)
                        .skip_while(|package| *package != to);
                    let names: Vec<String> = circle.chain([to]).map(|package| self.shown(package)).collect();
                    let circle = names.join(" depends on ");
                    return Err(Error::Circle { circle });
                }
            }
        }
        Ok(())
    }

    fn shown(&self, package: usize) -> String {
        let package = &self.lock.packages[package];
        format!("`{} {}`", package.name, package.version)
    }
}

/// How far a package was followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Walked {
    Not,
    OnTheWay,
    Done,
}

/// Whether one of an edge's dependencies counts when something is built.
fn leads_on(loaded: &LoadedPackage, edge: &Edge) -> bool {
    let dependencies = edge.dependencies.iter();
    dependencies
        .filter_map(|position| loaded.package.dependencies.get(*position as usize))
        .any(|dependency| dependency.kind != DependencyKind::Development)
}
