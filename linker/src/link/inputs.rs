//! The objects of items as the linker gets them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::cache::{Code, is_rust_member};
use crate::error::{Error, Result, read};
use crate::graph::{Graph, Unit};
use crate::item::{ItemIndex, is_mangled, is_without_std};
use crate::link::main_stack;
use crate::link::options::{Folding, Options};
use crate::patch::{Changes, Unhide, change};
use crate::runtime::{Member, Runtime, asking, is_allocator_object};
use crate::symbols::{Scan, members, scan};
use crate::target::Target;

/// Files for the linker; libraries whose members are taken only as needed are apart.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Always linked.
    pub objects: Vec<PathBuf>,
    /// Archives that are linked as a whole.
    pub whole: Vec<PathBuf>,
    /// Linked as far as something needs them.
    pub lazy: Vec<PathBuf>,
}

/// Prepares the objects of items.
pub struct Preparation<'a> {
    /// The units.
    pub graph: &'a Graph,
    /// Std.
    pub runtime: &'a Runtime,
    /// How to link.
    pub options: &'a Options,
    /// Where intermediate files are.
    pub work: &'a Path,
}

impl Preparation<'_> {
    /// The inputs of one item, for a program or for a shared object.
    pub fn item(&self, item: ItemIndex, shared: bool) -> Result<Inputs> {
        let folder = self
            .work
            .join(if shared { "shared" } else { "program" })
            .join(item.to_string());
        std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        match self.graph.units.get(item) {
            Some(unit) => self.unit(item, unit, &folder, shared),
            None => self.runtime(&folder, shared),
        }
    }

    fn fold(&self) -> bool {
        self.options.folding == Folding::Rust
    }

    fn changes(&self, shared: bool) -> Changes<'_> {
        let unhide = if shared {
            Unhide::All
        } else {
            Unhide::Listed(&self.runtime.allocator)
        };
        Changes {
            unhide,
            fold: self.fold(),
        }
    }

    fn unit(&self, item: ItemIndex, unit: &Unit, folder: &Path, shared: bool) -> Result<Inputs> {
        let target = &self.graph.target;
        // Only rustc's links of programs with static libraries have an allocator object. Without std it is the program's own.
        let has_other_allocator = unit.node.is_program() && !is_without_std(self.graph, self.runtime, item);
        let changes = self.changes(shared);
        let write = |index: usize, content: Vec<u8>, origin: &Path| {
            let file = folder.join(format!("{index}.o"));
            std::fs::write(&file, change(content, origin, target, changes)?).map_err(Error::io("write", &file))?;
            Ok(file)
        };
        // Of a crate Cargo's linker takes the objects that something needs, and those with something that is `#[used]`. Of a shared object,
        // too: what an object refers to has a say in the order of addresses, so that one of which nothing is left would change others.
        let is_lazy = |scan: &Scan| {
            let is_kept = scan.kept || scan.constructors || !scan.slices.is_empty();
            let replaces = self.runtime.replaceable().any(|symbol| scan.defines(symbol));
            !unit.node.is_program() && !is_kept && !replaces
        };
        let objects: Vec<(bool, PathBuf)> = match Code::of(&unit.dev, &unit.node) {
            Code::Objects(files) => {
                let prepare = |(index, file): (usize, &PathBuf)| {
                    let content = read(file)?;
                    let mut scan = scan(&content, file, target)?;
                    if has_other_allocator && is_allocator_object(&scan) {
                        return Ok(None);
                    }
                    scan.finish();
                    Ok(Some((is_lazy(&scan), write(index, content, file)?)))
                };
                let prepared = files.par_iter().enumerate().map(prepare).collect::<Result<Vec<_>>>()?;
                prepared.into_iter().flatten().collect()
            }
            Code::Rlib(file) => {
                let content = read(&file)?;
                let members = members(&content, &file)?
                    .into_iter()
                    .filter(|(name, _)| is_rust_member(name));
                members
                    .enumerate()
                    .map(|(index, (name, member))| {
                        let origin = file.join(name);
                        let mut scan = scan(member, &origin, target)?;
                        scan.finish();
                        Ok((is_lazy(&scan), write(index, member.to_vec(), &origin)?))
                    })
                    .collect::<Result<_>>()?
            }
        };
        let mut inputs = Inputs::default();
        for (is_lazy, object) in objects {
            let list = if is_lazy { &mut inputs.lazy } else { &mut inputs.objects };
            list.push(object);
        }
        for (index, native) in unit.node.natives.iter().enumerate() {
            if !shared {
                // As it is: its hidden symbols stay hidden, its members come as needed.
                let list = if native.whole {
                    &mut inputs.whole
                } else {
                    &mut inputs.lazy
                };
                list.push(native.archive.clone());
                continue;
            }
            let content = read(&native.archive)?;
            for (place, (name, member)) in members(&content, &native.archive)?.into_iter().enumerate() {
                let file = folder.join(format!("native-{index}-{place}.o"));
                let changes = Changes {
                    unhide: Unhide::All,
                    fold: false,
                };
                let changed = change(member.to_vec(), &native.archive.join(name), target, changes)?;
                std::fs::write(&file, changed).map_err(Error::io("write", &file))?;
                let list = if native.whole {
                    &mut inputs.objects
                } else {
                    &mut inputs.lazy
                };
                list.push(file);
            }
        }
        Ok(inputs)
    }

    /// What a program without std has of it: core and alloc.
    pub fn without_std(&self, file: usize) -> Result<Inputs> {
        let folder = self.work.join(format!("without-std-{file}"));
        std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        let changes = Changes {
            unhide: Unhide::Listed(&self.runtime.allocator),
            fold: self.fold(),
        };
        let members = self.runtime.members.iter().filter(|member| member.without_std);
        let write = |(index, member): (usize, &Member)| {
            let file = folder.join(format!("{index}.o"));
            let changed = change(member.content.clone(), &member.origin, &self.graph.target, changes)?;
            std::fs::write(&file, changed).map_err(Error::io("write", &file))?;
            Ok(file)
        };
        Ok(Inputs {
            lazy: members.enumerate().map(write).collect::<Result<_>>()?,
            ..Inputs::default()
        })
    }

    fn runtime(&self, folder: &Path, shared: bool) -> Result<Inputs> {
        let target = &self.graph.target;
        let unhide = self.changes(shared).unhide;
        let write = |(prefix, fold, index, member): (&str, bool, usize, &Member)| {
            let file = folder.join(format!("{prefix}-{index}.o"));
            let mut changed = change(member.content.clone(), &member.origin, target, Changes { unhide, fold })?;
            main_stack::redirect(&mut changed, &member.origin, target)?;
            std::fs::write(&file, changed).map_err(Error::io("write", &file))?;
            Ok(file)
        };
        let std = self
            .runtime
            .members
            .iter()
            .enumerate()
            .map(|(index, member)| ("std", self.fold(), index, member));
        let unwinder = self.runtime.unwinder.iter().enumerate();
        let unwinder = unwinder.map(|(index, member)| ("unwinder", false, index, member));
        let all: Vec<_> = std.chain(unwinder).collect();
        let mut lazy: Vec<PathBuf> = all.into_par_iter().map(write).collect::<Result<_>>()?;
        lazy.push(main_stack::compile(&self.options.cc, folder)?);
        Ok(Inputs {
            lazy,
            ..Inputs::default()
        })
    }

    /// An object of a program's file that asks for all that its crates define under names without a hash (`#[no_mangle]`), as rustc's own
    /// `symbols.o` does; and for what std asks of its archives, which may be in another file, and asks the C library there.
    pub fn asking(&self, file: usize, program: ItemIndex, units: &[ItemIndex]) -> Result<PathBuf> {
        let crates = units.iter().filter(|&&item| item != program);
        let defined = crates
            .filter_map(|&item| self.graph.units.get(item))
            .flat_map(|unit| &unit.scan.objects.defined);
        let names = defined
            .map(|symbol| symbol.name.as_str())
            .filter(|name| !is_mangled(name));
        let units = units.iter().filter_map(|&item| self.graph.units.get(item));
        let in_archives = units.flat_map(|unit| &unit.scan.natives).flat_map(|scan| &scan.defined);
        let of_std: BTreeSet<&str> = in_archives
            .map(|symbol| symbol.name.as_str())
            .filter(|name| self.runtime.asks_for(name))
            .collect();
        let content = asking(names.chain(of_std), self.target())?;
        let path = self.work.join(format!("symbols-{file}.o"));
        std::fs::write(&path, content).map_err(Error::io("write", &path))?;
        Ok(path)
    }

    /// The allocator object, without what units of the file replace.
    pub fn allocator(&self, file: usize, units: &[ItemIndex]) -> Result<PathBuf> {
        let replaced = |symbol: &str| {
            let units = units.iter().filter_map(|&item| self.graph.units.get(item));
            units.into_iter().any(|unit| unit.scan.objects.defines(symbol))
        };
        let content = self.runtime.shim_without(replaced, &self.graph.rustc, self.target())?;
        let path = self.work.join(format!("allocator-{file}.o"));
        std::fs::write(&path, content).map_err(Error::io("write", &path))?;
        Ok(path)
    }

    fn target(&self) -> &Target {
        &self.graph.target
    }
}
