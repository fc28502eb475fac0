//! What pins are made of, and the libraries that are pinned (`nix/pins.nix`).

use crate::attributes::Attributes;
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
            let (_, value) = input::attributes()?;
            let attributes = Attributes::of(&value)?;
            let pins = attributes.value("pins")?;
            let out = attributes.object("outputs")?.path("out")?;
            files::write(&out, format!("{pins}\n").as_bytes())
        }
        _ => Err(Failure::message(format!("there is no action `{action}`"))),
    }
}
