//! `dyrust tree`, `why`, `schema`, `completions` and `man`: what a graph holds and what the program understands.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;
use std::path::Path;

use clap::CommandFactory;
use serde_json::{Value, json};

use crate::Error;
use crate::Outcome;
use crate::arguments::{Arguments, Format, Part, ShowArguments, TreeArguments, WhyArguments};
use crate::built::BuiltSizes;
use crate::check::{command_for_platform, quote};
use crate::output::{Output, print};
use dyrust_importer::graph::{self, Graph, OnPlatform, package_name};
use dyrust_importer::similar::did_you_mean;
use dyrust_report::size::show;
use dyrust_report::visible::indented;

/// The graph and the number of the platform that was asked for.
pub(crate) fn open(arguments: &TreeArguments) -> Result<(Graph, usize), Error> {
    let file = arguments.file()?;
    let graph = graph::read(&file)?;
    let number = number_of(&graph, &file, arguments.target.as_deref())?;
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
        None if graph.platforms.is_empty() => Err(Error::NoPlatforms(file.to_owned())),
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
            known: of_programs(graph)
                .map(|(_, platform)| platform.target.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

/// The platforms with their numbers, without those of the tests.
fn of_programs(graph: &Graph) -> impl Iterator<Item = (usize, &graph::Platform)> {
    graph
        .platforms
        .iter()
        .enumerate()
        .filter(|(_, platform)| !platform.tests)
}

/// The number of the platform that was asked for; if none was, of all.
pub(crate) fn numbers_of(graph: &Graph, file: &Path, wanted: Option<&str>) -> Result<Vec<usize>, Error> {
    match wanted {
        None if of_programs(graph).next().is_some() => Ok(of_programs(graph).map(|(number, _)| number).collect()),
        _ => Ok(vec![number_of(graph, file, wanted)?]),
    }
}

/// A platform of a graph: its target, and whether it has the units of the tests alone.
pub(crate) type Platform<'g> = (&'g str, bool);

/// The platform of a number, and those after it that are looked at for a crate that nothing needs there: the tests, and where no target was asked
/// for those of other targets.
fn platforms<'g>(graph: &'g Graph, number: usize, asked: Option<&str>) -> Vec<Platform<'g>> {
    let first = graph.platforms.get(number).into_iter();
    let same = |platform: &&graph::Platform| first.clone().all(|first| first.target == platform.target);
    let others = graph.platforms.iter().filter(|other| asked.is_none() && !same(other));
    let all = first.clone().chain(graph.platforms.iter().filter(same)).chain(others);
    let mut known = BTreeSet::new();
    all.map(|platform| (platform.target.as_str(), platform.tests))
        .filter(|platform| known.insert(*platform))
        .collect()
}

/// A platform in words.
fn named_platform((target, tests): Platform<'_>) -> String {
    match tests {
        true => format!("the tests on {target}"),
        false => target.to_owned(),
    }
}

/// A graph, and by their names the programs of a fleet that are resolved apart, as a platform sees them.
pub(crate) fn views<'g>(graph: &'g Graph, platform: Platform<'_>) -> Vec<(Option<&'g str>, OnPlatform<'g>)> {
    let apart = graph.apart.iter().map(|(name, graph)| (Some(name.as_str()), graph));
    std::iter::once((None, graph))
        .chain(apart)
        .filter_map(|(name, graph)| {
            let is_it = |other: &graph::Platform| (other.target.as_str(), other.tests) == platform;
            let number = graph.platforms.iter().position(is_it)?;
            Some((name, graph.on_platform(number)))
        })
        .collect()
}

/// What is asked of the first platform that has an answer; where it is not the one that was asked for, that is said.
///
/// # Errors
/// If there is none: the crate is not in the graph, or nothing needs it on a platform that was asked for.
fn answer<T>(
    name: &str,
    arguments: &TreeArguments,
    graph: &Graph,
    number: usize,
    output: &Output,
    find: impl Fn(Platform<'_>) -> Option<T>,
) -> Result<T, Error> {
    let asked = platforms(graph, number, arguments.target.as_deref());
    let first = asked.first().copied().map(named_platform).unwrap_or_default();
    for (place, platform) in asked.into_iter().enumerate() {
        if let Some(found) = find(platform) {
            if place > 0 {
                let other = named_platform(platform);
                output.say(&format!(
                    "note: nothing needs `{name}` for {first}; this is for {other}"
                ));
            }
            return Ok(found);
        }
    }
    let others = platforms(graph, number, None).into_iter();
    let others: Vec<String> = others
        .filter(|platform| find(*platform).is_some())
        .map(named_platform)
        .collect();
    if !others.is_empty() {
        return Err(Error::NotNeeded {
            file: arguments.file()?.display().to_string(),
            name: name.to_owned(),
            target: first,
            others: others.join(", "),
        });
    }
    let graphs = || std::iter::once(graph).chain(graph.apart.values());
    let known = graphs().flat_map(|graph| graph.packages.keys().map(|key| package_name(key)));
    // Of a name that is there the versions are.
    let others: BTreeSet<String> = graphs()
        .flat_map(|graph| &graph.packages)
        .map(|(key, package)| (package_name(key), &package.version))
        .filter(|(known, _)| name.strip_prefix(known).is_some_and(|rest| rest.starts_with('@')))
        .map(|(known, version)| format!("`{known}@{version}`"))
        .collect();
    let near = match others.len() {
        0 => did_you_mean(name, known),
        _ => format!("; there is {}", others.into_iter().collect::<Vec<_>>().join(", ")),
    };
    Err(Error::NoCrate {
        file: arguments.file()?.display().to_string(),
        name: name.to_owned(),
        near,
    })
}

pub(crate) fn tree(arguments: &ShowArguments, output: &Output) -> Result<Outcome, Error> {
    let (graph, number) = open(&arguments.tree)?;
    let built = BuiltSizes::read(&arguments.report)?;
    let walks = |platform: Platform<'_>| -> Option<Vec<_>> {
        let walks: Vec<_> = views(&graph, platform)
            .into_iter()
            .filter_map(|(program, view)| Some((program, Walk::new(view, arguments, &built)?)))
            .collect();
        (!walks.is_empty()).then_some(walks)
    };
    let walks = match &arguments.invert {
        Some(name) => answer(name, &arguments.tree, &graph, number, output, walks)?,
        None => {
            let first = platforms(&graph, number, None).into_iter().next();
            first.and_then(walks).unwrap_or_default()
        }
    };
    if walks.iter().all(|(_, walk)| walk.roots.is_empty()) {
        output.say(&format!("note: {}", nothing_shown(arguments)));
    }
    if !arguments.report.is_empty() && walks.iter().all(|(_, walk)| walk.bytes.is_empty()) {
        output.say("note: the reports have none of these crates: were they made of this graph's build, as dynamic?");
    }
    if output.is_json() {
        let mut shown = json!({ "roots": [], "units": {} });
        for (program, walk) in &walks {
            let value = walk.json(!arguments.report.is_empty());
            match program {
                Some(program) => shown["apart"][*program] = value,
                None => shown = value,
            }
        }
        output.json(&shown)?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for (_, walk) in &walks {
        let mut seen = BTreeSet::new();
        for root in &walk.roots {
            walk.write(root, &mut seen, &mut text);
        }
    }
    print(&text)?;
    Ok(Outcome::Done)
}

/// Why a tree has no line.
fn nothing_shown(arguments: &ShowArguments) -> String {
    match (&arguments.invert, arguments.only) {
        (Some(name), Some(Part::Target)) => {
            format!("no program holds `{name}`, which only builds them: `--only host` shows it")
        }
        (Some(name), Some(Part::Host)) => {
            format!("`{name}` is nothing that only builds programs: `--only target` shows it")
        }
        (None, Some(Part::Host)) => "nothing only builds what was asked for".to_owned(),
        (None, Some(Part::Target)) => "all that was asked for only builds programs: `--only host` shows it".to_owned(),
        (_, None) => "nothing was asked for on this platform".to_owned(),
    }
}

/// A graph as it is shown: from its roots down, or from a crate up.
struct Walk<'g> {
    view: OnPlatform<'g>,
    roots: Vec<&'g str>,
    /// What stands below a unit.
    below: BTreeMap<&'g str, Vec<&'g str>>,
    /// The bytes of the units that the tree shows, as far as reports have them.
    bytes: BTreeMap<&'g str, u64>,
    depth: usize,
}

impl<'g> Walk<'g> {
    /// The walk that was asked for; nothing if it is to begin at a crate that nothing needs here.
    fn new(view: OnPlatform<'g>, arguments: &ShowArguments, built: &BuiltSizes) -> Option<Self> {
        let needs = needs(&view);
        let mut walk = Self {
            roots: match &arguments.invert {
                Some(name) => needs.keys().copied().filter(|id| view.is_named(id, name)).collect(),
                None => view.roots(),
            },
            below: if arguments.invert.is_some() {
                inverted(&needs)
            } else {
                needs
            },
            bytes: BTreeMap::new(),
            depth: arguments.depth.unwrap_or(usize::MAX),
            view,
        };
        if arguments.invert.is_some() && walk.roots.is_empty() {
            return None;
        }
        match arguments.only {
            None => {}
            Some(Part::Target) => walk.keep(false),
            // What builds a program begins at each unit that a unit of the target needs for its build.
            Some(Part::Host) => {
                if arguments.invert.is_none() {
                    let first = walk.below.iter().filter(|(id, _)| !is_of_host(&walk.view, id));
                    let entries = first.flat_map(|(_, needs)| needs).chain(&walk.roots);
                    let entries: BTreeSet<&str> = entries.copied().collect();
                    walk.roots = entries.into_iter().collect();
                }
                walk.keep(true);
            }
        }
        let bytes = |id: &'g str| {
            let (key, package, unit) = walk.view.unit(id)?;
            Some((id, built.bytes(key, package, unit)?))
        };
        walk.bytes = walk.reached().into_iter().filter_map(bytes).collect();
        Some(walk)
    }

    /// Keeps the units that are of the host, or those that are not.
    fn keep(&mut self, of_host: bool) {
        let Self { view, roots, below, .. } = self;
        let is_kept = |id: &&str| is_of_host(view, id) == of_host;
        roots.retain(is_kept);
        for below in below.values_mut() {
            below.retain(is_kept);
        }
    }

    /// What the tree shows, for programs.
    fn json(&self, with_bytes: bool) -> Value {
        let mut units: BTreeMap<&str, &[&str]> = BTreeMap::new();
        // By levels: each is met first where it is highest, and there most of what is below it is shown.
        let mut open: VecDeque<(&str, usize)> = self.roots.iter().map(|root| (*root, 0)).collect();
        while let Some((id, depth)) = open.pop_front() {
            if units.contains_key(id) {
                continue;
            }
            let below = if depth < self.depth { self.below(id) } else { &[] };
            units.insert(id, below);
            open.extend(below.iter().map(|id| (*id, depth + 1)));
        }
        let mut shown = json!({ "roots": self.roots, "units": units });
        if with_bytes {
            let is_shown = |(id, _): &(&&str, &u64)| units.contains_key(**id);
            let bytes: BTreeMap<_, _> = self.bytes.iter().filter(is_shown).collect();
            shown["bytes"] = json!(bytes);
        }
        shown
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
                "{}{}{}{mark}",
                indent(depth),
                self.view.describe(id),
                size.unwrap_or_default(),
            );
            if is_shown {
                stack.extend(below.iter().rev().map(|id| (*id, depth + 1)));
            }
        }
    }
}

/// What stands before a line of so many levels. Deeper ones stand below each other: no graph that somebody looks at is so deep, and one that was
/// made to be would fill the memory with spaces.
fn indent(depth: usize) -> String {
    const DEEPEST: usize = 500;
    "  ".repeat(depth.min(DEEPEST))
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

/// Is a unit for the machine that builds?
fn is_of_host(view: &OnPlatform<'_>, id: &str) -> bool {
    view.unit(id).is_some_and(|(_, _, unit)| unit.is_of_host())
}

/// The ways to the units of a crate, as ids and in words.
struct Ways<'g> {
    target: String,
    tests: bool,
    paths: Vec<Vec<&'g str>>,
    text: String,
}

pub(crate) fn why(arguments: &WhyArguments, output: &Output) -> Result<Outcome, Error> {
    let (graph, number) = open(&arguments.tree)?;
    let name = arguments.name.as_str();
    let ways = |(target, tests): Platform<'_>| {
        let mut ways = Ways {
            target: target.to_owned(),
            tests,
            paths: Vec::new(),
            text: String::new(),
        };
        for (_, view) in views(&graph, (target, tests)) {
            let needs = needs(&view);
            for wanted in needs.keys().filter(|id| view.is_named(id, name)) {
                // A root is asked for by the import itself, and others may need it all the same.
                let is_root = view.roots().contains(wanted);
                let itself = is_root.then(|| vec![*wanted]);
                for path in itself.into_iter().chain(shortest_path(&view, wanted)) {
                    write_path(&view, &path, &mut ways.text);
                    ways.paths.push(path);
                }
            }
        }
        (!ways.paths.is_empty()).then_some(ways)
    };
    let ways = answer(name, &arguments.tree, &graph, number, output, ways)?;
    let named = |id: &String| package_name(id) == name;
    let notices: Vec<_> = graph
        .notices
        .iter()
        .filter(|notice| notice.packages.iter().any(named))
        .collect();
    if output.is_json() {
        let Ways {
            target, tests, paths, ..
        } = ways;
        output.json(&json!({ "paths": paths, "notices": notices, "target": target, "tests": tests }))?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for notice in notices {
        let _ = writeln!(text, "{}", indented(&format!("note: {}", notice.text)));
    }
    print(&(text + &ways.text))?;
    Ok(Outcome::Done)
}

/// Writes a way from a root to a unit, a line a step.
fn write_path(view: &OnPlatform<'_>, path: &[&str], text: &mut String) {
    if let [root] = path {
        let _ = writeln!(text, "{}: asked for by the import itself", view.describe(root));
        return;
    }
    for (depth, id) in path.iter().enumerate() {
        let _ = writeln!(text, "{}{}", indent(depth), view.describe(id));
    }
}

/// The shortest way from another root to a unit.
fn shortest_path<'a>(view: &OnPlatform<'a>, wanted: &str) -> Option<Vec<&'a str>> {
    let others = view.roots().into_iter().filter(|root| *root != wanted);
    let mut from: BTreeMap<&str, Option<&str>> = others.map(|root| (root, None)).collect();
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

pub(crate) fn schema(output: &Output) -> Result<Outcome, Error> {
    only_as_json(output)?;
    print(&graph::schema()?)?;
    Ok(Outcome::Done)
}

/// What other programs read as it is has no other form.
fn only_as_text(output: &Output) -> Result<(), Error> {
    let why = "is not for what a shell or `man` reads";
    output.refuse_format(Format::Json, "--format json", why)
}

/// The same the other way round.
pub(crate) fn only_as_json(output: &Output) -> Result<(), Error> {
    let why = "is not for what programs alone read: it is JSON in any case";
    output.refuse_format(Format::Text, "--format text", why)
}

pub(crate) fn completions(shell: clap_complete::Shell, output: &Output) -> Result<Outcome, Error> {
    only_as_text(output)?;
    let mut command = Arguments::command();
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, "dyrust", &mut text);
    print(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::Done)
}

pub(crate) fn man(output: &Output) -> Result<Outcome, Error> {
    only_as_text(output)?;
    let mut text = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut text)
        .map_err(Error::Output)?;
    print(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::Done)
}
