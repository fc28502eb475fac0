//! The section `.dep-v0`, by which a program says what it is made of (docs/sbom.md).

use std::path::Path;

use crate::cc::run;
use crate::error::Result;

/// The file in a program's `dev` output that the builder wrote the section's content to.
const FILE: &str = "auditable";

/// Gives a program the section that it had before it was linked again; a node that an older dyrust built has none.
pub fn add(dev: &Path, program: &Path, objcopy: &Path) -> Result<()> {
    let content = dev.join(FILE);
    if !content.exists() {
        return Ok(());
    }
    let arguments = [
        format!("--add-section=.dep-v0={}", content.display()),
        "--set-section-flags=.dep-v0=contents,readonly".to_owned(),
        program.display().to_string(),
    ];
    run(objcopy, &arguments, program)
}
