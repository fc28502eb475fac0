//! What pins are made of, and the libraries that are pinned (`nix/pins.nix`).

use crate::failure::{Failure, Result};
use crate::files;
use crate::input;
use std::path::{Path, PathBuf};

/// `pinned`: copies the output of a library's node, whose hash is known, to this derivation's. `pins`: writes the derivation's `pins`, which
/// name all libraries.
///
/// # Errors
/// If something cannot be read or written, or the action is neither.
pub fn perform(action: &str, from: Option<&Path>) -> Result<()> {
    match (action, from) {
        ("pinned", Some(from)) => {
            let out = std::env::var_os("out").map(PathBuf::from);
            let out = out.ok_or_else(|| Failure::message("the derivation has no output `out`"))?;
            files::copy_tree(from, &out)
        }
        ("pins", None) => {
            let (_, attributes) = input::attributes()?;
            let missing = |key: &str| Failure::message(format!("the derivation's attributes lack `{key}`"));
            let pins = attributes.get("pins").ok_or_else(|| missing("pins"))?;
            let outputs = attributes.string_map("outputs");
            let out = outputs.get("out").ok_or_else(|| missing("outputs.out"))?;
            files::write(Path::new(out), format!("{pins}\n").as_bytes())
        }
        _ => Err(Failure::message(format!("there is no action `{action}`"))),
    }
}
