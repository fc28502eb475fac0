//! The program, from arguments to files and exit codes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;
mod synthetic;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dyrust-report"))
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn saved(folder: &Path) -> String {
    let path = folder.join("report.json");
    fs::write(&path, serde_json::to_string(&synthetic::report(3, 4)).unwrap()).unwrap();
    path.display().to_string()
}

#[test]
fn the_text_of_a_report_is_as_expected() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["--from", &saved(folder.path())]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/report.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &output.stdout).unwrap();
    }
    assert_eq!(
        text(&output.stdout),
        fs::read_to_string(golden).unwrap(),
        "UPDATE_GOLDEN=1 writes it anew"
    );
}

#[test]
fn the_json_of_a_report_is_as_expected_and_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["--from", &saved(folder.path()), "--format", "json"]);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/report.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &output.stdout).unwrap();
    }
    assert_eq!(
        text(&output.stdout),
        fs::read_to_string(&golden).unwrap(),
        "UPDATE_GOLDEN=1 writes it anew"
    );
    assert_eq!(dyrust_report::read(&golden).unwrap(), synthetic::report(3, 4));
}

#[test]
fn files_are_written_and_budgets_decide_the_exit_code() {
    let sample = support::Sample::build();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let store = sample.store.path().join("store").display().to_string();
    let (p, q) = (sample.p.display().to_string(), sample.q.display().to_string());
    fs::write(at("kept.toml"), "[dynamic]\ntotal = '1 GB'").unwrap();
    fs::write(at("tight.toml"), "[dynamic.programs.p]\ntotal = '1 kB'").unwrap();
    let common = ["--store", &store, "--scan", &p, &q, "--title", "two programs"];
    let mut kept = common.to_vec();
    let (page, data, budget) = (at("page.html"), at("data.json"), at("kept.toml"));
    kept.extend([
        "--html", &page, "--json", &data, "--budget", &budget, "--quiet", "--starts", "2",
    ]);
    let output = run(&kept);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    assert!(
        fs::read_to_string(page)
            .unwrap()
            .contains("<title>two programs</title>")
    );
    let report = dyrust_report::read(Path::new(&data)).unwrap();
    assert_eq!(report.forms[0].programs.len(), 2);
    assert_eq!(report.forms[0].programs[0].start.unwrap().runs, 2);
    let budget = at("tight.toml");
    let mut tight = common.to_vec();
    tight.extend(["--budget", &budget, "--no-compress"]);
    let output = run(&tight);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(
        message.starts_with("over budget: dynamic: p: total: ") && message.contains("over 1.00 kB by"),
        "{message}"
    );
    assert!(text(&output.stdout).starts_with("two programs: 2 programs (dynamic), 5 packages"));
}

/// They were taken and passed over, as if they had been heeded.
#[test]
fn an_option_without_effect_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let saved = saved(folder.path());
    let plan = folder.path().join("plan.json").display().to_string();
    fs::write(&plan, "{ \"curves\": {} }").unwrap();
    let page = folder.path().join("page.html").display().to_string();
    for (arguments, expected) in [
        (&["--rows", "3", "--quiet"][..], "`--rows` is of the text"),
        (&["--rows", "20", "--format", "json"], "`--rows` is of the text"),
        (&["--quiet", "--format", "json"], "`--quiet` prints nothing"),
        (&["--plan", &plan], "`--plan` is for the page and the JSON"),
        (&["--plan", &plan, "--quiet"], "`--plan` is for the page and the JSON"),
    ] {
        let output = run(&[&["--from", &saved], arguments].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(
            said.starts_with("error: ") && said.contains(expected),
            "{arguments:?}: {said}"
        );
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
    for arguments in [
        &["--rows", "3"][..],
        &["--plan", &plan, "--format", "json"],
        &["--plan", &plan, "--html", &page, "--quiet"],
    ] {
        let output = run(&[&["--from", &saved], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn errors_have_an_exit_code_of_their_own() {
    for (arguments, expected) in [
        (vec![], "nothing to report on"),
        (vec!["/nonexistent/path"], "/nonexistent/path does not exist"),
        (vec!["--from", "/nonexistent.json"], "cannot read /nonexistent.json"),
        (
            vec!["--budget", "/nonexistent.toml", "/"],
            "cannot read /nonexistent.toml",
        ),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(expected), "{}", text(&output.stderr));
    }
}
