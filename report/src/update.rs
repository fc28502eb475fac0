//! What a change of one package costs.

use std::collections::BTreeMap;

use crate::model::{Cost, FormReport, Package, Update};
use crate::request::Form;
use crate::tree::Tree;
use crate::usage::{Usage, reach};

/// For each package but the C library's: what refers to it, over any number of steps, changes with it, since its store
/// path is in them. `packages` are in the tree's order.
pub(crate) fn of(tree: &Tree, usage: &Usage, packages: &[Package]) -> Vec<Update> {
    let mut referrers: Vec<Vec<usize>> = vec![Vec::new(); packages.len()];
    for (index, package) in tree.packages.iter().enumerate() {
        for reference in &package.references {
            if let Some(list) = referrers.get_mut(*reference) {
                list.push(index);
            }
        }
    }
    let mut updates = Vec::new();
    for (index, package) in packages.iter().enumerate() {
        if package.c_library {
            continue;
        }
        let changed = reach(vec![index], |index| referrers.get(index).cloned().unwrap_or_default());
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
            programs: programs.map(|program| program.name.clone()).collect(),
            nar_size: all.iter().map(|package| package.nar_size).sum(),
            gzip_size: gzip_sum(&all),
            elsewhere: BTreeMap::new(),
        });
    }
    debug_assert_eq!(usage.packages.len(), packages.len());
    updates.sort_by(|left, right| {
        right
            .nar_size
            .cmp(&left.nar_size)
            .then_with(|| left.package.cmp(&right.package))
    });
    updates
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
