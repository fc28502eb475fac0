//! The units of one or several programs, read from their `dev` outputs, and checked to belong together.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::cache::UnitScan;
use crate::dynamic::dynamic;
use crate::error::{Error, Result, read};
use crate::node::{self, Kind, Node, program_name};
use crate::target::Target;

/// A unit's place in the graph.
pub type UnitIndex = usize;

/// One node with what its objects hold.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The `dev` output.
    pub dev: PathBuf,
    /// What it says about itself.
    pub node: Node,
    /// The symbols of its objects and archives.
    pub scan: UnitScan,
    /// The libraries that it uses directly.
    pub dependencies: Vec<UnitIndex>,
}

impl Unit {
    /// Whether it asks for the functions that load libraries while the program runs.
    #[must_use]
    pub fn loads_libraries(&self) -> bool {
        let mut scans = std::iter::once(&self.scan.objects).chain(&self.scan.natives);
        scans.any(|scan| {
            ["dlopen", "dlmopen"]
                .iter()
                .any(|name| scan.undefined.iter().any(|asked| asked == name))
        })
    }
}

/// All units of the programs asked for; consumers come before what they use.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The units.
    pub units: Vec<Unit>,
    /// Which of them are the programs, sorted by name.
    pub programs: Vec<UnitIndex>,
    /// What they were compiled for.
    pub target: Target,
    /// The compiler that made all of them.
    pub rustc: String,
    /// Its sysroot.
    pub sysroot: PathBuf,
}

/// Nodes met so far, without their symbols.
#[derive(Default)]
struct Walk {
    nodes: Vec<(PathBuf, Node, Vec<usize>)>,
    /// The index in `nodes`; nothing while the unit's dependencies are being walked.
    known: FxHashMap<PathBuf, Option<usize>>,
    path: Vec<PathBuf>,
}

impl Walk {
    fn visit(&mut self, dev: &Path, parent: Option<&Node>) -> Result<usize> {
        match self.known.get(dev) {
            Some(Some(index)) => return Ok(*index),
            Some(None) => {
                let start = self.path.iter().position(|other| other == dev).unwrap_or_default();
                let names = self.path.iter().skip(start).map(|path| path.display().to_string());
                let circle = names.chain([dev.display().to_string()]).collect::<Vec<_>>().join(" → ");
                return Err(Error::Circle { circle });
            }
            None => {}
        }
        if let (Some(parent), false) = (parent, dev.exists()) {
            return Err(Error::Missing {
                unit: parent.to_string(),
                what: "the dev output",
                path: dev.to_owned(),
            });
        }
        let node = node::read(dev)?;
        match parent {
            None if !node.is_program() => {
                return Err(Error::NotAProgram {
                    path: dev.to_owned(),
                    kind: node.kind.name(),
                });
            }
            Some(parent) if node.kind != Kind::Lib => {
                return Err(Error::NotALibrary {
                    unit: parent.to_string(),
                    path: dev.to_owned(),
                    kind: node.kind.name(),
                });
            }
            _ => {}
        }
        self.known.insert(dev.to_owned(), None);
        self.path.push(dev.to_owned());
        let dependencies = node
            .dependencies
            .iter()
            .map(|next| self.visit(next, Some(&node)))
            .collect::<Result<_>>()?;
        self.path.pop();
        let index = self.nodes.len();
        self.nodes.push((dev.to_owned(), node, dependencies));
        self.known.insert(dev.to_owned(), Some(index));
        Ok(index)
    }
}

impl Graph {
    /// Reads the programs and all that they use.
    pub fn load(programs: &[PathBuf]) -> Result<Self> {
        let mut walk = Walk::default();
        let mut roots = Vec::new();
        // The order in which the programs are given makes no difference. What is walked last will come first.
        let mut named = Vec::new();
        for program in programs {
            named.push((program_name(&node::read(program)?), program));
        }
        named.sort();
        for (_, program) in named.iter().rev() {
            let index = walk.visit(program, None)?;
            if !roots.contains(&index) {
                roots.push(index);
            }
        }
        let Some(&first) = roots.first() else {
            return Err(Error::Usage("no program was given".to_owned()));
        };
        // Dependencies were finished first; the linker wants consumers first.
        let last = walk.nodes.len() - 1;
        let mut nodes: Vec<_> = walk.nodes.into_iter().rev().collect();
        for (_, _, dependencies) in &mut nodes {
            dependencies.iter_mut().for_each(|index| *index = last - *index);
        }
        let roots: Vec<_> = roots.into_iter().rev().map(|index| last - index).collect();
        let reference = nodes[last - first].1.clone();
        for (_, node, _) in &nodes {
            same_toolchain(&reference, node)?;
        }
        let target = Target::new(&reference.target)?;
        let Some(sysroot) = reference.sysroot.clone() else {
            return Err(Error::Missing {
                unit: reference.to_string(),
                what: "the sysroot",
                path: PathBuf::new(),
            });
        };
        let scans: Vec<UnitScan> = nodes
            .par_iter()
            .map(|(dev, node, _)| UnitScan::load(dev, node, &target))
            .collect::<Result<_>>()?;
        let units = nodes.into_iter().zip(scans);
        let units: Vec<Unit> = units
            .map(|((dev, node, dependencies), scan)| Unit {
                dev,
                node,
                scan,
                dependencies,
            })
            .collect();
        let graph = Self {
            units,
            programs: roots,
            target,
            rustc: compiler(&reference),
            sysroot,
        };
        graph.same_names()?;
        (0..graph.units.len())
            .into_par_iter()
            .try_for_each(|index| graph.same_build(index))?;
        Ok(graph)
    }

    /// All libraries that a unit uses, directly or through others.
    pub fn closure(&self, start: UnitIndex) -> FxHashSet<UnitIndex> {
        let mut seen = FxHashSet::default();
        let mut open = vec![start];
        while let Some(index) = open.pop() {
            open.extend(
                self.units[index]
                    .dependencies
                    .iter()
                    .copied()
                    .filter(|next| seen.insert(*next)),
            );
        }
        seen
    }

    /// Programs end up in one folder.
    fn same_names(&self) -> Result<()> {
        let mut names: FxHashMap<String, &Path> = FxHashMap::default();
        for &index in &self.programs {
            let unit = &self.units[index];
            let name = program_name(&unit.node);
            if let Some(first) = names.insert(name.clone(), &unit.dev) {
                return Err(Error::SameName {
                    name,
                    first: first.to_owned(),
                    second: unit.dev.clone(),
                });
            }
        }
        Ok(())
    }

    /// The file that rustc linked states what it was compiled against: each crate in it must be the build that is among
    /// the dependencies.
    fn same_build(&self, index: UnitIndex) -> Result<()> {
        let unit = &self.units[index];
        let linked = if unit.node.is_program() {
            &unit.node.program
        } else {
            &unit.node.file
        };
        let Some(file) = linked
            .as_deref()
            .filter(|file| file.extension().is_none_or(|end| end == "so"))
        else {
            return Ok(());
        };
        if !unit.node.is_program() && !file.is_file() {
            return Err(Error::Missing {
                unit: unit.node.to_string(),
                what: "the compiled library",
                path: file.to_owned(),
            });
        }
        // A program's run-time output is not needed for linking it again, so it may be absent.
        let Ok(content) = read(file) else { return Ok(()) };
        let needed = dynamic(&content, file)?.needed;
        let dependencies = self.closure(index);
        let sonames = || {
            dependencies
                .iter()
                .filter_map(|&index| self.units[index].node.soname.as_deref())
        };
        let provided: FxHashMap<&str, &str> = sonames()
            .filter_map(|soname| Some((crate_of(soname)?, soname)))
            .collect();
        for needed in &needed {
            // A program names the whole path, a library the SONAME alone.
            let name = needed.rsplit('/').next().unwrap_or(needed);
            // A program's own code, which may be called as its package's library is.
            if name
                .strip_suffix(".so")
                .is_some_and(|name| name.ends_with(&format!("-{}", unit.node.id)))
            {
                continue;
            }
            let Some(other) = crate_of(name).and_then(|name| provided.get(name)) else {
                continue;
            };
            let is_it = |index: &UnitIndex| {
                let node = &self.units[*index].node;
                // A pinned library is a copy, elsewhere.
                let same = |library: &Path| match (std::fs::read(library), std::fs::read(needed)) {
                    (Ok(one), Ok(other)) => one == other,
                    _ => true,
                };
                let at = node
                    .library
                    .as_deref()
                    .is_none_or(|library| library == Path::new(needed) || same(library));
                node.soname.as_deref() == Some(name) && (name == needed || at)
            };
            if !dependencies.iter().any(is_it) {
                return Err(Error::OtherBuild {
                    unit: unit.node.to_string(),
                    needed: needed.into(),
                    provided: (*other).to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// The crate's name in `libNAME-ID.so`; none in `libNAME-native-ID.so`, which is made of an archive that may be called as its crate is.
fn crate_of(soname: &str) -> Option<&str> {
    let (name, id) = soname.strip_prefix("lib")?.split_once('-')?;
    let of_crate = id.starts_with(|first: char| first.is_ascii_digit()) && !id.contains("-native-");
    of_crate.then_some(name)
}

/// The compiler that made a unit. A plain sysroot says nothing of its own.
fn compiler(node: &Node) -> String {
    node.rustc
        .clone()
        .unwrap_or_else(|| "a compiler that nobody names".to_owned())
}

/// Units of one set must come from one compiler, for one target.
fn same_toolchain(reference: &Node, node: &Node) -> Result<()> {
    let path = |path: &Option<PathBuf>| {
        path.as_deref()
            .map(|path| path.display().to_string())
            .unwrap_or_default()
    };
    let properties = [
        ("the target", reference.target.clone(), node.target.clone()),
        ("the compiler", compiler(reference), compiler(node)),
        ("the sysroot", path(&reference.sysroot), path(&node.sysroot)),
    ];
    for (what, first_value, second_value) in properties {
        if first_value != second_value {
            return Err(Error::Mixed {
                what,
                first: reference.to_string(),
                first_value,
                second: node.to_string(),
                second_value,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::crate_of;

    // An archive called as its crate is was taken for another build of that crate.
    #[test]
    fn objects_of_archives_are_no_crates() {
        assert_eq!(crate_of("libmemchr-2-0123456789abcdef.so"), Some("memchr"));
        assert_eq!(crate_of("libhardened-native-0.1-0123456789abcdef.so"), None);
        assert_eq!(crate_of("liba-2-native-0.1-0123456789abcdef.so"), None);
        assert_eq!(crate_of("libc.so.6"), None);
    }
}
