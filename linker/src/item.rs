//! The pieces that placement moves about: programs, libraries, and std; no files, only facts.

use dyrust_builder_readers::link_arguments::acts_on_all;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::c_library::CLibrary;
use crate::graph::{Graph, Unit, UnitIndex};
use crate::node::program_name;
use crate::runtime::Runtime;
use crate::symbols::Scan;

/// An item's place in the list.
pub type ItemIndex = usize;

/// Why an item has to be in each program that uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// In words.
    pub reason: String,
    /// Whether that is the very file that is started. If not, an object with the program's own code will do, in which the loader looks first.
    pub started: bool,
}

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
    /// Why it has to be in each program that uses it, if its symbols would mean something else in a shared object.
    pub inside: Option<Inside>,
    /// Symbols that it defines, and the C library has, too: those of a program take the place of the C library's for all that is loaded.
    pub of_c_library: Vec<String>,
    /// Of a program: why all that it uses has to be in it, if it has to be.
    pub whole: Option<String>,
    /// Of a program: why its own code has to be in the file that is started, if it has to be.
    pub one_file: Option<String>,
    /// Whether something of it runs before `main`, or after it.
    pub constructors: bool,
    /// Foreign shared libraries that it needs, as linker arguments.
    pub foreign: Vec<String>,
    /// Whether its code calls functions of libm.
    pub calls_libm: bool,
    /// Whether it replaces the allocator.
    pub allocator: bool,
    /// Slices that it has elements of or asks the bounds of, though others may have elements too.
    pub slices: Vec<String>,
    /// Symbols that cannot be defined twice in one file and are not made unique by a crate's hash (C and `no_mangle`).
    pub names: Vec<String>,
    /// Other builds of the same crate, as another version of the range: their symbols have the same names, so that no program may
    /// load shared objects with both.
    pub twins: Vec<ItemIndex>,
    /// Symbols for which another item's definition may take the place of this one's.
    pub replaceable: Vec<String>,
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
/// References to symbols of the C library are never meant for an item. One that replaces them (as an allocator written in C does) is with the
/// program's own code, whose symbols the loader finds first.
pub fn items(graph: &Graph, runtime: &Runtime, c_library: &CLibrary) -> Vec<Item> {
    let system = &c_library.exports;
    let std = graph.units.len();
    let mut items: Vec<Item> = graph
        .units
        .iter()
        .map(|unit| {
            let scans = || std::iter::once(&unit.scan.objects).chain(&unit.scan.natives);
            let of_c_library = of_c_library(unit, system);
            Item {
                name: unit.node.to_string(),
                label: match unit.node.is_program() {
                    true => program_name(&unit.node),
                    false => format!("{}-{}", unit.node.crate_name, unit.node.id),
                },
                program: unit.node.is_program(),
                dependencies: unit.dependencies.iter().copied().chain([std]).collect(),
                backward: Vec::new(),
                inside: inside(unit, &of_c_library),
                of_c_library,
                whole: acting_on_all(unit).or_else(|| unlinkable(unit)),
                one_file: one_file(unit),
                constructors: scans().any(|scan| scan.constructors),
                foreign: unit
                    .node
                    .link_arguments
                    .iter()
                    .filter(|argument| is_foreign(argument))
                    .cloned()
                    .collect(),
                calls_libm: scans().flat_map(|scan| &scan.undefined).any(|name| {
                    let by_unit = || scans().any(|scan| scan.defines(name));
                    c_library.of_libm.contains(name) && !runtime.scan.defines(name) && !by_unit()
                }),
                allocator: runtime.is_replaced_by(&unit.scan.objects),
                slices: Vec::new(),
                twins: Vec::new(),
                names: scans().flat_map(strong_names).collect(),
                replaceable: scans().flat_map(replaceable_names).collect(),
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
    without_std(graph, runtime, &mut items);
    defined_twice(graph, &mut items);
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

/// Why a unit cannot be part of a shared object of several programs without a change of what its symbols mean.
fn inside(unit: &Unit, of_c_library: &[String]) -> Option<Inside> {
    if let Some(reason) = in_started_file(unit) {
        return Some(Inside { reason, started: true });
    }
    let mut natives = unit.node.natives.iter().zip(&unit.scan.natives);
    let reason = if let Some((native, _)) = natives.find(|(native, scan)| scan.constructors && !native.whole) {
        let name = &native.name;
        format!("lib{name}.a has functions that run only in programs that need the object they are in")
    } else {
        let name = of_c_library.first()?;
        format!("it defines `{name}`, which the C library has too")
    };
    Some(Inside { reason, started: false })
}

/// Why a unit can be nowhere but in the file that is started.
fn in_started_file(unit: &Unit) -> Option<String> {
    if unit.node.for_programs_alone {
        return Some("its code is for programs alone".to_owned());
    }
    let mut natives = unit.node.natives.iter().zip(&unit.scan.natives);
    if let Some((native, _)) = natives.find(|(_, scan)| scan.opaque) {
        return Some(format!("lib{}.a is compiled only when it is linked", native.name));
    }
    let scans = || std::iter::once(&unit.scan.objects).chain(&unit.scan.natives);
    if scans().any(|scan| scan.early) {
        return Some("it has functions of `.preinit_array`, which loaders ask no shared object for".to_owned());
    }
    let fixed = scans().any(|scan| scan.fixed);
    fixed.then(|| "it has code that can only be in programs".to_owned())
}

/// What a unit defines that the C library has, too.
fn of_c_library(unit: &Unit, system: &FxHashSet<String>) -> Vec<String> {
    let scans = std::iter::once(&unit.scan.objects).chain(&unit.scan.natives);
    let names = scans.flat_map(|scan| strong_names(scan).chain(replaceable_names(scan)));
    names.filter(|name| system.contains(name)).collect()
}

/// The first of a program's own link arguments that acts on all.
fn acting_on_all(unit: &Unit) -> Option<String> {
    let argument = unit
        .node
        .own_link_arguments
        .iter()
        .find(|argument| acts_on_all(argument))?;
    Some(format!("`{argument}` acts on all that is linked"))
}

/// What the builder found out about a program that holds for every file that is linked with it.
fn unlinkable(unit: &Unit) -> Option<String> {
    let whole = unit.node.whole.as_ref()?;
    whole.in_all_forms.then(|| whole.reason.clone())
}

/// Why a program's own code has to be in the file that is started.
fn one_file(unit: &Unit) -> Option<String> {
    if let Some(argument) = unit.node.own_link_arguments.first() {
        return Some(format!("`{argument}` may be meant for it"));
    }
    let kept = unit.scan.objects.kept;
    kept.then(|| "it has something of its own for whoever looks into the program's file".to_owned())
}

/// Programs whose panic handler is not std's: the core in a shared object would call the other one.
fn without_std(graph: &Graph, runtime: &Runtime, items: &mut [Item]) {
    for &program in &graph.programs {
        if is_without_std(graph, runtime, program) {
            let reason = "its panic handler is not std's".to_owned();
            items[program].whole.get_or_insert(reason);
        }
    }
}

/// Whether a program, or one of its libraries, has a panic handler of its own.
pub fn is_without_std(graph: &Graph, runtime: &Runtime, program: UnitIndex) -> bool {
    let units = graph.closure(program).into_iter().chain([program]);
    units
        .map(|unit| &graph.units[unit].scan.objects)
        .any(|objects| runtime.is_without_std(objects))
}

/// Programs in which two items define one symbol: which of the definitions counts, or that there are two, the linker says
/// only where they are in one file.
fn defined_twice(graph: &Graph, items: &mut [Item]) {
    for &program in &graph.programs {
        let mut all: Vec<ItemIndex> = graph.closure(program).into_iter().chain([program]).collect();
        all.sort_unstable();
        let mut definers: FxHashMap<&str, ItemIndex> = FxHashMap::default();
        let mut twice: Option<(&str, ItemIndex, ItemIndex)> = None;
        for &item in &all {
            for name in items[item].names.iter().chain(&items[item].replaceable) {
                match definers.insert(name, item) {
                    Some(other) if other != item && twice.is_none_or(|(first, ..)| name.as_str() < first) => {
                        twice = Some((name, other, item));
                    }
                    _ => {}
                }
            }
        }
        if let Some((name, first, second)) = twice {
            let (first, second) = (&items[first].name, &items[second].name);
            let reason = format!("{first} and {second} both define `{name}`");
            items[program].whole.get_or_insert(reason);
        }
    }
}

/// Symbols without a crate's hash.
fn strong_names(scan: &Scan) -> impl Iterator<Item = String> {
    let strong = scan
        .defined
        .iter()
        .filter(|symbol| !symbol.weak && !symbol.replaceable && !is_mangled(&symbol.name));
    strong.map(|symbol| symbol.name.clone())
}

/// Symbols without a crate's hash that another definition may take the place of.
fn replaceable_names(scan: &Scan) -> impl Iterator<Item = String> {
    let replaceable = scan.defined.iter();
    replaceable
        .filter(|symbol| symbol.replaceable && !is_mangled(&symbol.name))
        .map(|symbol| symbol.name.clone())
}

/// Whether a name is one of rustc's mangled ones, in either version; those hold the hash of the crate's build.
pub fn is_mangled(name: &str) -> bool {
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
        // A weak reference finds what is there in one file; a shared object would have to be told.
        for name in scans.flat_map(|scan| scan.undefined.iter().chain(&scan.weak_undefined)) {
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
