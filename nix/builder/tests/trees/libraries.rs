//! Small trees of crates, built by the builder outside of Nix, and run.

use crate::store::{Store, Unit, bin, lib};
use std::fs;

/// Whether a program needs a library by a name for which nothing is searched: a path, or the loader, which is there.
fn is_found(name: &str) -> bool {
    name.starts_with('/') || name.starts_with("ld-linux-")
}

#[test]
fn libraries_proc_macro_and_program() {
    let store = Store::new("tree");
    store.build(
        "quiet",
        &lib(
            "quiet",
            &[("src/lib.rs", "#![no_std]\nextern crate alloc;\nuse alloc::string::String;\n\
                #[inline(never)] pub fn loud(text: &str) -> String { if text.is_empty() { panic!(\"empty\") } text.to_uppercase() }\n")],
            &[],
        ),
    );
    // A crate that leaves itself out, with everything that would be appended to it.
    store.build(
        "nothing",
        &lib(
            "nothing",
            &[("src/lib.rs", "#![no_std]\n#![cfg(windows)]\npub fn never() {}\n")],
            &[],
        ),
    );
    store.build(
        "answers",
        &Unit {
            package: "answers",
            kind: "proc-macro",
            files: &[("src/lib.rs", "use proc_macro::TokenStream;\n#[proc_macro] pub fn answer(_: TokenStream) -> TokenStream { \"42\".parse().unwrap() }\n")],
            ..Unit::default()
        },
    );
    store.build(
        "middle",
        &lib(
            "middle",
            &[("src/lib.rs", "pub use answers::answer;\npub fn twice(text: &str) -> String { let one = quiet::loud(text); format!(\"{one} {one} {}\", answers::answer!()) }\n\
                pub fn caught() -> bool { std::panic::catch_unwind(|| quiet::loud(\"\")).is_err() }\n")],
            &["quiet", "answers", "nothing"],
        ),
    );
    store.build(
        "program",
        &bin(
            "program",
            &[("src/main.rs", "fn main() { std::panic::set_hook(Box::new(|info| println!(\"{}\", info.location().unwrap())));\n\
                println!(\"{} {} {}\", middle::twice(\"hi\"), middle::answer!(), middle::caught()); println!(\"{}\", file!()); }\n")],
            &["middle"],
        ),
    );
    let printed = store.start("program");
    assert_eq!(
        printed,
        "quiet/src/lib.rs:4:75\nHI HI 42 42 true\nprogram/src/main.rs\n"
    );

    let program = store.program("program");
    let needed = store.needed(&program);
    assert!(needed.iter().all(|name| is_found(name)), "{needed:?}");
    assert!(
        needed.contains(&store.shared("middle", "libmiddle-").to_string_lossy().into_owned()),
        "{needed:?}"
    );
    assert!(!needed.iter().any(|name| name.contains("-dev/")), "{needed:?}");
    assert!(fs::metadata(&program).unwrap().len() < 20_000);
    // Libraries say names: the program has the paths.
    let middle = store.needed(&store.shared("middle", "libmiddle-"));
    let quiet = store.shared("quiet", "libquiet-");
    assert!(
        middle.contains(&quiet.file_name().unwrap().to_string_lossy().into_owned()),
        "{middle:?}"
    );
    let libstd = store.shared("libstd", "libstd-");
    assert!(fs::metadata(&libstd).unwrap().len() < 1_250_000);
    assert!(!store.needed(&libstd).iter().any(|name| name.contains('/')));
    for file in [program, store.shared("middle", "libmiddle-")] {
        let bytes = fs::read(&file).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(
            !holds("/build/") && !holds("source-"),
            "{} names a folder of its build",
            file.display()
        );
    }
}

#[test]
fn a_second_build_is_identical() {
    let store = Store::new("again");
    let unit = lib(
        "twice",
        &[("src/lib.rs", "pub fn f(x: &str) -> String { x.replace('a', \"b\") }\n")],
        &[],
    );
    store.build("twice", &unit);
    let first = (fs::read(store.shared("twice", "lib")).unwrap(), store.node("twice"));
    for output in ["out", "dev"] {
        fs::remove_dir_all(store.path("twice", output)).unwrap();
    }
    store.build("twice", &unit);
    assert!(first == (fs::read(store.shared("twice", "lib")).unwrap(), store.node("twice")));
}

const SCRIPT: &str = r#"
use std::{env, fs, path::Path, process::Command};
fn main() {
    let out = env::var("OUT_DIR").unwrap();
    fs::write("src/written.rs", "pub const WRITTEN: &str = \"by the script\";").unwrap();
    let cc = env::var("CC").unwrap();
    let run = |program: &str, arguments: &[&str]| assert!(Command::new(program).args(arguments).status().unwrap().success());
    run(&cc, &["-c", "-fPIC", "-O1", "seven.c", "-o", &format!("{out}/seven.o")]);
    run(&env::var("AR").unwrap(), &["rcs", &format!("{out}/libseven.a"), &format!("{out}/seven.o")]);
    fs::write(Path::new(&out).join("data.rs"), "pub const DATA: u32 = 5;").unwrap();
    for name in ["CARGO_MANIFEST_LINKS", "CARGO_PKG_VERSION_MINOR", "CARGO_FEATURE_EXTRA_ONE", "CARGO_CFG_TARGET_OS", "OPT_LEVEL", "HOST", "RUSTC"] {
        assert!(env::var(name).is_ok(), "{name} is not set");
    }
    assert!(Command::new(env::var("RUSTC").unwrap()).arg("-vV").status().unwrap().success());
    println!("cargo::rustc-link-search=native={out}\ncargo:rustc-link-lib=static=seven\ncargo:rustc-cfg=scripted");
    println!("cargo::rustc-check-cfg=cfg(scripted)\ncargo:rustc-env=FROM_SCRIPT=a = b\ncargo:include={out}/include\ncargo:warning=careful");
}
"#;

#[test]
fn build_script_with_an_archive_and_metadata() {
    let store = Store::new("script");
    let files: &[(&str, &str)] = &[
        ("build.rs", SCRIPT),
        ("src/lib.rs", ""),
        (
            "seven.c",
            "__attribute__((visibility(\"hidden\"))) int inner(void) { return 7; }\nint seven(void) { return inner(); }\n",
        ),
    ];
    let build = Unit {
        package: "seven-sys",
        kind: "build",
        links: Some("sev-en"),
        files,
        features: &["extra-one"],
        ..Unit::default()
    };
    store.build("seven_sys_build", &build);
    let library: &[(&str, &str)] = &[(
        "src/lib.rs",
        "include!(concat!(env!(\"OUT_DIR\"), \"/data.rs\"));\npub mod written;\nunsafe extern \"C\" { #[link_name = \"seven\"] fn seven_() -> i32; }\n\
         #[cfg(scripted)] #[inline] pub fn seven() -> i32 { unsafe { seven_() } }\npub fn env() -> &'static str { env!(\"FROM_SCRIPT\") }\n",
    )];
    store.build(
        "seven_sys",
        &Unit {
            build: Some("seven_sys_build"),
            ..lib("seven-sys", library, &[])
        },
    );
    let program: &[(&str, &str)] = &[(
        "src/main.rs",
        "fn main() { println!(\"{} {} {} {}\", seven_sys::seven(), seven_sys::DATA, seven_sys::env(), seven_sys::written::WRITTEN); }\n",
    )];
    store.build("user", &bin("user", program, &["seven_sys"]));
    assert_eq!(store.start("user"), "7 5 a = b by the script\n");
    let shared = store.shared("seven_sys", "libseven-");
    assert!(
        store
            .needed(&store.program("user"))
            .contains(&shared.to_string_lossy().into_owned())
    );

    // The same, static.
    store.build(
        "seven_static",
        &Unit {
            build: Some("seven_sys_build"),
            linkage: "rlib",
            ..lib("seven_sys", library, &[])
        },
    );
    let program: &[(&str, &str)] = &[(
        "src/main.rs",
        "fn main() { println!(\"{}\", seven_static::seven()); }\n",
    )];
    store.build(
        "alone",
        &Unit {
            linkage: "rlib",
            ..bin("alone", program, &["seven_static"])
        },
    );
    assert_eq!(store.start("alone"), "7\n");
    assert!(
        store
            .needed(&store.program("alone"))
            .iter()
            .all(|name| !name.contains("seven") && !name.contains("libstd"))
    );

    // What a dependent's build script sees.
    let files: &[(&str, &str)] = &[(
        "build.rs",
        "fn main() { println!(\"cargo:rustc-env=SEEN={}\", std::env::var(\"DEP_SEV_EN_INCLUDE\").unwrap()); }\n",
    )];
    store.build(
        "dependent_build",
        &Unit {
            package: "dependent",
            kind: "build",
            files,
            metadata: &["seven_sys_build"],
            ..Unit::default()
        },
    );
    assert!(store.node("dependent_build").contains("/include\""));
}

/// `CARGO_CFG_TARGET_THREAD_LOCAL` was not there for a script of a project whose configuration sets the variable.
#[test]
fn a_script_sees_unstable_cfgs_as_with_cargo() {
    let store = Store::new("unstable");
    let source = "fn main() { println!(\"cargo::metadata=seen={}\", std::env::var(\"CARGO_CFG_TARGET_THREAD_LOCAL\").is_ok()); }\n";
    let stable = Unit {
        package: "asking",
        kind: "build",
        links: Some("asking"),
        files: &[("build.rs", source)],
        ..Unit::default()
    };
    store.build("stable", &stable);
    assert!(!store.node("stable").contains("true"), "{}", store.node("stable"));
    let unstable = Unit {
        environment: &[("RUSTC_BOOTSTRAP", "1")],
        ..stable
    };
    store.build("unstable", &unstable);
    assert!(store.node("unstable").contains("true"), "{}", store.node("unstable"));
}

#[test]
fn tests_of_a_library() {
    let store = Store::new("tests");
    store.build(
        "helper",
        &lib(
            "helper",
            &[("src/lib.rs", "#[inline(never)] pub fn two() -> u32 { 2 }\n")],
            &[],
        ),
    );
    let files: &[(&str, &str)] = &[(
        "src/lib.rs",
        "pub fn four() -> u32 { helper::two() * 2 }\n#[test] fn is_four() { assert_eq!(four(), 4); }\n",
    )];
    store.build(
        "tested",
        &Unit {
            test: true,
            ..lib("tested", files, &["helper"])
        },
    );
    let printed = store.start("tested");
    assert!(
        printed.contains("test is_four ... ok") && printed.contains("1 passed"),
        "{printed}"
    );
    let needed = store.needed(&store.program("tested"));
    assert!(
        needed.iter().any(|name| name.contains("libhelper")) && needed.iter().all(|name| is_found(name)),
        "{needed:?}"
    );
}

#[test]
fn failures_name_crate_phase_and_command() {
    let store = Store::new("failures");
    let said = |name: &str, unit: &Unit| {
        let output = store.try_build(name, unit);
        assert_eq!(output.status.code(), Some(1), "{name}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let broken = said("broken", &lib("broken", &[("src/lib.rs", "fn broken( {}\n")], &[]));
    assert!(
        broken.contains("error: broken 1.2.3: compiling the library: rustc failed (exit status: 1)"),
        "{broken}"
    );
    // It is above what rustc says, which Nix shows the end of.
    let command = broken.find("cd ").zip(broken.find("--crate-name broken"));
    let error = broken.find("error: ");
    assert!(
        command.zip(error).is_some_and(|((_, command), error)| command < error),
        "{broken}"
    );
    let source: String = (0..20)
        .map(|number| format!("fn f{number}() {{ value_{number} }}\n"))
        .collect();
    let many = said("many", &lib("many", &[("src/lib.rs", &source)], &[]));
    let last: Vec<&str> = many.lines().rev().take(10).collect();
    assert!(
        last.iter().any(|line| line.contains("cannot find value `value_0`")),
        "{many}"
    );
    let script: &[(&str, &str)] = &[(
        "build.rs",
        "fn main() { eprintln!(\"no libfoo found by pkg-config\"); std::process::exit(3) }\n",
    )];
    let failed = said(
        "foo_build",
        &Unit {
            package: "foo-sys",
            kind: "build",
            links: Some("foo"),
            files: script,
            ..Unit::default()
        },
    );
    for part in [
        "no libfoo found by pkg-config",
        "error: foo-sys 1.2.3: running the build script",
        "exit status: 3",
        "overrides",
        "foo = {",
    ] {
        assert!(failed.contains(part), "{part:?} is not in:\n{failed}");
    }
    // sudo-rs, which has no build script, ended with the linker's words alone.
    let source =
        "#[link(name = \"nowhere\")]\nunsafe extern \"C\" {\n    fn f();\n}\npub fn g() {\n    unsafe { f() }\n}\n";
    let unlinked = said("unlinked", &lib("unlinked", &[("src/lib.rs", source)], &[]));
    assert!(
        unlinked.contains(
            "The native library nowhere is missing: say which package has it, in the arguments of buildGraph"
        ) && unlinked.contains("overrides.unlinked = {"),
        "{unlinked}"
    );
    let script: &[(&str, &str)] = &[("build.rs", "fn main() { println!(\"cargo::nonsense=1\") }\n")];
    let nonsense = said(
        "bar_build",
        &Unit {
            package: "bar",
            kind: "build",
            files: script,
            ..Unit::default()
        },
    );
    assert!(nonsense.contains("unknown key `nonsense`"), "{nonsense}");
}

/// A cdylib of two crates that define one symbol was linked without a word, and each crate called its own.
#[test]
fn two_definitions_of_a_symbol_are_an_error_in_a_cdylib() {
    let store = Store::new("cdylib-clash");
    for (name, number) in [("one", 1), ("two", 2)] {
        let source = format!(
            "#[no_mangle] pub extern \"C\" fn number() -> i32 {{ {number} }}\n\
             #[inline(never)] pub fn get() -> i32 {{ number() }}\n"
        );
        store.build(name, &lib(name, &[("src/lib.rs", &source)], &[]));
    }
    let source = "#[no_mangle] pub extern \"C\" fn sum() -> i32 { one::get() + two::get() }\n";
    let files = [("src/lib.rs", source)];
    let library = Unit {
        c_type: Some("cdylib"),
        ..lib("library", &files, &["one", "two"])
    };
    let output = store.try_build("library", &library);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("both define `number`"), "{said}");
    assert!(
        said.contains("duplicate symbol: number") || said.contains("multiple definition of `number'"),
        "{said}"
    );
}
