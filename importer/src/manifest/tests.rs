use super::{Manifest, ManifestOrigin, Package, Problem, WorkspaceTables};
use crate::resolved::TargetKind;
use crate::source::{FileSet, ManifestText};
use std::path::{Path, PathBuf};

fn parse(text: &str) -> Result<Manifest, super::Error> {
    Manifest::parse(ManifestText {
        text: text.to_owned(),
        location: "Cargo.toml".to_owned(),
    })
}

fn read(text: &str, files: &[&str]) -> Result<Package, super::Error> {
    let files = FileSet::new(files.iter().map(|file| (*file).to_owned()));
    super::package(&parse(text)?, &ManifestOrigin::Local("/w/p".into()), None, &files)
}

fn names(package: &Package) -> Vec<String> {
    package
        .targets
        .iter()
        .map(|target| format!("{:?} {} {}", target.kind, target.name, target.root))
        .collect()
}

#[test]
fn targets_are_discovered_by_edition() {
    let files = [
        "src/lib.rs",
        "src/main.rs",
        "src/bin/a.rs",
        "src/bin/b/main.rs",
        "src/bin/b/other.rs",
        "build.rs",
    ];
    let found = |edition: &str, more: &str| {
        let text = format!("[package]\nname = 'one-two'\nedition = '{edition}'\n{more}");
        names(&read(&text, &files).unwrap())
    };
    let all = [
        "Lib one_two src/lib.rs",
        "Bin a src/bin/a.rs",
        "Bin b src/bin/b/main.rs",
        "Bin one-two src/main.rs",
        "CustomBuild build-script-build build.rs",
    ];
    assert_eq!(found("2015", ""), all);
    assert_eq!(found("2021", "[[bin]]\nname = 'a'"), all);
    assert_eq!(found("2015", "[[bin]]\nname = 'a'"), [all[0], all[1], all[4]]);
    assert_eq!(found("2021", "autobins = false\nbuild = false"), all[..1]);
}

/// nom 4.2.3 was published without its benchmarks, but with their tables: bat 0.12.1, which depends on it, was refused.
#[test]
fn targets_that_were_not_published_are_passed_over() {
    let text = "[package]\nname = 'p'\nversion = '1.0.0'\nedition = '2021'\n[[bench]]\nname = 'gone'\n[[bench]]\nname = 'here'\n\
        [[test]]\nname = 'two'\n[[example]]\nname = 'gone'\n[[bin]]\nname = 'p'\npath = 'src/main.rs'\ncrate-type = ['bin']\n";
    let manifest = parse(text).unwrap();
    let files = [
        "src/lib.rs",
        "src/main.rs",
        "benches/here.rs",
        "tests/two.rs",
        "tests/two/main.rs",
    ];
    let files = FileSet::new(files.map(str::to_owned));
    for origin in [ManifestOrigin::Registry, ManifestOrigin::Git("".into())] {
        let package = super::package(&manifest, &origin, None, &files).unwrap();
        assert_eq!(
            names(&package),
            ["Lib p src/lib.rs", "Bin p src/main.rs", "Bench here benches/here.rs"]
        );
    }
    // Of a workspace Cargo refuses them, and everywhere what is no mistake of a single target.
    let local = ManifestOrigin::Local("/w/p".into());
    assert!(super::package(&manifest, &local, None, &files).is_err());
    for refused in ["[[bin]]\nname = 'gone'\n", "[[bench]]\nname = 'gone'\n"] {
        let manifest = parse(&format!("{text}{refused}")).unwrap();
        assert!(super::package(&manifest, &ManifestOrigin::Registry, None, &files).is_err());
    }
}

/// Cargo refuses each before it looks for a lock; with an older lock they were imported.
#[test]
fn what_fits_the_schema_and_cargo_refuses() {
    let cases = [
        (
            "",
            "autobins = false\nautolib = false\n",
            "2: the package has no targets",
        ),
        (
            "",
            "links = 'z'\n",
            "5: the package links to `z`, but has no build script",
        ),
        (
            "",
            "[[bin]]\nname = 'deps'\npath = 'src/main.rs'\n",
            "5: a program can't be named `deps`",
        ),
        ("", "default-run = 'b'\n", "5: `default-run` names `b`"),
        (
            "",
            "rust-version = '1.84'\n",
            "5: `rust-version = \"1.84\"` is below 1.85.0, which edition 2024 needs",
        ),
        (
            "cargo-features = ['edition2018']\n",
            "",
            "1: `cargo-features` names `edition2018`",
        ),
        (
            "",
            "[lib]\nproc_macro = true\n",
            "6: `proc_macro` is no longer known in edition 2024: write `proc-macro`",
        ),
        (
            "",
            "[[test]]\nname = 't'\ncrate_type = ['lib']\n",
            "5: `crate_type` is no longer known",
        ),
        ("", "[dev_dependencies]\n", "5: `dev_dependencies` is no longer known"),
        (
            "",
            "[target.'cfg(unix)'.build_dependencies]\n",
            "5: `build_dependencies` is no longer known",
        ),
        (
            "",
            "[dependencies]\nb = { version = '1', default_features = false }\n",
            "6: `default_features` is no longer known",
        ),
    ];
    for (before, after, expected) in cases {
        let text = format!("{before}[package]\nname = 'p'\nversion = '1.0.0'\nedition = '2024'\n{after}");
        let error = read(&text, &["src/main.rs"]).unwrap_err().to_string();
        assert!(error.starts_with(&format!("Cargo.toml:{expected}")), "{text}{error}");
    }
    let root = |text: &str| super::refuse_in_root(&parse(text).unwrap()).unwrap_err().to_string();
    let optional = root("[workspace.dependencies]\nb = { version = '1', optional = true }\n");
    assert!(
        optional.starts_with("Cargo.toml:2: `workspace.dependencies.b` is optional"),
        "{optional}"
    );
    let twice = root("[package]\nname = 'p'\nresolver = '2'\n[workspace]\nresolver = '2'\n");
    assert!(
        twice.starts_with("Cargo.toml:3: `resolver` is in [package] and in [workspace]"),
        "{twice}"
    );
    let of_package = root("[workspace]\nmembers = ['a']\n[lints.rust]\nunused = 'deny'\n");
    assert!(
        of_package.starts_with("Cargo.toml:3: [lints] belongs to a package"),
        "{of_package}"
    );
}

#[test]
fn optional_dependencies_imply_features_unless_named_with_dep() {
    let package = read(
        "[package]\nname = 'p'\n[dependencies]\na = { version = '1', optional = true }\nb = { version = '1', optional = true }\n\
         [features]\nx = ['dep:b', 'a?/y', 'a']\n",
        &["src/lib.rs"],
    )
    .unwrap();
    let names: Vec<&str> = package.features.iter().map(|feature| feature.name.as_str()).collect();
    assert_eq!(names, ["a", "x"]);
}

#[test]
fn inherited_values_and_dependencies_come_from_the_workspace() {
    let root = parse(
        "[workspace.package]\nversion = '1.2.3'\nreadme = 'README.md'\n[workspace.dependencies]\n\
         other = { path = 'other', features = ['a'], default-features = false }\n",
    )
    .unwrap();
    let member = parse(
        "[package]\nname = 'p'\nversion.workspace = true\nreadme.workspace = true\n[dependencies]\n\
         other = { workspace = true, features = ['b'], optional = true }\n",
    )
    .unwrap();
    let workspace = WorkspaceTables {
        tables: root.tables.workspace.as_ref().unwrap(),
        folder: Path::new("/w"),
    };
    let package = super::package(
        &member,
        &ManifestOrigin::Local("/w/p".into()),
        Some(workspace),
        &FileSet::new(["src/lib.rs".to_owned()]),
    )
    .unwrap();
    assert_eq!(package.version.to_string(), "1.2.3");
    assert_eq!(package.facts.readme.as_deref(), Some("../README.md"));
    let dependency = &package.dependencies[0];
    assert_eq!(
        dependency.source,
        super::DependencySource::Path(PathBuf::from("/w/other"))
    );
    assert_eq!(
        dependency
            .features
            .iter()
            .map(|feature| feature.as_str())
            .collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert!(dependency.optional && !dependency.default_features);
}

/// egui could not be imported: Cargo still knows `default_features` beside `workspace = true` in edition 2024, and there refuses the workspace's.
#[test]
fn an_old_spelling_counts_where_the_dependency_is_written() {
    let member = |edition: &str, shared: &str, own: &str| {
        let root = parse(&format!(
            "[workspace.dependencies]\nother = {{ path = 'other', {shared} }}\n"
        ))
        .unwrap();
        let member = parse(&format!(
            "[package]\nname = 'p'\nedition = '{edition}'\n[dependencies]\nother = {{ workspace = true{own} }}\n"
        ));
        let workspace = WorkspaceTables {
            tables: root.tables.workspace.as_ref().unwrap(),
            folder: Path::new("/w"),
        };
        let local = ManifestOrigin::Local("/w/p".into());
        let package = super::package(
            &member.unwrap(),
            &local,
            Some(workspace),
            &FileSet::new(["src/lib.rs".to_owned()]),
        );
        package.map(|package| package.dependencies[0].default_features)
    };
    for (shared, own, expected) in [
        ("default-features = false", ", default_features = false", false),
        ("default-features = false", ", default_features = true", true),
        ("default-features = false", ", default-features = true", true),
    ] {
        assert_eq!(member("2024", shared, own).unwrap(), expected, "{shared}{own}");
        assert_eq!(member("2021", shared, own).unwrap(), expected, "{shared}{own}");
    }
    assert!(!member("2021", "default_features = false", "").unwrap());
    let error = member("2024", "default_features = false", "").unwrap_err().to_string();
    assert!(
        error.starts_with("Cargo.toml:5: `workspace.dependencies.other` has `default_features`"),
        "{error}"
    );
}

#[test]
fn proc_macros_and_required_features_are_read() {
    let package = read(
        "[package]\nname = 'p'\n[lib]\nproc-macro = true\n[[bin]]\nname = 'b'\nrequired-features = ['f']\n[features]\nf = []\n",
        &["src/lib.rs", "src/main.rs", "src/bin/b.rs"],
    )
    .unwrap();
    assert!(package.is_proc_macro());
    assert_eq!(package.targets[0].kind, TargetKind::Lib);
    assert_eq!(
        package.targets[1].required_features.as_deref(),
        Some(&["f".to_owned()][..])
    );
}

#[test]
fn wrong_manifests_are_refused_at_their_line() {
    let cases: [(&str, &str); 11] = [
        // Such a key said nothing, and the file was not there in the build.
        (
            "[package]\nname = 'p'\n[package.metadata.dyrust]\nfile = ['a']\n[lib]\npath = 'a.rs'\n",
            "Cargo.toml:4: `package.metadata.dyrust` has no key `file`: what it may have is `files`, `exclude`; did you mean `files`?",
        ),
        (
            "[package]\nname = 'p'\n[package.metadata]\ndyrust = ['a']\n[lib]\npath = 'a.rs'\n",
            "Cargo.toml:4: `package.metadata.dyrust` is no table: write it as `[package.metadata.dyrust]`, with its keys below",
        ),
        (
            "[package]\nname = 'p'\nedition = '2020'\n",
            "Cargo.toml:3: edition `2020` is unknown: use 2015, 2018, 2021 or 2024",
        ),
        (
            "[package]\nname = 'p'\n[features]\na = ['b']\n",
            "Cargo.toml:4: feature `a` includes `b`, which is neither a dependency nor another feature: correct the name, or add it to [features]",
        ),
        (
            "[package]\nname = 'p'\n[dependencies]\nb = '1'\n[features]\na = ['b?/c']\n",
            "Cargo.toml:6: feature `a` includes `b?/c`, but `b` is not an optional dependency: add `optional = true` to it, or drop the value",
        ),
        (
            "[package]\nname = 'p'\n[dependencies]\nb = { version = '1', artifact = 'bin' }\n",
            "Cargo.toml:4: dependency `b` is an artifact dependency, which is unstable in Cargo and not supported: depend on the library, or build the program as a package of its own",
        ),
        (
            "[dependencies]\nb = '1'\n",
            "Cargo.toml: the manifest has no [package] table: a package was expected here",
        ),
        (
            "[package]\nname = 'p'\nversion.workspace = true\n",
            "Cargo.toml:3: `version` is inherited from a workspace, but no workspace was found above the package: add it to one, or write the value here",
        ),
        (
            "[package]\nname = 'p'\n[[bin]]\nname = 'b'\n",
            "Cargo.toml:3: can't find the bin `b` at src/bin/b.rs or src/bin/b/main.rs: create the file, or set `bin.path`",
        ),
        (
            "[package]\nname = 'p'\n[dependencies]\nb = {}\n",
            "Cargo.toml:4: dependency `b` has no version, path or git repository: say where it comes from",
        ),
        (
            "[package]\nname = 'p'\nbuild = ['a.rs', 'b.rs']\n",
            "Cargo.toml:3: `package.build` lists 2 build scripts, which is unstable in Cargo and not supported: use one",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(read(text, &[]).unwrap_err().to_string(), message);
    }
    let error = parse("[package]\nname = 'p\n").unwrap_err();
    assert_eq!(error.place.line, Some(2));
    assert!(matches!(*error.problem, Problem::Syntax(_)));
}

#[test]
fn lints_become_flags_in_cargos_order() {
    let text = "[package]\nname = 'p'\n[lints.rust]\nunused = { level = 'deny', priority = -1 }\nunused_variables = 'allow'\n\
        unexpected_cfgs = { level = 'warn', check-cfg = ['cfg(a)', 'cfg(b, values(\"c\"))'] }\n\
        [lints.clippy]\nall = 'warn'\nzero = { level = 'forbid', priority = 1 }\nb = 'deny'\n[lints.cargo]\nx = 'deny'\n\
        [lints.rustdoc]\nbroken = 'deny'\n";
    let expected = [
        "--deny=unused",
        "--allow=unused_variables",
        "--warn=unexpected_cfgs",
        "--deny=rustdoc::broken",
        "--deny=clippy::b",
        "--warn=clippy::all",
        "--forbid=clippy::zero",
        "--check-cfg=cfg(a)",
        "--check-cfg=cfg(b, values(\"c\"))",
    ];
    assert_eq!(read(text, &["src/lib.rs"]).unwrap().lints, expected);
}

#[test]
fn lints_that_cargo_refuses() {
    let problem = |lints: &str| {
        let text = format!("[package]\nname = 'p'\n{lints}");
        read(&text, &[]).unwrap_err().to_string()
    };
    let cases = [
        (
            "[lints.clippy]\n'clippy::all' = 'warn'",
            "Cargo.toml:4: `lints.clippy.clippy::all` is not a lint's name: write `lints.clippy.all`",
        ),
        (
            "[lints.rust]\n'clippy::all' = 'warn'",
            "Cargo.toml:4: `lints.rust.clippy::all` is not a lint's name: write `lints.clippy.all`",
        ),
        (
            "[lints.rustdoc]\n'a::b' = 'warn'",
            "Cargo.toml:4: `lints.rustdoc.a::b` is not a lint's name: names have no `::`",
        ),
        (
            "[lints.rust]\nunexpected_cfgs = { level = 'warn', check-cfg = 'cfg(a)' }",
            "Cargo.toml:4: `lints.rust.unexpected_cfgs.check-cfg` is no list of strings: write one, as `['cfg(name)']`",
        ),
        (
            "[lints]\nworkspace = true",
            "Cargo.toml:3: `lints` is inherited from a workspace, but no workspace was found above the package: add it to one, or write the value here",
        ),
    ];
    for (lints, expected) in cases {
        assert_eq!(problem(lints), expected);
    }
}

#[test]
fn lints_are_inherited_whole() {
    let root = parse("[workspace.lints.rust]\nunsafe_code = 'deny'\n").unwrap();
    let tables = WorkspaceTables {
        tables: root.tables.workspace.as_ref().unwrap(),
        folder: Path::new("/w"),
    };
    let inherit = |lints: &str| {
        let member = parse(&format!("[package]\nname = 'p'\n[lints]\nworkspace = true\n{lints}")).unwrap();
        let files = FileSet::new(["src/lib.rs".to_owned()]);
        super::package(&member, &ManifestOrigin::Local("/w/p".into()), Some(tables), &files)
    };
    assert_eq!(inherit("").unwrap().lints, ["--deny=unsafe_code"]);
    let error = inherit("rust.unused = 'warn'").unwrap_err().to_string();
    assert!(
        error.starts_with("Cargo.toml:3: `lints.workspace = true` takes all"),
        "{error}"
    );
}
