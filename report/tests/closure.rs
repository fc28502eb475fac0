//! Reports on programs that rustc makes in the test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use dyrust_report::model::{FormReport, Package};
use dyrust_report::store::{Closure, Derivations, Scan, StorePath};
use dyrust_report::{Error, Form, FormRequest, Request, make};
use support::{Sample, Store};

fn package<'form>(form: &'form FormReport, id: &str) -> &'form Package {
    form.packages
        .iter()
        .find(|package| package.id == id)
        .unwrap_or_else(|| panic!("{id} is not in the report"))
}

/// A request whose closures come from scanning the files of `store`.
fn request(store: &Store, forms: &[(Form, &[PathBuf])]) -> Request {
    let forms = forms
        .iter()
        .map(|(form, paths)| FormRequest {
            form: *form,
            paths: paths.to_vec(),
        })
        .collect();
    Request {
        store: store.path().join("store"),
        closure: Box::new(Scan),
        compress: false,
        ..Request::new(forms)
    }
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

#[test]
fn who_uses_what_what_each_adds_and_what_an_update_costs() {
    let sample = Sample::build();
    let mut asked = request(&sample.store, &[(Form::Dynamic, &[sample.p.clone(), sample.q.clone()])]);
    asked.compress = true;
    let report = make(&asked).unwrap();
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    let form = &report.forms[0];
    let library = |letter, name: &str| {
        size(
            &sample
                .store
                .entry(letter, &format!("{name}-1.0.0"))
                .join(format!("lib/lib{name}.so")),
        )
    };
    let (leaf, middle) = (library('a', "leaf"), library('b', "middle"));
    let standard = package(form, "libstd-rust-1.0.0").bytes;
    let (p_file, q_file) = (size(&sample.p.join("bin/p")), size(&sample.q.join("bin/q")));

    let [p, q] = form.programs.as_slice() else {
        panic!("{:?}", form.programs)
    };
    assert_eq!((p.name.as_str(), p.file, p.adds), ("p", p_file, p_file + middle));
    assert_eq!(p.total, p_file + middle + leaf + standard);
    assert_eq!(p.start_objects, 3);
    assert!(p.c_library_objects >= 2, "libc and the loader");
    assert!(p.relocations.total() > 0);
    assert_eq!(p.sections.total(), p.total);
    // A file that is no object counts for the program whose package holds it.
    assert_eq!(
        (q.file, q.adds, q.total),
        (q_file, q_file + 10, q_file + 10 + leaf + standard)
    );
    assert_eq!(q.aliases, ["q-alias"]);

    let totals = &form.totals;
    assert_eq!(totals.bytes, p_file + q_file + 10 + leaf + middle + standard);
    assert_eq!(
        (totals.shared, totals.single, totals.unused),
        (leaf + standard, p.adds + q.adds, 0)
    );
    assert_eq!(totals.unshared, p.total + q.total);
    assert_eq!((totals.packages, totals.shared_packages, totals.objects), (5, 2, 5));
    assert!(totals.c_library > 0);
    assert_eq!(totals.sections.total() + 10, totals.bytes);

    assert_eq!(package(form, "leaf-1.0.0").users, ["p", "q"]);
    assert_eq!(package(form, "middle-1.0.0").users, ["p"]);
    assert_eq!(
        package(form, "middle-1.0.0").references,
        ["leaf-1.0.0", "libstd-rust-1.0.0"]
    );
    assert_eq!(package(form, "q-1.0.0").files, 10);

    let update = |id: &str| form.updates.iter().find(|update| update.package == id).unwrap();
    assert_eq!(
        update("leaf-1.0.0").changes,
        ["leaf-1.0.0", "middle-1.0.0", "p-1.0.0", "q-1.0.0"]
    );
    assert_eq!(update("leaf-1.0.0").programs, ["p", "q"]);
    assert_eq!(update("middle-1.0.0").changes, ["middle-1.0.0", "p-1.0.0"]);
    assert_eq!(update("q-1.0.0").changes, ["q-1.0.0"]);
    let archives = |ids: &[&str]| ids.iter().map(|id| package(form, id).nar_size).sum::<u64>();
    assert_eq!(update("middle-1.0.0").nar_size, archives(&["middle-1.0.0", "p-1.0.0"]));
    assert!(update("middle-1.0.0").gzip_size.unwrap() < update("middle-1.0.0").nar_size);
}

/// A store that also knows which derivation made what: `maker` → what it needs.
struct Known(Derivations);

impl Closure for Known {
    fn closure(&self, store: &Path, paths: &[PathBuf]) -> Result<Vec<StorePath>, Error> {
        let named = |path: &Path| PathBuf::from(path.file_name().unwrap()).with_extension("drv");
        let found = Scan.closure(store, paths)?.into_iter();
        Ok(found
            .map(|found| StorePath {
                deriver: Some(named(&found.path)),
                ..found
            })
            .collect())
    }

    fn derivations(&self, _: &Path, derivers: &[PathBuf]) -> Option<Derivations> {
        derivers
            .iter()
            .all(|deriver| self.0.contains_key(deriver))
            .then(|| self.0.clone())
    }
}

#[test]
fn with_derivations_an_update_rebuilds_also_what_refers_to_nothing_at_run_time() {
    let sample = Sample::build();
    let of = |letter, name: &str| {
        PathBuf::from(
            sample
                .store
                .entry(letter, &format!("{name}-1.0.0"))
                .file_name()
                .unwrap(),
        )
        .with_extension("drv")
    };
    let (leaf, middle, script) = (of('a', "leaf"), of('b', "middle"), PathBuf::from("script.drv"));
    let (p, q, standard) = (of('p', "p"), of('q', "q"), of('s', "libstd-rust"));
    // q was compiled against middle, of which nothing is left in it, and has a build script that uses middle too.
    let known = Derivations::from([
        (standard.clone(), vec![]),
        (leaf.clone(), vec![standard.clone()]),
        (middle.clone(), vec![leaf.clone(), standard]),
        (script.clone(), vec![middle.clone()]),
        (p, vec![middle.clone(), leaf.clone()]),
        (q.clone(), vec![leaf, middle.clone(), script]),
    ]);
    let mut asked = request(&sample.store, &[(Form::Dynamic, &[sample.p.clone(), sample.q.clone()])]);
    asked.closure = Box::new(Known(known.clone()));
    let form = &make(&asked).unwrap().forms[0];
    let update = form
        .updates
        .iter()
        .find(|update| update.package == "middle-1.0.0")
        .unwrap();
    assert_eq!(update.changes, ["middle-1.0.0", "p-1.0.0", "q-1.0.0"]);
    assert_eq!((update.rebuilds, update.programs.len()), (Some(4), 2));
    // Where one derivation is not in the store, what is known at run time is reported.
    let mut partly = known;
    partly.remove(&q);
    asked.closure = Box::new(Known(partly));
    let form = &make(&asked).unwrap().forms[0];
    let update = form
        .updates
        .iter()
        .find(|update| update.package == "middle-1.0.0")
        .unwrap();
    assert_eq!(update.changes, ["middle-1.0.0", "p-1.0.0"]);
    assert_eq!(update.rebuilds, None);
}

#[test]
fn forms_are_compared_program_by_program() {
    let sample = Sample::build();
    let image = sample.store.path().join("image");
    fs::create_dir_all(image.join("bin")).unwrap();
    for (entry, name) in [(&sample.p, "p"), (&sample.q, "q")] {
        fs::copy(entry.join("bin").join(name), image.join("bin").join(name)).unwrap();
    }
    let own_p = sample.store.program('r', "r", "fn main() {}", &[]).join("bin/r");
    let alone = sample.store.path().join("alone");
    fs::create_dir(&alone).unwrap();
    fs::copy(&own_p, alone.join("p")).unwrap();
    fs::write(alone.join("p.d"), "no program").unwrap();
    let dynamic = [sample.p.clone(), sample.q.clone()];
    let asked = request(
        &sample.store,
        &[
            (Form::Dynamic, &dynamic),
            (Form::Image, &[image]),
            (Form::Cargo, std::slice::from_ref(&alone)),
        ],
    );
    let report = make(&asked).unwrap();
    assert_eq!(report.baseline, Some(Form::Cargo));
    assert_eq!(
        report.warnings,
        ["only dynamic has q: the forms' totals are of different sets"]
    );
    let [dynamic, image, cargo] = report.forms.as_slice() else {
        panic!("three forms")
    };
    assert_eq!(cargo.totals.ratio, Some(1.0));
    let expected = dynamic.programs[0].total as f64 / cargo.programs[0].total as f64;
    assert!((dynamic.programs[0].ratio.unwrap() - expected).abs() < 0.0001);
    assert_eq!(dynamic.programs[1].ratio, None);
    // The image of this test still loads the store's libraries; what is the same path in both does not change with it.
    let update = dynamic
        .updates
        .iter()
        .find(|update| update.package == "middle-1.0.0")
        .unwrap();
    assert_eq!(update.elsewhere[&Form::Image].packages, 1);
    assert_eq!(
        update.elsewhere[&Form::Image].nar_size,
        package(image, "image").nar_size
    );
    assert_eq!(package(image, "image").users, ["p", "q"]);
    assert_eq!(image.programs[0].total, dynamic.programs[0].total);
}

#[test]
fn an_environment_of_links_is_its_programs() {
    let sample = Sample::build();
    let environment = sample.store.entry('v', "environment");
    fs::create_dir_all(environment.join("bin")).unwrap();
    std::os::unix::fs::symlink(sample.p.join("bin/p"), environment.join("bin/p")).unwrap();
    std::os::unix::fs::symlink(sample.q.join("bin/q"), environment.join("bin/q")).unwrap();
    let through = make(&request(&sample.store, &[(Form::Dynamic, &[environment])])).unwrap();
    let direct = make(&request(&sample.store, &[(Form::Dynamic, &[sample.p, sample.q])])).unwrap();
    let totals = |form: &FormReport| {
        form.programs
            .iter()
            .map(|program| (program.adds, program.total))
            .collect::<Vec<_>>()
    };
    assert_eq!(totals(&through.forms[0]), totals(&direct.forms[0]));
    assert_eq!(through.forms[0].totals.bytes, direct.forms[0].totals.bytes);
}

#[test]
fn a_missing_library_is_a_warning_that_names_who_needs_it() {
    let sample = Sample::build();
    fs::remove_dir_all(sample.store.entry('a', "leaf-1.0.0")).unwrap();
    let report = make(&request(&sample.store, &[(Form::Dynamic, &[sample.q])])).unwrap();
    let [warning] = report.warnings.as_slice() else {
        panic!("{:?}", report.warnings)
    };
    assert!(
        warning.contains("bin/q needs") && warning.contains("libleaf.so, which was not found"),
        "{warning}"
    );
}

#[test]
fn bad_input_is_an_error_that_says_what_was_expected() {
    let store = Store::new();
    let fails = |forms: &[(Form, &[PathBuf])]| make(&request(&store, forms)).unwrap_err();
    assert!(matches!(fails(&[]), Error::NoPath));
    assert!(matches!(fails(&[(Form::Dynamic, &[])]), Error::NoPath));
    assert!(matches!(
        fails(&[(Form::Dynamic, &["/nonexistent".into()])]),
        Error::Missing(_)
    ));
    let empty = store.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let error = fails(&[(Form::Image, std::slice::from_ref(&empty))]);
    assert!(error.to_string().contains("no program in"), "{error}");
    fs::write(empty.join("broken"), b"\x7fELF\x02\x01\x01 cut off").unwrap();
    let error = fails(&[(Form::Image, std::slice::from_ref(&empty))]);
    assert!(
        matches!(&error, Error::Elf { path, .. } if path.ends_with("broken")),
        "{error}"
    );
    let twice = fails(&[
        (Form::Image, std::slice::from_ref(&empty)),
        (Form::Image, std::slice::from_ref(&empty)),
    ]);
    assert!(twice.to_string().contains("given twice"), "{twice}");
    let mut asked = request(&store, &[(Form::Image, &[empty])]);
    asked.baseline = Some(Form::Static);
    assert!(
        make(&asked)
            .unwrap_err()
            .to_string()
            .contains("no path of the form `static`")
    );
}
