//! `dyrust fleet why`

use std::fmt::Write;

use dyrust_importer::fleet::{Explanation, FleetFile};
use serde_json::json;

use super::solve::solve;
use crate::arguments::FleetWhyArguments;
use crate::output::{Output, print};
use crate::{Error, Outcome};

pub(super) fn run(arguments: &FleetWhyArguments, output: &Output) -> Result<Outcome, Error> {
    let fleet = FleetFile::read(arguments.fleet.file())?;
    let solved = solve(&fleet, arguments.offline, output)?;
    let explanation = solved.explain(&arguments.name)?;
    if output.is_json() {
        output.json(&json!(explanation))?;
    } else {
        print(&explained(&explanation))?;
    }
    Ok(Outcome::Done)
}

fn explained(explanation: &Explanation) -> String {
    let mut text = String::new();
    let name = &explanation.name;
    for chosen in &explanation.chosen {
        let _ = writeln!(text, "{name} {}", chosen.version);
        if let Some(program) = &chosen.program {
            let _ = writeln!(text, "  the program `{program}` of the fleet");
        }
        let brought = match chosen.brought.as_slice() {
            [] => "no lock has it: it is from the registry's index".to_owned(),
            members => format!("in the lock of {}", members.join(", ")),
        };
        let _ = writeln!(text, "  for {}; {brought}", chosen.members.join(", "));
        if let Some(beside) = &chosen.beside {
            let _ = writeln!(text, "  beside the version that most have: {beside}");
        }
        for asked in &chosen.asked {
            let features = match asked.features.as_slice() {
                [] => "no default features".to_owned(),
                features => format!("features {}", features.join(", ")),
            };
            let build = if asked.kind == "build" {
                " for its build script"
            } else {
                ""
            };
            let platform = asked.platform.as_ref().map(|platform| format!(" on {platform}"));
            let _ = writeln!(
                text,
                "  {} ({}) asks for {}{build}{}, {features}",
                asked.by,
                asked.members.join(", "),
                asked.requirement,
                platform.unwrap_or_default(),
            );
        }
    }
    for chosen in &explanation.chosen {
        for shared in &chosen.shared {
            let host = if shared.host {
                " for build scripts and proc macros"
            } else {
                ""
            };
            let _ = writeln!(
                text,
                "{name} {} has the features {}{host} in {}, as others ask for them",
                chosen.version,
                shared.features.join(", "),
                shared.members.join(", "),
            );
        }
    }
    if explanation
        .chosen
        .iter()
        .any(|chosen| chosen.members.len() > 1 && chosen.program.is_none())
    {
        let _ = writeln!(
            text,
            "to keep it apart, each program with its own: separate = [\"{name}\"]"
        );
    }
    if explanation.chosen.is_empty() {
        let _ = writeln!(text, "{name}: no member that shares crates needs it");
    }
    text.push_str("in the locks:");
    for (member, versions) in &explanation.locks {
        let _ = write!(text, " {member} {};", versions.join(" "));
    }
    if text.ends_with(';') {
        text.pop();
    }
    text.push('\n');
    text
}
