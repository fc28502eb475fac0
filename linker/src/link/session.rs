//! What a link works on, and which unit is where.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::graph::{Graph, Unit};
use crate::item::{Item, ItemIndex};
use crate::link::options::{Layout, Options, Tools};
use crate::placement::{File, FileIndex, Form, Placement};
use crate::runtime::Runtime;
use crate::symbols::Scan;

/// All that a link needs to know.
pub struct Session<'a> {
    /// The units.
    pub graph: &'a Graph,
    /// Std.
    pub runtime: &'a Runtime,
    /// The same as items.
    pub items: &'a [Item],
    /// Where they go.
    pub placement: &'a Placement,
    /// In which form.
    pub form: Form,
    /// How to link.
    pub options: &'a Options,
    /// With which tools.
    pub tools: &'a Tools,
    /// How the C compiler is told which linker it calls.
    pub linker: Vec<String>,
}

impl Session<'_> {
    /// The units of a file.
    pub(super) fn units<'a>(&'a self, file: &'a File) -> impl Iterator<Item = &'a Unit> {
        file.items.iter().filter_map(|&item| self.graph.units.get(item))
    }

    /// The units in a file, and those that they use, wherever these are: what a crate inlines, or makes public, of a
    /// foreign library is called by its users.
    pub(super) fn units_below<'a>(&'a self, file: &'a File) -> impl Iterator<Item = &'a Unit> {
        let own = || file.items.iter().copied();
        let others = self.indices_below(file).into_iter();
        let others = others.filter(move |item| !file.items.contains(item));
        own().chain(others).filter_map(|item| self.graph.units.get(item))
    }

    fn indices_below(&self, file: &File) -> BTreeSet<usize> {
        let units = file.items.iter().filter(|&&item| item < self.graph.units.len());
        units.flat_map(|&item| self.graph.closure(item)).collect()
    }

    /// The units of the files that load a shared object, but for those [below](Self::units_below). What C code in it calls may be in a library that
    /// the build script of a program alone asks for, as where all is linked at once.
    pub(super) fn units_above(&self, index: FileIndex) -> impl Iterator<Item = &Unit> {
        let files = &self.placement.files;
        let mut own_and_below = self.indices_below(&files[index]);
        own_and_below.extend(&files[index].items);
        let users = files[..index].iter().enumerate();
        let users = users.filter(|(user, _)| self.placement.loaded(*user).contains(&index));
        let items: BTreeSet<usize> = users.flat_map(|(_, file)| &file.items).copied().collect();
        let above = items.into_iter().filter(move |item| !own_and_below.contains(item));
        above.filter_map(|item| self.graph.units.get(item))
    }

    /// The items of a file in the order in which they are linked: in a program, that of rustc, as of two archives that
    /// define a symbol the first is asked.
    pub(super) fn in_link_order(&self, file: &File) -> Vec<ItemIndex> {
        let mut items = file.items.clone();
        let program = file.program.or(file.code_of);
        let crates = program.and_then(|program| self.graph.units[program].node.crates.as_ref());
        if let Some(crates) = crates {
            let place = |item: &ItemIndex| match self.graph.units.get(*item) {
                Some(unit) if Some(*item) != program => crates
                    .iter()
                    .position(|dev| *dev == unit.dev)
                    .map_or(crates.len(), |at| at + 1),
                Some(_) => 0,
                None => crates.len() + 1,
            };
            items.sort_by_key(place);
        }
        items
    }

    /// The scans of what is in a file.
    pub(super) fn scans<'a>(&'a self, file: &'a File) -> impl Iterator<Item = &'a Scan> {
        let units = self
            .units(file)
            .flat_map(|unit| std::iter::once(&unit.scan.objects).chain(&unit.scan.natives));
        units.chain(self.has_std(file).then_some(&self.runtime.scan))
    }

    pub(super) fn has_std(&self, file: &File) -> bool {
        file.items.contains(&self.graph.units.len())
    }

    /// What a program's file, or the object with its code, may define in the place of others' for all that is loaded: the allocator and what
    /// begins a panic, if std is elsewhere, and of such an object what the C library has, too. (Of what is started the linker exports that by itself.)
    pub(super) fn replaced(&self, file: &File) -> Vec<String> {
        if file.program.or(file.code_of).is_none() {
            return Vec::new();
        }
        let of_std = self.runtime.replaceable().filter(|symbol| {
            let mut units = self.units(file);
            !self.has_std(file) && units.any(|unit| unit.scan.objects.defines(symbol))
        });
        let items = file.items.iter().filter(|_| file.code_of.is_some());
        let of_c_library = items.flat_map(|&item| &self.items[item].of_c_library);
        let mut replaced: Vec<String> = of_std.chain(of_c_library).cloned().collect();
        replaced.sort();
        replaced.dedup();
        replaced
    }

    /// Where a file is when it runs.
    pub(super) fn installed(&self, file: FileIndex) -> PathBuf {
        match self.placed(file) {
            Some(place) => place,
            None => self.options.prefix.join(self.path(file)),
        }
    }

    /// Where a shared object is that is an output already.
    pub(super) fn placed(&self, file: FileIndex) -> Option<PathBuf> {
        let file = &self.placement.files[file];
        match &self.options.layout {
            Layout::Separate(placed) if file.program.is_none() => {
                Some(placed.get(file.stem())?.join("lib").join(&file.name))
            }
            _ => None,
        }
    }

    /// Whether shared objects are to be outputs of their own.
    pub(super) fn is_separate(&self) -> bool {
        self.options.layout != Layout::Together
    }

    fn path(&self, file: FileIndex) -> PathBuf {
        self.placement.files[file].path(self.is_separate())
    }

    /// The SONAME of a shared object. A grouped one holds no path, so that it stays the same wherever it is: the programs name the paths of
    /// all that they load, and the loader satisfies short names by the SONAMEs of what is loaded already.
    pub(super) fn soname(&self, file: FileIndex) -> PathBuf {
        match self.form {
            Form::Grouped => PathBuf::from(&self.placement.files[file].name),
            Form::Static | Form::Image | Form::Trim => self.installed(file),
        }
    }

    /// Where a file is written.
    pub(super) fn written(&self, file: FileIndex) -> PathBuf {
        self.options.out.join(self.path(file))
    }
}
