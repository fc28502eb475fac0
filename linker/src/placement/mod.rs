//! Which item goes into which file.
//!
//! 1. An item that one program uses goes into that program. So does everything that a program uses whose symbols are as its
//!    linker decides: it has link arguments that act on all, or two of its items define one symbol.
//! 2. What has to be in one file with all its users goes into each program that uses it, and so do its users: crates
//!    that replace the allocator or functions of the C library, crates that share a slice (its bounds are per file), crates
//!    with an archive whose constructors run only where they are needed, with functions of `.preinit_array` or with code that can only be
//!    in programs, and C code that refers back to crates that use it.
//! 3. What is left is shared. Items with constructors, or with foreign libraries, are in files that only those
//!    programs load that use the item: elsewhere the constructors would run, or the libraries be loaded, for nothing.
//!    All others may be anywhere; `shared` divides them by cost.
//!
//! A program loads a file if it, or a file that it loads, needs an item in there. So everything that a file's items
//! use must be in the file itself or in files that it depends on, without circles. `check` verifies all of this on the
//! result.

pub mod cost;
pub mod grouped;
pub mod programs;

mod check;
mod private;
mod shared;

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::error::Result;
use crate::item::{Item, ItemIndex};
use cost::CostModel;
use programs::Programs;

/// The forms in which programs can be linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Each program with everything inside.
    Static,
    /// Small programs with few shared objects.
    Image,
    /// Small programs with at most `grouped::MOST_OBJECTS` files each, divided by who uses what: an update replaces what it changes.
    Grouped,
    /// A shared object a crate, with no more exports than needed.
    Trim,
}

/// A file's place in the placement.
pub type FileIndex = usize;

/// A program or shared object to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name in `bin` or `lib`; programs get theirs from their node.
    pub name: String,
    /// The program, if it is one.
    pub program: Option<ItemIndex>,
    /// Of a shared object with a program's own code, or with as much of it as may be in one: the program.
    pub code_of: Option<ItemIndex>,
    /// Whether other files use what is in it: not of programs, and not of their code, where all of it is one object.
    pub used_by_others: bool,
    /// What is in it: consumers first, a program's own item at the very front. Nothing, if it is a program all of whose code is an object of its
    /// own.
    pub items: Vec<ItemIndex>,
    /// The programs that load it (of a program: itself).
    pub programs: Programs,
    /// The shared objects that its items use directly.
    pub dependencies: Vec<FileIndex>,
}

/// Where everything goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Programs first, in the order asked for; then shared objects, consumers before what they use.
    pub files: Vec<File>,
    /// For each item, why it is where it is.
    pub reasons: Vec<String>,
}

impl File {
    /// Its path below the output's folder.
    pub fn path(&self, separate: bool) -> PathBuf {
        match (self.program, separate) {
            (Some(_), _) => Path::new("bin").join(&self.name),
            (None, false) => Path::new("lib").join(&self.name),
            (None, true) => Path::new(self.stem()).join("lib").join(&self.name),
        }
    }

    /// Of a shared object: its name without the ending.
    pub fn stem(&self) -> &str {
        self.name.strip_suffix(".so").unwrap_or(&self.name)
    }
}

impl Placement {
    /// Places the items of some programs; if shared objects are to be `separate`, the code of larger programs is one of them.
    pub fn new(items: &[Item], form: Form, cost: &CostModel, separate: bool) -> Result<Self> {
        let programs: Vec<ItemIndex> = (0..items.len()).filter(|&index| items[index].program).collect();
        let reach = reach(items, &programs);
        let whole: Vec<bool> = programs.iter().map(|&program| items[program].whole.is_some()).collect();
        let mut reasons: Vec<String> = reach.iter().map(|set| usage(items, &programs, set)).collect();
        let mut own: Vec<Vec<ItemIndex>> = programs.iter().map(|&program| vec![program]).collect();
        // What of each program's own is in an object of its own.
        let mut codes: Vec<Vec<ItemIndex>> = vec![Vec::new(); programs.len()];
        let mut groups = Vec::new();
        if form == Form::Static {
            for (index, set) in reach.iter().enumerate().filter(|(index, _)| !items[*index].program) {
                set.iter().for_each(|program| own[program].push(index));
            }
        } else {
            // What is in a program anyway is not shared with it.
            let shared_reach: Vec<Programs> = reach.iter().map(|set| set.without(&whole)).collect();
            let private = private::private(items, &shared_reach);
            let mut shareable = Vec::new();
            for (index, set) in shared_reach
                .iter()
                .enumerate()
                .filter(|(index, _)| !items[*index].program)
            {
                let in_whole = reach[index].iter().filter(|&program| whole[program]);
                in_whole.for_each(|program| own[program].push(index));
                if let Some(reason) = &private[index] {
                    reasons[index] = format!("{}; in each of them: {reason}", reasons[index]);
                    set.iter().for_each(|program| own[program].push(index));
                } else if set.len() > 1 || (form == Form::Trim && set.len() == 1) {
                    shareable.push(index);
                } else {
                    set.iter().for_each(|program| own[program].push(index));
                }
            }
            groups = match form {
                Form::Trim => shareable.into_iter().map(|item| vec![item]).collect(),
                _ => {
                    let division = match form {
                        Form::Grouped => {
                            // A program and its code are two.
                            let own_files = 1 + usize::from(separate);
                            grouped::divide(items, &shared_reach, &shareable, cost, own_files)
                        }
                        _ => shared::divide(items, &shared_reach, &shareable, cost),
                    };
                    for item in division.copied {
                        reasons[item] = format!("{}; copied: a shared object costs more", reasons[item]);
                        shared_reach[item].iter().for_each(|program| own[program].push(item));
                    }
                    division.files
                }
            };
            if separate {
                for (index, contents) in own.iter().enumerate().filter(|(index, _)| !whole[*index]) {
                    let mut code = contents.clone();
                    let started = |&item: &ItemIndex| items[item].inside.as_ref().is_some_and(|inside| inside.started);
                    // With something that has to be in the file that is started, so has the program's own crate, which may refer to it, and all
                    // that has to be where that is.
                    if contents.iter().any(started) || items[programs[index]].one_file.is_some() {
                        code.retain(|&item| private[item].is_none() && item != programs[index]);
                    }
                    let bytes = code.iter().map(|&item| items[item].bytes).sum();
                    if cost.disk(bytes) > cost.load(1, 0) {
                        codes[index] = code;
                    }
                }
            }
        }
        for items in &mut own {
            items[1..].sort_unstable();
        }
        for &program in &programs {
            if let Some(reason) = &items[program].whole {
                reasons[program] = format!("{}; it has all that it uses inside: {reason}", reasons[program]);
            }
        }
        let mut placement = Self {
            files: Vec::new(),
            reasons,
        };
        placement.assemble(items, &own, &codes, groups, form)?;
        placement.check(items, &reach)?;
        Ok(placement)
    }

    /// Makes files of lists of items, with their dependencies, their order and their names.
    fn assemble(
        &mut self,
        items: &[Item],
        own: &[Vec<ItemIndex>],
        codes: &[Vec<ItemIndex>],
        groups: Vec<Vec<ItemIndex>>,
        form: Form,
    ) -> Result<()> {
        let place: FxHashMap<ItemIndex, usize> = groups
            .iter()
            .enumerate()
            .flat_map(|(group, items)| items.iter().map(move |&item| (item, group)))
            .collect();
        let uses = |contents: &[ItemIndex], own: Option<usize>| {
            let all = contents.iter().flat_map(|&item| &items[item].dependencies);
            let mut used: Vec<usize> = all
                // A program that holds an item itself does not look for it elsewhere.
                .filter(|dependency| own.is_some() || !contents.contains(dependency))
                .filter_map(|dependency| place.get(dependency).copied())
                .filter(|&group| Some(group) != own)
                .collect();
            used.sort_unstable();
            used.dedup();
            used
        };
        let group_uses: Vec<Vec<usize>> = groups
            .iter()
            .enumerate()
            .map(|(group, contents)| uses(contents, Some(group)))
            .collect();
        let order = check::order(&group_uses)?;
        let with_code = codes.iter().filter(|code| !code.is_empty()).count();
        let mut position = vec![0; groups.len()];
        for (place, &group) in order.iter().enumerate() {
            position[group] = own.len() + with_code + place;
        }
        let used = |contents: &[ItemIndex]| uses(contents, None).into_iter().map(|group| position[group]);
        let mut code_files = Vec::with_capacity(with_code);
        for (index, contents) in own.iter().enumerate() {
            let program = contents[0];
            let mut file = File {
                name: items[program].label.clone(),
                program: Some(program),
                code_of: None,
                used_by_others: false,
                items: contents.clone(),
                programs: Programs::one(index),
                dependencies: Vec::new(),
            };
            if !codes[index].is_empty() {
                file.items.retain(|item| !codes[index].contains(item));
                file.dependencies.push(own.len() + code_files.len());
                let mut items = contents.clone();
                items.retain(|item| codes[index].contains(item));
                code_files.push(File {
                    name: format!("lib{}.so", file.name),
                    program: None,
                    code_of: Some(program),
                    used_by_others: !file.items.is_empty(),
                    dependencies: used(&items).collect(),
                    items,
                    programs: file.programs.clone(),
                });
            }
            file.dependencies.extend(used(&file.items));
            self.files.push(file);
        }
        self.files.append(&mut code_files);
        let mut several = 0;
        for &group in &order {
            let mut contents = groups[group].clone();
            contents.sort_unstable();
            let name = match contents.as_slice() {
                [item] => format!("lib{}.so", items[*item].label),
                several if form == Form::Grouped => grouped::name(items, several),
                _ => {
                    several += 1;
                    if several == 1 {
                        "libimage.so".to_owned()
                    } else {
                        format!("libimage-{several}.so")
                    }
                }
            };
            let dependencies = group_uses[group].iter().map(|&group| position[group]).collect();
            let programs = Programs::default();
            self.files.push(File {
                name,
                program: None,
                code_of: None,
                used_by_others: true,
                items: contents,
                programs,
                dependencies,
            });
        }
        // Consumers come first, so that their sets are complete when they are handed on.
        for index in 0..self.files.len() {
            let set = self.files[index].programs.clone();
            for dependency in self.files[index].dependencies.clone() {
                self.files[dependency].programs.add(&set);
            }
        }
        Ok(())
    }

    /// All shared objects that are loaded with a file, in link order.
    pub fn loaded(&self, file: FileIndex) -> Vec<FileIndex> {
        let mut loaded = vec![false; self.files.len()];
        // Dependencies always come later in the list.
        for index in file..self.files.len() {
            if index == file || loaded[index] {
                self.files[index]
                    .dependencies
                    .iter()
                    .for_each(|&dependency| loaded[dependency] = true);
            }
        }
        (0..self.files.len()).filter(|&index| loaded[index]).collect()
    }
}

/// For each item, the programs that use it.
fn reach(items: &[Item], programs: &[ItemIndex]) -> Vec<Programs> {
    let mut reach = vec![Programs::default(); items.len()];
    for (index, &program) in programs.iter().enumerate() {
        let set = Programs::one(index);
        let mut open = vec![program];
        while let Some(item) = open.pop() {
            if reach[item].add(&set) {
                open.extend(&items[item].dependencies);
            }
        }
    }
    reach
}

/// Who uses an item, in words.
fn usage(items: &[Item], programs: &[ItemIndex], set: &Programs) -> String {
    const SHOWN: usize = 5;
    let names: Vec<&str> = set
        .iter()
        .take(SHOWN)
        .map(|program| items[programs[program]].label.as_str())
        .collect();
    match set.len() {
        count if count == programs.len() && count > 1 => "used by all programs".to_owned(),
        count if count > SHOWN => format!("used by {count} programs"),
        _ => format!("used by {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests;
