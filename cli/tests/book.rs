//! The book says what is true: its links lead somewhere, its code is code, its generated pages are current.
//!
//! `SNAPSHOTS=overwrite cargo test -p dyrust --test book` writes the generated pages anew. The commands in it are checked in
//! `cli/src/arguments.rs`; `checks/book/run` runs them.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use rnix::ast;
use rnix::{SyntaxKind, SyntaxNode};
use rowan::ast::AstNode;
use snapbox::{assert_data_eq, file};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// All pages of the book, and those at the top of the repository.
fn pages() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
        .iter()
        .map(|name| root().join(name))
        .collect();
    found.extend(in_book(&root().join("docs")));
    found
}

fn in_book(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(in_book(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found
}

struct Page {
    links: Vec<String>,
    anchors: BTreeSet<String>,
    /// Language and text of each block of code.
    code: Vec<(String, String)>,
}

fn read(path: &Path) -> Page {
    let text = fs::read_to_string(path).unwrap();
    let mut page = Page {
        links: Vec::new(),
        anchors: BTreeSet::new(),
        code: Vec::new(),
    };
    let mut heading: Option<String> = None;
    let mut code: Option<(String, String)> = None;
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push(dest_url.to_string())
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => page.anchors.extend(heading.take().map(|text| anchor(&text))),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                code = Some((language.to_string(), String::new()));
            }
            Event::End(TagEnd::CodeBlock) => page.code.extend(code.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
                if let Some((_, code)) = &mut code {
                    code.push_str(&text);
                }
            }
            _ => {}
        }
    }
    page
}

/// A heading's anchor, as mdBook and the usual hosts of repositories make it.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            letter if letter.is_alphanumeric() || letter == '-' || letter == '_' => Some(letter),
            _ => None,
        })
        .collect()
}

#[test]
fn links_lead_somewhere() {
    let pages: BTreeMap<PathBuf, Page> = pages().into_iter().map(|path| (path.clone(), read(&path))).collect();
    let mut wrong = String::new();
    for (path, page) in &pages {
        for link in page.links.iter().filter(|link| !link.contains("://")) {
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                path.clone()
            } else {
                path.parent().unwrap().join(file)
            };
            let target = target.canonicalize();
            let found = match &target {
                Err(_) => false,
                Ok(_) if fragment.is_empty() => true,
                Ok(target) => pages.get(target).is_some_and(|page| page.anchors.contains(fragment)),
            };
            if !found {
                let _ = writeln!(wrong, "{}: {link}", path.display());
            }
        }
    }
    assert!(wrong.is_empty(), "links that lead nowhere:\n{wrong}");
}

/// A page that the summary lacks is not in the book.
#[test]
fn every_page_is_in_the_summary() {
    let docs = root().join("docs");
    let listed: BTreeSet<PathBuf> = read(&docs.join("SUMMARY.md"))
        .links
        .iter()
        .map(|link| docs.join(link))
        .collect();
    let there: BTreeSet<PathBuf> = in_book(&docs)
        .into_iter()
        .filter(|path| !path.ends_with("SUMMARY.md"))
        .collect();
    let missing: Vec<_> = there.difference(&listed).collect();
    assert!(missing.is_empty(), "add to docs/SUMMARY.md: {missing:?}");
    let gone: Vec<_> = listed.difference(&there).collect();
    assert!(gone.is_empty(), "docs/SUMMARY.md names what is not there: {gone:?}");
}

/// Blocks of code are what they say they are. A part of a Nix file may be some attributes, or several expressions.
#[test]
fn code_is_code() {
    let mut wrong = String::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for path in pages() {
        for (language, text) in read(&path).code {
            *seen.entry(language.clone()).or_default() += 1;
            let reason = match language.as_str() {
                "nix" => nix_error(&text),
                "toml" => toml::from_str::<toml::Table>(&text)
                    .err()
                    .map(|error| error.to_string()),
                "json" => None,
                // A command of a session, or what it printed.
                "console" => (!text.starts_with("$ ")).then(|| "it does not begin with `$ `".to_owned()),
                "text" | "" | "yaml" | "sh" | "rust" => None,
                other => Some(format!("the language `{other}` is not known to this test")),
            };
            if let Some(reason) = reason {
                let _ = writeln!(wrong, "{}: {language}: {reason}\n{text}", path.display());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    for language in ["nix", "toml", "console"] {
        assert!(
            seen.contains_key(language),
            "no block of {language} was found: {seen:?}"
        );
    }
}

/// Why a text is neither an expression of Nix, nor attributes, nor several expressions.
fn nix_error(text: &str) -> Option<String> {
    // In examples, what is left out.
    let text = text.replace('…', "_left_out_");
    let error = |text: String| rnix::Root::parse(&text).errors().first().map(ToString::to_string);
    let first = error(text.clone())?;
    [format!("{{\n{text}\n}}"), format!("[\n{text}\n]")]
        .into_iter()
        .all(|text| error(text).is_some())
        .then_some(first)
}

/// The messages in the first column of the pages' tables of errors are what the sources say. `…` stands for what differs, as do names in examples.
#[test]
fn messages_of_the_pages_are_those_of_the_sources() {
    let mut said = fs::read_to_string(root().join("nixw")).unwrap();
    for folder in ["cli/src", "importer/src", "nix"] {
        said.push_str(&texts_below(&root().join(folder)));
    }
    // A text of Rust goes on in the next line after a backslash.
    let said: String = said.split("\\\n").map(str::trim_start).collect();
    let said = said.replace('`', "").replace("\\\"", "\"");
    let example = |message: &str| {
        ["crate-graph.json", "aarch64-unknown-linux-gnu", "../x"]
            .iter()
            .fold(message.to_owned(), |message, name| message.replace(name, "…"))
    };
    let mut wrong = String::new();
    let mut pieces = 0;
    for (page, section) in [("docs/errors.md", ""), ("docs/nixw.md", "## When it fails\n")] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let (_, text) = text.split_once(section).unwrap();
        for line in text.lines() {
            // The cell of a message begins with it; those of rustc and Nix are not ours.
            let Some(message) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next()) else {
                continue;
            };
            if line.contains(" says so)") {
                continue;
            }
            for piece in example(message).split('…') {
                let piece = piece.trim_matches([' ', ':', ';', ',']);
                pieces += usize::from(piece.len() > 5);
                if piece.len() > 5 && !said.contains(piece) {
                    let _ = writeln!(wrong, "{page}: {message}: nothing says `{piece}`");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(pieces > 20, "only {pieces} pieces of messages were found");
}

/// The text of all files below a folder that are code.
fn texts_below(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            text.push_str(&texts_below(&path));
        } else if path
            .extension()
            .is_some_and(|extension| ["nix", "rs", "sh"].iter().any(|code| extension == *code))
        {
            text.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
    text
}

/// The functions that the page on Nix lists, in its order: the file, and how they are reached.
const FUNCTIONS: &[(&str, &str)] = &[
    ("mkFlake", "dyrust.lib.mkFlake"),
    ("forSystems", "dyrust.lib.forSystems"),
    ("mkLib", "dyrust.lib.mkLib"),
    ("buildGraph", "(mkLib pkgs).buildGraph"),
    ("buildFleet", "(mkLib pkgs).buildFleet"),
    ("mkImage", "(mkLib pkgs).mkImage"),
    ("mkStatic", "(mkLib pkgs).mkStatic"),
    ("mkContainer", "(mkLib pkgs).mkContainer"),
    ("mkInitrd", "(mkLib pkgs).mkInitrd"),
    ("overlay", "dyrust.overlays.default"),
    ("nixosModule", "dyrust.nixosModules.default"),
    ("coreutilsModule", "dyrust.nixosModules.coreutils"),
    ("flakeModule", "dyrust.flakeModules.default"),
];

/// The page on Nix is made of the comments in the functions' own files.
#[test]
fn the_page_on_nix_is_current() {
    let mut text = String::from(
        "# Nix functions\n\nMade from the comments in `nix/`; `SNAPSHOTS=overwrite cargo test -p dyrust --test book` writes it anew. `lib` below is\n`dyrust.lib.mkLib pkgs`, the functions for one package set. What they give and take stays: [Compatibility](compatibility.md).\n",
    );
    for (name, reached) in FUNCTIONS {
        let file = root().join("nix").join(format!("{name}.nix"));
        let parsed = rnix::Root::parse(&fs::read_to_string(&file).unwrap()).ok().unwrap();
        let _ = write!(text, "\n## {name}\n\n`{reached}`\n\n");
        let head = leading_comments(parsed.syntax());
        assert!(!head.is_empty(), "{}: no comment says what it is", file.display());
        let _ = writeln!(text, "{}", prose(&head));
        let arguments = arguments(&parsed);
        if !arguments.is_empty() {
            text.push_str("\n| argument | default | |\n|---|---|---|\n");
        }
        for (argument, default, comment) in arguments {
            let default = default.map_or("needed".to_owned(), |default| format!("`{default}`"));
            let _ = writeln!(text, "| `{argument}` | {default} | {} |", comment.replace('|', "\\|"));
        }
    }
    assert_data_eq!(text, file!["../../docs/nix-api.md"].raw());
}

/// The lines of comments before the first token of the file's expression.
fn leading_comments(node: &SyntaxNode) -> Vec<String> {
    let mut lines = Vec::new();
    for token in node.descendants_with_tokens().filter_map(rnix::NodeOrToken::into_token) {
        match token.kind() {
            SyntaxKind::TOKEN_COMMENT => lines.push(comment_line(token.text())),
            SyntaxKind::TOKEN_WHITESPACE => {}
            _ => break,
        }
    }
    lines
}

fn comment_line(text: &str) -> String {
    text.trim_start_matches('#')
        .strip_prefix(' ')
        .unwrap_or_default()
        .trim_end()
        .to_owned()
}

/// Lines of a comment as Markdown: lines that are set in are a list of code.
fn prose(lines: &[String]) -> String {
    let mut text = String::new();
    let mut is_code = false;
    for line in lines {
        let set_in = line.starts_with("  ");
        if set_in != is_code {
            text.push_str(if set_in { "\n```text\n" } else { "```\n\n" });
            is_code = set_in;
        }
        let _ = writeln!(text, "{}", if set_in { line.trim_start() } else { line });
    }
    if is_code {
        text.push_str("```\n");
    }
    text.trim_end().to_owned()
}

/// The named arguments of a file's function: the last ones before its body. Name, default, comment.
fn arguments(parsed: &rnix::Root) -> Vec<(String, Option<String>, String)> {
    let mut pattern = None;
    let mut at = parsed.expr();
    loop {
        at = match at {
            Some(ast::Expr::Lambda(lambda)) => {
                pattern = match lambda.param() {
                    Some(ast::Param::Pattern(found)) => Some(found),
                    _ => None,
                };
                lambda.body()
            }
            Some(ast::Expr::LetIn(bindings)) => bindings.body(),
            _ => break,
        };
    }
    let Some(pattern) = pattern.filter(|pattern| !is_module(pattern)) else {
        return Vec::new();
    };
    pattern
        .pat_entries()
        .map(|entry| {
            let name = entry.ident().unwrap().to_string();
            let default = entry.default().map(|default| one_line(&default.to_string()));
            (name, default, comment_before(entry.syntax()))
        })
        .collect()
}

/// NixOS and flake-parts call a module with all that they know: it has options, and no arguments that a user would give.
fn is_module(pattern: &ast::Pattern) -> bool {
    pattern.ellipsis_token().is_some()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn comment_before(node: &SyntaxNode) -> String {
    let mut lines = Vec::new();
    let mut at = node.prev_sibling_or_token();
    while let Some(element) = at {
        match element.kind() {
            SyntaxKind::TOKEN_COMMENT => lines.push(comment_line(&element.to_string())),
            SyntaxKind::TOKEN_WHITESPACE => {}
            _ => break,
        }
        at = element.prev_sibling_or_token();
    }
    lines.reverse();
    lines.join(" ")
}
