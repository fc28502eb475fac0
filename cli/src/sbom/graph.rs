//! An account of a graph: its programs, and the packages that they are made of.

use std::collections::BTreeSet;

use dyrust_importer::graph::{Git, Graph, OnPlatform, Package, package_name};

use super::{Account, Item, Items, Kind, escaped, expression};

/// The property of packages of the workspace: their folder.
pub(super) const WORKSPACE: &str = "dyrust:path";

/// The account of a graph, and of those programs of a fleet that are resolved apart.
pub(super) fn account(graph: &Graph, number: usize) -> Account {
    let mut items = Items::new();
    let mut roots = BTreeSet::new();
    add(graph, number, &mut items, &mut roots);
    let target = &graph.platforms[number].target;
    for apart in graph.apart.values() {
        let same = apart
            .platforms
            .iter()
            .position(|platform| platform.target == *target && !platform.tests);
        if let Some(number) = same {
            add(apart, number, &mut items, &mut roots);
        }
    }
    let programs = items.values().filter(|item| item.kind == Kind::Program);
    let mut names: Vec<&str> = programs.map(|item| item.name.as_str()).collect();
    if names.is_empty() {
        names.extend(
            items
                .values()
                .filter(|item| item.at_run_time)
                .map(|item| item.name.as_str())
                .take(1),
        );
    }
    if names.is_empty() {
        names.push("no programs");
    }
    Account {
        name: format!("{} for {target}", names.join(", ")),
        target: Some(target.clone()),
        roots,
        items,
    }
}

fn add(graph: &Graph, number: usize, items: &mut Items, roots: &mut BTreeSet<String>) {
    let view = graph.on_platform(number);
    let asked = view.roots().into_iter().filter_map(|id| view.unit(id));
    roots.extend(asked.map(|(key, package, _)| name_of(graph, key, package)));
    // A unit may be reached as part of a program and as part of the build.
    let mut seen = BTreeSet::new();
    let mut open: Vec<(&str, bool)> = view.roots().into_iter().map(|id| (id, true)).collect();
    while let Some((id, at_run_time)) = open.pop() {
        let Some((key, package, unit)) = view.unit(id) else {
            continue;
        };
        let at_run_time = at_run_time && is_loaded(&view, id);
        if !seen.insert((id, at_run_time)) {
            continue;
        }
        let name = name_of(graph, key, package);
        let item = items.entry(name.clone()).or_insert_with(|| item(graph, key, package));
        item.at_run_time |= at_run_time;
        for feature in &unit.features {
            let feature = ("dyrust:feature", feature.clone());
            if !item.properties.contains(&feature) {
                item.properties.push(feature);
            }
        }
        for needed in view.needs(id) {
            if let Some((other, package, _)) = view.unit(needed)
                && other != key
            {
                let other = name_of(graph, other, package);
                if at_run_time && is_loaded(&view, needed) {
                    item.needs.insert(other);
                } else {
                    item.builders.insert(other);
                }
            }
            open.push((needed, at_run_time));
        }
        // An edge of both kinds is one of what runs.
        item.builders = item.builders.difference(&item.needs).cloned().collect();
        item.properties.sort();
        if at_run_time && unit.kind.as_deref() == Some("bin") && !unit.test {
            let mut program = Item::new(Kind::Program, unit.name.as_deref().unwrap_or(package_name(key)));
            program.version = Some(package.version.clone());
            program.at_run_time = true;
            program.needs.insert(name);
            program.loads = loaded(graph, &view, id);
            items.insert(format!("program {id}"), program);
        }
    }
}

fn is_loaded(view: &OnPlatform<'_>, id: &str) -> bool {
    view.unit(id).is_some_and(|(_, _, unit)| !unit.is_of_host())
}

/// The packages whose libraries a program loads: it lists all of them, those of its libraries among them.
fn loaded(graph: &Graph, view: &OnPlatform<'_>, program: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = view.libraries(program);
    let mut names = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !is_loaded(view, id) || !seen.insert(id) {
            continue;
        }
        if let Some((key, package, _)) = view.unit(id) {
            names.insert(name_of(graph, key, package));
        }
        open.extend(view.libraries(id));
    }
    names
}

/// The package's key; of a program that is resolved apart it may be another package's, too, and so a fleet has name, version and source.
fn name_of(graph: &Graph, key: &str, package: &Package) -> String {
    if graph.selection.fleet.is_none() {
        return key.to_owned();
    }
    let plain = format!("{}@{}", package_name(key), package.version);
    let vendored = package.vendored.as_ref().map(|vendored| &vendored.path);
    match (&package.git, &package.registry, package.path.as_ref().or(vendored)) {
        (Some(git), ..) => format!("{plain} ({})", location(git)),
        (None, Some(registry), _) => format!("{plain} (registry {registry})"),
        (None, None, Some(path)) => format!("{plain} ({path})"),
        (None, None, None) => plain,
    }
}

/// A repository at a commit.
fn location(git: &Git) -> String {
    format!("git+{}@{}", git.url, git.rev)
}

fn item(graph: &Graph, key: &str, package: &Package) -> Item {
    let mut item = Item::new(Kind::Package, package_name(key));
    item.package_url = Some(package_url(graph, &item.name, package));
    item.version = Some(package.version.clone());
    item.git = package.git.as_ref().map(location);
    item.sha256.clone_from(&package.sha256);
    item.license = package
        .license
        .as_ref()
        .map(|text| expression(text).unwrap_or_else(|| text.clone()));
    item.description.clone_from(&package.description);
    for (kind, property, text) in [
        ("website", "dyrust:website", &package.homepage),
        ("vcs", "dyrust:vcs", &package.repository),
    ] {
        match text {
            Some(text) if is_address(text) => item.links.push((kind, text.clone())),
            // Manifests may have any text there.
            Some(text) => item.properties.push((property, text.clone())),
            None => {}
        }
    }
    item.properties
        .extend(package.path.clone().map(|path| (WORKSPACE, path)));
    item
}

/// The package URL; <https://github.com/package-url/purl-spec>, type `cargo`.
fn package_url(graph: &Graph, name: &str, package: &Package) -> String {
    let plain = format!("pkg:cargo/{}@{}", escaped(name), escaped(&package.version));
    if let Some(git) = &package.git {
        return format!("{plain}?vcs_url={}", escaped(&location(git)));
    }
    match package.registry.as_ref().and_then(|name| graph.registries.get(name)) {
        Some(template) => format!("{plain}?repository_url={}", escaped(template)),
        None => plain,
    }
}

/// Is a text an address as forms have it: a URI or IRI with its scheme?
fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'));
    let is_allowed = |letter: char| {
        !letter.is_whitespace()
            && !letter.is_control()
            && !matches!(letter, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`' | '[' | ']')
    };
    let escapes = |part: &str| part.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let has_one_fragment = rest.split('#').count() <= 2;
    is_scheme
        && has_one_fragment
        && !rest.is_empty()
        && rest.chars().all(is_allowed)
        && rest.split('%').skip(1).all(escapes)
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_has_a_scheme_and_no_spaces() {
        for text in [
            "https://h.example/a%20b?c#d",
            "http://h.example",
            "https://h.example/ü",
            "mailto:a@b",
        ] {
            assert!(is_address(text), "{text}");
        }
        for text in [
            "",
            "h.example",
            "not a url",
            "http://a b",
            "git@h.example:a/b",
            "//h",
            "https:",
            "https://h/%zz",
            "https://h/%2",
            "https://h/{x}",
            "https://[::1",
            "https://h/a#b#c",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
