//! What a Rust source names: its string literals and the modules that it declares in other files.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// What a source names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The values of all string literals, wherever they are.
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
    for token in tokenize(text, FrontmatterAllowed::Yes) {
        let end = at + token.len as usize;
        let word = text.get(at..end).unwrap_or_default();
        at = end;
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => continue,
            TokenKind::Semi if last[0] == "mod" => found.modules.push(last[1].trim_start_matches("r#").to_owned()),
            TokenKind::Literal { kind, .. } => found.literals.extend(value(kind, word)),
            _ => {}
        }
        last = [last[1], word];
    }
    found
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
