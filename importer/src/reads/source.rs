//! What a Rust source names: its string literals and the modules that it declares in other files.

use std::path::{Path, PathBuf};

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// The most literals that are put together.
const LONGEST_RUN: usize = 8;

/// What a source names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The values of all string literals, wherever they are, and of those that follow each other what they are together: by
    /// `concat!("../", "a.txt")`, `["..", "a.txt"]` and `.join("..").join("a.txt")`.
    pub(super) literals: Vec<String>,
    /// The names in `mod name;`.
    pub(super) modules: Vec<String>,
}

/// Reads a source; what is no Rust gives what can be made of it.
pub(super) fn named(text: &str) -> Named {
    let mut found = Named::default();
    let mut at = 0;
    // The identifiers and signs since the last one that was something else.
    let mut last: [&str; 2] = ["", ""];
    let mut run: Vec<String> = Vec::new();
    // What stands between the last literal and this token.
    let mut between = String::new();
    for token in tokenize(text, FrontmatterAllowed::Yes) {
        let end = at + token.len as usize;
        let word = text.get(at..end).unwrap_or_default();
        at = end;
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => continue,
            TokenKind::Semi if last[0] == "mod" => found.modules.push(last[1].trim_start_matches("r#").to_owned()),
            TokenKind::Literal { kind, .. } => {
                let follows = between == "," || between == ").join(";
                between.clear();
                if let Some(value) = value(kind, word) {
                    if !follows || run.len() == LONGEST_RUN {
                        found.literals.extend(together(&run));
                        run.clear();
                    }
                    run.push(value.clone());
                    found.literals.push(value);
                }
                last = [last[1], word];
                continue;
            }
            _ => {}
        }
        if between.len() < ").join(".len() {
            between.push_str(word);
        } else {
            between.push(' ');
        }
        last = [last[1], word];
    }
    found.literals.extend(together(&run));
    found
}

/// The part of a path before what is found out when it runs: `../data` of `../data/*.txt` and of `../data/{name}.txt`.
pub(super) fn fixed(path: &str) -> PathBuf {
    Path::new(path)
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect()
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
        LiteralKind::Str { .. } | LiteralKind::ByteStr { .. } | LiteralKind::CStr { .. } => {
            // Of the escapes these two are what names of files have.
            Some(inside.replace("\\\\", "\\").replace("\\\"", "\""))
        }
        _ => None,
    }
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

    #[test]
    fn what_is_fixed_of_a_path() {
        assert_eq!(fixed("../data/*.txt"), Path::new("../data"));
        assert_eq!(fixed("../{name}/x"), Path::new(".."));
        assert_eq!(fixed("a/b.txt"), Path::new("a/b.txt"));
    }

    #[test]
    fn literals_and_modules_but_not_comments() {
        let found = named(
            "#![doc = include_str!(\"../README.md\")]\nmod a;\npub mod r#b { mod c; }\n// \"no\"\n/* mod d; */\n\
             #[path = r#\"../x y.rs\"#] mod e;\nconst B: &[u8] = b\"raw\"; const C: char = '\"';\n",
        );
        assert_eq!(found.literals, ["../README.md", "../x y.rs", "raw"]);
        assert_eq!(found.modules, ["a", "c", "e"]);
    }
}
