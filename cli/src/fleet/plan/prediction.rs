//! What a fleet will cost, program by program, before any of it is built.
//!
//! A library's bytes are known from a report of something built, or estimated from how much source it has, by what the libraries and
//! programs of the fleets in `packages/` have: single ones are far off (data and generic code differ), sums of hundreds are not. The
//! other forms are shares of these bytes, as they were measured for the same fleets; C, which is mostly tables where it is large, is in
//! them as it is.

use std::collections::{BTreeMap, BTreeSet};

use dyrust_importer::InternalError;
use dyrust_importer::graph::{Graph, Package, Unit, package_name};
use dyrust_importer::source::archive::SourceBytes;
use dyrust_report::Form;
use dyrust_report::model::CurvePoint;
use dyrust_report::update_cost::Amount;
use serde::Serialize;

/// Bytes of a library whatever its source is: what every shared object has, on the average.
const LIBRARY: f64 = 32_000.0;

/// Bytes of a library for each byte of Rust in its package.
const FOR_BYTE_OF_RUST: f64 = 0.12;

/// Bytes of a library or program for each byte of C in its package.
const FOR_BYTE_OF_C: f64 = 0.15;

/// Bytes of a program for what its Rust source and the number of its libraries make together: it compiles the generic code that it uses.
const FOR_PROGRAM: f64 = 0.0097;

/// Bytes of Rust of which a program has half the effect of as many: large programs repeat themselves.
const HALF_RUST: f64 = 400_000.0;

/// The power of a program's Rust.
const POWER_OF_RUST: f64 = 1.4;

/// The power of the number of a program's libraries, itself counted.
const POWER_OF_LIBRARIES: f64 = 0.5;

/// libstd-rust, which every program loads.
const STANDARD_LIBRARY: u64 = 1_151_648;

/// A static program has this share of the Rust in the libraries that it is made of and of its own: the linker leaves out the rest.
const STATIC_SHARE: f64 = 0.41;

/// What an image has of the Rust in the shared objects.
const IMAGE_SHARE: f64 = 0.57;

/// What the grouped form has of the Rust in the shared objects.
const GROUPED_SHARE: f64 = 0.66;

/// What gzip leaves of programs and libraries.
const GZIP_SHARE: f64 = 0.43;

/// The bytes of a program or library, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Built, and measured.
    Built(u64),
    /// Not built; the source of its package.
    Source(SourceBytes),
    /// Neither: taken to be like the average of those with a source.
    Unknown,
}

/// What a fleet will cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    /// The triple.
    pub platform: String,
    /// Libraries and programs whose bytes are known.
    pub built: usize,
    /// Those whose bytes are estimated.
    pub estimated: usize,
    /// The programs in the order of their names.
    pub programs: Vec<PlannedProgram>,
    /// By form, what there is of each program together with those before it: the curve that a report has of what was built.
    pub curves: BTreeMap<Form, Vec<CurvePoint>>,
}

/// One program of a plan. All sizes are bytes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlannedProgram {
    /// Its file's name.
    pub name: String,
    /// Libraries that it loads, libstd-rust apart.
    pub libraries: usize,
    /// Of these, those that no program before it has.
    pub new_libraries: usize,
    /// What it brings in the dynamic form: itself and its new libraries.
    pub adds: u64,
    /// What it takes as cargo builds it: a static program.
    pub cargo: u64,
}

/// Bytes of libraries and programs.
#[derive(Debug, Clone, Copy, Default)]
struct Bytes {
    all: u64,
    /// Of these, what is known to be of C.
    of_c: u64,
}

impl Bytes {
    fn of_source(rust: u64, source: &SourceBytes) -> Self {
        let of_c = share(source.c, FOR_BYTE_OF_C);
        Self { all: rust + of_c, of_c }
    }

    /// What a form has of it that has a share of the Rust.
    fn relinked(self, of_rust: f64) -> u64 {
        share(self.all - self.of_c, of_rust) + self.of_c
    }
}

impl std::ops::Add for Bytes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            of_c: self.of_c + other.of_c,
        }
    }
}

/// A library or program of the plan.
struct Planned {
    bytes: Bytes,
    /// The position of the first program that has it.
    first: usize,
    /// The positions of the programs that have it.
    users: BTreeSet<usize>,
}

/// A unit's id in one of the graphs: the fleet's own, and those of the programs that are apart.
type UnitIn<'a> = (usize, &'a str);

/// What is known, or estimated, of a graph's programs and their libraries on one platform.
pub struct Estimate<'a> {
    /// The triple.
    platform: &'a str,
    /// By a graph's number, what goes before its units' ids where those of several graphs are together, as in
    /// [`Rebuilt`](dyrust_importer::graph::Rebuilt).
    prefixes: Vec<String>,
    /// The programs, in the order of their names.
    roots: Vec<(String, UnitIn<'a>)>,
    /// What each program has, the program itself first.
    closures: Vec<Vec<UnitIn<'a>>>,
    planned: BTreeMap<UnitIn<'a>, Planned>,
    /// Everything that is above a library, and itself.
    above: BTreeMap<UnitIn<'a>, Vec<UnitIn<'a>>>,
    /// How many libraries and programs have bytes that are known.
    built: usize,
    /// How many have bytes that are estimated.
    estimated: usize,
}

impl<'a> Estimate<'a> {
    /// Estimates the programs of a graph on the platform of a number; `size` says what is known of a unit's bytes, with its package's key.
    ///
    /// # Errors
    /// An internal one, if the graph has no such platform.
    pub fn new(
        graph: &'a Graph,
        platform: usize,
        size: &dyn Fn(&str, &Package, &Unit) -> Size,
    ) -> Result<Self, InternalError> {
        let triple = &graph
            .platforms
            .get(platform)
            .ok_or_else(|| InternalError::new("a platform of the graph"))?
            .target;
        let prefixes = std::iter::once(String::new()).chain(graph.apart.keys().map(|name| format!("{name}: ")));
        let graphs: Vec<_> = std::iter::once(graph)
            .chain(graph.apart.values())
            .map(|graph| graph.on_platform(platform))
            .collect();
        let mut roots: Vec<(String, UnitIn<'a>)> = Vec::new();
        for (number, graph) in graphs.iter().enumerate() {
            for id in graph.roots() {
                if let Some((key, _, unit)) = graph
                    .unit(id)
                    .filter(|(_, _, unit)| unit.kind.as_deref() == Some("bin"))
                {
                    let name = unit.name.as_deref().unwrap_or(package_name(key));
                    roots.push((name.to_owned(), (number, id)));
                }
            }
        }
        roots.sort();
        let libraries = |(number, id): UnitIn<'a>| -> Vec<UnitIn<'a>> {
            let graph = &graphs[number];
            let all = graph.libraries(id).into_iter();
            let shared = all.filter(|id| {
                graph
                    .unit(id)
                    .is_some_and(|(_, _, unit)| unit.kind.is_none() && !unit.host)
            });
            shared.map(|id| (number, id)).collect()
        };
        let mut closures: Vec<Vec<UnitIn<'a>>> = Vec::new();
        for (_, root) in &roots {
            let mut found = vec![*root];
            let mut seen = BTreeSet::from([*root]);
            let mut next = 0;
            while let Some(place) = found.get(next) {
                next += 1;
                for below in libraries(*place) {
                    if seen.insert(below) {
                        found.push(below);
                    }
                }
            }
            closures.push(found);
        }
        let known: BTreeMap<UnitIn<'a>, Size> = closures
            .iter()
            .flatten()
            .filter_map(|place| {
                let (key, package, unit) = graphs[place.0].unit(place.1)?;
                Some((*place, size(key, package, unit)))
            })
            .collect();
        let mut users: BTreeMap<UnitIn<'a>, BTreeSet<usize>> = BTreeMap::new();
        for (program, closure) in closures.iter().enumerate() {
            for place in closure {
                users.entry(*place).or_default().insert(program);
            }
        }
        let package_of = |place: UnitIn<'a>| graphs[place.0].unit(place.1).map(|(key, ..)| key);
        let code = programs_code(&roots, &closures, &package_of);
        let planned = in_bytes(&known, &code)
            .into_iter()
            .filter_map(|(place, bytes)| {
                let users = users.remove(&place)?;
                let first = *users.first()?;
                Some((place, Planned { bytes, first, users }))
            })
            .collect();
        let built = known.values().filter(|size| matches!(size, Size::Built(_))).count();
        let above = above(&closures, &libraries);
        Ok(Self {
            platform: triple,
            prefixes: prefixes.collect(),
            roots,
            closures,
            planned,
            above,
            built,
            estimated: known.len() - built,
        })
    }

    /// The plan of all programs.
    pub fn plan(&self) -> Plan {
        let (programs, curves) = programs(&self.roots, &self.closures, &self.planned, &self.above);
        Plan {
            platform: self.platform.to_owned(),
            built: self.built,
            estimated: self.estimated,
            programs,
            curves,
        }
    }

    /// What is downloaded when the units of these ids are built again, their ids written as [`Rebuilt`](dyrust_importer::graph::Rebuilt) does. The
    /// forms that link programs together have no rows: what of their objects changes the linker decides.
    pub fn after(&self, rebuilt: &[String]) -> PlannedUpdate {
        let rebuilt: BTreeSet<&str> = rebuilt.iter().map(String::as_str).collect();
        let is_new = |place: &UnitIn<'a>| {
            let prefix = self.prefixes.get(place.0).map_or("", String::as_str);
            rebuilt.contains(format!("{prefix}{}", place.1).as_str())
        };
        let mut dynamic = PlannedCost::new(Form::Dynamic);
        for (place, one) in &self.planned {
            dynamic.add(one.bytes.all, is_new(place));
        }
        let mut cargo = PlannedCost::new(Form::Cargo);
        for closure in &self.closures {
            cargo.add(static_bytes(&self.planned, closure), closure.iter().any(is_new));
        }
        PlannedUpdate {
            platform: self.platform.to_owned(),
            built: self.built,
            estimated: self.estimated,
            forms: vec![dynamic, cargo],
        }
    }
}

/// What an update will cost, by two graphs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedUpdate {
    /// The triple.
    pub platform: String,
    /// Libraries and programs whose bytes are known.
    pub built: usize,
    /// Those whose bytes are estimated.
    pub estimated: usize,
    /// The forms of which it can be told.
    pub forms: Vec<PlannedCost>,
}

/// What an update will cost in one form: files are programs and the libraries of crates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedCost {
    /// The form.
    pub form: Form,
    /// All that the new graph has.
    pub all: Amount,
    /// What of it is built again, and so has another store path.
    pub as_built: Amount,
}

impl PlannedCost {
    fn new(form: Form) -> Self {
        Self {
            form,
            all: Amount::default(),
            as_built: Amount::default(),
        }
    }

    fn add(&mut self, bytes: u64, is_new: bool) {
        self.all.add(bytes);
        if is_new {
            self.as_built.add(bytes);
        }
    }
}

/// The bytes of what a program has as cargo builds it: a static program.
fn static_bytes<'a>(planned: &BTreeMap<UnitIn<'a>, Planned>, closure: &[UnitIn<'a>]) -> u64 {
    let standard_library = Bytes {
        all: STANDARD_LIBRARY,
        of_c: 0,
    };
    (sum(planned, closure) + standard_library).relinked(STATIC_SHARE)
}

/// The bytes of all these.
fn sum<'a>(planned: &BTreeMap<UnitIn<'a>, Planned>, places: &[UnitIn<'a>]) -> Bytes {
    places
        .iter()
        .filter_map(|place| planned.get(place))
        .fold(Bytes::default(), |sum, one| sum + one.bytes)
}

/// The bytes of all, where what is unknown is like the average of what has a source. `programs` says of what is no library, or has the code
/// of a program, how many libraries it has.
fn in_bytes<'a>(
    known: &BTreeMap<UnitIn<'a>, Size>,
    programs: &BTreeMap<UnitIn<'a>, usize>,
) -> BTreeMap<UnitIn<'a>, Bytes> {
    let estimate = |place: &UnitIn<'a>, source: &SourceBytes| {
        let rust = match programs.get(place) {
            Some(libraries) => of_program(source.rust, *libraries),
            None => share(1, LIBRARY) + share(source.rust, FOR_BYTE_OF_RUST),
        };
        Bytes::of_source(rust, source)
    };
    let of_rust = |all: u64| Bytes { all, of_c: 0 };
    let estimates: Vec<u64> = known
        .iter()
        .filter_map(|(place, size)| match size {
            Size::Source(source) => Some(estimate(place, source).all),
            Size::Built(_) | Size::Unknown => None,
        })
        .collect();
    let average = estimates.iter().sum::<u64>() / (estimates.len() as u64).max(1);
    known
        .iter()
        .map(|(place, size)| {
            let bytes = match size {
                Size::Built(bytes) => of_rust(*bytes),
                Size::Source(source) => estimate(place, source),
                Size::Unknown if estimates.is_empty() => of_rust(share(1, LIBRARY)),
                Size::Unknown => of_rust(average),
            };
            (*place, bytes)
        })
        .collect()
}

/// The estimated bytes of a program's own code, with so much Rust in its package and so many libraries.
#[allow(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
fn of_program(rust: u64, libraries: usize) -> u64 {
    let effective = rust as f64 / (1.0 + rust as f64 / HALF_RUST);
    let of_both = effective.powf(POWER_OF_RUST) * ((libraries + 1) as f64).powf(POWER_OF_LIBRARIES);
    share(1, FOR_PROGRAM * of_both)
}

/// What has a program's code, and with how many libraries: the program, or if its package has a library as well, that one.
fn programs_code<'a>(
    roots: &[(String, UnitIn<'a>)],
    closures: &[Vec<UnitIn<'a>>],
    package_of: &dyn Fn(UnitIn<'a>) -> Option<&'a str>,
) -> BTreeMap<UnitIn<'a>, usize> {
    let mut found = BTreeMap::new();
    for ((_, root), closure) in roots.iter().zip(closures) {
        let own = package_of(*root);
        let library = closure
            .iter()
            .skip(1)
            .find(|place| place.0 == root.0 && package_of(**place) == own);
        let libraries = found.entry(*library.unwrap_or(root)).or_insert(0);
        *libraries = (closure.len() - 1).max(*libraries);
    }
    found
}

/// Everything that is above a library, and itself.
fn above<'a>(
    closures: &[Vec<UnitIn<'a>>],
    libraries: &dyn Fn(UnitIn<'a>) -> Vec<UnitIn<'a>>,
) -> BTreeMap<UnitIn<'a>, Vec<UnitIn<'a>>> {
    let mut users: BTreeMap<UnitIn<'a>, BTreeSet<UnitIn<'a>>> = BTreeMap::new();
    for place in closures.iter().flatten().copied().collect::<BTreeSet<_>>() {
        users.entry(place).or_default();
        for below in libraries(place) {
            users.entry(below).or_default().insert(place);
        }
    }
    users
        .keys()
        .map(|place| {
            let mut seen = BTreeSet::from([*place]);
            let mut stack = vec![*place];
            while let Some(one) = stack.pop() {
                let further = users.get(&one).into_iter().flatten();
                stack.extend(further.filter(|user| seen.insert(**user)));
            }
            (*place, seen.into_iter().collect())
        })
        .collect()
}

/// The plan's programs, and the curve of each form.
fn programs<'a>(
    roots: &[(String, UnitIn<'a>)],
    closures: &[Vec<UnitIn<'a>>],
    planned: &BTreeMap<UnitIn<'a>, Planned>,
    above: &BTreeMap<UnitIn<'a>, Vec<UnitIn<'a>>>,
) -> (Vec<PlannedProgram>, BTreeMap<Form, Vec<CurvePoint>>) {
    let sizes = |places: &[UnitIn<'a>]| sum(planned, places);
    let standard_library = Bytes {
        all: STANDARD_LIBRARY,
        of_c: 0,
    };
    let cargo: Vec<u64> = closures.iter().map(|closure| static_bytes(planned, closure)).collect();
    let is_root = |place: &UnitIn<'a>| roots.iter().any(|(_, root)| root == place);
    // By the program that they come with: what a change of each library makes anew, in all.
    let mut new_by_change = vec![0_u64; roots.len()];
    let mut cargo_by_change = vec![0_u64; roots.len()];
    for (place, one) in planned.iter().filter(|(place, _)| !is_root(place)) {
        for user in above
            .get(place)
            .into_iter()
            .flatten()
            .filter_map(|user| planned.get(user))
        {
            new_by_change[user.first.max(one.first)] += user.bytes.all;
        }
        for user in &one.users {
            cargo_by_change[*user] += cargo[*user];
        }
    }
    let (mut libraries, mut dynamic, mut cargo_bytes) = (0, standard_library, 0);
    let (mut changes, mut cargo_changes) = (0, 0);
    let mut lines = Vec::new();
    let mut curves: BTreeMap<Form, Vec<CurvePoint>> = BTreeMap::new();
    for (position, ((name, _), closure)) in roots.iter().zip(closures).enumerate() {
        let is_new = |place: &&UnitIn<'a>| planned.get(*place).is_some_and(|one| one.first == position);
        let new: Vec<UnitIn<'a>> = closure.iter().filter(is_new).copied().collect();
        let new_libraries = new.iter().filter(|place| !is_root(place)).count();
        libraries += new_libraries as u64;
        dynamic = dynamic + sizes(&new);
        cargo_bytes += cargo[position];
        changes += new_by_change[position];
        cargo_changes += cargo_by_change[position];
        let number = position as u64 + 1;
        let average = |changes: u64| Some(changes / libraries.max(1));
        let points = [
            // The libraries, libstd-rust and the programs.
            (
                Form::Dynamic,
                Some(libraries + 1 + number),
                dynamic.all,
                average(changes),
            ),
            (Form::Grouped, None, dynamic.relinked(GROUPED_SHARE), None),
            (Form::Image, None, dynamic.relinked(IMAGE_SHARE), None),
            (Form::Cargo, Some(number), cargo_bytes, average(cargo_changes)),
        ];
        for (form, units, bytes, update) in points {
            curves.entry(form).or_default().push(CurvePoint {
                program: name.clone(),
                units,
                bytes,
                download: Some(share(bytes, GZIP_SHARE)),
                update,
            });
        }
        lines.push(PlannedProgram {
            name: name.clone(),
            libraries: closure.len() - 1,
            new_libraries,
            adds: sizes(&new).all,
            cargo: cargo[position],
        });
    }
    (lines, curves)
}

/// A share of bytes, in whole bytes.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "sizes are far below 2^52"
)]
fn share(bytes: u64, of_it: f64) -> u64 {
    (bytes as f64 * of_it).round() as u64
}

#[cfg(test)]
mod tests {
    use super::{Estimate, Plan, STANDARD_LIBRARY, Size};
    use dyrust_importer::graph::{Graph, Package, Unit};
    use dyrust_importer::source::archive::SourceBytes;
    use dyrust_report::Form;

    /// Two programs over `low`, one of them with `high` between; a build script's crate is none of theirs.
    fn graph() -> Graph {
        serde_json::from_value(serde_json::json!({
            "schema": 1, "generator": "", "digest": "", "selection": {}, "inputs": {}, "profile": { "name": "release", "target": {}, "host": {} },
            "platforms": [{ "target": "x86_64-unknown-linux-gnu" }],
            "roots": { "units": ["a bin a", "b bin b"] },
            "packages": {
                "a": { "version": "1.0.0", "units": { "bin a": { "kind": "bin", "dependencies": ["high"] } } },
                "b": { "version": "1.0.0", "units": { "bin b": { "kind": "bin", "dependencies": ["low"], "build": "b build" },
                    "build": { "kind": "build", "dependencies": ["tool lib host"] } } },
                "high": { "version": "1.0.0", "units": { "lib": { "dependencies": ["low", "macro"] } } },
                "low": { "version": "1.0.0", "units": { "lib": {} } },
                "macro": { "version": "1.0.0", "units": { "lib": { "kind": "proc-macro" } } },
                "tool": { "version": "1.0.0", "units": { "lib host": { "host": true } } }
            }
        }))
        .unwrap()
    }

    fn size(key: &str) -> Size {
        match key {
            "a" | "b" => Size::Built(100),
            "high" => Size::Built(1_000),
            _ => Size::Built(10_000),
        }
    }

    fn plan(size: &dyn Fn(&str, &Package, &Unit) -> Size) -> Plan {
        Estimate::new(&graph(), 0, size).unwrap().plan()
    }

    #[test]
    fn a_library_counts_once_and_a_change_of_it_for_all_above() {
        let plan = plan(&|key, _, _| size(key));
        let [a, b] = plan.programs.as_slice() else {
            panic!("{plan:?}")
        };
        assert_eq!((a.libraries, a.new_libraries, a.adds), (2, 2, 11_100));
        assert_eq!((b.libraries, b.new_libraries, b.adds), (1, 0, 100));
        let [dynamic_a, dynamic_b] = plan.curves[&Form::Dynamic].as_slice() else {
            panic!("{plan:?}")
        };
        assert_eq!(
            (dynamic_a.bytes, dynamic_b.bytes),
            (STANDARD_LIBRARY + 11_100, STANDARD_LIBRARY + 11_200)
        );
        // Two libraries, libstd-rust and the programs.
        assert_eq!((dynamic_a.units, dynamic_b.units), (Some(4), Some(5)));
        // `high` takes a with it, `low` takes high and a; with the second program, b too.
        assert_eq!(dynamic_a.update, Some((1_100 + 11_100) / 2));
        assert_eq!(dynamic_b.update, Some((1_100 + 11_200) / 2));
        let cargo = &plan.curves[&Form::Cargo];
        assert_eq!((cargo[0].bytes, cargo[1].bytes), (a.cargo, a.cargo + b.cargo));
        assert_eq!((cargo[0].units, cargo[1].units), (Some(1), Some(2)));
        assert_eq!(cargo[1].update, Some((a.cargo + a.cargo + b.cargo) / 2));
        // An image is smaller than groups, and both than a shared object a crate.
        let bytes = |form| plan.curves[&form][1].bytes;
        assert!(bytes(Form::Image) < bytes(Form::Grouped) && bytes(Form::Grouped) < bytes(Form::Dynamic));
        for points in plan.curves.values() {
            assert_eq!(
                points.iter().map(|point| &point.program).collect::<Vec<_>>(),
                [&a.name, &b.name]
            );
        }
        assert_eq!((plan.built, plan.estimated), (4, 0));
    }

    #[test]
    fn what_is_built_again_is_downloaded_and_of_cargos_the_programs_that_have_it() {
        let graph = graph();
        let estimate = Estimate::new(&graph, 0, &|key, _, _| size(key)).unwrap();
        let plan = estimate.plan();
        let update = estimate.after(&["high".to_owned(), "a bin a".to_owned()]);
        let [dynamic, cargo] = update.forms.as_slice() else {
            panic!("{update:?}")
        };
        let amount = |files, bytes| super::Amount { files, bytes };
        assert_eq!((dynamic.all, dynamic.as_built), (amount(4, 11_200), amount(2, 1_100)));
        let both = plan.programs[0].cargo + plan.programs[1].cargo;
        assert_eq!(
            (cargo.all, cargo.as_built),
            (amount(2, both), amount(1, plan.programs[0].cargo))
        );
    }

    #[test]
    fn what_is_not_built_is_estimated_by_its_source_or_by_the_others() {
        let plan = plan(&|key, _, _| match key {
            "low" => Size::Source(SourceBytes {
                rust: 200_000,
                c: 100_000,
            }),
            "high" => Size::Unknown,
            _ => size(key),
        });
        assert_eq!((plan.built, plan.estimated), (2, 2));
        assert_eq!(plan.programs[0].adds, 100 + 2 * (32_000 + 24_000 + 15_000));
    }

    /// What a program brings of its libraries' generic code was left out: most of what forty programs have of their own.
    #[test]
    fn a_program_is_larger_the_more_libraries_it_has() {
        let source = SourceBytes { rust: 100_000, c: 0 };
        let estimated = |key: &str| {
            plan(&|of, _, _| if of == key { Size::Source(source) } else { size(of) })
                .programs
                .iter()
                .find(|program| program.name == key)
                .unwrap()
                .adds
        };
        // The libraries come with the first of the two.
        assert!(estimated("a") - 11_000 > estimated("b"));
    }
}
