//! `dyrust tree`, `why`, `schema`, `completions` and `man`: what a graph holds and what the program understands.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;
use std::path::Path;

use clap::CommandFactory;
use serde_json::json;

use crate::Error;
use crate::Outcome;
use crate::arguments::{Arguments, TreeArguments, WhyArguments};
use crate::output::{Output, print};
use dyrust_importer::graph::{self, Graph, OnPlatform};

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
            known: graph
                .platforms
                .iter()
                .map(|platform| platform.target.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

pub(crate) fn tree(arguments: &TreeArguments, output: &Output) -> Result<Outcome, Error> {
    let (graph, number) = open(arguments)?;
    let view = graph.on_platform(number);
    if output.is_json() {
        let edges: BTreeMap<&str, Vec<&str>> = view.units().map(|id| (id, view.needs(id))).collect();
        output.json(&json!({ "roots": view.roots(), "units": edges }))?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    let mut seen = BTreeSet::new();
    for root in view.roots() {
        write_tree(&view, root, 0, &mut seen, &mut text);
    }
    print(&text)?;
    Ok(Outcome::Done)
}

/// Prints a unit and, the first time it is met, what it needs.
fn write_tree<'a>(view: &OnPlatform<'a>, root: &'a str, depth: usize, seen: &mut BTreeSet<&'a str>, text: &mut String) {
    let mut stack = vec![(root, depth)];
    while let Some((id, depth)) = stack.pop() {
        let new = seen.insert(id);
        let needs = view.needs(id);
        let mark = if new || needs.is_empty() { "" } else { " (*)" };
        let _ = writeln!(text, "{:indent$}{}{mark}", "", view.describe(id), indent = depth * 2);
        if new {
            stack.extend(needs.into_iter().rev().map(|id| (id, depth + 1)));
        }
    }
}

pub(crate) fn why(arguments: &WhyArguments, output: &Output) -> Result<Outcome, Error> {
    let (graph, number) = open(&arguments.tree)?;
    let view = graph.on_platform(number);
    let name = arguments.name.as_str();
    let wanted: BTreeSet<&str> = view.units().filter(|id| view.is_named(id, name)).collect();
    if wanted.is_empty() {
        return Err(Error::NoCrate {
            file: arguments.tree.graph.display().to_string(),
            name: name.to_owned(),
        });
    }
    let mut paths = Vec::new();
    for id in wanted {
        paths.extend(shortest_path(&view, id));
    }
    let named = |id: &String| id.split('@').next() == Some(name);
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
    print(&graph::schema())?;
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
