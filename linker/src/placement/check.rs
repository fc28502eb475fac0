//! The rules that a placement must keep, checked on the result and not on how it came about.

use crate::error::{Error, Result};
use crate::item::{Item, ItemIndex};
use crate::placement::programs::Programs;
use crate::placement::{FileIndex, Placement};

/// An order in which every file comes before those that it uses; an error if there is none.
pub fn order(uses: &[Vec<usize>]) -> Result<Vec<usize>> {
    let mut users = vec![0usize; uses.len()];
    uses.iter().flatten().for_each(|&used| users[used] += 1);
    let mut ready: std::collections::BTreeSet<usize> = (0..uses.len()).filter(|&index| users[index] == 0).collect();
    let mut order = Vec::with_capacity(uses.len());
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for &used in &uses[next] {
            users[used] -= 1;
            if users[used] == 0 {
                ready.insert(used);
            }
        }
    }
    if order.len() == uses.len() {
        return Ok(order);
    }
    Err(Error::Placement {
        reason: "shared objects use each other in a circle".to_owned(),
    })
}

impl Placement {
    /// Verifies that each program finds each item exactly once, and nothing that must not be there.
    pub(super) fn check(&self, items: &[Item], reach: &[Programs]) -> Result<()> {
        for index in 0..self.files.len() {
            self.check_file(index, items, reach)?;
        }
        let programs = (0..self.files.len()).filter(|&index| self.files[index].program.is_some());
        for (program, file) in programs.enumerate() {
            let mut copies = vec![0usize; items.len()];
            let loaded = std::iter::once(file).chain(self.loaded(file));
            loaded
                .flat_map(|file| &self.files[file].items)
                .for_each(|&item| copies[item] += 1);
            let code = self.files[file]
                .dependencies
                .iter()
                .filter(|&&code| self.files[code].code_of.is_some());
            let own: Vec<FileIndex> = code.copied().chain([file]).collect();
            let programs_own = |item: ItemIndex| own.iter().any(|&file| self.files[file].items.contains(&item));
            for (item, &count) in copies.iter().enumerate() {
                let twin = items[item].twins.iter().find(|&&twin| copies[twin] > 0);
                if let Some(twin) = twin.filter(|&&twin| count > 0 && !programs_own(item) && !programs_own(twin)) {
                    let reason = format!(
                        "{} loads {} and {}, whose symbols have the same names",
                        self.files[file].name, items[item].name, items[*twin].name
                    );
                    return Err(Error::Placement { reason });
                }
            }
            for (item, &copies) in copies.iter().enumerate() {
                let needed = usize::from(reach[item].contains(program));
                if copies < needed || copies > 1 {
                    let name = &items[item].name;
                    let reason = format!("{} finds {name} {copies} times", self.files[file].name);
                    return Err(Error::Placement { reason });
                }
            }
        }
        Ok(())
    }

    fn check_file(&self, index: FileIndex, items: &[Item], reach: &[Programs]) -> Result<()> {
        let file = &self.files[index];
        let loaded = self.loaded(index);
        let found =
            |item| file.items.contains(item) || loaded.iter().any(|&file| self.files[file].items.contains(item));
        for &item in &file.items {
            if let Some(missing) = items[item].dependencies.iter().find(|item| !found(item)) {
                let reason = format!(
                    "{} in {} does not find {}",
                    items[item].name, file.name, items[*missing].name
                );
                return Err(Error::Placement { reason });
            }
            let exact = items[item].constructors || !items[item].foreign.is_empty();
            if exact && !reach[item].contains_all(&file.programs) {
                let reason = format!(
                    "{} has constructors or foreign libraries, but programs that do not use it load {}",
                    items[item].name, file.name
                );
                return Err(Error::Placement { reason });
            }
        }
        Ok(())
    }
}
