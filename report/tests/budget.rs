//! Budgets against a report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod synthetic;

use std::fs;

use dyrust_report::budget::Budget;

fn read(name: &str, text: &str) -> Result<Budget, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    Budget::read(&path).map_err(|error| error.to_string())
}

#[test]
fn a_budget_that_is_kept_has_nothing_over() {
    let report = synthetic::report(3, 5);
    let text = "[dynamic]\ntotal = '1 GB'\ndownload = '1 GB'\npackages = 9\nratio = 9.0\n[dynamic.programs.'*']\nstart-objects = 99\nadds = '1 GB'";
    assert_eq!(read("budget.toml", text).unwrap().check(&report), []);
}

#[test]
fn what_is_over_is_named_with_by_how_much() {
    let mut report = synthetic::report(3, 5);
    let form = &mut report.forms[0];
    form.totals.bytes = 1_250_000;
    form.programs[0].total = 30_000;
    form.programs[0].start_objects = 12;
    form.programs[1].start_objects = 4;
    form.programs[2].start_objects = 10;
    form.totals.ratio = Some(1.0625);
    let text = r#"{ "dynamic": { "total": "1 MB", "ratio": 1.0,
        "programs": { "alpha": { "total": 20000 }, "*": { "start-objects": 8 } } } }"#;
    let over = read("budget.json", text).unwrap().check(&report);
    let over: Vec<String> = over
        .into_iter()
        .map(|excess| format!("{}: {}", excess.what, excess.message))
        .collect();
    // A program with an entry of its own is not measured by that of all others.
    assert_eq!(
        over,
        [
            "dynamic: total: 1.25 MB, over 1.00 MB by 250 kB (25.0 %)",
            "dynamic: ratio: 1.0625, over 1.0000 by 0.0625",
            "dynamic: alpha: total: 30.0 kB, over 20.0 kB by 10.0 kB (50.0 %)",
            "dynamic: charlie: start-objects: 10, over 8 by 2 (25.0 %)",
        ]
    );
}

#[test]
fn a_limit_that_guards_nothing_is_over() {
    let mut report = synthetic::report(1, 2);
    report.forms[0].totals.ratio = None;
    report.forms[0].totals.gzip_size = None;
    let text = "[trim]\ntotal = 1\n[dynamic]\nratio = 1.0\ndownload = 5\n[dynamic.programs.nobody]\ntotal = 1";
    let over = read("budget.toml", text).unwrap().check(&report);
    let what: Vec<&str> = over.iter().map(|excess| excess.what.as_str()).collect();
    assert_eq!(what, ["dynamic: download", "dynamic: ratio", "dynamic: nobody", "trim"]);
}

#[test]
fn a_bad_budget_is_an_error_that_names_the_line() {
    for (text, expected) in [
        ("[dynamic]\ntotl = '1 MB'", "totl"),
        ("[dynamic]\ntotal = '1 parsec'", "unknown unit `parsec`"),
        // Nothing is over a NaN.
        ("[dynamic]\nratio = nan", "a ratio of NaN would limit nothing"),
        (
            "[dynamic.programs.p]\nratio = inf",
            "a ratio of inf would limit nothing",
        ),
        ("[dynamical]\ntotal = 1", "dynamical"),
        ("[dynamic", "budget.toml"),
        // A file that was cut off let everything pass.
        ("", "it has no limit, so that no report would ever be over it"),
        ("[dynamic.programs.p]", "it has no limit"),
    ] {
        let error = read("budget.toml", text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
    assert!(read("budget.json", "{").is_err());
}
