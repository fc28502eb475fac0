//! `dyrust fleet why`

use std::fmt::Write;

use dyrust_importer::fleet::{Explanation, FleetFile};
use serde_json::json;

use super::solve::{platforms_of, solve};
use crate::arguments::FleetWhyArguments;
use crate::output::{Output, print};
use crate::{Error, Outcome};

pub(super) fn run(arguments: &FleetWhyArguments, output: &Output) -> Result<Outcome, Error> {
    let fleet = FleetFile::read(arguments.fleet.file())?;
    let solved = solve(&fleet, arguments.offline, output)?;
    let platforms = platforms_of(&fleet);
    // Why it is as it is counts most where it can't be resolved.
    let resolutions = solved
        .resolve(&platforms, output.progress().as_ref())
        .map_err(|error| output.say(&format!("note: what of it is built is not known: {error}")))
        .ok();
    let explanation = solved.explain(&arguments.spec, resolutions.as_deref())?;
    if output.is_json() {
        output.json(&json!(explanation))?;
    } else {
        let targets: Vec<&str> = platforms.iter().map(|platform| platform.target.as_str()).collect();
        print(&explained(&explanation, &targets.join(" or ")))?;
    }
    Ok(Outcome::Done)
}

fn explained(explanation: &Explanation, targets: &str) -> String {
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
    for unbuilt in &explanation.unbuilt {
        let (version, members) = (&unbuilt.version, unbuilt.members.join(", "));
        let _ = writeln!(
            text,
            "{name} {version} is not built for {targets}; the lock that was chosen for {members} has it"
        );
    }
    if explanation.chosen.is_empty() && explanation.unbuilt.is_empty() {
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
