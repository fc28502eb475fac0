use super::{CfgSet, Conditions, Error, TARGETS, known, rustc};
use crate::intern::Symbol;

fn triples() -> impl Iterator<Item = &'static str> {
    TARGETS
        .lines()
        .filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'))
}

#[test]
fn the_known_triples_are_as_rustc_has_them() {
    assert!(triples().count() > 30);
    for triple in triples() {
        let mut expected: Vec<String> = rustc::print_cfg(triple, &[], None)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        let mut found: Vec<String> = known(triple)
            .unwrap()
            .lines()
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{triple}: run importer/data/update-targets");
    }
}

#[test]
fn expressions_are_evaluated_for_each_triple() {
    let sets = ["x86_64-unknown-linux-gnu", "aarch64-apple-darwin"]
        .map(|triple| CfgSet::new(triple, &["--cfg".to_owned(), "fast".to_owned()], None).unwrap());
    let mut conditions = Conditions::new(sets.to_vec());
    let mut holds = |key: &str| {
        let condition = Some(conditions.add(Symbol::new(key), "Cargo.toml").unwrap());
        [conditions.holds(condition, 0), conditions.holds(condition, 1)]
    };
    assert_eq!(holds("cfg(unix)"), [true, true]);
    assert_eq!(
        holds("cfg(all(target_os = \"linux\", not(target_env = \"musl\")))"),
        [true, false]
    );
    assert_eq!(holds("aarch64-apple-darwin"), [false, true]);
    assert_eq!(holds("cfg(any(windows, fast))"), [true, true]);
    assert_eq!(holds("cfg(any())"), [false, false]);
    let error = conditions.add(Symbol::new("cfg(a"), "a/Cargo.toml").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("a/Cargo.toml: `cfg(a` is not a target triple or a cfg expression: ")
    );
}

/// The parser of the expressions ran out of stack, and the import was killed.
#[test]
fn a_deep_expression_is_refused() {
    let nested = |depth: usize| {
        let text = format!("cfg({}unix{})", "not(".repeat(depth), ")".repeat(depth));
        Conditions::new(Vec::new()).add(Symbol::new(&text), "Cargo.toml")
    };
    assert!(nested(90).is_ok());
    let error = nested(100_000).unwrap_err().to_string();
    assert!(
        error.contains("more than 100 parentheses are open") && error.len() < 500,
        "{error}"
    );
}

#[test]
fn other_triples_and_flags_are_asked_of_rustc() {
    let set = CfgSet::new("sparc64-unknown-linux-gnu", &[], None).unwrap();
    assert!(set.matches("cfg(target_arch = \"sparc64\")"));
    let set = CfgSet::new("x86_64-unknown-linux-gnu", &["-Ctarget-feature=+avx2".to_owned()], None).unwrap();
    assert!(set.matches("cfg(target_feature = \"avx2\")"));
    // That was told as a compiler that is missing.
    let refused = CfgSet::new(
        "x86_64-unknown-linux-gnu",
        &["-Ctarget-feature=+avx2", "--no-such"].map(str::to_owned),
        None,
    );
    let said = refused.unwrap_err().to_string();
    assert!(
        said.contains("rustc says `Unrecognized option: 'no-such'`") && !said.contains("PATH"),
        "{said}"
    );
    assert!(matches!(
        CfgSet::new("no-such-triple", &[], None),
        Err(Error::UnknownTarget { .. })
    ));
    // Who writes Nix thinks of its systems.
    for (name, meant) in [
        ("x86_64-linux", "; did you mean `x86_64-unknown-linux-gnu`?"),
        ("aarch64", "; did you mean `aarch64-unknown-linux-gnu`?"),
        ("x86_64-unknown-linux", "; did you mean `x86_64-unknown-linux-gnu`?"),
        (
            "x86-64-unknown-linux-musl",
            "; did you mean `x86_64-unknown-linux-musl`?",
        ),
        ("no-such-linux", "(`rustc --print target-list`)"),
    ] {
        let said = CfgSet::new(name, &[], None).unwrap_err().to_string();
        assert!(said.ends_with(meant), "{said}");
    }
}

/// With unstable flags and `RUSTC_BOOTSTRAP` in `[env]`, with which Cargo builds, nothing could be imported.
#[test]
fn a_stable_rustc_is_asked_with_unstable_flags() {
    let triple = "x86_64-unknown-linux-gnu";
    let flags = ["-Zub-checks=yes", "-Ctarget-feature=+avx2"].map(str::to_owned);
    let set = CfgSet::new(triple, &flags, Some("1")).unwrap();
    assert!(set.matches("cfg(all(unix, target_feature = \"avx2\"))"));
    // Cargo's manifests see what rustc tells of then: a dependency of `cfg(target_thread_local)` was left out.
    assert!(set.matches("cfg(all(ub_checks, target_thread_local))"));
    let plain = CfgSet::new(triple, &[], Some("1")).unwrap();
    assert!(plain.matches("cfg(target_thread_local)") && !plain.matches("cfg(target_feature = \"avx2\")"));
    assert!(
        !CfgSet::new(triple, &[], None)
            .unwrap()
            .matches("cfg(target_thread_local)")
    );
}
