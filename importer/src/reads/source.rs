//! What a Rust source names: its string literals and the modules that it declares in other files.

use std::path::{Path, PathBuf};

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// The most literals that are put together.
const LONGEST_RUN: usize = 8;

/// What a source names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The values of all string literals, wherever they are, and of those that follow each other what they are together: by
    /// `concat!("../", "a.txt")`, `["..", "a.txt"]` and `.join("..").join("a.txt")`.
    pub(super) literals: Vec<String>,
    /// Those of them that a macro is given first, or an attribute as its value: `include_dir!("docs")`, `#[folder = "docs"]`.
    pub(super) of_macros: Vec<String>,
    /// Whether the package's folder is asked for, and not only what is joined to it.
    pub(super) own_folder: bool,
    /// The names in `mod name;`; of one in a module of this file also with that one's name in front of it, `outer/name`: which counts is
    /// up to the outer one's `#[path]`.
    pub(super) modules: Vec<String>,
    /// What `#[path]` says in modules of this file, with the names of these in front of it: `outer/../../shared.rs`.
    pub(super) paths_in_modules: Vec<String>,
}

/// Macros that are given texts, and look at no folder.
const OF_TEXTS: [&str; 12] = [
    "assert",
    "concat",
    "env",
    "eprint",
    "eprintln",
    "format",
    "option_env",
    "panic",
    "print",
    "println",
    "todo",
    "unreachable",
];

/// What is asked of a path to get another.
const ONWARDS: [&str; 3] = ["ancestors", "join", "parent"];

/// Where a source is after `env!("CARGO_MANIFEST_DIR"`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// Behind the text.
    Text,
    /// Behind this many parentheses.
    Closed(usize),
    /// Behind a dot after them.
    Dot,
}

impl After {
    /// What comes after a further token, or else whether the folder itself is meant.
    fn next(self, word: &str) -> Result<Self, bool> {
        match (self, word) {
            (Self::Text, ")") => Ok(Self::Closed(1)),
            (Self::Closed(count), ")") => Ok(Self::Closed(count + 1)),
            (Self::Closed(_), ".") => Ok(Self::Dot),
            // One of several texts that are put together.
            (Self::Closed(1), ",") | (Self::Text, _) => Err(false),
            (Self::Closed(_), _) => Err(true),
            (Self::Dot, word) => Err(!ONWARDS.contains(&word)),
        }
    }
}

/// Reads a source; what is no Rust gives what can be made of it.
pub(super) fn named(text: &str) -> Named {
    let mut found = Named::default();
    let mut at = 0;
    // The last identifiers and signs.
    let mut last: [&str; 4] = [""; 4];
    let mut after: Option<After> = None;
    let mut run: Vec<String> = Vec::new();
    // What stands between the last literal and this token.
    let mut between = String::new();
    // The modules around this token, with how many braces are open there.
    let mut around: Vec<(&str, usize)> = Vec::new();
    let mut braces = 0_usize;
    for token in tokenize(text, FrontmatterAllowed::Yes) {
        let end = at + token.len as usize;
        let word = text.get(at..end).unwrap_or_default();
        at = end;
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => continue,
            TokenKind::Semi if last[2] == "mod" => {
                let name = last[3].trim_start_matches("r#");
                found.modules.push(name.to_owned());
                if !around.is_empty() {
                    found.modules.push(inside(&around, name));
                }
            }
            TokenKind::OpenBrace => {
                braces += 1;
                if last[2] == "mod" {
                    around.push((last[3].trim_start_matches("r#"), braces));
                }
            }
            TokenKind::CloseBrace => {
                around.pop_if(|(_, opened)| *opened == braces);
                braces = braces.saturating_sub(1);
            }
            TokenKind::Literal { kind, .. } => {
                let follows = between == "," || between == ").join(";
                between.clear();
                if let Some(value) = value(kind, word) {
                    if !follows || run.len() == LONGEST_RUN {
                        found.literals.extend(together(&run));
                        run.clear();
                    }
                    let of_macro = match last {
                        [_, name, "!", "(" | "[" | "{"] => !OF_TEXTS.contains(&name),
                        ["#", "[", name, "="] => name != "doc",
                        _ => false,
                    };
                    if of_macro {
                        found.of_macros.push(value.clone());
                    }
                    if last[2..] == ["path", "="] && !around.is_empty() {
                        found.paths_in_modules.push(inside(&around, &value));
                    }
                    after = (value == "CARGO_MANIFEST_DIR" && last[3] == "(").then_some(After::Text);
                    run.push(value.clone());
                    found.literals.push(value);
                }
                last = [last[1], last[2], last[3], word];
                continue;
            }
            _ => {}
        }
        match after.map(|after| after.next(word)) {
            Some(Ok(next)) => after = Some(next),
            Some(Err(is_meant)) => {
                found.own_folder |= is_meant;
                after = None;
            }
            None => {}
        }
        if between.len() < ").join(".len() {
            between.push_str(word);
        } else {
            between.push(' ');
        }
        last = [last[1], last[2], last[3], word];
    }
    found.literals.extend(together(&run));
    found.own_folder |= matches!(after, Some(After::Closed(_)));
    found
}

/// The examples in a source's documentation: what stands between fences in comments that are documentation. A comment that only looks like
/// one, in a string, is taken too.
pub(super) fn examples(text: &str) -> String {
    let mut found = String::new();
    let mut in_block = false;
    // What closes the example.
    let mut fence = "";
    for line in text.lines() {
        let line = line.trim_start();
        let begins_block = !in_block && (line.starts_with("/**") || line.starts_with("/*!"));
        let said = if in_block || begins_block {
            in_block = !line.contains("*/");
            line.trim_start_matches(['/', '*', '!']).trim_end_matches("*/")
        } else if let Some(said) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) {
            said
        } else {
            // `#[doc = "…"]` and the like may stand between two lines of one example; code ends it.
            if !line.starts_with("//") && !line.starts_with('#') {
                fence = "";
            }
            continue;
        };
        let said = said.trim_start();
        let opened = ["```", "~~~"].into_iter().find(|mark| said.starts_with(mark));
        match opened {
            Some(mark) if fence.is_empty() => fence = mark,
            Some(mark) if fence == mark => {
                fence = "";
                // What follows is no part of a literal that was not closed.
                found.push_str("\n;\n");
            }
            _ if !fence.is_empty() => {
                found.push_str(said);
                found.push('\n');
            }
            _ => {}
        }
    }
    found
}

/// The part of a path before what is found out when it runs: `../data` of `../data/*.txt` and of `../data/{name}.txt`.
pub(super) fn fixed(path: &str) -> PathBuf {
    Path::new(path)
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect()
}

/// A name with those of the modules around it.
fn inside(around: &[(&str, usize)], name: &str) -> String {
    let mut path: String = around.iter().flat_map(|(module, _)| [*module, "/"]).collect();
    path.push_str(name);
    path
}

/// The paths that literals may be together.
fn together(run: &[String]) -> Vec<String> {
    if run.len() < 2 {
        return Vec::new();
    }
    vec![run.concat(), run.join("/")]
}

/// The value of a string literal.
fn value(kind: LiteralKind, word: &str) -> Option<String> {
    let start = word.find('"')?;
    let end = word.rfind('"').filter(|end| *end > start)?;
    let inside = word.get(start + 1..end)?;
    match kind {
        LiteralKind::RawStr { .. } | LiteralKind::RawByteStr { .. } | LiteralKind::RawCStr { .. } => {
            Some(inside.to_owned())
        }
        LiteralKind::Str { .. } | LiteralKind::ByteStr { .. } | LiteralKind::CStr { .. } => Some(unescaped(inside)),
        _ => None,
    }
}

/// A literal's text without its escapes: those that names of files have, and the end of a line that is left out.
fn unescaped(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        said.push_str(before);
        let mut letters = escape.chars();
        match letters.next() {
            Some(sign @ ('\\' | '"' | '\'')) => said.push(sign),
            Some('n') => said.push('\n'),
            Some('t') => said.push('\t'),
            Some('\n' | '\r') => {
                rest = escape.trim_start_matches([' ', '\t', '\n', '\r']);
                continue;
            }
            Some(other) => said.extend(['\\', other]),
            None => {}
        }
        rest = letters.as_str();
    }
    said.push_str(rest);
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table that `concat!` put together was not there.
    #[test]
    fn literals_that_are_one_path() {
        let found = named(
            "include_str!(concat!(env!(\"D\"), \"/../\", \"docs\", \"/a.md\")); Path::new(d).join(\"..\").join(\"proto\"); f(\"x\"); g(\"y\")",
        );
        let together: Vec<&str> = found
            .literals
            .iter()
            .map(String::as_str)
            .filter(|it| it.contains(".."))
            .collect();
        assert_eq!(
            together,
            ["/../", "/../docs/a.md", "/..//docs//a.md", "..", "..proto", "../proto"]
        );
        assert_eq!(found.literals.len(), 12);
    }

    /// What a macro embeds of its package's folder was not there, and nobody said so.
    #[test]
    fn folders_that_macros_are_told() {
        let found = named(
            "#[folder = \".\"] #[doc = \"x\"] #[arg(default_value = \"y\")] include_dir!(\"$CARGO_MANIFEST_DIR\"); print!(\".\"); f(\"z\")",
        );
        assert_eq!(found.of_macros, [".", "$CARGO_MANIFEST_DIR"]);
    }

    #[test]
    fn the_packages_folder_itself() {
        let is_meant = |text: &str| named(text).own_folder;
        let folder = "env!(\"CARGO_MANIFEST_DIR\")";
        for text in [
            "read_dir({})",
            "let root = {};",
            "walk(Path::new({}).to_owned())",
            "f(Path::new({}), 1)",
        ] {
            assert!(is_meant(&text.replace("{}", folder)), "{text}");
        }
        for text in [
            "Path::new({}).join(\"a\")",
            "concat!({}, \"/a\")",
            "Path::new({}).parent()",
        ] {
            assert!(!is_meant(&text.replace("{}", folder)), "{text}");
        }
    }

    /// A file that an example opens was not there when it was run.
    #[test]
    fn examples_of_documentation() {
        let text = "//! Opens `\"no\"`.\n//!\n//! ```no_run\n//! open(\"a\")\n//! ```\n//! \"no\"\nfn f() { \"no\" }\n\
                    /// ~~~\n    /// # open(\"b\");\n/// ~~~\nmod m {\n    /**\n     * ```\n     * open(\"c\");\n     * ```\n     \"no\" */\n\
                    }\n/// ```\n/// open(\"d\")\nconst X: &str = \"no\";\n/// \"no\"\n// ```\n// \"no\"\n";
        assert_eq!(named(&examples(text)).literals, ["a", "b", "c", "d"]);
        assert_eq!(examples("/** ``` \"no\" */ fn f() {}\n\"no\""), "");
    }

    #[test]
    fn what_is_fixed_of_a_path() {
        assert_eq!(fixed("../data/*.txt"), Path::new("../data"));
        assert_eq!(fixed("../{name}/x"), Path::new(".."));
        assert_eq!(fixed("a/b.txt"), Path::new("a/b.txt"));
    }

    /// A path that went over the end of a line was not found.
    #[test]
    fn literals_over_several_lines() {
        let found = named("include_str!(\"../a/\\\n      b\\\"c\\\\d.txt\")");
        assert_eq!(found.literals, ["../a/b\"c\\d.txt"]);
    }

    /// Modules in a module were looked for where those of the file are.
    #[test]
    fn modules_in_modules() {
        let found = named(
            "mod a { fn f() { if x {} } mod b; mod r#fn { #[cfg_attr(x, path = \"../../c.rs\")] mod c; } mod d; }\n\
             #[path = \"e.rs\"] mod e; fn g() { mod h {} } mod i;",
        );
        assert_eq!(found.modules, ["b", "a/b", "c", "a/fn/c", "d", "a/d", "e", "i"]);
        assert_eq!(found.paths_in_modules, ["a/fn/../../c.rs"]);
    }

    #[test]
    fn literals_and_modules_but_not_comments() {
        let found = named(
            "#![doc = include_str!(\"../README.md\")]\nmod a;\npub mod r#b { mod c; }\n// \"no\"\n/* mod d; */\n\
             #[path = r#\"../x y.rs\"#] mod e;\nconst B: &[u8] = b\"raw\"; const C: char = '\"';\n",
        );
        assert_eq!(found.literals, ["../README.md", "../x y.rs", "raw"]);
        assert_eq!(found.modules, ["a", "c", "b/c", "e"]);
    }
}
