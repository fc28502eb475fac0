//! Which files a crate is made of, by rustc's own account
//! (<https://doc.rust-lang.org/rustc/command-line-arguments.html#option-emit>, `dep-info`).

use crate::failure::{Failure, Phase, Result};
use crate::files;
use crate::kind::Kind;
use crate::rustc::Compilation;
use std::path::{Path, PathBuf};

/// The files of the unit's crate: its modules, and what `include!` and its kin take. rustc reads them for it, so that macros and cfgs count;
/// it compiles nothing.
///
/// # Errors
/// If rustc cannot read them.
pub fn list(compilation: &Compilation) -> Result<Vec<PathBuf>> {
    let unit = &compilation.input.unit;
    let file = compilation.input.top.join("sources.d");
    let crate_type = if unit.kind == Kind::Lib && !unit.test {
        "lib"
    } else {
        "bin"
    };
    let rustc = compilation.input.toolchain.rustc.join("bin/rustc");
    let mut call = compilation.call_of(&rustc, crate_type, &format!("dep-info={}", file.display()))?;
    compilation.add_test_flags(&mut call);
    call.arg(compilation.root_argument());
    let outcome = compilation.run(&call).map_err(|(failure, _)| failure);
    outcome.during("reading the sources")?;
    let said = files::read_text(&file)?;
    let listed = of_rule(&said).ok_or_else(|| {
        Failure::message(format!(
            "internal error: rustc's list of sources is none: {}",
            said.lines().next().unwrap_or_default()
        ))
    })?;
    Ok(listed.iter().map(|path| compilation.layout.work.join(path)).collect())
}

/// What the first rule of a makefile names behind its colon; blanks in names are escaped.
fn of_rule(text: &str) -> Option<Vec<PathBuf>> {
    let (_, listed) = text.lines().next()?.split_once(": ")?;
    let mut list = Vec::new();
    let mut name = String::new();
    let mut characters = listed.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => name.extend(characters.next()),
            ' ' => list.push(std::mem::take(&mut name)),
            _ => name.push(character),
        }
    }
    list.push(name);
    list.retain(|name| !name.is_empty());
    Some(list.iter().map(|name| Path::new(name).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::of_rule;
    use std::path::Path;

    #[test]
    fn names_of_a_rule() {
        let text = "/build/sources.d: src/main.rs src/odd\\ name.rs /build/out/made.rs\n\nsrc/main.rs:\n";
        let expected = ["src/main.rs", "src/odd name.rs", "/build/out/made.rs"].map(Path::new);
        assert_eq!(of_rule(text).unwrap(), expected);
        assert_eq!(of_rule(""), None);
    }
}
