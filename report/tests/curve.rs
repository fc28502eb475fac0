//! The curve in the report's data and on its page.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod synthetic;

use std::path::Path;
use std::process::Command;

use dyrust_report::html;
use dyrust_report::model::CurvePoint;
use dyrust_report::model::Report;

/// What stands in the page between a beginning and the first end after it, for each beginning.
fn parts<'page>(page: &'page str, begin: &str, end: &str) -> Vec<&'page str> {
    let after = page.split(begin).skip(1);
    after.map(|part| part.split_once(end).unwrap().0).collect()
}

fn attribute<'tag>(tag: &'tag str, name: &str) -> &'tag str {
    let begin = format!("{name}=\"");
    let (_, after) = tag.split_once(&begin).unwrap_or_else(|| panic!("no {name} in {tag}"));
    after.split_once('"').unwrap().0
}

/// A line of a plot: quantity, form, and its points as programs, values and heights.
type Line = (String, String, Vec<(String, u64, f64)>);

fn drawn(page: &str, class: &str) -> Vec<Line> {
    let begin = format!("<g class=\"{class}\"");
    let mut found = Vec::new();
    for plot in parts(page, "<svg class=\"plot\"", "</svg>") {
        for group in parts(plot, &begin, "</g>") {
            let form = attribute(group, "data-form");
            assert_eq!(attribute(group, "style"), format!("--colour: var(--{form})"));
            let line = attribute(group, " points").split(' ').count();
            let points: Vec<(String, u64, f64)> = parts(group, "<circle", "</circle>")
                .into_iter()
                .map(|circle| {
                    let number = |name: &str| attribute(circle, name).parse().unwrap();
                    let value: u64 = attribute(circle, "data-value").parse().unwrap();
                    (attribute(circle, "data-program").to_owned(), value, number(" cy"))
                })
                .collect();
            assert_eq!(line, points.len(), "the line goes through each point");
            found.push((attribute(plot, "data-quantity").to_owned(), form.to_owned(), points));
        }
    }
    found
}

#[test]
fn the_page_has_a_point_for_each_program_of_each_form() {
    let report = synthetic::report(12, 60);
    let page = html::render(&report).unwrap();
    let drawn = drawn(&page, "curve");
    type Value = fn(&CurvePoint) -> Option<u64>;
    let quantities: [(&str, Value); 4] = [
        ("bytes", |point| Some(point.bytes)),
        ("units", |point| point.units),
        ("download", |point| point.download),
        ("update", |point| point.update),
    ];
    assert_eq!(drawn.len(), quantities.len() * report.forms.len());
    for (name, value) in quantities {
        let mut heights: Vec<(u64, f64)> = Vec::new();
        for form in &report.forms {
            let expected: Vec<(String, u64)> = form
                .curve
                .iter()
                .map(|point| (point.program.clone(), value(point).unwrap()))
                .collect();
            let (_, _, points) = drawn
                .iter()
                .find(|(quantity, of, _)| quantity == name && *of == form.form.name())
                .unwrap_or_else(|| panic!("no {name} of {}", form.form));
            let shown: Vec<(String, u64)> = points
                .iter()
                .map(|(program, value, _)| (program.clone(), *value))
                .collect();
            assert_eq!(shown, expected, "{name} of {}", form.form);
            heights.extend(points.iter().map(|(_, value, height)| (*value, *height)));
        }
        // All forms have one scale: what is larger is not lower.
        heights.sort_by_key(|(value, _)| *value);
        assert!(
            heights.is_sorted_by(|(_, low), (_, high)| low >= high),
            "{name}: {heights:?}"
        );
    }
    for axis in ["programs (number)", "size (MB)", "programs and shared objects (number)"] {
        assert!(page.contains(axis), "{axis}");
    }
}

#[test]
fn the_ends_of_a_curve_are_the_first_program_and_the_whole_set() {
    let report = synthetic::report(5, 30);
    for form in &report.forms {
        assert_eq!(form.curve.len(), form.programs.len(), "{}", form.form);
        let (first, last) = (form.curve.first().unwrap(), form.curve.last().unwrap());
        assert_eq!(first.bytes, form.programs[0].total, "{}", form.form);
        assert_eq!(last.bytes, form.totals.bytes - form.totals.unused, "{}", form.form);
        assert_eq!(last.units, Some(form.totals.objects), "{}", form.form);
        let names: Vec<&String> = form.programs.iter().map(|program| &program.name).collect();
        assert_eq!(form.curve.iter().map(|point| &point.program).collect::<Vec<_>>(), names);
    }
}

/// A report that was saved before there was a curve has all that it is made from.
#[test]
fn a_saved_report_without_a_curve_gets_one() {
    let report = synthetic::report(3, 4);
    let mut old: Report = report.clone();
    for form in &mut old.forms {
        form.curve.clear();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let text = serde_json::to_string(&old).unwrap();
    assert!(!text.contains("\"curve\""));
    std::fs::write(&file, text).unwrap();
    assert_eq!(dyrust_report::read(&file).unwrap(), report);
}

#[test]
fn one_program_alone_has_no_curve_on_its_page() {
    let page = html::render(&synthetic::report(1, 3)).unwrap();
    assert!(!page.contains("<svg class=\"plot\""));
}

#[test]
fn a_plan_stands_beside_what_was_built() {
    let folder = tempfile::tempdir().unwrap();
    let report = synthetic::report(3, 4);
    let saved = folder.path().join("report.json");
    std::fs::write(&saved, serde_json::to_string(&report).unwrap()).unwrap();
    let point = |program: &str, bytes: u64| serde_json::json!({ "program": program, "bytes": bytes, "units": 7 });
    let plan = serde_json::json!({
        "platform": "", "built": 0, "estimated": 0, "programs": [],
        "curves": { "cargo": [point("alpha", 4_000_000), point("bravo", 9_000_000), point("charlie", 70_000_000)] }
    });
    let file = folder.path().join("plan.json");
    std::fs::write(&file, plan.to_string()).unwrap();
    let page = folder.path().join("page.html");
    let run = |plan: &Path| {
        Command::new(env!("CARGO_BIN_EXE_dyrust-report"))
            .args(["--quiet", "--from"])
            .arg(&saved)
            .arg("--plan")
            .arg(plan)
            .arg("--html")
            .arg(&page)
            .output()
            .unwrap()
    };
    let output = run(&file);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = std::fs::read_to_string(&page).unwrap();
    let planned = drawn(&page, "planned");
    let expected = [
        ("bytes", "cargo", [4_000_000, 9_000_000, 70_000_000]),
        ("units", "cargo", [7, 7, 7]),
    ];
    assert_eq!(planned.len(), expected.len(), "{planned:?}");
    for ((quantity, form, points), expected) in planned.iter().zip(expected) {
        let values: Vec<u64> = points.iter().map(|(_, value, _)| *value).collect();
        let programs: Vec<&str> = points.iter().map(|(program, ..)| program.as_str()).collect();
        assert_eq!((quantity.as_str(), form.as_str()), (expected.0, expected.1));
        assert_eq!(values, expected.2);
        assert_eq!(programs, ["alpha", "bravo", "charlie"]);
    }
    // The measured ones are as they were, on a scale that has both.
    assert_eq!(drawn(&page, "curve").len(), 4 * report.forms.len());
    let output = run(&saved);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("is no plan: missing field `curves`"), "{said}");
}
