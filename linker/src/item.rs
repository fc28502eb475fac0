//! The pieces that placement moves about: programs, libraries, and std; no files, only facts.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::graph::Graph;
use crate::runtime::Runtime;
use crate::symbols::Scan;

/// An item's place in the list.
pub type ItemIndex = usize;

/// One piece, which is never split.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// Name for people: package and version.
    pub name: String,
    /// Name for files: a program's own, a library's crate and id.
    pub label: String,
    /// Whether it is a program.
    pub program: bool,
    /// What it uses directly: by its node, and std.
    pub dependencies: Vec<ItemIndex>,
    /// Items that its code refers to without depending on them, as C code does that calls back into Rust.
    pub backward: Vec<ItemIndex>,
    /// Whether something of it runs before `main`.
    pub constructors: bool,
    /// Foreign shared libraries that it needs, as linker arguments.
    pub foreign: Vec<String>,
    /// Whether it replaces the allocator.
    pub allocator: bool,
    /// Slices that it has elements of or asks the bounds of, though others may have elements too.
    pub slices: Vec<String>,
    /// Symbols that cannot be defined twice in one file and are not made unique by a crate's hash (C and `no_mangle`).
    pub names: Vec<String>,
    /// Other builds of the same crate, as another version of the range: their symbols have the same names, so that no program may
    /// load shared objects with both.
    pub twins: Vec<ItemIndex>,
    /// Bytes that it adds to a file, before unused parts are left out.
    pub bytes: u64,
    /// Bytes among these that the loader has to write to at every start.
    pub relocated: u64,
}

/// Libraries that are part of the C library: every program has them anyway.
const C_LIBRARY: [&str; 8] = ["-lc", "-lm", "-ldl", "-lpthread", "-lrt", "-lutil", "-lgcc_s", "-lgcc"];

/// Whether a linker argument asks for a library beyond the C library.
pub fn is_foreign(argument: &str) -> bool {
    let library = argument.starts_with("-l") && !C_LIBRARY.contains(&argument);
    library || (!argument.starts_with('-') && (argument.ends_with(".so") || argument.contains(".so.")))
}

/// Makes the items of a graph: those of its units in the same order, and std at the end.
///
/// `system` holds the symbols of the C library: references to those are never meant for an item, even if one replaces
/// them (as an allocator written in C does).
pub fn items(graph: &Graph, runtime: &Runtime, system: &FxHashSet<String>) -> Vec<Item> {
    let std = graph.units.len();
    let mut items: Vec<Item> = graph
        .units
        .iter()
        .map(|unit| {
            let scans = || std::iter::once(&unit.scan.objects).chain(&unit.scan.natives);
            Item {
                name: unit.node.display(),
                label: match unit.node.is_program() {
                    true => unit.node.program_name(),
                    false => format!("{}-{}", unit.node.crate_name, unit.node.id),
                },
                program: unit.node.is_program(),
                dependencies: unit.dependencies.iter().copied().chain([std]).collect(),
                backward: Vec::new(),
                constructors: scans().any(|scan| scan.constructors),
                foreign: unit
                    .node
                    .link_arguments
                    .iter()
                    .filter(|argument| is_foreign(argument))
                    .cloned()
                    .collect(),
                allocator: runtime.is_replaced_by(&unit.scan.objects),
                slices: Vec::new(),
                twins: Vec::new(),
                names: scans().flat_map(strong_names).collect(),
                bytes: scans().map(|scan| scan.bytes).sum(),
                relocated: scans().map(|scan| scan.relocated).sum(),
            }
        })
        .collect();
    items.push(Item {
        name: format!("std of {}", graph.rustc),
        label: "std".to_owned(),
        // What std does before main (it keeps the arguments) is done in every program alike.
        bytes: runtime.scan.bytes,
        relocated: runtime.scan.relocated,
        ..Item::default()
    });
    twins(&mut items);
    shared_slices(graph, &mut items);
    backward(graph, runtime, system, &mut items);
    items
}

/// Finds libraries of one label, and tells their labels apart.
fn twins(items: &mut [Item]) {
    let mut same: FxHashMap<String, Vec<ItemIndex>> = FxHashMap::default();
    for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.program) {
        same.entry(item.label.clone()).or_default().push(index);
    }
    for group in same.into_values().filter(|group| group.len() > 1) {
        for (place, &index) in group.iter().enumerate() {
            items[index].twins = group.iter().copied().filter(|&other| other != index).collect();
            if place > 0 {
                items[index].label = format!("{}-{}", items[index].label, place + 1);
            }
        }
    }
}

/// Symbols without a crate's hash.
fn strong_names(scan: &Scan) -> impl Iterator<Item = String> {
    let strong = scan
        .defined
        .iter()
        .filter(|symbol| !symbol.weak && !is_mangled(&symbol.name));
    strong.map(|symbol| symbol.name.clone())
}

/// Whether a name is one of rustc's mangled ones, in either version; those hold the hash of the crate's build.
fn is_mangled(name: &str) -> bool {
    name.starts_with("_R") || (name.starts_with("_ZN") && name.ends_with('E') && name.contains("17h"))
}

/// Slices that more than one item takes part in: the bounds of a slice are per file, so all its parts must be in one.
fn shared_slices(graph: &Graph, items: &mut [Item]) {
    let mut users: FxHashMap<&str, FxHashSet<ItemIndex>> = FxHashMap::default();
    let mut bounded: FxHashSet<&str> = FxHashSet::default();
    for (index, unit) in graph.units.iter().enumerate() {
        for scan in std::iter::once(&unit.scan.objects).chain(&unit.scan.natives) {
            for slice in &scan.slices {
                users.entry(slice).or_default().insert(index);
            }
            for slice in scan.bounds() {
                users.entry(slice).or_default().insert(index);
                bounded.insert(slice);
            }
        }
    }
    let mut shared: Vec<_> = users
        .into_iter()
        .filter(|(slice, users)| users.len() > 1 && bounded.contains(slice))
        .collect();
    shared.sort_by_key(|(slice, _)| *slice);
    for (slice, users) in shared {
        for user in users {
            items[user].slices.push(slice.to_owned());
        }
    }
}

/// Finds references to items that are no dependencies.
fn backward(graph: &Graph, runtime: &Runtime, system: &FxHashSet<String>, items: &mut [Item]) {
    let mut definers: FxHashMap<&str, Vec<ItemIndex>> = FxHashMap::default();
    for (index, unit) in graph.units.iter().enumerate() {
        for scan in std::iter::once(&unit.scan.objects).chain(&unit.scan.natives) {
            for symbol in &scan.defined {
                definers.entry(&symbol.name).or_default().push(index);
            }
        }
    }
    for (index, unit) in graph.units.iter().enumerate() {
        let mut closure = None;
        let scans = std::iter::once(&unit.scan.objects).chain(&unit.scan.natives);
        let mut found: Vec<ItemIndex> = Vec::new();
        for name in scans.flat_map(|scan| &scan.undefined) {
            let Some(definers) = definers.get(name.as_str()) else {
                continue;
            };
            if definers.contains(&index) || runtime.scan.defines(name) || system.contains(name) {
                continue;
            }
            let closure = closure.get_or_insert_with(|| graph.closure(index));
            if !definers.iter().any(|definer| closure.contains(definer)) {
                found.extend(definers);
            }
        }
        found.sort_unstable();
        found.dedup();
        items[index].backward = found;
    }
}
