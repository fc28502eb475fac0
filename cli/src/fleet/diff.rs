//! `dyrust fleet diff`

use std::fmt::Write;

use dyrust_importer::graph::{self, Diff};
use serde_json::json;

use crate::arguments::DiffArguments;
use crate::output::{Output, print};
use crate::{Error, Outcome};

pub(super) fn run(arguments: &DiffArguments, output: &Output) -> Result<Outcome, Error> {
    let diff = Diff::new(&graph::read(&arguments.old)?, &graph::read(&arguments.new)?)?;
    if output.is_json() {
        output.json(&json!(diff))?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for (name, versions) in &diff.added {
        let _ = writeln!(text, "+ {name} {}", versions.join(", "));
    }
    for (name, versions) in &diff.removed {
        let _ = writeln!(text, "- {name} {}", versions.join(", "));
    }
    for (name, (old, new)) in &diff.versions {
        let _ = writeln!(text, "  {name} {} -> {}", old.join(", "), new.join(", "));
    }
    for (package, (came, went)) in &diff.features {
        let came = came.iter().map(|feature| format!("+{feature}"));
        let changes: Vec<String> = came.chain(went.iter().map(|feature| format!("-{feature}"))).collect();
        let _ = writeln!(text, "  {package} [{}]", changes.join(" "));
    }
    for platform in &diff.platforms.came {
        let _ = writeln!(text, "+ platform {platform}");
    }
    for platform in &diff.platforms.went {
        let _ = writeln!(text, "- platform {platform}");
    }
    for setting in &diff.settings {
        let _ = writeln!(text, "  {setting}");
    }
    for (target, rebuilt) in &diff.rebuilt {
        let _ = writeln!(
            text,
            "{target}: {} of {} units to build anew",
            rebuilt.units.len(),
            rebuilt.of
        );
        for unit in &rebuilt.units {
            let _ = writeln!(text, "    {unit}");
        }
    }
    print(&text)?;
    Ok(Outcome::Done)
}
