//! The report for a terminal.

use std::fmt::Write as _;

use crate::elf::Sections;
use crate::model::{FormReport, Program, Report};
use crate::request::Form;
use crate::size;
use crate::table::Table;

/// How much of the report is written.
#[derive(Debug, Clone, Copy)]
pub struct TextOptions {
    /// The rows of the tables of packages and updates; `None` for all.
    pub rows: Option<usize>,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { rows: Some(20) }
    }
}

/// Writes the report as text, lines ended by `\n`.
#[must_use]
pub fn render(report: &Report, options: TextOptions) -> String {
    let mut text = String::new();
    let Some(form) = report.forms.first() else { return text };
    let parts = [
        summary(report, form),
        forms(report),
        programs(report, form),
        packages(form, options),
        updates(report, form, options),
    ];
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(part);
    }
    for warning in &report.warnings {
        let _ = writeln!(text, "\nwarning: {warning}");
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "one digit behind the point is shown")]
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        String::new()
    } else {
        format!("{:.1} %", part as f64 * 100.0 / whole as f64)
    }
}

fn ratio(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}

fn optional(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "–".to_owned(), size::show)
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn summary(report: &Report, form: &FormReport) -> String {
    let totals = &form.totals;
    let mut text = report
        .title
        .as_ref()
        .map(|title| format!("{title}: "))
        .unwrap_or_default();
    let _ = write!(
        text,
        "{} ({}), {}",
        count(form.programs.len() as u64, "program", "programs"),
        form.form,
        count(totals.packages, "package", "packages"),
    );
    if form.programs.len() > 1 {
        let _ = write!(text, " ({} used by two programs or more)", totals.shared_packages);
    }
    let _ = writeln!(text, ", {}", count(totals.objects, "object", "objects"));
    text.push('\n');
    let mut table = Table::new(&["size", "", ""], &[]);
    let mut row = |name: &str, bytes: u64, note: String| table.row(vec![name.to_owned(), size::show(bytes), note]);
    if form.programs.len() > 1 {
        let part = |bytes| percent(bytes, totals.bytes);
        row("used by two programs or more", totals.shared, part(totals.shared));
        row("used by one program", totals.single, part(totals.single));
    }
    if totals.unused > 0 {
        row(
            "used by no program",
            totals.unused,
            percent(totals.unused, totals.bytes),
        );
    }
    row("all, each file once", totals.bytes, String::new());
    if form.programs.len() > 1 {
        row("all, a copy for each program", totals.unshared, String::new());
    }
    row("as Nix archives", totals.nar_size, String::new());
    if let Some(gzip) = totals.gzip_size {
        row("as Nix archives, gzip", gzip, String::new());
    }
    row("C library (apart)", totals.c_library, String::new());
    text.push_str(&table.render());
    text.push('\n');
    let mut table = Table::new(&["purpose", "", ""], &[]);
    for (name, bytes) in Sections::NAMES.iter().zip(totals.sections.values()) {
        table.row(vec![
            (*name).to_owned(),
            size::show(bytes),
            percent(bytes, totals.sections.total()),
        ]);
    }
    text.push_str(&table.render());
    text
}

fn forms(report: &Report) -> String {
    if report.forms.len() < 2 {
        return String::new();
    }
    let against = report.baseline.map_or_else(String::new, |form| format!("of {form}"));
    let mut table = Table::new(
        &[
            "form",
            "bytes",
            &against,
            "gzip",
            "packages",
            "objects at start",
            "relocations",
        ],
        &[],
    );
    for form in &report.forms {
        let sum = |value: fn(&Program) -> u64| form.programs.iter().map(value).sum::<u64>();
        table.row(vec![
            form.form.to_string(),
            size::show(form.totals.bytes),
            ratio(form.totals.ratio),
            optional(form.totals.gzip_size),
            form.totals.packages.to_string(),
            sum(|program| program.start_objects).to_string(),
            sum(|program| program.relocations.total()).to_string(),
        ]);
    }
    table.render()
}

fn programs(report: &Report, form: &FormReport) -> String {
    let others: Vec<Form> = report.forms.iter().skip(1).map(|form| form.form).collect();
    let mut headings = vec!["program", "file", "adds", "total"];
    headings.extend(others.iter().map(|form| form.name()));
    let against = report
        .baseline
        .filter(|baseline| *baseline != form.form)
        .map(|form| format!("of {form}"));
    headings.extend(against.as_deref());
    headings.extend(["objects at start", "relocations", "symbolic"]);
    let started = report
        .forms
        .iter()
        .any(|form| form.programs.iter().any(|program| program.start.is_some()));
    if started {
        headings.push("start, ms");
    }
    let mut table = Table::new(&headings, &[]);
    for program in &form.programs {
        let mut row = vec![
            program.name.clone(),
            size::show(program.file),
            size::show(program.adds),
            size::show(program.total),
        ];
        for other in report.forms.iter().skip(1) {
            let same = other.programs.iter().find(|other| other.name == program.name);
            row.push(optional(same.map(|same| same.total)));
        }
        if against.is_some() {
            row.push(ratio(program.ratio));
        }
        row.extend([
            program.start_objects.to_string(),
            program.relocations.total().to_string(),
            program.relocations.symbolic.to_string(),
        ]);
        if started {
            row.push(starts(report, &program.name));
        }
        table.row(row);
    }
    table.render()
}

/// The medians of a program's starts in all forms, e.g. `3.5 dynamic, 1.6 static`.
fn starts(report: &Report, name: &str) -> String {
    let of = |form: &FormReport| {
        let start = form.programs.iter().find(|program| program.name == name)?.start?;
        Some(format!("{:.2} {}", start.median, form.form))
    };
    report.forms.iter().filter_map(of).collect::<Vec<_>>().join(", ")
}

fn rest(shown: usize, all: usize) -> String {
    if shown < all {
        format!("… and {} more\n", all - shown)
    } else {
        String::new()
    }
}

fn packages(form: &FormReport, options: TextOptions) -> String {
    let rows = options.rows.unwrap_or(usize::MAX);
    let mut table = Table::new(
        &["package", "bytes", "code", "relocations", "symbols", "users", "used by"],
        &[6],
    );
    let own: Vec<_> = form.packages.iter().filter(|package| !package.c_library).collect();
    for package in own.iter().take(rows) {
        let mut sections = Sections::default();
        package.objects.iter().for_each(|object| sections.add(&object.sections));
        table.row(vec![
            package.id.clone(),
            size::show(package.bytes),
            size::show(sections.code),
            size::show(sections.relocations),
            size::show(sections.symbols),
            package.users.len().to_string(),
            listed(&package.users),
        ]);
    }
    table.render() + &rest(rows, own.len())
}

/// A list that does not fill the line.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    if names.len() > SHOWN {
        let _ = write!(text, " +{}", names.len() - SHOWN);
    }
    text
}

fn updates(report: &Report, form: &FormReport, options: TextOptions) -> String {
    let rows = options.rows.unwrap_or(usize::MAX);
    let others: Vec<Form> = report.forms.iter().skip(1).map(|form| form.form).collect();
    let built = form.updates.iter().any(|update| update.rebuilds.is_some());
    let mut headings = vec!["if this changes", "paths", "programs", "archives", "gzip"];
    if built {
        headings.insert(1, "builds");
    }
    let named: Vec<String> = others.iter().map(|form| format!("{form}, gzip")).collect();
    headings.extend(named.iter().map(String::as_str));
    let mut table = Table::new(&headings, &[]);
    for update in form.updates.iter().take(rows) {
        let mut row = vec![
            update.package.clone(),
            update.changes.len().to_string(),
            update.programs.len().to_string(),
            size::show(update.nar_size),
            optional(update.gzip_size),
        ];
        if let Some(rebuilds) = update.rebuilds {
            row.insert(1, rebuilds.to_string());
        }
        row.extend(
            others
                .iter()
                .map(|other| optional(update.elsewhere.get(other).and_then(|cost| cost.gzip_size))),
        );
        table.row(row);
    }
    table.render() + &rest(rows, form.updates.len())
}
