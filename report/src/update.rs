//! What a change of one package costs.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use crate::model::{Cost, FormReport, Package, Update};
use crate::request::Form;
use crate::store::Derivations;
use crate::tree::Tree;
use crate::usage::reach;

/// For each package but the C library's: what changes with it. With `derivations`, every derivation that needs its own,
/// over any number of steps, is built again; without, what refers to it at run time is known to change, since its store
/// path is in them. `packages` are in the tree's order.
pub(crate) fn of(tree: &Tree, packages: &[Package], derivations: Option<&Derivations>) -> Vec<Update> {
    let references = tree.packages.iter().enumerate().flat_map(|(index, package)| {
        let references = package.references.iter();
        references.map(move |reference| (*reference, index))
    });
    let referrers = reversed(references);
    let needed = derivations.map(|all| {
        let inputs = all
            .iter()
            .flat_map(|(path, inputs)| inputs.iter().map(move |input| (input, path)));
        reversed(inputs)
    });
    let mut updates = Vec::new();
    for (index, package) in packages.iter().enumerate() {
        if package.c_library {
            continue;
        }
        let deriver = tree.packages.get(index).and_then(|node| node.deriver.as_ref());
        let (changed, rebuilds) = match (&needed, deriver) {
            (Some(needed), Some(deriver)) => {
                let built = reach(vec![deriver], |path| needed.get(path).cloned().unwrap_or_default());
                let made = |index: &usize| {
                    let node = tree.packages.get(*index);
                    node.and_then(|node| node.deriver.as_ref())
                        .is_some_and(|deriver| built.contains(deriver))
                };
                ((0..packages.len()).filter(made).collect(), Some(built.len() as u64))
            }
            _ => (
                reach(vec![index], |index| referrers.get(&index).cloned().unwrap_or_default()),
                None,
            ),
        };
        let programs = tree.programs.iter().filter(|program| {
            tree.objects
                .get(program.object)
                .is_some_and(|object| changed.contains(&object.package))
        });
        let all: Vec<&Package> = changed.iter().filter_map(|index| packages.get(*index)).collect();
        let mut changes: Vec<String> = all.iter().map(|package| package.id.clone()).collect();
        changes.sort();
        updates.push(Update {
            package: package.id.clone(),
            changes,
            rebuilds,
            programs: programs.map(|program| program.name.clone()).collect(),
            nar_size: all.iter().map(|package| package.nar_size).sum(),
            gzip_size: gzip_sum(&all),
            elsewhere: BTreeMap::new(),
        });
    }
    updates.sort_by(|left, right| {
        right
            .nar_size
            .cmp(&left.nar_size)
            .then_with(|| left.package.cmp(&right.package))
    });
    updates
}

/// From pairs, what belongs to each first one.
fn reversed<T: Hash + Eq, U>(pairs: impl Iterator<Item = (T, U)>) -> HashMap<T, Vec<U>> {
    let mut all: HashMap<T, Vec<U>> = HashMap::new();
    for (first, second) in pairs {
        all.entry(first).or_default().push(second);
    }
    all
}

fn gzip_sum(packages: &[&Package]) -> Option<u64> {
    packages.iter().map(|package| package.gzip_size).sum()
}

/// Adds to the updates of `form` what the same changes cost in `other`: there the code of a crate is within the packages
/// that the changed programs use, other than what both forms have (a foreign library).
pub(crate) fn compare(form: &mut FormReport, other: &FormReport, name: Form) {
    let same: Vec<&str> = form.packages.iter().map(|package| package.path.as_str()).collect();
    let mut costs: BTreeMap<Vec<String>, Cost> = BTreeMap::new();
    for update in &mut form.updates {
        let cost = costs.entry(update.programs.clone()).or_insert_with(|| {
            let changed: Vec<&Package> = other
                .packages
                .iter()
                .filter(|package| !package.c_library && !same.contains(&package.path.as_str()))
                .filter(|package| package.users.iter().any(|user| update.programs.contains(user)))
                .collect();
            Cost {
                packages: changed.len() as u64,
                nar_size: changed.iter().map(|package| package.nar_size).sum(),
                gzip_size: gzip_sum(&changed),
            }
        });
        if !update.programs.is_empty() {
            update.elsewhere.insert(name, *cost);
        }
    }
}
