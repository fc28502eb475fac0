//! `dyrust pin`: writes the hashes of a graph's libraries, or of a grouped set's objects, so that those which an update leaves as they were keep
//! their paths.
//!
//! The file holds, for each platform and toolchain, each library's hash and what it was built from. Evaluation (`nix/readPins.nix`) takes a pin
//! for that very build alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;

use crate::arguments::{INSTALLABLE, PinArguments};
use crate::check::quote;
use crate::graph_file::{Naming, existing, named_or_usual};
use crate::import::GRAPH_NAME;
use crate::output::Output;
use crate::pins_file::{Pin, Pins, SCHEMA};
use crate::prefetch::nix_aloud;
use crate::{Error, Outcome};

/// Why libraries could not be pinned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PinError {
    /// A file cannot be read or written.
    #[error("{}: {reason}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: not pins as this dyrust writes them: {reason}: delete it and run `dyrust pin`", .file.display())]
    Format {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// What is said to be built is something else.
    #[error("{}: not what Nix builds of a graph's `pins`: {reason}: give the link that `nix build .#pins` makes, result if nothing else is said", .file.display())]
    NotBuilt {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// Nix printed something else than what it built.
    #[error("`nix build --json {installable}` printed no path: take a flake's `pins`, as lib.mkFlake has it")]
    NothingBuilt {
        /// What it was asked for.
        installable: String,
    },
}

/// What the derivation `pins` of `buildGraph`, or of `mkImage` in the grouped form, holds.
#[derive(Debug, Deserialize)]
struct Built {
    schema: u32,
    toolchain: String,
    units: BTreeMap<String, BuiltUnit>,
    objects: Option<BuiltObjects>,
}

/// The objects of a grouped set: which there are, the linker decides.
#[derive(Debug, Deserialize)]
struct BuiltObjects {
    build: String,
    /// A folder each, beside that of the programs.
    folder: PathBuf,
}

#[derive(Debug, Deserialize)]
struct BuiltUnit {
    build: String,
    out: PathBuf,
}

pub(crate) fn run(arguments: &PinArguments, output: &Output) -> Result<Outcome, Error> {
    let (named, is_graph) = match &arguments.file {
        Some(file) => (file.clone(), false),
        // Beside a graph that is not there nothing would read the pins.
        None => (
            existing(named_or_usual(arguments.graph.as_deref(), Naming::Option)?)?,
            true,
        ),
    };
    let built = match &arguments.built {
        Some(path) => path.clone(),
        None => build(&arguments.installable, output)?,
    };
    let not_built = |reason: String| PinError::NotBuilt {
        file: built.clone(),
        reason,
    };
    let text = std::fs::read_to_string(&built).map_err(|error| not_built(error.to_string()))?;
    let built_pins: Built = serde_json::from_str(&text).map_err(|error| not_built(error.to_string()))?;
    if built_pins.schema != SCHEMA {
        return Err(not_built(format!("its schema is not {SCHEMA}")).into());
    }
    // As nix/pinsName.nix has it.
    let extension = match built_pins.objects {
        Some(_) => "grouped.pins.json",
        None => "pins.json",
    };
    let file = match is_graph {
        true => named.with_extension(extension),
        false => named,
    };
    let mut units = built_pins.units;
    if let Some(objects) = built_pins.objects {
        units.extend(built_objects(objects)?);
    }
    let (fresh, open) = pinned(units)?;
    // Kept to the end: another `dyrust pin`, of another platform, would not know of what is added here.
    let _alone = (!arguments.check).then(|| alone(&file)).transpose()?;
    let mut pins = match file.exists() {
        true => Pins::read(&file)?,
        false => Pins::default(),
    };
    for id in &open {
        output.warn(&format!("{id} is not pinned: it refers to store paths"));
    }
    let old = pins.toolchains.get(&built_pins.toolchain);
    let changed: Vec<&String> = fresh
        .iter()
        .filter(|(id, pin)| old.and_then(|old| old.get(*id)).map(|old| &old.hash) != Some(&pin.hash))
        .map(|(id, _)| id)
        .collect();
    let current = old.is_some_and(|old| are_same(old, &fresh));
    let summary = json!({
        "file": file.display().to_string(), "toolchain": built_pins.toolchain, "current": current,
        "libraries": fresh.len(), "changed": changed, "unpinned": open,
    });
    let said = match (current, arguments.check) {
        (true, _) => format!("{} is current: {} libraries", file.display(), fresh.len()),
        (false, true) => format!(
            "{} is not current: {} of {} libraries are other bytes than it says, or it was made for another build: run `{}`",
            file.display(),
            changed.len(),
            fresh.len(),
            command(arguments)
        ),
        (false, false) => format!(
            "{}: {} libraries, of which {} are other bytes than before",
            file.display(),
            fresh.len(),
            changed.len()
        ),
    };
    if !current && !arguments.check {
        pins.toolchains.insert(built_pins.toolchain, fresh);
        write(&file, &pins)?;
    }
    output.say(&said);
    output.json(&summary)?;
    Ok(if current || !arguments.check {
        Outcome::Done
    } else {
        Outcome::Stale
    })
}

/// The command that writes the pins anew: others than the usual ones have an installable and a file of their own.
fn command(arguments: &PinArguments) -> String {
    let is_named = |argument: &str| !matches!(argument, INSTALLABLE | GRAPH_NAME);
    let place = |path: &Path| path.display().to_string();
    let installable = arguments.built.is_none().then(|| arguments.installable.clone());
    let graph = || arguments.graph.as_deref().map(|graph| ("--graph", place(graph)));
    let file = arguments.file.as_deref().map(|file| ("--file", place(file)));
    let file = file.or_else(graph).filter(|(_, file)| is_named(file)).into_iter();
    let built = arguments.built.iter().map(|built| ("--built", place(built)));
    let mut words = vec!["dyrust pin".to_owned()];
    words.extend(installable.filter(|text| is_named(text)).map(|text| quote(&text)));
    words.extend(
        file.chain(built)
            .map(|(option, path)| format!("{option} {}", quote(&path))),
    );
    words.join(" ")
}

/// Has Nix build all libraries of a graph; returns the file that names them.
fn build(installable: &str, output: &Output) -> Result<PathBuf, Error> {
    let printed = nix_aloud("nix", output, |command| {
        command.args([
            "--extra-experimental-features",
            "nix-command flakes",
            "build",
            "--no-link",
            "--json",
            installable,
        ])
    })?;
    let value: serde_json::Value = serde_json::from_str(&printed).unwrap_or_default();
    let path = value.pointer("/0/outputs/out").and_then(serde_json::Value::as_str);
    let nothing = || PinError::NothingBuilt {
        installable: installable.to_owned(),
    };
    Ok(path.map(PathBuf::from).ok_or_else(nothing)?)
}

/// The objects of a grouped set, as units.
fn built_objects(objects: BuiltObjects) -> Result<Vec<(String, BuiltUnit)>, PinError> {
    let in_folder = |reason| PinError::File {
        file: objects.folder.clone(),
        reason,
    };
    let mut units = Vec::new();
    for entry in std::fs::read_dir(&objects.folder).map_err(in_folder)? {
        let out = entry.map_err(in_folder)?.path();
        if let Some(name) = out.file_name().and_then(std::ffi::OsStr::to_str)
            && out.join("lib").join(format!("{name}.so")).is_file()
        {
            let build = objects.build.clone();
            units.push((
                name.to_owned(),
                BuiltUnit {
                    build,
                    out: out.clone(),
                },
            ));
        }
    }
    Ok(units)
}

/// The pins of the libraries, and those that can't be pinned: a fixed output refers to no store path. What has no files (it goes into the
/// programs that use it) needs none.
fn pinned(units: BTreeMap<String, BuiltUnit>) -> Result<(BTreeMap<String, Pin>, Vec<String>), PinError> {
    let (mut pins, mut open) = (BTreeMap::new(), Vec::new());
    for (id, unit) in units {
        let library = unit.out.join("lib");
        if !library.is_dir() {
            continue;
        }
        let in_file = |reason| PinError::File {
            file: library.clone(),
            reason,
        };
        let (mut refers, mut size) = (false, 0);
        for entry in std::fs::read_dir(&library).map_err(in_file)? {
            let bytes = std::fs::read(entry.map_err(in_file)?.path()).map_err(in_file)?;
            size += bytes.len() as u64;
            refers |= bytes.windows(11).any(|text| text == b"/nix/store/");
        }
        if refers {
            open.push(id);
        } else {
            let hash = dyrust_nar::hash_path(&unit.out).map_err(in_file)?;
            pins.insert(
                id,
                Pin {
                    build: unit.build,
                    bytes: Some(size),
                    hash,
                },
            );
        }
    }
    Ok((pins, open))
}

/// Waits until no other `dyrust pin` is at a file of the folder in which this one lies. It is the folder that is locked, since the file is
/// replaced; dropping what is returned unlocks it.
fn alone(file: &Path) -> Result<std::fs::File, PinError> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let in_file = |reason| PinError::File {
        file: file.to_owned(),
        reason,
    };
    let opened = std::fs::File::open(folder).map_err(in_file)?;
    match opened.lock() {
        // Some file systems of networks have no locks: there it is as it is without.
        Err(reason) if reason.kind() != std::io::ErrorKind::Unsupported => Err(in_file(reason)),
        _ => Ok(opened),
    }
}

/// Do both pin the same libraries, of the same builds? Bytes are not asked for: files of before have none.
fn are_same(old: &BTreeMap<String, Pin>, new: &BTreeMap<String, Pin>) -> bool {
    let what = |(id, pin): (&String, &Pin)| (id.clone(), pin.build.clone(), pin.hash.clone());
    old.iter().map(what).eq(new.iter().map(what))
}

/// Writes the file as a whole or not at all.
fn write(file: &Path, pins: &Pins) -> Result<(), PinError> {
    let in_file = |reason: std::io::Error| PinError::File {
        file: file.to_owned(),
        reason,
    };
    let text = serde_json::to_string_pretty(pins).map_err(|error| in_file(error.into()))?;
    dyrust_nar::whole::write(file, format!("{text}\n").as_bytes()).map_err(in_file)
}
