//! `dyrust sbom` and `dyrust licenses`: what programs are made of.
//!
//! The forms are CycloneDX 1.6 (ECMA-424) and SPDX 2.3, both as JSON; packages are named by package URLs. The same graph and the same
//! programs give the same text every time: there is no time and no random number in it.

mod built;
mod cyclonedx;
mod graph;
mod spdx;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use dyrust_report::visible::one_line;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::arguments::{LicensesArguments, SbomArguments, SbomForm};
use crate::graph_file::{Naming, named_or_usual};
use crate::inspect::{numbers_of, only_as_json, open};
use crate::output::{Output, print, print_json};
use crate::{Error, Outcome};

/// What an account has a line on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A program.
    Program,
    /// A package.
    Package,
    /// A shared object.
    File,
}

/// One part of an account.
#[derive(Debug)]
struct Item {
    kind: Kind,
    name: String,
    version: Option<String>,
    package_url: Option<String>,
    /// Of packages in git repositories.
    git: Option<String>,
    sha256: Option<String>,
    license: Option<String>,
    description: Option<String>,
    /// Kind (as CycloneDX has it) and address.
    links: Vec<(&'static str, String)>,
    /// Name and value.
    properties: Vec<(&'static str, String)>,
    /// Is it part of a program, in distinction from what only builds it?
    at_run_time: bool,
    /// What is loaded with a program, or what a shared object looks for among what is loaded.
    loads: BTreeSet<String>,
    /// What it is compiled with, or made of, that is part of a program.
    needs: BTreeSet<String>,
    /// What only builds it.
    builders: BTreeSet<String>,
}

impl Item {
    fn new(kind: Kind, name: &str) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            version: None,
            package_url: None,
            git: None,
            sha256: None,
            license: None,
            description: None,
            links: Vec::new(),
            properties: Vec::new(),
            at_run_time: false,
            loads: BTreeSet::new(),
            needs: BTreeSet::new(),
            builders: BTreeSet::new(),
        }
    }
}

/// The parts of an account by what they are called in it.
type Items = BTreeMap<String, Item>;

/// What an account is about.
struct Account {
    /// One line.
    name: String,
    /// The platform, of graphs.
    target: Option<String>,
    /// What was asked for, of graphs: those of its parts that are no part of others, as a rule.
    roots: BTreeSet<String>,
    items: Items,
}

pub(crate) fn run(arguments: &SbomArguments, output: &Output) -> Result<Outcome, Error> {
    only_as_json(output)?;
    let account = if arguments.built.is_empty() {
        let (graph, number) = open(&arguments.tree)?;
        graph::account(&graph, number)
    } else {
        built::account(&arguments.built, output)?
    };
    print_json(&match arguments.form {
        SbomForm::Cyclonedx => cyclonedx::document(&account),
        SbomForm::Spdx => spdx::document(&account),
    })?;
    Ok(Outcome::Done)
}

/// A licence as SPDX says it today, if a manifest's text is an expression: `OR` for the slash of older manifests, and `GPL-2.0-only` for
/// `GPL-2.0`. A name that may be this licence or that (`BSD`, `Apache 2.0`) makes none.
fn expression(license: &str) -> Option<String> {
    let precise = ::spdx::ParseMode {
        allow_imprecise_license_names: false,
        ..::spdx::ParseMode::LAX
    };
    ::spdx::Expression::parse_mode(license, precise).ok()?;
    Some(canonical(license))
}

/// The same for what is only looked for in a list of what is allowed: names count as what they are taken for.
fn canonical(license: &str) -> String {
    let canonical = ::spdx::Expression::canonicalize(license).ok().flatten();
    canonical.unwrap_or_else(|| license.to_owned())
}

/// A licence that is allowed, by its id; an id that SPDX has given up stands for the one that took its place.
fn licensee(name: &str) -> Result<::spdx::Licensee, Error> {
    ::spdx::Licensee::parse(name)
        .or_else(|error| ::spdx::Licensee::parse(&canonical(name)).map_err(|_| error))
        .map_err(|error| {
            let ids = ids(name);
            Error::License(
                name.to_owned(),
                match ids.as_slice() {
                    [] | [_] => error.reason.to_string(),
                    ids => format!("give each licence by its own: `--allow {}`", ids.join(",")),
                },
            )
        })
}

/// The licences of an expression, each once; none of what is no expression.
fn ids(expression: &str) -> Vec<String> {
    let Ok(expression) = ::spdx::Expression::parse(expression) else {
        return Vec::new();
    };
    let mut ids: Vec<String> = Vec::new();
    for requirement in expression.requirements() {
        let id = requirement.req.to_string();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// What package URLs have as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~')
    .remove(b':');

/// Percent-encoding, as package URLs ask for it.
fn escaped(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// Prints which packages have which licence; with an allow list, those whose licence asks for something else, and fails if there are any.
pub(crate) fn licenses(arguments: &LicensesArguments, output: &Output) -> Result<Outcome, Error> {
    let allowed: Vec<::spdx::Licensee> = arguments
        .allow
        .iter()
        .map(|name| licensee(name))
        .collect::<Result<_, _>>()?;
    let file = named_or_usual(arguments.graph.as_deref(), Naming::Option)?;
    let graph = dyrust_importer::graph::read(&file)?;
    let mut items = Items::new();
    for number in numbers_of(&graph, &file, arguments.target.as_deref())? {
        for (id, item) in graph::account(&graph, number).items {
            let at_run_time = item.at_run_time;
            items.entry(id).or_insert(item).at_run_time |= at_run_time;
        }
    }
    let mut by_license: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut refused = Vec::new();
    for item in items.into_values() {
        if item.kind != Kind::Package || !item.at_run_time && !arguments.build {
            continue;
        }
        let label = format!("{} {}", item.name, item.version.unwrap_or_default());
        let license = item.license;
        let fine = allowed.is_empty()
            || item.properties.iter().any(|(name, _)| *name == graph::WORKSPACE)
            || license.as_ref().is_some_and(|license| {
                let parsed = ::spdx::Expression::parse_mode(&canonical(license), ::spdx::ParseMode::LAX);
                parsed.is_ok_and(|expression| {
                    expression.evaluate(|asked| allowed.iter().any(|licensee| licensee.satisfies(asked)))
                })
            });
        let license = license.unwrap_or_else(|| "none in the manifest".to_owned());
        if !fine {
            refused.push(format!("{label}: {license}"));
        }
        by_license.entry(license).or_default().push(label);
    }
    if output.is_json() {
        output.json(&json!({ "licenses": by_license, "refused": refused }))?;
    } else if allowed.is_empty() {
        let mut text = String::new();
        for (license, packages) in &by_license {
            let _ = writeln!(text, "{}: {}", one_line(license), packages.join(", "));
        }
        print(&text)?;
    }
    for line in &refused {
        output.warn(&format!("not allowed: {line}"));
    }
    Ok(if refused.is_empty() {
        Outcome::Done
    } else {
        Outcome::Refused
    })
}
