//! The curve: how what programs take grows with their number, one by one in the order of their names.
//!
//! A point counts what the first programs use of what was built for all of them. So a shared object of an image, which was linked for
//! all programs, is there whole with the first one that loads it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{CurvePoint, FormReport, Package};

/// Gives each form its curve. What an update costs is asked of the first form's libraries, whose code the others have within theirs.
pub fn fill(forms: &mut [FormReport]) {
    let Some(first) = forms.first().cloned() else {
        return;
    };
    for (number, form) in forms.iter_mut().enumerate() {
        form.curve = curve(form, (number > 0).then_some(&first));
    }
}

/// The curve of a form; `dynamic` is the form whose libraries change, if that is another one.
fn curve(form: &FormReport, dynamic: Option<&FormReport>) -> Vec<CurvePoint> {
    let order: BTreeMap<&str, usize> = form
        .programs
        .iter()
        .enumerate()
        .map(|(number, program)| (program.name.as_str(), number))
        .collect();
    let packages: Vec<UsedPackage<'_>> = form
        .packages
        .iter()
        .filter(|package| !package.c_library)
        .map(|package| UsedPackage::new(package, &order))
        .collect();
    let changes = match dynamic {
        None => own_changes(form, &packages, &order),
        Some(dynamic) => changes_elsewhere(dynamic, &packages, &order),
    };
    form.programs
        .iter()
        .enumerate()
        .map(|(point, program)| CurvePoint {
            program: program.name.clone(),
            units: Some(packages.iter().map(|package| package.units(point)).sum()),
            bytes: packages.iter().map(|package| package.bytes(point)).sum(),
            download: packages.iter().map(|package| package.download(point)).sum(),
            update: update(&changes, &packages, point),
        })
        .collect()
}

/// A package by when its parts are first used. The points of a curve are numbered as the programs are, from 0.
struct UsedPackage<'a> {
    package: &'a Package,
    /// The numbers of the programs that use any of it.
    users: BTreeSet<usize>,
    /// Of each program or shared object: the number of its first user, and its bytes.
    objects: Vec<(usize, u64)>,
    /// The same of the other files together.
    files: Option<(usize, u64)>,
}

impl<'a> UsedPackage<'a> {
    fn new(package: &'a Package, order: &BTreeMap<&str, usize>) -> Self {
        let users = numbers(&package.users, order);
        let first = |users: &[String]| numbers(users, order).first().copied();
        let objects = package.objects.iter();
        Self {
            objects: objects
                .filter_map(|object| Some((first(&object.users)?, object.bytes)))
                .collect(),
            files: users.first().map(|first| (*first, package.files)),
            package,
            users,
        }
    }

    fn units(&self, point: usize) -> u64 {
        self.objects.iter().filter(|(first, _)| *first <= point).count() as u64
    }

    /// What the programs up to a point use of it.
    fn bytes(&self, point: usize) -> u64 {
        let parts = self.objects.iter().chain(&self.files);
        parts.filter(|(first, _)| *first <= point).map(|(_, bytes)| bytes).sum()
    }

    fn download(&self, point: usize) -> Option<u64> {
        let part = u128::from(self.package.gzip_size?) * u128::from(self.bytes(point));
        u64::try_from(part / u128::from(self.package.bytes.max(1))).ok()
    }
}

fn numbers(programs: &[String], order: &BTreeMap<&str, usize>) -> BTreeSet<usize> {
    let known = programs.iter().filter_map(|program| order.get(program.as_str()));
    known.copied().collect()
}

/// The change of one library.
struct Change {
    /// The first point that has the library.
    first: usize,
    /// What it makes new: places in the list of packages, and the first point at which each of them is made new.
    packages: Vec<(usize, usize)>,
}

/// The changes of a form's own libraries, by what its updates say.
fn own_changes(form: &FormReport, packages: &[UsedPackage<'_>], order: &BTreeMap<&str, usize>) -> Vec<Change> {
    let places: BTreeMap<&str, usize> = packages
        .iter()
        .enumerate()
        .map(|(place, package)| (package.package.id.as_str(), place))
        .collect();
    let change = |(library, changes): (&Package, &[String])| {
        let first = *numbers(&library.users, order).first()?;
        let changed = changes.iter().filter_map(|id| places.get(id.as_str()));
        let packages = changed.map(|place| (*place, first)).collect();
        Some(Change { first, packages })
    };
    libraries(form).filter_map(change).collect()
}

/// The changes of the dynamic form's libraries in another form: new are the packages of the programs that have the library, other than what
/// both forms have (a foreign library).
fn changes_elsewhere(dynamic: &FormReport, packages: &[UsedPackage<'_>], order: &BTreeMap<&str, usize>) -> Vec<Change> {
    let same: BTreeSet<&str> = dynamic.packages.iter().map(|package| package.path.as_str()).collect();
    let change = |(library, _): (&Package, &[String])| {
        let users = numbers(&library.users, order);
        let is_new = |(place, package): (usize, &UsedPackage<'_>)| {
            let user = package.users.intersection(&users).next()?;
            (!same.contains(package.package.path.as_str())).then_some((place, *user))
        };
        Some(Change {
            first: *users.first()?,
            packages: packages.iter().enumerate().filter_map(is_new).collect(),
        })
    };
    libraries(dynamic).filter_map(change).collect()
}

/// What the store's name of a program's code ends with, where that is an output of its own.
const CODE: &str = "-lib";

/// The libraries of a form, which are its packages that no program and no program's code is in, and what changes with each.
fn libraries(form: &FormReport) -> impl Iterator<Item = (&Package, &[String])> {
    // What tells two of one name apart stands behind it, in brackets.
    let name = |id: &str| id.split_once(" (").map_or(id, |(name, _)| name).to_owned();
    let programs: BTreeSet<&str> = form.programs.iter().map(|program| program.package.as_str()).collect();
    let codes: BTreeSet<String> = programs.iter().map(|id| name(id) + CODE).collect();
    let packages: BTreeMap<&str, &Package> = form
        .packages
        .iter()
        .filter(|package| !programs.contains(package.id.as_str()) && !codes.contains(&name(&package.id)))
        .map(|package| (package.id.as_str(), package))
        .collect();
    form.updates.iter().filter_map(move |update| {
        let library = packages.get(update.package.as_str())?;
        Some((*library, update.changes.as_slice()))
    })
}

/// The average over the libraries that are there at a point.
fn update(changes: &[Change], packages: &[UsedPackage<'_>], point: usize) -> Option<u64> {
    let bytes: Vec<u64> = changes
        .iter()
        .filter(|change| change.first <= point)
        .map(|change| {
            let made = change.packages.iter().filter(|(_, first)| *first <= point);
            made.filter_map(|(place, _)| Some(packages.get(*place)?.bytes(point)))
                .sum()
        })
        .collect();
    (!bytes.is_empty()).then(|| bytes.iter().sum::<u64>() / bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elf::{Relocations, Sections};
    use crate::model::{Object, Program, Totals, Update};
    use crate::request::Form;

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// A package of one object for each name, with bytes and users; compressed, it has half of its bytes.
    fn package(id: &str, objects: &[(&str, u64, &[&str])]) -> Package {
        let bytes = objects.iter().map(|(_, bytes, _)| bytes).sum();
        let users: BTreeSet<&str> = objects.iter().flat_map(|(_, _, users)| users.iter().copied()).collect();
        let object = |(file, bytes, users): &(&str, u64, &[&str])| Object {
            file: (*file).to_owned(),
            bytes: *bytes,
            sections: Sections::default(),
            relocations: Relocations::default(),
            exports: 0,
            imports: 0,
            users: strings(users),
            loaded: true,
        };
        Package {
            id: id.to_owned(),
            path: format!("/store/{id}"),
            bytes,
            files: 0,
            nar_size: bytes,
            gzip_size: Some(bytes / 2),
            c_library: id == "glibc",
            users: strings(&users.into_iter().collect::<Vec<_>>()),
            references: vec![],
            objects: objects.iter().map(object).collect(),
        }
    }

    /// Programs by name and package, and updates by package with what changes.
    fn form(form: Form, programs: &[(&str, &str)], packages: Vec<Package>, updates: &[(&str, &[&str])]) -> FormReport {
        let program = |(name, package): &(&str, &str)| Program {
            name: (*name).to_owned(),
            aliases: vec![],
            package: (*package).to_owned(),
            file: 0,
            adds: 0,
            total: 0,
            ratio: None,
            start_objects: 0,
            c_library_objects: 0,
            relocations: Relocations::default(),
            sections: Sections::default(),
            start: None,
        };
        let update = |(package, changes): &(&str, &[&str])| Update {
            package: (*package).to_owned(),
            changes: strings(changes),
            rebuilds: None,
            programs: vec![],
            nar_size: 0,
            gzip_size: None,
            elsewhere: BTreeMap::new(),
        };
        FormReport {
            form,
            totals: Totals::default(),
            programs: programs.iter().map(program).collect(),
            packages,
            updates: updates.iter().map(update).collect(),
            curve: vec![],
        }
    }

    fn point(program: &str, units: u64, bytes: u64, download: u64, update: u64) -> CurvePoint {
        CurvePoint {
            program: program.to_owned(),
            units: Some(units),
            bytes,
            download: Some(download),
            update: Some(update),
        }
    }

    /// Two programs over `low`, of which `a` has `high` between; as cargo's; and as an image in one path.
    #[test]
    fn what_is_shared_counts_once_and_an_update_for_the_programs_that_are_there() {
        let mut forms = [
            form(
                Form::Dynamic,
                &[("a", "a-1"), ("b", "b-1")],
                vec![
                    package("glibc", &[("lib/libc.so.6", 1_000_000, &["a", "b"])]),
                    package("low", &[("lib/liblow.so", 1_000, &["a", "b"])]),
                    package("high", &[("lib/libhigh.so", 200, &["a"])]),
                    package("a-1", &[("bin/a", 10, &["a"])]),
                    package("b-1", &[("bin/b", 30, &["b"])]),
                    package("plugin", &[("lib/plugin.so", 7, &[])]),
                ],
                &[
                    ("low", &["low", "high", "a-1", "b-1"]),
                    ("high", &["high", "a-1"]),
                    ("a-1", &["a-1"]),
                ],
            ),
            form(
                Form::Cargo,
                &[("a", "/a"), ("b", "/b")],
                vec![
                    package("/a", &[("a", 900, &["a"])]),
                    package("/b", &[("b", 700, &["b"])]),
                ],
                &[],
            ),
            form(
                Form::Image,
                &[("a", "image"), ("b", "image")],
                vec![package(
                    "image",
                    &[
                        ("lib/lib.so", 500, &["a", "b"]),
                        ("bin/a", 60, &["a"]),
                        ("bin/b", 80, &["b"]),
                    ],
                )],
                &[],
            ),
        ];
        fill(&mut forms);
        let dynamic = [
            // A change of `low` takes high and a with it, one of `high` takes a.
            point("a", 3, 1_210, 605, (1_210 + 210) / 2),
            point("b", 4, 1_240, 620, (1_240 + 210) / 2),
        ];
        assert_eq!(forms[0].curve, dynamic);
        // Both of a's libraries are within cargo's a; `low` alone within b, too.
        let cargo = [
            point("a", 1, 900, 450, 900),
            point("b", 2, 1_600, 800, (1_600 + 900) / 2),
        ];
        assert_eq!(forms[1].curve, cargo);
        let image = [point("a", 2, 560, 280, 560), point("b", 3, 640, 320, 640)];
        assert_eq!(forms[2].curve, image);
    }

    /// A change of a program's own code, an output of its own, counted as the change of one more library.
    #[test]
    fn a_programs_code_is_no_library() {
        let code = ["a-1", "a-1-lib (1234567)"];
        let mut forms = [form(
            Form::Dynamic,
            &[("a", "a-1")],
            vec![
                package("low", &[("lib/liblow.so", 1_000, &["a"])]),
                package("a-1", &[("bin/a", 10, &["a"])]),
                package("a-1-lib (1234567)", &[("lib/liba.so", 400, &["a"])]),
            ],
            &[("low", &["low", code[0], code[1]]), (code[0], &code), (code[1], &code)],
        )];
        fill(&mut forms);
        assert_eq!(forms[0].curve, [point("a", 3, 1_410, 705, 1_410)]);
    }

    #[test]
    fn what_was_not_measured_is_left_out() {
        let mut packages = vec![package("/a", &[("a", 900, &["a"])])];
        packages[0].gzip_size = None;
        let mut forms = [form(Form::Cargo, &[("a", "/a")], packages, &[("/a", &["/a"])])];
        fill(&mut forms);
        let [point] = forms[0].curve.as_slice() else {
            panic!("{:?}", forms[0].curve)
        };
        assert_eq!((point.bytes, point.download, point.update), (900, None, None));
    }
}
