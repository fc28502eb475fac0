//! `dyrust fleet blame`: from the log of a failed build to the programs that brought what does not compile.
//!
//! The log is read rather than a hint put into every node: a node that names the programs that use it would be built anew whenever one comes.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::Read;
use std::path::Path;

use serde_json::json;

use super::solve::solve;
use crate::arguments::FleetBlameArguments;
use crate::output::{Output, print};
use crate::{Error, Outcome};
use dyrust_importer::fleet::{Failed, FleetFile};

pub(crate) fn run(arguments: &FleetBlameArguments, output: &Output) -> Result<Outcome, Error> {
    let log = read(&arguments.log)?;
    let fleet = FleetFile::read(arguments.fleet.file())?;
    let solved = solve(&fleet, arguments.offline, output)?;
    let failed: Vec<Failed> = failures(&log)
        .into_iter()
        .filter_map(|derivation| {
            let (name, version) =
                packages(derivation).find(|(name, version)| solved.suspects(name, version).is_some())?;
            solved.suspects(name, version)
        })
        .collect();
    if failed.is_empty() {
        return Err(Error::NoFailure(arguments.log.clone()));
    }
    if output.is_json() {
        output.json(&json!(failed))?;
    } else {
        print(&failed.iter().map(told).collect::<String>())?;
    }
    Ok(Outcome::Done)
}

fn read(file: &Path) -> Result<String, Error> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(drop)
    } else {
        std::fs::read(file).map(|found| bytes = found)
    };
    read.map_err(|reason| Error::Unreadable(file.to_owned(), reason))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The names of the derivations whose builders failed: `builder for '/nix/store/HASH-NAME.drv' failed with exit code 1` of Nix up to 2.30,
/// `Cannot build '/nix/store/HASH-NAME.drv'.` with `Reason: builder failed with exit code 1.` below it of later ones.
fn failures(log: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        let failed = line.contains("builder for '") && line.contains("' failed")
            || line.contains("Cannot build '") && lines.peek().is_some_and(|next| next.contains("builder failed"));
        let quoted = line.split('\'').nth(1).filter(|_| failed);
        let name = quoted.and_then(|path| path.strip_suffix(".drv")?.rsplit('/').next()?.split_once('-'));
        names.extend(name.map(|(_, name)| name));
    }
    names
}

/// The packages that a derivation's name may mean: its name and version, and what nix/unitName.nix writes behind them.
fn packages(derivation: &str) -> impl Iterator<Item = (&str, &str)> {
    let dashes = derivation.match_indices('-').map(|(place, _)| place);
    dashes.flat_map(move |dash| {
        let (name, rest) = (&derivation[..dash], &derivation[dash + 1..]);
        let ends = rest.match_indices('-').map(|(end, _)| end).chain([rest.len()]);
        let ends: Vec<usize> = ends.collect();
        // A version may have dashes itself: the longest that is one counts.
        ends.into_iter().rev().map(move |end| (name, &rest[..end]))
    })
}

fn told(failed: &Failed) -> String {
    let mut text = format!(
        "{} {} does not compile; it is for {}\n",
        failed.name,
        failed.version,
        failed.members.join(", ")
    );
    for suspect in &failed.suspects {
        let name = format!("{} {}", suspect.name, suspect.version);
        if !suspect.instead.is_empty() {
            let brought = match suspect.brought.as_slice() {
                [] => "is from the registry's index".to_owned(),
                members => format!("is in the lock of {}", members.join(", ")),
            };
            let _ = write!(text, "  {name} {brought};");
            for (member, own) in &suspect.instead {
                let own = if own.is_empty() {
                    "none".to_owned()
                } else {
                    own.join(" ")
                };
                let _ = write!(text, " {member} has {own} in its own,");
            }
            text.pop();
            text.push('\n');
        }
        if !suspect.features.is_empty() {
            let features: Vec<&str> = suspect.features.iter().map(String::as_str).collect();
            let asked: Vec<&str> = suspect.asked.iter().map(String::as_str).collect();
            let _ = writeln!(
                text,
                "  {name} has the features {} because of {}",
                features.join(", "),
                asked.join(", ")
            );
        }
    }
    match &failed.line {
        Some(line) => {
            let _ = writeln!(text, "to keep it apart: {line}");
            for suspect in failed.suspects.iter().filter(|suspect| !suspect.instead.is_empty()) {
                let _ = writeln!(
                    text,
                    "or find the highest version that compiles: dyrust fleet bisect {}",
                    suspect.name
                );
            }
        }
        None => text.push_str(
            "  it has nothing that its programs' own locks have not: it would not compile without the fleet, either\n",
        ),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{failures, packages};

    #[test]
    fn derivations_that_failed_are_found_in_logs_of_old_and_new_nix() {
        let old = "error: builder for '/nix/store/0c0c-part-1.2.0.drv' failed with exit code 1;\n       last 10 log lines:\n\
                   error: 1 dependencies of derivation '/nix/store/1d1d-one-1.0.0.drv' failed to build\n";
        assert_eq!(failures(old).into_iter().collect::<Vec<_>>(), ["part-1.2.0"]);
        let new = "error: Cannot build '/nix/store/0c0c-part-1.2.0-host.drv'.\n       Reason: builder failed with exit code 1.\n\
                   error: Cannot build '/nix/store/1d1d-one-1.0.0.drv'.\n       Reason: 1 dependency failed.\n";
        assert_eq!(failures(new).into_iter().collect::<Vec<_>>(), ["part-1.2.0-host"]);
    }

    #[test]
    fn a_derivations_name_means_a_package() {
        let found: Vec<_> = packages("a-b-1.0.0-rc.1-build").collect();
        assert!(found.contains(&("a-b", "1.0.0-rc.1")) && found.contains(&("a-b", "1.0.0")));
        let places: Vec<_> = ["1.0.0-rc.1", "1.0.0"]
            .map(|version| found.iter().position(|(_, found)| *found == version))
            .into();
        assert!(places[0] < places[1], "{found:?}");
    }
}
