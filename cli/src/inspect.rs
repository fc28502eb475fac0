//! `dyrust tree`, `why`, `schema`, `completions` and `man`: what a graph holds and what the program understands.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;
use std::path::Path;

use clap::CommandFactory;
use serde_json::json;

use crate::Error;
use crate::Outcome;
use crate::arguments::{Arguments, Part, ShowArguments, TreeArguments, WhyArguments};
use crate::built::BuiltSizes;
use crate::check::{command_for_platform, quote};
use crate::output::{Output, print};
use dyrust_importer::graph::{self, Graph, OnPlatform, package_name};
use dyrust_importer::similar::did_you_mean;
use dyrust_report::size::show;

/// The graph and the number of the platform that was asked for.
pub(crate) fn open(arguments: &TreeArguments) -> Result<(Graph, usize), Error> {
    let graph = graph::read(&arguments.graph)?;
    let number = number_of(&graph, &arguments.graph, arguments.target.as_deref())?;
    Ok((graph, number))
}

/// The number of the platform that was asked for, the first if none was.
pub(crate) fn number_of(graph: &Graph, file: &Path, wanted: Option<&str>) -> Result<usize, Error> {
    let number = graph
        .platforms
        .iter()
        .position(|platform| wanted.is_none_or(|target| platform.target == target));
    match number {
        Some(number) => Ok(number),
        None => Err(Error::NoPlatform {
            file: file.display().to_string(),
            target: wanted.unwrap_or_default().to_owned(),
            help: match (&graph.selection.fleet, wanted.unwrap_or_default()) {
                (Some(fleet), target) => {
                    format!(
                        "add `{target}` to `platforms` in {fleet}, and run `dyrust fleet import {}`",
                        quote(fleet)
                    )
                }
                (None, target) => format!("run `{}`", command_for_platform(graph, file, target)),
            },
            known: graph
                .platforms
                .iter()
                .map(|platform| platform.target.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

pub(crate) fn tree(arguments: &ShowArguments, output: &Output) -> Result<Outcome, Error> {
    let (graph, number) = open(&arguments.tree)?;
    let view = graph.on_platform(number);
    let walk = Walk::new(&view, arguments)?;
    if !arguments.report.is_empty() && walk.bytes.is_empty() {
        output.say("note: the reports have none of these crates: were they made of this graph's build, as dynamic?");
    }
    if output.is_json() {
        let edges: BTreeMap<&str, &[&str]> = walk.reached().into_iter().map(|id| (id, walk.below(id))).collect();
        let mut shown = json!({ "roots": walk.roots, "units": edges });
        if !arguments.report.is_empty() {
            shown["bytes"] = json!(walk.bytes);
        }
        output.json(&shown)?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    let mut seen = BTreeSet::new();
    for root in &walk.roots {
        walk.write(root, &mut seen, &mut text);
    }
    print(&text)?;
    Ok(Outcome::Done)
}

/// A graph as it is shown: from its roots down, or from a crate up.
struct Walk<'v, 'g> {
    view: &'v OnPlatform<'g>,
    roots: Vec<&'g str>,
    /// What stands below a unit.
    below: BTreeMap<&'g str, Vec<&'g str>>,
    /// The bytes of the units that the tree shows, as far as reports have them.
    bytes: BTreeMap<&'g str, u64>,
    depth: usize,
}

impl<'v, 'g> Walk<'v, 'g> {
    fn new(view: &'v OnPlatform<'g>, arguments: &ShowArguments) -> Result<Self, Error> {
        let needs = needs(view);
        let roots = view.roots();
        let mut walk = Self {
            view,
            roots: match &arguments.invert {
                Some(name) => named(view, name, &needs, &arguments.tree)?,
                None => roots,
            },
            below: if arguments.invert.is_some() {
                inverted(&needs)
            } else {
                needs
            },
            bytes: BTreeMap::new(),
            depth: arguments.depth.unwrap_or(usize::MAX),
        };
        match arguments.only {
            None => {}
            Some(Part::Target) => walk.keep(|id| !is_of_host(id)),
            // What builds a program begins at each unit that a unit of the target needs for its build.
            Some(Part::Host) => {
                if arguments.invert.is_none() {
                    let first = walk.below.iter().filter(|(id, _)| !is_of_host(id));
                    let entries: BTreeSet<&str> = first.flat_map(|(_, needs)| needs).copied().collect();
                    walk.roots = entries.into_iter().collect();
                }
                walk.keep(is_of_host);
            }
        }
        let built = BuiltSizes::read(&arguments.report)?;
        let bytes = |id: &'g str| {
            let (key, package, unit) = view.unit(id)?;
            Some((id, built.bytes(key, package, unit)?))
        };
        walk.bytes = walk.reached().into_iter().filter_map(bytes).collect();
        Ok(walk)
    }

    fn keep(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.roots.retain(|id| is_kept(id));
        for below in self.below.values_mut() {
            below.retain(|id| is_kept(id));
        }
    }

    fn below(&self, id: &str) -> &[&'g str] {
        self.below.get(id).map_or(&[], Vec::as_slice)
    }

    /// The units that the tree shows, however deep it is.
    fn reached(&self) -> BTreeSet<&'g str> {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut stack = self.roots.clone();
        while let Some(id) = stack.pop() {
            if seen.insert(id) {
                stack.extend(self.below(id));
            }
        }
        seen
    }

    /// Prints a unit and, the first time it is met, what stands below it.
    fn write(&self, root: &'g str, seen: &mut BTreeSet<&'g str>, text: &mut String) {
        let mut stack = vec![(root, 0)];
        while let Some((id, depth)) = stack.pop() {
            let below = self.below(id);
            let is_shown = depth < self.depth && seen.insert(id);
            let mark = if is_shown || below.is_empty() || depth >= self.depth {
                ""
            } else {
                " (*)"
            };
            let size = self.bytes.get(id).map(|bytes| format!(", {}", show(*bytes)));
            let _ = writeln!(
                text,
                "{:indent$}{}{}{mark}",
                "",
                self.view.describe(id),
                size.unwrap_or_default(),
                indent = depth * 2
            );
            if is_shown {
                stack.extend(below.iter().rev().map(|id| (*id, depth + 1)));
            }
        }
    }
}

/// What the units of the platform need: those that its roots reach.
fn needs<'g>(view: &OnPlatform<'g>) -> BTreeMap<&'g str, Vec<&'g str>> {
    let mut found = BTreeMap::new();
    let mut stack = view.roots();
    while let Some(id) = stack.pop() {
        if !found.contains_key(id) {
            let needs = view.needs(id);
            stack.extend(&needs);
            found.insert(id, needs);
        }
    }
    found
}

fn inverted<'g>(needs: &BTreeMap<&'g str, Vec<&'g str>>) -> BTreeMap<&'g str, Vec<&'g str>> {
    let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (id, needs) in needs {
        for needed in needs {
            users.entry(needed).or_default().insert(id);
        }
    }
    users
        .into_iter()
        .map(|(id, users)| (id, users.into_iter().collect()))
        .collect()
}

/// The units of the platform that a name means.
fn named<'g>(
    view: &OnPlatform<'g>,
    name: &str,
    needs: &BTreeMap<&'g str, Vec<&'g str>>,
    arguments: &TreeArguments,
) -> Result<Vec<&'g str>, Error> {
    let found: Vec<&str> = needs.keys().copied().filter(|id| view.is_named(id, name)).collect();
    if found.is_empty() {
        return Err(no_crate(view, name, arguments));
    }
    Ok(found)
}

fn no_crate(view: &OnPlatform<'_>, name: &str, arguments: &TreeArguments) -> Error {
    let known = view.units().filter_map(|id| Some(package_name(view.unit(id)?.0)));
    Error::NoCrate {
        file: arguments.graph.display().to_string(),
        name: name.to_owned(),
        near: did_you_mean(name, known),
    }
}

/// Is a unit for the machine that builds? Build scripts and proc macros run there, and their ids say so.
fn is_of_host(id: &str) -> bool {
    id.split(' ').skip(1).any(|word| matches!(word, "host" | "build"))
}

pub(crate) fn why(arguments: &WhyArguments, output: &Output) -> Result<Outcome, Error> {
    let (graph, number) = open(&arguments.tree)?;
    let view = graph.on_platform(number);
    let name = arguments.name.as_str();
    let wanted: BTreeSet<&str> = view.units().filter(|id| view.is_named(id, name)).collect();
    if wanted.is_empty() {
        return Err(no_crate(&view, name, &arguments.tree));
    }
    let mut paths = Vec::new();
    for id in wanted {
        paths.extend(shortest_path(&view, id));
    }
    let named = |id: &String| package_name(id) == name;
    let notices: Vec<_> = graph
        .notices
        .iter()
        .filter(|notice| notice.packages.iter().any(named))
        .collect();
    if output.is_json() {
        output.json(&json!({ "paths": paths, "notices": notices }))?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for notice in notices {
        let _ = writeln!(text, "note: {}", notice.text);
    }
    for path in paths {
        if let [root] = path.as_slice() {
            let _ = writeln!(text, "{}: asked for by the import itself", view.describe(root));
            continue;
        }
        for (depth, id) in path.iter().enumerate() {
            let _ = writeln!(text, "{:indent$}{}", "", view.describe(id), indent = depth * 2);
        }
    }
    print(&text)?;
    Ok(Outcome::Done)
}

/// The shortest way from a root to a unit.
fn shortest_path<'a>(view: &OnPlatform<'a>, wanted: &'a str) -> Option<Vec<&'a str>> {
    let mut from: BTreeMap<&str, Option<&str>> = view.roots().into_iter().map(|root| (root, None)).collect();
    let mut queue: VecDeque<&str> = from.keys().copied().collect();
    while let Some(id) = queue.pop_front() {
        if id == wanted {
            let mut path = vec![id];
            let mut at = id;
            while let Some(Some(before)) = from.get(at) {
                path.push(before);
                at = before;
            }
            path.reverse();
            return Some(path);
        }
        for next in view.needs(id) {
            if !from.contains_key(next) {
                from.insert(next, Some(id));
                queue.push_back(next);
            }
        }
    }
    None
}

pub(crate) fn schema() -> Result<Outcome, Error> {
    print(&graph::schema()?)?;
    Ok(Outcome::Done)
}

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<Outcome, Error> {
    let mut command = Arguments::command();
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, "dyrust", &mut text);
    print(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::Done)
}

pub(crate) fn man() -> Result<Outcome, Error> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut text)
        .map_err(Error::Output)?;
    print(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::Done)
}
